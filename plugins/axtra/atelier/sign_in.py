"""Signing in: a link sent by mail, which opens a page with one button.

Reading a page never lets anybody in: mail scanners follow links. Whether an address is known shows
in no answer, nor in the time that it takes: what is asked is looked up and sent in the background.
"""

from __future__ import annotations

import hmac
import queue
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from axtra.atelier.access import TOKEN, Entrance, Session, set_cookie, token_is_good
from axtra.atelier.accounts import LINK_LIFE, Accounts
from axtra.atelier.app import form_fields, see
from axtra.atelier.roles import Person
from axtra.atelier.templates import Templates
from axtra.content.model import Facts
from axtra.door.confirmation_mail import Post, PostError
from axtra.door.limits import Limits, Verdict
from axtra.door.middleware import describe
from axtra.sending import notices
from axtra.subscribers.addresses import AddressError, folded, normalized

ENTER, LEAVE = "/entrer", "/sortir"
ADDRESS, SECRET = "adresse", "lien"
_USE = f"{ENTER}/lien"
_COOKIE = "__Host-axe-entree"  # ties a form to the browser that it was shown to
_FORM_LIFE = 3_600  # seconds
_INVITED_EACH = 50  # people whom a person invites in an hour
_WAITING = 100  # mails asked for and not sent; beyond, they are dropped
_MINUTES = LINK_LIFE.seconds // 60


@dataclass(slots=True)
class LinkMails:
    """Sends links in the background.

    Attributes:
        accounts: who may come in.
        address: of the atelier.
        facts: who writes.
        post: sends a mail; None when no server is set.
        clock: returns the present.
        say: receives each line of the journal; none holds an address or a link.
        invitations: how often a person may invite others.
    """

    accounts: Accounts
    address: str
    facts: Facts
    post: Post | None
    clock: Callable[[], datetime]
    say: Callable[[str], object]
    invitations: Limits = field(
        default_factory=lambda: Limits(time.monotonic, each=_INVITED_EACH, near=1_000, total=300)
    )
    _asked: queue.Queue[str | None] = field(default_factory=lambda: queue.Queue(_WAITING))
    _thread: threading.Thread | None = None

    def ask(self, address: str) -> None:
        """Send a link to an address in a while, if it is that of somebody."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="liens", daemon=True)
            self._thread.start()
        try:
            self._asked.put_nowait(address)
        except queue.Full:
            self.say("liens : trop de demandes attendent; celle-ci est oubliée.\n")

    def wait(self) -> None:
        """Wait until what was asked for is sent."""
        self._asked.join()

    def _work(self) -> None:
        while True:
            address = self._asked.get()
            try:
                member = self.accounts.member(address or "")
                if member is not None:
                    self.send(member.person)
            except PostError as error:  # its message says nothing about a person
                self.say(f"liens : {error}\n")
            except Exception as error:  # noqa: BLE001 - its message may quote an address
                self.say(f"liens : {describe(error)}\n")
            finally:
                self._asked.task_done()

    def link(self, person: Person) -> str:
        """Return the address of a new link of a person."""
        return f"{self.address}{ENTER}/{self.accounts.new_link(person.address)}"

    def send(self, person: Person, *, invited_by: str | None = None) -> None:
        """Send a person a link.

        Args:
            person: who receives it.
            invited_by: the name of who invites them, "" when it is a command; None when they ask.

        Raises:
            PostError: it does not leave.
        """
        if self.post is None:
            raise PostError("aucun serveur d’envoi n’est réglé")
        name = self.facts.name
        text = _ASKED if invited_by is None else _INVITED
        data = notices.compose(
            self.facts,
            person.address,
            f"Entrer à l’atelier – {name}",
            text.format(
                link=self.link(person),
                place=f"{self.address}{ENTER}",
                site=name,
                who=invited_by or name,
                minutes=_MINUTES,
            ),
            self.clock(),
        )
        self.post.send(self.facts.email, person.address, data)


_END = """
Ce lien sert une seule fois, et pendant {minutes} minutes. Ne le transférez à personne : il ouvre
l’atelier à votre nom.
"""
_ASKED = (
    """Bonjour,

Vous avez demandé à entrer à l’atelier ({site}) :

{link}
"""
    + _END
    + """
Vous n’avez rien demandé? Ignorez ce courriel : sans lui, personne n’entre.
"""
)
_INVITED = (
    """Bonjour,

{who} vous invite à l’atelier, où s’écrivent le site et les infolettres ({site}). Pour y entrer :

{link}
"""
    + _END
    + """
Plus tard, demandez un autre lien avec cette adresse de courriel, ici :

{place}
"""
)


@dataclass(slots=True)
class SignIn:
    """The pages that are read without a session.

    Attributes:
        accounts: who may come in.
        mails: sends the links.
        templates: of the pages.
        entrance: where browsers reach the atelier.
        visitors: how often a network may ask; its address is kept as a hash only.
        boxes: how often a link is sent to an address. The links that it received stay good, so
            whoever asks in the place of another does not keep them out.
        tries: how often a network may try links that are not good.
    """

    accounts: Accounts
    mails: LinkMails
    templates: Templates
    entrance: Entrance
    visitors: Limits
    boxes: Limits
    tries: Limits
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def routes(self) -> list[Route]:
        """Return their addresses."""

        async def enter(request: Request) -> Response:
            if request.method == "POST":
                fields = await self._form(request)
                return await run_in_threadpool(self._ask, request, fields.get(ADDRESS, ""))
            return self._page(request)

        async def use(request: Request) -> Response:
            fields = await self._form(request)
            return await run_in_threadpool(self._use, request, fields.get(SECRET, ""))

        async def link(request: Request) -> Response:
            secret = request.path_params["secret"]
            good = await run_in_threadpool(self.accounts.link_is_good, secret)
            return self._link(request, secret) if good else self._no_more(request)

        async def leave(request: Request) -> Response:
            return await run_in_threadpool(self._leave, request, await form_fields(request))

        return [
            Route(ENTER, enter, methods=["GET", "POST"]),
            Route(_USE, use, methods=["POST"]),
            Route(f"{ENTER}/{{secret}}", link, methods=["GET"]),
            Route(LEAVE, leave, methods=["POST"]),
        ]

    def _ask(self, request: Request, typed: str) -> Response:
        if self.visitors.ask(_visitor(request)) is not Verdict.SERVED:
            return self._page(request, HTTPStatus.TOO_MANY_REQUESTS, trop=True)
        try:
            address = folded(normalized(typed))
        except AddressError as error:
            return self._page(
                request, HTTPStatus.UNPROCESSABLE_ENTITY, faute=error.problem, tape=typed
            )
        if self.boxes.ask(address) is Verdict.SERVED:
            self.mails.ask(address)
        return self._page(request, demande=True)

    def _link(self, request: Request, secret: str) -> Response:
        answer = self._page(request, lien=secret)
        # The address of this page lets somebody in: what it loads must not be told it.
        answer.headers["Referrer-Policy"] = "strict-origin"
        return answer

    def _no_more(self, request: Request, status: int = HTTPStatus.GONE) -> Response:
        return self._page(request, status, passe=True)

    def _use(self, request: Request, secret: str) -> Response:
        signed = self.accounts.sign_in(secret, request.cookies.get(self.entrance.cookie, ""))
        if signed is None:
            served = self.tries.ask(_visitor(request)) is Verdict.SERVED
            if served:  # the others would only fill the journal
                self.accounts.note_failure("lien refusé")
            return self._no_more(request, 410 if served else HTTPStatus.TOO_MANY_REQUESTS)
        answer = see("/")
        set_cookie(answer, self.entrance, signed[1])
        return answer

    def _leave(self, request: Request, fields: dict[str, str]) -> Response:
        session: Session | None = getattr(request.state, "session", None)
        if session is None or not token_is_good(session, fields.get(TOKEN, "")):
            raise HTTPException(HTTPStatus.FORBIDDEN)
        self.accounts.close_session(session.cookie)
        answer = see(ENTER)
        set_cookie(answer, self.entrance, "", 0)
        return answer

    # --- forms shown to somebody who is not in ---------------------------------------------------

    def _page(self, request: Request, status: int = 200, **variables: object) -> Response:
        mark = request.cookies.get(_COOKIE) or secrets.token_urlsafe(24)
        shown = {
            "lien": "",
            "demande": False,
            "passe": False,
            "trop": False,
            "faute": "",
            "tape": "",
        }
        page = self.templates.page(
            "entrer",
            jeton=self._token(mark),
            site=self.mails.facts.name,
            minutes=_MINUTES,
            muet=self.mails.post is None,
            **(shown | variables),
        )
        answer = HTMLResponse(page, status)
        answer.set_cookie(
            _COOKIE, mark, max_age=_FORM_LIFE, secure=True, httponly=True, samesite="strict"
        )
        return answer

    async def _form(self, request: Request) -> dict[str, str]:
        """Return the fields of a form of these pages.

        Raises:
            HTTPException: it was not shown to this browser by this process.
        """
        fields = await form_fields(request)
        mark = request.cookies.get(_COOKIE, "")
        if not mark or not hmac.compare_digest(self._token(mark), fields.get(TOKEN, "")):
            raise HTTPException(HTTPStatus.FORBIDDEN)
        return fields

    def _token(self, mark: str) -> str:
        return hmac.new(self._key, mark.encode(), "sha256").hexdigest()


def _visitor(request: Request) -> str:
    return request.client.host if request.client else ""
