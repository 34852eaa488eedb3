"""The planche of an edition: its mail as various software will show it."""

from axtra.newsletter.simulator.captures import Browser, capture
from axtra.newsletter.simulator.planche_page import Planche, PlancheTheme, calendar_page
from axtra.newsletter.simulator.simulations import Simulation, simulate

__all__ = [
    "Browser",
    "Planche",
    "PlancheTheme",
    "Simulation",
    "calendar_page",
    "capture",
    "simulate",
]
