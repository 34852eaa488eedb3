"""The publishing system of AXE Magazine, as rooms: each folder is one subject, and imports go down.

From low to high: core, text, design, message and checks know nothing of kinds of content; content,
pictures, newsletter and books make pages and letters of it; subscribers, sending and door deal with
people; site is the only room that knows Pelican; preview and cli are what a person starts.
"""
