"""The pages about editions: how readers see one (« planche »), and the calendar of a year."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from axtra.content import sent_letters
from axtra.content.model import Library, Newsletter
from axtra.design import fonts
from axtra.newsletter import Mail, editions, public, render
from axtra.newsletter.simulator import (
    Browser,
    SimulationPage,
    SimulatorTheme,
    calendar_page,
    capture,
    simulate,
)
from axtra.site import content_review, letters
from axtra.site.rendered_edition import find_edition, obstacles
from axtra.site.settings import SiteSettings, site_settings
from infolettre.core.diagnostics import Diagnostic, asked_of, ordered
from infolettre.design.tokens import Tokens

PAGE = "planche.html"
CALENDAR, SIMULATOR = "/__axtra/calendrier", "/__axtra/planche/"
_CAPTURES = "captures"


def write_simulation_page(
    root: Path, edition: str, target: Path, *, moment: datetime, browser: Browser | None
) -> None:
    """Write the page that simulates an edition, which may be a draft or scheduled.

    Args:
        root: the project's folder.
        edition: its name.
        target: a folder, made when it is not there.
        moment: the moment at which to read the content.
        browser: takes screenshots of the views; without it, the page shows frames only.

    Raises:
        UnknownEditionError: there is no edition of that name.
        DiagnosedRefusal: the site, or the edition, has errors.
    """
    settings = site_settings(root)
    content, problems = content_review.read(settings, moment=moment, preview=True)
    letter = find_edition(content, edition, problems)
    target.mkdir(parents=True, exist_ok=True)
    made, theme = _simulated(settings, letter, content, problems, prefix="")
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
    page = made.page(theme)
    (target / PAGE).write_text(page, encoding="utf-8", newline="\n")


def preview_page(
    address: str, settings: SiteSettings, content: Library, problems: list[Diagnostic]
) -> str | None:
    """Return the page that the preview serves at an address: the calendar, or a simulated edition.

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
        # Not what the preview shows, drafts included: what the command would say.
        entries = _entries(settings, *content_review.read(settings, moment=content.moment), year)
        return calendar_page(entries, year, content, _simulator_theme(settings), SIMULATOR + "{}/")
    letter = content.find(unquote(parts.path.removeprefix(SIMULATOR).strip("/")), Newsletter)
    if not isinstance(letter, Newsletter):
        return None
    made, theme = _simulated(settings, letter, content, problems, prefix="/")
    return made.page(theme)


def calendar(
    root: Path, content: Library, problems: Iterable[Diagnostic], year: int | None
) -> list[editions.CalendarEntry]:
    """List the editions of a project: all of them, or a year's with those still to be written.

    An edition is ready when it could be frozen and leave on its day.
    """
    return _entries(site_settings(root), content, problems, year)


def _entries(
    settings: SiteSettings, content: Library, problems: Iterable[Diagnostic], year: int | None
) -> list[editions.CalendarEntry]:
    problems = list(problems)
    sent = _sent_editions(settings.folders.root)
    read = {item.source for item in content.items}
    folder = f"{settings.folders.newsletters}/"
    unread: dict[str, list[Diagnostic]] = {}
    for problem in problems:
        if problem.file.startswith(folder) and problem.file not in read:
            unread.setdefault(problem.file, []).append(problem)

    def lacks(letter: Newsletter) -> list[Diagnostic]:
        unfinished = [
            problem
            for problem in problems
            if problem.file == letter.source and problem.rule == "a-completer"
        ]
        return [*unfinished, *obstacles(settings, content, problems, letter)]

    judgement = editions.Judgement(sent, lacks, unread)
    if year is None:
        return editions.every(content, judgement)
    return editions.calendar(year, content, judgement)


def _sent_editions(root: Path) -> Collection[str]:
    """Return which editions of a project have left; a broken register is reported elsewhere."""
    try:
        return {sent.edition for sent in sent_letters.load(root)}
    except sent_letters.RegisterError:
        return set()


def _simulator_theme(settings: SiteSettings) -> SimulatorTheme:
    faces = fonts.faces(settings.cache / "polices")
    return SimulatorTheme.load(settings.theme, Tokens.load(settings.theme / "tokens.toml"), faces)


def _simulated(
    settings: SiteSettings,
    letter: Newsletter,
    content: Library,
    problems: list[Diagnostic],
    *,
    prefix: str,
) -> tuple[SimulationPage, SimulatorTheme]:
    from infolettre.checks.rules.support import ACCEPTED, Client  # noqa: PLC0415 - builds need not load it

    theme = letters.open_mail_theme(settings)
    whole = render(letter, content, theme, audience=letter.audience)  # as its list receives it
    mail = public(letter, whole, content, theme.siteurl)
    folders = settings.folders
    own = [problem for problem in problems if problem.file == letter.source]
    found = [*own, *letters.check({letter: mail}, folders, theme.siteurl)]
    ignored = {name for name, style in ACCEPTED.items() if Client.WORD in style.ignored_by}
    return SimulationPage(
        letter=letter,
        mail=mail,
        library=content,
        views=simulate(_local(mail, theme.siteurl, prefix), ignored),
        diagnostics=tuple(ordered(asked_of({problem.file for problem in found}, found))),
        siteurl=theme.siteurl,
    ), _simulator_theme(settings)


def _local(mail: Mail, siteurl: str, prefix: str) -> str:
    """Point the images of a mail to the folder of the page, rather than to the site."""
    html = mail.html
    for path in mail.images:
        html = html.replace(f'src="{siteurl}{path}"', f'src="{prefix}{path.lstrip("/")}"')
    return html
