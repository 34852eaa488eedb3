"""Markdown to a tree of blocks: sanitised, corrected HTML between blocks that keep their lines.

The syntax is that of `pymdownx.blocks`. `conversion` is imported by who has something to convert.
"""

from axtra.content.blocks.target_lines import TargetLines
from axtra.content.blocks.tree import Document, Fragment, Heading, Part, RawBlock, inner_html

__all__ = [
    "Document",
    "Fragment",
    "Heading",
    "Part",
    "RawBlock",
    "TargetLines",
    "inner_html",
]
