"""People brought in from a file: its cells, its columns, who left elsewhere, and the register."""
