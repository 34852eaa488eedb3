"""What is near, in a real browser: distances, rural areas, the device, and nothing that leaves."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from geographiclib.geodesic import Geodesic
from playwright.sync_api import Browser, BrowserContext, Page, expect

from support.centre_sheets import NAMES, towns
from support.page_checkers import axe_violations
from support.small_sites import ROOT

pytestmark = pytest.mark.navigateur

_ASK = """async (place) => {
    const form = document.querySelector(".pres");
    const told = document.querySelector("#axe_trouves [role=status]");
    told.textContent = "";
    form.elements.lieu.value = place;
    form.requestSubmit();
    while (!told.textContent) await new Promise((done) => setTimeout(done, 2));
    const rows = [...document.querySelectorAll("#axe_trouves li")];
    return {
        told: told.textContent,
        rows: rows.map((row) => ({
            slug: row.querySelector("a").getAttribute("href").split("/")[3],
            metres: Number(row.querySelector("b")?.dataset.metres),
            words: row.textContent,
        })),
    };
}"""


@pytest.fixture
def page(visit: BrowserContext, directory: tuple[str, Path]) -> Iterator[Page]:
    """Open the directory; fail if it logs anything, or if what is typed leaves the page."""
    page = visit.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{directory[0]}/trouver/")
    yield page
    page.close()
    assert wrong == []
    assert [url for url in asked if not url.startswith(directory[0])] == []
    assert [url for url in asked if "?" in url or "lieu" in url] == []


def areas() -> dict[str, tuple[str, float, float]]:
    given = json.loads((ROOT / "content/territoire/zones-postales.json").read_text("utf-8"))
    return {code: tuple(place) for code, place in given["zones"].items()}  # type: ignore[misc]


def records(folder: Path) -> dict[str, dict[str, Any]]:
    given = json.loads((folder / "trouver/centres.json").read_text("utf-8"))
    return {record["fiche"].split("/")[-2]: record for record in given}


def test_distances_are_those_of_the_geodesic_on_fifty_addresses(
    page: Page, directory: tuple[str, Path]
) -> None:
    chance = random.Random(50)  # noqa: S311 - not a secret
    codes = [code for code in areas() if code[1] != "0"]
    places = {f"{code} 1A1": areas()[code][1:] for code in chance.sample(codes, 35)}
    alone = [town for town in towns() if sum(other[0] == town[0] for other in towns()) == 1]
    places |= {
        name: (latitude, longitude) for name, _, latitude, longitude in chance.sample(alone, 15)
    }
    known = records(directory[1])
    for typed, (latitude, longitude) in places.items():
        answer = page.evaluate(_ASK, typed)
        truth = {
            slug: Geodesic.WGS84.Inverse(latitude, longitude, *record["coordonnees"])["s12"]
            for slug, record in known.items()
        }
        assert answer["rows"][0]["slug"] == min(truth, key=truth.__getitem__), typed
        for row in answer["rows"]:
            assert row["metres"] == pytest.approx(truth[row["slug"]], rel=0.01, abs=1), typed
        metres = [row["metres"] for row in answer["rows"]]
        assert metres == sorted(metres)


def test_a_rural_area_has_its_region_first_and_says_about(page: Page) -> None:
    code = next(code for code, place in areas().items() if code[1] == "0" and place[0] == "16")
    answer = page.evaluate(_ASK, f"{code.lower()}1a1")
    assert "rurale" in answer["told"]
    assert NAMES["16"] in answer["told"]
    within = [NAMES["16"] in row["words"] for row in answer["rows"]]
    assert within[0]
    assert within == sorted(within, reverse=True)
    far = [row["words"] for row in answer["rows"] if row["metres"] > 1000]
    assert all("environ" in words for words in far)


@pytest.mark.parametrize(
    ("typed", "said"),
    [("M5V 1A1", "pas du Québec"), ("H0H 0H0", "pas connue"), ("Zzyzx", "pas connu"),
     ("<b>x</b>", "pas connu")],
)  # fmt: skip
def test_an_unknown_place_is_refused_in_words(page: Page, typed: str, said: str) -> None:
    answer = page.evaluate(_ASK, typed)
    assert said in answer["told"]
    assert answer["rows"] == []


def test_the_keyboard_the_filters_and_the_address_keep_a_search(page: Page) -> None:
    page.get_by_label("Près de moi").fill("trois-rivieres")
    page.keyboard.press("Enter")
    status = page.locator("#axe_trouves [role=status]")
    expect(status).to_contain_text("60 centres")
    page.get_by_label("Pour qui").select_option("jeunes")
    expect(status).not_to_contain_text("60 centres")
    assert "#lieu=trois-rivieres&public=jeunes" in page.url
    told = status.text_content()
    page.reload()
    expect(status).to_have_text(told or "")
    rows = page.locator("#axe_trouves li")
    before = rows.count()
    page.get_by_role("button", name="En montrer d’autres").click()
    expect(rows.nth(before).locator("a")).to_be_focused()
    assert axe_violations(page) == []


def test_the_position_of_the_device_stays_on_it(
    browser: Browser, directory: tuple[str, Path]
) -> None:
    here = {"latitude": 46.35, "longitude": -72.55}
    context = browser.new_context(geolocation=here, permissions=["geolocation"])  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{directory[0]}/trouver/")
    page.get_by_role("button", name="Utiliser ma position").click()
    expect(page.locator("#axe_trouves [role=status]")).to_contain_text("votre position")
    assert "46" not in page.url.split("/trouver/")[1]
    context.close()


def test_without_scripts_links_are_enough(browser: Browser, directory: tuple[str, Path]) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{directory[0]}/trouver/")
    expect(page.locator(".pres")).to_be_hidden()
    page.locator(".regions h2 a").first.click()
    name = page.locator(".regions li a").first.text_content()
    page.locator(".regions li a").first.click()
    assert page.locator("h1").text_content() == name
    context.close()
