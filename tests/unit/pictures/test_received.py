"""A photograph that someone sends becomes one that the content folder may hold."""

from __future__ import annotations

import random
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image as Bitmap
from PIL import ImageCms, ImageDraw

from axtra.design.image_files import ImageError
from axtra.pictures import received

HEIC = (Path(__file__).parents[2] / "data/telephone.heic").read_bytes()  # with its location
GPS = 0x8825
Place = tuple[float, float]


def sent(kind: str, size: tuple[int, int] = (400, 300), mode: str = "RGB", **said: object) -> bytes:
    """Return a picture with a red upper left corner."""
    image = Bitmap.new("RGB", size, "#0F3D5C")
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 3, size[1] // 3), "#C2371F")
    file = BytesIO()
    image.convert(mode).save(file, kind, **said)
    return file.getvalue()


def located(turn: int = 1) -> Bitmap.Exif:
    exif = Bitmap.Exif()
    exif[0x0112] = turn
    exif[GPS] = {1: "N", 2: (45.0, 30.0, 0.0)}
    return exif


def opened(data: bytes) -> Bitmap.Image:
    image = Bitmap.open(BytesIO(data))
    image.load()
    return image


def is_red(image: Bitmap.Image, place: Place) -> bool:
    point = round(place[0] * image.width), round(place[1] * image.height)
    red, green, blue = image.convert("RGB").getpixel(point)  # type: ignore[misc]
    return red > 150 and green < 110 and blue < 110


@pytest.mark.parametrize(
    ("data", "format_", "corner"),
    [
        (HEIC, "JPEG", (0.1, 0.1)),
        (sent("JPEG", exif=located()), "JPEG", (0.1, 0.1)),
        (sent("JPEG", exif=located(6)), "JPEG", (0.9, 0.1)),
        (sent("JPEG", exif=located(3)), "JPEG", (0.9, 0.9)),
        (sent("JPEG", mode="CMYK"), "JPEG", (0.1, 0.1)),
        (sent("WEBP", exif=located()), "JPEG", (0.1, 0.1)),
        (sent("AVIF", exif=located()), "JPEG", (0.1, 0.1)),
        (sent("TIFF"), "JPEG", (0.1, 0.1)),
        (sent("PNG", exif=located()), "PNG", (0.1, 0.1)),
        (sent("PNG", mode="P"), "PNG", (0.1, 0.1)),
        (sent("BMP"), "PNG", (0.1, 0.1)),
        (sent("GIF", comment=b"chez moi"), "PNG", (0.1, 0.1)),
        (sent("MPO", save_all=True, append_images=[Bitmap.new("RGB", (9, 9))]), "JPEG", (0.1, 0.1)),
    ],
)
def test_any_picture_is_kept_upright_without_its_location(
    data: bytes, format_: str, corner: Place
) -> None:
    kept = received.prepare(data, "Colloque 2019")
    image = opened(kept.data)
    assert (image.format, image.mode, image.size) == (format_, "RGB", (kept.width, kept.height))
    assert is_red(image, corner)
    assert not is_red(image, (1 - corner[0], 1 - corner[1]))
    assert not image.getexif()
    assert not {"exif", "xmp", "comment", "icc_profile"} & image.info.keys()
    assert kept.name == f"colloque-2019.{'jpg' if format_ == 'JPEG' else 'png'}"


@pytest.mark.parametrize("turn", [1, 6])
def test_a_large_photograph_has_at_most_3000_pixels_on_its_longest_side(turn: int) -> None:
    kept = received.prepare(sent("JPEG", (4000, 1000), exif=located(turn)), "x")
    assert 2990 < max(kept.width, kept.height) <= received.WIDEST
    assert (kept.height > kept.width) == (turn == 6)


def test_colours_are_converted_from_their_profile_to_srgb() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = profile.replace(b"rXYZ", b"----").replace(b"bXYZ", b"rXYZ").replace(b"----", b"bXYZ")
    kept = opened(received.prepare(sent("JPEG", icc_profile=swapped), "x").data)
    red, _, blue = kept.getpixel((10, 10))  # type: ignore[misc]
    assert blue > 150 > red


def test_transparency_is_kept() -> None:
    file = BytesIO()
    Bitmap.new("RGBA", (30, 20), "#0F3D5C80").save(file, "WEBP")
    kept = received.prepare(file.getvalue(), "x")
    assert kept.name == "x.png"
    assert opened(kept.data).getpixel((5, 5))[3] in range(120, 136)  # type: ignore[index]


def test_the_same_photograph_has_the_same_digest_whatever_its_metadata() -> None:
    pictures = [
        received.prepare(data, stem)
        for data, stem in (
            (sent("PNG"), "un"),
            (sent("PNG", exif=located()), "deux"),
            (sent("PNG", (401, 300)), "un"),
        )
    ]
    assert [picture.digest == pictures[0].digest for picture in pictures] == [True, True, False]


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("Été à Gaspé", "ete-a-gaspe.jpg"),
        ("../../etc/passwd", "etc-passwd.jpg"),
        ("DSC 0001.JPG", "dsc-0001-jpg.jpg"),
        ("日本", "image.jpg"),
        ("...", "image.jpg"),
        ("x" * 300, f"{'x' * 80}.jpg"),
        ("a\\b:c*?", "a-b-c.jpg"),
    ],
)
def test_a_name_is_safe_everywhere(stem: str, name: str) -> None:
    assert received.prepare(sent("JPEG"), stem).name == name


def test_a_name_that_another_file_has_is_numbered() -> None:
    taken = {"un.jpg", "un-2.jpg"}
    assert received.prepare(sent("JPEG"), "Un", taken).name == "un-3.jpg"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"bonjour",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        sent("JPEG")[:700],
        sent("PNG")[:-30],
        HEIC[:300],
        HEIC[:40] + bytes(600),
        sent("GIF", save_all=True, append_images=[Bitmap.new("RGB", (400, 300))]),
    ],
)
def test_damaged_files_and_animations_are_refused(data: bytes) -> None:
    with pytest.raises(ImageError) as caught:
        received.prepare(data, "x")
    assert caught.value.remedy


def test_a_picture_of_too_many_pixels_is_refused() -> None:
    file = BytesIO()
    Bitmap.new("1", (20_000, 9_000)).save(file, "PNG")
    with pytest.raises(ImageError, match="pixels"):
        received.prepare(file.getvalue(), "x")


@pytest.mark.parametrize(
    "seed", [1, *(pytest.param(seed, marks=pytest.mark.eprouve) for seed in range(2, 20))]
)
def test_a_damaged_file_is_refused_or_read_and_nothing_else(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - any will do
    for kind in ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF", "HEIC"):
        data = bytearray(HEIC if kind == "HEIC" else sent(kind, (60, 40)))
        for _ in range(chance.randint(1, 20)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            assert received.prepare(bytes(data), "x").data
        except ImageError:
            continue
