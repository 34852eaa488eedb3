"""The access logs of the host, given on the screen of the year: counted, and never kept.

What a browser sends waits in a file without a name, which the system forgets with the request.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import IO, BinaryIO, Literal

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from axtra.atelier.app import Atelier, for_role, require_token
from axtra.atelier.roles import Act
from axtra.atelier.screens import year
from axtra.measures import counting_logs
from infolettre.core.refusals import Refusal

_MOST_FILES, _MOST_BYTES = 100, 200_000_000  # of one sending, as it comes
_MOST_UNPACKED = 1_000_000_000  # bytes


@dataclass(frozen=True, slots=True)
class _SentLog:
    """A log that a browser sent."""

    name: str
    file: BinaryIO

    def __str__(self) -> str:
        return self.name

    def open(self, mode: Literal["rb"], /) -> IO[bytes]:  # noqa: ARG002 - as a path opens
        """Return the file from its beginning."""
        self.file.seek(0)
        return self.file


def routes(atelier: Atelier) -> list[Route]:
    """Return the address of the form."""

    async def receive(request: Request) -> Response:
        length = request.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > _MOST_BYTES:
            heavy = Refusal(
                f"ces journaux dépassent {_MOST_BYTES // 1_000_000} Mo.",
                "Donnez-les en plusieurs fois, ou compressés (.gz).",
            )
            return await run_in_threadpool(year.show, atelier, request, heavy)
        async with request.form(max_files=_MOST_FILES, max_fields=20) as form:
            require_token(request, {k: v for k, v in form.items() if isinstance(v, str)})
            sent = [
                _SentLog(file.filename, file.file)
                for file in form.getlist("journaux")
                if isinstance(file, UploadFile) and file.filename
            ]
            return await run_in_threadpool(_count, atelier, request, sent)

    return [Route(f"{year.ADDRESS}/journaux", for_role(Act.PUBLISH, receive), methods=["POST"])]


def _count(atelier: Atelier, request: Request, sent: list[_SentLog]) -> Response:
    if not sent:
        return year.show(atelier, request, Refusal("choisissez au moins un journal."))
    try:
        done = counting_logs.count_logs(
            atelier.root, atelier.data, sent, atelier.clock, _MOST_UNPACKED
        )
    except Refusal as refusal:
        return year.show(atelier, request, refusal)
    for name in done.written:
        with suppress(Refusal):  # the numbers are there, whatever keeps the past says
            atelier.history.record(name, "Lectorat compté")
    return year.show(atelier, request, told=[*done.told, *done.warned])
