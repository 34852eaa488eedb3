"""What the generators of a build share: the only object of ours in Pelican's settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from axtra.content.model import Library
from axtra.site.build import Table
from axtra.site.settings import SiteSettings

KEY = "AXTRA"


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildContext:
    """One build.

    `preview` shows drafts and scheduled items, and makes no page wait for its books. `publishes`
    is true where `pelican` itself was called, and must do what `axtra` does after the generators.
    """

    settings: SiteSettings
    library: Library
    table: Table = field(default_factory=Table)
    preview: bool = False
    publishes: bool = False


def context_in(settings: Mapping[str, Any]) -> BuildContext:
    """Return the context that Pelican's settings hold."""
    context: BuildContext = settings[KEY]
    return context
