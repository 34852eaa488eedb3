"""Domains that give anybody a mailbox, and have others refuse what they did not send themselves."""

from __future__ import annotations

import re

# Of the United States, Quebec and Canada, then France and others, whatever their country code.
_ANYWHERE = re.compile(
    r"(?:gmail|googlemail|yahoo|ymail|rocketmail|aol|aim|outlook|hotmail|live|msn|passport|windowslive"
    r"|icloud|me|mac|gmx|proton|protonmail|pm|tuta|tutanota|tutamail|hushmail|fastmail|zoho|zohomail"
    r"|yandex|mail|email|inbox|mailfence|videotron|sympatico|bell|cogeco|cgocable|telus|telusplanet"
    r"|rogers|shaw|globetrotter|oricom|b2b2c|ebox|distributel|xplornet|ccapcable|tlb\.sympatico"
    r"|orange|wanadoo|laposte|free|sfr|neuf|bbox|numericable|comcast|verizon|att|sbcglobal)"
    r"\.(?:com|ca|qc\.ca|fr|net|org|me|ru|be|ch|de|es|it|uk|co\.uk|us|eu)"
    r"|(?:qq|163|126)\.com|web\.de|t-online\.de"
)
REMEDY = (
    "Écrivez d’une adresse de votre domaine, par exemple info@votre-organisme.ca, et mettez-la à"
    " « courriel » dans content/site.toml."
)


def lends_mailboxes(domain: str) -> bool:
    """Tell whether a domain gives mailboxes to anybody."""
    return bool(_ANYWHERE.fullmatch(domain.casefold()))


def problem_of(domain: str) -> str:
    """Return the sentence that says what happens to mails from such a domain."""
    return (
        f"« {domain} » fait refuser (DMARC) ce qu’un autre serveur que le sien envoie en son nom : "
        "l’infolettre irait au pourriel, ou nulle part"
    )
