"""The colours of a mail, in the light and in the dark."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

from axtra.checks.mail import Element, View
from axtra.checks.rule import WARNING, Finding, excerpt, view_rule
from axtra.tokens import contrast

_NAMED: Mapping[str, str] = MappingProxyType({
    "white": "#FFFFFF", "black": "#000000", "red": "#FF0000", "blue": "#0000FF",
    "green": "#008000", "yellow": "#FFFF00", "gray": "#808080", "grey": "#808080",
    "silver": "#C0C0C0", "lightgray": "#D3D3D3", "lightgrey": "#D3D3D3", "orange": "#FFA500",
    "navy": "#000080", "teal": "#008080", "maroon": "#800000", "purple": "#800080",
})  # fmt: skip
_NO_COLOUR = frozenset({"", "transparent", "inherit", "initial", "currentcolor", "none", "unset"})
CONTRAST, LARGE = 4.5, 3.0  # WCAG 2.2, 1.4.3
_THEME = "Corrigez le gabarit theme/courriel/ : ses couleurs viennent de theme/tokens.toml."


@view_rule("couleur-contraste", "Prenez une couleur plus foncée ou un fond plus clair.")
def texts_stand_out(view: View) -> Iterator[Finding]:
    """Le texte a un contraste de 4,5 avec son fond, de 3 s’il est grand."""
    for one in view.body:
        words = one.own or one["alt"]
        if not words or one.hidden or one.tag in {"style", "script"}:
            continue
        colour, ground = _colour(one) or "#000000", _ground(one) or "#FFFFFF"
        ratio = contrast(colour, ground)
        if ratio < (LARGE if is_large(one) else CONTRAST):
            shown = f"{ratio:.1f}".replace(".", ",")
            yield Finding(
                f"« {excerpt(words)} » se lit mal : {colour} sur {ground}, contraste de {shown}",
                words,
            )


@view_rule("couleur-illisible", "Écrivez la couleur en six chiffres, par exemple #0F3D5C.")
def colours_are_read(view: View) -> Iterator[Finding]:
    """Une couleur s’écrit #RRVVBB, que lisent tous les logiciels."""
    for one in view.body:
        for name in ("color", "background-color"):
            value = bare(one.style.get(name, ""))
            if value.lower() not in _NO_COLOUR and hexadecimal(value) is None:
                yield Finding(f"la couleur « {value} » n’est pas lue partout", value)
        for name in ("bgcolor", "color", "text"):
            if one[name] and hexadecimal(one[name]) is None:
                yield Finding(f"la couleur « {one[name]} » n’est pas lue partout", one[name])


@view_rule("couleur-fond-seul", "Donnez ensemble la couleur du texte et celle du fond.",
           severity=WARNING)  # fmt: skip
def grounds_are_given(view: View) -> Iterator[Finding]:
    """Qui donne une couleur de texte donne aussi celle du fond."""
    for one in view.body:
        if one.own and not one.hidden and _colour(one) and not _ground(one):
            yield Finding(f"« {excerpt(one.own)} » a une couleur, mais aucun fond", one.own)


@view_rule("sombre-meta", _THEME)
def both_schemes_are_declared(view: View) -> Iterator[Finding]:
    """Le courriel annonce qu’il sait être clair et sombre."""
    metas = {one["name"].lower(): one["content"] for one in view.all("meta")}
    for name in ("color-scheme", "supported-color-schemes"):
        if not {"light", "dark"} <= set(metas.get(name, "").split()):
            yield Finding(f'la balise <meta name="{name}"> manque : le sombre serait deviné')


@lru_cache(maxsize=4096)
def bare(value: str) -> str:
    """Give a value without its weight."""
    return value.replace("!important", "").strip()


@lru_cache(maxsize=4096)
def hexadecimal(value: str) -> str | None:
    """Read a colour that every client reads: #RGB, #RRGGBB, rgb(1, 2, 3) or a plain name."""
    plain = bare(value)
    if not plain:
        return None
    if found := re.fullmatch(r"#([0-9A-Fa-f])([0-9A-Fa-f])([0-9A-Fa-f])", plain):
        return "#" + "".join(one * 2 for one in found.groups())
    if re.fullmatch(r"#[0-9A-Fa-f]{6}", plain):
        return plain
    if found := re.fullmatch(r"rgb\((\d{1,3}), ?(\d{1,3}), ?(\d{1,3})\)", plain):
        return "#" + "".join(f"{min(int(one), 255):02X}" for one in found.groups())
    return _NAMED.get(plain.lower())


def _colour(element: Element) -> str | None:
    declared = (
        hexadecimal(one.style.get("color", "") or one["color"] or one["text"])
        for one in element.above
    )
    return next(filter(None, declared), None)


def _ground(element: Element) -> str | None:
    return next(filter(None, (hexadecimal(one.ground) for one in element.above)), None)


def is_large(element: Element) -> bool:
    """Tell whether a text is large.

    Source: WCAG 2.2, « large scale »: 24 px, or 18.66 px in bold.
    """
    for one in element.above:
        declared = one.style.get("font-size") or one.style.get("font", "")
        if size := re.search(r"(\d+(?:\.\d+)?)px", declared):
            bold = one.tag == "strong" or "bold" in one.inherited("font-weight") + declared
            return float(size[1]) >= (18.66 if bold else 24)
    return False
