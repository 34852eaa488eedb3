"""Departures noted beside the register while it is locked, and written to it when it opens.

Whoever leaves by one click is not asked to come back later: mail services do not.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from axtra.subscribers.database import read, written
from axtra.subscribers.journal.journal_file import sync
from axtra.subscribers.private_folder import FolderError, LockedError, touch_private
from axtra.subscribers.signed_tokens import new_id

if TYPE_CHECKING:
    from axtra.subscribers.register.register import Register

_NOTED = "depart-*.attente"
_PATIENCE = 0.5  # seconds: there will be other occasions


def note(folder: Path, person: str, liste: str, moment: datetime) -> None:
    """Note durably that a person leaves a list; each note is a file, so that none waits.

    Raises:
        FolderError: the disk refuses.
    """
    path = folder / f"depart-{new_id()}.attente"
    part = path.with_suffix(".partie")
    try:
        touch_private(part)
        with part.open("w", encoding="ascii") as file:
            file.write(f"{person} {liste} {written(moment)}\n")
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
        sync(folder)
    except OSError as error:
        raise FolderError(f"« {path} » ne peut pas être écrit ({error.strerror}).") from None


def settle(register: Register, folder: Path) -> int:
    """Remove from their lists those who left while the register was locked.

    Nothing is done in a copy that is not the current copy, nor while the register is locked. What
    a crash makes it do again changes nothing more.

    Returns:
        How many notes were written to the register.

    Raises:
        FolderError: the disk refuses.
    """
    notes = [] if register.mismatch else list(folder.glob(_NOTED))
    if not notes:
        return 0
    try:
        with register.hurried(_PATIENCE), register.together():
            for path in notes:
                with suppress(FileNotFoundError):  # another process was faster
                    person, liste, moment = _read(path)
                    register.unsubscribe(person, liste, moment, "lien du courriel")
    except LockedError:
        return 0
    for path in notes:
        path.unlink(missing_ok=True)
    return len(notes)


def _read(path: Path) -> tuple[str, str, datetime]:
    try:
        person, liste, moment = path.read_text("ascii").split()
        return person, liste, read(moment)
    except FileNotFoundError:
        raise
    except (OSError, ValueError):
        raise FolderError(
            f"« {path} », où quelqu’un se désabonne, ne se lit pas.",
            "Vérifiez à qui appartient ce fichier; s’il est abîmé, rangez-le hors du dossier.",
        ) from None
