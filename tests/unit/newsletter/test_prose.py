"""Prose rewritten as HTML that mail software supports."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infolettre.letter.mjml_elements import check_markup
from infolettre.letter.prose import ProseWriter
from infolettre.text.html.elements import Element
from infolettre.text.html.fragments import parse, serialise


def address(href: str) -> str | None:
    return None if href.startswith("#") else href.replace("/a", "https://a.ca/a", 1)


def picture(image: Element) -> Element:
    return Element("img", {"src": f"https://a.ca{image['src']}", "alt": image["alt"]})


WRITER = ProseWriter(address, picture)


@pytest.mark.parametrize(
    ("html", "written"),
    [
        ('<p id="a" class="b">a</p>', "<p>a</p>"),
        ('<p lang="en">a</p>', '<p lang="en">a</p>'),
        ('<a href="/a" rel="nofollow">a</a>', '<a href="https://a.ca/a">a</a>'),
        ('<a href="#b">b</a>', "b"),
        ("<p>a<br>b & c</p>", "<p>a<br />b &amp; c</p>"),
        ('<h2 id="a">A</h2>', '<h2 class="h2">A</h2>'),
        ("<h5>A</h5>", '<h5 class="h3">A</h5>'),
        ('<abbr title="Un &quot;mot&quot;">a</abbr>', '<abbr title="Un &quot;mot&quot;">a</abbr>'),
        ('<img src="/a.png" alt="A" width="9">', '<img src="https://a.ca/a.png" alt="A" />'),
        ('<ol start="3"><li value="4">a</li></ol>', '<ol start="3"><li value="4">a</li></ol>'),
        ("<details><summary>a</summary><p>b</p></details>", "<p>a</p><p>b</p>"),
        ('<span lang="en">a</span><span class="b">c</span>', '<span lang="en">a</span>c'),
        (
            '<p>a<sup id="r"><a class="footnote-ref" href="#n">1</a></sup></p>',
            "<p>a<sup>1</sup></p>",
        ),
        (
            (
                '<div class="footnote"><hr><ol><li id="n"><p>N.&nbsp;'
                '<a class="footnote-backref" href="#r">↩</a></p></li></ol></div>'
            ),
            '<div class="notes"><ol><li><p>N.</p></li></ol></div>',
        ),
        ("<td></td>", '<td align="left"></td>'),
        (
            '<th scope="col" class="droite">a</th><td class="centre" colspan="2">b</td>',
            '<th scope="col" align="right">a</th><td colspan="2" align="center">b</td>',
        ),
    ],
)
def test_prose_keeps_only_what_mail_software_supports(html: str, written: str) -> None:
    assert WRITER.write(html) == written


def test_the_guillemets_of_a_quote_are_inside_its_paragraphs() -> None:
    written = WRITER.write_quote("<p>Un.</p><p>Deux.</p>")
    assert written == "<p>«\u00a0Un.</p><p>Deux.\u00a0»</p>"


@given(st.text(st.sampled_from("<>/&;\"'= abp\u00a0é")))
def test_any_sanitised_html_is_written_as_valid_xml(html: str) -> None:
    written = serialise(parse(nh3.clean(html)))
    ET.fromstring(f"<x>{written}</x>")  # noqa: S314 - made here
    check_markup(written, "essai.mjml")
