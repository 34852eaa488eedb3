"""The atelier as a person without scripts uses it: links, labelled fields, buttons."""

from __future__ import annotations

import gzip
import itertools
import json
import os
import shlex
import subprocess
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image as Picture

from axtra.atelier.app import NAVIGATION
from axtra.sending.ledger import Ledger
from axtra.subscribers import Register, backup
from support.atelier_client import Browser, Screen, unchanged
from support.fixture_types import MakeProject
from support.small_sites import FULL, ROOT, Project, article, news, text

NEWS = "content/nouvelles/2020/une-nouvelle.md"
DRAFT = "content/nouvelles/2020/a-finir.md"
DRAFTED = news("À finir", statut="brouillon")


@pytest.fixture
def project(new_project: MakeProject) -> Project:
    return new_project({**FULL, DRAFT: DRAFTED})


@pytest.fixture
def browser(project: Project, tmp_path: Path) -> Browser:
    return Browser(project.root, tmp_path / "donnees")


def at(name: str) -> str:
    """Return the address of a text's screen."""
    return f"/texte/{name}"


# --- who gets in ---------------------------------------------------------------------------------


def test_a_key_lets_one_browser_in_and_another_key_is_announced(
    project: Project, tmp_path: Path
) -> None:
    browser = Browser(project.root, tmp_path / "donnees", enters=False)
    assert browser.ask("/").status == 403
    key = browser.access.new_key()
    first = browser.ask(f"/?cle={key}")
    assert (first.status, first.address) == (200, "/")
    assert browser.told == ["clé"]
    assert browser.ask(f"/?cle={key}").status == 200  # this browser is in already
    browser.cookies.clear()
    assert browser.ask(f"/?cle={key}").status == 403
    assert browser.ask("/textes").status == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://ailleurs.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://127.0.0.1:9999"}, 403),
        ({"origin": "https://127.0.0.1.ailleurs.example"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"host": "ailleurs.example"}, 421),
        ({"host": "127.0.0.1"}, 421),
    ],
)
def test_a_foreign_request_changes_nothing(
    browser: Browser, project: Project, headers: dict[str, str], status: int
) -> None:
    form = browser.ask(at(DRAFT)).form()
    form.fill("Texte", "Autre chose.")
    with unchanged(project.root / "content"):
        assert browser.send(form, "Enregistrer", headers=headers).status == status


@pytest.mark.parametrize("token", ["", "faux", None])
def test_a_form_without_its_token_changes_nothing(
    browser: Browser, project: Project, token: str | None
) -> None:
    form = browser.ask(at(DRAFT)).form()
    form.fill("Texte", "Autre chose.")
    if token is None:
        del form.fields["jeton"]
    else:
        form.fields["jeton"] = token
    with unchanged(project.root / "content"):
        assert browser.send(form, "Enregistrer").status == 403


def test_the_token_of_another_session_is_refused(browser: Browser, project: Project) -> None:
    form = browser.ask(at(DRAFT)).form()
    browser.cookies.clear()
    browser.ask(f"/?cle={browser.access.new_key()}")
    with unchanged(project.root / "content"):
        assert browser.send(form, "Enregistrer").status == 403


# --- what every screen is ------------------------------------------------------------------------


@pytest.mark.parametrize(("word", "address"), NAVIGATION)
def test_every_screen_has_a_heading_the_menu_and_no_script_of_its_own(
    browser: Browser, word: str, address: str
) -> None:
    screen = browser.ask(address)
    assert screen.status == 200
    assert screen.heading
    assert screen.tree.get("lang") == "fr-CA"
    links = screen.links()
    assert {name: links[name] for name, _ in NAVIGATION} == dict(NAVIGATION)
    (current,) = screen.tree.xpath("//nav[@id='menu']//a[@aria-current='page']")
    assert current.text == word
    policy = screen.headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy
    assert not screen.tree.xpath("//script[not(@src)] | //@onclick | //@style")


def test_a_frame_shows_the_page_without_a_cookie_and_nothing_in_it_can_act(
    browser: Browser,
) -> None:
    screen = browser.ask(at(NEWS))
    (frame,) = screen.tree.xpath("//iframe")
    assert frame.get("sandbox") == ""
    browser.cookies.clear()
    page = browser.ask(frame.get("src"))
    assert page.heading == "Une nouvelle"
    assert page.headers["content-security-policy"].startswith("sandbox;")
    prefix = frame.get("src").split("/nouvelles/")[0]
    sheet, *_ = page.tree.xpath("//link[@rel='stylesheet']/@href")
    assert sheet.startswith(f"{prefix}/")
    assert browser.ask(sheet).status == 200
    assert browser.ask("/cadre/faux/nouvelles/une-nouvelle/").status == 404
    assert browser.ask(f"{prefix}/../../textes").status == 403


# --- opening and saving --------------------------------------------------------------------------


def test_opening_and_saving_every_text_moves_no_byte(browser: Browser, project: Project) -> None:
    names = [name for name in [*FULL, DRAFT] if name.endswith(".md")]
    reached = {
        link
        for address in ("/textes",)
        for link in browser.ask(address).links().values()
        if link.startswith("/texte/")
    }
    assert reached == {at(name) for name in names}
    with unchanged(project.root / "content"), unchanged(project.root / "newsletters"):
        for name in names:
            answer = browser.send(browser.ask(at(name)).form(), "Enregistrer")
            assert answer.status == 200, name
            assert "Rien n’avait changé." in answer.words


@pytest.mark.parametrize("start", ["", "\n"])
def test_what_reads_a_form_without_a_browser_s_rules_moves_no_byte(
    browser: Browser, project: Project, start: str
) -> None:
    """A browser drops the line end that opens a field of several lines; other programs keep it."""
    path = project.root / DRAFT
    path.write_bytes(f"---\ntitre: Un titre\nstatut: brouillon\n---\n{start}Un corps.\n".encode())
    form = browser.ask(f"/texte/{DRAFT}").form()
    areas = browser.ask(f"/texte/{DRAFT}").tree.xpath("//form[@id='texte']//textarea")
    read = {area.get("name"): area.text or "" for area in areas}
    assert read["titre"] == "Un titre"
    assert read["texte"] in {form.fields["texte"], f"\n{form.fields['texte']}"}
    before = path.read_bytes()
    browser.send(form, "Enregistrer")
    assert path.read_bytes() == before


def test_no_field_of_a_header_is_named_like_the_body(browser: Browser) -> None:
    names = [name for name in [*FULL, DRAFT] if name.endswith(".md")]
    for name in names:
        labels = [words for words in browser.ask(at(name)).form().labels if words[:5] == "Texte"]
        assert labels == ["Texte"], name


def test_a_draft_is_saved_in_its_file_and_a_changed_field_is_its_own_difference(
    browser: Browser, project: Project
) -> None:
    form = browser.ask(at(DRAFT)).form()
    assert form.value("Titre") == "À finir"
    form.fill("Titre", "Presque : finie")
    answer = browser.send(form, "Enregistrer")
    assert "Enregistré." in answer.words
    path = project.root / DRAFT
    assert path.read_text("utf-8") == DRAFTED.replace("À finir", '"Presque : finie"')


def test_a_published_text_waits_for_publier(browser: Browser, project: Project) -> None:
    form = browser.ask(at(NEWS)).form()
    form.fill("Texte", form.value("Texte") + "\n\nUne phrase de plus.")
    with unchanged(project.root / "content"):
        answer = browser.send(form, "Enregistrer")
        assert "une version en attente" in answer.words
        assert "Une phrase de plus." in answer.form().value("Texte")
        assert "une version en attente" in browser.ask("/textes").words
    (frame,) = answer.tree.xpath("//iframe/@src")
    assert "Une phrase de plus." in browser.ask(frame).words
    published = browser.send(answer.form(), "Publier")
    assert "en attente" not in published.words
    assert (project.root / NEWS).read_text("utf-8").endswith("\n\nUne phrase de plus.\n")


def test_a_version_that_waits_can_be_abandoned(browser: Browser, project: Project) -> None:
    form = browser.ask(at(NEWS)).form()
    before = form.value("Texte")
    form.fill("Texte", "Rien à voir.")
    waiting = browser.send(form, "Enregistrer")
    with unchanged(project.root / "content"):
        answer = browser.send(waiting.form(), "Abandonner la version en attente")
    assert answer.form().value("Texte") == before


def test_a_draft_is_published_by_its_button(browser: Browser, project: Project) -> None:
    answer = browser.send(browser.ask(at(DRAFT)).form(), "Publier")
    assert answer.status == 200
    written = (project.root / DRAFT).read_text("utf-8")
    assert "statut" not in written
    assert written == "".join(
        line for line in DRAFTED.splitlines(keepends=True) if not line.startswith("statut")
    )


def test_a_text_with_errors_is_not_published_and_loses_nothing(
    browser: Browser, project: Project
) -> None:
    form = browser.ask(at(DRAFT)).form()
    form.fill("Jour de parution", "demain")
    answer = browser.send(form, "Publier")
    assert answer.status == 422
    assert "a encore une erreur" in answer.words
    assert answer.form().value("Jour de parution") == "demain"
    assert "statut: brouillon" in (project.root / DRAFT).read_text("utf-8")


def test_a_header_that_does_not_parse_is_shown_as_it_is(browser: Browser, project: Project) -> None:
    path = project.root / DRAFT
    path.write_text(DRAFTED.replace("À finir", "Un : deux : trois"), "utf-8")
    form = browser.ask(at(DRAFT)).form()
    form.fill("En-tête", form.value("En-tête").replace("Un : deux : trois", "Un, deux"))
    assert browser.send(form, "Enregistrer").form().value("Titre") == "Un, deux"


# --- two people, one text ------------------------------------------------------------------------


def test_a_save_upon_a_file_that_moved_shows_both_versions_and_joins_them(
    browser: Browser, project: Project
) -> None:
    path = project.root / DRAFT
    path.write_text(news("À finir", statut="brouillon") + "\nUn.\n\nDeux.\n\nTrois.\n", "utf-8")
    form = browser.ask(at(DRAFT)).form()
    form.fill("Texte", form.value("Texte").replace("Trois.", "Trois, et le mien."))
    path.write_text(path.read_text("utf-8").replace("Un.", "Un, par elle."), "utf-8")
    with unchanged(project.root / "content"):
        answer = browser.send(form, "Enregistrer")
    assert answer.status == 409
    assert "Trois, et le mien." in answer.words
    assert "Un, par elle." in answer.words
    assert browser.send(answer.form(), "Enregistrer").status == 200
    kept = path.read_text("utf-8")
    assert "Un, par elle." in kept
    assert "Trois, et le mien." in kept


def test_a_passage_that_both_changed_is_chosen_by_the_person(
    browser: Browser, project: Project
) -> None:
    path = project.root / DRAFT
    form = browser.ask(at(DRAFT)).form()
    form.fill("Texte", "Ma phrase.")
    path.write_text(DRAFTED.replace("Un texte assez long", "Sa phrase, un texte"), "utf-8")
    answer = browser.send(form, "Enregistrer")
    assert answer.status == 409
    assert "1 passage à trancher" in answer.words
    assert "Ma phrase." in answer.words
    assert "Sa phrase, un texte" in answer.words


@pytest.mark.parametrize("choices", [*itertools.product(("mien", "autre", "texte"), repeat=2)])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_each_passage_is_kept_as_it_was_chosen_and_typed_words_stay(
    browser: Browser, project: Project, choices: tuple[str, str], line_end: str
) -> None:
    path = project.root / DRAFT
    start = news("À finir", statut="brouillon") + "\nUn.\n\nFixe.\n\nDeux.\n\nFin.\n"
    path.write_bytes(start.replace("\n", line_end).encode())
    form = browser.ask(at(DRAFT)).form()
    mine = form.value("Texte").replace("Un.", "Un, le mien.").replace("Deux.", "Deux, le mien.")
    form.fill("Texte", mine)
    theirs = start.replace("Un.", "Un, le sien.").replace("Deux.", "Deux, le sien.")
    path.write_bytes(theirs.replace("\n", line_end).encode())
    form = browser.send(form, "Enregistrer").form()
    for rank, choice in enumerate(choices):
        assert form.fields[f"passage-{rank}"] == "mien"
        form.fields[f"passage-{rank}"] = choice
    typed = form.value("Texte").replace("Fin.", "Fin, tapée.")
    if choices[1] == "texte":
        typed = typed.replace("Deux, le mien.", "Deux, des deux.")
    form.fill("Texte", typed)
    assert browser.send(form, "Enregistrer").status == 200
    words = {"mien": "le mien", "autre": "le sien", "texte": "des deux"}
    first = "le sien" if choices[0] == "autre" else "le mien"
    expected = start.replace("Un.", f"Un, {first}.").replace("Deux.", f"Deux, {words[choices[1]]}.")
    expected = expected.replace("Fin.", "Fin, tapée.").replace("\n", line_end)
    assert path.read_bytes() == expected.encode()


@pytest.mark.parametrize("number", [0, 1, 2, 3, 10, 11, 12])
def test_the_first_screen_counts_what_waits(
    new_project: MakeProject, tmp_path: Path, number: int
) -> None:
    drafts = {
        f"content/nouvelles/2020/texte-{rank}.md": news(f"Texte {rank}", statut="brouillon")
        for rank in range(number)
    }
    screen = Browser(new_project({**FULL, **drafts}).root, tmp_path / "donnees").ask("/")
    said = {0: "Rien n’attend.", 1: "Un texte", 2: "Deux textes", 3: "Trois textes"}
    said |= {10: "Dix textes", 11: "11 textes", 12: "12 textes"}
    assert screen.status == 200
    assert screen.heading.startswith(said[number])


@pytest.mark.parametrize(("book", "days", "said"), [
    (None, None, ""),
    (Register, None, "jamais été sauvegardés"),
    (Ledger, None, "jamais été sauvegardés"),
    (Register, 8, "pas été sauvegardés depuis le"),
    (Register, 6, ""),
])  # fmt: skip
def test_a_backup_that_nobody_made_for_a_week_is_asked_for(
    browser: Browser, project: Project, tmp_path: Path,
    book: type[Register] | None, days: int | None, said: str,
) -> None:  # fmt: skip
    data = tmp_path / "donnees"
    if book is not None:
        with book.open(data) as opened:
            if days is not None:
                moment = datetime.now(UTC) - timedelta(days=days)
                backup.save(data, tmp_path / "ancienne", (opened,), moment)
    screen = browser.ask("/")
    assert ("sauvegard" in screen.words) == bool(said)
    if said:
        assert said in screen.words
        (pasted,) = screen.tree.xpath("//section[@aria-label='Sauvegarde']/pre/text()")
        done = project.run(*shlex.split(pasted), env={"AXTRA_DONNEES": str(data)})
        assert done.returncode == 0, done.stderr
        assert "sauvegard" not in browser.ask("/").words


# --- numéros, settings, pictures -----------------------------------------------------------------

SECOND = "content/magazine/2020-05/second.md"


def test_the_order_of_a_numero_is_changed_by_its_arrows(browser: Browser, project: Project) -> None:
    project.write({SECOND: article("Le second", statut="brouillon", ordre="2")})
    screen = browser.ask("/numeros/2020-05")
    form = screen.form("numero")
    order = [title for title in screen.links() if title in {"Un premier article", "Le second"}]
    assert order == ["Le second", "Un premier article"]
    answer = browser.send(form, "↓Descendre « Le second »")
    assert [title for title in answer.links() if title in order] == order[::-1]
    assert "ordre: 2" in (project.root / SECOND).read_text("utf-8")


def test_the_cover_of_a_numero_is_chosen_from_its_articles(browser: Browser) -> None:
    form = browser.ask("/numeros/2020-05").form("numero")
    form.fill("Premier appel", "premier")
    answer = browser.send(form, "Enregistrer")
    assert answer.form("numero").value("Premier appel") == "premier"
    header = browser.ask(at("content/magazine/2020-05/numero.md")).form()
    assert header.value("Articles de la couverture") == "premier"


def test_a_launch_letter_is_begun_from_its_numero(browser: Browser) -> None:
    answer = browser.send(
        browser.ask("/numeros/2020-05").form("numero"), "Composer l’infolettre de lancement"
    )
    assert answer.status == 200
    assert "le numéro de mai 2020 est paru" in answer.form().value("Objet")


def test_a_setting_changes_its_line_alone(browser: Browser, project: Project) -> None:
    path = project.root / "content/site.toml"
    before = "# Un commentaire.\n" + path.read_text("utf-8") + 'demonstration = ["telephone"]\n'
    path.write_text(before, "utf-8")
    with unchanged(project.root / "content"):
        answer = browser.send(browser.ask("/reglages").form("reglages"), "Enregistrer")
        assert "Rien n’avait changé." in answer.words
    form = answer.form("reglages")
    form.fill("Téléphone", "418 555-0199")
    browser.send(form, "Enregistrer")
    assert path.read_text("utf-8") == before.replace("0100", "0199").replace('["telephone"]', "[]")


def test_settings_that_moved_are_not_written_over(browser: Browser, project: Project) -> None:
    form = browser.ask("/reglages").form("reglages")
    form.fill("Téléphone", "418 555-0199")
    path = project.root / "content/site.toml"
    path.write_text(path.read_text("utf-8").replace("Pour voir", "Pour mieux voir"), "utf-8")
    with unchanged(project.root / "content"):
        answer = browser.send(form, "Enregistrer")
    assert answer.status == 409
    assert answer.form("reglages").value("Téléphone") == "418 555-0199"


def test_settings_that_do_not_read_are_mended_on_their_screen(
    browser: Browser, project: Project
) -> None:
    path = project.root / "content/rubriques.toml"
    good = path.read_bytes().replace(b"\n", b"\r\n")
    path.write_bytes(good + b"[x\r\n")
    screen = browser.ask("/reglages")
    form = screen.form("reglages")
    assert (screen.status, "content/" in screen.words) == (422, False)
    assert form.value("Tout le fichier").endswith("[x\n")
    with unchanged(project.root / "content"):
        refused = browser.send(form, "Enregistrer")
    line = good.count(b"\n") + 1
    assert (refused.status, f"Regardez la ligne {line}." in refused.words) == (422, True)
    form.fill("Tout le fichier", form.value("Tout le fichier").removesuffix("[x\n"))
    assert browser.send(form, "Enregistrer").status == 200
    assert path.read_bytes() == good


def test_a_setting_broken_over_two_lines_is_one(browser: Browser, project: Project) -> None:
    form = browser.ask("/reglages").form("reglages")
    form.fill("Description", "Une phrase\r\nsur deux lignes.")
    browser.send(form, "Enregistrer")
    facts = tomllib.loads((project.root / "content/site.toml").read_text("utf-8"))
    assert facts["description"] == "Une phrase sur deux lignes."


def test_a_setting_that_may_not_be_empty_is_refused(browser: Browser, project: Project) -> None:
    form = browser.ask("/reglages").form("reglages")
    form.fill("Devise", " ")
    with unchanged(project.root / "content"):
        assert browser.send(form, "Enregistrer").status == 422


ADDED = {
    "rubrique": ("content/rubriques.toml", {"couleur": "ocre"}),
    "sorte d’infolettre": ("content/infolettres.toml", {}),
}


@pytest.mark.parametrize("kind", ADDED)
def test_a_rubrique_and_a_type_of_letter_are_added(
    browser: Browser, project: Project, kind: str
) -> None:
    file, others = ADDED[kind]
    before = (project.root / file).read_text("utf-8")
    word = f"Nouvelle {kind} : "
    form = browser.ask("/reglages").form("reglages")
    form.fill(f"{word}nom", "L’été à vélo")
    with unchanged(project.root / "content"):
        assert browser.send(form, "Enregistrer").status == 422  # it lacks its description
    given = {"nom": "L’été à vélo", "description": 'Dire « oui » \\o/ "ici"', **others}
    for key, value in given.items():
        form.fill(f"{word}{key}", value)
    answer = browser.send(form, "Enregistrer")
    assert "Enregistré" in answer.words
    after = (project.root / file).read_text("utf-8")
    assert after.startswith(before)
    assert tomllib.loads(after)["l-ete-a-velo"] == given
    assert answer.form("reglages").value("L’été à vélo : description") == given["description"]
    again = answer.form("reglages")
    again.fill(f"{word}nom", "L’été à vélo")
    again.fill(f"{word}description", "Encore")
    with unchanged(project.root / "content"):
        assert browser.send(again, "Enregistrer").status == 422
    assert not answer.tree.xpath("//main/ul | //*[@class='faute']")  # nothing is wrong with it


def test_each_colour_that_is_offered_is_one_of_the_theme(browser: Browser) -> None:
    screen = browser.ask("/reglages")
    (choice,) = screen.tree.xpath("//select[@name='content/rubriques.toml + couleur']")
    style = (ROOT / "theme/static/css/parties/base.css").read_text("utf-8")
    offered = choice.xpath("option/@value")
    assert len(offered) > 3
    assert all(f".couleur-{name} " in style for name in offered), offered


def test_where_the_site_is_published_is_set_and_forgotten(
    browser: Browser, project: Project, tmp_path: Path
) -> None:
    path = project.root / "content/site.toml"
    before = path.read_text("utf-8")
    assert "Dire où publier" in browser.ask("/publication").links()
    form = browser.ask("/reglages").form("reglages")
    form.fill("Adresse publique", "https://essai.example")
    with unchanged(project.root / "content"):
        assert browser.send(form, "Enregistrer").status == 422  # and where to?
        form.fill("Où publier", "ftp://ailleurs")
        assert browser.send(form, "Enregistrer").status == 422
    place = str(tmp_path / "en ligne")
    form.fill("Où publier", place)
    answer = browser.send(form, "Enregistrer")
    assert path.read_text("utf-8").startswith(before)
    facts = tomllib.loads(path.read_text("utf-8"))
    target = {"cible": place, "public": "https://essai.example"}
    assert facts["publication"] == {"site": target}
    assert place in browser.ask("/publication").words
    form = answer.form("reglages")
    form.fill("Où publier", "")
    form.fill("Adresse publique", "")
    assert browser.send(form, "Enregistrer").status == 200
    assert tomllib.loads(path.read_text("utf-8")) == tomllib.loads(before)


@pytest.mark.parametrize(("file", "line", "label"), [
    ("site", "telephone = ''", "Téléphone"),
    ("site", "service = 'http://ailleurs.example'", "Adresse du service"),
    ("site", "[publication.site]\npublic = 'x'", "Où publier"),
    ("site", "[publication.site]\ncible = '/x'\npublic = 'http://x'", "Adresse publique"),
    ("rubriques", "[vide]\nnom = 'Vide'\ndescription = ''\ncouleur = 'ocre'", "Vide : descr"),
    ("infolettres", "[vide]\nnom = 'Vide'", "Vide : description"),
])  # fmt: skip
def test_what_is_wrong_with_a_setting_stands_beside_it(
    browser: Browser, project: Project, file: str, line: str, label: str
) -> None:
    path = project.root / f"content/{file}.toml"
    kept = [row for row in path.read_text("utf-8").split("\n") if not row.startswith("telephone")]
    path.write_text("\n".join([*kept[:-1], line, ""]), "utf-8")
    if line.startswith(("telephone", "service")):
        path.write_text("\n".join([line, *kept]), "utf-8")
    elif file == "site":
        path.write_text("\n".join(["telephone = '1'", *kept, line, ""]), "utf-8")
    screen = browser.ask("/reglages")
    name = next(n for words, n in screen.form("reglages").labels.items() if words.startswith(label))
    (field,) = screen.tree.xpath(f"//*[@name='{name}']")
    assert field.get("aria-invalid") == "true"
    (said,) = screen.tree.xpath(f"//*[@id='{field.get('aria-describedby')}']")
    assert said.text_content().strip()
    assert not screen.tree.xpath("//main/ul")  # said once


@pytest.mark.parametrize("data", [
    b"publication = 'x'", b"publication.site = 'x'", b"demonstration = 3", b"demonstration = 'nom'",
    b"nom = ['a']", b"\xe9", b"= =", b"[publication]\nsite = []",
])  # fmt: skip
@pytest.mark.parametrize("file", ["site", "rubriques", "infolettres"])
def test_settings_of_a_wrong_form_are_shown_and_words_can_be_saved(
    browser: Browser, project: Project, file: str, data: bytes
) -> None:
    path = project.root / f"content/{file}.toml"
    path.write_bytes(data + b"\n")
    screen = browser.ask("/reglages")
    assert screen.status in {200, 422}
    form = screen.form("reglages")
    form.fill("Mots que", "unmot")
    assert browser.send(form, "Enregistrer").status in {200, 422}
    assert path.read_bytes() == data + b"\n"


# --- publication -----------------------------------------------------------------------------


def published_to(project: Project, tmp_path: Path) -> Path:
    """Declare a folder where the project is published; return what its readers see."""
    path = project.root / "content/site.toml"
    place = tmp_path / "en-ligne"
    table = f'\n[publication.site]\ncible = "{place}"\npublic = "http://127.0.0.1:9"\n'
    path.write_text(path.read_text("utf-8") + table, "utf-8")
    return place / "courant"


def settled(browser: Browser) -> Screen:
    """Wait for the publication that goes on; return its screen."""
    browser.publisher.wait()
    return browser.ask("/publication")


def test_a_text_is_published_in_one_act_and_the_site_comes_back(
    browser: Browser, project: Project, tmp_path: Path
) -> None:
    online = published_to(project, tmp_path) / "nouvelles/une-nouvelle/index.html"
    assert "Rien n’a encore été publié." in browser.ask("/publication").words
    browser.send(browser.ask("/publication").form("publication"), "Publier")
    assert "relu sur place" in settled(browser).words
    assert "Le site Publié le " in browser.ask("/").words
    before = online.read_bytes()

    form = browser.ask(at(NEWS)).form()
    form.fill("Texte", "Une phrase toute neuve.")
    waiting = browser.send(form, "Enregistrer")
    assert online.read_bytes() == before
    assert "ajouté : Une phrase toute neuve" in browser.ask("/publication").words
    answer = browser.send(waiting.form(), "Publier")
    assert answer.address == "/publication"
    assert "Ce qui attend" in settled(browser).words
    assert "Une phrase toute neuve." in online.read_text("utf-8")

    back = browser.ask("/publication").form("publication")
    browser.send(back, "Revenir à la version précédente")
    returned = settled(browser)
    assert "Rien ne se publie plus de soi-même" in returned.words
    assert returned.heading == "Un changement ira sur le site."
    assert returned.words.count("ajouté : Une phrase toute neuve") == 1
    assert online.read_bytes() == before


def test_what_keeps_the_site_from_being_published_is_shown(
    browser: Browser, project: Project, tmp_path: Path
) -> None:
    published_to(project, tmp_path)
    (project.root / NEWS).write_text(news("Une nouvelle", rubrique="x"), "utf-8")
    screen = browser.ask("/publication")
    assert "1 erreur empêche de publier" in screen.words
    browser.send(screen.form("publication"), "Publier")
    assert "rien n’est publié" in settled(browser).words.lower()


# --- a new text, and what git keeps --------------------------------------------------------------


def test_a_new_text_is_a_draft_that_opens(browser: Browser, project: Project) -> None:
    form = browser.ask("/textes/nouveau").form("nouveau")
    form.fill("Titre", "Des stages qui paient")
    answer = browser.send(form, "Commencer")
    assert answer.status == 200
    assert answer.form().value("Titre") == "Des stages qui paient"
    (made,) = project.root.glob("content/nouvelles/*/des-stages-qui-paient.md")
    assert "statut: brouillon" in made.read_text("utf-8")
    again = browser.ask("/textes/nouveau").form("nouveau")
    again.fill("Titre", "Des stages qui paient")
    assert browser.send(again, "Commencer").status == 422


def test_what_is_written_is_a_commit_of_that_file_alone(project: Project, tmp_path: Path) -> None:
    def git(*words: str) -> str:
        return subprocess.run(
            [  # noqa: S607
                "git",
                "-c",
                "user.name=Anne",
                "-c",
                "user.email=a@b.example",
                *words,
            ],
            cwd=project.root,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    git("init", "-q")
    git("config", "user.name", "Anne Roy")
    git("add", "content")
    git("commit", "-qm", "Début")
    (project.root / ".git/hooks/pre-commit").write_text("#!/bin/sh\nexit 1\n")
    (project.root / ".git/hooks/pre-commit").chmod(0o755)
    (project.root / NEWS).write_text(news("Autre chose en cours"), "utf-8")
    browser = Browser(project.root, tmp_path / "donnees")
    form = browser.ask(at(DRAFT)).form()
    form.fill("Texte", "Une phrase.")
    browser.send(form, "Enregistrer")
    assert git("log", "-1", "--format=%an", "--name-only").split("\n\n") == [
        "Anne Roy",
        f"{DRAFT}\n",
    ]


@pytest.mark.parametrize("versioned", ["git", ""])
def test_any_version_comes_back(project: Project, tmp_path: Path, versioned: str) -> None:
    if versioned:
        commands = (
            ["git", "init", "-q"],
            ["git", "add", "content"],
            ["git", "-c", "user.name=A", "-c", "user.email=a@b.example", "commit", "-qm", "Début"],
        )
        for words in commands:
            subprocess.run(words, cwd=project.root, check=True)
    browser = Browser(project.root, tmp_path / "donnees")
    for phrase in ("Une phrase.", "Une autre phrase."):
        form = browser.ask(at(DRAFT)).form()
        form.fill("Texte", phrase)
        browser.send(form, "Enregistrer")
    past = browser.ask(browser.ask(at(DRAFT)).links()["Historique"])
    versions = past.tree.xpath("//ol//a/@href")
    assert len(versions) == 3
    first = browser.ask(versions[-1])
    assert "ajouté : Une" in first.words
    back = browser.send(first.form("revenir"), "Revenir à cette version")
    assert back.form().value("Texte") == "Un texte assez long pour être lu."
    assert (project.root / DRAFT).read_text("utf-8") == DRAFTED
    assert browser.ask(f"/historique/{DRAFT}?version=faux").status == 404


def test_a_search_finds_words_of_bodies_whatever_their_accents(
    browser: Browser, project: Project
) -> None:
    project.write({DRAFT: text("Une démarche inespérée.", titre="À finir", date="2020-01-01")})
    links = browser.ask("/textes?q=demarche+INESPEREE").links()
    assert at(DRAFT) in links.values()
    assert at(NEWS) not in links.values()


def test_a_long_list_is_shown_in_parts_and_every_text_is_reached(
    new_project: MakeProject, tmp_path: Path
) -> None:
    many = {f"content/nouvelles/2020/n-{n:03d}.md": news(f"Titre {n:03d}") for n in range(120)}
    browser = Browser(new_project({**FULL, **many}).root, tmp_path / "donnees")
    for start, last in (("/textes", "n-000"), ("/textes?tri=titre", "n-119")):
        screen = browser.ask(start)
        found: list[str] = []
        while True:
            links = screen.links()
            found += [place for place in links.values() if place.startswith("/texte/")]
            following = [place for words, place in links.items() if "suivant" in words]
            if not following:
                break
            screen = browser.ask(following[0])
        assert len(found) == len(set(found))
        assert {at(name) for name in many} <= set(found)
        assert f"{last}.md" in [Path(place).name for place in found if "/n-" in place][-1]
    for odd in ("-1", "x", "9" * 30, "²"):
        assert browser.ask(f"/textes?de={odd}").status == 200


def test_an_empty_project_says_how_to_begin(new_project: MakeProject, tmp_path: Path) -> None:
    root = new_project().root
    for path in [*root.rglob("content/**/*.md"), *root.rglob("newsletters/**/*.md")]:
        path.unlink()
    screen = Browser(root, tmp_path / "donnees").ask("/")
    assert screen.heading == "Tout commence par un texte."
    assert {"Recevoir un Word", "Nouveau texte"} <= set(screen.links())
    assert len(screen.tree.xpath("//*[contains(@class, 'plein')]")) == 1


def test_what_is_typed_answers_with_its_field_and_the_anchors_of_its_page(
    browser: Browser,
) -> None:
    form = browser.ask(at(DRAFT)).form()
    form.fill("Jour de parution", "hier")
    form.fill("Texte", "## Un intertitre\n\nDit.\n\n### Un autre\n\nDit.")
    form.address = f"/saisie/{DRAFT}"
    told = json.loads(browser.send(form).text)
    assert list(told["champs"]) == ["date"]
    form.fill("Jour de parution", "2020-02-02")
    told = json.loads(browser.send(form).text)
    assert told["champs"] == {}
    assert told["ancres"] == ["un-intertitre", "un-autre"]


def test_the_order_of_a_numero_is_changed_at_once_by_dragging(
    browser: Browser, project: Project
) -> None:
    form = browser.ask("/numeros/2020-05").form("numero")
    slugs = browser.ask("/numeros/2020-05").tree.xpath("//@data-article")
    form.fields["sommaire"] = " ".join(reversed(slugs))
    browser.send(form)
    assert browser.ask("/numeros/2020-05").tree.xpath("//@data-article") == slugs[::-1]
    form.fields["sommaire"] = "inconnu"
    with unchanged(project.root / "content"):
        assert browser.send(form).status == 422


def test_what_a_text_loads_is_light(browser: Browser) -> None:
    screen = browser.ask(at(DRAFT))
    editor = screen.tree.xpath("//form/@data-editeur")[0]
    if not editor:
        reason = "the editor is missing: run make editeur"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    places = [*screen.tree.xpath("//link[@rel='stylesheet']/@href | //script/@src"), editor]
    weights = {place: len(gzip.compress(browser.ask(place).text.encode())) for place in places}
    assert weights[editor] <= 180_000
    assert sum(weights.values()) + len(screen.text) <= 300_000


def test_a_text_that_is_open_elsewhere_says_so(browser: Browser) -> None:
    first = browser.cookies
    assert "aussi ouvert" not in browser.ask(at(DRAFT)).words
    browser.cookies = type(first)()
    browser.ask(f"/?cle={browser.access.new_key()}")
    assert "Ce texte est aussi ouvert" in browser.ask(at(DRAFT)).words
    assert "aussi ouvert" not in browser.ask(at(NEWS)).words
    browser.cookies = first
    form = browser.ask(at(DRAFT)).form()
    form.fill("Texte", "Autre.")
    form.address = f"/saisie/{DRAFT}"
    assert "aussi ouvert" in json.loads(browser.send(form).text)["autres"]


def test_the_images_tell_the_alternative_and_the_credit_that_each_text_gives(
    project: Project, tmp_path: Path
) -> None:
    (project.root / "content/images").mkdir(exist_ok=True)
    picture = Picture.new("RGB", (40, 30))
    picture.save(project.root / "content/images/rive.png")
    told = {"image": "images/rive.png", "alt": "Une rive", "credit": '"Photo : AXTRA"'}
    project.write(
        {
            "content/nouvelles/2020/dite.md": news("Dite", **told),
            "content/nouvelles/2020/vide.md": news("Vide", image="images/rive.png", alt='""'),
            "content/nouvelles/2020/sans.md": news("Sans", image="images/rive.png"),
            "content/nouvelles/2020/corps.md": text(
                "![Dans le corps](images/rive.png)", titre="Corps", date="2020-01-15"
            ),
        }
    )
    screen = Browser(project.root, tmp_path / "autres").ask("/images")
    said = " ".join(screen.words.split())
    for words in ("Dite « Une rive » (Photo", "Vide sans alternative", "Corps « Dans le corps »"):
        assert words in said.replace("\u00a0", " ")
    assert said.count("alternative manquante") == 1


def test_the_words_of_a_picture_change_where_each_text_shows_it(
    project: Project, tmp_path: Path
) -> None:
    (project.root / "content/images").mkdir(exist_ok=True)
    for name in ("rive.png", "Quai.png"):
        Picture.new("RGB", (40, 30)).save(project.root / "content/images" / name)
    name = "content/nouvelles/2020/illustree.md"
    body = (
        "![Une rive](images/rive.png) et `![une](images/rive.png)`.\r\n\r\n"
        "/// figure | images/rive.png\r\n    alt: Des [roseaux] # et un mot\r\n"
        "    credit: 'AXTRA'\r\n///\r\n\r\n/// figure | images/quai.png\r\n    alt: Un quai\r\n///"
    )
    typed = text(body, titre="Illustrée", date="2020-01-15", statut="brouillon")
    before = typed.replace("statut: ", "image: images/rive.png # rive\nstatut: ").encode()
    (project.root / name).write_bytes(before)
    browser = Browser(project.root, tmp_path / "autres")

    def forms() -> dict[str, dict[str, str]]:
        found = browser.ask("/images").tree.xpath("//details/form")
        every = [{n: v.strip() for n, v in form.fields.items()} for form in found]
        return {fields["lieu"]: fields for fields in every}

    def save(place: str, **words: str) -> Screen:
        return browser.request("POST", "/images", data={**forms()[place], **words})

    header, figure, inline, _ = forms()
    assert [*forms()[header]][-3:] == ["alt", "credit", "cadrage"]
    for place in (header, figure, inline):
        assert "Rien n’a changé" in save(place).words
        assert (project.root / name).read_bytes() == before
    for place, words, old, new in [
        (inline, {"alt": "La [rive]"}, b"![Une rive]", b"![La \\[rive\\]]"),
        (figure, {"credit": "L’équipe : AXTRA"}, b"'AXTRA'", "'L’équipe : AXTRA'".encode()),
        (header, {"alt": "Un quai"}, b"# rive\n", b"# rive\nalt: Un quai\r\n"),
    ]:
        now = (project.root / name).read_bytes()
        assert "enregistré dans le brouillon" in save(place, **words).words
        assert (project.root / name).read_bytes() == now.replace(old, new, 1) != now
    late = forms()[figure]
    save(header, credit="AXTRA")
    assert browser.request("POST", "/images", data=late).status == 422
    assert browser.request("POST", "/images", data={**late, "texte": "x.md"}).status == 404

    (mend,) = browser.ask("/images").tree.xpath("//button[starts-with(., 'Corriger')]/..")
    sent = {**mend.fields, "acte": mend.xpath("button/@value")[0]}
    browser.request("POST", mend.action, data=sent)
    assert b"figure | images/Quai.png" in (project.root / name).read_bytes()

    shown = text("![Vue](images/rive.png)", titre="Parue", date="2020-01-15")
    project.write({name: shown})
    assert "attend « Publier »" in save("image-1-0", alt="Revue").words
    assert (project.root / name).read_text("utf-8") == shown
    assert "![Revue]" in browser.ask(f"/texte/{name}").form().value("Texte")
