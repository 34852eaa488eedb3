"""The spelling of French texts, checked with the system's Hunspell dictionary and our word list.

Source: the dictionary is that of Dicollecte (Debian: hunspell-fr).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from infolettre.core import regular_files
from infolettre.core.diagnostics import Diagnostic, Severity
from infolettre.text.languages import is_english

if TYPE_CHECKING:
    from hunspell import Hunspell

FILE = "mots.txt"
FOLDERS = (Path("/usr/share/hunspell"), Path("/usr/share/myspell/dicts"), Path("/Library/Spelling"))
MISSING = (
    "L’orthographe n’a pas été vérifiée : il manque un dictionnaire français (sous Debian : "
    "apt-get install hunspell-fr)."
)
_NAMES = ("fr_CA", "fr", "fr_FR")
_SUGGESTIONS = 3
_SUGGESTED = 8  # words per file: finding near words is slow, and useless in other languages
_READ = re.compile(r"(?:titre|title|objet|preentete|chapeau|summary|alt|legende|texte|libelle)\s*:")
# Text for programs: addresses, code, tags, attributes, first names. No pattern may read on from
# each sign of a long line to its end: that takes minutes.
_MACHINE = re.compile(
    r"`[^`]*`|\[\^[^\[\]]*\]|<[^<>]*>|\]\([^()\s]*(?=[\s)])|\]\[[^\[\]]*\]|\{[^{}]*\}|&#?\w+;"
    r"|^\s*\[[^\]]+\]:.*|(?<![\w.+-])[\w.+-]+@[\w.-]+|\bhttps?:\S+"
    r"|(?<![\w-])(?:www\.)?[\w-]+\.(?:ca|org|com|qc)\b\S*"
)
_SAYS_ITS_LANGUAGE = re.compile(r"<[^<>]*\blang=[\"']?(?!fr)")
_FOREIGN = re.compile(r"^langue:\s*[\"']?(?!fr)\w", re.MULTILINE)
_WORD = re.compile(r"(?<![^\W\d_])[^\W\d_]+(?:[’'-][^\W\d_]+){0,9}\.?(?![\w’'])")
_OTHER_ALPHABET = re.compile("[^\x00-\u024f\u1e00-\u1eff’]")  # no French word is written so
_LONGEST = 80  # signs: no word is longer, and the dictionary is slow with what is
_NUMBERED = re.compile(r"(?<!\S)\S*\d\S*")


@dataclass(frozen=True)
class Speller:
    """A dictionary, and our own words."""

    folder: Path
    name: str
    words: frozenset[str] = frozenset()

    @cached_property
    def _dictionary(self) -> Hunspell:
        from hunspell import Hunspell  # noqa: PLC0415 - nothing to judge needs none

        return Hunspell(self.name, hunspell_data_dir=str(self.folder))

    @cached_property
    def key(self) -> tuple[object, ...]:
        """Return what its answers depend on; equal keys give equal answers."""
        files = [self.folder / f"{self.name}{suffix}" for suffix in (".dic", ".aff")]
        stamps = [(file.stat().st_size, file.stat().st_mtime_ns) for file in files]
        return (str(files[0]), *stamps, *sorted(self.words))

    @cached_property
    def _known(self) -> dict[str, bool]:
        return {}

    def knows(self, word: str) -> bool:
        """Tell whether a word is correct, as it is or at the beginning of a sentence."""
        if word not in self._known:
            self._known[word] = self._judge(word)
        return self._known[word]

    def _judge(self, word: str) -> bool:
        forms = {word, word.replace("’", "'"), word.rpartition("’")[2]}
        forms |= {form[:1].lower() + form[1:] for form in forms}
        if forms & self.words or self._dictionary.spell(word):
            return True
        parts = word.split("-")
        return len(parts) > 1 and all(map(self.knows, filter(None, parts)))

    def suggest(self, word: str) -> tuple[str, ...]:
        """Return the nearest correct words."""
        suggestions: tuple[str, ...] = self._dictionary.suggest(word)
        return tuple(suggestion.replace("'", "’") for suggestion in suggestions[:_SUGGESTIONS])


def open_speller(words: Path, folders: tuple[Path, ...] = FOLDERS) -> Speller | None:
    """Open the dictionary of this machine; None when it has none.

    Args:
        words: our list, with a word or a whole name per line; « # » begins a comment.
        folders: where a dictionary may be.
    """
    try:
        lines = regular_files.read(words).decode("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        lines = []
    ours = frozenset(word for line in lines for word in line.partition("#")[0].split())
    for folder in folders:
        for name in _NAMES:
            if (folder / f"{name}.dic").is_file() and (folder / f"{name}.aff").is_file():
                return Speller(folder, name, ours)
    return None


def misspelt(file: str, text: str, speller: Speller) -> Iterator[Diagnostic]:
    """Yield a warning for each unknown word of a Markdown file, at each of its places.

    Args:
        file: its name, relative to the project's root.
        text: the whole file, header included; what is in another language is not checked.
        speller: the dictionary.
    """
    if _FOREIGN.search(text):
        return
    near: dict[str, list[str]] = {}  # suggestions, by word
    for number, line in _prose(text):
        if _SAYS_ITS_LANGUAGE.search(line) or is_english(line):
            continue
        for match in _WORD.finditer(_NUMBERED.sub(" ", _MACHINE.sub(" ", line))):
            word = match[0].removesuffix(".")
            if len(word) > _LONGEST or _OTHER_ALPHABET.search(word):
                continue
            if speller.knows(word) or speller.knows(match[0]):
                continue
            if word not in near:
                suggestions = speller.suggest(word) if len(near) < _SUGGESTED else ()
                near[word] = [f"« {suggestion} »" for suggestion in suggestions]
            yield Diagnostic(
                file,
                number,
                "mot-inconnu",
                f"« {word} » n’est pas au dictionnaire",
                (f"Est-ce {' ou '.join(near[word])} ? " if near[word] else "")
                + f"S’il est juste, ajoutez-le à content/{FILE}.",
                Severity.WARNING,
            )


def _prose(text: str) -> Iterator[tuple[int, str]]:
    """Yield the numbered lines to check: some values of the header, and the body without blocks."""
    fences, code = 0, False
    for number, line in enumerate(text.split("\n"), 1):
        if line.rstrip() == "---" and fences < 2:  # noqa: PLR2004 - the header has two
            fences += 1
        elif line.lstrip().startswith(("```", "~~~")):
            code = not code
        elif line.startswith("///") or code:
            continue
        elif fences < 2 or re.match(r" {4}[a-z-]+:", line):  # noqa: PLR2004 - as above
            if _READ.match(line.strip()):
                yield number, line.partition(":")[2]
        else:
            yield number, line
