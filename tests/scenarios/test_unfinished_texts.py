"""An unfinished text blocks nothing but itself, whatever is wrong with it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from axtra import books, site
from axtra.content import loading
from axtra.content.loading import Folders
from axtra.design import image_files
from infolettre.core.dates import ZONE
from infolettre.core.diagnostics import Diagnostic, errors
from infolettre.core.refusals import DiagnosedRefusal
from support.fixture_types import MakeProject, Run
from support.sending_project import SendingProject, make_sending_project
from support.small_sites import DAY, FULL, SITE, Project, author, letter, news, text, tree
from support.unfinished_texts import FAULTS, FORMS, HARMLESS

POINT = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
TWINS = {f"content/auteurs/deux-{rank}.md": author("Deux personnes") for rank in range(2)}
BASE = {**FULL, **TWINS, "content/images/point.svg": POINT}
DRAFT = "content/nouvelles/2020/ebauche.md"
SHOWING = "content/nouvelles/2020/deux-images.md"
SOUND = news("Une ébauche", statut="brouillon")
LATER = news("Plus tard", "2031-01-15")
COLON = ("titre: U", "titre: Emploi : u"), ("titre: P", "titre: Emploi : p")
# Files that only unfinished texts name; those of no bytes hold a sound photograph.
WRONG = {
    "coupee.jpg": b"\xff\xd8\xff rien",
    "active.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>',
    "macros.exe": b"MZ",
    "\u00e9t\u00e9.jpg": b"",
    "e\u0301te\u0301.jpg": b"",
    "cach\u200b\u00e9.jpg": b"",
}
EVERY = [(form, fault) for form in FORMS for fault in FAULTS]


@pytest.fixture(autouse=True)
def _no_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books, "has_pango", lambda: False)
    monkeypatch.setattr(site.content_review, "_without_pango", lambda _: ())


def _project(new_project: MakeProject) -> Project:
    shown = "![Une photo](images/photo.jpg) ![Un point](images/point.svg)"
    made: Project = new_project({**BASE, SHOWING: f"{news('Deux images')}\n{shown}\n"})
    Image.new("RGB", (900, 600), "red").save(made.root / "content/images/photo.jpg")
    return made


def _plant(project: Project, rank: int, form: str, fault: str) -> str:
    """Write an unfinished text with a mistake; return the name of its file."""
    planned = FORMS[form]
    project.write(dict(planned.beside))
    path = project.root / planned.name(rank)
    path.parent.mkdir(parents=True, exist_ok=True)
    planted = FAULTS[fault](planned.content)
    path.write_bytes(planted if isinstance(planted, bytes) else planted.encode())
    return planned.name(rank)


def _faulty(content: str) -> str:
    """Write a colon in the title, which hides all that a file holds."""
    for sound, wrong in COLON:
        content = content.replace(sound, wrong, 1)
    assert " : " in content
    return content


def _trial(project: Project, planted: list[tuple[str, str]]) -> None:
    before = [project.build(), project.build(publish=True, target=project.root / "public")]
    trees = [tree(report.output) for report in before]
    images = project.root / "content/images"
    for name, data in WRONG.items():
        (images / name).write_bytes(data or (images / "photo.jpg").read_bytes())
    files = {
        _plant(project, rank, form, fault): (form, fault)
        for rank, (form, fault) in enumerate(planted)
    }
    after = [project.build(), project.build(publish=True, target=project.root / "public")]
    for report, kept in zip(after, trees, strict=True):
        assert not report.refused, [(files.get(d.file), str(d)) for d in errors(report.diagnostics)]
        assert tree(report.output) == kept
    said = [found for found in after[0].diagnostics if found.file in files]
    assert [d for d in said if d.unfinished != FORMS[files[d.file][0]].marked] == []
    silent = {files[name] for name in files.keys() - {found.file for found in said}}
    assert {fault for _, fault in silent if fault not in HARMLESS} == set()


def test_no_mistake_of_an_unfinished_text_stops_or_changes_a_build(
    new_project: MakeProject,
) -> None:
    forms = [*FORMS]
    planted = [(forms[rank % len(forms)], fault) for rank, fault in enumerate(FAULTS)]
    assert len(planted) >= 100
    _trial(_project(new_project), planted)


@pytest.mark.eprouve
def test_no_mistake_of_any_unfinished_text_stops_or_changes_a_build(
    new_project: MakeProject,
) -> None:
    _trial(_project(new_project), EVERY)


def test_a_text_that_is_mended_and_published_is_built_as_if_it_had_always_been(
    new_project: MakeProject,
) -> None:
    project = _project(new_project)
    names = [_plant(project, rank, "a draft", fault) for rank, fault in enumerate([*FAULTS][:8])]
    assert not project.build().refused
    for name in names:
        project.write({name: FORMS["a draft"].content.replace("statut: brouillon\n", "")})
    edited = project.build()
    clean = project.build(target=project.root / "autre")
    assert not edited.refused
    assert edited.pages == clean.pages > 24
    assert tree(edited.output) == tree(clean.output)
    project.write({name: _faulty(FORMS["a draft"].content) for name in names})
    project.build()
    project.build(target=project.root / "autre")
    assert tree(project.output) == tree(project.root / "autre")


def test_the_mistakes_of_a_draft_are_shown_apart_and_refuse_only_the_draft(
    new_project: MakeProject, run: Run
) -> None:
    project = new_project({**BASE, DRAFT: _faulty(SOUND)})
    code, out, _ = run(project, "verifier")
    assert code == 0
    assert f"{DRAFT}:2 : brouillon : la valeur contient un deux-points" in out
    assert out.endswith("0 erreur, 0 avertissement, 1 erreur de textes inachevés\n")
    (record,) = json.loads(run(project, "verifier", "--format", "json")[1])
    assert (record["gravite"], record["statut"]) == ("avertissement", "brouillon")
    code, out, _ = run(project, "verifier", DRAFT)
    assert (code, "1 erreur, 0 avertissement" in out) == (1, True)
    assert "brouillon :" not in out
    (record,) = json.loads(run(project, "verifier", DRAFT, "--format", "json")[1])
    assert (record["gravite"], "statut" in record) == ("erreur", False)
    assert run(project, "verifier", "content/pages")[0] == 0
    assert run(project, "verifier", "newsletters/2020/2020-05-06.md")[0] == 0
    code, out, err = run(project, "construire", "--publier")
    assert (code, "1 erreur de textes inachevés" in out, DRAFT in err) == (0, True, True)


def test_a_picture_that_only_a_draft_names_waits_and_is_held_to_the_rules(
    new_project: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_files, "HEAVIEST", 10)
    naming = SOUND + "\nUn mot ![Un point](images/point.svg) ou deux.\n"
    project = new_project({**BASE, DRAFT: naming})
    report = project.build()
    assert [(d.file, d.rule, d.stops) for d in report.diagnostics] == [
        ("content/images/point.svg", "image-lourde", False)
    ]
    assert not (project.output / "images/point.svg").exists()
    project.write({"content/images/point.svg": POINT.replace("/>", "><script/></svg>")})
    report = project.build()
    assert {(d.file, d.line, d.rule, d.unfinished) for d in report.diagnostics} == {
        ("content/images/point.svg", None, "fichier-actif", "brouillon"),
        (DRAFT, 10, "fichier-actif", "brouillon"),
    }
    assert not report.refused
    assert not (project.output / "images/point.svg").exists()


@pytest.mark.parametrize(
    ("file", "linked"),
    [
        ("documents/rapport.pdf", "Voir [le rapport](documents/rapport.pdf)."),
        ("images/esquisse.png", "Voir ![l’esquisse](images/esquisse.png) !"),
    ],
)
def test_a_file_that_only_unfinished_texts_name_waits_for_one_of_them(
    new_project: MakeProject, file: str, linked: str
) -> None:
    embargo = text(
        linked, titre="Un embargo", date="2020-02-02", ville="Québec", embargo="2031-01-01 09:00"
    )
    naming = {
        DRAFT: f"{SOUND}\n{linked}\n",
        "content/nouvelles/2020/plus-tard.md": f"{LATER}\n{linked}\n",
        "content/communiques/2020/embargo.md": embargo,
    }
    project = new_project(BASE)
    (project.root / "content/documents").mkdir()
    if file.endswith(".pdf"):
        (project.root / "content" / file).write_bytes(b"%PDF-1.4\n%%EOF\n")
    else:
        Image.new("RGB", (900, 600), "red").save(project.root / "content" / file)

    def there() -> list[bool]:
        built = [project.build(), project.build(publish=True, target=project.root / "public")]
        assert [report for report in built if report.refused] == []
        return [any(report.output.rglob(f"{Path(file).stem}*")) for report in built]

    assert there() == [True, True]  # nobody's: its address may have been given
    project.write(naming)
    assert there() == [False, False]
    for words in (
        linked,
        f"<a href='/{file}'>Le fichier</a>",  # HTML, that links do not resolve
    ):
        project.write({"content/nouvelles/2020/paru.md": news("Paru") + f"\n{words}\n"})
        assert there() == [True, True]
    (project.root / "content/nouvelles/2020/paru.md").unlink()
    assert there() == [False, False]
    project.write({DRAFT: naming[DRAFT].replace("statut: brouillon\n", "")})
    assert there() == [True, True]


REFERENCES = {
    "a link": "Voir [ce texte](nouvelles/2020/ebauche.md).",
    "a link by address": "Voir [ce texte](/nouvelles/ebauche/).",
    "a card": "/// article | nouvelles/2020/ebauche.md\n///",
    "a card by its name": "/// article | ebauche\n///",
    "cards one by one": "/// articles\n    genre: nouvelle\n    contenus:\n      - ebauche\n///",
    "a button": "/// bouton | Lire\n    lien: nouvelles/2020/ebauche.md\n///",
}


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("state", [SOUND, LATER], ids=["draft", "to come"])
@pytest.mark.parametrize("where", ["content/pages/liens.md", "newsletters/2020/2020-05-13.md"])
def test_what_leads_to_an_unfinished_text_is_judged_alike_whatever_is_wrong_with_it(
    new_project: MakeProject, reference: str, state: str, where: str
) -> None:
    body = f"Un mot.\n\n{REFERENCES[reference]}"
    holder = letter(body, date="2020-05-13") if "letters" in where else text(body, titre="Liens")
    project = new_project({**BASE, where: holder})

    def said(content: str) -> list[Diagnostic]:
        project.write({DRAFT: content})
        _, told = loading.load(Folders(project.root), moment=DAY)
        return [found for found in told if found.file == where]

    sound, faulty = said(state), said(_faulty(state))
    assert [(d.line, d.rule, d.severity) for d in sound] == [
        (d.line, d.rule, d.severity) for d in faulty
    ]
    assert sound[0].line is not None
    stops = state is SOUND or "letters" in where
    assert [found.rule for found in sound if found.stops] == ["lien-vers-brouillon"] * stops


@pytest.mark.parametrize("fault", [str, _faulty], ids=["sound", "faulty"])
def test_a_published_text_is_not_signed_by_a_draft(new_project: MakeProject, fault: type) -> None:
    sheet = text(nom="Une personne", statut="brouillon")
    if fault is not str:
        sheet = sheet.replace("Une personne", "Une : personne")
    project = new_project({**BASE, "content/auteurs/une-personne.md": sheet})
    stopping = errors(site.read(project.root, moment=DAY)[1])
    assert [(found.file, found.line) for found in stopping] == [
        ("content/magazine/2020-05/premier.md", 4)
    ]


@pytest.mark.parametrize("draft", [SOUND, _faulty(SOUND), LATER], ids=["draft", "faulty", "later"])
def test_a_menu_leads_to_no_unfinished_text(new_project: MakeProject, draft: str) -> None:
    menu = f'{SITE}\n[[menu]]\nlibelle = "Projet"\nadresse = "/nouvelles/ebauche/"\n'
    project = new_project({**BASE, "content/site.toml": menu, DRAFT: draft})
    stopping = errors(site.read(project.root, moment=DAY)[1])
    assert [(found.file, found.rule) for found in stopping] == [
        ("content/site.toml", "lien-vers-brouillon")
    ]


def test_a_draft_takes_the_place_of_nothing_that_is_published(new_project: MakeProject) -> None:
    project = _project(new_project)
    project.write({"content/pages/liens.md": text("[Elle](/nouvelles/une-nouvelle/).", titre="L")})
    kept = tree(project.build().output)
    twins = {
        "content/nouvelles/2019/une-nouvelle.md": SOUND,
        "content/nouvelles/2031/une-nouvelle.md": LATER,
        "content/auteurs/aa.md": text(nom="Une personne", statut="brouillon"),
        "content/pages/nouvelles.md": text(titre="N", statut="brouillon"),
        "content/magazine/2020-05/autre.md": news(statut="brouillon", slug="premier"),
    }
    project.write(twins)
    report = project.build()
    assert not report.refused
    assert tree(report.output) == kept
    taken = {found.file for found in report.diagnostics if found.rule == "adresse-en-double"}
    assert taken == {name for name in twins if "auteurs" not in name and "magazine" not in name}
    assert not site.prepare(project.root, moment=DAY, preview=True).refused


def test_a_draft_gives_way_to_what_is_to_come_and_takes_no_name(new_project: MakeProject) -> None:
    signed = FULL["content/magazine/2020-05/premier.md"].replace("une-personne", "Une personne")
    draft = "content/nouvelles/2018/ebauche.md"
    project = new_project({
        **BASE,
        "content/magazine/2020-05/premier.md": signed,
        "content/auteurs/aa.md": text(nom="Une personne", statut="brouillon"),
        draft: news(mots_cles="[éte]", statut="brouillon"),
        "content/nouvelles/2031/a-venir.md": news(date="2031-01-15", mots_cles="[Été]"),
    })  # fmt: skip
    _, told = loading.load(Folders(project.root), moment=DAY)
    assert [(d.file, d.rule) for d in told] == [(draft, "mots-cles-confondus")]


@pytest.mark.parametrize("wrong", [str, _faulty], ids=["sound", "faulty"])
def test_a_file_made_beside_a_draft_is_no_more_there_than_it(
    new_project: MakeProject, wrong: type
) -> None:
    event = text(titre="Un atelier", debut="2020-09-10", statut="brouillon")
    project = new_project({
        **BASE,
        "content/evenements/atelier.md": wrong(event),
        "content/pages/liens.md": text("[Lui](/evenements/atelier.ics).", titre="Liens"),
    })  # fmt: skip
    stopping = errors(site.read(project.root, moment=DAY)[1])
    assert [found.rule for found in stopping] == ["lien-vers-brouillon"]


# --- letters -------------------------------------------------------------------------------------


@pytest.fixture
def office(tmp_path_factory: pytest.TempPathFactory) -> SendingProject:
    project = make_sending_project(tmp_path_factory.mktemp("envoi"))
    project.set_up("smtp://127.0.0.1:9?tls=aucun", ["a@exemple.test"])
    return project


def _frozen(office: SendingProject) -> str:
    out = office.done("envoi", "geler", office.edition, "--liste", "membres")
    return out[out.index("Empreinte") :]


def test_another_letter_is_frozen_checked_and_exported_alike(office: SendingProject) -> None:
    mark = _frozen(office)
    office.done("infolettre", "exporter", office.edition, "--format", "html", "--sortie", "avant")
    for rank, (fault, form) in enumerate(zip([*FAULTS][::3], [*FORMS] * 20, strict=False)):
        _plant(office.project, rank, form, fault)
    assert _frozen(office) == mark
    office.done("envoi", "verifier", office.edition)
    office.done("verifier", office.source)
    office.done("verifier")
    office.done("infolettre", "exporter", office.edition, "--format", "html", "--sortie", "apres")
    root = office.project.root
    assert tree(root / "avant") == tree(root / "apres")
    office.done("infolettre", "rendre", office.edition, "--sortie", "rendu")
    office.done("infolettre", "lister")
    office.done("infolettre", "figer", office.edition)


@pytest.mark.parametrize(
    "words",
    [
        ("envoi", "geler", "{}", "--liste", "membres"),
        ("infolettre", "exporter", "{}"),
        ("infolettre", "rendre", "{}", "--sortie", "ici"),
        ("infolettre", "planche", "{}", "--sortie", "ici"),
        ("infolettre", "figer", "{}"),
        ("infolettre", "envoyee", "{}"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("fault", ["a colon in the title", "a link to a page that is not there"])
def test_a_letter_with_mistakes_is_refused_with_them(
    office: SendingProject, words: tuple[str, ...], fault: str
) -> None:
    name = _plant(office.project, 1, "a draft of a letter", fault)
    slug = name.rpartition("/")[2].removesuffix(".md")
    result = office.run(*(word.format(slug) for word in words))
    assert result.returncode == 1
    assert f"{name}:" in result.stderr
    assert "brouillon :" not in result.stderr
    assert not (office.project.root / "ici").exists()


@pytest.mark.parametrize("place", ["Un mot ![Rien]({}) ou deux.", "![Rien]({})", "[Lui]({})"])
def test_a_letter_is_refused_with_a_file_that_may_not_be_published(
    new_project: MakeProject, place: str
) -> None:
    body = f"Un mot.\n\n{place.format('images/active.svg')}"
    name = "newsletters/2020/2020-05-30.md"
    project = new_project({**BASE, name: letter(body, date="2020-05-30", statut="brouillon")})
    (project.root / "content/images/active.svg").write_bytes(WRONG["active.svg"])
    with pytest.raises(DiagnosedRefusal) as refused:
        site.render_newsletter(project.root, "2020-05-30", project.root / "ici", moment=DAY)
    assert [(d.file, d.line) for d in refused.value.diagnostics] == [(name, 12)]
    assert not project.build().refused


def _day(days: int) -> str:
    return f"{datetime.now(ZONE) + timedelta(days=days):%Y-%m-%d}"


def test_a_letter_to_come_waits_only_for_what_it_carries(office: SendingProject) -> None:
    due = _day(9)
    name = f"newsletters/{due[:4]}/{due}.md"
    wrong = news("Ma nouvelle", _day(8)) + "\n[Une page](/absente/)\n"
    other = {"content/nouvelles/2020/ma-nouvelle.md": wrong, DRAFT: news("Bientôt", _day(8))}
    office.project.write({name: letter("Un mot.\n\n/// article | ebauche\n///", date=due), **other})
    freezing = ("envoi", "geler", due, "--liste", "membres")
    office.done(*freezing)
    office.project.write({DRAFT: news("Bientôt", _day(8)) + "\n[Une page](/absente/)\n"})
    refused = office.run(*freezing)
    assert refused.returncode == 1
    assert f"{DRAFT}:9 : le lien « /absente/ »" in refused.stderr
    assert "ma-nouvelle" not in refused.stderr
    office.project.write({DRAFT: news("Bientôt", _day(8)).replace("titre: ", "titre: Un mot : ")})
    refused = office.run(*freezing)
    assert (refused.returncode, f"{name}:11 : " in refused.stderr) == (1, True)
    assert "axtra verifier content/nouvelles/2020/ebauche.md" in refused.stderr
