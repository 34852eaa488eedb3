"""A text: its header and its body in a form, what is wrong with it, the page beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from axtra.atelier import forms, merging, reading_over
from axtra.atelier.app import Atelier, form_of, home_of, require, see
from axtra.atelier.differences import differences
from axtra.atelier.forms import BODY, FILE, HEADER
from axtra.atelier.newsroom import TextEntry
from axtra.atelier.roles import Act
from axtra.atelier.screens import frames
from axtra.atelier.screens.proposal import address as proposal_address
from axtra.atelier.screens.proposal import online
from axtra.atelier.screens.publication import when_scheduled
from axtra.atelier.screens.texts import address
from axtra.atelier.set_aside import fingerprint
from axtra.atelier.texts import MovedError, OpenedText, Saved
from axtra.content import repairing
from axtra.content.editing import EditableText
from axtra.content.model import Newsletter
from axtra.content.schema import BLOCKS
from infolettre.core.diagnostics import Diagnostic
from infolettre.core.refusals import Refusal

HERE, BASE, ACT = "Textes", "base", "acte"
MINE, THEIRS, START, PASSAGE = "mien", "sien", "depart", "passage-"  # of the two versions
OTHER = "autre"
_DIGITS = 7  # of the rank of a passage
PUBLISH, ABANDON, FORGET, MEND = "publier", "abandonner", "oublier", "corriger-"
PROPOSE, ABOUT = "proposer", "mot-de-proposition"
_NEEDED = {PUBLISH: Act.PUBLISH, PROPOSE: Act.PROPOSE}
_TOLD = {
    Saved.NOTHING: "rien",
    Saved.IN_FILE: "enregistre",
    Saved.ASIDE: "attente",
}
_MENDED = {
    Saved.NOTHING: "intact",
    Saved.IN_FILE: "corrige",
    Saved.ASIDE: "corrige-attente",
}


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding where the screen shows it: beside a field, or at a line of the body."""

    problem: Diagnostic
    field: str  # the name of a key, or ""
    line: int | None  # of the body
    mark: str

    @property
    def mend(self) -> str:
        """Return the act that repairs it in its text; empty when a person must."""
        edits = self.problem.repair.edits if self.problem.repair else ()
        return f"{MEND}{self.mark}" if edits else ""

    @property
    def is_error(self) -> bool:
        """Return whether it keeps the text from being published."""
        return self.problem.severity == "erreur"


def routes(atelier: Atelier) -> list[Route]:
    """Return the address of a text."""

    async def text(request: Request) -> Response:
        name = request.path_params["name"]
        if request.method == "POST":
            fields = await form_of(request)
            return await run_in_threadpool(_act, atelier, request, name, fields)
        return await run_in_threadpool(_show, atelier, request, name)

    async def typing(request: Request) -> Response:
        fields = await form_of(request)
        return await run_in_threadpool(_typing, atelier, request, fields)

    async def palette(_request: Request) -> Response:
        return await run_in_threadpool(_palette, atelier)

    return [
        Route("/texte/{name:path}", text, methods=["GET", "POST"]),
        Route("/saisie/{name:path}", typing, methods=["POST"]),
        Route("/palette", palette, methods=["GET"]),
    ]


def _entry(atelier: Atelier, name: str) -> TextEntry:
    atelier.newsroom.catch_up()
    entry = atelier.newsroom.text(name)
    if entry is None:
        raise HTTPException(404)
    return entry


def _show(atelier: Atelier, request: Request, name: str) -> Response:
    atelier.origin.freshen()
    entry = _entry(atelier, name)
    try:
        opened = atelier.desk.open(entry)
    except Refusal as refusal:
        return atelier.refusal(request, refusal, HERE, "/textes")
    if opened.apart is not None:
        return both_versions(
            atelier, request, entry, opened.two_versions(atelier.desk.started(entry)), 200
        )
    return _screen(atelier, request, opened)


def _screen(
    atelier: Atelier, request: Request, opened: OpenedText, refusal: Refusal | None = None
) -> Response:
    entry = opened.entry
    remarks = list(placed(opened))
    shown = opened.fields
    fields = (
        []
        if shown is None
        else list(forms.fields(entry.kind, shown, atelier.newsroom.library, wrong_fields(remarks)))
    )
    return atelier.screen(
        request,
        "texte",
        "Infolettres" if entry.kind.name == "infolettre" else HERE,
        422 if refusal else 200,
        entree=entry,
        champs=fields,
        entete=None if shown is not None else opened.text.header,
        corps=opened.text.body,
        base=opened.base,
        constats=remarks,
        ancres=anchors(entry),
        autres=others(atelier, request, entry.name),
        refus=refusal,
        garde=request.query_params.get("garde", ""),
        saisie=opened.typed,
        editeur=atelier.templates.editor,
        relecture=reading_over.shown(atelier, opened, home_of(request)),
        seul=not atelier.person.address,
        propositions=[
            (proposal, proposal_address(proposal))
            for proposal in atelier.proposals.of(entry.name, atelier.person)
        ],
        cadres=_views(atelier, entry),
        adresse=address(entry.name),
        historique=f"/historique/{quote(entry.name)}",
        retour=_back(entry),
        programme=when_scheduled(atelier, entry),
    )


def _back(entry: TextEntry) -> tuple[str, str]:
    if entry.kind.name == "infolettre":
        return "Infolettres", "/infolettres"
    if entry.numero:
        return f"Numéro {entry.numero}", f"/numeros/{quote(entry.numero)}"
    return "Textes", "/textes"


def _views(atelier: Atelier, entry: TextEntry) -> list[tuple[str, str]]:
    """Pair the name of each view with its address in a frame."""
    if entry.item is None:
        return []
    secret = atelier.access.frame()
    views = [("Page", frames.address(secret, entry.item.url))]
    if isinstance(entry.item, Newsletter):
        views.insert(0, ("Courriel", frames.address(secret, f"{entry.item.url}courriel.html")))
    return views


def placed(opened: OpenedText) -> Iterator[Remark]:
    """Say where each finding of a text is shown."""
    lines = opened.text.key_lines(opened.entry.kind) if opened.fields is not None else {}
    first = opened.text.body_line
    for mark, problem in repairing.marked(opened.entry.problems).items():
        at = problem.line or 0
        if at >= first:
            yield Remark(problem, "", at - first + 1, mark)
            continue
        above = [(line, name) for name, line in lines.items() if line <= at]
        yield Remark(problem, max(above)[1] if above else "", None, mark)


# --- acts ----------------------------------------------------------------------------------------


def _act(atelier: Atelier, request: Request, name: str, fields: dict[str, str]) -> Response:
    entry = _entry(atelier, name)
    try:
        if fields.get(ACT) == ABANDON:
            atelier.desk.abandon(entry)
            return see(f"{address(name)}?garde=abandon")
        if fields.get(ACT) == FORGET:
            atelier.desk.forget_typing(entry)
            return see(f"{address(name)}?garde=oubli")
        if needed := _NEEDED.get(fields.get(ACT, "")):
            require(request, needed)
        saved = atelier.desk.save(entry, fields.get(BASE, ""), with_choices(atelier, fields))
        if (act := fields.get(ACT, "")).startswith(MEND):
            done = atelier.desk.mend(_entry(atelier, name), act.removeprefix(MEND))
            return see(f"{address(name)}?garde={_MENDED[done]}")
        told = reading_over.act(atelier.reviews, name, atelier.person, fields.get(ACT, ""), fields)
        if told is not None:
            return see(f"{address(name)}?garde={told}#relectures")
        if fields.get(ACT) == PROPOSE:
            atelier.desk.propose(_entry(atelier, name), fields.get(ABOUT, ""))
            return see(f"{address(name)}?garde=propose")
        if fields.get(ACT) == PUBLISH:
            atelier.desk.publish(_entry(atelier, name))
            return online(atelier, name)
    except MovedError as moved:
        return both_versions(atelier, request, entry, moved)
    except Refusal as refusal:
        return _screen(atelier, request, atelier.desk.open(_entry(atelier, name)), refusal)
    return see(f"{address(name)}?garde={_TOLD[saved]}")


def _typing(atelier: Atelier, request: Request, fields: dict[str, str]) -> Response:
    """Keep what is being typed; return what is to be said of it, and where it is shown."""
    name = request.path_params["name"]
    entry = _entry(atelier, name)
    try:
        atelier.desk.keep_typing(entry, fields.get(BASE, ""), fields)
    except Refusal as refusal:
        return JSONResponse({"refus": str(refusal)}, 422)
    opened = atelier.desk.open(atelier.newsroom.text(name) or entry)
    remarks = list(placed(opened))
    lines = [{"line": remark.line, "grave": remark.is_error} for remark in remarks if remark.line]
    return JSONResponse(
        {
            "constats": atelier.templates.page("constats", constats=remarks),
            "lignes": lines,
            "champs": wrong_fields(remarks),
            "ancres": anchors(opened.entry),
            "autres": others(atelier, request, name),
        }
    )


def others(atelier: Atelier, request: Request, name: str) -> str:
    """Say who else has the text open; "" when nobody does."""
    seen = atelier.presence.note(name, request.state.session.cookie, atelier.person.name)
    last = dict(sorted(seen, key=lambda other: other[1]))
    said = (f"{name}, dans une autre fenêtre, à {moment:%H h %M}" for name, moment in last.items())
    return f"Ce texte est aussi ouvert : {'; '.join(said)}." if seen else ""


def wrong_fields(remarks: list[Remark]) -> dict[str, list[str]]:
    """Return what is said of each field."""
    wrong: dict[str, list[str]] = defaultdict(list)
    for remark in remarks:
        if remark.field:
            wrong[remark.field].append(remark.problem.problem)
    return wrong


def anchors(entry: TextEntry) -> list[str]:
    """List the anchors of the headings of a text's page, so that the page follows the cursor."""
    return [heading.id for heading in entry.item.headings] if entry.item else []


def _palette(atelier: Atelier) -> Response:
    """Return what may be put in a text: blocks, pictures, other texts."""
    atelier.newsroom.catch_up()
    blocks = [
        {
            "name": block.name,
            "label": block.use,
            "argument": block.argument or "",
            "body": block.body or "",
            "sample": block.sample,
            "skeleton": block.skeleton,
            "options": [
                {"name": key.name, "label": key.label, "required": key.required and not key.unless}
                for key in block.options
            ],
        }
        for block in BLOCKS.values()
    ]
    texts = [
        {"title": text.title, "name": text.name.removeprefix("content/")}
        for text in atelier.newsroom.texts()
        if text.name.startswith("content/")
    ]
    pictures = sorted(atelier.newsroom.library.assets)
    return JSONResponse({"blocs": blocks, "textes": texts, "images": pictures})


def both_versions(
    atelier: Atelier, request: Request, entry: TextEntry, moved: MovedError, status: int = 409
) -> Response:
    """Show what was sent and what is there now; nothing is changed until the person chooses."""
    merged = merging.merged(moved.base, moved.mine.data, moved.theirs)
    kept, remember = EditableText.of(merged.data), atelier.newsroom.aside.remember
    return atelier.screen(
        request,
        "deux-versions",
        HERE,
        status,
        entree=entry,
        mien=moved.mine,
        autre=EditableText.of(moved.theirs),
        reuni=kept,
        disputes=[
            (differences(passage.theirs, passage.mine), differences(passage.mine, passage.theirs))
            for passage in merged.conflicts
        ],
        en_attente=moved.current != fingerprint(moved.theirs),
        caches={
            BASE: moved.current,
            FILE: fingerprint(moved.theirs),
            THEIRS: remember(moved.theirs),
            MINE: remember(moved.mine.data),
            START: remember(moved.base or b""),
        },
        passage=PASSAGE,
        autre_choix=OTHER,
        adresse=address(entry.name),
    )


def with_choices(atelier: Atelier, fields: dict[str, str]) -> dict[str, str]:
    """Return the fields of the screen of two versions with the passages that a person chose.

    A passage that was written over in the text itself stays as it was written.

    Raises:
        Refusal: another version was chosen, and nobody remembers it.
    """
    chosen = {
        int(rank)
        for name, value in fields.items()
        if value == OTHER and name.startswith(PASSAGE)
        if (rank := name.removeprefix(PASSAGE)).isdecimal() and len(rank) < _DIGITS
    }
    if not chosen:
        return fields
    versions = [atelier.newsroom.aside.remembered(fields.get(n, "")) for n in (START, MINE, THEIRS)]
    start, mine, theirs = versions
    if mine is None or theirs is None:
        raise Refusal(
            "les deux versions ne sont plus gardées.", "Copiez le passage voulu dans le texte."
        )
    shown = merging.merged(start, mine, theirs)
    wanted = merging.merged(start, mine, theirs, chosen)
    sent = EditableText.of(shown.data)
    if HEADER in fields:
        sent = sent.with_header(fields[HEADER])
    sent = sent.with_body(fields.get(BODY, ""))
    text = EditableText.of(merging.merged(shown.data, sent.data, wanted.data).data)
    return {**fields, HEADER: text.header, BODY: text.body}
