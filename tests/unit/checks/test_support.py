"""Our table of support says of each client what caniemail has measured."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from axtra.checks.rules.support import ACCEPTED, AT_RULES, Client, Support

DATA = Path(__file__).parents[2] / "node/node_modules/caniemail/data/caniemail.json"
# The families and platforms of caniemail that make each of our clients. The new Outlook for
# Windows, which it does not measure apart, is the one of the Web.
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
    """Give the measures by feature, family, platform and version."""
    read = json.loads(DATA.read_text("utf-8"))["data"]
    return {one["slug"]: one["stats"] for one in read}


def table() -> Iterator[tuple[str, Support]]:
    """List our claims under the names of caniemail."""
    yield from ((f"css-{name}", one) for name, one in ACCEPTED.items())
    yield from ((f"css-at-{name}", one) for name, one in AT_RULES.items())


def measured(stats: dict[str, dict[str, dict[str, str]]], client: Client) -> set[str]:
    """Give what the newest versions do: y(es), n(o), a(lmost), u(nknown)."""
    versions = (stats.get(family, {}).get(name, {}) for family, name in PLATFORMS[client])
    return {list(one.values())[-1][0] for one in versions if one}


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
