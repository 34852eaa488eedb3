"""The content of a project: read, then reviewed with what only the whole project reveals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from axtra import books
from axtra.content import sent_letters
from axtra.content.loading import Folders, Reading
from axtra.content.model import Library, Newsletter
from axtra.content.text_cache import Shelf
from axtra.core.diagnostics import Diagnostic, Severity, did_you_mean, ordered
from axtra.design.tokens import TokenError, Tokens
from axtra.site import search_index
from axtra.site.settings import SiteSettings


def read(
    settings: SiteSettings, *, moment: datetime, preview: bool = False
) -> tuple[Library, list[Diagnostic]]:
    """Read the content and list its problems; to publish, what is unfinished is an error."""
    reading = open_reading(settings, moment=moment, preview=preview)
    return reading.library, review(reading, settings)


def open_reading(settings: SiteSettings, *, moment: datetime, preview: bool = False) -> Reading:
    """Read the content that the settings name."""
    texts = Shelf(settings.cache / "textes.db")
    return Reading(settings.folders, moment=moment, preview=preview, shelf=texts)


def review(reading: Reading, settings: SiteSettings) -> list[Diagnostic]:
    """List the problems of what was read, those that only the settings reveal included."""
    where, content = reading.folders, reading.library
    found = ordered(
        [
            *reading.found,
            *_unknown_colours(content, where, settings.theme),
            *_without_pango(content),
            *_without_pagefind(),
            *_sent_but_not_frozen(content, where),
        ]
    )
    if settings.publish:
        found = ordered([*_stricter(found), *_demonstration_facts(content, where)])
    return found


def addresses_of(files: Iterable[str]) -> set[str]:
    """Give the address of each file of the output."""
    return {f"/{name.removesuffix('index.html')}" for name in files}


def has_sent_letters(where: Folders) -> bool:
    """Tell whether any mail of a project has been sent."""
    return (where.root / sent_letters.FILE).exists()


def lost_addresses(where: Folders, files: Iterable[str]) -> Iterator[Diagnostic]:
    """Say which addresses of mails already sent none of the files to publish answers."""
    try:
        yield from sent_letters.vanished(sent_letters.load(where.root), addresses_of(files))
    except sent_letters.RegisterError as error:
        yield error.diagnostic


def _sent_but_not_frozen(content: Library, where: Folders) -> Iterator[Diagnostic]:
    """Say which editions that were sent would still change by themselves."""
    try:
        gone = sent_letters.editions(sent_letters.load(where.root))
    except sent_letters.RegisterError:
        return  # a build says it
    for letter in content.items:
        if isinstance(letter, Newsletter) and letter.slug in gone:
            for choice in letter.choices:
                yield Diagnostic(
                    letter.source,
                    choice.line,
                    "articles-a-figer",
                    "cette édition est envoyée, et une règle choisit encore ses contenus",
                    f"Figez-la :  axtra infolettre figer {letter.slug}",
                    severity=Severity.WARNING,
                )


def _unknown_colours(content: Library, where: Folders, theme: Path) -> Iterator[Diagnostic]:
    """Check what the content and the tokens must agree on: a rubrique names a colour."""
    try:
        known = Tokens.load(theme / "tokens.toml").colours["clair"]
    except TokenError as error:
        yield Diagnostic(
            "theme/tokens.toml",
            None,
            "jeton-invalide",
            str(error),
            "Corrigez cette valeur du thème.",
        )
        return
    file = f"{where.content}/rubriques.toml"
    for colour in {one.colour for one in content.rubriques if one.colour} - known.keys():
        text = (where.root / file).read_text("utf-8-sig")
        places = re.finditer(rf"^\s*couleur\s*=\s*.{re.escape(colour)}.", text, re.MULTILINE)
        lines: list[int | None] = [text.count("\n", 0, place.end()) + 1 for place in places]
        for line in lines or [None]:
            yield Diagnostic(
                file,
                line,
                "couleur-inconnue",
                f"« {colour} » n’est pas une couleur du thème",
                did_you_mean(colour, known),
            )


def _without_pango(content: Library) -> Iterator[Diagnostic]:
    """Say that this machine cannot set the PDF of the numéros."""
    if content.numeros and not books.has_press():
        yield Diagnostic(
            "content/magazine",
            None,
            "pdf-impossible",
            "les numéros n’auront pas de PDF : il manque Pango à cette machine",
            "Debian :  apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
            "   (macOS :  brew install pango)",
            Severity.WARNING,
        )


def _without_pagefind() -> Iterator[Diagnostic]:
    """Say that this machine cannot make the index of the search page."""
    if not search_index.binary():
        yield Diagnostic(
            "requirements.txt",
            None,
            "recherche-impossible",
            "la page de recherche ne trouvera rien : Pagefind manque à cette machine",
            "Réinstallez les paquets (make propre, puis make site), ou construisez sur une machine"
            " Linux, macOS ou Windows courante.",
            Severity.WARNING,
        )


def _stricter(found: list[Diagnostic]) -> Iterator[Diagnostic]:
    """Make errors of what may be written but not published: « à compléter », a missing PDF."""
    for one in found:
        if one.rule in {"a-completer", "pdf-impossible", "recherche-impossible"}:
            yield Diagnostic(one.file, one.line, one.rule, one.problem, one.remedy)
        else:
            yield one


def _demonstration_facts(content: Library, where: Folders) -> Iterator[Diagnostic]:
    for key in content.facts.demonstration:
        yield Diagnostic(
            f"{where.content}/site.toml",
            None,
            "fait-de-demonstration",
            f"« {key} » a encore une valeur de démonstration",
            "Mettez la vraie valeur, puis enlevez ce nom de la liste « demonstration ».",
        )
