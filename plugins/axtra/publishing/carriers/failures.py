"""How a place refuses what is asked of it; each is a refusal that a person reads."""

from __future__ import annotations

import errno

from infolettre.core.diagnostics import count
from infolettre.core.refusals import Refusal


class UntrustedHost(Refusal):
    """The host key or the certificate is not the one that is known: nothing is sent to it."""


class UnreachableStore(Refusal):
    """The place does not answer, or its answer stopped; the same command may work later."""


class UploadRefused(Refusal):
    """The place does not let us do this: rights, account, quota of requests, read-only disk."""


class FullStore(Refusal):
    """The place has no room left."""


class FalseStore(Refusal):
    """The place says that it stored a file, and gives back other bytes, or none."""


_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_REMEDY = "Puis relancez la même commande : elle continue où elle s’est arrêtée."


def untrusted_host(
    place: str,
    problem: str = (
        "la clé ou le certificat de l’hôte n’est pas celui que l’on connaît : rien n’est envoyé."
    ),
    remedy: str = "Demandez à qui tient l’hôte si cette clé a changé avant de l’accepter.",
) -> UntrustedHost:
    """Return the refusal of a host that may be another."""
    return UntrustedHost(problem, remedy, place=place)


def short_file(place: str, stored: int, size: int) -> FalseStore:
    """Return the refusal of a place that kept `stored` bytes of a file of `size` bytes."""
    return FalseStore(
        f"l’hôte n’a gardé que {count(stored, 'octet')} d’un fichier de {count(size, 'octet')}.",
        f"Vérifiez la place qui reste. {_REMEDY}",
        place=place,
    )


def foreign_place(place: str, name: str) -> UploadRefused:
    """Return the refusal of a place that holds something else, such as a file named `name`."""
    return UploadRefused(
        f"ce dossier contient autre chose qu’une publication (« {name} ») : rien n’y est écrit.",
        "Publiez dans un dossier vide ou nouveau.",
        place=place,
    )


def full_store(place: str) -> FullStore:
    """Return the refusal of a place without room."""
    return FullStore(
        "il n’y a plus de place où publier.", f"Faites de la place. {_REMEDY}", place=place
    )


def upload_refused(place: str, cause: str) -> UploadRefused:
    """Return the refusal of a place that does not let us write; `cause` is in French."""
    return UploadRefused(
        f"l’hôte refuse d’écrire : {cause}.",
        f"Vérifiez le compte et ses droits. {_REMEDY}",
        place=place,
    )


def unreachable_store(place: str, cause: str) -> UnreachableStore:
    """Return the refusal of a place that does not answer; `cause` is in French."""
    return UnreachableStore(
        f"l’hôte ne répond pas : {cause}.",
        f"Vérifiez l’adresse et le réseau. {_REMEDY}",
        place=place,
    )


def of_system(error: OSError, place: str) -> Refusal:
    """Return the refusal that an error of the system comes to."""
    if error.errno in _FULL:
        return full_store(place)
    return upload_refused(place, _CAUSES.get(error.errno or 0, "ce fichier ne peut pas être écrit"))


_CAUSES = {
    errno.EACCES: "vous n’avez pas le droit d’écrire ici",
    errno.EPERM: "vous n’avez pas le droit d’écrire ici",
    errno.EROFS: "ce disque ne peut être que lu",
    errno.ENOTDIR: "un fichier porte déjà le nom d’un de ces dossiers",
    errno.EISDIR: "un dossier porte déjà le nom de ce fichier",
    errno.ENAMETOOLONG: "ce nom est trop long pour le disque",
}
