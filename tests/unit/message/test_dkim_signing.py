"""A DKIM signature covers all that it must, and fails when any of it changes."""

from __future__ import annotations

import base64

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from infolettre.message import Seal, SealError, compose
from support.sample_messages import HEAD, ONLINE, READER

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM,
    serialization.PrivateFormat.PKCS8,
    serialization.NoEncryption(),
)
OLD_PEM = KEY.private_bytes(
    serialization.Encoding.PEM,
    serialization.PrivateFormat.TraditionalOpenSSL,
    serialization.NoEncryption(),
)
PUBLISHED = b"v=DKIM1; k=rsa; p=" + base64.b64encode(
    KEY.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
)
MESSAGE = compose(HEAD, "<p>Été</p>\n", "Été\n", online=ONLINE).fill(READER)


def accepted(data: bytes) -> bool:
    """Return dkimpy's verdict, with the public key served as a name server would."""
    asked: list[bytes] = []

    def publish(name: bytes, timeout: int = 5) -> bytes:
        assert timeout
        asked.append(name)
        return PUBLISHED

    verdict = bool(dkim.verify(data, dnsfunc=publish))
    assert asked == [b"axe._domainkey.axtra.ca."]
    return verdict


@pytest.mark.parametrize("pem", [PEM, OLD_PEM, PEM.replace(b"\n", b"\r\n")])
def test_signing_only_prepends_a_header(pem: bytes) -> None:
    signed = Seal.of("axe", "axtra.ca", pem).sign(MESSAGE)
    assert signed.startswith(b"DKIM-Signature: v=1; a=rsa-sha256;")
    assert signed.endswith(b"\r\n" + MESSAGE)
    assert max(map(len, signed[: -len(MESSAGE)].split(b"\r\n"))) <= 78
    assert accepted(signed)


def test_signing_is_deterministic() -> None:
    seal = Seal.of("axe", "axtra.ca", PEM)
    assert seal.sign(MESSAGE) == seal.sign(MESSAGE)
    assert f" t={int(HEAD.moment.timestamp())};".encode() in seal.sign(MESSAGE)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"List-Unsubscribe=One-Click", b"List-Unsubscribe=No"),
        (b"abonnement.axtra.ca", b"abonnement.example"),
        (b"To: camille", b"To: camilla"),
        (b"Subject: ", b"Subject: x"),
        (b"=C3=89t", b"=C3=88t"),
        (b"From: AXTRA", b"From: Autre <x@example.test>\r\nFrom: AXTRA"),
        (b"Reply-To:", b"Reply-To: x@example.test\r\nReply-To:"),
        (b"List-Id:", b"List-Unsubscribe-Post: x\r\nList-Id:"),
        (b"List-Id:", b"List-Unsubscribe: <https://example.test/>\r\nList-Id:"),
    ],
)
def test_any_change_breaks_the_signature(before: bytes, after: bytes) -> None:
    signed = Seal.of("axe", "axtra.ca", PEM).sign(MESSAGE)
    start = signed.index(b"\r\nFrom:")
    altered = signed[:start] + signed[start:].replace(before, after, 1)
    assert altered != signed
    assert not accepted(altered)


@pytest.mark.parametrize(
    "pem",
    [
        b"",
        b"bonjour",
        b"-----BEGIN PRIVATE KEY-----\nbonjour\n-----END PRIVATE KEY-----\n",
        b"-----BEGIN PRIVATE KEY-----\n" + b"A" * 64 + b"\n-----END PRIVATE KEY-----\n",
        PEM[:400] + PEM[-40:],
        KEY.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        ),
    ],
)
def test_an_invalid_key_is_refused_without_being_quoted(pem: bytes) -> None:
    with pytest.raises(SealError, match="clé RSA"):
        Seal.of("axe", "axtra.ca", pem)


def test_a_key_is_never_in_the_repr() -> None:
    seal = Seal.of("axe", "axtra.ca", PEM)
    assert str(seal.key["privateExponent"]) not in repr(seal)
