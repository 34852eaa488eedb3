"""Requests to leave that come by mail: the certain requests, and those that only look like it.

Certain: a token of ours in a place where only the person's own will can put it:

- the subject that our `mailto:` link writes (« desabonnement TOKEN »), whatever the mail program
  made of it (encoded, folded, « + » for a space), in front or behind « Re: »;
- the same words in the text; or a link or a token of ours in a text of few words, whose subject or
  other lines say « leave », or which holds nothing else.

A token in quoted, forwarded or returned text proves nothing, since every letter of ours carries a
token. Nor does a token in an automatic answer, except in the exact subject of the link.
"""

from __future__ import annotations

import re
from email.message import Message
from urllib.parse import unquote

from axtra.subscribers.returns import received_mail
from axtra.subscribers.returns.refusal_wording import plain
from axtra.subscribers.signed_tokens import Keys

_TOKEN = re.compile(r"[a-z2-7]{26}\.[a-z0-9-]{1,40}\.[A-Za-z0-9_-]{43}")
_CARRYING = re.compile(rf"\S*{_TOKEN.pattern}\S*")
_LONGEST_TOKEN = 26 + 1 + 40 + 1 + 43
_BY_LINK = re.compile(r"^d[eé]sabonnement[\s:+]*(?=[a-z2-7])", re.IGNORECASE)
_ANSWERING = re.compile(r"^(?:(?:re|ré|fw|fwd|tr)\s*:\s*)+", re.IGNORECASE)
_ASKED = re.compile(r"(?<![/=\w])d[eé]sabonnement[\s:+]+(?=[a-z2-7])", re.IGNORECASE)
_OUR_FOOTER = "se desabonner de l'infolettre"
_LEAVING = re.compile(
    r"des-?abonn|des-?inscri|uns[ui]b?s?cri|opt[- ]?out|(?:remove|take) m[ey]\b"
    r"|stop (?:sending|e?mail)|cancel (?:my|the|this) subscription|not interested"
    r"|no more (?:e?-?mail|newsletter)"
    r"|(?:do not|don't|stop) (?:e?-?mail|contact|writ|send)|never (?:asked|signed|subscribed)"
    r"|(?:enlever|oter|rayer|effacer|supprimer) (?:mon|moi|mes|cette)|m'(?:enlever|oter|effacer)"
    r"|me (?:rayer|supprimer)|supprimez mon|annule[rz]? (?:mon|cet) abonnement|resilier"
    r"|m'interesse(?:nt)? plus|plus interesse|plus m'(?:ecrire|envoyer)|jamais (?:demande|voulu)"
    r"|retire[rz]|(?:enlevez|rayez|otez|effacez|supprimez)[- ](?:moi|mon|cette)"
    r"|(?:ne|plus) (?:souhaite|veux|desire|recevoir)|plus (?:rien |vos )?(?:recevoir|courriels)"
    r"|ne m'(?:envoyez|ecrivez) plus|cessez|arretez"
)
_ALONE = re.compile(
    r"\W*(?:(?:please|svp|s'il vous plait) )?(?:stop|arret|remove|retirer|retrait|enlever|cancel)"
    r"(?: (?:please|svp|merci|thanks?|thank you))?\W*"
)
_GONE_AWAY = re.compile(
    r"ne (?:travaille|fais|suis)\b.{0,40}\bplus|n'est plus (?:a l'emploi|en poste|en fonction)"
    r"|n'est plus (?:des notres|utilise|valide|consulte|en service|active)|ne sera plus|ai? quitte"
    r"|(?:depart |suis |est |maintenant )a la retraite|retraitee?\b|retired"
    r"|(?:nouvelle|change(?:ment)? d')\W?adresse|new (?:e-?mail )?address"
    r"|no longer (?:work|with|employed|monitored|in use|valid)|(?:has|have) left"
)
_FEW = 40  # words


def request(message: Message, keys: Keys, *, automatic: bool) -> tuple[str, str] | None:
    """Return the person and the list of a certain request to leave, or None."""
    subject = received_mail.header(message, "subject")
    bare = unquote(subject).strip()
    if not automatic:
        bare = _ANSWERING.sub("", bare)
    if begins := _BY_LINK.match(bare):
        return _first(keys, bare[begins.end() :])
    if automatic:
        return None
    return _first(keys, subject) or _typed(keys, subject, unquote(received_mail.own_words(message)))


def _typed(keys: Keys, subject: str, words: str) -> tuple[str, str] | None:
    """Return a request in what a person typed; a mail program may have cut its token in two."""
    for asked in _ASKED.finditer(words):
        following = words[asked.end() : asked.end() + 2 * _LONGEST_TOKEN]
        if link := _first(keys, following):
            return link
    lines = words.splitlines()
    carrying = [line for line in lines if _TOKEN.search(line)]
    others = plain("\n".join([subject, *(_CARRYING.sub(" ", line) for line in lines)]))
    bare = all(len(line.split()) == 1 for line in carrying)
    if len(others.split()) > _FEW or _OUR_FOOTER in others:
        return None
    if _LEAVING.search(others) or (bare and not others):
        return _first(keys, "\n".join(carrying))
    return None


def _first(keys: Keys, text: str) -> tuple[str, str] | None:
    """Return what the first token of a text says; spaces may stand anywhere in it."""
    for match in _TOKEN.finditer(re.sub(r"[\s+]+", "", text)):
        if link := keys.read_link(match[0]):
            return link
    return None


def looks_like_a_request(message: Message) -> bool:
    """Return whether a person seems to ask to leave, so that someone reads the mail."""
    words = f"{received_mail.header(message, 'subject')}\n{received_mail.own_words(message)[:2000]}"
    alone = any(_ALONE.fullmatch(plain(line)) for line in words.splitlines())
    return alone or bool(_LEAVING.search(plain(words)))


def tells_a_departure(message: Message) -> bool:
    """Return whether an automatic answer says that the address will not be read again."""
    words = f"{received_mail.header(message, 'subject')}\n{received_mail.own_words(message)[:2000]}"
    return bool(_GONE_AWAY.search(plain(words)))
