"""Written French, and HTML: typography, spelling, first names, personal values, readers of HTML."""
