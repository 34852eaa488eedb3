"""The header of a text as a form: one labelled field for each key of the schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from axtra.atelier import places
from axtra.content.frontmatter import RECORDS
from axtra.content.model import REGIONS, Author, Item, Library, Newsletter, Numero
from axtra.content.schema import LIST_TYPES, Key, Kind, Type

HEADER, BODY = "entete", "texte"  # the names of the two other fields of a text's form
FILE = "fichier"  # the fingerprint of the file, where a person has seen it beside what waits
_MANY_LINES = LIST_TYPES | frozenset(RECORDS)
_LONG = 60  # characters


@dataclass(frozen=True, slots=True)
class FormField:
    """A field as a template shows it.

    Attributes:
        label: what it is, then what explains it, softer.
        choices: pairs of a value and its words; none, and anything may be typed.
        suggestions: values that are offered while typing.
        rows: its height in lines; 1 is an input.
        is_day: a day is typed there.
    """

    name: str
    label: tuple[str, str]
    value: str
    required: bool
    choices: tuple[tuple[str, str], ...]
    suggestions: tuple[str, ...]
    rows: int
    is_day: bool
    problems: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Return what is chosen or typed, on a line."""
        return dict(self.choices).get(self.value) or ", ".join(self.value.splitlines())


def fields(
    kind: Kind, shown: Mapping[str, str], library: Library, problems: Mapping[str, list[str]]
) -> Iterator[FormField]:
    """Yield the fields of a header, in the order of the schema.

    Args:
        kind: the kind of the text.
        shown: the values, as `content.editing` shows them.
        library: what suggestions are taken from.
        problems: what is wrong, by the names of keys.
    """
    for key in kind.keys:
        value = shown.get(key.name, "")
        rows = 1
        if key.type in _MANY_LINES:
            rows = value.count("\n") + 2
        elif key.type is Type.LINE and (len(value) > _LONG or key.attribute == "summary"):
            rows = 3
        yield FormField(
            key.name,
            split_label(key),
            value,
            key.required and not key.unless,
            _with(value, _choices(key, library)),
            tuple(_suggestions(key, library)),
            rows,
            key.type in {Type.DATE, Type.MOMENT},
            tuple(problems.get(key.name, ())),
        )


def split_label(key: Key) -> tuple[str, str]:
    """Split the label of a key where its explanation starts; it names no path."""
    text = places.said(key.label[:1].upper() + key.label[1:])
    ends = [at for sign in (" (", "; ", ", ", " : ") if (at := text.find(sign)) > 0]
    at = min(ends, default=len(text))
    return text[:at], text[at:]


def _with(value: str, choices: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Add a value that is no choice, so that opening and saving keeps it."""
    if not choices or any(value == known for known, _ in choices):
        return choices
    return ((value, value or "—"), *choices)


def _choices(key: Key, library: Library) -> tuple[tuple[str, str], ...]:
    match key.type:
        case Type.RUBRIQUE:
            return tuple((known.slug, known.name.plain) for known in library.rubriques)
        case Type.TYPE:
            return tuple((known.slug, known.name.plain) for known in library.newsletter_types)
        case Type.REGION:
            return tuple((known.name.plain, known.name.plain) for known in REGIONS.values())
        case Type.DOSSIER:
            return tuple((known.slug, known.title.plain) for known in library.dossiers)
        case Type.FLAG:
            return (("oui", "oui"), ("non", "non"))
        case Type.CHOICE:
            return tuple((choice, _CHOICES.get(choice, choice)) for choice in key.choices)
    return ()


_CHOICES = {"publie": "publié"}


def _suggestions(key: Key, library: Library) -> Iterator[str]:
    match key.type:
        case Type.IMAGE:
            yield from sorted(name for name in library.assets if name.startswith("images/"))
        case Type.FILE:
            yield from sorted(name for name in library.assets if name.endswith(".pdf"))


def label_of(item: Item) -> str:
    """Say in a list what a text is."""
    return (
        item.kind.label.capitalize()
        if isinstance(item, (Numero, Author, Newsletter))
        else item.label
    )
