"""A seeded French corpus: the same documents as content of AXE and of each of its peers.

Run it to write one:  python benchmarks/corpus.py DOSSIER --documents 1000
"""

from __future__ import annotations

import argparse
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[1]
SEED = 2019
FIRST_DAY = date(2010, 1, 6)
# Shares of a thousand documents; what is left over goes to the news.
SHARES = {
    "numero": 40,
    "article": 400,
    "communique": 60,
    "publication": 40,
    "evenement": 40,
    "infolettre": 60,
    "auteur": 20,
    "page": 10,
}
RUBRIQUES = ("tendances", "projets", "recherches", "chroniques")
SUBJECTS = (
    "jeunes", "stages", "formation", "rémunération", "relève", "régions", "mobilité",
    "compétences", "intégration", "mentorat", "francisation", "télétravail", "transition",
    "apprentissage", "entrepreneuriat", "inclusion", "retraite", "santé au travail", "pénurie",
    "économie sociale", "bilan", "orientation", "alternance", "partenariats",
)  # fmt: skip
_WHO = (
    "les conseillères en emploi", "les jeunes", "plusieurs entreprises", "les équipes locales",
    "les personnes accompagnées", "les partenaires de la région", "les centres-conseils",
    "les responsables de la formation", "les employeurs du secteur", "les stagiaires",
)  # fmt: skip
_DO = (
    "cherchent à mieux comprendre", "veulent faire connaître", "ont mis à l’essai",
    "décrivent sans détour", "proposent de revoir", "partagent volontiers", "préparent ensemble",
    "racontent à leur façon", "mesurent avec soin", "discutent chaque semaine de",
)  # fmt: skip
_WHAT = (
    "les chemins qui mènent à un premier emploi", "la place des stages rémunérés",
    "l’accueil des nouvelles recrues", "les effets d’un bon jumelage", "la conciliation des temps",
    "ce que coûte une recherche de travail", "l’art de rédiger une offre claire",
    "les attentes des milieux de travail", "le passage de l’école à l’atelier",
    "la reconnaissance des acquis", "les outils qui servent vraiment sur le terrain",
)  # fmt: skip
_HOW = (
    "depuis l’automne", "avec peu de moyens", "dans un quartier où tout est à bâtir",
    "au fil de rencontres de 45 minutes", "sans attendre de mode d’emploi",
    "comme le montre l’enquête (336 réponses)", "à raison de 15 $ l’heure",
    "et le constat est le même partout : il faut du temps", "pour 85 % des participants",
    "parce que « le travail, c’est aussi une rencontre »", "à mesure que les projets avancent",
)  # fmt: skip
_FIRST = ("Alma", "Basile", "Clovis", "Dorine", "Elsie", "Fabien", "Gaële", "Hilaire", "Ignace")
_LAST = ("Abricot", "Boréal", "Calcaire", "Dolmen", "Épinette", "Fougère", "Granit", "Houblon")


# The entry of the menu that leads to the directory, of which no peer has one.
_DIRECTORY = '[[menu]]\nlibelle = "Centres"\nadresse = "/trouver/"\n\n'


@dataclass(frozen=True, slots=True)
class Document:
    """One document; `slug` is unique among all, `folder` is the numéro of an article."""

    kind: str
    slug: str
    title: str
    summary: str
    body: str
    day: date
    subjects: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    rubrique: str = ""
    folder: str = ""
    order: int = 0
    shown: tuple[str, ...] = ()  # files that an infolettre shows as cards


class Corpus:
    """Documents in a fixed order: the same seed and number give the same ones.

    `letters` is how many infolettres there are, when it is not their share.
    """

    def __init__(self, number: int, seed: int = SEED, *, letters: int | None = None) -> None:
        self.documents: list[Document] = []
        self._random = random.Random(seed)  # noqa: S311 - a corpus, not a secret
        counts = {kind: max(1, number * share // 1000) for kind, share in SHARES.items()}
        counts["nouvelle"] = max(1, number - sum(counts.values()))
        authors = [f"autrice-{n:04d}" for n in range(counts["auteur"])]
        for n, slug in enumerate(authors):
            name = f"{_FIRST[n % len(_FIRST)]} {_LAST[n // len(_FIRST) % len(_LAST)]} {n + 1}"
            self._add("auteur", slug, n, title=name, paragraphs=1)
        folders = self._numeros(counts["numero"])
        for n in range(counts["article"]):
            self._add(
                "article",
                f"article-{n:05d}",
                n * 9,
                authors=tuple(self._some(authors, 1, 2)),
                rubrique=RUBRIQUES[n % len(RUBRIQUES)],
                folder=folders[n * len(folders) // counts["article"]],
                order=n % 12 + 1,
                paragraphs=8,
            )
        for n in range(counts["nouvelle"]):
            self._add("nouvelle", f"nouvelle-{n:05d}", n * 11 + 3, paragraphs=4)
        for kind in ("communique", "publication", "evenement", "page"):
            for n in range(counts[kind]):
                self._add(kind, f"{kind}-{n:05d}", n * 60 + 5, paragraphs=3)
        targets = [
            document for document in self.documents if document.kind in {"article", "nouvelle"}
        ]
        for n in range(counts["infolettre"] if letters is None else letters):
            # No card twice, as long as there are enough texts.
            some = (targets[value % len(targets)] for value in range(n * 6, n * 6 + 6))
            shown = tuple(dict.fromkeys(map(path_of, some)))
            day = FIRST_DAY + timedelta(days=n * 7)
            self._add("infolettre", f"{day}-lettre", n * 7, paragraphs=2, shown=shown)

    def _numeros(self, count: int) -> list[str]:
        folders = []
        for n in range(count):
            year, month = divmod(n, 12)
            day = date(FIRST_DAY.year + year % 60, month + 1, 5)
            folders.append(f"{day:%Y-%m}" if year < 60 else f"{day:%Y-%m}-{year}")  # noqa: PLR2004
            self._add("numero", folders[-1], (day - FIRST_DAY).days, order=n, paragraphs=2)
        return folders

    def _some(self, among: list, least: int, most: int) -> list:  # type: ignore[type-arg]
        return self._random.sample(among, min(len(among), self._random.randint(least, most)))

    def _add(self, kind: str, slug: str, after: int, *, paragraphs: int, **more: object) -> None:
        number = len(self.documents) + 1  # titles are told apart
        title = str(more.pop("title", "")) or f"{self.sentence().split(',')[0]} ({number})"
        title = f"La lettre numéro {number}" if kind == "infolettre" else title
        summary = (
            self.sentence()
            if kind != "infolettre"
            else "Ce que la semaine nous a appris du métier."
        )
        self.documents.append(
            Document(
                kind,
                slug,
                title,
                summary,
                "\n\n".join(self._paragraphs(slug, paragraphs)),
                FIRST_DAY + timedelta(days=after % 5400),
                subjects=tuple(self._some(list(SUBJECTS), 1, 3)),
                **more,  # type: ignore[arg-type]
            )
        )

    def sentence(self) -> str:
        """Write one sentence."""
        pick = self._random.choice
        return f"{pick(_WHO)} {pick(_DO)} {pick(_WHAT)}, {pick(_HOW)}.".capitalize()

    def _paragraphs(self, slug: str, count: int) -> Iterator[str]:
        for n in range(count):
            if n and n % 3 == 0:
                yield f"## {self.sentence().split(',')[0]}"
            words = " ".join(self.sentence() for _ in range(self._random.randint(3, 6)))
            yield f"{words} Voir *la suite* dans [l’étude {slug}-{n}](https://etude.example/{slug}/{n})."
            if n % 4 == 1:
                yield "\n".join(
                    f"- **{self._random.randint(2, 99)} %** : {self.sentence()}" for _ in range(3)
                )


def path_of(document: Document) -> str:
    """Return the file of a document, relative to content/ (or to the project, for a letter)."""
    match document.kind:
        case "numero":
            return f"magazine/{document.slug}/numero.md"
        case "article":
            return f"magazine/{document.folder}/{document.slug}.md"
        case "nouvelle" | "communique":
            return f"{document.kind}s/{document.day.year}/{document.slug}.md"
        case "infolettre":
            return f"newsletters/{document.day.year}/{document.slug}.md"
    return f"{document.kind}s/{document.slug}.md"


def axe_source(document: Document) -> str:
    """Write a document as an editor of AXE would."""
    keys = {
        "auteur": {"nom": document.title},
        "infolettre": {
            "objet": document.title,
            "preentete": document.summary,
            "type": "bimensuelle",
        },
    }.get(document.kind, {"titre": document.title, "chapeau": document.summary})
    keys |= (
        {"date": str(document.day)} if document.kind not in {"auteur", "page", "article"} else {}
    )
    keys |= (
        {"mots-cles": f"[{', '.join(document.subjects)}]"}
        if document.kind not in {"auteur", "page"}
        else {}
    )
    if document.kind == "article":
        keys |= {"auteurs": f"[{', '.join(document.authors)}]", "rubrique": document.rubrique}
        keys |= {"ordre": str(document.order)}
    elif document.kind == "numero":
        keys |= {"volume": str(document.order // 4 + 1), "numero": str(document.order % 4 + 1)}
    elif document.kind == "evenement":
        keys |= {"debut": str(document.day)}
    elif document.kind == "publication":
        keys |= {"type": "rapport"}
    elif document.kind == "page":
        keys.pop("chapeau")
    cards = "\n\n".join(f"/// article | {path}\n///" for path in document.shown)
    quoted = {
        name: value if value[:1] == "[" or value[:1].isdigit() else f'"{value}"'
        for name, value in keys.items()
    }
    header = "\n".join(f"{name}: {value}" for name, value in quoted.items())
    return f"---\n{header}\n---\n\n{document.body}\n" + (f"\n{cards}\n" if cards else "")


def write_axe(corpus: Corpus, folder: Path) -> None:
    """Write a whole project of AXE: content, letters, facts of this repository, its theme."""
    for name in ("site.toml", "rubriques.toml", "infolettres.toml"):
        text = (ROOT / "content" / name).read_text("utf-8")
        write(folder / "content" / name, text.replace(_DIRECTORY, ""))
    for page in (ROOT / "content" / "pages").glob("*.md"):
        text = page.read_text("utf-8").replace("](magazine/2019-03/numero.md)", "](/magazine/)")
        write(folder / "content" / "pages" / page.name, text)
    for name in ("pelicanconf.py", "publishconf.py"):
        shutil.copy(ROOT / name, folder / name)
    if not (folder / "theme").exists():
        shutil.copytree(ROOT / "theme", folder / "theme")
    for document in corpus.documents:
        where = folder if document.kind == "infolettre" else folder / "content"
        write(where / path_of(document), axe_source(document))


def write(path: Path, text: str) -> None:
    """Write a file, and its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def main() -> None:
    """Write a corpus where the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    write_axe(Corpus(options.documents, options.seed), options.folder)


if __name__ == "__main__":
    main()
