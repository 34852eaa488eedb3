"""Who may do what: the roles of the people of a newsroom, in one table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """A role of a person; each value is the word that people see and type."""

    AUTEUR = "auteur"
    REDACTION = "redaction"
    DIRECTION = "direction"


class Act(StrEnum):
    """Something that a role allows; each value is what a refusal says."""

    WRITE_OWN = "écrire ses propres brouillons"
    READ_OTHERS = "lire les textes inédits des autres"
    PROPOSE = "proposer un changement"
    ACCEPT = "accepter la proposition d’une autre personne"
    PUBLISH = "publier le site"
    COMPOSE = "composer une infolettre"
    APPROVE = "approuver une infolettre"
    SEND = "envoyer ou programmer une infolettre"
    SUBSCRIBERS = "voir et changer les abonnements"
    SETTINGS = "changer les personnes et les réglages"


_AUTEUR = frozenset({Act.WRITE_OWN, Act.PROPOSE})
_REDACTION = _AUTEUR | {Act.READ_OTHERS, Act.ACCEPT, Act.PUBLISH, Act.COMPOSE}
ALLOWED = {
    Role.AUTEUR: _AUTEUR,
    Role.REDACTION: _REDACTION,
    Role.DIRECTION: frozenset(Act),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works here; alone, there is no address, and the role is `direction`."""

    address: str
    name: str
    role: Role

    def may(self, act: Act) -> bool:
        """Return whether the role of this person allows an act."""
        return act in ALLOWED[self.role]
