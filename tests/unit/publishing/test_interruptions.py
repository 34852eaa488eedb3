"""A publication killed at any step leaves a sound site, and the same command goes on."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from axtra.publishing import acts
from axtra.publishing.acts import BuiltSite
from axtra.publishing.targets import Target
from support import publishing_process, remote_places
from support.published_places import (
    PLACES,
    REDIRECTS,
    Place,
    crawl,
    first_site,
    page,
    second_site,
    write_site,
)
from support.remote_places import Servers

NEVER = 0  # a step that does not come
ANOTHER = 1_000  # added to a rank: a site that was not published before


def third_site() -> dict[str, str]:
    """Return the second site with an article that leads to a new one, and one less."""
    changed = {
        "index.html": page("/", "/c/", "/e/", "/theme/axe.2.css"),
        "a/index.html": page("/a/", "/e/", "/c/#trois"),
        "c/index.html": page("/c/", "/", "/a/", "/images/c.2.png", anchors=["trois"]),
        "e/index.html": page("/e/", "/a/", "/images/e.3.png"),
        "images/e.3.png": "encore une image",
    }
    return {
        name: text for name, text in (second_site() | changed).items() if name != "d/index.html"
    }


class Trial:
    """A place with the first site, where others are published."""

    def __init__(self, sort: str, base: Path) -> None:
        self.sort = sort
        self.base = base
        self.place: Place = (PLACES | remote_places.PLACES)[sort](base)
        self.complete(self.site(0))

    def site(self, rank: int) -> BuiltSite:
        """Write the site of a rank, none of whose pages is in another."""
        files = (first_site, second_site, third_site)[rank % 3]()
        own = {name: text.replace("<p>", f"<p>{rank} ") for name, text in files.items()}
        return write_site(self.base / "construit", own, REDIRECTS if rank % 3 else "")

    def run(self, site: BuiltSite, last: int, pause: float = 0, after: float | None = None) -> bool:
        """Publish in another process, crawling all the while; return whether it was killed.

        Args:
            site: what to publish.
            last: the step at which the process kills itself.
            pause: seconds that it waits at each file.
            after: seconds after which it is killed from here.
        """
        process = publishing_process.start(self.sort, self.base, site, last, pause)
        begun = time.monotonic()
        while process.is_alive():
            passed = time.monotonic() - begun
            if after is not None and passed > after:
                process.kill()
            assert passed < 120, "the publication does not end"
            self.crawl()
            process.join(0.01)
        self.crawl()
        assert process.exitcode in {0, -signal.SIGKILL}
        return process.exitcode != 0

    def crawl(self) -> None:
        assert crawl(self.place.read) == []

    def complete(self, site: BuiltSite) -> None:
        """Publish a site to the end; readers find it and nothing else but what stays a while."""
        assert not self.run(site, NEVER)
        shown = self.place.tree()
        built = {
            path.relative_to(site.output).as_posix(): path.read_bytes()
            for path in site.output.rglob("*")
            if path.is_file() and not path.name.startswith(".")
        }
        assert shown.items() >= built.items()
        assert {name for name in shown.keys() - built.keys() if name.endswith(".html")} == set()
        target = Target("essai", self.place.address)
        assert acts.history(target).going is None


def kill(trial: Trial, steps: Iterable[int]) -> int:
    """Kill publications at these steps, each of another site; return how many were killed."""
    killed = 0
    for rank, step in enumerate(steps, 1):
        killed += trial.run(trial.site(rank), step)
        if rank % 4 == 0:
            trial.complete(trial.site(rank + ANOTHER))
    trial.complete(trial.site(ANOTHER))
    return killed


@pytest.fixture
def trial(sort: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, servers: Servers) -> Trial:
    """Return a trial at a place of a sort."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    if sort in remote_places.PLACES:
        for name, value in servers.join(sort, tmp_path).items():
            monkeypatch.setenv(name, value)
    return Trial(sort, tmp_path)


@pytest.mark.parametrize(
    ("sort", "steps"),
    [
        ("folder", (1, 4, 9, 14, 17)),
        ("ordered", (3, 8, 13, 11, 12, 5)),
        ("branch", (12,)),
        pytest.param("sftp-ordered", (11,), marks=pytest.mark.lourd),
        ("s3", (8,)),
    ],
)
def test_a_killed_publication_leaves_a_sound_site_and_goes_on(
    trial: Trial, steps: tuple[int, ...]
) -> None:
    assert kill(trial, steps) >= max(1, len(steps) - 1)


# Without a rename that replaces, a reader misses a file for the time of a request.
EVERYWHERE = sorted({*PLACES, *remote_places.PLACES} - {"sftp-bare"})


@pytest.mark.eprouve
@pytest.mark.parametrize("sort", EVERYWHERE)
def test_a_publication_killed_at_each_step(trial: Trial) -> None:
    drawn = random.Random(7)  # noqa: S311 - not a secret
    steps = [*range(1, 17), *(drawn.randrange(1, 15) for _ in range(100))]
    assert kill(trial, steps) > len(steps) * 0.8


@pytest.mark.eprouve
@pytest.mark.parametrize("sort", EVERYWHERE)
def test_a_publication_killed_from_outside_at_any_moment(trial: Trial) -> None:
    drawn = random.Random(8)  # noqa: S311 - not a secret
    for rank in range(100):
        trial.run(trial.site(rank), NEVER, pause=0.01, after=drawn.uniform(0, 0.5))
        if rank % 5 == 4:
            trial.complete(trial.site(rank + ANOTHER))


@pytest.mark.parametrize("sort", ["ordered"])
def test_the_crawler_sees_a_page_that_comes_too_early(trial: Trial, tmp_path: Path) -> None:
    home = tmp_path / "ordre/index.html"
    home.write_text(page("/", "/c/"), "utf-8")
    assert crawl(trial.place.read) == ["index.html → https://www.axtra.ca/c/"]
