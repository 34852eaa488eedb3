"""What the generators of a build share: the only object of ours in Pelican's settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from axtra.content.model import Library
from axtra.site.build import Table
from axtra.site.settings import SiteSettings

if TYPE_CHECKING:
    from axtra.site.guests import Guests
    from axtra.site.stock_texts import StockTexts

KEY = "AXTRA"


@dataclass(slots=True, kw_only=True, repr=False)
class BuildContext:
    """One build.

    `preview` shows drafts and scheduled items, and makes no page wait for its books. While Pelican
    runs, `guests` are the other plugins, if any, and `texts` what they are given to read.
    """

    settings: SiteSettings
    library: Library
    table: Table = field(default_factory=Table)
    preview: bool = False
    guests: Guests | None = None
    texts: StockTexts | None = None

    def take_in_guests(self) -> tuple[str, ...]:
        """Add to the table what other plugins wrote; return the names of these files."""
        if self.guests is None:
            return ()
        self.table, added = self.guests.table(self)
        return added


def context_in(settings: Mapping[str, Any]) -> BuildContext:
    """Return the context that Pelican's settings hold."""
    context: BuildContext = settings[KEY]
    return context
