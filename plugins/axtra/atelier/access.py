"""Who may ask for anything: one-time keys, sessions, and what a request must show to change a file.

A port of the loopback can be reached by every account of the machine, and by every page that a
browser has open. So the address that opens the atelier carries a key that serves once; it sets a
cookie; each form carries the token of the session; a request of another origin is refused.
"""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from axtra.atelier.roles import Person

KEY = "cle"
TOKEN = "jeton"  # noqa: S105 - the name of a field
OPEN_PATHS = ("/apparence/", "/cadre/")  # styles and fonts; frames, whose address is the secret
_FRAME_LIFE = 3_600.0  # seconds
_MOST_FRAMES, _MOST_SESSIONS = 1_000, 50  # the oldest gives way
_SAFE = frozenset({"GET", "HEAD"})
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with « no-referrer », forms are sent as from « null »
    "X-Robots-Tag": "noindex, nofollow",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_POLICY = (
    "default-src 'none'; style-src 'self' 'nonce-{nonce}'; script-src 'self'; font-src 'self'; "
    "img-src 'self' data: blob:; connect-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(slots=True)
class Session:
    """What a browser that was let in has: its person, its cookie, and the token of its forms."""

    person: Person
    cookie: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))


class Access:
    """The keys not used yet, the sessions, and the addresses of frames that are still good.

    Args:
        person: whom a key lets in.
        clock: returns seconds.
    """

    def __init__(self, person: Person, clock: Callable[[], float] = time.monotonic) -> None:
        self._person, self._clock = person, clock
        self._lock = threading.Lock()
        self._keys: set[str] = set()
        self._sessions: dict[str, Session] = {}
        self._frames: dict[str, float] = {}

    def new_key(self) -> str:
        """Return a key that lets one browser in."""
        key = secrets.token_urlsafe(24)
        with self._lock:
            self._keys.add(key)
        return key

    def enter(self, key: str) -> Session | None:
        """Use a key: return a new session, or None when the key is not, or no longer, good."""
        with self._lock:
            known = next((k for k in self._keys if hmac.compare_digest(k, key)), None)
            if known is None:
                return None
            self._keys.discard(known)
            session = Session(self._person)
            self._sessions[session.cookie] = session
            _keep_last(self._sessions, _MOST_SESSIONS)
        return session

    def session(self, cookie: str) -> Session | None:
        """Return the session of a cookie."""
        return self._sessions.get(cookie)

    def frame(self) -> str:
        """Return a secret under which frames are shown for an hour."""
        now = self._clock()
        with self._lock:
            self._frames = {name: end for name, end in self._frames.items() if end > now}
            secret = secrets.token_urlsafe(24)
            self._frames[secret] = now + _FRAME_LIFE
            _keep_last(self._frames, _MOST_FRAMES)
        return secret

    def shows(self, secret: str) -> bool:
        """Return whether frames are still shown under a secret."""
        return self._frames.get(secret, 0.0) > self._clock()


def _keep_last(kept: dict[str, Any], most: int) -> None:
    while len(kept) > most:
        del kept[next(iter(kept))]


class Guard:
    """The outermost layer: it lets in, refuses, and puts the headers of safety on every answer.

    Args:
        app: the screens.
        access: keys and sessions.
        hosts: the values of `Host` under which the atelier is reached, ports included.
        used_up: called when a key has served, so that a person can be told a new one.
        refuse: returns the page that says why a request is refused.
    """

    def __init__(
        self,
        app: ASGIApp,
        access: Access,
        *,
        hosts: Callable[[], frozenset[str]],
        used_up: Callable[[], object],
        refuse: Callable[[int], str],
    ) -> None:
        self._app, self._access, self._hosts = app, access, hosts
        self._used_up, self._refuse = used_up, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope["state"] = {**scope.get("state", {}), "nonce": nonce}

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers.setdefault("Content-Security-Policy", _POLICY.format(nonce=nonce))
                headers.setdefault("X-Frame-Options", "DENY")
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        answer = self._answer(scope)
        await (answer or self._app)(scope, receive, guarded)

    def _answer(self, scope: Scope) -> Response | None:
        """Return the answer to a request that goes no further; None lets it through."""
        headers = Headers(scope=scope)
        if headers.get("host", "") not in self._hosts():
            return self._refusal(HTTPStatus.MISDIRECTED_REQUEST)
        path: str = scope["path"]
        if path.startswith(OPEN_PATHS) and scope["method"] in _SAFE:
            return None
        cookies = cookie_parser(headers.get("cookie", ""))
        session = self._access.session(cookies.get(_cookie_name(headers), ""))
        if scope["method"] in _SAFE:
            key = parse_qs(scope["query_string"].decode("latin-1")).get(KEY, [""])[0]
            if path == "/" and key:
                return self._enter(key, _cookie_name(headers), session)
        elif not _same_origin(headers):
            return self._refusal(HTTPStatus.FORBIDDEN)
        if session is None:
            return self._refusal(HTTPStatus.FORBIDDEN)
        scope["state"]["session"] = session
        return None

    def _enter(self, key: str, cookie: str, session: Session | None) -> Response:
        """Let a browser in by its key, which leaves the address bar at once."""
        answer = RedirectResponse("/", HTTPStatus.SEE_OTHER)
        entered = self._access.enter(key)
        if entered is not None:
            answer.set_cookie(cookie, entered.cookie, httponly=True, samesite="lax", path="/")
            self._used_up()
        elif session is None:
            return self._refusal(HTTPStatus.FORBIDDEN)
        return answer

    def _refusal(self, status: HTTPStatus) -> Response:
        return HTMLResponse(self._refuse(status), status)


def _cookie_name(headers: Headers) -> str:
    """Name the cookie after the port: browsers send a cookie to every port of a machine."""
    return f"axe-atelier-{headers.get('host', '').rpartition(':')[2]}"


def _same_origin(headers: Headers) -> bool:
    """Return whether a request that changes something comes from one of our own pages."""
    origin = headers.get("origin")
    if origin is not None and origin != f"http://{headers.get('host', '')}":
        return False
    return headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}


def token_is_good(session: Session, typed: str) -> bool:
    """Return whether a form carries the token of its session."""
    return hmac.compare_digest(session.token.encode(), typed.encode())
