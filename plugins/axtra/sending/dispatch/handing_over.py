"""Hand a frozen edition over to listmonk: draft it, test it there, let it leave.

Nobody gets an edition twice: the ledger notes what was handed over before listmonk hears of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from axtra.core.pasted_commands import quoted
from axtra.newsletter.exports import PlaceholderError, campaign
from axtra.sending.dispatch.context import Ask, Confirmation, DispatchContext
from axtra.sending.dispatch.departing import confirm, record_sent
from axtra.sending.dispatch.departure_checks import check_edition, check_memory
from axtra.sending.dispatch.preparing import frozen_edition, template_now
from axtra.sending.ledger_records import MessageState, PendingMessage
from axtra.sending.listmonk import Listmonk, ListmonkError, SilentError
from axtra.sending.settings import Settings
from axtra.subscribers import Reason, folded
from infolettre.core.refusals import Refusal

_SILENT = "listmonk n’a pas répondu quand la campagne a démarré"
_HANDED = "confié à listmonk"


class Handover:
    """A frozen edition on its way to listmonk; the ledger is held alone meanwhile.

    Attributes:
        frozen: the edition.
    """

    def __init__(self, context: DispatchContext, service: Listmonk, edition: str) -> None:
        """Settle what a silence left, and do here what people did there.

        Raises:
            WrongUsage: nothing is frozen.
            ListmonkError: listmonk refuses, or the edition changed since it was frozen.
            Refusal: the edition left already.
        """
        self._context, self._service = context, service
        self.frozen = frozen_edition(context.ledger, edition)
        self._settle_silence()
        if self.frozen.departed and not context.ledger.unsent(self.frozen):
            raise Refusal(f"« {edition} » est déjà partie.", f"axtra envoi bilan {edition}")
        self._withdraw()
        self._campaign = self._make_campaign()

    def prepare(self) -> int:
        """Make the draft, or write it again, with the list of those who may be written to.

        Returns:
            How many people listmonk will write to.
        """
        names = [
            (message.recipient.address, message.recipient.first_name) for message in self._allowed()
        ]
        identity = self._service.fill(self.frozen.edition, self.frozen.liste, names)
        self._withdraw()  # listmonk keeps out of the new list those whom it blocked
        self._service.prepare(self._campaign, identity)
        return sum(member.confirmed for member in self._service.members(identity))

    def test(self, address: str) -> None:
        """Let listmonk send the draft to one address."""
        known = self._draft()
        lists = {
            "lists": [liste["id"] for liste in known["lists"]],
            "template_id": known["template_id"],
        }
        self._service.test(known["id"], {**self._campaign, **lists}, address)
        self._context.ledger.note_test(self.frozen, self._context.now())

    def start(self, settings: Settings, confirmation: Confirmation | Ask) -> int:
        """Check everything, then let listmonk write to people.

        Returns:
            To how many.

        Raises:
            WrongUsage: the confirmation differs from what is frozen.
            DiagnosedRefusal, UnmetConditions: the edition may not leave.
            SilentError: nobody knows whether the campaign started.
            ListmonkError: it did not.
        """
        context, frozen = self._context, self.frozen
        check_memory(context, frozen.edition)
        check_edition(context, settings, frozen)
        known = self._draft()
        people = self._allowed()
        members = {
            member.address.casefold()
            for liste in known["lists"]
            for member in self._service.members(liste["id"])
            if member.confirmed
        }
        if members != {message.folded for message in people}:
            raise ListmonkError(
                "la liste de listmonk n’est plus celle des personnes à qui écrire.",
                f"axtra envoi listmonk {frozen.edition}",
            )
        typed = confirmation if isinstance(confirmation, Confirmation) else confirmation(frozen)
        confirm(context, frozen, typed)
        context.ledger.unschedule(frozen.edition)
        context.ledger.depart(frozen, context.now())
        self._let_leave(known["id"], people)
        record_sent(context, frozen.edition)
        return len(people)

    def _settle_silence(self) -> None:
        """End the doubts that a silence of listmonk left: a campaign that started is no draft."""
        ledger, edition = self._context.ledger, self.frozen.edition
        unsure = {folded(line.address) for line in ledger.lines(edition) if line.reason == _SILENT}
        if not unsure:
            return
        known = self._service.find(edition)
        started = known is not None and known["status"] != "draft"
        state = MessageState.ACCEPTED if started else MessageState.TO_SEND
        with ledger.together():
            for doubt in ledger.doubts():
                if doubt.edition == edition and doubt.folded in unsure:
                    ledger.resolve(doubt, state, _HANDED if started else "")

    def _withdraw(self) -> None:
        """Take off here who left a list there, and suppress who was blocked there."""
        register, now = self._context.register, self._context.now
        left = 0
        for liste, member in self._service.gone():
            person = register.find(member.address)
            if person and register.unsubscribe(person.id, liste, now(), "listmonk"):
                left += 1
            if member.blocked:
                register.suppress(member.address, Reason.UNSUBSCRIBED, now())
        if left:
            self._context.events.withdrawn(left)

    def _make_campaign(self) -> dict[str, Any]:
        """Write the campaign of the edition, as long as it is what was frozen."""
        frozen, context = self.frozen, self._context
        rendered = context.content.render(frozen.edition, frozen.liste, context.now())
        if template_now(frozen, rendered) != frozen.template:
            raise ListmonkError(
                f"« {frozen.edition} » a changé depuis qu’elle est gelée.",
                f"axtra envoi geler {frozen.edition} --liste {quoted(frozen.liste)}",
            )
        try:
            return campaign(rendered.letter, rendered.mail, rendered.facts)
        except PlaceholderError as error:
            raise ListmonkError(f"« {frozen.edition} » ne s’exporte pas : {error}.") from None

    def _allowed(self) -> list[PendingMessage]:
        """List the messages of those who were frozen and may still be written to."""
        register, now = self._context.register, self._context.now
        return [
            message
            for message in self._context.ledger.unsent(self.frozen)
            if not register.refusal(message.recipient.person, self.frozen.liste, now())
        ]

    def _draft(self) -> dict[str, Any]:
        """Find the draft, the same as what would be written now."""
        known = self._service.find(self.frozen.edition)
        same = known and all(
            known[key] == self._campaign[key] for key in ("subject", "body", "altbody")
        )
        if not known or not same or known["status"] != "draft":
            raise ListmonkError(
                "listmonk n’a pas le brouillon de ces octets.",
                f"axtra envoi listmonk {self.frozen.edition}",
            )
        return known

    def _let_leave(self, identity: int, people: Sequence[PendingMessage]) -> None:
        """Start the campaign: each message is claimed before, and settled after."""
        ledger, edition = self._context.ledger, self.frozen.edition
        ledger.set_out(edition)
        taken = {message.folded for message in people}
        state, reason = MessageState.UNSURE, _SILENT
        with ledger.together():
            for message in ledger.unsent(self.frozen):
                if message.folded in taken:
                    ledger.claim(message)
                else:
                    ledger.settle(message, MessageState.EXCLUDED, "ne peut plus recevoir")
        try:
            self._service.start(identity)
            state, reason = MessageState.ACCEPTED, _HANDED
        except SilentError:
            raise
        except ListmonkError as error:
            state, reason = MessageState.TO_SEND, error.problem
            raise
        finally:
            with ledger.together():
                for message in people:
                    ledger.settle(message, state, reason)
            ledger.tell_progress(edition, last=True)
