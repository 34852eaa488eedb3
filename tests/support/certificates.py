"""TLS certificates for servers on the loopback: signed by an authority, or self-signed."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Authority:
    """A certificate authority; `path` is its certificate, for `SSL_CERT_FILE`."""

    path: Path
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def make(cls, folder: Path) -> Authority:
        """Make an authority in a folder."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("Autorité d’essai")
        certificate = (
            _builder(name, name, key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256())
        )
        folder.mkdir(exist_ok=True)
        path = folder / "autorite.pem"
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return cls(path, certificate, key)

    def server(self, host: str) -> ssl.SSLContext:
        """Return the TLS context of a server that the authority vouches for."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _for_host(host, self.certificate.subject, key).sign(self.key, hashes.SHA256())
        path = _write(self.path.with_name(f"{host}.pem"), key, certificate)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(path)
        return context


def self_signed(folder: Path, host: str) -> Path:
    """Make a key and a self-signed certificate for a name or an address, in the same PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _for_host(host, _name(host), key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return _write(folder / f"{host}.pem", key, certificate)


def _write(path: Path, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> Path:
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path


def _for_host(
    host: str, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    known: x509.GeneralName = x509.DNSName(host)
    if host[0].isdigit():
        known = x509.IPAddress(ipaddress.ip_address(host))
    return _builder(_name(host), issuer, key).add_extension(
        x509.SubjectAlternativeName([known]), critical=False
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
    )
