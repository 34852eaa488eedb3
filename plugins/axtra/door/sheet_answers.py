"""The page where a centre says that its sheet is true, or what to correct; a link serves once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from axtra.door import request_reading
from axtra.network import sheets
from axtra.network.reminders import PATH
from axtra.network.sheet_requests import LIFE, RequestState, SheetRequest, SheetRequests
from axtra.subscribers import Pool
from infolettre.core.refusals import Refusal

_CONFIRM, _CORRECT, _REMARK = "confirmer", "corriger", "remarque"
_GONE = 410
_MOST = 49_152  # bytes of a form: a presentation may take nine for a character

_UNCHANGED = Refusal(
    "rien n’est changé dans la fiche.", "Si elle est exacte, choisissez « Tout est exact »."
)


class ShowPage(Protocol):
    """Returns a page of the door."""

    def __call__(  # noqa: D102
        self,
        name: str,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **variables: object,
    ) -> Response: ...


@dataclass(frozen=True, slots=True)
class SheetAnswers:
    """The answers of centres, as the door receives them.

    `pool` lends the register, whose keys sign the links; `page` returns a page; `in_turn` does a
    change after those before it.
    """

    pool: Pool
    clock: Callable[[], datetime]
    page: ShowPage
    in_turn: Callable[[Callable[[Any], Response]], Awaitable[Response]]

    def routes(self) -> list[Route]:
        """Return the address of the page."""
        return [Route(f"{PATH}{{token:path}}", self.answer, methods=["GET", "POST"])]

    async def answer(self, request: Request) -> Response:
        """Show a centre its sheet; on POST, note what it answers."""
        token = request_reading.token(request)
        if request.method != "POST":
            return await run_in_threadpool(self._show, token)
        fields = await request_reading.fields(request, most=_MOST)
        return await self.in_turn(lambda _: self._answer(token, fields))

    def _question(self, token: str, requests: SheetRequests) -> SheetRequest:
        """Return the open question of a token.

        Raises:
            HTTPException: 404, it is forged; 410, it served already, is too old, or was replaced.
        """
        identity = self.pool.do(lambda register: register.keys.read_sheet(token))
        question = requests.find(identity) if identity else None
        if question is None:
            raise HTTPException(404)
        if question.state is not RequestState.OPEN or self.clock() > question.asked + LIFE:
            raise HTTPException(_GONE)
        return question

    def _show(self, token: str) -> Response:
        return self._within(lambda requests: self._form(self._question(token, requests)))

    def _answer(self, token: str, fields: Mapping[str, Sequence[str]]) -> Response:
        def act(requests: SheetRequests) -> Response:
            question = self._question(token, requests)
            typed = {name: values[-1] for name, values in fields.items() if values}
            changes: dict[str, str] = {}
            remark = ""
            if typed.get("acte") == _CORRECT:
                try:
                    changes = sheets.changed(question.sheet, typed)
                except Refusal as refusal:
                    return self._form(question, refusal=refusal, typed=typed)
                remark = " ".join(typed.get(_REMARK, "").split())[: sheets.MOST_REMARK]
                if not changes and not remark:
                    return self._form(question, refusal=_UNCHANGED)
            elif typed.get("acte") != _CONFIRM:
                return self._form(question)
            if not requests.answer(question.id, changes, remark, self.clock()):
                raise HTTPException(_GONE)
            return self.page(
                "centre-merci", nom=question.sheet.get("nom", ""), corrige=bool(changes or remark)
            )

        return self._within(act)

    def _within(self, work: Callable[[SheetRequests], Response]) -> Response:
        """Do something with the questions; a link that serves no more has a page of its own."""
        with SheetRequests.open(self.pool.folder) as requests:
            try:
                return work(requests)
            except HTTPException as error:
                if error.status_code != _GONE:
                    raise
                return self.page("centre-fini", _GONE)

    def _form(
        self,
        question: SheetRequest,
        *,
        refusal: Refusal | None = None,
        typed: Mapping[str, str] | None = None,
    ) -> Response:
        """Show the sheet; after a refusal, what was typed stays."""
        shown = {**question.sheet, **(typed or {})}
        words = question.sheet.get(sheets.PRESENTATION)
        return self.page(
            "centre",
            422 if refusal else 200,
            nom=question.sheet.get("nom", ""),
            champs=[
                (key, shown.get(key.name, ""), sheets.is_list(key)) for key in sheets.asked_keys()
            ],
            etiquettes={key.name: sheets.label_of(key).capitalize() for key in sheets.asked_keys()},
            presentation=shown.get(sheets.PRESENTATION, "")
            if words is not None and len(words) <= sheets.MOST_WORDS
            else None,
            remarque=(typed or {}).get(_REMARK, ""),
            longueur=sheets.MOST,
            longueur_presentation=sheets.MOST_WORDS,
            longueur_remarque=sheets.MOST_REMARK,
            refus=refusal,
        )
