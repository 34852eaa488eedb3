"""Publishing, going back and reading back, at each sort of place."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from axtra.publishing import acts
from axtra.publishing.acts import BuiltSite, HeldPublication, Origin, Published
from axtra.publishing.carriers import Carrier, FalseStore, FileHeaders, FullStore
from axtra.publishing.targets import FolderAddress, Target
from axtra.publishing.turns import LOCK, TurnTaken
from infolettre.core.refusals import Refusal
from support import remote_places
from support.published_places import (
    NOON,
    PLACES,
    REDIRECTS,
    SITEURL,
    LyingCarrier,
    Place,
    crawl,
    first_site,
    folder,
    page,
    second_site,
    write_site,
)
from support.remote_places import Servers

ANNE = Origin("Anne", "a1b2c3d")


@dataclass
class Publisher:
    """A place, and who publishes there at a given moment."""

    place: Place
    base: Path
    moment: datetime = NOON
    carried: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    @property
    def target(self) -> Target:
        return Target("essai", self.place.address, "http://127.0.0.1:9")  # nobody answers there

    def write(
        self, files: dict[str, str], redirects: str = "", named: tuple[str, ...] = ()
    ) -> BuiltSite:
        return write_site(self.base / "construit", files, redirects, named)

    def now(self) -> datetime:
        return self.moment

    def publish(self, site: BuiltSite, *, automatic: bool = False) -> Published:
        self.moment += timedelta(hours=1)
        return acts.publish(
            self.target, site, ANNE, self.now,
            tell=lambda prospect: self.told.append(prospect.plan.words),
            progress=lambda *_: None, automatic=automatic,
        )  # fmt: skip

    def go_back(self, named: tuple[str, ...] = ()) -> Published:
        self.moment += timedelta(hours=1)
        return acts.go_back(
            self.target, SITEURL, named, "Luc", self.now,
            tell=lambda prospect: self.told.append(prospect.plan.words),
            progress=lambda *_: None,
        )  # fmt: skip

    def shown(self) -> dict[str, str]:
        """Return what readers find, but what hosts read."""
        tree = self.place.tree()
        return {name: tree[name].decode() for name in tree if not name.startswith("_")}


EVERYWHERE = pytest.mark.parametrize("publisher", sorted(PLACES), indirect=True)


@pytest.fixture(params=["folder", "ordered", *remote_places.LONG_SORTS])
def publisher(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    servers: Servers,
) -> Publisher:
    if request.param in PLACES:
        return publisher_at(PLACES[request.param](tmp_path), tmp_path, monkeypatch)
    for name, value in servers.join(request.param, tmp_path).items():
        monkeypatch.setenv(name, value)
    return publisher_at(remote_places.place(tmp_path), tmp_path, monkeypatch)


@pytest.fixture
def folder_publisher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Publisher:
    return publisher_at(folder(tmp_path), tmp_path, monkeypatch)


def publisher_at(place: Place, base: Path, monkeypatch: pytest.MonkeyPatch) -> Publisher:
    monkeypatch.setenv("XDG_CACHE_HOME", str(base / "cache"))
    publisher = Publisher(place, base)

    class Watched:
        """Notes which files of the site travel."""

        def __init__(self, carrier: Carrier) -> None:
            self._carrier = carrier

        def put(self, name: str, data: bytes, headers: FileHeaders) -> None:
            if not name.startswith("."):
                publisher.carried.append(re.sub("^versions/[^/]+/", "", name))
            self._carrier.put(name, data, headers)

        def __getattr__(self, name: str) -> object:
            return getattr(self._carrier, name)

    monkeypatch.setattr(acts, "open_carrier", lambda address: Watched(place.open(address)))
    return publisher


@EVERYWHERE
def test_what_is_built_is_online_and_only_what_differs_travels(publisher: Publisher) -> None:
    done = publisher.publish(publisher.write(first_site()))
    assert publisher.shown() == first_site()
    assert done.checked.problems == {}
    publisher.carried.clear()
    publisher.publish(publisher.write(second_site(), REDIRECTS))
    old = {"theme/axe.1.css", "images/b.1.png"}  # a reader may have a page that shows them
    assert publisher.shown() == second_site() | {name: first_site()[name] for name in old}
    assert {*publisher.carried} == {*second_site(), "_redirects"}
    assert (
        publisher.told[1]
        == "2 nouvelles pages, 2 pages changées, 1 redirection, 1 image, 1 fichier"
    )


def test_an_unchanged_publication_puts_no_file_of_the_site(publisher: Publisher) -> None:
    publisher.publish(publisher.write(first_site()))
    publisher.carried.clear()
    done = publisher.publish(publisher.write(first_site()))
    assert done.prospect.unchanged
    assert publisher.carried == []
    assert len(acts.history(publisher.target).history) == 1


def test_a_file_is_deleted_a_release_after_what_showed_it(publisher: Publisher) -> None:
    publisher.publish(publisher.write(first_site()))
    publisher.publish(publisher.write(second_site(), REDIRECTS))
    assert "theme/axe.1.css" in publisher.shown()
    third = second_site() | {"d/index.html": page("/d/", "/a/")}
    publisher.publish(publisher.write(third, REDIRECTS))
    assert publisher.shown() == third


@EVERYWHERE
def test_going_back_gives_the_bytes_of_before_and_holds_automatic_publication(
    publisher: Publisher,
) -> None:
    publisher.publish(publisher.write(first_site()))
    publisher.publish(publisher.write(second_site(), REDIRECTS))
    third = first_site() | {"index.html": page("/", "/a/", words="trois")}
    publisher.publish(publisher.write(third))
    publisher.carried.clear()
    publisher.go_back()
    assert publisher.carried == []  # the place has the bytes
    assert publisher.shown().items() >= second_site().items()
    publisher.go_back()
    assert publisher.shown().items() >= first_site().items()
    with pytest.raises(Refusal, match="aucune parution antérieure"):
        publisher.go_back()
    with pytest.raises(HeldPublication, match="antérieure"):
        publisher.publish(publisher.write(third), automatic=True)
    publisher.publish(publisher.write(third))
    assert publisher.shown().items() >= third.items()
    publisher.publish(publisher.write(second_site(), REDIRECTS), automatic=True)
    lines = acts.history(publisher.target).history
    assert [(line.who, line.returned) for line in lines] == [
        ("Anne", False), ("Anne", False), ("Anne", False), ("Luc", True), ("Luc", True),
        ("Anne", False), ("Anne", False),
    ]  # fmt: skip
    assert {line.commit for line in lines} == {"a1b2c3d"}


def test_publishing_what_is_shown_again_lets_automatic_publication_go_on(
    publisher: Publisher,
) -> None:
    publisher.publish(publisher.write(first_site()))
    publisher.publish(publisher.write(second_site(), REDIRECTS))
    publisher.go_back()
    publisher.publish(publisher.write(first_site()))
    assert not acts.history(publisher.target).held
    publisher.publish(publisher.write(first_site()), automatic=True)


def test_what_a_sent_letter_names_stays_with_all_that_it_leads_to(publisher: Publisher) -> None:
    publisher.publish(publisher.write(first_site()))
    publisher.publish(publisher.write(second_site(), REDIRECTS))
    publisher.go_back(named=("/d/",))
    stays = ("d/index.html", "c/index.html", "images/c.2.png", "theme/axe.2.css")
    assert {name: publisher.shown()[name] for name in stays} == {
        name: second_site()[name] for name in stays
    }
    for words in ("trois", "quatre", "cinq"):  # whatever is published from another machine
        publisher.publish(
            publisher.write(first_site() | {"a/index.html": page("/a/", words=words)})
        )
        assert publisher.shown().keys() >= {*stays}
        assert crawl(publisher.place.read) == []


def test_bytes_of_releases_are_kept_five_times(folder_publisher: Publisher) -> None:
    publisher = folder_publisher
    for number in range(8):
        files = {"index.html": page("/", words=str(number))}
        publisher.publish(publisher.write(files))
    versions = publisher.base / "site" / "versions"
    assert len(list(versions.iterdir())) == 5
    for number in (6, 5, 4, 3):
        publisher.go_back()
        assert f"<p>{number}</p>" in publisher.shown()["index.html"]


def test_nothing_is_written_by_foreseeing(publisher: Publisher) -> None:
    before = sorted(publisher.base.rglob("*"))
    prospect = acts.foresee(publisher.target, publisher.write(first_site()))
    assert prospect.plan.words == "3 nouvelles pages, 1 image, 1 fichier"
    after = {path for path in publisher.base.rglob("*") if "construit" not in path.parts}
    assert {path for path in after if "cache" not in path.parts} == set(before)


# --- links of a letter ---------------------------------------------------------------------------


def test_links_that_readers_would_not_find_are_named_with_the_reason(publisher: Publisher) -> None:
    links = ["/a/", "/b/#un", "/b/#deux", "/images/b.1.png", "/nulle-part/", "/"]
    assert [link for link, _ in acts.missing(publisher.target, SITEURL, links)] == links
    publisher.publish(publisher.write(first_site()))
    assert list(acts.missing(publisher.target, SITEURL, links)) == [
        ("/b/#deux", "n’a pas cet intertitre en ligne"),
        ("/nulle-part/", "n’est pas publié"),
    ]


# --- a place that fails or lies ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lie", "said"),
    [
        (lambda data: data[:-1], "rend d’autres octets"),
        (lambda data: data.replace(b"x", b"y"), "rend d’autres octets"),
        (lambda _: b"", "rend d’autres octets"),
        (lambda _: None, "ne l’a pas"),
    ],
)
def test_a_place_that_lies_about_what_it_stored_is_found_out(
    publisher: Publisher,
    monkeypatch: pytest.MonkeyPatch,
    lie: Callable[[bytes], bytes | None],
    said: str,
) -> None:
    opened = acts.open_carrier
    monkeypatch.setattr(
        acts, "open_carrier", lambda address: LyingCarrier(opened(address), lie, "a/index.html")
    )
    with pytest.raises(FalseStore, match="/a/") as refused:
        publisher.publish(publisher.write(first_site()))
    assert said in refused.value.problem


@pytest.mark.parametrize("sort", ["folder", "ordered"])
def test_what_a_place_lost_is_put_again_by_the_same_command(
    sort: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher = publisher_at(PLACES[sort](tmp_path), tmp_path, monkeypatch)
    publisher.publish(publisher.write(first_site()))
    publisher.publish(publisher.write(second_site(), REDIRECTS))
    root = tmp_path / ("ordre" if sort == "ordered" else "site/courant")
    (root / "c/index.html").unlink()
    (root / "images/b.1.png").unlink()  # it stays a while, and nothing can bring it back
    for site in (publisher.write(second_site(), REDIRECTS),) * 2:
        with pytest.raises(FalseStore, match="/c/ : n’est plus là"):
            publisher.publish(site)
        publisher.publish(site)
        assert publisher.shown().items() >= second_site().items()
        (root / "c/index.html").unlink()


class CarelessCarrier:
    """A carrier to a store that ignores the conditions of a writing, and says so."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier

    def has_certain_lock(self) -> bool:
        return False

    def create(self, name: str, data: bytes) -> bool:
        self._carrier.put(name, data, FileHeaders())
        return True

    def replace(self, name: str, _known: bytes, data: bytes) -> bool:
        return self.create(name, data)

    def __getattr__(self, name: str) -> object:
        return getattr(self._carrier, name)


@pytest.mark.parametrize("sort", ["folder", "ordered"])
@pytest.mark.parametrize("step", [1, 2, 5])
def test_where_the_lock_is_not_certain_the_first_to_see_the_other_stops(
    sort: str, step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher = publisher_at(PLACES[sort](tmp_path), tmp_path, monkeypatch)
    opened = acts.open_carrier
    monkeypatch.setattr(acts, "open_carrier", lambda address: CarelessCarrier(opened(address)))
    assert not publisher.publish(publisher.write(first_site())).certain
    mine = write_site(tmp_path / "autre", second_site(), REDIRECTS)
    theirs = publisher.write(first_site() | {"a/index.html": page("/a/", "/b/", words="à eux")})
    left = [step]

    def intrude(*_: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            publisher.publish(theirs)

    with pytest.raises(TurnTaken, match="une autre publication"):
        acts.publish(
            publisher.target, mine, ANNE, publisher.now, tell=lambda _: None, progress=intrude
        )
    publisher.publish(theirs)
    assert publisher.shown()["a/index.html"] == page("/a/", "/b/", words="à eux")
    assert crawl(publisher.place.read) == []


def test_a_full_disk_stops_a_publication_that_then_goes_on(
    folder_publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher = folder_publisher
    publisher.publish(publisher.write(first_site()))
    real, left = os.fsync, [3]

    def full(descriptor: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FullStore, match="plus de place"):
        publisher.publish(publisher.write(second_site(), REDIRECTS))
    assert publisher.shown() == first_site()
    monkeypatch.setattr(os, "fsync", real)
    publisher.publish(publisher.write(second_site(), REDIRECTS))
    assert publisher.shown().items() >= second_site().items()


def test_a_folder_that_holds_something_else_is_refused_and_kept(
    folder_publisher: Publisher,
) -> None:
    other = folder_publisher.base / "site" / "these.docx"
    other.parent.mkdir()
    other.write_text("x", "utf-8")
    with pytest.raises(Refusal, match=r"these\.docx"):
        folder_publisher.publish(folder_publisher.write(first_site()))
    assert [path.name for path in other.parent.iterdir()] == ["these.docx"]


def test_a_site_is_not_published_into_itself(folder_publisher: Publisher) -> None:
    site = folder_publisher.write(first_site())
    for place in (site.output, site.output / "x", site.output.parent):
        target = Target("x", FolderAddress(place))
        with pytest.raises(Refusal, match="dossier"):
            acts.foresee(target, site)


def test_a_state_that_cannot_be_read_changes_nothing(folder_publisher: Publisher) -> None:
    publisher = folder_publisher
    publisher.publish(publisher.write(first_site()))
    state = publisher.base / "site/.axe/etat.json"
    for text in (
        "",
        "[]",
        "{}",
        '{"format": 99}',
        state.read_text("utf-8").replace("index", "../x"),
    ):
        state.write_text(text, "utf-8")
        with pytest.raises(Refusal, match="ne se lit pas"):
            publisher.publish(publisher.write(second_site(), REDIRECTS))
        assert publisher.shown() == first_site()


# --- one at a time -------------------------------------------------------------------------------


def test_a_second_publisher_is_refused_until_the_lock_is_abandoned(
    folder_publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher = folder_publisher
    with acts.turn(publisher.place.open(publisher.place.address), publisher.now):
        publisher.moment -= timedelta(hours=1)
        with pytest.raises(TurnTaken, match=r"publie ici depuis 12:00") as refused:
            publisher.publish(publisher.write(first_site()))
        assert "12:05" in refused.value.remedy
        monkeypatch.setenv("LOGNAME", "une-autre-personne")
        publisher.moment = NOON + timedelta(minutes=4) - timedelta(hours=1)
        with pytest.raises(TurnTaken):
            publisher.publish(publisher.write(first_site()))
        publisher.moment = NOON + timedelta(minutes=5) - timedelta(hours=1)
        publisher.publish(publisher.write(first_site()))


def test_a_lock_that_was_taken_over_stops_whoever_had_it(folder_publisher: Publisher) -> None:
    publisher = folder_publisher
    carrier = publisher.place.open(publisher.place.address)
    with acts.turn(carrier, publisher.now) as mine:
        publisher.moment += timedelta(seconds=29)
        known = carrier.get(LOCK)
        mine.renew()
        assert carrier.get(LOCK) == known
        publisher.moment += timedelta(seconds=1)
        mine.renew()
        assert carrier.get(LOCK) != known
        carrier.put(LOCK, b"quelqu'un d'autre", FileHeaders())
        publisher.moment += timedelta(seconds=30)
        with pytest.raises(TurnTaken, match="a pris la suite"):
            mine.renew()
    assert carrier.get(LOCK) == b"quelqu'un d'autre"
