"""Addresses that may be mistyped, or that no person reads: a warning, not an error."""

from __future__ import annotations

import re

from axtra.subscribers.importing.csv_cells import words

_DOMAINS = (
    "gmail.com", "hotmail.com", "hotmail.ca", "hotmail.fr", "outlook.com", "outlook.fr", "live.ca",
    "live.com", "yahoo.ca", "yahoo.com", "yahoo.fr", "videotron.ca", "videotron.qc.ca", "aol.com",
    "sympatico.ca", "bell.net", "icloud.com", "msn.com", "globetrotter.net", "cgocable.ca",
    "me.com",
)  # fmt: skip
# Real domains that look like another.
_REAL = frozenset(
    {
        *_DOMAINS,
        "mail.com",
        "ymail.com",
        "live.fr",
        "gmx.com",
        "gmail.ca",
        "bell.ca",
        "videotron.com",
    }
)
# Services that have one end; hotmail.*, outlook.* and yahoo.* have dozens.
_ONLY = {domain.partition(".")[0]: domain for domain in (
    "gmail.com", "icloud.com", "sympatico.ca", "videotron.ca", "globetrotter.net", "cgocable.ca",
)}  # fmt: skip
_OTHER_END = re.compile(r"([a-z]+)(?:\.(?:co|com|qc|on))?\.[a-z]{2,3}")
_ENDS = {"con": "com", "cmo": "com", "cim": "com", "comm": "com", "vom": "com", "caa": "ca",
         "cca": "ca", "frr": "fr", "ogr": "org", "orgg": "org", "nett": "net"}  # fmt: skip
_NOBODY = re.compile(
    r"(no ?reply|do ?not ?reply|ne ?pas ?repondre|mailer ?daemon|postmaster|abuse|hostmaster|root"
    r"|bounces?|devnull|spam)\b"
)


def doubt(address: str) -> str:
    """Return in French what to check in an address, without quoting its local part, or nothing."""
    local, _, domain = address.partition("@")
    domain = domain.casefold()
    if _NOBODY.match(words(local)):
        return "cette adresse n’est celle de personne (service ou automate)"
    if local.startswith("xn--"):
        return "la partie avant « @ » semble abîmée par un logiciel"
    near = near_domain(domain)
    return f"« {domain} » : n’est-ce pas « {near} » ?" if near else ""


def near_domain(domain: str) -> str:
    """Return the domain that a domain in lower case seems to mean, or nothing."""
    name, _, end = domain.rpartition(".")
    if end in _ENDS:
        return f"{name}.{_ENDS[end]}"
    if domain in _REAL:
        return ""
    service = _OTHER_END.fullmatch(domain)
    if service and service[1] in _ONLY:
        return _ONLY[service[1]]
    return next((known for known in _DOMAINS if _differ_by_a_letter(domain, known)), "")


def _differ_by_a_letter(first: str, second: str) -> bool:
    """Return whether a letter added, missing, changed or swapped is the only difference."""
    if abs(len(first) - len(second)) > 1:
        return False
    pairs = enumerate(zip(first, second, strict=False))
    at = next((at for at, pair in pairs if pair[0] != pair[1]), min(len(first), len(second)))
    a, b = first[at:], second[at:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[1::-1] == b[:2] and a[2:] == b[2:])
