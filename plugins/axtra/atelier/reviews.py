"""What people without an account read and say of a text: links that end, comments by paragraph.

They are kept in the data folder, beside what waits, and never in the text.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from filelock import FileLock

from axtra.atelier.roles import Act, Person
from axtra.atelier.set_aside import fingerprint
from axtra.subscribers.private_folder import make_private
from infolettre.core.refusals import Refusal
from infolettre.core.whole_files import write_whole

REVIEWS = "relectures"  # the name of their folder
LIVES = (3, 14, 30)  # days that a link may live
MOST_NAME, MOST_WORDS = 80, 3_000  # characters
_MARK = 12  # signs of a hash
_MOST_PASSAGE = 2_000  # characters of the paragraph, to find it again
_MOST_LINKS, _MOST_COMMENTS = 20, 300  # of a text that are kept at once
_AT_ONCE, _WHILE = 30, timedelta(minutes=10)  # comments that a link takes in a while


class TooManyError(Refusal):
    """A link takes no more comments for now."""


@dataclass(frozen=True, slots=True)
class Link:
    """An address under which a text is read without an account, until `end`.

    The person of a name and an address shared it; `alone` when they see their own versions only.
    Its secret is kept as a hash; "" where whoever made the link has gone.
    """

    hash: str
    text: str
    person: str
    address: str
    alone: bool
    start: datetime
    end: datetime
    secret: str = ""

    @property
    def mark(self) -> str:
        """Return what names it in a comment; it opens nothing."""
        return self.hash[:_MARK]


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody of the newsroom answers to a comment."""

    person: str
    words: str
    moment: datetime


@dataclass(frozen=True, slots=True)
class Comment:
    """What a reader says of a paragraph.

    Attributes:
        mark: what names it.
        link: the mark of the link that it came by.
        shared_by: the address of whoever shared it.
        name: who says it, as typed.
        words: what is said.
        passage: the words of the paragraph, as they were then.
        rank: the place of the paragraph, from 0.
        moment: when.
        answers: of the newsroom, in order.
        settled: who of the newsroom settled it; "" while it is open.
    """

    mark: str
    link: str
    shared_by: str
    name: str
    words: str
    passage: str
    rank: int
    moment: datetime
    answers: tuple[Answer, ...] = ()
    settled: str = ""


class Reviews:
    """The links and comments of a project.

    Args:
        folder: where they are kept; private, and made when first used.
        clock: returns the present.
    """

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        self._folder, self._clock = folder, clock
        self._made: dict[str, str] = {}  # the secrets of the links made since, by their hashes

    # --- links -----------------------------------------------------------------------------------

    def share(self, text: str, person: Person, days: int) -> Link:
        """Return a new link to a text, which lives for some days.

        Raises:
            Refusal: the text has many links already.
        """
        now = self._clock()
        with self._alone():
            links = [link for link in self._links() if link.end > now]
            if sum(link.text == text for link in links) >= _MOST_LINKS:
                raise Refusal(
                    f"ce texte a déjà {_MOST_LINKS} liens de relecture.", "Mettez fin à l’un d’eux."
                )
            alone, end = not person.may(Act.READ_OTHERS), now + timedelta(days=days)
            secret = secrets.token_urlsafe(32)
            key = fingerprint(secret.encode())
            made = Link(key, text, person.name, person.address, alone, now, end)
            self._write("liens", [*links, made])
            self._made[key] = secret
        return replace(made, secret=secret)

    def end(self, text: str, mark: str) -> None:
        """End the links of a text that have a mark."""
        with self._alone():
            links = self._links()
            kept = [link for link in links if (link.text, link.mark) != (text, mark)]
            if kept != links:
                self._write("liens", kept)

    def end_all(self, address: str = "") -> None:
        """End every link, or those that a person shared."""
        with self._alone():
            links = self._links()
            kept = [link for link in links if address and link.address != address]
            if kept != links:
                self._write("liens", kept)

    def links(self, text: str) -> list[Link]:
        """List the links of a text that still open it, the oldest first.

        The secret of those that were made since the atelier started is there too.
        """
        now = self._clock()
        found = (link for link in self._links() if link.text == text and link.end > now)
        return [replace(link, secret=self._made.get(link.hash, "")) for link in found]

    def link(self, secret: str) -> Link | None:
        """Return the link of a secret; None when it opens nothing, or no longer does."""
        given, now = fingerprint(secret.encode()), self._clock()
        known = (link for link in self._links() if hmac.compare_digest(link.hash, given))
        return next((replace(link, secret=secret) for link in known if link.end > now), None)

    # --- comments --------------------------------------------------------------------------------

    def comments(self, text: str) -> list[Comment]:
        """List what was said of a text, in order."""
        return [_comment(record) for record in self._read(_place(text))]

    def counts(self) -> dict[str, int]:
        """Map each text that has comments to settle to their number."""
        still = {
            text: sum(not comment.settled for comment in self.comments(text))
            for text in self._texts()
        }
        return {text: number for text, number in still.items() if number}

    def _texts(self) -> list[str]:
        top = self._folder / "commentaires"
        paths = top.rglob("*.json") if top.is_dir() else ()
        return sorted(path.relative_to(top).as_posix().removesuffix(".json") for path in paths)

    def say(self, link: Link, name: str, words: str, passage: str, rank: int) -> Comment:
        """Keep a comment that came by a link.

        Raises:
            Refusal: it says nothing, nobody signs it, or it is too long.
            TooManyError: the link, or the text, has too many.
        """
        name, words, now = " ".join(name.split()), words.strip(), self._clock()
        _require(name, MOST_NAME, "votre nom", "le nom")
        _require(words, MOST_WORDS, "le commentaire", "le commentaire")
        with self._alone():
            kept = self.comments(link.text)
            said = (link.mark, name, words, passage[:_MOST_PASSAGE])
            for comment in kept:
                if (comment.link, comment.name, comment.words, comment.passage) == said:
                    return comment  # the button was pressed twice
            recent = [c for c in kept if c.link == link.mark and c.moment > now - _WHILE]
            if len(recent) >= _AT_ONCE or len(kept) >= _MOST_COMMENTS:
                raise TooManyError(
                    "ce texte a reçu beaucoup de commentaires.",
                    "Attendez dix minutes, ou écrivez à la personne qui vous a donné le lien.",
                )
            mark, kept_passage = secrets.token_hex(6), passage[:_MOST_PASSAGE]
            made = Comment(mark, link.mark, link.address, name, words, kept_passage, rank, now)
            self._write(_place(link.text), [*kept, made])
        return made

    def answer(self, text: str, mark: str, person: str, words: str) -> bool:
        """Answer a comment; return whether there is such a comment.

        Raises:
            Refusal: the answer is empty, or too long.
        """
        words = words.strip()
        _require(words, MOST_WORDS, "la réponse", "la réponse")
        made = Answer(person, words, self._clock())
        return self._change(
            text, mark, lambda comment: replace(comment, answers=(*comment.answers, made))
        )

    def settle(self, text: str, mark: str, person: str) -> bool:
        """Say that a comment is settled, or open it again with no person; False as above."""
        return self._change(text, mark, lambda comment: replace(comment, settled=person))

    def forget(self, address: str, name: str, nobody: str) -> None:
        """End the links of a person, and put other words in place of their name."""
        if not self._folder.is_dir():
            return
        with self._alone():
            self._write("liens", [link for link in self._links() if link.address != address])
            for text in self._texts():
                kept = [_without(comment, address, name, nobody) for comment in self.comments(text)]
                self._write(_place(text), kept)

    def _change(self, text: str, mark: str, change: Callable[[Comment], Comment]) -> bool:
        with self._alone():
            kept = self.comments(text)
            if all(comment.mark != mark for comment in kept):
                return False
            self._write(
                _place(text),
                [change(comment) if comment.mark == mark else comment for comment in kept],
            )
        return True

    # --- files -----------------------------------------------------------------------------------

    def _alone(self) -> FileLock:
        make_private(self._folder)
        return FileLock(self._folder / "verrou")

    def _links(self) -> list[Link]:
        return [_link(record) for record in self._read("liens")]

    def _read(self, name: str) -> list[dict[str, Any]]:
        path = self._folder / f"{name}.json"
        return list(json.loads(path.read_bytes())) if path.is_file() else []

    def _write(self, name: str, kept: Iterable[Link | Comment]) -> None:
        records = [asdict(thing) for thing in kept]
        data = json.dumps(records, ensure_ascii=False, default=datetime.isoformat)
        write_whole(self._folder / f"{name}.json", data.encode())


def _require(typed: str, most: int, lacking: str, long: str) -> None:
    if not typed:
        raise Refusal(f"il manque {lacking}.")
    if len(typed) > most:
        raise Refusal(f"{long} est trop long : {most} caractères au plus.")


def _without(comment: Comment, address: str, name: str, nobody: str) -> Comment:
    """Return a comment without the name of somebody of the newsroom."""
    answers = tuple(
        replace(answer, person=nobody) if answer.person == name else answer
        for answer in comment.answers
    )
    return replace(
        comment,
        answers=answers,
        settled=nobody if comment.settled == name else comment.settled,
        shared_by="" if comment.shared_by == address else comment.shared_by,
    )


def _place(text: str) -> str:
    return f"commentaires/{text}"


def _link(record: dict[str, Any]) -> Link:
    if "hash" not in record:  # of an earlier version
        record = {**record, "hash": fingerprint(record["secret"].encode()), "secret": ""}
    moments = {name: datetime.fromisoformat(record[name]) for name in ("start", "end")}
    return Link(**{**record, **moments})


def _comment(record: dict[str, Any]) -> Comment:
    answers = tuple(
        Answer(**{**answer, "moment": datetime.fromisoformat(answer["moment"])})
        for answer in record["answers"]
    )
    moment = datetime.fromisoformat(record["moment"])
    return Comment(**{**record, "answers": answers, "moment": moment})
