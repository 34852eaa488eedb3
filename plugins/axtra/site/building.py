"""One build, from the settings to the published folder, with everything it found."""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pelican
from jinja2 import TemplateError, TemplateSyntaxError
from pelican.settings import read_settings
from rich.console import Console

from axtra.content.loading import Folders, Reading
from axtra.content.model import Item, Library
from axtra.core.diagnostics import Diagnostic, count, did_you_mean, errors, ordered, summary
from axtra.design.image_files import ImageError
from axtra.site import built_letters, preparation
from axtra.site.build import fingerprint, output
from axtra.site.build.job_records import Memory
from axtra.site.build.output import OutputError, Progress, Table
from axtra.site.build.tracing import Evidence, digest

PLUGIN = "axtra.site"
_YOUNG = (5_000, 10, 1_000)  # objects made, then rounds: the last is as good as never


@contextmanager
def _growing() -> Iterator[None]:
    """Have the collector of cycles look at what is young only: a site comes, and stays."""
    usual = gc.get_threshold()
    gc.set_threshold(*_YOUNG)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


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

    @property
    def refused(self) -> bool:
        """Tell whether nothing was written."""
        return bool(errors(self.diagnostics))

    @property
    def change(self) -> str:
        """Say what is no longer as it was."""
        return f"{count(self.written, 'fichier')} à jour, {count(self.removed, 'fichier')} en moins"

    def __str__(self) -> str:
        seconds = f"{self.seconds:.1f}".replace(".", ",")
        done = f"{count(self.pages, 'page')}, {count(self.newsletters, 'infolettre')}"
        place = self.output.name if self.output.parent == Path.cwd() else str(self.output)
        return f"{done}, {summary(self.diagnostics)}, {seconds}\u00a0s → {place}/"


def settings_of(root: Path, *, publish: bool = False, target: Path | None = None) -> dict[str, Any]:
    """Read pelicanconf.py, or publishconf.py to publish."""
    conf = root / ("publishconf.py" if publish else "pelicanconf.py")
    override = {} if target is None else {"OUTPUT_PATH": str(target.resolve())}
    settings: dict[str, Any] = read_settings(str(conf), override=override)
    settings["CACHE_PATH"] = str((root / settings["CACHE_PATH"]).resolve())
    settings["THEME"] = str(Path(settings["THEME"]).resolve())
    return settings


def folders(root: Path) -> Folders:
    """Find the content of a project."""
    return preparation.folders(settings_of(root))


def read(root: Path, *, moment: datetime) -> tuple[Library, list[Diagnostic]]:
    """Read the content of a project, without building."""
    return preparation.read(settings_of(root), moment=moment)


@_growing()
def examine(root: Path, *, moment: datetime) -> tuple[Library, list[Diagnostic]]:
    """Read a project; list every problem of its content and of its mails, as a build would.

    A mail is held to the rules once the files it is made of have no error.
    """
    settings = settings_of(root)
    content, found = preparation.read(settings, moment=moment)
    sound = built_letters.sound(content, found)
    mails = built_letters.compose(sound, content, built_letters.look(settings)) if sound else {}
    late = built_letters.inspect(mails, preparation.folders(settings), settings["SITEURL"])
    astray = [] if errors(found) else _astray(settings, content, mails)
    return content, ordered([*found, *late, *astray])


def verify(root: Path, *, moment: datetime) -> list[Diagnostic]:
    """List every problem of the content of a project and of its mails."""
    return examine(root, moment=moment)[1]


def _astray(
    settings: dict[str, Any], content: Library, mails: built_letters.Letters
) -> list[Diagnostic]:
    """Say what would lead nowhere, of redirects and of mails already sent, without building."""
    if not content.redirects and not preparation.sent_before(preparation.folders(settings)):
        return []
    table, found = Table(), list[Diagnostic]()
    settings = {**settings, "AXTRA_LIBRARY": content, "AXTRA_TABLE": table, "AXTRA_FOUND": found}
    settings["AXTRA_DEFERRED"] = True
    try:
        with _quiet():
            _run(settings)
    except OutputError as error:
        return [error.diagnostic]
    except TemplateError as error:
        return [_template_diagnostic(error, preparation.folders(settings).root)]
    pictures = {output.file_of(url) for mail in mails.values() for url in mail.images}
    return [*found, *table.verdict({*table, *pictures})]


def render_newsletter(
    root: Path, edition: str, target: Path, *, moment: datetime
) -> list[Diagnostic] | str:
    """Write the mail of one edition, drafts and scheduled ones included.

    Returns:
        What was found; or, in French, that there is no such edition.
    """
    settings = settings_of(root)
    content, found = preparation.read(settings, moment=moment, preview=True)
    if errors(found):
        return found
    letter = next((one for one in content.newsletters if one.slug == edition), None)
    if letter is None:
        hint = did_you_mean(edition, (one.slug for one in content.newsletters))
        return f"l’édition « {edition} » n’existe pas.\n    → {hint}"
    mail = built_letters.compose([letter], content, built_letters.look(settings))[letter]
    target.mkdir(parents=True, exist_ok=True)
    (target / "courriel.html").write_bytes(mail.html.encode())
    (target / "courriel.txt").write_bytes(mail.text.encode())
    return found


@dataclass(slots=True)
class Prepared:
    """A build up to its jobs, none of which is done; with an error there are none."""

    settings: dict[str, Any]
    reading: Reading
    table: Table
    late: tuple[Diagnostic, ...]  # what only the table reveals
    items: Mapping[str, Item] = field(init=False)  # by address
    found: tuple[Diagnostic, ...] = ()  # every problem known before the jobs are done
    refused: bool = False  # there is nothing to do the jobs of

    def __post_init__(self) -> None:
        """Index the items, and judge what was read."""
        self.items = {item.url: item for item in self.library.items}
        self._judge()
        self.refused = bool(errors(self.found))

    def _judge(self) -> None:
        self.found = tuple(ordered([*preparation.judge(self.reading, self.settings), *self.late]))

    @property
    def library(self) -> Library:
        """Give the content."""
        return self.reading.library

    def retake(self, changed: Iterable[Path]) -> bool:
        """Take in changes when all of them are of the bodies of texts; see `Reading`."""
        taken = all(self.reading.retake(path) for path in changed)
        self._judge()
        return taken


FAILURES = (OutputError, ImageError, TemplateError)


def problem(error: Exception, root: Path) -> Diagnostic:
    """Say to an editor one of `FAILURES`."""
    if isinstance(error, OutputError):
        return error.diagnostic
    if isinstance(error, ImageError):
        return _image_diagnostic(error)
    return _template_diagnostic(error, root)


def prepare(
    root: Path,
    *,
    moment: datetime,
    target: Path | None = None,
    publish: bool = False,
    preview: bool = False,
) -> Prepared:
    """Read the content and fill the table of jobs; the arguments are those of `build`."""
    settings = settings_of(root, publish=publish, target=target)
    reading = preparation.open_reading(settings, moment=moment, preview=preview)
    late: list[Diagnostic] = []
    table = Table()
    if not errors(preparation.judge(reading, settings)):
        settings |= {"AXTRA_LIBRARY": reading.library, "AXTRA_TABLE": table, "AXTRA_FOUND": late}
        settings |= {"AXTRA_DEFERRED": True, "AXTRA_PREVIEW": preview}
        try:
            with _quiet():
                _run(settings)
        except FAILURES as error:
            late.append(problem(error, root))
    return Prepared(settings, reading, table, tuple(late))


@_growing()
def build(
    root: Path,
    *,
    moment: datetime,
    target: Path | None = None,
    publish: bool = False,
    preview: bool = False,
    progress: Progress = output.silent,
) -> Report:
    """Build the site and the mails of a project.

    Args:
        root: the folder that holds pelicanconf.py.
        moment: the moment, with a time zone, as on which to build.
        target: the output folder, when it is not that of the settings.
        publish: use publishconf.py, and refuse what must not be public.
        preview: write drafts and scheduled items too.
        progress: hears of each job that is done.
    """
    start = time.perf_counter()
    ready = prepare(root, moment=moment, target=target, publish=publish, preview=preview)
    place, found = Path(ready.settings["OUTPUT_PATH"]), ready.found
    if errors(found):
        return Report(found, place, seconds=time.perf_counter() - start)
    try:
        memory = memory_of(ready.settings, place)
        spare = fingerprint.spare(Path(ready.settings["CACHE_PATH"]), place)
        change = output.publish(ready.table, place, memory, progress, spare)
    except FAILURES as error:
        return Report((*found, problem(error, root)), place)
    editions = len(ready.library.newsletters)
    return Report(
        tuple(ordered([*found, *change.found])),
        place,
        pages=sum(name.endswith(".html") for name in ready.table) - editions,
        newsletters=editions,
        written=change.written,
        removed=change.removed,
        done=change.done,
        seconds=time.perf_counter() - start,
    )


def memory_of(settings: Mapping[str, Any], place: Path) -> Memory:
    """Open what the last build of a folder left for this one."""
    content: Library = settings["AXTRA_LIBRARY"]
    file = fingerprint.record_file(Path(settings["CACHE_PATH"]), place)
    key = fingerprint.key(settings, digest(content.facts))
    root = preparation.folders(settings).root
    return Memory(file, key, Evidence(content, settings["AXTRA_TABLE"], root))


def _run(settings: dict[str, Any]) -> None:
    """Run Pelican; a plugin that does not load is an error, which stock only logs."""
    instance = pelican.Pelican(settings)
    if PLUGIN not in instance.settings["PLUGINS"]:
        raise OutputError(
            Diagnostic(
                "pelicanconf.py",
                None,
                "greffon-absent",
                f"le greffon « {PLUGIN} » n’est pas chargé : rien ne serait écrit",
                f'Écrivez :  PLUGINS = ["{PLUGIN}"]',
            )
        )
    instance.run()


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Pelican's own closing line, in English and about no article, off the screen."""
    before = pelican.console
    pelican.console = Console(quiet=True, highlight=False)  # it would colour what it does not say
    try:
        yield
    finally:
        pelican.console = before


def _image_diagnostic(error: ImageError) -> Diagnostic:
    """Say which picture hides, behind a sound head, pixels that cannot be read."""
    return Diagnostic(
        "content/images",
        None,
        "image-illisible",
        f"une image ne se lit pas jusqu’au bout : {error}",
        "Enregistrez-la de nouveau en JPEG ou en PNG, puis remplacez le fichier.",
    )


def _template_diagnostic(error: Exception, root: Path) -> Diagnostic:
    """Place a mistake of the theme in its template."""
    file, line = "theme/templates", None
    if isinstance(error, TemplateSyntaxError):
        file, line = error.filename or file, error.lineno
    else:
        frame = error.__traceback__
        while frame is not None:
            if frame.tb_frame.f_code.co_filename.endswith((".html", ".mjml", ".txt")):
                file, line = frame.tb_frame.f_code.co_filename, frame.tb_lineno
            frame = frame.tb_next
    name = re.sub(rf"^{re.escape(str(root))}/", "", file)
    return Diagnostic(
        name,
        line,
        "gabarit-fautif",
        f"ce gabarit du thème ne se lit pas : {error}",
        "Annulez la dernière modification du thème, ou corrigez cette ligne.",
    )
