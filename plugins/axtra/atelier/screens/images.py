"""Images: what pictures there are, what they weigh, and how each text uses them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote

from lxml import html
from PIL import Image, UnidentifiedImageError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from axtra.atelier.app import Atelier
from axtra.atelier.newsroom import TextEntry
from axtra.atelier.screens.texts import address
from axtra.content.model import Image as ContentImage
from axtra.content.model import Item, Prose, walk

HERE = "Images"
_HEAVY = 8_000_000  # bytes
_KINDS = frozenset({".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif", ".svg"})


@dataclass(frozen=True, slots=True)
class Use:
    """A text that names a picture: its screen, the alternatives and credits that it gives.

    `faulty` says that the text lacks an alternative.
    """

    title: str
    place: str
    shown: tuple[tuple[str, str], ...]
    faulty: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the content: its size in pixels when it is known, its weight in bytes."""

    name: str
    place: str
    size: tuple[int, int] | None
    weight: int
    used: tuple[Use, ...]

    @property
    def heavy(self) -> bool:
        """Return whether it is too heavy for what it shows."""
        return self.weight > _HEAVY


def routes(atelier: Atelier) -> list[Route]:
    """Return the addresses of the list and of each picture."""

    async def listing(request: Request) -> Response:
        return await run_in_threadpool(_listing, atelier, request)

    async def picture(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in _names(atelier):
            raise HTTPException(404)
        headers = {
            "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'"
        }
        return FileResponse(atelier.root / "content" / name, headers=headers)

    return [
        Route("/images", listing, methods=["GET"]),
        Route("/images/fichier/{name:path}", picture, methods=["GET"]),
    ]


def _names(atelier: Atelier) -> list[str]:
    names = (name for name in atelier.newsroom.library.assets)
    return sorted(name for name in names if re.search(r"\.\w+$", name) and _suffix(name) in _KINDS)


def _suffix(name: str) -> str:
    return f".{name.rpartition('.')[2].lower()}"


def _listing(atelier: Atelier, request: Request) -> Response:
    atelier.newsroom.catch_up()
    texts = [
        (text, atelier.newsroom.data(text.name).decode(errors="replace"))
        for text in atelier.newsroom.texts()
    ]
    return atelier.screen(
        request,
        "images",
        HERE,
        images=[_picture(atelier, name, texts) for name in _names(atelier)],
    )


def _picture(atelier: Atelier, name: str, texts: list[tuple[TextEntry, str]]) -> Picture:
    path = atelier.root / "content" / name
    used = tuple(_use(text, f"/{name}") for text, data in texts if name in data)
    try:
        with Image.open(path) as opened:
            size: tuple[int, int] | None = opened.size
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        size = None
    return Picture(name, f"/images/fichier/{quote(name)}", size, path.stat().st_size, used)


def _use(text: TextEntry, url: str) -> Use:
    """Return how a text shows a picture, once for each alternative and credit."""
    shown = dict.fromkeys(
        (alt, credit) for at, alt, credit in _shown(text.item) if unquote(at) == url
    )
    faulty = "alternative manquante" if "alt-manquant" in {p.rule for p in text.problems} else ""
    return Use(text.title, address(text.name), tuple(shown), faulty)


def _shown(item: Item | None) -> Iterator[tuple[str, str, str]]:
    """Yield the address, the alternative and the credit of each picture that a text shows."""
    if item is None:
        return
    nodes = [*walk(item.content)]
    for image in (item.image, *(getattr(node, "image", None) for node in nodes)):
        if isinstance(image, ContentImage):
            yield image.url, image.alt, image.credit.plain if image.credit else ""
    for prose in nodes:
        if isinstance(prose, Prose):
            for img in html.fromstring(f"<div>{prose.html}</div>").iter("img"):
                yield img.get("src", ""), img.get("alt", ""), ""
