"""The design tokens: two themes in a single file, with sufficient contrasts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from infolettre.design.tokens import Pair, SizeRange, TokenError, Tokens, contrast, fluid, slope

THEME = Path(__file__).parents[3] / "theme" / "tokens.toml"
SOURCE = THEME.read_text(encoding="utf-8")
TOKENS = Tokens.load(THEME)


def load_changed(folder: Path, old: str, new: str) -> Tokens:
    assert old in SOURCE
    path = folder / "tokens.toml"
    path.write_text(SOURCE.replace(old, new, 1), encoding="utf-8")
    return Tokens.load(path)


@pytest.mark.parametrize(
    ("colour", "other", "ratio"),
    [
        ("#000000", "#FFFFFF", 21.0),
        ("#777777", "#FFFFFF", 4.48),  # a grey known to fail narrowly
        ("#767676", "#FFFFFF", 4.54),  # and the next grey, known to pass
        ("#C2371F", "#FFFFFF", 5.44),
        ("#123456", "#123456", 1.0),
    ],
)
def test_contrast_is_computed_as_wcag_defines_it(colour: str, other: str, ratio: float) -> None:
    assert contrast(colour, other) == pytest.approx(ratio, abs=0.005)
    assert contrast(other, colour) == contrast(colour, other)


@pytest.mark.parametrize(
    "pair", TOKENS.pairs, ids=lambda pair: f"{pair.text}-{pair.ground}-{pair.theme}"
)
def test_each_declared_pair_has_its_minimum_contrast(pair: Pair) -> None:
    assert pair.ratio >= pair.minimum, f"{pair.ratio:.2f}"


@pytest.mark.parametrize("theme", ["clair", "sombre"])
def test_every_text_colour_is_declared_with_a_contrast_of_four_and_a_half_on_paper(
    theme: str,
) -> None:
    declared = {
        pair.text
        for pair in TOKENS.pairs
        if pair.theme == theme and pair.ground == "papier" and pair.minimum >= 4.5
    }
    rubriques = {"tendances", "projets", "recherches", "chroniques", "ocre"}
    assert rubriques | {"texte", "texte-doux", "lien", "accent"} <= declared


def test_white_is_legible_on_marine_and_on_vermillon() -> None:
    light = TOKENS.colours["clair"]
    assert contrast(light["sur-marine"], light["marine"]) > 11
    assert contrast(light["sur-accent"], light["accent"]) > 5


def test_the_ink_and_bright_colour_of_every_palette_contrast_with_its_paper() -> None:
    for palette in TOKENS.palettes.values():
        assert contrast(palette.ink, palette.paper) > 7
        assert (
            max(contrast(palette.bright, palette.paper), contrast(palette.ink, palette.bright)) > 3
        )


def test_the_css_declares_each_colour_of_both_themes_once() -> None:
    light, dark = TOKENS.css().split("@media screen and (prefers-color-scheme:dark)")
    declared = re.findall(r"--([a-z0-9-]+):", light)
    assert len(declared) == len(set(declared))
    for name, value in TOKENS.colours["clair"].items():
        assert f"--couleur-{name}:{value};" in light
        other = TOKENS.colours["sombre"][name]
        assert (f"--couleur-{name}:{other};" in dark) is (other != value)
    assert light.count("{") + dark.count("{") == light.count("}") + dark.count("}")


def test_a_fluid_size_reaches_its_minimum_and_its_maximum() -> None:
    size = re.fullmatch(
        r"calc\(([\d.]+)rem \+ ([\d.]+)\*var\(--pente\)\)", fluid(SizeRange(18, 20))
    )
    gain = re.fullmatch(
        r"clamp\(0rem,\(100vw - ([\d.]+)rem\)/([\d.]+),([\d.]+)rem\)", slope(SizeRange(360, 1280))
    )
    assert size
    assert gain
    (least, factor), (start, way, most) = map(float, size.groups()), map(float, gain.groups())
    assert least * 16 == 18
    assert (360 - start * 16) / way == 0
    assert (1280 - start * 16) / way == pytest.approx(most * 16)
    assert least * 16 + factor * most * 16 == pytest.approx(20)


def test_a_fixed_size_does_not_depend_on_the_screen() -> None:
    assert fluid(SizeRange(8, 8)) == ".5rem"


def test_spaces_are_multiples_of_the_baseline() -> None:
    for name, span in TOKENS.spaces.items():
        if name not in {"trait", "marge"}:  # half a line, and the edge of a phone
            assert span.least % 8 == 0
            assert span.most % 8 == 0


def test_mail_values_are_plain_css_under_names_usable_in_templates() -> None:
    mail = TOKENS.mail
    assert mail["couleur_texte"] == TOKENS.colours["clair"]["texte"]
    assert mail["couleur_texte_sombre"] == TOKENS.colours["sombre"]["texte"]
    assert (mail["largeur"], mail["taille_texte"]) == ("600px", "17px")
    for name, value in mail.items():
        assert name.isidentifier()
        assert not re.search(r"var\(|clamp|calc|rem|vw|\"", value)


def test_an_unknown_colour_gets_the_default_palette() -> None:
    assert TOKENS.palette("projets") is TOKENS.palettes["projets"]
    assert TOKENS.palette("inconnue") is TOKENS.palettes["marine"]


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('texte = "#17212B"', 'texte = "noir"', "couleurs.clair.texte"),
        ('texte = "#17212B"', 'texte = "#17212"', "couleurs.clair.texte"),
        ('ocre = "#F0C15C"', "", "couleurs.sombre.ocre"),
        ("min = 360", "min = 1280", "ecrans.max"),
        ("legende = { min = 13, max = 14 }", "legende = { min = 15, max = 14 }", "legende.min"),
        ("petit = { min = 8, max = 8 }", "petit = { min = 8 }", "espaces.petit.max"),
        ("angle = 62", 'angle = "62"', "axe.angle"),
        ("angle = 62", "angle = true", "axe.angle"),
        ("[axe]", "[axes]", "axes"),
        ("largeur = 600", "largeur = 0", "courriel.largeur"),
        ('titre = "Palatino', 'titre = "Palatino;', "courriel.polices.titre"),
        ("[palettes.marine]", "[palettes.bleue]", "palettes.marine"),
        ('appui = "#E3A63B"', "", "palettes.marine.appui"),
        ('textes = ["sur-accent"]', 'textes = ["sur-accents"]', "contraste 2.textes"),
        ("minimum = 3.0", 'minimum = "trois"', "contraste 7.minimum"),
        ("serif =", "Serif =", "polices.Serif"),
    ],
)  # fmt: skip
def test_an_invalid_value_is_refused_with_its_location(
    tmp_path: Path, old: str, new: str, place: str
) -> None:
    with pytest.raises(TokenError, match=rf"^tokens\.toml, « .*{re.escape(place)} » : "):
        load_changed(tmp_path, old, new)


def test_a_missing_or_invalid_token_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TokenError, match="TOML valide"):
        load_changed(tmp_path, "[axe]", "[axe")
    with pytest.raises(TokenError, match="ne peut pas être lu"):
        Tokens.load(tmp_path / "absent.toml")
