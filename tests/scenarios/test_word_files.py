"""Word files of every kind: each word is in the draft or quoted, and is read on the page."""

from __future__ import annotations

import io
import json
import re
import unicodedata
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from lxml import html as lxml_html

from axtra import site
from axtra.cli import main
from axtra.cli.project import now
from axtra.content.schema import KINDS as SCHEMA
from axtra.intake import reception, word_file
from axtra.intake.keeping import Receptions
from axtra.intake.reception import Sent
from support.small_sites import FULL, Project, make_project
from support.word_files import ENGLISH, SIGNS, WRITTEN, word

KINDS = ("article", "nouvelle")


class Received:
    """A project that received every file, as an article and as a nouvelle."""

    def __init__(self, folder: Path) -> None:
        self.project = make_project(folder / "projet", FULL)
        self.files = {name: word(write, f"Essai {name}") for name, write in WRITTEN.items()}
        self.passages = {n: word_file.read(data, n).passages for n, data in self.files.items()}
        self.told: dict[tuple[str, str], str] = {}
        self.drafts: dict[tuple[str, str], Path] = {}

    def text(self, name: str, kind: str = "article") -> str:
        """Return the draft made of a file."""
        return self.drafts[name, kind].read_text("utf-8")


@pytest.fixture(scope="module")
def received(tmp_path_factory: pytest.TempPathFactory) -> Received:
    folder = tmp_path_factory.mktemp("recus")
    made = Received(folder)
    project = made.project.root
    library, _ = site.read(project, moment=now())
    for name, data in made.files.items():
        for kind in KINDS:
            made_of = reception.receive(
                Sent(f"{name}.docx", data),
                [],
                folders=site.folders(project),
                library=library,
                kind=SCHEMA[kind],
                numero=None,
                day=now().date(),
                before={},
            )
            Receptions(folder / "donnees", project).write(made_of)
            made.told[name, kind] = str(made_of.report)
            made.drafts[name, kind] = project / made_of.draft
    return made


def _captured():  # noqa: ANN202
    import contextlib  # noqa: PLC0415
    import io  # noqa: PLC0415

    @contextlib.contextmanager
    def held():  # noqa: ANN202
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):

            def taken() -> str:
                said = out.getvalue()
                out.seek(0)
                out.truncate()
                return said

            yield taken

    return held()


def wrong(project: Project, patch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """Return the errors of `verifier`."""
    patch.chdir(project.root)
    with _captured() as printed:
        main(["verifier", "--format", "json"])
        return [p for p in json.loads(printed()) if p["gravite"] == "erreur"]


def test_drafts_have_no_error_but_what_is_to_be_completed(
    received: Received, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(WRITTEN) >= 24
    found = wrong(received.project, monkeypatch)
    assert [p for p in found if "à compléter" not in p["probleme"]] == []


def test_every_word_is_in_the_draft_or_quoted(received: Received) -> None:
    kept = total = 0
    for (name, kind), told in received.told.items():
        text = received.text(name, kind).replace("<br>", " ")
        text = re.sub(r"</?[a-z]+[^>]*>|(?<!\\)[*]|\\(?!\\)", "", text)
        draft = Counter(w.casefold() for w in word_file.words(text.replace("\u00ad", "")))
        quoted = Counter(w.casefold() for w in word_file.words(told))
        for place, passage in received.passages[name]:
            words = Counter(w.casefold() for w in word_file.words(passage))
            lost = words - draft - Counter(("par", "crédit", "photo"))
            assert not lost - quoted, (name, place, passage)
            if place in {"texte", "note"}:
                total += words.total()
                kept += words.total() - lost.total()
    assert kept >= 0.98 * total


def test_the_words_of_the_page_are_those_of_the_file(received: Received, tmp_path: Path) -> None:
    pages = make_project(tmp_path / "pages", FULL)
    for (_, kind), path in received.drafts.items():
        if kind == "nouvelle":
            text = path.read_text("utf-8").replace("statut: brouillon\n", "")
            text = re.sub("à compléter", "Une image", text, flags=re.IGNORECASE)
            pages.write({path.relative_to(received.project.root).as_posix(): text})
    for folder in ("images", "auteurs"):
        for path in (received.project.root / "content" / folder).iterdir():
            data = path.read_bytes()
            if path.suffix == ".md":
                data = re.sub("À compléter : .*".encode(), b"Une notice.", data)
                data = data.replace(b"statut: brouillon\n", b"")
            target = pages.root / "content" / folder / path.name
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(data)
    report = pages.build(moment=now())
    assert not report.refused, "\n".join(map(str, report.diagnostics))
    for name in WRITTEN:
        page = pages.output / "nouvelles" / received.drafts[name, "nouvelle"].stem / "index.html"
        tree = lxml_html.fromstring(page.read_text("utf-8"))
        (main_part,) = tree.xpath("//main")
        for mark in main_part.xpath(".//sup[starts-with(@id, 'fnref')]"):
            mark.drop_tree()
        for end in main_part.iter("br"):
            end.tail = f" {end.tail or ''}"
        shown = " ".join(main_part.text_content().replace("\u00ad", "").split())
        read = Counter(w.casefold() for w in word_file.words(shown))
        told = Counter(w.casefold() for w in word_file.words(received.told[name, "nouvelle"]))
        for place, typed in received.passages[name]:
            passage = unicodedata.normalize("NFC", typed)
            if place in {"texte", "note"} and passage != f"Essai {name}":
                words = Counter(w.casefold() for w in word_file.words(passage))
                lost = words - read - told - Counter(("par", "crédit", "photo"))
                assert not lost, (name, passage, shown)
        if name == "signs of markdown":
            for signs in SIGNS:
                assert _bare(signs) in _bare(shown), signs


def _bare(text: str) -> str:
    """Return a text without what typography changes: spaces, quotation marks, dashes."""
    return re.sub(r"[-–—]+", "-", re.sub(r"[\s«»“”\"’'…]+", "", text))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("notes", "[^2]"),
        ("notes", "[^fin-2]: Note de fin, **grasse**"),
        ("notes", "Roy, *Le travail*, 2018."),
        ("nested lists", "- Accueil\n    - Dossier\n        - Pièces\n- Retour"),
        ("numbered titles", "## 1. Le contexte"),
        ("numbered titles", "Langage C\\#"),
        ("tables", "/// encadre | À retenir\n"),
        ("text boxes", "/// encadre\nDans la zone\n\ndeux lignes\n///"),
        ("text boxes", "/// encadre\nSans repli\n\ntrois lignes\n///"),
        ("revisions", "Gardé. Ajouté."),
        ("revisions", "Ce paragraphe rejoint le suivant."),
        ("links", "[là](https://a.example/x_%281%29?b=1)"),
        ("links", "[là](https://b.example/)"),
        ("links", "[champ](https://c.example/)"),
        ("characters", "H<sub>2</sub>O"),
        ("characters", "1<sup>er</sup>"),
        ("characters", "<s>barré</s>"),
        ("tables of tabs", "| Région | Taux | Rang |"),
        ("breaks", "Ligne une\\\n\\- ligne deux\\\n\\# ligne trois"),
        ("breaks", "avant\n\naprès tout"),
        ("equations", "(alpha)/(beta)+gamma<sup>2</sup>√delta"),
        ("symbols", "- Première puce\n- Deuxième puce"),
        ("french styles", "## Une partie"),
        ("french styles", "credit: Anne Roy\nLa salle"),
        ("french styles", "auteurs: [anne-roy, marc-cote]"),
        ("french styles", "chapeau: Le sous-titre résume."),
        ("other programs", "> Cité ailleurs."),
        ("other programs", "Rangé dans autre chose"),
        ("english passages", f'<span lang="en">{ENGLISH}</span>'),
        ("alphabets", "مرحبا بكم في المركز"),
        ("alphabets", "🎉👩🏽‍💻"),
        ("properties", "josee-jamieson"),
        ("signed", "chapeau: Un premier paragraphe en gras"),
        ("signed", "auteurs: [une-personne]"),
        ("images", "credit: Jean Côté\nUne légende"),
        ("checkboxes", "☒ Un choix"),
        ("drop caps", "La lettrine ouvre le texte."),
        ("bold headings", "## Deuxième intertitre"),
        ("names of nothing", "Une note perdue et un lien perdu."),
        ("names of nothing", "Tapée : https://d.example/?b=2 suffit."),
        ("cells of paragraphs", "Québec<br>Montréal"),
        ("cells of paragraphs", "Coché✓fini"),
        ("invisible signs", "## L’intitulé"),
        ("invisible signs", "un signe (à compléter : un signe illisible) illisible"),
        ("letters drawn", "Portes ouvertes Un texte."),
    ],
)
def test_what_a_draft_says(received: Received, name: str, said: str) -> None:
    assert said in received.text(name)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("tables", "fusionnées"),
        ("revisions", "révision"),
        ("revisions", "« Retranché net »"),
        ("comments", "Luc Hébert : « Est-ce exact ? »"),
        ("comments", "Anne Roy : « Oui, vérifié mardi. »"),
        ("heads and feet", "Confidentiel jusqu’au congrès"),
        ("heads and feet", "1 image d’en-tête"),
        ("equations", "2 équations"),
        ("symbols", "« Police Maison »"),
        ("hidden text", "« Mais pas cela, qui est secret »"),
        ("hidden text", "« Tout caché ici »"),
        ("objects", "Un graphique"),
        ("objects", "SmartArt"),
        ("objects", "Une vidéo en ligne : https://a.example/video"),
        ("objects", "Légende du graphique"),
        ("objects", "Boîte du dessin"),
        ("objects", "Un objet d’un autre logiciel"),
        ("tables of tabs", "1 tableau, fait de lignes à tabulations"),
        ("properties", "d’après les propriétés"),
        ("names of nothing", "Une image que le fichier nomme et ne contient pas (2 fois)"),
        ("names of nothing", "Image : « Une affiche décrite »"),
        ("names of nothing", "Un lien, dont il reste le texte : « ../autre.docx »"),
        ("invisible signs", "Commentaire de Luc Hébert : « Sûr ? »"),
        ("letters drawn", "Texte caché dans le Word : « ancienne »"),
        ("letters drawn", "Graphique : « Entonnoir des places »"),
    ],
)
def test_what_a_report_says(received: Received, name: str, said: str) -> None:
    assert said in received.told[name, "nouvelle"]


def test_what_is_in_the_draft_is_not_said_to_be_lost(received: Received) -> None:
    assert "Pas dans le brouillon" not in received.told["cells of paragraphs", "nouvelle"]


def test_the_main_part_may_have_another_name() -> None:
    """The Word of a browser calls it « document2.xml »."""
    data, made = word(WRITTEN["characters"], "Titre"), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(made, "w") as target:
        for entry in source.namelist():
            renamed = entry.replace("/document.xml", "/document2.xml")
            target.writestr(
                renamed, source.read(entry).replace(b"/document.xml", b"/document2.xml")
            )
    assert word_file.read(made.getvalue(), "x.docx").html == word_file.read(data, "x.docx").html


def test_hidden_text_is_not_published(received: Received) -> None:
    assert "secret" not in received.text("hidden text")
