"""The edge that publishes: the only importer of Pelican.

Pelican gives the settings, the theme's Jinja environment, the order of the work (generators, then
the writer) and the signals; the content comes from `library`, and the writer gathers a table of
jobs that `output` publishes at the end.
"""

from axtra.site.build.jobs import Made, Task, file_of
from axtra.site.building import (
    FAILURES,
    Prepared,
    Report,
    build,
    examine,
    folders,
    prepare,
    problem,
    read,
    render_newsletter,
    verify,
)
from axtra.site.current_edition import Edition, FaultyError, UnknownEditionError, edition, faults
from axtra.site.plugin import register
from axtra.site.simulator_pages import CALENDAR, PLANCHES, calendar, desk_page, find, write_planche

__all__ = [
    "CALENDAR",
    "FAILURES",
    "PLANCHES",
    "Edition",
    "FaultyError",
    "Made",
    "Prepared",
    "Report",
    "Task",
    "UnknownEditionError",
    "build",
    "calendar",
    "desk_page",
    "edition",
    "examine",
    "faults",
    "file_of",
    "find",
    "folders",
    "prepare",
    "problem",
    "read",
    "register",
    "render_newsletter",
    "verify",
    "write_planche",
]
