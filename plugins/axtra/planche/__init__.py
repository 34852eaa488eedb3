"""The planche of an edition: its mail as readers will see it, whatever they read it with."""

from axtra.planche.captures import Browser, capture
from axtra.planche.page import PageLook, Planche, calendar_page
from axtra.planche.simulations import View, views

__all__ = ["Browser", "PageLook", "Planche", "View", "calendar_page", "capture", "views"]
