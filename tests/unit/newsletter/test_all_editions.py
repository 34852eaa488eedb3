"""Every edition, past and present, meets the whole mail standard."""

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

from axtra.content.audiences import mail_to
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
from support import mail_standard as standard
from support import sample_letters as samples

EDITIONS = pytest.mark.parametrize(
    ("root", "slug"), samples.editions(), ids=[slug for _, slug in samples.editions()]
)


@EDITIONS
def test_every_edition_meets_the_standard_in_both_views(root: Path, slug: str) -> None:
    assert standard.faults(samples.mail(root, slug).html) == []


@EDITIONS
def test_the_text_part_has_the_words_and_links_of_the_html_part(root: Path, slug: str) -> None:
    mail = samples.mail(root, slug)
    assert list(standard.text_faults(mail.text, mail.html)) == []


@EDITIONS
def test_the_subject_and_preheader_fit_a_mailbox(root: Path, slug: str) -> None:
    mail = samples.mail(root, slug)
    assert list(standard.subject_faults(mail.subject, mail.preheader)) == []


@EDITIONS
def test_both_parts_contain_what_the_law_requires(root: Path, slug: str) -> None:
    mail, facts = samples.mail(root, slug), samples.read(root).facts
    seen = standard.View.normal(mail.html).text
    for fact in (facts.long_name, facts.address, facts.locality, facts.telephone, facts.email):
        assert fact in seen
        assert fact in mail.text
    for part in (mail.html, mail.text):
        assert f"{samples.SITEURL}/s-abonner/" in part


@EDITIONS
def test_each_picture_is_twice_as_wide_as_it_is_displayed(root: Path, slug: str) -> None:
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
def test_the_mail_has_the_same_words_as_the_site(root: Path, slug: str) -> None:
    """Titles, authors, chapeaux, links and alts come from the model, as they do on the site."""
    mail, newsletter = samples.mail(root, slug), samples.edition(root, slug)
    view = standard.View.normal(mail.html)
    seen = html_text(view.html.partition("<body")[2])
    tight = unescape(re.sub(r"<[^>]+>", "", view.html))
    alts = {image.get("alt") for image in view.root.iter("img")}
    hrefs = {link.get("href") for link in view.root.iter("a")}
    assert newsletter.title.plain == mail.subject
    shown = newsletter.body_for(mail_to(None))
    brief = {
        item
        for node in walk(shown)
        if isinstance(node, Cards) and node.brief
        for item in node.items
    }
    for item in _items(shown):
        assert samples.SITEURL + item.url in hrefs
        if item in brief:  # a line each
            assert item.title.html in seen
            continue
        for text in _card_texts(item):
            assert html_text(text.html) in seen
            assert _flat(text.plain) in _flat(mail.text)
    for node in walk(shown):
        if isinstance(node, Figure | Video) and node.image:
            assert node.image.alt in alts
        if isinstance(node, Button):
            assert html_text(node.label.html) in seen
        if isinstance(node, Prose):
            assert all(piece in tight for piece in _pieces(node.html) - {"↩"})


def _items(body: Body) -> Iterator[Item]:
    for node in walk(body):
        if isinstance(node, Card):
            yield node.item
        elif isinstance(node, Cards):
            yield from node.items
        elif isinstance(node, Contents):
            yield node.numero


def _card_texts(item: Item) -> Iterator[Text]:
    yield item.title
    if item.summary and item.kind.name != "numero":
        yield item.summary
    if isinstance(item, Article):
        yield from (author.title for author in item.authors)


def _flat(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def _pieces(html: str) -> set[str]:
    """Return the texts between the tags of some HTML, which no rewriting may change."""
    words = (unescape(piece).strip(" \n\u00a0«»") for piece in re.split(r"<[^>]+>", html))
    return {piece for piece in words if piece}


# --- the golden edition -----------------------------------------------------------------------


def test_the_golden_edition_has_every_block_of_the_schema() -> None:
    present = {node.name for node in walk(samples.golden().content)}
    assert present == {*BLOCKS, "prose"}


@pytest.mark.parametrize("name", [*BLOCKS, "prose"])
def test_every_block_has_an_mjml_and_a_text_template(name: str) -> None:
    folder = samples.ROOT / "theme" / "courriel" / "blocs"
    assert (folder / f"{name}.mjml").is_file()
    assert (folder / f"{name}.txt").is_file()


def test_blocks_for_the_mail_are_in_it_and_blocks_for_the_site_are_not() -> None:
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
def test_the_golden_edition_renders_as_its_snapshot(
    part: str, form: type[_Readable], snapshot: SnapshotAssertion
) -> None:
    mail = samples.mail(samples.CATALOGUE, "catalogue")
    assert getattr(mail, part) == snapshot(extension_class=form)


# --- size -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "most"), [(1, 14), (5, 20), (12, 36), (15, 42)])
def test_a_letter_with_many_cards_stays_far_below_the_clipping_limit(count: int, most: int) -> None:
    """Limits in KiB: the goal is 80 at fifteen cards, and these limits keep what was gained."""
    mail = samples.cards(count)
    assert len(mail.html.encode()) <= most * 1024
    assert standard.faults(mail.html) == []
