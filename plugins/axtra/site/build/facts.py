"""Facts of the content: named, found again in another build, and compared by their hashes."""

from __future__ import annotations

import hashlib
import marshal
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from enum import Enum
from pathlib import Path
from typing import Any, TypeAlias

from axtra.content.model import CLASSES, Item, Library, Rubrique, Subject
from axtra.content.schema import Kind

# ("item", file, attribute), ("library", attribute), ("answer", method, encoded arguments);
# ("file", name): whether the site has that file; ("text", name): all that a text of content is.
Fact: TypeAlias = tuple[Any, ...]

_HASH = 16  # bytes
_PLAIN = frozenset({str, int, float, bool, bytes, type(None)})
_CLASSES = {cls: name for name, cls in CLASSES.items()}
_GONE = "\0gone"
_read = object.__getattribute__  # what is compared is not what a job reads


def _file(path: Path) -> tuple[object, ...]:
    try:
        stat = path.stat()
    except OSError:
        return ("\0file",)
    return ("\0file", stat.st_size, stat.st_mtime_ns)


def comparable(value: object) -> Any:  # noqa: ANN401 - plain values, nested
    """Return plain values, equal if everything that can be read of two values is equal.

    An item is its file: what is read of it makes facts of its own. What is of no known type is
    never equal to anything.
    """
    cls = type(value)
    if cls in _PLAIN:
        return value
    write = _WRITERS.get(cls)
    if write is None:
        write = _WRITERS[cls] = _writer(cls)
    return write(value)


_Writer: TypeAlias = Callable[[Any], Any]
_WRITERS: dict[type, _Writer] = {}


def _writer(cls: type) -> _Writer:
    """Choose how the values of a class are written."""
    for known, write in _BY_CLASS:
        if issubclass(cls, known):
            return write
    if is_dataclass(cls):
        name, names = cls.__name__, tuple(field.name for field in fields(cls))
        return lambda value: (name, *[comparable(getattr(value, field)) for field in names])
    return lambda _: ("\0stranger", os.urandom(16))


_BY_CLASS: tuple[tuple[type | tuple[type, ...], _Writer], ...] = (
    (Item, lambda item: ("\0item", _read(item, "source"))),
    (Enum, lambda value: (type(value).__name__, value.value)),
    (str, str.__str__),
    ((tuple, list), lambda values: tuple(map(comparable, values))),
    ((datetime, date, time), lambda value: (type(value).__name__, value.isoformat())),
    (Mapping, lambda value: ("\0map", *[(comparable(n), comparable(v)) for n, v in value.items()])),
    ((set, frozenset), lambda values: ("\0set", *sorted(repr(comparable(v)) for v in values))),
    (Kind, lambda kind: ("\0kind", kind.name)),
    (Path, _file),
)


def digest(value: object) -> bytes:
    """Return what can be compared of a value: as it is if it is shorter than its hash."""
    # The second form of marshal writes equal values as equal bytes; later ones count references.
    written = marshal.dumps(comparable(value), 2)
    if len(written) < _HASH:
        return written
    return hashlib.blake2b(written, digest_size=_HASH).digest()


# --- arguments and answers ---------------------------------------------------------------------


def encoded_arguments(value: Any) -> Any:  # noqa: ANN401
    """Return an argument in a form from which the next build can find it again.

    Raises:
        TypeError: it is of no known type.
    """
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Item):
        return ("item", _read(value, "source"))
    if isinstance(value, Rubrique | Subject):
        return (type(value).__name__, value.slug)
    if isinstance(value, datetime):
        return ("moment", value.isoformat())
    if isinstance(value, date):
        return ("day", value.isoformat())
    if isinstance(value, tuple):
        return ("tuple", *map(encoded_arguments, value))
    if isinstance(value, dict):
        return (
            "dict",
            *[(name, encoded_arguments(given)) for name, given in sorted(value.items())],
        )
    if isinstance(value, type) and value in _CLASSES:
        return ("class", _CLASSES[value])
    raise TypeError(value)


class CurrentFacts:
    """The facts as they are in this build; each is looked at once."""

    def __init__(self, library: Library, has_file: Callable[[str], bool], root: Path) -> None:
        self._library = library
        self._has_file = has_file
        self._root = root
        self._items = {item.source: item for item in library.items}
        self._seen: dict[Fact, bytes] = {}

    def hash_of(self, fact: Fact) -> bytes:
        """Hash a fact as it is in this build."""
        known = self._seen.get(fact)
        if known is None:
            known = self._seen[fact] = digest(self._value(fact))
        return known

    def _value(self, fact: Fact) -> object:
        try:
            match fact:
                case ("item", source, name):
                    return getattr(self._items[source], name)
                case ("file", name):
                    return self._has_file(name)
                case ("text", name):
                    return self._root / name
                case ("library", name):
                    return getattr(self._library, name)
                case (_, method, arguments):
                    given, named = self._decoded(arguments)
                    return getattr(self._library, method)(*given, **named)
        except (LookupError, AttributeError, TypeError, ValueError):
            return _GONE  # what it was about has left the content
        return _GONE

    def _decoded(self, value: Any) -> Any:  # noqa: ANN401
        match value:
            case ("item", source):
                return self._items[source]
            case ("Rubrique", slug):
                return self._by_slug(self._library.rubriques, slug)
            case ("Subject", slug):
                return self._by_slug(self._library.subjects, slug)
            case ("moment", written):
                return datetime.fromisoformat(written)
            case ("day", written):
                return date.fromisoformat(written)
            case ("class", name):
                return CLASSES[name]
            case ("tuple", *values):
                return tuple(map(self._decoded, values))
            case ("dict", *pairs):
                return {name: self._decoded(given) for name, given in pairs}
        return value

    @staticmethod
    def _by_slug(values: Iterable[Any], slug: str) -> Any:  # noqa: ANN401
        return {value.slug: value for value in values}[slug]
