"""Announcing a text: the words for each network within its length, and what was announced where."""

from __future__ import annotations

import json
import re
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from pathlib import Path

from axtra.subscribers.private_folder import make_private
from infolettre.core.refusals import Refusal
from infolettre.core.whole_files import write_whole

_FEWEST = 5  # words of a chapeau that are worth showing
_LIGHT = ((0, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
_X_LINK = 23
_LOOKS_LIKE_LINK = re.compile(r"\S+\.[^\W\d_]{2,}\S*")
_WORD = re.compile(r"[^\W_]+")
_PAUSES = " \u00a0\u202f,;:.!?–—-"
_PAIRS = (("«", "»"), ("(", ")"), ("“", "”"), ("[", "]"))


def code_points(text: str) -> int:
    """Count the code points of the composed text: at least its graphemes, and as many in French.

    Bluesky counts graphemes, and a link whole: the lexicon app.bsky.feed.post sets
    `maxGraphemes` to 300 (github.com/bluesky-social/atproto).
    """
    return len(unicodedata.normalize("NFC", text))


def code_units(text: str) -> int:
    """Count as a browser's field does: an emoji is two.

    No network of Meta or Microsoft documents its unit; this one is the largest of those in use.
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def x_weight(text: str) -> int:
    """Count as X does: a link is 23, what is outside of four ranges is 2, all else is 1.

    What merely looks like a link (« axtra.ca ») may become one: it counts as the longer of both.
    A series of code points that makes one emoji counts here for each, never for less than X says.
    Source: docs.x.com/fundamentals/counting-characters; twitter-text, config/v3.json.
    """
    text = unicodedata.normalize("NFC", text)
    links = _LOOKS_LIKE_LINK.findall(text)
    others = _LOOKS_LIKE_LINK.sub("", text)
    linked = (_X_LINK if "://" in link else max(_X_LINK, _weight(link)) for link in links)
    return _weight(others) + sum(linked)


def _weight(text: str) -> int:
    return sum(1 if any(a <= ord(sign) <= z for a, z in _LIGHT) else 2 for sign in text)


@dataclass(frozen=True, slots=True)
class Network:
    """Where a text is announced.

    Attributes:
        mark: its name in a form and in the notes.
        name: its name for a reader.
        limit: the most that `count` may say of a text; 0 for no limit.
        tags: the most keywords that follow a text.
    """

    mark: str
    name: str
    limit: int
    count: Callable[[str], int]
    tags: int


# Lengths: the help pages of each network, as public guides quote them (November 2026): Facebook
# 63,206; LinkedIn 3,000; Instagram 2,200 and 30 keywords. Few keywords elsewhere is our choice.
NETWORKS = (
    Network("facebook", "Facebook", 63_206, code_units, 3),
    Network("linkedin", "LinkedIn", 3_000, code_units, 5),
    Network("instagram", "Instagram", 2_200, code_units, 30),
    Network("bluesky", "Bluesky", 300, code_points, 3),
    Network("x", "X", 280, x_weight, 2),
    Network("courriel", "Courriel", 0, code_points, 0),
)


def announcement(
    network: Network, title: str, summary: str, link: str, keywords: Iterable[str]
) -> str:
    """Return a text for a network: title, chapeau, link and keywords, within its length.

    What is too long goes in this order: the end of the chapeau, the keywords, the chapeau, the end
    of the title, the title. The link always stays, and a word is there whole or not at all.

    Args:
        network: where it is read.
        title: plain text.
        summary: plain text, which may be empty.
        link: the address of the page.
        keywords: as editors write them.
    """
    tags = list(hashtags(keywords))[: network.tags]
    title, summary = _one_line(title), _one_line(summary)

    def candidates() -> Iterator[str]:
        for some in (tags[:most] for most in range(len(tags), -1, -1)):
            for words in [summary, *_shortened(summary, _FEWEST)]:
                yield _paragraphs(title, words, link, " ".join(some))
        for words in [title, *_shortened(title, 1)]:
            yield _paragraphs(words, link)

    fits = (made for made in candidates() if not network.limit or _fits(network, made))
    return next(fits, link)


def _fits(network: Network, text: str) -> bool:
    return network.count(text) <= network.limit


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(filter(None, parts))


def _one_line(text: str) -> str:
    return re.sub(r"[ \t\r\n]+", " ", text).strip()


def _shortened(text: str, fewest: int) -> Iterator[str]:
    """Yield a text cut before its last words, the longest first; « 10 % » is one word.

    What would be cut inside of quotation marks or parentheses is cut before them.
    """
    starts = list(accumulate(text.split(" "), lambda before, word: f"{before} {word}"))
    for start in reversed(starts[fewest - 1 : -1]):
        if all(start.count(a) == start.count(z) for a, z in _PAIRS):
            yield f"{start.rstrip(_PAUSES)}\u00a0…"


def hashtags(keywords: Iterable[str]) -> Iterator[str]:
    """Yield each keyword once as a network reads it: « économie sociale », #ÉconomieSociale.

    Accents stay; a capital begins each word, for eyes and screen readers. Digits alone are no
    hashtag anywhere.
    """
    seen = set[str]()
    for keyword in keywords:
        words = _WORD.findall(unicodedata.normalize("NFC", keyword))
        tag = "".join(word[0].upper() + word[1:] for word in words)
        if tag and not tag.isdigit() and tag.casefold() not in seen:
            seen.add(tag.casefold())
            yield f"#{tag}"


class AnnouncementNotes:
    """What was announced, where and when, by the names of files and the marks of networks.

    Args:
        folder: where it is kept; private, and made when first used.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "annonces.json"
        self._lock = threading.Lock()

    def all(self) -> Mapping[str, Mapping[str, datetime]]:
        """Return the moments of every announcement.

        Raises:
            Refusal: the notes cannot be read.
        """
        try:
            kept = json.loads(self._path.read_bytes())
            return {
                name: {mark: datetime.fromisoformat(moment) for mark, moment in moments.items()}
                for name, moments in kept.items()
            }
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, AttributeError):
            raise Refusal(
                f"« {self._path.name} », qui note ce qui est annoncé, ne se lit pas.",
                f"Restaurez ce fichier d’une sauvegarde, ou renommez-le :\n{self._path}",
            ) from None

    def note(self, name: str, mark: str, moment: datetime | None) -> None:
        """Note when a text was announced on a network; None to note that it was not.

        Raises:
            Refusal: the notes cannot be read; nothing is changed.
        """
        with self._lock:
            notes = {text: dict(moments) for text, moments in self.all().items()}
            moments = notes.setdefault(name, {})
            if moment is None:
                moments.pop(mark, None)
            else:
                moments[mark] = moment
            kept = {
                text: {mark: moment.isoformat() for mark, moment in moments.items()}
                for text, moments in notes.items()
                if moments
            }
            make_private(self._path.parent)
            write_whole(self._path, json.dumps(kept, ensure_ascii=False, indent=1).encode())
