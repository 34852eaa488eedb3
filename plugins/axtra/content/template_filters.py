"""What both looks, the site's and the mail's, may do in a template: filters and strict rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from jinja2 import StrictUndefined
from markupsafe import Markup

from axtra.content import licences
from axtra.content.model import Author, Event, Facts, Item, Text
from axtra.design import illustration
from axtra.design.illustration import HOUSE, Drawing
from infolettre.core import dates, diagnostics

_SHOWN = re.compile(r">https?://(?:www\.)?([^/<]+)[^<]*<")
_WORD_BREAK = re.compile(r"[\s’'-]+")
_ARTICLES = frozenset({"le", "la", "les"})
_READ_IN = {
    "fr": "Lire en français",
    "en": "Read in English",
    "es": "Leer en español",
    "pt": "Ler em português",
    "ht": "Li an kreyòl",
    "ar": "اقرأ بالعربية",
    "iu": "ᐃᓄᒃᑎᑐᑦ",
}

STRICT: Mapping[str, Any] = MappingProxyType(
    {"autoescape": True, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
)


# What a name begins with for « de » to elide; an h is mute but in these words.
_VOWEL = re.compile(r"[aeiouœæàâäéèêëîïôöùûü]|y[bcdfghjklmnpqrstvwxz]|h", re.IGNORECASE)
_ASPIRATED = re.compile(r"h(?:a[lnrs]|aut|ockey|ors|uit|ibou|éros|ibou|uron)", re.IGNORECASE)
_CONTRACTED = ("Le ", "du "), ("Les ", "des ")


def de(name: str) -> str:
    """Write « de » before a name: « d’AXTRA », « de Carrière », « du Relais »."""
    for article, contracted in _CONTRACTED:
        if name.startswith(article):
            return contracted + name.removeprefix(article)
    elides = _VOWEL.match(name) and not _ASPIRATED.match(name)
    return f"d’{name}" if elides else f"de {name}"


def jour(value: date) -> Text:
    """Write « 27 mars 2019 »."""
    return Text.of(dates.day(value))


def jour_semaine(value: date) -> Text:
    """Write « mercredi 27 mars 2019 »."""
    return Text.of(dates.weekday(value))


def heure(value: datetime) -> Text:
    """Write « 13 h 30 »."""
    return Text.of(dates.hour(value))


def mois(value: date) -> str:
    """Write « mars 2019 »."""
    return dates.month(value)


def iso(value: date) -> str:
    """Write a day as « 2019-03-27 », for `<time datetime>` and metadata."""
    return f"{value:%Y-%m-%d}"


def periode(event: Event) -> Text:
    """Write when an event takes place, with its hours when it has any."""
    start, end = event.start, event.end
    if event.all_day:
        return Text.of(dates.span(start.date(), end.date() if end else None))
    if end is None:
        return Text.of(f"{dates.day(start)}, à {dates.hour(start)}")
    if event.end_of_day and start.date() == end.date():
        return Text.of(f"{dates.day(start)}, à partir de {dates.hour(start)}")
    if event.end_of_day:
        return Text.of(f"du {dates.day(start)}, {dates.hour(start)}, au {dates.day(end)}")
    if start.date() == end.date():
        return Text.of(f"{dates.day(start)}, de {dates.hour(start)} à {dates.hour(end)}")
    return Text.of(
        f"du {dates.day(start)}, {dates.hour(start)}, au {dates.day(end)}, {dates.hour(end)}"
    )


def nombre(value: int, noun: str) -> str:
    """Write « 1 article », « 10 articles »."""
    return diagnostics.count(value, noun)


def milliers(value: int) -> str:
    """Write « 1 487 »."""
    return diagnostics.thousands(value)


def poids(size: int) -> str:
    """Write a size in bytes as « 820 Ko » or « 1,4 Mo »."""
    thousands = max(1, round(size / 1000))
    if thousands < 1000:  # noqa: PLR2004 - a Mo is a thousand Ko
        return f"{thousands}\u00a0Ko"
    return f"{thousands / 1000:.1f}\u00a0Mo".replace(".", ",")


def enumeres(texts: Sequence[Any]) -> Markup:
    """Join texts as French does: « A », « A et B », « A, B et C »."""
    written = [Markup.escape(text) for text in texts]
    first = Markup(", ").join(written[:-1])
    return Markup("{} et {}").format(first, written[-1]) if first else Markup().join(written)


def noms(people: Sequence[Any], most: int | None = None) -> Markup:
    """Join names; of more than `most` people, plus one, say how many the others are."""
    names = [person.title for person in people]
    if most and len(names) > most + 1:
        names = [*names[:most], f"{len(names) - most} autres"]
    return enumeres(names)


def initiales(author: Author) -> str:
    """Return the one or two letters that stand for the portrait of a person or a team."""
    words = [word for word in _WORD_BREAK.split(author.title.plain) if len(word) > 1]
    heads = [word for word in words if word[0].isupper() and word.lower() not in _ARTICLES] or words
    if len(heads) == 1:
        return heads[0][:2].upper()
    return "".join(word[0] for word in (heads[0], heads[-1])).upper() if heads else "?"


@lru_cache(maxsize=4)
def enseigne(facts: Facts | None) -> Drawing:
    """Return the drawn name of a site, without colours; that of AXE without a site."""
    return illustration.wordmark(letters="", axis="", name=facts.sign if facts else HOUSE)


def langue(item: Item) -> Markup:
    """Return the attribute of an element in the language of an item; nothing for French.

    Its title, its summary and its other lines say theirs by themselves.
    """
    french = item.language.startswith("fr")
    return Markup() if french else Markup(' lang="{}"').format(item.language)


def francais(item: Item) -> Markup:
    """Return the attribute of what is in French inside the text of an item; nothing in French."""
    return Markup(' lang="fr-CA"') if langue(item) else Markup()


def lire_en(language: str) -> str:
    """Invite to read a text in a language, in that language."""
    return _READ_IN.get(language.partition("-")[0], language)


def sans_adresse(entry: Markup) -> Markup:
    """Show, in the links of a reference, where they lead rather than a whole address."""
    return Markup(_SHOWN.sub(r">\1<", str(entry)))  # noqa: S704 - it only takes away


_FUNCTIONS: tuple[Callable[..., Any], ...] = (
    de,
    jour,
    jour_semaine,
    heure,
    mois,
    iso,
    periode,
    nombre,
    milliers,
    poids,
    noms,
    sans_adresse,
    enumeres,
    initiales,
    enseigne,
    langue,
    francais,
    lire_en,
)
FILTERS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        **{function.__name__: function for function in _FUNCTIONS},
        "licence": licences.read,
        "mentions": licences.mentions,
        "avertissement": licences.disclaimer,
    }
)
