"""What some relays are told in headers: to send nobody the same twice, and to track no one.

Source: Mailjet, « Custom headers » of its SMTP relay. Amazon SES has no header of the sort.
"""

from __future__ import annotations

from axtra.message import headers

_MAILJET = "mailjet.com"
_LONGEST_CAMPAIGN = 255  # characters


def headers_for(host: str, edition: str, liste: str) -> bytes:
    """Give the headers that a relay takes away again.

    Args:
        host: the relay's name.
        edition: the edition's.
        liste: the list's.
    """
    if host != _MAILJET and not host.endswith(f".{_MAILJET}"):
        return b""
    return b"".join(
        [
            headers.machine("X-Mailjet-Campaign", f"{edition} {liste}"[:_LONGEST_CAMPAIGN]),
            headers.machine("X-Mailjet-DeduplicateCampaign", "true"),
            headers.machine("X-Mailjet-TrackOpen", "0"),
            headers.machine("X-Mailjet-TrackClick", "0"),
        ]
    )
