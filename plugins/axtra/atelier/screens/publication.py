"""Publication: what would change on the site, the act, its result, and how to go back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from axtra import publishing
from axtra.atelier.app import Atelier, for_role, form_of, see
from axtra.atelier.differences import Change, differences
from axtra.atelier.forms import label_of
from axtra.atelier.newsroom import State, TextEntry
from axtra.atelier.roles import Act
from axtra.atelier.screens.texts import address as text_address
from axtra.core.diagnostics import errors
from axtra.core.refusals import Refusal
from axtra.publishing.published_project import PublishedProject

HERE = "Publication"
_LISTED = 12  # deployments


@dataclass(frozen=True, slots=True)
class Coming:
    """A text that the next publication would not show as it is: it waits, or has errors."""

    text: TextEntry
    address: str
    label: str
    changes: tuple[Change, ...]


def routes(atelier: Atelier) -> list[Route]:
    """Return the addresses of the screen."""

    async def publication(request: Request) -> Response:
        if request.method == "POST":
            fields = await form_of(request)
            return await run_in_threadpool(_act, atelier, fields.get("acte", ""))
        return await run_in_threadpool(_show, atelier, request)

    return [Route("/publication", for_role(Act.PUBLISH, publication), methods=["GET", "POST"])]


def _act(atelier: Atelier, act: str) -> Response:
    if act == "revenir":
        atelier.publisher.go_back(atelier.signature)
    else:
        atelier.publisher.publish(atelier.signature)
    return see("/publication")


def _show(atelier: Atelier, request: Request) -> Response:
    atelier.newsroom.catch_up()
    standing = atelier.publisher.standing
    refusal, project, state = standing.refusal, None, None
    try:
        project = atelier.publisher.project()
        if project is not None and not standing.running:
            state = publishing.history(project.target)
    except Refusal as found:
        refusal = refusal or found
    past = [*reversed(state.history)][:_LISTED] if state else []
    texts = atelier.newsroom.texts()
    stopping = errors(atelier.newsroom.problems)
    return atelier.screen(
        request,
        "publication",
        HERE,
        marche=standing,
        refus=refusal,
        cible=project.target if project else None,
        public=_public(project),
        retenu=state.held if state else False,
        passees=[(datetime.fromisoformat(line.when), line) for line in past],
        attendent=list(_waiting(atelier, texts)),
        brouillons=sum(text.state is State.DRAFT for text in texts),
        empeche=stopping,
        phrase=_sentence(standing.running, project, past and past[0]),
    )


def _public(project: PublishedProject | None) -> str:
    return (project.target.public or project.settings.siteurl) if project else ""


def _waiting(atelier: Atelier, texts: list[TextEntry]) -> Iterator[Coming]:
    """Yield the texts whose version set aside would not be published, with what it changes."""
    for text in texts:
        if text.version is None:
            continue
        before = (atelier.root / text.name).read_bytes().decode(errors="replace")
        after = text.version.data.decode(errors="replace")
        label = label_of(text.item) if text.item else text.kind.label
        yield Coming(text, text_address(text.name), label, tuple(differences(before, after)))


def _sentence(running: bool, project: PublishedProject | None, last: object) -> str:  # noqa: FBT001
    if running:
        return "Le site se publie."
    if project is None:
        return "Ce site n’a pas encore d’adresse où paraître."
    return "Le site est en ligne." if last else "Rien n’a encore été publié."
