"""mrml makes the same mail as the official mjml, in both views, save the differences listed."""

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

from infolettre.letter import mjml
from support import sample_letters as samples
from support.mail_standard import View

pytestmark = pytest.mark.lourd

SCRIPT = samples.ROOT / "tests" / "node" / "official_mjml.js"
ATTRIBUTES = (
    "align", "alt", "bgcolor", "border", "cellpadding", "cellspacing", "dir", "height", "href",
    "lang", "role", "src", "valign", "width",
)  # fmt: skip
# Where mrml differs from mjml, and why it does not matter:
# - an additional <style> in the head, where mjml merges them: same rules, in the same order;
# - the class of <mj-body> on the <div> in <body>, where mjml puts it on <body>: webmails drop
#   <body>, so this is the better place;
# - the style below is on <body> only, where mjml repeats it on that <div>: it is inherited;
# - classes in another order, and no empty class: neither has any effect.
BODY_CLASS, BODY_STYLE = "fond", "word-spacing:normal"


@cache
def rendered_by_mjml() -> dict[str, Any]:
    """Render every edition with the official mjml, in one process."""
    sources = {slug: samples.mail(root, slug).mjml for root, slug in samples.editions()}
    done = subprocess.run(
        [shutil.which("node") or "node", SCRIPT.name], cwd=SCRIPT.parent,
        input=json.dumps(sources), capture_output=True, text=True,
        encoding="utf-8", check=True, timeout=60,
    )  # fmt: skip
    results: dict[str, Any] = json.loads(done.stdout)
    return results


def rendered_by_mrml(source: str) -> str:
    """Render with mrml only, before styles are inlined."""
    return str(mjml2html(mjml._ATTRIBUTES.sub(mjml._plain_attributes, source), fonts={}))


def outline(element: lxml_html.HtmlElement, depth: int = 0) -> Iterator[str]:
    """Yield a line for each element of a body: its depth, its description, its text."""
    named = [f"{name}={element.get(name)}" for name in ATTRIBUTES if element.get(name) is not None]
    classes = sorted(set((element.get("class") or "").split()) - {BODY_CLASS})
    styles = sorted({*(element.get("style") or "").split(";")} - {"", BODY_STYLE})
    words = " ".join(f"{element.text or ''} {element.tail or ''}".split())
    yield f"{'  ' * depth}{element.tag} {named} {classes} {styles} {words}"
    for child in element.iterchildren("*"):
        yield from outline(child, depth + 1)


def head(view: View) -> tuple[list[str], list[str]]:
    """Return the elements of the head, and the rules of its style sheets."""
    (element,) = view.root.iter("head")
    children = [
        bare(lxml_html.tostring(child, encoding="unicode", with_tail=False)) for child in element
    ]
    rules = bare("".join(style.text or "" for style in element.iter("style")))
    return sorted(child for child in children if not child.startswith("<style")), rules.split("}")


def bare(text: str) -> str:
    """Return a text without its white space, which may differ."""
    return "".join(text.split())


@pytest.mark.parametrize("view", ["normal", "mso"])
@pytest.mark.parametrize("slug", [slug for _, slug in samples.editions()])
def test_mrml_and_mjml_make_the_same_mail(slug: str, view: str) -> None:
    root = next(root for root, name in samples.editions() if name == slug)
    look = getattr(View, view)
    ours, theirs = (
        look(rendered_by_mrml(samples.mail(root, slug).mjml)),
        look(rendered_by_mjml()[slug]["html"]),
    )
    assert list(outline(ours.root.body)) == list(outline(theirs.root.body))
    assert head(ours) == head(theirs)


def test_mjml_reports_no_error_in_our_documents() -> None:
    assert {
        slug: result["errors"] for slug, result in rendered_by_mjml().items() if result["errors"]
    } == {}
