"""Access logs whose truth is known: people, offices, robots, feed readers, pictures, errors."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from axtra.core.dates import ZONE

SITE = "www.axtra.ca"
PAGES = (
    "/", "/magazine/", "/magazine/2019-03/", "/magazine/2019-03/releve/",
    "/nouvelles/un-colloque/", "/publications/avis-stages/", "/trouver/",
)  # fmt: skip
BOOK = "/magazine/2019-03/axe-magazine-2019-03.pdf"
FEED = "/flux/site.xml"
ROBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
READER = "Feedly/1.0 (+http://www.feedly.com/fetcher.html; {} subscribers; like FeedFetcher-Google)"
_BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/{}.0.0.0 Safari/537.36"
)


@dataclass(slots=True)
class Hit:
    """A request: who, when, what, from where."""

    address: str
    moment: datetime
    path: str
    status: int = 200
    referrer: str = ""
    agent: str = _BROWSER.format(72)

    def combined(self) -> str:
        return (
            f"{self.address} - - [{self.moment:%d/%b/%Y:%H:%M:%S %z}] "
            f'"GET {self.path} HTTP/1.1" {self.status} 1234 '
            f'"{self.referrer or "-"}" "{self.agent or "-"}"'
        )

    def nginx(self) -> str:
        return json.dumps(
            {
                "remote_addr": self.address,
                "time_iso8601": self.moment.isoformat(),
                "request": f"GET {self.path} HTTP/2.0",
                "status": str(self.status),
                "http_referer": self.referrer,
                "http_user_agent": self.agent,
            }
        )

    def caddy(self) -> str:
        headers = {"User-Agent": [self.agent]}
        if self.referrer:
            headers["Referer"] = [self.referrer]
        return json.dumps(
            {
                "level": "info",
                "ts": self.moment.timestamp(),
                "request": {
                    "remote_ip": self.address,
                    "client_ip": self.address,
                    "method": "GET",
                    "uri": self.path,
                    "headers": headers,
                },
                "status": self.status,
            }
        )


@dataclass(slots=True)
class Truth:
    """What a log holds, by construction."""

    people: int = 0
    pages: Counter[str] = field(default_factory=Counter)
    whole: list[tuple[str, str, str]] = field(default_factory=list)  # files taken, by browser
    parts: set[tuple[str, str, str]] = field(default_factory=set)
    robots: int = 0
    browsers: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # by day

    @property
    def downloads(self) -> int:
        """Return the files taken, as far as a log tells two people of one browser apart."""
        return len(self.whole) + len(self.parts - {*self.whole})


def generated(lines: int, seed: int = 2019) -> tuple[list[Hit], Truth]:
    """Return about so many requests of March 2019, in no order, and their truth."""
    chance = random.Random(seed)  # noqa: S311 - not a secret
    hits, truth = list[Hit](), Truth()
    while len(hits) < lines:
        start = datetime(2019, 3, chance.randrange(1, 32), tzinfo=ZONE)
        start += timedelta(seconds=chance.randrange(86_000))
        kind = chance.random()
        if kind < 0.06:
            path = chance.choice(PAGES)
            hits.append(Hit(f"66.249.{chance.randrange(99)}.1", start, path, agent=ROBOT))
            truth.robots += 1
        elif kind < 0.08:
            hits.append(Hit("8.8.8.8", start, FEED, agent=READER.format(chance.randrange(9, 17))))
        else:
            hits += _person(chance, start, truth)
    chance.shuffle(hits)
    return hits, truth


def _person(chance: random.Random, start: datetime, truth: Truth) -> Iterator[Hit]:
    """Yield what a person asks for on a day; three in ten are behind the address of an office."""
    truth.people += 1
    numbers = [chance.randrange(1, 255) for _ in range(3)]
    address = f"10.20.30.{chance.randrange(4)}" if chance.random() < 0.3 else (
        f"{chance.randrange(11, 200)}.{'.'.join(map(str, numbers))}"
    )  # fmt: skip
    agent = _BROWSER.format(chance.randrange(60, 76))
    browser = (f"{start:%Y-%m-%d}", address, agent)
    truth.browsers[browser] += 1
    referrer = chance.choice(["", "", "https://www.google.com/", "http://192.168.1.9/accueil"])
    for _ in range(chance.randrange(1, 5)):
        path = chance.choice(PAGES)
        truth.pages[path] += 1
        query = "?courriel=zoe@exemple.test" if chance.random() < 0.1 else ""
        yield Hit(address, start, path + query, chance.choice([200, 200, 304]), referrer, agent)
        referrer = f"https://{SITE}{path}"
        yield Hit(address, start, "/theme/css/axe.0123abcd.css", 200, referrer, agent)
    if chance.random() < 0.1:
        if chance.random() < 0.5:
            truth.whole.append(browser)
            yield Hit(address, start, BOOK, 200, referrer, agent)
        else:
            truth.parts.add(browser)
            for _ in range(3):
                yield Hit(address, start, BOOK, 206, referrer, agent)
    if chance.random() < 0.05:
        yield Hit(address, start, "/nulle-part/", 404, referrer, agent)
