"""The colours of a mail, in the light and in the dark."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
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
_DARK = re.compile(
    r"@media\s*\(\s*prefers-color-scheme\s*:\s*dark\s*\)\s*\{((?:[^{}]*\{[^{}]*\})*)"
)
_TEXT, _LARGE = 4.5, 3.0  # WCAG 2.2, 1.4.3
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
        if ratio < (_LARGE if _is_large(one) else _TEXT):
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
            value = _bare(one.style.get(name, ""))
            if value.lower() not in _NO_COLOUR and _hexadecimal(value) is None:
                yield Finding(f"la couleur « {value} » n’est pas lue partout", value)
        ground = one["bgcolor"]
        if ground and _hexadecimal(ground) is None:
            yield Finding(f"la couleur de fond « {ground} » n’est pas lue partout", ground)


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


@view_rule("sombre-styles", _THEME)
def the_dark_is_styled(view: View) -> Iterator[Finding]:
    """Le mode sombre a ses couleurs, jusque dans les tableaux et les cellules."""
    dark = _DARK.search(view.sheets)
    if dark is None:
        yield Finding("le courriel n’a pas de couleurs pour le mode sombre")
    elif not re.search(r"\btable\b[^{]*\btd\b[^{]*\{[^}]*background", dark[1]):
        yield Finding("le fond sombre n’atteint pas les tableaux et les cellules")


@view_rule("sombre-important", "Ajoutez !important à chaque déclaration du mode sombre.")
def the_dark_wins(view: View) -> Iterator[Finding]:
    """Chaque couleur du mode sombre l’emporte sur les styles des balises."""
    for dark in _DARK.finditer(view.sheets):
        for rule in re.findall(r"\{([^{}]*)\}", dark[1]):
            for one in filter(str.strip, rule.split(";")):
                if "!important" not in one:
                    yield Finding(f"« {one.strip()} » serait sans effet dans le sombre", one)


def _bare(value: str) -> str:
    return value.replace("!important", "").strip()


def _hexadecimal(value: str) -> str | None:
    """Read a colour that every client reads: #RGB, #RRGGBB, rgb(1, 2, 3) or a plain name."""
    bare = _bare(value)
    if not bare:
        return None
    if found := re.fullmatch(r"#([0-9A-Fa-f])([0-9A-Fa-f])([0-9A-Fa-f])", bare):
        return "#" + "".join(one * 2 for one in found.groups())
    if re.fullmatch(r"#[0-9A-Fa-f]{6}", bare):
        return bare
    if found := re.fullmatch(r"rgb\((\d{1,3}), ?(\d{1,3}), ?(\d{1,3})\)", bare):
        return "#" + "".join(f"{min(int(one), 255):02X}" for one in found.groups())
    return _NAMED.get(bare.lower())


def _colour(element: Element) -> str | None:
    declared = (_hexadecimal(one.style.get("color", "")) for one in element.above)
    return next(filter(None, declared), None)


def _ground(element: Element) -> str | None:
    for one in element.above:
        shorthand = re.search(r"#[0-9A-Fa-f]{3,6}", one.style.get("background", ""))
        for value in (one.style.get("background-color", ""), shorthand and shorthand[0]):
            if value and (ground := _hexadecimal(value)):
                return ground
        if ground := _hexadecimal(one["bgcolor"]):
            return ground
    return None


def _is_large(element: Element) -> bool:
    """Tell whether a text is large.

    Source: WCAG 2.2, « large scale »: 24 px, or 18.66 px in bold.
    """
    for one in element.above:
        declared = one.style.get("font-size") or one.style.get("font", "")
        if size := re.search(r"(\d+(?:\.\d+)?)px", declared):
            bold = one.tag == "strong" or "bold" in one.inherited("font-weight") + declared
            return float(size[1]) >= (18.66 if bold else 24)
    return False
