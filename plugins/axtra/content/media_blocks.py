"""The blocks that show pictures or play: « galerie », « audio », « video »."""

from __future__ import annotations

from markupsafe import Markup

from axtra.content.block_reader import BlockReader, own_file
from axtra.content.blocks import Fragment, RawBlock
from axtra.content.blocks.tags import FLOW_TAGS
from axtra.content.card_blocks import text_of
from axtra.content.model import Audio, Figure, Gallery, Text, Video
from infolettre.text.html.fragments import parse

_OTHERS = (*sorted(FLOW_TAGS - {"p"}), "a", "div", "figure", "details", "hr")
_LEAST = 2  # images of a gallery
SOUNDS = (".mp3", ".m4a", ".ogg")


def gallery(raw: RawBlock, reader: BlockReader) -> Gallery | None:
    """Resolve a gallery; None when it has not two images that can be shown, which is noted."""
    html = "".join(part.html for part in raw.children if isinstance(part, Fragment))
    root = parse(html)
    images = [*root.find("img")]
    others = next(root.find(*_OTHERS), None)
    if others or root.raw_text.strip() or len(images) < _LEAST:
        problem = "une galerie ne contient que des images, une par ligne"
        if len(images) < _LEAST and not others:
            problem = f"une galerie a au moins deux images, et celle-ci en a {len(images)}"
        reader.notes.error(
            "galerie-invalide",
            raw.line,
            problem,
            'Par exemple :  ![La salle, vue de l’entrée](images/salle.jpg "La salle.")',
        )
        return None
    found = [reader.typed_image(image["src"], image["alt"]) for image in images]
    figures = tuple(
        Figure(picture, Markup.escape(Text.with_italics(image["title"])))
        for image, picture in zip(images, found, strict=True)
        if picture
    )
    return Gallery(text_of(raw.argument), figures) if all(found) else None


def audio(raw: RawBlock, reader: BlockReader) -> Audio | None:
    """Resolve a sound; None when it is no file of ours, which is noted."""
    title = reader.text(raw, "titre")
    href = own_file(raw.argument, raw.line, SOUNDS, reader, rule="audio-illisible")
    if href is None or title is None:
        return None
    return Audio(href, title, reader.text(raw, "duree"), reader.nodes(raw.children))


def video(raw: RawBlock, reader: BlockReader) -> Video | None:
    """Resolve a video; None when it has no address, which is noted."""
    href = reader.addresses.resolve(raw.argument, reader.item, raw.line, reader.notes)
    reader.inspect_repeat(href or "", raw.line)
    path, title = reader.option(raw, "image"), reader.text(raw, "titre")
    image = None
    if path:
        line = reader.line(raw, "image")
        alt = reader.option(raw, "alt")
        if alt is None:
            reader.notes.error(
                "alt-manquant",
                line,
                f"l’image « {path} » n’a pas de texte de remplacement",
                "Ajoutez dessous :      alt: Ce que montre l’image",
            )
        image = reader.find_image(path, line, alt or "")
    return Video(href, title, image) if title and href else None
