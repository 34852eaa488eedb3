"""A real Mailman: its lists pass our letters on, refuse them, and judge what comes back as we do.

Mailman wraps what it posts, and puts its own footer after it; it reads bounces by the same means
as we do (a code in the envelope, then flufl.bounce), in code of its own.
"""

from __future__ import annotations

import mailbox
import os
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from axtra.subscribers import Keys, Register
from axtra.subscribers.returns.judgement import Nature, judge
from axtra.subscribers.signed_tokens import new_id
from support import mailman_server, returned_samples, smtp_server
from support.mailman_server import Mailman, until
from support.returned_samples import wrapped
from support.sending_project import SendingProject, make_sending_project
from support.smtp_server import ReceivedMessage

pytestmark = [
    pytest.mark.lourd,
    pytest.mark.skipif(
        not mailman_server.USABLE and not os.environ.get("CI"),  # there, its absence is a failure
        reason="Mailman is missing",
    ),
]
OPEN, CLOSED = "relais@listes.test", "fermee@listes.test"
MEMBERS = {"luc@membres.test", "zoe@membres.test"}


@dataclass(frozen=True)
class Posted:
    """A letter that two lists got, and what one Mailman made of it."""

    trial: SendingProject
    mailman: Mailman
    ours: dict[str, ReceivedMessage]
    theirs: dict[str, ReceivedMessage]


@pytest.fixture(scope="module")
def posted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Posted]:
    folder = tmp_path_factory.mktemp("listes")
    trial = make_sending_project(folder)
    with (
        smtp_server.opened() as office,
        mailman_server.running(folder / "mailman", office.port) as mailman,
    ):
        trial.set_up(office.url, [OPEN, CLOSED])
        trial.freeze()
        assert trial.envoi("envoyer", *trial.confirmed(2)).returncode == 0
        ours = {value.recipient: value for value in office.post.taken}
        for our in (ours[OPEN], ours[CLOSED]):
            mailman.give(our.sender, our.recipient, our.content)
        until(lambda: len(office.post.taken) == len(ours) + 3)
        theirs = {our.recipient: our for our in office.post.taken[len(ours) :]}
        yield Posted(trial, mailman, ours, theirs)


def parsed(received_message: ReceivedMessage) -> EmailMessage:
    return message_from_bytes(received_message.content, policy=policy.default)


def test_the_members_of_a_list_read_the_letter_as_it_left(posted: Posted) -> None:
    ours, sent = posted.ours[OPEN], parsed(posted.ours[OPEN])
    body = ours.content.partition(b"\r\n\r\n")[2].strip()
    assert body.count(b"\r\n--=_") == 2
    assert set(posted.theirs) > MEMBERS
    for member in MEMBERS:
        got = parsed(posted.theirs[member])
        assert body in posted.theirs[member].content, "both forms, byte for byte"
        for name in ("From", "Reply-To", "Subject", "Date", "Message-ID", "Content-Language"):
            assert got[name] == sent[name], name
        # Who leaves by a click leaves that list, and does not take the whole list off ours.
        assert got.get_all("List-Unsubscribe") == ["<mailto:relais-leave@listes.test>"]


def test_a_list_that_refuses_the_letter_loses_nobody(posted: Posted, tmp_path: Path) -> None:
    (refused,) = set(posted.theirs) - MEMBERS
    assert refused == parsed(posted.ours[CLOSED])["Reply-To"].addresses[0].addr_spec
    box = mailbox.Maildir(tmp_path / "boite")
    box.add(posted.theirs[refused].content)
    posted.trial.done("abonnes", "rebonds", str(tmp_path / "boite"))
    with Register.open(posted.trial.data) as register:
        assert not register.is_suppressed(CLOSED)
        person = register.find(CLOSED)
        assert person
        assert register.lists_of(person.id) == ("membres",)


# Bounces in words that Mailman's patterns do not know.
READ_BY_US_ALONE = ("bounce_01", "dumbass_01", "simple_21", "simple_22", "simple_43")


def test_mailman_and_we_tell_bounces_from_other_mail_alike(
    posted: Posted,
) -> None:
    keys = Keys((b"k" * 30,), b"p")
    ours, unread = set(), set()
    for name, data in returned_samples.read().items():
        person = new_id()
        verdict = judge(wrapped(data, "To", f"rebonds+{keys.envelope(person, 'e')}@a.test"), keys)
        assert verdict.person == person
        if verdict.nature not in {Nature.NOTHING, Nature.TO_READ}:
            ours.add(f"{name}@membres.test")
        returns = f"relais-bounces+{name}=membres.test@listes.test"
        try:
            posted.mailman.give("", returns, wrapped(data, "To", returns))
        except smtplib.SMTPDataError:  # it reads no message with a defect; a mailbox holds some
            unread.add(f"{name}@membres.test")
    assert len(unread) < 3
    both = ours - unread - {f"{name}@membres.test" for name in READ_BY_US_ALONE}
    until(lambda: not posted.mailman.busy() and posted.mailman.bounces() >= both)
    assert posted.mailman.bounces() == both
