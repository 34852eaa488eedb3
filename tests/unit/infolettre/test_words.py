"""The catalogue of English holds what a letter in English may say, as Babel extracts it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import infolettre
from infolettre import checks, words
from infolettre.core.diagnostics import Diagnostic, Severity, summary
from support.mail_faults import FAULTS, faulty

PACKAGE = Path(infolettre.__file__).parent
# Where words are said: Babel knows them by these names, and by the rank of their argument.
SAID = {
    "_": None,
    "N_": None,
    "say": (1,),
    "Finding": (1,),
    "about": (1,),
    "mail_rule": (2,),
    "view_rule": (2,),
    "matched": (3,),
    "advised": (3,),
    "_search": (3,),
    "_each": (3,),
}
READ = [("**.py", "python"), ("**/templates/**.mjml", "jinja2"), ("**/templates/**.txt", "jinja2")]
# Calls that make a message of their arguments, beside those that translate them.
TOLD = ("Refusal", "WrongUsage", "error", "warning", "Diagnostic")
UNREACHED = ("elsewhere", "first_names", "edition", "mailbox_providers", "dkim_signing", "spelling")
FRENCH_WORD = re.compile(
    r"[éèêàùçœîôû’]|\b(?:le|la|les|un|une|des|du|au|est|pas|dans|sans|pour|avec|mais)\b"
)


@pytest.fixture(autouse=True)
def french() -> Iterator[None]:
    """Speak French again after a test."""
    yield
    words.speak("fr")


def catalogue() -> dict[str, str]:
    """Return the English of each message."""
    file = PACKAGE / "locale/en/LC_MESSAGES/infolettre.po"
    with file.open("rb") as source:
        return {str(message.id): str(message.string) for message in read_po(source) if message.id}


@pytest.mark.filterwarnings("ignore")
def test_no_message_of_a_letter_lacks_its_english() -> None:
    said = {
        message
        for file, _, message, _, _ in extract_from_dir(PACKAGE, READ, {}, SAID)
        if isinstance(message, str)
    }
    assert len(said) > 400
    assert said - catalogue().keys() == set()


@pytest.mark.parametrize("file", sorted(PACKAGE.rglob("*.py")), ids=lambda file: file.stem)
def test_no_refusal_is_made_of_words_that_are_not_translated(file: Path) -> None:
    tree = ast.parse(file.read_text("utf-8"))
    bare = [
        words_of_it
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and _name(call).endswith((*TOLD, "Error"))
        for words_of_it in _untranslated(call)
    ]
    assert bare == [] or file.stem in UNREACHED


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _untranslated(node: ast.AST) -> Iterator[str]:
    """Yield the French literals under a node that no call translates."""
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, ast.Call) and _name(inner) in SAID:
            continue
        literal = inner.value if isinstance(inner, ast.Constant) else None
        if isinstance(literal, str) and " " in literal and FRENCH_WORD.search(literal):
            yield literal
        yield from _untranslated(inner)


def test_faults_of_a_mail_have_english_words_on_an_english_site() -> None:
    words.speak("en")
    told = {
        (problem.rule, text)
        for fault in FAULTS
        for problem in checks.MAIL_RULES[fault.rule].check(faulty(fault))
        for text in (problem.problem, problem.remedy)
    }
    # What is quoted, « like this », tags, and French that an example shows.
    quoted = re.compile(r"« .*(?: »|…)|<[^>]*>|(?<=: ).*$|^.*(?= does not exist)|‘\w+’")
    french = {(rule, text) for rule, text in told if FRENCH_WORD.search(quoted.sub("", text))}
    assert len(told) > 250
    assert french == set()


def test_each_translation_keeps_the_places_of_what_is_quoted() -> None:
    for french_words, english in catalogue().items():
        assert english, french_words
        assert re.findall(r"\{[^}]*\}", french_words) == re.findall(r"\{[^}]*\}", english)


def test_a_diagnostic_speaks_the_language_of_the_moment() -> None:
    rule = checks.MAIL_RULES["lien-http"]
    mail = checks.CheckedMail("a.md", '<a href="http://autre.quebec/">Lire</a>', host="")
    words.speak("en")
    [problem] = rule.check(mail)
    assert problem.problem == "the link « http://autre.quebec/ » is not protected (http)"
    assert problem.remedy == "Write https:// instead of http://."
    warning = Diagnostic("a.md", 1, "x", "y", "z", Severity.WARNING)
    assert str(warning).startswith("a.md:1 : warning: y")
    assert summary([warning, problem]) == "1 error, 1 warning"
    words.speak("fr-CA")
    [problem] = rule.check(mail)
    assert problem.problem == "le lien « http://autre.quebec/ » n’est pas protégé (http)"
    assert summary([]) == "0 erreur, 0 avertissement"


def test_days_are_written_as_the_language_does() -> None:
    day = date(2026, 1, 31)
    written = {}
    for language in ("en", "fr-CA", "es", "nowhere"):
        words.speak(language)
        written[language] = words.weekday(day)
    assert written == {
        "en": "Saturday, January 31, 2026",
        "fr-CA": "samedi 31 janvier 2026",
        "es": "sábado, 31 de enero de 2026",
        "nowhere": "Saturday, January 31, 2026",
    }
    words.speak("fr")
    assert words.weekday(date(2026, 5, 1)) == "vendredi 1er mai 2026"
    assert words.one_decimal(1.25) == "1,2"
