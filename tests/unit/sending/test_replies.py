"""What an answer makes of a message, whatever the server's words."""

from __future__ import annotations

import pytest

from axtra.sending.replies import Fate, Phase, Reply


@pytest.mark.parametrize(
    ("phase", "code", "text", "fate"),
    [
        (Phase.DATA, 250, "2.0.0 queued", Fate.ACCEPTED),
        (Phase.RCPT, 550, "5.1.1 <a@b.test>: user unknown", Fate.GONE),
        (Phase.RCPT, 550, "5.1.2 bad destination system", Fate.GONE),
        (Phase.RCPT, 550, "5.1.10 recipient not found", Fate.GONE),
        (Phase.RCPT, 550, "5.2.1 mailbox disabled", Fate.REFUSED),
        (Phase.RCPT, 550, "5.2.1 <a@b.test>", Fate.REFUSED),
        (Phase.RCPT, 550, "5.2.1 user unknown", Fate.GONE),
        (Phase.DATA, 550, "5.1.1 unknown after all", Fate.GONE),
        (Phase.RCPT, 550, "5.1.0 address rejected", Fate.REFUSED),
        (Phase.RCPT, 550, "No such user here", Fate.GONE),
        (Phase.RCPT, 551, "User not local", Fate.REFUSED),
        (Phase.RCPT, 553, "mailbox name not allowed", Fate.REFUSED),
        (Phase.RCPT, 552, "5.2.2 mailbox full", Fate.FULL),
        (Phase.RCPT, 552, "Requested mail action aborted", Fate.FULL),
        (Phase.DATA, 554, "5.2.2 over quota", Fate.FULL),
        (Phase.RCPT, 450, "4.2.0 greylisted", Fate.LATER),
        (Phase.RCPT, 452, "4.2.2 mailbox full", Fate.LATER),
        (Phase.DATA, 451, "4.3.0 try again", Fate.LATER),
        (Phase.MAIL, 421, "4.7.0 too many", Fate.LATER),
        (Phase.RCPT, 550, "5.7.1 blocked", Fate.POLICY),
        (Phase.RCPT, 554, "Relay access denied", Fate.POLICY),
        (Phase.RCPT, 550, "5.1.8 sender domain does not exist", Fate.POLICY),
        (Phase.RCPT, 553, "5.1.7 bad sender", Fate.POLICY),
        (Phase.DATA, 550, "looks like spam", Fate.POLICY),
        (Phase.DATA, 554, "5.6.0 message content rejected", Fate.POLICY),
        (Phase.MAIL, 550, "5.1.1 sender unknown", Fate.POLICY),
        (Phase.MAIL, 530, "5.7.0 authentication required", Fate.POLICY),
        (Phase.RCPT, 550, "see http://help.test/5.1.1 for help", Fate.REFUSED),
    ],
)
def test_an_answer_says_what_becomes_of_a_message(
    phase: Phase, code: int, text: str, fate: Fate
) -> None:
    assert Reply(phase, code, text).fate is fate


def test_only_an_answer_that_closes_the_connection_closes_it() -> None:
    assert Reply(Phase.RCPT, 421, "closing").closing
    assert not Reply(Phase.RCPT, 450, "later").closing
