"""What is read of a request before it is believed: its path, its token, its origin, its form."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Mapping
from urllib.parse import parse_qs, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from axtra.subscribers.addresses import visible

MOST = 8_192  # bytes of a form
_PATIENCE = 20  # seconds for the whole of a form to come
_TOKEN = re.compile(
    r"(?<![\w-])[a-z2-7]{26}\.[a-z0-9_-]{1,40}\.[a-z0-9_-]{43}(?![a-z0-9])",
    re.ASCII | re.IGNORECASE,
)


def tidied(path: str) -> str:
    """Return a path without the slashes and the final signs that mail programs add to links."""
    line = " ".join(visible(path).split())
    return re.sub(r"/{2,}", "/", re.sub(r"[^\w-]+$", "", line)) or "/"


def token(request: Request) -> str:
    """Return the token of a link, whatever a mail program put around it or folded into it.

    Raises:
        HTTPException: there is none.
    """
    text = request.path_params["token"]
    found = _TOKEN.search(text) or _TOKEN.search(re.sub("=? ", "", text))
    if found is None:
        raise HTTPException(404)
    return found[0]


def is_foreign(headers: Mapping[str, str], origins: Collection[str]) -> bool:
    """Return whether a form was sent from a page of someone else.

    Args:
        headers: those of the request; only browsers send the two that count, and no page can
            change them.
        origins: those of the site and of the door.

    Source: Fetch (Origin); Fetch Metadata Request Headers (Sec-Fetch-Site). A page whose policy
    hides where it comes from sends « null ».
    """
    site, origin = headers.get("sec-fetch-site", ""), headers.get("origin")
    if origin is None:
        return site == "cross-site"
    if _host(origin) in map(_host, origins):
        return False
    here = f"//{headers.get('host', '')}"
    return site != "same-origin" or (origin != "null" and _host(origin)[1] != _host(here)[1])


def _host(origin: str) -> tuple[str, str]:
    """Return the scheme and the host of an origin, the same with « www. » and without."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return "", origin
    return parts.scheme.lower(), parts.netloc.lower().removeprefix("www.")


async def fields(request: Request, *, most: int = MOST) -> dict[str, list[str]]:
    """Return the fields of a form of at most so many bytes.

    Raises:
        HTTPException: the body is too long or too slow, or is no form.
    """
    body = b""
    try:
        async with asyncio.timeout(_PATIENCE):
            async for part in request.stream():
                body += part
                if len(body) > most:
                    raise HTTPException(413)
    except TimeoutError:
        raise HTTPException(408) from None
    except ClientDisconnect:
        raise HTTPException(400) from None
    try:
        return parse_qs(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=40)
    except ValueError:
        raise HTTPException(400) from None
