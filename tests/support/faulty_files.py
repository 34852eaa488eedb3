"""The files in which tests make mistakes, and what stands around them in a project."""

from __future__ import annotations

from collections.abc import Mapping

from support.small_sites import text

NEWS = "content/nouvelles/2020/faute.md"
HEAD = "---\ntitre: Un titre\ndate: 2020-01-15\n---\n\n"  # the body starts on line 6
ARTICLE = "content/magazine/2020-05/faute.md"
EXTRA: Mapping[str, str] = {
    "content/images/point.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    "content/nouvelles/2020/ebauche.md": text(titre="É", date="2020-01-01", statut="brouillon"),
    "content/nouvelles/2020/demain.md": text(titre="D", date="2031-01-01"),
    "content/rubriques.toml": (
        '[regards]\nnom = "Regards croisés"\ndescription = "Deux."\ncouleur = "tendances"\n'
        '[vide]\nnom = "Vide"\ndescription = "Rien."\ncouleur = "projets"\n'
    ),
}


def article(**keys: str) -> str:
    """Return an article with some keys changed, in the order titre, chapeau, auteurs, rubrique."""
    return text(
        **{"titre": "T", "chapeau": "C", "auteurs": "[une-personne]", "rubrique": "regards", **keys}
    )
