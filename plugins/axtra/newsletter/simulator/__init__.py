"""The simulator (« planche »): the mail of an edition as various software will show it."""

from axtra.newsletter.simulator.simulation_page import SimulationPage, SimulatorTheme, calendar_page
from infolettre.simulator.captures import Browser, capture
from infolettre.simulator.simulations import Simulation, simulate

__all__ = [
    "Browser",
    "Simulation",
    "SimulationPage",
    "SimulatorTheme",
    "calendar_page",
    "capture",
    "simulate",
]
