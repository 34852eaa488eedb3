"""What an auteur is shown: published content and their own drafts, no trace of anything else."""

from __future__ import annotations

import io
import json
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

import pytest
from docx import Document
from PIL import Image

from axtra import site
from axtra.atelier.roles import Person, Role
from axtra.subscribers import Basis, Consent, Register
from infolettre.core.dates import ZONE
from infolettre.core.diagnostics import errors
from support.atelier_client import Browser, Screen
from support.small_sites import FULL, Project, article, letter, news, numero, text

ANA = Person("ana@exemple.test", "Ana Côté", Role.AUTEUR)
LEO = Person("leo@exemple.test", "Léo Roy", Role.DIRECTION)
MARK = "zyxomarque"  # in every secret; in words, names and addresses alike
NEWS = "content/nouvelles/2020/une-nouvelle.md"
TO_COME = "2099-01-01"
YEAR = datetime.now(ZONE).year
TAKEN = f"content/nouvelles/{YEAR}/{MARK}.md"
SECRETS = {
    f"content/auteurs/{MARK}-personne.md": text(nom=f"{MARK} Personne", statut="brouillon"),
    "content/magazine/2099-01/numero.md": numero(
        titre=f"{MARK} numéro", statut="brouillon", numero="9"
    ),
    f"content/magazine/2099-01/{MARK}-article.md": article(
        f"{MARK} article", mots_cles=f"[{MARK}-sujet]"
    ),
    f"content/magazine/2020-05/{MARK}-suite.md": article(f"{MARK} suite", statut="brouillon"),
    f"content/nouvelles/2020/{MARK}.md": news(
        f"{MARK} nouvelle", statut="brouillon", image=f"images/{MARK}-image.png"
    ),
    f"content/nouvelles/2020/{MARK}-casse.md": f"---\ntitre: {MARK}: [\nstatut: brouillon\n---\n",
    f"content/communiques/2020/{MARK}.md": text(
        titre=f"{MARK} embargo", date="2020-02-02", embargo=f"{TO_COME} 09:00", ville="Québec"
    ),
    f"content/publications/{MARK}.md": text(titre=f"{MARK} à venir", date=TO_COME, type="rapport"),
    f"content/evenements/{MARK}.md": text(
        titre=f"{MARK} événement", debut=TO_COME, date="2020-04-04", statut="brouillon"
    ),
    f"content/pages/{MARK}.md": text(titre=f"{MARK} page", statut="brouillon"),
    f"newsletters/2099/{TO_COME}.md": letter(
        f"Bonjour {MARK}.", objet=f"{MARK} lettre", statut="brouillon", date=TO_COME
    ),
    f"content/{MARK}-hors-place.md": text(titre=f"{MARK}"),
    f"content/{MARK}.docx": MARK,
    TAKEN: news(f"{MARK} de cette année", statut="brouillon"),
}


def picture(colour: str = "navy") -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(data, "PNG")
    return data.getvalue()


def _git(root: Path, *words: str) -> None:
    identity = ("-c", "user.name=Git", "-c", "user.email=git@exemple.test")
    subprocess.run(["git", *identity, *words], cwd=root, check=True, capture_output=True)  # noqa: S607


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Make a project under git whose every kind of secret thing holds the mark."""
    from support.small_sites import make_project  # noqa: PLC0415

    project = make_project(tmp_path_factory.mktemp("auteur") / "projet", {**FULL, **SECRETS})
    images = project.root / "content/images"
    images.mkdir()
    (images / f"{MARK}-image.png").write_bytes(picture())
    (images / f"{MARK}-seule.png").write_bytes(picture("red"))
    (images / "publiee.png").write_bytes(picture("green"))
    shown = FULL[NEWS].rstrip() + '\n\n![Une image](images/publiee.png "Une image")\n'
    past = FULL[NEWS] + f"\nUne phrase retirée : {MARK}.\n"
    project.write({NEWS: past})
    _git(project.root, "init", "-q")
    _git(project.root, "add", "content", "newsletters")
    _git(project.root, "commit", "-qm", f"Début {MARK}")
    project.write({NEWS: shown})
    _git(project.root, "commit", "-qam", f"Sans {MARK}")
    return project


@pytest.fixture(scope="module")
def leo(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Browser:
    """Return the direction's browser, once it has set versions aside, typed and subscribed."""
    data = tmp_path_factory.mktemp("donnees")
    leo = Browser(project.root, data, person=LEO)
    form = leo.ask(f"/texte/{NEWS}").form()
    form.fill("Titre", f"{MARK} version en attente")
    assert leo.send(form, "Enregistrer").status == 200
    form = leo.ask("/texte/content/pages/a-propos.md").form()
    form.fields["texte"] = f"{MARK} tapé"
    saved = leo.request("POST", "/saisie/content/pages/a-propos.md", data=form.fields)
    assert saved.status == 200
    reviews, hidden = leo.atelier.reviews, f"content/nouvelles/2020/{MARK}.md"
    for name in (NEWS, hidden):  # of a published text too, what is said is not published
        link = reviews.share(name, LEO, 7)
        said = reviews.say(link, f"{MARK} relectrice", f"{MARK} commentaire", "Un mot.", 0)
        assert reviews.answer(name, said.mark, "Léo Roy", f"{MARK} réponse")
    bob = leo.beside(Person("bob@exemple.test", "Bob Lee", Role.AUTEUR))
    form = bob.ask(f"/texte/{NEWS}").form()
    form.fill("Texte", f"{MARK} proposé.")
    assert bob.send(form, "Proposer").status == 200
    assert MARK in leo.ask("/").text.lower() + leo.ask(f"/texte/{NEWS}").text.lower()
    with Register.open(data) as register:
        now = datetime.now(ZONE)
        consent = Consent(Basis.EXPRESS, now, "essai", "essai")
        register.add("mensuelle", f"{MARK}@exemple.test", consent, now, first_name=MARK)
    return leo


@pytest.fixture(scope="module")
def ana(leo: Browser) -> Browser:
    """Return the browser of an auteur, who has a draft."""
    ana = leo.beside(ANA)
    form = ana.ask("/textes/nouveau").form("nouveau")
    form.fields |= {"genre": "nouvelle", "titre": "Mon brouillon"}
    assert ana.send(form).status == 200
    return ana


def links(screen: Screen) -> Iterator[str]:
    """Yield the addresses that a page leads to, forms and frames included."""
    for name in ("href", "src", "action"):
        for found in screen.tree.xpath(f"//@{name}"):
            yield urljoin(screen.address, found)


def crawled(browser: Browser, start: str, most: int = 600) -> dict[str, Screen]:
    """Ask for every address that can be reached from one."""
    seen: dict[str, Screen] = {}
    left = [start]
    while left and len(seen) < most:
        address = left.pop()
        parts = urlsplit(address)
        place = parts.path + (f"?{parts.query}" if parts.query else "")
        if place in seen or (parts.netloc and parts.netloc != "atelier.exemple.test"):
            continue
        if place.startswith("/cadre/"):  # each page has a secret of its own
            key = place.split("/", 3)[3]
            if f"/{key}" in seen:
                continue
            seen[f"/{key}"] = seen[place] = browser.ask(place)
        else:
            seen[place] = browser.ask(place)
        if "html" in seen[place].headers.get("content-type", ""):
            left += links(seen[place])
    return seen


def asked(ana: Browser) -> dict[str, Screen]:
    """Ask for all that links do not lead to."""
    secret = ana.atelier.access.frame()
    names = [*SECRETS, f"content/images/{MARK}-image.png", f"images/{MARK}-image.png"]
    places = [f"/textes?q={MARK}", f"/textes?q={MARK}&etat=brouillon", "/palette"]
    for name in names:
        stem = Path(name).stem
        places += [f"/{part}/{quote(name)}" for part in ("texte", "historique", "images/fichier")]
        for section in (
            "nouvelles",
            "communiques",
            "publications",
            "evenements",
            "auteurs",
            "magazine",
        ):
            places.append(f"/cadre/{secret}/{section}/{stem}/")
        places.append(f"/cadre/{secret}/{name.removeprefix('content/')}")
    frame = f"/cadre/{secret}"
    places += [
        f"{frame}/infolettres/{TO_COME}/",
        f"{frame}/infolettres/{TO_COME}/courriel.html",
        f"{frame}/magazine/2099-01/",
        f"{frame}/sujets/{MARK}-sujet/",
        f"{frame}/flux.xml",
        f"{frame}/sitemap.xml",
        f"{frame}/recherche/",
        f"{frame}/magazine/2020-05/",
        "/numeros/2099-01",
        "/numeros/2020-05",
    ]
    return {place: ana.ask(place) for place in places}


def test_no_answer_to_an_auteur_holds_a_trace_of_what_is_not_theirs(ana: Browser) -> None:
    answers = crawled(ana, "/") | asked(ana)
    answers |= {f"/?{n}": ana.ask(at) for n, at in enumerate(("/", "/textes", "/images"))}
    told = {place: MARK for place, answer in answers.items() if MARK in answer.text.lower()}
    echoed = {place for place in told if MARK in place}  # what was asked may be said again
    for place in echoed:
        assert "Aucun texte ne contient" in answers[place].words, place
    assert set(told) == echoed
    machine = {str(ana.atelier.root), str(ana.atelier.data), "sauvegard"}
    assert not [place for place, at in answers.items() if any(w in at.text for w in machine)]
    assert len(answers) > 60
    assert any(place.startswith("/cadre/") and a.status == 200 for place, a in answers.items())
    assert "Mon brouillon" in ana.ask("/textes").words


def test_what_an_auteur_sends_learns_nothing_either(ana: Browser, project: Project) -> None:
    """A title that is taken, a link nearly right, a picture that exists: nothing is told."""
    form = ana.ask("/textes/nouveau").form("nouveau")
    form.fields |= {"genre": "nouvelle", "titre": f"{MARK}"}
    before = (project.root / TAKEN).read_bytes()
    made = ana.send(form)
    assert made.status == 200
    assert made.address == f"/texte/{TAKEN.removesuffix('.md')}-2.md"
    document = Document()
    document.add_paragraph(MARK, style="Title")
    document.add_paragraph("Une phrase qui suffit.")
    data = io.BytesIO()
    document.save(data)
    sent = {"fichiers": ("texte.docx", data.getvalue())}
    fields = {"jeton": form.fields["jeton"], "genre": "nouvelle"}
    received = ana.request("POST", "/textes/recevoir", data=fields, files=sent)
    assert received.status in {200, 422}
    assert (project.root / TAKEN).read_bytes() == before
    assert "de cette année" not in received.text
    mine = ana.ask(made.address).form()
    mine.fill("Texte", f"[ici](/nouvelles/{MARK[:-1]}x/) ![x](images/{MARK}-image.pn)")
    found = ana.send(mine, "Enregistrer")
    assert "n’existe pas" in found.words
    constats = found.tree.xpath("//section[@aria-labelledby='constats']")[0].text_content()
    constats = constats.replace("\u00a0", " ")
    suggested = constats.replace(f"images/{MARK}-image.pn »", "").replace(f"{MARK}-2", "")
    assert f"{MARK}-" not in suggested  # it may suggest their own text
    assert f"{MARK}/" not in suggested
    mine = found.form()
    mine.fill("Texte", f"![Une image](images/{MARK}-image.png)")
    guessed = ana.send(mine, "Enregistrer")
    assert "n’existe pas" in guessed.words  # naming it does not make it theirs
    assert ana.ask(f"/images/fichier/images/{MARK}-image.png").status == 404


def test_forms_of_others_are_refused_to_an_auteur(ana: Browser) -> None:
    token = ana.ask("/textes/nouveau").form("nouveau").fields["jeton"]
    for name in SECRETS:
        for place in (
            f"/texte/{quote(name)}",
            f"/saisie/{quote(name)}",
            f"/historique/{quote(name)}",
        ):
            sent = ana.request("POST", place, data={"jeton": token, "texte": "x", "base": ""})
            assert sent.status in {404, 403}, place
            assert MARK not in sent.text
    genre = {"jeton": token, "genre": "numero", "titre": "Un numéro"}
    assert ana.request("POST", "/textes/nouveau", data=genre).status == 422
    order = {"jeton": token, "monter": "premier"}
    assert ana.request("POST", "/numeros/2020-05", data=order).status == 403
    publish = {"jeton": token, "acte": "publier", "texte": "x", "base": ""}
    assert ana.request("POST", f"/texte/{NEWS}", data=publish).status == 403


@pytest.mark.parametrize(
    "header",
    [
        'titre: "Un titre\nstatut: brouillon\n fin"\ndate: 2020-01-01\nchapeau: Un chapeau.\n',
        "titre: Un titre\ndate: 2020-01-01\nchapeau: Un chapeau.\n",
        "titre: Un titre\nstatut: brouillon\nstatut: publie\ndate: 2020-01-01\nchapeau: a\n",
        "titre: [\n",
    ],
)
def test_no_header_lets_an_auteur_write_what_would_be_published(
    ana: Browser, project: Project, header: str
) -> None:
    name = f"content/nouvelles/{YEAR}/mon-brouillon.md"
    form = ana.ask(f"/texte/{name}").form()
    sent = {"jeton": form.fields["jeton"], "base": form.fields["base"], "entete": header}
    answer = ana.request("POST", f"/texte/{name}", data={**sent, "texte": "Un mot."})
    assert answer.status in {200, 422}
    assert name not in site.public_files(project.root, moment=datetime.now(ZONE))
    library, problems = site.read(project.root, moment=datetime.now(ZONE))
    assert name not in {problem.file for problem in errors(problems) if not problem.unfinished}
    assert library.items
    abandon = ana.ask(f"/texte/{name}").form()
    if "Abandonner la version en attente" in abandon.buttons:
        ana.send(abandon, "Abandonner la version en attente")


def test_a_text_that_comes_out_is_read_and_one_that_goes_back_is_hidden(
    ana: Browser, project: Project
) -> None:
    name = f"content/nouvelles/2020/{MARK}.md"
    hidden = (project.root / name).read_text("utf-8")
    project.write({name: hidden.replace("statut: brouillon\n", "")})
    assert f"{MARK} nouvelle" in ana.ask("/textes").words
    assert ana.ask(f"/images/fichier/images/{MARK}-image.png").status == 200
    project.write({name: hidden})
    assert f"{MARK} nouvelle" not in ana.ask("/textes").words
    assert ana.ask(f"/texte/{name}").status == 404
    assert ana.ask(f"/images/fichier/images/{MARK}-image.png").status == 404


def test_the_palette_offers_what_may_be_read(ana: Browser) -> None:
    offered = json.loads(ana.ask("/palette").text)
    assert "images/publiee.png" in offered["images"]
    titles = {text["title"] for text in offered["textes"]}
    assert "Une nouvelle" in titles
    assert not {title for title in titles if title.startswith(f"{MARK} ")}


def test_redaction_reads_it_all(leo: Browser) -> None:
    paul = leo.beside(Person("paul@exemple.test", "Paul", Role.REDACTION))
    assert f"{MARK} numéro" in paul.ask("/numeros").words
    assert f"{MARK} embargo" in paul.ask(f"/textes?q={MARK}").words
    assert paul.ask("/abonnes").status == 403
