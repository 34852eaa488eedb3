"""The design tokens of `theme/tokens.toml`: CSS properties for the site, values for the mails."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

from infolettre.core.refusals import Refusal
from infolettre.words import _, say

THEMES = ("clair", "sombre")
ROOT = 16  # px in a rem, with the default settings of browsers

_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_PALETTE = ("papier", "encre", "vif", "appui", "pale")
_INKS = ("paper", "ink", "bright", "support", "pale")  # their fields
_SECTIONS = (
    "couleurs", "palettes", "polices", "ecrans", "tailles", "interlignes", "graisses",
    "espaces", "mesures", "axe", "courriel", "contraste",
)  # fmt: skip


class TokenError(Refusal):
    """A value of the token file cannot be used; the problem names the file and the key."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem, _("Corrigez cette valeur du thème."), rule="jeton-invalide")


@dataclass(frozen=True, slots=True)
class Palette:
    """The flat colours of a drawing, as #RRGGBB.

    `paper` is the background, `ink` the darkest colour, `bright` the main accent, `support` the
    second accent, `pale` the lightest; `motif` names a family of drawings, or none.
    """

    paper: str
    ink: str
    bright: str
    support: str
    pale: str
    motif: str = ""

    @property
    def inks(self) -> tuple[str, str]:
        """Return the ink of the shadows and that of the lights of a photograph in two tones."""
        return (self.ink, self.paper)


@dataclass(frozen=True, slots=True)
class SizeRange:
    """A length that grows with the screen, in px on the narrowest and on the widest screen."""

    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Two colours used together on a page, and the contrast that they must have."""

    text: str
    ground: str
    minimum: float
    theme: str
    ratio: float


@dataclass(frozen=True, slots=True)
class Tokens:
    """Every token, checked.

    Shape: `colours` maps a theme to names to #RRGGBB; `sizes` and `spaces` map names to spans;
    `mail` maps underscored names (`couleur_texte`, `couleur_texte_sombre`, `taille_texte`,
    `espace_base`, `police_titre`, `largeur`) to what an MJML attribute takes, lengths with « px ».
    """

    colours: Mapping[str, Mapping[str, str]]
    palettes: Mapping[str, Palette]
    fonts: Mapping[str, str]
    screens: SizeRange
    sizes: Mapping[str, SizeRange]
    spaces: Mapping[str, SizeRange]
    line_heights: Mapping[str, float]
    weights: Mapping[str, float]
    measures: Mapping[str, float]
    axis: Mapping[str, float]
    mail: Mapping[str, str]
    pairs: tuple[Pair, ...]

    @classmethod
    def load(cls, path: Path) -> Tokens:
        """Read a token file.

        Raises:
            TokenError: The file cannot be read, or a value cannot be used.
        """
        return _tokens(_Table(path.name, "", _parsed(path)))

    def palette(self, name: str) -> Palette:
        """Return the palette of a colour's name; « marine » when the colour has no palette."""
        return self.palettes.get(name, self.palettes["marine"])

    def css(self) -> str:
        """Return the custom properties, light, then dark for systems that prefer it.

        Paper is always light.
        """
        fixed = "".join(f"--{name}:{value};" for name, value in self._properties())
        light, dark = self.colours["clair"], self.colours["sombre"]
        changed = {name: value for name, value in dark.items() if value != light[name]}
        return (
            f":root{{color-scheme:light dark;{_declarations(light)}{fixed}}}\n"
            "@media screen and (prefers-color-scheme:dark){"
            f":root{{{_declarations(changed)}}}}}\n"
        )

    def _properties(self) -> Iterator[tuple[str, str]]:
        for name, stack in self.fonts.items():
            yield f"police-{name}", stack
        for name, palette in self.palettes.items():
            yield f"encre-{name}", palette.ink
        yield "pente", slope(self.screens)
        for name, span in self.sizes.items():
            yield f"taille-{name}", fluid(span)
        for name, span in self.spaces.items():
            yield f"espace-{name}", fluid(span)
        for name, factor in self.line_heights.items():
            yield f"interligne-{name}", _number(factor)
        for name, weight in self.weights.items():
            yield f"graisse-{name}", _number(weight)
        for name, length in self.measures.items():
            yield f"mesure-{name}", f"{_number(length / ROOT)}rem"
        for name, value in self.axis.items():
            yield f"axe-{name}", _number(value) + ("deg" if name == "angle" else "px")


def fluid(span: SizeRange) -> str:
    """Return a length that grows linearly between two screen widths.

    It is in rem and `--pente`, so that it follows both the screen and the reader's text size.
    Source: WCAG 1.4.4 (a size in vw alone does not zoom).
    """
    least = f"{_number(span.least / ROOT)}rem"
    if span.least == span.most:
        return least
    return f"calc({least} + {_number(span.most - span.least)}*var(--pente))"


def slope(screens: SizeRange) -> str:
    """Return a factor that goes from 0 to 1 px between two screen widths, in rem."""
    start, way = _number(screens.least / ROOT), _number(screens.most - screens.least)
    return f"clamp(0rem,(100vw - {start}rem)/{way},{_number(1 / ROOT)}rem)"


@lru_cache(maxsize=1024)
def contrast(colour: str, other: str) -> float:
    """Return the contrast of two #RRGGBB colours, from 1 to 21.

    Source: WCAG 2.2, definitions of « contrast ratio » and « relative luminance ».
    """
    dark, light = sorted((_luminance(colour), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    def linear(channel: float) -> float:
        low = 0.04045  # below it, sRGB is linear
        return channel / 12.92 if channel <= low else ((channel + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _number(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".").removeprefix("0") or "0"


def _declarations(colours: Mapping[str, str]) -> str:
    return "".join(f"--couleur-{name}:{value};" for name, value in colours.items())


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of the file, with its name for error messages."""

    file: str
    place: str
    values: Mapping[str, Any]

    def refuse(self, key: str, problem: str) -> NoReturn:
        where = f"{self.place}.{key}" if self.place else key
        raise TokenError(f"{self.file}, « {where} » : {problem}")

    def table(self, key: str) -> _Table:
        value = self.values.get(key)
        if not isinstance(value, dict):
            self.refuse(key, _("il manque cette section."))
        for name in value:
            if not _NAME.fullmatch(name):
                self.refuse(
                    f"{key}.{name}",
                    _("un nom s’écrit en minuscules sans accent, avec des traits d’union."),
                )
        return _Table(self.file, f"{self.place}.{key}" if self.place else key, value)

    def only(self, known: tuple[str, ...]) -> None:
        for key in self.values:
            if key not in known:
                self.refuse(key, say("clé inconnue; choix possibles : {}.", ", ".join(known)))

    def number(self, key: str) -> float:
        value = self.values.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            self.refuse(key, _("il faut un nombre plus grand que zéro, sans unité."))
        return float(value)

    def text(self, key: str) -> str:
        value = self.values.get(key)
        if not isinstance(value, str) or not value.strip() or set(value) & set(';{}<"\\'):
            self.refuse(
                key, _("il faut un texte, sans point-virgule, accolade ni guillemet double.")
            )
        return value

    def colour(self, key: str) -> str:
        value = self.values.get(key)
        if not isinstance(value, str) or not _COLOUR.fullmatch(value):
            self.refuse(key, _("il faut une couleur comme « #17212B »."))
        return value.upper()

    def span(self, key: str) -> SizeRange:
        table = self.table(key)
        table.only(("min", "max"))
        least, most = table.number("min"), table.number("max")
        if least > most:
            table.refuse("min", _("il doit être au plus égal à « max »."))
        return SizeRange(least, most)

    def names(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key)
        if not isinstance(value, list) or not value or not all(isinstance(x, str) for x in value):
            self.refuse(key, _("il faut une liste de noms de couleurs."))
        return tuple(value)

    def spans(self) -> Mapping[str, SizeRange]:
        return MappingProxyType({key: self.span(key) for key in self.values})

    def numbers(self) -> Mapping[str, float]:
        return MappingProxyType({key: self.number(key) for key in self.values})

    def texts(self) -> Mapping[str, str]:
        return MappingProxyType({key: self.text(key) for key in self.values})

    def colours(self) -> Mapping[str, str]:
        return MappingProxyType({key: self.colour(key) for key in self.values})


def _tokens(file: _Table) -> Tokens:
    file.only(_SECTIONS)
    colours = _themes(file.table("couleurs"))
    screens = file.span("ecrans")
    if screens.least == screens.most:
        file.table("ecrans").refuse("max", _("il doit être plus grand que « min »."))
    return Tokens(
        colours=colours,
        palettes=_palettes(file.table("palettes")),
        fonts=file.table("polices").texts(),
        screens=screens,
        sizes=file.table("tailles").spans(),
        spaces=file.table("espaces").spans(),
        line_heights=file.table("interlignes").numbers(),
        weights=file.table("graisses").numbers(),
        measures=file.table("mesures").numbers(),
        axis=file.table("axe").numbers(),
        mail=_mail(file.table("courriel"), colours),
        pairs=tuple(_pairs(file, colours)),
    )


def mail_values(*paths: Path) -> Mapping[str, str]:
    """Return what mails take of token files, like `Tokens.mail`; a later file changes an earlier.

    Raises:
        TokenError: a file cannot be read, or a value cannot be used.
    """
    data: dict[str, Any] = {}
    for path in paths:
        _merge(data, _parsed(path))
    file = _Table(paths[-1].name, "", data)
    file.only(("couleurs", "courriel"))
    return _mail(file.table("courriel"), _themes(file.table("couleurs")))


def _merge(data: dict[str, Any], more: Mapping[str, Any]) -> None:
    for name, value in more.items():
        if isinstance(value, dict) and isinstance(data.get(name), dict):
            _merge(data[name], value)
        else:
            data[name] = value


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise TokenError(
            say("{} : ce fichier ne peut pas être lu ({}).", path.name, error)
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise TokenError(say("{} : ce n’est pas du TOML valide ({}).", path.name, error)) from error


def _themes(table: _Table) -> Mapping[str, Mapping[str, str]]:
    table.only(THEMES)
    themes = {theme: table.table(theme).colours() for theme in THEMES}
    light, dark = themes["clair"], themes["sombre"]
    for name in [*light, *dark]:
        if name not in light or name not in dark:
            missing = "sombre" if name in light else "clair"
            table.refuse(f"{missing}.{name}", _("chaque couleur doit être dans les deux thèmes."))
    return MappingProxyType(themes)


def _palettes(table: _Table) -> Mapping[str, Palette]:
    if "marine" not in table.values:
        table.refuse("marine", _("cette palette est celle de tout ce qui n’a pas de rubrique."))
    palettes = {}
    for name in table.values:
        row = table.table(name)
        row.only((*_PALETTE, "motif"))
        palettes[name] = Palette(
            **dict(zip(_INKS, map(row.colour, _PALETTE), strict=True)),
            motif=str(row.values.get("motif", "")),
        )
    return MappingProxyType(palettes)


def _mail(table: _Table, colours: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    plain = ("largeur", "gouttiere", "bouton")
    table.only((*plain, "polices", "tailles", "espaces"))
    values = {f"couleur_{name}": value for name, value in colours["clair"].items()}
    values |= {f"couleur_{name}_sombre": value for name, value in colours["sombre"].items()}
    values |= {name: f"{_number(table.number(name))}px" for name in plain}
    for group, prefix in (("tailles", "taille"), ("espaces", "espace")):
        numbers = table.table(group).numbers()
        values |= {f"{prefix}_{name}": f"{_number(value)}px" for name, value in numbers.items()}
    values |= {f"police_{name}": stack for name, stack in table.table("polices").texts().items()}
    return MappingProxyType({name.replace("-", "_"): value for name, value in values.items()})


def _pairs(file: _Table, colours: Mapping[str, Mapping[str, str]]) -> Iterator[Pair]:
    rows = file.values.get("contraste")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        file.refuse("contraste", _("il faut au moins une section « [[contraste]] »."))
    for rank, row in enumerate(rows, 1):
        table = _Table(file.file, f"contraste {rank}", row)
        table.only(("textes", "fonds", "minimum"))
        for key in ("textes", "fonds"):
            for name in table.names(key):
                if name not in colours["clair"]:
                    table.refuse(key, say("« {} » n’est pas une couleur.", name))
        for theme in THEMES:
            known = colours[theme]
            for text in table.names("textes"):
                for ground in table.names("fonds"):
                    ratio = contrast(known[text], known[ground])
                    yield Pair(text, ground, table.number("minimum"), theme, ratio)
