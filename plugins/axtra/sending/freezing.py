"""From an edition to frozen bytes and frozen recipients, and from both to messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from axtra.newsletter.message_head import message_head
from axtra.sending.ledger import Ledger
from axtra.sending.ledger_records import FrozenEdition, FrozenRecipient, Terms
from axtra.sending.project_content import RenderedEdition
from axtra.sending.run_context import Compose
from axtra.sending.settings import Settings, SettingsError
from axtra.subscribers import Excluded, Recipient, Register, folded
from axtra.subscribers.signed_tokens import new_id
from infolettre.message import (
    ReaderValues,
    Seal,
    SealError,
    Template,
    compose,
    headers_for,
    is_address,
)

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_RETURNS = "rebonds"


def terms_of(edition: RenderedEdition, settings: Settings) -> Terms:
    """Return what the messages of an edition hold besides their template."""
    domain = edition.facts.email.rpartition("@")[2]
    returns = settings.returns or f"{_RETURNS}@{domain}"
    return Terms(edition.siteurl, edition.facts.service, returns, domain, settings.approval)


def content_hash(edition: RenderedEdition, liste: str) -> str:
    """Return the hash of all that readers get alike, except the moment of freezing."""
    return template_of(edition, liste, _EPOCH).digest


def template_of(edition: RenderedEdition, liste: str, moment: datetime) -> Template:
    """Make the message into which personal values go.

    Raises:
        HeaderError: a value cannot stand in a header.
    """
    head = message_head(edition.letter, edition.facts, liste, moment)
    return compose(head, edition.mail.html, edition.mail.text, online=edition.online)


def freeze(
    edition: RenderedEdition,
    liste: str,
    ledger: Ledger,
    register: Register,
    settings: Settings,
    moment: datetime,
    *,
    name: str = "",
    joining: Iterable[Recipient] | None = None,
    who: str = "",
) -> FrozenEdition:
    """Freeze an edition, under its name or another, and those who get it.

    They are its list, or people who join those whom it left for already; of a rectifying edition,
    those who got the other.

    Raises:
        BusyError: the edition is on its way, or everyone got it.
        FolderError: the disk refuses.
        HeaderError: the edition cannot stand in headers.
    """
    name = name or edition.letter.slug
    digest, terms = content_hash(edition, liste), terms_of(edition, settings)
    template = template_of(edition, liste, moment)
    candidates = register.candidates(liste, moment) if joining is None else joining
    rectified = edition.letter.rectified
    reached = ledger.reached_people(rectified) if rectified else None

    def entries() -> Iterator[Recipient | Excluded]:
        """Yield everyone in turn, so that memory does not grow with the list."""
        for person in candidates:
            if reached is not None:
                names = {folded(person.address), getattr(person, "id", "")}
                if not names & reached:
                    continue
            if isinstance(person, Excluded) or is_address(person.address):
                yield person
            else:
                yield Excluded(person.address, "cette adresse ne peut pas être écrite")

    return ledger.freeze(
        name,
        liste,
        digest,
        template.data,
        terms,
        edition.inputs,
        entries(),
        (),
        moment,
        joining=joining is not None,
        who=who,
    )


def test_recipient(frozen: FrozenEdition, register: Register, address: str) -> FrozenRecipient:
    """Make the recipient of a test; its link and its envelope name nobody of the register."""
    nobody = new_id()
    known = register.find(address)
    return FrozenRecipient(
        address,
        known.first_name if known else "",
        nobody,
        f"essai-{nobody}@{frozen.terms.domain}",
        register.keys.link(nobody, frozen.liste),
        register.keys.envelope(nobody, frozen.edition),
    )


def composer(frozen: FrozenEdition, seal: Seal | None, relay: str = "") -> Compose:
    """Return what makes a person's message of a frozen edition: the same bytes each time.

    Args:
        frozen: the edition.
        seal: what signs.
        relay: the server's name, when it is told to send nobody the same twice.
    """
    template = Template(frozen.template)
    told = headers_for(relay, frozen.edition, frozen.liste)

    def make(recipient: FrozenRecipient) -> bytes:
        message = told + template.fill(_reader(recipient, frozen.terms))
        return seal.sign(message) if seal else message

    return make


def _reader(recipient: FrozenRecipient, terms: Terms) -> ReaderValues:
    by_mail = f"mailto:{terms.returns}?subject=desabonnement%20{recipient.link}"
    # One click asks for https; a door that is only open on this machine is no way to leave.
    secure = terms.door.startswith("https:")
    door = f"{terms.door}/desabonnement/{recipient.link}" if secure else ""
    return ReaderValues(
        address=recipient.address,
        message_id=f"<{recipient.message_id}>",
        unsubscribe=door or by_mail,
        by_mail=by_mail if door else "",
        first_name=recipient.first_name,
    )


def dkim_seal(settings: Settings, domain: str) -> Seal | None:
    """Read the key that signs, when the settings name one.

    Raises:
        SettingsError: it cannot sign.
    """
    if not settings.dkim_key:
        return None
    try:
        pem = Path(settings.dkim_key).read_bytes()
        return Seal.of(settings.dkim_selector, settings.dkim_domain or domain, pem)
    except OSError:
        raise SettingsError(f"la clé DKIM « {settings.dkim_key} » ne se lit pas.") from None
    except SealError as error:
        raise SettingsError(f"{error}.") from None


def envelope_sender(terms: Terms) -> str:
    """Return the envelope sender, in which `{}` stands for a person's code."""
    name, _, domain = terms.returns.rpartition("@")
    return f"{name}+{{}}@{domain}"
