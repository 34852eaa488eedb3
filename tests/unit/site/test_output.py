"""The table of jobs and the replacement of the output folder, without a site."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from axtra.site.build import (
    Change,
    OutputError,
    Table,
    file_of,
    output,
    spare_folder,
    staging,
    text_job,
)


def _table(**files: bytes) -> Table:
    table = Table()
    for name, data in files.items():
        table.add(name, lambda data=data: data)
    return table


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("/", "index.html"),
        ("/magazine/", "magazine/index.html"),
        ("/404.html", "404.html"),
        ("flux/site.xml", "flux/site.xml"),
        ("", "index.html"),
    ],
)
def test_each_address_has_a_file(address: str, file: str) -> None:
    assert file_of(address) == file


@pytest.mark.parametrize(
    "path", ["../x", "a/../../x", "//etc/passwd", "/a/../../b/", "..", "a\\..\\b"]
)
def test_a_path_outside_the_output_is_refused(path: str) -> None:
    with pytest.raises(OutputError) as caught:
        Table().add(path, bytes)
    assert caught.value.rule == "hors-du-site"


def test_two_jobs_may_not_write_the_same_file() -> None:
    table = _table(**{"/a/": b""})
    with pytest.raises(OutputError) as caught:
        table.add("a/index.html", bytes)
    assert caught.value.rule == "adresse-en-double"


def test_jobs_run_lazily_in_the_order_in_which_they_were_added() -> None:
    done: list[str] = []
    table = Table()
    for name in ("b", "a", "c"):
        table.add(name, text_job(lambda name=name: done.append(name) or name))
    assert done == []
    assert [task.run().files for task in table.tasks()] == [{"b": b"b"}, {"a": b"a"}, {"c": b"c"}]
    assert done == ["b", "a", "c"]


def test_publishing_counts_the_files_written_and_removed(tmp_path: Path) -> None:
    target = tmp_path / "output"
    assert output.publish(_table(a=b"1", b=b"2"), target) == Change(3, 0, 2)  # with its marker
    assert output.publish(_table(a=b"1", b=b"2"), target) == Change(0, 0, 2)
    assert output.publish(_table(a=b"1", c=b"3"), target) == Change(1, 1, 2)
    assert sorted(path.name for path in target.iterdir()) == [output.MARK, "a", "c"]


def test_an_unchanged_file_keeps_its_date(tmp_path: Path) -> None:
    target = tmp_path / "output"
    output.publish(_table(a=b"1", b=b"2"), target)
    before = (target / "a").stat().st_mtime_ns
    output.publish(_table(a=b"1", b=b"3"), target)
    assert (target / "a").stat().st_mtime_ns == before
    assert (target / "b").read_bytes() == b"3"


def test_a_failed_job_leaves_only_the_old_folder(tmp_path: Path) -> None:
    target = tmp_path / "output"
    output.publish(_table(a=b"1"), target)
    table = _table(a=b"2")
    table.add("b", lambda: b"%d" % (1 // 0))
    with pytest.raises(ZeroDivisionError):
        output.publish(table, target)
    assert (target / "a").read_bytes() == b"1"
    assert [path.name for path in tmp_path.iterdir()] == ["output"]


def test_a_file_and_a_folder_with_the_same_name_are_a_french_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as caught:
        output.publish(_table(**{"a": b"", "a/b": b""}), tmp_path / "output")
    assert caught.value.rule == "sortie-impossible"
    assert [*tmp_path.iterdir()] == []


def test_a_folder_without_the_marker_is_never_replaced(tmp_path: Path) -> None:
    theirs = tmp_path / "photos"
    theirs.mkdir()
    (theirs / "vacances.txt").write_text("ne pas toucher", encoding="utf-8")
    with pytest.raises(OutputError) as caught:
        output.publish(_table(a=b"1"), theirs)
    assert caught.value.rule == "sortie-etrangere"
    assert [path.name for path in theirs.iterdir()] == ["vacances.txt"]


def test_the_folder_set_aside_by_a_killed_build_is_restored(tmp_path: Path) -> None:
    target = tmp_path / "output"
    output.publish(_table(a=b"1"), target)
    target.rename(tmp_path / ".output.axtra-abcd.ancien")  # killed between two renames
    table = Table()
    table.add("a", lambda: b"%d" % (1 // 0))
    with pytest.raises(ZeroDivisionError):
        output.publish(table, target)
    assert (target / "a").read_bytes() == b"1"


def test_two_folders_are_exchanged(tmp_path: Path) -> None:
    for name in ("new", "old"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "what").write_text(name, encoding="utf-8")
    staging.exchange(tmp_path / "new", tmp_path / "old")
    assert (tmp_path / "old" / "what").read_text(encoding="utf-8") == "new"
    assert (tmp_path / "new" / "what").read_text(encoding="utf-8") == "old"


def test_the_old_folder_stays_when_folders_cannot_be_exchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "_exchange_on_linux", lambda *_: False)
    old = tmp_path / "old"
    old.mkdir()
    (old / "what").write_bytes(b"old")
    with pytest.raises(FileNotFoundError):
        staging.exchange(tmp_path / "absent", old)
    assert (old / "what").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["old"]


# --- builds and readers at the same time -------------------------------------------------------


def _version(number: int, last: int = 0) -> Table:
    data = f"version {number}".encode() * 50
    own = {f"seul-{number}": data, "dernier": b"%d" % last}
    return _table(**{f"{rank % 7}/{rank}": data for rank in range(40)}, **own)


def test_the_next_build_removes_only_what_a_killed_build_left(tmp_path: Path) -> None:
    left, unrelated = tmp_path / ".output.axtra-abcd1234", tmp_path / ".output.sauvegarde"
    (left / "nouvelles").mkdir(parents=True)
    unrelated.mkdir()
    output.publish(_table(a=b"1"), tmp_path / "output")
    assert not left.exists()
    assert unrelated.is_dir()


def test_readers_never_see_a_missing_or_mixed_folder(tmp_path: Path) -> None:
    target = tmp_path / "output"
    output.publish(_version(0), target)
    seen: set[bytes] = set()
    done = threading.Event()

    def read() -> None:
        try:
            while not done.is_set():
                seen.add((target / "3" / "3").read_bytes())
        except OSError as error:
            seen.add(repr(error).encode())

    reader = threading.Thread(target=read)
    reader.start()
    for turn in range(1, 21):
        output.publish(_version(turn % 2), target)
    done.set()
    reader.join()
    assert seen <= {b"version 0" * 50, b"version 1" * 50}


def test_two_builds_of_the_same_folder_take_turns(tmp_path: Path) -> None:
    target = tmp_path / "output"
    failed: list[Exception] = []

    def publish(number: int) -> None:
        try:
            for _ in range(8):
                output.publish(_version(number), target)
        except Exception as error:  # noqa: BLE001 - a thread would swallow it
            failed.append(error)

    threads = [threading.Thread(target=publish, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len({path.read_bytes() for path in target.glob("*/*")}) == 1
    assert len([*target.glob("seul-*")]) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["output"]


def _tree(folder: Path) -> dict[str, bytes | None]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def test_the_replaced_tree_is_reused_for_the_next_build(tmp_path: Path) -> None:
    target, spare, alone = tmp_path / "output", tmp_path / "cache" / "avant", tmp_path / "temoin"
    folders: list[int] = []
    for turn in range(6):
        output.publish(_version(0, last=turn), target, spare=spare)
        output.publish(_version(0, last=turn), alone)
        assert _tree(target) == _tree(alone)
        folders.append((target / "3").stat().st_ino)
    assert len({*folders}) == 2, "two trees alternate"
    assert (spare / "dernier").read_bytes() == b"4", "the published tree is not overwritten"
    assert {path.name for path in tmp_path.iterdir()} == {"output", "temoin", "cache"}


def _damage(spare: Path) -> None:
    (spare / "1" / "1").unlink()
    (spare / "2" / "2").unlink()
    (spare / "2" / "2").write_bytes(b"VERSION 0" * 50)  # another content of the same length
    (spare / "3" / "3").unlink()
    (spare / "3" / "3" / "vide").mkdir(parents=True)
    for file in (spare / "4").iterdir():
        file.unlink()
    (spare / "4").rmdir()
    (spare / "4").write_bytes(b"")
    (spare / "de-trop" / "encore").mkdir(parents=True)
    (spare / "de-trop" / "encore" / "un").write_bytes(b"")


def test_a_damaged_spare_tree_is_repaired_or_ignored(tmp_path: Path) -> None:
    target, spare, alone = tmp_path / "output", tmp_path / "avant", tmp_path / "temoin"
    for turn in range(3):
        output.publish(_version(0, last=turn), target, spare=spare)
    _damage(spare)
    output.publish(_version(0, last=3), target, spare=spare)
    output.publish(_version(0, last=3), alone)
    assert _tree(target) == _tree(alone)


def test_an_unusable_place_for_the_spare_tree_is_ignored(tmp_path: Path) -> None:
    target, file = tmp_path / "output", tmp_path / "fichier"
    file.write_bytes(b"")
    for turn in range(3):
        output.publish(_version(0, last=turn), target, spare=file / "avant")
        assert (target / "dernier").read_bytes() == b"%d" % turn
    assert {path.name for path in tmp_path.iterdir()} == {"output", "fichier"}


def test_only_an_output_beside_the_cache_has_a_spare_tree(tmp_path: Path) -> None:
    cache, elsewhere = tmp_path / "site" / ".cache", tmp_path / "ailleurs"
    cache.mkdir(parents=True)
    elsewhere.mkdir()
    linked = tmp_path / "site" / "lien"
    linked.symlink_to(elsewhere)
    assert spare_folder(cache, tmp_path / "site" / "output") == cache / "precedents" / "output"
    assert spare_folder(cache, elsewhere) is None
    assert spare_folder(cache, linked) is None


def test_a_symlinked_output_stays_a_symlink(tmp_path: Path) -> None:
    (tmp_path / "vrai").mkdir()
    (tmp_path / "lien").symlink_to(tmp_path / "vrai")
    output.publish(_table(a=b"1"), tmp_path / "lien")
    assert (tmp_path / "lien").is_symlink()
    assert (tmp_path / "vrai" / "a").is_file()
