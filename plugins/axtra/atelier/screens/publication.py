"""Publication: what would change on the site, the act, its result, and how to go back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from axtra import publishing
from axtra.atelier.app import Atelier, for_role, form_of, see
from axtra.atelier.differences import ChangedPart, changed_parts
from axtra.atelier.forms import label_of
from axtra.atelier.newsroom import State, TextEntry
from axtra.atelier.roles import Act
from axtra.atelier.scheduled import (
    ChosenText,
    Schedule,
    ScheduledPublication,
    read_moment,
)
from axtra.atelier.screens.texts import address as text_address
from axtra.atelier.set_aside import project_folder
from axtra.atelier.texts import is_draft
from axtra.atelier.unpublished import moved_since
from axtra.publishing import Deployment
from axtra.publishing.published_project import PublishedProject
from infolettre.core.diagnostics import count, errors
from infolettre.core.numbers import in_letters
from infolettre.core.refusals import Refusal

HERE = "Publication"
CHOSEN = "choisi-"  # then the name of a text
_LISTED = 12  # deployments
_AROUND = 12  # words that stayed, on each side of what changed


@dataclass(frozen=True, slots=True)
class Coming:
    """A text that may be published: what it changes, and when it is scheduled."""

    text: TextEntry
    address: str
    label: str
    changes: tuple[ChangedPart, ...]
    when: datetime | None


def routes(atelier: Atelier) -> list[Route]:
    """Return the addresses of the screen."""

    async def publication(request: Request) -> Response:
        if request.method == "POST":
            fields = await form_of(request)
            return await run_in_threadpool(_act, atelier, request, fields)
        return await run_in_threadpool(_show, atelier, request)

    return [Route("/publication", for_role(Act.PUBLISH, publication), methods=["GET", "POST"])]


def _act(atelier: Atelier, request: Request, fields: dict[str, str]) -> Response:
    try:
        if mark := fields.get("annuler") or fields.get("compris"):
            schedule_of(atelier).cancel(mark)
        elif (act := fields.get("acte", "")) == "programmer":
            _schedule(atelier, fields, atelier.signature or atelier.person.name)
            return see("/publication#programmees")
        elif act == "revenir":
            atelier.publisher.go_back(atelier.signature)
        else:
            atelier.publisher.publish(atelier.signature)
    except Refusal as refusal:
        return _show(atelier, request, refusal, fields)
    return see("/publication")


def schedule_of(atelier: Atelier) -> Schedule:
    """Return the publications to come."""
    return Schedule(project_folder(atelier.data, atelier.root))


def when_scheduled(atelier: Atelier, text: TextEntry) -> tuple[datetime, bool] | None:
    """Return when a text is scheduled, and whether it has changed since; None when it is not."""
    with suppress(Refusal):  # the screen of publications says what cannot be read
        for known in schedule_of(atelier).coming():
            if chosen := known.texts.get(text.name):
                return known.moment, atelier.desk.choose(text).version.data != chosen.version.data
    return None


def _schedule(atelier: Atelier, fields: dict[str, str], person: str) -> None:
    """Keep what is published at a chosen moment: the texts as they are now.

    Raises:
        Refusal: the moment is past or cannot be read; a text has an error; nobody may publish.
    """
    moment = read_moment(fields.get("jour", ""), fields.get("heure", ""), atelier.clock())
    project = atelier.publisher.project()
    if project is None:
        raise Refusal("ce site n’a pas encore d’adresse où paraître.", "Dites d’abord où publier.")
    publishing.require_free(project.target)
    atelier.newsroom.catch_up()
    chosen: dict[str, ChosenText] = {}
    for text in atelier.newsroom.texts():
        if f"{CHOSEN}{text.name}" in fields:
            if text.lacks:
                left = count(len(text.lacks), "point")
                raise Refusal(
                    f"« {text.title} » : il reste {left} à régler. Rien n’est programmé.",
                    "Corrigez ce que disent ses constats, ou ne le choisissez pas.",
                )
            chosen[text.name] = atelier.desk.choose(text)
    schedule_of(atelier).add(moment, person, chosen)


def _show(
    atelier: Atelier,
    request: Request,
    refused: Refusal | None = None,
    given: dict[str, str] | None = None,
) -> Response:
    atelier.newsroom.catch_up()
    standing = atelier.publisher.standing
    refusal, project, state = refused or standing.refusal, None, None
    scheduled: list[ScheduledPublication] = []
    try:
        scheduled = schedule_of(atelier).all()
        project = atelier.publisher.project()
        if project is not None and not standing.running:
            state = publishing.history(project.target)
            if state.history:
                atelier.publisher.note_shown(state.history[-1])
    except Refusal as found:
        refusal = refusal or found
    past = [*reversed(state.history)][:_LISTED] if state else []
    texts = atelier.newsroom.texts()
    stopping = errors(atelier.newsroom.problems)
    shown = _first_shown(past)
    moved = list(_moved(atelier, texts, shown)) if shown else []
    when = {name: known.moment for known in scheduled if not known.done for name in known.texts}
    waiting = list(_waiting(atelier, texts, when))
    return atelier.screen(
        request,
        "publication",
        HERE,
        422 if refused else 200,
        marche=standing,
        refus=refusal,
        cible=project.target if project else None,
        public=_public(project),
        retenu=state.held if state else False,
        passees=[(datetime.fromisoformat(line.when), line) for line in past],
        attendent=waiting,
        brouillons=[
            Coming(text, text_address(text.name), _label(text), (), when.get(text.name))
            for text in texts
            if text.state is State.DRAFT
        ],
        programmees=[known for known in scheduled if not known.done],
        faites=[known for known in scheduled if known.done],
        donnees={"jour": "", "heure": "", "acte": ""} | (given or {}),
        aujourdhui=atelier.clock().date().isoformat(),
        choisi=CHOSEN,
        empeche=stopping,
        iront=moved,
        phrase=_sentence(standing.running, project, len(past), len(moved), len(waiting)),
    )


def _public(project: PublishedProject | None) -> str:
    return (project.target.public or project.settings.siteurl) if project else ""


@dataclass(frozen=True, slots=True)
class Changing:
    """A text that the next publication shows otherwise, or no more: then it has no address."""

    title: str
    label: str
    address: str
    changes: tuple[ChangedPart, ...]


def _first_shown(past: list[Deployment]) -> Deployment | None:
    """Return the publication that readers see: that to which somebody came back, if they did."""
    if not past or not past[0].returned:
        return past[0] if past else None
    same = (line for line in past if line.version == past[0].version and not line.returned)
    return next(same, None)


def _moved(atelier: Atelier, texts: list[TextEntry], shown: Deployment) -> Iterator[Changing]:
    """Yield what publishing now would change, as texts."""
    entries = {text.name: text for text in texts}
    written = {name: (atelier.root / name).stat().st_mtime for name in entries}
    for moved in moved_since(atelier.root, atelier.history, shown, written):
        text = entries.get(moved.name)
        if text is None:
            if moved.before is not None and not is_draft(moved.before):
                yield Changing(Path(moved.name).stem, "texte retiré", "", ())
            continue
        in_file = (atelier.root / text.name).read_bytes()
        hidden = is_draft(in_file)
        if text.state is State.SCHEDULED or (
            hidden and (moved.before is None or is_draft(moved.before))
        ):
            continue
        new = moved.before is None or is_draft(moved.before)
        word = "retiré" if hidden else "ajouté" if new and moved.word == "ajouté" else "modifié"
        before = None if new or hidden else moved.before
        changes = changed_parts(before, in_file, text.kind, _AROUND) if before else []
        if new or hidden or changes:
            label = f"{_label(text)}, {word}"
            yield Changing(text.title, label, text_address(text.name), tuple(changes))
    online = datetime.fromisoformat(shown.when)
    for due in publishing.fallen_due(atelier.newsroom.library, online, atelier.clock()):
        label = f"{due.item.kind.label} : {due.change}"
        yield Changing(due.item.title.plain, label, text_address(due.item.source), ())


def _waiting(
    atelier: Atelier, texts: list[TextEntry], when: Mapping[str, datetime]
) -> Iterator[Coming]:
    """Yield the texts whose version set aside would not be published, with what it changes."""
    for text in texts:
        if text.version is None:
            continue
        in_file = (atelier.root / text.name).read_bytes()
        changes = tuple(changed_parts(in_file, text.version.data, text.kind, _AROUND))
        place = text_address(text.name)
        yield Coming(text, place, _label(text), changes, when.get(text.name))


def _label(text: TextEntry) -> str:
    return label_of(text.item) if text.item else text.kind.label


def _sentence(
    running: bool,  # noqa: FBT001
    project: PublishedProject | None,
    past: int,
    moved: int,
    waiting: int,
) -> str:
    if moved and not running:
        number = in_letters(moved)
        return f"{number.capitalize()} changement{'s iront' if moved > 1 else ' ira'} sur le site."
    if running:
        return "Le site se publie."
    if project is None:
        return "Ce site n’a pas encore d’adresse où paraître."
    if not past:
        return "Rien n’a encore été publié."
    if not waiting:
        return "Le site est en ligne."
    number, end = in_letters(waiting), "s attendent" if waiting > 1 else " attend"
    number = "une" if waiting == 1 else number
    return f"Le site est en ligne; {number} version{end}."
