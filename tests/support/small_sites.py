"""Small projects on disk, and functions that write their content."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from filelock import FileLock

from axtra import site
from axtra.site import Report
from infolettre.core.dates import ZONE

ROOT = Path(__file__).parents[2]
DAY = datetime(2020, 6, 1, 12, tzinfo=ZONE)  # later than all the content that tests write
BIN = Path(sys.executable).parent

SITE = """\
nom = "Essai"
nom-complet = "L’Organisme d’essai"
magazine = "Le Magazine d’essai"
devise = "Pour voir"
description = "Un petit site."
adresse = "1, rue de l’Essai"
localite = "Québec (Québec)  G1G 1G1"
telephone = "418 555-0100"
courriel = "essai@essai.example"
site = "https://essai.example"
"""
RUBRIQUES = """\
[regards]
nom = "Regards croisés"
description = "Deux points de vue."
couleur = "tendances"
"""
TYPES = """\
[mensuelle]
nom = "Infolettre mensuelle"
description = "Une fois par mois."
"""
FACTS: Mapping[str, str] = {
    "content/site.toml": SITE,
    "content/rubriques.toml": RUBRIQUES,
    "content/infolettres.toml": TYPES,
}


def text(body: str = "Un texte assez long pour être lu.", **keys: str) -> str:
    """Return a Markdown file; an underscore in the name of a key stands for a hyphen."""
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in keys.items()]
    return "\n".join(["---", *lines, "---", "", body, ""])


def news(titre: str = "Une nouvelle", date: str = "2020-01-15", **keys: str) -> str:
    """Return a piece of news."""
    return text(titre=titre, date=date, chapeau="Ce qu’il faut en savoir.", **keys)


def author(name: str) -> str:
    """Return the file of an author."""
    return text(nom=name)


def numero(**keys: str) -> str:
    """Return a numéro."""
    return text(
        **{
            "titre": "Les métiers d’avenir",
            "volume": "2",
            "numero": "3",
            "date": "2020-05-05",
            "chapeau": "Un numéro d’essai.",
            **keys,
        }
    )


def article(titre: str, **keys: str) -> str:
    """Return an article of the rubrique « regards »."""
    return text(
        **{
            "titre": titre,
            "chapeau": "Ce que l’on y apprend.",
            "auteurs": "[une-personne]",
            "rubrique": "regards",
            **keys,
        }
    )


def letter(body: str = "Bonjour,\n\nVoici la lettre.", **keys: str) -> str:
    """Return an infolettre."""
    return text(
        body,
        **{
            "objet": "La lettre de mai",
            "preentete": "Une phrase qui donne envie d’ouvrir la lettre du mois de mai.",
            "date": "2020-05-06",
            "type": "mensuelle",
            "public": "membres",
            **keys,
        },
    )


CACHES = ("polices", "photographies", "livres", "affiches", "courriel", "recherche", "gabarits")

# A text of each kind, all of them related.
FULL: Mapping[str, str] = {
    "content/auteurs/une-personne.md": author("Une personne"),
    "content/magazine/2020-05/numero.md": numero(),
    "content/magazine/2020-05/premier.md": article("Un premier article", mots_cles="[essai]"),
    "content/nouvelles/2020/une-nouvelle.md": news(),
    "content/communiques/2020/un-communique.md": text(
        titre="Un communiqué", date="2020-02-02", ville="Québec"
    ),
    "content/publications/un-rapport.md": text(
        titre="Un rapport", date="2020-03-03", type="rapport"
    ),
    "content/evenements/un-colloque.md": text(
        titre="Un colloque", debut="2020-09-10", date="2020-04-04"
    ),
    "content/pages/a-propos.md": text(titre="À propos"),
    "newsletters/2020/2020-05-06.md": letter("/// article | premier\n///"),
}


@dataclass(frozen=True, slots=True)
class Project:
    """A project folder with the real settings and, by a link, the real theme."""

    root: Path

    @property
    def output(self) -> Path:
        """Return the default output folder."""
        return self.root / "output"

    def write(self, files: Mapping[str, str]) -> None:
        """Write content files."""
        for name, content in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8", newline="\n")

    def own_theme(self) -> Path:
        """Replace the link to the theme with a copy that the test may change."""
        (self.root / "theme").unlink()
        (self.root / ".cache/gabarits").unlink(missing_ok=True)  # cached by the path of the theme
        shutil.copytree(ROOT / "theme", self.root / "theme")
        return self.root / "theme"

    def with_own_caches(self, *lent: str) -> Project:
        """Stop sharing caches with other projects, save fonts and `lent`."""
        for kept in (self.root / ".cache").iterdir():
            if kept.name not in {"polices", *lent}:
                kept.unlink()
        return self

    def build(
        self,
        *,
        moment: datetime = DAY,
        target: Path | None = None,
        publish: bool = False,
        preview: bool = False,
    ) -> Report:
        """Build in this process."""
        return site.build_site(
            self.root, moment=moment, target=target, publish=publish, preview=preview
        )

    def run(
        self, *words: str, folder: str = ".", env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command of the environment (axtra, pelican, python) as a person would."""
        return subprocess.run(
            [BIN / words[0], *words[1:]],
            cwd=self.root / folder,
            env={**os.environ, **(env or {})},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=60,
        )


def make_project(root: Path, files: Mapping[str, str]) -> Project:
    """Make a project with the three settings files of the content, and these files."""
    root.mkdir(parents=True, exist_ok=True)
    for name in ("pelicanconf.py", "publishconf.py"):
        shutil.copy(ROOT / name, root / name)
    (root / "theme").symlink_to(ROOT / "theme")
    share_cache(root)
    (root / "newsletters").mkdir()
    project = Project(root)
    project.write({**FACTS, **files})
    return project


def share_cache(root: Path, *names: str) -> None:
    """Share the caches of what is slow to make, or some of them; their keys are hashes."""
    for name in names or CACHES:
        (ROOT / ".cache" / name).mkdir(parents=True, exist_ok=True)
        (root / ".cache").mkdir(exist_ok=True)
        (root / ".cache" / name).symlink_to(ROOT / ".cache" / name)


def built_once(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], Report]) -> Path:
    """Build a site in the first worker that asks; the others read the same folder.

    Args:
        factory: pytest's factory of temporary folders.
        name: the name of a new folder, in which the build leaves its output.
        build: builds the site in that folder; it must not be refused.
    """
    base = factory.getbasetemp()
    home = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    with FileLock(f"{home}.verrou"):
        if not (home / "pret").exists():
            report = build(home)
            assert not report.refused, "\n".join(map(str, report.diagnostics))
            (home / "pret").touch()
    return home / "output"


def tree(folder: Path) -> dict[str, str]:
    """Return the digest of every file of a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
