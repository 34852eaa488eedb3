"""Measure builds of this project, of stock Pelican and of Hugo on the same corpus, interleaved.

Each turn runs every case once, so that what else the machine does weighs on all of them; the table
gives medians. Nothing passes or fails.

Usage:  python benchmarks/run.py --peers .venv-bench/bin --sizes 1000 5000 --turns 3
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus import Corpus, path_of, write_axe
from peers import write_hugo, write_pelican

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs/performance.md"
BEGIN, END = "<!-- mesures -->", "<!-- fin des mesures -->"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process and its children took: seconds, seconds, MB."""

    wall: float
    cpu: float
    memory: float


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to measure: `prepare` is not measured."""

    name: str
    prepare: Callable[[], None]
    command: list[str]
    folder: Path


def run(case: Case) -> Cost:
    """Run a case once."""
    case.prepare()
    start = time.perf_counter()
    process = subprocess.Popen(
        case.command, cwd=case.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr is not None  # noqa: S101 - it is a pipe
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{case.name}: {said.decode()[-500:]}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def cases(folder: Path, size: int, peers: Path) -> Iterator[Case]:
    """Write the corpus for everyone, and list what is measured."""
    corpus = Corpus(size)
    axe, pelican, hugo = (folder / f"{name}-{size}" for name in ("axe", "pelican", "hugo"))
    write_axe(corpus, axe)
    write_pelican(corpus, pelican)
    write_hugo(corpus, hugo)
    build = [sys.executable, str(ROOT / "benchmarks/build_pages.py"), str(axe)]
    article = next(one for one in corpus.documents if one.kind == "article")
    letter = next(one for one in corpus.documents if one.kind == "infolettre")
    text, mail = axe / "content" / path_of(article), axe / path_of(letter)
    count = iter(range(1_000_000))

    def forget() -> None:
        shutil.rmtree(axe / "output", ignore_errors=True)
        for name in ("textes.db", "constructions", "gabarits"):
            path = axe / ".cache" / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    def edit(path: Path, old: str, new: str) -> Callable[[], None]:
        def do() -> None:
            whole = path.read_text("utf-8")
            path.write_text(whole.replace(old, new.format(next(count)), 1), "utf-8")

        return do

    yield Case("AXE, all", forget, build, axe)
    yield Case("AXE, no change", lambda: None, build, axe)
    yield Case("AXE, body of an article", edit(text, "\n---\n", "\n---\n\nNo {}.\n"), build, axe)
    yield Case("AXE, title of an article", edit(text, 'titre: "', 'titre: "No {} '), build, axe)
    yield Case("AXE, one infolettre", edit(mail, "\n---\n", "\n---\n\nNo {}.\n"), build, axe)
    yield Case(
        "Pelican, all",
        lambda: shutil.rmtree(pelican / "output", ignore_errors=True),
        [str(peers / "pelican"), "-s", "pelicanconf.py", "-q"],
        pelican,
    )
    yield Case(
        "Hugo, all",
        lambda: shutil.rmtree(hugo / "public", ignore_errors=True),
        [str(peers / "hugo"), "--quiet"],
        hugo,
    )


def main() -> None:
    """Measure, print the table, and write it in the documentation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", type=Path, default=ROOT / ".venv-bench/bin")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 5000])
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    found: dict[tuple[str, int], list[Cost]] = {}
    with tempfile.TemporaryDirectory(prefix="axtra-bench-") as name:
        listed = {size: list(cases(Path(name), size, options.peers)) for size in options.sizes}
        for some in listed.values():
            run(some[0])  # fonts are cut once for all
        for turn in range(options.turns):
            for size, some in listed.items():
                for case in some:
                    found.setdefault((case.name, size), []).append(run(case))
                    print(f"{turn + 1}/{options.turns}", size, case.name, file=sys.stderr)
    table = "\n".join(_table(found, options.sizes))
    print(table)
    whole = DOCS.read_text("utf-8")
    before, _, rest = whole.partition(BEGIN)
    after = rest.partition(END)[2]
    DOCS.write_text(f"{before}{BEGIN}\n\n{_about(options)}\n\n{table}\n\n{END}{after}", "utf-8")


def _about(options: argparse.Namespace) -> str:
    versions = subprocess.run(
        [str(options.peers / "hugo"), "version"], capture_output=True, text=True, check=True
    )
    hugo = next(word for word in versions.stdout.split() if word.startswith("v0."))
    sizes = " ".join(map(str, options.sizes))
    return (
        f"`python benchmarks/run.py --sizes {sizes} --turns {options.turns}`: medians of "
        f"{options.turns} interleaved turns; Python {platform.python_version()}, Pelican 4.12.0, "
        f"Hugo {hugo.partition('-')[0]}, {os.cpu_count()} cores."
    )


def _table(found: dict[tuple[str, int], list[Cost]], sizes: list[int]) -> Iterator[str]:
    heads = [f"{size} texts: s · CPU s · MB" for size in sizes]
    yield "| | " + " | ".join([*heads, "growth"]) + " |"
    yield "|---|" + "--:|" * (len(sizes) + 1)
    for name in dict.fromkeys(name for name, _ in found):
        rows = [found[name, size] for size in sizes]
        middle = [[_median(row, key) for key in ("wall", "cpu", "memory")] for row in rows]
        cells = [f"{wall:.2f} · {cpu:.2f} · {memory:.0f}" for wall, cpu, memory in middle]
        growth = "–"
        if len(sizes) > 1:
            ratio = math.log(middle[-1][1] / middle[0][1]) / math.log(sizes[-1] / sizes[0])
            growth = f"n^{ratio:.2f}"
        yield f"| {name} | " + " | ".join([*cells, growth]) + " |"


def _median(costs: list[Cost], key: str) -> float:
    return statistics.median(getattr(one, key) for one in costs)


if __name__ == "__main__":
    main()
