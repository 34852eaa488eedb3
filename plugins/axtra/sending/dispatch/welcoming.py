"""The letter that welcomes whoever has just confirmed, made from the last edition that left.

It is an edition like any other in the ledger, which people join one after another: each is claimed
before the server hears of them, and its key keeps everyone from receiving it twice. Nobody approves
its bytes each time: who wrote its words did, and every check of a mail is made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from axtra.content.model import Newsletter, NewsletterType, Welcome
from axtra.sending import conditions, freezing, mailing
from axtra.sending.conditions import UnmetConditions
from axtra.sending.dispatch.context import DispatchContext
from axtra.sending.dispatch.departing import SendingResult
from axtra.sending.ledger import Ledger
from axtra.sending.ledger_records import Decision, welcome_name
from axtra.sending.project_content import RenderedEdition
from axtra.sending.settings import Settings
from axtra.subscribers import Recipient, Register, folded
from infolettre.core.refusals import Refusal
from infolettre.message import HeaderError

FRESH = timedelta(days=7)  # after which a welcome would come too late
_MARGIN = timedelta(seconds=10)  # between the choice of people and their departure

# An edition, a list, words of welcome and the present, to the edition under these words.
Render = Callable[[str, str, Welcome, datetime], RenderedEdition]


def waiting(ledger: Ledger, register: Register, liste: str, now: datetime) -> list[Recipient]:
    """Return who confirmed of late, and was never written a welcome to that list."""
    name = welcome_name(liste)
    known, left = ledger.candidates(name), ledger.last_departure(name)
    # Whoever confirmed before was written to then, even if a restored ledger has forgotten it.
    since = max(now - FRESH, left - _MARGIN) if left else now - FRESH
    people = register.newcomers(liste, since, now)
    return [who for who in people if not {who.id, folded(who.address)} & known]


def last_edition(
    ledger: Ledger, letter_type: NewsletterType, letters: Iterable[Newsletter]
) -> Newsletter | None:
    """Return the last edition that left, to a list or of its type; None without any.

    Args:
        ledger: what left.
        letter_type: the type of the letters that a list receives.
        letters: those of the project.
    """
    known = {letter.slug: letter for letter in letters if not letter.rectified}
    slug = letter_type.slug
    mine = [
        (frozen.departed or frozen.moment, known[frozen.edition])
        for frozen in ledger.departed()
        if frozen.edition in known
        if slug in {frozen.liste, known[frozen.edition].newsletter_type.slug}
    ]
    return max(mine, key=lambda left: left[0])[1] if mine else None


def welcome(
    context: DispatchContext,
    settings: Settings,
    letter_type: NewsletterType,
    edition: Newsletter | None,
    render: Render,
) -> SendingResult | None:
    """Welcome those who wait for it, and try again those who could not be reached.

    Args:
        context: what it is sent with.
        settings: the server and its limits.
        letter_type: the list, with its words of welcome.
        edition: the last edition; None when none left: then people wait for it.
        render: renders it under these words.

    Returns:
        How the run ended, or None when there was nobody to write to.

    Raises:
        WrongUsage: there is no server.
        DiagnosedRefusal: the content, or the mail, has errors.
        UnmetConditions: something that must be true is not.
        BusyError: another process sends.
        Refusal: a person must decide first of addresses that were refused.
    """
    ledger, liste, now = context.ledger, letter_type.slug, context.now()
    name = welcome_name(liste)
    settings.required()
    with ledger.alone(edition=name):
        people = waiting(ledger, context.register, liste, now)
        if people and edition and letter_type.welcome:
            rendered = render(edition.slug, liste, letter_type.welcome, now)
            people = waiting(ledger, context.register, liste, context.now())  # it took a while
            _freeze(context, settings, liste, rendered, people)
        due = ledger.next_due(name)
        if (
            due is None
            or due > ledger.clock()
            or ledger.decision(name) is Decision.OPEN
            or ledger.paused(name)
        ):
            return None
        outcome = mailing.send(
            name, ledger, context.register, settings, context.now, context.events.progressed
        )
        context.events.ended()
        return SendingResult(outcome, ledger.counts(name), ledger.decision(name) is Decision.OPEN)


def _freeze(
    context: DispatchContext,
    settings: Settings,
    liste: str,
    rendered: RenderedEdition,
    people: list[Recipient],
) -> None:
    """Freeze the letter for people who join it, and let it leave."""
    name, moment = welcome_name(liste), context.now()
    if unmet := list(conditions.facts(rendered.facts)):
        raise UnmetConditions(name, unmet)
    try:
        frozen = freezing.freeze(
            rendered,
            liste,
            context.ledger,
            context.register,
            settings,
            moment,
            name=name,
            joining=people,
        )
    except HeaderError as error:
        raise Refusal(str(error)) from None
    context.ledger.depart(frozen, moment)
