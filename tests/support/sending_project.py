"""A project with an edition dated today, a list, and the command that sends it."""

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
from axtra.sending.moving import copy_books
from infolettre.core.dates import ZONE
from support.small_sites import BIN, FULL, Project, letter, make_project

LIST = "membres"
_HEAD = "adresse,prenom,nom,consentement,date,source"
NAMES = ("Zoé", "Ève", "", "Marie-Ève", "Jean François", "Nuñez", "O’Neil", "李", "Łucja")


@dataclass
class SendingProject:
    """A project whose edition is sent with the command only."""

    project: Project
    data: Path
    edition: str
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """Return the path of the edition's file."""
        return f"newsletters/{self.edition[:4]}/{self.edition}.md"

    def set_up(self, url: str, people: Sequence[str], liste: str = LIST) -> None:
        """Configure the SMTP server and subscribe people."""
        self.environment = _environment(self.data, url)
        self.subscribe(people, liste)

    def subscribe(self, people: Sequence[str], liste: str = LIST) -> None:
        """Subscribe people to a list."""
        rows = [
            f"{address},{NAMES[index % len(NAMES)]},,expres,2026-01-01,kiosque"
            for index, address in enumerate(people)
        ]
        self.project.write({"liste.csv": "\n".join([_HEAD, *rows, ""])})
        self.done("abonnes", "importer", "liste.csv", "--liste", liste)

    def write(self, body: str, **keys: str) -> None:
        """Rewrite the edition."""
        self.project.write({self.source: letter(body, date=self.edition[:10], **keys)})

    def run(self, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command in this process, which saves a second of imports."""
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
        """Run a command of `axtra envoi` on the edition."""
        self._build_for(command)
        return self.run("envoi", command, self.edition, *words, typed=typed)

    def done(self, *words: str) -> str:
        """Run a command that must succeed, and return its output."""
        result = self.run(*words)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def freeze(self, liste: str = LIST) -> None:
        """Freeze the edition and send a test."""
        self.done("envoi", "geler", self.edition, "--liste", liste)
        self.done("envoi", "essai", self.edition, "essai@exemple.test")

    @staticmethod
    def confirmed(number: int, liste: str = LIST) -> tuple[str, ...]:
        """Return the options that confirm a sending."""
        return ("--oui", "--liste", liste, "--nombre", str(number))

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start a command of `axtra envoi`, to kill it."""
        self._build_for(words[0])
        return self.launch("envoi", *words)

    def _build_for(self, command: str) -> None:
        """Build the site first if needed: the command would build it in a new process."""
        if command in {"envoyer", "listmonk"} and not self.project.output.exists():
            self.project.build(moment=datetime.now(ZONE))

    def launch(self, *words: str) -> subprocess.Popen[bytes]:
        """Start a command in its own process."""
        return subprocess.Popen(
            [BIN / "axtra", *words],
            cwd=self.project.root,
            env={**os.environ, **self.environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def states(self) -> dict[str, str]:
        """Return the state of each recipient, from the report of the command."""
        result = self.envoi("bilan", "--format", "json")
        states: dict[str, str] = json.loads(result.stdout)
        unsettled = {"a_envoyer", "en_vol", "differe", "incertain"} & set(states.values())
        assert result.returncode == (1 if unsettled else 0), result.stderr
        return states


def make_sending_project(root: Path, *, age: timedelta = timedelta()) -> SendingProject:
    """Make a project whose only edition is dated today, or `age` ago."""
    edition = f"{datetime.now(ZONE) - age:%Y-%m-%d}"
    files = {name: text for name, text in FULL.items() if not name.startswith("newsletters/")}
    trial = SendingProject(make_project(root / "projet", files), root / "donnees", edition)
    trial.write("Bonjour {prenom},\n\n/// article | premier\n///")
    return trial


def reopen_sending_project(root: Path, url: str) -> SendingProject:
    """Open a copied project, with another SMTP server."""
    [source] = root.glob("projet/newsletters/*/*.md")
    data = root / "donnees"
    if base := os.environ.get("AXTRA_BASE"):
        copy_books(data, "", base, replacing=True)
    return SendingProject(Project(root / "projet"), data, source.stem, _environment(data, url))


def _environment(data: Path, url: str) -> dict[str, str]:
    return {"AXTRA_DONNEES": str(data), "AXTRA_SMTP_URL": url}
