"""One build, from the settings to the published folder, with all its problems."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from rich.console import Console

import pelican
from axtra.content.loading import Folders, Reading, retake
from axtra.content.model import Item, Library
from axtra.site import content_review, guests, letters
from axtra.site.build import (
    BuildRecords,
    Progress,
    Table,
    open_records,
    output,
    silent,
    spare_folder,
)
from axtra.site.build_context import KEY, BuildContext
from axtra.site.failures import as_diagnostics, refusing_failures
from axtra.site.rendered_edition import find_edition
from axtra.site.settings import SiteSettings, read_settings, site_settings
from infolettre.core.collector import collecting_the_young
from infolettre.core.diagnostics import Diagnostic, asked_of, count, errors, ordered, summary
from infolettre.core.refusals import Refusal

PLUGIN = "axtra.site"
NOTHING: Mapping[str, bytes] = MappingProxyType({})
_MOST_NAMED = 5  # files in the last line of a build


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did; nothing was written when a diagnostic is an error. `seconds` of wall."""

    diagnostics: tuple[Diagnostic, ...]
    output: Path
    pages: int = 0
    newsletters: int = 0
    written: int = 0
    removed: int = 0
    done: int = 0  # jobs; the others would have made what is already there
    seconds: float = 0.0
    added: tuple[str, ...] = ()  # the files that other plugins wrote

    @property
    def refused(self) -> bool:
        """Tell whether nothing was written."""
        return bool(errors(self.diagnostics))

    @property
    def change(self) -> str:
        """Return how many files changed."""
        return f"{count(self.written, 'fichier')} à jour, {count(self.removed, 'fichier')} en moins"

    def __str__(self) -> str:
        seconds = f"{self.seconds:.1f}".replace(".", ",")
        done = f"{count(self.pages, 'page')}, {count(self.newsletters, 'infolettre')}"
        if self.added:
            named = ", ".join(f"/{name}" for name in self.added[:_MOST_NAMED])
            more = ", …" if len(self.added) > _MOST_NAMED else ""
            done += f", {count(len(self.added), 'fichier')} d’autres greffons ({named}{more})"
        place = self.output.name if self.output.parent == Path.cwd() else str(self.output)
        return f"{done}, {summary(self.diagnostics)}, {seconds}\u00a0s → {place}/"


def folders(root: Path) -> Folders:
    """Return the folders of the content of a project."""
    return site_settings(root).folders


def read(
    root: Path, *, moment: datetime, instead: Mapping[str, bytes] | None = None
) -> tuple[Library, list[Diagnostic]]:
    """Read the content of a project, without building; some files replaced by other bytes."""
    return content_review.read(site_settings(root), moment=moment, instead=instead)


def stopping(
    root: Path, *, moment: datetime, instead: Mapping[str, bytes] = NOTHING
) -> list[Diagnostic]:
    """List what would keep a project from being published if some files held other bytes.

    These files are read as texts to publish: « à compléter » is an error there.
    """
    _, problems = content_review.read(site_settings(root), moment=moment, instead=instead)
    return errors(list(content_review.stricter(asked_of(instead, problems))))


@collecting_the_young()
def public_files(root: Path, *, moment: datetime) -> frozenset[str]:
    """Name the files of a project that readers see something of; see `Reading.public`."""
    return content_review.open_reading(site_settings(root), moment=moment).public


def render_newsletter(root: Path, edition: str, target: Path, *, moment: datetime) -> None:
    """Write the mail of an edition, which may be a draft or scheduled.

    Raises:
        UnknownEditionError: there is none of that name.
        DiagnosedRefusal: the site, or the edition, has errors.
    """
    settings = site_settings(root)
    content, problems = content_review.read(settings, moment=moment, preview=True)
    letter = find_edition(content, edition, problems)
    mail = letters.render_public([letter], content, letters.open_mail_theme(settings))[letter]
    target.mkdir(parents=True, exist_ok=True)
    (target / "courriel.html").write_bytes(mail.html.encode())
    (target / "courriel.txt").write_bytes(mail.text.encode())


@dataclass(slots=True)
class Prepared:
    """A build whose jobs are not done yet; if there is an error, it has no jobs."""

    pelican_settings: dict[str, Any]
    context: BuildContext
    reading: Reading
    items: Mapping[str, Item] = field(init=False)  # by address
    problems: tuple[Diagnostic, ...] = ()  # every problem known before the jobs are done
    refused: bool = False  # an error prevents the jobs
    seconds: float = 0.0  # spent reading

    def __post_init__(self) -> None:
        """Index the items, and review what was read."""
        self.items = {item.url: item for item in self.library.items}
        self.review()

    def review(self) -> None:
        """List every problem, those that the table shows too; an error prevents the jobs."""
        self._list_problems()
        self.refused = bool(errors(self.problems))

    def _list_problems(self) -> None:
        problems = content_review.review(self.reading, self.settings)
        self.problems = tuple(ordered([*problems, *self.table.problems]))

    @property
    def settings(self) -> SiteSettings:
        """Return the settings of the site."""
        return self.context.settings

    @property
    def table(self) -> Table:
        """Return the table of jobs."""
        return self.context.table

    @property
    def library(self) -> Library:
        """Return the content."""
        return self.reading.library

    def retake(self, changed: Iterable[Path], instead: Mapping[str, bytes] = NOTHING) -> bool:
        """Take in changes; return False if other texts may see them. See `retake`."""
        self.reading.folders = replace(self.reading.folders, instead=instead)
        taken = all(retake(self.reading, path) for path in changed)
        self._list_problems()
        return taken


@collecting_the_young()
def prepare(
    root: Path,
    *,
    moment: datetime,
    target: Path | None = None,
    publish: bool = False,
    preview: bool = False,
    only: frozenset[str] | None = None,
    instead: Mapping[str, bytes] = NOTHING,
    hidden: frozenset[str] = frozenset(),
) -> Prepared:
    """Read the content and fill the table of jobs; the arguments are those of `build_site`.

    `instead` maps names of files of the content to the bytes to read in their place; `hidden` names
    files that are as if they were not there; `only` names those of the unpublished texts that a
    preview shows, None for all.
    """
    pelican_settings = read_settings(root, publish=publish, target=target)
    ready = read_project(
        pelican_settings,
        SiteSettings.of(pelican_settings),
        moment=moment,
        preview=preview,
        only=only,
        instead=instead,
        hidden=hidden,
    )
    if not ready.refused:
        try:
            fill_table(pelican_settings, ready.context)
        except Refusal as refusal:
            ready.context.table.refuse(as_diagnostics(refusal))
        ready.review()
    return ready


def read_project(
    pelican_settings: dict[str, Any],
    settings: SiteSettings,
    *,
    moment: datetime,
    preview: bool = False,
    only: frozenset[str] | None = None,
    instead: Mapping[str, bytes] = NOTHING,
    hidden: frozenset[str] = frozenset(),
) -> Prepared:
    """Read the content; the table is empty. The arguments are those of `prepare`."""
    start = time.perf_counter()
    reading = content_review.open_reading(
        settings, moment=moment, preview=preview, only=only, instead=instead, hidden=hidden
    )
    context = BuildContext(settings=settings, library=reading.library, preview=preview)
    ready = Prepared(pelican_settings, context, reading)
    ready.seconds = time.perf_counter() - start
    return ready


@collecting_the_young()
def build_site(
    root: Path,
    *,
    moment: datetime,
    target: Path | None = None,
    publish: bool = False,
    preview: bool = False,
    progress: Progress = silent,
) -> Report:
    """Build the site and the mails of a project.

    Args:
        root: the folder that holds pelicanconf.py.
        moment: the moment, with a time zone, as on which to build.
        target: the output folder, when it is not that of the settings.
        publish: use publishconf.py, and refuse what must not be public.
        preview: write drafts and scheduled items too.
        progress: called as each job starts.
    """
    pelican_settings = read_settings(root, publish=publish, target=target)
    settings = SiteSettings.of(pelican_settings)
    ready = read_project(pelican_settings, settings, moment=moment, preview=preview)
    return build(ready, progress=progress)


@collecting_the_young()
def build(
    ready: Prepared,
    instance: pelican.Pelican | None = None,
    *,
    replaces: bool = False,
    progress: Progress = silent,
) -> Report:
    """Build what was read.

    Args:
        ready: the content.
        instance: what runs the generators, when it is not to be made here.
        replaces: replace the output folder even where something else wrote it.
        progress: called as each job starts.
    """
    start = time.perf_counter() - ready.seconds
    place, context = ready.settings.output, ready.context
    if ready.refused:
        return Report(ready.problems, place, seconds=time.perf_counter() - start)
    try:
        with filled(ready.pelican_settings, context, instance, writes=True) as added:
            ready.review()
            if ready.refused:
                return Report(ready.problems, place, seconds=time.perf_counter() - start)
            change = output.publish(
                context.table,
                place,
                _records(ready),
                progress,
                spare_folder(ready.settings.cache, place),
                retained=frozenset(ready.pelican_settings["OUTPUT_RETENTION"]),
                replaces=replaces,
            )
            files = set(context.table) - set(added)
    except Refusal as refusal:
        return Report((*ready.problems, *as_diagnostics(refusal)), place)
    editions = len(ready.library.newsletters)
    return Report(
        tuple(ordered([*ready.problems, *change.problems])),
        place,
        pages=sum(name.endswith(".html") for name in files) - editions,
        newsletters=editions,
        written=change.written,
        removed=change.removed,
        done=change.done,
        seconds=time.perf_counter() - start,
        added=added,
    )


def _records(ready: Prepared) -> BuildRecords | None:
    """Open the records of the last build; none where what others do is part of this one."""
    if ready.context.guests is not None or ready.settings.fresh:
        return None
    return open_records(
        ready.pelican_settings,
        ready.library,
        ready.table,
        ready.settings.folders.root,
        of=ready.settings.output,
        preview=ready.context.preview,
    )


def fill_table(pelican_settings: dict[str, Any], context: BuildContext) -> None:
    """Run Pelican, whose generators fill the table; nothing is written."""
    with filled(pelican_settings, context, writes=False):
        pass


@contextmanager
def filled(
    pelican_settings: dict[str, Any],
    context: BuildContext,
    instance: pelican.Pelican | None = None,
    *,
    writes: bool,
) -> Iterator[tuple[str, ...]]:
    """Run Pelican, whose generators fill the table.

    Args:
        pelican_settings: its settings.
        context: the build.
        instance: what runs the generators, when it is not to be made here.
        writes: whether other plugins are shown the site as files, and may add to it.

    Yields:
        The names of the files that other plugins added; theirs last until the block ends.

    Raises:
        Refusal: the plugin does not load, which Pelican only logs; a generator fails; another
            plugin is refused.
    """
    pelican_settings[KEY] = context
    instance = instance or pelican.Pelican(pelican_settings)
    if PLUGIN not in instance.settings["PLUGINS"]:
        raise Refusal(
            f"le greffon « {PLUGIN} » n’est pas chargé : rien ne serait écrit",
            f'Écrivez :  PLUGINS = ["{PLUGIN}"]',
            rule="greffon-absent",
            place="pelicanconf.py",
        )
    root = context.settings.folders.root
    with _quiet(), refusing_failures(root), guests.hosted(instance, context, writes=writes):
        type(instance).run(instance)
        yield context.take_in_guests()


@contextmanager
def _quiet() -> Iterator[None]:
    """Hide the closing line of Pelican, which is in English and counts no article."""
    before = pelican.console
    pelican.console = Console(quiet=True, highlight=False)  # it would colour what it does not say
    try:
        yield
    finally:
        pelican.console = before
