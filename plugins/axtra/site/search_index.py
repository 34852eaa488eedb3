"""The index of the search page: Pagefind, over a copy of every text that French can be found in.

Pagefind reads « l’emploi » as one word, knows neither œ nor ø; the copy has a straight apostrophe
between letters, « oe » and « o ». `theme/static/recherche/recherche.js` does the same to what a
reader types, and shows each word as the texts have it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import subprocess
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass
from datetime import datetime
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from markupsafe import Markup

from axtra.content.model import (
    Article,
    Body,
    Item,
    Library,
    Text,
    walk,
)
from axtra.content.pages import SEARCH
from axtra.core.cache import Store

FOLDER = f"{SEARCH}index/"
_FACETS, _SPELLINGS = "facettes.json", "graphies.json"
# What the search page asks for by name; the names of the other files hold a hash.
FILES = tuple(
    FOLDER + name
    for name in (
        _FACETS,
        _SPELLINGS,
        "pagefind.js",
        "pagefind-worker.js",
        "pagefind-entry.json",
        "wasm.fr.pagefind",
    )
)

VERSION = version("pagefind")
_BINARY = "pagefind_bin_extended"
# What its own interfaces need, and the index of a language that no page has.
_LEFT_OUT = re.compile(r"pagefind-(?:.*ui|highlight)\.|wasm\.unknown\.")
_QUIET = "a[class^=footnote]"  # signs, not words
_APOSTROPHE = re.compile(r"(?<=[\w>])’(?=[\w<])")
# Letters that are no others with an accent: readers without a key for them type these.
_LETTERS = {
    "œ": "oe", "Œ": "Oe", "æ": "ae", "Æ": "Ae", "ø": "o", "Ø": "O", "ß": "ss", "ł": "l", "Ł": "L",
    "đ": "d", "Đ": "D",
}  # fmt: skip
_TYPED = str.maketrans(_LETTERS)
_RARE = re.compile(rf"\w*[{''.join(_LETTERS)}]\w*")
_SIGNATURE = "pagefind_dcd"  # at the head of its files
_FORMAT = 2  # to be raised when the code below writes other documents of the same content


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """A page as the index reads it: its address, a whole document, and its facets.

    Shape: `facets` holds the kind, the rubrique and the year, each empty where there is none;
    `rare` the words that the copy spells otherwise.
    """

    url: str
    html: str
    facets: tuple[str, str, str]
    rare: tuple[str, ...]


def documents(library: Library) -> Iterator[SearchDocument]:
    """Return what the index reads of each published item."""
    for item in library.items:
        if item.shown:
            kind, day = item.kind.label.capitalize(), item.date or item.updated
            rubrique = item.rubrique.name.plain if isinstance(item, Article) else ""
            facets = (kind, rubrique, str(day.year) if day else "")
            said = " ".join(map(str, (*_head(item), *_words(item.body))))
            rare = tuple(sorted(set(_RARE.findall(said))))
            yield SearchDocument(item.url, _document(item, day), facets, rare)


def plain(text: str) -> str:
    """Return a text as readers type it: straight apostrophes between letters, common letters."""
    return _APOSTROPHE.sub("'", text).translate(_TYPED)


@cache
def binary() -> Path | None:
    """Return the path of Pagefind; None if its package has no binary for this machine."""
    spec = find_spec(_BINARY)
    names = ("pagefind_extended", "pagefind_extended.exe")
    places = spec.submodule_search_locations if spec else None
    binaries = (Path(place, name) for place in places or () for name in names)
    return next(filter(_runs, binaries), None)


def _runs(file: Path) -> bool:
    try:
        return not subprocess.run([file, "--version"], capture_output=True, check=False).returncode  # noqa: S603 - our own binary
    except OSError:
        return False


def index(pages: Iterable[SearchDocument], tool: Path, store: Store) -> Mapping[str, bytes]:
    """Return the files of an index by address, made or taken from the store.

    Args:
        pages: What to index; Pagefind refuses to index nothing.
        tool: Pagefind.
        store: Keeps an index under the name of what it was made from.
    """
    made_from = tuple(pages)
    recipe = f"{_FORMAT} {VERSION} {[astuple(document) for document in made_from]}"
    key = f"{hashlib.sha256(recipe.encode()).hexdigest()[:24]}.zip"
    packed = store.get(key)
    if packed is None:
        with tempfile.TemporaryDirectory() as work:
            packed = _make(made_from, tool, Path(work))
        store.put(key, packed)
    with zipfile.ZipFile(BytesIO(packed)) as archive:
        return {FOLDER + name: archive.read(name) for name in archive.namelist()}


def _make(pages: Iterable[SearchDocument], tool: Path, work: Path) -> bytes:
    """Index the documents with Pagefind; pack what the search page asks for into one file."""
    source, target = work / "textes", work / "index"
    for page in pages:
        file = source / page.url.strip("/") / "index.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(page.html, "utf-8")
    subprocess.run(  # noqa: S603 - our own binary, our own folders
        [tool, "--site", source, "--output-path", target, "--force-language", "fr",
         "--exclude-selectors", _QUIET, "--silent"],
        check=True,
        capture_output=True,
    )  # fmt: skip
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for file in sorted(target.rglob("*")):
            name = file.relative_to(target).as_posix()
            if file.is_file() and not _LEFT_OUT.match(name):
                archive.write(file, name)
        archive.writestr(_FACETS, _facets(target, pages))
        spellings = {plain(word): word for page in pages for word in page.rare}
        archive.writestr(_SPELLINGS, json.dumps(spellings, ensure_ascii=False, sort_keys=True))
    return packed.getvalue()


def _facets(folder: Path, pages: Iterable[SearchDocument]) -> str:
    """Return the facets of each text, under the name that Pagefind gives to the text.

    Pagefind's own filters would do, but it writes them in another order each time.
    """
    by_url = {page.url: page.facets for page in pages}
    found = {}
    for file in sorted((folder / "fragment").iterdir()):
        text = gzip.decompress(file.read_bytes()).decode().removeprefix(_SIGNATURE)
        found[file.stem] = by_url[json.loads(text)["url"]]
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def _document(item: Item, day: datetime | None) -> str:
    """Return the document of an item: what results show, and its words.

    Its title is what Pagefind calls metadata: it is searched, and no excerpt repeats it.
    """
    shown = {"title": plain(item.title.plain), "titre": item.title.plain, "date": item.when_words}
    shown["genre"] = item.kind.label.capitalize()
    if isinstance(item, Article):
        shown["rubrique"] = item.rubrique.name.plain
    marks = [_mark("meta", name, value) for name, value in shown.items() if value]
    if day:
        marks.append(_mark("sort", "date", f"{day:%Y-%m-%d}"))
    words = [*_head(item), *(Markup(part) for part in _words(item.body))]  # noqa: S704 - sanitised
    words = words or [item.title]  # Pagefind leaves out a text without a word
    html = "\n".join([*marks, *(plain(Markup("<div>{}</div>").format(part)) for part in words)])
    return (
        '<!DOCTYPE html>\n<html lang="fr"><meta charset="utf-8">'
        f"<body data-pagefind-body>\n{html}\n</body></html>\n"
    )


def _mark(kind: str, name: str, value: str) -> Markup:
    return Markup('<i data-pagefind-{}="{}[title]" title="{}"></i>').format(kind, name, value)


def _head(item: Item) -> Iterator[Text]:
    """Yield what a page says before its body."""
    if item.summary:
        yield item.summary
    yield from item.front_words
    yield from (subject.name for subject in item.subjects)


def _words(body: Body) -> Iterator[str]:
    """Yield the words of a body, as HTML; those of other items that it shows are theirs."""
    return (words for node in walk(body) for words in node.words)
