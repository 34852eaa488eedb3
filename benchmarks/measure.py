"""What the benchmarks share: what a process costs, and where figures are written."""

from __future__ import annotations

import argparse
import math
import os
import platform
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs/performance.md"
_PAUSE = 0.02  # seconds between two looks at the memory
_FLAT = 1000  # texts below which a build is mostly its start


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process and its children took: seconds, CPU seconds of all, MB at most.

    `memory` is that of all together, 0 unless they were watched: what the system tells of the
    largest includes this process, of which they are born.
    """

    wall: float
    cpu: float
    memory: float


@dataclass(frozen=True, slots=True)
class Case:
    """A case to measure; `prepare` is not measured."""

    name: str
    prepare: Callable[[], object]
    command: Sequence[str]
    folder: Path


def run(case: Case, *, watch: bool = False) -> Cost:
    """Run a case once.

    Args:
        case: what to run.
        watch: look at the memory of all its processes, which takes time from them.

    Raises:
        RuntimeError: it failed; the end of what it said is given.
    """
    case.prepare()
    start = time.perf_counter()
    process = subprocess.Popen(
        case.command,
        cwd=case.folder,
        env=usual(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None  # noqa: S101 - it is a pipe
    peaks = [0.0]
    done = threading.Event()
    if watch:
        watcher = threading.Thread(target=_watch, args=(process.pid, peaks, done))
        watcher.start()
    said = process.stderr.read()
    done.set()
    if watch:
        watcher.join()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.stderr.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{case.name}: {said.decode()[-500:]}")
    return Cost(wall, used.ru_utime + used.ru_stime, peaks[0])


def usual() -> dict[str, str]:
    """Return an environment in which Python keeps what it compiles, as it does by default."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _watch(pid: int, peaks: list[float], done: threading.Event) -> None:
    while not done.wait(_PAUSE):
        peaks[0] = max(peaks[0], sum(map(memory_of, family(pid))))


def family(pid: int) -> list[int]:
    """List a process and those that come from it (Linux)."""
    found = [pid]
    for process in found:
        for task in Path(f"/proc/{process}/task").glob("*/children"):
            try:
                found.extend(map(int, task.read_text().split()))
            except OSError:
                continue  # it has ended
    return found


def memory_of(pid: int) -> float:
    """Return the MB that a process holds, its part of what it shares with others (Linux)."""
    try:
        said = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0  # it has ended
    return int(re.search(r"Pss:\s+(\d+)", said)[1]) / 1024  # type: ignore[index]


def cpu_of(pid: int) -> float:
    """Return the CPU seconds that a process, and the children it waited for, have used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def interleave(cases: Sequence[Case], turns: int) -> list[Cost]:
    """Run every case once a turn; return the median of each figure of each case."""
    found: list[list[Cost]] = [[] for _ in cases]
    for turn in range(turns):
        for case, costs in zip(cases, found, strict=True):
            costs.append(run(case))
            print(f"{turn + 1}/{turns} {case.name}", file=sys.stderr, flush=True)
    return [
        Cost(*(statistics.median(getattr(cost, key) for cost in costs) for key in Cost.__slots__))
        for costs in found
    ]


def growth(values: Mapping[int, float]) -> str:
    """Fit time ∝ n^k by least squares, on sizes that are not mostly the start when two are."""
    large = {size: value for size, value in values.items() if size >= _FLAT}
    chosen = large if len(large) > 1 else values
    if len(chosen) < 2:  # noqa: PLR2004 - a line needs two points
        return "–"
    fit = statistics.linear_regression(
        [math.log(size) for size in chosen], [math.log(value) for value in chosen.values()]
    )
    return f"n^{fit.slope:.2f}"


def slope(values: Mapping[int, float]) -> str:
    """Return the KB that each additional text takes, from MB by size."""
    if len(values) < 2:  # noqa: PLR2004 - a line needs two points
        return "–"
    return f"{statistics.linear_regression(list(values), list(values.values())).slope * 1024:.0f}"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown, whose first column holds words."""
    lines = [heads, ["---", *(["--:"] * (len(heads) - 1))], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def options(description: str | None, **defaults: int | list[int]) -> argparse.Namespace:
    """Read the numbers that a measure takes, and whether to keep what it finds."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    for name, value in defaults.items():
        several = "+" if isinstance(value, list) else None
        parser.add_argument(f"--{name}", type=int, nargs=several, default=value, help="how many")
    parser.add_argument("--write", action="store_true", help="keep it in docs/performance.md")
    return parser.parse_args()


def about(*names: str, **others: str) -> str:
    """Return how a measure was made: the command, the versions of packages, the machine."""
    command = " ".join(["python", *(word for word in sys.argv if word != "--write")])
    versions = {"Python": platform.python_version()}
    versions |= {name: version(name) for name in names} | others
    said = ", ".join(f"{name} {number}" for name, number in versions.items())
    return f"`{command.replace(f'{ROOT}/', '')}`: {said}; {os.cpu_count()} cores."


def say(name: str, text: str, *, keep: bool) -> None:
    """Print a measure; keep it in the documentation, between the marks of that name."""
    print(text)
    if keep:
        begin, end = f"<!-- {name} -->", f"<!-- fin : {name} -->"
        before, _, rest = DOCS.read_text("utf-8").partition(begin)
        after = rest.partition(end)[2]
        DOCS.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", "utf-8")
