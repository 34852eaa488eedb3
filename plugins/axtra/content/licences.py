"""What libraries and those who republish need to know: the ISSN, and the licence of a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from axtra.content.model import Article, Facts

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


def of_article(article: Article, facts: Facts) -> Licence | None:
    """Return the licence of an article: its own, else that of the site."""
    return read(article.licence.plain if article.licence else facts.licence)


def mentions(facts: Facts) -> Iterator[str]:
    """Say the ISSN, the legal deposit and the licence, as far as the site gives them."""
    if facts.issn:
        yield f"ISSN {facts.issn}"
    if facts.deposit:
        said = facts.deposit
        yield f"Dépôt légal {said}" if said == TO_COME else f"Dépôt légal\u00a0: {said}"
    if facts.licence:
        licence = read(facts.licence)
        yield f"Licence des textes\u00a0: {licence.name if licence else facts.licence}"


def disclaimer(facts: Facts) -> str:
    """Say whose the opinions are, in the words of the site or in ours."""
    return facts.disclaimer or (
        f"Les opinions exprimées dans {facts.magazine} sont celles des personnes qui signent "
        "les textes."
    )
