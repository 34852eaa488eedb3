"""The links of a mail."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import parse_qsl

from infolettre.checks.link_addresses import addresses, is_ours, split
from infolettre.checks.rule import WARNING, Finding, excerpt, view_rule
from infolettre.checks.view import View
from infolettre.text.followed_addresses import FOLLOWING, cleaned
from infolettre.text.link_texts import VAGUE_LINK_TEXTS
from infolettre.words import say

# Pages where people leave, or say what they want.
_OF_READER = re.compile(r"d[ée]sabonn|d[ée]sinscri|unsubscri|pr[ée]f[ée]rences", re.IGNORECASE)
_READER = re.compile(
    r"(?:reader|lecteur|lectrice|subscriber|abonne|user|utilisateur|usager|member|membre|contact"
    r"|recipient|destinataire|person|personne|client)?[_-]?(?:id|uid|uuid|guid|no|num|key|cle|hash)"
    r"|reader|lecteur|lectrice|subscriber|abonne|user|utilisateur|usager|member|membre|contact"
    r"|recipient|destinataire|person|personne|client|(?:e-?|user_?)?mail|courriel|adresse|e|u|c|m"
    r"|pid|rid|cid|sid|eid|mid|nom|prenom|name|fname|lname|first_?name|last_?name|login|tel|phone",
    re.IGNORECASE,
)
_WORDS_OF_URL = re.compile(r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:ca|com|org|net|qc)\b")
_URL_AMONG_WORDS = re.compile(r"(?:https?://|www\.)[^\s»)]+")
_LONG_TEXT = 200
_MAILBOX = re.compile(r"[^@\s,;]+@[\w-]+(?:\.[\w-]+)+")
# RFC 3966, with its visual separators, then an extension or pauses; a short number such as 811.
_TELEPHONE = re.compile(
    r"(?:\+?(?:[\d().-]|%20){7,20}|[2-9]11|[*#]\d{2,6})(?:;(?:ext|phone-context)=[\w.+-]+|[,;px]+\d+#?)*"
)
# The address of a person, and not a public calendar, a reservation page or a profile.
_PERSON = re.compile(r"[\w.+-](?:@|%40)(?!group(?:\.v)?\.calendar\.google)[\w-]+(?:\.[\w-]+)*"
                     r"\.[a-z]{2,}\b", re.IGNORECASE)  # fmt: skip
_PUBLIC_NAME = re.compile(
    r"/@[\w.-]+@[\w.-]+/?|/(?:owa/calendar|book|bookwithme|b)/.*", re.IGNORECASE
)
# Link texts that say only that they are links.
_VAGUE = re.compile(
    r"(?:(?:je veux|pour|afin d’)? ?(?:en )?(?:savoir|lire|voir|apprendre|découvrir) (?:plus|tout))"
    r"|plus (?:d’infos?|de détails|de renseignements)|(?:lisez|voyez|apprenez)-?(?:en)? plus"
    r"|(?:cliqu\w+|appuy\w+|tap\w+|consult\w+|all\w+|rendez-vous|suiv\w+|c’est|voir|juste|par)?"
    r"(?:-l[ae])?(?: sur| par| juste)? ?(?:ici(?: même)?|là|(?:ce|le) (?:lien|bouton)|cette page)"
    r"|(?:lire|voir) (?:la|l’) ?(?:suite|article|page)|(?:ce|le) (?:document|fichier|pdf|site)"
    r"|découvr(?:ir|ez)|télécharger|continuer|consulter|pdf|infos?|article|texte|web"
    r"|(?:click|tap) (?:here|this)|learn more|more|[^\w]*|\w",
    re.IGNORECASE,
)


@view_rule("lien-sans-adresse", "Donnez au lien son adresse, ou enlevez-le.")
def links_lead_somewhere(view: View) -> Iterator[Finding]:
    """Chaque lien a une adresse."""
    for element in view.all("a"):
        if element["href"].strip() in {"", "#"} and not (element["name"] or element["id"]):
            yield Finding(
                say("le lien « {} » ne mène nulle part", excerpt(element.label)),
                element.label,
                element,
            )


@view_rule("lien-ancre", "Menez à la page du site, ou enlevez le lien.")
def links_leave_the_mail(view: View) -> Iterator[Finding]:
    """Aucun lien ne mène à un endroit du courriel : Gmail et Outlook ne le suivent pas."""
    for link in view.links:
        if re.match(r"#.", link["href"].strip()):
            yield Finding(
                say("« {} » mène à une ancre du courriel", excerpt(link.label)), link.label, link
            )


@view_rule("lien-relatif", "Écrivez l’adresse complète : https://…")
def links_are_absolute(view: View) -> Iterator[Finding]:
    """L’adresse d’un lien est complète."""
    for link, parts in addresses(view):
        if not parts.scheme and not link["href"].strip().startswith("#"):
            yield Finding(
                say("le lien « {} » n’est pas une adresse complète", link["href"]),
                link["href"],
                link,
            )


@view_rule("lien-http", "Écrivez https:// au lieu de http://.")
def links_are_secure(view: View) -> Iterator[Finding]:
    """L’adresse d’un lien commence par https."""
    for link, parts in addresses(view):
        if parts.scheme == "http":
            yield Finding(
                say("le lien « {} » n’est pas protégé (http)", link["href"]), link["href"], link
            )


@view_rule("lien-protocole", "Utilisez https:, mailto:, tel: ou sms:.")
def schemes_are_known(view: View) -> Iterator[Finding]:
    """Un lien mène au Web, à une adresse de courriel ou à un téléphone."""
    for link, parts in addresses(view):
        if parts.scheme and parts.scheme not in {"http", "https", "mailto", "tel", "sms"}:
            yield Finding(say("le lien commence par « {}: »", parts.scheme), link["href"], link)


@view_rule("lien-mal-ecrit", "Recopiez l’adresse depuis la barre du navigateur.")
def addresses_are_well_formed(view: View) -> Iterator[Finding]:
    """Une adresse n’a ni espace, ni accent nu, ni début doublé."""
    for link in view.links:
        href, parts = link["href"], split(link["href"])
        web = parts is not None and parts.scheme in {"http", "https"}
        bad_host = web and parts is not None and not re.search(r"\w\.\w", parts.netloc)
        if (
            parts is None
            or bad_host
            or re.search(r"[\s<>\"{}|\\^`«»]|//[^/]*\.\.|https?:/*https?:|,$|^[^(]*\)$|\]$", href)
            or not href.isascii()
        ):
            yield Finding(say("l’adresse « {} » est mal écrite", excerpt(href)), href, link)


@view_rule("lien-courriel", "Écrivez mailto:nom@domaine.ca.")
def mailboxes_are_whole(view: View) -> Iterator[Finding]:
    """Une adresse de courriel est complète."""
    for link, parts in addresses(view):
        if parts.scheme == "mailto" and not _whole_mailto(parts.path, parts.query):
            yield Finding(
                say("« {} » n’est pas une adresse de courriel", link["href"]), link["href"], link
            )


@view_rule("lien-telephone", "Écrivez tel:+1 puis dix chiffres, sans espace.")
def telephones_are_whole(view: View) -> Iterator[Finding]:
    """Un lien de téléphone contient le numéro entier."""
    for link, parts in addresses(view):
        if parts.scheme == "tel" and not _TELEPHONE.fullmatch(parts.path):
            yield Finding(
                say("« {} » n’est pas un numéro de téléphone", link["href"]), link["href"], link
            )


@view_rule("lien-parametres", "Enlevez ces paramètres de l’adresse.")
def links_follow_nobody(view: View) -> Iterator[Finding]:
    """Aucune adresse ne porte de paramètre de suivi (utm_, fbclid…)."""
    for link, parts in addresses(view):
        for name, _ in parse_qsl(parts.query, keep_blank_values=True):
            if FOLLOWING.fullmatch(name):
                yield Finding(
                    say(
                        "l’adresse porte le paramètre de suivi « {} »; sans lui : {}",
                        name,
                        cleaned(link["href"]),
                    ),
                    link["href"],
                    link,
                )


@view_rule(
    "lien-lecteur",
    "Enlevez ce paramètre, à moins que la page en ait besoin et qu’il soit le même pour tous.",
    severity=WARNING,
)
def own_links_name_nobody(view: View) -> Iterator[Finding]:
    """Un lien vers notre site ne dit pas qui l’a suivi (?email=, ?id=…)."""
    for link, parts in addresses(view):
        if not is_ours(parts.host, view.host) or _OF_READER.search(f"{link['href']} {link.text}"):
            continue
        for name, _ in parse_qsl(parts.query, keep_blank_values=True) if parts.web else ():
            if _READER.fullmatch(name):
                problem = say("l’adresse porte « {} », qui peut dire qui l’a suivie", name)
                yield Finding(problem, link["href"], link)


@view_rule("lien-mot-de-passe", "Enlevez le nom et le mot de passe de l’adresse.")
def links_hold_no_secret(view: View) -> Iterator[Finding]:
    """Aucune adresse ne contient de mot de passe ni de jeton de connexion."""
    for link, parts in addresses(view):
        names = {name.casefold() for name, _ in parse_qsl(parts.query)}
        if (parts.scheme.startswith("http") and "@" in parts.netloc) or names & {
            "password", "motdepasse", "access_token", "api_key", "apikey", "sessionid", "phpsessid",
            "token", "jwt", "auth", "secret",
        }:  # fmt: skip
            yield Finding("une adresse contient un secret", link["href"], link)


@view_rule("loi-courriel-dans-lien", "Enlevez l’adresse personnelle du lien.")
def links_name_no_reader(view: View) -> Iterator[Finding]:
    """Aucun lien ne contient l’adresse de courriel d’une personne (Loi 25)."""
    for link, parts in addresses(view):
        if not parts.web or _PUBLIC_NAME.fullmatch(parts.path):
            continue
        if _PERSON.search(f"{parts.path}?{parts.query}"):
            yield Finding(
                "un lien contient l’adresse de courriel d’une personne", link["href"], link
            )


@view_rule("courriel-lien-vide", "Écrivez le texte du lien, ou l’alt de son image.")
def links_have_a_text(view: View) -> Iterator[Finding]:
    """Chaque lien a un texte."""
    for link in view.links:
        if not link.label:
            yield Finding(
                say("le lien vers « {} » n’a pas de texte", link["href"]), link["href"], link
            )


@view_rule(
    "courriel-lien-vague", "Nommez ce qu’on trouvera au bout : « Lire l’éditorial de mars »."
)
def links_say_where_they_go(view: View) -> Iterator[Finding]:
    """Le texte d’un lien dit où il mène."""
    for link in view.links:
        text = link.label.casefold().replace("'", "’").strip(" \u00a0.!…:»«→>")
        if text in VAGUE_LINK_TEXTS or (link.label and _VAGUE.fullmatch(text)):
            yield Finding(say("« {} » ne dit pas où mène le lien", link.label), link["href"], link)


@view_rule("lien-trop-long", "Ne gardez dans le lien que le nom de la page.", severity=WARNING)
def links_are_brief(view: View) -> Iterator[Finding]:
    """Le texte d’un lien tient en 200 signes."""
    for link in view.links:
        if len(link.label) > _LONG_TEXT:
            yield Finding(
                say("le lien « {} » est très long", excerpt(link.label)), link["href"], link
            )


@view_rule("lien-trompeur", "Faites dire au lien l’adresse où il mène, ou un titre.")
def links_do_not_deceive(view: View) -> Iterator[Finding]:
    """Un lien qui montre une adresse mène à cette adresse."""
    for link, parts in addresses(view):
        label = link.label
        address = _WORDS_OF_URL.fullmatch(label) or _URL_AMONG_WORDS.search(label)
        if address is None or not parts.web:
            continue
        shown = split(address[0] if "//" in address[0] else say("https://{}", address[0]))
        if shown is None or not f".{_bare(parts.host)}".endswith(f".{_bare(shown.host)}"):
            yield Finding(
                say(
                    "le lien montre « {} » et mène à « {} » : "
                    "les antipourriels y voient un hameçonnage",
                    label,
                    parts.host,
                ),
                link["href"],
                link,
            )


@view_rule(
    "lien-adresse-nue", "Écrivez le nom de la page au lieu de son adresse.", severity=WARNING
)
def links_show_a_name(view: View) -> Iterator[Finding]:
    """Le texte d’un lien n’est pas une longue adresse."""
    for link in view.links:
        if re.fullmatch(r"https?://\S+|www\.[^/\s]+/\S+", link.label):
            yield Finding(
                say("le lien « {} » montre une adresse", excerpt(link.label)), link["href"], link
            )


@view_rule("lien-ambigu", "Donnez à chaque destination son texte.", severity=WARNING)
def same_texts_go_to_same_place(view: View) -> Iterator[Finding]:
    """Deux liens au même texte mènent au même endroit."""
    ends: dict[str, set[str]] = defaultdict(set)
    for link in view.links:
        ends[link.label.casefold()].add(link["href"])
    for link in view.links:
        text = link.label.casefold()
        count = len(ends[text])
        if text and count > 1:
            yield Finding(
                say("« {} » mène à {} endroits", excerpt(text), count), link["href"], link
            )


@view_rule("lien-souligne", "Soulignez le lien : text-decoration:underline.")
def links_are_underlined(view: View) -> Iterator[Finding]:
    """Un lien du texte se reconnaît sans la couleur."""
    for link in view.links:
        decoration = link.style.get("text-decoration", "") or link.style.get(
            "text-decoration-line", ""
        )
        button = link.style.get("display") in {"block", "inline-block"}
        boxed = button and any("background-color" in up.style for up in list(link.lineage)[:3])
        if link.text and not boxed and decoration.startswith("none"):
            yield Finding(
                say("le lien « {} » n’est pas souligné", excerpt(link.text)), link["href"], link
            )


@view_rule("lien-petit", "Donnez au bouton un interligne et une marge de 24 pixels en tout.")
def buttons_are_large(view: View) -> Iterator[Finding]:
    """Un bouton a au moins 24 pixels de haut."""
    for link in view.links:
        if link.style.get("display") not in {"inline-block", "block"} or not link.text:
            continue
        font = re.search(r"/(\d+)px", link.style.get("font", ""))
        line = re.fullmatch(r"(\d+)px", link.style.get("line-height", ""))
        padding = re.match(r"(\d+)px", link.style.get("padding", ""))
        height = int((line or font or ["", "0"])[1])
        if height and height + 2 * int((padding or ["", "0"])[1]) < 24:  # noqa: PLR2004 - WCAG 2.5.8
            yield Finding(
                say("le bouton « {} » est trop petit", excerpt(link.text)), link["href"], link
            )


def _whole_mailto(path: str, query: str) -> bool:
    """Tell whether all mailboxes are whole; a message to be shared has none, but a subject."""
    if not path:
        return bool(query)
    return all(_MAILBOX.fullmatch(mailbox) for mailbox in path.split(","))


def _bare(host: str) -> str:
    return host.casefold().removeprefix("www.")
