"""Before an edition leaves: freeze it, test it, approve it, compare it with what it gives today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from axtra.sending import archive, conditions, freezing, mailing
from axtra.sending.conditions import UnmetConditions
from axtra.sending.ledger import Ledger
from axtra.sending.ledger_records import FrozenEdition
from axtra.sending.project_content import ProjectContent, RenderedEdition
from axtra.sending.settings import Settings
from axtra.subscribers import Register
from infolettre.core import diagnostics
from infolettre.core.refusals import DiagnosedRefusal, Refusal, WrongUsage
from infolettre.message import HeaderError


@dataclass(frozen=True, slots=True)
class Freezing:
    """What was frozen, of how many candidates.

    `unmet` tells why it could not leave as it is, `unscheduled` whether that cancelled a departure
    scheduled before.
    """

    frozen: FrozenEdition
    candidates: int
    unmet: UnmetConditions | None
    unscheduled: bool


def frozen_edition(ledger: Ledger, edition: str) -> FrozenEdition:
    """Return what was frozen last of an edition.

    Raises:
        WrongUsage: nothing was.
    """
    frozen = ledger.frozen(edition)
    if frozen is None:
        raise WrongUsage(
            f"« {edition} » n’est pas gelée.",
            f"axtra envoi geler {edition} --liste LISTE\n"
            "Les listes se trouvent par :  axtra abonnes lister",
        )
    return frozen


def check_rectified(ledger: Ledger, edition: str) -> None:
    """Refuse to rectify an edition that reached nobody from here.

    Args:
        ledger: what was sent.
        edition: the name of the edition that a letter rectifies; "" when it rectifies none.

    Raises:
        WrongUsage: it did not.
    """
    if edition and not ledger.reached_people(edition):
        raise WrongUsage(
            f"« {edition} » n’est arrivée à personne, d’après le registre des envois : "
            "il n’y a personne pour qui la rectifier.",
            f"axtra envoi bilan {edition}",
        )


def freeze(
    content: ProjectContent,
    ledger: Ledger,
    register: Register,
    settings: Settings,
    edition: str,
    liste: str,
    moment: datetime,
    who: str = "",
) -> Freezing:
    """Freeze the bytes of an edition and its recipients.

    An edition that could not leave as it is may be frozen and tested all the same. `who` is the
    account of who freezes it, "" without accounts.

    Raises:
        WrongUsage: there is no such list or edition, or it rectifies one that reached nobody.
        DiagnosedRefusal: the content, or the mail, has errors.
        BusyError: the edition is on its way, or everyone got it.
        Refusal: a value cannot stand in a header.
    """
    if liste not in register.lists():
        raise WrongUsage(
            f"la liste « {liste} » n’existe pas.",
            diagnostics.did_you_mean(liste, register.lists()),
        )
    if errors := diagnostics.errors(content.verify(moment)):
        raise DiagnosedRefusal(errors)
    rendered = content.checked(edition, liste, moment)
    check_rectified(ledger, rendered.letter.rectified)
    unmet = list(conditions.facts(rendered.facts))
    try:
        frozen = freezing.freeze(rendered, liste, ledger, register, settings, moment, who=who)
    except HeaderError as error:
        raise Refusal(str(error)) from None
    candidates = sum(ledger.counts(edition).values())
    refusal = UnmetConditions(edition, unmet) if unmet else None
    return Freezing(frozen, candidates, refusal, ledger.unschedule(edition))


def send_test(
    ledger: Ledger,
    register: Register,
    settings: Settings,
    edition: str,
    address: str,
    moment: datetime,
) -> FrozenEdition:
    """Send a frozen edition to one address, and note that it was seen.

    Raises:
        WrongUsage: nothing is frozen, or there is no server.
        StopError, UnreachableError, LostError: no answer came.
        Refusal: the server refuses the test, or the address cannot stand in a header.
    """
    frozen = frozen_edition(ledger, edition)
    try:
        reply = mailing.test(frozen, address, ledger, register, settings, moment)
    except HeaderError as error:
        raise Refusal(str(error)) from None
    if not reply.accepted:
        raise Refusal(
            f"le serveur refuse l’essai ({reply.code} {reply.status}).",
            "Vérifiez l’adresse, puis l’expéditeur (content/site.toml).",
        )
    return frozen


def approve(
    ledger: Ledger,
    edition: str,
    who: str,
    moment: datetime,
    account: str = "",
    *,
    accounts: bool = False,
) -> FrozenEdition:
    """Note that a second person approves what is frozen.

    Args:
        ledger: where it is frozen.
        edition: its name.
        who: how they sign.
        moment: now.
        account: theirs, "" without accounts.
        accounts: whether those who work here have accounts.

    Raises:
        WrongUsage: nothing is frozen.
        Refusal: the same account froze it; or an account is needed, and is missing on a side.
    """
    frozen = frozen_edition(ledger, edition)
    if not account and (accounts or frozen.who):
        raise Refusal(
            f"ici, chaque personne a un compte : un nom écrit n’approuve pas « {edition} ».",
            "Une autre personne de la direction l’approuve dans l’atelier, avec son compte : "
            "Infolettres, la lettre, Envoyer.",
        )
    if account and not frozen.who:
        unsigned = conditions.unsigned(edition)
        raise Refusal(f"{unsigned.reason}.", unsigned.remedy)
    if account and account == frozen.who:
        raise Refusal(
            f"vous avez gelé « {edition} » : une autre personne l’approuve.",
            "Demandez à une autre personne de la direction de l’approuver.",
        )
    ledger.approve(frozen, who, account, moment)
    return frozen


def compare(
    content: ProjectContent, ledger: Ledger, edition: str, moment: datetime
) -> archive.Comparison:
    """Compare the frozen bytes with those that the edition gives now.

    Raises:
        WrongUsage: nothing is frozen.
        DiagnosedRefusal: the content has errors.
        Refusal: a value cannot stand in a header.
    """
    frozen = frozen_edition(ledger, edition)
    rendered = content.render(edition, frozen.liste, moment)
    return archive.differences(frozen, template_now(frozen, rendered), rendered.inputs)


def template_now(frozen: FrozenEdition, rendered: RenderedEdition) -> bytes:
    """Return the template that an edition gives now, at the moment at which it was frozen.

    Raises:
        Refusal: a value cannot stand in a header.
    """
    try:
        return freezing.template_of(rendered, frozen.liste, frozen.moment).data
    except HeaderError as error:
        raise Refusal(str(error)) from None
