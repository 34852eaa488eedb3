"""The answers of the door: GET shows, POST acts, and a token is the only credential."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from axtra.content.model import Facts
from axtra.door import request_reading, subscription_form
from axtra.door.confirmation_mail import Post, confirmation
from axtra.door.limits import WINDOW, SharedLimits, Verdict
from axtra.door.mail_queue import Mailer
from axtra.door.middleware import GuardedApp, describe
from axtra.door.page_templates import STYLE, Pages
from axtra.door.sheet_answers import SheetAnswers
from axtra.door.subscription_form import BLANK, FilledForm
from axtra.subscribers import (
    PENDING_DAYS,
    ClaimedRequest,
    FolderError,
    Keys,
    LockedError,
    PendingRequest,
    Pool,
    Register,
)
from axtra.subscribers.register import late_departures
from axtra.subscribers.signed_tokens import ExpiredError

_DAY = 86_400  # seconds
_TURN = 5  # seconds that a change waits for the changes before it
_HOUSE_LOOK, _HOUSE_EVERY = 5, 3_600  # seconds between two looks, and between two purges
_COME_BACK = 60  # seconds after which to ask again, when the register is locked
PREFERENCES = "page des préférences"

T = TypeVar("T")


@dataclass(slots=True)
class Door:
    """The public service and what it needs.

    `pool` lends the register; `offered` maps the lists that anyone may join to their names; `post`
    sends mail, or is None; `clock` returns the current moment; `say` receives each line of the
    journal; `relay` is where a big relay posts what it says of returned mail, or None.
    """

    pool: Pool
    facts: Facts
    offered: Mapping[str, str]
    pages: Pages
    post: Post | None
    limits: SharedLimits
    clock: Callable[[], datetime]
    say: Callable[[str], object]
    relay: Route | None = None
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
                Route("/confirmation/{token:path}", self.confirm, methods=both),
                Route("/desabonnement/{token:path}", self.unsubscribe, methods=both),
                Route("/preferences/{token:path}", self.prefer, methods=both),
                *SheetAnswers(self.pool, self.clock, self._page, self._change).routes(),
                *((self.relay,) if self.relay else ()),
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
        """Send mails and keep house while the service runs."""
        house = asyncio.create_task(self._keep_house())
        with self._mailer.running() if self._mailer else nullcontext():
            yield
        house.cancel()
        with suppress(asyncio.CancelledError):
            await house
        self.pool.close()

    async def _keep_house(self) -> None:
        """Write the departures noted to the register, and forget what is kept for too long."""
        folder, forgotten = self.pool.folder, float("-inf")
        while True:
            try:
                await self._look(lambda register: late_departures.settle(register, folder))
                if time.monotonic() - forgotten >= _HOUSE_EVERY:
                    await self._look(lambda register: register.purge(self.clock()))
                    forgotten = time.monotonic()
            except FolderError as error:
                self.say(f"entretien du registre : {describe(error)}\n")
            await asyncio.sleep(_HOUSE_LOOK)

    # --- subscribing ------------------------------------------------------------------------------

    async def form(self, _request: Request) -> Response:
        """Show the form."""
        return await self._form()

    async def subscribe(self, request: Request) -> Response:
        """Send a mail to confirm; the answer never shows whether the address is known.

        A form that was not shown by the door itself, such as that of the site, is shown again with
        what it holds: a mail leaves on the next button only.
        """
        if request.method != "POST":
            return await self._form()
        if request_reading.is_foreign(request.headers, (self.facts.website, self.pages.base)):
            raise HTTPException(403)
        filled = subscription_form.read(await request_reading.fields(request), self.offered)
        if filled.faults:
            return await self._form(filled, status=422)
        if self._mailer is None:
            return self._page("indisponible", 503)
        shown = await self._look(
            lambda register: register.keys.is_form(filled.token, subscription_form.LIFE)
        )
        if not shown or filled.trapped or filled.is_doubtful:
            return await self._form(filled)
        visitor, now = request.client.host if request.client else "", self.clock()

        def ask(register: Register) -> Verdict:
            with register.together():
                verdict = self.limits.ask_of(register, visitor)
                if verdict is Verdict.SERVED:
                    register.ask(filled.address, filled.first_name, filled.lists, now)
            return verdict

        match await self._change(ask):
            case Verdict.TOO_MANY:
                raise HTTPException(429, headers={"Retry-After": str(int(WINDOW))})
            case Verdict.FULL:
                return await self._form(filled, full=True)
        self._mailer.wake()
        return self._page("verifier")

    def _confirmation(self, request: ClaimedRequest, moment: datetime) -> bytes:
        """Return the mail that asks for a confirmation."""
        token = self.pool.do(lambda register: register.keys.confirmation(request.id))
        # A mail that leaves late says how long its request is still kept, to the hour.
        left = request.asked + timedelta(days=PENDING_DAYS, hours=1) - moment
        text = self.pages.mail(
            "changement" if request.side else "confirmation",
            cote=request.side,
            lien=f"{self.pages.base}/confirmation/{token}",
            prenom=request.first_name,
            listes=[self._name(liste) for liste in request.lists],
            jours=left.days,
        )
        return confirmation(self.facts, request.address, text, moment, moves=bool(request.side))

    async def confirm(self, request: Request) -> Response:
        """Show what will be confirmed; on POST, subscribe the person."""
        token = request_reading.token(request)
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
        if pending.moves:
            return self._move(register, pending, act=act)
        if not act:
            return self._page("confirmer", listes=names)
        person = register.confirm(pending.id, self.clock())
        if person is None:
            raise HTTPException(404)
        mine = register.lists_of(person)
        kept = [self._name(liste) for liste in pending.lists if liste in mine]
        if not kept:  # they left since: a link serves once
            raise HTTPException(410)
        link = register.keys.link(person, pending.lists[0])
        return self._page("confirme", listes=kept, jeton=link)

    def _move(self, register: Register, pending: PendingRequest, *, act: bool) -> Response:
        """Show that an address will change; when asked to, note that this side confirms it."""
        if not act:
            return self._page("confirmer-adresse")
        person = register.confirm(pending.id, self.clock())
        if person is None:  # the new address was taken meanwhile, or the person erased
            raise HTTPException(410)
        return self._page("confirme-adresse", attend=register.awaits_other(pending.id))

    # --- leaving ----------------------------------------------------------------------------------

    async def unsubscribe(self, request: Request) -> Response:
        """Show a button; on POST, remove the person from the list at once.

        The body is not read: the token is enough, and mail services post
        `List-Unsubscribe=One-Click` in either of two encodings. When the register is locked, the
        departure is noted beside it.

        Source: RFC 8058, sections 3.1 and 3.2.
        """
        token = request_reading.token(request)
        act = request.method == "POST"
        ask = self._change if act else self._look
        try:
            return await ask(lambda register: self._unsubscribe(register, token, act=act))
        except LockedError:
            # The keys are in the data folder, wherever the register is.
            person, liste = _link(await run_in_threadpool(Keys.open, self.pool.folder), token)
            if not act:
                return self._page("desabonner", liste=self._name(liste), jeton="")
            await self._note([(person, liste)])
            return self._page("note", listes=[self._name(liste)])

    def _unsubscribe(self, register: Register, token: str, *, act: bool) -> Response:
        person, liste = _link(register.keys, token)
        if act:
            register.unsubscribe(person, liste, self.clock(), "lien du courriel")
        known = register.person(person) is not None
        template = "desabonne" if act else "desabonner"
        return self._page(template, liste=self._name(liste), jeton=token if known else "")

    async def prefer(self, request: Request) -> Response:
        """Show the lists of a person; on POST, leave those that they no longer want.

        Their link may have been forwarded, or be old: it adds them to no list. A mail asks for
        that, as it does of anyone.
        """
        token = request_reading.token(request)
        if request.method != "POST":
            return await self._look(lambda register: self._prefer(register, token, None))
        chosen = (await request_reading.fields(request)).get("liste", [])
        try:
            answer = await self._change(lambda register: self._prefer(register, token, chosen))
        except LockedError:
            person, left = await self._look(lambda register: _left(register, token, chosen))
            if not left:
                raise
            await self._note([(person, liste) for liste in left])
            return self._page("note", listes=[self._name(liste) for liste in left])
        if self._mailer:
            self._mailer.wake()
        return answer

    def _prefer(self, register: Register, token: str, chosen: Sequence[str] | None) -> Response:
        person = register.person(_link(register.keys, token)[0])
        if person is None:
            raise HTTPException(404)
        mine = register.lists_of(person.id)
        shown = dict.fromkeys([*self.offered, *mine])
        asked: list[str] = []
        if chosen is not None:
            asked = [liste for liste in self.offered if liste in chosen and liste not in mine]
            with register.together():
                register.keep_only(person.id, chosen, self.clock(), PREFERENCES)
                if asked and self._mailer:
                    register.ask(person.address, person.first_name, asked, self.clock())
            mine = register.lists_of(person.id)
        return self._page(
            "preferences",
            choix=[(slug, self._name(slug), slug in mine) for slug in shown],
            garde=chosen is not None,
            demandees=[self._name(liste) for liste in asked],
            ouvert=self._mailer is not None,
            jeton=token,
        )

    async def _note(self, departures: Sequence[tuple[str, str]]) -> None:
        """Note departures beside a register that is locked."""
        self.say("registre occupé par une autre commande : départ noté à côté\n")
        for person, liste in departures:
            await run_in_threadpool(
                late_departures.note, self.pool.folder, person, liste, self.clock()
            )

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

    async def _form(
        self, filled: FilledForm = BLANK, status: int = 200, *, full: bool = False
    ) -> Response:
        return self._page(
            "abonnement",
            status,
            listes=self.offered,
            rempli=filled,
            voulues=[self._name(liste) for liste in filled.lists],
            jeton=await self._look(lambda register: register.keys.form()),
            piege=subscription_form.TRAP,
            ouvert=self.post is not None,
            plein=full,
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


def _link(keys: Keys, token: str) -> tuple[str, str]:
    link = keys.read_link(token)
    if link is None:
        raise HTTPException(404)
    return link


def _left(register: Register, token: str, chosen: Sequence[str]) -> tuple[str, list[str]]:
    """Return a person and the lists that they leave."""
    person = _link(register.keys, token)[0]
    return person, [liste for liste in register.lists_of(person) if liste not in chosen]
