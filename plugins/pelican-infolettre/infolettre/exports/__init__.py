"""A letter as files for a mailing service."""
