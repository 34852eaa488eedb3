"""Letters of a Pelican site for tests: their text, read as the site would."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pelican.settings import DEFAULT_CONFIG

from infolettre.pelican_site import letters
from infolettre.pelican_site.bodies import SiteContent
from infolettre.pelican_site.letters import LetterFile
from infolettre.pelican_site.settings import LetterSettings

HEAD = "Title: A letter\nDate: 2026-01-31\n\n"


@dataclass
class Post:
    """An article as Pelican makes it, in what letters read of it."""

    title: str = "A post"
    url: str = "a-post.html"
    date: datetime = datetime(2026, 1, 2)  # noqa: DTZ001 - Pelican's may have none
    summary: str = "<p>What it <b>says</b>.</p>"
    content: str = "<p>What it says, in full.</p>"
    category: str = "News"
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    status: str = "published"
    image: str = field(default="")
    lang: str = ""
    relative_source_path: str = ""


def read(text: str, tmp_path: Path, *posts: Post, **settings: Any) -> tuple[LetterFile, list[str]]:
    """Read a letter of a site; return it with its problems, as « line: rule »."""
    (tmp_path / "content").mkdir(exist_ok=True)
    file = tmp_path / "first.md"
    file.write_text(text, "utf-8")
    named = {f"{post.url.removesuffix('.html')}.md": post for post in posts}
    content = SiteContent(named, posts, DEFAULT_CONFIG["MARKDOWN"], DEFAULT_CONFIG)
    letter, notes = letters.read(file, "first.md", made(tmp_path, **settings), content)
    assert letter is not None
    return letter, [f"{found.line}: {found.rule}" for found in notes.found]


def made(tmp_path: Path, **settings: Any) -> LetterSettings:
    """Return the settings of a site."""
    return LetterSettings.of(
        {
            **DEFAULT_CONFIG,
            "PATH": str(tmp_path / "content"),
            "SITENAME": "Pages",
            "DEFAULT_LANG": "en",
            "SITEURL": "https://www.pages.quebec/",
            **settings,
        }
    )
