"""The headers of an edition: what its readers on a list are told alike."""

from __future__ import annotations

from datetime import datetime

from axtra.content.model import Facts, Newsletter
from axtra.message import Head


def message_head(letter: Newsletter, facts: Facts, liste: str, moment: datetime) -> Head:
    """Return what the headers of an edition say to the readers of a list.

    Args:
        letter: the edition.
        facts: who sends it.
        liste: the list that gets it.
        moment: when it is sent, with its time zone.
    """
    return Head(
        sender=facts.name,
        address=facts.email,
        reply_to=facts.email,
        subject=letter.title.plain,
        moment=moment,
        language=letter.language,
        list_name=letter.newsletter_type.name.plain,
        list_id=f"{liste}.{facts.email.rpartition('@')[2]}",
    )
