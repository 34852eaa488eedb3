"""DKIM signatures.

Source: RFC 6376; RFC 8058, 4 (both unsubscription headers must be signed).
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from email import message_from_bytes
from email.utils import parsedate_to_datetime

from infolettre.core.refusals import Refusal

# dkimpy brings all that asks a server of names: only what signs loads it.
# ruff: noqa: PLC0415

_ONCE = (
    "From", "To", "Subject", "Date", "Message-ID", "Reply-To", "List-Id", "List-Unsubscribe",
    "List-Unsubscribe-Post", "List-Help", "List-Archive", "Feedback-ID", "Content-Language",
    "MIME-Version", "Content-Type",
)  # fmt: skip
# A header listed once more than it occurs cannot be added to a signed message.
_SIGNED = tuple(name.lower().encode() for name in (*_ONCE, *_ONCE))
_HEADER = b"DKIM-Signature"


class SealError(Refusal):
    """The key cannot sign; the problem reveals nothing of the key."""


@dataclass(frozen=True, slots=True)
class Seal:
    """A private key, whose public key is published at `selector._domainkey.domain`."""

    selector: str
    domain: str
    key: dict[str, int] = field(repr=False)

    @classmethod
    def of(cls, selector: str, domain: str, pem: bytes) -> Seal:
        """Read an RSA key, in PEM.

        Raises:
            SealError: it is not an RSA key.
        """
        from dkim.asn1 import ASN1FormatError
        from dkim.crypto import UnparsableKeyError, parse_pem_private_key

        try:
            key = parse_pem_private_key(pem.replace(b"\r\n", b"\n"))
        except (UnparsableKeyError, ASN1FormatError, ValueError, LookupError):
            raise SealError("la clé DKIM ne se lit pas : il faut une clé RSA en PEM") from None
        return cls(selector, domain, key)

    def sign(self, message: bytes) -> bytes:
        """Return a message with a signature before it, dated as its Date header.

        The signing methods of dkimpy are called separately: its `sign` writes the current time,
        so that a message sent again would differ.
        """
        import dkim
        from dkim.canonicalization import CanonicalizationPolicy

        signer = dkim.DKIM(message)
        signer.hasher = hashlib.sha256
        signer.signature_algorithm = b"rsa-sha256"
        policy = CanonicalizationPolicy.from_c_value(b"relaxed/relaxed")
        body = hashlib.sha256(policy.canonicalize_body(signer.body)).digest()
        moment = parsedate_to_datetime(str(message_from_bytes(message)["Date"]))
        fields = [
            (b"v", b"1"),
            (b"a", signer.signature_algorithm),
            (b"c", policy.to_c_value()),
            (b"d", self.domain.encode()),
            (b"s", self.selector.encode()),
            (b"t", b"%d" % moment.timestamp()),
            (b"h", b" : ".join(_SIGNED)),
            (b"bh", base64.b64encode(body)),
            (b"b", b"0" * 60),
        ]
        signature: bytes = signer.gen_header(fields, _SIGNED, policy, _HEADER, self.key)
        return _HEADER + b": " + signature + message
