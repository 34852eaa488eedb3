"""The plugin that Pelican finds by itself once pelican-infolettre is installed.

Pelican imports every plugin that it finds, even those that a site does not use: this one loads
nothing until it is asked to register.
"""


def register() -> None:
    """Connect to Pelican."""
    from infolettre.pelican_site import plugin  # noqa: PLC0415 - as above

    plugin.register()
