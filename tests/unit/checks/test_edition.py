"""A mail is compared with its edition and with the addresses of our site."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from infolettre import checks
from infolettre.checks import CheckedMail, OwnEdition
from infolettre.text.first_names import NamePlace
from support.mail_faults import HOST, PREHEADER, SUBJECT, good, message

DAY = date(2019, 3, 27)
ONLINE = "https://www.axtra.ca/infolettres/lectures/"
PATHS = ("/", "/magazine/2019-03/", "/nouvelles/", "/s-abonner/", "/infolettres/lectures/")


def compared(old: str = "", new: str = "", *, named: bool = True) -> CheckedMail:
    """Return the good letter after a change, with its edition and our addresses."""
    mail = replace(good(), day=DAY, addresses=frozenset(PATHS))
    greeting = f"Bonjour{NamePlace(' ', '').sentinel}," if named else "Bonjour,"
    page = replace(mail, html=mail.html.replace("Bonjour,", greeting))
    images = frozenset(["/images/couverture.png"])
    edition = OwnEdition(
        "lectures", SUBJECT, PREHEADER, ONLINE, DAY, "info@axtra.ca", "AXTRA", (page.normal,),
        images,
    )  # fmt: skip
    assert not old or old in mail.html
    html = mail.html.replace(old, new) if old else mail.html
    text = (mail.text or "").replace(old, new) if old else mail.text
    return replace(mail, html=html, text=text, edition=edition)


def rules(mail: CheckedMail) -> set[str]:
    return {diagnostic.rule for diagnostic in checks.check(mail)}


@pytest.mark.parametrize("greeting", ["Bonjour,", "Bonjour Ana,", "Bonjour Jean-Marc Roy,"])
def test_the_mail_of_an_edition_has_no_difference(greeting: str) -> None:
    assert checks.check(compared("Bonjour,", greeting)) == []


CHANGES = {
    "another word": ("dix articles", "neuf articles", "edition-texte"),
    "a heading lost": ("<h2>Une enquête</h2>\n", "", "edition-texte"),
    "a paragraph more": ("<p>Bonjour,</p>", "<p>Bonjour,</p><p>Un mot.</p>", "edition-texte"),
    "a name with a message": ("Bonjour,", "Bonjour, venez voir,", "edition-texte"),
    "a link elsewhere": ("/magazine/2019-03/", "/nouvelles/", "edition-liens"),
    "an image lost": ('src="https://www.axtra.ca/images/couverture.png"', "", "edition-liens"),
    "another alt": ("Couverture du numéro", "Portrait du numéro", "edition-liens"),
    "another preheader": (PREHEADER, f"{PREHEADER[:-1]}, bien sûr.", "edition-boite"),
    "another online page": (ONLINE, "https://www.axtra.ca/nouvelles/", "lien-en-ligne-autre"),
    "a dead page": ("/magazine/2019-03/", "/magazine/2019-04/", "lien-mort"),
    "a dead image": ("/images/couverture.png", "/images/perdue.png", "image-morte"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "rule"), CHANGES.values(), ids=CHANGES)
def test_what_differs_from_the_edition_is_reported(old: str, new: str, rule: str) -> None:
    mail = compared(old, new)
    assert rule in rules(replace(mail, preheader=None) if rule == "edition-boite" else mail)


def test_the_subject_is_that_of_the_edition() -> None:
    assert "edition-boite" in rules(replace(compared(), subject="Quatre lectures d’été"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Wed, 27 Mar", "Thu, 28 Mar"),
        ("From: AXTRA <info@", "From: AXTRA <inf@"),
        ("Reply-To: info@", "Reply-To: infos@"),
        ("List-Id: AXTRA", "List-Id: AXTA"),
    ],
)
def test_the_headers_are_those_of_the_edition(old: str, new: str) -> None:
    whole, edition = message().decode(), compared().edition
    assert old in whole
    sent = checks.parse(whole.encode(), "a.eml", host=HOST)
    changed = checks.parse(whole.replace(old, new).encode(), "a.eml", host=HOST)
    assert "edition-entetes" not in rules(replace(sent, edition=edition))
    assert "edition-entetes" in rules(replace(changed, edition=edition))


def test_passages_in_another_order_are_reported_as_such() -> None:
    html, title = compared().html, "<h2>Une enquête</h2>"
    mail = replace(compared(), html=html.replace(title, "").replace("<p>Bonjour,", title + "<p>B,"))
    found = [each.problem for each in checks.check(mail) if each.rule == "edition-texte"]
    assert any("n’est pas à sa place" in problem for problem in found)


def test_another_letter_is_reported_in_one_message() -> None:
    mail = compared()
    other = replace(
        mail, html=mail.html.replace("<p>", "<p>Bien autre chose, ").replace("<h2>", "<h2>Autre ")
    )
    other = replace(other, html=other.html.replace("<h1>", "<h1>Autre ").replace("<td>", "<td>8"))
    found = [each.problem for each in checks.check(other) if each.rule == "edition-texte"]
    assert len(found) == 1


def test_an_address_is_answered_with_or_without_its_last_slash() -> None:
    for address in ("/nouvelles", "/nouvelles/#mars", "/nouvelles/?q=emploi"):
        assert "lien-mort" not in rules(compared("axtra.ca/nouvelles/", f"axtra.ca{address}"))


@pytest.mark.parametrize(
    "address",
    ["https://www.axtra.ca/desabonnement/?id=12", "https://www.axtra.ca/recherche/?q=emploi"],
)
def test_a_page_that_must_know_its_reader_may(address: str) -> None:
    page = good().html.replace(
        "<p>Bonjour,</p>", f'<p><a href="{address}">Le programme du colloque</a></p>'
    )
    assert "lien-lecteur" not in rules(replace(good(), html=page))


@pytest.mark.parametrize(
    "host", ["axtra.eventbrite.ca", "extra.ca", "www.nexastra.com", "trax.ca", "axtra.us1.x.com"]
)
def test_other_domains_are_not_taken_for_neighbours(host: str) -> None:
    page = good().html.replace(
        "<p>Bonjour,</p>", f'<p><a href="https://{host}/x/">Le programme du colloque</a></p>'
    )
    assert "domaine-voisin" not in rules(replace(good(), html=page))
