"""The public door: a small ASGI service by which people subscribe, confirm and leave.

No cookie, no script, no address in a URL; no personal data reaches a log.
"""
