"""The other plugins of a site: what they are given, what they may do, and how they are refused.

They work on a copy of the site that is written in a folder apart before they are told of it. What
they add there becomes part of the site; a file of ours that they change, a text that they rewrite,
a signal that never comes here: each is refused by the plugin's name, and nothing is written.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pelican.settings import DEFAULT_CONFIG

from axtra.site.build import Table, publish
from axtra.site.build.output import MARK
from axtra.site.build_context import BuildContext
from axtra.site.site_generator import SiteGenerator
from axtra.site.stock_texts import StockTexts
from infolettre.core.diagnostics import errors
from infolettre.core.refusals import DiagnosedRefusal, Refusal
from pelican import Pelican, signals

OURS = "axtra"
RULE = "greffon-refuse"
_MOST_NAMED = 5  # files in a refusal

# Signals that are sent here to nobody, and why. A plugin that waits for these alone does nothing.
_READS_FILES = "il lit des fichiers à sa façon, et les textes d’AXE sont lus par AXE"
_FEEDS = "il change les flux de Pelican, et ceux du site sont faits par AXE"
_STATICS = "il change les fichiers que Pelican copie, et ceux du site sont copiés par AXE"
_NEVER_SENT: Mapping[str, str] = MappingProxyType(
    {
        "readers_init": _READS_FILES,
        "feed_generated": _FEEDS,
        "feed_written": _FEEDS,
        "get_writer": "il écrit les pages ou les flux à sa façon, et c’est AXE qui les écrit",
        "static_generator_init": _STATICS,
        "static_generator_preread": _STATICS,
        "static_generator_context": _STATICS,
        "static_generator_finalized": _STATICS,
    }
)
_IDLE = ("initialized", "generator_init")  # listened to by plugins that only prepare themselves


@dataclass(slots=True)
class Guests:
    """The other plugins of a build, and the copy of the site on which they work.

    Attributes:
        names: the plugins, as Pelican names them.
        folder: the folder apart; it stands for the output until they are done.
        writes: whether the site is written there for them; a preview and a check write nothing.
    """

    names: tuple[str, ...]
    folder: Path
    writes: bool
    _early: frozenset[str] = frozenset()  # files that they wrote before the site was there
    _shown: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    def show(self, context: BuildContext, common: Mapping[str, Any], texts: StockTexts) -> None:
        """Write the site in the folder apart, and send for each page the signal of its writing.

        Raises:
            DiagnosedRefusal: the site has errors.
            Refusal: a file that is there already is one of ours.
        """
        if not self.writes:
            return
        early = self._early = frozenset(_files(self.folder))
        self._refuse([name for name in early if name in context.table], "écrit aussi")
        for name in early:
            context.table.add(name, partial(bytes, (self.folder / name).read_bytes()))
        shutil.rmtree(self.folder)
        change = publish(context.table, self.folder)
        context.table.refuse(change.problems)
        if errors(change.problems):
            raise DiagnosedRefusal(change.problems)
        self._shown = {name: _state(self.folder / name) for name in _files(self.folder)}
        if signals.content_written.receivers:
            for name in self._shown:
                if name.endswith(".html"):
                    self._send_written(name, common, texts)

    def _send_written(self, name: str, common: Mapping[str, Any], texts: StockTexts) -> None:
        url = f"/{name.removesuffix('index.html')}"
        local = {**common, **texts.variables(url), "output_file": name}
        signals.content_written.send(str(self.folder / name), context=local)

    def table(self, context: BuildContext) -> tuple[Table, tuple[str, ...]]:
        """Return the table of what stands in the folder apart, and the names that guests added.

        Raises:
            Refusal: a file of ours has changed, or is gone.
        """
        if not self.writes:
            return context.table, ()
        present = _files(self.folder)
        changed = [
            name
            for name, state in self._shown.items()
            if name not in present or _state(self.folder / name) != state
        ]
        self._refuse(changed, "change")
        table = Table()
        table.refuse(context.table.problems)
        for name in present:
            if name != MARK:
                table.add(name, (self.folder / name).read_bytes)
        added = (name for name in present if name not in self._shown or name in self._early)
        return table, tuple(added)

    def _refuse(self, files: Collection[str], does: str) -> None:
        if files:
            named = [f"/{name}" for name in sorted(files)[:_MOST_NAMED]]
            rest = f" et {len(files) - len(named)} autres" if len(files) > len(named) else ""
            raise refusal(
                self.names,
                f"{does} {'un fichier' if len(files) == 1 else 'des fichiers'} du site\u00a0: "
                f"{', '.join(named)}{rest}",
            )


def refusal(names: Collection[str], does: str) -> Refusal:
    """Return the refusal of a plugin, or of those among which one does something."""
    if not names:  # Pelican's own
        problem, remedy = f"TEMPLATE_PAGES ou OUTPUT_SOURCES {does}", "Changez ce réglage."
    else:
        shown = " ou ".join(f"«\u00a0{short(name)}\u00a0»" for name in names)
        problem = f"le greffon {shown} {does}"
        remedy = f"Retirez {shown} de PLUGINS, dans pelicanconf.py."
    return Refusal(problem, remedy, rule=RULE, place="pelicanconf.py")


def short(name: str) -> str:
    """Return the name of a plugin as people write it in PLUGINS."""
    return name.removeprefix("pelican.plugins.")


def names_of(pelican: Pelican) -> tuple[str, ...]:
    """Return the plugins of a site that are not ours."""
    return tuple(
        name
        for name in pelican.settings["PLUGINS"]
        if name != OURS and not name.startswith(f"{OURS}.")
    )


@contextmanager
def hosted(pelican: Pelican, context: BuildContext, *, writes: bool) -> Iterator[None]:
    """Lend a folder apart to the other plugins of a site, and to its pages of templates.

    While the block lasts, the context says that they are there, if they are.

    Raises:
        Refusal: a plugin would do nothing here, rewrites a text, or fails.
    """
    settings = pelican.settings
    names = names_of(pelican)
    if not (names or settings["TEMPLATE_PAGES"] or settings["OUTPUT_SOURCES"]):
        yield
        return
    _refuse_idle(names, settings)
    cache = Path(settings["CACHE_PATH"])
    cache.mkdir(parents=True, exist_ok=True)
    output = settings["OUTPUT_PATH"]
    with tempfile.TemporaryDirectory(prefix="greffons-", dir=cache.resolve()) as folder:
        apart = Path(folder) / "site"
        apart.mkdir()
        pelican.output_path = settings["OUTPUT_PATH"] = str(apart)
        context.guests = Guests(names, apart, writes)
        try:
            with _refusing_faults(names):
                yield
        finally:
            pelican.output_path = settings["OUTPUT_PATH"] = output


class GuestGenerator(SiteGenerator):
    """The last of our generators: what others may do with the site begins here."""

    def add_names(self) -> None:
        """Offer templates the lists of Pelican, made if one asks, where no plugin has done so."""
        if self.build.guests is None and self.build.texts is not None:
            self.build.texts.offer(self.context)

    def add_jobs(self, writer: object) -> None:
        """Check what plugins have done to the texts, and show them the site."""
        guests, texts = self.build.guests, self.build.texts
        if guests is None or texts is None:
            return
        texts.announce_pages()
        rewritten = sorted(texts.rewritten())
        if rewritten:
            raise refusal(
                guests.names,
                f"réécrit des textes ({rewritten[0]}), et le site les imprime à sa façon\u00a0: "
                "rien n’en paraîtrait",
            )
        guests.show(self.build, self.context, texts)
        if guests.writes:
            texts.announce_end(writer)


def _refuse_idle(names: Collection[str], settings: Mapping[str, Any]) -> None:
    """Refuse a plugin that would do nothing here, without a word."""
    listens = {name: set[str]() for name in names}
    for signal_name, signal in vars(signals).items():
        if isinstance(signal, type(signals.initialized)):
            for receiver in signal.receivers_for(signal.ANY):
                owner = _owner(_module(receiver), names)
                if owner:
                    listens[owner].add(signal_name)
    own_markdown = settings["MARKDOWN"] != DEFAULT_CONFIG["MARKDOWN"]
    for name, heard in listens.items():
        active = heard - set(_IDLE)
        lost = sorted(active & _NEVER_SENT.keys())
        if lost and active <= _NEVER_SENT.keys():
            raise refusal([name], f"n’aurait pas d’effet\u00a0: {_NEVER_SENT[lost[0]]}")
        if own_markdown and "initialized" in heard and not active - {"all_generators_finalized"}:
            raise refusal(
                [name],
                "n’aurait pas d’effet\u00a0: il ajoute une extension au Markdown de Pelican, "
                "et les textes d’AXE n’y passent pas",
            )


@contextmanager
def _refusing_faults(names: Collection[str]) -> Iterator[None]:
    """Turn what goes wrong in the code of a plugin into a refusal that names it."""
    try:
        yield
    except Exception as error:
        frames, trace = [], error.__traceback__
        while trace is not None:
            frames.append(trace.tb_frame.f_globals.get("__name__", ""))
            trace = trace.tb_next
        owners = [owner for module in frames if (owner := _owner(module, names))]
        if not owners:
            raise
        said = error.problem if isinstance(error, Refusal) else str(error).strip()
        said = said or type(error).__name__
        raise refusal([owners[-1]], f"s’est arrêté sur une erreur\u00a0: {said}") from error


def _module(receiver: Callable[..., object]) -> str:
    return getattr(receiver, "__module__", None) or type(receiver).__module__


def _owner(module: str, names: Collection[str]) -> str | None:
    return next((name for name in names if module == name or module.startswith(f"{name}.")), None)


def _files(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


def _state(path: Path) -> tuple[int, bytes]:
    """Return the date and the bytes, hashed, of a file."""
    digest = hashlib.blake2b(path.read_bytes(), digest_size=16)
    return path.stat().st_mtime_ns, digest.digest()
