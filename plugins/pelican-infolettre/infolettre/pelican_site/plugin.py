"""The Pelican plugin: a generator that writes the page and the mail of each letter."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from pelican.contents import Page
from pelican.generators import Generator

import pelican
from infolettre import words
from infolettre.core.diagnostics import Diagnostic, Severity, errors
from infolettre.core.refusals import Refusal
from infolettre.pelican_site import letters, site_letters, watching
from infolettre.pelican_site.letters import LetterFile
from infolettre.pelican_site.settings import LetterSettings, folders_of, missing_folders
from infolettre.pelican_site.site_letters import MadeLetter
from pelican import signals

_LOG = logging.getLogger("pelican.infolettre")  # under Pelican's own, for its options
_STOCK_WAIT = pelican.wait_for_changes
PAGE = "infolettre"  # a template that a theme may have; « page » otherwise


class LetterGenerator(Generator):  # type: ignore[misc]
    """Writes, for each letter, a page in the theme of the site, a mail in two parts, a message."""

    def generate_context(self) -> None:
        """List the letters for templates: `infolettres`, the newest first."""
        self._made: list[MadeLetter] = []
        self._settings: LetterSettings | None = None
        self.context["infolettres"] = []
        found = letters.files(folders_of(self.settings))
        if not found and not missing_folders(self.settings):
            return  # a site without letters is held to nothing
        for path in found:  # Pelican copies the files that its contents link to
            linked = letters.linked_files(path)
            self.context["static_links"].update(
                file for file in linked if Path(self.path, file).is_file()
            )
        try:
            self._settings = LetterSettings.of(self.settings)
        except Refusal as refusal:
            _LOG.error("%s", refusal)

    def generate_output(self, writer: Any) -> None:  # noqa: ANN401 - Pelican publishes no types
        """Render the letters, once every article is known, and write them."""
        settings = self._settings
        if settings is None:
            return
        content = site_letters.content_of(self.context, self.settings)
        for made in site_letters.made(settings, content, Path.cwd()):
            if isinstance(made, Diagnostic):
                _log(made)
                continue
            for problem in made.problems:
                _log(problem)
            if not errors(made.problems) and made.mail is not None and not made.letter.is_draft:
                self._made.append(made)
        self._made.sort(key=lambda made: str(made.letter.moment), reverse=True)
        pages = [self._page(made.letter, settings) for made in self._made]
        self.context["infolettres"] = pages
        for made, page in zip(self._made, pages, strict=True):
            self._write(made, page, writer)
        words.speak(settings.language)

    def _page(self, letter: LetterFile, settings: LetterSettings) -> Page:
        url = settings.url.format(slug=letter.slug)
        html = settings.theme.html.get_template("page.html").render(lettre=letter)
        metadata = {
            "title": letter.title,
            "slug": letter.slug,
            "url": url,
            "save_as": f"{url}index.html",
            "lang": letter.language.partition("-")[0].lower(),
            "date": letter.moment,
            "summary": letter.preheader,
            "status": "published",
        }
        source = str(Path.cwd() / letter.file)
        return Page(html, metadata, self.settings, source, self.context)

    def _write(self, made: MadeLetter, page: Page, writer: Any) -> None:  # noqa: ANN401
        assert made.mail is not None  # noqa: S101 - those alone are kept
        names = {path.rpartition(".")[0] for path in self.env.list_templates()}
        writer.write_file(
            page.save_as,
            self.get_template(PAGE if PAGE in names else "page"),
            self.context,
            relative_urls=self.settings["RELATIVE_URLS"],
            page=page,
            url=page.url,
        )
        folder = Path(self.output_path) / page.url
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "courriel.html").write_bytes(made.mail.html.encode())
        (folder / "courriel.txt").write_bytes(made.mail.text.encode())
        (folder / f"{made.letter.slug}.eml").write_bytes(made.mail.message)


def _log(problem: Diagnostic) -> None:
    _LOG.log(
        logging.WARNING if problem.severity is Severity.WARNING else logging.ERROR, "%s", problem
    )


def _prepare(site: Any) -> None:  # noqa: ANN401 - Pelican publishes no types
    """Watch the letters with the rest of the site, and keep them from being articles."""
    content = Path(site.settings["PATH"])
    for folder in folders_of(site.settings):
        if folder != content and folder.is_relative_to(content):
            inside = folder.relative_to(content).as_posix()
            for kind in ("ARTICLE_EXCLUDES", "PAGE_EXCLUDES"):
                site.settings[kind] = [*site.settings[kind], inside]
    if pelican.wait_for_changes in {_STOCK_WAIT, watching.wait}:  # and not another plugin's
        watching.begin(site.settings, folders_of(site.settings))


def _generators(_: object) -> type[Generator]:
    return LetterGenerator


def register() -> None:
    """Connect to Pelican; receivers are module functions, since signals hold them weakly."""
    signals.get_generators.connect(_generators)
    signals.initialized.connect(_prepare)
