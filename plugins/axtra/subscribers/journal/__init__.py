"""The journal kept outside a data folder: who left since, and which copy of the folder counts."""
