"""What the headers of an edition say to the readers of a list."""

from __future__ import annotations

from axtra.newsletter.message_head import message_head
from support.sample_library import FACTS, NOON, edition


def test_a_head_names_the_sender_and_the_list_under_the_senders_domain() -> None:
    head = message_head(edition("2020-06-01"), FACTS, "membres", NOON)
    assert (head.sender, head.address, head.reply_to) == (FACTS.name, FACTS.email, FACTS.email)
    assert head.list_id == "membres.essai.example"
    assert head.archive == f"{FACTS.website}/infolettres/"
    assert head.feedback == "2020-06-01:membres:mensuelle:essai.example"
    assert (head.list_name, head.subject) == ("Infolettre mensuelle", "La lettre 2020-06-01")
    assert (head.moment, head.language) == (NOON, "fr-CA")
