"""What a job reads of the content, recorded while it works, and compared at the next build.

A job is a function of the facts it reads: an attribute of an item, an answer of the library. When
each of them is what it was, so are the bytes that the job would make. The recording stands under
every reader (templates, filters, mails, feeds): it is in the classes themselves, while `recording`
lasts. A property or an answer is one fact: what it reads in its turn is not recorded.
"""

from __future__ import annotations

import hashlib
import marshal
import os
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from enum import Enum
from functools import partial
from pathlib import Path
from types import FunctionType, MemberDescriptorType
from typing import Any, TypeAlias, TypeVar

from axtra.content.model import CLASSES, Item, Library, Rubrique, Subject
from axtra.content.schema import Kind

# ("item", file, attribute), ("library", attribute), ("answer", method, encoded arguments);
# ("file", name): whether the site has that file; ("text", name): all that a text of content is.
Fact: TypeAlias = tuple[Any, ...]
T = TypeVar("T")

_PLAIN = frozenset({str, int, float, bool, bytes, type(None)})
_CLASSES = {cls: name for name, cls in CLASSES.items()}
_GONE = "\0gone"
_read = object.__getattribute__


class Trace:
    """The facts that one job read; `blind` when it read what cannot be compared."""

    def __init__(self) -> None:
        self.facts: dict[Fact, None] = {}
        self.blind = False


class _Pen:
    """Where the facts of the moment are written: nowhere unless a job is being recorded."""

    trace: Trace | None = None


@contextmanager
def recording() -> Iterator[None]:
    """Let `traced` see what is read of the content."""
    readers = {Item: _read_item, Library: _read_library}
    for cls, reader in readers.items():
        setattr(cls, "__getattribute__", reader)  # noqa: B010 - the class has none of its own
    try:
        yield
    finally:
        for cls in readers:
            delattr(cls, "__getattribute__")


def note(fact: Fact) -> None:
    """Add to what the job of the moment reads."""
    if _Pen.trace is not None:
        _Pen.trace.facts[fact] = None


def traced(work: Callable[[], T]) -> tuple[T, Trace]:
    """Do a job; give its result and what it read, if `recording`."""
    trace = _Pen.trace = Trace()
    try:
        return work(), trace
    finally:
        _Pen.trace = None


def _read_item(item: Item, name: str) -> Any:  # noqa: ANN401 - any attribute
    trace = _Pen.trace
    if trace is None:
        return _read(item, name)
    cls = type(item)
    computed = (_RECORDED.get(cls) or _recorded(cls)).get(name)
    if computed is None:
        return _read(item, name)
    trace.facts["item", _read(item, "source"), name] = None
    if not computed:
        return _read(item, name)
    _Pen.trace = None
    try:
        return _read(item, name)
    finally:
        _Pen.trace = trace


def _read_library(library: Library, name: str) -> Any:  # noqa: ANN401 - any attribute
    trace = _Pen.trace
    if trace is None or name[:2] == "__":
        return _read(library, name)
    if isinstance(getattr(Library, name, None), FunctionType):
        return partial(_answer, library, name)
    trace.facts["library", name] = None
    _Pen.trace = None
    try:
        return _read(library, name)
    finally:
        _Pen.trace = trace


def _answer(library: Library, method: str, *given: object, **named: object) -> Any:  # noqa: ANN401
    trace, _Pen.trace = _Pen.trace, None
    try:
        if trace is not None:
            try:
                trace.facts["answer", method, _encoded((given, named))] = None
            except TypeError:
                trace.blind = True
        return _read(library, method)(*given, **named)
    finally:
        _Pen.trace = trace


_RECORDED: dict[type, dict[str, bool]] = {}


def _recorded(cls: type) -> dict[str, bool]:
    """Tell of each attribute that makes a fact whether it is computed, and reads others.

    Methods make none, since what they read does, nor does the file, which never changes.
    """
    found = _RECORDED[cls] = {
        name: not isinstance(one, MemberDescriptorType)
        for base in reversed(cls.__mro__)
        for name, one in vars(base).items()
        if name[:2] != "__" and name != "source" and not callable(one)
    }
    return found


# --- values ------------------------------------------------------------------------------------


def _file(path: Path) -> tuple[object, ...]:
    try:
        stat = path.stat()
    except OSError:
        return ("\0file",)
    return ("\0file", stat.st_size, stat.st_mtime_ns)


def summary(value: object) -> Any:  # noqa: ANN401 - plain values, nested
    """Give plain values that are equal when all that can be read of a value is.

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
    """Choose how the values of a class are summed up."""
    for known, write in _BY_CLASS:
        if issubclass(cls, known):
            return write
    if is_dataclass(cls):
        name, names = cls.__name__, tuple(one.name for one in fields(cls))
        return lambda value: (name, *[summary(getattr(value, one)) for one in names])
    return lambda _: ("\0stranger", os.urandom(16))


_BY_CLASS: tuple[tuple[type | tuple[type, ...], _Writer], ...] = (
    (Item, lambda item: ("\0item", _read(item, "source"))),
    (Enum, lambda one: (type(one).__name__, one.value)),
    (str, str.__str__),
    ((tuple, list), lambda values: tuple(map(summary, values))),
    ((datetime, date, time), lambda one: (type(one).__name__, one.isoformat())),
    (Mapping, lambda one: ("\0map", *[(summary(n), summary(v)) for n, v in one.items()])),
    ((set, frozenset), lambda values: ("\0set", *sorted(repr(summary(v)) for v in values))),
    (Kind, lambda kind: ("\0kind", kind.name)),
    (Path, _file),
)


def digest(value: object) -> bytes:
    """Hash the summary of a value."""
    # The second form of marshal writes equal values as equal bytes; later ones count references.
    return hashlib.blake2b(marshal.dumps(summary(value), 2), digest_size=16).digest()


# --- facts -------------------------------------------------------------------------------------


def _encoded(value: Any) -> Any:  # noqa: ANN401
    """Write an argument so that the next build can find what it was.

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
        return ("tuple", *map(_encoded, value))
    if isinstance(value, dict):
        return ("dict", *[(name, _encoded(one)) for name, one in sorted(value.items())])
    if isinstance(value, type) and value in _CLASSES:
        return ("class", _CLASSES[value])
    raise TypeError(value)


class Evidence:
    """The facts as they are in this build; each is looked at once."""

    def __init__(self, library: Library, files: Container[str], root: Path) -> None:
        self._library = library
        self._files = files
        self._root = root
        self._items = {item.source: item for item in library.items}
        self._seen: dict[Fact, bytes] = {}

    def of(self, fact: Fact) -> bytes:
        """Hash a fact as it is."""
        found = self._seen.get(fact)
        if found is None:
            found = self._seen[fact] = digest(self._value(fact))
        return found

    def _value(self, fact: Fact) -> object:
        try:
            match fact:
                case ("item", source, name):
                    return getattr(self._items[source], name)
                case ("file", name):
                    return name in self._files
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
                return self._of(self._library.rubriques, slug)
            case ("Subject", slug):
                return self._of(self._library.subjects, slug)
            case ("moment", written):
                return datetime.fromisoformat(written)
            case ("day", written):
                return date.fromisoformat(written)
            case ("class", name):
                return CLASSES[name]
            case ("tuple", *values):
                return tuple(map(self._decoded, values))
            case ("dict", *pairs):
                return {name: self._decoded(one) for name, one in pairs}
        return value

    @staticmethod
    def _of(values: Iterable[Any], slug: str) -> Any:  # noqa: ANN401
        return {one.slug: one for one in values}[slug]
