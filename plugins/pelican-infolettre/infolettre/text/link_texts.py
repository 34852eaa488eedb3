"""Link texts that do not say where the link leads."""

from __future__ import annotations

VAGUE_LINK_TEXTS = frozenset(
    {
        "ici", "cliquez ici", "cliquer ici", "clique ici", "lire la suite", "la suite", "suite",
        "en savoir plus", "savoir plus", "plus d’information", "plus d’informations", "lien",
        "ce lien", "voir", "voir plus", "lire", "lire plus", "plus", "page", "cette page", "site",
        "détails", "par ici", "click here", "here", "read more",
    }
)  # fmt: skip
