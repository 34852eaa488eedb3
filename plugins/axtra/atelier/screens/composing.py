"""A letter: its content chosen in a list, its subject and preheader, and the mail beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from axtra.atelier import forms
from axtra.atelier.app import Atelier, for_role, form_of, see
from axtra.atelier.forms import BODY
from axtra.atelier.mailroom import Mailroom
from axtra.atelier.roles import Act
from axtra.atelier.screens import frames
from axtra.atelier.screens.editions import (
    HERE,
    NOWHERE,
    Departure,
    address,
    departure,
    found,
    letter_of,
)
from axtra.atelier.screens.text import (
    ACT,
    BASE,
    FORGET,
    MEND,
    Remark,
    anchors,
    both_versions,
    others,
    placed,
    wrong_fields,
)
from axtra.atelier.screens.texts import address as text_address
from axtra.atelier.screens.texts import folded
from axtra.atelier.set_aside import fingerprint
from axtra.atelier.texts import MovedError, OpenedText, Saved
from axtra.content.letter_choices import EarlierLetters, available, in_order
from axtra.content.letter_drafts import TO_DO
from axtra.content.model import CLASSES, Article, Item, Library, Newsletter, Status
from axtra.content.schema import KINDS, LISTED_KINDS
from axtra.newsletter.editions import ComposedBody, Section
from infolettre.core import dates
from infolettre.core.diagnostics import count
from infolettre.core.refusals import Refusal

SHOWN, CHOICE = "portes", "contenu:"  # the fields: what was carried; a text that may be
UP, DOWN, MOVED, BESIDE = "monter", "descendre", "deplace", "voisin"
SEEK, SEND = "chercher", "envoyer"
_IN_VIEW = frozenset({"objet", "preentete"})
_MOST = 12  # texts of a group that are offered at once, besides those that are carried
_SAID = {
    Saved.NOTHING: "rien",
    Saved.IN_FILE: "enregistre",
    Saved.ASIDE: "attente",
}


@dataclass(frozen=True, slots=True)
class Choosable:
    """A text that a letter may carry; `before` says which letter carried it, "" if none did."""

    item: Item
    carried: bool
    before: str


@dataclass(frozen=True, slots=True)
class Group:
    """Texts that a letter may carry, under their heading; `more` counts those not shown."""

    title: str
    texts: tuple[Choosable, ...]
    more: int


def routes(atelier: Atelier, mailroom: Mailroom) -> list[Route]:
    """Return the addresses of a letter."""

    async def letter(request: Request) -> Response:
        slug = request.path_params["slug"]
        if request.method == "POST":
            fields = await form_of(request)
            return await run_in_threadpool(_act, atelier, mailroom, request, slug, fields)
        return await run_in_threadpool(_show, atelier, mailroom, request, slug)

    async def typing(request: Request) -> Response:
        fields = await form_of(request)
        return await run_in_threadpool(_typing, atelier, mailroom, request, fields)

    return [
        Route("/infolettres/{slug}", for_role(Act.COMPOSE, letter), methods=["GET", "POST"]),
        Route("/infolettres/{slug}/saisie", for_role(Act.COMPOSE, typing), methods=["POST"]),
    ]


# --- what is shown -------------------------------------------------------------------------------


def composed(atelier: Atelier, opened: OpenedText) -> ComposedBody | None:
    """Return the body of a letter as it is shown, to be composed; None if it does not read."""
    letter = letter_of(opened.entry)
    if letter is None or opened.fields is None:
        return None
    first = opened.text.body_line
    choices = [replace(each, line=each.line - first + 1) for each in letter.choices]
    body = "\n".join(opened.text.body.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return ComposedBody(body, atelier.newsroom.library, atelier.newsroom.folders.content, choices)


def remarks_of(atelier: Atelier, opened: OpenedText) -> list[Remark]:
    """List the findings of a letter: those of its file, then those of its mail alone."""
    letter = letter_of(opened.entry)
    entry = opened.entry
    if letter is not None:
        known = set(entry.problems)
        made = [
            problem
            for problem in atelier.newsroom.problems_of(f"{letter.url}courriel.html")
            if problem.file == entry.name and problem not in known
        ]
        entry = replace(entry, problems=(*entry.problems, *made))
    return list(placed(replace(opened, entry=entry)))


def _show(
    atelier: Atelier,
    mailroom: Mailroom,
    request: Request,
    slug: str,
    refusal: Refusal | None = None,
) -> Response:
    entry = found(atelier, slug)
    try:
        opened = atelier.desk.open(entry)
    except Refusal as closed:
        return atelier.refusal(request, closed, HERE, "/infolettres")
    body, letter, shown = composed(atelier, opened), letter_of(opened.entry), opened.fields
    if body is None or letter is None or shown is None:
        return see(text_address(entry.name))
    remarks = remarks_of(atelier, opened)
    sought = request.query_params.get("q", "")
    secret = atelier.access.frame()
    mail = f"{letter.url}courriel.html"
    where = _departure(mailroom, slug)
    return atelier.screen(
        request,
        "infolettre",
        HERE,
        422 if refusal else 200,
        entree=entry,
        lettre=letter,
        champs=list(
            forms.fields(entry.kind, shown, atelier.newsroom.library, wrong_fields(remarks))
        ),
        expediteur=atelier.newsroom.library.facts.name,
        corps=opened.text.body,
        base=opened.base,
        saisie=opened.typed,
        groupes=list(groups(letter, atelier.newsroom.library, body.carried, sought)),
        cherche=sought,
        portes=body.carried,
        **_order(body),
        bouge=request.query_params.get("bouge", ""),
        constats=_beside(remarks),
        a_faire=TO_DO,
        a_ecrire=any(remark.line for remark in remarks),
        manque=lacks(remarks, where),
        ancres=anchors(entry),
        autres=others(atelier, request, entry.name),
        ou=where,
        refus=refusal,
        garde=request.query_params.get("garde", ""),
        editeur=atelier.templates.editor,
        cadres=[
            ("Ordinateur", "", frames.address(secret, mail)),
            ("Téléphone", "etroit-375", frames.address(secret, mail)),
            ("Images bloquées", "", frames.view_address(secret, "sans-images", mail)),
            ("Fond sombre", "", frames.view_address(secret, "sombre", mail)),
            ("Texte seul", "", frames.address(secret, f"{letter.url}courriel.txt")),
        ],
        planche=frames.address(secret, f"/__axtra/planche/{quote(letter.slug)}/"),
        adresse=address(slug),
        texte_seul=text_address(entry.name),
        historique=f"/historique/{quote(entry.name)}",
    )


def _beside(remarks: list[Remark]) -> list[Remark]:
    """List the findings that are not said at the subject or the preheader, in full view."""
    return [each for each in remarks if each.field not in _IN_VIEW or each.mend]


def _departure(mailroom: Mailroom, slug: str) -> Departure:
    if not mailroom.has_ledger:
        return NOWHERE
    try:
        with mailroom.books(reading=True) as books:
            return departure(mailroom, books.ledger, slug)
    except Refusal:
        return NOWHERE


def _order(body: ComposedBody) -> Mapping[str, object]:
    """Return what the list of the order of a letter is shown with."""
    sections: list[Section] = [section for section in body.sections if section.places]
    return {"sections": sections, "nombre": len(body.carried)}


def lacks(remarks: list[Remark], where: Departure) -> str:
    """Say in a sentence what a letter still needs before it leaves; "" when nothing."""
    if where.begun:
        return ""
    wrong = sum(remark.is_error or remark.problem.rule == "a-completer" for remark in remarks)
    points = f"{count(wrong, 'point')} à régler" if wrong else ""
    trial = "" if where.frozen else "un essai"
    needed = " et ".join(filter(None, (points, trial)))
    return f"Il manque encore {needed}." if needed else ""


def groups(
    letter: Newsletter, library: Library, carried: Mapping[str, Item], sought: str
) -> Iterator[Group]:
    """Yield what a letter may carry: the articles of each numéro, then each other kind.

    Args:
        letter: the letter.
        library: the content.
        carried: what it carries, by file.
        sought: words that titles must have, "" for any.
    """
    before = _carriers(letter, library)
    words = folded(sought).split()
    told = set[str]()
    for genre in LISTED_KINDS:
        found_items = [*available(CLASSES[genre], letter, library)]
        missing = [item for item in carried.values() if item.kind.name == genre]
        found_items = [*found_items, *(item for item in missing if item not in found_items)]
        by_title: dict[str, list[Item]] = {}
        for item in found_items:
            title = KINDS[genre].section
            if isinstance(item, Article):
                title = item.numero.label
            by_title.setdefault(title, []).append(item)
        for rank, (title, items) in enumerate(by_title.items()):
            wanted = [
                item
                for item in items
                if item.source in carried or all(word in folded(item.title.plain) for word in words)
            ]
            most = _MOST if words or not rank or genre != "article" else 0
            shown = [item for item in wanted if item.source in carried]
            free = [item for item in wanted if item.source not in carried]
            kept = {item.source for item in (*shown, *free[:most])}
            told |= kept
            if kept:
                yield Group(
                    title,
                    tuple(
                        Choosable(item, item.source in carried, before.get(item.url, ""))
                        for item in wanted
                        if item.source in kept
                    ),
                    max(0, len(free) - most),
                )
    others_carried = [item for source, item in carried.items() if source not in told]
    if others_carried:
        yield Group(
            "Ailleurs",
            tuple(
                Choosable(item, carried=True, before=before.get(item.url, ""))
                for item in others_carried
            ),
            0,
        )


def _carriers(letter: Newsletter, library: Library) -> dict[str, str]:
    """Map the address of each text that an earlier letter carried to what is said of it."""
    earlier = EarlierLetters()
    for other in in_order(item for item in library.items if isinstance(item, Newsletter)):
        if other is not letter and (not letter.date or not other.date or other.date <= letter.date):
            earlier.remember(other, other.content)
    said: dict[str, str] = {}
    for other, urls in earlier.before(letter):
        day = dates.day(other.date) if other.date else other.slug
        left = other.status is Status.PUBLISHED
        words = f"déjà envoyé le {day}" if left else f"aussi dans l’infolettre du {day}"
        for url in urls:
            said.setdefault(url, words)
    return said


# --- acts ----------------------------------------------------------------------------------------


def _act(
    atelier: Atelier, mailroom: Mailroom, request: Request, slug: str, fields: dict[str, str]
) -> Response:
    entry, act = found(atelier, slug), fields.get(ACT, "")
    here = address(slug)
    try:
        if act == FORGET:
            atelier.desk.forget_typing(entry)
            return see(f"{here}?garde=oubli")
        saved = atelier.desk.save(entry, fields.get(BASE, ""), fields)
        saved = _compose(atelier, slug, fields) or saved
        if act.startswith(MEND):
            done = atelier.desk.mend(found(atelier, slug), act.removeprefix(MEND))
            return see(f"{here}?garde={'intact' if done is Saved.NOTHING else 'corrige'}")
        if act == "publier":
            atelier.desk.publish(found(atelier, slug))
            return see(f"{here}?garde=publie")
    except MovedError as moved:
        return both_versions(atelier, request, entry, moved)
    except Refusal as refusal:
        return _show(atelier, mailroom, request, slug, refusal)
    if act == SEND:
        return see(f"{here}/envoyer")
    moved_one = fields.get(UP) or fields.get(DOWN) or fields.get(MOVED)
    if moved_one:
        return see(f"{here}?bouge={quote(moved_one)}#ordre")
    if act == SEEK or fields.get("q"):  # Enter, in the field of the search, saves too
        return see(f"{here}?q={quote(fields.get('q', ''))}&garde={_SAID[saved]}#contenus")
    return see(f"{here}?garde={_SAID[saved]}")


def _compose(atelier: Atelier, slug: str, fields: Mapping[str, str]) -> Saved | None:
    """Put in a letter just saved what was chosen and moved; None when that changes nothing."""
    entry = found(atelier, slug)
    opened = atelier.desk.open(entry)
    body = composed(atelier, opened)
    if body is None:
        return None
    new = _with_choices(atelier, body, fields)
    if fields.get(UP) or fields.get(DOWN):
        new = new.moved(fields.get(UP) or fields.get(DOWN, ""), -1 if fields.get(UP) else 1)
    elif fields.get(MOVED):
        side, _, beside = fields.get(BESIDE, "").partition(":")
        new = new.put(fields[MOVED], beside, after=side == "apres")
    if new.text == body.text:
        return None
    current = fingerprint(atelier.newsroom.data(entry.name))
    return atelier.desk.save(entry, current, {BODY: new.text})


def _with_choices(atelier: Atelier, body: ComposedBody, fields: Mapping[str, str]) -> ComposedBody:
    """Return a body with what was ticked, and without what no longer is."""
    if SHOWN not in fields:
        return body
    shown = fields[SHOWN].split()
    ticked = [name.removeprefix(CHOICE) for name in fields if name.startswith(CHOICE)]
    items = {item.source: item for item in atelier.newsroom.library.items}
    added = [items[name] for name in ticked if name not in shown and name in items]
    return body.with_choice([name for name in shown if name not in ticked], added)


def _typing(
    atelier: Atelier, mailroom: Mailroom, request: Request, fields: dict[str, str]
) -> Response:
    """Keep what is typed and ticked; return the body that it makes, and what is to be said."""
    slug = request.path_params["slug"]
    entry, base = found(atelier, slug), fields.get(BASE, "")
    try:
        atelier.desk.keep_typing(entry, base, fields)
        opened = atelier.desk.open(atelier.newsroom.text(entry.name) or entry)
        body = composed(atelier, opened)
        new = _with_choices(atelier, body, fields) if body else None
        if new is not None and body is not None and new.text != body.text:
            atelier.desk.keep_typing(entry, base, {**fields, BODY: new.text})
            opened = atelier.desk.open(atelier.newsroom.text(entry.name) or entry)
            body = composed(atelier, opened)
    except Refusal as refusal:
        return JSONResponse({"refus": str(refusal)}, 422)
    remarks = remarks_of(atelier, opened)
    told: dict[str, object] = {
        "constats": atelier.templates.page("constats", constats=_beside(remarks)),
        "lignes": [
            {"line": remark.line, "grave": remark.is_error} for remark in remarks if remark.line
        ],
        "champs": wrong_fields(remarks),
        "ancres": anchors(opened.entry),
        "autres": others(atelier, request, entry.name),
    }
    if body is not None:
        told |= {
            "texte": opened.text.body,
            "portes": list(body.carried),
            "manque": lacks(remarks, _departure(mailroom, slug)),
            "ordre": atelier.templates.page("ordre", bouge="", **_order(body)),
        }
    return JSONResponse(told)
