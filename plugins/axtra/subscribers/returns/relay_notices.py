"""Notifications of Amazon SES, signed by Amazon SNS, as mails that are judged with all the others.

A mail names a person by the code of its envelope sender, never by an address.

Source: Amazon SNS, « Verifying the signatures of messages »; Amazon SES, « Notification contents ».
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from infolettre.core.refusals import Refusal

_HOST = re.compile(r"sns\.[a-z0-9-]{4,30}\.amazonaws\.com(?:\.cn)?")
_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": (
        "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type",
    ),
}  # fmt: skip
_HASHES = {"1": SHA1, "2": SHA256}
_MOST = 300_000  # bytes of a notification
_PATIENCE = 10  # seconds for the certificate
_ADDRESS = re.compile(r"[^\s<>()\"',;:]+@[^\s<>()\"',;:]+")
_LONGEST = 900  # characters of what a server said

Fetch = Callable[[str], bytes]


class NoticeError(Refusal):
    """A notification that is not what it says it is; nothing of it is kept."""


@dataclass(frozen=True, slots=True)
class RelayNotice:
    """A notification: its identifier, its mails, and the address that a person opens to confirm."""

    id: str
    mails: tuple[bytes, ...]
    to_confirm: str = ""


def fetch_certificate(address: str) -> bytes:
    """Fetch a certificate of Amazon SNS over HTTPS; its host was checked.

    Raises:
        OSError: it cannot be fetched.
    """
    with urllib.request.urlopen(address, timeout=_PATIENCE) as answer:  # noqa: S310 - https, and a pinned host
        return bytes(answer.read(20_000))


def read(data: bytes, topic: str, fetch: Fetch = fetch_certificate) -> RelayNotice:
    """Read a message of Amazon SNS, once its signature, its certificate and its topic are checked.

    Args:
        data: its JSON.
        topic: the only topic that is listened to, by its ARN.
        fetch: fetches a certificate.

    Raises:
        NoticeError: it is not signed by Amazon SNS for that topic.
    """
    given = _object(data)
    kind = given.get("Type", "")
    if kind not in _SIGNED or not all(isinstance(value, str) for value in given.values()):
        raise NoticeError("ce n’est pas un message d’Amazon SNS.")
    if not topic or given.get("TopicArn") != topic:
        raise NoticeError(
            "ce message vient d’un autre sujet d’Amazon SNS.",
            'Nommez le vôtre dans envoi.toml :  sns-sujet = "arn:aws:sns:…"',
        )
    _verify(given, fetch)
    if kind == "SubscriptionConfirmation":
        return RelayNotice(given["MessageId"], (), _amazon(given.get("SubscribeURL", "")))
    return RelayNotice(given["MessageId"], tuple(as_mails(_object(given["Message"].encode()))))


def read_file(path: Path, topic: str, fetch: Fetch = fetch_certificate) -> RelayNotice:
    """Read a notification that a person keeps: as SNS sent it, or as SES wrote it.

    Raises:
        NoticeError: it cannot be read, or is not what it says it is.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NoticeError(f"« {path} » ne se lit pas ({error.strerror}).") from None
    given = _object(data)
    if "Type" in given:
        return read(data, topic, fetch)
    return RelayNotice(path.name, tuple(as_mails(given)))


def _object(data: bytes) -> dict[str, Any]:
    try:
        given = json.loads(data) if len(data) <= _MOST else None
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise NoticeError("cette notification n’est pas un objet JSON.")
    return given


def _amazon(address: str) -> str:
    """Return an address of Amazon SNS unchanged.

    Raises:
        NoticeError: it leads elsewhere.
    """
    try:
        parts = urlsplit(address)
        sound = parts.scheme == "https" and parts.port in {None, 443} and "@" not in parts.netloc
    except ValueError:
        sound = False
    if not sound or not _HOST.fullmatch(parts.hostname or ""):
        raise NoticeError("ce message nomme un autre hôte que ceux d’Amazon SNS.")
    return address


def _verify(given: Mapping[str, str], fetch: Fetch) -> None:
    address = _amazon(given.get("SigningCertURL", ""))
    signed = "".join(f"{name}\n{given[name]}\n" for name in _SIGNED[given["Type"]] if name in given)
    algorithm = _HASHES.get(given.get("SignatureVersion", ""))
    try:
        certificate = _certificate(address, fetch)
        moment = datetime.fromisoformat(given["Timestamp"])
        lives = certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc
        key = certificate.public_key()
        signature = base64.b64decode(given.get("Signature", ""), validate=True)
        if not (lives and algorithm and isinstance(key, RSAPublicKey)):
            raise NoticeError("la signature d’Amazon SNS n’est pas valable.")
        key.verify(signature, signed.encode(), PKCS1v15(), algorithm())
    except (InvalidSignature, binascii.Error, KeyError, ValueError, TypeError):
        raise NoticeError("la signature d’Amazon SNS n’est pas valable.") from None
    except OSError:
        raise NoticeError("le certificat d’Amazon SNS ne se lit pas pour le moment.") from None


@lru_cache(maxsize=8)
def _certificate(address: str, fetch: Fetch) -> x509.Certificate:
    return x509.load_pem_x509_certificate(fetch(address))


# --- as mails ------------------------------------------------------------------------------------


def as_mails(notification: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield what a notification of SES proves, as the mails that other relays send back.

    What it says of deliveries, or of nothing that we know, gives none.
    """
    kind = str(notification.get("notificationType") or notification.get("eventType") or "")
    source = _line(_part(notification, "mail").get("source"))
    if kind == "Bounce":
        bounce = _part(notification, "bounce")
        for person in _parts(bounce, "bouncedRecipients"):
            yield _bounce(source, bounce, person)
    elif kind == "Complaint":
        told = _line(_part(notification, "complaint").get("complaintFeedbackType")) or "abuse"
        yield _report(source, "feedback-report", f"Feedback-Type: {told}\n", "plainte")


def _bounce(source: str, bounce: Mapping[str, Any], person: Mapping[str, Any]) -> bytes:
    lasting = bounce.get("bounceType") == "Permanent"
    status = _line(person.get("status")) or ("5.0.0" if lasting else "4.0.0")
    action = _line(person.get("action")) or ("failed" if lasting else "delayed")
    said = _ADDRESS.sub("…", _line(person.get("diagnosticCode")))[:_LONGEST]
    fields = (
        "Reporting-MTA: dns; amazonses.com\n\nFinal-Recipient: rfc822; inconnu@invalid\n"
        f"Action: {action}\nStatus: {status}\nDiagnostic-Code: {said or f'smtp; {status}'}\n"
    )
    return _report(source, "delivery-status", fields, said)


def _report(source: str, kind: str, fields: str, said: str) -> bytes:
    """Return a report as a mail to the envelope sender.

    Source: RFC 3464, RFC 5965.
    """
    return (
        "From: MAILER-DAEMON@amazonses.com\n"
        f"To: {source}\n"
        "Subject: Delivery Status Notification (Failure)\n"
        "MIME-Version: 1.0\n"
        f'Content-Type: multipart/report; report-type={kind}; boundary="partie"\n\n'
        f"--partie\nContent-Type: text/plain; charset=utf-8\n\n{said}\n"
        f"--partie\nContent-Type: message/{kind}\n\n{fields}\n--partie--\n"
    ).encode()


def _part(given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = given.get(name)
    return part if isinstance(part, dict) else {}


def _parts(given: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    parts = given.get(name)
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []


def _line(value: object) -> str:
    """Return a value as one line of a header."""
    return " ".join(str(value or "").split())
