"""All of the content, read from its files into one `Library`, with every problem on the way."""

from axtra.library.places import Folders
from axtra.library.reading import Reading, load

__all__ = ["Folders", "Reading", "load"]
