"""Each rule of the mail standard detects the fault that it exists for."""

from __future__ import annotations

import pytest

from support import mail_standard as standard
from support import sample_letters as samples


@pytest.mark.parametrize(
    ("rule", "good", "bad"),
    [
        (standard.declares_language_and_title, "<!DOCTYPE html>", "<!doctype html>"),
        (standard.declares_language_and_title, 'role="article" lang="fr-CA"', 'role="article"'),
        (standard.declares_language_and_title, "<title>Le catalogue", "<title></title><b>"),
        (standard.tables_say_what_they_are, 'role="presentation"', ""),
        (standard.tables_say_what_they_are, ' scope="col"', ""),
        (standard.headings_are_in_order, "h1", "h2"),
        (standard.headings_are_in_order, "h2", "h5"),
        (standard.images_are_whole, 'alt="AXE Magazine"', 'alt=""'),
        (standard.images_are_whole, 'alt="Un X."', ""),
        (standard.images_are_whole, 'width="552"', 'width="100%"'),
        (standard.images_are_whole, ".png", ".svg"),
        (standard.images_are_whole, "https://www.axtra.ca/images", "https://ailleurs.ca/images"),
        (standard.links_say_where_they_go, "https://www.axtra.ca/s-abonner/", "/s-abonner/"),
        (
            standard.links_say_where_they_go,
            "https://www.axtra.ca/s-abonner/",
            "http://www.axtra.ca/",
        ),
        (standard.links_say_where_they_go, "se désabonner de l’infolettre", "ici"),
        (standard.links_say_where_they_go, "text-decoration:underline", "text-decoration:none"),
        (standard.holds_nothing_foreign, "<h1", "<script></script><h1"),
        (standard.holds_nothing_foreign, "<h1", '<form action="https://a.ca"></form><h1'),
        (standard.holds_nothing_foreign, "<h1", '<h1 onclick="a()"'),
        (standard.holds_nothing_foreign, "https://www.axtra.ca/images", "data:image/png"),
        (standard.holds_nothing_foreign, ":root{", "@import 'a.css';:root{"),
        (standard.text_is_clean, "Bonjour,", "Bonjour\\u{a0},"),
        (standard.text_is_clean, "Bonjour,", "{{ bonjour }}"),
        (standard.text_is_clean, "Bonjour,", "Bon\u00adjour,"),
        (standard.text_is_clean, "Bonjour,", "Bonjour\u0092,"),
        (standard.text_is_clean, "Bonjour,", "DÃ©jÃ \u00a0,"),
        (standard.text_is_clean, "Bonjour,", "De\u0301ja\u0300,"),
        (standard.text_is_clean, "#17212B", "var(--texte)"),
        (standard.no_mark_is_orphan, "voilà\u00a0»", "voilà »"),
        (standard.no_mark_is_orphan, "comparer?", "comparer ?"),
        (standard.preheader_is_hidden, "mso-hide:all", ""),
        (standard.preheader_is_hidden, "Chaque bloc", "Chaque bloc" * 6),
        (standard.adapts_to_dark, 'content="light dark"', 'content="light"'),
        (standard.adapts_to_dark, " !important}", "}"),
        (standard.keeps_contrast, "color:#52606D", "color:#A9B4BE"),
        (standard.keeps_contrast, "color:#FFF", "color:#0F3D5C"),
        (standard.stands_without_sheet, "text-align:center", "float:left"),
        (standard.word_finds_widths, 'width="600"', ""),
        (standard.fits_in_an_inbox, "Bonjour,", "Bonjour," * 8000),
    ],
)
def test_each_rule_detects_its_fault_and_nothing_else(
    rule: standard.Rule, good: str, bad: str
) -> None:
    html = samples.mail(samples.CATALOGUE, "catalogue").html
    assert good in html
    spoiled = html.replace(good, bad)
    views = (standard.View.normal, standard.View.mso)
    assert [*(fault for view in views for fault in rule(view(html)))] == []
    assert [*(fault for view in views for fault in rule(view(spoiled)))] != []


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("<https://www.axtra.ca/magazine/2020-01/dessin/>", ""),
        ("https://note.example/", "https://autre.example/"),
        ("Le texte", "Un titre " + "plus long que les colonnes du texte " * 2),
        ("Bonjour,", "Bonjour, "),
        ("voilà\u00a0»", "voilà\n»"),
        ("Les cartes", "--"),
        ("e", "x"),
    ],
)
def test_a_faulty_text_part_is_detected(good: str, bad: str) -> None:
    mail = samples.mail(samples.CATALOGUE, "catalogue")
    assert good in mail.text
    assert list(standard.text_faults(mail.text.replace(good, bad), mail.html)) != []


@pytest.mark.parametrize(
    ("subject", "preheader"),
    [
        ("Trop", "x" * 60),
        ("x" * 79, "x" * 60),
        ("TOUT EN CAPITALES", "x" * 60),
        ("AXE Magazine no 5", "x" * 60),
        ("Un objet ordinaire", "x" * 39),
        ("Un objet ordinaire", "x" * 131),
        ("Un objet « orphelin »", "x" * 60),
    ],
)
def test_an_unsuitable_subject_or_preheader_is_detected(subject: str, preheader: str) -> None:
    assert list(standard.subject_faults(subject, preheader)) != []
