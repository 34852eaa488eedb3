"""The mail by which a centre is asked about its sheet, with a link that serves once."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from axtra.content.model import Centre, Facts
from axtra.content.template_filters import de
from axtra.network import sheets
from axtra.network.sheet_requests import LIFE, SheetRequests
from axtra.sending import notices
from axtra.subscribers.signed_tokens import Keys
from infolettre.core import dates
from infolettre.core.refusals import Refusal

PATH = "/centre/"  # of the door; then the token


@dataclass(frozen=True, slots=True)
class Reminder:
    """A mail to a centre, ready to leave."""

    centre: Centre
    link: str
    data: bytes


def prepare(
    centre: Centre,
    root: Path,
    facts: Facts,
    requests: SheetRequests,
    keys: Keys,
    moment: datetime,
) -> Reminder:
    """Note a question to a centre and return its mail.

    Args:
        centre: one that can be written to.
        root: the project's folder.
        facts: who writes; `service` is where the door answers.
        requests: where questions are noted.
        keys: sign the link.
        moment: now.

    Raises:
        Refusal: the site names no door, or the sheet cannot be read.
    """
    if not facts.service:
        raise Refusal(
            "le site n’a pas de service où un centre pourrait répondre.",
            'Dans content/site.toml :  service = "https://abonnement.exemple.org"',
        )
    sheet = sheets.shown(sheets.file_of(root, centre).read_bytes())
    identity = requests.ask(centre.slug, sheet, moment)
    link = f"{facts.service}{PATH}{keys.sheet(identity)}"
    subject = f"Votre fiche dans l’annuaire {de(facts.name)} est-elle exacte?"
    text = _text(centre, sheet, facts, link, moment)
    return Reminder(centre, link, notices.compose(facts, centre.email, subject, text, moment))


def _text(
    centre: Centre, sheet: Mapping[str, str], facts: Facts, link: str, moment: datetime
) -> str:
    said = [
        f"- {sheets.label_of(key)} : {', '.join(sheet[key.name].splitlines())}"
        for key in sheets.asked_keys()
        if sheet[key.name]
    ]
    when = f"le {dates.day(centre.verified)}" if centre.verified else "jamais"
    until = dates.day(moment + LIFE)
    return "\n".join(
        [
            "Bonjour,",
            "",
            *textwrap.wrap(
                f"Voici ce que l’annuaire {de(facts.name)} dit de « {centre.title.plain} » "
                f"(dernière vérification : {when})."
            ),
            "",
            *said,
            "",
            *_presentation(sheet[sheets.PRESENTATION]),
            *textwrap.wrap(
                "Tout est exact, ou quelque chose a changé? Dites-le en une minute, sans mot de "
                "passe :"
            ),
            "",
            link,
            "",
            *textwrap.wrap(
                f"Ce lien est pour votre centre seulement; il sert une fois, jusqu’au {until}. "
                "Une correction est relue par une personne avant de paraître."
            ),
            "",
            facts.long_name,
            facts.address,
            facts.locality,
            facts.email,
            "",
        ]
    )


def _presentation(words: str) -> list[str]:
    """Return the lines that say how a sheet presents its centre."""
    lines = [part for line in words.splitlines() for part in textwrap.wrap(line) or [""]]
    return ["Présentation :", "", *lines, ""] if words else []
