"""Every example of the editors' guide, typed as it is printed, is accepted."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import datetime

import pytest
from PIL import Image

from axtra.content import loading
from axtra.content.loading import Folders
from axtra.content.schema import BLOCKS, KINDS, Kind
from infolettre.core.dates import ZONE
from infolettre.core.diagnostics import Diagnostic, errors
from support.small_sites import ROOT, text

GUIDE = (ROOT / "docs/guide.md").read_text("utf-8")
MOMENT = datetime(2020, 6, 1, tzinfo=ZONE)
_ROW = re.compile(r"(?m)^\| `([\w-]+)`( \*\*\(obligatoire\)\*\*)? \|.*\| `(.*)` \|$")
_SECTION = re.compile(r"(?ms)^### ([^\n]+)\n(.*?)(?=^##|\Z)")
_FENCE = re.compile(r"(?ms)^```\n(.*?)^```$")
LETTER = (
    'objet: "Objet"\npreentete: "Une phrase."\ndate: 2019-06-05\ntype: bimensuelle\npublic: membres'
)


def _section(title: str) -> str:
    return next(found[2] for found in _SECTION.finditer(GUIDE) if found[1].casefold() == title)


def _rows(title: str) -> list[tuple[str, bool, str]]:
    """List the examples of a table: the key, whether it is needed, the line to type.

    Those of the common keys that a kind has come after its own.
    """
    section, common = _section(title), _section("les clés communes")
    naming = r"(?m)^(?:Tous les genres ont|Et, des \[clés) .*$"
    named = re.findall(r"`([\w-]+)`", "".join(re.findall(naming, common + section)))
    if not section.startswith("\nFichier"):  # a block
        named = []
    rows = [*_ROW.finditer(section), *(row for row in _ROW.finditer(common) if row[1] in named)]
    return [(found[1], bool(found[2]), found[3]) for found in rows]


def _page(*header: str, body: str = "Texte.") -> str:
    return "\n".join(["---", *header, "---", "", body, ""])


def _place(kind: Kind, name: str) -> str:
    slug = "2019-03-27" if kind.name == "infolettre" else name
    return kind.pattern.replace("**", "2019").format(slug=slug, numero="2019-09")


def _of_kinds() -> Iterator[tuple[str, str]]:
    """Make a file of each kind with all the keys of its table, then one for each other key."""
    for kind in KINDS.values():
        rows = _rows(kind.label)
        assert {key for key, _, _ in rows} == {key.name for key in kind.keys}
        needed = [line for _, must, line in rows if must]
        if kind.name in {"numero", "infolettre"}:
            yield _place(kind, ""), _page(*(line for _, _, line in rows))
            continue
        for key, must, line in rows:
            with_image = [other for name, _, other in rows if name in {"image", "photo", "alt"}]
            image = (
                with_image
                if key in {"credit", "licence", "cadrage", "alt", "image", "photo"}
                else []
            )
            header = list(dict.fromkeys([*needed, *image, *([] if must else [line])]))
            yield _place(kind, f"cle-{key}"), _page(*header)


def _of_blocks() -> Iterator[tuple[str, str]]:
    """Make an edition with each block of the guide, and one with each option of its table."""
    for day, (name, line) in enumerate(
        [(block, "") for block in BLOCKS]
        + [(block, row) for block in BLOCKS for _, _, row in _rows(f"bloc {block}")]
    ):
        example = _FENCE.search(_section(f"bloc {name}"))
        assert example, name
        first, *rest = example[1].rstrip().split("\n")
        key = line.partition(":")[0]
        beside = {"image": ["    alt: Ce qu’elle montre."]}.get(key, [])
        replaced = ("    ",) if key == "contenus" else (f"    {key}:",)  # a rule, or a choice
        rest = [typed for typed in rest if not key or not typed.startswith(replaced)]
        body = "\n".join([first, *([f"    {line}", *beside] if line else []), *rest])
        yield f"newsletters/2019/bloc-{day}-{name}.md", _page(LETTER, body=body)


def _of_fences() -> Iterator[tuple[str, str]]:
    """Make a file of each other example."""
    for rank, fence in enumerate(_FENCE.findall(GUIDE)):
        if fence.startswith("---"):
            yield f"content/magazine/2019-03/exemple-{rank}.md", fence
        elif fence.startswith("///"):
            yield f"newsletters/2019/exemple-{rank}.md", _page(LETTER, body=fence)
        elif fence.startswith(("corrections:", "exceptions:")):
            yield f"newsletters/2019/exemple-{rank}.md", _page(LETTER, fence.rstrip())
        elif fence.startswith("[types]"):
            continue  # a table of correspondence, which an import reads
        elif fence.startswith('"/'):
            yield "content/redirections.toml", fence
        else:
            pytest.fail(f"nothing reads this example: {fence}")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[Diagnostic]:
    """Say what is wrong with a project that holds every example."""
    root = tmp_path_factory.mktemp("guide")
    for folder in ("content", "newsletters"):
        shutil.copytree(ROOT / folder, root / folder)
    files = {
        "content/nouvelles/2019/nouveau-nom.md": text(titre="T", date="2019-01-01"),
        "content/evenements/colloque-2019.md": text(titre="T", debut="2019-09-01"),
        "content/magazine/2019-09/releve.md": _page(
            "titre: T", "chapeau: C", "auteurs: [equipe-axtra]", "rubrique: projets"
        ),
        **dict(_of_kinds()),
        **dict(_of_blocks()),
        **dict(_of_fences()),
    }
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content, "utf-8")
    for name in set(re.findall(r"\b((?:images|documents)/[\w.-]+\.\w+)", GUIDE)):
        path = root / "content" / name
        path.parent.mkdir(exist_ok=True)
        if path.suffix == ".svg":
            shutil.copy(root / "content/images/trouve-ton-x.svg", path)
        elif path.suffix in {".jpg", ".png"}:
            Image.new("RGB", (40, 30)).save(path)
        elif path.suffix == ".pdf":
            path.write_bytes(b"%PDF-1.4\n%%EOF\n")
        elif path.suffix == ".mp3":
            path.write_bytes(b"ID3\x04\x00")
    Image.new("RGB", (40, 30)).save(root / "content/images/nouvelle.png")
    return errors(loading.load(Folders(root), moment=MOMENT)[1])


def test_every_example_of_the_guide_is_accepted(found: list[Diagnostic]) -> None:
    assert [str(value) for value in found] == [], "\n".join(map(str, found))
