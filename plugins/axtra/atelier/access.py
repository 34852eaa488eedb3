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
from typing import Any, Protocol
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from axtra.atelier.roles import Person

KEY = "cle"
TOKEN = "jeton"  # noqa: S105 - the name of a field
OPEN_PATHS = ("/apparence/", "/cadre/")  # styles and fonts; frames, whose address is the secret
REVIEW = "/relecture/"  # texts under review: the address is the secret; comments are sent
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
    """What a browser that was let in has: its person, and its cookie."""

    person: Person
    cookie: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    @property
    def token(self) -> str:
        """Return the token of its forms: made from the cookie, it is kept nowhere."""
        return hmac.new(self.cookie.encode(), TOKEN.encode(), "sha256").hexdigest()


class Frames:
    """The addresses of frames that are still good, each with whose it is.

    Args:
        clock: returns seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._ends: dict[str, tuple[float, Person]] = {}

    def new(self, person: Person) -> str:
        """Return a secret under which a person is shown frames for an hour."""
        now = self._clock()
        with self._lock:
            self._ends = {name: kept for name, kept in self._ends.items() if kept[0] > now}
            secret = secrets.token_urlsafe(24)
            self._ends[secret] = (now + _FRAME_LIFE, person)
            _keep_last(self._ends, _MOST_FRAMES)
        return secret

    def whose(self, secret: str) -> Person | None:
        """Return who is still shown frames under a secret."""
        end, person = self._ends.get(secret, (0.0, None))
        return person if end > self._clock() else None


@dataclass(frozen=True, slots=True)
class PersonalFrames:
    """The frames of one person."""

    frames: Frames
    person: Person

    def frame(self) -> str:
        """Return a secret under which frames are shown for an hour."""
        return self.frames.new(self.person)

    def shows(self, secret: str) -> bool:
        """Return whether frames are still shown under a secret."""
        return self.frames.whose(secret) == self.person


class Access:
    """The keys not used yet, the sessions, and the frames.

    Args:
        person: whom a key lets in.
        clock: returns seconds.
    """

    def __init__(self, person: Person, clock: Callable[[], float] = time.monotonic) -> None:
        self.person = person
        self.frames = Frames(clock)
        self._lock = threading.Lock()
        self._keys: set[str] = set()
        self._sessions: dict[str, Session] = {}

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
        return self.open(self.person)

    def open(self, person: Person) -> Session:
        """Return a new session of a person."""
        session = Session(person)
        with self._lock:
            self._sessions[session.cookie] = session
            _keep_last(self._sessions, _MOST_SESSIONS)
        return session

    def session(self, cookie: str) -> Session | None:
        """Return the session of a cookie."""
        return self._sessions.get(cookie)

    def is_here(self, _person: Person) -> bool:
        """Return whether a person has a session: it is forgotten when the atelier stops."""
        return True


def _keep_last(kept: dict[str, Any], most: int) -> None:
    while len(kept) > most:
        del kept[next(iter(kept))]


@dataclass(frozen=True, slots=True)
class Entrance:
    """Where browsers reach the atelier.

    Attributes:
        hosts: the values of `Host` under which it is reached, ports included.
        scheme: of its addresses.
        cookie: the name of the cookie.
        open_paths: beginnings of paths that need no session.
    """

    hosts: frozenset[str]
    scheme: str
    cookie: str
    open_paths: tuple[str, ...] = ()

    @classmethod
    def alone(cls, *hosts: str, port: int) -> Entrance:
        """Return that of a port of this machine; browsers send a cookie to every port of it."""
        named = frozenset(f"{host}:{port}" for host in hosts)
        return cls(named, "http", f"axe-atelier-{port}")

    @classmethod
    def team(cls, host: str, *open_paths: str) -> Entrance:
        """Return that of an address behind TLS."""
        return cls(frozenset({host}), "https", "__Host-axe-atelier", open_paths)

    @property
    def secure(self) -> bool:
        """Return whether it is behind TLS."""
        return self.scheme == "https"


class Doorkeeper(Protocol):
    """What knows who may come in."""

    frames: Frames

    def session(self, cookie: str) -> Session | None:
        """Return the session of a cookie."""

    def enter(self, key: str) -> Session | None:
        """Use a key: return a new session, or None when the key is not, or no longer, good."""

    def is_here(self, person: Person) -> bool:
        """Return whether a person has a session, and the role that they had."""


class Guard:
    """The outermost layer: it lets in, refuses, and puts the headers of safety on every answer.

    Args:
        app: the screens.
        access: keys and sessions.
        entrance: where browsers reach the atelier.
        used_up: called when a key has served, so that a person can be told a new one.
        refuse: returns the page that says why a request is refused.
    """

    def __init__(
        self,
        app: ASGIApp,
        access: Doorkeeper,
        *,
        entrance: Entrance,
        used_up: Callable[[], object],
        refuse: Callable[[int], str],
    ) -> None:
        self.app, self._access, self._entrance = app, access, entrance
        self._used_up, self._refuse = used_up, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope["state"] = {**scope.get("state", {}), "nonce": nonce}

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if self._entrance.secure:
                    headers["Strict-Transport-Security"] = "max-age=31536000"
                headers.setdefault("Content-Security-Policy", _POLICY.format(nonce=nonce))
                headers.setdefault("X-Frame-Options", "DENY")
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        answer = self._answer(scope)
        await (answer or self.app)(scope, receive, guarded)

    def _answer(self, scope: Scope) -> Response | None:
        """Return the answer to a request that goes no further; None lets it through."""
        headers = Headers(scope=scope)
        if headers.get("host", "") not in self._entrance.hosts:
            return self._refusal(HTTPStatus.MISDIRECTED_REQUEST)
        path: str = scope["path"]
        if path.startswith(OPEN_PATHS) and scope["method"] in _SAFE:
            return None
        cookies = cookie_parser(headers.get("cookie", ""))
        session = self._access.session(cookies.get(self._entrance.cookie, ""))
        if scope["method"] in _SAFE:
            key = parse_qs(scope["query_string"].decode("latin-1")).get(KEY, [""])[0]
            if path == "/" and key and not self._entrance.secure:  # a team has no key
                return self._enter(key, session)
        elif not self._same_origin(headers):
            return self._refusal(HTTPStatus.FORBIDDEN)
        if session is not None:
            scope["state"]["session"] = session
        elif not path.startswith((REVIEW, *self._entrance.open_paths)):
            if self._entrance.open_paths and scope["method"] in _SAFE:
                return RedirectResponse(self._entrance.open_paths[0], HTTPStatus.SEE_OTHER)
            return self._refusal(HTTPStatus.FORBIDDEN)
        return None

    def _enter(self, key: str, session: Session | None) -> Response:
        """Let a browser in by its key, which leaves the address bar at once."""
        answer = RedirectResponse("/", HTTPStatus.SEE_OTHER)
        entered = self._access.enter(key)
        if entered is not None:
            set_cookie(answer, self._entrance, entered.cookie)
            self._used_up()
        elif session is None:
            return self._refusal(HTTPStatus.FORBIDDEN)
        return answer

    def _same_origin(self, headers: Headers) -> bool:
        """Return whether a request that changes something comes from one of our own pages."""
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        if origin is None and site is None:
            return not self._entrance.secure  # every browser that knows TLS says one of them
        if origin is not None and origin != f"{self._entrance.scheme}://{headers.get('host', '')}":
            return False
        return site in {None, "same-origin", "none"}

    def _refusal(self, status: HTTPStatus) -> Response:
        return HTMLResponse(self._refuse(status), status)


def set_cookie(answer: Response, entrance: Entrance, value: str, life: int | None = None) -> None:
    """Put the cookie of a session on an answer; `life` is in seconds, 0 to take it back."""
    answer.set_cookie(
        entrance.cookie,
        value,
        max_age=life,
        secure=entrance.secure,
        httponly=True,
        samesite="lax",
        path="/",
    )


def token_is_good(session: Session, typed: str) -> bool:
    """Return whether a form carries the token of its session."""
    return hmac.compare_digest(session.token.encode(), typed.encode())
