"""The planche of an edition and the calendar of a year, from a project's folder."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from axtra.content import sent_letters
from axtra.content.model import Library, Newsletter
from axtra.core.diagnostics import Diagnostic, did_you_mean, errors, ordered
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
from axtra.site import built_letters, preparation
from axtra.site.building import settings_of

PAGE = "planche.html"
CALENDAR, PLANCHES = "/__axtra/calendrier", "/__axtra/planche/"
_CAPTURES = "captures"


def write_planche(
    root: Path, edition: str, target: Path, *, moment: datetime, browser: Browser | None
) -> list[Diagnostic] | str:
    """Write the planche of one edition, drafts and scheduled ones included.

    Args:
        root: the project's folder.
        edition: its name.
        target: a folder, made when it is not there.
        moment: as on which to read the content.
        browser: takes real pictures of the views; without one, the page shows frames only.

    Returns:
        What prevents it, if something does; or, in French, that there is no such edition.
    """
    settings = settings_of(root)
    content, found = preparation.read(settings, moment=moment, preview=True)
    if errors(found):
        return found
    letter = find(content, edition)
    if isinstance(letter, str):
        return letter
    target.mkdir(parents=True, exist_ok=True)
    made, look = _planche(settings, letter, content, found, prefix="")
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


def find(content: Library, edition: str) -> Newsletter | str:
    """Find an edition by its name, or say in French that there is none."""
    known = {one.slug: one for one in content.items if isinstance(one, Newsletter)}
    if edition in known:
        return known[edition]
    return f"l’édition « {edition} » n’existe pas.\n    → {did_you_mean(edition, known)}"


def desk_page(
    address: str, settings: dict[str, Any], content: Library, found: list[Diagnostic]
) -> str | None:
    """Print the page that the preview serves at an address: the calendar, or a planche.

    Args:
        address: a path and its query: `/__axtra/calendrier?annee=2019`.
        settings: those of the project.
        content: all of it, drafts included.
        found: its problems.

    Returns:
        None when there is no such page.
    """
    parts = urlsplit(address)
    if not parts.path.startswith((CALENDAR, PLANCHES)):
        return None
    if parts.path.rstrip("/") == CALENDAR:
        typed = parse_qs(parts.query).get("annee", [""])[0]
        year = int(typed) if re.fullmatch(r"[12]\d{3}", typed) else content.today.year
        entries = _calendar(settings, content, found, year)
        return calendar_page(entries, year, content, _look(settings), PLANCHES + "{}/")
    letter = find(content, unquote(parts.path.removeprefix(PLANCHES).strip("/")))
    if isinstance(letter, str):
        return None
    made, look = _planche(settings, letter, content, found, prefix="/")
    return made.page(look)


def calendar(
    root: Path, content: Library, found: Iterable[Diagnostic], year: int | None
) -> list[editions.CalendarEntry]:
    """List the editions of a project: all of them, or a year's with those still to be written.

    One is ready when neither its text nor its mail has an error.
    """
    return _calendar(settings_of(root), content, found, year)


def _calendar(
    settings: dict[str, Any], content: Library, found: Iterable[Diagnostic], year: int | None
) -> list[editions.CalendarEntry]:
    folders, found = preparation.folders(settings), list(found)
    gone = _gone(folders.root)
    waiting = [
        one
        for one in built_letters.sound(content, found)
        if one.date and year in {None, one.date.year} and not gone(one)
    ]
    mails = built_letters.compose(waiting, content, built_letters.look(settings)) if waiting else {}
    for letter, mail in mails.items():
        seen = built_letters.inspect({letter: mail}, folders, settings["SITEURL"])
        # Wherever the words of a mail come from, they keep this edition from leaving.
        found.extend(replace(one, file=letter.source) for one in seen)
    if year is None:
        return editions.every(content, found, gone)
    return editions.calendar(year, content, found, gone)


def _gone(root: Path) -> editions.Sent:
    """Tell which editions of a project have left; a register that is broken is said elsewhere."""
    try:
        return editions.registered(sent_letters.editions(sent_letters.load(root)))
    except sent_letters.RegisterError:
        return editions.registered({})


def _look(settings: dict[str, Any]) -> PlancheTheme:
    theme = Path(settings["THEME"])
    faces = fonts.faces(Path(settings["CACHE_PATH"]) / "polices")
    return PlancheTheme.load(theme, Tokens.load(theme / "tokens.toml"), faces)


def _planche(
    settings: dict[str, Any],
    letter: Newsletter,
    content: Library,
    found: list[Diagnostic],
    *,
    prefix: str,
) -> tuple[Planche, PlancheTheme]:
    from axtra.checks.rules.support import ACCEPTED, Client  # noqa: PLC0415 - builds need not load it

    look = built_letters.look(settings)
    whole = render(letter, content, look, audience=letter.audience)  # as its list receives it
    mail = public(letter, whole, content, look.siteurl)
    folders = preparation.folders(settings)
    own = [one for one in found if one.file == letter.source]
    seen = built_letters.inspect({letter: mail}, folders, look.siteurl)
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
