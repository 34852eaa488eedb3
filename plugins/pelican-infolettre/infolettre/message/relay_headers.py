"""Headers that ask some relays to drop duplicates and not to track readers.

Source: Mailjet, « Custom headers » of its SMTP relay. Amazon SES has no such header.
"""

from __future__ import annotations

from infolettre.message import headers

_MAILJET = "mailjet.com"
_LONGEST_CAMPAIGN = 255  # characters


def headers_for(host: str, edition: str, liste: str) -> bytes:
    """Return the headers for a relay, which removes them.

    Args:
        host: the relay's name.
        edition: the name of the edition.
        liste: the name of the list.
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
