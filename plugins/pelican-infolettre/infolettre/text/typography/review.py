"""Probable mistakes that only an author may correct."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from infolettre.text.typography.corrections import LONG_UNITS
from infolettre.text.typography.masking import VERBATIM, VERBATIM_HINT
from infolettre.text.typography.vocabulary import LOWER, UPPER, WORD, S, compiled


@dataclass(frozen=True, slots=True)
class Advice:
    """A probable mistake that only an author may correct.

    Attributes:
        code: Name of the rule.
        start: Offset of the first character, from 0.
        end: Offset after the last character.
        excerpt: The text between the two.
    """

    code: str
    start: int
    end: int
    excerpt: str


def _starting(letter: str) -> str:
    """Return a pattern for a letter that begins a sentence."""
    before = (r"\A", rf"[.!?…:]{S}", rf"[\n«(–—•]{S}", r"[\n\"«(“]")
    return rf"{letter}(?:{'|'.join(rf'(?<={sign}{letter})' for sign in before)})"


# Words that always begin with É or Ê; a stem covers its word family.
_ACCENTED_STEMS: Final = (
    r"re\b|t(?:at|ude|udi|abli|ape|rang|ant\b|ait\b|aient\b|es\b|re\b|e\b|ienne|iez\b|ions\b)"
    r"|co(?:l[eio]|no|ut|ss)|cri[rtv]|cran|gal|glise|lect|l[eè]ve|nerg|nonc|norm|qui[plt]"
    r"|v(?:al|[eéè]n|eil|it|ol|iden)|dit|duc|miss|mett|merg|mot|lit|loign|labor|lig|lim"
    r"|pa(?:rg|ul)|poque|preuv|tend|chang|chel|chec|claira|crivain|quebec|vry|pic|ruption|tique"
)
# Each begins with a set of letters or signs, which is quick to search for, and only then looks
# behind.
_ADVICE: Final[tuple[tuple[str, str], ...]] = (
    # OQLF 21438: capitals keep their accents. « A » opens a sentence as a preposition, save before
    # a past participle (« A obtenu… ») or as a label (« A. », « A et B »).
    (
        "capitale-accent",
        (
            rf"{_starting('A')}(?={S}+(?!(?:et|ou|est|eu|fait|pris|mis|obtenu|reçu|été)\b|\w+é\b)"
            rf"[^\W\d_]{{2}}|{S}+[Ll]['’])"
            r"|A(?<!\wA)\s+PROPOS\b"
            rf"|{_starting('C')}a(?={S}+[{LOWER}])|C(?<!\wC)a(?=,?{S}+y{S}+est\b)"
            rf"|E(?<!\wE)(?:{_ACCENTED_STEMS})[{LOWER}]*\b|A(?<!\wA)ges?\b"
            r"|Q(?<!\wQ)UEBEC\w*\b|M(?<!\wM)ONTREAL\w*\b"
            rf"|E(?<!\wE)(?:(?i:{_ACCENTED_STEMS}))[{UPPER}]*\b(?<=[{UPPER}]{{3}})"
        ),
    ),
    # OQLF 25345: parentheses and brackets alone may shorten a pair of genders.
    (
        "doublet-point-median",
        r"\b[^\W\d_]{2,}+[·•‧⋅∙][^\W\d_]+(?:[·•‧⋅∙][^\W\d_]+)*",
    ),
    (
        "doublet-signe-simple",
        (
            r"\b[^\W\d_]{2,}+(?:"
            r"\.(?:e|es|ne|nes|le|les|te|tes|ve|ives?|euses?|[eè]res?|rices?|trices?|s)"
            r"(?:\.s)?(?!\w|\.\w)"
            r"|-(?:e|ne|le|te|ve|[eè]re|euse|ive|rice|trice)-s(?![\w-])"
            r"|-(?:e|es|[eè]res?|euses?|rices?|trices?)(?![\w-])"
            r"|/(?:e|es|ne|nes|le|les|ves?|ives?|[eè]res?|euses?|rices?|trices?)(?:/s)?(?![\w/])"
            rf"|,(?:e|es|[eè]res?|euses?|rices?|trices?)(?!\w)"
            rf"|(?:(?<=[{LOWER}]{{3}}E)|(?<=[{LOWER}]{{3}}E[sS]))\b)"
        ),
    ),
    # OQLF 21006: « etc. » already says that the list goes on.
    (
        "etc-suspension",
        r"[eE](?<!\w.)[tT][cC](?:\.{2,}|\.?\s?…|\.\s\.{2,})",
    ),
    # OQLF 21584: the symbol follows its number.
    (
        "symbole-avant",
        (
            rf"[CU$€£](?<![\dkMGd].)(?<!\d{S}.)(?:(?<=C)A?\$|(?<=U)S\$|(?<=[$€£])){S}?\d+(?:[.,]\d+)*"
        ),
    ),
    # BT-GR 2.3.1: the decimal sign is the comma; a version or a section number has no unit.
    (
        "point-decimal",
        (
            rf"\d(?:(?<![\w.].)\d*\.\d+(?={S}?(?:[%‰°€£¢]|(?:[kMG]|Md)?\$)"
            rf"|{S}?(?:{LONG_UNITS}|[hgLl])(?!\w)"
            rf"|{S}(?:[mb]illi(?:on|ard)|fois|heure|jour|an(?:née)?|mois|semaine|point|place"
            rf"|dollar|mètre|kilo|litre|degré|pour{S}cent)s?\b)"
            rf"|(?:(?<=[$€£].)|(?<=[$€£]{S}.))\d*\.\d+\b)"
        ),
    ),
    # OQLF 21516: the day has twenty-four hours.
    (
        "heure-ampm",
        (
            rf"[aApP\d](?<!\w.)(?:(?:(?<=\d)\d?(?:[:hH]\d\d)?{S}?[hH]?{S}?[aApP]|(?<!\d))\.{S}?[mM]\b\.?"
            rf"|(?<=\d)\d?(?:{S}?[:hH]{S}?\d\d)?{S}?[hH]?{S}?[aApP][mM]\b)"
        ),
    ),
)


def _advise(text: str) -> Iterator[Advice]:
    # Same length, so that offsets hold; no rule finds anything in a row of placeholders.
    prose = text
    if VERBATIM_HINT.search(text):
        prose = VERBATIM.sub(lambda match: WORD * len(match[0]), text)
    for code, pattern in _ADVICE:
        for match in compiled(pattern).finditer(prose):
            start, end = match.span()
            yield Advice(code, start, end, text[start:end])


def lint(text: str) -> list[Advice]:
    """List probable mistakes that must not be corrected without the author.

    Args:
        text: Plain text.

    Returns:
        Advice in the order of the text.
    """
    return sorted(_advise(text), key=lambda advice: (advice.start, advice.code))


def lint_text(text: str) -> list[str]:
    """List the codes of `lint`, each once, in order of first occurrence."""
    return list(dict.fromkeys(advice.code for advice in lint(text)))
