"""Exports to mailing services: complete, and with no merge tags but the intended ones."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace

import pytest
from PIL import Image

from axtra.newsletter import Mail, render
from axtra.newsletter.exports import SERVICES, PlaceholderError, campaign, message, package
from infolettre.text.first_names import NamePlace
from infolettre.text.personal_values import Personal, personalise
from support import sample_letters as samples
from support.sample_messages import part_of, read

SITE = samples.SITEURL
LINKS = {Personal.UNSUBSCRIBE: f"{SITE}/s-abonner/", Personal.ONLINE: f"{SITE}/infolettres/x/"}
OPENERS = re.compile(r"\{\{|\{%|\*\||\[\[")
LETTER = samples.edition(samples.ROOT, "2019-03-27")
FACTS = samples.read(samples.ROOT).facts
NAME = r"\.Subscriber\.FirstName"
# What each service puts in place of its tags: with a first name, then without.
WRITTEN = {
    "mailchimp": [
        (
            r"\*\|IF:FNAME\|\*(.*?)\*\|FNAME\|\*(?:\*\|ELSE:\|\*(.*?))?\*\|END:IF\|\*",
            r"\1Zoé",
            r"\2",
        ),
        (r"\*\|UNSUB\|\*", "U", "U"),
        (r"\*\|ARCHIVE\|\*", "O", "O"),
    ],
    "brevo": [
        (
            r"\{% if contact\.PRENOM %\}(.*?)\{\{ contact\.PRENOM \}\}(?:\{% else %\}(.*?))?\{% endif %\}",  # noqa: E501
            r"\1Zoé",
            r"\2",
        ),
        (r"\{\{ unsubscribe \}\}", "U", "U"),
        (r"\{\{ mirror \}\}", "O", "O"),
    ],
    "listmonk": [
        (r'\{\{ Safe ("(?:[^"\\]|\\.)*") \}\}', "SAFE", "SAFE"),
        (
            rf"\{{\{{ if {NAME} \}}\}}(.*?)\{{\{{ (?:Safe )?{NAME} \}}\}}(?:\{{\{{ else \}}\}}(.*?))?\{{\{{ end \}}\}}",  # noqa: E501
            r"\1Zoé",
            r"\2",
        ),
        (r"\{\{ UnsubscribeURL \}\}", "U", "U"),
        (r"\{\{ MessageURL \}\}", "O", "O"),
    ],
    "mailjet": [
        (r'\[\[data:firstname:"(.*?)"\]\]', "Zoé", r"\1"),
        (r"\[\[UNSUB_LINK_FR\]\]", "U", "U"),
        (r"\[\[PERMALINK\]\]", "O", "O"),
    ],
}


def mail(slug: str = "2019-03-27") -> Mail:
    """Render a letter with its sentinels still in place."""
    return render(
        samples.edition(samples.ROOT, slug),
        samples.read(samples.ROOT),
        samples.mail_theme(samples.ROOT),
    )


def served(service: str, part: str, *, named: bool) -> str:
    """Replace the tags of a part as the documentation of a service says that it does."""
    for pattern, with_name, without in WRITTEN[service]:
        if with_name == "SAFE":
            part = re.sub(pattern, lambda match: json.loads(match[1]), part)
        else:
            part = re.sub(pattern, with_name if named else without, part)
    return part


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize("named", [True, False])
def test_what_a_service_sends_is_our_letter(name: str, *, named: bool) -> None:
    links = {Personal.UNSUBSCRIBE: "U", Personal.ONLINE: "O"}
    polite = NamePlace("", "chère lectrice, cher « lecteur »").sentinel
    reader = "Zoé" if named else ""
    # Mailjet has no tag for words that appear only beside a name: its greetings name nobody.
    greeted = "" if name == "mailjet" else reader
    for slug in ("2019-03-27", "2019-02-06-quariera"):
        letter = mail(slug)
        longer = replace(letter, text=letter.text + polite, html=letter.html + polite)
        files = package(LETTER, longer, FACTS, SITE, SERVICES[name])
        for file, part, html in (
            ("courriel.html", letter.html, True),
            ("courriel.txt", letter.text, False),
        ):
            expected = personalise(part, links, first_name=greeted, html=html)
            expected += personalise(polite, links, first_name=reader, html=html)
            assert served(name, files[file].decode(), named=named) == expected


@pytest.mark.parametrize("name", SERVICES)
def test_a_package_has_the_tags_of_its_service_only(name: str) -> None:
    service = SERVICES[name]
    files = package(LETTER, mail(), FACTS, SITE, service)
    for file in ("courriel.html", "courriel.txt"):
        text = files[file].decode()
        assert text.count(service.unsubscribe) == 1
        assert text.count(service.online) >= 1
        assert "personnel.invalid" not in text
        assert "unprenom" not in text
        assert not OPENERS.search(served(name, text, named=True))
    assert files["objet.txt"].decode() == f"{mail().subject}\n"
    assert files["preentete.txt"].decode() == f"{mail().preheader}\n"


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize(
    "typed",
    ["{{ nom }}", "{% if %}", "*|FNAME|*", "[[data:x]]", "<%= x %>", "${nom}", "x@TrackLink"],
)
def test_text_that_a_service_would_read_as_a_tag_is_refused(name: str, typed: str) -> None:
    good = mail()
    for broken in (
        replace(good, html=good.html.replace("</h1>", f" {typed}</h1>")),
        replace(good, text=good.text + typed),
        replace(good, subject=typed),
        replace(good, preheader=typed),
    ):
        with pytest.raises(PlaceholderError) as caught:
            package(LETTER, broken, FACTS, SITE, SERVICES[name])
        assert "serait pris pour une balise" in str(caught.value)
        with pytest.raises(PlaceholderError):
            package(LETTER, broken, FACTS, SITE, None)


def test_an_unknown_placeholder_is_refused() -> None:
    for placeholder in ("https://personnel.invalid/inconnu", "unprenomxzz"):
        broken = replace(mail(), text=f"Bonjour {placeholder}\n")
        with pytest.raises(PlaceholderError):
            package(LETTER, broken, FACTS, SITE, SERVICES["brevo"])


def test_the_mailchimp_package_includes_the_pictures() -> None:
    letter = mail()
    data = package(LETTER, letter, FACTS, SITE, SERVICES["mailchimp"])["courriel.zip"]
    assert data == package(LETTER, letter, FACTS, SITE, SERVICES["mailchimp"])["courriel.zip"]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        html = archive.read("index.html").decode()
        shown = set(re.findall(r'<img[^>]* src="([^"]+)"', html))
        assert shown
        assert shown == set(archive.namelist()) - {"index.html"}
        for name in shown:
            with Image.open(io.BytesIO(archive.read(name))) as picture:
                assert picture.format in {"PNG", "JPEG"}
    assert f"{SITE}/images/courriel/" not in html
    assert f'href="{SITE}/' in html


def test_a_campaign_has_the_fields_that_listmonk_requires() -> None:
    letter = mail()
    files = package(LETTER, letter, FACTS, SITE, SERVICES["listmonk"])
    fields = json.loads(files["campagne.json"])
    assert fields == campaign(LETTER, letter, FACTS)
    assert fields.keys() == {
        "name", "subject", "lists", "from_email", "type", "content_type", "body", "altbody",
        "messenger", "tags", "headers",
    }  # fmt: skip
    assert fields["body"].encode() == files["courriel.html"]
    assert fields["altbody"].encode() == files["courriel.txt"]
    # Go's HTML templates drop unprotected comments, and with them the layout for Outlook.
    assert "<!--" not in re.sub(r'\{\{ Safe "(?:[^"\\]|\\.)*" \}\}', "", fields["body"])


def test_a_mail_file_is_the_public_form_of_the_letter() -> None:
    for root, slug in samples.editions():
        letter = samples.edition(root, slug)
        rendered = render(letter, samples.read(root), samples.mail_theme(root))
        facts = samples.read(root).facts
        data = message(letter, "membres", rendered, facts, LINKS)
        assert data == message(letter, "membres", rendered, facts, LINKS)
        mail_file = read(data)
        assert mail_file["Subject"] == rendered.subject
        assert mail_file["From"].addresses[0].addr_spec == facts.email
        assert mail_file["Message-ID"].endswith(f"@{facts.email.rpartition('@')[2]}>")
        assert mail_file["Date"].datetime == letter.date
        assert mail_file["List-Id"].endswith(f"<membres.{facts.email.rpartition('@')[2]}>")
        assert mail_file["List-Unsubscribe"].startswith(f"<{SITE}/s-abonner/>, <mailto:")
        for kind, part, is_html in (("html", rendered.html, True), ("plain", rendered.text, False)):
            assert part_of(data, kind) == personalise(part, LINKS, html=is_html)
        # Clients grey out what follows a signature mark: the legal notice must not.
        assert "--" not in {line.strip() for line in part_of(data, "plain").splitlines()}
