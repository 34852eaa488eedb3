"""Returned mail is read from an IMAP server, whose certificate and name are checked."""

from __future__ import annotations

import os
import subprocess
from datetime import datetime
from pathlib import Path

import pytest

from axtra.subscribers import Basis, Consent, Register
from axtra.subscribers.returns.mailboxes import MailboxError, read
from infolettre.core.dates import ZONE
from support.certificates import self_signed
from support.imap_server import Box, served
from support.small_sites import BIN

NOW = datetime(2026, 3, 1, 9, tzinfo=ZONE)
MAILS = {4: b"Subject: un\r\n\r\nbonjour\r\n", 9: b"Subject: deux\r\n\r\n{12}\r\n)\r\n"}


def a_box(folder: bytes = b'"INBOX"', key: str = 'a"b\\c') -> Box:
    return Box("rebonds@exemple.test", key, folder, dict(MAILS))


def trust(monkeypatch: pytest.MonkeyPatch, pem: Path) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))


@pytest.mark.parametrize(
    ("folder", "typed", "password"),
    [
        (b'"INBOX"', "INBOX", 'a"b\\c'),
        (b'"INBOX"', "", "été & 25 $"),
        (b'"Courriels re&AOc-us"', "Courriels%20reçus", "x"),
        (b'"A &- B/&AMk-t&AOk-"', "A%20%26%20B/%C3%89t%C3%A9", "x"),
    ],
)
def test_new_mail_is_read_once(
    folder: bytes, typed: str, password: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = self_signed(tmp_path, "127.0.0.1")
    trust(monkeypatch, pem)
    with served(a_box(folder, password), pem) as box:
        source = f"imaps://rebonds%40exemple.test@127.0.0.1:{box.port}/{typed}"
        seen: list[tuple[bytes, set[int]]] = []

        def take(mail: bytes) -> bool:
            seen.append((mail, set(box.seen)))
            return len(seen) > 1  # a person should read the first

        read(source, password, take)
        assert seen == [(MAILS[4], set()), (MAILS[9], set())]
        assert box.seen == {9}
        read(source, password, take)
        assert seen[2:] == [(MAILS[4], {9})]
        assert box.seen == {4, 9}
        read(source, password, take)
        assert len(seen) == 3
        assert box.said[-1] == "LOGOUT"


def test_a_wrong_password_or_folder_is_reported_without_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = self_signed(tmp_path, "127.0.0.1")
    trust(monkeypatch, pem)
    with served(a_box(), pem) as box:
        source = f"imaps://rebonds%40exemple.test@127.0.0.1:{box.port}"
        with pytest.raises(MailboxError, match="refuse") as caught:
            read(f"{source}/INBOX", "secret-faux", bool)
        assert "secret-faux" not in str(caught.value)
        with pytest.raises(MailboxError, match="n’existe pas"):
            read(f"{source}/Autre", box.password, bool)
        assert box.seen == set()


@pytest.mark.parametrize("wrong", ["unknown", "name"])
def test_no_password_goes_to_a_server_that_nothing_vouches_for(
    wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = self_signed(tmp_path, "127.0.0.1" if wrong == "unknown" else "autre.exemple.test")
    trust(monkeypatch, pem if wrong == "name" else self_signed(tmp_path, "tiers.exemple.test"))
    with served(a_box(), pem) as box:
        with pytest.raises(MailboxError, match="refuse"):
            read(f"imaps://rebonds@127.0.0.1:{box.port}/INBOX", box.password, bool)
        assert box.said == []


@pytest.mark.parametrize(
    "source",
    ["imaps://a@h:99999/INBOX", "imaps://a@h:x/INBOX", "imaps://a@[h/INBOX", "imaps://h/INBOX",
     "imap://a@h/INBOX", "imaps://a%0D%0Ab@h/INBOX", "imaps://a@h/IN%00BOX"],
)  # fmt: skip
def test_an_address_that_does_not_read_is_reported(source: str) -> None:
    with pytest.raises(MailboxError, match="imaps://nom@serveur/INBOX"):
        read(source, "x", bool)


def test_the_command_reads_a_bounce_from_imap(tmp_path: Path) -> None:
    data = tmp_path / "donnees"
    with Register.open(data) as register:
        register.add("membres", "zoe@exemple.test", Consent(Basis.EXPRESS, NOW, "x", "x"), NOW)
        person = register.find("zoe@exemple.test")
        assert person
        code = register.keys.envelope(person.id, "2026-02-25")
    bounce = (
        f"Delivered-To: rebonds+{code}@exemple.test\r\nSubject: Failed\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; h\r\n\r\n"
        "Final-Recipient: rfc822; zoe@exemple.test\r\nAction: failed\r\n"
        "Status: 5.1.1\r\n\r\n--b--\r\n"
    )
    pem = self_signed(tmp_path, "127.0.0.1")
    box = a_box()
    box.mails = {1: bounce.encode()}
    with served(box, pem):
        done = subprocess.run(
            [BIN / "axtra", "abonnes", "rebonds", f"imaps://rebonds%40exemple.test@127.0.0.1:{box.port}/INBOX"],
            env={
                **os.environ,
                "AXTRA_DONNEES": str(data),
                "AXTRA_IMAP_MOT_DE_PASSE": box.password,
                "SSL_CERT_FILE": str(pem),
            },
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "1 personne dont l’adresse n’existe plus" in done.stdout
    assert "zoe" not in done.stdout + done.stderr
    with Register.open(data) as register:
        assert register.is_suppressed("zoe@exemple.test")
