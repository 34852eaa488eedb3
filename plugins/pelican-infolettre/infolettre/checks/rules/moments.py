"""Dates and times that readers rely on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from infolettre.checks.checked_mail import CheckedMail
from infolettre.checks.rule import WARNING, Finding, mail_rule
from infolettre.checks.rules.language import advised, matched
from infolettre.core.dates import MONTHS, WEEKDAYS
from infolettre.text.written_dates import DATE, DAY_WITHOUT_YEAR, existing
from infolettre.words import say

_WITHOUT_YEAR = re.compile(
    rf"\b(\d{{1,2}})(?:er)?[ \u00a0]({'|'.join(MONTHS)})\b(?![ \u00a0]\d)", re.IGNORECASE
)
_RECENT = 90  # days: later, the date may be one of next year
_NEAR = 200  # days: the date is of the same season
_ASKING = re.compile(
    r"inscri(?:vez|re|ption)|réserv|agenda|date limite|avant le|jusqu’au|d’ici|à venir|rendez-vous"
    r"|prochain|bientôt|joignez|participez|venez",
    re.IGNORECASE,
)
_CAPITALS = tuple(name.capitalize() for name in (*WEEKDAYS, *MONTHS))
_CAPITAL_DAYS, _CAPITAL_MONTHS = "|".join(_CAPITALS[:7]), "|".join(_CAPITALS[7:])


@mail_rule("heure-ampm", "Écrivez l’heure sur 24 heures : 14 h 30.")
def hours_count_to_24(mail: CheckedMail) -> Iterator[Finding]:
    """L’heure se lit sur 24 heures."""
    return advised(mail, "heure-ampm", "« {} » compte les heures à l’anglaise")


@mail_rule("heure-deux-points", "Écrivez l’heure avec « h » : 14 h 30.", severity=WARNING)
def hours_take_an_h(mail: CheckedMail) -> Iterator[Finding]:
    """L’heure s’écrit avec « h »."""
    return matched(
        mail,
        r"\b(?:à|de|dès|vers)[ \u00a0]\d{1,2}:\d\d\b",
        "« {} » écrit l’heure en chiffres",
        hint=r":(?<=\d:)\d",
    )


@mail_rule("date-fausse", "Vérifiez la date dans un calendrier.")
def dates_exist(mail: CheckedMail) -> Iterator[Finding]:
    """Une date existe, et son jour de la semaine est le bon."""
    for text in _dated(mail):
        for match in DATE.finditer(text):
            number, month = int(match[2]), MONTHS.index(match[3].casefold()) + 1
            try:
                day = WEEKDAYS[date(int(match[4]), month, number).weekday()]
            except ValueError:
                yield Finding(say("le {} n’existe pas", match[0]), match[0])
                continue
            if match[1] and match[1].casefold() != day:
                yield Finding(say("« {} » : ce jour-là est un {}", match[0], day), match[0])


@mail_rule("date-jour", "Vérifiez le jour et la date dans un calendrier.", severity=WARNING)
def days_are_those_of_dates(mail: CheckedMail) -> Iterator[Finding]:
    """Un jour sans année est celui de sa date, près du jour de l’envoi."""
    sent = mail.day
    if sent is None or not any(name in mail.folded_texts for name in WEEKDAYS):
        return
    for match in DAY_WITHOUT_YEAR.finditer(mail.joined_texts):
        years = range(sent.year - 1, sent.year + 2)
        days = filter(None, (existing(year, match[3], match[2]) for year in years))
        near = sorted((abs((day - sent).days), day) for day in days)
        named = [WEEKDAYS[day.weekday()] for distance, day in near if distance < _NEAR]
        if named and match[1].casefold() not in named:
            year = near[0][1].year
            problem = say("« {} » : en {}, ce jour-là est un {}", match[0], year, named[0])
            yield Finding(problem, match[0], match.start())


@mail_rule("date-envoi", "Écrivez la date de l’envoi en tête de la lettre.", severity=WARNING)
def shown_date_is_that_of_sending(mail: CheckedMail) -> Iterator[Finding]:
    """La date en tête de la lettre est celle de l’envoi."""
    titles = mail.normal.by_tag.get("h1", [])
    if mail.day is None or not titles:
        return
    below = 0
    for passage in mail.normal.passages:
        below += passage.element.index > titles[0].index
        if below > 1:
            return
        shown = _day((DATE.fullmatch if below else DATE.search)(passage.text))
        if shown and shown != mail.day:
            day = f"{mail.day.day} {MONTHS[mail.day.month - 1]} {mail.day.year}"
            problem = say("la lettre dit « {} » et part le {}", passage.text, day)
            yield Finding(problem, passage.text, passage.element)


@mail_rule("date-passee", "Vérifiez l’année, ou dites-le au passé.", severity=WARNING)
def dates_to_come_are_to_come(mail: CheckedMail) -> Iterator[Finding]:
    """Un jour auquel on invite n’est pas passé le jour de l’envoi."""
    sent = mail.day or next(filter(None, map(_day, map(DATE.search, mail.prose))), None)
    for text in _dated(mail) if sent else ():
        for match in DATE.finditer(text):
            day = _day(match)
            if day and sent and day < sent and _asks(text, match):
                yield Finding(say("le {} est passé le jour de l’envoi", match[0]), match[0])
    for match in _WITHOUT_YEAR.finditer(mail.joined_texts) if mail.day else ():
        day = existing(mail.day.year, match[2], match[1]) if mail.day else None
        recent = day is not None and sent is not None and 0 < (sent - day).days < _RECENT
        if recent and _asks(mail.joined_texts, match):
            problem = say("le {} est passé le jour de l’envoi", match[0])
            yield Finding(problem, match[0], match.start())


@mail_rule("date-majuscule", "Écrivez le jour et le mois en minuscules.", severity=WARNING)
def days_and_months_are_small(mail: CheckedMail) -> Iterator[Finding]:
    """Les jours et les mois s’écrivent en minuscules."""
    pattern = (
        rf"\b\d{{1,2}}(?:er)?[ \u00a0](?:{_CAPITAL_MONTHS})\b|\b[eE]n (?:{_CAPITAL_MONTHS})\b"
        rf"|(?<=[a-zé] )(?:{_CAPITAL_MONTHS})(?=[ \u00a0]\d{{4}}\b)"
        rf"|(?<=[a-zé,] )(?:{_CAPITAL_DAYS})(?=[ \u00a0]\d)"
        rf"|\b(?i:le|un|ce|du|au|chaque|les) (?:{_CAPITAL_DAYS})s?\b(?![ \u00a0](?:saint|gras)\b)"
    )
    return matched(mail, pattern, "« {} » a une majuscule", signs=_CAPITALS)


@mail_rule("date-chiffres", "Écrivez le mois en lettres : 20 mars 2019.", severity=WARNING)
def months_are_spelled(mail: CheckedMail) -> Iterator[Finding]:
    """Une date s’écrit avec le nom du mois : 03-04 se lit de deux façons."""
    pattern = r"\b\d{1,2}[/-]\d{1,2}[/-](?:\d{4}|\d{2})\b"
    return matched(mail, pattern, "« {} » se lit de deux façons", hint=r"[/-](?<=\d.)\d")


def _asks(text: str, date_of: re.Match[str]) -> bool:
    """Tell whether the words around a date, on its line, invite people."""
    start, end = date_of.span()
    before = text[max(0, start - 60) : start].rpartition("\n")[2]
    return bool(_ASKING.search(before + text[start : end + 60].partition("\n")[0]))


def _dated(mail: CheckedMail) -> Iterator[str]:
    """Return the texts that may contain a date."""
    hint = re.compile(r"[ \u00a0](?<=[\drR].)[^\W\d_]{3,9}[ \u00a0]\d{4}")
    return filter(hint.search, mail.texts if hint.search(mail.joined_texts) else ())


def _day(match: re.Match[str] | None) -> date | None:
    return existing(int(match[4]), match[3], match[2]) if match else None
