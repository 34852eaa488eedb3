"""What a job reads of the content is noted while it works, and only then."""

from __future__ import annotations

from axtra.content.model import Library, Newsletter
from axtra.site.build.content_reads import note_read, run_watched, watching_content
from support.sample_library import ARTICLE, NUMERO, library

LIBRARY = library(NUMERO, ARTICLE)


def test_attributes_of_items_are_noted_with_their_file() -> None:
    with watching_content():
        title, reads = run_watched(lambda: ARTICLE.title.plain)
    assert title == "Un article"
    assert list(reads.facts) == [("item", ARTICLE.source, "title")]
    assert not reads.incomplete


def test_what_a_property_reads_in_its_turn_is_not_noted() -> None:
    with watching_content():
        _, reads = run_watched(lambda: ARTICLE.minutes)
    assert list(reads.facts) == [("item", ARTICLE.source, "minutes")]


def test_an_answer_of_the_library_is_noted_with_its_arguments() -> None:
    with watching_content():
        answer, reads = run_watched(lambda: LIBRARY.find("absent", Newsletter))
        _, others = run_watched(lambda: LIBRARY.find("autre", Newsletter))
    assert answer is None
    [(kind, method, _)] = reads.facts
    assert (kind, method) == ("answer", "find")
    assert reads.facts != others.facts


def test_an_argument_that_cannot_be_compared_makes_what_was_read_incomplete() -> None:
    with watching_content():
        _, reads = run_watched(lambda: LIBRARY.find(object()))  # type: ignore[arg-type]
    assert reads.incomplete


def test_a_list_of_the_library_is_one_fact() -> None:
    with watching_content():
        numeros, reads = run_watched(lambda: LIBRARY.numeros)
    assert numeros == (NUMERO,)
    assert list(reads.facts) == [("library", "numeros")]


def test_other_facts_are_added_by_name() -> None:
    _, reads = run_watched(lambda: note_read(("file", "index.html")))
    assert list(reads.facts) == [("file", "index.html")]


def test_nothing_is_noted_outside_of_a_job_or_of_the_watch() -> None:
    with watching_content():
        assert ARTICLE.title.plain == "Un article"
        note_read(("file", "a"))
    _, reads = run_watched(lambda: ARTICLE.title)
    assert list(reads.facts) == []
    assert "__getattribute__" not in vars(Library)


def test_a_job_that_fails_leaves_nothing_to_note() -> None:
    def fail() -> None:
        raise ZeroDivisionError

    with watching_content():
        try:
            run_watched(fail)
        except ZeroDivisionError:
            note_read(("file", "a"))
        _, reads = run_watched(lambda: None)
    assert list(reads.facts) == []
