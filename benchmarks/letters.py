"""Measure the rendering of infolettres: our chain, and others that take the same MJML, interleaved.

Usage:  python benchmarks/letters.py --letters 520 --turns 3 --write
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from corpus import Corpus, write_axe
from measure import ROOT, Case, Cost, about, middle, run, say, table
from run import forget

RENDER = str(ROOT / "benchmarks/render_letters.py")
NODE = ROOT / "tests/node"
_TEXTS = 100  # beside the letters: what their cards show
_OURS = "AXE, from MJML"


def cases(root: Path, mjml: Path, made: Path) -> list[Case]:
    """List what is measured; each ends with a file of HTML a letter."""

    def ours(name: str, way: str, given: Path, prepare: Callable[[], object]) -> Case:
        return Case(name, prepare, [sys.executable, RENDER, way, str(given), str(made)], ROOT)

    def nothing() -> None:
        """Leave all as it is."""

    node = ["node", str(NODE / "mjml_juice.js"), str(mjml), str(made)]
    return [
        ours(_OURS, "ours_chain", mjml, nothing),
        Case("mjml + juice (npm), from MJML", nothing, node, ROOT),
        ours("mjml-python + premailer as documented, from MJML", "plain", mjml, nothing),
        ours("AXE, from texts, nothing kept: HTML and text", "ours", root, lambda: forget(root)),
        ours("AXE, the same, texts kept", "ours", root, nothing),
        ours("AXE, the same, held to the rules", "ours_checked", root, nothing),
    ]


def first_letter(root: Path, made: Path) -> float:
    """Give the seconds that a new process takes for one letter once it has read the content."""
    command = [sys.executable, RENDER, "ours_one", str(root), str(made)]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(json.loads(said.stdout))


def main() -> None:
    """Measure, print the table, and keep it if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=104)
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="keep the table in docs/")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="axtra-bench-") as name:
        root, mjml, made = (Path(name, part) for part in ("projet", "mjml", "fait"))
        made.mkdir()
        write_axe(Corpus(_TEXTS, letters=options.letters), root)
        subprocess.run([sys.executable, RENDER, "sources", root, mjml], check=True)
        listed = cases(root, mjml, made)
        found: dict[str, list[Cost]] = {case.name: [] for case in listed}
        alone = []
        for _ in range(options.turns):
            for case in listed:
                found[case.name].append(run(case))
            alone.append(first_letter(root, made))
    costs = {name: middle(some) for name, some in found.items()}
    heads = ["", "s", "CPU s", "MB", "CPU ÷ mjml + juice"]
    beside = costs[listed[1].name].cpu
    rows = [
        [name, f"{one.wall:.2f}", f"{one.cpu:.2f}", f"{one.memory:.0f}", f"{one.cpu / beside:.2f}"]
        for name, one in costs.items()
    ]
    npm = {
        f"{name} (npm)": json.loads((NODE / f"node_modules/{name}/package.json").read_text())[
            "version"
        ]
        for name in ("mjml", "juice")
    }
    seconds = statistics.median(alone)
    once = f"One letter, checked, once a new process has read all: {seconds:.3f} s."
    said = [about("mjml-python", "premailer", **npm), table(heads, rows), once]
    say("infolettres", "\n\n".join(said), keep=options.write)


if __name__ == "__main__":
    main()
