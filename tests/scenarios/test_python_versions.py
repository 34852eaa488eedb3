"""Every supported Python of this machine passes the tests of mail headers, byte for byte.

The others use the packages of this environment: headers need no compiled package.
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
    """Return the other Pythons: those on the path and those of pyenv."""
    pyenv = [str(folder) for folder in Path("~/.pyenv/versions").expanduser().glob("3.*/bin")]
    programs: dict[int, str] = {}
    for minor in SUPPORTED:
        for folder in (*os.get_exec_path(), *pyenv):
            program = shutil.which(f"python3.{minor}", path=folder)
            if program and minor != sys.version_info.minor:
                answer = subprocess.run([program, "-c", ASK], capture_output=True, check=False)
                if answer.stdout.strip() == str(minor).encode():  # a pyenv shim may have no Python
                    programs[minor] = program
    return programs


@pytest.mark.eprouve
def test_every_python_of_this_machine_passes_the_header_tests() -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(
            [
                str(ROOT / "plugins"),
                str(ROOT / "plugins/pelican-infolettre"),
                sysconfig.get_path("purelib"),
            ]
        ),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    trial = ["-W", "ignore::pytest.PytestUnknownMarkWarning", "-m", "pytest", "-q"]
    trial += ["-c", os.devnull, "--noconftest", "-p", "no:cacheprovider"]
    for minor, program in {sys.version_info.minor: sys.executable, **others()}.items():
        done = subprocess.run(
            [program, *trial, ROOT / "tests/unit/message/test_headers.py"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        print(f"Python 3.{minor}: {done.stdout.strip().splitlines()[-1]}")  # noqa: T201
        assert done.returncode == 0, done.stdout + done.stderr
