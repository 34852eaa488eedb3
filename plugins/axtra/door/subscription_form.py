"""The form by which people subscribe, as someone filled it in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from axtra.subscribers import AddressError, normalized
from axtra.subscribers.addresses import unwrapped, visible
from axtra.subscribers.importing.mistyped_addresses import near_domain
from infolettre.text import first_names

LIFE = 86_400  # seconds for which the token of a form is good
TRAP = "commentaire"  # a field that no person sees


@dataclass(frozen=True, slots=True)
class FilledForm:
    """What someone typed.

    `address` is empty when it cannot be used; `faults` maps fields to what is wrong with them;
    `near` is a domain that the address may mean; `seen` tells whether that was already asked;
    `trapped` whether the field that nobody sees is filled in.
    """

    typed: str
    address: str
    first_name: str
    lists: tuple[str, ...]
    faults: Mapping[str, str]
    near: str
    seen: bool
    trapped: bool
    token: str

    @property
    def is_doubtful(self) -> bool:
        """Return whether to ask about the address before writing to it."""
        return bool(self.near) and not self.seen


BLANK = FilledForm("", "", "", (), {}, "", seen=False, trapped=False, token="")


def read(fields: Mapping[str, Sequence[str]], offered: Iterable[str]) -> FilledForm:
    """Read the fields of a form; `offered` are the lists that anyone may join."""

    def field(name: str) -> str:
        return fields.get(name, [""])[0]

    typed = visible(field("adresse") or field("email")).strip()[:254]  # « email » on the site
    address, faults = "", {}
    try:
        address = normalized(unwrapped(typed))
    except AddressError as error:
        faults["adresse"] = f"{error}. Écrivez-la comme ceci\u00a0: nom@exemple.ca"
    lists = tuple(liste for liste in offered if liste in fields.get("liste", []))
    if not lists:
        faults["liste"] = "Choisissez au moins une infolettre."
    return FilledForm(
        typed=typed,
        address=address,
        # Anything but a name is dropped: anyone may type it into a mail that goes to someone else.
        first_name=first_names.tidy(field("prenom")),
        lists=lists,
        faults=faults,
        near=near_domain(address.rpartition("@")[2]),
        seen=bool(address) and field("vue") == typed,
        trapped=bool(field(TRAP)),
        token=field("jeton"),
    )
