"""The fonts of AXE: subsets of Source Serif and Source Sans for French, renamed, as woff2.

« Source » is a reserved font name: a derived font has another name, and comes with the licence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files as package_files
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from infolettre.core.cache import Store

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

SERIF = "Source Serif Pro"
SANS = "Source Sans Pro"

# French, its neighbours of Western Europe, its punctuation, and the signs of the theme.
CHARACTERS = frozenset(
    {chr(code) for code in (*range(0x20, 0x7F), *range(0xA0, 0x100))}
    | set("ŒœŸ–—‘’‚“”„‹›…•†‡‰™€−⁄←→↑↓↗⁰⁴⁵⁶⁷⁸⁹⅓⅔⅛⅜⅝⅞\u2009\u202f")
) - set("¤¦¬¯´¸ÐðÞþ")

# The syllabics of the First Peoples, in pictures; on a page, readers' systems have them. No package
# of Python's holds such a font: it is the system's, where there is one.
_SYLLABICS = (
    Path("/usr/share/fonts/truetype/noto/NotoSansCanadianAboriginal-Bold.ttf"),
    Path("/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"),
    Path("/usr/share/fonts/TTF/DejaVuSans-Bold.ttf"),
    Path("/System/Library/Fonts/Supplemental/EuphemiaCAS.ttc"),
    Path("C:/Windows/Fonts/gadugib.ttf"),
)

_PACKAGES = {SERIF: "font_source_serif_pro", SANS: "font_source_sans_pro"}
_THIN = "\u2009\u202f"  # narrow spaces, missing from some sources
_THIN_WIDTH = 0.14  # em
_TEXT = ("kern", "liga")
_FIGURES = ("lnum", "onum", "pnum", "tnum")
_CAPITALS = ("c2sc", "smcp")
_FORMAT = 1  # increase when the code below makes a different font of the same source


@dataclass(frozen=True, slots=True)
class Measure:
    """The metrics of a font, in em: the mean width of a French letter, ascent and descent."""

    advance: float
    ascent: float = 0.0
    descent: float = 0.0


@dataclass(frozen=True, slots=True)
class Cut:
    """What to make of a source file, and the system font to show until it is loaded.

    `weight` is a value for `@font-face`, a weight or a range; `local` lists the names of a system
    font, and of the fonts with the same metrics.
    """

    source: str
    family: str
    label: str
    weight: str
    italic: bool
    features: tuple[str, ...]
    measure: Measure
    local: tuple[str, ...]
    local_measure: Measure
    preload: bool = False

    @property
    def full_name(self) -> str:
        """Return the name of the font for people."""
        return f"{self.family} {self.label}"


@dataclass(frozen=True, slots=True)
class Face:
    """One font file of the site, as woff2."""

    cut: Cut
    data: bytes

    @property
    def name(self) -> str:
        """Return the name of its file."""
        return f"{self.cut.full_name}.woff2".lower().replace(" ", "-")


# Advances of the sample of the tests. Georgia and Arial: those of Gelasio and Liberation Sans,
# drawn to the same widths.
CUTS = (
    Cut(
        "SourceSerifPro-Regular.ttf", "AXE Serif", "Regular", "400", italic=False,
        features=(*_TEXT, *_FIGURES, *_CAPITALS), measure=Measure(0.4384, 1.036, 0.335),
        local=("Georgia", "Gelasio"), local_measure=Measure(0.431), preload=True,
    ),
    Cut(
        "SourceSerifPro-It.ttf", "AXE Serif", "Italic", "400", italic=True,
        features=(*_TEXT, *_FIGURES), measure=Measure(0.4023, 1.036, 0.335),
        local=("Georgia Italic", "Gelasio Italic"), local_measure=Measure(0.4361),
    ),
    Cut(
        "SourceSerifPro-Semibold.ttf", "AXE Serif", "Semibold", "600 700", italic=False,
        features=_TEXT, measure=Measure(0.4448, 1.036, 0.335),
        local=("Georgia Bold", "Gelasio Bold"), local_measure=Measure(0.5029), preload=True,
    ),
    Cut(
        "SourceSansPro-Regular.ttf", "AXE Sans", "Regular", "400", italic=False,
        features=(*_TEXT, *_FIGURES), measure=Measure(0.4095, 0.984, 0.273),
        local=("Arial", "Liberation Sans", "Arimo"), local_measure=Measure(0.4395),
    ),
    Cut(
        "SourceSansPro-Semibold.ttf", "AXE Sans", "Semibold", "600 700", italic=False,
        features=(*_TEXT, *_FIGURES), measure=Measure(0.4211, 0.984, 0.273),
        local=("Arial Bold", "Liberation Sans Bold", "Arimo Bold"), local_measure=Measure(0.4728),
    ),
)  # fmt: skip


def letters(face: Face, words: str) -> bytes:
    """Return what some words need of a font, as woff2."""
    from fontTools.subset import Options, Subsetter  # noqa: PLC0415 - few commands need it
    from fontTools.ttLib import TTFont  # noqa: PLC0415

    font = TTFont(BytesIO(face.data), recalcTimestamp=False)
    subsetter = Subsetter(Options(glyph_names=False, hinting=False))
    subsetter.populate(text=words)
    subsetter.subset(font)
    font.flavor = "woff2"
    out = BytesIO()
    font.save(out)
    return out.getvalue()


@cache
def uncompressed(woff2: bytes) -> bytes:
    """Return a font as a renderer reads it at once: undoing the compression takes 0.1 s."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - few commands need it

    out = BytesIO()
    font = TTFont(BytesIO(woff2), recalcTimestamp=False)
    font.flavor = None
    font.save(out)
    return out.getvalue()


def files() -> tuple[Path, ...]:
    """List the complete source files, for a renderer that sets text in pictures."""
    return tuple(_source(cut) for cut in CUTS)


def files_for_pictures() -> tuple[Path, ...]:
    """List the files of `files`, and the font in which pictures show what those lack, if any."""
    other = syllabics()
    return (*files(), other) if other else files()


@cache
def syllabics() -> Path | None:
    """Return this system's font of syllabics; None when it has none that is known."""
    return next((path for path in _SYLLABICS if path.is_file()), None)


def drawn(text: str) -> bool:
    """Tell whether a picture can show every sign of a text."""
    return text.isascii() or all(map(_drawn, set(text)))


@cache
def _drawn(sign: str) -> bool:
    return sign in CHARACTERS or any(ord(sign) in known for known in _known_signs())


@cache
def _known_signs() -> tuple[frozenset[int], ...]:
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - few texts need it

    known = [frozenset(TTFont(file).getBestCmap()) for file in files()]
    if other := syllabics():  # it may hold other alphabets, which need more than a font to be set
        signs = {*range(0x1400, 0x1680), *range(0x18B0, 0x1900)}
        known.append(frozenset(TTFont(other, fontNumber=0).getBestCmap().keys() & signs))
    return tuple(known)


def faces(cache: Path) -> tuple[Face, ...]:
    """Make every font, or read it from the cache; the same sources give the same bytes."""
    return tuple(Face(cut, _kept(cut, cache)) for cut in CUTS)


def css(faces: Iterable[Face], url: Callable[[Face], str]) -> str:
    """Print the `@font-face` rules, with fallbacks adjusted to the same metrics.

    A page set in a fallback has the same lines, so nothing moves when the font is loaded.

    Args:
        faces: What `faces` made.
        url: Gives the address of a face.
    """
    rules = []
    for face in faces:
        cut = face.cut
        style = "font-style:italic;" if cut.italic else ""
        if cut.weight != "400":
            style += f"font-weight:{cut.weight};"
        rules.append(
            f"@font-face{{font-family:{cut.family};{style}font-display:swap;src:url({url(face)})}}"
        )
        sources = ",".join(f'local("{name}")' for name in cut.local)
        scale = cut.measure.advance / cut.local_measure.advance
        rules.append(
            f"@font-face{{font-family:{cut.family} secours;{style}src:{sources};"
            f"size-adjust:{scale:.2%};ascent-override:{cut.measure.ascent / scale:.2%};"
            f"descent-override:{cut.measure.descent / scale:.2%};line-gap-override:0%}}"
        )
    return "\n".join(rules) + "\n"


def licence() -> str:
    """Return the licence that must accompany the fonts."""
    notice = (
        "AXE Serif est tirée de Source Serif Pro, AXE Sans de Source Sans Pro : elles n’en\n"
        "gardent que les signes utiles, sous un autre nom, et restent sous la même licence.\n"
    )
    parts = [notice]
    for original, package in _PACKAGES.items():
        text = (package_files(package) / "files" / "LICENSE.txt").read_text(encoding="utf-8")
        parts.append(f"{original}\n{'=' * len(original)}\n\n{text.strip()}\n")
    return "\n\n".join(parts)


def _source(cut: Cut) -> Path:
    package = _PACKAGES[SERIF if "Serif" in cut.family else SANS]
    return Path(str(package_files(package) / "files" / cut.source))


@cache
def _tools() -> tuple[str, ...]:
    return tuple(f"{tool} {version(tool)}" for tool in ("fonttools", "brotli"))


def _kept(cut: Cut, cache: Path) -> bytes:
    source = _source(cut).read_bytes()
    recipe = "\n".join([str(_FORMAT), cut.full_name, *cut.features, *sorted(CHARACTERS), *_tools()])
    key = hashlib.sha256(recipe.encode() + source).hexdigest()[:24]
    store = Store(cache)
    data = store.get(f"{key}.woff2")
    if data is None:
        data = _make(cut, source)
        store.put(f"{key}.woff2", data)
    return data


def _make(cut: Cut, source: bytes) -> bytes:
    """Subset, rename and compress a font; the bytes do not depend on the date."""
    # Imported here, since it takes 0.2 s and is needed only when the cache is empty.
    from fontTools.otlLib.optimize.gpos import compact  # noqa: PLC0415
    from fontTools.subset import Options, Subsetter  # noqa: PLC0415
    from fontTools.ttLib import TTFont  # noqa: PLC0415

    font = TTFont(BytesIO(source), recalcTimestamp=False)
    _add_thin_spaces(font)
    options = Options(
        layout_features=list(cut.features),
        layout_scripts=["DFLT.dflt", "latn.dflt"],
        hinting=False,
        glyph_names=False,
        notdef_outline=True,
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14, 16, 17],
        name_languages=[0x409],
    )
    options.drop_tables += ["DSIG", "GDEF"]
    subsetter = Subsetter(options)
    subsetter.populate(text="".join(CHARACTERS))
    subsetter.subset(font)
    compact(font, 5)
    _rename(font, cut)
    font.flavor = "woff2"
    file = BytesIO()
    font.save(file, reorderTables=False)
    return file.getvalue()


def _add_thin_spaces(font: TTFont) -> None:
    known = font.getBestCmap()
    missing = [space for space in _THIN if ord(space) not in known]
    if not missing:
        return
    from fontTools.ttLib.tables._g_l_y_f import Glyph  # noqa: PLC0415 - as above

    name = "thinspace"
    font.setGlyphOrder([*font.getGlyphOrder(), name])
    font["glyf"][name] = Glyph()
    font["hmtx"][name] = (round(_THIN_WIDTH * font["head"].unitsPerEm), 0)
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap.update({ord(space): name for space in missing})


def _rename(font: TTFont, cut: Cut) -> None:
    """Rename a font, keeping its copyright and licence."""
    regular = cut.label in {"Regular", "Italic"}
    names = {
        1: cut.family if regular else cut.full_name,
        2: cut.label if regular else "Regular",
        3: f"{cut.full_name} {_FORMAT}",
        4: cut.full_name,
        6: f"{cut.family.replace(' ', '')}-{cut.label}",
        16: cut.family,
        17: cut.label,
    }
    for number, text in names.items():
        font["name"].setName(text, number, 3, 1, 0x409)
