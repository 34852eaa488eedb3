"""The mail that asks for a confirmation, and what its failures say."""

from __future__ import annotations

import base64
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from axtra.content import site_facts
from axtra.door.confirmation_mail import Fault, PostError, Relay, confirmation
from axtra.sending.replies import Phase, Reply
from axtra.sending.settings import Server
from axtra.sending.wire import Connection, LostError, UnreachableError
from infolettre.core.dates import ZONE
from infolettre.core.refusals import Refusal, WrongUsage

CONTENT = Path(__file__).parents[3] / "content"
NOW = datetime(2026, 3, 1, 9, tzinfo=ZONE)
RELAY = Relay(Server("127.0.0.1", 1, "aucun"))


def test_the_mail_is_marked_as_automatic_and_keeps_its_accents() -> None:
    facts = site_facts.read(CONTENT, "content")[0]
    data = confirmation(facts, "zoe@exemple.test", "Bonjour Zoé,\nvoilà.\n", NOW)
    message = message_from_bytes(data, policy=policy.default)
    assert message["To"] == "zoe@exemple.test"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == NOW
    assert message.get_content().splitlines() == ["Bonjour Zoé,", "voilà."]
    assert all(len(line) <= 998 for line in data.split(b"\r\n"))


class FakeConnection:
    """A connection whose server answers as it is told to."""

    def __init__(self, outcome: Reply | Exception) -> None:
        self.outcome = outcome
        self.ended = False
        self.data = b""

    def deliver(self, _sender: str, _recipient: str, data: bytes) -> Reply:
        self.data = data
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome

    def quit(self) -> None:
        self.ended = True


@pytest.mark.parametrize(
    ("outcome", "fault"),
    [
        (Reply(Phase.RCPT, 550, "5.1.1 <zoe@exemple.test> user unknown"), Fault.ADDRESS),
        (Reply(Phase.RCPT, 550, "refused"), Fault.ADDRESS),
        (Reply(Phase.RCPT, 450, "4.2.0 greylisted"), Fault.MOMENT),
        (Reply(Phase.DATA, 554, "5.7.1 <zoe@exemple.test> spam"), Fault.MOMENT),
        (LostError(Phase.RCPT, ""), Fault.MOMENT),
        (LostError(Phase.DATA, "", sent=True), Fault.UNSURE),
    ],
)
def test_a_failure_says_whether_to_try_again_and_names_nobody(
    monkeypatch: pytest.MonkeyPatch, outcome: Reply | Exception, fault: Fault
) -> None:
    connection = FakeConnection(outcome)
    monkeypatch.setattr(Connection, "open", lambda *_: connection)
    with pytest.raises(PostError) as caught:
        RELAY.send("nous@exemple.test", "zoe@exemple.test", b"")
    assert caught.value.fault is fault
    assert isinstance(caught.value, Refusal)
    assert "zoe" not in str(caught.value)
    assert connection.ended


def test_an_accepted_mail_raises_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    connection = FakeConnection(Reply(Phase.DATA, 250, "ok"))
    monkeypatch.setattr(Connection, "open", lambda *_: connection)
    RELAY.send("nous@exemple.test", "zoe@exemple.test", b"")
    assert connection.ended


def test_a_server_that_is_not_there_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object) -> None:
        raise UnreachableError("le serveur ne répond pas")

    monkeypatch.setattr(Connection, "open", unreachable)
    with pytest.raises(PostError, match="ne répond pas") as caught:
        RELAY.send("nous@exemple.test", "zoe@exemple.test", b"")
    assert caught.value.fault is Fault.MOMENT


def test_without_settings_there_is_no_relay(tmp_path: Path) -> None:
    assert Relay.of({}, tmp_path, "exemple.test") is None


DKIM = 'dkim-cle = "{}"\ndkim-selecteur = "axe"\n'
SMTP = {"AXTRA_SMTP_URL": "smtp://127.0.0.1:1?tls=aucun"}


def test_the_mail_is_signed_with_the_key_of_the_letters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.PKCS8
    pem = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    (tmp_path / "cle.pem").write_bytes(pem)
    (tmp_path / "envoi.toml").write_text(DKIM.format(tmp_path / "cle.pem"), "utf-8")
    connection = FakeConnection(Reply(Phase.DATA, 250, "ok"))
    monkeypatch.setattr(Connection, "open", lambda *_: connection)
    facts = site_facts.read(CONTENT, "content")[0]
    relay = Relay.of(SMTP, tmp_path, "exemple.test")
    assert relay
    relay.send("a@exemple.test", "z@b.test", confirmation(facts, "z@b.test", "Bonjour\n", NOW))
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    published = {b"axe._domainkey.exemple.test.": b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)}
    assert dkim.verify(connection.data, dnsfunc=lambda name, timeout=5: published[name])  # noqa: ARG005
    other = connection.data.replace(b"Confirmez", b"Confirmes")
    assert not dkim.verify(other, dnsfunc=lambda name, timeout=5: published[name])  # noqa: ARG005


def test_a_key_that_cannot_sign_stops_the_service(tmp_path: Path) -> None:
    (tmp_path / "envoi.toml").write_text(DKIM.format(tmp_path / "absente.pem"), "utf-8")
    with pytest.raises(WrongUsage, match="clé DKIM"):
        Relay.of(SMTP, tmp_path, "exemple.test")
