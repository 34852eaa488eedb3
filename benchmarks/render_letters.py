"""Render the infolettres of a project as a fresh process, in one of several ways.

Usage: python benchmarks/render_letters.py MANIÈRE PROJET SORTIE
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from axtra import site
from axtra.content.model import Library
from axtra.newsletter import Mail
from axtra.site import letters
from axtra.site.settings import SiteSettings, site_settings
from infolettre.core.dates import ZONE
from infolettre.letter import mjml


def sources(root: Path, made: Path) -> None:
    """Write the MJML of each letter, which the other ways take."""
    for slug, mail in _mails(root, checked=False):
        (made / f"{slug}.mjml").write_text(mail.mjml, encoding="utf-8")


def ours(root: Path, made: Path) -> None:
    """Render each letter of a project from its text: HTML, text."""
    for slug, mail in _mails(root, checked=False):
        _write(made, slug, mail.html, mail.text)


def ours_checked(root: Path, made: Path) -> None:
    """Do the same, and hold each letter to the rules."""
    for slug, mail in _mails(root, checked=True):
        _write(made, slug, mail.html, mail.text)


def ours_one(root: Path, made: Path) -> None:
    """Render one letter, checked, and print the seconds it took once the content was read."""
    settings, content = _read(root)
    start = time.perf_counter()
    letter = content.newsletters[0]
    mails = letters.render_public([letter], content, letters.open_mail_theme(settings))
    letters.check(mails, settings.folders, settings.siteurl)
    _write(made, letter.slug, mails[letter].html, mails[letter].text)
    print(json.dumps(time.perf_counter() - start))


def ours_chain(root: Path, made: Path) -> None:
    """Turn MJML into HTML as we do."""
    for file in sorted(root.glob("*.mjml")):
        _write(made, file.stem, mjml.compose(file.read_text("utf-8"), file.name))


def plain(root: Path, made: Path) -> None:
    """Turn MJML into HTML as the documentation of both libraries shows."""
    from mjml import mjml2html  # noqa: PLC0415 - ours must not pay for it
    from premailer import transform  # noqa: PLC0415 - the same

    for file in sorted(root.glob("*.mjml")):
        html = mjml2html(file.read_text("utf-8"))
        quiet = {"allow_network": False, "cssutils_logging_level": logging.CRITICAL}
        _write(made, file.stem, transform(html, **quiet))


WAYS: Mapping[str, Callable[[Path, Path], None]] = MappingProxyType(
    {our.__name__: our for our in (sources, ours, ours_checked, ours_one, ours_chain, plain)}
)


def _read(root: Path) -> tuple[SiteSettings, Library]:
    settings = site_settings(root)
    content, _ = site.read(root, moment=datetime.now(ZONE))
    return settings, content


def _mails(root: Path, *, checked: bool) -> Iterator[tuple[str, Mail]]:
    settings, content = _read(root)
    look = letters.open_mail_theme(settings)
    for letter in content.newsletters:
        mails = letters.render_public([letter], content, look)
        if checked:
            letters.check(mails, settings.folders, settings.siteurl)
        yield letter.slug, mails[letter]


def _write(folder: Path, name: str, html: str, text: str = "") -> None:
    (folder / f"{name}.html").write_text(html, encoding="utf-8")
    if text:
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    Path(sys.argv[3]).mkdir(parents=True, exist_ok=True)
    WAYS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
