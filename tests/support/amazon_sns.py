"""Notifications as Amazon SNS signs them, with a certificate of our own."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

TOPIC = "arn:aws:sns:ca-central-1:123456789012:retours"
CERTIFICATE = "https://sns.ca-central-1.amazonaws.com/SimpleNotificationService-0.pem"
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
_ORDER = (
    "Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type",
)  # fmt: skip


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def certificate(_address: str) -> bytes:
    """Return the certificate, whatever the address: who calls has checked it."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(_key().public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=30))
        .not_valid_after(NOW + timedelta(days=30))
        .sign(_key(), SHA256())
    )
    return made.public_bytes(Encoding.PEM)


def signed(message: object, **changes: str) -> dict[str, str]:
    """Return a message of SNS, signed after the changes."""
    given = {
        "Type": "Notification",
        "MessageId": "un",
        "TopicArn": TOPIC,
        "Message": json.dumps(message),
        "Timestamp": NOW.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "SignatureVersion": "2",
        "SigningCertURL": CERTIFICATE,
        **changes,
    }
    text = "".join(f"{name}\n{given[name]}\n" for name in _ORDER if name in given)
    algorithm = SHA1() if given["SignatureVersion"] == "1" else SHA256()  # noqa: S303 - as Amazon
    signature = _key().sign(text.encode(), PKCS1v15(), algorithm)
    return {**given, "Signature": base64.b64encode(signature).decode()}


def bounce(source: str, said: str, status: str = "5.1.1", kind: str = "Permanent") -> Any:
    """Return what SES says of a mail that came back."""
    person = {"emailAddress": "zoe@exemple.test", "status": status, "diagnosticCode": said}
    return {
        "notificationType": "Bounce",
        "mail": {"source": source, "messageId": "m"},
        "bounce": {"bounceType": kind, "bouncedRecipients": [{"action": "failed", **person}]},
    }


def complaint(source: str, kind: str = "abuse") -> Any:
    """Return what SES says of somebody who complained."""
    return {
        "notificationType": "Complaint",
        "mail": {"source": source, "messageId": "m"},
        "complaint": {"complaintFeedbackType": kind, "complainedRecipients": []},
    }
