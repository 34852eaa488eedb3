"""Places on servers of this machine: SFTP with and without links, sure and unsure stores.

A test joins a server, which is started once; `place` then finds it again from a folder alone, in
any process.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, ResponseStreamingError

from axtra.publishing.carriers import open_carrier
from axtra.publishing.manifest import of_the_site
from axtra.publishing.targets import parse
from support import s3_servers
from support.published_places import Place, folder_readers
from support.s3_servers import BUCKET, moto_server, rclone_server
from support.sftp_server import BARE, NO_LINKS, sftp_server

SFTP = {"sftp": "", "sftp-ordered": NO_LINKS, "sftp-bare": BARE}  # and what each refuses
S3 = ("s3", "s3-unsure")
SORTS = [
    pytest.param("sftp", marks=pytest.mark.lourd),
    pytest.param("sftp-ordered", marks=pytest.mark.lourd),
    pytest.param("sftp-bare", marks=pytest.mark.eprouve),
    *S3,
]
LONG_SORTS = [pytest.param(sort, marks=pytest.mark.eprouve) for sort in (*SFTP, *S3)]
_ABOUT = "serveur.json"


class Servers:
    """The servers of a session, each started when a test first joins it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._running = ExitStack()
        self._joined: dict[str, tuple[str, dict[str, str]]] = {}

    def join(self, sort: str, base: Path) -> dict[str, str]:
        """Say to a folder where its place is; return the settings of who publishes there."""
        if sort not in self._joined:
            self._joined[sort] = self._start(sort)
        prefix, environment = self._joined[sort]
        path = f"{base}/site" if sort in SFTP else f"/{base.name}-{abs(hash(base))}"
        about = {"cible": prefix + path, "reglages": environment, "sorte": sort}
        base.mkdir(parents=True, exist_ok=True)
        (base / _ABOUT).write_text(json.dumps(about), "utf-8")
        return environment

    def close(self) -> None:
        """Stop them."""
        self._running.close()

    def _start(self, sort: str) -> tuple[str, dict[str, str]]:
        folder = self.folder / sort
        if sort in SFTP:
            server = self._running.enter_context(sftp_server(folder, SFTP[sort]))
            return server.host, server.environment
        store = moto_server() if sort == "s3" else rclone_server(folder)
        return f"s3://{BUCKET}", s3_servers.environment(self._running.enter_context(store))


def place(base: Path, *, environment: bool = True) -> Place:
    """Return the place that a folder was told of, in whatever process.

    Args:
        base: the folder.
        environment: whether to set what a publisher sets.
    """
    about = json.loads((base / _ABOUT).read_text("utf-8"))
    if environment:
        os.environ.update(about["reglages"])
    address = parse(about["cible"])
    if about["sorte"] in SFTP:
        shown = base / "site" / ("courant" if about["sorte"] == "sftp" else "")
        return Place(address, open_carrier, *folder_readers(shown))
    prefix = about["cible"].removeprefix(f"s3://{BUCKET}/") + "/"
    store = s3_servers.store(about["reglages"]["AWS_ENDPOINT_URL"])

    def read(name: str) -> bytes | None:
        while True:
            try:
                found: bytes = store.get_object(Bucket=BUCKET, Key=prefix + name)["Body"].read()
            except ClientError:
                return None
            except ResponseStreamingError:  # it was replaced while it was read: read it again
                continue
            return found

    def names() -> set[str]:
        pages = store.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        keys = (found["Key"].removeprefix(prefix) for page in pages for found in page["Contents"])
        return {key for key in keys if of_the_site(key)}

    return Place(address, open_carrier, read, names)


PLACES: dict[str, Callable[[Path], Place]] = dict.fromkeys([*SFTP, *S3], place)
