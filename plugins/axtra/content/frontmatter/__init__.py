"""One Markdown file: its header, each value with its line, and its body."""

from axtra.content.frontmatter.header import Source, compose_options, decode, read
from axtra.content.frontmatter.mended_lines import without_invisible
from axtra.content.frontmatter.typed_values import (
    RECORDS,
    Field,
    Span,
    Value,
    convert,
    slugify,
    texts,
)

__all__ = [
    "RECORDS",
    "Field",
    "Source",
    "Span",
    "Value",
    "compose_options",
    "convert",
    "decode",
    "read",
    "slugify",
    "texts",
    "without_invisible",
]
