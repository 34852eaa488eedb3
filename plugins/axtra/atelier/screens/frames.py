"""Pages and mails shown in frames: what the site would be, cut off from the atelier.

A frame without `allow-same-origin` sends no cookie, and asks for fonts as origin « null ». So the
secret is in the address, expires, and gives access to pages alone; nothing in them can act.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from axtra.atelier.app import Atelier
from axtra.preview.previewed_site import Answer
from infolettre.simulator import simulations

_POLICY = (
    "sandbox; default-src 'none'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "img-src 'self' data:; media-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
_PDF = "application/pdf"
_VIEW = "/__vue/"
VIEWS: Mapping[str, Callable[[str], str]] = {
    "sombre": partial(simulations.scheme, dark=True),
    "sans-images": simulations.blocked,
}
# Within a page, and within the frames of a page, whose quotation marks are escaped.
_FROM_ROOT = re.compile(
    rb"""((?:href|src|poster|action|content)=(?:["']|&quot;|&\#34;)?|url\(["']?)/(?!/)"""
)
_CANDIDATES = re.compile(rb"""srcset=(?:"[^"]*"|'[^']*')""")
_CANDIDATE = re.compile(rb"""(["',]\s*)/(?!/)""")


def address(secret: str, path: str) -> str:
    """Return where a frame shows a page of the site."""
    return f"/cadre/{secret}{path}"


def view_address(secret: str, view: str, path: str) -> str:
    """Return where a frame shows a mail as some readers see it; `view` is one of `VIEWS`."""
    return address(secret, f"{_VIEW}{view}{path}")


def routes(atelier: Atelier) -> list[Route]:
    """Return the addresses of the frames."""

    async def frame(request: Request) -> Response:
        secret = request.path_params["secret"]
        if not atelier.access.shows(secret):
            raise HTTPException(404)
        path = request.url.path.removeprefix(f"/cadre/{secret}")
        view = ""
        if path.startswith(_VIEW):
            view, _, rest = path.removeprefix(_VIEW).partition("/")
            path = f"/{rest}"
        answer = await run_in_threadpool(atelier.newsroom.page, path)
        body = answer.body
        if view in VIEWS:
            body = VIEWS[view](body.decode()).encode()
        if answer.kind in {"text/html", "text/css"}:
            body = under(f"/cadre/{secret}/".encode(), body)
        made = framed(Answer(body, answer.kind, answer.status))
        if answer.place:
            made.headers["Location"] = f"/cadre/{secret}{answer.place}"
        return made

    return [Route("/cadre/{secret}/{path:path}", frame, methods=["GET"])]


def framed(answer: Answer) -> Response:
    """Return an answer that a frame shows, in which nothing can act."""
    headers = {
        # A browser shows no PDF in a sandbox; nothing in one can act on the atelier.
        "Content-Security-Policy": _POLICY if answer.kind != _PDF else "default-src 'self'",
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "X-Frame-Options": "SAMEORIGIN",
    }
    return Response(answer.body, int(answer.status), headers, answer.kind)


def under(prefix: bytes, body: bytes) -> bytes:
    """Return a page or a sheet whose addresses from the site's root are under a prefix."""
    body = _FROM_ROOT.sub(lambda found: found[1] + prefix, body)
    return _CANDIDATES.sub(
        lambda found: _CANDIDATE.sub(lambda place: place[1] + prefix, found[0]), body
    )
