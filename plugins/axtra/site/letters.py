"""The letters of a site, rendered as anyone may read them, then checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from axtra.content.audiences import ANY_MAIL, WEB
from axtra.content.loading import Folders
from axtra.content.model import Item, Library, Newsletter, Only, Status, walk
from axtra.newsletter import Mail, MailTheme, public, render
from axtra.newsletter.mail_pictures import Job
from axtra.site.build import note_read
from axtra.site.settings import SiteSettings
from infolettre.core.diagnostics import Diagnostic, Severity, errors, faulty_files, ordered
from infolettre.design.tokens import Tokens

if TYPE_CHECKING:
    from infolettre.checks import CheckedMail

Letters = dict[Newsletter, Mail]
_WEB_BLOCK = re.compile(rf" {{0,3}}(/{{3,}}) *{WEB}\b", re.IGNORECASE)
_SAID_OF_DRAFTS = "texte-a-completer"  # the reading of the content says it already


def open_mail_theme(settings: SiteSettings, tokens: Tokens | None = None) -> MailTheme:
    """Open the templates of the mail that the settings name."""
    theme = settings.theme
    tokens = tokens or Tokens.load(theme / "tokens.toml")
    return MailTheme.load(theme, tokens, settings.siteurl, settings.content, settings.cache)


def render_public(editions: Iterable[Newsletter], library: Library, theme: MailTheme) -> Letters:
    """Render each edition as anyone may read it."""
    return {
        letter: public(letter, render(letter, library, theme), library, theme.siteurl)
        for letter in editions
    }


def images_for_lists(letter: Newsletter, library: Library, theme: MailTheme) -> dict[str, Job]:
    """Return the images of the mails of the lists for which a letter has texts of their own."""
    named = (node.audience or "" for node in walk(letter.content) if isinstance(node, Only))
    lists = sorted({*named} - {""})
    mails = [render(letter, library, theme, audience=audience) for audience in lists]
    return {path: job for mail in mails for path, job in mail.images.items()}


def without_errors(library: Library, problems: Iterable[Diagnostic]) -> list[Newsletter]:
    """List the editions whose files have no error; none if the facts of the site have one."""
    problems = list(problems)
    if any(not found.file.endswith(".md") for found in errors(problems)):
        return []
    broken = faulty_files(problems)
    return [
        letter
        for letter in library.items
        if isinstance(letter, Newsletter) and broken.isdisjoint(files_of(letter))
    ]


def check(letters: Letters, folders: Folders, siteurl: str) -> list[Diagnostic]:
    """List the problems of mails, each at the line of the content that it comes from."""
    from infolettre import checks  # noqa: PLC0415 - most builds render no mail, and need not load it

    problems: list[Diagnostic] = []
    for letter, mail in letters.items():
        seen = _excepted(letter, checks.check(checked_mail(letter, mail, folders, siteurl)))
        if letter.status is Status.DRAFT:
            seen = _lightened(seen)
        elif letter.status is Status.SCHEDULED:
            seen = (replace(problem, unfinished=letter.status.unfinished) for problem in seen)
        problems.extend(seen)
    return ordered(problems)


def checked_mail(letter: Newsletter, mail: Mail, folders: Folders, siteurl: str) -> CheckedMail:
    """Return a mail as the rules read it, with the files that its words come from."""
    from infolettre.checks import CheckedMail  # noqa: PLC0415 - as above

    return CheckedMail(
        letter.source,
        mail.html,
        text=mail.text,
        subject=mail.subject,
        preheader=mail.preheader,
        host=urlsplit(siteurl).netloc,
        day=letter.date.date() if letter.date else None,
        beside=_Sources(folders.root, files_of(letter)),
    )


class _Sources(Mapping[str, str]):
    """The files that the words of a mail come from, each read when a problem is placed in it.

    A mail without problems does not depend on the rest of these files.
    """

    def __init__(self, root: Path, names: Iterable[str]) -> None:
        self._root = root
        self._names = tuple(dict.fromkeys(names))

    def __getitem__(self, name: str) -> str:
        note_read(("text", name))
        return _for_mail((self._root / name).read_text("utf-8-sig", "replace"))

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _for_mail(text: str) -> str:
    """Empty the lines of a text that only the site shows; the others keep their number."""
    lines, opened = list[str](), ""
    for line in text.splitlines():
        begun = _WEB_BLOCK.match(line)
        shown = not opened and not begun
        if begun and not opened:
            opened = begun[1]
        elif line.strip() == opened:
            opened = ""
        lines.append(line if shown else "")
    return "\n".join(lines)


def files_of(letter: Newsletter) -> Mapping[str, Item]:
    """Map the files that the words of a mail come from to their items, its own first."""
    carried = (item for node in walk(letter.body_for(ANY_MAIL)) for item in node.cards)
    return {item.source: item for item in (letter, *carried)}


def _excepted(letter: Newsletter, problems: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Leave out the warnings that a letter silences; an error cannot be silenced."""
    silenced = {exception.rule for exception in letter.exceptions}
    refused: dict[str, None] = {}
    for problem in problems:
        is_error = problem.severity is Severity.ERROR
        if is_error or problem.rule not in silenced:
            yield problem
        if is_error and problem.rule in silenced:
            refused[problem.rule] = None
    for rule in refused:
        yield Diagnostic(
            letter.source,
            None,
            "exception-refusee",
            f"« {rule} » est une erreur : son exception ne vaut pas",
            "Corrigez l’erreur, puis enlevez l’exception.",
        )


def _lightened(problems: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Turn the errors of a draft into warnings, since it may be unfinished."""
    for problem in problems:
        if problem.rule != _SAID_OF_DRAFTS:
            yield replace(problem, severity=Severity.WARNING)
