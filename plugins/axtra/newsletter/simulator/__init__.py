"""The simulator (« planche »): the mail of an edition as various software will show it."""

from axtra.newsletter.simulator.captures import Browser, capture
from axtra.newsletter.simulator.simulation_page import SimulationPage, SimulatorTheme, calendar_page
from axtra.newsletter.simulator.simulations import Simulation, simulate

__all__ = [
    "Browser",
    "Simulation",
    "SimulationPage",
    "SimulatorTheme",
    "calendar_page",
    "capture",
    "simulate",
]
