"""The fonts: small, complete for French, renamed, and measured so that loading shifts nothing."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from axtra.design import fonts
from axtra.design.fonts import CUTS, Cut, Face

SAMPLE = (
    "Au printemps, une centaine de conseillères et de conseillers se sont réunis pour parler du "
    "travail qui change : celui des jeunes qui cherchent leur voie, celui des gens d’expérience "
    "qu’un licenciement surprend à cinquante ans, celui des régions où la main-d’œuvre se fait "
    "rare. Personne n’y a promis de recette. On y a plutôt échangé des outils, des doutes et "
    "quelques façons de faire qui donnent de bons résultats, parce qu’elles partent de ce que "
    "chaque personne sait déjà d’elle-même. C’est ainsi qu’on trouve sa place, un pas à la fois."
)


KEPT = Path(__file__).parents[3] / ".cache/polices"


@pytest.fixture(scope="module")
def faces() -> tuple[Face, ...]:
    return fonts.faces(KEPT)


@pytest.fixture(scope="module")
def opened(faces: tuple[Face, ...]) -> dict[str, TTFont]:
    return {face.name: TTFont(BytesIO(face.data)) for face in faces}


def test_the_fonts_of_a_page_weigh_less_than_80_kb(faces: tuple[Face, ...]) -> None:
    assert sum(len(face.data) for face in faces) < 80_000
    assert sum(face.cut.preload for face in faces) == 2
    assert sum(len(face.data) for face in faces if face.cut.preload) < 40_000


def test_each_font_is_woff2_and_covers_french(
    faces: tuple[Face, ...], opened: dict[str, TTFont]
) -> None:
    for face in faces:
        assert face.data.startswith(b"wOF2")
        known = {chr(code) for code in opened[face.name].getBestCmap()}
        needed = set("ÀÂÆÇÈÉÊËÎÏÔŒÙÛÜŸàâæçèéêëîïôœùûüÿ«»‹›“”‘’–—…•€×²³½°\u00a0\u202f\u2009")
        assert needed | {chr(code) for code in range(0x20, 0x7F)} <= known
        arrows = set("←→↑↓")
        assert face.cut.italic or arrows <= known


def test_a_narrow_space_is_narrower_than_a_space(opened: dict[str, TTFont]) -> None:
    for font in opened.values():
        width = {code: font["hmtx"][glyph][0] for code, glyph in font.getBestCmap().items()}
        assert 0 < width[0x202F] < 0.8 * width[0x20]
        assert width[0xA0] == pytest.approx(width[0x20], abs=5)


def test_each_font_has_the_features_of_its_cut(
    faces: tuple[Face, ...], opened: dict[str, TTFont]
) -> None:
    for face in faces:
        font = opened[face.name]
        features = {
            record.FeatureTag
            for table in ("GSUB", "GPOS")
            for record in font[table].table.FeatureList.FeatureRecord
        }
        assert features <= set(face.cut.features)
        assert {"kern", "liga"} <= features
    assert {"smcp", "c2sc", "onum"} <= set(CUTS[0].features)


def test_fonts_drop_the_reserved_name_and_keep_their_licence(
    faces: tuple[Face, ...], opened: dict[str, TTFont]
) -> None:
    for face in faces:
        names = opened[face.name]["name"]
        for number in (1, 2, 3, 4, 6, 16, 17):
            texts = {str(record) for record in names.names if record.nameID == number}
            assert len(texts) == 1
            assert "source" not in texts.pop().lower()
        assert names.getDebugName(16) == face.cut.family
        assert "Adobe" in names.getDebugName(0)
        assert "SIL Open Font License" in names.getDebugName(13)


def test_the_licence_covers_both_font_families() -> None:
    text = fonts.licence()
    assert text.count("SIL OPEN FONT LICENSE Version 1.1") == 2
    assert text.count("Reserved Font Name 'Source'") == 2
    assert text.count("PERMISSION & CONDITIONS") == 2


def test_an_empty_cache_gives_the_same_bytes_as_a_full_one(
    faces: tuple[Face, ...], tmp_path: Path
) -> None:
    assert fonts.faces(tmp_path) == faces
    written = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert len(written) == len(CUTS)
    assert fonts.faces(tmp_path) == faces
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == written
    assert written.keys() <= {path.name for path in KEPT.iterdir()}


def test_a_font_carries_the_date_of_its_source(opened: dict[str, TTFont]) -> None:
    for source, font in zip(fonts.files(), opened.values(), strict=True):
        assert font["head"].modified == TTFont(source)["head"].modified


@pytest.mark.parametrize("cut", CUTS, ids=lambda cut: cut.full_name)
def test_the_declared_metrics_are_those_of_the_font(cut: Cut) -> None:
    path = next(path for path in fonts.files() if path.name == cut.source)
    font = TTFont(path)
    em = font["head"].unitsPerEm
    known, metrics = font.getBestCmap(), font["hmtx"]
    advance = sum(metrics[known[ord(sign)]][0] for sign in SAMPLE) / len(SAMPLE) / em
    assert cut.measure.advance == pytest.approx(advance, abs=1e-4)
    assert cut.measure.ascent == font["hhea"].ascent / em
    assert cut.measure.descent == -font["hhea"].descent / em
    assert font["hhea"].lineGap == 0


def test_the_css_declares_each_face_and_its_fallback(faces: tuple[Face, ...]) -> None:
    css = fonts.css(faces, lambda face: f"/polices/{face.name}")
    rules = css.strip().splitlines()
    assert len(rules) == 2 * len(CUTS)
    for face, rule, fallback in zip(faces, rules[::2], rules[1::2], strict=True):
        assert f"src:url(/polices/{face.name})" in rule
        assert "font-display:swap" in rule
        assert f"font-family:{face.cut.family} secours;" in fallback
        assert f'local("{face.cut.local[0]}")' in fallback


def test_a_fallback_has_the_line_metrics_of_its_font(faces: tuple[Face, ...]) -> None:
    css = fonts.css(faces, lambda face: face.name)
    adjustments = re.findall(
        r"size-adjust:([\d.]+)%;ascent-override:([\d.]+)%;descent-override:([\d.]+)%", css
    )
    assert len(adjustments) == len(CUTS)
    for cut, (scale, ascent, descent) in zip(CUTS, adjustments, strict=True):
        size = float(scale) / 100
        assert cut.local_measure.advance * size == pytest.approx(cut.measure.advance, abs=1e-4)
        assert float(ascent) / 100 * size == pytest.approx(cut.measure.ascent, abs=1e-3)
        assert float(descent) / 100 * size == pytest.approx(cut.measure.descent, abs=1e-3)


def test_the_source_fonts_are_available_for_text_in_pictures() -> None:
    assert len(fonts.files()) == len(CUTS)
    assert all(path.suffix == ".ttf" and path.is_file() for path in fonts.files())
