"""How the HTML of a mail is built."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from infolettre.checks.mail_elements import MailElement, fold
from infolettre.checks.rule import NOT_THE_TEXT, WARNING, Finding, about, excerpt, view_rule
from infolettre.checks.styles import pixels
from infolettre.checks.view import View
from infolettre.text.html.elements import COMMENT
from infolettre.words import say

_TELLING = 8  # words; a shorter text may come again: « 3 minutes de lecture »
_BULLETS = ("• ", "•\u00a0", "▪ ", "▪\u00a0")
_UNREAD = re.compile(r"<(style|script)\b.*?</\1>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"""</?[a-zA-Z!?](?:"[^"]*"|'[^']*'|[^>"'])*+>""")


@view_rule("courriel-doctype", NOT_THE_TEXT)
def starts_with_doctype(view: View) -> Iterator[Finding]:
    """Un courriel commence par <!DOCTYPE html>."""
    if view.html.lstrip("\ufeff \r\n")[:15].upper() != "<!DOCTYPE HTML>":
        yield Finding(
            "le courriel ne commence pas par <!DOCTYPE html>, sa mise en page variera", line=1
        )


@view_rule("courriel-encodage", NOT_THE_TEXT)
def declares_encoding(view: View) -> Iterator[Finding]:
    """Un courriel annonce l’encodage UTF-8."""
    declared = re.findall(r"<meta[^>]*charset\s*=\s*[\"']?([\w-]+)", view.html, re.IGNORECASE)
    if not declared:
        yield Finding(
            "l’encodage n’est pas annoncé, les accents pourraient se perdre",
            near=view.first("head"),
        )
    for name in declared:
        if name.lower() not in {"utf-8", "utf8"}:
            yield Finding(say("l’encodage annoncé est {}, Gmail couperait le courriel", name), name)


@view_rule("courriel-langue", 'Écrivez lang="fr-CA" dir="ltr" sur <html>.')
def declares_language(view: View) -> Iterator[Finding]:
    """La balise html dit la langue et le sens de lecture."""
    for root in view.all("html"):
        if root["lang"].lower() != "fr-ca":
            yield Finding(
                say("la langue du courriel est « {} », pas « fr-CA »", root["lang"]), "<html", root
            )
        if root["dir"] != "ltr":
            yield Finding("le sens de lecture n’est pas écrit sur <html>", "<html", root)


@view_rule("courriel-langue-corps", 'Écrivez lang="fr-CA" dir="ltr" sur ce que contient <body>.')
def repeats_language(view: View) -> Iterator[Finding]:
    """La langue est répétée sur ce que contient body, parce que les webmails enlèvent html."""
    for body in view.all("body"):
        if body.own_text:
            yield Finding(
                say("« {} » est hors du bloc qui dit la langue", excerpt(body.own_text)),
                body.own_text,
                body,
            )
        for child in body.elements:
            declared = child["lang"].lower().startswith("fr") and child["dir"] == "ltr"
            if not declared and child.tag not in {"style", "script", COMMENT}:
                problem = say("<{}>, dans <body>, ne dit pas sa langue et son sens", child.tag)
                yield Finding(problem, child.text, child)


@view_rule(
    "langue-non-dite",
    'Écrivez le paragraphe ainsi :  <p lang="en">…</p>   Un lecteur d’écran le prononcera bien.',
    severity=WARNING,
)
def other_languages_are_declared(view: View) -> Iterator[Finding]:
    """Un passage en anglais dit sa langue."""
    for passage in view.unmarked[:1]:
        more = len(view.unmarked) - 1
        others = f" (et {more} {'autres' if more > 1 else 'autre'})" if more else ""
        problem = say("« {} » est en anglais et ne le dit pas{}", excerpt(passage.text), others)
        yield Finding(problem, passage.text, passage.element)


@view_rule("courriel-titre", "Donnez un objet à l’édition : il devient le titre de la page.")
def has_title(view: View) -> Iterator[Finding]:
    """Un courriel a un titre, que dit le lecteur d’écran."""
    if not any(title.text for title in view.all("title")):
        yield Finding("le courriel n’a pas de titre (<title>)", near=view.first("title", "head"))


@view_rule("courriel-fenetre", NOT_THE_TEXT)
def sets_viewport(view: View) -> Iterator[Finding]:
    """Un courriel prend la largeur du téléphone et laisse agrandir."""
    contents = [meta["content"] for meta in view.all("meta") if meta["name"].lower() == "viewport"]
    if not contents:
        yield Finding(
            "aucune balise viewport : le téléphone réduirait toute la page", near=view.first("head")
        )
    for content in contents:
        if re.search(r"user-scalable\s*=\s*(no|0)|maximum-scale\s*=\s*1(\.0)?\b", content):
            yield Finding("la balise viewport empêche d’agrandir le texte", content)


@view_rule(
    "courriel-tableau-role", "Commencez le tableau par une ligne de titres :  | Ville | Nombre |"
)
def layout_tables_have_a_role(view: View) -> Iterator[Finding]:
    """Un tableau de mise en page a le rôle presentation."""
    headed = {_table(cell) for cell in view.all("th")}
    for table in view.all("table"):
        if table not in headed and table["role"] not in {"presentation", "none"}:
            yield about(
                say(
                    "un tableau de mise en page serait lu comme un tableau de données : « {} »",
                    excerpt(table.text),
                ),
                table,
            )


@view_rule("courriel-tableau-entetes", 'Donnez scope="col" ou "row" aux titres, et aucun rôle.')
def data_tables_have_scopes(view: View) -> Iterator[Finding]:
    """Un tableau de données dit ce que nomme chaque titre de colonne ou de rangée."""
    for cell in view.all("th"):
        if cell["scope"] not in {"col", "row", "colgroup", "rowgroup"}:
            yield about(
                say("le titre « {} » du tableau n’a pas de portée", excerpt(cell.text)), cell
            )
    headed, layouts = {_table(cell) for cell in view.all("th")}, _layouts(view)
    for table in view.all("table"):
        if table in headed and table["role"] in {"presentation", "none"}:
            yield about("un tableau de données porte le rôle presentation", table)
        elif table not in headed and table not in layouts and _is_grid(table):
            yield about(
                say("un tableau de données n’a pas de titres : « {} »", excerpt(table.text)), table
            )


def _layouts(view: View) -> set[MailElement]:
    """Return the tables that have a row of anything but plain values."""
    layouts: set[MailElement] = set()
    for row in view.all("tr"):
        cells = [cell.children for cell in row.elements]
        if len(cells) < 2 or not all(map(_is_plain, cells)):  # noqa: PLR2004 - a pair at least
            for up in row.lineage:
                if up in layouts:
                    break
                layouts.add(up)
    return layouts


def _is_plain(pieces: list[str | MailElement]) -> bool:
    return len(pieces) == 1 and isinstance(pieces[0], str) and bool(pieces[0].strip())


def _is_grid(table: MailElement) -> bool:
    """Tell whether a table has a first row of names and other rows of numbers."""
    rows = [
        [any(map(str.isdigit, cell.raw_text)) for cell in row.elements] for row in table.find("tr")
    ]
    return (
        len(rows) > 1 and len(set(map(len, rows))) == 1 and not any(rows[0]) and any(map(any, rows))
    )


def _table(element: MailElement) -> MailElement | None:
    return next((up for up in element.lineage if up.tag == "table"), None)


@view_rule("courriel-titre-principal", "Gardez un seul titre de niveau 1 : celui de la lettre.")
def has_one_h1(view: View) -> Iterator[Finding]:
    """Un courriel a un seul h1."""
    titles = list(view.all("h1"))
    if not titles:
        yield Finding("le courriel n’a pas de titre de niveau 1", near=view.first("body"))
    for title in titles[1:]:
        yield about(say("un deuxième titre de niveau 1 : « {} »", excerpt(title.text)), title)


@view_rule("courriel-niveaux", "Descendez d’un seul niveau à la fois : ##, puis ###.")
def skips_no_level(view: View) -> Iterator[Finding]:
    """Les niveaux d’intertitres se suivent sans saut."""
    headings = list(view.all("h1", "h2", "h3", "h4", "h5", "h6"))
    if headings and headings[0].tag != "h1":
        first = headings[0]
        yield about(say("l’intertitre « {} » précède le titre", excerpt(first.text)), first)
    for above, below in pairwise(headings):
        if int(below.tag[1]) > int(above.tag[1]) + 1:
            yield about(
                say(
                    "l’intertitre « {} » saute du niveau {} au niveau {}",
                    excerpt(below.text),
                    above.tag[1],
                    below.tag[1],
                ),
                below,
            )


@view_rule("courriel-intertitre-vide", "Écrivez l’intertitre, ou enlevez-le.")
def headings_speak(view: View) -> Iterator[Finding]:
    """Aucun intertitre n’est vide."""
    for heading in view.all("h1", "h2", "h3", "h4", "h5", "h6"):
        if not heading.text and not any(image["alt"] for image in heading.find("img")):
            yield about(say("un intertitre de niveau {} est vide", heading.tag[1]), heading)


@view_rule("carte-double", "Enlevez l’une des deux cartes.", severity=WARNING)
def cards_come_once(view: View) -> Iterator[Finding]:
    """Un texte n’est annoncé qu’une fois : deux intertitres ne mènent pas au même endroit."""
    seen: set[tuple[str, str]] = set()
    for heading in view.all("h2", "h3", "h4"):
        for link in heading.find("a"):
            card = (link["href"], heading.text)
            if link["href"] and card in seen:
                yield Finding(
                    say("« {} » est annoncé deux fois", excerpt(heading.text)), link["href"], link
                )
            seen.add(card)


@view_rule("passage-double", "Enlevez l’un des deux.", severity=WARNING)
def passages_come_once(view: View) -> Iterator[Finding]:
    """Un paragraphe ou un intertitre n’est écrit qu’une fois."""
    seen: set[str] = set()
    before, last, foreign = "", 0, view.foreign
    for passage in view.passages:
        if any(foreign[at] for at in range(last, passage.element.index)):
            before = ""  # a title in another language stands between the two
        last = passage.element.index
        text, length = passage.text.casefold(), len(passage.text.split())
        title = any(link.text == passage.text.strip() for link in passage.element.find("a"))
        alone = passage.element.tag in {"p", "li", "h2", "h3", "h4"} and not title
        sentence = length > _TELLING and text.endswith((".", "!", "?", "…", "»"))
        twice = (text == before and length > 1) or (text in seen and sentence)
        if alone and twice and "\ufffc" not in text:
            problem = say("« {} » est écrit deux fois", excerpt(passage.text))
            yield Finding(problem, passage.text, passage.element)
        seen.add(text)
        before = text


@view_rule("courriel-intertitre-role", "Prenez une vraie balise : h2, h3.")
def headings_are_real(view: View) -> Iterator[Finding]:
    """Un intertitre est une balise h1 à h6 : les webmails enlèvent les rôles."""
    for element in view.with_attribute("role").get("heading", ()):
        yield about(
            say("« {} » n’est un intertitre que par son rôle", excerpt(element.text)), element
        )


@view_rule("courriel-faux-intertitre", "Écrivez un intertitre : ## et son texte.",
           severity=WARNING)  # fmt: skip
def headings_are_no_bold_lines(view: View) -> Iterator[Finding]:
    """Un intertitre n’est pas un paragraphe en gras : on ne le trouverait pas par les titres."""
    paragraphs = [element for element in view.all("p") if element.in_body and not element.hidden]
    for paragraph, following in pairwise(paragraphs):
        above = _bold(paragraph) and following.text and paragraph.next_sibling is following
        if above and not _bold(following) and re.fullmatch(r".{1,79}[^.,:;!?…»)]", paragraph.text):
            yield about(
                say("« {} » a l’air d’un intertitre et n’en est pas un", paragraph.text), paragraph
            )


def _bold(element: MailElement) -> bool:
    """Tell whether the whole text of an element is bold."""
    weight = element.style.get("font-weight", "")
    if weight in {"bold", "bolder", "600", "700", "800", "900"}:
        return True
    inside = next(element.find("b", "strong"), None)
    return inside is not None and element.text == fold(inside.raw_text).strip()


@view_rule("courriel-centre", "Alignez le texte à gauche; centrez un titre ou une ligne.",
           severity=WARNING)  # fmt: skip
def long_text_is_not_centred(view: View) -> Iterator[Finding]:
    """Un texte de plus de trois lignes n’est pas centré : l’œil en perd le début."""
    for passage in view.passages:
        if len(passage.text) > 220:  # noqa: PLR2004 - three lines of a column
            alignment = next(filter(None, map(_alignment, passage.element.lineage)), "")
            if alignment == "center":
                yield Finding(
                    say("« {} » est long et centré", excerpt(passage.text)),
                    passage.text,
                    passage.element,
                )


def _alignment(element: MailElement) -> str:
    alignment = element.style.get("text-align") or element["align"].lower()
    return alignment or ("center" if element.tag == "center" else "")


@view_rule("courriel-signe-nu", "Écrivez &amp; pour « & », &lt; pour « < ».")
def signs_of_html_are_written(view: View) -> Iterator[Finding]:
    """Dans le HTML, « & » et « < » ne sont jamais écrits tels quels dans un texte."""
    if view.tags.plain and not re.search(r"&(?!#?\w+;)", view.html):
        return
    between = _TAG.sub("\x00", _UNREAD.sub("", view.html))
    for match in re.finditer(r"[^\x00\n]{0,20}(?:&(?!#?\w+;)|<)[^\x00\n]{0,20}", between):
        yield Finding(
            say("un signe de HTML est nu dans « {} »", match[0].strip()), match[0].strip()
        )


@view_rule("courriel-fausse-liste", "Faites une vraie liste : un tiret et une espace par point.",
           severity=WARNING)  # fmt: skip
def lists_are_real(view: View) -> Iterator[Finding]:
    """Une liste est une vraie liste, et un blanc ne s’obtient pas par des sauts de ligne."""
    broken = {
        line_break.parent
        for line_break in view.all("br")
        if line_break.in_body and line_break.parent
    }
    for parent in broken:
        breaks = 0
        for child, after in parent.elements_and_tails:
            tail = after.strip()
            breaks = breaks + 1 if child.tag == "br" else 0
            if child.tag == "br" and re.match(r"[•·*▪–-][ \u00a0]", tail):
                yield Finding(say("« {} » imite une liste", excerpt(tail)), tail, child)
            if breaks > 2:  # noqa: PLR2004 - one ends a line, two open a paragraph
                yield about("trois sauts de ligne se suivent", parent)
                break
            breaks = 0 if tail else breaks
    for element in view.body:
        if element.own_text.startswith(_BULLETS):
            yield Finding(
                say("« {} » imite une liste", excerpt(element.own_text)), element.own_text, element
            )


@view_rule("courriel-identifiant-double", "Donnez un nom différent à chaque identifiant.")
def ids_are_unique(view: View) -> Iterator[Finding]:
    """Un identifiant ne sert qu’une fois."""
    for name, elements in view.by_attribute.get("id", {}).items():
        if name and len(elements) > 1:
            yield Finding(
                say("l’identifiant « {} » sert {} fois", name, len(elements)),
                f'id="{name}"',
                elements[-1],
            )


@view_rule(
    "courriel-largeur-fixe",
    "Coupez cette ligne en deux, ou ce mot : un téléphone ne la montre pas toute.",
)
def fits_a_phone(view: View) -> Iterator[Finding]:
    """Rien ne dépasse 320 pixels sans pouvoir rétrécir."""
    for element in view.body:
        if view.name or element.tag == "img" or element.hidden:
            continue
        wide = pixels(element.style.get("width", element.style.get("min-width", ""))) or 0
        if _between(element["width"], 321, 99999) and "width" not in element.style:
            wide = int(element["width"].removesuffix("px"))
        if wide > 320:  # noqa: PLR2004 - the narrowest phone
            yield about(
                say("<{}> a {} pixels de large, plus qu’un téléphone", element.tag, wide), element
            )
        preformatted = element.tag == "pre" or element.style.get("white-space") in {"nowrap", "pre"}
        if preformatted and max(map(len, element.own_text.splitlines()), default=0) > 40:  # noqa: PLR2004 - the same
            yield Finding(
                say("« {} » ne passe pas à la ligne", excerpt(element.own_text)),
                element.own_text,
                element,
            )
        limit = element.style.get("max-width", "")
        if (pixels(limit) or 0) > 700:  # noqa: PLR2004 - the widest that a webmail shows
            problem = say("<{}> peut s’étaler sur {} pixels", element.tag, limit.removesuffix("px"))
            yield about(problem, element)


@view_rule("courriel-vide", "Écrivez le texte de la lettre dans le courriel, pas en image.")
def says_something(view: View) -> Iterator[Finding]:
    """Un courriel dit l’essentiel en texte."""
    count = len(view.visible_text.split()) + len(view.foreign_text.split())
    if count < 20:  # noqa: PLR2004 - fewer words than its own footer
        yield Finding(
            say("le courriel ne contient que {} mots de texte", count), near=view.first("body")
        )


def _between(value: str, low: int, high: int) -> bool:
    return value.removesuffix("px").isdecimal() and low <= int(value.removesuffix("px")) <= high
