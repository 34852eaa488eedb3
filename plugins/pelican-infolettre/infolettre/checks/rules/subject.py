"""What an inbox shows of a letter: subject and preheader."""

from __future__ import annotations

import re
from collections.abc import Iterator

from infolettre.checks.checked_mail import CheckedMail
from infolettre.checks.mail_elements import PADDING, MailElement, fold
from infolettre.checks.rule import WARNING, Finding, mail_rule
from infolettre.checks.rules.colours import CONTRAST
from infolettre.checks.styles import hexadecimal
from infolettre.core.diagnostics import count
from infolettre.design.tokens import contrast
from infolettre.words import say

_SUBJECT = range(10, 79)  # characters
_PREHEADER = range(40, 131)  # characters
# « Test psychométrique » is a title; « Test », « Test 2 » and « Essai de l’infolettre » are not.
_TRIAL = re.compile(
    r"\W*(?:(?:tests?|essais?|brouillon)\b\W*(?:$|[\d:\[(/|–—-]"
    r"|(?:de |d’|d')?(?:l’|l'|la |cette )?(?:infolettre|courriel|envoi|lettre|gabarit)\b)"
    r"|copie de (?!sauvegarde|sécurité|sûreté)|sans objet\b|untitled\b)",
    re.IGNORECASE,
)
_EMOJI = re.compile("[\U0001d400-\U0001d7ff\u2600-\u27bf\U0001f300-\U0001faff]")


@mail_rule("objet-absent", "Écrivez « objet: » et son texte dans l’en-tête de l’édition.")
def has_a_subject(mail: CheckedMail) -> Iterator[Finding]:
    """Un courriel a un objet."""
    if mail.subject is not None and not mail.subject.strip():
        yield Finding("le courriel n’a pas d’objet")


@mail_rule("objet-longueur", "Tenez entre 10 et 78 signes, l’essentiel au début.")
def subject_has_a_length(mail: CheckedMail) -> Iterator[Finding]:
    """L’objet a de 10 à 78 signes."""
    if mail.subject and len(mail.subject.strip()) not in _SUBJECT:
        yield Finding(say("l’objet a {}", count(len(mail.subject.strip()), "signe")), mail.subject)


@mail_rule("objet-majuscules", "Écrivez l’objet en minuscules.")
def subject_is_not_shouted(mail: CheckedMail) -> Iterator[Finding]:
    """L’objet n’est pas en majuscules."""
    letters = [character for character in mail.subject or "" if character.isalpha()]
    if len(letters) > 10 and sum(map(str.isupper, letters)) > 0.6 * len(letters):  # noqa: PLR2004
        yield Finding("l’objet est en majuscules, comme un pourriel", mail.subject or "")


@mail_rule("objet-numero", "Écrivez « numéro 5 ».")
def numbers_are_spelled(mail: CheckedMail) -> Iterator[Finding]:
    """« numéro » s’écrit au long dans l’objet et le préentête."""
    for text in (mail.subject or "", mail.shown_preheader):
        for match in re.finditer(r"(?<!\w)(?:no|n°|nº|#)\.?\s?\d+", text, re.IGNORECASE):
            yield Finding(say("« {} » abrège « numéro »", match[0]), match[0])


@mail_rule("objet-racoleur", "Dites ce que contient la lettre, sans insister.", severity=WARNING)
def subject_does_not_hawk(mail: CheckedMail) -> Iterator[Finding]:
    """L’objet n’a ni série de signes ni mots de pourriel."""
    text = mail.subject or ""
    hawked = re.search(
        r"gratuit!|100 ?% gratuit|urgent|gagnez|cliquez|dernière chance", text, re.IGNORECASE
    )
    if text.count("!") > 1 or "$$" in text or hawked or len(_EMOJI.findall(text)) > 1:
        yield Finding("l’objet ressemble à celui d’un pourriel", text)


@mail_rule("objet-fausse-reponse", "Enlevez ce début : la lettre ne répond à personne.")
def subject_replies_to_nobody(mail: CheckedMail) -> Iterator[Finding]:
    """L’objet ne se fait pas passer pour une réponse ni pour un transfert."""
    if re.match(r"\s*(re|ré|tr|fw|fwd)\s*:", mail.subject or "", re.IGNORECASE):
        yield Finding("l’objet se fait passer pour une réponse", mail.subject or "")


@mail_rule("objet-essai", "Écrivez l’objet définitif.")
def subject_is_final(mail: CheckedMail) -> Iterator[Finding]:
    """L’objet n’est pas celui d’un essai."""
    if _TRIAL.match(mail.subject or ""):
        yield Finding("l’objet est celui d’un essai", mail.subject or "")


@mail_rule("objet-espaces", "Enlevez les espaces de trop et les fins de ligne.")
def subject_is_one_line(mail: CheckedMail) -> Iterator[Finding]:
    """L’objet tient sur une ligne, sans espace aux bouts."""
    text = mail.subject or ""
    if text != text.strip() or re.search(r"[\r\n\t]", text):
        yield Finding("l’objet a une espace à un bout, ou une fin de ligne", text)


@mail_rule("objet-point", "Enlevez le point.", severity=WARNING)
def subject_has_no_stop(mail: CheckedMail) -> Iterator[Finding]:
    """L’objet ne finit pas par un point."""
    if re.search(r"(?<!\.)(?<!etc)\.$", mail.subject or ""):
        yield Finding("l’objet finit par un point", mail.subject or "")


@mail_rule("titre-objet", "Donnez au courriel le titre de l’édition.", severity=WARNING)
def title_is_the_subject(mail: CheckedMail) -> Iterator[Finding]:
    """Le titre du courriel est son objet."""
    titles = [title.text for title in mail.normal.all("title")]
    if mail.subject and titles and fold(titles[0]) != fold(mail.subject).strip():
        yield Finding(say("le titre « {} » n’est pas l’objet", titles[0]), titles[0])


@mail_rule("objet-html", "Enlevez les balises : l’objet est du texte.")
def subject_is_text(mail: CheckedMail) -> Iterator[Finding]:
    """L’objet et le préentête ne contiennent aucune balise."""
    for text in (mail.subject or "", mail.shown_preheader):
        if re.search(r"</?[a-zA-Z][^>]*>", text):
            yield Finding(say("une balise est dans « {} »", text), text)


@mail_rule("preentete-different", "Signalez-le : le courriel montre un autre préentête.")
def preheader_is_the_one_written(mail: CheckedMail) -> Iterator[Finding]:
    """Le préentête du courriel est celui de l’édition."""
    element = _preheader(mail)
    if element and mail.preheader and element.text != fold(mail.preheader).strip(PADDING):
        yield Finding(
            say("le courriel a un autre préentête : « {} »", element.text), mail.preheader
        )


@mail_rule("preentete-absent", "Écrivez le préentête dans l’en-tête de l’édition.")
def has_a_preheader(mail: CheckedMail) -> Iterator[Finding]:
    """Un courriel a un préentête."""
    if not mail.shown_preheader.strip():
        yield Finding("le courriel n’a pas de préentête : on lirait « Lire sur le Web »")


@mail_rule("preentete-longueur", "Tenez entre 40 et 130 signes.")
def preheader_has_a_length(mail: CheckedMail) -> Iterator[Finding]:
    """Le préentête a de 40 à 130 signes."""
    shown = mail.shown_preheader.strip(PADDING)
    if shown and len(shown) not in _PREHEADER:
        yield Finding(say("le préentête a {}", count(len(shown), "signe")), shown)


@mail_rule("preentete-repete", "Dites autre chose que l’objet.")
def preheader_adds_something(mail: CheckedMail) -> Iterator[Finding]:
    """Le préentête ne répète pas l’objet."""
    said, subject = mail.shown_preheader.casefold().strip(), (mail.subject or "").casefold().strip()
    unfinished = "à compléter" in said  # checked by another rule
    if subject and said.startswith(subject) and not unfinished:
        yield Finding("le préentête répète l’objet", mail.shown_preheader)


@mail_rule("preentete-vague", "Dites ce que contient la lettre.")
def preheader_says_something(mail: CheckedMail) -> Iterator[Finding]:
    """Le préentête annonce la lettre, et non la façon de l’afficher."""
    if re.search(
        r"s’affiche (?:pas|mal)|version (?:en ligne|web)|navigateur", mail.shown_preheader
    ):
        yield Finding("le préentête ne parle que d’affichage", mail.shown_preheader)


@mail_rule("preentete-place", "Mettez le préentête au début de <body>, dans le bloc de langue.")
def preheader_comes_first(mail: CheckedMail) -> Iterator[Finding]:
    """Le préentête est le premier texte de la lettre."""
    first = next((element for element in mail.normal.body if element.own_text), None)
    if first is not None and mail.shown_preheader and not first.hidden:
        yield Finding(
            say("la lettre commence par « {} »", first.own_text[:40]), first.own_text, first
        )


@mail_rule("preentete-cache", "Ajoutez display:none;max-height:0;overflow:hidden;mso-hide:all.")
def preheader_is_hidden(mail: CheckedMail) -> Iterator[Finding]:
    """Le préentête est caché dans tous les logiciels."""
    element = _preheader(mail)
    wanted = {"display": "none", "max-height": "0", "overflow": "hidden", "mso-hide": "all"}
    missing = [
        n for n, v in wanted.items() if element and element.style.get(n, "").rstrip("px") != v
    ]
    if missing:
        yield Finding(
            say("le préentête se verrait : il manque {}", ", ".join(missing)), mail.shown_preheader
        )
    colour = hexadecimal(element.style.get("color", "")) if element else None
    if colour and contrast(colour, "#FFFFFF") < CONTRAST:
        yield Finding(
            say("le préentête est en {}, couleur pâle de pourriel", colour), mail.shown_preheader
        )


@mail_rule("preentete-rembourre", "Ajoutez des espaces invisibles après le préentête.")
def preheader_is_padded(mail: CheckedMail) -> Iterator[Finding]:
    """Le préentête est suivi d’espaces invisibles, pour que rien d’autre ne le suive."""
    element = _preheader(mail)
    if element and len(element.raw_text) < _PREHEADER.stop:
        yield Finding(
            "la boîte de réception montrerait la suite de la lettre", mail.shown_preheader
        )


def _preheader(mail: CheckedMail) -> MailElement | None:
    return next((element for element in mail.normal.body if element.hidden and element.text), None)
