"""Every Python of this machine that we support writes headers as they must be, byte for byte.

They borrow the packages of this environment, in which nothing that headers need is compiled.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from support.small_sites import ROOT

SUPPORTED = range(11, 15)
ASK = "import sys; print(sys.version_info.minor)"


def others() -> dict[int, str]:
    """Find the other Pythons: on the path, or kept by pyenv."""
    kept = [str(one) for one in Path("~/.pyenv/versions").expanduser().glob("3.*/bin")]
    found: dict[int, str] = {}
    for minor in SUPPORTED:
        for folder in (*os.get_exec_path(), *kept):
            program = shutil.which(f"python3.{minor}", path=folder)
            if program and minor != sys.version_info.minor:
                told = subprocess.run([program, "-c", ASK], capture_output=True, check=False)
                if told.stdout.strip() == str(minor).encode():  # pyenv's shims only complain
                    found[minor] = program
    return found


@pytest.mark.eprouve
def test_every_python_of_this_machine_writes_the_same_headers() -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT / "plugins"), sysconfig.get_path("purelib")]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    trial = ["-W", "ignore::pytest.PytestUnknownMarkWarning", "-m", "pytest", "-q"]
    trial += ["-c", os.devnull, "--noconftest", "-p", "no:cacheprovider"]
    for minor, program in {sys.version_info.minor: sys.executable, **others()}.items():
        done = subprocess.run(
            [program, *trial, ROOT / "tests/unit/test_message_headers.py"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        print(f"Python 3.{minor}: {done.stdout.strip().splitlines()[-1]}")  # noqa: T201
        assert done.returncode == 0, done.stdout + done.stderr
