"""Each mail rule reports its fault on the right line, and reports nothing on a good letter."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import pytest

from infolettre import checks
from infolettre.checks import MAIL_RULES, CheckedMail
from infolettre.checks.rules.support import ACCEPTED
from support.mail_faults import BUILT, FAULTS, HOST, Fault, faulty, good, message
from support.sample_letters import edition, editions, mail


def broken_rules(checked: CheckedMail) -> set[str]:
    return {diagnostic.rule for diagnostic in checks.check(checked)}


def _rendered(root: Path, slug: str) -> CheckedMail:
    letter, made = edition(root, slug), mail(root, slug)
    source = (root / letter.source).read_text("utf-8")
    return CheckedMail(
        letter.source, made.html, made.text, made.subject, made.preheader, source, host=HOST
    )


def test_a_good_letter_breaks_no_rule() -> None:
    assert checks.check(good()) == []


def test_a_good_message_breaks_no_rule() -> None:
    assert checks.check(checks.parse(message(), "lettre.eml", host=HOST)) == []


# The golden edition uses the same link text twice on purpose.
@pytest.mark.parametrize(("root", "slug"), editions(), ids=lambda value: str(value)[-12:])
def test_every_letter_of_the_project_breaks_only_the_expected_rules(root: Path, slug: str) -> None:
    expected = {"lien-ambigu"} if slug == "catalogue" else set()
    assert broken_rules(_rendered(root, slug)) == expected


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.rule}-{fault.new[:12]!r}")
def test_each_fault_is_reported_by_its_rule(fault: Fault) -> None:
    assert fault.rule in broken_rules(faulty(fault))


def test_each_fault_of_a_page_is_reported_on_a_line() -> None:
    """Nearly always that of the change: what is missing has none, nor what a sheet hides."""
    planted = [fault for fault in FAULTS if fault.part == "html"][::2]
    nowhere, elsewhere = list[str](), list[Fault]()
    for fault in planted:
        mail = faulty(fault)
        told = checks.check(replace(mail, source=mail.html))
        lines = [diagnostic.line for diagnostic in told if diagnostic.rule == fault.rule]
        nowhere += [fault.rule for line in lines if line is None]
        at = good().html.index(fault.old)
        changed = range(good().html.count("\n", 0, at) + 1, at + 1)
        if not any(line in changed[: fault.new.count("\n") + 2] for line in lines):
            elsewhere.append(fault)
    assert nowhere == [], nowhere
    assert len(elsewhere) < 0.08 * len(planted), elsewhere


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


@pytest.mark.parametrize(
    "words", ["Test psychométrique : ce qu’il mesure", "Tests et essais", "Essai routier en vue"]
)
def test_a_subject_may_speak_of_tests(words: str) -> None:
    assert "objet-essai" not in broken_rules(replace(good(), subject=words))


@pytest.mark.parametrize(
    "words",
    [
        "Écrivez à info@exemple.org?subject=Inscription",
        "Voir www.exemple.org/page?id=mars ou exemple.org/a?b",
        "Une question?Non.",
    ],
)
def test_a_question_mark_is_accepted_in_addresses_and_sentences(words: str) -> None:
    page = good().html.replace("<p>Bonjour,</p>", f"<p>{words}</p>")
    assert "encodage-casse" not in broken_rules(replace(good(), html=page))


@pytest.mark.parametrize(
    "words",
    [
        "Le taux passe de 5 % à 7 % du total, et il en coûte 25 $ ou 30 $ par mois.",
        "Voir la note [1], l’annexe [a] et la page (prénom et nom).",
        "Accueil|Contact|Plan, ou nom/prénom/courriel, ou Nom : Roy | Prénom : Ana",
        "Le mot-clic #emploi, le compte @axtra_qc, l’adresse prenom@exemple.org",
        "Les cases « Prénom » et « Nom » sont à remplir.",
        "[VIDÉO] Un atelier; une note [sic]; [Ville de Québec]; [PDF, 2 Mo]",
        "Super Bowl XXX, le XXXe congrès, le chapitre XXX, une taille XXL",
        "Une place -ou presque- à 3*4*5 heures, *sous réserve*, ((voir la suite))",
        "Bonjour à toutes et à tous, bonjour (et bonsoir), chère lectrice, cher lecteur,",
        "Un fichier Prénom_Nom.pdf, 12 h 30 :: suite, 50% et 20% de plus",
    ],
)
def test_prose_is_not_taken_for_a_tag(words: str) -> None:
    page = good().html.replace("<p>Bonjour,</p>", f"<p>{words}</p>")
    lookalikes = {"reste-gabarit", "texte-a-completer", "salutation-vide"}
    assert not lookalikes & broken_rules(replace(good(), html=page))


def test_a_link_may_show_the_domain_of_its_page() -> None:
    link = '<p><a href="https://ici.radio-canada.ca/x">Radio-canada.ca</a></p>'
    page = good().html.replace("<p>Bonjour,</p>", link)
    assert "lien-trompeur" not in broken_rules(replace(good(), html=page))


@pytest.mark.parametrize(
    "sheet",
    [
        "/* @tab{} .adresse{display:none} */",
        "@media print{p{display:none}}",
        "@media (min-width:2000px){p{display:none}}",
        "a:hover{color:#FFFFFF}",
        "#ailleurs p{display:none}",
        ".fond p{color:#17212B}",
    ],
)
def test_a_sheet_that_hides_nothing_is_accepted(sheet: str) -> None:
    page = good().html.replace("</head>", f"<style>{sheet}</style></head>")
    lookalikes = {
        "feuille-illisible",
        "loi-desabonnement-visible",
        "loi-adresse",
        "couleur-contraste",
    }
    assert not (lookalikes | {"courriel-contenu-cache"}) & broken_rules(replace(good(), html=page))


def test_an_address_in_a_sheet_is_not_read_as_a_rule() -> None:
    page = good().html.replace("</head>", "<style>@import url(x.css?a@0,1;1,2);</style></head>")
    lines = [str(diagnostic) for diagnostic in checks.check(replace(good(), html=page))]
    assert not [line for line in lines if "@0" in line]


@pytest.mark.parametrize("name", ["couverture", "couverture?v=2", "c.png?v=12", "c.jpg?w=600&q=80"])
def test_an_image_may_have_a_version_or_no_suffix(name: str) -> None:
    page = good().html.replace("couverture.png", name)
    assert not {"image-format", "image-pixel", "image-adresse"} & broken_rules(
        replace(good(), html=page)
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("-0400", "-0400 (EDT)"),
        ("Wed, 27 Mar", "27 Mar"),
        ("09:00:00", "09:00"),
        ("MIME-Version: 1.0", "MIME-Version: 1.0 (Mac OS X Mail 16.0)"),
    ],
)
def test_headers_that_the_standards_allow_are_accepted(old: str, new: str) -> None:
    whole = message().decode()
    assert old in whole
    assert checks.check(checks.parse(whole.replace(old, new).encode(), "a.eml", host=HOST)) == []


@pytest.mark.parametrize("language", ["en", "und", "es"])
def test_words_are_counted_in_every_language(language: str) -> None:
    page = good().html.replace("fr-CA", language)
    lookalikes = {"courriel-vide", "loi-adresse", "loi-joindre", "loi-expediteur"}
    assert not lookalikes & broken_rules(replace(good(), html=page))


def in_text_alone(words: str = "") -> CheckedMail:
    """Return the good letter as a message of text alone, after some words."""
    mime = message_from_bytes(message(), policy=SMTP.clone(max_line_length=76))
    for name in ("Content-Type", "Content-Transfer-Encoding"):
        del mime[name]
    mime.set_content(f"{words}\n\n{good().text}", cte="quoted-printable")
    return checks.parse(mime.as_bytes(), "a.eml", host=HOST)


def test_a_lawful_message_of_text_alone_lacks_only_its_html() -> None:
    assert broken_rules(in_text_alone()) == {"mime-parties"}


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("Voir https://bit.ly/3abc", "lien-raccourci"),
        ("Voir <https://192.168.0.4/x/>", "lien-prive"),
        ("Bonjour {{ prenom }}", "reste-gabarit"),
        ("L'emploi", "apostrophe-droite"),
        ("Le lundi 20 mars 2019", "date-fausse"),
        ("LÃ©on est là", "encodage-casse"),
    ],
)
def test_the_words_of_a_message_of_text_alone_are_checked(words: str, rule: str) -> None:
    told = checks.check(in_text_alone(words))
    assert {each.rule for each in told} == {rule, "mime-parties"}
    assert all(each.line for each in told if each.rule == rule)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("H0H\u00a00H0", "", "loi-adresse"),
        ("Se désabonner", "Aller", "loi-desabonnement"),
        ("https://www.axtra.ca/s-abonner/", "https://www.axtra.ca/mon-compte/",
         "loi-desabonnement-simple"),
        ("AXTRA, l’Alliance des centres-conseils en emploi", "", "loi-expediteur"),
    ],
)  # fmt: skip
def test_the_law_reads_a_message_of_text_alone(old: str, new: str, rule: str) -> None:
    mail = in_text_alone()
    assert old in (mail.text or "")
    assert rule in broken_rules(replace(mail, text=(mail.text or "").replace(old, new)))


@pytest.mark.parametrize("line", ["Ligne égarée", "X-Essai sans deux-points", "-----"])
def test_a_stray_line_among_the_headers_is_reported_once(line: str) -> None:
    data = message().replace(b"Reply-To:", f"{line}\r\nReply-To:".encode())
    diagnostics = checks.check(checks.parse(data, "a.eml", host=HOST))
    assert [(each.rule, each.line) for each in diagnostics] == [("mime-entetes", 3)]


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
    checked = checks.read(tmp_path / "courriel.html", "courriel.html", host=HOST)
    assert checked.text == good().text
    assert checks.check(checked) == []


@pytest.mark.parametrize("data", [b"", b"\x00\xff", b"<", b"<html>", b"<!-- ", b"<p>\xc3</p>"])
@pytest.mark.parametrize("name", ["a.html", "a.eml"])
def test_a_broken_file_is_reported_without_a_crash(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    assert checks.check(checks.read(tmp_path / name, name, host=HOST))
