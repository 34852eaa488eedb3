"""The page of a text as it would be, for somebody without an account, with room for comments.

It is made from what is published and from this text alone, so that nothing of another unpublished
text can be in it. Of that page the text itself is kept, its style sheets, and the pictures that it
names; nothing else of the site is given under its address.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import unquote, urljoin, urlsplit

from lxml import html
from lxml.html import HtmlElement

from axtra.atelier.newsroom import Newsroom
from axtra.atelier.reviews import Link
from axtra.atelier.set_aside import SetAside
from axtra.preview.previewed_site import PreviewedSite

_MOST = 2  # texts whose site is kept ready
_URL = re.compile(r"""url\(\s*["']?([^"')]+)""")
_KINDS = ("image/", "font/", "text/css")
_ACTIVE = "script | iframe | form | object | embed | base | template | noscript"
_STAYING = frozenset({"charset", "viewport", "color-scheme"})
_VEILED = "Ici, la carte d’un texte qui n’est pas encore paru."
_NO_PASSAGE = frozenset({"hr", "br"})


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """A text ready to be commented.

    Attributes:
        document: the bytes of the page, where each paragraph has its rank as `data-passage`.
        passages: the words of its paragraphs, in order.
        files: the addresses of the site that it shows: pictures, sheets, fonts.
    """

    document: bytes
    passages: tuple[str, ...]
    files: frozenset[str]


class ReviewPages:
    """The pages of texts under review.

    Args:
        newsroom: everything; it says when something moved.
        aside_of: returns where the versions that a link shows are set aside.
    """

    def __init__(self, newsroom: Newsroom, aside_of: Callable[[Link], SetAside]) -> None:
        self._newsroom, self._aside_of = newsroom, aside_of
        self._lock = threading.Lock()
        self._sites: dict[tuple[str, str], tuple[object, PreviewedSite]] = {}
        self._pages: dict[tuple[str, str], tuple[object, ReviewPage]] = {}

    def page(self, link: Link) -> ReviewPage | None:
        """Return the page that a link opens; None when it cannot be shown."""
        name, key = link.text, _key(link)
        with self._lock:
            site = self._site(link)
            if site is None:
                return None
            turn, _ = self._sites[key]
            known = self._pages.get(key)
            if known and known[0] == turn:
                return known[1]
            item = next((item for item in site.library.items if item.source == name), None)
            if item is None:
                return None
            answer = site.answer(item.url)
            if answer.status is not HTTPStatus.OK or not site.holds(item.url):
                return None
            page = self._made(site, item.url, answer.body)
            self._pages[key] = (turn, page)
            return page

    def file(self, link: Link, path: str) -> tuple[bytes, str] | None:
        """Return the bytes and the kind of a file that the page of a link shows."""
        page = self.page(link)
        if page is None or path not in page.files:
            return None
        with self._lock:
            site = self._site(link)
            answer = site.answer(path) if site else None
        if answer is None or answer.status is not HTTPStatus.OK:
            return None
        return (answer.body, answer.kind) if answer.kind.startswith(_KINDS) else None

    def _site(self, link: Link) -> PreviewedSite | None:
        """Return what is published, and a text as it would be, read again when files moved."""
        self._newsroom.catch_up()
        if self._newsroom.text(link.text) is None:
            return None
        key, name = _key(link), link.text
        waiting = self._aside_of(link).waiting.get(name)
        turn, site = self._sites.pop(key, (None, None))
        if site is None or turn != (self._newsroom.turn, waiting):
            turn = (self._newsroom.turn, waiting)
            site = site or PreviewedSite(self._newsroom.root, bare=True, only=frozenset({name}))
            site.instead = {name: waiting.data} if waiting else {}
            site.refresh()
        self._sites[key] = (turn, site)
        while len(self._sites) > _MOST:
            gone = next(iter(self._sites))
            del self._sites[gone]
            self._pages.pop(gone, None)
        return site

    def _made(self, site: PreviewedSite, address: str, body: bytes) -> ReviewPage:
        tree = html.document_fromstring(body.decode())
        for element in tree.xpath("//" + _ACTIVE.replace("| ", "| //")):
            element.drop_tree()
        for element in tree.xpath("//meta"):
            if not _STAYING.intersection([*element.attrib, element.get("name")]):
                element.drop_tree()
        for element in tree.xpath("//head//link[not(@rel='stylesheet')]"):
            element.drop_tree()
        (whole,) = tree.xpath("//body")
        drawings = whole.xpath("./svg")  # those that the page points to
        text = whole.xpath(".//article")[:1]
        for child in list(whole):
            whole.remove(child)
        main = html.Element("main", id="axe_contenu")
        main.extend(text)
        whole.extend([*drawings, main])
        for title in tree.xpath("//title"):
            title.text = f"Relecture : {title.text}"
        for element in tree.xpath("//*[contains(@class, 'rappels') or contains(@class, 'citer')]"):
            element.drop_tree()
        _veil(tree, {item.url for item in site.library.items if not item.shown})
        home = site.library.facts.website.rstrip("/")
        for link in tree.xpath("//body//a[@href]"):
            place = link.get("href")
            if place.startswith("#"):
                continue
            link.set("href", urljoin(f"{home}/", place) if place.startswith("/") else place)
            link.set("rel", "noreferrer")
            link.attrib.pop("download", None)
        passages = tuple(_numbered(tree))
        files = frozenset(self._shown(site, address, tree))
        document = html.tostring(tree, encoding="utf-8", doctype="<!DOCTYPE html>")
        return ReviewPage(document, passages, files)

    @staticmethod
    def _shown(site: PreviewedSite, address: str, tree: HtmlElement) -> Iterator[str]:
        """Yield the addresses of the files that a page shows, those of its sheets included."""
        for place in _addresses(tree):
            path = _path(address, place)
            if path is None:
                continue
            yield path
            if path.endswith(".css"):
                sheet = site.answer(path).body.decode("utf-8", "replace")
                for named in _URL.findall(sheet):
                    if inner := _path(path, named):
                        yield inner


def _veil(tree: HtmlElement, hidden: Collection[str]) -> None:
    """Take away the cards of texts that are not published, and where links to them lead."""
    for link in tree.xpath("//body//a[@href]"):
        if urlsplit(link.get("href")).path not in hidden:
            continue
        del link.attrib["href"]
        for card in link.xpath("ancestor::*[contains(@class, 'carte ')][1]"):
            stand_in = html.Element("p")
            stand_in.text = _VEILED
            card.getparent().replace(card, stand_in)


def _key(link: Link) -> tuple[str, str]:
    """Return what tells two sites under review apart: the text, and whose version it is."""
    return link.text, link.address if link.alone else ""


def _addresses(tree: HtmlElement) -> Iterator[str]:
    yield from tree.xpath("//@src | //@poster | //link[@rel='stylesheet']/@href")
    for candidates in tree.xpath("//@srcset"):
        yield from (place.split()[0] for place in candidates.split(",") if place.strip())
    for style in tree.xpath("//@style | //style/text()"):
        yield from _URL.findall(style)


def _path(page: str, place: str) -> str | None:
    """Return the path, from the site's root, of an address in a page; None for other sites."""
    parts = urlsplit(urljoin(page, place))
    return unquote(parts.path) if not parts.scheme and not parts.netloc and parts.path else None


def _numbered(tree: HtmlElement) -> Iterator[str]:
    """Yield the words of each paragraph, which takes its rank as `data-passage`."""
    found = [
        *tree.xpath("//article//h1 | //article//p[contains(@class, 'chapeau')]"),
        *tree.xpath(
            "//article//*[contains(concat(' ', @class, ' '), ' corps ')]"
            "[not(ancestor::*[contains(@class, 'biographies')])]/*"
        ),
    ]
    rank = 0
    for element in found:
        words = " ".join(element.text_content().split())
        if element.tag in _NO_PASSAGE or not (words or element.xpath(".//img")):
            continue
        if not words:
            words = " ".join(element.xpath(".//img/@alt"))
        element.set("data-passage", str(rank))
        rank += 1
        yield words


def with_notes(document: bytes, sheet: str, head: str, notes: Sequence[str], end: str) -> str:
    """Return the document of a page with what goes at its top, after paragraphs, at its end.

    Args:
        document: that of a `ReviewPage`.
        sheet: the address of the style sheet of all these.
        head: HTML for the top of the body.
        notes: HTML for each paragraph, in order.
        end: HTML for the end of the body.
    """
    tree = html.document_fromstring(document.decode())
    for element in tree.xpath("//*[@data-passage]"):
        for made in reversed(_pieces(notes[int(element.attrib.pop("data-passage"))])):
            element.addnext(made)
    (head_element,), (body,) = tree.xpath("//head"), tree.xpath("//body")
    head_element.append(html.Element("link", rel="stylesheet", href=sheet))
    head_element.append(html.Element("meta", name="robots", content="noindex, nofollow"))
    for made in reversed(_pieces(head)):
        body.insert(0, made)
    body.extend(_pieces(end))
    return str(html.tostring(tree, encoding="unicode", doctype="<!DOCTYPE html>"))


def _pieces(text: str) -> list[HtmlElement]:
    return [piece for piece in html.fragments_fromstring(text) if not isinstance(piece, str)]
