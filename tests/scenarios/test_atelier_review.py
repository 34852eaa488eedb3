"""A text under review: a link without an account, comments by paragraph, nothing else shown."""

from __future__ import annotations

import copy
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from PIL import Image as Picture

from axtra.atelier import passages
from axtra.atelier.reviews import Comment, Reviews
from axtra.atelier.roles import Person, Role
from infolettre.core.dates import ZONE
from support.atelier_client import Browser, Form, Screen, unchanged
from support.fixture_types import MakeProject
from support.small_sites import FULL, Project, article, letter, news, numero, text

DRAFT = "content/nouvelles/2020/a-finir.md"
PUBLISHED = "content/nouvelles/2020/une-nouvelle.md"
MARK = "marque-secrete-5521"
ANA = Person("ana@exemple.test", "Ana Côté", Role.REDACTION)
BEA = Person("bea@exemple.test", "Béa Auclair", Role.AUTEUR)
PARAGRAPHS = ("Le premier paragraphe parle de la rive.", "Le deuxième paragraphe parle du pont.")
DRAFTED = news("À finir", statut="brouillon").split("---\n\n")[0] + (
    "---\n\n" + "\n\n".join(PARAGRAPHS) + "\n"
)


@pytest.fixture
def project(new_project: MakeProject) -> Project:
    return new_project({**FULL, DRAFT: DRAFTED})


def share(browser: Browser, name: str = DRAFT) -> str:
    """Share a text; return the path of its link."""
    shown = browser.send(browser.ask(f"/texte/{name}").form(), "Partager pour relecture")
    *_, link = shown.tree.xpath("//input[starts-with(@id, 'lien-')]/@value")
    return urlsplit(link).path


def stranger(browser: Browser) -> Browser:
    """Return somebody without a session at the same atelier."""
    other = copy.copy(browser)
    other.cookies = httpx.Cookies()
    return other


def comment_form(page: Screen, words: str) -> Form:
    """Return the form under the paragraph that starts with some words."""
    (found,) = [
        form
        for form in page.tree.xpath("//form")
        if form.xpath("string(.//input[@name='passage']/@value)").startswith(words)
    ]
    fields = {field.get("name"): field.get("value", "") for field in found.xpath(".//input")}
    return Form(found.get("action"), {**fields, "commentaire": ""}, {}, {})


def say(reader: Browser, link: str, passage: str, words: str, name: str = "Lou") -> Screen:
    """Comment a paragraph."""
    form = comment_form(reader.ask(link), passage)
    form.fields |= {"nom": name, "commentaire": words}
    return reader.send(form)


def test_a_reader_comments_a_paragraph_and_the_editor_answers(
    project: Project, tmp_path: Path
) -> None:
    browser = Browser(project.root, tmp_path / "donnees")
    link = share(browser)
    reader = stranger(browser)
    page = reader.ask(link)
    assert page.status == 200
    assert page.heading == "À finir"
    assert not page.tree.xpath("//script | //nav")
    said = say(reader, link, "Le deuxième", "Quel pont ?\nLe vieux ?")
    assert said.status == 200
    assert "Quel pont" in said.words
    assert "1 commentaire de relecture" in browser.ask("/").words
    assert said.tree.xpath("//input[@name='nom']/@value")[0] == "Lou"  # typed once
    # The paragraph moves and changes: the comment follows it.
    form = browser.ask(f"/texte/{DRAFT}").form()
    form.fill("Texte", f"Neuf.\n\n{PARAGRAPHS[0]}\n\nLe deuxième paragraphe parle du vieux pont.")
    screen = browser.send(form, "Enregistrer")
    assert "Ligne 5 du texte" in screen.words
    assert "Quel pont" in screen.words
    form = screen.form()
    (mark,) = screen.tree.xpath("//textarea[starts-with(@name, 'reponse-')]/@name")
    form.fields[mark] = "Celui de Québec."
    answered = browser.send(form, "Envoyer la réponse")
    assert "Lou" in answered.words
    assert "Celui de Québec." in reader.ask(link).words
    settled = browser.send(answered.form(), "Réglé : le commentaire de Lou")
    assert "Aucun commentaire n’attend." in settled.words
    assert "réglé" in reader.ask(link).words
    browser.send(settled.form(), "Mettre fin à ce lien")
    assert reader.ask(link).status == 404


def test_only_the_text_and_what_it_shows_is_read_by_a_link(
    new_project: MakeProject, tmp_path: Path
) -> None:
    hidden = {"titre": MARK, "chapeau": MARK}
    secret = text(f"{MARK}\n\n![{MARK}](images/{MARK}.png)", date="2020-01-01", **hidden)
    project = new_project(
        {
            **FULL,
            "content/nouvelles/2020/voisin.md": secret.replace(
                "---\n", "---\nstatut: brouillon\n", 1
            ),
            "content/nouvelles/2020/demain.md": secret.replace("2020-01-01", "2999-01-01"),
            "content/communiques/2020/embargo.md": text(
                MARK, titre=MARK, date="2999-01-01", ville=MARK
            ),
            "content/evenements/plus-tard.md": text(
                MARK, titre=MARK, debut="2999-01-01", statut="brouillon"
            ),
            "content/magazine/2020-06/numero.md": numero(
                titre=MARK, chapeau=MARK, statut="brouillon", numero="4"
            ),
            "content/magazine/2020-06/autre.md": article(MARK, statut="brouillon"),
            "content/magazine/2020-06/essai.md": article(
                "Un essai", statut="brouillon", image="images/vue.png", alt="Une vue"
            ),
            "newsletters/2020/2020-06-06.md": letter(
                f"{MARK}\n\n/// article | essai\n///", objet=MARK, statut="brouillon"
            ),
        }
    )
    project.write(
        {
            "newsletters/2020/2020-07-07.md": letter(
                "Bonjour,\n\n/// article | autre\n///", statut="brouillon", date="2020-07-07"
            )
        }
    )
    for name in (f"{MARK}.png", "vue.png", "autre.png"):
        Picture.new("RGB", (400, 300), "#a33").save(_made(project.root / "content/images" / name))
    browser = Browser(project.root, tmp_path / "donnees")
    published = browser.ask(f"/texte/{PUBLISHED}").form()
    published.fill("Texte", f"Un texte qui attend, {MARK}.")
    browser.send(published, "Enregistrer")
    name = "content/magazine/2020-06/essai.md"
    link, reader = share(browser, name), stranger(browser)
    page = reader.ask(link)
    assert page.heading == "Un essai"
    assert MARK not in page.text
    tree = page.tree
    shown = [
        *tree.xpath("//link[@rel='stylesheet']/@href"),
        *tree.xpath("//img/@src"),
        *(part.split()[0] for many in tree.xpath("//@srcset") for part in many.split(",")),
    ]
    assert any("vue" in place for place in shown)
    for place in shown:
        answer = reader.ask(place)
        assert answer.status == 200, place
        assert "html" not in answer.headers["content-type"]
    # Whatever the site has, drafts included, no other file of it is given under the link.
    for place in _everything(browser, project):
        answer = reader.ask(f"{link}{place}")
        assert (
            answer.status == 404 or f"{link}{place}" in shown or place.endswith((".css", ".woff2"))
        ), place
        assert MARK not in answer.text, place
    lettre = share(browser, "newsletters/2020/2020-07-07.md")
    sent = reader.ask(lettre)
    assert sent.status == 200
    assert "Bonjour" in sent.words
    assert "la carte d’un texte qui n’est pas encore paru" in sent.words
    assert MARK not in sent.text
    for place in ("/textes", f"/texte/{name}", "/palette", f"{link}/../textes", "/journal"):
        assert reader.ask(place).status in {403, 404}, place
    policy = page.headers["content-security-policy"]
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "noindex" in page.headers["x-robots-tag"]
    assert tree.xpath("//meta[@name='robots']/@content") == ["noindex, nofollow"]
    assert page.headers["cache-control"] == "no-store"


def _made(path: Path) -> Path:
    path.parent.mkdir(exist_ok=True)
    return path


def _everything(browser: Browser, project: Project) -> list[str]:
    """List the addresses of the pages of every text, and those of its pictures and lists."""
    library = browser.atelier.newsroom.library
    return [
        *(item.url for item in library.items),
        *("/", "/nouvelles/", "/magazine/", "/flux/site.xml", "/recherche/", "/sitemap.xml"),
        *(f"/images/{path.name}" for path in (project.root / "content/images").iterdir()),
        *(f"/{name}" for name in library.assets.values()),
    ]


def test_a_published_text_is_read_as_its_waiting_version_would_be(
    project: Project, tmp_path: Path
) -> None:
    browser = Browser(project.root, tmp_path / "donnees")
    form = browser.ask(f"/texte/{PUBLISHED}").form()
    form.fill("Texte", "La version qui attend, assez longue.")
    browser.send(form, "Enregistrer")
    link, reader = share(browser, PUBLISHED), stranger(browser)
    assert "La version qui attend" in reader.ask(link).words
    form = browser.ask(f"/texte/{PUBLISHED}").form()
    form.address = f"/saisie/{PUBLISHED}"
    form.fill("Texte", "Des mots tapés et pas enregistrés.")
    browser.send(form)
    assert "Des mots tapés" not in reader.ask(link).words


def test_links_and_comments_are_attacked_in_vain(project: Project, tmp_path: Path) -> None:
    browser = Browser(project.root, tmp_path / "donnees")
    link, reader = share(browser), stranger(browser)
    for other in ("", "x", "é", link[11:-1], link[11:] + "a", link[11:].swapcase(), "../textes"):
        assert reader.ask(f"/relecture/{other}").status in {403, 404}, other
    hostile = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    with unchanged(project.root / "content"):
        page = say(reader, link, "Le premier", hostile, hostile)
        for screen in (page, browser.ask(f"/texte/{DRAFT}")):
            assert hostile in screen.words
            assert not screen.tree.xpath("//script[not(@src)] | //@onerror")
        form = comment_form(reader.ask(link), "Le premier")
        for refused in (
            {"nom": "", "commentaire": "x"},
            {"nom": "x", "commentaire": " "},
            {"nom": "x" * 81, "commentaire": "x"},
            {"nom": "x", "commentaire": "x" * 3_001},
        ):
            answer = reader.send(Form(form.address, form.fields | refused, {}, {}))
            assert answer.status == 422, refused
        said = len(_comments(browser))
        trapped = Form(
            form.address, form.fields | {"nom": "x", "commentaire": "y", "site": "z"}, {}, {}
        )
        assert reader.send(trapped).status == 200
        assert reader.send(trapped, headers={"origin": "https://ailleurs.example"}).status == 403
        assert reader.send(trapped, headers={"origin": "null"}).status == 403
        assert reader.request("POST", link, content=b"x" * 70_000).status == 413
        assert reader.request("POST", link, content=b"\xff=%zz").status in {400, 422}
        odd = {"rang": "9" * 40, "passage": "p" * 9_000, "nom": "Lou", "commentaire": "Étrange."}
        assert reader.send(Form(link, odd, {}, {})).status == 200
        assert len(_comments(browser)) == said + 1
        for number in range(40):
            many = Form(link, odd | {"commentaire": f"n{number}"}, {}, {})
            last = reader.send(many)
        assert last.status == 429
        assert len(_comments(browser)) <= 30
    (folder,) = (tmp_path / "donnees").glob("atelier/*/relectures")
    assert folder.stat().st_mode & 0o077 == 0


def _comments(browser: Browser) -> list[Comment]:
    return browser.atelier.reviews.comments(DRAFT)


def test_a_link_ends_at_its_hour_and_says_so_like_one_that_never_was(tmp_path: Path) -> None:
    now = [datetime(2026, 3, 1, 12, tzinfo=ZONE)]
    reviews = Reviews(tmp_path / "relectures", lambda: now[0])
    link = reviews.share("a.md", Person("", "Ana", Role.DIRECTION), 3)
    assert reviews.link(link.secret) == link
    kept = "".join(path.read_text("utf-8") for path in tmp_path.rglob("*.json"))
    assert link.mark in kept
    assert link.secret not in kept  # whoever reads the data folder, or a backup, opens nothing
    again = Reviews(tmp_path / "relectures", lambda: now[0])  # the atelier starts again
    assert again.link(link.secret) == link
    assert [known.secret for known in again.links(link.text)] == [""]
    now[0] += timedelta(days=3)
    assert reviews.link(link.secret) is None
    assert reviews.links("a.md") == []


def test_a_comment_that_is_sent_twice_is_kept_once(project: Project, tmp_path: Path) -> None:
    browser = Browser(project.root, tmp_path / "donnees")
    link, reader = share(browser), stranger(browser)
    for _ in range(2):
        say(reader, link, "Le premier", "Deux clics.")
    assert [comment.words for comment in _comments(browser)] == ["Deux clics."]


def test_an_auteur_sees_the_comments_of_their_own_links_alone(
    project: Project, tmp_path: Path
) -> None:
    ana = Browser(project.root, tmp_path / "donnees", person=ANA)
    bea = ana.beside(BEA)
    form = bea.ask(f"/texte/{PUBLISHED}").form()
    form.fill("Texte", "Ma version à moi, assez longue.")
    bea.send(form, "Enregistrer")
    hers, ours, reader = share(bea, PUBLISHED), share(ana, PUBLISHED), stranger(ana)
    assert "Ma version à moi" in reader.ask(hers).words
    assert "Ma version à moi" not in reader.ask(ours).words
    say(reader, hers, "Ma version", "Pour Béa.")
    say(reader, ours, "Un texte", f"Pour Ana, {MARK}.")
    assert "Pour Béa." in bea.ask(f"/texte/{PUBLISHED}").words
    assert MARK not in bea.ask(f"/texte/{PUBLISHED}").words
    assert ours not in bea.ask(f"/texte/{PUBLISHED}").text
    both = ana.ask(f"/texte/{PUBLISHED}").words
    assert "Pour Béa." in both
    assert MARK in both


@pytest.mark.parametrize(
    ("now", "line"),
    [
        ("Avant.\n\nLe chat dort sur le tapis rouge.\n", 3),
        ("Le chat dort sur un tapis rouge et noir.\n\nAvant.\n", 1),
        ("Le chat dort sur le tapis rouge.\n\nX\n\nLe chat dort sur le tapis rouge.\n", 1),
        ("> Le **chat** dort sur le [tapis](t.md) rouge.\n", 1),
        ("Rien de tout cela.\n\nNi ceci.\n", None),
        ("", None),
    ],
)
def test_a_passage_is_found_again_where_it_went(now: str, line: int | None) -> None:
    pieces = list(passages.of_source(now))
    at = passages.find("Le chat dort sur le tapis rouge.", 0, [piece.words for piece in pieces])
    assert (pieces[at].line if at is not None else None) == line
