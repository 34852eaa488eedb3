"""The text part of a mail, compared with its HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import pairwise

from infolettre.checks.checked_mail import CheckedMail
from infolettre.checks.rule import NOT_THE_TEXT, WARNING, Finding, excerpt, mail_rule
from infolettre.words import say

_COLUMNS = 72
_OF_TEMPLATE = "Notes"  # a title that only the text needs
_SHARED = 0.85
_TELLING = 8  # words; a shorter text may come again
_URL = re.compile(r"https?://[^\s<>\"]+")
_ADDRESS = re.compile(
    r"<[a-z]+:[^\s<>]+>|(?:https?://|www\.)[^\s<>\"]+|\b[\w-]+(?:\.[\w-]+)*\.(?:ca|com|org|net)\b\S*"
)
_PART_OF_ADDRESS = re.compile(r"\.(?=\w)|:(?=\S)")  # quick to search for
_MARK = re.compile(r"^\s*(?:\d+\.|\[\d+\]|-|\*)\s+|^\[Image[ \u00a0]:")
_WORD = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")
_REMEDY = "Écrivez l’adresse sans espace ni signe à sa fin :  [texte](https://…)"


@mail_rule("texte-absent", "Ajoutez la partie texte : des logiciels ne lisent qu’elle.")
def has_a_text(mail: CheckedMail) -> Iterator[Finding]:
    """Un courriel a une partie texte."""
    if mail.text is not None and not mail.text.strip():
        yield Finding("la partie texte est vide")


@mail_rule("texte-liens", _REMEDY)
def text_has_every_link(mail: CheckedMail) -> Iterator[Finding]:
    """Le texte a tous les liens du HTML."""
    if not mail.text:
        return
    spelled = _spelled(mail.text)
    for href in dict.fromkeys(link["href"] for link in mail.normal.links):
        other = not href.startswith(("http:", "https:"))
        mailbox = href.removeprefix("mailto:").partition("?")[0] if other else ""
        written = other and (mailbox or href) in mail.text
        if href not in spelled and not written and not href.startswith(("#", "tel:")):
            yield Finding(say("le lien « {} » manque au texte", href), href)


@mail_rule("texte-liens-en-trop", _REMEDY)
def text_has_no_other_link(mail: CheckedMail) -> Iterator[Finding]:
    """Le texte n’a aucun lien que le HTML n’a pas."""
    addresses = {link["href"] for link in mail.normal.links}
    shown = _spelled(mail.normal.all_text)  # in code too, where an address is no link
    for url in dict.fromkeys(sorted(_spelled(mail.text or "") - addresses - shown)):
        yield Finding(say("le lien « {} » n’est que dans le texte", url), url)


@mail_rule("texte-mots", "Dites en mots, dans des phrases, ce que la lettre montre.")
def text_says_the_same(mail: CheckedMail) -> Iterator[Finding]:
    """Le texte dit au moins 85 % des mots du HTML."""
    words = _WORD.findall(mail.normal.visible_text.casefold())
    if mail.text and mail.text.strip() and words:
        text_words = set(_WORD.findall(mail.text.casefold()))
        shared = sum(word in text_words for word in words) / len(words)
        if shared < _SHARED:
            yield Finding(say("le texte ne dit que {:.0%} des mots du courriel", shared))


@mail_rule(
    "texte-passages", "Exportez de nouveau la lettre : ses deux parties se font ensemble.",
    severity=WARNING,
)  # fmt: skip
def text_has_every_passage(mail: CheckedMail) -> Iterator[Finding]:
    """Le texte a chaque passage du HTML, dans le même ordre, et n’en a pas d’autre."""
    if not (mail.text or "").strip() or not mail.normal.passages:
        return
    said, whole = _said(mail.text or ""), _said(mail.normal.visible_text)
    places: dict[int, int] = {}
    for passage in mail.normal.passages:
        pieces = [_said(piece) for piece in re.split("[\ufffc·]", passage.text)]
        if not all(piece in said for piece in pieces):
            problem = say("« {} » n’est pas le même dans la partie texte", excerpt(passage.text))
            yield Finding(problem, passage.text, passage.element)
        elif len(pieces[0].split()) > _TELLING and said.count(pieces[0]) > whole.count(pieces[0]):
            problem = say("« {} » est écrit deux fois dans la partie texte", excerpt(passage.text))
            yield Finding(problem, passage.text, passage.element)
        elif passage.element.tag != "td" and said.count(pieces[0]) == 1 < len(pieces[0].split()):
            places[passage.element.index] = said.index(pieces[0])
    yield from _moved(mail, places)
    yield from _only_in_text(mail)


def _moved(mail: CheckedMail, places: dict[int, int]) -> Iterator[Finding]:
    """Yield the passages under the title that the text has in another order."""
    title = next((title.index for title in mail.normal.all("h1")), 0)
    shown = [index for index in places if index > title]
    read = sorted(shown, key=places.__getitem__)
    if shown == read:
        return
    blocks = SequenceMatcher(None, shown, read, autojunk=False).get_matching_blocks()
    kept = {index for start, _, size in blocks for index in shown[start : start + size]}
    for passage in mail.normal.passages:
        if passage.element.index in {*shown} - kept:
            problem = say(
                "« {} » n’est pas à la même place dans la partie texte", excerpt(passage.text)
            )
            yield Finding(problem, passage.text, passage.element)


def _only_in_text(mail: CheckedMail) -> Iterator[Finding]:
    """Yield the lines of the text that the HTML does not say, or says less often."""
    passages = [passage.element.text for passage in mail.normal.passages]
    foreign = mail.normal.foreign
    passages += [each.text for each in mail.normal.body if foreign[each.index] and not each.hidden]
    labels = (element["alt"] or element["aria-label"] for element in mail.normal.body)
    whole = _said("\n".join([*passages, mail.normal.all_words, *labels]))
    for typed, below in pairwise([*(mail.text or "").splitlines(), ""]):
        if typed == below and re.search(r"\w\W+\w", typed):
            problem = say("« {} » est deux fois de suite dans la partie texte", excerpt(typed))
            yield Finding(problem, typed.strip())
        line = _MARK.sub("", _without_addresses(typed))
        alike = _said(line) in whole or all(
            _said(piece) in whole for piece in re.split(r"[,·|:]|  ", line)
        )
        if not alike and line.strip() != _OF_TEMPLATE:
            yield Finding(
                say("« {} » n’est que dans la partie texte", excerpt(typed)), typed.strip()
            )


def _said(text: str) -> str:
    """Return the words of a text between spaces, without its addresses; a space without any."""
    words = _WORD.findall(_without_addresses(text).casefold())
    return f" {' '.join(words)} " if words else " "


def _without_addresses(text: str) -> str:
    return _ADDRESS.sub(" ", text) if _PART_OF_ADDRESS.search(text) else text


@mail_rule("texte-colonnes", "Pliez les lignes à 72 colonnes; une adresse reste entière.")
def lines_are_short(mail: CheckedMail) -> Iterator[Finding]:
    """Une ligne du texte a 72 colonnes au plus."""
    for line in (mail.text or "").split("\n"):
        bare = line.rstrip("\r")
        if len(bare) > _COLUMNS and re.search(
            r"\S[ ]+\S", re.sub(r"^(\s*(?:\[\d+\]|-|\d+\.) )", "", bare)
        ):
            yield Finding(
                say("une ligne du texte a {} colonnes : « {} »", len(bare), excerpt(bare)), bare
            )


@mail_rule("texte-signature", "Remplacez « -- » par une ligne de signes.")
def legal_block_is_no_signature(mail: CheckedMail) -> Iterator[Finding]:
    """Le bloc légal n’est pas sous « -- », que les logiciels grisent ou cachent."""
    for line in (mail.text or "").split("\n"):
        if re.fullmatch(r"-- ?\r?", line):
            yield Finding("une ligne « -- » fait passer la suite pour une signature", line)


@mail_rule("texte-html", "Nommez la balise sans ses chevrons : la balise br.")
def text_holds_no_tag(mail: CheckedMail) -> Iterator[Finding]:
    """Le texte ne contient aucune balise HTML."""
    for match in re.finditer(
        r"</?(?:p|div|a|br|td|tr|table|span|strong|em|h[1-6]|li|ul|img|style)\b[^>]*>",
        mail.text or "",
    ):
        yield Finding(say("la balise « {} » est dans le texte", excerpt(match[0])), match[0])


@mail_rule("texte-signe-seul", "Collez ce signe au mot qu’il accompagne, ou enlevez-le.")
def no_mark_starts_a_line(mail: CheckedMail) -> Iterator[Finding]:
    """Aucune ligne du texte ne commence par un signe qui ferme, ni ne finit par «."""
    for match in re.finditer(r"^\s*[»?!;:,%].*$|^.*«[ \u00a0]?$", mail.text or "", re.MULTILINE):
        yield Finding(say("un signe est seul : « {} »", excerpt(match[0])), match[0])


@mail_rule("texte-insecables", NOT_THE_TEXT, severity=WARNING)
def no_break_spaces_are_kept(mail: CheckedMail) -> Iterator[Finding]:
    """Le texte garde les espaces insécables."""
    if mail.text and "\u00a0" in mail.normal.visible_text and "\u00a0" not in mail.text:
        yield Finding("le texte a perdu ses espaces insécables")


@mail_rule("texte-fins-de-ligne", NOT_THE_TEXT, severity=WARNING)
def lines_end_clean(mail: CheckedMail) -> Iterator[Finding]:
    """Aucune ligne du texte ne finit par une espace."""
    lines = (mail.text or "").split("\n")
    loose = [line for line in lines if line.removesuffix("\r").endswith((" ", "\t"))]
    for line in loose[:3]:
        yield Finding(say("une ligne finit par une espace : « {} »", excerpt(line)), line)


@mail_rule("taille-limite", "Enlevez des articles : menez plutôt à la page du numéro.")
def gmail_shows_it_all(mail: CheckedMail) -> Iterator[Finding]:
    """Le HTML a au plus 102 400 octets : Gmail coupe le reste, désabonnement compris."""
    size = len(mail.html.encode())
    if size > 102_400:  # noqa: PLR2004 - see the rule
        yield Finding(
            say("le courriel pèse {} Kio : Gmail le couperait", size // 1024),
            near=mail.normal.first("body"),
        )


@mail_rule("taille-cible", "Enlevez quelques cartes ou raccourcissez les textes.", severity=WARNING)
def mail_is_light(mail: CheckedMail) -> Iterator[Finding]:
    """Le HTML pèse au plus 80 Kio."""
    size = len(mail.html.encode())
    if 80 * 1024 < size <= 102_400:  # noqa: PLR2004 - see both rules
        yield Finding(
            say("le courriel pèse {} Kio, plus que le but de 80", size // 1024),
            near=mail.normal.first("body"),
        )


def _spelled(text: str) -> set[str]:
    """Return the addresses of a text, with and without the signs that may end a sentence."""
    urls = _URL.findall(text)
    bare = (url.rstrip(".,;") for url in urls)
    return {
        *urls,
        *(url.rstrip(".,;)") if url.count("(") < url.count(")") else url for url in bare),
    }
