"""Footnotes are taken from where Markdown gathers them."""

from __future__ import annotations

from lxml.html import HtmlElement, fragment_fromstring

from axtra.books import footnotes

CALL = '<sup id="fnref{0}:1"><a class="footnote-ref" href="#fn:{1}">1</a></sup>'
LIST = """<div class="footnote"><ol><li id="fn:1"><p>Une note.\u00a0<a class="footnote-backref"
 href="#fnref:1">↩</a></p></li><li id="fn:2"><p>Sans appel.</p></li></ol></div>"""


def _part(*calls: str) -> HtmlElement:
    return fragment_fromstring(f"<section><p>Un texte{''.join(calls)}.</p>{LIST}</section>")


def test_a_note_knows_its_call_and_loses_the_way_back() -> None:
    root = _part(CALL.format("", 1))
    [note] = footnotes.take(root)
    assert [call.tag for call in note.calls] == ["sup"]
    [paragraph] = note.body
    assert (paragraph.tag, len(paragraph)) == ("p", 0)
    assert paragraph.text.rstrip() == "Une note."
    assert root.find_class("footnote") == []
    assert root.find_class("footnote-ref") != []


def test_a_note_called_twice_is_one_note() -> None:
    [note] = footnotes.take(_part(CALL.format("", 1), CALL.format("2", 1)))
    assert [call.get("id") for call in note.calls] == ["fnref:1", "fnref2:1"]


def test_a_note_that_nobody_calls_is_left_out() -> None:
    assert footnotes.take(_part()) == ()
