"""A photograph that someone sends, made ready for the content folder."""

from __future__ import annotations

import hashlib
import re
import struct
import warnings
from collections.abc import Container
from dataclasses import dataclass
from io import BytesIO
from itertools import count

import pi_heif
from PIL import Image as Bitmap
from PIL import UnidentifiedImageError

from axtra.design import image_files
from axtra.design.image_files import ImageError

WIDEST = 3000  # px; the longest side of what is kept
_LONGEST = 80  # signs of a name, without its number
_DRAWN = frozenset({"PNG", "GIF", "BMP"})  # what drawings and screens are saved as
_PAPER = "#FFFFFF"
_QUALITY = 92  # each page encodes it once more, smaller
# What decoders raise on a damaged file.
_DAMAGE = (
    OSError, SyntaxError, ValueError, RuntimeError, LookupError, ArithmeticError, struct.error
)  # fmt: skip
_REMEDY = "Demandez la photographie d’origine, en JPEG ou en HEIC."


@dataclass(frozen=True, slots=True)
class ReceivedPicture:
    """A photograph to keep: upright, in sRGB, without metadata; `width` and `height` in px.

    Two photographs that show the same have the same `digest`, whatever their metadata.
    """

    name: str
    data: bytes
    width: int
    height: int

    @property
    def digest(self) -> str:
        """Return the hash of what is kept."""
        return hashlib.sha256(self.data).hexdigest()


def prepare(data: bytes, stem: str, taken: Container[str] = ()) -> ReceivedPicture:
    """Make a photograph ready to be kept; what was received is the caller's to set aside.

    Args:
        data: A file of any format that Pillow or libheif reads.
        stem: What to name it after, such as the title of the text that it illustrates.
        taken: The names that other files have; a number then follows the stem.

    Raises:
        ImageError: The file is no picture, is damaged, moves, or has too many pixels.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Pillow, about tags that are not kept
            warnings.simplefilter("error", Bitmap.DecompressionBombWarning)
            with _opened(data) as image:
                if image_files.is_moving(image):
                    raise ImageError("cette image est une animation", _REMEDY)
                image.load()
                clear = image.has_transparency_data
                kept = _reduced(image, clear=clear)
                drawn = clear or image.format in _DRAWN
    except (Bitmap.DecompressionBombError, Bitmap.DecompressionBombWarning) as error:
        raise ImageError("cette image compte plus de 89 millions de pixels", _REMEDY) from error
    except _DAMAGE as error:
        raise ImageError("cette image ne se lit pas en entier", _REMEDY) from error
    name = _name(stem, ".png" if drawn else ".jpg", taken)
    return ReceivedPicture(name, _encoded(kept, drawn=drawn), *kept.size)


def _opened(data: bytes) -> Bitmap.Image:
    try:
        return Bitmap.open(BytesIO(data))
    except UnidentifiedImageError:  # HEIC, the format of telephones, is not one of Pillow's
        heif = pi_heif.open_heif(BytesIO(data))
    wide, high = heif.size
    if wide * high > (Bitmap.MAX_IMAGE_PIXELS or 0):
        raise Bitmap.DecompressionBombError
    image: Bitmap.Image = heif.to_pillow()  # upright: the file says how, beside its EXIF
    return image


def _reduced(image: Bitmap.Image, *, clear: bool) -> Bitmap.Image:
    """Return a picture upright, in RGB, or in RGBA when it has holes, no longer than `WIDEST`."""
    wide, high = image_files.upright(image)
    longest = max(wide, high)
    small = image_files.shrink(image, max(1, wide * min(WIDEST, longest) // longest))
    return small.convert("RGBA") if clear else image_files.flatten(small, _PAPER)


def _encoded(image: Bitmap.Image, *, drawn: bool) -> bytes:
    bare = Bitmap.new(image.mode, image.size)  # without the metadata of the source
    bare.paste(image)
    file = BytesIO()
    if drawn:
        bare.save(file, "PNG", optimize=True)
    else:
        bare.save(file, "JPEG", quality=_QUALITY, progressive=True, optimize=True)
    return file.getvalue()


def _name(stem: str, extension: str, taken: Container[str]) -> str:
    base = re.sub(r"[-.]+", "-", image_files.plain(stem).lower())
    base = base[:_LONGEST].strip("-") or "image"  # not « .jpg », which would be hidden
    names = (f"{base}{f'-{number}' if number > 1 else ''}{extension}" for number in count(1))
    return next(name for name in names if name not in taken)
