"""The index of the search page: for each word, the texts that hold it.

The page asks only for the words that begin as those of its reader do, and compares stems in the
browser, so that a text is found by an inflection of a word and never by a word that looks like it.
`folded` and `words` do here what `theme/static/recherche/recherche.js` does to what is typed.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape

from axtra.content.model import Article, Button, Item, Library, Node, Quote, walk
from axtra.content.pages import SEARCH

FOLDER = f"{SEARCH}index/"
ENTRY = f"{FOLDER}textes.json"  # the names of the other files hold a hash
FORMAT = 5  # to be raised when the code below writes other files of the same content
_START = 2  # letters by which words are put in files
_IN_TITLE, _IN_SUMMARY, _MOST_IN_BODY = 12, 4, 6  # what a word weighs

# Letters that are no others with an accent: readers without a key for them type these.
_TYPED = str.maketrans({
    "œ": "oe", "æ": "ae", "ø": "o", "ß": "ss", "ł": "l", "đ": "d", "’": "'",
})  # fmt: skip
_MARK = re.compile("[\u0300-\u036f]")
_THOUSANDS = re.compile(r"(?<=[0-9])[ \u00a0\u202f](?=[0-9]{3}(?![0-9]))")
_WORD = re.compile(r"[^\W_]+")
_NOTE = re.compile(r'<a class="footnote[^>]*>.*?</a>', re.DOTALL)  # signs, not words
_HEADING = re.compile(r'<h[2-6] id="([^"]*)"[^>]*>(.*?)</h[2-6]>', re.DOTALL)
_INLINE = re.compile(r"</?(?:a|abbr|b|cite|code|em|i|mark|q|s|small|span|strong|sub|sup|u)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")
_SPACES = re.compile(r"[ \t\n]+")
_BLOCKS = re.compile(r" *\v[ \v]*")


@dataclass(frozen=True, slots=True)
class SearchedText:
    """A text as the index holds it.

    Attributes:
        told: what a result shows of it: address, title, kind, rubrique, day in words, day
            (YYYY-MM-DD); each may be empty.
        body: its chapeau and its words, a line for each block; what is beside them is found too.
        passages: where each heading starts in `body`, its anchor and its words.
        weights: what each of its words weighs.
        language: its language; empty for French.
    """

    told: tuple[str, ...]
    body: str
    passages: tuple[tuple[int, str, str], ...]
    weights: Mapping[str, int]
    language: str = ""


def texts(library: Library) -> list[SearchedText]:
    """Return every published text, the oldest first, so that a new one renumbers no other."""
    shown = (item for item in library.items if item.shown)
    return sorted(map(_searched, shown), key=lambda text: (text.told[-1], text.told[0]))


def folded(text: str) -> str:
    """Return a text in lower case and without an accent, in letters that readers have keys for."""
    return _MARK.sub("", unicodedata.normalize("NFD", text.lower())).translate(_TYPED)


def words(text: str) -> Iterator[str]:
    """Yield the words of a text in lower case; « 1 500 » is one, « l’emploi » is two."""
    composed = unicodedata.normalize("NFC", text.lower())
    return (found[0] for found in _WORD.finditer(_THOUSANDS.sub("", composed)))


def index(library: Library) -> Mapping[str, bytes]:
    """Return the files of the index by address: `ENTRY`, files of words, and a file a text."""
    found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    files, told = {}, []
    for number, text in enumerate(texts(library)):
        name, data = _file({"texte": text.body, "passages": text.passages})
        files[FOLDER + name] = data
        told.append((*text.told, name, *filter(None, (text.language,))))
        for word, weight in text.weights.items():
            found[folded(word)[:_START]][word] += (number, weight)
    starts = {}
    for start, entries in sorted(found.items()):
        starts[start], data = _file(entries)
        files[FOLDER + starts[start]] = data
    files[ENTRY] = _json({"mots": starts, "textes": told})
    return files


def _searched(item: Item) -> SearchedText:
    day = item.date or item.updated
    rubrique = item.rubrique.name.plain if isinstance(item, Article) else ""
    told = (
        item.url,
        item.title.plain,
        item.kind.label.capitalize(),
        rubrique,
        item.when_words,
        f"{day:%Y-%m-%d}" if day else "",
    )
    language = "" if item.language.startswith("fr") else item.language
    summary = item.summary.plain if item.summary else ""
    body, passages = summary, []
    for node in walk(item.body):
        for html in (*_attributed(node), *node.words):
            clean, start = _NOTE.sub("", html), len(body) + 1
            for heading in _HEADING.finditer(clean):
                at = start + len(_plain(clean[: heading.start()]))
                passages.append((at, heading[1], _plain(heading[2])))
            body += f"\n{_plain(clean)}"
    around = (text for text in (item.kicker, item.subtitle, *item.partners) if text)
    beside = (*around, *item.front_words, *(subject.name for subject in item.subjects))
    weights = Counter(words("\n".join((body, *(text.plain for text in beside)))))
    for word, times in weights.items():
        weights[word] = min(times, _MOST_IN_BODY)
    for part, weight in ((told[1], _IN_TITLE), (summary, _IN_SUMMARY)):
        for word in {*words(part)}:
            weights[word] += weight
    return SearchedText(told, body, tuple(passages), weights, language)


def _attributed(node: Node) -> Iterator[str]:
    """Yield what a node says beside its words: who is quoted, what a button says."""
    match node:
        case Quote(author=author, role=role) if author or role:
            yield f"{', '.join(text.html for text in (author, role) if text)}\u00a0:"
        case Button(label=label):
            yield label.html


def _plain(html: str) -> str:
    blocks = _SPACES.sub(" ", _TAG.sub("\v", _INLINE.sub("", html)))
    return unescape(_BLOCKS.sub("\n", blocks)).strip()


def _file(value: object) -> tuple[str, bytes]:
    data = _json(value)
    return f"{hashlib.sha256(data).hexdigest()[:12]}.json", data


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
