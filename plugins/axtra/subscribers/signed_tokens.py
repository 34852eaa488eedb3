"""Signed tokens: links that act for a person, and envelope senders that name a person.

A token holds a random id and a list, never an address. Keys rotate: the newest key signs, and all
keys verify.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from itsdangerous import BadSignature, SignatureExpired, Signer, TimestampSigner

from axtra.subscribers.private_folder import FolderError, touch_private

SIGNING, PEPPER = "cles-signature", "cle-empreintes"
ID = re.compile(r"[a-z2-7]{26}")
_CODE = re.compile(r"([a-z2-7]{26})([a-z2-7]{8})([a-z2-7]{16})", re.IGNORECASE)
_TAG = re.compile(r"[a-z2-7]{8}")
_LINK, _CONFIRMATION, _ENVELOPE = b"axtra-lien-1", b"axtra-confirmation-1", b"axtra-enveloppe-1"
_FORM, _SHEET, _NAME = b"axtra-formulaire-1", b"axtra-fiche-1", b"axtra-nom-1"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an envelope sender says: whose mail came back, and the mark of its edition."""

    person: str
    edition: str


class ExpiredError(Exception):
    """The token is ours, but too old."""


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """The secrets of a data folder.

    Shape: `signing` goes from the oldest to the newest; `pepper` never changes, since the marks of
    suppressed and erased addresses are made with it.
    """

    signing: tuple[bytes, ...]
    pepper: bytes

    @classmethod
    def open(cls, folder: Path) -> Keys:
        """Read the keys of a data folder, and create those that are missing.

        Raises:
            FolderError: the disk refuses, or a key file is empty of keys.
        """
        return cls(_read(folder / SIGNING), _read(folder / PEPPER)[0])

    @property
    def newest(self) -> str:
        """Return what names the key that signs, and tells nothing else of it."""
        return _named(self.signing[-1])

    def as_of(self, newest: str) -> Keys:
        """Return the keys as they were while a key signed, which `newest` named.

        Raises:
            FolderError: that key is not here.
        """
        for index, key in enumerate(self.signing, 1):
            if _named(key) == newest:
                return Keys(self.signing[:index], self.pepper)
        raise FolderError(
            f"« {SIGNING} » n’a pas la clé qui a signé les liens de cette édition : rien n’est "
            "envoyé.",
            f"Copiez ici « {SIGNING} » du dossier de données où l’édition a été gelée, ou d’une "
            "sauvegarde.",
        )

    def mark(self, address: str) -> str:
        """Return the keyed hash of a folded address, which recognises it and tells nothing else."""
        return hmac.digest(self.pepper, address.encode(), "sha256").hex()

    def link(self, person: str, liste: str) -> str:
        """Return the token by which a person leaves a list; its length depends on the list only."""
        return self._signer(_LINK).sign(f"{person}.{liste}").decode()

    def read_link(self, token: str) -> tuple[str, str] | None:
        """Return the person and the list of a token, or None when it is forged."""
        try:
            value = self._signer(_LINK).unsign(_canonical(token)).decode()
        except (BadSignature, ValueError):
            return None
        person, _, liste = value.partition(".")
        return person, liste

    def confirmation(self, pending: str) -> str:
        """Return the token by which a person confirms a subscription."""
        return self._timed(_CONFIRMATION).sign(pending).decode()

    def read_confirmation(self, token: str, seconds: int) -> str | None:
        """Return the pending subscription of a token, or None when it is forged.

        Raises:
            ExpiredError: it is older than `seconds`.
        """
        try:
            return self._timed(_CONFIRMATION).unsign(_canonical(token), max_age=seconds).decode()
        except SignatureExpired as error:
            raise ExpiredError from error
        except (BadSignature, ValueError):
            return None

    def sheet(self, request: str) -> str:
        """Return the token by which a centre answers about its sheet."""
        return self._timed(_SHEET).sign(request).decode()

    def read_sheet(self, token: str) -> str | None:
        """Return the question of a token, or None when it is forged."""
        try:
            return self._timed(_SHEET).unsign(_canonical(token)).decode()
        except (BadSignature, ValueError):
            return None

    def form(self) -> str:
        """Return the token of a form that is shown now."""
        return self._timed(_FORM).sign("formulaire").decode()

    def is_form(self, token: str, seconds: int) -> bool:
        """Return whether a token is that of a form shown in the last seconds."""
        try:
            self._timed(_FORM).unsign(_canonical(token), max_age=seconds)
        except (BadSignature, ValueError):
            return False
        return True

    def envelope(self, person: str, edition: str) -> str:
        """Return the code of a VERP envelope sender: 50 letters and digits, whatever their case.

        An envelope sender is `rebonds+CODE@domain`. A local part holds 64 characters (RFC 5321).
        """
        tag = edition_tag(edition)
        return f"{person}{tag}{self._seal(self.signing[-1], person + tag)}"

    def read_envelope(self, text: str) -> Stamp | None:
        """Return what our code in a header or an address says, or None without a code."""
        for match in _CODE.finditer(text):
            person, tag, seal = (part.lower() for part in match.groups())
            for key in reversed(self.signing):
                if hmac.compare_digest(seal, self._seal(key, person + tag)):
                    return Stamp(person, tag)
        return None

    @staticmethod
    def _seal(key: bytes, text: str) -> str:
        return _base32(hmac.new(key, _ENVELOPE + text.encode(), hashlib.sha256).digest()[:10])

    def _signer(self, salt: bytes) -> Signer:
        return _signer(self.signing, salt)

    def _timed(self, salt: bytes) -> TimestampSigner:
        return TimestampSigner(
            self.signing, salt, key_derivation="hmac", digest_method=hashlib.sha256
        )


@lru_cache(maxsize=16)
def _named(key: bytes) -> str:
    return hmac.digest(key, _NAME, "sha256").hex()[:16]


@lru_cache(maxsize=16)
def _signer(keys: tuple[bytes, ...], salt: bytes) -> Signer:
    return Signer(keys, salt, key_derivation="hmac", digest_method=hashlib.sha256)


def _canonical(token: str) -> str:
    """Return a token, or refuse a signature whose spare bits differ, which base64 would accept."""
    seal = token.rpartition(".")[2]
    if base64.urlsafe_b64encode(base64.urlsafe_b64decode(f"{seal}=")) != f"{seal}=".encode():
        raise BadSignature("not as we write it")
    return token


@lru_cache(maxsize=1_000)
def edition_tag(edition: str) -> str:
    """Return the mark of an edition, as in envelope senders; the mark of a mark is itself."""
    if not edition or _TAG.fullmatch(edition):
        return edition
    return _base32(hashlib.sha256(edition.encode()).digest()[:5])


def new_id() -> str:
    """Return a random id: 128 bits as 26 letters and digits."""
    return _base32(secrets.token_bytes(16))


def rotate(folder: Path, moment: datetime) -> None:
    """Add a signing key; links signed with older keys keep working.

    Raises:
        FolderError: the disk refuses.
    """
    Keys.open(folder)
    _append(folder / SIGNING, moment.isoformat(timespec="seconds"))


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=").lower()


def _read(path: Path) -> tuple[bytes, ...]:
    if not path.exists():
        _make(path)
    touch_private(path)
    keys = _keys(path)
    if not keys:
        raise FolderError(
            f"« {path} » ne contient plus de clé.",
            "Reprenez ce fichier d’une sauvegarde : sans lui, les liens déjà envoyés "
            "ne désabonnent plus personne.",
        )
    return keys


def _make(path: Path) -> None:
    """Create a whole key file at once; of two processes that start together, only one does."""
    whole = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    touch_private(whole)
    try:
        _append(whole, "premiere")
        with suppress(FileExistsError):
            os.link(whole, path)
    finally:
        whole.unlink()


def _keys(path: Path) -> tuple[bytes, ...]:
    try:
        lines = path.read_text("ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise FolderError(
            f"« {path} » ne se lit pas.",
            "Vérifiez à qui appartient ce fichier; s’il est abîmé, reprenez-le d’une sauvegarde.",
        ) from error
    fields = [line.split() for line in lines if not line.startswith("#")]
    return tuple(field[1].encode() for field in fields if len(field) == 2)  # noqa: PLR2004


def _append(path: Path, label: str) -> None:
    line = f"{label} {secrets.token_urlsafe(32)}\n"
    with path.open("a", encoding="ascii") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
