"""The content of a project, read, then reviewed as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from axtra import books
from axtra.books import pango
from axtra.content import pages, sent_letters
from axtra.content.loading import Folders, Reading
from axtra.content.model import Centre, Library, Newsletter
from axtra.content.text_cache import TextCache
from axtra.core.diagnostics import Diagnostic, Severity, did_you_mean, ordered
from axtra.design.tokens import TokenError, Tokens
from axtra.site.settings import SiteSettings

# What a theme holds beside its tokens and its pages: mails, books, style sheets, the search.
_THEME_FILES = (
    "courriel/infolettre.mjml",
    "courriel/infolettre.txt",
    "livre/epub.html",
    "livre/pdf.html",
    "static/css",
    "static/recherche",
)


def read(
    settings: SiteSettings,
    *,
    moment: datetime,
    preview: bool = False,
    instead: Mapping[str, bytes] | None = None,
) -> tuple[Library, list[Diagnostic]]:
    """Read the content and list its problems; when publishing, unfinished texts are errors."""
    reading = open_reading(settings, moment=moment, preview=preview, instead=instead)
    return reading.library, review(reading, settings)


def open_reading(
    settings: SiteSettings,
    *,
    moment: datetime,
    preview: bool = False,
    only: frozenset[str] | None = None,
    instead: Mapping[str, bytes] | None = None,
    hidden: frozenset[str] = frozenset(),
) -> Reading:
    """Read the content that the settings name, some files replaced by other bytes or hidden."""
    texts = None if settings.fresh else TextCache(settings.cache / "textes.db")
    folders = replace(settings.folders, instead=instead or {}, hidden=hidden)
    return Reading(folders, moment=moment, preview=preview, only=only, cache=texts)


def review(reading: Reading, settings: SiteSettings) -> list[Diagnostic]:
    """List the problems of what was read, and those that depend on the settings."""
    where, content = reading.folders, reading.library
    problems = ordered(
        [
            *reading.found,
            *_incomplete_theme(settings.theme),
            *_unknown_colours(content, where, settings.theme),
            *_without_pango(content),
            *_sent_but_not_frozen(content, where),
        ]
    )
    if settings.publish:
        problems = ordered([*stricter(problems), *_demonstration_facts(content, where)])
    return problems


def addresses_of(files: Iterable[str]) -> set[str]:
    """Return the address of each file of the output."""
    return {f"/{name.removesuffix('index.html')}" for name in files}


def has_sent_letters(where: Folders) -> bool:
    """Return whether any mail of a project has been sent."""
    return (where.root / sent_letters.FILE).exists()


def lost_addresses(where: Folders, files: Iterable[str]) -> Iterator[Diagnostic]:
    """Report the addresses of mails already sent that no file to publish answers."""
    try:
        yield from sent_letters.vanished(sent_letters.load(where.root), addresses_of(files))
    except sent_letters.RegisterError as error:
        yield error.diagnostic


def _sent_but_not_frozen(content: Library, where: Folders) -> Iterator[Diagnostic]:
    """Report the editions that were sent and whose contents still follow a rule."""
    try:
        gone = sent_letters.editions(sent_letters.load(where.root))
    except sent_letters.RegisterError:
        return  # a build reports it
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


def _incomplete_theme(theme: Path) -> Iterator[Diagnostic]:
    """Report a theme that is not one of ours, or no longer all of one."""
    templates = [f"templates/{name}.html" for name in sorted(pages.templates())]
    missing = [
        name for name in ("tokens.toml", *templates, *_THEME_FILES) if not (theme / name).exists()
    ]
    if missing:
        yield Diagnostic(
            theme.name,
            None,
            "theme-incomplet",
            f"ce dossier n’est pas un thème d’AXE, ou n’est pas entier. Il y manque\u00a0: "
            f"{', '.join(missing)}",
            "Nommez dans pelicanconf.py un thème qui les a tous, comme celui du dépôt\u00a0:  "
            'THEME = "theme"',
        )


def _unknown_colours(content: Library, where: Folders, theme: Path) -> Iterator[Diagnostic]:
    """Check that the colour of each rubrique is in the tokens."""
    if not (theme / "tokens.toml").exists():
        return
    try:
        known = Tokens.load(theme / "tokens.toml").colours["clair"]
    except TokenError as error:
        yield Diagnostic("theme/tokens.toml", None, error.rule, error.problem, error.remedy)
        return
    file = f"{where.content}/rubriques.toml"
    for colour in {
        rubrique.colour for rubrique in content.rubriques if rubrique.colour
    } - known.keys():
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
    """Warn that this machine cannot make the PDF of the numéros."""
    if content.numeros and not books.has_pango():
        yield Diagnostic(
            "content/magazine",
            None,
            "pdf-impossible",
            pango.PROBLEM,
            pango.REMEDY,
            Severity.WARNING,
        )


def stricter(problems: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Turn into errors what may be written but not published: « à compléter », a missing PDF.

    A draft, or a text to come, may be unfinished: it is not published.
    """
    for problem in problems:
        if not problem.unfinished and problem.rule in {"a-completer", "pdf-impossible"}:
            yield replace(problem, severity=Severity.ERROR)
        else:
            yield problem


def _demonstration_facts(content: Library, where: Folders) -> Iterator[Diagnostic]:
    for key in content.facts.demonstration:
        yield Diagnostic(
            f"{where.content}/site.toml",
            None,
            "fait-de-demonstration",
            f"« {key} » a encore une valeur de démonstration",
            "Mettez la vraie valeur, puis enlevez ce nom de la liste « demonstration ».",
        )
    for centre in content.shown(Centre):
        if centre.demonstration:
            false = ", ".join(centre.demonstration)
            yield Diagnostic(
                centre.source,
                None,
                "fait-de-demonstration",
                f"la fiche a encore des valeurs de démonstration : {false}",
                "Mettez les vraies valeurs, puis effacez la ligne « demonstration ».",
            )
