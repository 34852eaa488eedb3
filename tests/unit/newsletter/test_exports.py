"""What leaves for another program: complete, whole, and with no tag but those that were meant."""

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
from axtra.text.first_names import Place
from axtra.text.personal_values import Personal, personalise
from support import sample_letters as samples
from support.sample_messages import part_of, read

SITE = samples.SITEURL
LINKS = {Personal.UNSUBSCRIBE: f"{SITE}/s-abonner/", Personal.ONLINE: f"{SITE}/infolettres/x/"}
OPENERS = re.compile(r"\{\{|\{%|\*\||\[\[")
LETTER = samples.edition(samples.ROOT, "2019-03-27")
FACTS = samples.read(samples.ROOT).facts
NAME = r"\.Subscriber\.FirstName"
# What each service leaves of its tags: with a first name, then without.
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
    """Render a letter, its sentinels still in it."""
    return render(
        samples.edition(samples.ROOT, slug), samples.read(samples.ROOT), samples.look(samples.ROOT)
    )


def served(service: str, part: str, *, named: bool) -> str:
    """Read a part as the service would write it, from what its documentation says of its tags."""
    for pattern, with_name, without in WRITTEN[service]:
        if with_name == "SAFE":
            part = re.sub(pattern, lambda found: json.loads(found[1]), part)
        else:
            part = re.sub(pattern, with_name if named else without, part)
    return part


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize("named", [True, False])
def test_what_a_service_sends_is_the_letter(name: str, *, named: bool) -> None:
    links = {Personal.UNSUBSCRIBE: "U", Personal.ONLINE: "O"}
    polite = Place("", "chère lectrice, cher « lecteur »").sentinel
    reader = "Zoé" if named else ""
    # Mailjet cannot say what is read only before a name: there, a greeting names nobody.
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
def test_a_package_holds_the_tags_of_its_service_and_no_other(name: str) -> None:
    service = SERVICES[name]
    files = package(LETTER, mail(), FACTS, SITE, service)
    for file in ("courriel.html", "courriel.txt"):
        text = files[file].decode()
        assert text.count(service.unsubscribe) == 1
        assert text.count(service.online) >= 1
        assert "personnel.invalid" not in text
        assert "axtraprenom" not in text
        assert not OPENERS.search(served(name, text, named=True))
    assert files["objet.txt"].decode() == f"{mail().subject}\n"
    assert files["preentete.txt"].decode() == f"{mail().preheader}\n"


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize(
    "typed",
    ["{{ nom }}", "{% if %}", "*|FNAME|*", "[[data:x]]", "<%= x %>", "${nom}", "x@TrackLink"],
)
def test_what_a_service_would_take_for_a_tag_is_refused(name: str, typed: str) -> None:
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


def test_a_placeholder_that_nobody_knows_is_refused() -> None:
    for left in ("https://personnel.invalid/inconnu", "axtraprenomxzz"):
        broken = replace(mail(), text=f"Bonjour {left}\n")
        with pytest.raises(PlaceholderError):
            package(LETTER, broken, FACTS, SITE, SERVICES["brevo"])


def test_mailchimp_gets_its_pictures_beside_the_letter() -> None:
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


def test_a_campaign_is_what_listmonk_asks_for() -> None:
    letter = mail()
    files = package(LETTER, letter, FACTS, SITE, SERVICES["listmonk"])
    said = json.loads(files["campagne.json"])
    assert said == campaign(LETTER, letter, FACTS)
    assert said.keys() == {
        "name", "subject", "lists", "from_email", "type", "content_type", "body", "altbody",
        "messenger", "tags", "headers",
    }  # fmt: skip
    assert said["body"].encode() == files["courriel.html"]
    assert said["altbody"].encode() == files["courriel.txt"]
    # Go's HTML templates drop comments that nothing protects, and Outlook's layout with them.
    assert "<!--" not in re.sub(r'\{\{ Safe "(?:[^"\\]|\\.)*" \}\}', "", said["body"])


def test_a_mail_file_is_the_letter_as_anyone_may_read_it() -> None:
    for root, slug in samples.editions():
        letter = samples.edition(root, slug)
        rendered = render(letter, samples.read(root), samples.look(root))
        facts = samples.read(root).facts
        data = message(letter, "membres", rendered, facts, LINKS)
        assert data == message(letter, "membres", rendered, facts, LINKS)
        found = read(data)
        assert found["Subject"] == rendered.subject
        assert found["From"].addresses[0].addr_spec == facts.email
        assert found["Message-ID"].endswith(f"@{facts.email.rpartition('@')[2]}>")
        assert found["Date"].datetime == letter.date
        assert found["List-Id"].endswith(f"<membres.{facts.email.rpartition('@')[2]}>")
        assert found["List-Unsubscribe"].startswith(f"<{SITE}/s-abonner/>, <mailto:")
        for kind, part, is_html in (("html", rendered.html, True), ("plain", rendered.text, False)):
            assert part_of(data, kind) == personalise(part, LINKS, html=is_html)
        # Clients grey what follows a signature's mark: the legal block is under none.
        assert "--" not in {line.strip() for line in part_of(data, "plain").splitlines()}
