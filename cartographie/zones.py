"""Print the postal areas of Quebec, as JSON: the first three signs, a latitude, a longitude.

`make carte` pipes them to `carte.mjs`. The package is only data: its database is read, no code of
it runs.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from importlib.util import find_spec
from pathlib import Path


def main() -> int:
    """Write them to the standard output, by name."""
    found = find_spec("pypostalcode")
    if found is None or not found.submodule_search_locations:
        sys.stderr.write("Il manque le paquet pypostalcode : make test-rapide l’installe.\n")
        return 2
    database = Path(next(iter(found.submodule_search_locations))) / "postalcodes.db"
    with sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True) as opened:
        rows = opened.execute(
            "SELECT fsa, latitude, longitude FROM PostalCodes"
            " WHERE substr(fsa, 1, 1) IN ('G', 'H', 'J')"
            " AND latitude BETWEEN 44 AND 63 ORDER BY fsa"  # H0H is at the North Pole
        ).fetchall()
    json.dump(rows, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
