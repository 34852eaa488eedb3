"""A letter as various software shows it."""
