"""The toolbar that the preview adds to a page."""

from __future__ import annotations

from lxml import html

from axtra.preview import toolbar
from infolettre.core.diagnostics import Diagnostic, Severity

PAGE = b"<html><meta charset=utf-8><body><p>Un texte.</p></body></html>"
ERROR = Diagnostic("a.md", 3, "regle", "un <problème>", "Corrigez.")
WARNING = Diagnostic("b.md", 1, "autre", "un doute", "Voyez.", Severity.WARNING)


def _bar(*mine: Diagnostic, others: tuple[Diagnostic, ...] = ()) -> html.HtmlElement:
    page = html.document_fromstring(toolbar.add(PAGE, mine, others, {"Le site": "/"}))
    assert page.find(".//p").text == "Un texte."
    [bar] = page.xpath("//aside[@id='axtra-barre']")
    return bar


def test_a_page_without_problems_gets_links_and_the_script_only() -> None:
    bar = _bar()
    assert bar.get("class") == ""
    assert [(link.get("href"), link.text) for link in bar.iter("a")] == [("/", "Le site")]
    assert list(bar.iter("details")) == []
    [script] = html.document_fromstring(toolbar.add(PAGE, (), (), {})).iter("script")
    assert script.get("src") == toolbar.SCRIPT


def test_the_problems_of_the_page_come_first_and_are_escaped() -> None:
    bar = _bar(ERROR, others=(WARNING,))
    assert bar.get("class") == "erreurs"
    first, second = bar.iter("details")
    assert first.find("summary").text == "1 erreur, 0 avertissement (cette page)"
    assert "un <problème>" in first.find(".//pre").text
    assert second.find("summary").text == "0 erreur, 1 avertissement (ailleurs)"


def test_what_is_elsewhere_is_open_only_under_an_error() -> None:
    for elsewhere, opened in ((WARNING, False), (ERROR, True)):
        [details] = _bar(others=(elsewhere,)).iter("details")
        assert ("open" in details.attrib) is opened


def test_pages_beside_one_another_are_frames_with_titles() -> None:
    page = html.document_fromstring(toolbar.side_by_side("<Un>", ("/a/", "/b/?c=1&d=2")))
    assert page.find(".//title").text == "<Un>"
    frames = [(value.get("src"), value.get("title")) for value in page.iter("iframe")]
    assert frames == [("/a/", "/a/"), ("/b/?c=1&d=2", "/b/?c=1&d=2")]
    assert html.document_fromstring(toolbar.page("<Un>")).find(".//h1").text == "<Un>"
