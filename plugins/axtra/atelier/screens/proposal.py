"""A proposal, read as what it changes; accepting it publishes it, sending it back says why."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from axtra.atelier.app import Atelier, form_of, require, see
from axtra.atelier.differences import Change, differences
from axtra.atelier.newsroom import TextEntry
from axtra.atelier.proposals import MOST_WORDS, ProposedText
from axtra.atelier.roles import Act
from axtra.atelier.screens import frames
from axtra.atelier.screens.texts import address as text_address
from axtra.atelier.set_aside import fingerprint
from axtra.atelier.texts import is_draft
from axtra.content.editing import EditableText, UnreadableHeaderError
from axtra.preview.previewed_site import Answer
from infolettre.core.diagnostics import errors
from infolettre.core.refusals import Refusal

HERE, ACT, MARK, WHO, WORDS = "Textes", "acte", "lue", "de", "mots"
_ACCEPT, _RETURN, _WITHDRAW = "accepter", "renvoyer", "retirer"


def address(proposal: ProposedText) -> str:
    """Return the screen of a proposal."""
    return f"/proposition/{quote(proposal.text)}?{WHO}={proposal.who}"


def routes(atelier: Atelier) -> list[Route]:
    """Return the address of the proposal of each text."""

    async def proposal(request: Request) -> Response:
        name = request.path_params["name"]
        if request.method == "POST":
            fields = await form_of(request)
            require(request, Act.PROPOSE if fields.get(ACT) == _WITHDRAW else Act.ACCEPT)
            return await run_in_threadpool(_decide, atelier, request, name, fields)
        return await run_in_threadpool(_show, atelier, request, name)

    async def page(request: Request) -> Response:
        name = request.path_params["name"]
        return await run_in_threadpool(_page, atelier, request, name)

    return [
        Route("/proposition/page/{name:path}", page, methods=["GET"]),
        Route("/proposition/{name:path}", proposal, methods=["GET", "POST"]),
    ]


def _entry(atelier: Atelier, name: str) -> TextEntry:
    atelier.newsroom.catch_up()
    entry = atelier.newsroom.text(name)
    if entry is None:
        raise HTTPException(404)
    return entry


def _show(
    atelier: Atelier, request: Request, name: str, refusal: Refusal | None = None, words: str = ""
) -> Response:
    entry = _entry(atelier, name)
    proposal = _asked(atelier, request, name)
    if proposal is None:
        return see(f"{text_address(name)}?garde=sans-proposition")
    before, after = (atelier.root / name).read_bytes(), proposal.data
    is_new = is_draft(before)
    return atelier.screen(
        request,
        "proposition",
        HERE,
        422 if refusal else 200,
        entree=entry,
        proposition=proposal,
        la_sienne=proposal.address == atelier.person.address,
        neuf=is_new,
        changements=[] if is_new else list(_changes(entry, before, after)),
        corps=EditableText.of(after).body if is_new else "",
        fautes=len(errors(atelier.newsroom.problems_with(name, after))),
        depasse=proposal.base != fingerprint(before),
        cadre=f"/proposition/page/{quote(name)}?{WHO}={proposal.who}",
        adresse=address(proposal),
        texte=text_address(name),
        refus=refusal,
        mots=words,
        le_plus=MOST_WORDS,
    )


def _asked(atelier: Atelier, request: Request, name: str) -> ProposedText | None:
    """Return the proposal that a page is about, if this person may read it."""
    who = request.query_params.get(WHO, "")
    proposals = atelier.proposals.of(name, atelier.person)
    return next((proposal for proposal in proposals if proposal.who == who or not who), None)


def _page(atelier: Atelier, request: Request, name: str) -> Response:
    """Show the page of what is proposed in a frame, cut off from the atelier as the others are."""
    proposal = _asked(atelier, request, name) if atelier.newsroom.text(name) else None
    answer = atelier.newsroom.page_of(name, proposal.data) if proposal else None
    if answer is None:
        raise HTTPException(404)
    home = frames.address(atelier.access.frame(), "/")
    return frames.framed(Answer(frames.under(home.encode(), answer.body), answer.kind))


def _changes(entry: TextEntry, before: bytes, after: bytes) -> Iterator[tuple[str, list[Change]]]:
    """Yield the name of each part of a text that differs, with its differences."""
    old, new = EditableText.of(before), EditableText.of(after)
    try:
        was, now = old.fields(entry.kind), new.fields(entry.kind)
    except UnreadableHeaderError:
        was, now = {"": old.header}, {"": new.header}
    labels = {key.name: key.label for key in entry.kind.keys} | {"": "en-tête"}
    for name, label in labels.items():
        if changes := differences(was.get(name, ""), now.get(name, "")):
            yield label[:1].upper() + label[1:], changes
    if changes := differences(old.body, new.body):
        yield "Texte", changes


def _decide(atelier: Atelier, request: Request, name: str, fields: dict[str, str]) -> Response:
    entry, mark = _entry(atelier, name), fields.get(MARK, "")
    who = request.query_params.get(WHO, "")
    try:
        if fields.get(ACT) == _ACCEPT:
            atelier.desk.accept(entry, who, mark)
            return online(atelier, name)
        if fields.get(ACT) == _WITHDRAW:
            atelier.desk.withdraw(entry)
            return see(f"{text_address(name)}?garde=retire")
        if fields.get(ACT) == _RETURN:
            atelier.desk.send_back(entry, who, mark, fields.get(WORDS, ""))
            return see(f"{text_address(name)}?garde=renvoye")
    except Refusal as refusal:
        return _show(atelier, request, name, refusal, fields.get(WORDS, ""))
    raise HTTPException(400)


def online(atelier: Atelier, name: str) -> Response:
    """Publish the site that holds a text just accepted, where a place is set."""
    if atelier.publisher.project() is None:
        return see(f"{text_address(name)}?garde=publie")
    atelier.publisher.publish(atelier.signature)
    return see("/publication")
