"""Run `pelican` on a project with other plugins, several times from one process.

    python plugin_trials.py < trials.json > results.json

A trial is {"name", "options"}: the options of `pelican`. A result is {"code", "said"}. The folder
of the plugins is on PYTHONPATH; each trial runs in a copy of this process, which has loaded them.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from pathlib import Path

from pelican.plugins._utils import get_namespace_plugins

import axtra.site  # noqa: F401 - loaded once for all the trials
import pelican


def run(options: list[str]) -> dict[str, object]:
    """Run `pelican` in a copy of this process; return its exit code and what it said."""
    with tempfile.NamedTemporaryFile() as said:
        pid = os.fork()
        if not pid:
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
            code = 1
            try:
                pelican.main(options)
                code = 0
            except SystemExit as stop:
                code = stop.code if isinstance(stop.code, int) else 1
                if not isinstance(stop.code, int):
                    sys.stderr.write(str(stop.code))
            finally:
                with contextlib.suppress(OSError):
                    sys.stdout.flush()
                    sys.stderr.flush()
                os._exit(code)
        _, status = os.waitpid(pid, 0)
        text = Path(said.name).read_text("utf-8")
    return {"code": os.waitstatus_to_exitcode(status), "said": text}


if __name__ == "__main__":
    get_namespace_plugins()
    results = {trial["name"]: run(trial["options"]) for trial in json.load(sys.stdin)}
    json.dump(results, sys.stdout)
