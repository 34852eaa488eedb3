"""The `axtra` command: it reads arguments, calls the other rooms, and answers in French.

`main` declares the commands; most other modules are one command or a family of them, and `printer`
prints what they answer.
"""

from axtra.cli.main import main

__all__ = ["main"]
