"""The structured data of a page, made without a site."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from lxml import html

from axtra.content.model import Library, Text
from axtra.site.structured_data import Describer
from support.sample_library import ARTICLE, FACTS, NUMERO, author, event, library, news

URL = "https://essai.example"
EVERY = library(NUMERO, ARTICLE)


def describer(described: Library) -> Describer:
    return Describer(described, URL, lambda item: f"/images/{item.slug}.png")


def _graph(markup: str) -> list[dict[str, Any]]:
    script = html.fragment_fromstring(markup)
    assert script.get("type") == "application/ld+json"
    data = json.loads(script.text_content())
    assert data["@context"] == "https://schema.org"
    return list(data["@graph"])


def _first(item: Any, described: Library = EVERY) -> dict[str, Any]:
    return _graph(describer(described).item(item))[0]


def test_an_article_is_part_of_its_numero_which_is_part_of_the_periodical() -> None:
    thing = _first(ARTICLE)
    assert thing["@type"] == "Article"
    assert thing["image"] == f"{URL}/images/premier.png"
    assert thing["isPartOf"]["@type"] == "PublicationIssue"
    assert thing["isPartOf"]["issueNumber"] == "1"
    volume = thing["isPartOf"]["isPartOf"]
    assert (volume["@type"], volume["volumeNumber"]) == ("PublicationVolume", "1")
    assert volume["isPartOf"]["@type"] == "Periodical"


def test_a_person_has_an_affiliation_and_a_team_has_a_parent() -> None:
    person = replace(author("Anne Roy"), organisation=Text.of("Essai"))
    team = replace(author("L’équipe"), organisation=Text.of("Essai"))
    authors = _first(replace(ARTICLE, authors=(person, team)))["author"]
    assert authors[0]["@type"] == "Person"
    assert authors[0]["affiliation"]["name"] == "Essai"
    assert authors[1]["@type"] == "Organization"
    assert authors[1]["parentOrganization"]["name"] == "Essai"


def test_the_breadcrumb_trail_leads_from_the_home_page_to_the_page() -> None:
    trail = _graph(describer(EVERY).item(ARTICLE))[1]
    assert [step["item"] for step in trail["itemListElement"]] == [
        f"{URL}/", f"{URL}/magazine/", f"{URL}{NUMERO.url}", f"{URL}{ARTICLE.url}",
    ]  # fmt: skip
    assert [step["position"] for step in trail["itemListElement"]] == [1, 2, 3, 4]


def test_a_hostile_title_is_escaped() -> None:
    title = "</script><script>alert(1)</script><!-- & \u2028"
    markup = describer(EVERY).item(replace(news("n"), title=Text.of(title, language="en")))
    assert markup.count("<") == 2
    assert _graph(markup)[0]["headline"] == title


def test_demonstration_facts_are_left_out() -> None:
    real = _graph(describer(EVERY).page("/", "Accueil"))[0]
    assert real["email"] == FACTS.email
    facts = replace(FACTS, demonstration=("courriel", "adresse", "telephone"))
    demonstration = _graph(describer(replace(EVERY, facts=facts)).page("/", "Accueil"))[0]
    assert demonstration.keys().isdisjoint({"email", "telephone", "address"})


def test_an_all_day_event_has_no_time() -> None:
    start = ARTICLE.date
    assert start is not None
    assert _first(event(start))["startDate"] == "2020-06-01"
    assert _first(event(start, all_day=False))["startDate"] == "2020-06-01T12:00:00-04:00"
