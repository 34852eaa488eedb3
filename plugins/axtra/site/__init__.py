"""The edge that publishes: the only importer of Pelican.

Pelican gives the settings, the theme's Jinja environment, the order of the work (generators, then
the writer) and the signals (`plugin`). The content comes from `axtra.content`. The generators
(`generators`, `assets`) fill a table of jobs, which `build` publishes at the end; `building` is one
build from start to finish.
"""

from axtra.site.build import Made, Task, file_of
from axtra.site.building import (
    Prepared,
    Report,
    build_site,
    folders,
    prepare,
    public_files,
    read,
    render_newsletter,
    stopping,
)
from axtra.site.edition_pages import (
    CALENDAR,
    SIMULATOR,
    calendar,
    preview_page,
    write_simulation_page,
)
from axtra.site.examining import examine, verify
from axtra.site.failures import as_diagnostic, refusing_failures
from axtra.site.known_letters import KnownLetters
from axtra.site.plugin import register
from axtra.site.rendered_edition import (
    Edition,
    UnknownEditionError,
    edition,
    faults,
    find_edition,
    welcome,
)

__all__ = [
    "CALENDAR",
    "SIMULATOR",
    "Edition",
    "KnownLetters",
    "Made",
    "Prepared",
    "Report",
    "Task",
    "UnknownEditionError",
    "as_diagnostic",
    "build_site",
    "calendar",
    "edition",
    "examine",
    "faults",
    "file_of",
    "find_edition",
    "folders",
    "prepare",
    "preview_page",
    "public_files",
    "read",
    "refusing_failures",
    "register",
    "render_newsletter",
    "stopping",
    "verify",
    "welcome",
    "write_simulation_page",
]
