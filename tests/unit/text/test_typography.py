"""Quebec typography follows its published cases, and the properties that hold for any text."""

from __future__ import annotations

import html
import json
import re
from dataclasses import FrozenInstanceError
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import markdown
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from infolettre.text.typography import (
    PROFILES,
    Advice,
    correct_html,
    correct_line,
    correct_text,
    lint,
    lint_text,
)
from infolettre.text.typography.corrections import (
    ELISIONS,
    SUBSTITUTIONS,
    SUPERSCRIPTS,
    apply,
    correct,
)
from infolettre.text.typography.quotation_marks import curl, quote
from infolettre.text.typography.vocabulary import compiled

DATA = Path(__file__).parents[2] / "data"
CASES: list[dict[str, Any]] = [
    case
    for name in ("typographie-cas.json", "typographie-plus.json")
    for case in json.loads((DATA / name).read_text(encoding="utf-8"))["cases"]
]
CORRECTIONS = [case for case in CASES if case["kind"] != "lint"]
FORMS = [
    line.replace("~", "\u00a0")
    for line in (DATA / "typographie-formes.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith(("# ", "["))
]
REVIEWS = [case for case in CASES if case["kind"] == "lint"]


def by_id(case: dict[str, Any]) -> str:
    return str(case["id"])


def source_of(case: dict[str, Any]) -> str:
    text = str(case["input"])
    return markdown.markdown(text, extensions=["extra"]) if case["kind"] == "md" else text


def corrected(case: dict[str, Any], text: str, profile: str) -> str:
    correct = correct_text if case["kind"] == "text" else correct_html
    return correct(text, profile=profile)


class Reading(HTMLParser):
    """Read HTML as events, so that entities and the order of attributes do not count."""

    def __init__(self, fragment: str) -> None:
        super().__init__(convert_charrefs=True)
        self.events: list[tuple[str, ...]] = []
        self.feed(fragment.strip())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.events.append(("start", tag, *(f"{name}={value}" for name, value in sorted(attrs))))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.events.append(("end", tag))

    def handle_data(self, data: str) -> None:
        if self.events and self.events[-1][0] == "text":
            data = self.events.pop()[1] + data
        self.events.append(("text", data))

    def handle_comment(self, data: str) -> None:
        self.events.append(("comment", data))


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("case", CORRECTIONS, ids=by_id)
def test_each_case_is_corrected_as_its_source_prescribes(
    case: dict[str, Any], profile: str
) -> None:
    expected = case["expected"]
    if profile == "qc-fine":
        expected = case.get("expected_fine", expected)
    actual = corrected(case, source_of(case), profile)
    if case["kind"] == "text":
        assert actual == expected
    else:
        assert Reading(actual).events == Reading(expected).events


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("case", CORRECTIONS, ids=by_id)
def test_correcting_a_case_twice_changes_nothing_more(case: dict[str, Any], profile: str) -> None:
    result = corrected(case, source_of(case), profile)
    assert corrected(case, result, profile) == result


@pytest.mark.parametrize(("profile", "thin"), PROFILES.items())
def test_each_form_is_corrected_as_its_source_prescribes(profile: str, thin: str) -> None:
    wrong = []
    for line in FORMS:
        typed, _, expected = line.partition(" → ")
        expected = (expected or typed).replace("^", thin)
        correct = correct_html if re.search("</?[a-z]", typed) else correct_text
        result = correct(typed, profile=profile)
        if result != expected or correct(result, profile=profile) != result:
            wrong.append((typed, expected, result))
    assert not wrong
    assert len(FORMS) > 400


@pytest.mark.parametrize("case", REVIEWS, ids=by_id)
def test_each_review_case_gives_the_expected_advice(case: dict[str, Any]) -> None:
    assert lint_text(case["input"]) == case["expected"]


# --- Properties of any text --------------------------------------------------------------------


def any_of(*rows: str) -> st.SearchStrategy[str]:
    return st.sampled_from([piece for row in rows for piece in row.split("|")])


FRAGMENTS = any_of(
    "l'emploi|aujourd'hui|mot|Il neige|Vraiment|l'|XXe|siècle|1er|2ème|mai|12|mars|13h30|24 h",
    "1 250 000|$|25$|2,5 M$|85%|21°C|5 km|M. Roy|Mme Côté|Me|C. Li|no|nos 3 et 4|p. 12|n°|à|et",
    "Louis|XIV|514 555-0199|...|....|--|---|etc.|a:b|16:9|:)|;)|https://axtra.ca/a?b=c|a@b.ca",
    "axtra.ca|{static}/a:b|&|<|'80|2'33\"|27\"|h|m|s|min|million|US|CA|\ufdd0",
    "…| - |l' école|d ’Amérique|“mot”|‘mot’|'mot'|“|”|‘|’|3 millions $|de $|2 x 5|1024x768|x|XLIIe",
    "  H2X 1Y4|H2X|1Y4|/infolettres/|C:\\Temp|et/ou|'n'|'tit|1ere|p. vi|2026 mars|   |\u2003",
)
PUNCTUATION = st.sampled_from([*list(":;!?.,\"'«»“”()-–—…%$°/ \xa0\u202f\n"), "\n\n", " : ", '"'])
PLAIN = st.lists(st.one_of(FRAGMENTS, PUNCTUATION, PUNCTUATION, st.just(" ")), max_size=14).map(
    "".join
)
PROFILE = st.sampled_from(list(PROFILES))


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


PROTECTED = any_of(
    "<code>{}</code>|<pre>{}</pre>|<kbd>{}</kbd>|<samp>{}</samp>|<var>{}</var>|<svg>{}</svg>",
    "<script>{}</script>|<style>{}</style>|<textarea>{}</textarea>|<math>{}</math>|<!--{}-->",
    '<span lang="en">{}</span>|<p lang=\'en-CA\'>{}</p>|<b class="x notypo">{}</b>',
    "<i translate=\"no\">{}</i>|<pre><b lang='fr'>{}</b></pre>",
)
WRAPPERS = any_of(
    '<em>{}</em>|<p>{}</p>|<a href="a : b ?" title="l\'été !">{}</a>|<li>{}</li>|<q>{}</q>|{}',
    '{}<br>|<strong>{}</strong>|<img alt="a : b">{}|<x-y>{}</x-y>|<td>{}</td>|<sup>{}</sup>',
    "{}<sup><a href='#1'>1</a></sup>|<abbr>{}</abbr>",
)
ZONES = st.builds(
    lambda frame, text: frame.replace("{}", text.replace("--", "")), PROTECTED, PLAIN.map(escaped)
)


@st.composite
def fragments(draw: st.DrawFn) -> str:
    parts = draw(st.lists(st.one_of(PLAIN.map(escaped), ZONES), max_size=5))
    return "".join(
        draw(WRAPPERS).replace("{}", part) if draw(st.booleans()) else part for part in parts
    )


@example(text="{static}/a:b ; ;", profile="qc")
@example(text='" ”"', profile="qc")
@given(text=PLAIN, profile=PROFILE)
def test_correcting_text_twice_changes_nothing_more(text: str, profile: str) -> None:
    corrected_text = correct_text(text, profile=profile)
    assert correct_text(corrected_text, profile=profile) == corrected_text


@example(fragment='" ”"', profile="qc")
@example(fragment='<p>Un " ” mot"</p>', profile="qc")
@given(fragment=fragments(), profile=PROFILE)
def test_correcting_html_twice_changes_nothing_more(fragment: str, profile: str) -> None:
    corrected_html = correct_html(fragment, profile=profile)
    assert correct_html(corrected_html, profile=profile) == corrected_html


@given(fragment=fragments(), profile=PROFILE)
def test_tags_keep_their_bytes_and_order(fragment: str, profile: str) -> None:
    def tags(text: str) -> list[str]:
        every = re.findall(r"<!--.*?-->|<[^>]*>", text, re.DOTALL)
        return [tag for tag in every if tag not in {"<sup>", "</sup>"}]

    assert tags(correct_html(fragment, profile=profile)) == tags(fragment)


@given(line=PLAIN)
@example(line="Voir\nhttps://axtra.ca/?a&b : 1er < 2e & « l'eau »")
def test_correct_line_agrees_with_correct_text_and_correct_html(line: str) -> None:
    assert correct_line(line) == (correct_text(line), correct_html(html.escape(line)))


@given(before=PLAIN, zone=ZONES, after=PLAIN, profile=PROFILE)
def test_a_protected_zone_is_returned_byte_for_byte(
    before: str, zone: str, after: str, profile: str
) -> None:
    fragment = f"<p>{escaped(before)}</p>{zone}<p>{escaped(after)}</p>"
    assert zone in correct_html(fragment, profile=profile)


def letters(text: str) -> list[str]:
    """List the letters and digits, but for faulty endings, the h of hours and the x of products."""
    plain = re.sub(r"(?<=[\dIVX])i?[èe](me|re)", lambda found: found[1][found[1] == "me" :], text)
    return re.findall(r"\w", re.sub(r"(?<=\d)\s*[xX×](?=\s*\d)", "", plain).replace("H", "h"))


@given(text=PLAIN, profile=PROFILE)
def test_correction_never_loses_a_letter_or_a_digit(text: str, profile: str) -> None:
    assert letters(correct_text(text, profile=profile)) == letters(text)


@pytest.mark.parametrize("profile", PROFILES)
def test_real_texts_keep_their_words_and_are_corrected_once(profile: str) -> None:
    root = Path(__file__).parents[3]
    texts = [
        path.read_text("utf-8") for path in (*root.glob("content/**/*.md"), *root.glob("docs/*.md"))
    ]
    paragraphs = [paragraph for text in texts for paragraph in text.split("\n\n")]
    assert len(paragraphs) > 500
    for paragraph in paragraphs:
        once = correct_text(paragraph, profile=profile)
        assert letters(once) == letters(paragraph)
        assert correct_text(once, profile=profile) == once


@given(fragment=st.text(alphabet="<>/!-'\"=ab p\n&;:é«»1e", max_size=40))
def test_broken_html_is_accepted_and_stable(fragment: str) -> None:
    corrected_html = correct_html(fragment)
    assert correct_html(corrected_html) == corrected_html


# --- The contract -----------------------------------------------------------------------------


@pytest.mark.parametrize("correct", [correct_text, correct_html])
def test_an_unknown_profile_is_refused_by_name(correct: Any) -> None:
    with pytest.raises(ValueError, match="unknown typography profile 'fr'; known profiles: qc, "):
        correct("mot", profile="fr")


def test_corrected_text_never_gains_a_tag() -> None:
    assert "<" not in correct_text("Le 1er et la 2e, n° 3, Mme Roy, XXe siècle")


def test_html_text_is_escaped_only_where_required() -> None:
    source = "<p>&eacute;&nbsp;: &quot;a &amp; b&quot; &lt;x&gt;</p>"
    assert correct_html(source) == "<p>é\u00a0: «\u00a0a &amp; b\u00a0» &lt;x&gt;</p>"


def test_an_unclosed_protected_element_protects_to_the_end() -> None:
    assert correct_html("<p>a : <code>b : c") == "<p>a\u00a0: <code>b : c"


def test_a_stray_end_tag_is_harmless() -> None:
    assert correct_html("a</em> : b</p></p> c !") == "a</em>\u00a0: b</p></p> c!"


def test_advice_gives_the_position_of_its_words() -> None:
    text = "Un coût de $25, etc..."
    assert lint(text) == [
        Advice("symbole-avant", 11, 14, "$25"),
        Advice("etc-suspension", 16, 22, "etc..."),
    ]


def test_advice_is_immutable() -> None:
    (advice,) = lint("Un coût de $25")
    with pytest.raises(FrozenInstanceError):
        advice.code = "autre"  # type: ignore[misc]


def test_lint_text_lists_a_code_once_and_lint_lists_every_occurrence() -> None:
    text = "Etat et Ecole"
    assert lint_text(text) == ["capitale-accent"]
    assert [advice.excerpt for advice in lint(text)] == ["Etat", "Ecole"]


def test_addresses_get_no_advice() -> None:
    assert lint("Voir https://axtra.ca/Etat?a=$25 ou e.e@axtra.ca") == []


@given(st.lists(st.sampled_from([*"0123IVX .,;:!?«»“”-–°º$€£%§nNhHeèmMrsoPD()\u00a0\u2011"])))
def test_a_rule_never_matches_a_text_without_its_signs(pieces: list[str]) -> None:
    for pattern, _, signs in {
        *SUBSTITUTIONS["qc"],
        *SUBSTITUTIONS["qc-fine"],
        *SUPERSCRIPTS,
        *ELISIONS,
    }:
        text = "".join(piece for piece in pieces if piece not in signs)
        assert not compiled(pattern).search(text), pattern


PIECES = (
    "la", "Le", "vitamine", "l’art", "à,", "no", "nos", "p", "poste", "vol.", "M.", "Mme", "Me",
    "C.", "Roy", "roi", "XIV", "XIXe", "siècle", "3", "30", "000", "h", "min", "s", "mars", "km",
    "millions", "%", "$", "CAN", "«", "»", ":", "!", ";", ",", "–", "--", "et", "ou", "ème",
    "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3", "anticonstitutionnellementlongue",
    "…", "-", "x", "2", "l’", "d’", "de", "école", "H2X", "1Y4", "“", "”", "‘", "’", "'", "chap.",
    "vi",
)  # fmt: skip


@given(
    st.lists(
        st.tuples(st.sampled_from(PIECES), st.sampled_from([" ", " ", " ", "", "  ", "\u00a0"])),
        max_size=30,
    ),
    st.sampled_from(list(PROFILES)),
)
@example([("no", " "), ("la", " "), ("roi", " "), ("no", " "), ("3", " ")], "qc")
def test_setting_plain_words_aside_changes_no_result(
    pieces: list[tuple[str, str]], profile: str
) -> None:
    text = "".join(word + space for word, space in pieces)
    rules = ELISIONS + SUBSTITUTIONS[profile] + SUPERSCRIPTS
    assert correct(text, profile, raised=True) == apply(rules, curl(quote(text)))
