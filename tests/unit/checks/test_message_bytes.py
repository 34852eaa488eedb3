"""Whatever bytes a mail contains, its checks report diagnostics and never crash."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from infolettre import checks
from infolettre.checks import CheckedMail, tag_order
from support.mail_faults import HOST, good, message

_PIECES = st.sampled_from(
    [
        b"=?utf-8?q?", b"=?x?b?!!?=", b"\x00", b"\xff", b"\r", b"\n\n", b"<![if x]>", b"<![end",
        b'Content-Type: multipart/mixed; boundary="\n', b"Content-Type: text/html; charset=rot13\n",
        b"Content-Transfer-Encoding: base64\n", b"Date: Wed, 99 Mar 99999 99:99\n",
        b"Subject: =?utf-8?b?gICA?=\n", b'<a href="http://[">', b'<a href="https://x:99999/">',
        b"&#xD800;", b"</td>", b"<!--[if mso]>", b'width="\xc2\xb2"', b"32 mars 2019 0 mars 0000",
        b"@media (prefers-color-scheme:dark){ {color:#123456}}", b"<svg:a/>", b"font:bold /px",
    ]
)  # fmt: skip
_CHANGES = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 200), st.one_of(_PIECES, st.binary(max_size=6))),
    max_size=8,
)


def _changed(data: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    """Return the bytes with each change applied; a place is a fraction of the whole length."""
    for place, length, new in changes:
        at = int(place * len(data))
        data = data[:at] + new + data[at + length :]
    return data


@given(_CHANGES)
@settings(max_examples=30, deadline=None, derandomize=True)
def test_the_checks_survive_any_message(changes: list[tuple[float, int, bytes]]) -> None:
    diagnostics = checks.check(checks.parse(_changed(message(), changes), "a.eml", host=HOST))
    assert all(str(diagnostic) for diagnostic in diagnostics)


@given(_CHANGES)
@settings(max_examples=30, deadline=None, derandomize=True)
def test_the_checks_survive_any_page(changes: list[tuple[float, int, bytes]]) -> None:
    page = _changed(good().html.encode(), changes).decode("utf-8", "replace")
    diagnostics = checks.check(CheckedMail("a.html", page, text=page, host=HOST))
    assert all(str(diagnostic) for diagnostic in diagnostics)


_TAGS = st.sampled_from(
    [
        "<td>", "</td>", "<tr>", "</tr>", "<table>", "</table>", "<li>", "<br />", "<a href='x'>",
        '<p class="a" CLASS="b">', "</p>", '<img alt="a > b"/>', "<style>", "</style>", "</html>",
        "<title>", "</title>", "<script>", "<html>", "</a>", "&nbsp;", "&", " ", "mots", ">", "<",
    ]
)  # fmt: skip


@given(st.lists(_TAGS, max_size=12))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_the_fast_reader_of_plain_tags_agrees_with_the_general_reader(pieces: list[str]) -> None:
    page = "<!DOCTYPE html>" + "".join(pieces)
    fast, general = tag_order.read_plain(page), tag_order.read_any(page)
    assert fast is None or vars(fast) == {**vars(general), "plain": True}


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_bytes_that_are_not_a_mail_are_reported(data: bytes) -> None:
    assert checks.check(checks.parse(data, "a.eml", host=HOST))


def test_a_charset_that_is_not_text_is_reported() -> None:
    data = b"Content-Type: text/html; charset=\x00\n\n<p>\xe9</p>"
    diagnostics = checks.check(checks.parse(data, "a.eml", host=HOST))
    assert "mime-decodage" in {diagnostic.rule for diagnostic in diagnostics}
