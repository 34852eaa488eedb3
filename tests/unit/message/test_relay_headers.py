"""A relay that can refuse duplicates is asked to; other relays get no extra header."""

from __future__ import annotations

import pytest

from axtra.sending.freezing import composer
from axtra.sending.ledger_records import FrozenEdition
from infolettre.message import headers_for
from support.sample_ledger import MOMENT, TERMS, recipients
from support.sample_messages import letter, read


@pytest.mark.parametrize(
    "host",
    ["", "smtp.exemple.test", "mailjet.com.exemple.test", "xmailjet.com",
     "email-smtp.ca-central-1.amazonaws.com"],
)  # fmt: skip
def test_other_relays_get_no_extra_header(host: str) -> None:
    assert headers_for(host, "2026-03-02", "membres") == b""


def test_mailjet_is_asked_to_refuse_duplicates_and_not_to_track() -> None:
    template = letter().data
    frozen = FrozenEdition(
        1,
        "2026-03-02",
        "membres",
        "h1",
        template,
        TERMS,
        {},
        MOMENT,
        1,
        confirmed=None,
        departed=None,
    )
    [recipient] = recipients("zoe")
    plain = composer(frozen, None)(recipient)
    extended = composer(frozen, None, "in-v3.mailjet.com")(recipient)
    assert extended.endswith(plain)
    message = read(extended)
    assert {name: value for name, value in message.items() if name.startswith("X-Mailjet-")} == {
        "X-Mailjet-Campaign": "2026-03-02 membres",
        "X-Mailjet-DeduplicateCampaign": "true",
        "X-Mailjet-TrackOpen": "0",
        "X-Mailjet-TrackClick": "0",
    }
    assert extended == composer(frozen, None, "in-v3.mailjet.com")(recipient)
