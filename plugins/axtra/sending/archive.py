"""A frozen edition, read again: compared with what it gives today, recorded once it left."""

from __future__ import annotations

import difflib
import email.policy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from axtra.content import sent_letters
from axtra.sending.conditions import ForgottenDeparture
from axtra.sending.ledger import Ledger
from axtra.sending.ledger_records import FrozenEdition
from infolettre.core.diagnostics import count

_MOST = 200  # lines of difference


@dataclass(frozen=True, slots=True)
class Comparison:
    """Whether the bytes are the same, and what differs, in French."""

    same: bool
    text: str


def differences(frozen: FrozenEdition, today: bytes, inputs: Mapping[str, str]) -> Comparison:
    """Compare the frozen bytes and the files that they were made from with those of today.

    Args:
        frozen: what was frozen.
        today: the same template, built now with the frozen date.
        inputs: the hash of each file, now.
    """
    same = frozen.template == today
    changed = sorted(
        name
        for name in frozen.inputs.keys() | inputs.keys()
        if frozen.inputs.get(name) != inputs.get(name)
    )
    written = [
        f"« {frozen.edition} », empreinte {frozen.hash[:16]} : "
        + ("octets identiques." if same else "les octets ont changé.")
    ]
    if changed:
        written.append(f"{count(len(changed), 'fichier')} : {', '.join(changed)}")
    if not same:
        written += list(_lines(frozen.template, today))[:_MOST]
    return Comparison(same, "\n".join(written))


def parts(frozen: FrozenEdition) -> tuple[str, str]:
    """Return the text and the HTML of a frozen edition, their personal values still sentinels."""
    read = _read(frozen.template)
    return read["plain"], read["html"]


def record_sent(root: Path, frozen: FrozenEdition, messages: int) -> None:
    """Write in the project's record that readers have an edition.

    Args:
        root: the project's folder.
        frozen: what left.
        messages: how many left to that list.

    Raises:
        RegisterError: the register cannot be read.
        OSError: it cannot be written.
    """
    day = (frozen.departed or frozen.moment).date()
    urls = sent_letters.carried(parts(frozen), frozen.terms.siteurl)
    sent_letters.record(
        root, sent_letters.Sent(frozen.edition, frozen.liste, day, frozen.hash, urls, messages)
    )


def forgotten(root: Path, edition: str, ledger: Ledger) -> list[ForgottenDeparture]:
    """List the departures of an edition that the ledger does not know, once for each list.

    The project's register tells some, the journal outside the data folder others.

    Raises:
        RegisterError: the project's register cannot be read.
        FolderError: the journal cannot be read.
    """
    if ledger.vouched(edition):
        return []
    departures = {
        liste: ForgottenDeparture(liste, moment.date(), str(ledger.journal.path), certain=certain)
        for liste, (moment, certain) in ledger.forgotten(edition).items()
    }
    for sent in sent_letters.load(root):
        if sent.edition == edition and ledger.reach(edition, sent.audience) < max(1, sent.messages):
            liste = sent.audience
            departures[liste] = ForgottenDeparture(liste, sent.day, sent_letters.FILE)
    return [departures[liste] for liste in sorted(departures)]


def _lines(before: bytes, after: bytes) -> Iterator[str]:
    old, new = _read(before), _read(after)
    for name, text in old.items():
        yield from difflib.unified_diff(
            text.splitlines(),
            new[name].splitlines(),
            f"gelé/{name}",
            f"aujourd’hui/{name}",
            n=1,
            lineterm="",
        )


def _read(template: bytes) -> dict[str, str]:
    """Take a message apart: its headers, its text, its HTML."""
    message = BytesParser(policy=email.policy.default).parsebytes(template)
    parts = {"en-tetes": "\n".join(f"{name}: {value}" for name, value in message.raw_items())}
    for part in message.walk():
        if isinstance(part, EmailMessage) and part.get_content_maintype() == "text":
            parts[part.get_content_subtype()] = str(part.get_content())
    return parts
