"""Every word of a text is in its PDF, within the sheet, however wide what holds it is."""

from __future__ import annotations

import random
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lxml import etree
from PIL import Image as Bitmap

from support.bound_books import book_maker
from support.small_sites import FULL, article, author, make_project

pytestmark = pytest.mark.lourd

LETTERS = "abcdefghijklmnoprstuvwxyzéèàç"
FOLDER = "content/magazine/2020-05/"
TITLE = "Un premier article"
HEADS = re.compile(rf"(\b\d+\s+)?Le Magazine d’essai · Volume 2, numéro 3|^{TITLE}$", re.MULTILINE)
MARGIN = 24  # pt; no word may be nearer to an edge


class Writer:
    """Writes random Markdown of words that are all different."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - any will do
        self.count = 0

    def word(self, most: int = 12) -> str:
        """Return a new word of at most so many letters, then its number."""
        self.count += 1
        letters = self.random.choices(LETTERS, k=self.random.randint(max(1, most // 2), most))
        return f"{''.join(letters)}q{self.count}"

    def words(self, count: int, most: int = 12) -> str:
        return " ".join(self.word(most) for _ in range(count))

    def table(self) -> str:
        columns, rows = self.random.choice((2, 5, 9, 15)), self.random.choice((1, 40))
        kinds: list[Callable[[], str]] = [
            lambda: self.word(8),
            lambda: self.words(3, 8),
            lambda: f"**{self.word(8)}**",
            lambda: f"`{self.word(8)}`",
        ]
        head, *body = [
            [self.random.choice(kinds)() for _ in range(columns)] for _ in range(rows + 1)
        ]
        lines = [head, ["---"] * columns, *body]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)

    def nested(self) -> str:
        depths = range(self.random.randint(3, 10))
        return "\n".join(f"{'    ' * depth}- {self.words(8)}" for depth in depths)

    def note(self) -> str:
        self.count += 1
        name = self.count
        size = self.random.choice((5, 100, 700))
        return f"{self.word()}[^{name}] {self.word()}\n\n[^{name}]: {self.words(size)}"

    def text(self) -> str:
        """Return a body that holds each kind of wide or tall thing, in an order of chance."""
        parts = [
            self.table(),
            self.table(),
            f"| a | b |\n|---|---|\n| {self.word(90)} | {self.words(9)} |",
            f"    {self.words(40)}\n    {self.word(200)}",
            f"Un mot `{self.word(200)}` dedans.",
            self.nested(),
            self.note(),
            f"<https://exemple.org/{self.word(200)}>",
            f"[{self.word()}](https://exemple.org/{self.word(200)})",
            self.word(250),
            f"## {self.word(80)}",
            f"Formule : a = {'b+' * 120}{self.word()}",
            f"> {self.word(150)}\n>\n> - {self.word(100)}",
            f"{self.words(30)}\n:   {self.words(30)}\n\n{self.word(60)}\n:   {self.words(5)}",
            f"/// encadre | {self.word(70)}\n\n{self.word(150)}\n\n{self.table()}\n\n///",
            f"/// citation | {self.words(6)}\n\n{self.word(100)} {self.words(20)}\n///",
            f"/// chiffres\n\n- **{self.word(30)}** {self.word(50)}\n- **12** {self.word()}\n///",
            f"{self.word()} ![Haute](images/haute.png) {self.word()}",
            "![Large](images/large.png)",
            f"<details><summary>{self.word(90)}</summary><p>{self.words(5)}</p></details>",
        ]
        self.random.shuffle(parts)
        return "\n\n".join(parts)


def bound(folder: Path, seed: int) -> tuple[Path, list[str]]:
    """Make the PDF of a numéro of random texts; return it with the words that they hold."""
    writer = Writer(seed)
    project = make_project(folder, FULL)
    (project.root / "content/images").mkdir()
    Bitmap.new("RGB", (3000, 200), "red").save(project.root / "content/images/large.png")
    Bitmap.new("RGB", (200, 3000), "blue").save(project.root / "content/images/haute.png")
    files = {
        "content/auteurs/une-personne.md": author("Une personne") + "\n\n" + writer.table(),
        f"{FOLDER}premier.md": f"{article(TITLE)}\n\n{writer.text()}\n",
        f"{FOLDER}second.md": article(f"{writer.word(60)} {writer.words(9)}"),
    }
    project.write(files)
    maker, numero = book_maker(project)
    pdf = folder / "livre.pdf"
    pdf.write_bytes(maker.pdf(numero))
    texts = "\n".join(files.values())
    return pdf, re.findall(r"\w+q\d+\b", texts)


def kept(pdf: Path) -> str:
    """Return the letters of a PDF, without what stands at the head and foot of each page."""
    run = subprocess.run(["pdftotext", "-raw", pdf, "-"], capture_output=True, check=True)  # noqa: S607
    return re.sub(r"[\W_]", "", HEADS.sub("", run.stdout.decode().replace("\f", "\n")))


def found(word: str, letters: str) -> bool:
    """Tell whether a word is there, in two pieces if it is cut at the foot of a page."""
    cuts = range(3, len(word) - 3)
    return word in letters or any(word[:at] in letters and word[at:] in letters for at in cuts)


def outside(pdf: Path) -> Iterator[str]:
    """Yield each word that is cut by an edge of its page, or nearly so."""
    run = subprocess.run(["pdftotext", "-bbox", pdf, "-"], capture_output=True, check=True)  # noqa: S607
    for page in etree.fromstring(run.stdout).iterfind(".//{*}page"):
        width, height = float(page.get("width")), float(page.get("height"))
        for word in page.iterfind("{*}word"):
            left, top, right, foot = (
                float(word.get(side)) for side in ("xMin", "yMin", "xMax", "yMax")
            )
            if min(left, top, width - right, height - foot) < MARGIN:
                yield word.text


@pytest.mark.parametrize(
    "seed", [1, *(pytest.param(seed, marks=pytest.mark.eprouve) for seed in range(2, 12))]
)
def test_every_word_is_within_the_sheet(tmp_path: Path, seed: int) -> None:
    pdf, words = bound(tmp_path / "projet", seed)
    letters = kept(pdf)
    assert len(words) > 500
    assert [word for word in words if not found(word, letters)] == []
    assert list(outside(pdf)) == []
