"""Converted texts are kept between builds, and anything doubtful is converted again."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterable
from pathlib import Path

import pytest

from axtra.content import documents, text_cache
from axtra.content.documents import Entry, Request
from support.small_sites import news

REQUEST = Request("content/a.md", news("Un titre").encode(), "nouvelle", "a")
OTHER = Request("content/b.md", news("Un autre").encode(), "nouvelle", "b")


class _Counted:
    """Converts, and counts what it converted."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __call__(self, requests: list[Request]) -> Iterable[Entry]:
        self.names += [request.name for request in requests]
        return documents.read(requests)


def test_a_text_is_converted_once_and_comes_back_equal(tmp_path: Path) -> None:
    converted = _Counted()
    first = text_cache.TextCache(tmp_path / "t.db").read([REQUEST, OTHER], converted)
    again = text_cache.TextCache(tmp_path / "t.db").read([OTHER, REQUEST], converted)
    assert converted.names == ["content/a.md", "content/b.md"]
    assert again == first[::-1]


@pytest.mark.parametrize(
    "changed",
    [
        Request("content/a.md", REQUEST.data + b"\n", "nouvelle", "a"),
        Request("content/c.md", REQUEST.data, "nouvelle", "a"),
        Request("content/a.md", REQUEST.data, "publication", "a"),
        Request("content/a.md", REQUEST.data, "nouvelle", "c"),
    ],
    ids=["bytes", "file", "kind", "slug"],
)
def test_a_text_is_converted_again_when_anything_of_it_changes(
    tmp_path: Path, changed: Request
) -> None:
    converted = _Counted()
    kept = text_cache.TextCache(tmp_path / "t.db")
    kept.read([REQUEST], converted)
    kept.read([changed], converted)
    assert converted.names == [REQUEST.name, changed.name]


def test_without_a_file_nothing_is_kept() -> None:
    converted = _Counted()
    for _ in range(2):
        text_cache.TextCache().read([REQUEST], converted)
    assert len(converted.names) == 2


def test_rows_that_do_not_load_are_converted_again(tmp_path: Path) -> None:
    converted = _Counted()
    kept = text_cache.TextCache(tmp_path / "t.db")
    kept.read([REQUEST], converted)
    with sqlite3.connect(tmp_path / "t.db") as book:
        [(table,)] = book.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        columns = [row[1] for row in book.execute(f"PRAGMA table_info({table})")]
        book.execute(f"UPDATE {table} SET {columns[-1]} = x'00'")  # noqa: S608 - our own file
    book.close()
    assert kept.read([REQUEST], converted) == documents.read([REQUEST])
    assert len(converted.names) == 2


def test_no_class_but_ours_is_ever_loaded() -> None:
    [entry] = documents.read([REQUEST])
    assert text_cache._load(text_cache._dump(entry)) == entry
    assert text_cache._load(pickle.dumps(Path("/"))) is None
    assert text_cache._load(pickle.dumps("un texte")) is None
    assert text_cache._load(b"") is None
