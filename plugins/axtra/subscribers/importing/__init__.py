"""Importing people from a CSV file: its cells and columns, who left elsewhere, and the register."""
