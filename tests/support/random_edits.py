"""Random edits of a small project, such as editors and designers make."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from PIL import Image

from support.small_sites import (
    DAY,
    FULL,
    RUBRIQUES,
    TYPES,
    Project,
    article,
    author,
    letter,
    news,
    numero,
)

WORDS = ("travail", "relève", "stage", "métier", "avenir", "projet", "région", "accueil", "savoir")
SUBJECTS = ("essai", "stages", "relève", "régions")
START: dict[str, str] = {
    **FULL,
    "content/magazine/2019-11/numero.md": numero(titre="Avant", date="2019-11-05", numero="2"),
    "content/magazine/2019-11/ancien.md": article("Un ancien article", mots_cles="[essai, stages]"),
    "content/magazine/2020-05/second.md": article(
        "Un second article", auteurs="[une-personne, une-autre]"
    ),
    "content/auteurs/une-autre.md": author("Une autre personne"),
    "content/nouvelles/2020/autre.md": news(
        "Une autre nouvelle", "2020-02-20", mots_cles="[stages]"
    ),
    "newsletters/2020/2020-05-20.md": letter(
        "/// articles | À lire\n    nombre: 2\n///\n\n/// evenement | un-colloque\n///",
        objet="La lettre de la fin de mai",
        date="2020-05-20",
    ),
}
# Enough texts for the lists of several kinds to have neighbours of an edited text.
MANY: dict[str, str] = {
    **START,
    **{
        f"content/nouvelles/2019/nouvelle-{n}.md": news(
            f"La nouvelle numéro {n}", f"2019-{n:02d}-11", mots_cles=f"[{SUBJECTS[n % 4]}]"
        )
        for n in range(1, 11)
    },
    **{
        f"content/magazine/2019-11/article-{n}.md": article(
            f"L’article numéro {n}", mots_cles=f"[{SUBJECTS[n % 4]}]", auteurs="[une-autre]"
        )
        for n in range(6)
    },
    **{
        f"newsletters/2020/2020-02-{n:02d}.md": letter(
            f"/// article | article-{n}\n///", objet=f"La lettre du {n}", date=f"2020-02-{n:02d}"
        )
        for n in range(2, 5)
    },
}
DRAWING = "content/images/dessin.svg"
_SOURCES = ("content", "newsletters", "theme", "pelicanconf.py")


def drawing(colour: str) -> str:
    """Return a drawing of a single colour."""
    shape = f'<path fill="{colour}" d="M0 0h9v9z"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{shape}</svg>'


class Edits:
    """Makes random edits; the same seed makes the same edits.

    `moment` is the time at which to build after the last edit.
    """

    def __init__(self, project: Project, seed: int) -> None:
        self._project = project
        self._chance = random.Random(seed)  # noqa: S311 - edits, not secrets
        self._count = 0
        self.theme = project.own_theme()
        self.moment: datetime = DAY
        self._sound = self.sources()

    def settle(self, *, sound: bool) -> None:
        """Remember a sound state; half the time, restore the last sound state after a refusal."""
        if sound:
            self._sound = self.sources()
        elif self._chance.random() < 0.5:
            now = self.sources()
            for path in now.keys() - self._sound.keys():
                path.unlink()
            for path, data in self._sound.items():
                if now.get(path) != data:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(data)

    def sources(self) -> dict[Path, bytes]:
        """Return the content of every file that an edit may change."""
        roots = [self._project.root / name for name in _SOURCES]
        files = [path for root in roots for path in (root, *root.rglob("*")) if path.is_file()]
        return {path: path.read_bytes() for path in files}

    def make(self) -> str:
        """Make an edit and return its description."""
        self._count += 1
        edit: Callable[[], str] = self._chance.choice(
            [self._body] * 4
            + [self._title, self._title, self._subjects, self._authors, self._day, self._draft]
            + [self._slug, self._add, self._add, self._delete, self._link, self._card]
            + [self._summary, self._template, self._setting, self._token, self._style, self._mail]
            + [self._fact, self._output, self._image, self._photograph, self._rename, self._clock]
            + [self._kinds, self._book, self._anchor]
        )
        return edit()

    def _files(self, *folders: str) -> list[Path]:
        root = self._project.root
        files = [path for folder in folders for path in (root / folder).rglob("*.md")]
        return sorted(files) or sorted((root / "content").rglob("*.md"))

    def _any(self, *folders: str) -> Path:
        return self._chance.choice(self._files(*(folders or ("content", "newsletters"))))

    def _key(self, path: Path, name: str, value: str | None) -> str:
        """Set a key of a header, or remove it."""
        whole = path.read_text("utf-8")
        kept = re.sub(rf"(?m)^{name}: .*\n", "", whole)
        if value is not None:
            kept = kept.replace("---\n", f"---\n{name}: {value}\n", 1)
        path.write_text(kept, "utf-8")
        return f"{name}: {value} → {path.name}"

    def _phrase(self) -> str:
        return " ".join(self._chance.choices(WORDS, k=4)).capitalize()

    def _body(self) -> str:
        path = self._any()
        path.write_text(
            path.read_text("utf-8") + f"\n{self._phrase()} : {self._phrase()}.\n", "utf-8"
        )
        return f"body → {path.name}"

    def _title(self) -> str:
        path = self._any()
        name = "nom" if "auteurs" in path.parts else "titre"
        name = "objet" if "newsletters" in path.parts else name
        return self._key(path, name, f"{self._phrase()} {self._count}")

    def _summary(self) -> str:
        return self._key(
            self._any("content/magazine", "content/nouvelles"), "chapeau", self._phrase()
        )

    def _subjects(self) -> str:
        drawn = self._chance.sample(SUBJECTS, self._chance.randint(0, 3))
        return self._key(self._any("content/magazine"), "mots-cles", f"[{', '.join(drawn)}]")

    def _authors(self) -> str:
        names = ["une-personne", "une-autre"]
        drawn = self._chance.sample(names, self._chance.randint(1, 2))
        articles = [path for path in self._files("content/magazine") if path.stem != "numero"]
        return self._key(self._chance.choice(articles), "auteurs", f"[{', '.join(drawn)}]")

    def _day(self) -> str:
        day = date(2019, 1, 1) + timedelta(days=self._chance.randint(0, 900))  # some are to come
        return self._key(self._any("content/nouvelles", "content/evenements"), "date", str(day))

    def _draft(self) -> str:
        state = self._chance.choice(("brouillon", None, None))
        return self._key(self._any("content"), "statut", state)

    def _slug(self) -> str:
        word = self._chance.choice((None, f"neuf-{self._count}"))
        return self._key(self._any("content/nouvelles", "content/publications"), "slug", word)

    def _add(self) -> str:
        kind = self._chance.choice(("nouvelle", "article", "lettre", "auteur"))
        n = self._count
        name, content = {
            "nouvelle": (
                f"content/nouvelles/2020/neuve-{n}.md",
                news(self._phrase(), "2020-03-03"),
            ),
            "article": (
                f"content/magazine/2020-05/neuf-{n}.md",
                article(self._phrase(), mots_cles="[essai]"),
            ),
            "lettre": (f"newsletters/2020/2020-04-{n % 28 + 1:02d}-{n}.md", self._letter(n)),
            "auteur": (f"content/auteurs/neuf-{n}.md", author(f"Personne {n}")),
        }[kind]
        self._project.write({name: content})
        return f"new {name}"

    def _letter(self, n: int) -> str:
        return letter(
            "/// article | premier\n///", objet=self._phrase(), date=f"2020-04-{n % 28 + 1:02d}"
        )

    def _delete(self) -> str:
        path = self._any("content/nouvelles", "newsletters", "content/magazine", "content/auteurs")
        path.unlink()
        return f"deleted {path.name}"

    def _rename(self) -> str:
        path = self._any("content/nouvelles", "content/publications", "newsletters")
        new = path.with_name(f"{path.stem}-{self._count}.md")
        path.rename(new)
        return f"renamed {path.name} → {new.name}"

    def _link(self) -> str:
        source, target = self._any(), self._any("content")
        link = target.relative_to(self._project.root).as_posix()
        link = link.removeprefix("content/")
        body = f"{source.read_text('utf-8')}\nVoir [{self._phrase()}]({link}).\n"
        source.write_text(body, "utf-8")
        return f"link {source.name} → {target.name}"

    def _anchor(self) -> str:
        """Link to a heading of a page, which a later edit of that page may remove."""
        source, target = self._any(), self._any("content/nouvelles", "content/magazine")
        heading = f"Un repère {self._count}"
        target.write_text(f"{target.read_text('utf-8')}\n## {heading}\n\nLà.\n", "utf-8")
        page = target.relative_to(self._project.root / "content").as_posix()
        link = f"{page}#un-repere-{self._count}"
        source.write_text(f"{source.read_text('utf-8')}\nVoir [le repère]({link}).\n", "utf-8")
        return f"link {source.name} → {link}"

    def _card(self) -> str:
        path = self._any("newsletters", "content/nouvelles")
        path.write_text(f"{path.read_text('utf-8')}\n/// articles\n    nombre: 3\n///\n", "utf-8")
        return f"cards → {path.name}"

    def _template(self) -> str:
        """Make a template print something more, or only add a comment to it."""
        path = self._chance.choice(sorted((self.theme / "templates").rglob("*.html")))
        more = self._chance.choice((f"<!-- {self._count} -->", '{{ "/"|absolu }}'))
        # Not in the name of the page's style sheet, which must exist.
        return self._into(path, r"\{%-? (?:macro|block (?!feuille))[^%]*%\}", more)

    def _book(self) -> str:
        return self._into(self.theme / "livre/epub.html", r"<body[^>]*>", f"<!-- {self._count} -->")

    def _into(self, path: Path, after: str, more: str) -> str:
        whole = path.read_text("utf-8")
        shown = re.sub(after, rf"\g<0>{more}", whole, count=1)
        path.write_text(shown if shown != whole else f"{whole}{{# {self._count} #}}\n", "utf-8")
        return f"template {path.name}"

    def _mail(self) -> str:
        name = self._chance.choice(("infolettre.txt", "blocs/article.txt", "blocs/article.mjml"))
        path = self.theme / "courriel" / name
        more = f"\n{self._phrase()}\n" if path.suffix == ".txt" else f"\n<!-- {self._count} -->\n"
        path.write_text(f"{path.read_text('utf-8')}{more}", "utf-8")
        return f"template of the mail {name}"

    def _setting(self) -> str:
        conf = self._project.root / "pelicanconf.py"
        name, values = self._chance.choice(
            (
                ("SITEURL", ("https://www.axtra.ca", "https://essai.axtra.ca")),
                ("SITENAME", ("AXE Magazine", "Un autre nom")),
                ("TIMEZONE", ("America/Toronto", "America/Vancouver")),
            )
        )
        value = self._chance.choice(values)
        whole = re.sub(rf'{name} = ".*"', f'{name} = "{value}"', conf.read_text("utf-8"))
        conf.write_text(whole, "utf-8")
        return f"{name} {value}"

    def _clock(self) -> str:
        """Let time pass, so that scheduled texts appear."""
        self.moment += timedelta(hours=self._chance.choice((1, 24, 24 * 30)))
        return f"now {self.moment:%Y-%m-%d %H h}"

    def _token(self) -> str:
        path = self.theme / "tokens.toml"
        path.write_text(f"{path.read_text('utf-8')}\n# {self._count}\n", "utf-8")
        return "tokens"

    def _style(self) -> str:
        path = self.theme / "static/css/parties/pied.css"
        path.write_text(f"{path.read_text('utf-8')}\n.n{self._count} {{ margin: 0 }}\n", "utf-8")
        return "style"

    def _fact(self) -> str:
        path = self._project.root / "content/site.toml"
        whole = re.sub(r'devise = ".*"', f'devise = "{self._phrase()}"', path.read_text("utf-8"))
        path.write_text(whole, "utf-8")
        return "fact"

    def _kinds(self) -> str:
        """Change the description of the rubrique or of the type of letter."""
        name, text = self._chance.choice((("rubriques", RUBRIQUES), ("infolettres", TYPES)))
        whole = re.sub(r'description = ".*"', f'description = "{self._phrase()}."', text)
        self._project.write({f"content/{name}.toml": whole})
        return name

    def _output(self) -> str:
        """Damage a published file."""
        pages = sorted(self._project.output.rglob("*.html"))
        if not pages:
            return "nothing published"
        path = self._chance.choice(pages)
        path.unlink()
        if self._chance.random() < 0.5:
            path.write_text("abîmé", "utf-8")
        return f"damaged {path.name}"

    def _image(self) -> str:
        self._project.write({DRAWING: drawing(self._chance.choice(("red", "blue", "green")))})
        path = self._any("content/nouvelles", "newsletters")
        self._key(path, "alt", "Un dessin")
        return self._key(path, "image", "images/dessin.svg")

    def _photograph(self) -> str:
        """Change the pixels of a photograph, whether a page shows it or not."""
        path = self._project.root / "content/images/photo.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        shade = self._chance.randrange(256)
        Image.new("RGB", (self._chance.choice((48, 64)), 36), (shade, 90, 120)).save(path)
        shown = self._any("content/nouvelles", "content/magazine")
        if shown.stem != "numero" and self._chance.random() < 0.5:
            self._key(shown, "alt", "Une photo")
            self._key(shown, "image", "images/photo.png")
        return f"photograph → {shown.name}"
