"""All of the content, read from its files into one `Library`, with every problem on the way."""

from axtra.content.loading.places import Folders
from axtra.content.loading.reading import Reading, load, status_alone
from axtra.content.loading.retaking import retake

__all__ = ["Folders", "Reading", "load", "retake", "status_alone"]
