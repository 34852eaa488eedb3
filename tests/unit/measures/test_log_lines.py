"""The lines of access logs, in each format."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from axtra.measures import log_lines
from axtra.measures.requests_of_readers import Sort, understand
from support.access_logs import BOOK, FEED, READER, ROBOT, Hit

LATE = datetime(2019, 3, 31, 23, 59, 58, tzinfo=timezone(timedelta(hours=-4)))
VIRTUAL = (
    "www.axtra.ca:443 2001:db8::1 - - [31/Mar/2019:23:59:58 -0400] "
    '"GET / HTTP/2" 200 12 "-" "Mozilla/5.0 \\"x\\""'
)
HIT = Hit("203.0.113.9", LATE, "/magazine/?q=1", referrer="https://www.google.com/")


@pytest.mark.parametrize("text", [HIT.combined(), HIT.nginx(), HIT.caddy()])
def test_each_format_says_the_same(text: str) -> None:
    line = log_lines.read(text)
    assert line is not None
    assert (line.address, line.day) == ("203.0.113.9", "2019-03-31")
    assert (line.method, line.target, line.status) == ("GET", "/magazine/?q=1", 200)
    assert line.referrer == "https://www.google.com/"
    assert line.agent.startswith("Mozilla/5.0")


def test_a_day_is_that_of_the_zone_of_the_log() -> None:
    far = LATE.astimezone(timezone(timedelta(hours=9)))
    for text in (Hit("1.2.3.4", far, "/").combined(), Hit("1.2.3.4", far, "/").nginx()):
        line = log_lines.read(text)
        assert line is not None
        assert line.day == "2019-04-01"


@pytest.mark.parametrize(
    "text",
    [
        VIRTUAL,
        '2001:db8::1 - zoe roy [31/Mar/2019:23:59:58 -0400] "GET / HTTP/2" 200 - "-" "Mozilla"',
    ],
)
def test_hosts_users_and_quotation_marks_do_not_matter(text: str) -> None:
    line = log_lines.read(text)
    assert line is not None
    assert (line.address, line.target) == ("2001:db8::1", "/")


@pytest.mark.parametrize(
    "text", ["", "bonjour", "{", "[]", '{"a": 1}', '{"request": {}}', '1.2.3.4 - - [x] "GET"']
)
def test_other_lines_are_left_out(text: str) -> None:
    assert log_lines.read(text) is None


def sort_of(hit: Hit) -> Sort:
    line = log_lines.read(hit.combined())
    assert line is not None
    return understand(line, {"axtra.ca"}).sort


def test_a_request_is_a_page_a_file_a_feed_a_robot_or_none_of_these() -> None:
    sorts = {
        "/": Sort.PAGE,
        "/magazine/2019-03/index.html": Sort.PAGE,
        BOOK: Sort.DOWNLOAD,
        FEED: Sort.FEED,
        "/theme/css/axe.css": Sort.OTHER,
        "/desabonnement/abc": Sort.OTHER,
        "/x/zoe@exemple.test/": Sort.OTHER,
        f"/y/{'a' * 26}.membres.{'b' * 43}/": Sort.OTHER,
    }
    for path, sort in sorts.items():
        assert sort_of(Hit("1.2.3.4", LATE, path)) is sort, path
    assert sort_of(Hit("1.2.3.4", LATE, "/", 404)) is Sort.OTHER
    assert sort_of(Hit("1.2.3.4", LATE, BOOK, 206)) is Sort.PARTIAL
    for agent in (ROBOT, "", "curl/8.5.0", "python-requests/2.31"):
        assert sort_of(Hit("1.2.3.4", LATE, "/", agent=agent)) is Sort.ROBOT, agent
    line = log_lines.read(Hit("1.2.3.4", LATE, FEED, agent=READER.format(16)).combined())
    assert line is not None
    feed = understand(line, set())
    assert (feed.service, feed.subscribers) == ("Feedly", 16)


def test_where_a_reader_comes_from_names_nobody() -> None:
    for referrer, origin, inner in (
        ("https://www.axtra.ca/magazine/?q=zoe", "", True),
        ("https://www.google.com/search?q=zoe", "google.com", False),
        ("http://192.168.1.9/", "", False),
        ("http://[2001:db8::1]/", "", False),
        ("android-app://com.exemple/", "com.exemple", False),
        ("http://[x", "", False),
    ):
        line = log_lines.read(Hit("1.2.3.4", LATE, "/", referrer=referrer).nginx())
        assert line is not None
        request = understand(line, {"axtra.ca"})
        assert (request.origin, request.inner) == (origin, inner), referrer
