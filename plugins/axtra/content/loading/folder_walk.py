"""What lies in the folders of the content: the files to read, and what may not be there."""

from __future__ import annotations

import os
import re
import shlex
import stat
from contextlib import suppress
from pathlib import Path

from axtra.content import file_formats
from axtra.content.loading.places import Folders
from infolettre.core import regular_files
from infolettre.core.diagnostics import Notes

# What systems and tools leave beside a text, and nobody means to publish.
_TRACE = re.compile(r"(^|/)(~\$|Thumbs\.db$|desktop\.ini$|_LISEZ)|~$")
_HIDDEN = re.compile(r"(^|/)\.")
_USUAL = re.compile(
    r"\.(_.*|#.*|(DS_Store|git.*|keep|~lock.*|.*\.sw[a-p]|nfs.*|Trash.*|fuse_hidden.*|directory|"
    r"obsidian|vscode|idea|st(folder|ignore|versions)|editorconfig|nomedia|sync.*)(?<!\.md))"
)


def look(folders: Folders) -> tuple[list[Path], list[Notes]]:
    """Walk the files of the content, then those of the letters, by name.

    Returns:
        The regular files to read; and what is to be said of all the others.
    """
    kept: list[Path] = []
    said: list[Notes] = []
    for top in (folders.root / folders.content, folders.root / folders.newsletters):
        hidden: set[str] = set()
        owners = {os.geteuid(), top.stat().st_uid} if top.is_dir() and os.name == "posix" else None
        for path, status in sorted(regular_files.walk(top), key=lambda found: found[0]):
            if folders.hidden and folders.name(path) in folders.hidden:
                continue
            within = path.relative_to(top).as_posix()
            notes = Notes(folders.name(path))
            if within.startswith(".git/"):
                continue
            if not regular_files.is_named(notes.file):
                said.append(_warn_of_name(notes.file))
            elif _is_private(path, status, top):
                _refuse_private(notes)
            elif _HIDDEN.search(within):
                _warn_of_hidden(path, top, notes, hidden)
            elif not _TRACE.search(within) and not _refuse_irregular(notes, status, owners):
                kept.append(path)
            if notes.found:
                said.append(notes)
        coming = (folders.root / name for name in folders.coming)
        kept.extend(sorted(path for path in coming if path.is_relative_to(top)))
    return kept, said


def _refuse_irregular(notes: Notes, status: os.stat_result, owners: set[int] | None) -> bool:
    """Say what is no file of the content’s own; tell whether it is none.

    A file with two names, of which someone else owns the other, may be a private one of theirs.
    """
    what = regular_files.nature(status)
    name = shlex.quote(notes.file)
    if what:
        remedy = f"Retirez-le :  rm {name}"
        if stat.S_ISLNK(status.st_mode):
            remedy += "\nS’il doit être publié, copiez ensuite à sa place le fichier lui-même."
        notes.error("fichier-special", None, f"ce n’est pas un fichier, mais {what}", remedy)
    elif owners is not None and status.st_nlink > 1 and status.st_uid not in owners:
        notes.error(
            "fichier-special",
            None,
            "ce fichier est aussi ailleurs, et appartient à quelqu’un d’autre",
            f"S’il doit être publié :  cp {name} {name}.copie && mv -f {name}.copie {name}",
        )
    return bool(notes.found)


def _is_private(path: Path, status: os.stat_result, top: Path) -> bool:
    """Tell whether a file is one of the data folder’s, by its name or by what it holds."""
    if file_formats.is_private(path.name, b""):
        return True  # unopened: to close a register's file is to let go of its locks
    head = b""
    if path.suffix != ".md" and stat.S_ISREG(status.st_mode):
        with (
            suppress(OSError),
            regular_files.opened(path, top) as file,
        ):  # who reads it says what is wrong
            head = file.read(file_formats.HEAD)
    return file_formats.is_private(path.name, head)


def _refuse_private(notes: Notes) -> None:
    notes.error(
        "fichier-prive",
        None,
        "ce fichier vient du dossier de données : ce sont des personnes, ou des clés",
        f"Sortez-le :  mkdir -p ~/axtra-donnees && mv {shlex.quote(notes.file)} ~/axtra-donnees/"
        "\nDéjà publié? Voyez « En cas d’incident » dans docs/vie-privee.md.",
    )


def _warn_of_name(name: str) -> Notes:
    """Say that nothing of a file is published whose name another system wrote in its own way."""
    shown = "".join(sign if regular_files.is_named(sign) else "?" for sign in name)
    after = shown.find("/", shown.find("?"))  # it may be a folder that has such a name
    bad = shown if after < 0 else shown[:after]
    wild = "?".join(part and shlex.quote(part) for part in bad.split("?"))
    notes = Notes(shown)
    notes.error(
        "fichier-ignore",
        None,
        "son nom a des signes qui ne se lisent pas ici : il ne paraîtrait pas",
        f"Donnez-lui un nom sans accent :  mv -n {wild} {shlex.quote(bad.replace('?', '-'))}",
    )
    return notes


def _warn_of_hidden(path: Path, top: Path, notes: Notes, known: set[str]) -> None:
    """Say once of each hidden folder or file that nothing of it is published."""
    parts = path.relative_to(top).parts
    at = next(rank for rank, part in enumerate(parts) if part.startswith("."))
    name = "/".join(parts[: at + 1])
    if name in known or _USUAL.fullmatch(parts[at]):
        return
    known.add(name)
    notes.file = notes.file.removesuffix("/".join(("", *parts[at + 1 :])))
    folder, _, hidden = notes.file.rpartition("/")
    shown = hidden.lstrip(".")
    shown = "texte-retrouve.md" if shown in {"md", ""} else shown
    rename = shlex.join(["mv", "-n", notes.file, f"{folder}/{shown}"])
    notes.warning(
        "fichier-ignore",
        None,
        "son nom commence par un point : il est caché, et rien n’en sera publié",
        f"Sortez-le du dossier, ou donnez-lui un autre nom :  {rename}",
    )
