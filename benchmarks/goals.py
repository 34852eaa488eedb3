"""Measure the speeds that an editor feels, each beside its goal, what it was, and Hugo or Pelican.

Builds, ours and theirs, take turns; so do previews. Growth needs two sizes from 1,000 texts.

Usage:  python benchmarks/goals.py --sizes 1000 10000 --previews 1000 5000 --turns 3 --write
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import builds
import preview_speed
from measure import ROOT, Case, Cost, about, growth, interleave, options, say, slope, table
from peers import PEERS

_HEADS = ("", "goal", "before", "now", "Hugo or Pelican, beside")
# The goals, and what was measured when they were set; each « before » has Hugo's of that day.
_TITLES: Mapping[int, tuple[str, str]] = MappingProxyType({
    1000: ("150", "359 (Hugo 337)"),
    5000: ("600", "2412 (Hugo 629)"),
})  # fmt: skip
_EDITS = MappingProxyType({
    "AXE, body of an article": ("0.6", "0.76 (Hugo 0.48)"),
    "AXE, title of an article": ("0.6", "0.91 (Hugo 0.48)"),
})  # fmt: skip
_COMMANDS = MappingProxyType({"--help": ("0.1", "0.16"), "verifier": ("0.6", "1.2")})
_WHOLE = f"AXE, {builds.WHOLE}"
# The first edit makes the second tree of folders: it is run, and its time is not shown.
_PHASES = (_WHOLE, "AXE, first edit, a body", *_EDITS)
_BESIDE = [peer for peer in PEERS if peer.name in {"Hugo", "Pelican"}]


def titles(folder: Path, sizes: list[int], saves: int) -> Iterator[list[str]]:
    """Yield a row a size: from the save of a title to its page, in the preview."""
    for size in sizes:
        rows = preview_speed.measure(folder / str(size), size, saves)
        shown = {name: to_page for name, _, to_page, *_ in rows}
        ours, hugo = (shown[f"{name}, a title, {size} texts"] for name in ("AXE", "Hugo"))
        goal, before = _TITLES.get(size, ("–", "–"))
        yield [f"a title in the preview, {size} texts: ms", goal, before, ours, f"Hugo {hugo}"]


def commands(turns: int) -> Iterator[list[str]]:
    """Yield a row a command, in this repository; the first turn of each, not counted, reads all."""
    program = (sys.executable, "-c", "from axtra.cli import main; main()")
    cases = [Case(f"axtra {word}", lambda: None, (*program, word), ROOT) for word in _COMMANDS]
    interleave(cases, 1)
    for case, cost, known in zip(cases, interleave(cases, turns), _COMMANDS.values(), strict=True):
        yield [f"`{case.name}`, on this site, run again: CPU s", *known, f"{cost.cpu:.2f}", "–"]


def edits(found: Mapping[str, Mapping[int, Cost]], size: int) -> Iterator[list[str]]:
    """Yield a row an edit: a new process, its start included, beside Hugo's whole build."""
    hugo = found[f"Hugo, {builds.WHOLE}"][size]
    for name, known in _EDITS.items():
        cost = found[name][size]
        what = f"{name.removeprefix('AXE, ')}, a new process, {size} texts: s · CPU s"
        yield [
            what,
            *known,
            f"{cost.wall:.2f} · {cost.cpu:.2f}",
            f"Hugo {hugo.wall:.2f} · {hugo.cpu:.2f}",
        ]


def wholes(found: Mapping[str, Mapping[int, Cost]], size: int) -> Iterator[list[str]]:
    """Yield the rows of a build from nothing: beside Pelican's, and how it and its memory grow."""
    ours, hugo, pelican = (found[f"{name}, {builds.WHOLE}"] for name in ("AXE", "Hugo", "Pelican"))
    mine, theirs = ours[size], pelican[size]
    yield [
        f"a build from nothing, {size} texts: s ÷ Pelican · CPU ÷ Pelican",
        "1.0",
        "1.24 to 1.28 · 2.2",
        f"{mine.wall / theirs.wall:.2f} · {mine.cpu / theirs.cpu:.2f}",
        f"Pelican {theirs.wall:.2f} s · {theirs.cpu:.2f} CPU s",
    ]
    grown, memory = (
        [fit({n: getattr(cost, key) for n, cost in by_size.items()}) for by_size in (ours, hugo)]
        for fit, key in ((growth, "cpu"), (slope, "memory"))
    )
    yield ["its growth", "n^0.95", "n^0.95 (Hugo n^1.50)", grown[0], f"Hugo {grown[1]}"]
    yield ["its memory: KB a text", "60", "77 (Hugo 85)", memory[0], f"Hugo {memory[1]}"]


def main() -> None:
    """Measure, print the table, and keep it if asked."""
    given = options(__doc__, sizes=[1000, 5000], previews=[1000, 5000], saves=10, turns=2)
    with tempfile.TemporaryDirectory(prefix="axtra-bench-") as name:
        folder = Path(name)
        found = builds.measure(folder, given.sizes, given.turns, _BESIDE, _PHASES)
        rows = [
            *titles(folder / "previews", given.previews, given.saves),
            *edits(found, given.sizes[0]),
            *commands(given.turns),
            *wholes(found, given.sizes[0]),
        ]
    versions = builds.versions()
    said = [about(**{peer.name: versions[peer.name] for peer in _BESIDE}), table(_HEADS, rows)]
    say("objectifs", "\n\n".join(said), keep=given.write)


if __name__ == "__main__":
    main()
