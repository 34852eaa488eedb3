"""Every block and every kind is declared whole: nothing else has to be told of it."""

from __future__ import annotations

from dataclasses import fields

import pytest
from markupsafe import Markup

from axtra.content import bodies
from axtra.content.audiences import MAIL, SITE, WEB, mail_to
from axtra.content.model import (
    CLASSES,
    PLAIN_NODES,
    Aside,
    Only,
    Prose,
    Quote,
    Text,
    prose_of,
    shown_to,
    walk,
)
from axtra.content.schema import BLOCKS, CARD_KINDS, KINDS, LISTED_KINDS, Type


def prose(words: str) -> Prose:
    return Prose(Markup(words))  # noqa: S704 - the words of these tests


def test_each_block_of_the_schema_is_read_and_no_other() -> None:
    assert set(bodies._Body.READERS) == set(BLOCKS)


@pytest.mark.parametrize("name", list(PLAIN_NODES))
def test_a_plain_block_fills_each_field_of_its_node(name: str) -> None:
    block = BLOCKS[name]
    filled = {block.argument_field, *(option.attribute for option in block.options), "name"}
    filled |= {"body"} if block.body is not None else set()
    assert {field.name for field in fields(PLAIN_NODES[name])} == filled  # type: ignore[arg-type]
    assert {option.type for option in block.options} <= {Type.LINE, Type.LINK, Type.WORD}


def test_each_kind_has_a_class_with_a_field_for_each_key() -> None:
    assert set(CLASSES) == set(KINDS)
    for name, kind in KINDS.items():
        known = {field.name for field in fields(CLASSES[name])}
        keys = {key.attribute.partition(".")[0] for key in kind.keys}
        assert keys <= known, name


def test_each_card_is_shown_by_a_block_and_each_list_can_be_chosen() -> None:
    assert set(CARD_KINDS) <= set(BLOCKS)
    genre = BLOCKS["articles"].option("genre")
    assert genre is not None
    assert genre.choices == LISTED_KINDS
    assert all(name in genre.label for name in LISTED_KINDS)


def test_a_body_is_the_same_object_to_readers_who_are_shown_all_of_it() -> None:
    body = (prose("<p>A</p>"), Aside(None, (Only((prose("<p>B</p>"),), WEB),)))
    assert shown_to(SITE, body) is body


def test_a_node_whose_content_is_for_others_is_left_out_with_it() -> None:
    members = Only((prose("<p>Membres</p>"),), MAIL, "membres")
    body = (
        prose("<p>A</p>"),
        Aside(Text.of("Vide"), (members,)),
        Quote((members, prose("<p>C</p>")), None, None),
    )
    assert [node.html for node in prose_of(shown_to(SITE, body))] == ["<p>A</p>", "<p>C</p>"]
    assert len(shown_to(SITE, body)) == 2
    assert shown_to(mail_to("membres"), body) is body
    assert len(list(walk(body))) == 8
