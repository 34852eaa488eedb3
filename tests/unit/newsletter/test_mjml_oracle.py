"""The official mjml is the oracle of mrml: the same mail, in both views, save what is listed."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from lxml import html as lxml_html
from mjml import mjml2html

from axtra.newsletter import mjml
from support import sample_letters as samples
from support.mail_standard import View

pytestmark = pytest.mark.lourd

SCRIPT = samples.ROOT / "tests" / "node" / "mjml_oracle.js"
ATTRIBUTES = (
    "align", "alt", "bgcolor", "border", "cellpadding", "cellspacing", "dir", "height", "href",
    "lang", "role", "src", "valign", "width",
)  # fmt: skip
# What mrml does otherwise than mjml, and why it is of no consequence:
# - one <style> more in the head, where mjml joins them: the rules are the same, in the same order;
# - the class of <mj-body> on the <div> in <body>, where mjml puts it on <body>: webmails drop
#   <body>, so this is the better place;
# - the style that follows is on <body> alone, where mjml repeats it on that <div>: it is inherited;
# - classes in another order, and no empty class: neither has a meaning.
BODY_CLASS, BODY_STYLE = "fond", "word-spacing:normal"


@cache
def rendered() -> dict[str, Any]:
    """Render every edition with the official mjml, in one process."""
    given = {slug: samples.mail(root, slug).mjml for root, slug in samples.editions()}
    done = subprocess.run(
        [shutil.which("node") or "node", SCRIPT.name], cwd=SCRIPT.parent,
        input=json.dumps(given), capture_output=True, text=True,
        encoding="utf-8", check=True, timeout=60,
    )  # fmt: skip
    made: dict[str, Any] = json.loads(done.stdout)
    return made


def ours(source: str) -> str:
    """Render with mrml alone, before styles are inlined."""
    return str(mjml2html(mjml._ATTRIBUTES.sub(mjml._plain_attributes, source), fonts={}))


def outline(element: lxml_html.HtmlElement, depth: int = 0) -> Iterator[str]:
    """Write each element of a body on a line: its depth, what it is, its text."""
    named = [f"{name}={element.get(name)}" for name in ATTRIBUTES if element.get(name) is not None]
    classes = sorted(set((element.get("class") or "").split()) - {BODY_CLASS})
    styles = sorted({*(element.get("style") or "").split(";")} - {"", BODY_STYLE})
    words = " ".join(f"{element.text or ''} {element.tail or ''}".split())
    yield f"{'  ' * depth}{element.tag} {named} {classes} {styles} {words}"
    for child in element.iterchildren("*"):
        yield from outline(child, depth + 1)


def head(view: View) -> tuple[list[str], list[str]]:
    """Give what the head says, and the rules of its sheets."""
    (element,) = view.root.iter("head")
    said = [bare(lxml_html.tostring(one, encoding="unicode", with_tail=False)) for one in element]
    rules = bare("".join(one.text or "" for one in element.iter("style")))
    return sorted(one for one in said if not one.startswith("<style")), rules.split("}")


def bare(text: str) -> str:
    """Leave out white space, which is theirs to choose."""
    return "".join(text.split())


@pytest.mark.parametrize("view", ["normal", "mso"])
@pytest.mark.parametrize("slug", [slug for _, slug in samples.editions()])
def test_mrml_and_mjml_make_the_same_mail(slug: str, view: str) -> None:
    root = next(root for root, name in samples.editions() if name == slug)
    look = getattr(View, view)
    mine, theirs = look(ours(samples.mail(root, slug).mjml)), look(rendered()[slug]["html"])
    assert list(outline(mine.root.body)) == list(outline(theirs.root.body))
    assert head(mine) == head(theirs)


def test_mjml_finds_nothing_to_say_of_our_documents() -> None:
    assert {slug: one["errors"] for slug, one in rendered().items() if one["errors"]} == {}
