"""Run Lighthouse on every kind of page, on a phone and on a desktop.

The site is built, then served on the loopback as a host would: compressed, with its headers.
Prints a table in Markdown: the four scores, then what a reader feels. A page that is not perfect is
measured twice more, and its median by performance is shown, since a busy machine costs points.
Never passes nor fails.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from axtra import site
from axtra.content.model import DIRECTORY
from axtra.content.pages import SEARCH
from axtra.site import hosting
from infolettre.core.dates import ZONE

ROOT = Path(__file__).parents[1]
LIGHTHOUSE = ROOT / "tests/node/node_modules/lighthouse/cli/index.js"
PAGES = {
    "accueil": "/",
    "numéro": "/magazine/2019-03/",
    "article": "/magazine/2019-03/stages-remuneres/",
    "infolettre": "/infolettres/2019-03-27/",
    "recherche": SEARCH,
    "annuaire": DIRECTORY,
    "région": f"{DIRECTORY}regions/mauricie/",
    "centre": f"{DIRECTORY}centres/place-a-l-emploi/",
    "nouvelle": "/nouvelles/marianne-st-gelais/",
    "communiqué": "/communiques/budget-provincial/",
    "publication": "/publications/enquete-remuneration/",
    "événement": "/evenements/quariera-2019/",
    "auteur": "/auteurs/equipe-axtra/",
    "rubrique": "/rubriques/tendances/",
    "fiche": "/magazine/2019-03/stages-remuneres/fiche/",
    "glossaire": "/glossaire/",
    "numéros": "/magazine/",
    "sujets": "/sujets/",
    "page": "/a-propos/",
}
SCORES = ("performance", "accessibility", "best-practices", "seo")
METRICS = ("largest-contentful-paint", "cumulative-layout-shift", "total-blocking-time")
RUNS = 3
CHROMES = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")
COMPRESSED = (".html", ".css", ".svg", ".xml", ".txt", ".js")


class _Host(SimpleHTTPRequestHandler):
    policies: Mapping[str, str]

    def log_message(self, *_args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Send a file, compressed when it is text."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        found = path.is_file()
        data = path.read_bytes() if found else b""
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", self.guess_type(path))
        if path.suffix in COMPRESSED:
            data = gzip.compress(data, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        if "/theme/" in self.path:
            self.send_header("Cache-Control", "public, max-age=31536000, immutable")
        scripted = self.path.startswith((SEARCH, DIRECTORY))
        policy = self.policies[f"{SEARCH}*" if scripted else "/"]
        self.send_header("Content-Security-Policy", policy)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on the loopback; give its address."""
    _Host.policies = dict(hosting.policies((), ""))
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Host, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def measure(address: str, chrome: str, *, desktop: bool) -> dict[str, Any]:
    """Run Lighthouse once; give its report."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "rapport.json")
        command = [
            "node", str(LIGHTHOUSE), address, "--quiet", "--output=json", f"--output-path={report}",
            f"--chrome-flags=--headless=new --no-sandbox --user-data-dir={folder}/profil",
            *(["--preset=desktop"] if desktop else []),
        ]  # fmt: skip
        subprocess.run(command, env={**os.environ, "CHROME_PATH": chrome}, check=True, timeout=300)
        return dict(json.loads(report.read_bytes()))


def median(address: str, chrome: str, *, desktop: bool) -> dict[str, Any]:
    """Return the report of a run that loses no point, else the middle one of a few."""
    reports: list[dict[str, Any]] = []
    while len(reports) < RUNS:
        reports.append(measure(address, chrome, desktop=desktop))
        if all(category["score"] == 1 for category in reports[-1]["categories"].values()):
            return reports[-1]
    return sorted(reports, key=lambda report: report["categories"][SCORES[0]]["score"])[RUNS // 2]


def row(name: str, device: str, report: dict[str, Any]) -> str:
    """Return the line of a report, and below it each audit that lost points."""
    scores = [f"{report['categories'][value]['score'] * 100:.0f}" for value in SCORES]
    values = [report["audits"][value]["displayValue"] for value in METRICS]
    weight = report["audits"]["total-byte-weight"]["numericValue"] / 1024
    line = f"| {' | '.join([name, device, *scores, *values, f'{weight:.0f} Kio'])} |"
    lost = [
        f"  - {audit['id']} ({category}) : {audit.get('displayValue') or audit['title']}"
        for category in SCORES
        if report["categories"][category]["score"] != 1
        for reference in report["categories"][category]["auditRefs"]
        if reference["weight"]
        and (audit := report["audits"][reference["id"]])["score"] not in (None, 1)
    ]
    return "\n".join([line, *lost])


def main() -> int:
    """Build, serve, measure, print."""
    chrome = next(filter(None, map(shutil.which, CHROMES)), None)
    if chrome is None or shutil.which("node") is None or not LIGHTHOUSE.is_file():
        print("Lighthouse : il manque Chromium, Node ou les paquets de tests/node (make outils).")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "output")
        report = site.build_site(ROOT, moment=datetime(2019, 4, 12, 12, tzinfo=ZONE), target=target)
        if report.refused:
            print(*report.diagnostics, sep="\n")
            return 1
        print("| page | appareil | performance | accessibilité | pratiques | référencement "
              "| LCP | CLS | TBT | poids |")  # fmt: skip
        print("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|")
        with served(target) as address:
            for name, path in PAGES.items():
                for desktop, device in ((False, "téléphone"), (True, "bureau")):
                    print(
                        row(name, device, median(address + path, chrome, desktop=desktop)),
                        flush=True,
                    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
