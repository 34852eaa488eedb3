"""Traces that a program or a paste leaves in a mail."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator

from infolettre.checks.checked_mail import CheckedMail
from infolettre.checks.rule import Finding, excerpt, mail_rule, merged
from infolettre.words import N_, _, say

# The bytes 80 to BF of UTF-8, as Windows-1252 or Latin-1 show them.
_TRAIL = "[\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ ]"
_MOJIBAKE = re.compile(
    f"Ã{_TRAIL}|Â[\xa0-\xbf]|â€{_TRAIL}?|ï»¿|Å[“’\x93¸]|ðŸ"
    # What an ASCII-only program makes of an apostrophe or an accent.
    r"|(?<!\w)(?:[ldnsjmtcLDNSJMTC]|[Qq]u)\?[a-zà-ÿ]+|\b[a-z]{2,}\?[a-z]{2,}\b"
)
# Quick to search for: each of the above contains one of these.
_BROKEN = re.compile(r"[ÃÂâïÅð?](?:(?<=[ÃÂïÅð])|(?<=â)€|(?<=\w\?)[a-zà-ÿ])")
_ADDRESS = re.compile(r"h(?:ref=[\"'][^\"']*|ttps?://[^\s\"'<>]+)|src=[\"'][^\"']*")
_OF_ADDRESS = re.compile(r"[/@.=:]")
_BEFORE, _AFTER = re.compile(r"[^\s\"'<>]*$"), re.compile(r"[^\s\"'<>]*")
_LAST_BYTE = 0x100
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_FOREIGN = re.compile("[\u0370-\u052f\uff01-\uff5e]")


# Quick to search for: every trace of a program contains one of these.
_PROGRAM = ("\\u{", "var(--", "ndefined", "[object", "NaN", "&lt;Markup", "None")

_HTML = N_("le HTML")


@mail_rule(
    "reste-variable",
    "Dites-le autrement; si personne ne l’a écrit, montrez-le à qui s’occupe du site.",
)
def no_variable_is_left(mail: CheckedMail) -> Iterator[Finding]:
    """Aucune valeur de programme ne se lit dans la lettre."""
    pattern = (
        r"\\u\{[0-9a-f]+\}|\bvar\(--|\b[uU]ndefined\b|\[object \w+\]|\bNaN\b|&lt;Markup"
        r"|(?<![\w’'-])None(?![\w-])"
    )
    problem = N_("« {} » se lit comme le reste d’un programme")
    yield from _each(mail, pattern, problem, signs=_PROGRAM)
    traces = r"\b(?:null|nan)\b|Traceback \(most|\b\w+Error\b|\b[A-Z]:\\\w+|file://\S*|\bMarkup\("
    hint = r"n(?:ull|an)\b|Traceback|Error\b|:\\|file://|Markup\("
    yield from _search(traces, mail.readings, problem, hint)


_MARKDOWN = ("**", "](", "# ", ":::", "///", "![", "{:", "__")


@mail_rule("reste-markdown", "Vérifiez les espaces et les crochets dans le texte de l’édition.")
def no_markdown_is_left(mail: CheckedMail) -> Iterator[Finding]:
    """Aucun signe de Markdown ne se lit dans la lettre."""
    pattern = (
        r"\*\*\S[^*\n]*\*\*|\[[^\]\n]+\]\([^)\s]*\)|^#{1,6} \S.*|^:::+|^///+|!\[|\{: ?[.#]"
        r"|(?<!\w)__\S[^_]*__"
    )
    for passage in (
        mail.normal.passages if any(sign in mail.joined_texts for sign in _MARKDOWN) else ()
    ):
        for match in re.finditer(pattern, passage.text):
            yield Finding(say("du Markdown se voit : « {} »", excerpt(match[0])), match[0])


@mail_rule("entite-visible", "Écrivez le signe lui-même : é, &, espace insécable.")
def no_entity_is_seen(mail: CheckedMail) -> Iterator[Finding]:
    """Aucun code HTML ne se lit dans la lettre."""
    tags = r"</?(?:p|br|b|i|em|strong|a|span|div|h\d)\b[^>]*>"
    yield from _search(tags, mail.readings, "la balise « {} » se lit telle quelle")
    codes = r"(?i)&(?:#\d+|#x[0-9a-f]+|[a-z]{2,8});"
    for finding in _search(codes, mail.readings, "le code « {} » se lit tel quel"):
        if html.unescape(finding.needle) != finding.needle:
            yield finding


@mail_rule("encodage-casse", "Réécrivez ces accents, ou enregistrez le fichier en UTF-8.")
def no_accent_is_broken(mail: CheckedMail) -> Iterator[Finding]:
    """Aucun accent n’est cassé par un mauvais encodage."""
    yield from merged(*(_broken(part, whole) for part, whole in _parts(mail)))


def _broken(part: str, whole: str) -> Iterator[Finding]:
    text = _ADDRESS.sub(" ", whole)
    if part == _HTML:
        text = re.sub(r"<style.*?</style>", "", text, flags=re.DOTALL)
    for match in _MOJIBAKE.finditer(text) if _BROKEN.search(text) else ():
        if "?" in match[0] and _is_address(text, match):
            continue
        around = _around(text, match)
        needle = match[0] if len(match[0].strip()) > 1 else around
        yield Finding(say("des accents sont cassés : « {} »", around), needle)
    for match in re.finditer("[\ufffd&](?:(?<=\ufffd)|#65533;|#[xX][fF]{3}[dD];)", text):
        yield Finding(say("un signe est perdu (\ufffd) : « {} »", _around(text, match)), match[0])


def _around(text: str, match: re.Match[str]) -> str:
    """Return what stands around a match, on its line and between its tags."""
    before = re.split(r"[\n<>]", text[max(0, match.start() - 8) : match.start()])[-1]
    after = re.split(r"[\n<>]", text[match.end() : match.end() + 8])[0]
    return before + match[0] + after


def _is_address(text: str, match: re.Match[str]) -> bool:
    """Tell whether a match is in an address, which may contain « ? » between letters."""
    before = _BEFORE.search(text, max(0, match.start() - 100), match.start())
    after = _AFTER.match(text, match.end())
    return any(part and _OF_ADDRESS.search(part[0].rstrip(".:")) for part in (before, after))


@mail_rule("caractere-controle", "Effacez ce caractère invisible et retapez le mot.")
def no_control_is_left(mail: CheckedMail) -> Iterator[Finding]:
    """Aucun caractère de contrôle ne se cache dans la lettre : Gmail la couperait."""
    for name, text in _parts(mail):
        for match in _CONTROLS.finditer(text):
            around = text[max(0, match.start() - 15) : match.start()]
            yield Finding(
                say("le caractère U+{:04X} se cache dans {}", ord(match[0]), _(name)), around
            )
    for entity in re.finditer(r"&#(?:[xX]([0-9a-fA-F]{1,6})|(\d{1,7}));?", mail.html):
        code = int(entity[1], 16) if entity[1] else int(entity[2])
        if code == 0 or (code < _LAST_BYTE and _CONTROLS.match(chr(code))):
            yield Finding(say("l’entité « {} » est un caractère de contrôle", entity[0]), entity[0])


@mail_rule("signe-invisible", "Effacez ce caractère invisible et retapez le mot.")
def no_invisible_is_left(mail: CheckedMail) -> Iterator[Finding]:
    """Aucun trait d’union conditionnel, marque de sens ni signe invisible dans le texte."""
    yield from merged(*map(_invisible, mail.readings))


def _invisible(text: str) -> Iterator[Finding]:
    for match in re.finditer(
        "[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ue000-\uf8ff]"
        "(?:(?<![\u200c\u200d])|(?<=\\w.)(?=\\w))",
        text,
    ):
        around = text[max(0, match.start() - 15) : match.start()].rsplit("\n", maxsplit=1)[-1]
        problem = say("un caractère invisible, U+{:04X}, suit « {} »", ord(match[0]), around)
        yield Finding(problem, around + match[0])


@mail_rule("forme-decomposee", "Retapez les lettres accentuées de ce mot.")
def accents_are_composed(mail: CheckedMail) -> Iterator[Finding]:
    """Chaque lettre accentuée est un seul caractère (forme NFC)."""
    for name, text in _parts(mail):
        if unicodedata.is_normalized("NFC", text):
            continue
        words = (word for word in text.split() if not unicodedata.is_normalized("NFC", word))
        for word in words:
            yield Finding(
                say("« {} », dans {}, a un accent séparé de sa lettre", excerpt(word), _(name)),
                word,
            )


@mail_rule("lettre-etrangere", "Retapez ce mot : une de ses lettres vient d’un autre alphabet.")
def words_keep_to_one_alphabet(mail: CheckedMail) -> Iterator[Finding]:
    """Les lettres d’un mot sont d’un seul alphabet : une cyrillique trompe l’œil."""
    readings = [text for text in mail.readings if _FOREIGN.search(text)]
    for finding in _search(r"[^\W\d_]+", readings, "« {} » mêle deux alphabets"):
        word = finding.needle
        if _FOREIGN.search(word) and re.search("[a-zA-ZÀ-ÿ\uff01-\uff5e]", word):
            yield finding


def _each(
    mail: CheckedMail, pattern: str, problem: str, signs: tuple[str, ...] = ()
) -> Iterator[Finding]:
    texts = (text for _, text in _parts(mail))
    signed = [text for text in texts if not signs or any(sign in text for sign in signs)]
    yield from _search(pattern, signed, problem)


def _search(
    pattern: str, readings: Iterable[str], problem: str, hint: str = ""
) -> Iterator[Finding]:
    """Yield each match of a pattern in the readings of the same words."""
    yield from merged(
        *(
            (
                Finding(say(problem, excerpt(match[0])), match[0])
                for match in re.finditer(pattern, text)
            )
            for text in readings
            if not hint or re.search(hint, text)
        )
    )


def _parts(mail: CheckedMail) -> Iterator[tuple[str, str]]:
    yield _HTML, mail.html
    yield N_("le texte"), mail.text or ""
    yield N_("l’objet"), mail.subject or ""
    yield N_("le préentête"), mail.preheader or ""
