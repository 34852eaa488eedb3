"""What programs ask a site: its icons, its manifest, how to search it, whom to write to."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import partial
from html import escape

import resvg_py

from axtra.content.model import Library
from axtra.pictures import drawings
from infolettre.design.tokens import Tokens

FORMAT = 1  # to be raised when the code below writes other files of the same content
TOUCH, SMALL, LARGE = 180, 192, 512  # pixels, as Apple and Android ask
MANIFEST, SEARCH_DESCRIPTION = "/manifeste.webmanifest", "/opensearch.xml"
# The second where a host keeps the first for itself; both hold the same.
SECURITY = ("/.well-known/security.txt", "/security.txt")
_LISTED, _JUNE = 20, 6  # articles; a month

Maker = Callable[[Library, str, Tokens], bytes]


def icon_address(size: int) -> str:
    """Return the address of the icon of a size, in pixels."""
    return "/apple-touch-icon.png" if size == TOUCH else f"/icone-{size}.png"


def _icon(size: int, library: Library, _siteurl: str, tokens: Tokens) -> bytes:
    """Return the icon of the site as a PNG; without a hole, which telephones would fill."""
    png = resvg_py.svg_to_bytes(
        svg_string=drawings.favicon(tokens, library.facts.sign),
        width=size,
        background=tokens.palette("marine").paper,
        skip_system_fonts=True,
    )
    return bytes(png)


def manifest(library: Library, _siteurl: str, tokens: Tokens) -> bytes:
    """Return the manifest, by which a telephone puts the site among its applications.

    Source: W3C, Web Application Manifest.
    """
    facts, paper = library.facts, tokens.colours["clair"]["papier"]
    said = {
        "name": facts.magazine,
        "short_name": facts.magazine,
        "description": facts.description,
        "lang": "fr-CA",
        "start_url": "/",
        "display": "browser",
        "background_color": paper,
        "theme_color": paper,
        "icons": [
            {"src": icon_address(size), "sizes": f"{size}x{size}", "type": "image/png"}
            for size in (SMALL, LARGE)
        ],
    }
    return json.dumps(said, ensure_ascii=False, indent=1).encode()


def search_description(library: Library, siteurl: str, _tokens: Tokens) -> bytes:
    """Return how a browser searches the site. Source: OpenSearch 1.1."""
    name = escape(library.facts.magazine)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">\n'
        f"<ShortName>{name[:16]}</ShortName>\n"
        f"<Description>Chercher dans {name}</Description>\n"
        "<InputEncoding>UTF-8</InputEncoding>\n<Language>fr-CA</Language>\n"
        f'<Image width="180" height="180" type="image/png">{siteurl}{icon_address(TOUCH)}</Image>\n'
        f'<Url type="text/html" template="{siteurl}/recherche/?q={{searchTerms}}"/>\n'
        "</OpenSearchDescription>\n"
    ).encode()


def expiry(moment: datetime) -> str:
    """Return until when `security` is good: six to twelve months after a moment."""
    half = f"{moment.year}-12-31" if moment.month <= _JUNE else f"{moment.year + 1}-06-30"
    return f"{half}T23:59:59Z"


def security(library: Library, siteurl: str, _tokens: Tokens) -> bytes:
    """Return whom to tell of a weakness; good for a while after the newest text.

    The clock is not asked: a site changes by itself only when one of its texts falls due.

    Source: RFC 9116.
    """
    newest = max(
        (item.updated for item in library.items if item.shown and item.updated), default=None
    )
    return (
        f"Contact: mailto:{library.facts.email}\n"
        f"Expires: {expiry(newest or library.moment)}\n"
        "Preferred-Languages: fr, en\n"
        + "".join(f"Canonical: {siteurl}{address}\n" for address in SECURITY)
    ).encode()


def summary(library: Library, siteurl: str, _tokens: Tokens) -> bytes:
    """Return what the site is, in Markdown, for programs that read it. Source: llmstxt.org."""
    facts = library.facts
    lines = [f"# {facts.magazine}", "", f"> {facts.description}", ""]
    lines += [f"{facts.long_name}. Tout est en français. {_rights(library)}", ""]
    sections = [
        ("Numéros", [(n.url, f"{n.title.plain} ({n.label})", n.lead) for n in library.numeros]),
        ("Articles", [(a.url, a.title.plain, a.lead) for a in library.articles[:_LISTED]]),
        ("Rubriques", [(r.url, r.name.plain, r.description.plain) for r in library.rubriques]),
        ("Pages", [(p.url, p.title.plain, p.lead) for p in library.pages]),
        (
            "Fils",
            [
                ("/flux/site.xml", "Tout le site (Atom)", ""),
                ("/flux/site.json", "Tout le site (JSON Feed)", ""),
            ],
        ),
    ]
    for title, links in sections:
        if links:
            lines += [f"## {title}", ""]
            lines += [_link(siteurl, *link) for link in links]
            lines.append("")
    return "\n".join(lines).encode()


def _rights(library: Library) -> str:
    return f"Pour reprendre un texte, écrivez à {library.facts.email}."


def _link(siteurl: str, url: str, name: str, words: str) -> str:
    return f"- [{name}]({siteurl}{url}){': ' if words else ''}{words}"


FILES: tuple[tuple[str, Maker], ...] = (
    *((icon_address(size), partial(_icon, size)) for size in (TOUCH, SMALL, LARGE)),
    (MANIFEST, manifest),
    (SEARCH_DESCRIPTION, search_description),
    *((address, security) for address in SECURITY),
    ("/llms.txt", summary),
)
