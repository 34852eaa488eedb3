"""A mail that another organisation made is told what holds for every mail, and no more."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from axtra import checks
from axtra.checks import CheckedMail, elsewhere
from axtra.core.diagnostics import Severity
from support.mail_faults import FAULTS, Fault, faulty, good, message

_OF_PROJECT = re.compile(
    r"axtra|content/|theme/|site\.toml|checks/|édition|gabarit|notre site", re.IGNORECASE
)
_ENGLISH = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>Hello</title></head><body>
<p>Hi there, "friends" - we are happy to see you on January 3. It's 5pm...  Learn with us!</p>
<p><a href="https://partner.example/read?x=1">Read the April report</a>, or
<a href="https://partner.example/leave">unsubscribe</a></p>
<p>Partner Inc., 7-11 Commercial Ct, Belfast BT1 2NB, <a href="mailto:hi@partner.example">hi</a></p>
</body></html>"""


def _theirs(page: str) -> str:
    """Name another organisation in a letter of ours."""
    return re.sub(
        r"(?:www\.)?axtra\.ca(?:/(?:magazine|infolettres)[^\"<> ]*)?", "autre.quebec", page
    )


def _mail(page: str) -> CheckedMail:
    return CheckedMail("a.html", page, source=page)


def test_an_english_mail_is_not_judged_by_the_rules_of_french() -> None:
    diagnostics = elsewhere.check(_mail(_ENGLISH))
    assert [each.rule for each in diagnostics] == ["courriel-fenetre"]


def test_a_french_mail_is_advised_on_its_french() -> None:
    page = _theirs(good().html).replace("Bonjour,", 'Les mots "droits" de la lettre et du mois')
    severities = {each.rule: each.severity for each in elsewhere.check(_mail(page))}
    assert severities["guillemets-droits"] is Severity.WARNING


@pytest.mark.parametrize("fault", FAULTS[::4], ids=lambda fault: f"{fault.rule}-{fault.new[:12]!r}")
def test_each_rule_is_reported_once_without_our_project(fault: Fault) -> None:
    mail = faulty(fault)
    diagnostics = elsewhere.check(mail)
    assert len({each.rule for each in diagnostics}) == len(diagnostics)
    assert [each.remedy for each in diagnostics if _OF_PROJECT.search(each.remedy)] == []


def test_what_is_found_many_times_is_counted() -> None:
    images = "".join(f'<img src="https://autre.quebec/{name}.png">' for name in range(5))
    page = _theirs(good().html).replace("<p>Bonjour,</p>", images)
    problems = [each.problem for each in elsewhere.check(_mail(page)) if each.rule == "image-alt"]
    assert problems == ["l’image « 0.png » n’a pas d’attribut alt (et 4 autres)"]


def test_a_mail_is_made_elsewhere_only_when_nothing_in_it_is_ours() -> None:
    theirs = _mail(_theirs(good().html))
    assert not elsewhere.is_ours(theirs)
    assert elsewhere.is_ours(good())
    for link in (
        "https://www.axtra.ca/a/",
        "https://carte.axtra.ca/",
        "mailto:info@axtra.ca?subject=x",
        "https://essai.quebec/infolettres/2026-11-30/",
    ):
        page = theirs.html.replace("<p>Bonjour,</p>", f'<p><a href="{link}">Un mot</a></p>')
        assert elsewhere.is_ours(replace(theirs, html=page)), link
    image = theirs.html.replace("<p>Bonjour,</p>", '<img src="https://www.axtra.ca/x.png" alt="">')
    assert elsewhere.is_ours(replace(theirs, html=image))


@pytest.mark.parametrize("header", ["From", "Reply-To", "List-Id"])
def test_a_header_of_ours_makes_a_message_ours(header: str) -> None:
    whole = _theirs(message().decode().replace("=\r\n", ""))
    assert not elsewhere.is_ours(checks.parse(whole.encode(), "a.eml"))
    mended = re.sub(rf"(?m)^{header}: .*$", f"{header}: A <info@axtra.ca>", whole)
    assert elsewhere.is_ours(checks.parse(mended.encode(), "a.eml"))


def test_the_law_binds_a_list_more_than_a_receipt() -> None:
    page = "<html lang='fr'><body><p>Bonjour, voici le reçu de la commande.</p></body></html>"
    heads = "From: A <a@autre.quebec>\nContent-Type: text/html; charset=utf-8\n"
    receipt = checks.parse(f"{heads}\n{page}".encode(), "a.eml")
    listed = checks.parse(f"{heads}List-Id: <a.autre.quebec>\n\n{page}".encode(), "a.eml")
    for mail, severity in ((receipt, Severity.WARNING), (listed, Severity.ERROR)):
        severities = {each.rule: each.severity for each in elsewhere.check(mail)}
        assert severities["loi-desabonnement"] is severity


def test_a_tag_in_an_address_is_reported_as_a_tag() -> None:
    page = _ENGLISH.replace("https://partner.example/read?x=1", "{{read_url}}")
    assert {each.rule for each in elsewhere.check(_mail(page))} == {
        "courriel-fenetre", "reste-gabarit",
    }  # fmt: skip
