"""Measure builds of this project and of its peers on the same corpus, interleaved.

Each turn runs every case once, so that what else the machine does weighs on all of them; the
tables give medians. A first turn, whose times are not counted, warms the disk and looks at the
memory. Nothing passes or fails.

Usage:  python benchmarks/builds.py --sizes 1000 5000 10000 --turns 3 --write
"""

from __future__ import annotations

import atexit
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

from corpus import Corpus, path_of, write_axe
from measure import ROOT, Case, Cost, about, growth, interleave, options, run, say, slope, table
from peers import ELEVENTY, HUGO, PEERS, PYTHON, Peer

BUILD = str(ROOT / "benchmarks/build_pages.py")
_REMEMBERED = ("textes.db", "constructions", "gabarits", "precedents")
WHOLE = "from nothing"


def forget(root: Path) -> None:
    """Make a project build from nothing, but for its fonts, pictures, books and index."""
    for path in (root / "output", *(root / ".cache" / name for name in _REMEMBERED)):
        remove(path)


@cache
def _bin() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="axtra-bench-"))
    atexit.register(shutil.rmtree, folder)
    return folder


def remove(path: Path) -> None:
    """Move a file or a folder away, if it is there, until everything is measured.

    For minutes, ext4 looks past each file that was deleted before it makes a new one: what a case
    deletes would slow the next one, and a folder that is made take fifteen times as long.
    """
    if path.exists():
        path.rename(Path(tempfile.mkdtemp(dir=_bin()), path.name))


def edit(path: Path, old: str, new: str) -> Callable[[], None]:
    """Return an edit that never makes the same text twice; `{}` in `new` is its number."""
    count = iter(range(1_000_000))

    def do() -> None:
        whole = path.read_text("utf-8")
        path.write_text(whole.replace(old, new.replace("{}", str(next(count))), 1), "utf-8")

    return do


def our_cases(corpus: Corpus, root: Path) -> Iterator[Case]:
    """Write the corpus as a project of ours, and list what is measured."""
    write_axe(corpus, root)
    build = [sys.executable, BUILD, str(root)]
    first = {document.kind: document for document in reversed(corpus.documents)}
    text = root / "content" / path_of(first["article"])
    mail = root / path_of(first["infolettre"])
    phases: dict[str, Callable[[], object]] = {
        WHOLE: lambda: forget(root),
        "no change": lambda: None,
        "first edit, a body": edit(text, "\n---\n", "\n---\n\nNo 0{}.\n"),
        "body of an article": edit(text, "\n---\n", "\n---\n\nNo {}.\n"),
        "title of an article": edit(text, 'titre: "', 'titre: "No {} '),
        "one infolettre": edit(mail, "\n---\n", "\n---\n\nNo {}.\n"),
        "a setting": edit(
            root / "pelicanconf.py", 'SITEURL = "https://', 'SITEURL = "https://n{}.'
        ),
    }
    for name, prepare in phases.items():
        yield Case(f"AXE, {name}", prepare, build, root)


def peer_cases(peer: Peer, corpus: Corpus, root: Path) -> Iterator[Case]:
    """Write the corpus as a project of a peer, and list what is measured."""
    peer.write(corpus, root)

    def clear() -> None:
        for pattern in (peer.made, *peer.kept):
            for path in root.glob(pattern):
                remove(path)

    yield Case(f"{peer.name}, {WHOLE}", clear, peer.command, root)
    if peer.kept:
        text = next(root.rglob("article-00000.md"))
        yield Case(f"{peer.name}, no change", lambda: None, peer.command, root)
        change = edit(text, "\n-->\n", "\n-->\n\nNo {}.\n")
        yield Case(f"{peer.name}, body of an article", change, peer.command, root)


def measure(folder: Path, sizes: list[int], turns: int) -> dict[str, dict[int, Cost]]:
    """Return the median cost of each case at each size."""
    cases: list[tuple[int, Case]] = []
    verdicts: list[Callable[[], None]] = []
    for size in sizes:
        corpus = Corpus(size)
        cases += [(size, case) for case in our_cases(corpus, folder / f"axe-{size}")]
        for peer in PEERS:
            root = folder / f"{peer.name}-{size}"
            cases += [(size, case) for case in peer_cases(peer, corpus, root)]
            verdicts.append(partial(peer.verify, corpus, root))
    peaks = [run(case, watch=True).memory for _, case in cases]
    for verdict in verdicts:
        verdict()
    found: dict[str, dict[int, Cost]] = {}
    costs = interleave([case for _, case in cases], turns)
    for (size, case), cost, peak in zip(cases, costs, peaks, strict=True):
        found.setdefault(case.name, {})[size] = replace(cost, memory=peak)
    return found


def costs_table(found: dict[str, dict[int, Cost]], sizes: list[int]) -> str:
    """Return the table of what each case costs."""
    heads = ["", *(f"{size} texts: s · CPU s · MB" for size in sizes), "growth", "KB a text"]
    rows = []
    for name, by_size in found.items():
        costs = [by_size[size] for size in sizes]
        cells = [f"{cost.wall:.2f} · {cost.cpu:.2f} · {cost.memory:.0f}" for cost in costs]
        grown = growth({size: cost.cpu for size, cost in by_size.items()})
        rows.append(
            [name, *cells, grown, slope({size: cost.memory for size, cost in by_size.items()})]
        )
    return table(heads, rows)


def ratios_table(found: dict[str, dict[int, Cost]], sizes: list[int]) -> str:
    """Return the table of our cases compared with whole builds of Pelican and of Hugo."""
    pelican, hugo = (found[f"{name}, {WHOLE}"] for name in ("Pelican", "Hugo"))
    rows = []
    for name, by_size in found.items():
        if name.startswith("AXE"):
            cells = [
                f"{by_size[n].wall / pelican[n].wall:.2f} · {by_size[n].wall / hugo[n].wall:.2f}"
                f" · {by_size[n].cpu / hugo[n].cpu:.2f}"
                for n in sizes
            ]
            rows.append([name, *cells])
    heads = [f"{size}: s ÷ Pelican · s ÷ Hugo · CPU ÷ Hugo" for size in sizes]
    return table(["", *heads], rows)


def versions() -> dict[str, str]:
    """Return the versions of the peers."""
    ask = "from importlib.metadata import version as v; print(v('pelican'), v('nikola'))"
    said = _said(PYTHON / "python", "-c", ask).split()
    hugo = next(word for word in _said(HUGO, "version").split() if word.startswith("v0."))
    eleventy = json.loads((ELEVENTY / "package.json").read_text("utf-8"))["version"]
    return {
        "Pelican": said[0],
        "Hugo": hugo[1:].partition("-")[0],
        "Eleventy": eleventy,
        "Nikola": said[1],
    }


def _said(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def main() -> None:
    """Measure, print the tables, and keep them if asked."""
    given = options(__doc__, sizes=[100, 1000], turns=2)
    with tempfile.TemporaryDirectory(prefix="axtra-bench-") as name:
        found = measure(Path(name), given.sizes, given.turns)
    tables = (costs_table(found, given.sizes), ratios_table(found, given.sizes))
    say("constructions", "\n\n".join([about(**versions()), *tables]), keep=given.write)


if __name__ == "__main__":
    main()
