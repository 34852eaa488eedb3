"""The centres of the directory: asking each about its sheet, and what it answers."""
