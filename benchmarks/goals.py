"""Measure the figures that have a goal, with what they were before, and Hugo and Pelican beside.

Builds, then commands, then previews: what is compared runs in turns, as in `builds` and in
`preview_speed`, which measure more and are where each figure is explained.

Usage:  python benchmarks/goals.py --sizes 1000 5000 10000 --turns 3 --saves 10 --write
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import builds
import preview_speed
from builds import WHOLE
from measure import ROOT, Case, Cost, about, growth, interleave, options, run, say, slope, table
from peers import HUGO, PEERS, PYTHON

_AXTRA = (sys.executable, "-c", "from axtra.cli import main; main()")
_SAMPLE = ("content", "newsletters", "theme", "pelicanconf.py", "publishconf.py")
_EDITS = ("body of an article", "title of an article")
# What each figure was when the goals were set, in a run with Hugo beside.
_PREVIEW: Mapping[int, tuple[str, str]] = MappingProxyType({
    1000: ("150 ms", "359 ms (Hugo 337)"),
    5000: ("600 ms", "2412 ms (Hugo 629)"),
})  # fmt: skip
_EDIT = ("0.6 s", "0.76 to 0.91 s (Hugo 0.48)")
_HELP = ("0.1 CPU s", "0.16 CPU s")
_VERIFY = ("0.6 s", "1.2 s")
_CLEAN = ("1.0 × Pelican", "1.24 to 1.28 × Pelican")
_GROWTH = ("n^0.95", "n^0.95")
_MEMORY = ("60 KB", "77 KB")


def built(folder: Path, sizes: list[int], turns: int) -> Iterator[list[str]]:
    """Yield the rows of builds: an edit, a build from nothing, and how that grows."""
    names = (WHOLE, "first edit, a body", *_EDITS)  # the first makes a second tree of folders
    found = builds.measure(folder, sizes, turns, peers=PEERS[:2], phases=names)
    whole = {name: found[f"{name}, {WHOLE}"] for name in ("AXE", "Hugo", "Pelican")}
    small = min(sizes)
    beside = [f"{whole[name][small].wall:.2f} s, {WHOLE}" for name in ("Hugo", "Pelican")]
    for name in _EDITS:
        now = found[f"AXE, {name}"][small]
        yield [f"a new process: {name}, {small} texts", *_EDIT, _seconds(now), *beside]
    stock = whole["Pelican"][small]
    ratios = [
        f"{cost.wall / stock.wall:.2f} × ({cost.cpu / stock.cpu:.2f} × CPU)"
        for cost in (by_size[small] for by_size in whole.values())
    ]
    yield [f"a build {WHOLE}, {small} texts", *_CLEAN, *ratios]
    if len(sizes) > 1:
        grown = [growth({n: cost.cpu for n, cost in costs.items()}) for costs in whole.values()]
        yield [f"its growth to {max(sizes)} texts", *_GROWTH, *grown]
        memory = [slope({n: cost.memory for n, cost in costs.items()}) for costs in whole.values()]
        yield ["its memory, a text", *_MEMORY, *(f"{each} KB" for each in memory)]


def started(root: Path, turns: int) -> Iterator[list[str]]:
    """Yield the rows of commands, in a copy of the project at hand."""
    for name in _SAMPLE:
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, root / name)
    commands = {
        "help": (*_AXTRA, "--help"),
        "help of Hugo": (str(HUGO), "--help"),
        "help of Pelican": (str(PYTHON / "pelican"), "--help"),
        "verification": (*_AXTRA, "verifier"),
    }
    cases = [Case(name, lambda: None, command, root) for name, command in commands.items()]
    for case in cases:
        run(case)  # what is kept between runs is kept
    *helps, verification = interleave(cases, turns)
    yield ["`axtra --help`", *_HELP, *(f"{cost.cpu:.3f} CPU s" for cost in helps)]
    yield ["`axtra verifier`, the sample, no change", *_VERIFY, _seconds(verification), "–", "–"]


def previewed(folder: Path, sizes: list[int], saves: int) -> Iterator[list[str]]:
    """Yield the rows of the preview, at the sizes that have a goal."""
    for size in sorted(_PREVIEW.keys() & set(sizes)):
        rows = preview_speed.measure(folder / str(size), size, saves)
        shown = {row[0]: f"{row[2]} ms" for row in rows}
        found = (shown[f"{name}, a title, {size} texts"] for name in ("AXE", "Hugo"))
        yield [f"a title saved, then on screen, {size} texts", *_PREVIEW[size], *found, "–"]


def _seconds(cost: Cost) -> str:
    return f"{cost.wall:.2f} s ({cost.cpu:.2f} CPU s)"


def main() -> None:
    """Measure, print the table, and keep it if asked."""
    given = options(__doc__, sizes=[1000, 5000], turns=2, saves=5)
    with tempfile.TemporaryDirectory(prefix="axtra-bench-") as name:
        sample, builds_, previews = (Path(name, each) for each in ("sample", "builds", "previews"))
        sample.mkdir()
        rows = [
            *previewed(previews, given.sizes, given.saves),
            *built(builds_, given.sizes, given.turns),
            *started(sample, 3 * given.turns),
        ]
    heads = ["", "goal, at most", "before", "now", "Hugo", "Pelican"]
    beside = {name: builds.versions()[name] for name in ("Pelican", "Hugo")}
    say("objectifs", "\n\n".join([about(**beside), table(heads, rows)]), keep=given.write)


if __name__ == "__main__":
    main()
