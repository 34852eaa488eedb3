"""When refusals may be a fault of ours, and what they then do to nobody.

An address that a server says does not exist is suppressed once the whole edition shows that the
server can be believed; until then the ledger holds the suppression. A run stops, and proposes
instead of suppressing, after refusals of one kind in a row, or when they are too large a part of
the edition. A person then decides once: from there on, only the same words in a row stop it again.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from axtra.sending.ledger import Ledger
from axtra.sending.ledger_records import Decision, MessageState, PendingMessage, Removal, choices
from axtra.sending.replies import Fate, Reply
from axtra.subscribers import Reason, Register
from axtra.subscribers.returns.bounce_reports import Nature
from infolettre.core.refusals import Refusal

IN_A_ROW = 5  # refusals of one kind, on one connection or on all together
SHARE, AT_LEAST = 0.03, 10  # of an edition; people
AT_LEAST_OF_SHORT = 3  # people, when that is more than half of the edition
SILENT_IN_A_ROW = 10  # messages without an answer
_PERSON, _TAG = 26, 34  # where the mark of the edition is in the code of an envelope
# What a person's history keeps of a refusal that is about them.
_NOTED = {
    Fate.GONE: Nature.GONE,
    Fate.REFUSED: Nature.REVIEW,
    Fate.PERSON: Nature.CLOSED,
    Fate.FULL: Nature.SOFT,
}
_OWN = re.compile(r"\S*@\S*|\S*\d\S*")  # what differs from one answer to the next


@dataclass(slots=True)
class _RefusalsInARow:
    """Refusals of one kind in a row."""

    kind: str = ""
    people: list[tuple[PendingMessage, Reply]] = field(default_factory=list)


class RefusalMonitor:
    """The refusals of an edition, from one run to the next.

    `reason` says why the run must stop, once it must.
    """

    def __init__(
        self, edition: str, ledger: Ledger, register: Register, now: Callable[[], datetime]
    ) -> None:
        self._edition, self._ledger, self._register, self._now = edition, ledger, register, now
        counts = ledger.counts(edition)
        self._size = sum(counts.values()) - counts[MessageState.EXCLUDED]
        self._decision = ledger.decision(edition)
        self._gone = self._count_gone()
        self._rows: dict[Hashable, _RefusalsInARow] = defaultdict(_RefusalsInARow)
        self._silent: dict[Hashable, int] = defaultdict(int)
        self._stopped_by = ""  # the kind of the refusals in a row
        self.reason: Refusal | None = None
        self._weigh()

    def _count_gone(self) -> int:
        kinds = (Removal.HELD, Removal.PROPOSED, Removal.DONE)
        return len(self._ledger.removals(self._edition, *kinds))

    def removal(self, message: PendingMessage, fate: Fate) -> Removal | None:
        """Return what an answer makes of a person's suppression; None changes nothing."""
        if fate is not Fate.GONE or message.removal or self._decision is Decision.KEEP:
            return None
        self._gone += 1
        return Removal.HELD

    def answered(self, connection: Hashable, message: PendingMessage, reply: Reply) -> None:
        """Take an answer into account, once the ledger has it."""
        fate = reply.fate
        if _known(message, fate):
            self._note(message, reply)
            return
        kind = self._kind(reply) if fate in _NOTED else ""
        if kind and kind == self._stopped_by:  # it was on its way
            self._spare([(message, reply)])
            return
        for key in (None, connection):
            self._silent[key] = 0
            if self._rows[key].kind != kind:
                if key is not None:
                    self._note_all(self._rows[key])
                self._rows[key] = _RefusalsInARow(kind)
            if kind:
                self._rows[key].people.append((message, reply))
                if len(self._rows[key].people) >= IN_A_ROW and not self.reason:
                    self._stop_row(self._rows[key])
        if fate is Fate.GONE:
            self._weigh()

    def is_stopped_elsewhere(self) -> bool:
        """Return whether another sender of the edition stopped for a person to decide."""
        if self.reason is None and self._ledger.decision(self._edition) is Decision.OPEN:
            self.reason = decision_needed(
                self._edition, "Un autre poste qui envoie la même édition attend une décision."
            )
        return self.reason is not None

    def unanswered(self, connection: Hashable) -> None:
        """Take into account that no answer came that can be believed."""
        for key in (None, connection):
            self._silent[key] += 1
            if self._silent[key] >= SILENT_IN_A_ROW and not self.reason:
                self.reason = Refusal(
                    f"{SILENT_IN_A_ROW} messages de suite n’ont pas de réponse sûre : le serveur, "
                    "ou le chemin jusqu’à lui, ne va pas.\n    L’envoi est en pause. Voyez le "
                    f"serveur, puis :  axtra envoi reprendre {self._edition}"
                )

    def end(self, waiting: int, *, finished: bool) -> None:
        """End a run: note what the refusals told, and suppress whom nothing more can spare.

        Args:
            waiting: how many people of the edition are still to be written to.
            finished: whether each of them was tried, and nothing stopped the run.

        Raises:
            FolderError: the disk refuses.
        """
        for key, row in self._rows.items():
            if key is not None and row.kind != self._stopped_by:
                self._note_all(row)
        if self._ledger.decision(self._edition) is Decision.OPEN:
            propose(self._edition, self._ledger, self._register, self._now())
        elif finished or (self._decision is None and not self._too_many(self._gone + waiting)):
            for address, said in self._ledger.removals(self._edition, Removal.HELD):
                self._register.suppress(
                    address, Reason.ADDRESS, self._now(), edition=self._edition, detail=said
                )
            self._ledger.turn(self._edition, Removal.HELD, Removal.DONE)

    # --- what stops a run ------------------------------------------------------------------------

    def _too_many(self, people: int) -> bool:
        short = people >= AT_LEAST_OF_SHORT and 2 * people > self._size
        return short or (people >= AT_LEAST and people > self._size * SHARE)

    def _weigh(self) -> None:
        """Stop when the edition lost too many addresses for a list that is kept."""
        if self._ledger.is_shared:  # others note such addresses too
            self._gone = self._count_gone()
        if self._decision is None and not self.reason and self._too_many(self._gone):
            share = f"{self._gone / self._size:.0%}".replace("%", "\u00a0%")
            self._ask(f"le serveur dit que {self._gone} adresses n’existent pas ({share})")

    def _stop_row(self, row: _RefusalsInARow) -> None:
        message, reply = row.people[0]
        self._stopped_by = row.kind
        said = f"{reply.code} {reply.status}".strip()  # the text may name a person
        told = f"{len(row.people)} refus de suite, tous de la même sorte ({said})"
        if reply.fate is Fate.GONE and self._decision is not Decision.KEEP and not message.removal:
            self._ask(told)
            return
        self._spare(row.people)
        self.reason = Refusal(
            f"{told} : ce n’est sans doute pas la faute de ces personnes.\n    L’envoi est en "
            "pause; personne n’est retiré. Lisez les réponses, voyez le serveur et les réglages, "
            "puis reprenez :",
            f"axtra envoi bilan {self._edition}\naxtra envoi reprendre {self._edition}",
        )

    def _ask(self, told: str) -> None:
        self._ledger.decide(self._edition, Decision.OPEN, self._now())
        self.reason = decision_needed(self._edition, f"{told[0].upper()}{told[1:]}.")

    def _spare(self, people: Iterable[tuple[PendingMessage, Reply]]) -> None:
        """Write again, after all the others, to those who were refused with no proof."""
        for message, reply in people:
            if reply.fate is Fate.REFUSED or self._decision is Decision.KEEP:
                self._ledger.settle(
                    message,
                    MessageState.TO_SEND,
                    f"{reply.code} {' '.join(reply.text.split())}",
                    strikes=message.strikes + 1,
                    removal=Removal.DROPPED,
                )

    def _kind(self, reply: Reply) -> str:
        """Return the kind of a refusal; once a person decided, the words count too."""
        words = "" if self._decision is None else _OWN.sub("", reply.text.lower())
        return " ".join([reply.fate, *words.split()])

    # --- what the register keeps -----------------------------------------------------------------

    def _note_all(self, row: _RefusalsInARow) -> None:
        for message, reply in row.people:
            self._note(message, reply)

    def _note(self, message: PendingMessage, reply: Reply) -> None:
        tag = message.recipient.envelope[_PERSON:_TAG]
        nature = _NOTED[reply.fate]
        self._register.note_bounce(message.recipient.person, tag, nature, reply.status, self._now())


def _known(message: PendingMessage, fate: Fate) -> bool:
    """Tell whether a refusal of this message was met before, and spared or waited for."""
    match fate:
        case Fate.GONE | Fate.REFUSED:
            return message.removal == Removal.DROPPED
        case Fate.PERSON:
            return message.strikes > 0
        case Fate.FULL:
            return message.attempts > 0
    return False


def decision_needed(edition: str, problem: str) -> Refusal:
    """Say what a person has to decide before an edition goes on."""
    return Refusal(
        f"{problem}\n"
        "    L’envoi est en pause; personne n’est retiré tant que vous n’avez pas choisi. "
        "Une panne du serveur ou un réglage peut faire refuser de bonnes adresses.\n"
        f"    Lisez d’abord les réponses :         axtra envoi bilan {edition}",
        choices(edition),
    )


def propose(edition: str, ledger: Ledger, register: Register, moment: datetime) -> None:
    """Propose to suppress those whose suppression was held.

    Raises:
        FolderError: the disk refuses.
    """
    for address, said in ledger.removals(edition, Removal.HELD):
        register.propose(address, Reason.ADDRESS, moment, edition=edition, detail=said)
    ledger.turn(edition, Removal.HELD, Removal.PROPOSED)


def settle(
    edition: str,
    decision: Decision,
    ledger: Ledger,
    register: Register,
    moment: datetime,
    address: str | None = None,
) -> int:
    """Remove or keep the people who are proposed, or one of them, as a person decided.

    The edition goes on once none is left; as soon as one was kept, the server is not believed.

    Returns:
        How many were decided of.

    Raises:
        FolderError: the disk refuses.
    """
    propose(edition, ledger, register, moment)
    if decision is Decision.KEEP:
        people = register.drop_proposals(edition, moment, address)
        ledger.turn(edition, Removal.PROPOSED, Removal.DROPPED, address)
    else:
        people = register.accept_proposals(edition, moment, address)
        ledger.turn(edition, Removal.PROPOSED, Removal.DONE, address)
    if register.proposals(edition):
        return len(people)
    if address is not None and register.standing(edition).distrusted:
        decision = Decision.KEEP
    # Returned mail proposes people of editions that left elsewhere: the ledger notes nothing then.
    known = ledger.frozen(edition) is not None
    if known and (people or ledger.decision(edition) is Decision.OPEN):
        ledger.decide(edition, decision, moment)
    return len(people)
