"""The outermost layer: security headers on every answer, and no personal data in a log."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from axtra.door.request_reading import tidied

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class GuardedApp:
    """Adds security headers to an application, and keeps personal data out of the log.

    Paths reach it without what mail programs add to the links of a mail.

    A server would log the message of an exception, which may quote an address, and the path of a
    request, which gives access to a person's choices. This logs only the kind of the exception and
    the lines of code that it went through.
    """

    def __init__(self, app: ASGIApp, *, secure: bool, say: Callable[[str], object]) -> None:
        self._app = app
        self._headers = dict(HEADERS)
        if secure:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"
        self._say = say

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        if scope["type"] == "http":
            scope = {**scope, "path": tidied(scope["path"])}
        try:
            await self._app(scope, receive, guarded)
        except Exception as error:  # noqa: BLE001 - its message may quote an address
            self._say(f"erreur : {describe(error)}\n")


def describe(error: BaseException) -> str:
    """Return the kind of an exception and the lines it went through, without its message."""
    places = [
        f"{Path(frame.filename).name}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    return f"{type(error).__name__} ({' > '.join(places[-6:])})"
