"""What is said while an edition leaves, in the same words wherever it is said."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime

from axtra.content.sent_letters import FILE
from infolettre.core import dates
from infolettre.core.diagnostics import count
from infolettre.message import mailbox_providers


class SpokenEvents(ABC):
    """The events of a sending that are words; `tell` says where they go."""

    @abstractmethod
    def tell(self, words: str, remedy: str = "", *, is_warning: bool = False) -> None:
        """Say something, with what to do about it."""

    def page_is_to_come(self, edition: str, due: datetime) -> None:
        """Say that the page of an edition is not online yet."""
        self.tell(
            f"La page et les images de « {edition} » ne seront en ligne qu’à "
            f"{dates.hour(due)} : publiez-les avant, si vous le pouvez."
        )

    def sender_is_lent(self, domain: str) -> None:
        """Say that the address of who sends is of a domain that lends mailboxes to anybody."""
        words = f"avertissement : {mailbox_providers.problem_of(domain)}."
        self.tell(words, mailbox_providers.REMEDY, is_warning=True)

    def clock_is_slow(self, edition: str, frozen: datetime, present: datetime) -> None:
        """Say that the clock of this machine is wrong."""
        self.tell(
            f"l’horloge de cette machine retarde : « {edition} » a été gelée le "
            f"{dates.day(frozen)} à {dates.hour(frozen)}, et il serait {dates.hour(present)} le "
            f"{dates.day(present)}. L’envoi continue.",
            "Remettez-la à l’heure.",
            is_warning=True,
        )

    def record_failed(self, edition: str) -> None:
        """Say that the project's record of sent editions could not be written."""
        self.tell(
            f"« {FILE} » n’a pas pu être mis à jour : l’envoi continue.",
            f"Réparez ce fichier, puis :  axtra envoi reprendre {edition}",
        )

    def base_is_away(self, seconds: float) -> None:
        """Say that the base no longer answers, and for how long it is waited for."""
        self.tell(
            f"la base ne répond plus : l’envoi l’attend, {seconds:.0f} secondes au plus.",
            is_warning=True,
        )


def withdrawals(number: int) -> str:
    """Say how many people left a list through listmonk."""
    return f"{count(number, 'désabonnement')} reçu{'s' * (number > 1)} de listmonk."
