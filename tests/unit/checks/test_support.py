"""Our table of CSS support agrees, for each client, with what caniemail measured."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from infolettre.checks.rules.support import ACCEPTED, AT_RULES, Client, Support

DATA = Path(__file__).parents[2] / "node/node_modules/caniemail/data/caniemail.json"
# The caniemail families and platforms behind each of our clients. The new Outlook for Windows is
# not measured separately: it is the web application.
PLATFORMS: Mapping[Client, tuple[tuple[str, str], ...]] = {
    Client.GMAIL: (("gmail", "desktop-webmail"), ("gmail", "ios"), ("gmail", "android")),
    Client.WORD: (("outlook", "windows"),),
    Client.OUTLOOK: (("outlook", "outlook-com"),),
    Client.WEB: (("outlook", "outlook-com"),),
    Client.APPLE: (("apple-mail", "macos"), ("apple-mail", "ios")),
    Client.YAHOO: (("yahoo", "desktop-webmail"), ("yahoo", "ios"), ("yahoo", "android")),
    Client.THUNDERBIRD: (("thunderbird", "macos"),),
}


def features() -> dict[str, dict[str, dict[str, dict[str, str]]]]:
    """Return the measurements by feature, family, platform and version."""
    data = json.loads(DATA.read_text("utf-8"))["data"]
    return {feature["slug"]: feature["stats"] for feature in data}


def table() -> Iterator[tuple[str, Support]]:
    """Yield our claims under the names that caniemail uses."""
    yield from ((f"css-{name}", support) for name, support in ACCEPTED.items())
    yield from ((f"css-at-{name}", support) for name, support in AT_RULES.items())


def measured(stats: dict[str, dict[str, dict[str, str]]], client: Client) -> set[str]:
    """Return the support of the newest versions: y(es), n(o), a(lmost) or u(nknown)."""
    platforms = (stats.get(family, {}).get(name, {}) for family, name in PLATFORMS[client])
    return {list(versions.values())[-1][0] for versions in platforms if versions}


@pytest.mark.lourd
def test_no_client_ignores_what_the_table_says_it_reads() -> None:
    known = features()
    wrong = [
        (name, client.value)
        for name, ours in table()
        for client in Client
        if "n" in measured(known.get(name, {}), client) and client not in ours.ignored_by
    ]
    assert wrong == []


@pytest.mark.lourd
def test_no_client_reads_what_the_table_says_it_ignores() -> None:
    known = features()
    wrong = [
        (name, client.value)
        for name, ours in table()
        for client in ours.ignored_by
        if measured(known.get(name, {}), client) == {"y"}
    ]
    assert wrong == []


@pytest.mark.lourd
def test_most_of_the_table_is_measured() -> None:
    known = features()
    assert sum(name in known for name, _ in table()) > 30
