"""Build the pages, the feeds and the mails of a project, as a fresh process; say what it took.

Books, pictures of cards and the search index are left out: no peer makes them, and they are
measured apart.  Usage: python benchmarks/build_pages.py DOSSIER [--tout]
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

START = time.perf_counter()

from axtra import images, site  # noqa: E402 - the import is part of what is measured
from axtra.dates import ZONE  # noqa: E402
from axtra.site import plugin  # noqa: E402


def main() -> None:
    """Build once and print what was done as JSON."""
    root = Path(sys.argv[1]).resolve()
    if "--tout" not in sys.argv:
        plugin.BookGenerator.generate_output = lambda *_: None
        plugin.SearchGenerator.generate_output = lambda *_: None
        images.paint = lambda *_, **__: b""
    from datetime import datetime  # noqa: PLC0415

    report = site.build(root, moment=datetime.now(ZONE))
    used = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        json.dumps(
            {
                "refused": report.refused,
                "why": [str(one) for one in report.diagnostics][:2],
                "pages": report.pages,
                "done": report.done,
                "written": report.written,
                "wall": time.perf_counter() - START,
                "cpu": used.ru_utime + used.ru_stime + children.ru_utime + children.ru_stime,
                "memory": used.ru_maxrss,
            }
        )
    )


if __name__ == "__main__":
    main()
