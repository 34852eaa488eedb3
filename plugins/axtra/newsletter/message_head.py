"""The headers of an edition that are the same for all the readers of a list."""

from __future__ import annotations

from datetime import datetime

from axtra.content.model import Facts, Newsletter
from axtra.content.schema import KINDS
from infolettre.message import Head


def message_head(letter: Newsletter, facts: Facts, liste: str, moment: datetime) -> Head:
    """Return what the headers of an edition say to the readers of a list.

    Args:
        letter: the edition.
        facts: who sends it.
        liste: the list that receives it.
        moment: when it is sent, with its time zone.
    """
    domain = facts.email.rpartition("@")[2]
    return Head(
        sender=facts.name,
        address=facts.email,
        reply_to=facts.email,
        subject=letter.title.plain,
        moment=moment,
        language=letter.language,
        list_name=letter.newsletter_type.name.plain,
        list_id=f"{liste}.{domain}",
        archive=f"{facts.website}{KINDS['infolettre'].listing}",
        feedback=f"{letter.slug}:{liste}:{letter.newsletter_type.slug}:{domain}",
    )
