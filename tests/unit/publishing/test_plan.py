"""At each step of a plan, a reader finds no page without its files and no link to nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axtra.publishing.carriers import FileHeaders
from axtra.publishing.manifest import HOME, FileEntry, Manifest, merged
from axtra.publishing.plan import Plan, PlanPhase, make_plan

HTML = FileHeaders("text/html; charset=utf-8")
PNG = FileHeaders("image/png")

Site: TypeAlias = dict[str, FileEntry]


def page(*links: str, words: str = "", anchors: str = "", redirect: str = "") -> FileEntry:
    """Return a page with these links and anchors, whose digest is what it is made of."""
    digest = repr((sorted(links), words, sorted(anchors), redirect))
    headers = replace(HTML, redirect=redirect)
    return FileEntry(digest, headers, anchors=frozenset(anchors), links=frozenset(links))


def file(words: str = "") -> FileEntry:
    return FileEntry(words or "x", PNG)


def feed(*links: str) -> FileEntry:
    return FileEntry(repr(sorted(links)), FileHeaders("application/xml"), links=frozenset(links))


def name(address: str) -> str:
    return f"{address}/index.html"


def prefixes(start: Manifest, built: Manifest, plan: Plan) -> Iterator[Site]:
    """Yield what is online before the first step, and after each."""
    site = dict(start)
    yield dict(site)
    for step in plan.steps:
        if step.phase is PlanPhase.DELETIONS:
            del site[step.name]
        else:
            site[step.name] = built[step.name]
        yield dict(site)


@dataclass(frozen=True)
class Crawl:
    """What a crawler that starts at the home page and at the feeds found broken."""

    links: frozenset[str]
    anchors: frozenset[str]


def crawl(site: Manifest, known: Manifest) -> Crawl:
    """Crawl from the home page, and from the feeds that readers knew of."""
    starts = [path for path in site if path == HOME or (path.startswith("flux/") and path in known)]
    links, anchors, seen, left = set[str](), set[str](), set(starts), starts
    while left:
        at = left.pop()
        for link in site[at].links:
            target, _, anchor = link.partition("#")
            if target not in site:
                links.add(f"{at} → {link}")
                continue
            if anchor and anchor not in site[target].anchors:
                anchors.add(f"{at} → {link}")
            if target not in seen:
                seen.add(target)
                left.append(target)
    return Crawl(frozenset(links), frozenset(anchors))


SOUND = Crawl(frozenset(), frozenset())
A, B, C = map(name, "abc")
BEFORE: Site = {
    HOME: page(A, "axe.1.css", "flux/site.xml"),
    A: page(HOME, f"{A}#x", "axe.1.css", anchors="x"),
    "axe.1.css": file(),
    "flux/site.xml": feed(A),
}
CASES: Mapping[str, Site] = {
    "nothing changes": BEFORE,
    "a changed page leads to a new page": BEFORE | {A: page(HOME, B), B: page(A)},
    "two new pages lead to each other": BEFORE | {A: page(B), B: page(C), C: page(B, A)},
    "a style sheet changes": {
        HOME: page(A, "axe.2.css", "flux/site.xml"),
        A: page(HOME, "axe.2.css"),
        "axe.2.css": file(),
        "flux/site.xml": feed(A),
    },
    "a page is deleted": {HOME: page("axe.1.css"), "axe.1.css": file(), "flux/site.xml": feed()},
    "a page is renamed, and redirected": BEFORE
    | {HOME: page(B), A: page(B, redirect="/b/"), B: page(HOME, A), "flux/site.xml": feed(B)},
    "a redirect is new, and led to": BEFORE
    | {A: page(C), B: page(HOME), C: page(B, redirect="/b/")},
    "a new page has a new feed": BEFORE
    | {A: page(B), B: page("flux/b.xml"), "flux/b.xml": feed(B)},
    "a new anchor is led to": BEFORE | {A: page(anchors="xy"), HOME: page(f"{A}#y")},
    "an anchor of the home page is led to": BEFORE
    | {A: page(f"{HOME}#y"), HOME: page(A, anchors="y")},
    "a new page leads to a new anchor of a page after it": BEFORE
    | {A: page(C), B: page(anchors="y"), C: page(f"{B}#y"), HOME: page(A, B)},
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("backwards", [False, True])
def test_no_step_breaks_a_page(case: str, backwards: bool) -> None:  # noqa: FBT001
    before = BEFORE | ({B: page()} if "page after it" in case else {})
    start, built = (CASES[case], before) if backwards else (before, CASES[case])
    assert crawl(start, start) == crawl(built, built) == SOUND
    plan = make_plan(built, start)
    *steps, end = prefixes(start, built, plan)
    assert [crawl(site, start) for site in steps] == [SOUND] * len(steps)
    assert {path: end[path] for path in end.keys() - plan.doomed} == built
    assert end.keys() >= {path for path in start if path.endswith((".css", ".png"))}


def test_the_checks_find_a_page_put_too_early() -> None:
    built = CASES["a changed page leads to a new page"]
    assert crawl(BEFORE | {A: built[A]}, BEFORE) != SOUND
    without = {path: entry for path, entry in BEFORE.items() if path != "axe.1.css"}
    assert crawl(without, BEFORE) != SOUND


@st.composite
def sites(draw: st.DrawFn) -> Site:
    """Draw a sound site: every link and every anchor is there."""
    pages = [HOME, *map(name, sorted(draw(st.sets(st.sampled_from("abcdefgh"), max_size=6))))]
    files = sorted(draw(st.sets(st.sampled_from(["1.png", "2.png", "axe.3.css"]), max_size=3)))
    anchors = {path: draw(st.sampled_from(["", "x", "y", "xy"])) for path in pages}
    targets = [*pages, *files, *(f"{path}#{mark}" for path in pages for mark in anchors[path])]
    some = st.lists(st.sampled_from(targets), max_size=6)
    site: Site = {path: file(draw(st.sampled_from("pq"))) for path in files}
    for path in pages:
        moved = path != HOME and draw(st.integers(0, 5)) == 0
        links = [draw(st.sampled_from(pages))] if moved else draw(some)
        site[path] = page(*links, anchors=anchors[path], redirect="/ailleurs/" if moved else "")
    if draw(st.booleans()):
        feeds = draw(st.lists(st.sampled_from(pages), max_size=3))
        site["flux/site.xml"] = feed(*feeds)
        home = site[HOME]
        site[HOME] = page(*home.links, "flux/site.xml", anchors="".join(home.anchors))
    return site


def circular(start: Manifest, built: Manifest) -> bool:
    """Tell whether pages wait for each other's anchors: no order would do."""
    from axtra.publishing import plan as planning  # noqa: PLC0415

    fresh = {path for path, entry in built.items() if not entry.same(start.get(path))}
    chosen = {path for path in fresh if path in start or path == HOME}
    chosen = {path for path in chosen if path.endswith((".html", ".xml"))}
    after = {path: set(names) for path, names in planning._waiting(built, start, chosen).items()}
    while True:
        free = [path for path in after if not any(path in names for names in after.values())]
        if not free:
            return bool(after)
        for path in free:
            del after[path]


@given(sites(), sites())
def test_no_prefix_of_a_plan_breaks_a_page(start: Site, built: Site) -> None:
    plan = make_plan(built, start)
    *_, end = states = list(prefixes(start, built, plan))
    found = [crawl(site, start) for site in states]
    assert {broken for state in found for broken in state.links} == set()
    if not circular(start, built):
        broken = {link for state in found for link in state.anchors}
        # A page about to be deleted may keep a link to an anchor that is gone.
        assert {link for link in broken if link.partition(" ")[0] in built} == set()
    assert {path: end[path] for path in end.keys() - plan.doomed} == built
    shown = {path for path, entry in start.items() if entry.headers == PNG}
    assert all(path in end for path in shown)
    assert make_plan(built, end, doomed=plan.doomed).puts == []


@given(st.lists(sites(), min_size=3, max_size=4), st.data())
def test_a_plan_goes_on_from_any_step_of_others(versions: list[Site], data: st.DataObject) -> None:
    """What interrupted publications put is there, and its bytes are not known for certain."""
    start, *interrupted, last = versions
    site, known, begun = dict(start), dict(start), list[str]()
    for built in interrupted:
        plan = make_plan(built, known, begun=begun)
        done = data.draw(st.integers(0, len(plan.puts)))
        for path in plan.puts[:done]:
            site[path] = built[path]
            assert crawl(site, start).links == frozenset()
        added = [path for path in plan.puts if path not in start]
        begun = list(dict.fromkeys([*added, *begun]))  # some of them were never put
        known = {path: known[path] for path in site.keys() - {*plan.puts}} | {
            path: merged(built[path], known.get(path)) for path in plan.puts if path in site
        }
    plan = make_plan(last, known, begun=begun)
    for step in plan.steps:
        if step.phase is PlanPhase.DELETIONS:
            del site[step.name]
        else:
            site[step.name] = last[step.name]
        assert crawl(site, start).links == frozenset()
    assert {path: site[path] for path in site.keys() - plan.doomed} == last


def test_a_page_that_an_interrupted_publication_never_put_comes_with_the_new_ones() -> None:
    online = {HOME: page(B), B: merged(page(HOME), None)}
    built = {HOME: page(B), B: page(C), C: page(HOME)}
    assert make_plan(built, online, begun=[B, C]).puts == [C, B]


def test_what_a_letter_names_is_never_deleted() -> None:
    built = {HOME: page()}
    plan = make_plan(built, BEFORE, kept={A, "axe.1.css"}, doomed={"axe.1.css"})
    assert plan.deletions == ["flux/site.xml"]
    assert plan.doomed == frozenset()


def test_a_file_is_deleted_a_release_after_its_pages() -> None:
    built = {HOME: page()}
    first = make_plan(built, BEFORE)
    assert "axe.1.css" not in first.deletions
    *_, end = prefixes(BEFORE, built, first)
    assert make_plan(built, end, doomed=first.doomed).deletions == ["axe.1.css"]
    back = make_plan(BEFORE, end, doomed=first.doomed)
    assert "axe.1.css" not in [step.name for step in back.steps]


@pytest.mark.parametrize(
    ("built", "words"),
    [
        (BEFORE, ""),
        (BEFORE | {"nouvelles/x/index.html": page()}, "1 nouvelle"),
        (
            BEFORE
            | {A: page(), HOME: page()}
            | {f"magazine/2020-05/{word}/index.html": page() for word in "pq"}
            | {"1.png": file(), "flux/site.xml": feed()},
            "2 nouveaux articles, 2 pages changées, 1 image",
        ),
        ({HOME: page()}, "1 page changée, 1 page retirée"),
        (BEFORE | {A: page(redirect="/b/")}, "1 redirection"),
        (BEFORE | {"flux/site.xml": feed()}, "1 liste"),
        (
            BEFORE | {"sujets/x/index.html": page(), "x.pdf": FileEntry("x")},
            "1 nouvelle page, 1 fichier",
        ),
    ],
)
def test_a_plan_is_described_in_the_words_of_an_editor(built: Site, words: str) -> None:
    assert make_plan(built, BEFORE).words == words
