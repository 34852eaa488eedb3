"""Every edition, past and present, meets the whole standard of a mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image as Pillow
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from axtra.content.model import (
    Article,
    Body,
    Button,
    Card,
    Cards,
    Contents,
    Figure,
    Item,
    Prose,
    Text,
    Video,
    html_text,
    walk,
)
from axtra.content.schema import BLOCKS
from axtra.newsletter.cards import shown
from axtra.newsletter.rendering import read_by
from support import mail_standard as standard
from support import sample_letters as samples

EDITIONS = pytest.mark.parametrize(
    ("root", "slug"), samples.editions(), ids=[slug for _, slug in samples.editions()]
)


@EDITIONS
def test_an_edition_meets_every_rule_of_the_standard_in_both_views(root: Path, slug: str) -> None:
    assert standard.faults(samples.mail(root, slug).html) == []


@EDITIONS
def test_the_text_of_an_edition_says_what_its_html_says(root: Path, slug: str) -> None:
    mail = samples.mail(root, slug)
    assert list(standard.text_faults(mail.text, mail.html)) == []


@EDITIONS
def test_a_subject_and_a_preheader_fit_a_mailbox(root: Path, slug: str) -> None:
    mail = samples.mail(root, slug)
    assert list(standard.subject_faults(mail.subject, mail.preheader)) == []


@EDITIONS
def test_both_parts_hold_what_the_law_asks(root: Path, slug: str) -> None:
    mail, facts = samples.mail(root, slug), samples.read(root).facts
    seen = standard.View.normal(mail.html).text
    for fact in (facts.long_name, facts.address, facts.locality, facts.telephone, facts.email):
        assert fact in seen
        assert fact in mail.text
    for part in (mail.html, mail.text):
        assert f"{samples.SITEURL}/s-abonner/" in part


@EDITIONS
def test_each_picture_is_a_file_twice_as_wide_as_it_is_shown(root: Path, slug: str) -> None:
    mail = samples.mail(root, slug)
    images = list(standard.View.normal(mail.html).root.iter("img"))
    for image in images:
        path = image.get("src").removeprefix(samples.SITEURL)
        with Pillow.open(BytesIO(mail.images[path]())) as file:
            assert file.width == 2 * int(image.get("width"))
            assert file.format in {"PNG", "JPEG"}
            assert file.mode in {"P", "RGB", "L"}, "a transparent picture vanishes in the dark"
    assert {image.get("src").removeprefix(samples.SITEURL) for image in images} == {*mail.images}


@EDITIONS
def test_the_mail_says_word_for_word_what_the_site_says(root: Path, slug: str) -> None:
    """Titles, authors, chapeaux, links and alts are those of the model, which the site prints."""
    mail, newsletter = samples.mail(root, slug), samples.edition(root, slug)
    view = standard.View.normal(mail.html)
    seen = html_text(view.html.partition("<body")[2])
    tight = unescape(re.sub(r"<[^>]+>", "", view.html))
    alts = {image.get("alt") for image in view.root.iter("img")}
    hrefs = {link.get("href") for link in view.root.iter("a")}
    assert newsletter.title.plain == mail.subject
    for item in _items(newsletter.body):
        assert samples.SITEURL + item.url in hrefs
        for said in _said(item):
            assert html_text(said.html) in seen
            assert _flat(said.plain) in _flat(mail.text)
    for node in shown(read_by(None, newsletter.body)):
        if isinstance(node, Figure | Video) and node.image:
            assert node.image.alt in alts
        if isinstance(node, Button):
            assert html_text(node.label.html) in seen
        if isinstance(node, Prose):
            assert all(piece in tight for piece in _pieces(node.html) - {"↩"})


def _items(body: Body) -> Iterator[Item]:
    for node in shown(body):
        if isinstance(node, Card):
            yield node.item
        elif isinstance(node, Cards):
            yield from node.items
        elif isinstance(node, Contents):
            yield node.numero


def _said(item: Item) -> Iterator[Text]:
    yield item.title
    if item.summary and item.kind.name != "numero":
        yield item.summary
    if isinstance(item, Article):
        yield from (author.title for author in item.authors)


def _flat(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def _pieces(html: str) -> set[str]:
    """Cut HTML to the words between its tags, which no rewriting may change."""
    words = (unescape(piece).strip(" \n\u00a0«»") for piece in re.split(r"<[^>]+>", html))
    return {piece for piece in words if piece}


# --- the golden edition -----------------------------------------------------------------------


def test_the_golden_edition_holds_every_block_of_the_schema() -> None:
    held = {node.name for node in walk(samples.golden().body)}
    assert held == {*BLOCKS, "prose"}


@pytest.mark.parametrize("name", [*BLOCKS, "prose"])
def test_every_block_has_its_two_looks_under_its_own_name(name: str) -> None:
    folder = samples.ROOT / "theme" / "courriel" / "blocs"
    assert (folder / f"{name}.mjml").is_file()
    assert (folder / f"{name}.txt").is_file()


def test_only_the_mail_shows_what_is_for_the_mail_and_not_what_is_for_the_site() -> None:
    mail = samples.mail(samples.CATALOGUE, "catalogue")
    for part in (mail.html, mail.text):
        assert "Ceci ne paraît que dans le courriel" in part
        assert "Ceci ne paraît que sur le site" not in part


class _Readable(SingleFileSnapshotExtension):
    """A snapshot that opens in a browser or an editor."""

    _write_mode = WriteMode.TEXT


class _Html(_Readable):
    file_extension = "html"


class _Text(_Readable):
    file_extension = "txt"


class _Mjml(_Readable):
    file_extension = "mjml"


@pytest.mark.parametrize(
    ("part", "form"),
    [("html", _Html), ("text", _Text), ("mjml", _Mjml)],
    ids=["html", "txt", "mjml"],
)
def test_the_golden_edition_prints_as_it_did(
    part: str, form: type[_Readable], snapshot: SnapshotAssertion
) -> None:
    mail = samples.mail(samples.CATALOGUE, "catalogue")
    assert getattr(mail, part) == snapshot(extension_class=form)


# --- size -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "most"), [(1, 14), (5, 20), (12, 30), (15, 34)])
def test_a_letter_of_many_cards_stays_far_under_what_clips(count: int, most: int) -> None:
    """In KiB; 80 is the goal at fifteen cards, and a ratchet keeps what was won."""
    mail = samples.cards(count)
    assert len(mail.html.encode()) <= most * 1024
    assert standard.faults(mail.html) == []
