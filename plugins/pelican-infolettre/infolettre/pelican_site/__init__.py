"""The only room that knows Pelican."""
