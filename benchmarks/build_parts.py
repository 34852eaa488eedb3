"""Measure what the parts of a build cost, besides pages, feeds and mails.

Books, posters, pictures of mails and the search index: made the first time, then kept while nothing
that they read changes. Typography, sanitising and the rules of mails: what a build without each of
them saves.

Usage:  python benchmarks/build_parts.py --texts 100 --turns 3 --write
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from build_pages import EXTRAS, PARTS
from builds import BUILD, forget, remove
from corpus import Corpus, write_axe
from measure import Case, about, interleave, options, run, say, table


def forget_all(root: Path) -> None:
    """Make a project build everything again, but for its fonts."""
    remove(root / "output")
    for kept in (root / ".cache").iterdir():
        if kept.name != "polices":
            remove(kept)


def cases(root: Path, whole: Path) -> Iterator[Case]:
    """List what is measured, on a project for pages and on one for everything."""
    build = [sys.executable, BUILD, str(root)]
    yield Case("pages, feeds and mails, from nothing", lambda: forget(root), build, root)
    for part in PARTS:
        if part not in EXTRAS:
            command = [*build, "--sans", part]
            yield Case(f"the same without {part}", lambda: forget(root), command, root)
    build = [sys.executable, BUILD, str(whole), "--tout"]
    for part in EXTRAS:
        command = [*build, "--sans", *(value for value in EXTRAS if value != part)]
        yield Case(f"with {part} too", lambda: forget_all(whole), command, whole)
    yield Case("with all of them", lambda: forget_all(whole), build, whole)
    yield Case("the same, all of them kept", lambda: forget(whole), build, whole)
    yield Case("the same, no change", lambda: None, build, whole)


def main() -> None:
    """Measure, print the table, and keep it if asked to."""
    given = options(__doc__, texts=100, turns=1)
    with tempfile.TemporaryDirectory(prefix="axtra-bench-") as name:
        root, whole = Path(name, "pages"), Path(name, "tout")
        write_axe(Corpus(given.texts), root)
        shutil.copytree(root, whole)
        listed = list(cases(root, whole))
        for case in (listed[0], listed[-1]):
            run(case)  # fonts are cut once for all
        costs = interleave(listed, given.turns)
    rows = [
        [case.name, f"{cost.wall:.2f}", f"{cost.cpu:.2f}", f"{cost.cpu - costs[0].cpu:+.2f}"]
        for case, cost in zip(listed, costs, strict=True)
    ]
    heads = [f"{given.texts} texts", "s", "CPU s", "CPU s more"]
    say("apart", "\n\n".join([about(), table(heads, rows)]), keep=given.write)


if __name__ == "__main__":
    main()
