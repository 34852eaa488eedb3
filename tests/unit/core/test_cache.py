"""The cache: values are sealed, replaced whole, and discarded when in doubt."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from infolettre.core.cache import Rows, Store


def test_a_value_is_stored_under_its_key(tmp_path: Path) -> None:
    store = Store(tmp_path / "cache")
    assert store.get("a/b") is None
    store.put("a/b", b"1")
    store.put("a/b", b"2")
    assert store.get("a/b") == b"2"
    assert [path.name for path in (tmp_path / "cache/a").iterdir()] == ["b"]


@pytest.mark.parametrize("damage", [b"", b"abc", b"x" * 40, None])
def test_a_damaged_value_is_treated_as_missing(tmp_path: Path, damage: bytes | None) -> None:
    store = Store(tmp_path)
    store.put("a", b"1234")
    whole = (tmp_path / "a").read_bytes()
    (tmp_path / "a").write_bytes(whole[:-1] if damage is None else damage)
    assert store.get("a") is None


def test_a_value_stored_by_another_program_is_treated_as_missing(tmp_path: Path) -> None:
    Store(tmp_path, b"first").put("a", b"1")
    assert Store(tmp_path, b"second").get("a") is None
    assert Store(tmp_path, b"first").get("a") == b"1"


def test_an_unwritable_folder_stores_nothing_and_raises_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    store, rows = Store(tmp_path / "file"), Rows(tmp_path / "file" / "rows")
    store.put("a", b"1")
    store.prune(1)
    rows.update({b"a": b"1"}, ())
    assert store.get("a") is None
    assert [*rows.items()] == []


def test_pruning_keeps_the_newest_files(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for age, key in enumerate("abcd"):
        store.put(key, b"")
        os.utime(tmp_path / key, (1000 - age, 1000 - age))
    store.prune(2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_rows_are_added_replaced_and_removed(tmp_path: Path) -> None:
    rows = Rows(tmp_path / "new" / "rows.db")
    rows.update({b"a": b"1", b"b": b"2"}, ())
    rows.update({b"a": b"3", b"c": b"4"}, [b"b"])
    assert dict(rows.items()) == {b"a": b"3", b"c": b"4"}


def test_a_damaged_row_has_no_value_and_leaves_the_others_intact(tmp_path: Path) -> None:
    rows = Rows(tmp_path / "rows.db")
    rows.update({b"a": b"1", b"b": b"2"}, ())
    with sqlite3.connect(tmp_path / "rows.db") as database:
        database.execute("UPDATE kept SET data = substr(data, 1, 10) WHERE key = ?", (b"a",))
    database.close()
    assert dict(rows.items()) == {b"a": None, b"b": b"2"}


@pytest.mark.parametrize("damage", [b"abc" * 2000, b"SQLite format 3\0" + b"\0" * 4000])
def test_a_file_that_is_not_a_database_is_replaced(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "rows.db").write_bytes(damage)
    rows = Rows(tmp_path / "rows.db")
    assert dict(rows.items()) == {}
    rows.update({b"a": b"1"}, ())
    assert dict(rows.items()) == {b"a": b"1"}
