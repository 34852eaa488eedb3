"""The publishing system of AXE Magazine, as rooms: each folder is one subject, and imports go down.

They stand on `infolettre`, which knows nothing of kinds of content. From low to high: content,
pictures, newsletter and books make pages and letters of it; subscribers, sending and door deal with
people; site is the only room that knows Pelican; preview and cli are what a person starts.
"""

from pathlib import Path

from infolettre.core import program

program.add(Path(__file__).parent)
