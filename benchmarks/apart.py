"""Measure what a build of ours does beside pages, feeds and mails, and what some parts of it cost.

Books, posters, pictures of mails and the search index: made the first time, then kept while nothing
that they read changes. Typography, sanitising and the rules of mails: what a build without each of
them saves.

Usage:  python benchmarks/apart.py --texts 100 --turns 3 --write
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from build_pages import EXTRAS, PARTS
from corpus import Corpus, write_axe
from measure import Case, Cost, about, middle, run, say, table
from run import BUILD, forget, remove


def forget_all(root: Path) -> None:
    """Have a project make everything again, but for its fonts."""
    remove(root / "output")
    for kept in (root / ".cache").iterdir():
        if kept.name != "polices":
            remove(kept)


def main() -> None:
    """Measure, print the tables, and keep them if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=100)
    parser.add_argument("--turns", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="keep the tables in docs/")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="axtra-bench-") as name:
        root, whole = Path(name, "pages"), Path(name, "tout")
        write_axe(Corpus(options.texts), root)
        shutil.copytree(root, whole)
        build = [sys.executable, BUILD, str(root)]
        everything = [sys.executable, BUILD, str(whole), "--tout"]
        pages = Case("pages, feeds and mails, from nothing", lambda: forget(root), build, root)
        parts = [
            Case(f"the same without {part}", pages.prepare, [*build, "--sans", part], root)
            for part in PARTS
            if part not in EXTRAS
        ]
        first = [
            Case(
                f"with {part} too",
                lambda: forget_all(whole),
                [*everything, "--sans", *others],
                whole,
            )
            for part in EXTRAS
            for others in [[one for one in EXTRAS if one != part]]
        ]
        kept = [
            Case("with all of them, from nothing", lambda: forget_all(whole), everything, whole),
            Case("the same, all of them kept", lambda: forget(whole), everything, whole),
            Case("the same, no change", lambda: None, everything, whole),
        ]
        listed = [pages, *parts, *first, *kept]
        run(pages)  # fonts are cut once for all
        run(kept[-1])
        found: dict[str, list[Cost]] = {case.name: [] for case in listed}
        for turn in range(options.turns):
            for case in listed:
                found[case.name].append(run(case))
            print(f"{turn + 1}/{options.turns}", file=sys.stderr, flush=True)
    base = middle(found[pages.name])
    rows = []
    for name, costs in found.items():
        one = middle(costs)
        rows.append([name, f"{one.wall:.2f}", f"{one.cpu:.2f}", f"{one.cpu - base.cpu:+.2f}"])
    heads = [f"{options.texts} texts", "s", "CPU s", "CPU s more"]
    say("apart", "\n\n".join([about(), table(heads, rows)]), keep=options.write)


if __name__ == "__main__":
    main()
