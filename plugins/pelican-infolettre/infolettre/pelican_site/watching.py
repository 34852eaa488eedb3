"""« pelican --autoreload »: one watch, from before the first build to the end.

Pelican's own begins once a build is done, so it misses what is saved meanwhile; and it does not
know the folders of the letters.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import watchfiles
from pelican.utils import FileChangeFilter

import pelican

_POLL = 100  # ms between two looks
_QUIET, _LONGEST = 50, 200  # ms: an editor's several writes of a file are one change

_Changes: TypeAlias = set[tuple[watchfiles.Change, str]]


class _Current:
    """Holds the watch of this process, if there is one."""

    places: tuple[Path, ...] = ()
    changes: Iterator[_Changes] = iter(())


def begin(settings: Mapping[str, Any], folders: Iterable[Path]) -> bool:
    """Begin to watch, if Pelican runs again at each change; return whether it does.

    Args:
        settings: Pelican's.
        folders: what is watched beside the content, the theme and the settings.
    """
    conf = _settings_file()
    if conf is None:
        return False
    content = Path(settings["PATH"])
    static = (content / path for path in settings["STATIC_PATHS"])
    named = (content, Path(settings["THEME"]), conf, *static, *folders)
    places = tuple(dict.fromkeys(place.resolve() for place in named if place.exists()))
    if places != _Current.places:
        _Current.places = places
        _Current.changes = watchfiles.watch(
            *places,
            watch_filter=FileChangeFilter(ignore_file_patterns=set(settings["IGNORE_FILES"])),
            debounce=_LONGEST,
            step=_QUIET,
            rust_timeout=_POLL,
            yield_on_timeout=True,
        )
        next(_Current.changes)  # it watches from its first answer on
        pelican.wait_for_changes = wait
    return True


def wait(_settings_file: str, _settings: Mapping[str, Any]) -> _Changes:
    """Return the changes since the last build began, once there are some."""
    return next(found for found in _Current.changes if found)


def _settings_file() -> Path | None:
    """Return the settings of `pelican --autoreload`; None where it is another command.

    Its callers alone know, and there is no other way to ask them.
    """
    frame = sys._getframe()  # noqa: SLF001
    while frame.f_back is not None:
        frame = frame.f_back
        if frame.f_code is pelican.autoreload.__code__:
            return Path(frame.f_locals["args"].settings or "pelicanconf.py")
    return None
