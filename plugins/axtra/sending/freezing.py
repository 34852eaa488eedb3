"""From an edition to frozen bytes and frozen recipients, and from both to messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from axtra.content.model import Facts, Newsletter
from axtra.message import (
    HeaderError,
    Reader,
    Seal,
    SealError,
    Template,
    compose,
    headers_for,
    identify,
)
from axtra.newsletter.message_head import message_head
from axtra.sending.ledger import Ledger
from axtra.sending.records import Frozen, Seat, Terms
from axtra.sending.run_context import Compose
from axtra.sending.settings import Settings, SettingsError
from axtra.subscribers import Excluded, Register
from axtra.subscribers.signed_tokens import new_id

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_RETURNS = "rebonds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """An edition to freeze for a list; both parts still hold their sentinels.

    `online` is the address of its page, `siteurl` that of the site.
    """

    edition: str
    liste: str
    letter: Newsletter
    html: str
    text: str
    facts: Facts
    siteurl: str
    online: str
    inputs: Mapping[str, str]

    def terms(self, settings: Settings) -> Terms:
        """Say what its messages hold besides their template."""
        domain = self.facts.email.rpartition("@")[2]
        returns = settings.returns or f"{_RETURNS}@{domain}"
        return Terms(self.siteurl, self.facts.service, returns, domain)

    def hash(self) -> str:
        """Name all that its readers get alike, but the moment at which it is frozen."""
        return self.template(_EPOCH).digest

    def template(self, moment: datetime) -> Template:
        """Make the message into which personal values go.

        Raises:
            HeaderError: a value cannot stand in a header.
        """
        head = message_head(self.letter, self.facts, self.liste, moment)
        return compose(head, self.html, self.text, online=self.online)


def freeze(
    letter: Letter, ledger: Ledger, register: Register, settings: Settings, moment: datetime
) -> Frozen:
    """Freeze an edition and those who get it.

    Raises:
        BusyError: the edition is on its way, or everyone got it.
        FolderError: the disk refuses.
        HeaderError: the edition cannot stand in headers.
    """
    digest, template, terms = letter.hash(), letter.template(moment), letter.terms(settings)
    recipients, refused = register.recipients(letter.liste, moment)
    seats: list[Seat] = []
    excluded = list(refused)
    for one in recipients:
        seat = Seat(
            one.address,
            one.first_name,
            one.id,
            identify(digest, letter.liste, one.id, domain=terms.domain).strip("<>"),
            register.keys.link(one.id, letter.liste),
            register.keys.envelope(one.id, letter.edition),
        )
        try:
            template.fill(_reader(seat, terms))
        except HeaderError:
            excluded.append(Excluded(one.address, "cette adresse ne peut pas être écrite"))
        else:
            seats.append(seat)
    return ledger.freeze(
        letter.edition,
        letter.liste,
        digest,
        template.data,
        terms,
        letter.inputs,
        seats,
        excluded,
        moment,
    )


def trial(frozen: Frozen, register: Register, address: str) -> Seat:
    """Give a seat to whoever tests: its link and its envelope name nobody of the register."""
    nobody = new_id()
    known = register.find(address)
    return Seat(
        address,
        known.first_name if known else "",
        nobody,
        f"essai-{nobody}@{frozen.terms.domain}",
        register.keys.link(nobody, frozen.liste),
        register.keys.envelope(nobody, frozen.edition),
    )


def composer(frozen: Frozen, seal: Seal | None, relay: str = "") -> Compose:
    """Give what makes a person's message of a frozen edition: the same bytes each time.

    Args:
        frozen: the edition.
        seal: what signs.
        relay: the server's name, when it is told to send nobody the same twice.
    """
    template = Template(frozen.template)
    told = headers_for(relay, frozen.edition, frozen.liste)

    def make(seat: Seat) -> bytes:
        message = told + template.fill(_reader(seat, frozen.terms))
        return seal.sign(message) if seal else message

    return make


def _reader(seat: Seat, terms: Terms) -> Reader:
    by_mail = f"mailto:{terms.returns}?subject=desabonnement%20{seat.link}"
    # One click asks for https; a door that is only open on this machine is no way to leave.
    secure = terms.door.startswith("https:")
    door = f"{terms.door}/desabonnement/{seat.link}" if secure else ""
    return Reader(
        address=seat.address,
        message_id=f"<{seat.message_id}>",
        unsubscribe=door or by_mail,
        by_mail=by_mail if door else "",
        first_name=seat.first_name,
    )


def sealed(settings: Settings, domain: str) -> Seal | None:
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


def envelope(terms: Terms) -> str:
    """Give the envelope sender, in which `{}` stands for a person's code."""
    name, _, domain = terms.returns.rpartition("@")
    return f"{name}+{{}}@{domain}"
