"""The settings of a project: Pelican's own, and those that this program reads, typed."""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from axtra.content.loading import Folders
from infolettre.core.refusals import Refusal
from pelican import settings as pelican_settings

_CONF = "pelicanconf.py"


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """What is read of Pelican's settings.

    `siteurl` has no final slash. `publish` (AXTRA_PUBLISH in publishconf.py) refuses what must not
    be public. `fresh` (« pelican --ignore-cache ») reads nothing of earlier builds.
    """

    siteurl: str
    content: Path
    newsletters: Path
    theme: Path
    output: Path
    cache: Path
    publish: bool
    fresh: bool = False

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        """Return what Pelican's settings, whose paths are absolute, say of the site."""
        content = Path(settings["PATH"])
        if not settings.get("NEWSLETTER_PATHS"):
            raise Refusal(
                "ce site n’est pas un projet d’AXE : NEWSLETTER_PATHS n’est pas dans ses réglages",
                "Pour un site d’AXE, partez d’une copie de son dépôt.\n"
                'Pour un autre site de Pelican, retirez "axtra.site" de PLUGINS;\n'
                "le paquet pelican-infolettre lui donne des infolettres.",
                rule="projet-absent",
                place="pelicanconf.py",
            )
        return cls(
            siteurl=settings["SITEURL"],
            content=content,
            # Normalised before any link is followed: « .. » is the project, not what is above it.
            newsletters=Path(os.path.normpath(content / settings["NEWSLETTER_PATHS"][0])),
            theme=Path(settings["THEME"]),
            output=Path(settings["OUTPUT_PATH"]),
            cache=Path(settings["CACHE_PATH"]),
            publish=bool(settings.get("AXTRA_PUBLISH")),
        )

    @property
    def folders(self) -> Folders:
        """Return the folders of the content; the root is the folder that holds both."""
        content, newsletters = self.content.resolve(), self.newsletters.resolve()
        root = Path(os.path.commonpath([content.parent, newsletters.parent]))
        return Folders(
            root,
            content.relative_to(root).as_posix(),
            newsletters.relative_to(root).as_posix(),
            self.siteurl,
        )


def read_settings(
    root: Path, *, publish: bool = False, target: Path | None = None
) -> dict[str, Any]:
    """Read Pelican's settings from pelicanconf.py, or from publishconf.py to publish.

    Raises:
        Refusal: the file cannot be carried out, or lacks what this program needs.
    """
    override = {} if target is None else {"OUTPUT_PATH": str(target.resolve())}
    with _refusing(root, publish=publish) as conf:
        settings: dict[str, Any] = pelican_settings.read_settings(str(conf), override=override)
        settings["CACHE_PATH"] = str((root / settings["CACHE_PATH"]).resolve())
        settings["THEME"] = str(Path(settings["THEME"]).resolve())
        SiteSettings.of(settings)
    return settings


def site_settings(root: Path, *, publish: bool = False) -> SiteSettings:
    """Return what pelicanconf.py, or publishconf.py to publish, says of the site.

    Raises:
        Refusal: as `read_settings`.
    """
    return SiteSettings.of(read_settings(root, publish=publish))


@contextmanager
def _refusing(root: Path, *, publish: bool) -> Iterator[Path]:
    """Yield the file of the settings; whatever its program raises becomes a refusal."""
    conf = root / ("publishconf.py" if publish else _CONF)
    if not conf.is_file():
        raise Refusal(
            f"« {conf.name} » manque : il tient les réglages de Pelican.",
            f"Remettez-le dans le dossier du projet :  git checkout -- {conf.name}",
        )
    try:
        yield conf
    except Exception as error:  # it is somebody's program
        raise _refusal(error, root, conf) from error


def _refusal(error: Exception, root: Path, conf: Path) -> Refusal:
    """Name the line of a file of settings that cannot be carried out."""
    frames = traceback.extract_tb(error.__traceback__)
    at = [(frame.filename, frame.lineno) for frame in frames]
    if isinstance(error, SyntaxError):
        at.append((error.filename or "", error.lineno))
    ours = [(Path(name), line) for name, line in at if Path(name).parent == root]
    path, line = ours[-1] if ours else (conf, None)
    place = f"{path.name}:{line}" if line else path.name
    if isinstance(error, KeyError) and not ours:
        key = str(error.args[0])
        return Refusal(
            f"ce réglage manque : {key}",
            f"Écrivez-le :  {key} = …  (le fichier {_CONF} d’un nouveau projet en donne l’exemple)",
            rule="reglages-fautifs",
            place=place,
        )
    said = error.msg if isinstance(error, SyntaxError) else f"{type(error).__name__}, {error}"
    return Refusal(
        f"les réglages de Pelican ne se lisent pas. Python dit : « {said} »",
        "Annulez le dernier changement de ce fichier, ou corrigez cette ligne.",
        rule="reglages-fautifs",
        place=place,
    )
