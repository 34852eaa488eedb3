"""What programs ask a site about itself."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from PIL import Image as Picture

from axtra.content.model import Text
from axtra.site import site_signs
from infolettre.core.dates import ZONE
from infolettre.design.tokens import Tokens
from support.sample_library import ARTICLE, NUMERO, library
from support.small_sites import ROOT

URL = "https://essai.example"
TOKENS = Tokens.load(ROOT / "theme" / "tokens.toml")
FILES = dict(site_signs.FILES)
HARD = replace(ARTICLE, title=Text.of("Salaires & <emplois>"))


def made(url: str) -> bytes:
    return FILES[url](library(NUMERO, HARD), URL, TOKENS)


@pytest.mark.parametrize("size", [site_signs.TOUCH, site_signs.SMALL, site_signs.LARGE])
def test_icons_have_the_size_that_they_say_and_no_hole(size: int) -> None:
    with Picture.open(BytesIO(made(site_signs.icon_address(size)))) as icon:
        assert icon.size == (size, size)
        assert icon.convert("RGBA").getextrema()[3] == (255, 255)  # alpha


def test_the_manifest_names_icons_that_exist() -> None:
    said = json.loads(made(site_signs.MANIFEST))
    assert said["lang"] == "fr-CA"
    assert {icon["src"] for icon in said["icons"]} <= FILES.keys()


def test_browsers_learn_how_to_search() -> None:
    root = ET.fromstring(made(site_signs.SEARCH_DESCRIPTION))  # noqa: S314 - our own
    (address,) = [each.get("template") for each in root if each.tag.endswith("Url")]
    assert address == f"{URL}/recherche/?q={{searchTerms}}"


@pytest.mark.parametrize("month", range(1, 13))
def test_the_security_contact_expires_within_the_year(month: int) -> None:
    moment = datetime(2026, month, 15, tzinfo=ZONE)
    until = datetime.fromisoformat(site_signs.expiry(moment))
    assert timedelta(days=150) < until - moment < timedelta(days=366)


def test_the_security_contact_is_where_rfc_9116_says() -> None:
    said = made("/.well-known/security.txt").decode()
    assert said == made("/security.txt").decode()
    assert f"Canonical: {URL}/.well-known/security.txt\n" in said


def test_a_summary_lists_what_the_site_holds() -> None:
    said = made("/llms.txt").decode()
    assert said.startswith("# ")
    assert f"[Salaires & <emplois>]({URL}{ARTICLE.url})" in said
