"""The atelier under attack: addresses, origins, sizes, hostile content, and what it keeps."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Iterator
from datetime import datetime
from itertools import product
from pathlib import Path
from urllib.parse import quote

import pytest
from PIL import Image
from starlette.routing import Route

from axtra.atelier.app import NAVIGATION
from axtra.atelier.set_aside import SetAside, Version
from infolettre.core.dates import ZONE
from support.atelier_client import ORIGIN, Browser, Screen, unchanged
from support.fixture_types import MakeProject
from support.small_sites import FULL, Project, news, text
from support.word_files import word

DRAFT = "content/nouvelles/2020/a-finir.md"
MARK = "marque-secrete-4187"
HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)"><svg onload=alert(3)>'
PREFIXES = ("/texte/", "/historique/", "/images/fichier/", "/saisie/", "/apparence/")


@pytest.fixture
def project(new_project: MakeProject) -> Project:
    return new_project({**FULL, DRAFT: news("À finir", statut="brouillon")})


@pytest.fixture
def browser(project: Project, tmp_path: Path) -> Browser:
    return Browser(project.root, tmp_path / "donnees")


def routes_of(browser: Browser) -> list[Route]:
    """List every route of the application, so that a new one is tried without a word."""
    return [route for route in browser.screens.routes if isinstance(route, Route)]


def places(browser: Browser, method: str) -> Iterator[str]:
    """Yield an address of each route that takes a method."""
    known = {"name": DRAFT, "slug": "2020-05", "path": "", "jeton": "x"}
    known["secret"] = browser.atelier.access.frame()
    for route in routes_of(browser):
        if method in (route.methods or ()):
            path = route.path.replace(":path", "")
            yield path.format(**known)


# --- addresses -----------------------------------------------------------------------------------


def escapes(root: Path, data: Path) -> Iterator[str]:
    """Yield the ways to name a file that is none of the content's."""
    names = ("pelicanconf.py", "../secret.md", "../../../../../../etc/passwd", "theme/tokens.toml")
    for name in names:
        up = f"content/../{name}"
        yield from (name, up, f"content/images/../../{name}", f"content\\..\\{name}")
        yield from (
            quote(up, safe=""),
            quote(quote(up, safe=""), safe=""),
            up.replace("..", "%2e%2e"),
        )
        yield from (f"{up}%00.md", f"{up}\x00.md", f"./{up}", f"content/.//..//{name}")
    yield from (str(root / "pelicanconf.py"), f"/{root}/pelicanconf.py", str(data / "secret.md"))
    yield from ("content/lien.md", "content/dehors/secret.md", "content", "", "/", "con", "~root")


def test_no_address_names_a_file_that_is_not_of_the_content(
    project: Project, tmp_path: Path
) -> None:
    data = tmp_path / "donnees"
    secret = tmp_path / "secret.md"
    secret.write_text(f"---\ntitre: {MARK}\n---\n\n{MARK}\n", "utf-8")
    conf = project.root / "pelicanconf.py"
    conf.write_text(conf.read_text("utf-8") + f"\n# {MARK}\n", "utf-8")
    (project.root / "content/lien.md").symlink_to(secret)
    (project.root / "content/nouvelles/2020/lien.md").symlink_to(secret)
    (project.root / "content/images").mkdir(exist_ok=True)
    (project.root / "content/images/lien.png").symlink_to(secret)
    (project.root / "content/dehors").symlink_to(tmp_path, target_is_directory=True)
    browser = Browser(project.root, data)
    token = browser.ask("/textes/nouveau").tree.xpath("//input[@name='jeton']/@value")[0]
    names = [*escapes(project.root, data), "content/nouvelles/2020/lien.md", "images/lien.png"]
    frame = f"/cadre/{browser.atelier.access.frame()}/"
    with unchanged(project.root / "content"):
        for prefix in (*PREFIXES, frame):
            for name in names:
                method = "POST" if prefix == "/saisie/" else "GET"
                sent = {"jeton": token, "texte": MARK, "base": ""}
                options = {"data": sent} if method == "POST" else {}
                answer = browser.request(method, prefix + quote(name, safe="/%"), **options)
                told = f"{prefix}{name} : {answer.status}"
                assert answer.status < 500, told
                assert method == "POST" or MARK not in answer.text, told
                assert "root:" not in answer.text, told


# --- who asks ------------------------------------------------------------------------------------


STRANGERS = (
    {"origin": "https://ailleurs.example"},
    {"origin": "null"},
    {"origin": ""},
    {"origin": f"{ORIGIN}.ailleurs.example"},
    {"origin": "https" + ORIGIN.removeprefix("http")},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"host": "ailleurs.example"},
    {"cookie": ""},
)


def test_every_address_that_acts_refuses_a_stranger(browser: Browser, project: Project) -> None:
    token = browser.ask("/textes/nouveau").tree.xpath("//input[@name='jeton']/@value")[0]
    with unchanged(project.root):
        for headers in STRANGERS:
            if "cookie" in headers:  # the last
                browser.cookies.clear()
            for place in places(browser, "POST"):
                answer = browser.request("POST", place, data={"jeton": token}, headers=headers)
                assert 400 <= answer.status < 500, (place, headers)


def test_every_address_that_acts_asks_for_the_token(browser: Browser, project: Project) -> None:
    with unchanged(project.root):
        for place, token in product(places(browser, "POST"), ("", "faux", "é" * 50)):
            for how in ({"data": {"jeton": token}}, {"files": {"fichiers": ("a.docx", b"x")}}):
                assert 400 <= browser.request("POST", place, **how).status < 500, place


def test_every_address_asks_for_a_session(browser: Browser) -> None:
    browser.cookies.clear()
    open_to_all = ("/apparence/", "/cadre/")
    for place in places(browser, "GET"):
        if not place.startswith(open_to_all):
            assert browser.ask(place).status == 403, place


def test_every_answer_has_the_headers_of_safety(browser: Browser) -> None:
    for place in [*places(browser, "GET"), "/nulle-part", "/texte/rien", "/cadre/faux/"]:
        headers = browser.ask(place).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy or place.startswith("/cadre/"), place
        assert "script-src 'unsafe" not in policy, place
        assert headers["x-content-type-options"] == "nosniff", place
        assert headers["referrer-policy"] == "same-origin", place


def test_a_frame_gives_pages_only_and_takes_nothing(browser: Browser, project: Project) -> None:
    secret = browser.atelier.access.frame()
    browser.cookies.clear()
    with unchanged(project.root):
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            assert browser.request(method, f"/cadre/{secret}/").status in {403, 405}
    page = browser.ask(f"/cadre/{secret}/")
    assert page.status == 200
    assert page.headers["content-security-policy"].startswith("sandbox;")
    assert "allow-scripts" not in page.headers["content-security-policy"]
    assert "set-cookie" not in page.headers
    for address in ("/textes", f"/texte/{DRAFT}", "/palette"):
        assert browser.ask(address).status == 403


def test_frames_and_keys_do_not_grow_without_end(browser: Browser) -> None:
    for _ in range(3_000):
        secret = browser.atelier.access.frame()
    assert browser.atelier.access.shows(secret)
    assert len(browser.access.frames._ends) <= 1_000
    for _ in range(300):
        assert browser.access.enter(browser.access.new_key())
    assert len(browser.access._sessions) <= 100


def test_a_second_session_does_not_end_the_first(browser: Browser) -> None:
    cookies = browser.cookies
    browser.cookies = type(cookies)()
    assert browser.ask(f"/?cle={browser.access.new_key()}").status == 200
    browser.cookies = cookies
    assert browser.ask("/textes").status == 200


# --- sizes ---------------------------------------------------------------------------------------


def said(answer: Screen) -> None:
    """Require that a refusal is a page in words."""
    assert answer.status == 413
    assert answer.heading == "C’est trop long pour être envoyé."


def test_what_is_too_long_is_refused_in_words(browser: Browser, project: Project) -> None:
    form = browser.ask(f"/texte/{DRAFT}").form()
    form.fill("Texte", "a" * 4_100_000)
    with unchanged(project.root / "content"):
        said(browser.send(form, "Enregistrer"))
        form.fill("Texte", "a")
        form.fields |= {f"champ-{n}": "x" for n in range(2_000)}
        said(browser.send(form, "Enregistrer"))


def test_a_body_that_ends_too_soon_changes_nothing(browser: Browser, project: Project) -> None:
    form = browser.ask(f"/texte/{DRAFT}").form()
    token = form.fields["jeton"]
    bad = [b"", b"jeton", b"\xff\xfe", b"jeton=%", f"jeton={token}&texte=%ff".encode(), b"{}"]
    with unchanged(project.root / "content"):
        for place in places(browser, "POST"):
            for body in bad:
                kind = {"content-type": "application/x-www-form-urlencoded"}
                answer = browser.request("POST", place, content=body, headers=kind)
                assert 400 <= answer.status < 500, (place, body)


# --- hostile content -----------------------------------------------------------------------------


def test_what_a_text_holds_is_inert_on_every_screen(
    new_project: MakeProject, tmp_path: Path
) -> None:
    hostile = f"---\ntitre: '{HOSTILE}'\nchapeau: '{HOSTILE}'\nstatut: brouillon\n"
    hostile += f"inconnu: '{HOSTILE}'\n---\n\n{HOSTILE}\n\n[a](javascript:alert(4))\n"
    name = "content/nouvelles/2020/<b onclick=alert(5)>.md"
    project = new_project({**FULL, DRAFT: hostile, name: hostile})
    browser = Browser(project.root, tmp_path / "donnees")
    places = [place for _, place in NAVIGATION if place != "/publication"]
    places += [
        f"/texte/{quote(name)}",
        f"/texte/{DRAFT}",
        f"/historique/{DRAFT}",
        "/textes/nouveau",
    ]
    places += [
        f"/textes?q={quote(HOSTILE)}&etat={quote(HOSTILE)}",
        f"/images?recues={quote(HOSTILE)}",
    ]
    for place in places:
        screen = browser.ask(place)
        assert screen.status in {200, 404}, place
        assert not screen.tree.xpath("//script[not(@src)]"), place
        assert not screen.tree.xpath("//@onerror | //@onload | //@onclick"), place
        assert not screen.tree.xpath("//a[starts-with(@href, 'javascript:')]"), place


def test_what_is_typed_comes_back_inert(browser: Browser) -> None:
    form = browser.ask(f"/texte/{DRAFT}").form()
    form.fill("Titre", HOSTILE)
    form.fill("Texte", f"{HOSTILE}\n\n[x](nulle-part{HOSTILE}.md)")
    form.address = f"/saisie/{DRAFT}"
    told = json.loads(browser.send(form).text)
    assert "<script" not in told["constats"]
    assert "<img" not in told["constats"]


def polyglots() -> dict[str, bytes]:
    """Return files that claim to be something else."""
    picture = io.BytesIO()
    Image.new("RGB", (30, 20), "#a33").save(picture, "GIF")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("word/document.xml", "<w:document/>")
    return {
        "a.exe": b"MZ" + b"\0" * 200,
        "a.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script/></svg>",
        "a.png": b"<html><script>alert(1)</script>",
        "a.jpg": b"#!/bin/sh\nrm -rf /\n",
        "b.html": picture.getvalue() + b"<script>alert(1)</script>",
        "../../../dehors.png": picture.getvalue(),
        "..\\..\\dehors.png": picture.getvalue(),
        "a\n\r\tb.png": picture.getvalue(),
        "<script>.png": picture.getvalue(),
        ".htaccess": picture.getvalue(),
        "c.docx": archive.getvalue(),
        "": picture.getvalue(),
        "n" * 300 + ".png": picture.getvalue(),
    }


@pytest.mark.parametrize("address", ["/images/recevoir", "/textes/recevoir"])
def test_what_is_uploaded_is_a_picture_under_a_safe_name_or_nothing(
    browser: Browser, project: Project, address: str
) -> None:
    token = browser.ask("/textes/nouveau").tree.xpath("//input[@name='jeton']/@value")[0]
    before = set(project.root.rglob("*"))
    around = {*project.root.parent.iterdir(), project.root.parent / "donnees"}
    for name, data in polyglots().items():
        files = {"fichiers": (name, data, "image/png")}
        answer = browser.request("POST", address, data={"jeton": token}, files=files)
        assert answer.status < 500, name
        assert not answer.tree.xpath("//script[not(@src)]"), name
    for path in set(project.root.rglob("*")) - before:
        if path.is_file():
            assert path.is_relative_to(project.root / "content"), path
            assert path.suffix in {".png", ".jpg", ".webp", ".gif", ".md"}, path
            assert b"<script>" not in path.read_bytes()
    assert set(project.root.parent.iterdir()) <= around


# --- what is kept --------------------------------------------------------------------------------


def test_what_forms_started_from_is_forgotten_after_a_month(tmp_path: Path) -> None:
    aside = SetAside(tmp_path)
    old, kept, opened = (aside.remember(word.encode()) for word in ("vieux", "tapé", "ouvert"))
    for mark in (old, kept):
        os.utime(tmp_path / "ouvertes" / mark, (0, 0))
    aside.typed_by("").put(
        "a.md", Version(b"x", kept, "une personne", datetime(2020, 1, 1, tzinfo=ZONE))
    )
    aside.prune()
    assert aside.remembered(old) is None
    assert aside.remembered(kept) == "tapé".encode()  # somebody's words still start from it
    assert aside.remembered(opened) == b"ouvert"


def test_what_is_opened_again_is_kept_a_month_more(tmp_path: Path) -> None:
    aside = SetAside(tmp_path)
    mark = aside.remember(b"vieux")
    os.utime(tmp_path / "ouvertes" / mark, (0, 0))
    aside.remember(b"vieux")
    aside.prune()
    assert aside.remembered(mark) == b"vieux"


def test_a_journal_holds_no_content(
    new_project: MakeProject, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    project = new_project({**FULL, DRAFT: text(MARK, titre=MARK)})
    browser = Browser(project.root, tmp_path / "donnees")
    form = browser.ask(f"/texte/{DRAFT}").form()
    form.fill("Texte", MARK)
    browser.send(form, "Enregistrer")
    browser.ask(f"/textes?q={MARK}")
    assert MARK not in "".join(capfd.readouterr())


# --- what other tools leave ----------------------------------------------------------------------


def test_settings_that_do_not_read_are_refused_in_words(project: Project, browser: Browser) -> None:
    """Neither UTF-8, nor TOML, nor there: no screen fails, and no byte moves."""
    for name, data in (
        ("content/mots.txt", "été\n".encode("latin-1")),
        ("content/infolettres.toml", "[a]\nnom = 'été'\n".encode("latin-1")),
        ("content/infolettres.toml", None),
    ):
        path = project.root / name
        before = path.read_bytes() if path.is_file() else None
        forms = [browser.ask(place) for place in ("/reglages", "/abonnes/bienvenue")]
        path.unlink(missing_ok=True) if data is None else path.write_bytes(data)
        for place, shown in zip(("/reglages", "/abonnes/bienvenue"), forms, strict=True):
            (token, *_) = shown.tree.xpath("//input[@name='jeton']/@value")
            (base, *_) = browser.ask(place).tree.xpath("//input[@name='base']/@value") or [""]
            fields = {"jeton": token, "base": base, "mots": "autre", f"{name} x": "y"}
            with unchanged(project.root / "content"):
                if data is not None or place != "/reglages":
                    assert browser.request("POST", place, data=fields).status in {200, 422}
        path.unlink(missing_ok=True) if before is None else path.write_bytes(before)


@pytest.mark.skipif(os.name != "posix", reason="names are bytes")
def test_a_name_that_is_not_utf8_hides_only_its_file(project: Project, browser: Browser) -> None:
    """An archive of another system leaves such names: a text, a photograph, a folder."""
    for name in (b"nouvelles/2020/caf\xe9.md", b"images/caf\xe9.jpg", b"caf\xe9/a.md"):
        path = project.root / "content" / os.fsdecode(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    home = browser.ask("/")
    assert home.status == 200
    assert home.words.count("des signes qui ne se lisent pas ici") == 3
    assert {browser.ask(place).status for _, place in NAVIGATION} == {200}
    assert browser.ask(f"/texte/{DRAFT}").status == 200


def test_what_a_form_sends_as_a_mark_or_a_number_may_be_anything(browser: Browser) -> None:
    """Thousands of digits are no fingerprint, no rank, and no number of recipients."""
    long = "9" * 5_000
    form = browser.ask(f"/texte/{DRAFT}").form()
    for added in (
        {"base": long},
        {f"passage-{long}": "autre"},
        {"mien": long, "passage-0": "autre"},
    ):
        fields = {**form.fields, "texte": "autre", **added}
        assert browser.request("POST", form.address, data=fields).status in {200, 409, 422}
    fields = {**form.fields, "acte": "confirmer", "liste": "x", "nombre": long}
    place = "/infolettres/2020-05-06/envoyer"
    assert browser.request("POST", place, data=fields).status == 422
    html = f"<ol start='{long}'><li>a</ol><table><tr><td colspan='{long}'>b<td>c</table>"
    pasted = browser.request("POST", "/coller", data={**form.fields, "html": html})
    assert (pasted.status, "a" in pasted.text) == (200, True)


def test_the_last_day_of_the_calendar_stops_nothing(project: Project, browser: Browser) -> None:
    """« 9999-12-31 » is what some type for « no end »: no day and no hour comes after it."""
    project.write(
        {
            "content/evenements/sans-fin.md": text(titre="A", debut="2020-01-01", fin="9999-12-31"),
            "content/evenements/dernier.md": text(titre="B", debut="9999-12-31", date="2020-01-01"),
            "content/nouvelles/2020/minuit.md": news("C", date="'9999-12-31 24:00'"),
        }
    )
    assert {browser.ask(place).status for _, place in NAVIGATION} == {200}
    for name in ("sans-fin", "dernier"):
        shown = browser.ask(f"/texte/content/evenements/{name}.md")
        (frame, *_) = shown.tree.xpath("//iframe/@src")
        assert (shown.status, browser.ask(frame).status) == (200, 200)
    fields = {"jeton": shown.form().fields["jeton"], "acte": "programmer", "liste": "membres"}
    fields |= {"nombre": "1", "heure": "9999-12-31T23:59"}
    place = "/infolettres/2020-05-06/envoyer"
    assert browser.request("POST", place, data=fields).status == 422


def test_a_word_file_that_begins_with_a_whole_paragraph_as_its_title(browser: Browser) -> None:
    """No disk takes so long a name."""
    sent = word(lambda document: document.add_heading("Une phrase de titre. " * 200, 0))
    token = browser.ask("/textes/recevoir").tree.xpath("//input[@name='jeton']/@value")[0]
    files = [("fichiers", ("texte.docx", sent))]
    fields = {"jeton": token, "genre": "nouvelle"}
    got = browser.request("POST", "/textes/recevoir", data=fields, files=files)
    assert got.status == 200
    assert any("une-phrase-de-titre" in place for place in got.links().values())
