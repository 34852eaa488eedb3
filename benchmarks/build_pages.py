"""Build the pages, the feeds and the mails of a project, as a fresh process; say what was done.

Books, posters, the pictures of mails and the search index are left out: no peer makes them, and
they are measured apart.  Usage: python benchmarks/build_pages.py DOSSIER [--tout] [--sans PART …]
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from html import escape
from pathlib import Path
from types import MappingProxyType, SimpleNamespace

from axtra import site
from axtra.site import assets
from infolettre.core.dates import ZONE

# A build loads a part when it first needs it: what leaves one out loads no other.
# ruff: noqa: PLC0415


def _leave_out_typography() -> None:
    from infolettre.text import typography

    typography.correct_text = typography.correct_html = lambda text, **_: text
    typography.correct_line = lambda text, **_: (text, escape(text))


def _leave_out_sanitising() -> None:
    from axtra.content.blocks import sanitising

    sanitising.CLEANER = SimpleNamespace(clean=lambda html: html)


def _leave_out_checks() -> None:
    from infolettre import checks

    checks.check = lambda *_, **__: []


def _leave_out_drawings() -> None:
    from axtra.pictures import drawings

    drawings.DrawingFile.svg = lambda *_: ""


def _leave_out_books() -> None:
    assets.BookGenerator.add_jobs = lambda *_: None


def _leave_out_search() -> None:
    assets.SearchGenerator.add_jobs = lambda *_: None


def _leave_out_posters() -> None:
    assets.posters.posters = lambda *_: iter(())


def _leave_out_pictures() -> None:
    from axtra.design import image_files

    image_files.paint = lambda *_, **__: b""


PARTS: Mapping[str, Callable[[], None]] = MappingProxyType(
    {
        "typography": _leave_out_typography,
        "sanitising": _leave_out_sanitising,
        "checks": _leave_out_checks,
        "drawings": _leave_out_drawings,
        "books": _leave_out_books,
        "search": _leave_out_search,
        "posters": _leave_out_posters,
        "pictures": _leave_out_pictures,
    }
)
EXTRAS = ("books", "search", "posters", "pictures")


def main() -> None:
    """Build once and print what was done as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=Path)
    parser.add_argument("--tout", action="store_true")
    parser.add_argument("--sans", nargs="+", choices=PARTS, default=[])
    options = parser.parse_args()
    for part in (*options.sans, *(() if options.tout else EXTRAS)):
        PARTS[part]()
    report = site.build_site(options.root.resolve(), moment=datetime.now(ZONE))
    if report.refused:
        sys.exit("\n".join(map(str, report.diagnostics[:3])))
    done = {name: getattr(report, name) for name in ("pages", "newsletters", "done", "written")}
    print(json.dumps(done))


if __name__ == "__main__":
    main()
