"""A bucket of an S3-compatible store: each file is shown as soon as it is put.

Each object carries its own headers, which a host of folders would read from `_headers`. A lock is
certain on a store that heeds If-None-Match and If-Match, which is tried on a scratch key.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import os
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache, cached_property
from itertools import islice
from typing import Any
from urllib.parse import quote, urlsplit

import botocore.session
from botocore import exceptions
from botocore.config import Config

from axtra.publishing.carriers import failures
from axtra.publishing.carriers.protocol import PRIVATE, FileHeaders
from axtra.publishing.targets import BucketAddress
from infolettre.core.refusals import Refusal

ENDPOINT, REGION, TOKEN = "AWS_ENDPOINT_URL", "AWS_REGION", "AWS_SESSION_TOKEN"
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_ANY_REGION = "us-east-1"  # what a store without regions accepts
_CONNECTS, _ANSWERS, _ATTEMPTS = 5, 20, 2  # seconds, seconds, times
_BATCH = 1_000  # objects that one request deletes
_HEADER = "/%#?=&;:+,@!~"  # characters of an address that a header keeps as they are
_PAUSES = (0.05, 0.2, 0.5, 1.0)  # seconds before writing again what met another writing
_PLAIN = FileHeaders()


class BucketCarrier:
    """A carrier to a bucket, or to what begins with a prefix there."""

    atomic = False
    lanes = 8

    def __init__(self, address: BucketAddress) -> None:
        self.address = str(address)
        self.honours_redirects = True
        self._bucket = address.bucket
        self._prefix = address.prefix
        self._client = _client(self.address)

    def has_certain_lock(self) -> bool:
        """Tell whether the store heeds conditions, as tried on a scratch key."""
        return self._heeds_conditions

    def names(self, prefix: str) -> Iterator[str]:
        """Yield the names that begin with a prefix, but the marks of folders."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix + prefix
        )
        with self._refusing():
            for page in pages:
                for found in page.get("Contents", ()):
                    if not found["Key"].endswith("/"):
                        yield found["Key"].removeprefix(self._prefix)

    def get(self, name: str) -> bytes | None:
        """Return the bytes of a file; None when there is none."""
        return self._read(name)[0]

    def put(self, name: str, data: bytes, headers: FileHeaders) -> None:
        """Write an object with its headers; the store checks the bytes that it receives."""
        with self._refusing():
            self._with_headers(headers, "put_object", **self._object(name, data))

    def copy(self, source: str, name: str, headers: FileHeaders) -> None:
        """Have the store copy an object, with other headers."""
        with self._refusing():
            self._with_headers(
                headers,
                "copy_object",
                Bucket=self._bucket,
                Key=self._prefix + name,
                CopySource={"Bucket": self._bucket, "Key": self._prefix + source},
                MetadataDirective="REPLACE",
            )

    def delete(self, names: Iterable[str]) -> None:
        """Delete objects, many at once where the store can."""
        keys = (self._prefix + name for name in names)
        with self._refusing():
            while batch := list(islice(keys, _BATCH)):
                self._delete(batch)

    def create(self, name: str, data: bytes) -> bool:
        """Write an object unless there is one."""
        if self._heeds_conditions:
            return self._put_if(name, data, IfNoneMatch="*")
        if self.get(name) is not None:
            return False
        self.put(name, data, _PLAIN)
        return self.get(name) == data  # of two that write, the last is told True

    def replace(self, name: str, known: bytes, data: bytes) -> bool:
        """Write an object if it still holds these bytes."""
        held, tag = self._read(name)
        if held != known:
            return False
        if self._heeds_conditions:
            return self._put_if(name, data, IfMatch=tag)
        self.put(name, data, _PLAIN)
        return self.get(name) == data

    def current(self) -> str:
        """Return nothing: a bucket has no versions."""
        return ""

    def swap(self, version: str, words: str) -> None:
        """Do nothing: what is put is shown."""

    def close(self) -> None:
        """Close connections."""
        self._client.close()

    @cached_property
    def _heeds_conditions(self) -> bool:
        scratch = f"{PRIVATE}essai-{secrets.token_hex(8)}"
        self.put(scratch, b"a", _PLAIN)
        tag = self._read(scratch)[1]
        try:
            return (
                not self._put_if(scratch, b"b", IfNoneMatch="*")
                and self._put_if(scratch, b"c", IfMatch=tag)
                and not self._put_if(scratch, b"d", IfMatch=tag)
            )
        except failures.UploadRefused:
            return False
        finally:
            self.delete([scratch])

    def _read(self, name: str) -> tuple[bytes | None, str]:
        """Return the bytes of an object, and the tag of those bytes."""
        with self._refusing():
            try:
                found = self._client.get_object(Bucket=self._bucket, Key=self._prefix + name)
                return found["Body"].read(), found.get("ETag", "")
            except exceptions.ClientError as error:
                if _code(error) in _ABSENT:
                    return None, ""
                raise

    def _put_if(self, name: str, data: bytes, **condition: str) -> bool:
        """Write an object on a condition; return whether it was written."""
        pauses = iter(_PAUSES)
        while True:
            with self._refusing():
                try:
                    self._client.put_object(**self._object(name, data), **condition)
                except exceptions.ClientError as error:
                    if _code(error) in _UNMET:
                        return False
                    pause = next(pauses, None)
                    if pause is None or _code(error) != "ConditionalRequestConflict":
                        raise
                    time.sleep(pause)
                else:
                    return True

    def _object(self, name: str, data: bytes) -> dict[str, object]:
        digest = hashlib.md5(data, usedforsecurity=False).digest()
        checked = base64.b64encode(digest).decode()
        return {
            "Bucket": self._bucket,
            "Key": self._prefix + name,
            "Body": data,
            "ContentMD5": checked,
        }

    def _with_headers(self, headers: FileHeaders, action: str, **given: object) -> None:
        """Write an object with its headers; without its redirect where the store knows none."""
        do = getattr(self._client, action)
        given["ContentType"] = headers.type
        if headers.cache:
            given["CacheControl"] = headers.cache
        if headers.redirect and self.honours_redirects:
            to = quote(headers.redirect, safe=_HEADER)
            try:
                do(**given, WebsiteRedirectLocation=to)
            except exceptions.ClientError as error:
                if _code(error) != _NOT_DONE:
                    raise
                self.honours_redirects = False  # the page itself leads there
            else:
                return
        do(**given)

    def _delete(self, keys: list[str]) -> None:
        wanted = {"Objects": [{"Key": key} for key in keys], "Quiet": True}
        try:
            done = self._client.delete_objects(Bucket=self._bucket, Delete=wanted)
        except exceptions.ClientError as error:
            if _code(error) not in _ALONE:
                raise
            for key in keys:
                self._client.delete_object(Bucket=self._bucket, Key=key)
            return
        for failed in done.get("Errors", ()):
            if failed["Code"] not in _ABSENT:
                raise exceptions.ClientError({"Error": failed}, "DeleteObjects")

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        try:
            yield
        except exceptions.ClientError as error:
            raise _refusal(error, self.address) from error
        except exceptions.SSLError as error:
            raise failures.untrusted_host(self.address) from error
        except (exceptions.HTTPClientError, exceptions.ConnectionError, OSError) as error:
            raise failures.unreachable_store(
                self.address, "la connexion ne se fait pas, ou se rompt"
            ) from error
        except (exceptions.BotoCoreError, ValueError) as error:
            raise failures.unreachable_store(
                self.address, "ce qu’il dit n’est pas ce que dit un magasin S3"
            ) from error


_NOT_DONE = "NotImplemented"
_ABSENT = frozenset({"NoSuchKey", "404"})
_UNMET = frozenset({"PreconditionFailed", "NoSuchKey", "404", "412"})
_ALONE = frozenset({_NOT_DONE, "MissingContentMD5", "InvalidRequest", "MethodNotAllowed"})
_DENIED = frozenset({401, 403})
_BUSY = range(500, 600)
_FULL = (507, "Quota", "StorageFull", "InsufficientStorage")
_CAUSES = {
    "InvalidAccessKeyId": f"il ne connaît pas la clé de {KEYS[0]}",
    "SignatureDoesNotMatch": f"la clé de {KEYS[1]} n’est pas la bonne",
    "RequestTimeTooSkewed": "l’horloge de cette machine n’est pas à l’heure",
    "ExpiredToken": "la session de cette clé est finie",
    "EntityTooLarge": "ce fichier est trop gros pour lui",
    "PermanentRedirect": f"ce seau est dans une autre région que celle de {REGION}",
    "AuthorizationHeaderMalformed": f"ce seau est dans une autre région que celle de {REGION}",
}


def _refusal(error: exceptions.ClientError, place: str) -> Refusal:
    """Return the refusal that an answer of the store comes to."""
    code, status = _code(error), _status(error)
    if code == "NoSuchBucket":
        return failures.unreachable_store(place, "ce seau n’existe pas")
    if status in _FULL or any(word in code for word in _FULL if isinstance(word, str)):
        return failures.full_store(place)
    if code in _CAUSES:
        return failures.upload_refused(place, _CAUSES[code])
    if status in _DENIED or code == "AccessDenied":
        return failures.upload_refused(place, "ce compte n’en a pas le droit")
    if status in _BUSY and code != _NOT_DONE:
        return failures.unreachable_store(
            place, f"il est en panne ou débordé, ou n’est pas un magasin S3 ({status})"
        )
    return failures.upload_refused(place, f"il dit « {code} »")


def _code(error: exceptions.ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _status(error: exceptions.ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _client(place: str) -> Any:  # noqa: ANN401 - it is made from a description of the service
    """Return what speaks to the store; the environment alone says which, and with which key."""
    values = {name: os.environ.get(name, "").strip() for name in (ENDPOINT, REGION, TOKEN, *KEYS)}
    missing = [name for name in KEYS if not values[name]]
    if missing:
        raise Refusal(
            f"il manque de quoi ouvrir ce seau : {' et '.join(missing)}.",
            "Donnez ces variables d’environnement; pour un autre magasin qu’Amazon, aussi "
            f"{ENDPOINT}.",
            place=place,
        )
    local = _is_local(values[ENDPOINT], place)
    client = _session().create_client(
        "s3",
        region_name=values[REGION] or os.environ.get("AWS_DEFAULT_REGION") or _ANY_REGION,
        endpoint_url=values[ENDPOINT] or None,
        aws_access_key_id=values[KEYS[0]],
        aws_secret_access_key=values[KEYS[1]],
        aws_session_token=values[TOKEN] or None,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path" if values[ENDPOINT] else "auto"},
            connect_timeout=_CONNECTS,
            read_timeout=_ANSWERS,
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
            request_checksum_calculation="when_required",  # older stores know no other
            response_checksum_validation="when_required",
            max_pool_connections=BucketCarrier.lanes,
            ignore_configured_endpoint_urls=True,
            proxies={} if local else None,
        ),
    )
    client.meta.events.register("before-call.s3.HeadBucket", _ask_no_more)
    return client


def _ask_no_more(**_: object) -> None:
    """Refuse to ask for the region of a bucket: a host that moves everything has no end.

    Raises:
        ClientError: always; the answer that was moved is then what counts.
    """
    raise exceptions.ClientError({"ResponseMetadata": {"HTTPHeaders": {}}}, "HeadBucket")


@cache
def _session() -> botocore.session.Session:
    """Return what knows the service, and reads no file of the account."""
    files = dict.fromkeys(("config_file", "credentials_file"), (None, None, os.devnull, None))
    return botocore.session.Session({"profile": (None, None, None, None), **files})


def _is_local(endpoint: str, place: str) -> bool:
    """Tell whether an address is of this machine; any other must have a certificate.

    Raises:
        Refusal: it has none, or is not an address.
    """
    try:
        parts = urlsplit(endpoint)
        host = parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    if endpoint and (parts.scheme not in {"http", "https"} or not host):
        raise Refusal(
            f"{ENDPOINT} n’est pas l’adresse d’un magasin.",
            f"Écrivez par exemple :  {ENDPOINT}=https://s3.exemple.org",
            place=place,
        )
    try:
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if parts.scheme == "http" and not local:
        raise Refusal(
            f"{ENDPOINT} commence par http:// : n’importe qui, en chemin, lirait la clé.",
            f"Écrivez :  {ENDPOINT}=https://{parts.netloc}",
            place=place,
        )
    return local
