"""Mails of the project with one mistake each, as an export, a paste or a hand makes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from email import message_from_bytes
from email.message import Message
from typing import NamedTuple

from infolettre.checks import header_fields
from infolettre.message import quoted_printable

Change = Callable[[str], str]


class Mistake(NamedTuple):
    """A change to one part of a mail: « head », « html », « text », or « both » bodies."""

    name: str
    part: str
    change: Change


def sub(pattern: str, new: str, *, nth: int = 0) -> Change:
    """Return a change of the nth match of a pattern, from 0; from the end when it is negative."""

    def change(whole: str) -> str:
        matches = [*re.finditer(pattern, whole, re.DOTALL)]
        if not -len(matches) <= nth < len(matches):
            return whole
        match = matches[nth]
        return whole[: match.start()] + match.expand(new) + whole[match.end() :]

    return change


def swap(pattern: str, *, apart: int = 1) -> Change:
    """Return a change of places of two matches of a pattern."""

    def change(whole: str) -> str:
        matches = [*re.finditer(pattern, whole, re.DOTALL)]
        if len(matches) <= apart:
            return whole
        first, other = matches[0], matches[apart]
        between = whole[first.end() : other.start()]
        return whole[: first.start()] + other[0] + between + first[0] + whole[other.end() :]

    return change


def _all(old: str, new: str) -> Change:
    return lambda whole: whole.replace(old, new)


_HOST = r"https://www\.axtra\.ca"
_PAGE = rf'(?<=href="){_HOST}/(?!infolettres/|s-abonner|")([^"?#]+)'
_P = r'(?<=<p style="margin:0 0 16px">)'
_CARD = r'<table role="presentation" width="100%"[^>]*><tr><td class="carte".*?</table>'
_PARAGRAPH = r'<p style="margin:0 0 16px">(?:(?!</p>).){40,}?</p>'
_TITLE = r'(?<=<h2 class="h2" style="margin:28px 0 12px;font:normal 24px/30px Georgia, serif">)'
_DATE = r"(lundi|mardi|mercredi|jeudi|vendredi) (\d{1,2})\u00a0(\w+) (20\d\d)"
_IMAGE = rf'(?<=src="){_HOST}/images/courriel/([^"]+)'
_DAYS = {"lundi": "mardi", "mardi": "mercredi", "mercredi": "jeudi", "jeudi": "vendredi"}


def _other_weekday(whole: str) -> str:
    return re.sub(_DATE, lambda m: m[0].replace(m[1], _DAYS.get(m[1], "lundi")), whole, count=1)


def _week_later(whole: str) -> str:
    return re.sub(
        _DATE,
        lambda m: m[0].replace(f" {m[2]}", f" {(int(m[2]) + 7 - 1) % 28 + 1}"),
        whole,
        count=1,
    )


HEADERS = (
    Mistake("subject of another letter", "head", sub(r"Subject: .*?\r\n(?=\S)", "Subject: Douze nouvelles du mois de mai\r\n")),
    Mistake("subject with a word less", "head", sub(r"(Subject: (?:=\?utf-8\?q\?)?\w+)[_ ]\w+", r"\1")),
    Mistake("subject absent", "head", sub(r"Subject: .*?\r\n(?=\S)", "")),
    Mistake("subject doubled", "head", sub(r"(Subject: .*?\r\n)(?=\S)", r"\1\1")),
    Mistake("subject of a reply", "head", sub(r"Subject: ", "Subject: RE: ")),
    Mistake("subject of a trial", "head", sub(r"Subject: ", "Subject: [TEST] ")),
    Mistake("subject in capitals", "head", sub(r"Subject: .*?\r\n(?=\S)", "Subject: LES NOUVELLES DU MOIS\r\n")),
    Mistake("subject unencoded", "head", sub(r"Subject: .*?\r\n(?=\S)", "Subject: Le numéro de l’été\r\n")),
    Mistake("subject badly encoded", "head", sub(r"Subject: .*?\r\n(?=\S)", "Subject: =?utf-8?q?Num=C3?=\r\n")),
    Mistake("subject with a merge tag", "head", sub(r"Subject: ", "Subject: {{ prenom }}, ")),
    Mistake("date a week later", "head", sub(r"Date: (\w+), (\d+)", "Date: \\1, 28")),
    Mistake("date of another year", "head", sub(r"(Date: )\w+, (\d+ \w+) 20(\d\d)", r"\1\2 2024")),
    Mistake("date with another weekday", "head", sub(r"Date: \w+,", "Date: Sun,")),
    Mistake("date the day before", "head", lambda head: re.sub(r"Date: \w+, (\d+)", lambda m: f"Date: {int(m[1]) - 1}", head)),
    Mistake("date without a zone", "head", sub(r" -0[45]00", "")),
    Mistake("date absent", "head", sub(r"Date: .*?\r\n", "")),
    Mistake("list of others", "head", sub(r"<membres\.axtra\.ca>|<quariera\.axtra\.ca>", "<partenaires.axtra.ca>")),
    Mistake("list of another domain", "head", sub(r"(List-Id: .*?<\w+)\.axtra\.ca>", r"\1.exemple.org>")),
    Mistake("list without brackets", "head", sub(r"(List-Id: .*?)<([^>]*)>", r"\1\2")),
    Mistake("list absent", "head", sub(r"List-Id: .*?\r\n(?=\S)", "")),
    Mistake("language of the header", "head", sub(r"Content-Language: fr-CA", "Content-Language: en-CA")),
    Mistake("language of another country", "head", sub(r"Content-Language: fr-CA", "Content-Language: fr-FR")),
    Mistake("sender at gmail", "head", sub(r"From: AXTRA <[^>]*>", "From: AXTRA <axtra.quebec@gmail.com>")),
    Mistake("sender at videotron", "head", sub(r"From: AXTRA <[^>]*>", "From: AXTRA <axtra@videotron.ca>")),
    Mistake("sender at hotmail", "head", sub(r"From: AXTRA <[^>]*>", "From: AXTRA <axtra@hotmail.com>")),
    Mistake("sender at a neighbour", "head", sub(r"From: AXTRA <(\w+)@axtra\.ca>", r"From: AXTRA <\1@axtra.com>")),
    Mistake("sender without a name", "head", sub(r"From: AXTRA <([^>]*)>", r"From: \1")),
    Mistake("sender who reads nothing", "head", sub(r"From: AXTRA <[^>]*>", "From: AXTRA <noreply@axtra.ca>")),
    Mistake("sender absent", "head", sub(r"From: .*?\r\n", "")),
    Mistake("answers elsewhere", "head", sub(r"Reply-To: AXTRA <(\w+)@axtra\.ca>", r"Reply-To: AXTRA <\1@axtra.qc.ca>")),
    Mistake("answers to nobody", "head", sub(r"Reply-To: .*?\r\n", "Reply-To: rien\r\n")),
    Mistake("several readers", "head", sub(r"To: destinataire@exemple\.test", "To: a@exemple.test, b@exemple.test")),
    Mistake("hidden readers", "head", sub(r"(To: d.*?\r\n)", r"\1Bcc: b@exemple.test\r\n")),
    Mistake("unsubscribe in clear", "head", sub(r"List-Unsubscribe: <https:", "List-Unsubscribe: <http:")),
    Mistake("unsubscribe at a neighbour", "head", sub(r"List-Unsubscribe: <https://www\.axtra\.ca", "List-Unsubscribe: <https://www.axtrra.ca")),
    Mistake("unsubscribe absent", "head", sub(r"List-Unsubscribe: .*?\r\n(?=\S)", "")),
    Mistake("unsubscribe by mail only", "head", sub(r"<https://[^>]*>,\s*", "")),
    Mistake("unsubscribe on the home page", "head", sub(r"(List-Unsubscribe: <https://www\.axtra\.ca/)[^>]*", r"\1")),
    Mistake("one click absent", "head", sub(r"List-Unsubscribe-Post: .*?\r\n", "")),
    Mistake("one click badly written", "head", sub(r"List-Unsubscribe=One-Click", "One-Click")),
    Mistake("identifier of this machine", "head", sub(r"Message-ID: <(\w+)@[^>]*>", r"Message-ID: <\1@localhost>")),
    Mistake("identifier absent", "head", sub(r"Message-ID: .*?\r\n", "")),
    Mistake("urgent", "head", sub(r"Reply-To", "X-Priority: 1\r\nReply-To")),
    Mistake("receipt wanted", "head", sub(r"Reply-To", "Disposition-Notification-To: a@axtra.ca\r\nReply-To")),
    Mistake("a stray line", "head", sub(r"Reply-To", "Ligne perdue\r\nReply-To")),
    Mistake("an answer", "head", sub(r"Reply-To", "In-Reply-To: <1@axtra.ca>\r\nReply-To")),
)  # fmt: skip
MIME = (
    Mistake("mixed", "head", sub(r"multipart/alternative", "multipart/mixed")),
    Mistake("no boundary", "head", sub(r";\s*boundary=\"[^\"]*\"", "")),
    Mistake("version", "head", sub(r"MIME-Version: 1\.0", "MIME-Version: 2.0")),
    Mistake("no version", "head", sub(r"MIME-Version: 1\.0\r\n", "")),
    Mistake("HTML in latin-1", "raw", sub(r"(text/html; charset=)utf-8", r"\1iso-8859-1")),
    Mistake("text in latin-1", "raw", sub(r"(text/plain; charset=)utf-8", r"\1iso-8859-1")),
    Mistake("HTML of no known charset", "raw", sub(r"(text/html; charset=)utf-8", r"\1utf-9")),
    Mistake("text in base64", "raw", sub(r"quoted-printable", "base64")),
    Mistake("HTML in 8bit", "raw", sub(r"quoted-printable", "8bit", nth=1)),
    Mistake("an attachment", "raw", sub(r"(--=_\w+)--", r'\1\r\nContent-Type: application/pdf; name="a.pdf"\r\n\r\nx\r\n\1--')),
    Mistake("end cut", "raw", lambda raw: raw[: len(raw) * 3 // 4]),
    Mistake("last boundary lost", "raw", sub(r"--=_\w+--\s*$", "")),
    Mistake("parts in the other order", "raw", lambda raw: re.sub(r"(--=_\w+\r\n)(.*?)(--=_\w+\r\n)(.*?)(--=_\w+--)", r"\1\4\3\2\5", raw, flags=re.DOTALL)),
    Mistake("text part lost", "raw", sub(r"--=_\w+\r\nContent-Type: text/plain.*?(?=--=_)", "")),
    Mistake("HTML part lost", "raw", sub(r"--=_\w+\r\nContent-Type: text/html.*(?=--=_)", "")),
    Mistake("line feeds alone", "raw", _all("\r\n", "\n")),
    Mistake("quoted-printable broken", "raw", sub(r"=C3=A9", "=C3=Z9", nth=-1)),
    Mistake("half a letter", "raw", sub(r"=C3=A9", "=C3", nth=-1)),
    Mistake("raw bytes", "raw", sub(r"=C3=A9", "é", nth=-1)),
    Mistake("a line too long", "raw", sub(r"=\r\n", "", nth=5)),
)  # fmt: skip
LINKS = (
    Mistake("online page of another letter", "html", sub(r"/infolettres/20[^/\"]*/", "/infolettres/2018-10-10/")),
    Mistake("online page is the archive", "html", sub(r"/infolettres/20[^/\"]*/", "/infolettres/")),
    Mistake("online page is the home page", "html", sub(r"/infolettres/20[^/\"]*/", "/")),
    Mistake("online page of another letter, in the text", "text", sub(r"/infolettres/20[^/>]*/", "/infolettres/2018-10-10/")),
    Mistake("online page of another letter, in both", "both", sub(r"/infolettres/20[^/\">]*/", "/infolettres/2018-09-12-b/")),
    Mistake("online link lost", "html", sub(r'<a class="ligne".*?</a>', "")),
    Mistake("dead page", "both", sub(rf"{_HOST}/(magazine|nouvelles|publications|evenements|communiques)/(?=[^\s\">])", r"https://www.axtra.ca/\1/ancien-")),
    Mistake("dead section", "both", sub(rf"{_HOST}/(magazine|nouvelles|publications|evenements)/(?=[\s\">])", r"https://www.axtra.ca/\1-2/")),
    Mistake("dead page, in HTML", "html", sub(_PAGE, r"https://www.axtra.ca/perdu/\1")),
    Mistake("dead page, last", "html", sub(_PAGE, r"https://www.axtra.ca/\1x/", nth=-1)),
    Mistake("page of draft", "html", sub(_PAGE, r"https://www.axtra.ca/brouillons/x/")),
    Mistake("personal parameter email", "html", sub(_PAGE, r"\g<0>?email=jo.roy")),
    Mistake("personal parameter id", "both", sub(rf"{_HOST}/(?!infolettres|s-abonner)[^\s\">]+", r"\g<0>?id=1234", nth=1)),
    Mistake("personal parameter uid", "html", sub(_PAGE, r"\g<0>?uid=12", nth=-1)),
    Mistake("personal parameter mailbox", "html", sub(_PAGE, r"\g<0>?courriel=jo%40exemple.org")),
    Mistake("personal parameter online", "html", sub(r"(/infolettres/20[^/\"]*/)", r"\1?lecteur=12")),
    Mistake("tracking parameter", "both", sub(rf"{_HOST}/(?!infolettres|s-abonner)[^\s\">]+", r"\g<0>?utm_source=infolettre")),
    Mistake("neighbour axtra.com", "html", sub(r"www\.axtra\.ca(?=/\w)", "www.axtra.com", nth=2)),
    Mistake("neighbour axtra.qc.ca", "html", sub(r"www\.axtra\.ca(?=/\w)", "www.axtra.qc.ca", nth=-1)),
    Mistake("neighbour axtrra.ca", "both", sub(r"www\.axtra\.ca(?=/\w)", "www.axtrra.ca", nth=1)),
    Mistake("neighbour axrta.ca", "both", sub(r"www\.axtra\.ca(?=/\w)", "www.axrta.ca", nth=1)),
    Mistake("neighbour axtra-ca.com", "both", sub(r"www\.axtra\.ca(?=/\w)", "www.axtra-ca.com", nth=1)),
    Mistake("neighbour axtra.ca.example", "both", sub(r"www\.axtra\.ca(?=/\w)", "www.axtra.ca.infos-web.net", nth=1)),
    Mistake("neighbour of a mailbox", "html", sub(r"mailto:(\w+)@axtra\.ca", r"mailto:\1@axtra.org")),
    Mistake("neighbour in the text", "text", sub(r"www\.axtra\.ca(?=/\w)", "www.axtra.co", nth=1)),
    Mistake("other page than in the text", "html", sub(_PAGE, "https://www.axtra.ca/a-propos/")),
    Mistake("link of a card to another", "both", sub(rf"{_HOST}/(nouvelles|publications|magazine|evenements)/[^\s\">]+", "https://www.axtra.ca/a-propos/")),
    Mistake("http", "html", sub(r'href="https://', 'href="http://', nth=1)),
    Mistake("no address", "html", sub(r'href="https://[^"]*"', 'href=""', nth=1)),
    Mistake("relative", "html", sub(_PAGE, r"/\1")),
    Mistake("shortened", "html", sub(_PAGE, "https://bit.ly/3abc")),
    Mistake("tracked", "html", sub(_PAGE, r"https://www.google.com/url?q=https://www.axtra.ca/\1")),
    Mistake("trial site", "html", sub(_PAGE, r"https://preview.axtra.ca/\1")),
    Mistake("this machine", "html", sub(_PAGE, r"http://localhost:8000/\1")),
    Mistake("a space inside", "html", sub(_PAGE, r"https://www.axtra.ca/ \1")),
    Mistake("https doubled", "html", sub(_PAGE, r"https://https://www.axtra.ca/\1")),
    Mistake("text of a link emptied", "html", sub(r"(<a href=[^>]*>)[^<]+</a>", r"\1</a>", nth=1)),
    Mistake("text of a link vague", "html", sub(r"(<a href=[^>]*>)[^<]+</a>", r"\1Cliquez ici</a>", nth=1)),
    Mistake("link of text lost", "text", sub(r"<https://www\.axtra\.ca/\w[^>]*>", "", nth=1)),
    Mistake("link added to the text", "text", sub(r"Bonjour", "https://www.exemple.org/x/\n\nBonjour")),
    Mistake("link added to the HTML", "html", sub(r"Bonjour,</p>", 'Bonjour, <a href="https://www.exemple.org/x/" style="text-decoration:underline">un site ami</a></p>')),
    Mistake("footer site changed", "html", sub(rf'{_HOST}/"', 'https://www.axtra.com/"', nth=-1)),
)  # fmt: skip
IMAGES = (
    Mistake("dead image", "html", sub(_IMAGE, r"https://www.axtra.ca/images/courriel/ancien-\1")),
    Mistake("dead image, last", "html", sub(_IMAGE, r"https://www.axtra.ca/images/courriel/x\1", nth=-1)),
    Mistake("dead image of the site", "html", sub(_IMAGE, "https://www.axtra.ca/images/perdue.png", nth=-1)),
    Mistake("image of a neighbour", "html", sub(_IMAGE, r"https://www.axtra.com/images/courriel/\1")),
    Mistake("image of another host", "html", sub(_IMAGE, "https://cdn.exemple.org/a.png")),
    Mistake("image in http", "html", sub(_IMAGE, r"http://www.axtra.ca/images/courriel/\1")),
    Mistake("image relative", "html", sub(_IMAGE, r"/images/courriel/\1")),
    Mistake("image embedded", "html", sub(_IMAGE, "data:image/png;base64,iVBORw0KGgo=")),
    Mistake("image attached", "html", sub(_IMAGE, "cid:1")),
    Mistake("image that follows", "html", sub(_IMAGE, r"\g<0>?lecteur=12")),
    Mistake("image of a format unknown to Outlook", "html", sub(r"\.png(?=\")", ".webp")),
    Mistake("alt lost", "html", sub(r' alt="[^"]*"', "")),
    Mistake("alt of linked image emptied", "html", sub(r'alt="AXE Magazine"', 'alt=""')),
    Mistake("alt of a file", "html", sub(r'alt="[^"]*"', 'alt="IMG_2034.jpg"')),
    Mistake("alt vague", "html", sub(r'alt="[^"]*"', 'alt="Image"', nth=-1)),
    Mistake("alt of another image", "html", sub(r'alt="[^"]*"', 'alt="Une foule devant un palais"', nth=-1)),
    Mistake("width lost", "html", sub(r' width="(?:108|552)"', "", nth=-1)),
    Mistake("too wide", "html", sub(r' width="(?:108|552)"', ' width="1200"', nth=-1)),
    Mistake("pixel added", "html", sub(r"</body>", '<img src="https://www.axtra.ca/o.gif" width="1" height="1" alt=""></body>')),
    Mistake("image lost", "html", sub(r'<img class="image"[^>]*>', "", nth=-1)),
)  # fmt: skip
WORDS = (
    Mistake("another preheader", "html", sub(r'(class="preentete"[^>]*>)[^\u034f]*', r"\1Des nouvelles du mois dernier, à lire à tête reposée quand vous aurez le temps.")),
    Mistake("preheader with a word less", "html", sub(r'(class="preentete"[^>]*>\w+ )\w+ ', r"\1")),
    Mistake("preheader emptied", "html", sub(r'(class="preentete"[^>]*>)[^\u034f]*', r"\1")),
    Mistake("preheader shown", "html", sub(r"display:none;", "")),
    Mistake("preheader is the subject", "html", lambda html: re.sub(r'(class="preentete"[^>]*>)[^\u034f]*', lambda m: m[1] + html.partition("<title>")[2].partition("</title>")[0], html)),
    Mistake("preheader is short", "html", sub(r'(class="preentete"[^>]*>)[^\u034f]*', r"\1À lire.")),
    Mistake("title of the page", "html", sub(r"<title>[^<]*", "<title>Infolettre d’avril")),
    Mistake("title of the letter", "html", sub(r"(<h1[^>]*>)[^<]*", r"\1Des nouvelles du réseau")),
    Mistake("title of the letter, in both", "both", sub(r"(<h1[^>]*>|\n)[^<\n]*(</h1>|\n={5,})", r"\1Des nouvelles du réseau\2")),
    Mistake("language of the page", "html", sub(r'<html lang="fr-CA"', '<html lang="en"')),
    Mistake("language of the body", "html", sub(r'role="article" lang="fr-CA"', 'role="article" lang="en"')),
    Mistake("no language", "html", sub(r' lang="fr-CA"', "")),
    Mistake("shown date, in HTML", "html", _week_later),
    Mistake("shown date, in the text", "text", _week_later),
    Mistake("shown date, in both", "both", _week_later),
    Mistake("shown weekday", "both", _other_weekday),
    Mistake("shown weekday, in the text", "text", _other_weekday),
    Mistake("shown year", "both", sub(_DATE, "\\1 \\2\u00a0\\3 2029")),
    Mistake("paragraph twice", "html", sub(_PARAGRAPH, r"\g<0>\g<0>", nth=1)),
    Mistake("paragraph twice, further", "html", lambda html: re.sub(rf"({_PARAGRAPH})(.*)(<h2 )", r"\1\2\1\3", html, count=1, flags=re.DOTALL)),
    Mistake("paragraph twice in the text", "text", sub(r"\n\n((?:[^\n]{40,}\n){2,}[^\n]*)(?=\n\n)", r"\g<0>\g<0>")),
    Mistake("card twice", "html", sub(_CARD, r"\g<0>\g<0>")),
    Mistake("card twice, apart", "html", lambda html: re.sub(rf"({_CARD})(.*)(<h2 )", r"\1\2\1\3", html, count=1, flags=re.DOTALL)),
    Mistake("paragraph lost", "html", sub(_PARAGRAPH, "", nth=1)),
    Mistake("paragraph lost in the text", "text", sub(r"\n\n((?:[^\n]{30,}\n)+[^\n]*)(?=\n\n)", "")),
    Mistake("paragraph lost in both", "both", lambda body: re.sub(_PARAGRAPH, "", body, count=1) if "<p" in body else re.sub(r"Bonjour,\n\n.*?\n\n", "Bonjour,\n\n", body, count=1, flags=re.DOTALL)),
    Mistake("paragraphs swapped", "html", swap(_PARAGRAPH)),
    Mistake("titles swapped", "html", swap(_TITLE + "[^<]*")),
    Mistake("titles swapped in the text", "text", swap(r"(?<=\n\n)[^\n]+(?=\n-{5,})")),
    Mistake("heading changed", "html", sub(_TITLE + "[^<]*", "Un autre sujet")),
    Mistake("heading emptied", "html", sub(_TITLE + "[^<]*", "")),
    Mistake("word changed in HTML", "html", sub(_P + r"(?!Bonjour)(\w+ \w+ )\w+", r"\1autrement")),
    Mistake("word changed in the text", "text", sub(r"(Bonjour,\n\n\w+ \w+ )\w+", r"\1autrement")),
    Mistake("word changed in both", "both", sub(r"(Bonjour,(?:\n\n|</p><p[^>]*>)[^<\n]{8,}? )\w{4,}", r"\1autrement")),
    Mistake("number changed in HTML", "html", sub(r"(?<=[ >])(\d\d)(?= [a-z]{4,})", "77", nth=-1)),
    Mistake("number changed in the text", "text", sub(r"(?<=\w )(\d\d)(?=[ \u00a0][a-zé]{3,})", "77")),
    Mistake("merge tag", "html", sub(r"Bonjour,", "Bonjour *|FNAME|*,")),
    Mistake("merge tag in the text", "text", sub(r"Bonjour,", "Bonjour {{ prenom }},")),
    Mistake("empty greeting", "html", sub(r"Bonjour,", "Bonjour ,")),
    Mistake("greeting of null", "html", sub(r"Bonjour,", "Bonjour null,")),
    Mistake("greeting of a name", "html", sub(r"Bonjour,", "Bonjour prénom,")),
    Mistake("unfinished", "html", sub(_TITLE + "[^<]*", "Titre à compléter")),
    Mistake("filler", "html", sub(r"(Bonjour,</p>)", r"\1<p>Lorem ipsum dolor sit amet.</p>")),
    Mistake("accents broken", "html", sub(_P + r"([^<]*?)é", r"\1Ã©")),
    Mistake("accents broken in the text", "text", sub(r"(Bonjour.*?)é", r"\1Ã©")),
    Mistake("accents lost", "html", sub(_P + r"([^<]*?)é", "\\1\ufffd")),
    Mistake("soft hyphen", "html", sub(_P + r"(\w+ \w)(\w+)", "\\1\u00ad\\2")),
    Mistake("straight quotes", "html", sub(_P + r"([^<]*?)’", r"\1'")),
    Mistake("event gone by", "both", sub(r"(Bonjour,(?:\n|</p>))", "\\1\n\n<p>Inscrivez-vous avant le 12\u00a0mars 2015.</p>")),
    Mistake("event on the wrong day", "html", sub(r"(Bonjour,</p>)", "\\1<p>Rendez-vous le mardi 4\u00a0juillet 2019, à Montréal.</p>")),
    Mistake("date that does not exist", "html", sub(r"(Bonjour,</p>)", "\\1<p>Rendez-vous le 31\u00a0avril 2019, à Montréal.</p>")),
    Mistake("entity shown", "html", sub(r"(Bonjour,</p>)", r"\1<p>L&amp;eacute;on est là.</p>")),
    Mistake("work comment", "html", sub(r"(Bonjour,</p>)", r"\1<!-- à revoir -->")),
)  # fmt: skip
LAW = (
    Mistake("no way to leave", "html", sub(r"<a [^>]*>se désabonner[^<]*</a>", "")),
    Mistake("no way to leave in the text", "text", sub(r"Se désabonner.*?>", "")),
    Mistake("leaving needs an account", "html", sub(r"/s-abonner/", "/mon-compte/", nth=-1)),
    Mistake("leaving leads home", "html", sub(r"axtra\.ca/s-abonner/", "axtra.ca/", nth=-1)),
    Mistake("leaving leads elsewhere", "html", sub(rf"{_HOST}/s-abonner/", "https://www.axtra.com/s-abonner/", nth=-1)),
    Mistake("leaving is tiny", "html", sub(r'(/s-abonner/" style=")', r"\1font-size:6px;")),
    Mistake("leaving is hidden", "html", sub(r'(/s-abonner/" style=")', r"\1display:none;")),
    Mistake("leaving is white", "html", sub(r'(/s-abonner/" style="color:)#\w+', r"\1#FBF8F2")),
    Mistake("no postal code", "html", sub(r"H0H.0H0", "")),
    Mistake("no postal code in the text", "text", sub(r"H0H.0H0", "")),
    Mistake("no street", "html", sub(r"1000, rue de la Démonstration<br>", "")),
    Mistake("another street", "both", sub(r"1000, rue", "1200, rue")),
    Mistake("another telephone in the text", "text", sub(r"555-0100", "555-0199")),
    Mistake("no name", "html", sub(r"AXTRA, l’Alliance des centres-conseils en emploi<br>", "")),
    Mistake("another list in the footer", "both", sub(r"« membres »|«\u00a0membres\u00a0»", "«\u00a0partenaires\u00a0»")),
    Mistake("no reason", "html", sub(r"AXTRA vous envoie cette infolettre.*?frais\u00a0: ", "")),
    Mistake("contact to nobody", "html", sub(r"mailto:\w+@", "mailto:noreply@")),
)  # fmt: skip
LOOK = (
    Mistake("faint text", "html", sub(r"color:#52606D\">", 'color:#C8C8C8">')),
    Mistake("faint link", "html", sub(r'(<a href[^>]*style="color:)#\w+', r"\1#EEEEEE", nth=-1)),
    Mistake("faint button", "html", sub(r"color:#FFF;text-decoration:none;display:inline-block", "color:#C8503F;text-decoration:none;display:inline-block")),
    Mistake("faint in the dark", "html", sub(r"#ECE6DC !important", "#22282E !important")),
    Mistake("no dark colours", "html", sub(r"prefers-color-scheme:dark", "min-width:9999px")),
    Mistake("no schemes", "html", sub(r'<meta name="color-scheme"[^>]*>', "")),
    Mistake("small text", "html", sub(r"font-size:15px", "font-size:9px")),
    Mistake("capitals", "html", sub(r'(<p style="margin:0 0 16px)(">(?!Bonjour))', r"\1;text-transform:uppercase\2")),
    Mistake("justified", "html", sub(r'(<p style="margin:0 0 16px)(">(?!Bonjour))', r"\1;text-align:justify\2")),
    Mistake("hidden text", "html", sub(r'(<p style="margin:0 0 16px)(">(?!Bonjour))', r"\1;display:none\2")),
    Mistake("a script", "html", sub(r"</body>", "<script>alert(1)</script></body>")),
    Mistake("a form", "html", sub(r"</body>", "<form></form></body>")),
    Mistake("a frame", "html", sub(r"</body>", '<iframe src="https://www.axtra.ca/"></iframe></body>')),
    Mistake("a font", "html", sub(r"</head>", "<style>@font-face{font-family:A}</style></head>")),
    Mistake("a flex box", "html", sub(r'(<p style="margin:0 0 16px)(">)', r"\1;display:flex\2")),
    Mistake("role of a table", "html", sub(r' role="presentation"', "")),
    Mistake("second title", "html", sub(r"<h2 (.*?)</h2>", r"<h1 \1</h1>")),
    Mistake("skipped level", "html", sub(r"<h2 (.*?)</h2>", r"<h4 \1</h4>")),
    Mistake("unclosed tag", "html", sub(r"</p>", "", nth=3)),
    Mistake("unclosed condition", "html", sub(r"<!\[endif\]-->", "", nth=-1)),
    Mistake("width for Outlook", "html", lambda html: re.sub(r'( width="600"| style="width:600px;")', "", html)),
    Mistake("doctype", "html", sub(r"<!DOCTYPE html>", "")),
    Mistake("encoding", "html", sub(r"charset=UTF-8", "charset=iso-8859-1")),
    Mistake("viewport", "html", sub(r'<meta name="viewport"[^>]*>', "")),
    Mistake("lines too wide in the text", "text", lambda text: re.sub(r"(?<=[a-zé,])\n(?=[a-z])", " ", text)),
    Mistake("tags in the text", "text", sub(r"Bonjour", "<p>Bonjour</p>")),
    Mistake("text emptied", "text", sub(r".*", "\n")),
    Mistake("HTML emptied", "html", sub(r".*", "<!DOCTYPE html>")),
)  # fmt: skip
MISTAKES = (*HEADERS, *MIME, *LINKS, *IMAGES, *WORDS, *LAW, *LOOK)


def mutants(raw: bytes, mistakes: Iterable[Mistake] = MISTAKES) -> Iterator[tuple[str, bytes]]:
    """Yield the name of each mistake that a message can hold, and the message with it."""
    whole = message_from_bytes(raw)
    parts = [part for part in whole.walk() if not part.is_multipart()]
    head = header_fields.head(raw).decode("ascii") + "\r\n"
    same = _written(head, [*map(_body, parts)], whole.get_boundary() or "")
    for mistake in mistakes:
        if mistake.part == "raw":
            made = mistake.change(same.decode()).encode()
        else:
            changed = mistake.change(head) if mistake.part == "head" else head
            bodies = [
                mistake.change(body) if mistake.part in {kind, "both"} else body
                for kind, body in zip(("text", "html"), map(_body, parts), strict=True)
            ]
            made = _written(changed, bodies, whole.get_boundary() or "")
        if made != same:
            yield mistake.name, made


def _body(part: Message) -> str:
    return header_fields.payload(part).decode("utf-8").replace("\r\n", "\n")


def _written(head: str, bodies: list[str], boundary: str) -> bytes:
    whole = [head.encode(), b"\r\n"]
    for kind, body in zip(("plain", "html"), bodies, strict=True):
        part = f"--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\n"
        whole += [f"{part}Content-Transfer-Encoding: quoted-printable\r\n\r\n".encode()]
        whole += [quoted_printable.encode(body), b"\r\n"]
    return b"".join([*whole, f"--{boundary}--\r\n".encode()])
