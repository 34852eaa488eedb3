"""The reader's first name in a letter: `{prenom}` as typed, then a sentinel, then the name.

A sentinel encodes the text to show with a name and the text to show without, so that a frozen
mail needs no table. It is a word of lower-case ASCII letters, which Markdown, typography, MJML,
premailer and line folding all leave whole.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from infolettre.core.diagnostics import Notes

_TYPED = re.compile(
    r"(?P<before>,?[ \u00a0])?(?<!\{)\{ *pr[ée]nom *(?:\| *(?P<default>[^{}|\n]*?) *)?\}(?!\})",
    re.IGNORECASE,
)
_ATTEMPT = re.compile(r"\{+ *pr[ée]nom\b", re.IGNORECASE)
# A letter frozen by an earlier version holds another first syllable, and must leave as it was seen.
SENTINEL = re.compile(r"(?:un|ax[a-z]ra)prenomx([g-v]*)y([g-v]*)z")
_HELD = "prenomx"  # in every sentinel
_LETTERS = str.maketrans("0123456789abcdef", "ghijklmnopqrstuv")
_DIGITS = str.maketrans("ghijklmnopqrstuv", "0123456789abcdef")
_NAME = re.compile(r"[^\W\d_]+(?:(?:\.?[ -]|’)[^\W\d_]+)*\.?")
_LONGEST = 40  # characters; a longer text is a message, not a name
# Words that a name must follow, and those of them that lose their vowel before another.
_LEANING = frozenset(["à", "avec", "cher", "chère", "chez", "et", "ou", "par", "pour", "sans"])
_ELIDED = frozenset(["de", "jusque", "le", "la", "lorsque", "ne", "puisque", "que"])
FORM = "{prenom}, ou {prenom|ce qu’on lit quand le prénom n’est pas connu}"


@dataclass(frozen=True, slots=True)
class NamePlace:
    """A place for a first name; `before` is shown only with a name, `default` only without."""

    before: str
    default: str

    @classmethod
    def of(cls, sentinel: str) -> NamePlace | None:
        """Read a sentinel."""
        match = SENTINEL.fullmatch(sentinel)
        if match is None:
            return None
        return _place(match)

    @property
    def sentinel(self) -> str:
        """Return the sentinel, which holds the place until the mail is personalised."""
        before, default = (
            part.encode().hex().translate(_LETTERS) for part in (self.before, self.default)
        )
        return f"unprenomx{before}y{default}z"

    def read(self, name: str) -> str:
        """Return the text to show."""
        return self.before + name if name else self.default


def _place(match: re.Match[str]) -> NamePlace:
    return NamePlace(*(bytes.fromhex(part.translate(_DIGITS)).decode() for part in match.groups()))


def hold(text: str, first_line: int, notes: Notes, correct: Callable[[str], str]) -> str:
    """Replace the places that an editor typed with sentinels.

    Args:
        text: Markdown.
        first_line: the line of the file on which it starts.
        notes: receives an error for every place where a name would read badly.
        correct: the function that corrects the typography of a default.
    """

    def place(match: re.Match[str]) -> str:
        line = first_line + text.count("\n", 0, match.start())
        default = correct(match["default"] or "")
        _inspect(text, match, line, notes)
        if default:
            return (match["before"] or "") + NamePlace("", default).sentinel
        return NamePlace(match["before"] or "", "").sentinel

    held = _TYPED.sub(place, text)
    for left in _ATTEMPT.finditer(held):
        notes.error(
            "prenom-illisible",
            first_line + held.count("\n", 0, left.start()),
            f"« {left[0]}… » ne se lit pas",
            f"Écrivez {FORM}.",
        )
    return held


def _inspect(text: str, match: re.Match[str], line: int, notes: Notes) -> None:
    before = text[max(0, match.start() - _LONGEST) : match.start()]
    ahead = re.search(r"([^\W\d_]+)$", before)
    word = ahead[1].casefold() if ahead and (match["before"] or "") == " " else ""
    if word in _ELIDED:
        notes.warning(
            "prenom-elision",
            line,
            f"« {word} » s’élide devant un prénom qui commence par une voyelle",
            "Tournez la phrase autrement, par exemple :  Bonjour {prenom},",
        )
    follows = text[match.end() : match.end() + 1]
    sound = (
        match["before"]
        and ahead
        and word not in _LEANING | _ELIDED
        and (not follows or follows in " \n,;:.!?…)»*_")
    )
    if not match["default"] and not sound:
        notes.error(
            "prenom-sans-defaut",
            line,
            "sans le prénom, cette phrase ne se lirait pas",
            "Dites ce qu’on lit alors, par exemple :  {prenom|chère lectrice, cher lecteur}",
        )


def typed(text: str) -> bool:
    """Tell whether a text has a place for a first name, as an editor types it."""
    return "{" in text and _ATTEMPT.search(text) is not None


def attempts(text: str) -> int:
    """Count the places for a first name in a text, as an editor types them."""
    return len(_ATTEMPT.findall(text)) if "{" in text else 0


def held(text: str) -> bool:
    """Tell whether a text holds a sentinel."""
    return _HELD in text and SENTINEL.search(text) is not None


def fill(text: str, name: str = "", *, html: bool = False) -> str:
    """Replace the sentinels with a first name, or with their default.

    Args:
        text: HTML or plain text.
        name: as the subscriber gave it; ignored when it cannot be a name.
        html: whether to escape for HTML.
    """
    if _HELD not in text:
        return text
    printed = tidy(name)

    def read(match: re.Match[str]) -> str:
        shown = _place(match).read(printed)
        return escape(shown, quote=False) if html else shown

    return SENTINEL.sub(read, text)


def tidy(name: str) -> str:
    """Return a name ready to print, or nothing when it may be a message rather than a name.

    Letters, spaces, hyphens, apostrophes and points, 40 characters at most.
    """
    spaced = " ".join(unicodedata.normalize("NFC", name).replace("'", "’").split())
    return spaced if len(spaced) <= _LONGEST and _NAME.fullmatch(spaced) else ""
