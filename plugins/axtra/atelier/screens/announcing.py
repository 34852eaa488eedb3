"""Annoncer: what appeared, in the words of each network, to copy; what was announced is noted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode, urlsplit

from lxml import html
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from axtra import publishing
from axtra.atelier.announcements import NETWORKS, Network, announcement
from axtra.atelier.app import Atelier, for_role, form_of, see
from axtra.atelier.forms import label_of
from axtra.atelier.newsroom import TextEntry
from axtra.atelier.roles import Act
from axtra.atelier.screens import frames
from axtra.atelier.screens.publication import HERE
from axtra.content.editing import EditableText, UnreadableHeaderError
from axtra.content.model import Author, Item, Newsletter, Page, Text
from axtra.publishing import ShownFiles
from infolettre.core import dates
from infolettre.core.refusals import Refusal

_WHOLE = 3  # texts shown with their words
_LISTED = 30
_NOT_ANNOUNCED = (Author, Newsletter, Page)


@dataclass(frozen=True, slots=True)
class Online:
    """A text that readers see; its title and chapeau are those of its file, whatever waits."""

    name: str
    label: str
    item: Item
    title: str
    summary: str
    done: Mapping[str, datetime]
    new: bool

    @property
    def address(self) -> str:
        """Return the screen that announces it."""
        return f"/publication/annoncer?{urlencode({'texte': self.name})}"

    @property
    def places(self) -> str:
        """Say where it was announced."""
        return ", ".join(network.name for network in NETWORKS if network.mark in self.done)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text for a network; `length` is as the network counts."""

    network: Network
    text: str
    length: int
    done: str
    mail: str


@dataclass(frozen=True, slots=True)
class Card:
    """The picture that networks show of a page; `place` is where the atelier shows it."""

    place: str
    name: str
    alt: str


def routes(atelier: Atelier) -> list[Route]:
    """Return the address of the screen."""

    async def announcing(request: Request) -> Response:
        if request.method == "POST":
            fields = await form_of(request)
            return await run_in_threadpool(_note, atelier, request, fields)
        return await run_in_threadpool(_show, atelier, request)

    return [
        Route("/publication/annoncer", for_role(Act.PUBLISH, announcing), methods=["GET", "POST"])
    ]


def _note(atelier: Atelier, request: Request, fields: Mapping[str, str]) -> Response:
    """Note that a text was announced somewhere, or take the note back."""
    name, taken_back = fields.get("texte", ""), fields.get("retirer", "")
    mark = taken_back or fields.get("reseau", "")
    atelier.newsroom.catch_up()
    if atelier.newsroom.text(name) is None or mark not in {known.mark for known in NETWORKS}:
        raise HTTPException(404)
    try:
        atelier.announced.note(name, mark, None if taken_back else atelier.clock())
    except Refusal as refusal:
        return atelier.refusal(request, refusal, HERE, "/publication")
    return see(f"/publication/annoncer?{urlencode({'texte': name})}#{mark}-1")


def _show(atelier: Atelier, request: Request) -> Response:
    atelier.newsroom.catch_up()
    try:
        project = atelier.publisher.project()
        shown = publishing.shown_files(project.target) if project else ShownFiles()
        public = (project.target.public or project.settings.siteurl) if project else ""
        notes = atelier.announced.all()
    except Refusal as refusal:
        return atelier.refusal(request, refusal, HERE, "/publication")
    every = sorted(_online(atelier, shown, notes), key=_rank)
    wanted = request.query_params.get("texte")
    if wanted is None:
        whole = [text for text in every if text.new][:_WHOLE] or every[:1]
    else:
        whole = [text for text in every if text.name == wanted]
        if not whole:
            raise HTTPException(404)
    return atelier.screen(
        request,
        "annoncer",
        HERE,
        textes=[
            (text, _card(atelier, text.item, shown), list(_words(text, public))) for text in whole
        ],
        autres=[text for text in every if text not in whole][:_LISTED],
        choisi=wanted is not None,
    )


def _rank(text: Online) -> tuple[bool, bool, float]:
    """Place what was never announced first, then what just appeared, then the newest."""
    when = text.item.date or text.item.when
    return bool(text.done), not text.new, -when.timestamp() if when else 0.0


def _online(
    atelier: Atelier, shown: ShownFiles, notes: Mapping[str, Mapping[str, datetime]]
) -> Iterator[Online]:
    for entry in atelier.newsroom.texts():
        item = entry.item
        if item and item.url in shown.every and not isinstance(item, _NOT_ANNOUNCED):
            title, summary = _in_file(atelier, entry, item)
            done = notes.get(entry.name, {})
            new = item.url in shown.new
            if title:
                yield Online(entry.name, label_of(item), item, title, summary, done, new)


def _in_file(atelier: Atelier, entry: TextEntry, item: Item) -> tuple[str, str]:
    """Return the title and the chapeau that the file has: what waits is not announced.

    Both are empty when the file does not read any more.
    """
    if entry.version is None and entry.name not in atelier.newsroom.aside.typed():
        return item.title.plain, item.lead
    try:
        text = EditableText.of((atelier.root / entry.name).read_bytes())
        fields = text.fields(entry.kind)
    except (OSError, UnicodeDecodeError, UnreadableHeaderError):
        return "", ""
    title = Text.with_italics(fields.get("titre", ""), language=item.language)
    return title.plain, Text.of(fields.get("chapeau", ""), language=item.language).plain


def _words(text: Online, public: str) -> Iterator[Words]:
    keywords = [subject.name.plain for subject in text.item.subjects]
    link = public.rstrip("/") + text.item.url
    for network in NETWORKS:
        made = announcement(network, text.title, text.summary, link, keywords)
        moment = text.done.get(network.mark)
        done = f"{dates.day(moment)}, {dates.hour(moment)}" if moment else ""
        mail = "" if network.limit else _mail(text.title, made)
        yield Words(network, made, network.count(made), done, mail)


def _mail(subject: str, body: str) -> str:
    """Return the address that opens a mail to nobody yet (RFC 6068: its lines end with CR LF)."""
    return (
        f"mailto:?subject={quote(subject)}&body={quote(body.replace(chr(10), chr(13) + chr(10)))}"
    )


def _card(atelier: Atelier, item: Item, shown: ShownFiles) -> Card | None:
    """Return the picture that a page declares to networks, where it is online too.

    Its address holds the hash of what it says: that of a version that waits is not online.
    """
    answer = atelier.newsroom.page(item.url)
    page = html.document_fromstring(answer.body)
    said = {
        meta.get("property"): meta.get("content", "")
        for meta in page.xpath("//meta[starts-with(@property, 'og:image')]")
    }
    path = urlsplit(said.get("og:image", "")).path
    if path not in shown.every:
        return None
    place = frames.address(atelier.access.frame(), path)
    return Card(place, path.rpartition("/")[2], said.get("og:image:alt", ""))
