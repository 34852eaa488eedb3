"""What was to be replaced before sending: the tags of mailing services, unfinished texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import chain

from infolettre.checks.checked_mail import CheckedMail, folded
from infolettre.checks.mail_elements import MailElement
from infolettre.checks.rule import Finding, excerpt, mail_rule, merged, words
from infolettre.checks.view import View
from infolettre.words import N_, say

# What a service knows of a person, as its tags name it.
_PERSON = (
    r"(?:(?:votre|your|contact|merge|subscriber|user|client|membre)[ _.-]?)?"
    r"(?:pr[ée]noms?|first[ _-]?name|last[ _-]?name|full[ _-]?name|[fl][ _-]?name|nom[ _]complet"
    r"|nom[ _](?:de[ _])?famille)"
)
_FIELD = (
    rf"(?:{_PERSON}|noms?|name|courriel|e-?mail(?:[ _]?address)?|adresse[ _]courriel|civilit[ée]"
    r"|salutation|organi[sz]ation|organisme|entreprise|company|ville|city|code[ _]postal"
    r"|unsubscribe\w*|optout\w*|web[ _-]?(?:version|view|link)|view[ _-]?(?:in[ _-]?)?browser"
    r"|forward\w*|preferences)"
)
_DOTTED = r"[A-Za-z]\w*\.[\w.-]*\w"
# A tag is only looked for where one of its signs is, for speed: prose has few of them.
_SIGN = re.compile(r"[{}%*\[$#@<~«‹^!+§¤&|]|\((?=[(\w])|[:_=-](?<!\w.)(?=[\w:_])")
_TAG = re.compile(
    r"\{[^{}\n]{0,80}\}"  # {prenom}, {$contact.name}, {!Contact.FirstName}, {contactfield=nom}
    r"|\{\{|\{%|\}\}|%\}|\*\|[^|\n]{1,60}\|\*|\*\|\w"
    r"|!\*\w+\*!|%%[^%\n]{1,80}%%|%[A-Za-z][\w.:-]*%|%\(\w+\)s|%\d\$s|<%[^>\n]*%>"
    r"|%s\b(?<!\d%s)(?<!\d[ \u00a0]%s)"
    r"|\[\[[^\]\n]{1,80}\]\]|\[[%@#=$*][^\]\n]{1,80}\]|\$\[[^\]\n]{1,60}\]"
    r"|\[[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\]"
    rf"|\[(?i:{_FIELD})\]|\[(?i:votre|your|recipient|nom d[eu]) [^\]\n]{{1,30}}\]"
    r"|\[[\w ]{2,30}(?:,fallback=|[ ]?\|[ ]?default|:(?=\w+[\]: |_]))[^\]\n]*\]"
    r"|##[^#\s]{1,40}##|::\w{2,40}::|\(\(\w[\w.-]{1,40}\)\)|@@\w+@@|\$\$\w+\$\$"
    rf"|\$[A-Za-z_][\w.]*\$|\$!?(?:{_DOTTED}|(?i:{_PERSON})\b)|~~?(?:{_DOTTED})~~?"
    r"|@(?<![\w.]@)(?:(?:Model|ViewBag|Html|Recipient|user|contact)\.\w+|\(Model|ViewData\[)"
    rf"|@(?<![\w./]@)(?i:{_PERSON}|noms?)\b(?![.@]\w)"
    rf"|([~^!=+§¤&*|#$%@_:-])(?<![\w~^!=+§¤&*|#$%@_:-].)\1{{0,2}}(?i:{_FIELD})\1{{1,3}}(?!\w)"
    rf"|<<[^<>\n]{{1,40}}>>|<(?i:{_FIELD})\s*/?>|[«‹](?:(?i:{_FIELD})|\w+_\w+)[»›]|\((?i:{_PERSON})\)"
    r"|#[A-Z_]{4,}#|#(?:foreach|if|set|end)\b ?\(?\$|#pr[ée]nom\b"
)
# In an address, « % » and a tilde have other uses, and brackets have their own rule.
_TAG_OF_ADDRESS = re.compile(
    r"\{[^{}\s]{0,80}\}|\{\{|%7[bB]%7[bB]|%7[bB]%25|\*(?:\||%7[cC])[^|*\s]{1,60}(?:\||%7[cC])\*"
    r"|%%[\w. ]{1,80}%%|%(?![0-9A-Fa-f]{2})[A-Za-z][\w.:-]*%|%[A-Z]{3,}(?:_[A-Z]+)*%(?![0-9A-F]{2})"
    r"|\[\[[^\]\s]{1,80}\]\]|\[%[^\]\s]{1,80}%\]|##[^#\s]{1,40}##|\$\w*\[\w+\]"
    rf"|<%[^>\n]*>|\[(?i:{_FIELD})\]|\$[A-Za-z_][\w.]*\$|~(?:{_DOTTED})~|@Model\.\w+|::\w{{2,40}}::"
    rf"|-(?:{_FIELD.upper().replace('[ÉE]', 'É?E?')})-(?![\w-])"
)
_IN_HTML = re.compile(
    r"\{\{.*?\}\}|\{\{|\{%.*?%\}|\{%|<%.*?%>|\*\|\w+(?::\w+)?\|\*|%%\w+%%|\$\{\w+\}"
    r"|\[\[\w+[^\]]*\]\]|<\?(?:php|=)[^>\n]*|<#\w+[^>\n]*"
)
_SIGNS_IN_HTML = ("{{", "{%", "<%", "*|", "%%", "${", "[[", "<?", "<#")
_TAGS_OF_SERVICES = frozenset(
    words("unsubscribe webversion forwardtoafriend preferences property singleline multiline")
)
_URL = re.compile(r"(?:https?://|www\.|mailto:|tel:|sms:)[^\s<>]+")
_PROBLEM = N_("le code « {} » n’a pas été remplacé")


@mail_rule("reste-gabarit", "Enlevez ce code : rien ne l’a remplacé.")
def no_template_is_left(mail: CheckedMail) -> Iterator[Finding]:
    """Aucun code à remplacer ni champ de fusion ne reste."""
    seen, text = mail.readings
    seen = f"{seen}\n{mail.normal.foreign_text}"
    whole = (mail.html, seen, text, mail.subject or "", mail.preheader or "")
    yield from merged(
        *map(_code, whole), chain(_tags(seen), _tags_of_addresses(mail.normal)), _tags(text)
    )
    for tag in sorted(_TAGS_OF_SERVICES & mail.normal.by_tag.keys()):
        for element in mail.normal.all(tag):
            yield Finding(say(_PROBLEM, f"<{tag}>"), f"<{tag}", element)


def has_tag(address: str) -> bool:
    """Tell whether a tag is left in an address."""
    return bool(_TAG_OF_ADDRESS.search(address))


def _code(text: str) -> Iterator[Finding]:
    """Yield the tags that are also looked for in the HTML."""
    if any(sign in text for sign in _SIGNS_IN_HTML):
        for match in _IN_HTML.finditer(unescape(text)):
            yield _left(match[0])


def _tags(text: str) -> Iterator[Finding]:
    """Yield the other tags of what is read, outside of addresses."""
    if not any(_matches(text)):
        return
    for tag in _matches(_IN_HTML.sub(" ", _URL.sub(" ", text))):
        yield _left(tag)


def _tags_of_addresses(view: View) -> Iterator[Finding]:
    addresses = chain(
        ((link, link["href"]) for link in view.links),
        ((image, image["src"]) for image in view.images),
    )
    for element, address in addresses:
        for match in _TAG_OF_ADDRESS.finditer(_IN_HTML.sub(" ", address)):
            yield _left(match[0], element)


def _left(tag: str, element: MailElement | None = None) -> Finding:
    return Finding(say(_PROBLEM, excerpt(tag)), tag, element)


def _matches(text: str) -> Iterator[str]:
    end = 0
    for sign in _SIGN.finditer(text):
        match = _TAG.match(text, sign.start()) if sign.start() >= end else None
        if match:
            yield match[0]
            end = match.end()


_UNFINISHED = (
    *("à compléter", "lorem ipsum", "dolor sit amet", "consectetur adipiscing", "xx", "todo"),
    *("fixme", "tbd", "????", "[", "texte ici", "titre ici"),
)
# « XXX » is also a numeral: « Super Bowl XXX », « chapitre XXX ».
_PLACEHOLDER = re.compile(
    r"à compléter|lorem ipsum|dolor sit amet|consectetur adipiscing"
    r"|\bX{2,}[ \u00a0](?:\$|h\b|%)|\bTODO\b|\bFIXME\b|\bTBD\b|\bx{4,}\b|\?{4,}"
    r"|\bxxx\b(?![.-]\w)(?-i:(?<=xxx)|(?<=XXX))(?<!bowl XXX)(?<!chapitre XXX)(?<!tome XXX)"
    r"(?<!livre XXX)(?<!psaume XXX)(?<!annexe XXX)(?<!partie XXX)(?<!titre XXX)(?<!article XXX)"
    r"|(?-i:\bXX)(?:/XX/|-XX-|[ \u00a0](?:janvier|février|mars|avril|mai|juin|juillet|août"
    r"|septembre|octobre|novembre|décembre)\b)"
    r"|\[(?:insérer|inserer|titre|texte|lien|date|nom|image)[^\]]*\]|texte ici|titre ici",
    re.IGNORECASE,
)


@mail_rule("texte-a-completer", "Écrivez le vrai texte, ou enlevez ce passage.")
def nothing_is_unfinished(mail: CheckedMail) -> Iterator[Finding]:
    """Rien n’est resté à compléter."""
    foreign = mail.normal.foreign_text
    folded_texts = mail.folded_texts + folded(foreign)
    if not any(sign in folded_texts for sign in _UNFINISHED):
        return
    visible = [mail.normal.visible_text, mail.subject or "", mail.shown_preheader, foreign]
    alts = [image["alt"] for image in mail.normal.images]
    for match in _PLACEHOLDER.finditer(_URL.sub(" ", "\n".join([*visible, *alts]))):
        yield Finding(say("« {} » n’est pas un texte définitif", match[0]), match[0])


_GREETING = re.compile(
    r"\b(?:Bonjour|Bonsoir|Salut|Allô|Chères?|Chers?(?:/Chère|[·(.-]e\)?)?)[ \u00a0]+"
    r"(?:,|\[|<|(?:prénom|prenom|nom|FNAME|null|undefined|none)\b|(?-i:XX+\b)|_{2,}|\.{3,}|…"
    r"|[«‹][ \u00a0\u202f]*(?:pr[ée]nom|nom|first ?name|name)\b|first ?name\b"
    r"|\([^)]*n(?:om|ame)\b[^)]*\)|@\w|-[A-Z]+-)",
    re.IGNORECASE,
)


_GREETING_WORDS = ("bonjour", "bonsoir", "salut", "allô", "cher", "chèr")


@mail_rule("salutation-vide", "Écrivez « Bonjour, » quand le prénom n’est pas connu.")
def greetings_are_whole(mail: CheckedMail) -> Iterator[Finding]:
    """Une salutation ne garde ni blanc ni mot de remplacement."""
    if not any(word in mail.folded_texts for word in _GREETING_WORDS):
        return
    for passage in mail.normal.passages:
        for match in _GREETING.finditer(passage.text):
            yield Finding(say("la salutation « {} » n’a pas de nom", match[0]), match[0])
