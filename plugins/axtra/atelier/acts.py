"""What each form that is sent does, in the words of the journal."""

from __future__ import annotations

import re
from urllib.parse import unquote

# The beginning of a path, that of the value of the button, and what was done; "" is not noted.
_WORDS = (
    ("/saisie/", "", ""),
    ("/coller", "", ""),
    ("/texte/", "oublier", ""),
    ("/texte/", "publier", "a publié"),
    ("/texte/", "proposer", "a proposé"),
    ("/texte/", "abandonner", "a abandonné la version en attente"),
    ("/texte/", "relecture", "a partagé pour relecture"),
    ("/texte/", "clore-", "a mis fin à un lien de relecture"),
    ("/texte/", "repondre-", "a répondu à un commentaire"),
    ("/texte/", "regler-", "a réglé un commentaire"),
    ("/texte/", "rouvrir-", "a rouvert un commentaire"),
    ("/texte/", "corriger-", "a corrigé un constat"),
    ("/texte/", "", "a enregistré"),
    ("/proposition/", "accepter", "a accepté la proposition"),
    ("/proposition/", "renvoyer", "a renvoyé la proposition"),
    ("/proposition/", "retirer", "a retiré sa proposition"),
    ("/historique/", "", "est revenu à une version"),
    ("/textes/nouveau", "", "a commencé un texte"),
    ("/textes/recevoir", "", "a reçu un Word"),
    ("/images/recevoir", "", "a reçu des images"),
    ("/images/renommer", "", "a renommé une image"),
    ("/sauvegarde", "", "a fait une sauvegarde"),
    ("/publication/annoncer", "", "a noté une annonce"),
    ("/publication/annee", "chiffres", "a changé les chiffres de l’année"),
    ("/publication/annee", "", "a écrit le brouillon de l’année"),
    ("/centres", "relancer", "a relancé les centres"),
    ("/centres", "noter", "a noté les fiches confirmées"),
    ("/centres", "accepter-", "a accepté les corrections d’un centre"),
    ("/centres", "ecarter-", "a écarté la réponse d’un centre"),
    ("/publication", "revenir", "a ramené la version précédente du site"),
    ("/publication", "", "a publié le site"),
    ("/reglages", "", "a changé les réglages"),
)
_SECTION = re.compile(r"/([\w-]+)(?:/(.*))?")
_PLAIN = re.compile(r"[a-zà-ÿ-]{1,40}")  # the value of a button, when it is but a word


def words_of(path: str, act: str) -> tuple[str, str] | None:
    """Return what a form did, and to what; None when it is not to be noted.

    Args:
        path: where it was sent.
        act: the value of its button; "" when it has none.
    """
    for start, button, words in _WORDS:
        if path.startswith(start) and act.startswith(button):
            about = unquote(path.removeprefix(start)).strip("/")
            return (words, about) if words else None
    found = _SECTION.fullmatch(unquote(path))
    section, about = (found[1], found[2] or "") if found else ("", "")
    done = act.partition("-")[0] if _PLAIN.fullmatch(act.partition("-")[0]) else "enregistrer"
    return f"a fait « {done} » dans « {section} »", about
