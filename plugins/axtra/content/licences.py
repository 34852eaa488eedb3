"""What libraries and those who republish need to know: the ISSN, and the licence of a text."""

from __future__ import annotations

import re
from dataclasses import dataclass

TO_COME = "à inscrire"  # what a site says of a fact that its publisher has not chosen yet
_CREATIVE_COMMONS = re.compile(
    r"CC[ -](?P<terms>BY(?:-NC)?(?:-(?:SA|ND))?) (?P<version>[1-4]\.0)", re.IGNORECASE
)
_PUBLIC_DOMAIN = re.compile(r"CC0(?: 1\.0)?", re.IGNORECASE)
_SITE = "https://creativecommons.org"
_ISSN = re.compile(r"(\d{4})-?(\d{3}[\dXx])")


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence by its name; `url` is empty when it is none of Creative Commons.

    `republishing` tells whether anyone may publish the text again, as it is.
    """

    name: str
    url: str = ""
    republishing: bool = False
    commercial: bool = False
    changes: bool = False


def read(name: str) -> Licence | None:
    """Return the licence of a name; None when there is none yet."""
    said = " ".join(name.split())
    if not said or said == TO_COME:
        return None
    if found := _CREATIVE_COMMONS.fullmatch(said):
        terms, version = found["terms"].lower(), found["version"]
        return Licence(
            f"CC {terms.upper()} {version}",
            f"{_SITE}/licenses/{terms}/{version}/deed.fr",
            republishing=True,
            commercial="-nc" not in terms,
            changes="-nd" not in terms,
        )
    if _PUBLIC_DOMAIN.fullmatch(said):
        url = f"{_SITE}/publicdomain/zero/1.0/deed.fr"
        return Licence("CC0 1.0", url, republishing=True, commercial=True, changes=True)
    return Licence(said)


def is_issn(text: str) -> bool:
    """Tell whether a text is an ISSN, whose last sign checks the others.

    Source: ISO 3297.
    """
    found = _ISSN.fullmatch(text)
    if not found:
        return False
    digits, check = (found[1] + found[2])[:-1], found[2][-1].upper()
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(8, 1, -1), strict=True))
    return check == "0123456789X"[-total % 11]
