"""The live preview: pages are rendered when they are asked for, and reloaded on each save."""

from axtra.preview.server import HOST, serve

__all__ = ["HOST", "serve"]
