"""What a message holds of a person besides their address and name, made again from their id.

Nothing of it is kept for each person: it is the same each time for one freeze, whose signing key is
known by name.
"""

from __future__ import annotations

from dataclasses import dataclass

from axtra.sending.ledger_records import FrozenRecipient
from axtra.subscribers import Keys


@dataclass(frozen=True, slots=True)
class PersonalCodes:
    """How one freeze names its messages and the people that they are for.

    Attributes:
        edition: its name.
        liste: the list that they leave.
        hash: that of the content.
        domain: that of the sender.
        keys: those of the day on which it was frozen.
    """

    edition: str
    liste: str
    hash: str
    domain: str
    keys: Keys

    def message_id(self, person: str) -> str:
        """Return the identifier of a person's message, without angle brackets."""
        # A fifth of a second, which whoever only reads the ledger is spared.
        from infolettre.message import identify  # noqa: PLC0415

        return identify(self.hash, self.liste, person, domain=self.domain).strip("<>")

    def recipient(self, address: str, first_name: str, person: str) -> FrozenRecipient:
        """Return a person's place in the edition, with all that their message holds of them."""
        return FrozenRecipient(
            address,
            first_name,
            person,
            self.message_id(person),
            self.keys.link(person, self.liste),
            self.keys.envelope(person, self.edition),
        )
