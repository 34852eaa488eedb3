"""A mail as various software shows it: its HTML without the parts that the software ignores.

These are simulations, based on what is known of mail software, which does not run here. A browser
renders the remaining HTML.
"""

from __future__ import annotations

import colorsys
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from infolettre.text.html.conditional_comments import seen_by_outlook

DESK, PHONE, SMALL = 700, 375, 320  # px
_SHEETS = re.compile(r"<style\b[^>]*>(.*?)</style>", re.DOTALL)
_STYLE = re.compile(r'<(\w+)([^<>]*?) style="([^"]*)"')
_DECLARATION = re.compile(r"([\w-]+)\s*:\s*([^;]+);?")
_SRC = re.compile(r'(<img\b[^>]*?) src="[^"]*"')
_HEX = re.compile(r"#[0-9A-Fa-f]{6}\b|#[0-9A-Fa-f]{3}\b")
_GROUND = re.compile(r' bgcolor="(#[0-9A-Fa-f]{3,6})"')
_XML = re.compile(r"<xml>.*?</xml>", re.DOTALL)
_DARK = "(prefers-color-scheme:dark)"
_FIRST = re.compile(r"(<body\b[^>]*>\s*<div\b)")
_HALF = 0.5  # lightness


@dataclass(frozen=True, slots=True)
class Simulation:
    """A simulated view; `width` is that of the window, in px; `zoom` magnifies the mail in it."""

    name: str
    title: str
    note: str
    html: str
    width: int = DESK
    zoom: int = 1


def simulate(html: str, ignored_by_word: Collection[str]) -> tuple[Simulation, ...]:
    """List the simulated views of a mail.

    Args:
        html: its public form, with the addresses of images that the views will use.
        ignored_by_word: the properties that Word, and so Outlook for Windows, ignores.
    """
    light, dark = scheme(html, dark=False), scheme(html, dark=True)
    return (
        Simulation("ordinateur", "Ordinateur", "700 px, thème clair.", light),
        Simulation("telephone", "Téléphone", "375 px.", light, PHONE),
        Simulation("sombre", "Thème sombre", "Celui que la lettre prévoit (Apple Mail…).", dark),
        Simulation("sombre-telephone", "Sombre, téléphone", "375 px.", dark, PHONE),
        Simulation(
            "sombre-impose",
            "Sombre imposé",
            "Le logiciel inverse lui-même les couleurs claires (Outlook sur le Web et mobile).",
            forced_dark(light),
        ),
        Simulation("petit", "Petit téléphone", "320 px.", light, SMALL),
        Simulation(
            "sans-images", "Images bloquées", "Ce qu’on lit avant de les permettre.", blocked(light)
        ),
        Simulation(
            "sans-style",
            "Sans feuille de style",
            "Gmail sur certains téléphones retire les balises style.",
            without_sheets(light),
            PHONE,
        ),
        Simulation(
            "word",
            "Outlook pour Windows",
            "Simulation : la partie réservée à Word, moins les styles que Word ignore d’après"
            " notre table.",
            as_word(light, ignored_by_word),
        ),
        Simulation("zoom", "Agrandi à 200 %", "700 px, grossi deux fois.", light, DESK, 2),
    )


def scheme(html: str, *, dark: bool) -> str:
    """Return a mail in a given colour scheme, whatever that of the machine."""
    forced = "all" if dark else "not all"
    name = "dark" if dark else "light"
    return (
        html.replace(f"@media {_DARK}", f"@media {forced}")
        .replace("color-scheme:light dark", f"color-scheme:{name}")
        .replace("color-schemes:light dark", f"color-schemes:{name}")
        .replace('content="light dark"', f'content="{name}"')
    )


def blocked(html: str) -> str:
    """Return a mail whose images are blocked: their alternative texts show instead."""
    return _SRC.sub(r"\1", html)


def without_sheets(html: str) -> str:
    """Return a mail without its style elements; style attributes remain."""
    return _SHEETS.sub("", html)


def as_word(html: str, ignored: Collection[str]) -> str:
    """Return a mail as Word lays it out: with the markup for it, without the styles it ignores."""
    word = _XML.sub("", seen_by_outlook(html))
    word = _SHEETS.sub(lambda sheet: _without_media(sheet[0]), word)

    def keep(tag: str, name: str, value: str) -> Iterator[str]:
        if name == "width" and tag in {"table", "td", "th"}:
            yield f"{name}:{value}"
        elif name == "mso-hide":
            yield "display:none"
        elif name == "mso-padding-alt":
            yield f"padding:{value}"
        elif name not in ignored and not name.startswith("mso-"):
            yield f"{name}:{value}"

    return _restyled(word, keep)


def _without_media(sheet: str) -> str:
    """Remove each @media of a sheet, with its contents."""
    while (start := sheet.find("@media")) >= 0:
        depth, at = 0, sheet.find("{", start)
        while at < len(sheet):
            depth += {"{": 1, "}": -1}.get(sheet[at], 0)
            at += 1
            if not depth:
                break
        sheet = sheet[:start] + sheet[at:]
    return sheet


def forced_dark(html: str) -> str:
    """Return a mail whose light backgrounds and dark texts the software inverts.

    Source: Outlook's web and mobile applications; they mark what they change with `data-ogsc`,
    which a sheet may select.
    """

    def turn(_tag: str, name: str, value: str) -> Iterator[str]:
        yield f"{name}:{_HEX.sub(lambda match: _turned(name, match[0]), value)}"

    turned = _restyled(html, turn)
    turned = _GROUND.sub(lambda match: f' bgcolor="{_turned("background", match[1])}"', turned)
    return _FIRST.sub(r'\1 data-ogsc="" data-ogsb=""', turned)


def _turned(name: str, colour: str) -> str:
    wide = colour[1:] if len(colour) > len("#fff") else "".join(c * 2 for c in colour[1:])
    red, green, blue = (int(wide[at : at + 2], 16) / 255 for at in (0, 2, 4))
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    is_text = name == "color"
    if (lightness < _HALF) is not is_text:
        return colour
    channels = colorsys.hls_to_rgb(hue, 1 - lightness, saturation)
    return "#" + "".join(f"{round(channel * 255):02X}" for channel in channels)


def _restyled(html: str, change: Callable[[str, str, str], Iterator[str]]) -> str:
    """Rewrite each declaration of the style attributes."""

    def rewrite(match: re.Match[str]) -> str:
        tag, others, style = match.groups()
        pairs = _DECLARATION.findall(style)
        kept = [
            declaration for name, value in pairs for declaration in change(tag, name, value.strip())
        ]
        return f'<{tag}{others} style="{";".join(kept)}"' if kept else f"<{tag}{others}"

    return _STYLE.sub(rewrite, html)
