"""Random edits of a small project, as its editors and its designers could make them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from sites import FULL, Project, article, author, letter, news, numero

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


class Edits:
    """Draws edits one after the other; the same seed gives the same ones."""

    def __init__(self, project: Project, seed: int) -> None:
        self._project = project
        self._chance = random.Random(seed)  # noqa: S311 - edits, not secrets
        self._count = 0
        self.theme = project.own_theme()

    def make(self) -> str:
        """Make one edit and say which."""
        self._count += 1
        edit: Callable[[], str] = self._chance.choice(
            [self._body] * 4
            + [self._title, self._title, self._subjects, self._authors, self._day, self._draft]
            + [self._slug, self._add, self._add, self._delete, self._link, self._card]
            + [self._summary, self._template, self._setting, self._token, self._style, self._mail]
            + [self._fact, self._output, self._image]
        )
        return edit()

    def _files(self, *folders: str) -> list[Path]:
        root = self._project.root
        found = [path for folder in folders for path in (root / folder).rglob("*.md")]
        return sorted(found) or sorted((root / "content").rglob("*.md"))

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
        articles = [one for one in self._files("content/magazine") if one.stem != "numero"]
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
        path = self._any("content/nouvelles", "newsletters")
        path.unlink()
        return f"deleted {path.name}"

    def _link(self) -> str:
        source, target = self._any(), self._any("content")
        link = target.relative_to(self._project.root).as_posix()
        link = link.removeprefix("content/")
        body = f"{source.read_text('utf-8')}\nVoir [{self._phrase()}]({link}).\n"
        source.write_text(body, "utf-8")
        return f"link {source.name} → {target.name}"

    def _card(self) -> str:
        path = self._any("newsletters", "content/nouvelles")
        path.write_text(f"{path.read_text('utf-8')}\n/// articles\n    nombre: 3\n///\n", "utf-8")
        return f"cards → {path.name}"

    def _template(self) -> str:
        path = self._chance.choice(sorted((self.theme / "templates").rglob("*.html")))
        path.write_text(f"{path.read_text('utf-8')}{{# {self._count} #}}\n", "utf-8")
        return f"template {path.name}"

    def _mail(self) -> str:
        path = self.theme / "courriel/infolettre.txt"
        path.write_text(f"{path.read_text('utf-8')}\n{self._phrase()}\n", "utf-8")
        return "template of the mail"

    def _setting(self) -> str:
        conf = self._project.root / "pelicanconf.py"
        host = self._chance.choice(("www", "essai"))
        whole = re.sub(r'SITEURL = ".*"', f'SITEURL = "https://{host}.axtra.ca"', conf.read_text())
        conf.write_text(whole, "utf-8")
        return f"SITEURL {host}"

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

    def _output(self) -> str:
        """Damage what is published, as a careless hand could."""
        pages = sorted(self._project.output.rglob("*.html"))
        if not pages:
            return "nothing published"
        path = self._chance.choice(pages)
        path.unlink()
        if self._chance.random() < 0.5:
            path.write_text("abîmé", "utf-8")
        return f"damaged {path.name}"

    def _image(self) -> str:
        colour = self._chance.choice(("red", "blue", "green"))
        drawn = f'viewBox="0 0 9 9"><path fill="{colour}"/></svg>'
        svg = {"content/images/dessin.svg": f'<svg xmlns="http://www.w3.org/2000/svg" {drawn}'}
        self._project.write(svg)
        path = self._any("content/nouvelles", "newsletters")
        self._key(path, "alt", "Un dessin")
        return self._key(path, "image", "images/dessin.svg")
