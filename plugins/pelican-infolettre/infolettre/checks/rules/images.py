"""The images of a mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from urllib.parse import SplitResult, urlsplit

from infolettre.checks.mail_elements import MailElement
from infolettre.checks.rule import WARNING, Finding, excerpt, view_rule, words
from infolettre.checks.view import View
from infolettre.words import say

_FILE = re.compile(r"\S+\.(?:jpe?g|png|gif|webp|svg)|(?:IMG|DSC|image)[-_ ]?\d+", re.IGNORECASE)
_EMPTY_ALT = frozenset(words("image photo logo illustration picture img banner bannière"))
_COLUMN = 600  # px
_TINY = frozenset(f"{size}{unit}" for size in range(4) for unit in ("", "px"))
# Without a suffix, the format is not known.
_UNSHOWN = re.compile(
    r"\.(?:webp|svgz?|avif|bmp|tiff?|hei[cf]|ico|jxl|jp2|psd|pdf|eps)$", re.IGNORECASE
)
# What says which version or size of an image is wanted, and nothing of who reads.
_VERSION = re.compile(
    r"(?:(?:(?:v|ver|version|rev|ts|cb|w|h|width|height|size|q|quality|dpr|format|fm|fit|crop|auto"
    r"|resize|ssl|strip|itok)=)?[\w.,:-]{0,24}&?)+"
)
_TRACKERS = re.compile(r"/(?:pixel|open|track|beacon|wf/open)[/.?]|[?&](?:uid|subscriber)=")


@view_rule("image-alt", "Décrivez l’image : ce qu’elle montre, ou rien si elle décore.")
def images_have_alt(view: View) -> Iterator[Finding]:
    """Chaque image a un texte de remplacement, même vide."""
    for image in view.images:
        if not image.has("alt"):
            yield Finding(
                say("l’image {} n’a pas d’attribut alt", _name(image)), image["src"], image
            )


@view_rule("image-alt-lien", "Dites dans alt où mène le lien.")
def linked_images_speak(view: View) -> Iterator[Finding]:
    """Une image qui est un lien n’a jamais un alt vide."""
    for image in view.images:
        if not image["alt"].strip() and any(up.tag == "a" and not up.text for up in image.lineage):
            yield Finding(
                say("l’image {} est un lien, mais ne dit rien", _name(image)), image["src"], image
            )


@view_rule(
    "image-alt-vague", "Décrivez ce que montre l’image, sans « image de » ni nom de fichier."
)
def alts_describe(view: View) -> Iterator[Finding]:
    """Le texte de remplacement décrit l’image."""
    for image in view.images:
        alt = image["alt"].strip()
        vague = alt.casefold() in _EMPTY_ALT or _FILE.fullmatch(alt)
        if vague or re.match(
            r"(image|photo|illustration|logo) ?(?:(?:de|du|d’|d')\b|:)|https?:", alt, re.IGNORECASE
        ):
            yield Finding(say("l’alt « {} » ne décrit pas l’image", alt), alt, image)


@view_rule(
    "image-alt-long", "Résumez en une phrase; dites le reste dans le texte.", severity=WARNING
)
def alts_are_short(view: View) -> Iterator[Finding]:
    """Le texte de remplacement tient en 200 signes."""
    for image in view.images:
        if len(image["alt"]) > 200:  # noqa: PLR2004 - see the rule
            yield Finding(
                say("l’alt « {} » a {} signes", excerpt(image["alt"]), len(image["alt"])),
                image["alt"],
                image,
            )


@view_rule("image-largeur", 'Écrivez la largeur en pixels, sans unité : width="552".')
def images_have_a_width(view: View) -> Iterator[Finding]:
    """Chaque image a une largeur entière en attribut, que lit Outlook."""
    for image in view.images:
        if not re.fullmatch(r"[1-9]\d*", image["width"]):
            yield Finding(
                say("la largeur de l’image {} n’est pas un nombre", _name(image)),
                image["src"],
                image,
            )


@view_rule("image-trop-large", "Ne dépassez pas 600 pixels.")
def images_fit_the_column(view: View) -> Iterator[Finding]:
    """Aucune image n’est plus large que la colonne."""
    for image in view.images:
        if image["width"].isdecimal() and int(image["width"]) > _COLUMN:
            yield Finding(
                say("l’image {} a {} pixels de large", _name(image), image["width"]),
                image["src"],
                image,
            )


@view_rule("image-hauteur", "Enlevez l’attribut height, ou mettez un nombre entier.")
def heights_are_numbers(view: View) -> Iterator[Finding]:
    """L’attribut de hauteur, s’il y en a un, est un nombre."""
    for image in view.images:
        if image.has("height") and not re.fullmatch(r"[1-9]\d*", image["height"]):
            yield Finding(
                say("la hauteur « {} » de {} est refusée", image["height"], _name(image)),
                image["src"],
                image,
            )


@view_rule("image-adresse", "Écrivez l’adresse complète, sans espace ni accent : https://…")
def sources_are_whole(view: View) -> Iterator[Finding]:
    """L’adresse d’une image est complète, commence par https, et n’a ni espace ni accent nu."""
    for image in view.images:
        parts = _parts(image["src"])
        if parts is None or not image["src"].strip():
            yield Finding(
                say("l’image {} n’a pas d’adresse valable", _name(image)), image["alt"], image
            )
        elif re.search(r"[\s<>\"{}|\\^`«»]", image["src"].strip()) or not image["src"].isascii():
            yield Finding(
                say("l’adresse de l’image {} est mal écrite", _name(image)), image["src"], image
            )
        elif parts.scheme not in {"https", "data", "cid"}:
            yield Finding(
                say("l’adresse de l’image « {} » n’est pas en https", image["src"]),
                image["src"],
                image,
            )


@view_rule("image-hote", "Mettez l’image dans content/images/ : elle viendra de notre site.")
def images_are_ours(view: View) -> Iterator[Finding]:
    """Chaque image vient de notre site."""
    for image in view.images:
        parts = _parts(image["src"])
        host = parts.netloc if parts is not None else ""
        if host and host != view.host:
            yield Finding(
                say("l’image {} vient de « {} »", _name(image), host), image["src"], image
            )


@view_rule("image-incorporee", "Mettez l’image dans content/images/ : Gmail bloque celle-ci.")
def images_are_not_embedded(view: View) -> Iterator[Finding]:
    """Aucune image n’est incorporée au courriel (data:, cid:)."""
    for image in view.images:
        if re.match(r"\s*(data|cid):", image["src"], re.IGNORECASE):
            yield Finding(
                say("une image est incorporée : {}", excerpt(image["src"], 30)),
                image["src"][:20],
                image,
            )


@view_rule("image-format", "Convertissez l’image en JPEG ou en PNG.")
def formats_are_shown(view: View) -> Iterator[Finding]:
    """Une image est en JPEG, en PNG ou en GIF."""
    for image in view.images:
        path = (_parts(image["src"]) or urlsplit("")).path
        if image["src"].startswith("http") and _UNSHOWN.search(path):
            yield Finding(
                say("Outlook n’affiche pas le format de {}", _name(image)), image["src"], image
            )


@view_rule("image-pixel", "Enlevez ce pixel : nous ne suivons personne.")
def no_pixel_follows(view: View) -> Iterator[Finding]:
    """Aucune image ne sert à savoir qui ouvre le courriel."""
    for image in view.images:
        sizes = {
            image["width"],
            image["height"],
            image.style.get("width"),
            image.style.get("height"),
        }
        query = (_parts(image["src"]) or urlsplit("")).query
        marked = _TRACKERS.search(image["src"]) or (query and not _VERSION.fullmatch(query))
        if sizes & _TINY or image.hidden or marked:
            yield Finding(
                say("l’image {} ressemble à un pixel espion", _name(image)), image["src"], image
            )


@view_rule("image-fond", "Enlevez l’image de fond, ou faites-en une image ordinaire.")
def no_background_image(view: View) -> Iterator[Finding]:
    """Aucune image n’est en fond : beaucoup de logiciels ne la montrent pas."""
    groups = [
        elements for value, elements in view.by_attribute.get("background", {}).items() if value
    ]
    for values in view.by_property.values():
        groups += [
            elements
            for value, elements in values.items()
            if "(" in value and "url(" in value.lower()
        ]
    for tag, elements in view.by_tag.items():
        groups += [[element for element in elements if tag.startswith("v:") and element["src"]]]
    for element in dict.fromkeys(chain.from_iterable(groups)):
        yield Finding(say("<{}> a une image de fond", element.tag), element.text, element)
    if "url(" in view.style_sheets.lower():
        yield Finding("une feuille de style va chercher un fichier (url)", "url(")


def _parts(address: str) -> SplitResult | None:
    try:
        return urlsplit(address.strip())
    except ValueError:
        return None


def _name(image: MailElement) -> str:
    return f"« {image['src'].rpartition('/')[2][:60] or image['alt']} »"
