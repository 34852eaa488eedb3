"""An icon that opens the atelier of a project: files of Linux, Windows and macOS."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

from infolettre.core.whole_files import write_whole

_NAME = "Atelier d’AXE"
_DESK = "Desktop"  # what the folder is called where nobody says otherwise
_KEPT = "AXTRA_DONNEES"  # what a terminal may have set, and an icon would not know
_RESERVED = re.compile(r'(["`$\\])')  # between quotes, in a command of a .desktop file
_ESCAPED = r"\\\1"


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A file that a person clicks: its name, and its text."""

    name: str
    text: str


def linux(program: PurePath, root: PurePath, data: str = "") -> Shortcut:
    """Return a launcher as freedesktop.org describes it.

    It opens a terminal: closing its window stops the atelier.

    Args:
        program: the command `axtra` of the environment of the project.
        root: the project's folder.
        data: the data folder, when it is not this system's.
    """
    words = [str(program), "atelier"]
    if data or "%" in str(program):  # GLib looks for the first word without reading its « %% »
        kept = f'{_KEPT}="$1" ' if data else ""
        words = ["sh", "-c", f'{kept}"$0" atelier', str(program), data]
    command = " ".join(f'"{_RESERVED.sub(_ESCAPED, word)}"' for word in words).replace("%", "%%")
    lines = (
        "[Desktop Entry]",
        "Type=Application",
        f"Name={_NAME}",
        "Comment=Écrire, relire et publier dans un navigateur",
        f"Path={_value(str(root))}",
        f"Exec={_value(command)}",
        "Icon=accessories-text-editor",
        "Terminal=true",
        "Categories=Office;Publishing;",
    )
    return Shortcut(f"axtra-atelier-{_word(root.name)}.desktop", "\n".join(lines) + "\n")


def windows(program: PurePath, root: PurePath, data: str = "") -> Shortcut:
    """Return a batch file; a percent sign alone would be read as a variable."""
    there, run, kept = (str(given).replace("%", "%%") for given in (root, program, data))
    lines = (
        "@echo off",
        "chcp 65001 > nul",
        f'cd /d "{there}"',
        *([f'set "{_KEPT}={kept}"'] if data else []),
        f'"{run}" atelier',
        "if errorlevel 1 pause",
    )
    return Shortcut(f"{_NAME}.bat", "\r\n".join(lines) + "\r\n")


def macos(program: PurePath, root: PurePath, data: str = "") -> Shortcut:
    """Return a script that the Finder opens in a terminal."""
    there, run = shlex.quote(str(root)), shlex.quote(str(program))
    kept = f"export {_KEPT}={shlex.quote(data)}\n" if data else ""
    text = f"#!/bin/sh\n{kept}cd {there} && exec {run} atelier\n"
    return Shortcut(f"{_NAME}.command", text)


def place(
    program: Path, root: Path, *, system: str, home: Path, environment: Mapping[str, str]
) -> list[Path]:
    """Write the icon where this system shows it; return the files.

    Args:
        program: the command `axtra` of the environment of the project.
        root: the project's folder.
        system: as `sys.platform` names it.
        home: the folder of the person.
        environment: may say where this system keeps what.
    """
    data = environment.get(_KEPT, "")
    desk = _desk(home, environment) if system.startswith("linux") else home / _DESK
    folders = [desk] if desk.is_dir() else []
    if system == "win32":
        made = windows(program, root, data)
    elif system == "darwin":
        made = macos(program, root, data)
    else:
        made = linux(program, root, data)
        own = Path(environment.get("XDG_DATA_HOME") or home / ".local" / "share")
        folders.insert(0, own / "applications")
    paths = [folder / made.name for folder in folders or [home]]
    for path in paths:
        write_whole(path, made.text.encode())
        path.chmod(0o755)  # a desk opens only what may be run
    return paths


def _desk(home: Path, environment: Mapping[str, str]) -> Path:
    """Return the folder of the desk, which has a name in each language."""
    try:
        done = subprocess.run(
            ["xdg-user-dir", "DESKTOP"],  # noqa: S607 - a program of the system
            env={**environment, "HOME": str(home)},
            capture_output=True,
            check=False,
        )
    except OSError:
        return home / _DESK
    named = Path(os.fsdecode(done.stdout).strip() or home)
    return home / _DESK if named == home else named


def _value(text: str) -> str:
    """Return a value of a .desktop file."""
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _word(name: str) -> str:
    """Return a name that every file system and menu takes."""
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower() or "axe"
