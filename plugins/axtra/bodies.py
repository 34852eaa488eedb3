"""Documents to bodies: every link an address, every image measured, every card an item."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape
from typing import Protocol

from markupsafe import Markup

from axtra import firstname, frontmatter
from axtra.blocks import Fragment, Part, RawBlock, inner_html
from axtra.diagnostics import Notes, did_you_mean
from axtra.frontmatter import Source, Value
from axtra.links import Addresses
from axtra.model import (
    CLASSES,
    Article,
    Aside,
    Block,
    Body,
    Button,
    Card,
    Cards,
    Contents,
    Event,
    Figure,
    Image,
    Item,
    KeyFigure,
    KeyFigures,
    Library,
    News,
    Newsletter,
    Node,
    Numero,
    Only,
    Prose,
    Publication,
    Quote,
    Release,
    Rubrique,
    Status,
    T,
    Text,
    Video,
    html_text,
)
from axtra.schema import LISTED_KINDS

_LINK = re.compile(r'(<a [^>]*?href=")([^"]*)("[^>]*>)(.*?)</a>', re.DOTALL)
_IMG = re.compile(r"<img ([^>]*)>")
_ALONE = re.compile(r"<p>(<img [^>]*>)</p>")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_FIGURE_ITEM = re.compile(
    r"\s*<li>\s*(?:<p>)?<strong>(.*?)</strong>(.*?)(?:</p>)?\s*</li>\s*", re.DOTALL
)
_DEFAULT_CARDS = 3


class FindImage(Protocol):
    """Finds and measures an image of the content folder, or notes why it cannot."""

    def __call__(  # noqa: D102
        self,
        path: str,
        line: int | None,
        notes: Notes,
        *,
        alt: str = "",
        credit: str | None = None,
        licence: str | None = None,
    ) -> Image | None: ...


class Bodies:
    """Resolves the bodies of a library."""

    def __init__(self, library: Library, addresses: Addresses, find_image: FindImage) -> None:
        self.library = library
        self.addresses = addresses
        self.find_image = find_image

    def resolve(self, parts: tuple[Part, ...], item: Item, source: Source, notes: Notes) -> Body:
        """Resolve the parts of one item's document."""
        return _Body(self, item, source, notes).nodes(parts)


class _Body:
    """The resolution of one body."""

    def __init__(self, bodies: Bodies, item: Item, source: Source, notes: Notes) -> None:
        self.library = bodies.library
        self.addresses = bodies.addresses
        self.find_image = bodies.find_image
        self.item = item
        self.source = source
        self.notes = notes

    def nodes(self, parts: tuple[Part, ...]) -> Body:
        """Resolve parts in order; a block that cannot be is left out, and noted."""
        found: list[Node] = []
        for part in parts:
            if isinstance(part, Fragment):
                found.extend(self._prose(part.html))
            else:
                node = self._block(part)
                if node is not None:
                    found.append(node)
        return tuple(found)

    # --- prose --------------------------------------------------------------------------------

    def _prose(self, html: str) -> list[Node]:
        """Resolve a fragment; an image alone in its paragraph becomes a figure."""
        found: list[Node] = []
        for index, piece in enumerate(_ALONE.split(html)):
            if index % 2:
                given = _attributes(piece)
                image = self._find(given)
                if image:
                    found.append(Figure(image, Markup.escape(given.get("title", ""))))
            elif piece.strip():
                found.append(self._read(piece.strip()))
        return found

    def _read(self, html: str) -> Prose:
        held = self._html(html)
        said = Markup(firstname.fill(held, html=True))  # noqa: S704 - it escapes
        return Prose(said, held if said != held else None)

    def _html(self, html: str) -> Markup:
        linked = _LINK.sub(self._link, html)
        return Markup(_IMG.sub(self._inline_image, linked))  # noqa: S704 - sanitised when read

    def _caption(self, html: str, line: int) -> Markup:
        """Resolve a line that everyone reads alike."""
        if firstname.held(html):
            self._refuse_name(line)
        return self._html(firstname.fill(html, html=True))

    def _refuse_name(self, line: int) -> None:
        self.notes.error(
            "prenom-hors-place",
            line,
            "un prénom ne se met que dans les phrases d’une infolettre",
            "Sortez-le d’ici : ni titre, ni légende, ni bouton, ni chiffre.",
        )

    def _link(self, found: re.Match[str]) -> str:
        target = unescape(found[2])
        line = self.source.find(f"]({target}") or self.source.find(target)
        href = self.addresses.resolve(target, self.item, line, self.notes)
        return found[4] if href is None else f"{found[1]}{escape(href)}{found[3]}{found[4]}</a>"

    def _find(self, given: Mapping[str, str]) -> Image | None:
        src = given.get("src", "")
        line = self.source.find(f"]({src}") or self.source.find(src)
        return self.find_image(src, line, self.notes, alt=given.get("alt", ""))

    def _inline_image(self, found: re.Match[str]) -> str:
        image = self._find(_attributes(found[0]))
        if image is None:
            return ""
        return (
            f'<img src="{escape(image.url)}" alt="{escape(image.alt)}"'
            f' width="{image.width}" height="{image.height}">'
        )

    # --- blocks -------------------------------------------------------------------------------

    def _block(self, raw: RawBlock) -> Block | None:
        if not self._inspect(raw):
            return None
        match raw.name:
            case "figure":
                return self._figure(raw)
            case "citation":
                return Quote(
                    self.nodes(raw.children), _text(raw.argument), self._text(raw, "fonction")
                )
            case "chiffres":
                return self._key_figures(raw)
            case "encadre":
                return Aside(_text(raw.argument), self.nodes(raw.children))
            case "video":
                return self._video(raw)
            case "bouton":
                return self._button(raw)
            case "article":
                return self._card(raw, Article, News, Release, Numero)
            case "evenement":
                return self._card(raw, Event)
            case "publication":
                return self._card(raw, Publication)
            case "articles":
                return self._cards(raw)
            case "sommaire":
                return self._contents(raw)
            case _:
                return self._only(raw)

    def _inspect(self, raw: RawBlock) -> bool:
        """Check argument, options and body against the schema."""
        kind, before = raw.kind, len(self.notes.found)
        if any(firstname.typed(str(one)) for one in (raw.argument, *raw.options.values())):
            self._refuse_name(raw.line)
        if kind.argument_required and not raw.argument:
            self.notes.error(
                "bloc-incomplet",
                raw.line,
                f"le bloc « {raw.name} » attend, après la barre verticale : {kind.argument}",
                f"Par exemple :  {kind.example.splitlines()[0]}",
            )
        for name, value in raw.options.items():
            if kind.option(name) is None:
                known = [key.name for key in kind.options]
                remedy = did_you_mean(name, known) if known else "Effacez cette ligne."
                problem = f"l’option « {name} » n’existe pas pour le bloc « {raw.name} »"
                self.notes.error("option-inconnue", value.line, problem, remedy)
        for key in kind.options:
            if key.required and key.name not in raw.options:
                rule = "alt-manquant" if key.name == "alt" else "bloc-incomplet"
                self.notes.error(
                    rule,
                    raw.line,
                    f"il manque l’option « {key.name} » au bloc « {raw.name} » ({key.label})",
                    f"Ajoutez dessous, avec quatre espaces devant :      {key.name}: {key.example}",
                )
        if kind.body_required and not raw.children:
            self.notes.error(
                "bloc-vide",
                raw.line,
                f"le bloc « {raw.name} » est vide; il attend {kind.body or 'un texte'}",
                "Écrivez-le entre les deux lignes de barres obliques, ou effacez le bloc.",
            )
        if kind.body is None and raw.children:
            self.notes.error(
                "bloc-de-trop",
                raw.line,
                f"le bloc « {raw.name} » n’affiche pas de texte : le sien serait perdu",
                "Sortez ce texte du bloc.",
            )
        return len(self.notes.found) == before

    def _option(self, raw: RawBlock, name: str) -> str | None:
        """Give an option as typed, or None; an option that is not one value is noted."""
        value, key = raw.options.get(name), raw.kind.option(name)
        if value is None or key is None:
            return None
        converted = frontmatter.convert(value, key, self.notes)
        return None if converted is None else str(converted)

    def _text(self, raw: RawBlock, name: str) -> Text | None:
        return _text(self._option(raw, name))

    def _line(self, raw: RawBlock, name: str) -> int:
        value: Value | None = raw.options.get(name)
        return value.line if value else raw.line

    def _figure(self, raw: RawBlock) -> Figure | None:
        image = self.find_image(
            raw.argument,
            raw.line,
            self.notes,
            alt=self._option(raw, "alt") or "",
            credit=self._option(raw, "credit"),
            licence=self._option(raw, "licence"),
        )
        if image is None:
            return None
        legend = self._text(raw, "legende")
        caption = self._caption(inner_html(raw.children), raw.line)
        return Figure(image, legend.html if legend else caption)

    def _key_figures(self, raw: RawBlock) -> KeyFigures | None:
        html = inner_html(raw.children)
        rows = re.fullmatch(r"\s*<[uo]l>(.*)</[uo]l>\s*", html, re.DOTALL)
        found = _FIGURE_ITEM.findall(rows[1]) if rows else []
        if not found or _FIGURE_ITEM.sub("", rows[1] if rows else "").strip():
            self.notes.error(
                "chiffres-invalides",
                raw.line,
                "chaque ligne d’un bloc « chiffres » commence par un nombre en gras",
                "Par exemple :  - **336** participants",
            )
            return None
        figures = tuple(
            KeyFigure(
                Text(html_text(number), Markup(number)),  # noqa: S704 - sanitised when read
                self._caption(label.strip(), raw.line),
            )
            for number, label in found
        )
        return KeyFigures(_text(raw.argument), figures)

    def _video(self, raw: RawBlock) -> Video | None:
        href = self.addresses.resolve(raw.argument, self.item, raw.line, self.notes)
        path, title = self._option(raw, "image"), self._text(raw, "titre")
        image = None
        if path:
            line = self._line(raw, "image")
            alt = self._option(raw, "alt")
            if alt is None:
                self.notes.error(
                    "alt-manquant",
                    line,
                    f"l’image « {path} » n’a pas de texte de remplacement",
                    "Ajoutez dessous :      alt: Ce que montre l’image",
                )
            image = self.find_image(path, line, self.notes, alt=alt or "")
        return Video(href, title, image) if title and href else None

    def _button(self, raw: RawBlock) -> Button | None:
        target = self._option(raw, "lien")
        if target is None:
            return None
        line = self._line(raw, "lien")
        href = self.addresses.resolve(target, self.item, line, self.notes)
        return Button(href, Text.of(raw.argument)) if href else None

    def _only(self, raw: RawBlock) -> Only:
        audience = self._option(raw, "public")
        own = self.item.audience if isinstance(self.item, Newsletter) else None
        if audience and own and audience != own:
            self.notes.warning(
                "public-absent",
                self._line(raw, "public"),
                f"l’édition est pour la liste « {own} » : personne ne lira ce texte",
                f"Écrivez « public: {own} », ou enlevez le bloc.",
            )
        return Only(self.nodes(raw.children), raw.name, audience)

    # --- cards --------------------------------------------------------------------------------

    def _card(self, raw: RawBlock, *classes: type[Item]) -> Card | None:
        item = self._referred(raw.argument, classes)
        if item is None:
            known = {one.slug for one in self.library.items if isinstance(one, classes)}
            self.notes.error(
                "carte-inconnue",
                raw.line,
                f"« {raw.argument} » ne mène à aucun contenu de ce genre",
                did_you_mean(raw.argument.rpartition("/")[2].removesuffix(".md"), known),
            )
            return None
        if not self.addresses.reachable(item, self.item, raw.argument, raw.line, self.notes):
            return None
        return Card(item, raw.name)

    def _referred(self, reference: str, classes: tuple[type[Item], ...]) -> Item | None:
        """Find an item by its file, or by its slug."""
        path = re.sub(r"[{|]filename[}|]", "", reference).lstrip("/")
        content = self.addresses.content
        for candidate in (path, f"{content}/{path}", f"{content}/{path}.md"):
            item = self.addresses.items.get(candidate)
            if isinstance(item, classes):
                return item
        for cls in classes:
            item = next(
                (i for i in self.library.items if i.slug == path and isinstance(i, cls)), None
            )
            if item is not None:
                return item
        return None

    def _listed(self, cls: type[T]) -> tuple[T, ...]:
        """List what this body may choose from, newest first.

        A page shows all that has appeared; a letter, what had appeared on its day; a text still
        to come, what will have.
        """
        waits = self.item.status is not Status.PUBLISHED
        items = [
            one
            for one in self.library.items
            if isinstance(one, cls)
            and (one.shown or (waits and one.status is Status.SCHEDULED))
            and one is not self.item
        ]
        if not isinstance(self.item, Newsletter) or self.item.date is None:
            return tuple(items)
        day = self.item.date.date()
        return tuple(one for one in items if one.date is None or one.date.date() <= day)

    def _cards(self, raw: RawBlock) -> Cards | None:
        genre = self._option(raw, "genre") or "article"
        if genre not in LISTED_KINDS:
            problem = f"« {genre} » n’est pas un genre de contenu à lister"
            line = self._line(raw, "genre")
            self.notes.error("choix-inconnu", line, problem, did_you_mean(genre, LISTED_KINDS))
            return None
        items: tuple[Item, ...] = self._listed(CLASSES[genre])
        if "rubrique" in raw.options:
            typed = self._option(raw, "rubrique") or ""
            line = self._line(raw, "rubrique")
            rubrique = find_rubrique(typed, self.library.rubriques, line, self.notes)
            if rubrique is None:
                return None
            items = tuple(i for i in items if isinstance(i, Article) and i.rubrique is rubrique)
        most = int(self._option(raw, "nombre") or _DEFAULT_CARDS)
        chosen = items[:most]
        if not chosen:
            self.notes.warning(
                "cartes-absentes",
                raw.line,
                "aucun contenu ne répond à cette règle : rien ne paraîtra ici",
                "Changez la règle, ou enlevez le bloc.",
            )
            return None
        return Cards(_text(raw.argument), chosen)

    def _contents(self, raw: RawBlock) -> Contents | None:
        numero = self._numero(raw.argument)
        if numero is None:
            known = [one.slug for one in self._listed(Numero)]
            problem = f"le numéro « {raw.argument} » n’existe pas ou n’est pas paru"
            if not raw.argument:
                problem = "il n’y a pas encore de numéro dont montrer le sommaire"
            self.notes.error("numero-absent", raw.line, problem, did_you_mean(raw.argument, known))
            return None
        return Contents(numero, self.library.sommaire(numero))

    def _numero(self, slug: str) -> Numero | None:
        if isinstance(self.item, Numero) and slug.strip("/") in {"", self.item.slug}:
            return self.item
        if isinstance(self.item, Article) and not slug:
            return self.item.numero
        known = self._listed(Numero)
        if slug:
            return next((one for one in known if one.slug == slug.strip("/")), None)
        return known[0] if known else None


def find_rubrique(
    typed: str, rubriques: tuple[Rubrique, ...], line: int | None, notes: Notes
) -> Rubrique | None:
    """Find a rubrique by its slug or its name."""
    wanted = frontmatter.slugify(typed)
    for rubrique in rubriques:
        if wanted in {rubrique.slug, frontmatter.slugify(rubrique.name.plain)}:
            return rubrique
    notes.error(
        "rubrique-inconnue",
        line,
        f"« {typed} » n’est pas une rubrique du magazine",
        did_you_mean(typed, (rubrique.slug for rubrique in rubriques)),
    )
    return None


def _attributes(tag: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in _ATTRIBUTE.findall(tag)}


def _text(raw: str | None) -> Text | None:
    return Text.of(raw) if raw else None
