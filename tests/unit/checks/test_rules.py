"""Each mail rule reports its fault on the right line, and reports nothing on a good letter."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from axtra import checks
from axtra.checks import MAIL_RULES, CheckedMail
from axtra.checks.rules.support import ACCEPTED
from support.mail_faults import BUILT, FAULTS, Fault, faulty, good, message
from support.sample_letters import edition, editions, mail


def broken_rules(checked: CheckedMail) -> set[str]:
    return {diagnostic.rule for diagnostic in checks.check(checked)}


def _rendered(root: Path, slug: str) -> CheckedMail:
    letter, made = edition(root, slug), mail(root, slug)
    source = (root / letter.source).read_text("utf-8")
    return CheckedMail(letter.source, made.html, made.text, made.subject, made.preheader, source)


def test_a_good_letter_breaks_no_rule() -> None:
    assert checks.check(good()) == []


def test_a_good_message_breaks_no_rule() -> None:
    assert checks.check(checks.parse(message(), "lettre.eml")) == []


# The golden edition uses the same link text twice on purpose. An English title in its sommaire,
# « A guest article », does not declare its language, so it is read as French.
@pytest.mark.parametrize(("root", "slug"), editions(), ids=lambda value: str(value)[-12:])
def test_every_letter_of_the_project_breaks_only_the_expected_rules(root: Path, slug: str) -> None:
    expected = {"capitale-accent", "lien-ambigu"} if slug == "catalogue" else set()
    assert broken_rules(_rendered(root, slug)) == expected


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.rule}-{fault.new[:12]!r}")
def test_each_fault_is_reported_by_its_rule(fault: Fault) -> None:
    assert fault.rule in broken_rules(faulty(fault))


@pytest.mark.parametrize(
    "sound",
    [
        "<p>Le n<sup>o</sup>\u00a05 d’<em>AXE Magazine</em></p>",
        "<p><b>Important\u00a0:</b> lisez ceci.</p><p>Recherche &amp; emploi, 3 &lt; 4.</p>",
        "<p><b>Le colloque ouvre le 3 mai.</b></p><p>Inscrivez-vous.</p>",
        "<p><b>Camille Tremblay</b></p><h2>Une annonce</h2><p>Elle commence en mai.</p>",
        '<p style="text-align:center">AXTRA, pour toutes et tous</p>',
        '<p><a href="https://www.axtra.ca/x/?a=1&b=2" title="x > y">Le programme</a></p>',
    ],
)
def test_text_that_only_looks_faulty_is_accepted(sound: str) -> None:
    html = good().html.replace("<p>Bonjour,</p>", f"<p>Bonjour,</p>{sound}")
    assert html != good().html
    lookalikes = {
        "courriel-faux-intertitre",
        "courriel-centre",
        "courriel-signe-nu",
        "numero-abrege",
    }
    assert not lookalikes & broken_rules(replace(good(), html=html))


def test_a_letter_without_text_is_reported() -> None:
    mute = re.sub(r"<p>.*?</p>", "", good().html, flags=re.DOTALL)
    assert "courriel-vide" in broken_rules(
        replace(good(), html=re.sub(r"<table>.*?</table>", "", mute, flags=re.DOTALL))
    )


def test_a_text_colour_without_a_background_is_reported() -> None:
    bare = re.sub(r";?background-color:#FFFFFF", "", good().html)
    assert "couleur-fond-seul" in broken_rules(replace(good(), html=bare))


def test_the_law_requires_a_second_way_to_reach_the_sender() -> None:
    mute = good().html.replace("514&nbsp;555-0100", "").replace("mailto:", "https://")
    assert "loi-joindre" in broken_rules(replace(good(), html=mute))


def test_the_law_requires_the_reason_for_receiving_the_letter() -> None:
    mute = re.sub("Vous recevez.*membres. ", "", good().html)
    assert "loi-raison" in broken_rules(replace(good(), html=mute))


def test_every_rule_has_a_faulty_sample() -> None:
    assert {fault.rule for fault in FAULTS} | set(BUILT) == set(MAIL_RULES)


def test_every_rule_is_a_single_sentence_with_a_remedy() -> None:
    for rule in MAIL_RULES.values():
        assert "\n" not in rule.sentence
        assert rule.sentence.endswith(".")
        assert rule.remedy


def test_every_accepted_style_names_its_fallback() -> None:
    assert all(support.fallback for support in ACCEPTED.values())


def test_a_diagnostic_points_at_the_line_of_the_source() -> None:
    source = "---\ntitre: X\n---\n\nBonjour,\n\n[Cliquez ici](https://www.axtra.ca/x/)\n"
    html = good().html.replace(
        "<p>Bonjour,</p>", '<p><a href="https://www.axtra.ca/x/">Cliquez ici</a></p>'
    )
    edited = replace(good(), file="lettre.md", html=html, source=source)
    vague = next(
        diagnostic
        for diagnostic in checks.check(edited)
        if diagnostic.rule == "courriel-lien-vague"
    )
    assert (vague.file, vague.line) == ("lettre.md", 7)


def test_a_fault_that_only_outlook_shows_names_outlook() -> None:
    html = good().html.replace("<!--[if mso]></td>", '<!--[if mso]><img src="x.png"></td>')
    (problem,) = (
        diagnostic.problem
        for diagnostic in checks.check(replace(good(), html=html))
        if diagnostic.rule == "image-alt"
    )
    assert problem.endswith("(dans Outlook pour Windows)")


def test_words_only_in_outlook_are_listed_in_alphabetical_order() -> None:
    html = good().html.replace("<!--[if mso]></td>", "<!--[if mso]><p>DDD AAA CCC BBB</p></td>")
    (problem,) = (
        diagnostic.problem
        for diagnostic in checks.check(replace(good(), html=html))
        if diagnostic.rule == "courriel-outlook-different"
    )
    assert problem == "« BBB CCC DDD » n’est que dans Outlook"


def test_courriel_html_is_read_together_with_the_text_file_beside_it(tmp_path: Path) -> None:
    (tmp_path / "courriel.html").write_text(good().html, "utf-8")
    (tmp_path / "courriel.txt").write_text(good().text or "", "utf-8")
    checked = checks.read(tmp_path / "courriel.html", "courriel.html")
    assert checked.text == good().text
    assert checks.check(checked) == []


@pytest.mark.parametrize("data", [b"", b"\x00\xff", b"<", b"<html>", b"<!-- ", b"<p>\xc3</p>"])
@pytest.mark.parametrize("name", ["a.html", "a.eml"])
def test_a_broken_file_is_reported_without_a_crash(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    assert checks.check(checks.read(tmp_path / name, name))
