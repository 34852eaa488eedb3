"""A copy of the program in a small project, changed as a recipe of CONTRIBUTING.md says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from support.small_sites import FACTS, FULL, ROOT, share_cache

CONTRIBUTING = ROOT / "CONTRIBUTING.md"
_MAIN = "import sys; from axtra.cli import main; sys.exit(main())"


def promised(recipe: str, name: str) -> set[str]:
    """Return the files that a recipe numbers, with a name in place of NAME."""
    text = CONTRIBUTING.read_text("utf-8")
    section = text.split(f"\n### {recipe}\n")[1].split("\n#")[0]
    return {
        path.replace("NAME", name)
        for path in re.findall(r"^\d+\. `([^`]+)`", section, re.MULTILINE)
    }


@dataclass(frozen=True, slots=True)
class ProgramCopy:
    """The program, the theme and the guide in a project of their own; `touched` names changes."""

    root: Path
    touched: set[str] = field(default_factory=set)

    @property
    def python_path(self) -> str:
        """Return where Python finds its two packages."""
        plugins = self.root / "plugins"
        return os.pathsep.join([str(plugins / "pelican-infolettre"), str(plugins)])

    def insert(self, path: str, before: str, text: str) -> None:
        """Insert a text before another, which the file holds once."""
        file = self.root / path
        whole = file.read_text("utf-8")
        assert whole.count(before) == 1, (path, before, whole.count(before))
        file.write_text(whole.replace(before, text + before), "utf-8")
        self.touched.add(path)

    def append(self, path: str, text: str) -> None:
        """Add a text at the end of a file, or write a new file."""
        with (self.root / path).open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)
        self.touched.add(path)

    def write(self, files: Mapping[str, str]) -> None:
        """Write content, as an editor does; no recipe counts it."""
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8", newline="\n")

    def axtra(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the copied program."""
        return self._python("-c", _MAIN, *words)

    def build(self) -> Path:
        """Build the site without an error and return its folder."""
        done = self.axtra("construire", "--date", "2020-06-01")
        assert done.returncode == 0, done.stderr
        return self.root / "output"

    def guide(self) -> str:
        """Write the tables of the guide again and return it."""
        done = self._python("-m", "axtra.content.guide_tables", "docs/guide.md")
        assert done.returncode == 0, done.stderr
        return (self.root / "docs/guide.md").read_text("utf-8")

    def _python(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *words],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": self.python_path},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=60,
        )


def copy_program(root: Path) -> ProgramCopy:
    """Copy what recipes change, with a text of each kind."""
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in ("plugins", "theme"):
        shutil.copytree(ROOT / name, root / name, ignore=ignored)
    for name in ("pelicanconf.py", "docs/guide.md"):
        (root / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    share_cache(root, "polices", "affiches", "livres", "recherche")
    copy = ProgramCopy(root)
    copy.write({**FACTS, **FULL})
    return copy
