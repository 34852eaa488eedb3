"""Articles of Pelican as the cards of a letter, and the rules that choose some."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from PIL import Image

from infolettre.letter.cards import Card, Picture

_TAGS = re.compile(r"<[^>]+>")
_BLOCKS = re.compile(r"</(?:p|div|li|h\d|blockquote|pre|tr)>|<br\s*/?>")
_PICTURES = ("image", "cover", "featured_image", "og_image", "thumbnail")
_LONGEST = 280  # characters of a summary
_COLUMN = 552  # px


def card(article: Any, siteurl: str, content: Path) -> Card:  # noqa: ANN401 - no types in Pelican
    """Return an article, or a page, as a card whose addresses are absolute."""
    return Card(
        title=plain(article.title),
        summary=_summary(article),
        url=f"{siteurl}/{article.url.lstrip('/')}",
        date=getattr(article, "date", None),
        image=_picture(article, siteurl, content),
        authors=tuple(str(author) for author in getattr(article, "authors", ())),
    )


def plain(html: str) -> str:
    """Return the words of some HTML on one line."""
    return " ".join(unescape(_TAGS.sub("", _BLOCKS.sub(" ", str(html)))).split())


def _summary(article: Any) -> str:  # noqa: ANN401 - the same
    words = plain(article.summary).removesuffix("…").removesuffix("...")
    if len(words) > _LONGEST:
        words = words[: words.rfind(" ", 0, _LONGEST)].rstrip(" ,;:")
    return words if not words or words[-1] in ".!?…»)" else f"{words}…"


def _picture(article: Any, siteurl: str, content: Path) -> Picture | None:  # noqa: ANN401
    named = next((value for name in _PICTURES if (value := getattr(article, name, ""))), "")
    if not isinstance(named, str) or not named:
        return None
    if named.startswith(("http://", "https://")):
        return Picture(named, _COLUMN)
    for file in _places(named, getattr(article, "relative_source_path", "") or ""):
        if width := width_of(content / file):
            return Picture(f"{siteurl}/{quote(file)}", width)
    return None


def _places(named: str, source: str) -> list[str]:
    """Return where a picture may be in the content: beside the article that names it, or not."""
    path = re.sub(r"^[{|](?:static|attach|filename)[}|]", "", named)
    beside = posixpath.normpath(posixpath.join(posixpath.dirname(source), path.lstrip("/")))
    whole = posixpath.normpath(path.lstrip("/"))
    return [whole] if path.startswith("/") else [beside, whole]


def width_of(file: Path) -> int:
    """Return the width at which a mail shows an image, in px; 0 when it cannot be read."""
    try:
        with Image.open(file) as opened:
            return min(_COLUMN, opened.width)
    except OSError:
        return 0


def chosen(articles: Iterable[Any], options: Mapping[str, str]) -> list[Any]:
    """Return the newest articles that meet the options of a block « articles ».

    Args:
        articles: those of the site.
        options: `count` (5), `category`, `tag`, `author`, `since` (2026-01-31).

    Raises:
        ValueError: `count` or `since` cannot be read; the text names it.
    """
    since = options.get("since", "")
    day = datetime.fromisoformat(since).date() if since else None
    count = int(options.get("count", "5"))
    found = [
        article
        for article in articles
        if (day is None or article.date.date() >= day)
        and _is("category", options, [getattr(article, "category", "")])
        and _is("tag", options, getattr(article, "tags", ()))
        and _is("author", options, getattr(article, "authors", ()))
    ]
    found.sort(key=lambda article: article.date, reverse=True)
    return found[:count]


def _is(name: str, options: Mapping[str, str], values: Iterable[object]) -> bool:
    wanted = options.get(name, "").casefold()
    names = {str(value).casefold() for value in values}
    return not wanted or wanted in names | {
        str(getattr(value, "slug", "")).casefold() for value in values
    }
