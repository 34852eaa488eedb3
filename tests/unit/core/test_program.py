"""What names a program, and what it may do on this machine."""

from __future__ import annotations

import multiprocessing
import threading
from pathlib import Path

import pytest

from infolettre.core import program


def test_a_folder_is_named_by_its_files_and_what_they_hold(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/b.py").write_text("x = 1\n")
    (tmp_path / "a/b.pyc").write_bytes(b"compiled")
    (tmp_path / "a/node_modules").mkdir()
    (tmp_path / "a/node_modules/tool.js").write_text("x = 1\n")
    before = list(program.tree(tmp_path))
    assert before[0] == b"a/b.py"
    assert len(before) == 2  # a name and a hash; what compiles or is compiled does not count
    (tmp_path / "a/b.py").write_text("x = 2\n")
    after = list(program.tree(tmp_path))
    assert (after[0], after[1] != before[1]) == (before[0], True)


def test_the_key_stays_the_same_in_a_process() -> None:
    assert program.key() == program.key()
    assert len(program.key()) == 16


def test_there_is_a_core_at_least() -> None:
    assert program.cores() >= 1


@pytest.mark.skipif("not sys.platform.startswith('linux')", reason="only Linux copies well")
def test_a_process_with_threads_or_that_spawns_is_not_copied(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr(multiprocessing, "get_start_method", lambda **_: None)
    assert program.can_copy()
    monkeypatch.setattr(multiprocessing, "get_start_method", lambda **_: "spawn")
    assert not program.can_copy()
    monkeypatch.setattr(multiprocessing, "get_start_method", lambda **_: "fork")
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    assert not program.can_copy()
