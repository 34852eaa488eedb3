"""Image files: their size and format, and the versions that a mail can show."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import NoReturn, TypeAlias
from xml.etree import ElementTree as ET

import resvg_py
from PIL import Image, ImageChops, ImageCms, ImageOps, ImageStat

from axtra.design import fonts
from axtra.design.illustration import Drawing
from axtra.design.image_ends import is_whole
from infolettre.core import regular_files
from infolettre.core.refusals import Refusal

# The versions that the files depend on, this module's included.
TOOLS = (
    version("pillow"),
    version("resvg-py"),
    hashlib.sha256(Path(__file__).read_bytes()).hexdigest(),
)
DENSITY = 2  # px of the file per px shown, for high-density screens
WIDEST = 1200  # px; the column of a mail is half as wide
HEAVIEST = 8_000_000  # bytes of a file that a site publishes

_ORIENTATION = 0x0112  # the EXIF tag
_SIDEWAYS = range(5, 9)  # the values that swap width and height
_QUALITY = 82
_FLAT = 1.5  # mean distance to 256 colours, in levels of 255, under which a picture is a drawing
_UNITS = {"": 1, "px": 1, "pt": 96 / 72, "pc": 16, "in": 96, "cm": 96 / 2.54, "mm": 96 / 25.4}
_LENGTH = re.compile(r"\s*([0-9]*\.?[0-9]+(?:e[0-9]+)?)\s*([a-z]*)\s*", re.IGNORECASE)
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_COLOURS = 64  # of a PNG; a drawing of four inks has their blends along its edges


Inks: TypeAlias = tuple[str, str]  # #RRGGBB: that of the shadows, that of the lights
_CUT, _GAMMA = 1, 0.88  # %, and the power of each level


class ImageError(Refusal):
    """An image cannot be used."""


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """The properties of an image; `width` and `height` are in px, once upright.

    `digest` is the hash of the file.
    """

    width: int
    height: int
    digest: str = ""
    moving: bool = False
    opaque: bool = False


@dataclass(frozen=True, slots=True)
class Raster:
    """An image ready for a mail; `width` and `height` of the file in px, `extension` with dot."""

    data: bytes
    extension: str
    width: int
    height: int


def examine(path: Path, within: Path | None = None) -> ImageInfo:
    """Read the properties of an image, with the width and height that a browser uses.

    Only the header of a bitmap is decoded, and its end checked. `within` is that of
    `regular_files.opened`, here and below.

    Raises:
        ImageError: The file is missing, is no picture, stops before its end, or is too large to
            be opened safely.
    """
    if path.suffix.lower() == ".svg":
        data = _read(path, within)
        return ImageInfo(*_measure_svg(data), hashlib.sha256(data).hexdigest())
    try:
        with warnings.catch_warnings(), regular_files.opened(path, within) as file:
            warnings.simplefilter("ignore")  # of Pillow, about tags that are not kept
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file) as image:
                width, height = upright(image)
                moving, opaque = is_moving(image), not image.has_transparency_data
                if not is_whole(file, image.format or ""):
                    _refuse(_INCOMPLETE)
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        _refuse("ce fichier n’existe pas")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageError(_TOO_LARGE) from error
    except (OSError, SyntaxError, ValueError) as error:
        if isinstance(error, ImageError):
            raise
        raise ImageError(_UNREADABLE) from error
    return ImageInfo(width, height, digest, moving, opaque)


def for_mail(
    source: Path | bytes,
    *,
    width: int,
    paper: str,
    within: Path | None = None,
    inks: Inks | None = None,
) -> Raster:
    """Make the JPEG or PNG that a mail shows `width` px wide.

    The file is twice as wide as shown, but never wider than 1200 px nor, for a bitmap, than its
    source: when `Raster.width` is less than `width`, show the image that small. It is upright, in
    sRGB, opaque, not animated, without metadata. The text of an SVG is set in the fonts of the
    project, never in those of the machine, so that every machine makes the same file.

    Args:
        source: A file, or the bytes of an SVG.
        width: How wide the mail shows it, in px.
        paper: What shows through transparency, as #RRGGBB.
        within: As `examine`.
        inks: As `duotone`; an SVG keeps its colours.

    Raises:
        ImageError: The picture cannot be read whole.
    """
    wide = min(DENSITY * width, WIDEST)
    if isinstance(source, bytes):
        return _encode(_render(source, wide, paper))
    if source.suffix.lower() == ".svg":
        return _encode(_render(_read(source, within), wide, paper))
    with opened(source, within) as image:
        return _encode(duotone(flatten(shrink(image, wide), paper), inks))


@contextmanager
def opened(path: Path, within: Path | None = None) -> Iterator[Image.Image]:
    """Open a bitmap already examined; damaged pixels raise an error when they are used.

    Raises:
        ImageError: The picture cannot be read whole.
    """
    try:
        examine(path, within)
        with regular_files.opened(path, within) as file, Image.open(file) as image:
            yield image
    except ImageError as error:
        raise ImageError(f"« {path.name} » : {error}") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise ImageError(f"« {path.name} » : {_UNREADABLE}") from error


def paint(drawing: Drawing, *, width: int) -> bytes:
    """Render a drawing as a PNG of few colours, `width` px wide, transparent without background."""
    png = resvg_py.svg_to_bytes(svg_string=drawing.svg(), width=width, skip_system_fonts=True)
    with Image.open(BytesIO(png)) as image:
        return _png(_few_colours(image.convert("RGB") if drawing.ground else image))


def paint_words(svg: bytes, *, width: int, paper: str) -> bytes:
    """Render a drawing that has words as a PNG of few colours, twice as wide as `width` px.

    Raises:
        ImageError: it cannot be read.
    """
    return _png(_few_colours(_render(svg, DENSITY * width, paper)))


def hashed_name(stem: str, data: bytes, extension: str) -> str:
    """Name a file after its content, so that browsers may cache it forever.

    Args:
        stem: The readable beginning of the name, made plain.
        data: The file.
        extension: With its dot.
    """
    return f"{plain(stem)}.{hashlib.sha256(data).hexdigest()[:10]}{extension}"


def plain(stem: str) -> str:
    """Return a name in the only characters that addresses, lists of them and archives all hold."""
    bare = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    return _UNSAFE.sub("-", bare).strip("-") or "image"


_UNREADABLE = "ce n’est pas une image lisible (JPEG, PNG, GIF, WebP, AVIF ou SVG)"
_TOO_LARGE = (
    "cette image compte trop de pixels pour être ouverte sans risque (limite : 89 millions)"
)
_INCOMPLETE = "cette image est incomplète : le fichier s’arrête avant sa fin"


def _refuse(problem: str) -> NoReturn:
    raise ImageError(problem)


def _read(path: Path, within: Path | None) -> bytes:
    try:
        return regular_files.read(path, within)
    except FileNotFoundError:
        _refuse("ce fichier n’existe pas")
    except OSError as error:
        raise ImageError(_UNREADABLE) from error


def is_moving(image: Image.Image) -> bool:
    """Tell whether a picture is an animation; a JPEG may hold other pictures, but never moves."""
    return image.format != "MPO" and getattr(image, "is_animated", False)


def upright(image: Image.Image) -> tuple[int, int]:
    """Return the width and height of a picture once it is upright, in px."""
    sideways = image.getexif().get(_ORIENTATION) in _SIDEWAYS
    return (image.height, image.width) if sideways else image.size


def _measure_svg(data: bytes) -> tuple[int, int]:
    """Read the size of an SVG as a browser does: width and height, or else the view box."""
    try:
        _, root = next(ET.iterparse(BytesIO(data), events=("start",)))  # noqa: S314 - first tag only
    except (ET.ParseError, StopIteration) as error:
        raise ImageError(_UNREADABLE) from error
    if root.tag != "{http://www.w3.org/2000/svg}svg":
        _refuse("ce fichier SVG n’a pas de balise « svg » avec son « xmlns »")
    width, height = _length(root.get("width")), _length(root.get("height"))
    box = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    sizes = [_length(side) for side in box[2:]] if len(box) == 4 else [None, None]  # noqa: PLR2004
    wide, high = sizes
    if wide and high:
        width, height = (
            width or (height * wide / high if height else wide),
            height or (width * high / wide if width else high),
        )
    if not width or not height:
        _refuse("ce fichier SVG n’a ni « width » et « height », ni « viewBox »")
    return max(1, round(width)), max(1, round(height))


def _length(text: str | None) -> float | None:
    match = _LENGTH.fullmatch(text or "")
    if not match or match[2].lower() not in _UNITS:
        return None
    return float(match[1]) * _UNITS[match[2].lower()]


def _render(svg: bytes, width: int, paper: str) -> Image.Image:
    try:
        png = resvg_py.svg_to_bytes(
            svg_string=svg.decode("utf-8"),
            width=width,
            background=paper,
            skip_system_fonts=True,
            font_files=[str(file) for file in fonts.files_for_pictures()],
            font_family=fonts.SANS,
            sans_serif_family=fonts.SANS,
            serif_family=fonts.SERIF,
        )
    except ValueError as error:
        raise ImageError(_UNREADABLE) from error
    with Image.open(BytesIO(png)) as image:
        return image.convert("RGB")


def shrink(image: Image.Image, width: int) -> Image.Image:
    """Scale the first frame to a width, upright; convert a palette to colours first."""
    if image.mode.startswith("I"):  # 16 bits of grey
        image = image.point(lambda level: level / 256).convert("L")
    elif image.mode in {"P", "PA", "1"} or "transparency" in image.info:
        image = image.convert("RGBA")
    wide, high = upright(image)
    size = (min(width, wide), max(1, round(min(width, wide) * high / wide)))
    if upright(image) != image.size:
        size = (size[1], size[0])
    image.draft(None, (size[0] * 2, size[1] * 2))
    return ImageOps.exif_transpose(image.resize(size, Image.Resampling.LANCZOS))


def flatten(image: Image.Image, paper: str) -> Image.Image:
    """Convert to opaque sRGB; `paper`, as #RRGGBB, shows through transparency."""
    if image.mode in {"LA", "RGBA", "La", "RGBa"}:
        layer = image.convert("RGBA")
        ground = Image.new("RGBA", layer.size, paper)
        return Image.alpha_composite(ground, layer).convert("RGB")
    profile = image.info.get("icc_profile")
    if profile and image.mode in {"RGB", "CMYK"}:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            mended = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
        except (OSError, ImageCms.PyCMSError):
            return image.convert("RGB")  # an invalid profile must not make the image unusable
        return mended or image.convert("RGB")
    return image.convert("RGB")


def duotone(image: Image.Image, inks: Inks | None) -> Image.Image:
    """Print an opaque image in two inks, dark then light; without inks, return it as it is.

    Its contrast is stretched, but for the hundredth part at each end, and its middle tones are
    lightened: photographs of any light then stand together on a page.
    """
    if inks is None:
        return image
    dark, light = inks
    grey = ImageOps.autocontrast(ImageOps.grayscale(image), cutoff=_CUT)
    grey = grey.point([round(255 * (level / 255) ** _GAMMA) for level in range(256)])
    return ImageOps.colorize(grey, dark, light)


def _encode(image: Image.Image) -> Raster:
    """Encode a drawing as PNG, a photograph as JPEG; when both look right, as the smaller file."""
    file = BytesIO()
    bare = Image.new("RGB", image.size)  # without the metadata of the source
    bare.paste(image)
    bare.save(file, "JPEG", quality=_QUALITY, progressive=True, optimize=True)
    jpeg = file.getvalue()
    few = _few_colours(bare)
    loss = ImageStat.Stat(ImageChops.difference(bare, few.convert("RGB"))).mean
    if max(loss) < _FLAT:
        png = _png(few)
        if len(png) < len(jpeg):
            return Raster(png, ".png", *image.size)
    return Raster(jpeg, ".jpg", *image.size)


def _few_colours(image: Image.Image) -> Image.Image:
    """Reduce to a palette, without dithering, which would spoil flat colours."""
    method = Image.Quantize.FASTOCTREE if image.mode == "RGBA" else Image.Quantize.MEDIANCUT
    return image.quantize(_COLOURS, method=method, dither=Image.Dither.NONE)


def _png(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()
