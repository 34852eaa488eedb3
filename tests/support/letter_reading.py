"""Letters opened in a browser as a given reader sees them."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Route

from axtra.design import fonts
from axtra.newsletter import Mail
from support import sample_letters as samples

STYLE = re.compile(r"<style.*?</style>", re.DOTALL)
WORD = re.compile(r"<!--\[if mso \| IE\]>(.*?)<!\[endif\]-->", re.DOTALL)
_STAND_INS = {"Georgia": "axe-serif-regular", "Arial": "axe-sans-regular"}


@dataclass(frozen=True)
class Reader:
    """How someone reads: the screen width in pixels, the colour scheme, and what is blocked."""

    width: int = 700
    scheme: str = "light"
    images: bool = True
    sheet: bool = True
    word: bool = False
    own_fonts: bool = False  # the fonts of the project in place of the system's


@contextmanager
def opened(browser: Browser, mail: Mail, reader: Reader) -> Iterator[Page]:
    """Open a letter as a reader sees it, without the network; one at a time."""

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(samples.SITEURL)
        if reader.images and path in mail.images:
            route.fulfill(body=mail.images[path]())
        else:
            route.abort()

    scheme: Any = reader.scheme
    page = _page(browser)
    page.set_viewport_size({"width": reader.width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    page.route("**/*", answer)
    html = mail.html if reader.sheet else STYLE.sub("", mail.html)
    if reader.own_fonts:
        html = html.replace("</head>", f"<style>{_stand_ins()}</style></head>", 1)
    page.set_content(WORD.sub(r"\1", html) if reader.word else html, wait_until="load")
    page.evaluate("document.fonts.ready")
    try:
        yield page
    finally:
        page.unroute_all()
        page.goto("about:blank")


@cache
def _page(browser: Browser) -> Page:
    """Return a page for all letters: a new one takes ten times the processor time of a letter."""
    return browser.new_page()


@cache
def _stand_ins() -> str:
    """Return CSS that replaces system fonts with our files, so that every machine agrees."""
    faces = {face.name.removesuffix(".woff2"): face for face in _faces()}
    return "code,kbd,pre,samp{font-family:Arial}" + "".join(
        f"@font-face{{font-family:{family};src:url(data:font/woff2;base64,"
        f"{b64encode(faces[name].data).decode()})}}"
        for family, name in _STAND_INS.items()
    )


def _faces() -> tuple[fonts.Face, ...]:
    return tuple(fonts.faces(Path(samples.ROOT, ".cache", "polices")))
