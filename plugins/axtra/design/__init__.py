"""How things look, whatever they say: tokens, fonts, style sheets, image files, illustrations."""
