"""A project with an edition of today, a list, and the command that sends it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from unittest import mock

from axtra.cli import main
from axtra.core.dates import ZONE
from support.small_sites import BIN, FULL, Project, letter, make_project

LIST = "membres"
_HEAD = "adresse,prenom,nom,consentement,date,source"
NAMES = ("Zoé", "Ève", "", "Marie-Ève", "Jean François", "Nuñez", "O’Neil", "李", "Łucja")


def numbered(number: int, kind: str = "bon") -> list[str]:
    """Give addresses whose boxes behave alike."""
    return [f"{kind}-{index}@exemple.test" for index in range(number)]


@dataclass
class Trial:
    """One edition on its way, through the command alone."""

    project: Project
    data: Path
    edition: str
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """Name the file of the edition."""
        return f"newsletters/{self.edition[:4]}/{self.edition}.md"

    def set_up(self, url: str, people: Sequence[str], liste: str = LIST) -> None:
        """Name the server, and subscribe people."""
        self.environment = _environment(self.data, url)
        self.subscribe(people, liste)

    def subscribe(self, people: Sequence[str], liste: str = LIST) -> None:
        """Subscribe people to a list."""
        rows = [
            f"{one},{NAMES[index % len(NAMES)]},,expres,2026-01-01,kiosque"
            for index, one in enumerate(people)
        ]
        self.project.write({"liste.csv": "\n".join([_HEAD, *rows, ""])})
        self.done("abonnes", "importer", "liste.csv", "--liste", liste)

    def write(self, body: str, **keys: str) -> None:
        """Write the edition again."""
        self.project.write({self.source: letter(body, date=self.edition[:10], **keys)})

    def run(self, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command to its end, in this process: a new one costs a second of imports."""
        out, err = io.StringIO(), io.StringIO()
        with (
            mock.patch.dict(os.environ, self.environment),
            mock.patch("sys.stdin", io.StringIO(typed)),
            contextlib.chdir(self.project.root),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            try:
                code = main(words)
            except SystemExit as end:
                code = int(end.code or 0)
        return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())

    def envoi(self, command: str, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command of `axtra envoi` on the edition; to send it, on a site built here.

        By itself, the command would build that site in a new process.
        """
        if command in {"envoyer", "listmonk"} and not self.project.output.exists():
            self.project.build(moment=datetime.now(ZONE))
        return self.run("envoi", command, self.edition, *words, typed=typed)

    def done(self, *words: str) -> str:
        """Run a command that must do what it says."""
        result = self.run(*words)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def freeze(self, liste: str = LIST) -> None:
        """Freeze the edition and send a test."""
        self.done("envoi", "geler", self.edition, "--liste", liste)
        self.done("envoi", "essai", self.edition, "essai@exemple.test")

    @staticmethod
    def confirmed(number: int, liste: str = LIST) -> tuple[str, ...]:
        """Give the options that confirm."""
        return ("--oui", "--liste", liste, "--nombre", str(number))

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start a command, to kill it."""
        return subprocess.Popen(
            [BIN / "axtra", "envoi", *words],
            cwd=self.project.root,
            env={**os.environ, **self.environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def states(self) -> dict[str, str]:
        """Ask for the report."""
        result = self.envoi("bilan", "--format", "json")
        states: dict[str, str] = json.loads(result.stdout)
        unsettled = {"a_envoyer", "en_vol", "differe", "incertain"} & set(states.values())
        assert result.returncode == (1 if unsettled else 0), result.stderr
        return states


def make_trial(root: Path, *, age: timedelta = timedelta()) -> Trial:
    """Make a project whose only edition is of today, or of another day."""
    edition = f"{datetime.now(ZONE) - age:%Y-%m-%d}"
    files = {name: text for name, text in FULL.items() if not name.startswith("newsletters/")}
    trial = Trial(make_project(root / "projet", files), root / "donnees", edition)
    trial.write("Bonjour {prenom},\n\n/// article | premier\n///")
    return trial


def found_trial(root: Path, url: str) -> Trial:
    """Take up the copy of a trial, with its own server."""
    [source] = root.glob("projet/newsletters/*/*.md")
    data = root / "donnees"
    return Trial(Project(root / "projet"), data, source.stem, _environment(data, url))


def _environment(data: Path, url: str) -> dict[str, str]:
    return {"AXTRA_DONNEES": str(data), "AXTRA_SMTP_URL": url}
