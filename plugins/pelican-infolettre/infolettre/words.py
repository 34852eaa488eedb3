"""The words of letters and of messages, in the language of a site; French is the source.

Babel extracts them from the calls of `_` and `say`, from the remedies of rules and from templates;
`infolettre/locale/` holds a catalogue a language.
"""

from __future__ import annotations

import gettext
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.core import Locale

# Babel reads catalogues and writes dates of other languages: a French site loads it for neither.
# ruff: noqa: PLC0415

LOCALE = Path(__file__).parent / "locale"
DOMAIN = "infolettre"
SOURCE = "fr"


class _Current:
    """Holds the language in which this process speaks."""

    language = SOURCE
    translations: gettext.NullTranslations = gettext.NullTranslations()


def speak(language: str) -> None:
    """Choose the language of what is said from now on, such as « fr », « en » or « en-CA ».

    A language without a catalogue gets English.
    """
    _Current.language = language
    _Current.translations = _catalogue(language.partition("-")[0].partition("_")[0].lower())


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    if language == SOURCE:
        return gettext.NullTranslations()
    file = LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    if not file.is_file():
        file = LOCALE / "en/LC_MESSAGES" / f"{DOMAIN}.po"
    from io import BytesIO

    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with file.open("rb") as source:
        write_mo(compiled, read_po(source))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _(text: str) -> str:
    """Return a text in the language of the moment; the text itself when it has no translation."""
    return _Current.translations.gettext(text) if text else ""


def N_(text: str) -> str:  # noqa: N802 - the name that catalogues know
    """Return a text as it is: it is only marked, to be translated where it is said."""
    return text


def say(template: str, *values: object) -> str:
    """Return a sentence in the language of the moment, its places « {} » filled in."""
    return _(template).format(*values)


def is_french() -> bool:
    """Return whether the language of the moment is French."""
    return _Current.language.lower().startswith(SOURCE)


def one_decimal(number: float) -> str:
    """Write a number with one decimal, as the language of the moment does."""
    from babel.numbers import format_decimal

    return format_decimal(number, "0.0", _locale(_Current.language))


def weekday(day: date) -> str:
    """Write a day in full, as the language of the moment does."""
    from babel.dates import format_date

    written = format_date(day, "full", _locale(_Current.language))
    # What Babel does not know of French.
    return written.replace(" 1 ", " 1er ", 1) if is_french() else written


@cache
def _locale(language: str) -> Locale:
    from babel.core import Locale, UnknownLocaleError

    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")
