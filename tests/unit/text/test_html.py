"""The HTML readers, and what Outlook for Windows sees."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from infolettre.checks import CheckedMail
from infolettre.simulator.simulations import as_word
from infolettre.text.html import conditional_comments
from infolettre.text.html.conditional_comments import seen_by_others, seen_by_outlook
from infolettre.text.html.elements import COMMENT, Element
from infolettre.text.html.fragments import parse, serialise
from infolettre.text.html.tokeniser import BrokenDeclaration, Comment, EndTag, StartTag, tokenise
from support.mail_faults import HOST

PACKAGE = Path(__file__).parents[3] / "plugins/pelican-infolettre/infolettre"
CONDITIONS = [
    # the source, what Outlook sees, what other software sees
    ("a<!--[if mso]>b<![endif]-->c", "abc", "ac"),
    ("a<!--[if mso | IE]>b<![endif]-->c", "abc", "ac"),
    ("a<!--[if (gte mso 9)|(IE)]>\nb\n<![endif]-->c", "a\nb\nc", "ac"),
    ("a<!--[if !mso]><!-->b<!--<![endif]-->c", "ac", "abc"),
    ("a<!--[if !mso]> <!-->b<!-- <![endif]-->c", "ac", "abc"),
    ("a<!--[if !mso]>-->b<!--<![endif]-->c", "ac", "abc"),
    ("a<!--[if !mso 9]><!-->\nb\n<!--<![endif]-->c", "ac", "a\nb\nc"),
    ("a<!-- note -->c", "ac", "ac"),
    ("<!--[if mso]>a<![endif]-->b<!--[if mso]>c<![endif]-->", "abc", "b"),
    ("<!--[if mso]>a<![endif]--><!--[if !mso]><!-->b<!--<![endif]-->", "a", "b"),
]


@pytest.mark.parametrize(("html", "outlook", "others"), CONDITIONS)
def test_a_conditional_comment_is_seen_by_outlook_or_by_the_others(
    html: str, outlook: str, others: str
) -> None:
    assert seen_by_outlook(html) == outlook
    assert seen_by_others(html) == others


@pytest.mark.parametrize(("html", "outlook", "others"), CONDITIONS)
def test_the_rules_and_the_simulator_agree_on_what_is_seen(
    html: str, outlook: str, others: str
) -> None:
    mail = CheckedMail("a.html", html, host=HOST)
    assert (mail.outlook.html, mail.normal.html) == (outlook, others)
    assert as_word(html, ignored=()) == outlook


def test_unconditional_comments_are_listed() -> None:
    html = "<!--[if !mso]><!-->a<!--<![endif]--><!-- b --><!--[if mso]>c<![endif]-->"
    assert list(conditional_comments.unconditional(html)) == [" b "]


def test_conditional_comments_and_the_python_parser_are_each_known_to_a_single_module() -> None:
    code = {
        str(file.relative_to(PACKAGE)): ast.parse(file.read_text("utf-8"))
        for file in PACKAGE.rglob("*.py")
    }
    imported = {
        file
        for file, tree in code.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "html.parser"
    }
    ends = {
        file
        for file, tree in code.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and re.search(r"endif\\\]", str(node.value))
    }
    assert imported == {"text/html/tokeniser.py"}
    assert ends == {"text/html/conditional_comments.py"}


def test_tokens_follow_the_source() -> None:
    assert tokenise('<P a=1 a="2">&eacute;<br/><!-- c --></p>\n</b>') == [
        StartTag("p", [("a", "1"), ("a", "2")], closed=False, line=1),
        "é",
        StartTag("br", [], closed=True, line=1),
        Comment(" c "),
        EndTag("p", 1),
        "\n",
        EndTag("b", 2),
    ]


def test_an_unreadable_declaration_ends_the_tokens() -> None:
    assert tokenise("<p>a</p><![x]><p>b</p>")[-1] == BrokenDeclaration()


@pytest.mark.parametrize(
    ("html", "printed"),
    [
        ("<p>a<br>b</p>", "<p>a<br />b</p>"),
        ("<p>a<b>b</p>c", "<p>a<b>b</b></p>c"),
        ("a</i>b", "ab"),
        ('<span title="&quot;"/>a', '<span title="&quot;"></span>a'),
        ("<!-- a -->b &lt; c", "b &lt; c"),
    ],
)
def test_a_fragment_is_printed_as_xml(html: str, printed: str) -> None:
    assert serialise(parse(html)) == printed


def test_a_tree_is_walked_in_document_order() -> None:
    root = parse('<ul class="a b"><li>1<ol><li>2</li></ol></li><li>3</li></ul>')
    assert [element.raw_text for element in root.find("li")] == ["12", "2", "3"]
    assert root.elements[0].classes == {"a", "b"}
    assert root.raw_text == "123"


def test_the_text_of_an_element_excludes_comments() -> None:
    root = Element("p", {}, ["a", Element(COMMENT, {}, ["b"]), "c"])
    assert root.raw_text == "ac"


def test_a_very_deep_tree_is_read() -> None:
    root = parse("<b>" * 5_000 + "a" + "</b>" * 5_000)
    assert root.raw_text == "a"
    assert sum(1 for _ in root.find("b")) == 5_000
