"""The answers of the door: GET shows, POST acts, and a token is the only credential."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from axtra.content.model import Facts
from axtra.door.confirmation_mail import Post, confirmation
from axtra.door.limits import WINDOW, Limits
from axtra.door.mail_queue import Mailer
from axtra.door.middleware import GuardedApp
from axtra.door.page_templates import STYLE, Pages
from axtra.subscribers import (
    PENDING_DAYS,
    AddressError,
    ClaimedRequest,
    LockedError,
    Pool,
    Register,
    normalized,
)
from axtra.subscribers.signed_tokens import ExpiredError
from axtra.text import first_names

MOST = 8_192  # bytes of a form
_DAY = 86_400  # seconds
_TURN = 10  # seconds that a change waits for the changes before it
_COME_BACK = 60  # seconds after which to ask again, when the register is locked
PREFERENCES = "page des préférences"

T = TypeVar("T")


@dataclass(slots=True)
class Door:
    """The public service and what it needs.

    `pool` lends the register; `offered` maps the lists that anyone may join to their names; `post`
    sends mail, or is None; `clock` returns the current moment; `say` receives each line of the
    journal.
    """

    pool: Pool
    facts: Facts
    offered: Mapping[str, str]
    pages: Pages
    post: Post | None
    limits: Limits
    clock: Callable[[], datetime]
    say: Callable[[str], object]
    _mailer: Mailer | None = field(init=False, default=None)
    _turn: asyncio.Lock = field(init=False, default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        """Prepare the background sender, if mail can be sent."""
        if self.post:
            self._mailer = Mailer(
                self.pool, self.post, self.facts.email, self._confirmation, self.clock, self.say
            )

    def app(self) -> GuardedApp:
        """Return the ASGI application."""
        both = ["GET", "POST"]
        inner = Starlette(
            routes=[
                Route("/", self.form, methods=["GET"]),
                Route("/abonnement", self.subscribe, methods=both),
                Route("/confirmation/{token}", self.confirm, methods=both),
                Route("/desabonnement/{token}", self.unsubscribe, methods=both),
                Route("/preferences/{token}", self.prefer, methods=both),
                *(Route(path, self.file, methods=["GET"]) for path in self.pages.files),
            ],
            exception_handlers={
                HTTPException: self.refused,
                LockedError: self.locked,
                500: self.failed,
            },
            lifespan=self._life,
        )
        inner.router.redirect_slashes = False
        return GuardedApp(inner, secure=self.pages.base.startswith("https:"), say=self.say)

    @asynccontextmanager
    async def _life(self, _app: Starlette) -> AsyncIterator[None]:
        """Send mails while the service runs."""
        with self._mailer.running() if self._mailer else nullcontext():
            yield
        self.pool.close()

    # --- subscribing ------------------------------------------------------------------------------

    async def form(self, _request: Request) -> Response:
        """Show the form."""
        return self._form()

    async def subscribe(self, request: Request) -> Response:
        """Send a mail to confirm; the answer never shows whether the address is known."""
        if request.method != "POST":
            return self._form()
        fields = await _fields(request)
        typed = fields.get("adresse", [""])[0].strip()[:254]
        # Anything but a name is dropped: anyone may type it into a mail that goes to someone else.
        name = first_names.tidy(fields.get("prenom", [""])[0])
        lists = [liste for liste in self.offered if liste in fields.get("liste", [])]
        wrong: dict[str, str] = {}
        try:
            address = normalized(typed)
        except AddressError as error:
            wrong["adresse"] = f"{error}. Écrivez-la comme ceci\u00a0: nom@exemple.ca"
        if not lists:
            wrong["liste"] = "Choisissez au moins une infolettre."
        if wrong:
            given = {"adresse": typed, "prenom": name, "liste": lists}
            return self._form(wrong, given, status=422)
        if not self.limits.allow(request.client.host if request.client else ""):
            raise HTTPException(429, headers={"Retry-After": str(int(WINDOW))})
        if self._mailer is None:
            return self._page("indisponible", 503)
        now = self.clock()
        if await self._change(lambda register: register.ask(address, name, lists, now)):
            self._mailer.wake()
        return self._page("verifier")

    def _confirmation(self, request: ClaimedRequest, moment: datetime) -> bytes:
        """Return the mail that asks for a confirmation."""
        token = self.pool.do(lambda register: register.keys.confirmation(request.id))
        # A mail that leaves late says how long its request is still kept, to the hour.
        left = request.asked + timedelta(days=PENDING_DAYS, hours=1) - moment
        text = self.pages.mail(
            "confirmation",
            lien=f"{self.pages.base}/confirmation/{token}",
            prenom=request.first_name,
            listes=[self._name(liste) for liste in request.lists],
            jours=left.days,
        )
        return confirmation(self.facts, request.address, text, moment)

    async def confirm(self, request: Request) -> Response:
        """Show what will be confirmed; on POST, subscribe the person."""
        token = request.path_params["token"]
        if request.method == "POST":
            return await self._change(lambda register: self._confirm(register, token, act=True))
        return await self._look(lambda register: self._confirm(register, token, act=False))

    def _confirm(self, register: Register, token: str, *, act: bool) -> Response:
        try:
            identity = register.keys.read_confirmation(token, PENDING_DAYS * _DAY)
        except ExpiredError:
            raise HTTPException(410) from None
        pending = register.pending(identity) if identity else None
        if pending is None:
            raise HTTPException(404)
        names = [self._name(liste) for liste in pending.lists]
        if not act:
            return self._page("confirmer", listes=names)
        person = register.confirm(pending.id, self.clock())
        if person is None:
            raise HTTPException(404)
        link = register.keys.link(person, pending.lists[0])
        return self._page("confirme", listes=names, jeton=link)

    # --- leaving ----------------------------------------------------------------------------------

    async def unsubscribe(self, request: Request) -> Response:
        """Show a button; on POST, remove the person from the list at once.

        The body is not read: the token is enough, and mail services post
        `List-Unsubscribe=One-Click` in either of two encodings.

        Source: RFC 8058, sections 3.1 and 3.2.
        """
        token = request.path_params["token"]
        if request.method == "POST":
            return await self._change(lambda register: self._unsubscribe(register, token, act=True))
        return await self._look(lambda register: self._unsubscribe(register, token, act=False))

    def _unsubscribe(self, register: Register, token: str, *, act: bool) -> Response:
        person, liste = _link(register, token)
        if act:
            register.unsubscribe(person, liste, self.clock(), "lien du courriel")
        known = register.person(person) is not None
        template = "desabonne" if act else "desabonner"
        return self._page(template, liste=self._name(liste), jeton=token if known else "")

    async def prefer(self, request: Request) -> Response:
        """Show the lists of a person; on POST, subscribe them to the chosen lists only."""
        fields = await _fields(request) if request.method == "POST" else None
        token = request.path_params["token"]
        if fields is None:
            return await self._look(lambda register: self._prefer(register, token, None))
        return await self._change(lambda register: self._prefer(register, token, fields))

    def _prefer(
        self, register: Register, token: str, fields: Mapping[str, list[str]] | None
    ) -> Response:
        person, _ = _link(register, token)
        if register.person(person) is None:
            raise HTTPException(404)
        shown = dict.fromkeys([*self.offered, *register.lists_of(person)])
        if fields is not None:
            chosen = [liste for liste in fields.get("liste", []) if liste in shown]
            register.choose(person, chosen, list(shown), self.clock(), PREFERENCES)
        mine = register.lists_of(person)
        choices = [(slug, self._name(slug), slug in mine) for slug in shown]
        return self._page("preferences", choix=choices, garde=fields is not None, jeton=token)

    # --- files and errors -------------------------------------------------------------------------

    async def file(self, request: Request) -> Response:
        """Return the style sheet or a font."""
        kind, data = self.pages.files[request.url.path]
        kept = 3_600 if request.url.path == STYLE else 31_536_000
        headers = {"Cache-Control": f"public, max-age={kept}"}
        return Response(data, media_type=kind, headers=headers)

    async def refused(self, _request: Request, error: Exception) -> Response:
        """Show why a request cannot be served."""
        assert isinstance(error, HTTPException)  # noqa: S101 - Starlette's handlers are untyped
        return self._page(
            "erreur", error.status_code, headers=error.headers, code=error.status_code
        )

    async def locked(self, _request: Request, _error: Exception) -> Response:
        """Show that nothing was changed, and when to try again."""
        self.say("registre occupé par une autre commande : demande refusée (503)\n")
        return self._page("erreur", 503, headers={"Retry-After": str(_COME_BACK)}, code=503)

    async def failed(self, _request: Request, _error: Exception) -> Response:
        """Show that an error occurred here."""
        return self._page("erreur", 500, code=500)

    async def _look(self, work: Callable[[Register], T]) -> T:
        """Read the register in a thread."""
        return await run_in_threadpool(self.pool.do, work)

    async def _change(self, work: Callable[[Register], T]) -> T:
        """Change the register in a thread, one request after another.

        SQLite allows one writer at a time. Requests that wait here hold no thread, so that pages
        are still shown, and are served in order.

        Raises:
            LockedError: the wait was too long, or the register is locked; nothing was changed.
        """
        try:
            async with asyncio.timeout(_TURN):
                await self._turn.acquire()
        except TimeoutError:
            raise LockedError("le registre est occupé par d’autres demandes") from None
        try:
            return await run_in_threadpool(self.pool.do, work)
        finally:
            self._turn.release()

    def _form(
        self,
        wrong: Mapping[str, str] | None = None,
        given: Mapping[str, object] | None = None,
        status: int = 200,
    ) -> Response:
        blank = {"adresse": "", "prenom": "", "liste": []}
        return self._page(
            "abonnement",
            status,
            listes=self.offered,
            fautes=wrong or {},
            donnees=given or blank,
            ouvert=self.post is not None,
        )

    def _page(
        self,
        name: str,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **variables: object,
    ) -> Response:
        text = self.pages.page(name, **variables)
        return HTMLResponse(text, status, headers=dict(headers or {}))

    def _name(self, liste: str) -> str:
        return self.offered.get(liste, liste)


def _link(register: Register, token: str) -> tuple[str, str]:
    link = register.keys.read_link(token)
    if link is None:
        raise HTTPException(404)
    return link


async def _fields(request: Request) -> dict[str, list[str]]:
    """Return the fields of a form, or refuse a body that is too long or is not a form."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST:
            raise HTTPException(413)
    try:
        return parse_qs(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=40)
    except ValueError:
        raise HTTPException(400) from None
