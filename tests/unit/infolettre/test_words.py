"""The catalogue of English holds what a letter in English may say, as Babel extracts it."""

from __future__ import annotations

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
}
READ = [("**.py", "python"), ("**/templates/*.mjml", "jinja2"), ("**/templates/*.txt", "jinja2")]
# Rules of French, and of AXE's own editions: no letter in another language meets them.
FRENCH = ("edition", "language", "law", "moments", "subject")


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
        if isinstance(message, str) and Path(file).stem not in FRENCH
    }
    assert len(said) > 300
    assert said - catalogue().keys() == set()


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
