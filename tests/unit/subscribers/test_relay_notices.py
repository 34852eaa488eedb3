"""Notifications of Amazon SES: believed once they are checked, judged as other returned mail."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from axtra.core.dates import ZONE
from axtra.door import relay_posts
from axtra.subscribers import Basis, Consent, Pool, Reason, Register
from axtra.subscribers.returns.relay_notices import NoticeError, as_mails, read, read_file
from axtra.subscribers.returns.sorting import sort
from support.amazon_sns import CERTIFICATE, TOPIC, bounce, certificate, complaint, signed

pytestmark = pytest.mark.bases

NOW = datetime(2026, 3, 1, 9, tzinfo=ZONE)
ADDRESS = "zoe@exemple.test"
GONE = "smtp; 550 5.1.1 <zoe@exemple.test>: Recipient address rejected: User unknown"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "donnees"


@pytest.fixture
def register(folder: Path) -> Iterator[Register]:
    with Register.open(folder) as register:
        consent = Consent(Basis.EXPRESS, NOW, "essai", "essai")
        for address in (ADDRESS, "un@exemple.test", "deux@exemple.test"):
            register.add("membres", address, consent, NOW)
        yield register


def source(register: Register) -> str:
    person = register.find(ADDRESS)
    assert person
    return f"rebonds+{register.keys.envelope(person.id, '2026-03-01')}@essai.test"


def _post(app: Starlette, data: bytes) -> int:
    async def post() -> int:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://porte.test") as client:
            return (await client.post(relay_posts.PATH, content=data)).status_code

    return asyncio.run(post())


def posted(message: object, **changes: str) -> bytes:
    return json.dumps(signed(message, **changes)).encode()


@pytest.mark.parametrize("version", ["1", "2"])
def test_an_address_that_does_not_exist_is_removed_as_a_mail_would_have_it(
    register: Register, version: str
) -> None:
    data = posted(bounce(source(register), GONE), SignatureVersion=version)
    notice = read(data, TOPIC, certificate)
    sort(notice.mails, register, NOW)
    assert register.suppression(ADDRESS) is Reason.ADDRESS
    assert b"zoe@" not in b"".join(notice.mails)


@pytest.mark.parametrize(
    ("said", "status", "kind"),
    [
        ("smtp; 550 5.1.1 SPF check failed", "5.1.1", "Permanent"),
        ("smtp; 552 5.2.2 mailbox full", "5.2.2", "Permanent"),
        ("smtp; 550 5.7.1 blocked by policy", "5.7.1", "Permanent"),
        ("smtp; 451 4.4.1 timeout", "4.4.1", "Transient"),
        ("", "", "Permanent"),
        ("", "", "Undetermined"),
    ],
)
def test_permanent_does_not_say_that_nobody_is_there(
    register: Register, said: str, status: str, kind: str
) -> None:
    notice = read(posted(bounce(source(register), said, status, kind)), TOPIC, certificate)
    sort(notice.mails, register, NOW)
    assert register.suppression(ADDRESS) is None
    assert register.proposals() == ()


@pytest.mark.parametrize(("kind", "reason"), [("abuse", Reason.COMPLAINT), ("not-spam", None)])
def test_who_complains_is_written_to_no_more(
    register: Register, kind: str, reason: Reason | None
) -> None:
    notice = read(posted(complaint(source(register), kind)), TOPIC, certificate)
    sort(notice.mails, register, NOW)
    assert register.suppression(ADDRESS) is reason


@pytest.mark.parametrize(
    "notification",
    [
        {}, {"notificationType": "Delivery"}, {"notificationType": "Bounce", "bounce": []},
        {"notificationType": "Bounce", "mail": 3, "bounce": {"bouncedRecipients": [1, "a", {}]}},
        {"notificationType": "Complaint", "complaint": None}, {"eventType": ["Bounce"]},
    ],
)  # fmt: skip
def test_what_says_nothing_changes_nothing(register: Register, notification: object) -> None:
    sort(read(posted(notification), TOPIC, certificate).mails, register, NOW)
    assert register.suppression(ADDRESS) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"TopicArn": "arn:aws:sns:ca-central-1:999999999999:autre"},
        {"SigningCertURL": "http://sns.ca-central-1.amazonaws.com/x.pem"},
        {"SigningCertURL": "https://sns.ca-central-1.amazonaws.com.exemple.test/x.pem"},
        {"SigningCertURL": "https://exemple.test/sns.ca-central-1.amazonaws.com/x.pem"},
        {"SigningCertURL": "https://sns.ca-central-1.amazonaws.com@exemple.test/x.pem"},
        {"SigningCertURL": "https://sns.ca-central-1.amazonaws.com:8443/x.pem"},
        {"SigningCertURL": "https://s3.amazonaws.com/sns/x.pem"},
        {"SigningCertURL": "https://[sns"},
        {"SignatureVersion": "3"},
        {"Timestamp": "2030-01-01T00:00:00.000Z"},
        {"Timestamp": "hier"},
        {"Type": "UnsubscribeConfirmation"},
    ],
)
def test_what_amazon_did_not_sign_for_our_topic_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(NoticeError):
        read(posted({}, **changes), TOPIC, certificate)


@pytest.mark.parametrize("name", ["Message", "MessageId", "Timestamp", "Signature"])
def test_a_byte_that_changed_since_it_was_signed_is_seen(name: str) -> None:
    given = signed(bounce("a@essai.test", GONE), Subject="Amazon SES")
    given[name] = given[name].replace("1", "2") if "1" in given[name] else f"{given[name]}x"
    with pytest.raises(NoticeError):
        read(json.dumps(given).encode(), TOPIC, certificate)


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b'{"Type": 3}', b"[" * 100_000, b"{}"])
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(NoticeError):
        read(data, TOPIC, certificate)
    with pytest.raises(NoticeError):
        read(posted({}), "", certificate)


def test_a_file_is_read_as_ses_wrote_it_or_as_sns_signed_it(tmp_path: Path) -> None:
    bare, whole = tmp_path / "a.json", tmp_path / "b.json"
    bare.write_text(json.dumps(bounce("a@essai.test", GONE)), "utf-8")
    whole.write_bytes(posted(bounce("a@essai.test", GONE)))
    mails = tuple(as_mails(bounce("a@essai.test", GONE)))
    assert read_file(bare, "").mails == read_file(whole, TOPIC, certificate).mails == mails
    with pytest.raises(NoticeError):
        read_file(whole, "", certificate)


def test_the_service_keeps_what_is_signed_until_it_is_judged(
    register: Register, folder: Path
) -> None:
    journal: list[str] = []
    pool = Pool(folder)
    route = relay_posts.route(pool, TOPIC, lambda: NOW, journal.append, certificate)
    app = Starlette(routes=[route])
    data = posted(bounce(source(register), GONE))
    forged = data.replace(b'"un"', b'"deux"')
    assert [_post(app, sent) for sent in (data, data, forged)] == [204, 204, 403]
    assert _post(app, b"x" * 400_000) == 413
    link = CERTIFICATE.replace("SimpleNotificationService-0.pem", "?Action=ConfirmSubscription")
    asking = {"Type": "SubscriptionConfirmation", "Token": "t", "SubscribeURL": link}
    assert _post(app, posted({}, **asking)) == 204
    assert link in journal[-1], "a person confirms it"
    assert "zoe@" not in "".join(journal)
    taken: list[bytes] = []
    register.judge_notices(lambda mail: not taken.append(mail))
    assert len(taken) == 1
    register.judge_notices(lambda mail: not taken.append(mail))
    assert len(taken) == 1
    pool.close()
