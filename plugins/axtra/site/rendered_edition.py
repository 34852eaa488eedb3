"""An edition as it would leave now, for a list: what is frozen, sent or exported."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from axtra.content.editing import EditableText
from axtra.content.model import Facts, Library, Newsletter, Status, Welcome
from axtra.content.schema import KINDS
from axtra.newsletter import Mail, public_links, render
from axtra.site import content_review, letters
from axtra.site.settings import SiteSettings, site_settings
from infolettre.core.diagnostics import Diagnostic, asked_of, did_you_mean, errors
from infolettre.core.refusals import DiagnosedRefusal, WrongUsage
from infolettre.text.personal_values import Personal

_PREHEADER = "Merci d’avoir confirmé. En attendant la prochaine, voici notre dernière infolettre."
_GREETING = re.compile(r"\ABonjour[^\n]*\n\s*")


class UnknownEditionError(WrongUsage):
    """No edition has that name."""


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition for a list; `mail` still holds its sentinels.

    `online` is the address of its page, `siteurl` that of the site, without a final slash;
    `output` the folder of the built site; `inputs` maps files to the hashes of what they hold;
    `links` gives pages for all, in place of personal links.
    """

    letter: Newsletter
    mail: Mail
    facts: Facts
    siteurl: str
    online: str
    output: Path
    inputs: Mapping[str, str]
    links: Mapping[Personal, str]


def edition(root: Path, name: str, liste: str | None, *, moment: datetime) -> Edition:
    """Render an edition for a list, as on a day when it may be read.

    Args:
        root: the project's folder.
        name: the edition.
        liste: the list, whose own texts it then holds; that of the edition when it is None.
        moment: now; an edition that is still to come is rendered as on its day.

    Raises:
        UnknownEditionError: there is none of that name.
        DiagnosedRefusal: the content has errors.
    """
    settings = site_settings(root)
    library, problems = content_review.read(settings, moment=moment)
    letter = find_edition(library, name, problems)
    if letter.status is Status.SCHEDULED:
        library, problems = _read_as_on_the_day(settings, library, problems, letter)
        letter = find_edition(library, name, problems)
    return _rendered(root, settings, library, letter, liste)


def welcome(root: Path, name: str, liste: str, words: Welcome, *, moment: datetime) -> Edition:
    """Render an edition for people who have just confirmed, under words that welcome them.

    Args:
        root: the project's folder.
        name: the edition.
        liste: the list that they joined.
        words: what is said to them.
        moment: now.

    Raises:
        UnknownEditionError: there is none of that name.
        DiagnosedRefusal: the content has errors.
    """
    settings = site_settings(root)
    library, problems = content_review.read(settings, moment=moment)
    letter = find_edition(library, name, problems)
    data = _under(words, (root / letter.source).read_bytes(), letter)
    library, problems = content_review.read(settings, moment=moment, instead={letter.source: data})
    return _rendered(root, settings, library, find_edition(library, name, problems), liste)


def _under(words: Welcome, data: bytes, letter: Newsletter) -> bytes:
    """Return the file of an edition with other words above its text, in place of its greeting."""
    text = EditableText.of(data)
    fields = {"objet": words.subject, "preentete": _PREHEADER}
    body = f"{words.text}\n\n## Notre dernière infolettre\n\n{_GREETING.sub('', text.body)}"
    return text.with_fields(letter.kind, fields).with_body(body).data


def _rendered(
    root: Path, settings: SiteSettings, library: Library, letter: Newsletter, liste: str | None
) -> Edition:
    theme = letters.open_mail_theme(settings)
    return Edition(
        letter,
        render(letter, library, theme, audience=letter.audience if liste is None else liste),
        library.facts,
        theme.siteurl,
        theme.siteurl + letter.url,
        settings.output,
        {
            path.relative_to(base).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for base, path in _inputs(root, settings.theme, settings.content, letter)
        },
        public_links(letter, library, theme.siteurl),
    )


def find_edition(library: Library, name: str, problems: Iterable[Diagnostic] = ()) -> Newsletter:
    """Return the edition of a name, finished or not.

    Raises:
        UnknownEditionError: there is none of that name.
        DiagnosedRefusal: the site has errors, or the edition has, or what it carries.
    """
    known = {item.slug: item for item in library.items if isinstance(item, Newsletter)}
    letter = known.get(name)
    pattern = KINDS["infolettre"].pattern.rpartition("/")[2].format(slug=name)
    files = (
        letters.files_of(letter)
        if letter
        else {problem.file for problem in problems if problem.file.rpartition("/")[2] == pattern}
    )
    if found := errors(asked_of(files, problems)):
        raise DiagnosedRefusal(found)
    if letter is None:
        raise UnknownEditionError(f"l’édition « {name} » n’existe pas.", did_you_mean(name, known))
    return letter


def _read_as_on_the_day(
    settings: SiteSettings, library: Library, problems: Iterable[Diagnostic], letter: Newsletter
) -> tuple[Library, list[Diagnostic]]:
    """Read the content as on the day of an edition; what waits today is still unfinished."""
    waits = {item.source for item in library.items if item.status is not Status.PUBLISHED}
    waits |= {problem.file for problem in problems if problem.unfinished}
    then, found = content_review.read(settings, moment=letter.date or library.moment)
    return then, [
        replace(problem, unfinished=Status.SCHEDULED.unfinished)
        if problem.file in waits
        else problem
        for problem in found
    ]


def obstacles(
    settings: SiteSettings, library: Library, problems: Iterable[Diagnostic], letter: Newsletter
) -> list[Diagnostic]:
    """List the errors for which an edition would not be frozen, other texts' own errors apart."""
    if letter.status is Status.SCHEDULED:
        library, problems = _read_as_on_the_day(settings, library, problems, letter)
    try:
        files = letters.files_of(letter)
        near = [problem for problem in problems if problem.file in files]
        letter = find_edition(library, letter.slug, near)
    except DiagnosedRefusal as refusal:
        return refusal.diagnostics
    if any(not found.file.endswith(".md") for found in errors(problems)):
        return []  # without the facts of the site, no mail can be judged
    theme = letters.open_mail_theme(settings)
    mail = render(letter, library, theme, audience=letter.audience)
    mail = mail.personalised(public_links(letter, library, theme.siteurl))
    return errors(letters.check({letter: mail}, settings.folders, theme.siteurl))


def faults(root: Path, edition: Edition) -> list[Diagnostic]:
    """List the errors of the mail of an edition."""
    mails = {edition.letter: edition.mail.personalised(edition.links)}
    problems = letters.check(mails, site_settings(root).folders, edition.siteurl)
    return errors(problems)


def _inputs(
    root: Path, theme: Path, content: Path, letter: Newsletter
) -> Iterator[tuple[Path, Path]]:
    """Yield what an edition may be made from: words, facts, templates, tokens."""
    yield root, root / letter.source
    for base, folder in ((content.parent, content), (theme.parent, theme / "courriel")):
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".md", ".toml", ".mjml", ".txt", ".css"} and path.is_file():
                yield base, path
    yield theme.parent, theme / "tokens.toml"
