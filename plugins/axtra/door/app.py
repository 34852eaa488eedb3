"""What the door answers. GET shows, POST acts; a token is the only key that is ever asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from axtra.content.model import Facts
from axtra.door.confirmation_mail import Post, PostError, confirmation
from axtra.door.limits import WINDOW, Limits
from axtra.door.middleware import Shield
from axtra.door.page_templates import STYLE, Pages
from axtra.subscribers import AddressError, Register, normalized
from axtra.subscribers.register import PENDING_DAYS
from axtra.subscribers.signed_tokens import ExpiredError
from axtra.text import first_names

MOST = 8_192  # bytes of a form
_DAY = 86_400  # seconds
PREFERENCES = "page des préférences"


@dataclass(frozen=True, slots=True)
class Door:
    """What the answers stand on.

    `offered` maps the lists that anyone may join to their names; `post` is None when no mail can
    be sent; `clock` gives the present moment; `say` writes a line to the journal.
    """

    folder: Path
    facts: Facts
    offered: Mapping[str, str]
    pages: Pages
    post: Post | None
    limits: Limits
    clock: Callable[[], datetime]
    say: Callable[[str], object]

    def app(self) -> Shield:
        """Make the ASGI application."""
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
            exception_handlers={HTTPException: self.refused, 500: self.failed},
        )
        inner.router.redirect_slashes = False
        return Shield(inner, secure=self.pages.base.startswith("https:"), say=self.say)

    # --- subscribing -----------------------------------------------------------------------------

    async def form(self, _request: Request) -> Response:
        """Show the form."""
        return self._form()

    async def subscribe(self, request: Request) -> Response:
        """Ask the person, by mail, to confirm; whether the address is known is never told."""
        if request.method != "POST":
            return self._form()
        fields = await _fields(request)
        typed = fields.get("adresse", [""])[0].strip()[:254]
        # What is no name is left out: the mail that follows goes to whoever the form names.
        name = first_names.tidy(fields.get("prenom", [""])[0])
        lists = [one for one in self.offered if one in fields.get("liste", [])]
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
        if not await run_in_threadpool(self._ask, address, name, lists):
            return self._page("indisponible", 503)
        return self._page("verifier")

    def _ask(self, address: str, name: str, lists: list[str]) -> bool:
        """Note the request and send its mail; tell whether the mail could leave."""
        if self.post is None:
            return False
        now = self.clock()
        with Register.open(self.folder) as register:
            pending = register.ask(address, name, lists, now)
            if pending is None:
                return True  # written to often enough: the same page, and no other mail
            token = register.keys.confirmation(pending)
            text = self.pages.mail(
                "confirmation",
                lien=f"{self.pages.base}/confirmation/{token}",
                prenom=name,
                listes=[self.offered[one] for one in lists],
                jours=PENDING_DAYS,
            )
            try:
                self.post.send(
                    self.facts.email, address, confirmation(self.facts, address, text, now)
                )
            except PostError as error:
                register.withdraw(pending)
                self.say(f"courriel de confirmation : {error}\n")
                return False
        return True

    async def confirm(self, request: Request) -> Response:
        """Show what will be confirmed; on POST, subscribe."""
        token = request.path_params["token"]
        return await run_in_threadpool(self._confirm, token, request.method == "POST")

    def _confirm(self, token: str, act: bool) -> Response:  # noqa: FBT001
        with Register.open(self.folder) as register:
            try:
                identity = register.keys.read_confirmation(token, PENDING_DAYS * _DAY)
            except ExpiredError:
                raise HTTPException(410) from None
            pending = register.pending(identity) if identity else None
            if pending is None:
                raise HTTPException(404)
            names = [self._name(one) for one in pending.lists]
            if not act:
                return self._page("confirmer", listes=names)
            person = register.confirm(pending.id, self.clock())
            if person is None:
                raise HTTPException(404)
            link = register.keys.link(person, pending.lists[0])
        return self._page("confirme", listes=names, jeton=link)

    # --- leaving ---------------------------------------------------------------------------------

    async def unsubscribe(self, request: Request) -> Response:
        """Show a button; on POST, take the person off the list at once.

        The body is neither needed nor read: the token is the capability, and a mail service posts
        `List-Unsubscribe=One-Click` in either of two encodings.

        Source: RFC 8058, sections 3.1 and 3.2.
        """
        token = request.path_params["token"]
        return await run_in_threadpool(self._unsubscribe, token, request.method == "POST")

    def _unsubscribe(self, token: str, act: bool) -> Response:  # noqa: FBT001
        with Register.open(self.folder) as register:
            person, liste = _link(register, token)
            if act:
                register.unsubscribe(person, liste, self.clock(), "lien du courriel")
            known = register.person(person) is not None
        template = "desabonne" if act else "desabonner"
        return self._page(template, liste=self._name(liste), jeton=token if known else "")

    async def prefer(self, request: Request) -> Response:
        """Show the lists of a person; on POST, keep those that they chose."""
        fields = await _fields(request) if request.method == "POST" else None
        token = request.path_params["token"]
        return await run_in_threadpool(self._prefer, token, fields)

    def _prefer(self, token: str, fields: Mapping[str, list[str]] | None) -> Response:
        with Register.open(self.folder) as register:
            person, _ = _link(register, token)
            if register.person(person) is None:
                raise HTTPException(404)
            shown = dict.fromkeys([*self.offered, *register.lists_of(person)])
            if fields is not None:
                chosen = [one for one in fields.get("liste", []) if one in shown]
                register.choose(person, chosen, list(shown), self.clock(), PREFERENCES)
            mine = register.lists_of(person)
        choices = [(slug, self._name(slug), slug in mine) for slug in shown]
        return self._page("preferences", choix=choices, garde=fields is not None, jeton=token)

    # --- the rest --------------------------------------------------------------------------------

    async def file(self, request: Request) -> Response:
        """Give the style sheet or a font."""
        kind, data = self.pages.files[request.url.path]
        kept = 3_600 if request.url.path == STYLE else 31_536_000
        headers = {"Cache-Control": f"public, max-age={kept}"}
        return Response(data, media_type=kind, headers=headers)

    async def refused(self, _request: Request, error: Exception) -> Response:
        """Say why a request cannot be served."""
        assert isinstance(error, HTTPException)  # noqa: S101 - Starlette's handlers are untyped
        return self._page(
            "erreur", error.status_code, headers=error.headers, code=error.status_code
        )

    async def failed(self, _request: Request, _error: Exception) -> Response:
        """Say that something broke here."""
        return self._page("erreur", 500, code=500)

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
    found = register.keys.read_link(token)
    if found is None:
        raise HTTPException(404)
    return found


async def _fields(request: Request) -> dict[str, list[str]]:
    """Read a form; one that is too long, or is not one, is refused."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST:
            raise HTTPException(413)
    try:
        return parse_qs(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=40)
    except ValueError:
        raise HTTPException(400) from None
