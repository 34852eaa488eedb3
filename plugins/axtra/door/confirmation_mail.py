"""The only mails that the door sends: they ask for a confirmation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from axtra.content.model import Facts
from axtra.sending import notices, settings
from axtra.sending.freezing import dkim_seal
from axtra.sending.replies import Fate, Phase
from axtra.sending.settings import Server, SettingsError
from axtra.sending.wire import Connection, LostError, StopError, UnreachableError
from infolettre.core.refusals import Refusal, WrongUsage
from infolettre.message import Seal


class Fault(StrEnum):
    """Why a mail did not leave."""

    MOMENT = "moment"  # another attempt may succeed
    ADDRESS = "adresse"  # none will
    UNSURE = "incertain"  # the mail may have left


class PostError(Refusal):
    """The mail did not leave, or may not have left; the message says nothing about a person."""

    def __init__(self, problem: str, fault: Fault = Fault.MOMENT) -> None:
        super().__init__(problem)
        self.fault = fault


class Post(Protocol):
    """Sends mail."""

    def send(self, sender: str, recipient: str, data: bytes) -> None:
        """Send a mail, or raise PostError."""


@dataclass(frozen=True, slots=True)
class Relay:
    """Sends mail through the server of the infolettres; `seal` signs it, when there is a key."""

    server: Server
    seal: Seal | None = None

    @classmethod
    def of(cls, environment: Mapping[str, str], folder: Path, domain: str) -> Relay | None:
        """Read the settings; None when they name no server.

        Args:
            environment: the variables.
            folder: the data folder.
            domain: that of the sender, whose key signs unless the settings name another.

        Raises:
            WrongUsage: they cannot be used.
        """
        try:
            given = settings.read(environment, folder)
            seal = dkim_seal(given, domain) if given.server else None
        except SettingsError as error:
            raise WrongUsage(str(error)) from None
        return cls(given.server, seal) if given.server else None

    def send(self, sender: str, recipient: str, data: bytes) -> None:
        """Sign and send a mail; certificate and name are checked.

        Raises:
            PostError: the server refuses or does not answer.
        """
        if self.seal:
            data = self.seal.sign(data)
        try:
            connection = Connection.open(self.server, sender.rpartition("@")[2])
            try:
                reply = connection.deliver(sender, recipient, data)
            finally:
                connection.quit()
        except (StopError, UnreachableError) as error:
            raise PostError(str(error)) from None
        except LostError as error:
            fault = Fault.UNSURE if error.phase is Phase.DATA else Fault.MOMENT
            raise PostError("le serveur d’envoi ne répond plus", fault) from None
        if not reply.accepted:  # its text may quote the recipient: only its code goes on
            fault = Fault.ADDRESS if reply.fate in {Fate.REFUSED, Fate.GONE} else Fault.MOMENT
            raise PostError(f"le serveur d’envoi refuse ({reply.code})", fault)


def confirmation(
    facts: Facts, address: str, text: str, moment: datetime, *, moves: bool = False
) -> bytes:
    """Return the mail that asks to confirm a subscription, or that a person `moves`."""
    what = "changement d’adresse pour" if moves else "abonnement à"
    subject = f"Confirmez votre {what} l’infolettre d’{facts.name}"
    return notices.compose(facts, address, subject, text, moment)
