"""The visual identity, independent of content: tokens, fonts, style sheets, images, drawings."""
