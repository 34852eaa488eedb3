"""Pictures cropped to fill a rectangle, around the point that their text names."""

from __future__ import annotations

from axtra.content.model import Image


def covering(image: Image, href: str, box: tuple[int, int, int, int]) -> str:
    """Return the SVG of a picture that fills a box: x, y, width and height, in px.

    Without a point to keep, its middle stays.
    """
    x, y, width, height = box
    if image.focus is None:
        place = f'x="{x}" y="{y}" width="{width}" height="{height}"'
        return f'<image {place} preserveAspectRatio="xMidYMid slice" href="{href}"/>'
    scale = max(width / image.width, height / image.height)
    wide, high = image.width * scale, image.height * scale
    left, top = (width - wide) * image.focus.x / 100, (height - high) * image.focus.y / 100
    return (
        f'<svg x="{x}" y="{y}" width="{width}" height="{height}"><image x="{left:.2f}"'
        f' y="{top:.2f}" width="{wide:.2f}" height="{high:.2f}" preserveAspectRatio="none"'
        f' href="{href}"/></svg>'
    )
