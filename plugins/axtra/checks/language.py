"""The French of a mail: subject, preheader and body."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from axtra.checks.mail import CheckedMail
from axtra.checks.rule import WARNING, Finding, excerpt, mail_rule, words

_MONTHS = words(
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
)
_DAYS = words("lundi mardi mercredi jeudi vendredi samedi dimanche")
_DATE = re.compile(
    rf"\b(?:({'|'.join(_DAYS)})[ \u00a0])?(\d{{1,2}})(?:er)?[ \u00a0]({'|'.join(_MONTHS)})"
    r"[ \u00a0](\d{4})\b",
    re.IGNORECASE,
)
# Words that may rightly come twice: « nous nous », « vous vous », « si si »…
_TWICE = frozenset(words("nous vous faire si non oui très tout bla"))


@mail_rule("capitale-accent", "Mettez l’accent : À, É, Ê, Ç.", severity=WARNING)
def capitals_keep_accents(mail: CheckedMail) -> Iterator[Finding]:
    """Les capitales gardent leurs accents."""
    return _advised(mail, "capitale-accent", "« {} » a perdu l’accent de sa capitale")


@mail_rule("doublet-point-median", "Écrivez les deux formes, ou un mot épicène.")
def genders_take_no_middle_dot(mail: CheckedMail) -> Iterator[Finding]:
    """Aucun mot n’est abrégé par un point médian."""
    return _advised(mail, "doublet-point-median", "« {} » abrège par un point médian")


@mail_rule("doublet-signe-simple", "Écrivez les deux formes, ou un mot épicène.", severity=WARNING)
def genders_are_spelled_out(mail: CheckedMail) -> Iterator[Finding]:
    """Aucun doublet n’est abrégé par un trait, un point ou une barre."""
    return _advised(mail, "doublet-signe-simple", "« {} » abrège un doublet par un signe")


@mail_rule("etc-suspension", "Écrivez « etc. », sans points de suspension.")
def etc_ends_alone(mail: CheckedMail) -> Iterator[Finding]:
    """« etc. » ne prend pas de points de suspension."""
    return _advised(mail, "etc-suspension", "« {} » dit deux fois que la liste continue")


@mail_rule("symbole-avant", "Écrivez le nombre, une espace insécable, puis le symbole : 25 $.")
def symbols_follow_numbers(mail: CheckedMail) -> Iterator[Finding]:
    """Le symbole du dollar suit le nombre."""
    return _advised(mail, "symbole-avant", "« {} » met le symbole avant le nombre")


@mail_rule("point-decimal", "Mettez une virgule : 2,5 %.", severity=WARNING)
def decimals_take_a_comma(mail: CheckedMail) -> Iterator[Finding]:
    """Le signe décimal est la virgule."""
    return _advised(mail, "point-decimal", "« {} » a un point décimal")


@mail_rule("heure-ampm", "Écrivez l’heure sur 24 heures : 14 h 30.")
def hours_count_to_24(mail: CheckedMail) -> Iterator[Finding]:
    """L’heure se lit sur 24 heures."""
    return _advised(mail, "heure-ampm", "« {} » compte les heures à l’anglaise")


@mail_rule("heure-deux-points", "Écrivez l’heure avec « h » : 14 h 30.", severity=WARNING)
def hours_take_an_h(mail: CheckedMail) -> Iterator[Finding]:
    """L’heure s’écrit avec « h »."""
    return _matched(
        mail, r"\b(?:à|de|dès|vers)[ \u00a0]\d{1,2}:\d\d\b", "« {} » écrit l’heure en chiffres"
    )


@mail_rule("guillemets-droits", "Écrivez entre « guillemets français ».")
def quotation_marks_are_french(mail: CheckedMail) -> Iterator[Finding]:
    """Les guillemets sont français."""
    for text in _texts(mail):
        for found in re.finditer(r'"[^"]*"|(?<!\d)"', text):
            yield Finding(
                f"des guillemets droits restent : {excerpt(found[0])}", found[0].strip('"')
            )


@mail_rule("apostrophe-droite", "Écrivez l’apostrophe courbe : ’.", severity=WARNING)
def apostrophes_are_curled(mail: CheckedMail) -> Iterator[Finding]:
    """Les apostrophes sont courbes."""
    return _matched(mail, r"[^\W\d_]+'[^\W\d_]+", "l’apostrophe de « {} » est droite")


@mail_rule("guillemets-seuls", "Ouvrez et fermez chaque citation.", severity=WARNING)
def quotations_are_closed(mail: CheckedMail) -> Iterator[Finding]:
    """Chaque guillemet ouvert est fermé."""
    texts = [mail.subject or "", mail.announced, mail.normal.words]
    for text in texts:
        if text.count("«") != text.count("»"):
            lone = re.search(r"«[^»]*$|^[^«]*»|«[^»]*«|»[^«]*»", text)
            words = excerpt(lone[0]) if lone else ""
            yield Finding(
                f"une citation n’est pas fermée ou ouverte : « {words} »", words.strip("«» \u00a0")
            )


@mail_rule(
    "insecable-absente", "Mettez une espace insécable : elle retient le signe.", severity=WARNING
)
def marks_are_held(mail: CheckedMail) -> Iterator[Finding]:
    """Aucun signe ne peut se retrouver seul au début d’une ligne."""
    pattern = (
        r"\S+ [»:%$](?![\w/)(-])|\S*« \S+|«\w+|\w+»|(?<![\w.,-])\d{1,3}(?: \d{3})+(?![\w-])(?! \d)"
    )
    return _matched(mail, pattern, "une espace ordinaire peut couper « {} »")


@mail_rule("espace-avant", "Collez la virgule, le point, ; ! et ? au mot qui précède.")
def marks_touch_their_word(mail: CheckedMail) -> Iterator[Finding]:
    """Aucune espace avant la virgule, le point, ; ! ou ?."""
    return _matched(
        mail,
        r"[^\s»]+[ \u00a0\u202f][;!?,](?=\s|$|»)|\w+ \.(?=\s|$)",
        "une espace de trop dans « {} »",
    )


@mail_rule("espace-apres", "Ajoutez une espace après le signe.", severity=WARNING)
def marks_are_followed_by_space(mail: CheckedMail) -> Iterator[Finding]:
    """Une virgule, un point-virgule ou un deux-points est suivi d’une espace."""
    return _matched(mail, r"[^\W\d_]{2,}[,;!?][^\W\d_]{2,}", "il manque une espace dans « {} »")


@mail_rule("espace-double", "Gardez une seule espace.", severity=WARNING)
def spaces_are_single(mail: CheckedMail) -> Iterator[Finding]:
    """Une seule espace sépare deux mots."""
    pattern = r"\w+[ ]{2,}\w+|[a-zà-ÿ]+(?: \u00a0|\u00a0 |\u00a0\u00a0)[a-zà-ÿ]+"
    return _matched(mail, pattern, "deux espaces séparent les mots de « {} »")


@mail_rule("ponctuation-repetee", "Un seul signe suffit.", severity=WARNING)
def marks_come_once(mail: CheckedMail) -> Iterator[Finding]:
    """Un signe de ponctuation ne se répète pas."""
    return _matched(
        mail, r"\w*[ ]?(?:!{2,}|\?{2,}|,{2,}|(?<!\.)\.\.(?!\.)|\.{4,})", "« {} » répète un signe"
    )


@mail_rule("points-suspension", "Écrivez le signe « … ».", severity=WARNING)
def ellipses_are_one_sign(mail: CheckedMail) -> Iterator[Finding]:
    """Les points de suspension sont un seul signe."""
    return _matched(mail, r"\w*(?<!\.)\.{3}(?!\.)", "« {} » a trois points au lieu d’un seul signe")


@mail_rule("mot-repete", "Enlevez le mot de trop.", severity=WARNING)
def words_come_once(mail: CheckedMail) -> Iterator[Finding]:
    """Un mot n’est pas écrit deux fois de suite."""
    for text in _texts(mail):
        for found in re.finditer(r"(?<![-’'\w])([^\W\d_]{2,}) \1(?![-’'\w])", text, re.IGNORECASE):
            if found[1].casefold() not in _TWICE:
                yield Finding(f"« {found[0]} » répète un mot", found[0])


@mail_rule("ordinal-fautif", "Écrivez 1er, 1re, 2e, 2es.", severity=WARNING)
def ordinals_are_short(mail: CheckedMail) -> Iterator[Finding]:
    """Un ordinal s’abrège 1er, 1re, 2e."""
    return _matched(
        mail, r"\b\d+(?:[iè]è?me|ère|ème|nd|nde|ièmes|eme|èmes)s?\b", "« {} » abrège mal un ordinal"
    )


@mail_rule("date-fausse", "Vérifiez la date dans un calendrier.")
def dates_exist(mail: CheckedMail) -> Iterator[Finding]:
    """Une date existe, et son jour de la semaine est le bon."""
    for text in _texts(mail):
        for found in _DATE.finditer(text):
            number, month = int(found[2]), _MONTHS.index(found[3].casefold()) + 1
            try:
                day = _DAYS[date(int(found[4]), month, number).weekday()]
            except ValueError:
                yield Finding(f"le {found[0]} n’existe pas", found[0])
                continue
            if found[1] and found[1].casefold() != day:
                yield Finding(f"« {found[0]} » : ce jour-là est un {day}", found[0])


@mail_rule("majuscules", "Écrivez en minuscules; le gras suffit pour insister.", severity=WARNING)
def nothing_is_shouted(mail: CheckedMail) -> Iterator[Finding]:
    """Aucune phrase n’est toute en majuscules."""
    for text in _texts(mail):
        for found in re.finditer(r"(?:\b[A-ZÀ-ÖØ-Þ’]{3,}\b[ \u00a0,]*){4,}", text):
            yield Finding(f"« {excerpt(found[0])} » est tout en majuscules", found[0].strip())


@mail_rule("anglicisme", "Écrivez infolettre, courriel, webinaire, égoportrait…", severity=WARNING)
def words_are_french(mail: CheckedMail) -> Iterator[Finding]:
    """Les mots du métier sont français."""
    pattern = r"\b(?:newsletters?|e-?mails?|webinars?|feedback|deadlines?|hashtags?|meetings?)\b"
    return _matched(mail, pattern, "« {} » a un équivalent français", flags=re.IGNORECASE)


def _texts(mail: CheckedMail) -> Iterator[str]:
    yield mail.subject or ""
    yield mail.announced
    yield from mail.prose


def _matched(mail: CheckedMail, pattern: str, problem: str, *, flags: int = 0) -> Iterator[Finding]:
    for text in _texts(mail):
        for found in re.finditer(pattern, text, flags):
            yield Finding(problem.format(excerpt(found[0].strip())), found[0].strip())


def _advised(mail: CheckedMail, code: str, problem: str) -> Iterator[Finding]:
    """Read the advice of one kind that the typography gives."""
    for one in mail.advice:
        if one.code == code:
            yield Finding(problem.format(one.excerpt), one.excerpt)
