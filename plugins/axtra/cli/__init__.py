"""The `axtra` command: words in, a library or a build asked for, messages in French out."""

from axtra.cli.main import main

__all__ = ["main"]
