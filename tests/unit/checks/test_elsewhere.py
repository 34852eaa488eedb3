"""A mail that another organisation made is told what holds for every mail, and no more."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from mjml import mjml2html

from infolettre import checks
from infolettre.checks import CheckedMail, elsewhere
from infolettre.core.diagnostics import Severity
from support.mail_faults import FAULTS, HOST, Fault, faulty, good, message

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
    return CheckedMail("a.html", page, source=page, host=HOST)


def _page(body: str, head: str = "", language: str = "en") -> str:
    """Return a page as careful organisations make them, around a body."""
    return (
        f'<!DOCTYPE html><html lang="{language}" xmlns:v="urn:schemas-microsoft-com:vml"><head>'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>News of the month</title>{head}</head><body>{body}</body></html>"
    )


_FOOT = {
    "en": '<p><a href="https://partner.example.quebec/leave?u=12">Unsubscribe</a><br>Partner Inc.,'
    " 123 Main Street, Springfield, OR 97477<br>(123) 456-7890</p>",
    "fr": '<p><a href="https://partenaire.quebec/quitter">Me désabonner</a><br>Le Partenaire,'
    " 12, rue du Pont, Québec (Québec)\u00a0 G1G\u00a01G1<br>+1 418 555-0100</p>",
}
_WORDS = {
    "en": '<h1>News of the month</h1><p>Hi Jane, "welcome" - it\'s great to have you on board... at'
    ' 5pm on May 3rd.</p><p><a href="https://partner.example.quebec/r?utm_source=mail">Read the'
    ' annual report</a></p><img src="https://cdn.partner.example.quebec/a.jpg" alt="A team"'
    ' width="600">',
    "fr": "<h1>Les nouvelles du mois</h1><p>Bonjour, voici le rapport de l’année et les dates du"
    ' colloque.</p><p><a href="https://partenaire.quebec/rapport">Lire le rapport annuel</a></p>'
    '<img src="https://partenaire.quebec/a.jpg" alt="Une équipe" width="600">',
}
_TABLE = '<table role="presentation" width="100%" cellspacing="0"><tr><td>{}</td></tr></table>'
_GHOST = (
    '<center style="width:100%"><!--[if mso | IE]><table role="presentation" width="600" align='
    '"center"><tr><td><![endif]--><div style="max-width:600px;margin:0 auto">{}</div>'
    "<!--[if mso | IE]></td></tr></table><![endif]--></center>"
)
_RECEIPT = (
    "<p>Thanks for your order.</p><table role='presentation'><tr><td>Item</td><td>Amount</td></tr>"
    "<tr><td>Annual plan</td><td>$25.00</td></tr></table>"
)
_MJML = (
    "<mjml><mj-head><mj-title>News of the month</mj-title></mj-head><mj-body><mj-section>"
    "<mj-column><mj-text>{}</mj-text>{}<mj-divider/></mj-column></mj-section></mj-body></mjml>"
)
_BUTTON = '<mj-button href="https://partner.example.quebec/start">Start your trial</mj-button>'


def _both(language: str) -> str:
    return _WORDS[language] + _FOOT[language]


_GOOD = {
    "fluid": _page(_TABLE.format(_both("en"))),
    "hybrid": _page(_GHOST.format(_TABLE.format(_both("en")))),
    "responsive, with a sheet": _page(
        _TABLE.format(_both("en")),
        "<style>@media (max-width:600px){img{width:100%!important}}</style>",
    ),
    "welcome": _page(f"<span style='display:none'>Welcome!</span>{_TABLE.format(_both('en'))}"),
    "receipt": _page(_RECEIPT + _FOOT["en"]),
    "MJML, basic": mjml2html(_MJML.format(_both("en"), "")),
    "MJML, with a button": mjml2html(_MJML.format(_both("en"), _BUTTON)),
    "MJML, in French": mjml2html(_MJML.format(_both("fr"), "")).replace("<html", "<html lang='fr'"),
    "plain": _page(_both("fr"), language="fr"),
    "plain, without a head": f"<p>Bonjour,</p>{_both('fr')}",
    "of this program": _theirs(good().html),
}


_HEADS = (
    "From: A <a@autre.quebec>\nTo: b@exemple.test\nSubject: Les nouvelles du mois\n"
    "Date: Mon, 30 Nov 2026 09:00:00 -0500\nMessage-ID: <1@autre.quebec>\nMIME-Version: 1.0\n"
)
_OF_LIST = (
    "List-Unsubscribe: <https://autre.quebec/x>\n"
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click\n"
)


def _message(kind: str, body: str, heads: str = _HEADS) -> CheckedMail:
    coded = f"Content-Type: text/{kind}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
    return checks.parse(f"{heads}{coded}{body}".encode(), "a.eml", host=HOST)


@pytest.mark.parametrize("page", _GOOD.values(), ids=_GOOD)
def test_a_good_mail_has_no_error(page: str) -> None:
    for mail in (_mail(page), _message("html", page, _HEADS + _OF_LIST)):
        told = elsewhere.check(mail)
        assert [str(each) for each in told if each.severity is Severity.ERROR] == []


@pytest.mark.parametrize("heads", [_HEADS, _HEADS + _OF_LIST], ids=["to a person", "to a list"])
def test_a_good_message_of_text_lacks_only_its_html(heads: str) -> None:
    text = "Bonjour,\n\nÀ mardi.\n\nPour vous désabonner, répondez à ce message.\n\n"
    text += "Le Partenaire\n12, rue du Pont\nQuébec (Québec)  G1G 1G1\n418 555-0100\n"
    told = [(each.rule, each.severity) for each in elsewhere.check(_message("plain", text, heads))]
    assert told == [("mime-parties", Severity.WARNING)]


def test_a_stray_line_among_the_headers_is_one_finding() -> None:
    heads = _HEADS.replace("To:", "Une ligne perdue\nUne autre\nTo:")
    told = elsewhere.check(_message("html", _GOOD["plain"], heads))
    found = [(each.rule, each.line) for each in told if each.rule != "mime-parties"]
    assert found == [("mime-entetes", 2)]


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
    assert not elsewhere.is_ours(checks.parse(whole.encode(), "a.eml", host=HOST))
    mended = re.sub(rf"(?m)^{header}: .*$", f"{header}: A <info@axtra.ca>", whole)
    assert elsewhere.is_ours(checks.parse(mended.encode(), "a.eml", host=HOST))


def test_the_law_binds_a_list_more_than_a_receipt() -> None:
    page = "<html lang='fr'><body><p>Bonjour, voici le reçu de la commande.</p></body></html>"
    heads = "From: A <a@autre.quebec>\nContent-Type: text/html; charset=utf-8\n"
    receipt = checks.parse(f"{heads}\n{page}".encode(), "a.eml", host=HOST)
    listed = checks.parse(
        f"{heads}List-Id: <a.autre.quebec>\n\n{page}".encode(), "a.eml", host=HOST
    )
    for mail, severity in ((receipt, Severity.WARNING), (listed, Severity.ERROR)):
        severities = {each.rule: each.severity for each in elsewhere.check(mail)}
        assert severities["loi-desabonnement"] is severity


def test_a_tag_in_an_address_is_reported_as_a_tag() -> None:
    page = _ENGLISH.replace("https://partner.example/read?x=1", "{{read_url}}")
    assert {each.rule for each in elsewhere.check(_mail(page))} == {
        "courriel-fenetre", "reste-gabarit",
    }  # fmt: skip
