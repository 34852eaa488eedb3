"""What is checked before an edition leaves: the content as it is now, against what is frozen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from axtra.content.sent_letters import RegisterError
from axtra.sending import archive, conditions, freezing
from axtra.sending.conditions import UnmetCondition, UnmetConditions
from axtra.sending.dispatch.context import DispatchContext
from axtra.sending.dispatch.preparing import template_now
from axtra.sending.ledger_records import FrozenEdition
from axtra.sending.project_content import RenderedEdition
from axtra.sending.settings import Settings
from infolettre.core import diagnostics
from infolettre.core.refusals import DiagnosedRefusal
from infolettre.message import lends_mailboxes


def check_memory(context: DispatchContext, edition: str) -> None:
    """Make sure that the ledger knows of every departure that something else knows of.

    Raises:
        UnmetConditions: it does not.
        DiagnosedRefusal: the project's record of sent editions cannot be read.
    """
    try:
        departures = archive.forgotten(context.content.root, edition, context.ledger)
    except RegisterError as error:
        raise DiagnosedRefusal([error.diagnostic]) from None
    if unmet := list(conditions.remembered(edition, departures)):
        raise UnmetConditions(edition, unmet)


def check_edition(
    context: DispatchContext,
    settings: Settings,
    frozen: FrozenEdition,
    at: datetime | None = None,
) -> None:
    """Make sure that everything which must be true before an edition leaves is true.

    Args:
        context: what it is sent with.
        settings: those of sending.
        frozen: the edition.
        at: when it leaves; the present, when it is None. What is online or built at a later moment
            is not known yet.

    Raises:
        WrongUsage: the project has no such edition any more.
        DiagnosedRefusal: the content, or the mail, has errors.
        UnmetConditions: the edition does not fulfil every condition.
    """
    moment = at or context.now()
    if errors := diagnostics.errors(context.content.verify(moment)):
        raise DiagnosedRefusal(
            errors, f"« {frozen.edition} » ne part pas tant qu’il y a une erreur."
        )
    rendered = context.content.checked(frozen.edition, frozen.liste, moment)
    unmet = list(_unmet(context, settings, frozen, rendered, moment))
    if at is None:
        unmet += _unanswered(context, settings, rendered, moment)
    if unmet:
        raise UnmetConditions(frozen.edition, unmet)


def _unmet(
    context: DispatchContext,
    settings: Settings,
    frozen: FrozenEdition,
    rendered: RenderedEdition,
    moment: datetime,
) -> Iterator[UnmetCondition]:
    ledger, name = context.ledger, frozen.edition
    same = (
        template_now(frozen, rendered) == frozen.template
        and freezing.terms_of(rendered, settings) == frozen.terms
    )
    if lends_mailboxes(frozen.terms.domain):
        context.events.sender_is_lent(frozen.terms.domain)
    yield from conditions.facts(rendered.facts)
    yield from conditions.schedule(rendered.letter, moment)
    yield from conditions.tested(same=same, test=ledger.tested(frozen), edition=name)
    if settings.approval or frozen.terms.approval:
        yield from conditions.approved(ledger, frozen, accounts=context.accounts)


def _unanswered(
    context: DispatchContext, settings: Settings, rendered: RenderedEdition, moment: datetime
) -> Iterator[UnmetCondition]:
    """Refuse links to what is not online; where no place is known, to what is not built."""
    links = conditions.own_links(rendered.mail.html, rendered.mail.text, rendered.siteurl)
    due = rendered.letter.date or moment
    if due > moment:
        links = [link for link in links if not _comes_with(rendered, link)]
        context.events.page_is_to_come(rendered.letter.slug, due)
    missing = context.content.missing_online(rendered.siteurl, links)
    if missing is not None:
        yield from conditions.online(missing)
    else:
        if not rendered.output.is_dir():
            context.content.build()
        yield from conditions.built(links, rendered.output)
    if settings.live:
        yield from conditions.live(links, settings.live)


def _comes_with(rendered: RenderedEdition, link: str) -> bool:
    """Tell whether an address will be there once the edition is published."""
    return link.startswith(rendered.letter.url) or link in rendered.mail.images
