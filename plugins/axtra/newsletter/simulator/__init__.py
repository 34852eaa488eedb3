"""The planche of an edition: its mail as readers will see it, whatever they read it with."""

from axtra.newsletter.simulator.captures import Browser, capture
from axtra.newsletter.simulator.sheet_page import PageLook, Planche, calendar_page
from axtra.newsletter.simulator.simulations import View, views

__all__ = ["Browser", "PageLook", "Planche", "View", "calendar_page", "capture", "views"]
