"""The rendering of a letter: MJML, inlined styles, prose, plain text."""
