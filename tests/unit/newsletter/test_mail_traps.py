"""Each defect of mrml and premailer that could affect a letter: demonstrated, then avoided.

A test that fails in its first half means that the defect is fixed upstream: remove its workaround.
"""

from __future__ import annotations

import logging
import re
import unicodedata

import css_inline
import pytest
from markupsafe import Markup
from mjml import mjml2html
from premailer import Premailer

from axtra.content.model import Prose
from axtra.newsletter import MjmlError
from infolettre.letter import mjml
from infolettre.letter.mjml_elements import ELEMENTS, validate
from infolettre.text.personal_values import Personal
from support import mail_standard as standard
from support import sample_letters as samples

NBSP = "\u00a0"


def document(body: str = "", head: str = "<mj-title>Titre</mj-title>", root: str = "") -> str:
    root = root or 'lang="fr-CA" dir="ltr"'
    return (
        f"<mjml {root}><mj-head>{head}</mj-head>"
        f'<mj-body width="600px" background-color="#FFFFFF">{body}</mj-body></mjml>'
    )


def section(inner: str) -> str:
    return f"<mj-section><mj-column>{inner}</mj-column></mj-section>"


def bare(html: str, **options: object) -> str:
    """Inline styles with the default options of premailer."""
    return str(Premailer(html, cssutils_logging_level=logging.CRITICAL, **options).transform())


def page(head: str, body: str) -> str:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"


# --- 10: Rust escapes in attributes -----------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [f"22{NBSP}%", "13\u202fh", "cafe\u0301", "👩\u200d🎓", "C:\\dossier"],
    ids=["nbsp", "fine space", "decomposed", "joined emoji", "backslash"],
)
def test_mrml_writes_rust_escapes_in_attributes_and_our_attributes_survive(written: str) -> None:
    source = document(
        section(f'<mj-text><a title="{written}" href="https://a.ca/">a</a></mj-text>')
    )
    assert f'title="{written}"' not in mjml2html(source)
    html = mjml.compose(unicodedata.normalize("NFC", source), "essai.mjml")
    link = next(standard.View.normal(html).root.iter("a"))
    assert link.get("title") == unicodedata.normalize("NFC", written)
    assert "\\u{" not in html


def test_the_title_that_mrml_copies_to_an_attribute_survives_too() -> None:
    source = document(head=f"<mj-title>Objet{NBSP}: «{NBSP}oui{NBSP}»</mj-title>")
    assert 'aria-label="Objet\\u{a0}: ' in mjml2html(source)
    assert "\\u{" not in mjml.compose(source, "theme/courriel/essai.mjml")


# --- 11: no validation ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inner", "named"),
    [
        ("<mj-txt>a</mj-txt>", "mj-txt"),
        ('<mj-text colour="#000000">a</mj-text>', "colour"),
        ('<mj-text font-size="abc">a</mj-text>', "abc"),
        ("a<mj-text>b</mj-text>", "text is lost"),
        ("<mj-section></mj-section>", "cannot stand in <mj-column>"),
        ("<mj-text><mj-text>a</mj-text></mj-text>", "HTML of <mj-text>"),
    ],
)
def test_mrml_accepts_invalid_markup_that_our_table_refuses_by_name(inner: str, named: str) -> None:
    source = document(f"\n{section(inner)}")
    assert mjml2html(source)
    with pytest.raises(MjmlError, match=re.escape(named)) as refused:
        mjml.compose(source, "theme/courriel/essai.mjml")
    assert str(refused.value).startswith("theme/courriel/essai.mjml : ")
    assert ", à la ligne 2 : " in refused.value.problem


def test_mrml_reports_unbalanced_markup_without_a_line_and_we_add_it() -> None:
    source = document(f"\n\n{section('<mj-text><b>a</mj-text>')}")
    with pytest.raises(ValueError, match=r"^(?!.*line 3)"):
        mjml2html(source)
    with pytest.raises(MjmlError, match=r"essai\.mjml : .*ligne 3 : mismatched tag near <b>"):
        mjml.compose(source, "theme/courriel/essai.mjml")


# --- 12 to 16: what mrml adds or leaves out ----------------------------------------------------


def test_mrml_links_google_fonts_and_our_letters_use_system_fonts() -> None:
    source = document(section("<mj-text>a</mj-text>"))
    assert "fonts.googleapis.com" in mjml2html(source)
    assert "googleapis" not in mjml.compose(source, "theme/courriel/essai.mjml")


def test_mrml_needs_an_explicit_language() -> None:
    assert 'lang="und" dir="auto"' in mjml2html(document(root=' data-a="b"'))
    with pytest.raises(MjmlError, match="needs « dir »"):
        validate(document(root='lang="fr-CA"'), "essai.mjml")


def test_mrml_allows_an_image_without_alt_and_our_images_have_one() -> None:
    assert "alt=" not in mjml2html(document(section('<mj-image src="https://a.ca/a.png" />')))
    assert "mj-image" not in ELEMENTS
    image = Prose(Markup('<p><img src="/images/atelier.png" alt="Des bandes." width="1200"></p>'))
    assert 'alt="Des bandes."' in samples.render_body((image,)).html


def test_mrml_puts_the_preview_outside_the_wrapper_and_ours_is_inside() -> None:
    html = mjml2html(document(head="<mj-preview>Aperçu</mj-preview>"))
    assert html.index("Aperçu") < html.index('lang="fr-CA" dir="ltr"', html.index("<body"))
    assert "mso-hide" not in html
    assert "mj-preview" not in ELEMENTS
    ours = standard.View.normal(samples.mail(samples.CATALOGUE, "catalogue").html)
    assert list(standard.preheader_is_hidden(ours)) == []


@pytest.mark.parametrize(
    "name",
    [
        "mj-hero",
        "mj-navbar",
        "mj-carousel",
        "mj-accordion",
        "mj-social",
        "mj-table",
        "mj-html-attributes",
        "mj-include",
        "mj-font",
        "mj-button",
        "mj-divider",
        "mj-image",
        "mj-preview",
    ],
)
def test_the_table_excludes_elements_that_mrml_breaks_or_that_fetch(name: str) -> None:
    assert name not in ELEMENTS


@pytest.mark.parametrize(
    "typed",
    ["Salaire < 20 $ & emploi > 15 $", "<br>", "<p>a<p>b", "un &nbsp; deux", "]]>"],
)
def test_prose_reaches_mrml_as_valid_xml_whatever_was_typed(typed: str) -> None:
    with pytest.raises(MjmlError):
        mjml.compose(document(section(f"<mj-text>{typed} < é</mj-text>")), "essai.mjml")
    prose = Prose(Markup(f"<div>{typed}</div>"))  # noqa: S704 - what an editor may type
    assert standard.View.normal(samples.render_body((prose,)).html).text


def test_a_body_never_produces_an_h1_or_a_skipped_level() -> None:
    prose = Prose(Markup("<h1>Un</h1><h4>Deux</h4><h2>Trois</h2>"))
    view = standard.View.normal(samples.render_body((prose,)).html)
    assert list(standard.headings_are_in_order(view)) == []


# --- 17 to 23: premailer ------------------------------------------------------------------------


def test_premailer_fetches_linked_sheets_and_our_inliner_opens_no_socket() -> None:
    html = page('<link rel="stylesheet" href="https://a.invalid/a.css">', "<p>a</p>")

    class Session:
        def get(self, url: str, **_: object) -> None:
            raise ConnectionError(url)

    with pytest.raises(ConnectionError, match=r"a\.invalid"):
        bare(html, session=Session())
    assert mjml.inline(html)


def test_premailer_widens_images_and_ours_keep_their_pixels() -> None:
    sheet = '<style type="text/css">.i{width:100%;height:auto}</style>'
    html = page(sheet, '<img class="i" width="180" src="https://a.ca/a.png" alt="">')
    assert 'width="100%"' in bare(html)
    assert 'width="180"' in mjml.inline(html)
    assert 'height="auto"' not in mjml.inline(html)


def test_premailer_drops_a_lower_case_doctype_and_ours_is_kept() -> None:
    html = page("", "<p>a</p>")
    assert "doctype" not in bare(html).lower()
    assert mjml.inline(html).startswith("<!DOCTYPE html>")


def test_premailer_removes_important_and_our_dark_mode_keeps_it() -> None:
    dark = "@media (prefers-color-scheme:dark){td{color:#ffffff !important}}"
    html = page(f"<style>{dark}</style>", "<p>a</p>")
    assert "!important" not in bare(html, keep_style_tags=True)
    assert dark in mjml.inline(html)


def test_premailer_damages_merge_tags_and_ours_are_added_afterwards() -> None:
    assert 'href="{{ lien }}"' not in bare(page("", '<a href="{{ lien }}">a</a>'))
    html = samples.mail(samples.CATALOGUE, "catalogue").html
    assert "invalid" not in html
    kept = mjml.inline(page("", f'<a href="{Personal.UNSUBSCRIBE}">a</a>'))
    assert f'href="{Personal.UNSUBSCRIBE}"' in kept


def test_premailer_keeps_scripts_and_var_and_our_letters_have_neither() -> None:
    spoiled = bare(page("", '<script>a()</script><p style="color:var(--a)" onclick="a()">a</p>'))
    for word in ("<script", "var(", "onclick"):
        assert word in spoiled
        assert word not in samples.mail(samples.CATALOGUE, "catalogue").html


def test_premailer_writes_calc_in_width_attributes_and_our_inliner_does_not() -> None:
    sheet = '<style type="text/css">td{width:calc(100% - 2px)}</style>'
    html = page(sheet, "<table><tr><td>a</td></tr></table>")
    assert 'width="calc(' in bare(html)
    assert 'width="calc(' not in mjml.inline(html)


def test_premailer_drops_modern_colour_syntax_and_our_tokens_avoid_it() -> None:
    sheet = "<style>p{color:rgb(0 0 0 / 50%)}</style>"
    assert "50%" not in bare(page(sheet, "<p>a</p>"))
    assert "rgb(" not in samples.mail(samples.CATALOGUE, "catalogue").html


def test_mrml_does_not_inline_a_sheet_and_the_table_refuses_it() -> None:
    source = document(
        section("<mj-text><p>a</p></mj-text>"),
        head='<mj-style inline="inline">p{color:#123456}</mj-style>',
    )
    assert 'style="color:#123456' not in mjml2html(source)
    with pytest.raises(MjmlError, match="« inline »"):
        validate(source, "essai.mjml")


def test_inlining_twice_changes_nothing() -> None:
    html = samples.mail(samples.CATALOGUE, "catalogue").html
    assert mjml.inline(html) == html


def test_conditional_comments_survive_inlining() -> None:
    mail = samples.mail(samples.CATALOGUE, "catalogue")
    before = re.findall(r"<!--\[if.*?\]>|<!\[endif\]-->", mjml2html(mail.mjml, fonts={}))
    assert re.findall(r"<!--\[if.*?\]>|<!\[endif\]-->", mail.html) == before


def test_css_inline_gives_every_element_the_same_styles() -> None:
    """The results of premailer and css-inline are compared property by property."""
    sheet = re.compile(r"<style[^>]*>\s*/\* en ligne \*/(.*?)</style>", re.DOTALL)
    source = mjml2html(samples.mail(samples.CATALOGUE, "catalogue").mjml, fonts={})
    match = sheet.search(source)
    assert match
    inliner = css_inline.CSSInliner(
        inline_style_tags=False,
        keep_style_tags=True,
        extra_css=match[1],
        load_remote_stylesheets=False,
    )
    assert _styles(mjml.inline(source)) == _styles(inliner.inline(source))


def _styles(html: str) -> list[tuple[str, dict[str, str]]]:
    """List the declarations of each element, save the tbody that css-inline adds to tables."""
    body = standard.View.normal(html).root.find("body")
    return [
        (element.tag, _declared(element.get("style")))
        for element in body.iter()
        if element.tag != "tbody"
    ]


_HEX = re.compile(r"#(.)\1(.)\2(.)\3\b")


def _declared(style: str | None) -> dict[str, str]:
    pairs = (pair.partition(":") for pair in (style or "").split(";") if pair.strip())
    return {
        name.strip(): _HEX.sub(r"#\1\2\3", value.strip().lower().replace("'", '"'))
        for name, _, value in pairs
    }


@pytest.mark.parametrize(
    ("selector", "inlined"),
    [
        ("p", True),
        (".a", True),
        ("div .b", True),
        ("p.a[title]", True),
        ("[title]", True),
        ("#ici", True),
        ("p:first-child", True),
        (".c", False),
        ("td", False),
        (".a .b", False),
        ("p.b", False),
    ],
)
def test_a_rule_is_inlined_only_where_its_selector_matches(selector: str, *, inlined: bool) -> None:
    sheet = f'<style type="text/css">/* en ligne */ {selector} {{ top: 1px }}</style>'
    body = '<div><p class="a x" title="t" id="ici">Un</p><i class="b">deux</i></div>'
    html = f"<!doctype html><html><head>{sheet}</head><body>{body}</body></html>"
    assert ("top:" in mjml.inline(html)) == inlined
