"""The live preview: what is asked for is rendered, and each save is on the screen at once."""

from axtra.preview.server import HOST, serve

__all__ = ["HOST", "serve"]
