"""Readership, from the logs of the host and without watching anyone; and the year in figures."""
