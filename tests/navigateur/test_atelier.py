"""The atelier in a real browser: with a script, without one, by keyboard, in two themes."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from axtra.atelier.app import NAVIGATION
from support.atelier_server import ServedAtelier, served_atelier
from support.page_checkers import axe_violations, settle
from support.small_sites import FULL, ROOT, Project, article, make_project, news

pytestmark = pytest.mark.navigateur

DRAFT = "content/nouvelles/2020/a-finir.md"
BODY = """\
Un paragraphe, puis **du gras**.

/// citation | Anne Roy
    fonction: conseillère
Une phrase dite.
///

- un
- deux
"""
# The elements whose end nobody can see, but for what shows the beginning of a page on purpose.
CUT = """() => [...document.querySelectorAll("main *")].filter((found) =>
    ["hidden", "clip"].includes(getComputedStyle(found).overflowY)
    && found.scrollHeight > found.clientHeight + 4
    && !found.closest(".hors-vue, .pli, .boite, .cm-editor")).map((found) => found.className)"""
SAVED = re.compile("^Enregistré")  # not « pas encore enregistré »
FAULTY = "content/magazine/2020-05/fautif.md"
SCREENS = (
    *(address for _, address in NAVIGATION),
    "/textes/nouveau",
    "/textes/recevoir",
    "/numeros/2020-05",
    f"/texte/{DRAFT}",
    f"/texte/{FAULTY}",
    f"/historique/{DRAFT}",
)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    draft = news("À finir", statut="brouillon").split("---\n\n")[0] + "---\n\n" + BODY
    return make_project(tmp_path / "projet", {**FULL, DRAFT: draft})


@pytest.fixture
def atelier(project: Project, tmp_path: Path) -> Iterator[ServedAtelier]:
    with served_atelier(project.root, tmp_path / "donnees") as served:
        yield served


@pytest.fixture
def context(visit: BrowserContext) -> Iterator[BrowserContext]:
    visit.clear_cookies()  # each test has an atelier, and a port, of its own
    yield visit
    for page in visit.pages[1:]:
        page.close()


def opened(
    context: BrowserContext,
    atelier: ServedAtelier,
    address: str = "/",
    *,
    width: int = 1280,
    scheme: Any = "light",
) -> Page:
    """Return a page that was let in, at a screen; what its scripts complain of fails the test."""
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(atelier.entrance())
    page.goto(atelier.address + address)
    settle(page)
    assert complaints == []
    return page


@pytest.mark.parametrize(
    ("scheme", "width"),
    [
        ("light", 1280),
        ("dark", 375),
        pytest.param("light", 375, marks=pytest.mark.eprouve),
        pytest.param("dark", 1280, marks=pytest.mark.eprouve),
    ],
)
def test_every_screen_is_accessible_and_fits(
    context: BrowserContext,
    atelier: ServedAtelier,
    project: Project,
    tmp_path: Path,
    width: int,
    scheme: str,
) -> None:
    faulty = article("Un article fautif", statut="brouillon", ordre="« deux »")
    (project.root / FAULTY).write_text(faulty, "utf-8")
    page = opened(context, atelier, width=width, scheme=scheme)

    def inspect(name: str) -> None:
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert page.evaluate(CUT) == [], name
        assert axe_violations(page) == [], name
        if shots := os.environ.get("AXTRA_CAPTURES"):  # to look at them
            page.screenshot(path=f"{shots}/{name}-{width}-{scheme}.png", full_page=True)

    for address in SCREENS:
        page.goto(atelier.address + address)
        inspect(address.strip("/").replace("/", "-") or "accueil")

    page.goto(f"{atelier.address}/textes/recevoir")
    page.get_by_label("Le fichier Word et les photos").set_input_files(word_file(tmp_path))
    page.get_by_role("button", name="Recevoir", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce que j’ai compris")
    inspect("recu")

    page.goto(f"{atelier.address}/texte/{DRAFT}")
    page.locator(".cm-line").first.click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("Ajouté ici. ")
    path = project.root / DRAFT
    path.write_text(path.read_text("utf-8").replace("Un paragraphe", "Un autre passage"), "utf-8")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Deux versions de ce texte")
    inspect("deux-versions")


def word_file(folder: Path) -> Path:
    """Write a Word file in which something is understood, guessed and lost."""
    document = Document()
    document.add_paragraph("Un titre qui est assez long", style="Title")
    document.add_paragraph("Par Une personne")
    document.add_paragraph("•\tUn point")
    commented = document.add_paragraph("Une phrase commentée, et https://exemple.test/" + "a" * 90)
    document.add_comment(commented.runs, "À vérifier.", author="Anne Roy")
    table = document.add_table(2, 2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Réuni"
    path = folder / "un fichier au nom qui est vraiment très long (version finale 2).docx"
    document.save(str(path))
    return path


def test_an_empty_project_is_accessible_and_fits(context: BrowserContext, tmp_path: Path) -> None:
    project = make_project(tmp_path / "vide", {})
    with served_atelier(project.root, tmp_path / "donnees") as atelier:
        for width, scheme in itertools.product((1280, 375), ("light", "dark")):
            page = opened(context, atelier, width=width, scheme=scheme)
            expect(page.get_by_role("heading", level=1)).to_have_text("Tout commence par un texte.")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert axe_violations(page) == []


def body_of(project: Project) -> str:
    """Return the body of the draft, as its file holds it."""
    return (project.root / DRAFT).read_text("utf-8").split("---\n\n", 1)[1]


def framed(page: Page, atelier: ServedAtelier) -> str:
    """Return the page beside a text: no script runs in its frame, so it is asked for again."""
    return page.request.get(
        atelier.address + page.locator("iframe").first.get_attribute("src")
    ).text()


def test_a_text_is_written_as_it_will_read(
    context: BrowserContext, atelier: ServedAtelier, project: Project
) -> None:
    page = opened(context, atelier, f"/texte/{DRAFT}")
    editor = page.get_by_role("textbox", name="Texte", exact=True)
    expect(editor).to_contain_text("Un paragraphe, puis du gras.")  # the signs are hidden
    expect(
        page.get_by_label("les mots de quelqu’un, dans le fil du texte : qui parle")
    ).to_have_value("Anne Roy")
    page.get_by_label("les mots de quelqu’un, dans le fil du texte : fonction").fill(
        "retraitée : depuis peu"
    )
    editor.click(position={"x": 5, "y": 5})
    page.keyboard.press("Control+Home")
    page.keyboard.type("Ajouté. ")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("status").filter(has_text=SAVED)).to_be_visible()
    assert body_of(project) == "Ajouté. " + BODY.replace(
        "fonction: conseillère", 'fonction: "retraitée : depuis peu"'
    )


def test_both_looks_show_one_document_and_move_no_byte(
    context: BrowserContext, atelier: ServedAtelier, project: Project
) -> None:
    page = opened(context, atelier, f"/texte/{DRAFT}")
    before = (project.root / DRAFT).read_bytes()
    signs = page.get_by_role("button", name="Montrer les signes")
    for look in ("true", "false", "true"):
        signs.click()
        expect(signs).to_have_attribute("aria-pressed", look)
        shown = page.get_by_role("textbox", name="Texte", exact=True)
        if look == "true":
            expect(shown).to_contain_text("puis **du gras**")
            expect(shown).to_contain_text("/// citation | Anne Roy")
        page.get_by_role("button", name="Enregistrer").click()
        page.wait_for_load_state("networkidle")
        assert (project.root / DRAFT).read_bytes() == before


def test_the_toolbar_and_the_palette_edit_the_text(
    context: BrowserContext, atelier: ServedAtelier, project: Project
) -> None:
    page = opened(context, atelier, f"/texte/{DRAFT}")
    page.get_by_role("textbox", name="Texte", exact=True).click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.type("Un titre")
    page.get_by_role("button", name="Intertitre").click()
    page.keyboard.press("End")
    page.keyboard.type("\n\nmot")
    page.keyboard.press("Shift+Home")
    page.get_by_role("button", name="Gras").click()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Insérer…").click()
    page.get_by_role("searchbox", name="Insérer").fill("encadré")
    page.get_by_role("button", name="Un encadré").click()
    with page.expect_navigation():  # once what is typed has arrived
        page.get_by_role("button", name="Enregistrer").click()
    before = "## Un titre\n\n**mot**\n\n/// encadre | …\n…\n///\n"
    assert body_of(project) == before
    page = opened(context, atelier, f"/texte/{DRAFT}")
    page.get_by_role("textbox", name="Texte", exact=True).focus()
    page.keyboard.press("Control+End")
    page.get_by_role("button", name="Insérer…").click()
    page.get_by_role("searchbox", name="Insérer").fill("graphique")
    page.get_by_role("button", name="Un graphique").click()
    more = page.locator(".carte-tete[data-bloc=graphique]")
    expect(more.locator("label:visible")).to_have_count(1)  # what it needs, and no more
    more.get_by_text("Plus d’options").click()
    assert more.locator("label:visible").count() > 1
    with page.expect_navigation():  # once what is typed has arrived
        page.get_by_role("button", name="Enregistrer").click()
    table = "| … | … |\n| --- | ---: |\n| … | 0 |\n| … | 0 |"
    assert body_of(project).strip() == f"{before}\n/// graphique | barres\n{table}\n///"


TABLE = """\
Avant.

| Région | Personnes | Note |
| :-- | ---: | :-: |
|  **Mauricie**|1 240 | *a* \\| b |
| Laurentides | [980](/) |
Ville | Nombre | x

Après.
Ville | Nombre
--- | ---
Laval | 3

```
| un | code |
| --- | --- |
```

- | ni | cela |
  | --- | --- |

| vide |
| --- |

/// graphique | barres
| Mois | Visites |
| --- | ---: |
| Mai | 5 |
///
"""


def test_a_table_is_a_grid_whose_cells_are_written(
    context: BrowserContext, atelier: ServedAtelier, project: Project
) -> None:
    draft = project.root / DRAFT
    data = (HEAD + TABLE.encode()).replace(b"\n", b"\r\n")
    draft.write_bytes(data)
    page = opened(context, atelier, f"/texte/{DRAFT}", width=375)
    assert page.evaluate("document.querySelector('.cm-content').scrollWidth") <= 375
    assert page.locator(".grille").count() == 4
    page.set_viewport_size({"width": 375, "height": 3000})  # nothing is under the last line
    assert axe_violations(page) == []
    grids = page.locator(".grille")
    expect(grids.first).not_to_contain_text("|---")
    expect(grids.first.locator("span.vu-gras")).to_have_text("Mauricie")

    def saved() -> str:
        with page.expect_navigation():
            page.get_by_role("button", name="Enregistrer").click()
        return draft.read_bytes().decode().replace("\r\n", "\n").removeprefix(HEAD.decode())

    page.get_by_label("Personnes, ligne 1").focus()
    assert saved() == TABLE
    assert draft.read_bytes() == data  # neither look nor a cell one stands in moves a byte
    note = page.get_by_label("Note, ligne 1")
    assert note.input_value() == "*a* | b"
    note.fill("c | d\\")
    note.fill("")
    note.fill("c | d\\")
    page.get_by_label("Nombre, ligne 1").fill("")
    page.get_by_label("Visites, ligne 1").fill("6")
    expected = TABLE.replace("*a* \\| b", "c \\| d\\\\").replace("Laval | 3", "Laval |  |")
    expected = expected.replace("Mai | 5", "Mai | 6")
    assert saved() == expected
    mois = page.get_by_label("Mois, ligne 1")
    mois.press("Enter")  # under the last row, a new one
    page.keyboard.type("Juin")
    grid = grids.last
    grid.get_by_role("button", name="Ajouter une colonne").click()
    page.keyboard.type("Total")  # in place of the title
    grid.get_by_label("Mois, ligne 1").focus()
    grid.get_by_role("button", name="Enlever cette ligne").click()
    grid.get_by_label("Visites, ligne 1").focus()
    grid.get_by_role("button", name="Enlever cette colonne").click()
    made = "| Mois | Total |\n| --- | --- |\n| Juin |  |\n"
    was = "| Mois | Visites |\n| --- | ---: |\n| Mai | 6 |\n"
    assert saved() == expected.replace(was, made)


def test_what_is_typed_is_kept_without_saving(
    context: BrowserContext, atelier: ServedAtelier, project: Project
) -> None:
    page = opened(context, atelier, f"/texte/{DRAFT}")
    before = (project.root / DRAFT).read_bytes()
    page.get_by_role("textbox", name="Texte", exact=True).click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("Jamais enregistré. ")
    expect(page.get_by_role("status").filter(has_text="Gardé")).to_be_visible()
    page.close(run_before_unload=False)
    assert (project.root / DRAFT).read_bytes() == before
    again = opened(context, atelier, f"/texte/{DRAFT}")
    expect(again.get_by_text("tapé sans être enregistré")).to_be_visible()
    expect(again.get_by_role("textbox", name="Texte", exact=True)).to_contain_text("Jamais")
    assert "Jamais enregistré." in framed(again, atelier)
    again.get_by_role("button", name="Revenir à ce qui était enregistré").click()
    expect(again.get_by_role("textbox", name="Texte", exact=True)).not_to_contain_text("Jamais")


def test_what_is_on_its_way_does_not_outlive_the_save(
    context: BrowserContext, atelier: ServedAtelier, project: Project
) -> None:
    page = opened(context, atelier, f"/texte/{DRAFT}")
    order: list[str] = []
    page.on("request", lambda sent: order.append(f"{sent.method} {sent.url.split('/')[3]}"))
    page.on("response", lambda said: order.append(said.url.split("/")[3]))

    def late(route: Route) -> None:
        page.get_by_role("button", name="Enregistrer").click(no_wait_after=True)
        page.wait_for_timeout(300)
        route.continue_()

    page.route("**/saisie/**", late)
    page.locator(".cm-line").first.click()
    with page.expect_navigation(url="**garde=enregistre"):
        page.keyboard.type("Tapé. ")
    assert order.index("saisie") < order.index("POST texte")
    assert "Tapé. " in body_of(project)


def test_findings_follow_what_is_typed(context: BrowserContext, atelier: ServedAtelier) -> None:
    page = opened(context, atelier, f"/texte/{DRAFT}")
    expect(page.get_by_role("region", name="Constats")).to_contain_text("Rien à signaler.")
    page.get_by_role("textbox", name="Texte", exact=True).click()
    page.keyboard.press("Control+End")
    page.keyboard.type("\n\nVoir [ceci](nulle-part.md).")
    constats = page.get_by_role("region", name="Constats")
    expect(constats).to_contain_text("nulle-part.md")
    page.set_viewport_size({"width": 375, "height": 800})  # they are far below: a link leads there
    page.get_by_role("link", name="1 constat").click()
    expect(constats).to_be_in_viewport()
    constats.get_by_role("button", name="ligne 11").click()
    expect(page.get_by_role("textbox", name="Texte", exact=True)).to_be_focused()


def test_a_text_is_written_by_keyboard_alone(
    context: BrowserContext, atelier: ServedAtelier, project: Project
) -> None:
    page = opened(context, atelier, "/textes/nouveau")
    page.get_by_label("Titre").focus()
    page.keyboard.type("Au clavier")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Commencer":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/texte/**")
    expect(page.get_by_role("toolbar")).to_be_visible()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className").startswith("cm-content"):
            break
    page.keyboard.press("Control+a")
    page.keyboard.type("Écrit sans souris.")
    for _ in range(60):  # Tab leaves the editor, then the page beside it
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Enregistrer":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text=SAVED)).to_be_visible()
    (made,) = project.root.glob("content/nouvelles/*/au-clavier.md")
    assert made.read_text("utf-8").endswith("---\n\nÉcrit sans souris.\n")


def test_the_atelier_works_without_a_script(
    browser: Browser, atelier: ServedAtelier, project: Project
) -> None:
    context = browser.new_context(locale="fr-CA", java_script_enabled=False)
    page = context.new_page()
    page.goto(atelier.entrance())
    page.get_by_role("link", name="Textes", exact=True).click()
    page.get_by_role("link", name="À finir").click()
    page.get_by_label("Texte", exact=True).fill("Une phrase.")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("status").filter(has_text=SAVED)).to_be_visible()
    assert body_of(project) == "Une phrase.\n"
    context.close()


def test_word_pastes_as_markdown(
    context: BrowserContext, atelier: ServedAtelier, project: Project
) -> None:
    page = opened(context, atelier, f"/texte/{DRAFT}")
    page.get_by_role("textbox", name="Texte", exact=True).click()
    page.keyboard.press("Control+a")
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.setData("text/html", "<h2>Un titre</h2><p class=MsoNormal>Un <b>mot</b>.</p>");
            data.setData("text/plain", "Un titre Un mot.");
            const how = { clipboardData: data, bubbles: true, cancelable: true };
            document.querySelector(".cm-content").dispatchEvent(new ClipboardEvent("paste", how));
        }"""
    )
    expect(page.get_by_role("textbox", name="Texte", exact=True)).to_contain_text("Un mot")
    with page.expect_navigation():  # once what is pasted has arrived
        page.get_by_role("button", name="Enregistrer").click()
    assert body_of(project) == "## Un titre\n\nUn **mot**.\n"


# --- the document is the file --------------------------------------------------------------------

HEAD = news("Un texte", statut="brouillon").split("---\n\n")[0].encode() + b"---\n\n"
OWN = sorted(path for place in (".", "docs") for path in ROOT.joinpath(place).glob("*.md"))


def real_texts() -> list[Path]:
    """List the Markdown files of the folder of real texts, else of this repository."""
    folder = os.environ.get("AXE_TEXTES_REELS")
    found = sorted(Path(folder).rglob("*.md")) if folder else OWN
    return [path for path in found if path.is_file() and 1 < path.stat().st_size < 400_000]


def round_trip(
    context: BrowserContext, atelier: ServedAtelier, project: Project, texts: list[Path]
) -> None:
    """Require that opening in both looks and saving moves no byte, and one word only itself."""
    page = opened(context, atelier)
    page.set_default_timeout(120_000)  # some of these texts are books
    for rank, path in enumerate(texts, 1):
        print(rank, path, flush=True)  # noqa: T201 - « pytest -s » says how far it is
        data = HEAD + path.read_bytes()
        try:
            data.decode()
        except UnicodeDecodeError:
            continue
        try:
            _there_and_back(page, atelier, project.root / DRAFT, data)
        except Exception as error:
            error.add_note(f"{path}, at {page.url}")
            raise


def _there_and_back(page: Page, atelier: ServedAtelier, draft: Path, data: bytes) -> None:
    draft.write_bytes(data)
    page.goto(f"{atelier.address}/texte/{DRAFT}", wait_until="commit")
    signs, save = (
        page.get_by_role("button", name=n) for n in ("Montrer les signes", "Enregistrer")
    )
    for _ in range(2):
        signs.click()
    save.click()
    page.wait_for_url("**garde=rien", wait_until="commit")
    assert draft.read_bytes() == data
    page.locator(".cm-line").first.click(position={"x": 2, "y": 5})
    page.keyboard.press("Control+Home")
    page.keyboard.type("mot")
    save.click()
    page.wait_for_url("**garde=enregistre", wait_until="commit")
    changed = draft.read_bytes()
    assert changed.count(b"mot") == data.count(b"mot") + 1
    moved = (n for n in range(len(data)) if data[n : n + 1] != changed[n : n + 1])
    at = next(moved, len(data))
    assert any(changed[:n] + changed[n + 3 :] == data for n in range(max(0, at - 3), at + 1))


def test_real_texts_are_opened_and_saved_byte_for_byte(
    context: BrowserContext, atelier: ServedAtelier, project: Project
) -> None:
    round_trip(context, atelier, project, real_texts()[:5])


@pytest.mark.eprouve
@pytest.mark.skipif(
    len(real_texts()) < 500, reason="AXE_TEXTES_REELS names no folder of 500 Markdown files"
)
def test_five_hundred_real_texts_are_opened_and_saved_byte_for_byte(
    context: BrowserContext, atelier: ServedAtelier, project: Project
) -> None:
    texts = real_texts()
    round_trip(context, atelier, project, texts[:: len(texts) // 600 or 1][:600])


def test_the_page_follows_the_cursor_and_stays_when_nothing_changed(
    context: BrowserContext, atelier: ServedAtelier, project: Project
) -> None:
    draft = project.root / DRAFT
    body = "Un début.\n\n## Première partie\n\nDit.\n\n## Seconde partie\n\nDit.\n"
    draft.write_bytes(HEAD + body.encode())
    page = opened(context, atelier, f"/texte/{DRAFT}")
    frame = page.locator("iframe").first
    page.locator(".cm-line").first.click()
    page.keyboard.press("Control+End")
    expect(frame).to_have_attribute("src", re.compile("#seconde-partie$"))
    shown = frame.get_attribute("src")
    page.keyboard.press("ArrowLeft")
    assert frame.get_attribute("src") == shown
    page.keyboard.type("Ajouté ")
    expect(page.get_by_role("status").filter(has_text="Gardé")).to_be_visible()
    expect(frame).to_have_attribute("src", re.compile(r"\?1#seconde-partie$"))
    page.keyboard.press("Control+Home")
    expect(frame).to_have_attribute("src", re.compile(r"\?1$"))


def test_a_finding_stands_beside_its_field_while_one_types(
    context: BrowserContext, atelier: ServedAtelier
) -> None:
    page = opened(context, atelier, f"/texte/{DRAFT}")
    page.get_by_text("Tout l’en-tête").click()
    image = page.locator("#c-image")
    image.fill("images/nulle-part.jpg")
    expect(image).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#e-image")).to_contain_text("nulle-part.jpg")
    image.fill("")
    expect(image).not_to_have_attribute("aria-invalid", "true")


def test_a_link_is_chosen_among_texts_by_keyboard(
    context: BrowserContext, atelier: ServedAtelier, project: Project
) -> None:
    page = opened(context, atelier, f"/texte/{DRAFT}")
    page.locator(".cm-line").first.click()
    page.keyboard.press("Control+Home")
    page.get_by_role("button", name="Lien", exact=True).press("Enter")
    search = page.get_by_role("searchbox", name="Insérer")
    expect(search).to_be_focused()
    search.fill("une nouvelle")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("status").filter(has_text=SAVED)).to_be_visible()
    assert "[Une nouvelle](nouvelles/2020/une-nouvelle.md)" in body_of(project)


def test_what_appeared_is_announced_by_copying(
    browser: Browser, project: Project, tmp_path: Path
) -> None:
    path = project.root / "content/site.toml"
    table = f'\n[publication.site]\ncible = "{tmp_path / "ligne"}"\npublic = "http://127.0.0.1:9"\n'
    path.write_text(path.read_text("utf-8") + table, "utf-8")
    context = browser.new_context(locale="fr-CA", permissions=["clipboard-read", "clipboard-write"])
    with served_atelier(project.root, tmp_path / "donnees") as atelier:
        page = opened(context, atelier, "/publication")
        page.get_by_role("button", name="Publier").click()
        page.get_by_role("link", name="Annoncer ce qui vient de paraître").click(timeout=60_000)
        for width, scheme in ((1280, "light"), (375, "dark")):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.wait_for_load_state("networkidle")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert axe_violations(page) == []
            if shots := os.environ.get("AXTRA_CAPTURES"):
                page.screenshot(path=f"{shots}/annoncer-{width}-{scheme}.png")
        words = page.get_by_label("Texte pour Bluesky").first
        words.fill(words.input_value() + " (bis)")
        page.get_by_role("button", name="Copier le texte pour Bluesky").first.click()
        expect(page.locator("#copie")).to_have_text("Copié.")
        assert page.evaluate("navigator.clipboard.readText()") == words.input_value()
    context.close()
