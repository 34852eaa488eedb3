"""Whether a machine can set a PDF is known without setting one."""

from __future__ import annotations

import ctypes

import pytest

from axtra.books import pango


@pytest.mark.parametrize("missing", ["libpango-1.0", "libpangoft2", "libharfbuzz-subset"])
def test_each_library_is_needed(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(name: str) -> None:
        if name.startswith(missing):
            raise OSError(name)

    monkeypatch.setattr(ctypes, "CDLL", load)
    assert not pango.has_pango()


@pytest.mark.parametrize("suffix", [".so.0", "dylib", ".dll"])
def test_the_names_of_one_system_are_enough(suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(name: str) -> None:
        if not name.endswith(suffix):
            raise OSError(name)

    monkeypatch.setattr(ctypes, "CDLL", load)
    assert pango.has_pango()
