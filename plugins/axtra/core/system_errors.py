"""What a person is told of an error of the system that nothing more precise explains."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Mapping
from types import MappingProxyType

from infolettre.core.refusals import Refusal

_CAUSES: Mapping[int, str] = MappingProxyType(
    {
        errno.EACCES: "vous n’avez pas le droit d’écrire ici",
        errno.EPERM: "vous n’avez pas le droit d’écrire ici",
        errno.EROFS: "ce disque ne peut être que lu",
        errno.ENOSPC: "le disque est plein",
        errno.EDQUOT: "le disque est plein",
        errno.EEXIST: "un fichier porte déjà le nom de ce dossier",
        errno.ENOTDIR: "un fichier porte déjà le nom d’un de ces dossiers",
        errno.EISDIR: "un dossier porte déjà le nom de ce fichier",
        errno.ENAMETOOLONG: "ce nom est trop long pour le disque",
    }
)
_REMEDY = "Vérifiez la place sur le disque, et à qui sont ce fichier et son dossier."


def cause_of(error: OSError) -> str:
    """Say in French why the system refuses, without the file."""
    return _CAUSES.get(error.errno or 0, "ce fichier ne peut être ni lu ni écrit")


def as_refusal(error: OSError | sqlite3.Error) -> Refusal:
    """Return what a person is told of an error that no room expected."""
    if not isinstance(error, OSError):
        return Refusal(
            f"le registre des envois ne se lit pas ({error}).",
            "Vérifiez la place sur le disque et le dossier de données.",
        )
    known = _CAUSES.get(error.errno or 0)
    cause = f" : {known}" if known else ""
    return Refusal(f"« {error.filename} » ne peut être ni lu ni écrit{cause}.", _REMEDY)
