"""An icon opens the atelier of its project, whatever signs are in the names of folders."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path, PureWindowsPath

import pytest

from axtra.atelier import shortcut
from support.service_processes import wait_until
from support.small_sites import Project, make_project

NAMES = ["axe", "L’été 2026", "100 % $HOME `x`", 'l\'autre "projet"', "a\\b; echo", "a=b"]
TERMINAL = "gnome-terminal", "xdg-terminal-exec"  # what GLib may look for first
PROGRAM = '#!/bin/sh\nprintf "%s\\n%s\\n%s\\n" "$PWD" "$*" "$AXTRA_DONNEES" > "$VU.part"\n'
PROGRAM += 'mv "$VU.part" "$VU"\n'


def folder(path: Path, name: str) -> tuple[Path, Path, Path]:
    """Return a project's folder, a program in it, and the file where it says how it was run."""
    root = path / name
    program = root / ".venv" / "bin" / "axtra"
    program.parent.mkdir(parents=True)
    program.write_text(PROGRAM, "utf-8")
    program.chmod(0o755)
    return root, program, path / "vu"


@pytest.mark.skipif(not shutil.which("gio"), reason="GLib opens launchers")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("data", ["", "/d/mes données"])
def test_a_desk_of_linux_opens_it(tmp_path: Path, name: str, data: str) -> None:
    root, program, seen = folder(tmp_path, name)
    home = tmp_path / "home"
    (home / "Desktop").mkdir(parents=True)
    environment = {"AXTRA_DONNEES": data} if data else {}
    paths = shortcut.place(
        program, root, system="linux", home=home, environment={**environment, "PATH": os.defpath}
    )
    assert [path.parent.name for path in paths] == ["applications", "Desktop"]
    assert all(os.access(path, os.X_OK) for path in paths)
    terminals = tmp_path / "bin"
    terminals.mkdir()
    for terminal in TERMINAL:
        made = terminals / terminal
        made.write_text('#!/bin/sh\nwhile [ "${1#-}" != "$1" ]; do shift; done\nexec "$@"\n')
        made.chmod(0o755)
    subprocess.run(
        ["gio", "launch", str(paths[1])],  # noqa: S607 - a program of the system
        env={"PATH": f"{terminals}:{os.defpath}", "HOME": str(home), "VU": str(seen)},
        check=True,
    )
    wait_until(seen.exists)
    assert seen.read_text("utf-8").split("\n")[:3] == [str(root), "atelier", data]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("data", ["", "/d/mes données"])
def test_a_script_for_macos_opens_it(tmp_path: Path, name: str, data: str) -> None:
    root, program, seen = folder(tmp_path, name)
    (tmp_path / "Desktop").mkdir()
    (path,) = shortcut.place(
        program, root, system="darwin", home=tmp_path, environment={"AXTRA_DONNEES": data}
    )
    assert path.name.endswith(".command")
    subprocess.run([path], env={"PATH": os.defpath, "VU": str(seen)}, check=True)
    assert seen.read_text("utf-8").split("\n")[:3] == [str(root), "atelier", data]


def test_a_batch_file_for_windows_holds_what_it_must() -> None:
    root = PureWindowsPath(r"C:\Mes projets\100 % été")
    made = shortcut.windows(root / ".venv" / "Scripts" / "axtra.exe", root, r"D:\données")
    assert made.name.endswith(".bat")
    assert made.text.split("\r\n") == [
        "@echo off",
        "chcp 65001 > nul",
        r'cd /d "C:\Mes projets\100 %% été"',
        r'set "AXTRA_DONNEES=D:\données"',
        r'"C:\Mes projets\100 %% été\.venv\Scripts\axtra.exe" atelier',
        "if errorlevel 1 pause",
        "",
    ]


def test_the_command_puts_the_icon_and_says_where(tmp_path: Path) -> None:
    project: Project = make_project(tmp_path / "projet", {})
    home = tmp_path / "home"
    (home / "Bureau").mkdir(parents=True)
    (home / ".config").mkdir()
    (home / ".config" / "user-dirs.dirs").write_text('XDG_DESKTOP_DIR="$HOME/Bureau"\n')
    settings = {"HOME": str(home), "XDG_DATA_HOME": "", "XDG_CONFIG_HOME": ""}
    done = project.run("axtra", "atelier", "--raccourci", env=settings)
    assert done.returncode == 0, done.stderr
    icon = home / "Bureau" / "axtra-atelier-projet.desktop"
    assert str(icon) in done.stdout
    assert f"Path={project.root}" in icon.read_text("utf-8")
