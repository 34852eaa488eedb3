"""The README of the distribution says what the code does, and shows on PyPI as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import infolettre
from infolettre import words
from infolettre.exports import services
from infolettre.pelican_site import bodies, letters, mails
from infolettre.text.personal_values import Personal
from support.site_letters import HEAD, made, read

PACKAGE = Path(infolettre.__file__).parent
README = (PACKAGE.parent / "README.md").read_text("utf-8")
SETTING = re.compile(r"INFOLETTRE_[A-Z]+")


@pytest.fixture(autouse=True)
def french() -> Iterator[None]:
    """Speak French again after a test."""
    yield
    words.speak("fr")


def test_the_table_of_settings_is_that_of_the_code() -> None:
    table = set(re.findall(r"^\| `(INFOLETTRE_\w+)` \|", README, re.MULTILINE))
    code = "".join(file.read_text("utf-8") for file in PACKAGE.rglob("*.py"))
    assert table == set(SETTING.findall(code))
    assert set(SETTING.findall(README)) == table


def test_what_a_letter_may_hold_is_named() -> None:
    for key in ("title", "subject", "date", "slug", "summary", "lang"):
        assert key in letters.KEYS
        assert f"`{key.capitalize()}`" in README
    for block, options in bodies.BLOCKS.items():
        assert f"/// {block} |" in README
        assert all(option in README for option in options)
    assert all(service.name in README for service in services.SERVICES.values())


def test_no_picture_has_an_address_that_a_registry_cannot_show() -> None:
    pictures = re.findall(r"!\[[^]]*\]\(([^)]*)\)", README)
    assert "<img" not in README
    assert all(address.startswith("https://") for address in pictures)


def test_a_template_extends_ours_as_the_readme_shows(tmp_path: Path) -> None:
    shown = re.search(r"^( {4}\{% extends .*?)\n\n", README, re.MULTILINE | re.DOTALL)
    assert shown is not None
    (tmp_path / "own").mkdir()
    source = re.sub("^ {4}", "", shown[1], flags=re.MULTILINE)
    (tmp_path / "own/courriel.mjml").write_text(source, "utf-8")
    letter, _ = read(f"{HEAD}Hello, everybody.\n", tmp_path)
    mail = mails.render(letter, made(tmp_path, INFOLETTRE_TEMPLATES=str(tmp_path / "own")))
    assert ">The Pages</a>" in mail.html
    assert Personal.UNSUBSCRIBE in mail.tagged_html
