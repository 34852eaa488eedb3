"""Measure the rendering of infolettres: our chain, and others that take the same MJML, interleaved.

Usage:  python benchmarks/letters.py --letters 520 --turns 3 --write
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from builds import forget
from corpus import Corpus, write_axe
from measure import ROOT, Case, about, interleave, options, say, table, usual

RENDER = str(ROOT / "benchmarks/render_letters.py")
NODE = ROOT / "tests/node"
_TEXTS = 100  # beside the letters: what their cards show


def cases(root: Path, mjml: Path, made: Path) -> list[Case]:
    """List what is measured; each ends with a file of HTML a letter."""

    def ours(name: str, way: str, given: Path, prepare: Callable[[], object]) -> Case:
        return Case(name, prepare, [sys.executable, RENDER, way, str(given), str(made)], ROOT)

    def nothing() -> None:
        """Leave all as it is."""

    node = ["node", str(NODE / "mjml_juice.js"), str(mjml), str(made)]
    return [
        ours("AXE, from MJML", "ours_chain", mjml, nothing),
        Case("mjml + juice (npm), from MJML", nothing, node, ROOT),
        ours("mjml-python + premailer as documented, from MJML", "plain", mjml, nothing),
        ours("AXE, from texts, nothing kept: HTML and text", "ours", root, lambda: forget(root)),
        ours("AXE, the same, texts kept", "ours", root, nothing),
        ours("AXE, the same, held to the rules", "ours_checked", root, nothing),
    ]


def first_letter(root: Path, made: Path) -> float:
    """Return the seconds that a new process takes for one letter once it has read the content."""
    command = [sys.executable, RENDER, "ours_one", str(root), str(made)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, env=usual())
    return float(json.loads(said.stdout))


def main() -> None:
    """Measure, print the table, and keep it if asked to."""
    given = options(__doc__, letters=104, turns=2)
    with tempfile.TemporaryDirectory(prefix="axtra-bench-") as name:
        root, mjml, made = (Path(name, part) for part in ("projet", "mjml", "fait"))
        made.mkdir()
        write_axe(Corpus(_TEXTS, letters=given.letters), root)
        subprocess.run([sys.executable, RENDER, "sources", root, mjml], check=True)
        listed = cases(root, mjml, made)
        costs = interleave(listed, given.turns)
        seconds = statistics.median(first_letter(root, made) for _ in range(given.turns))
    rows = [
        [case.name, *(f"{figure:.2f}" for figure in (cost.wall, cost.cpu, cost.cpu / costs[1].cpu))]
        for case, cost in zip(listed, costs, strict=True)
    ]
    packages = {name: NODE / f"node_modules/{name}/package.json" for name in ("mjml", "juice")}
    npm = {name: json.loads(file.read_text("utf-8"))["version"] for name, file in packages.items()}
    said = [
        about("mjml-python", "premailer", **npm),
        table([f"{given.letters} letters", "s", "CPU s", "CPU ÷ mjml + juice"], rows),
        f"One letter, checked, once a new process has read all: {seconds:.3f} s.",
    ]
    say("infolettres", "\n\n".join(said), keep=given.write)


if __name__ == "__main__":
    main()
