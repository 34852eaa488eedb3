"""What any job may read beside the content: the settings, the theme, the program and its parts."""

from __future__ import annotations

import hashlib
import marshal
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from axtra.content.model import Library
from axtra.site.build.build_records import BuildRecords
from axtra.site.build.facts import CurrentFacts, digest
from axtra.site.build.jobs import Table
from infolettre.core import program
from infolettre.core.cache import Store


def open_records(
    settings: Mapping[str, Any],
    library: Library,
    table: Table,
    root: Path,
    *,
    of: Path,
    preview: bool = False,
) -> BuildRecords:
    """Open the records that the last build of a folder left for this one.

    Args:
        settings: Pelican's, whose paths are absolute.
        library: the content.
        table: the files of the site.
        root: the folder that holds the content.
        of: the output folder; for jobs that write nothing, any name that is theirs.
        preview: whether pages are those of a preview.
    """
    made_by = _inputs(settings, Path(settings["THEME"]), digest((library.facts, preview)))
    name = hashlib.blake2b(os.fsencode(of.resolve()), digest_size=10).hexdigest()
    store = Store(Path(settings["CACHE_PATH"]) / "constructions", made_by)
    return BuildRecords(store, name, CurrentFacts(library, table.__contains__, root))


def _inputs(settings: Mapping[str, Any], theme: Path, facts: bytes) -> bytes:
    """Return the hash of the inputs; `facts` is that of content/site.toml, which pages show."""
    whole = hashlib.blake2b(facts, digest_size=16)
    for name, value in sorted(settings.items()):
        try:
            whole.update(marshal.dumps((name, value), 2))
        except ValueError:
            whole.update(name.encode())  # made by our code or by Pelican's
    for part in (*program.tree(theme), program.key()):
        whole.update(part)
    return whole.digest()
