"""The letters of a site, from its settings and its articles to files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infolettre import words
from infolettre.core.diagnostics import Diagnostic, Severity, errors, ordered
from infolettre.core.refusals import Refusal
from infolettre.pelican_site import letters, mails
from infolettre.pelican_site.bodies import SiteContent
from infolettre.pelican_site.letters import LetterFile
from infolettre.pelican_site.mails import SiteMail
from infolettre.pelican_site.settings import LetterSettings, missing_folders


@dataclass(frozen=True, slots=True)
class MadeLetter:
    """A letter, its mail and its problems; `mail` is None where an error prevents it."""

    letter: LetterFile
    mail: SiteMail | None
    problems: tuple[Diagnostic, ...]


def content_of(context: Mapping[str, Any], settings: Mapping[str, Any]) -> SiteContent:
    """Return what Pelican has read of a site."""
    return SiteContent(
        {str(path): found for path, found in context["generated_content"].items() if found},
        tuple(context.get("articles", ())),
        settings["MARKDOWN"],
        settings,
    )


def made(
    settings: LetterSettings, content: SiteContent, root: Path
) -> Iterator[MadeLetter | Diagnostic]:
    """Yield each letter of a site with its mail, or the problems of a file that is no letter."""
    slugs: dict[str, str] = {}
    for named in missing_folders(content.settings):
        yield Diagnostic(
            "pelicanconf.py",
            None,
            "dossier-absent",
            words.say("le dossier de lettres « {} » n’existe pas", named),
            words._("Créez-le, ou corrigez INFOLETTRE_PATHS, dont les chemins partent de PATH."),
            Severity.WARNING,
        )
    found_files = letters.files(settings.folders)
    if found_files and not settings.knows_its_address:
        yield Diagnostic(
            "pelicanconf.py",
            None,
            "siteurl-absent",
            words._("SITEURL est vide : les liens d’une lettre ne mèneraient nulle part"),
            words._('Écrivez par exemple :  SITEURL = "https://www.exemple.org"'),
            Severity.WARNING,
        )
    for path in found_files:
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
        words.speak(settings.language)
        letter, notes = letters.read(path, name, settings, content)
        if letter is None:
            yield from notes.found
            continue
        if letter.slug in slugs:
            notes.error(
                "adresse-en-double",
                1,
                words.say("{} a déjà l’adresse « {} »", slugs[letter.slug], letter.slug),
                words._("Donnez à l’une des deux un autre nom :  Slug: …"),
            )
        slugs[letter.slug] = name
        if errors(notes.found):
            yield MadeLetter(letter, None, tuple(ordered(notes.found)))
            continue
        try:
            mail = mails.render(letter, settings)
        except Refusal as refusal:
            remedy = refusal.remedy or words._("Corrigez ce que dit l’en-tête de la lettre.")
            notes.error("courriel-impossible", None, refusal.problem, remedy)
            yield MadeLetter(letter, None, tuple(notes.found))
            continue
        found = [*notes.found, *mails.check(letter, mail, settings)]
        yield MadeLetter(letter, mail, tuple(ordered(found)))
