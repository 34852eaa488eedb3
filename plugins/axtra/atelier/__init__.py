"""The newsroom in a browser: the texts of a folder, written, checked and published on screens.

It holds no rule of its own: it asks `content`, `site`, `preview` and the rooms below for
everything, and changes files only through `content.editing`.
"""
