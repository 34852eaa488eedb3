"""The contract of carriers, held by each of them on a real place.

To hold another carrier to it, add the function that makes its place to PLACES.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeAlias

import pytest

from axtra.publishing.carriers import Carrier, FileHeaders, open_carrier
from axtra.publishing.targets import Address, BranchAddress, FolderAddress
from support import remote_places
from support.remote_places import Servers

PAGE = FileHeaders("text/html; charset=utf-8")
LOCK = ".axe/verrou"

Place: TypeAlias = Callable[[], Carrier]  # opens the same place again at each call


def folder_place(base: Path) -> Address:
    return FolderAddress(base / "site publié")


def branch_place(base: Path) -> Address:
    repository = base / "dépôt.git"
    subprocess.run(["/usr/bin/git", "init", "--bare", "--quiet", repository], check=True)
    return BranchAddress(str(repository), "gh-pages")


PLACES: dict[str, Callable[[Path], Address]] = {"branch": branch_place, "folder": folder_place}


@pytest.fixture(params=[*sorted(PLACES), *remote_places.SORTS])
def place(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    servers: Servers,
) -> Iterator[Place]:
    """Return what opens a place, empty at first."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    if request.param in PLACES:
        address = PLACES[request.param](tmp_path)
    else:
        for name, value in servers.join(request.param, tmp_path).items():
            monkeypatch.setenv(name, value)
        address = remote_places.place(tmp_path).address
    opened: list[Carrier] = []

    def again() -> Carrier:
        opened.append(open_carrier(address))
        if len(opened) == 1:
            opened[-1].has_certain_lock()  # so that the form of the place is known
        return opened[-1]

    yield again
    for carrier in opened:
        carrier.close()


def root(carrier: Carrier, version: str = "v1") -> str:
    """Return where the files of a version are."""
    return f"versions/{version}/" if carrier.atomic else ""


def show(carrier: Carrier, version: str = "v1") -> None:
    if carrier.atomic:
        carrier.swap(version, f"Publication {version}")


def test_an_empty_place_holds_nothing(place: Place) -> None:
    carrier = place()
    assert list(carrier.names("")) == []
    assert carrier.get("index.html") is None
    assert carrier.get(".axe/etat.json") is None
    assert carrier.current() == ""
    assert carrier.lanes >= 1


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("index.html", b"<p>x</p>"),
        ("a/b/c.html", b""),
        ("documents/été à Québec.pdf", bytes(range(256)) * 5_000),
        ("a/L’avenir & l’emploi.txt", b"\r\n\n"),
        ("a/%20+.txt", b"x"),
    ],
)
def test_what_is_put_is_read_back(place: Place, name: str, data: bytes) -> None:
    carrier = place()
    carrier.put(root(carrier) + name, data, PAGE)
    carrier.put(f".axe/{name}", data, FileHeaders())
    show(carrier)
    again = place()
    assert again.get(root(again) + name) == data
    assert again.get(f".axe/{name}") == data
    assert list(again.names(".axe/")) == [f".axe/{name}"]
    assert root(again) + name in list(again.names(root(again)))


def test_a_put_replaces(place: Place) -> None:
    carrier = place()
    for data in (b"un", b"deux deux", b"3"):
        carrier.put(root(carrier) + "a.html", data, PAGE)
        assert carrier.get(root(carrier) + "a.html") == data


def test_a_prefix_selects_whole_folders(place: Place) -> None:
    carrier = place()
    for name in ("a/x.html", "ab/y.html", "a/b/z.html"):
        carrier.put(f".axe/{name}", b"x", FileHeaders())
    assert sorted(carrier.names(".axe/a/")) == [".axe/a/b/z.html", ".axe/a/x.html"]


def test_a_copy_is_independent_of_its_source(place: Place) -> None:
    carrier = place()
    source, copied = root(carrier) + "a.html", root(carrier, "v2") + "b.html"
    carrier.put(source, b"un", PAGE)
    show(carrier)
    carrier = place()
    carrier.copy(source, copied, PAGE)
    carrier.copy(source, copied, PAGE)
    carrier.put(source, b"deux", PAGE)
    assert (carrier.get(source), carrier.get(copied)) == (b"deux", b"un")
    carrier.delete([source])
    assert (carrier.get(source), carrier.get(copied)) == (None, b"un")


def test_deleting_leaves_the_others_and_ignores_what_is_absent(place: Place) -> None:
    carrier = place()
    names = [f"{root(carrier)}{name}" for name in ("a/x.html", "a/y.html", "b/z.html")]
    for name in names:
        carrier.put(name, b"x", PAGE)
    carrier.delete([names[0], names[2], f"{root(carrier)}a/nowhere.html"])
    show(carrier)
    assert [name for name in place().names(root(carrier)) if "/." not in name] == [names[1]]


def test_a_file_is_created_once(place: Place) -> None:
    first, second = place(), place()
    assert first.create(LOCK, b"moi")
    assert not second.create(LOCK, b"toi")
    assert not first.create(LOCK, b"moi")
    assert place().get(LOCK) == b"moi"
    first.delete([LOCK])
    assert second.create(LOCK, b"toi")


def test_a_file_is_replaced_only_if_it_is_as_known(place: Place) -> None:
    first, second = place(), place()
    assert not first.replace(LOCK, b"", b"moi")
    first.create(LOCK, b"moi")
    assert second.replace(LOCK, b"moi", b"toi")
    assert not first.replace(LOCK, b"moi", b"encore moi")
    assert place().get(LOCK) == b"toi"


@pytest.mark.parametrize("held", [False, True])
def test_only_one_of_many_takes_a_lock(place: Place, held: bool) -> None:  # noqa: FBT001
    carriers = [place() for _ in range(6)]
    if not carriers[0].has_certain_lock():
        # The carrier promises nothing that could be tried.
        pytest.skip("this place says that its lock is not certain")
    if held:
        carriers[0].create(LOCK, b"vieux")

    def take(rank: int) -> bool:
        mine = str(rank).encode()
        if held:
            return carriers[rank].replace(LOCK, b"vieux", mine)
        return carriers[rank].create(LOCK, mine)

    with ThreadPoolExecutor(6) as pool:
        taken = list(pool.map(take, range(6)))
    assert taken.count(True) == 1
    assert place().get(LOCK) == str(taken.index(True)).encode()


def test_trying_the_lock_leaves_nothing(place: Place) -> None:
    carrier = place()
    carrier.has_certain_lock()
    assert list(carrier.names("")) == []


def test_readers_see_a_version_at_once(place: Place) -> None:
    carrier = place()
    if not carrier.atomic:
        # Such a place has no versions to exchange.
        pytest.skip("each file of this place is shown as soon as it is put")
    for version in ("v1", "v2", "v1"):
        carrier.put(f"versions/{version}/index.html", version.encode(), PAGE)
        carrier.swap(version, f"Publication {version}")
        assert place().current() == version
        assert place().get(f"versions/{version}/index.html") == version.encode()
