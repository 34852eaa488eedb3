"""Build a project in a new process, which starts worker processes by a given method.

Run as:  python -m support.fresh_build METHOD ROOT TARGET
The method « single » builds on a single core, with no other process.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from pathlib import Path

from axtra import site
from support.small_sites import DAY


def main(method: str, root: str, target: str) -> int:
    """Build and print the diagnostics; return 1 if the build is refused."""
    if method == "single":
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    else:
        multiprocessing.set_start_method(method)
    report = site.build_site(Path(root), moment=DAY, target=Path(target))
    sys.stdout.write("\n".join(map(str, report.diagnostics)))
    return int(report.refused)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
