"""What a job reads of the content, noted while it works.

A job is a function of the facts that it reads: attributes of items, answers of the library. While
`watching_content` lasts, the classes of the model themselves note what is read of their instances:
templates, filters, mails and feeds read items by plain attributes and need not know of it. Where
nothing is watched the classes are as they were. A property or an answer is one fact: what it reads
in its turn is not noted.

To note them is a tenth of the CPU time of a build from nothing at 1,000 texts: the price of an edit
that does five jobs of three thousand. Lists written by hand of what each page depends on would
be cheaper, but the templates read items in some 400 places, a theme may add its own, and a line
that is missing from a list would leave an old page without a word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FunctionType, MemberDescriptorType
from typing import Any, TypeVar

from axtra.content.model import Item, Library
from axtra.site.build.facts import Fact, encoded_arguments

T = TypeVar("T")

_read = object.__getattribute__


class JobReads:
    """The facts that a job read; `incomplete` when it also read what cannot be compared."""

    def __init__(self) -> None:
        self.facts: dict[Fact, None] = {}
        self.incomplete = False


class _Current:
    """Holds the reads of the job being watched, if any."""

    reads: JobReads | None = None


@contextmanager
def watching_content() -> Iterator[None]:
    """Let `run_watched` see what is read of the content."""
    readers = {Item: _read_item, Library: _read_library}
    for cls, reader in readers.items():
        setattr(cls, "__getattribute__", reader)  # noqa: B010 - the class has none of its own
    try:
        yield
    finally:
        for cls in readers:
            delattr(cls, "__getattribute__")


def note_read(fact: Fact) -> None:
    """Note that the job of the moment read a fact."""
    if _Current.reads is not None:
        _Current.reads.facts[fact] = None


def note_unknown() -> None:
    """Note that the job of the moment read what cannot be named: it will be done at each build."""
    if _Current.reads is not None:
        _Current.reads.incomplete = True


def run_watched(work: Callable[[], T]) -> tuple[T, JobReads]:
    """Do a job; return its result and what it read, if `watching_content`."""
    reads = _Current.reads = JobReads()
    try:
        return work(), reads
    finally:
        _Current.reads = None


def _read_item(item: Item, name: str) -> Any:  # noqa: ANN401 - any attribute
    reads = _Current.reads
    if reads is None:
        return _read(item, name)
    cls = type(item)
    computed = (_NOTED.get(cls) or _noted(cls)).get(name)
    if computed is None:
        return _read(item, name)
    reads.facts["item", _read(item, "source"), name] = None
    if not computed:
        return _read(item, name)
    _Current.reads = None
    try:
        return _read(item, name)
    finally:
        _Current.reads = reads


def _read_library(library: Library, name: str) -> Any:  # noqa: ANN401 - any attribute
    reads = _Current.reads
    if reads is None or name[:2] == "__":
        return _read(library, name)
    if isinstance(getattr(Library, name, None), FunctionType):
        return partial(_answer, library, name)
    reads.facts["library", name] = None
    _Current.reads = None
    try:
        return _read(library, name)
    finally:
        _Current.reads = reads


def _answer(library: Library, method: str, *given: object, **named: object) -> Any:  # noqa: ANN401
    reads, _Current.reads = _Current.reads, None
    try:
        if reads is not None:
            try:
                reads.facts["answer", method, encoded_arguments((given, named))] = None
            except TypeError:
                reads.incomplete = True
        return _read(library, method)(*given, **named)
    finally:
        _Current.reads = reads


_NOTED: dict[type, dict[str, bool]] = {}


def _noted(cls: type) -> dict[str, bool]:
    """Tell of each attribute that makes a fact whether it is computed, and reads others.

    Methods make none, since what they read does, nor does the file, which never changes.
    """
    found = _NOTED[cls] = {
        name: not isinstance(member, MemberDescriptorType)
        for base in reversed(cls.__mro__)
        for name, member in vars(base).items()
        if name[:2] != "__" and name != "source" and not callable(member)
    }
    return found
