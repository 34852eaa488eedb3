"""The settings of a project: Pelican's own, and those that this program reads, typed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from axtra.content.loading import Folders
from infolettre.core.refusals import Refusal
from pelican import settings as pelican_settings


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
                'Pour un autre site de Pelican, retirez "axtra.site" de PLUGINS.',
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
    """Read Pelican's settings from pelicanconf.py, or from publishconf.py to publish."""
    conf = root / ("publishconf.py" if publish else "pelicanconf.py")
    override = {} if target is None else {"OUTPUT_PATH": str(target.resolve())}
    settings: dict[str, Any] = pelican_settings.read_settings(str(conf), override=override)
    settings["CACHE_PATH"] = str((root / settings["CACHE_PATH"]).resolve())
    settings["THEME"] = str(Path(settings["THEME"]).resolve())
    return settings


def site_settings(root: Path, *, publish: bool = False) -> SiteSettings:
    """Return what pelicanconf.py, or publishconf.py to publish, says of the site."""
    return SiteSettings.of(read_settings(root, publish=publish))
