"""What can be repaired without anybody is, as said, and nothing else moves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from axtra import site
from axtra.content import sent_letters
from axtra.content.loading import Folders
from axtra.content.model import Body, Prose
from axtra.content.repair_plan import RepairPlan, plan
from support.atelier_client import Browser
from support.fixture_types import MakeProject, Run
from support.small_sites import DAY, FULL, make_project, news

FOLDER = "content/nouvelles/2020"
HEAD = "titre: Un titre\ndate: 2020-01-15\nchapeau: Ce qu’il faut en savoir."
SAFE = "https://can01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fquebec.ca%2Fa&data=05"


@dataclass(frozen=True)
class Kind:
    """A fault of the body, or of the header, and what it becomes."""

    rule: str
    typed: str
    mended: str
    header: bool = False

    def file(self, part: str) -> str:
        """Return a text that holds one of the two."""
        return f"---\n{part}\n---\n\nTexte.\n" if self.header else f"---\n{HEAD}\n---\n\n{part}\n"


def header(rule: str, typed: str, mended: str) -> Kind:
    """Return a fault of a line of the header, among sound ones."""
    names = {"titre": "Un titre", "date": "2020-01-15", "chapeau": "Un fait."}
    key = mended.partition(":")[0].strip()
    rest = "\n".join(f"{name}: {value}" for name, value in names.items() if name != key)
    return Kind(rule, f"{typed}\n{rest}", f"{mended}\n{rest}", header=True)


KINDS = (
    # lists
    Kind("puce-copiee", "Intro :\n\n• un\n• deux", "Intro :\n\n- un\n- deux"),
    Kind("puce-copiee", "Intro :\n• un\n• deux", "Intro :\n- un\n- deux"),
    Kind("puce-copiee", "•\tun\n•\tdeux", "- un\n- deux"),
    Kind("puce-copiee", "▪ `un` mot", "- `un` mot"),
    Kind("puce-copiee", "o\tun\no\tdeux", "- un\n- deux"),
    Kind("puce-copiee", "  \uf0b7 un\n  \uf0b7 deux", "  - un\n  - deux"),
    Kind("puce-copiee", "-\u00a0un\n-\u00a0deux", "- un\n- deux"),
    Kind("puce-copiee", "1.\u00a0un\n2.\u00a0deux", "1. un\n2. deux"),
    Kind("puce-copiee", "-un\n-deux", "- un\n- deux"),
    Kind("puce-copiee", "> • un\n> • deux", "> - un\n> - deux"),
    Kind("puce-copiee", "* • un\n* • deux", "* un\n* deux"),
    Kind("puce-copiee", "1.un\n2.deux", "1. un\n2. deux"),
    Kind("puce-copiee", "Suite :\n2. un\n3. deux", "Suite :\n\n2. un\n3. deux"),
    # headings
    Kind("diese-colle", "##Un titre", "## Un titre"),
    Kind("diese-colle", "###\u00a0Un titre", "### Un titre"),
    Kind("gras-en-titre", "**Le contexte**\n\nUn fait.", "## Le contexte\n\nUn fait."),
    Kind("gras-en-titre", "__Pourquoi ?__\n\nUn fait.", "## Pourquoi ?\n\nUn fait."),
    Kind(
        "gras-en-titre",
        "## A\n\n### B\n\nUn.\n\n**C**\n\nDeux.\n\n**D**\n\nTrois.",
        "## A\n\n### B\n\nUn.\n\n### C\n\nDeux.\n\n### D\n\nTrois.",
    ),
    # tables
    Kind("tableau-copie", "A\tB\n1\t2\n3\t4", "| A | B |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |"),
    Kind(
        "tableau-copie",
        "Voici :\nA\tx|y\n1\t2\nLa suite.",
        "Voici :\n| A | x\\|y |\n| --- | --- |\n| 1 | 2 |\n\nLa suite.",
    ),
    Kind(
        "tableau-colle",
        "| a | b |\n|---|---|\n| 1 | 2 |\nLe texte\nsuit.",
        "| a | b |\n|---|---|\n| 1 | 2 |\n\nLe texte\nsuit.",
    ),
    # addresses
    Kind("lien-detourne", f"[Un site]({SAFE})", "[Un site](https://quebec.ca/a)"),
    Kind("lien-detourne", f"[Un site][1]\n\n[1]: {SAFE}", "[Un site][1]\n\n[1]: https://quebec.ca/a"),
    Kind(
        "lien-detourne",
        f'<a href="{SAFE.replace("&", "&amp;")}">Un site</a>',
        '<a href="https://quebec.ca/a">Un site</a>',
    ),
    Kind("lien-suivi", "[A](https://x.ca/?utm_source=a&p=1)", "[A](https://x.ca/?p=1)"),
    Kind(
        "lien-suivi",
        "[A](https://x.ca/?utm_source=a) [B](https://x.ca/?utm_source=a&p=1)",
        "[A](https://x.ca/) [B](https://x.ca/?p=1)",
    ),
    Kind("lien-incomplet", "[Un site](www.quebec.ca)", "[Un site](https://www.quebec.ca)"),
    Kind("lien-incomplet", "[Un site](//quebec.ca/a)", "[Un site](https://quebec.ca/a)"),
    Kind("lien-incomplet", "[Écrire](info@quebec.ca)", "[Écrire](mailto:info@quebec.ca)"),
    Kind("lien-absolu", "[Ici](https://www.axtra.ca/a-propos/)", "[Ici](/a-propos/)"),
    Kind("lien-absolu", '[Ici](https://axtra.ca/nouvelles/ "Les nouvelles")',
         '[Ici](/nouvelles/ "Les nouvelles")'),
    Kind("lien-brise", "[Ici](Pages/A-Propos.md)", "[Ici](pages/a-propos.md)"),
    # letters and signs
    Kind("caractere-invisible", "Un\u200b mot\u00ad et\u2060 un autre.", "Un mot et un autre."),
    Kind("caractere-invisible", "L\x92été\x0bici", "L’été ici"),
    Kind("accents-abimes", "LÃ©a lit lâ€™Å“uvre de FranÃ§ois.", "Léa lit l’œuvre de François."),
    Kind("accents-abimes", "Ãƒ\u00a9tÃƒ\u00a9", "été"),
    Kind("accents-abimes", "cÅ“ur de 10 â‚¬", "cœur de 10 €"),
    Kind("accents-abimes", "LÃ©a va Ã  Laval.", "Léa va à Laval."),
    # the header
    header("entete-illisible", "titre: Emploi : les faits", 'titre: "Emploi : les faits"'),
    header("entete-illisible", 'titre: Le "mot" : un fait', "titre: 'Le \"mot\" : un fait'"),
    header("entete-illisible", "titre: “Emploi : les faits”", 'titre: "Emploi : les faits"'),
    header("entete-illisible", "titre: « Emploi : les faits »", 'titre: "Emploi : les faits"'),
    header("entete-illisible", "titre: “A” : “b”", 'titre: "“A” : “b”"'),
    header("entete-illisible", "titre: [Dossier] Les faits", 'titre: "[Dossier] Les faits"'),
    header("entete-illisible", "titre: *Axe* a dix ans", 'titre: "*Axe* a dix ans"'),
    header("entete-illisible", 'titre: "Les faits', 'titre: "Les faits"'),
    header("entete-illisible", "\ttitre: Les faits", "titre: Les faits"),
    header("entete-illisible", "titre:\u00a0Les faits", "titre: Les faits"),
    header("entete-illisible", "titre:Les faits", "titre: Les faits"),
    header("entete-illisible", 'titre: "Emploi" : les faits', "titre: '\"Emploi\" : les faits'"),
    header("entete-illisible", "titre: &co", 'titre: "&co"'),
    header("cle-inconnue", "titre\u00a0: Les faits", "titre: Les faits"),
    header("cle-inconnue", "“titre”: Les faits", "titre: Les faits"),
    header("cle-inconnue", "Titre: Les faits", "titre: Les faits"),
    header("cle-inconnue", "mots_clés: [emploi]", "mots-cles: [emploi]"),
    header("valeur-invalide", "mots-cles:\n  - Emploi : faits\n  - b",
           'mots-cles:\n  - "Emploi : faits"\n  - b'),
    header("date-invalide", "date: “2020-01-15”", "date: 2020-01-15"),
    header("date-invalide", "date: 15 janvier 2020", "date: 2020-01-15"),
    header("date-invalide", "date: 2020/1/5", "date: 2020-01-05"),
    header("date-invalide", "date: 2020-01-15T09:30:00-05:00", "date: 2020-01-15 09:30"),
    header("choix-inconnu", "statut: Publié", "statut: publie"),
)  # fmt: skip


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a project with a text for each kind of fault."""
    files = {f"{FOLDER}/texte-{at}.md": kind.file(kind.typed) for at, kind in enumerate(KINDS)}
    return make_project(tmp_path_factory.mktemp("reparer") / "projet", {**FULL, **files}).root


def planned(root: Path) -> RepairPlan:
    """Find what can be repaired in a project."""
    return plan(
        Folders(root),
        lambda instead: site.read(root, moment=DAY, instead=instead)[1],
        lambda _name: True,
    )


@pytest.fixture(scope="module")
def made(root: Path) -> RepairPlan:
    return planned(root)


@pytest.mark.parametrize("at", range(len(KINDS)), ids=lambda at: f"{KINDS[at].rule}-{at}")
def test_each_kind_is_repaired_as_it_says(made: RepairPlan, at: int) -> None:
    kind, name = KINDS[at], f"{FOLDER}/texte-{at}.md"
    assert made.after.get(name, b"").decode() == kind.file(kind.mended)
    assert kind.rule in {found.rule for found in made.mended if found.file == name}


def test_what_is_repaired_has_nothing_left_to_repair(root: Path, made: RepairPlan) -> None:
    problems = site.read(root, moment=DAY, instead=made.after)[1]
    assert [found for found in problems if found.repair] == []


# --- nothing else moves ---------------------------------------------------------------------------

BODIES = [
    kind
    for kind in KINDS
    if not kind.header and kind.rule != "accents-abimes" and "\x0b" not in kind.typed
]
SOUND = (
    "Un paragraphe *simple*, [lié](pages/a-propos.md).",
    "- une\n- liste",
    "> cité",
    "`• code`",
    "```\n• code\n##code\nA\tB\n1\t2\n```",
    "1. un\n2. deux",
    "/// encadre | Titre\nTexte.\n///",
)


@pytest.fixture(scope="module")
def lone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_project(tmp_path_factory.mktemp("fautes") / "projet", FULL).root


def words(root: Path, name: str, instead: Mapping[str, bytes]) -> list[str]:
    """List the words of a text as its readers see them.

    The numbers of a list are its signs, as the « o » of a second level that Word copies.
    """
    library, _ = site.read(root, moment=DAY, instead=instead)
    (item,) = [item for item in library.items if item.source == name]
    shown = re.sub(r"<[^>]+>", " ", "".join(prose(item.content)))
    return re.findall(r"(?!o\b)[^\W\d_]+", re.sub("[\u00ad\u200b\u2060]", "", shown))


def prose(body: Body) -> Iterator[str]:
    """Yield the HTML of a body, that of its blocks included."""
    for node in body:
        yield node.html if isinstance(node, Prose) else ""
        yield from prose(node.inner)


@given(
    faults=st.lists(st.sampled_from(BODIES), min_size=1, max_size=5),
    sound=st.lists(st.sampled_from(SOUND), max_size=3),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    mark=st.sampled_from(["", "\ufeff"]),
    chance=st.randoms(use_true_random=False),
)
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_faults_together_are_repaired_once_and_lose_no_word(
    lone: Path, faults: list[Kind], sound: list[str], end: str, mark: str, chance: object
) -> None:
    passages = [fault.typed for fault in faults] + sound
    chance.shuffle(passages)  # type: ignore[attr-defined]
    name = f"{FOLDER}/fautes.md"
    whole = f"{mark}---\n{HEAD}\n---\n\n" + "\n\n".join(passages) + "\n"
    typed = whole.replace("\n", end).encode()
    (lone / name).write_bytes(typed)
    made = planned(lone)
    after = made.after[name]
    assert words(lone, name, {}) == words(lone, name, made.after)
    assert after.startswith(mark.encode())
    assert end == "\n" or not re.search(rb"(?<!\r)\n", after)
    again = plan(
        Folders(lone),
        lambda instead: site.read(lone, moment=DAY, instead={**made.after, **instead})[1],
        lambda _name: True,
    )
    assert not again.mended
    for passage in sound:
        assert passage.replace("\n", end) in after.decode()


@pytest.mark.parametrize(
    "typed",
    [
        "titre: Un\nchapeau: Suite\n  sur deux : lignes",
        "titre: Un\nchapeau: Il dit : oui\n  et la suite",
        "titre: Un fait # 4 : un",
        "titre: [un, deux",
        "juste un mot",
        "titre: Un\nsignature: x",
        "titre: Un\nTitre: Deux",
        "titre: Un\nstatut: peut-être",
    ],
)
def test_what_asks_for_a_choice_is_left(lone: Path, typed: str) -> None:
    whole = f"---\n{typed}\ndate: 2020-01-15\n---\n\nTexte.\n"
    (lone / FOLDER / "fautes.md").write_text(whole)
    assert not planned(lone)


# --- the command ----------------------------------------------------------------------------------


def faulty(at: int, *, end: str = "\n") -> str:
    """Return a text with a few faults."""
    return (
        f"---\ntitre: Fait {at} : un\ndate: 2020-01-15\nchapeau: Un fait.\n---\n\n• un\n• deux\n"
    ).replace("\n", end)


def test_forty_files_are_shown_then_written(new_project: MakeProject, run: Run) -> None:
    files = {f"{FOLDER}/t{at}.md": faulty(at, end="\r\n" if at % 2 else "\n") for at in range(40)}
    project = new_project({**FULL, **files})
    before = {name: (project.root / name).read_bytes() for name in files}
    code, out, _ = run(project, "verifier", "--reparer")
    assert code == 1
    assert "120 réparations dans 40 fichiers. Rien n’est écrit." in out
    assert {name: (project.root / name).read_bytes() for name in files} == before
    code, out, _ = run(project, "verifier", "--reparer", "--oui")
    assert "120 réparations. Ce qui reste :" in out
    for at, name in enumerate(files):
        wanted = files[name].replace("• ", "- ").replace(f"Fait {at} : un", f'"Fait {at} : un"')
        assert (project.root / name).read_bytes() == wanted.encode()
    code, out, _ = run(project, "verifier", "--reparer", "--oui")
    assert code == 0
    assert "Rien à réparer." in out


def test_only_the_files_named_are_repaired(new_project: MakeProject, run: Run) -> None:
    project = new_project({**FULL, f"{FOLDER}/a.md": faulty(1), f"{FOLDER}/b.md": faulty(2)})
    run(project, "verifier", "--reparer", "--oui", str(project.root / FOLDER / "a.md"))
    assert "•" not in (project.root / FOLDER / "a.md").read_text()
    assert (project.root / FOLDER / "b.md").read_text() == faulty(2)


def test_a_file_with_two_versions_is_left(new_project: MakeProject, run: Run) -> None:
    typed = news() + "\n<<<<<<< HEAD\n• un\n=======\n• deux\n>>>>>>> autre\n"
    project = new_project({**FULL, f"{FOLDER}/a.md": typed})
    _, out, err = run(project, "verifier", "--reparer", "--oui")
    assert "Rien à réparer." in out
    assert "a.md : deux versions de ce texte sont à réunir" in err
    assert (project.root / FOLDER / "a.md").read_text() == typed


def test_a_file_that_changed_meanwhile_is_left(new_project: MakeProject) -> None:
    project = new_project({**FULL, f"{FOLDER}/a.md": faulty(1), f"{FOLDER}/b.md": faulty(2)})
    made = planned(project.root)
    (project.root / FOLDER / "a.md").write_text("autre chose")
    assert made.carry_out(project.root) == [f"{FOLDER}/a.md"]
    assert (project.root / FOLDER / "a.md").read_text() == "autre chose"
    assert "•" not in (project.root / FOLDER / "b.md").read_text()


def test_a_file_is_renamed_wherever_it_is_named(new_project: MakeProject, run: Run) -> None:
    links = "[a](/images/Photo%20%C3%89.JPG) [b](nouvelles/2020/Le Texte.MD)"
    body = f"![Un](images/Photo%20É.JPG)\n\n{links}"
    typed = news(image="images/Photo É.JPG", image_alt="Une").replace("Un texte", body)
    project = new_project({**FULL, f"{FOLDER}/a.md": typed, f"{FOLDER}/Le Texte.MD": news("Autre")})
    (project.root / "content/images").mkdir(exist_ok=True)
    Image.new("RGB", (800, 600)).save(project.root / "content/images/Photo E\u0301.JPG", "JPEG")
    _, out, _ = run(project, "verifier", "--reparer", "--oui")
    text = (project.root / FOLDER / "a.md").read_text()
    assert text.count("images/photo-e.jpg") == 3
    assert "(nouvelles/2020/le-texte.md)" in text
    assert (project.root / "content/images/photo-e.jpg").exists()
    assert (project.root / FOLDER / "le-texte.md").exists()
    assert "+ content/images/photo-e.jpg" in out
    assert not [found for found in site.read(project.root, moment=DAY)[1] if found.repair]


def test_a_name_that_is_taken_is_not_given(new_project: MakeProject, run: Run) -> None:
    project = new_project(
        {**FULL, f"{FOLDER}/a-b.md": news("Un"), f"{FOLDER}/A b.MD": news("Deux")}
    )
    _, out, _ = run(project, "verifier", "--reparer", "--oui")
    assert "Rien à réparer." in out
    assert (project.root / FOLDER / "a-b.md").read_text() == news("Un")


def test_a_file_that_a_sent_letter_or_another_names_is_not_renamed(
    new_project: MakeProject,
) -> None:
    project = new_project(FULL)
    (project.root / "content/images").mkdir(exist_ok=True)
    for name in ("Envoyée.jpg", "Deux\u00e9.jpg", "Deuxe\u0301.jpg", "Seule \u00e9.jpg"):
        Image.new("RGB", (800, 600)).save(project.root / "content/images" / name, "JPEG")
    (project.root / sent_letters.FILE).write_text("# /images/Envoy%C3%A9e.jpg\n")
    assert planned(project.root).names == {
        "content/images/Seule é.jpg": "content/images/seule-e.jpg"
    }


def test_what_a_text_in_conflict_names_is_not_renamed(new_project: MakeProject) -> None:
    typed = news().replace("Un texte", "<<<<<<< HEAD\n![Un](images/Été.jpg)\n>>>>>>> b\nUn texte")
    project = new_project({**FULL, f"{FOLDER}/a.md": typed})
    (project.root / "content/images").mkdir(exist_ok=True)
    Image.new("RGB", (800, 600)).save(project.root / "content/images/Été.jpg", "JPEG")
    made = planned(project.root)
    assert not made
    assert made.conflicts == {f"{FOLDER}/a.md"}


def test_the_list_in_json_holds_each_repair(new_project: MakeProject, run: Run) -> None:
    project = new_project({**FULL, f"{FOLDER}/a.md": news() + "\n• un\n"})
    _, out, _ = run(project, "verifier", "--format", "json")
    (found,) = json.loads(out)
    assert found["reparation"] == {
        "modifications": [{"ligne": found["ligne"], "colonne": 0, "ancien": "• ", "nouveau": "- "}],
        "nom": None,
        "effet": "une liste",
    }


# --- the atelier ----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["brouillon", "publie"])
def test_a_button_of_the_atelier_repairs_what_is_typed(
    new_project: MakeProject, tmp_path: Path, status: str
) -> None:
    name = f"{FOLDER}/a.md"
    typed = news(statut=status) + "\n• un\n\n##Deux\n"
    project = new_project({**FULL, name: typed})
    browser = Browser(project.root, tmp_path / "donnees")
    form = browser.ask(f"/texte/{name}").form()
    form.fields["texte"] = "Une ligne de plus.\n\n" + form.fields["texte"]
    acts = [value for _, value in form.buttons.values() if value.startswith("corriger-")]
    screen = browser.request("POST", form.address, data={**form.fields, "acte": acts[-1]})
    shown = screen.form().fields["texte"]
    assert "Corrigé." in screen.words
    assert "Une ligne de plus." in shown
    assert ("• un" in shown) != ("##Deux" in shown)
    in_file = (project.root / name).read_text()
    assert (in_file == typed) is (status == "publie")
    again = browser.request("POST", form.address, data={**screen.form().fields, "acte": acts[-1]})
    assert "rien n’a été corrigé" in again.words
