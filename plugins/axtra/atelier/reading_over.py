"""What the screen of a text shows of its review, and what is done there with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from axtra.atelier import passages
from axtra.atelier.app import Atelier
from axtra.atelier.reviews import LIVES, Comment, Link, Reviews
from axtra.atelier.roles import Act, Person
from axtra.atelier.texts import OpenedText

SHARE, END, ANSWER, SETTLE, REOPEN = "relecture", "clore-", "repondre-", "regler-", "rouvrir-"
DAYS, SAID = "relecture-jours", "reponse-"
_EXCERPT = 90  # characters


@dataclass(frozen=True, slots=True)
class Placed:
    """A comment where its paragraph is now.

    Attributes:
        comment: what was said.
        line: the first line of the paragraph in the body; None outside of the body.
        label: what the passage is when it is in the header; "" in the body.
        lost: whether the passage is no longer in the text.
        excerpt: the beginning of the passage.
    """

    comment: Comment
    line: int | None
    label: str
    lost: bool
    excerpt: str


@dataclass(frozen=True, slots=True)
class ReadingOver:
    """The review of a text as its screen shows it: what is open, what is settled, the links."""

    links: tuple[tuple[Link, str], ...]
    still: tuple[Placed, ...]
    settled: tuple[Placed, ...]
    lives: tuple[int, ...] = LIVES


def shown(atelier: Atelier, opened: OpenedText, home: str) -> ReadingOver:
    """Return the review of a text.

    Args:
        atelier: that of whoever looks.
        opened: the text as the form shows it.
        home: the address of the atelier, which those of links start with.
    """
    name, person = opened.entry.name, atelier.person
    everything = person.may(Act.READ_OTHERS) or name in atelier.own.of(person)

    def reads(thing: Link | Comment) -> bool:
        """Return whether it is of a version that this person may read."""
        sharer = thing.address if isinstance(thing, Link) else thing.shared_by
        return everything or sharer == person.address

    header = _header(opened)
    body = list(passages.of_source(opened.text.body))
    candidates = [*(words for _, words in header), *(passage.words for passage in body)]
    placed = []
    for comment in atelier.reviews.comments(name):
        if not reads(comment):
            continue
        at = passages.find(comment.passage, comment.rank, candidates)
        cut = comment.passage[:_EXCERPT]
        excerpt = cut if cut == comment.passage else f"{cut}…"
        label = header[at][0] if at is not None and at < len(header) else ""
        line = body[at - len(header)].line if at is not None and not label else None
        placed.append(Placed(comment, line, label, at is None, excerpt))
    placed.sort(key=lambda place: (place.lost, place.line or 0))
    return ReadingOver(
        tuple(
            (link, f"{home}/relecture/{link.secret}" if link.secret else "")
            for link in atelier.reviews.links(name)
            if reads(link)
        ),
        tuple(place for place in placed if not place.comment.settled),
        tuple(place for place in placed if place.comment.settled),
    )


def _header(opened: OpenedText) -> list[tuple[str, str]]:
    """Pair the label of the title and of the summary of a text with its words."""
    wanted = ("title", "summary", "preheader")
    shown = opened.fields or {}
    keys = [key for key in opened.entry.kind.keys if key.attribute in wanted]
    return [(key.label, shown[key.name]) for key in keys if shown.get(key.name)]


def act(
    reviews: Reviews, name: str, person: Person, asked: str, fields: Mapping[str, str]
) -> str | None:
    """Do what a button of the review of a text asks.

    Args:
        reviews: those of the project.
        name: the file of the text.
        person: who asks.
        asked: the value of the button.
        fields: of the form.

    Returns:
        What the screen says then; None when the button is not one of these.

    Raises:
        Refusal: an answer is empty or too long, or there are too many links.
    """
    if asked == SHARE:
        days = next((n for n in LIVES if str(n) == fields.get(DAYS)), LIVES[1])
        reviews.share(name, person, days)
        return "partage"
    if asked.startswith(END):
        reviews.end(name, asked.removeprefix(END))
        return "clos"
    if asked.startswith(ANSWER):
        mark = asked.removeprefix(ANSWER)
        found = reviews.answer(name, mark, person.name, fields.get(f"{SAID}{mark}", ""))
        return "repondu" if found else "sans-commentaire"
    if asked.startswith((SETTLE, REOPEN)):
        again = asked.startswith(REOPEN)
        mark = asked.removeprefix(REOPEN if again else SETTLE)
        found = reviews.settle(name, mark, "" if again else person.name)
        return ("rouvert" if again else "regle") if found else "sans-commentaire"
    return None
