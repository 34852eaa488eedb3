"""Every problem of a project, found without building; what has not changed is not judged again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from axtra.content.model import Item, Library, Newsletter
from axtra.site import content_review, letters
from axtra.site.build import Made, NoRecords, Task, file_of, judge, open_records
from axtra.site.build_context import BuildContext
from axtra.site.building import fill_table
from axtra.site.failures import as_diagnostics
from axtra.site.settings import SiteSettings, read_settings
from infolettre.core.collector import collecting_the_young
from infolettre.core.diagnostics import Diagnostic, errors, ordered
from infolettre.core.refusals import Refusal

if TYPE_CHECKING:
    from infolettre.text.spelling import Speller

_PLACE = Path(".cache/verification")  # names the records of these jobs; nothing is there


@collecting_the_young()
def examine(
    root: Path, *, moment: datetime, speller: Speller | None = None, remembers: bool = False
) -> tuple[Library, list[Diagnostic]]:
    """Read a project; list every problem of its content and of its mails, as a build would.

    A mail is held to the rules once the files it is made of have no error.

    Args:
        root: the folder that holds pelicanconf.py.
        moment: the moment, with a time zone, on which it would be built.
        speller: judges the words of the texts too.
        remembers: judge again only what changed since this was last asked; in a process of a
            single thread.
    """
    pelican_settings = read_settings(root)
    settings = SiteSettings.of(pelican_settings)
    content, problems = content_review.read(settings, moment=moment)
    context = BuildContext(settings=settings, library=content)
    mails = list(_mails(letters.without_errors(content, problems), context))
    records = (
        open_records(pelican_settings, content, context.table, root, of=root / _PLACE)
        if remembers and not settings.fresh
        else NoRecords()
    )
    spelt = _spelling(content.items, root, speller) if speller else ()
    results = judge([*mails, *spelt], records)
    late = [problem for result in results for problem in result.problems]
    made = {name for result in results[: len(mails)] for name in result.files}
    lost = [] if errors(problems) else _lost(pelican_settings, context, made)
    return content, ordered([*problems, *late, *lost])


def verify(root: Path, *, moment: datetime) -> list[Diagnostic]:
    """List every problem of the content of a project and of its mails."""
    return examine(root, moment=moment)[1]


def _mails(editions: Iterable[Newsletter], context: BuildContext) -> Iterator[Task]:
    """List a job for each edition, which names the pictures of its mail."""
    settings, library = context.settings, context.library
    theme = cache(partial(letters.open_mail_theme, settings))

    def job(letter: Newsletter) -> Made:
        rendered = letters.render_public([letter], library, theme())
        found = letters.check(rendered, settings.folders, settings.siteurl)
        return Made(rendered[letter].images, tuple(found))

    for letter in editions:
        yield Task((file_of(f"{letter.url}courriel.html"),), partial(job, letter), (letter,))


def _spelling(items: Iterable[Item], root: Path, speller: Speller) -> Iterator[Task]:
    """List a job for each text, which judges its words."""
    from infolettre.text import spelling  # noqa: PLC0415 - only a person who verifies asks for it

    def job(name: str, data: bytes) -> Made:
        text = data.decode("utf-8-sig", "replace")
        return Made({}, tuple(spelling.misspelt(name, text, speller)))

    for item in items:
        name, data = item.source, (root / item.source).read_bytes()
        yield Task((name,), partial(job, name, data), (data, speller.key))


def _lost(
    pelican_settings: dict[str, Any], context: BuildContext, pictures: set[str]
) -> list[Diagnostic]:
    """List the redirects and the links of sent mails that would lead nowhere, without building."""
    where, table = context.settings.folders, context.table
    if not context.library.redirects and not content_review.has_sent_letters(where):
        return []
    try:
        fill_table(pelican_settings, context)
    except Refusal as refusal:
        return as_diagnostics(refusal)
    return [*table.problems, *table.check({*table, *pictures})]
