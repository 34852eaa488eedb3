"""The plugin that Pelican finds by itself once pelican-infolettre is installed."""

from infolettre.pelican_site import register

__all__ = ["register"]
