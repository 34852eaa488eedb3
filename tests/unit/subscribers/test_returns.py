"""Returned mail: whose it is, what it proves, and how little it may do."""

from __future__ import annotations

import mailbox
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axtra.subscribers import Basis, Consent, Keys, Reason, Register
from axtra.subscribers.returns.judgement import ADDRESS_CLASS, Nature, judge
from axtra.subscribers.returns.mailboxes import MailboxError, read, unseen
from axtra.subscribers.returns.sorting import Sorter, SortingReport, sort
from axtra.subscribers.signed_tokens import new_id
from infolettre.core.dates import ZONE

pytestmark = pytest.mark.bases

NOW = datetime(2026, 3, 1, 9, tzinfo=ZONE)
KEYS = Keys((b"k" * 30,), b"p")
PERSON = new_id()


def verp(person: str = PERSON, edition: str = "2026-02-25", keys: Keys = KEYS) -> str:
    return f"rebonds+{keys.envelope(person, edition)}@exemple.test"


def report(
    status: str, diagnostic: str = "", action: str = "failed", to: str = "", extra: str = ""
) -> bytes:
    """Write a delivery report as a Postfix would, with CRLF."""
    told = f"Diagnostic-Code: smtp; {diagnostic}\n" if diagnostic else ""
    text = f"""\
From: MAILER-DAEMON@relais.exemple.test (Mail Delivery System)
To: {to or verp()}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="limite"

--limite
Content-Type: text/plain; charset=us-ascii

Ce texte peut citer 5.1.1 sans rien prouver.
--limite
Content-Type: message/delivery-status

Reporting-MTA: dns; relais.exemple.test
Arrival-Date: Wed, 25 Feb 2026 10:00:00 -0500

Final-Recipient: rfc822; zoe@exemple.test
Action: {action}
Status: {status}
{told}{extra}
--limite
Content-Type: text/rfc822-headers

Return-Path: <{to or verp()}>
Subject: Infolettre

--limite--
"""
    return text.replace("\n", "\r\n").encode()


def complaint(kind: str, inside: str) -> bytes:
    return f"""\
From: plaintes@fournisseur.exemple
To: abus@exemple.test
Subject: FW: Infolettre
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

Une plainte.
--b
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: Fournisseur/1
Version: 1

--b
Content-Type: message/rfc822

{inside}
Subject: Infolettre

Bonjour
--b--
""".encode()


@pytest.mark.parametrize("status", sorted(ADDRESS_CLASS - {"5.2.1"}))
def test_only_statuses_about_the_address_say_that_it_is_gone(status: str) -> None:
    verdict = judge(report(status), KEYS)
    assert (verdict.nature, verdict.person, verdict.status) == (Nature.GONE, PERSON, status)


@pytest.mark.parametrize(
    ("status", "diagnostic", "nature"),
    [
        ("5.0.0", "550 no thanks", Nature.SOFT),
        ("5.0.0", "550 5.1.1 no such user", Nature.GONE),
        ("5.1.1", "550 5.7.1 blocked by policy", Nature.POLICY),
        ("5.1.1", "552 5.2.2 mailbox full", Nature.SOFT),
        ("5.2.1", "", Nature.REVIEW),
        ("5.2.2", "", Nature.SOFT),
        ("5.3.4", "", Nature.SOFT),
        ("5.4.1", "", Nature.SOFT),
        ("5.1.8", "", Nature.SOFT),
        ("4.2.2", "", Nature.SOFT),
        ("5.7.1", "", Nature.POLICY),
        ("5.7.26", "550 5.7.26 unauthenticated", Nature.POLICY),
        ("15.1.1", "", Nature.SOFT),
        ("5.1.12", "", Nature.SOFT),
        ("n’importe quoi", "", Nature.SOFT),
    ],
)
def test_any_other_failure_proves_nothing_of_the_address(
    status: str, diagnostic: str, nature: Nature
) -> None:
    assert judge(report(status, diagnostic), KEYS).nature is nature


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_a_report_of_no_failure_is_not_a_bounce(action: str) -> None:
    assert judge(report("5.1.1", action=action), KEYS).nature is Nature.NOTHING


def test_several_recipients_must_all_be_gone() -> None:
    second = "\nFinal-Recipient: rfc822; b@exemple.test\nAction: failed\nStatus: 5.2.2\n"
    assert judge(report("5.1.1", extra=second), KEYS).nature is Nature.SOFT


def test_a_message_that_answers_by_itself_is_not_a_bounce() -> None:
    text = f"To: {verp()}\nSubject: Absente\nAuto-Submitted: auto-replied\n\nDe retour lundi.\n"
    assert judge(text.encode(), KEYS).nature is Nature.NOTHING


def test_an_informal_bounce_is_read_by_its_words() -> None:
    text = f"""\
From: MAILER-DAEMON@exemple.test
To: {verp()}
Subject: failure notice

Hi. This is the qmail-send program at exemple.test.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<zoe@exemple.test>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Subject: 550 5.7.1 dans le texte renvoyé
"""
    verdict = judge(text.encode(), KEYS)
    assert (verdict.nature, verdict.person) == (Nature.GONE, PERSON)
    vague = text.replace("no mailbox here by that name. (#5.1.1)", "I give up.")
    assert judge(vague.encode(), KEYS).nature is Nature.SOFT


@pytest.mark.parametrize("where", ["To", "Delivered-To", "X-Original-To"])
def test_the_envelope_names_the_person_wherever_it_was_kept(where: str) -> None:
    data = report("5.1.1", to="x@exemple.test")
    assert judge(data, KEYS).person is None
    assert judge(f"{where}: {verp().upper()}\r\n".encode() + data, KEYS).person == PERSON


def test_a_forged_envelope_names_nobody() -> None:
    forged = verp(keys=Keys((b"z" * 30,), b"p"))
    assert judge(report("5.1.1", to=forged), KEYS).person is None


@pytest.mark.parametrize(
    ("kind", "nature"), [("abuse", Nature.COMPLAINT), ("not-spam", Nature.NOTHING)]
)
def test_a_complaint_is_attributed_by_what_the_mail_carried(kind: str, nature: Nature) -> None:
    link = f"List-Unsubscribe: <https://a.exemple/desabonnement/{KEYS.link(PERSON, 'membres')}>"
    for inside in (link, f"Return-Path: <{verp()}>"):
        verdict = judge(complaint(kind, inside), KEYS)
        assert verdict.nature is nature
        if nature is Nature.COMPLAINT:
            assert verdict.person == PERSON
    assert judge(complaint(kind, "X-Rien: 1"), KEYS).person is None


@given(st.binary(max_size=300), st.integers(0, 1200))
def test_no_bytes_crash_the_reading(noise: bytes, place: int) -> None:
    judge(noise, KEYS)
    whole = report("5.1.1")
    judge(whole[:place] + noise + whole[place:], KEYS)


# --- the register --------------------------------------------------------------------------------


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    """Open a register where three people receive a list."""
    with Register.open(tmp_path / "donnees") as value:
        for name in ("a", "b", "c"):
            consent = Consent(Basis.EXPRESS, NOW, "essai", "essai")
            value.add("membres", f"{name}@exemple.test", consent, NOW)
        yield value


def of(register: Register, name: str) -> str:
    person = register.find(f"{name}@exemple.test")
    assert person
    return person.id


def bounced(register: Register, name: str, status: str, edition: str = "e") -> bytes:
    return report(status, to=verp(of(register, name), edition, register.keys))


def test_what_comes_back_suppresses_only_on_proof(register: Register) -> None:
    token = register.keys.link(of(register, "c"), "membres")
    done = sort(
        [
            bounced(register, "a", "5.1.1"),
            bounced(register, "b", "5.2.2"),
            bounced(register, "b", "5.7.1"),
            report("5.1.1", to="inconnue@exemple.test"),
            f"Subject: desabonnement {token}\n\n".encode(),
            b"Subject: bonjour\n\nRien.",
        ],
        register,
        NOW,
    )
    assert (done.read, done.unknown, len(done.to_read)) == (6, 1, 1)
    assert done.fresh == {
        Nature.GONE: 1,
        Nature.SOFT: 1,
        Nature.POLICY: 1,
        Nature.LEAVE: 1,
    }
    assert done.statuses == {"5.7.1": 1}
    assert [recipient.address for recipient in register.recipients("membres", NOW)[0]] == [
        "b@exemple.test"
    ]
    assert register.suppression("a@exemple.test") is Reason.ADDRESS
    assert register.suppression("c@exemple.test") is None


def test_a_storm_of_refusals_of_policy_suppresses_nobody(register: Register) -> None:
    storm = [bounced(register, name, "5.7.1", str(n)) for name in "abc" for n in range(30)]
    done = sort(storm, register, NOW)
    assert done.statuses == {"5.7.1": 90}
    assert len(register.recipients("membres", NOW)[0]) == 3


def test_soft_bounces_are_counted_over_editions_and_only_reported(register: Register) -> None:
    reviewed = []
    for edition in range(6):
        mails = [bounced(register, "a", "4.2.2", f"e{edition}")] * 3
        reviewed.append(len(sort(mails, register, NOW).to_review))
    assert reviewed == [0, 0, 0, 0, 1, 1]
    assert not register.is_suppressed("a@exemple.test")


def test_a_bounce_read_again_does_not_undo_a_new_subscription(register: Register) -> None:
    mail = bounced(register, "a", "5.1.1")
    sort([mail], register, NOW)
    pending = register.ask("a@exemple.test", "", ["membres"], NOW)
    assert pending
    register.confirm(pending, NOW)
    assert sort([mail], register, NOW).fresh[Nature.GONE] == 0
    assert not register.is_suppressed("a@exemple.test")


def test_a_complaint_suppresses(register: Register) -> None:
    link = register.keys.link(of(register, "a"), "membres")
    inside = f"List-Unsubscribe: <https://a.exemple/desabonnement/{link}>"
    sort([complaint("abuse", inside)], register, NOW)
    assert register.suppression("a@exemple.test") is Reason.COMPLAINT


# --- mailboxes -----------------------------------------------------------------------------------


def run(register: Register, source: Path) -> SortingReport:
    sorter = Sorter(register, NOW)
    read(str(source), "", sorter.take)
    return sorter.finish()


def test_a_maildir_is_read_once_and_keeps_its_mail(register: Register, tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "boite")
    box.add(bounced(register, "a", "5.1.1"))
    box.add(bounced(register, "b", "5.2.2"))
    assert run(register, tmp_path / "boite").read == 2
    assert run(register, tmp_path / "boite").read == 0
    assert len(mailbox.Maildir(tmp_path / "boite")) == 2


def test_an_mbox_may_be_read_again(register: Register, tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "boite")
    box.add(bounced(register, "a", "5.1.1"))
    box.flush()
    box.close()
    before = (tmp_path / "boite").read_bytes()
    assert run(register, tmp_path / "boite").fresh[Nature.GONE] == 1
    assert run(register, tmp_path / "boite").fresh[Nature.GONE] == 0
    assert (tmp_path / "boite").read_bytes() == before


@pytest.mark.parametrize("source", ["nulle-part", "imap://a@b/INBOX", "imaps:///INBOX"])
def test_a_mailbox_that_is_not_there_is_reported(source: str) -> None:
    with pytest.raises(MailboxError, match="imaps://nom@serveur/INBOX"):
        read(source, "secret", bool)


class _Server:
    """An IMAP folder of one message, as imaplib presents it."""

    def __init__(self) -> None:
        self.said: list[tuple[str, ...]] = []

    def select(self, folder: str) -> tuple[str, list[bytes]]:
        self.said.append(("SELECT", folder))
        return ("OK", [b"1"]) if folder == '"INBOX"' else ("NO", [b""])

    def uid(self, *words: str) -> tuple[str, list[object]]:
        self.said.append(words)
        match words[0]:
            case "SEARCH":
                return "OK", [b"7"]
            case "FETCH":
                return "OK", [(b"1 (UID 7 BODY[] {5}", b"mail!"), b")"]
            case _:
                return "OK", [b""]


def test_imap_marks_a_message_only_once_it_was_dealt_with() -> None:
    server = _Server()
    taken: list[bytes] = []

    def refuse(mail: bytes) -> bool:
        taken.append(mail)
        return False

    def accept(mail: bytes) -> bool:
        assert all(words[0] != "STORE" for words in server.said)
        return refuse(mail) or True

    unseen(server, "INBOX", refuse)  # type: ignore[arg-type]
    assert server.said[-1] == ("FETCH", "7", "(BODY.PEEK[])")
    unseen(server, "INBOX", accept)  # type: ignore[arg-type]
    assert taken == [b"mail!", b"mail!"]
    assert server.said[-1] == ("STORE", "7", "+FLAGS", r"(\Seen)")
    with pytest.raises(MailboxError, match="Autre"):
        unseen(server, "Autre", accept)  # type: ignore[arg-type]
