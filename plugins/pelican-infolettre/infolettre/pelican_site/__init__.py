"""Letters for a site of Pelican: the only room that knows it."""

from infolettre.pelican_site.plugin import register

__all__ = ["register"]
