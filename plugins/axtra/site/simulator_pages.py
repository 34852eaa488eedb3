"""The page that simulates how readers see an edition (« planche »), and the calendar of a year."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from axtra.content import sent_letters
from axtra.content.model import Library, Newsletter
from axtra.core.diagnostics import Diagnostic, errors, ordered
from axtra.design import fonts
from axtra.design.tokens import Tokens
from axtra.newsletter import Mail, editions, public, render
from axtra.newsletter.simulator import (
    Browser,
    Planche,
    PlancheTheme,
    calendar_page,
    capture,
    simulate,
)
from axtra.site import content_review, letters
from axtra.site.rendered_edition import find_edition
from axtra.site.settings import SiteSettings, site_settings

PAGE = "planche.html"
CALENDAR, SIMULATOR = "/__axtra/calendrier", "/__axtra/planche/"
_CAPTURES = "captures"


def write_planche(
    root: Path, edition: str, target: Path, *, moment: datetime, browser: Browser | None
) -> list[Diagnostic]:
    """Write the page that simulates one edition, drafts and scheduled ones included.

    Args:
        root: the project's folder.
        edition: its name.
        target: a folder, made when it is not there.
        moment: as on which to read the content.
        browser: takes real pictures of the views; without one, the page shows frames only.

    Returns:
        What prevents it, if something does.

    Raises:
        UnknownEditionError: there is no edition of that name.
    """
    settings = site_settings(root)
    content, problems = content_review.read(settings, moment=moment, preview=True)
    if errors(problems):
        return problems
    letter = find_edition(content, edition)
    target.mkdir(parents=True, exist_ok=True)
    made, look = _simulated(settings, letter, content, problems, prefix="")
    for path, job in made.mail.images.items():
        file = target / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(job())
    for view in made.views:
        (target / _CAPTURES / f"{view.name}.png").unlink(missing_ok=True)
    taken = capture(browser, made.views, target) if browser else {}
    if taken:
        (target / _CAPTURES).mkdir(exist_ok=True)
        for name, data in taken.items():
            (target / _CAPTURES / f"{name}.png").write_bytes(data)
        made = replace(made, captures={name: f"{_CAPTURES}/{name}.png" for name in taken})
    page = made.page(look)
    (target / PAGE).write_text(page, encoding="utf-8", newline="\n")
    return []


def preview_page(
    address: str, settings: SiteSettings, content: Library, problems: list[Diagnostic]
) -> str | None:
    """Print the page that the preview serves at an address: the calendar, or a simulated edition.

    Args:
        address: a path and its query: `/__axtra/calendrier?annee=2019`.
        settings: those of the project.
        content: all of it, drafts included.
        problems: its problems.

    Returns:
        None when there is no such page.
    """
    parts = urlsplit(address)
    if not parts.path.startswith((CALENDAR, SIMULATOR)):
        return None
    if parts.path.rstrip("/") == CALENDAR:
        typed = parse_qs(parts.query).get("annee", [""])[0]
        year = int(typed) if re.fullmatch(r"[12]\d{3}", typed) else content.today.year
        entries = _entries(settings, content, problems, year)
        return calendar_page(entries, year, content, _look(settings), SIMULATOR + "{}/")
    letter = content.find(unquote(parts.path.removeprefix(SIMULATOR).strip("/")), Newsletter)
    if not isinstance(letter, Newsletter):
        return None
    made, look = _simulated(settings, letter, content, problems, prefix="/")
    return made.page(look)


def calendar(
    root: Path, content: Library, problems: Iterable[Diagnostic], year: int | None
) -> list[editions.CalendarEntry]:
    """List the editions of a project: all of them, or a year's with those still to be written.

    One is ready when neither its text nor its mail has an error.
    """
    return _entries(site_settings(root), content, problems, year)


def _entries(
    settings: SiteSettings, content: Library, problems: Iterable[Diagnostic], year: int | None
) -> list[editions.CalendarEntry]:
    folders, problems = settings.folders, list(problems)
    gone = _sent_editions(folders.root)
    waiting = [
        one
        for one in letters.without_errors(content, problems)
        if one.date and year in {None, one.date.year} and not gone(one)
    ]
    mails = (
        letters.render_public(waiting, content, letters.open_mail_theme(settings))
        if waiting
        else {}
    )
    for letter, mail in mails.items():
        seen = letters.check({letter: mail}, folders, settings.siteurl)
        # Wherever the words of a mail come from, they keep this edition from leaving.
        problems.extend(replace(one, file=letter.source) for one in seen)
    if year is None:
        return editions.every(content, problems, gone)
    return editions.calendar(year, content, problems, gone)


def _sent_editions(root: Path) -> editions.Sent:
    """Tell which editions of a project have left; a register that is broken is said elsewhere."""
    try:
        return editions.registered(sent_letters.editions(sent_letters.load(root)))
    except sent_letters.RegisterError:
        return editions.registered({})


def _look(settings: SiteSettings) -> PlancheTheme:
    faces = fonts.faces(settings.cache / "polices")
    return PlancheTheme.load(settings.theme, Tokens.load(settings.theme / "tokens.toml"), faces)


def _simulated(
    settings: SiteSettings,
    letter: Newsletter,
    content: Library,
    problems: list[Diagnostic],
    *,
    prefix: str,
) -> tuple[Planche, PlancheTheme]:
    from axtra.checks.rules.support import ACCEPTED, Client  # noqa: PLC0415 - builds need not load it

    look = letters.open_mail_theme(settings)
    whole = render(letter, content, look, audience=letter.audience)  # as its list receives it
    mail = public(letter, whole, content, look.siteurl)
    folders = settings.folders
    own = [one for one in problems if one.file == letter.source]
    seen = letters.check({letter: mail}, folders, look.siteurl)
    word = {n for n, one in ACCEPTED.items() if Client.WORD in one.ignored_by}
    return Planche(
        letter=letter,
        mail=mail,
        library=content,
        views=simulate(_local(mail, look.siteurl, prefix), word),
        diagnostics=tuple(ordered([*own, *seen])),
        siteurl=look.siteurl,
    ), _look(settings)


def _local(mail: Mail, siteurl: str, prefix: str) -> str:
    """Read the images of a mail beside the page, not from the site."""
    html = mail.html
    for path in mail.images:
        html = html.replace(f'src="{siteurl}{path}"', f'src="{prefix}{path.lstrip("/")}"')
    return html
