"""How the HTML of a mail is built."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from itertools import pairwise

from axtra.checks.mail import CheckedMail, Element, View
from axtra.checks.rule import WARNING, Finding, excerpt, mail_rule, view_rule, words

_THEME = "C’est le gabarit du thème qui l’écrit : corrigez theme/courriel/."
_VOID = frozenset(
    words("area base br col embed hr img input link meta source track wbr o:allowpng")
)
_LOOSE = frozenset(words("p li dt dd option html body head"))
_KNOWN = frozenset(
    words(
        "html head title meta style body div p h1 h2 h3 h4 h5 h6 table thead tbody tfoot tr"
        " td th caption colgroup col ul ol li dl dt dd blockquote a img br hr strong em b i u"
        " s small sup sub span abbr code pre kbd samp var q cite dfn del ins mark time address"
        " center font noscript xml section article header footer main nav figure figcaption"
        " link script base form input button select option optgroup textarea label fieldset"
        " legend iframe object embed video audio source track canvas svg picture map area"
        " frame frameset applet math param bdi bdo wbr tt big strike data acronym image path g"
        " details summary marquee bgsound"
    )
)


@view_rule("courriel-doctype", _THEME)
def starts_with_doctype(view: View) -> Iterator[Finding]:
    """Un courriel commence par <!DOCTYPE html>."""
    if not view.html.lstrip("\ufeff \r\n").upper().startswith("<!DOCTYPE HTML>"):
        yield Finding("le courriel ne commence pas par <!DOCTYPE html>, sa mise en page variera")


@view_rule("courriel-encodage", _THEME)
def declares_encoding(view: View) -> Iterator[Finding]:
    """Un courriel annonce l’encodage UTF-8."""
    declared = re.findall(r"<meta[^>]*charset\s*=\s*[\"']?([\w-]+)", view.html, re.IGNORECASE)
    if not declared:
        yield Finding("l’encodage n’est pas annoncé, les accents pourraient se perdre")
    for name in declared:
        if name.lower() not in {"utf-8", "utf8"}:
            yield Finding(f"l’encodage annoncé est {name}, Gmail couperait le courriel", name)


@view_rule("courriel-langue", 'Écrivez lang="fr-CA" dir="ltr" sur <html>.')
def declares_language(view: View) -> Iterator[Finding]:
    """La balise html dit la langue et le sens de lecture."""
    for one in view.all("html"):
        if not one["lang"].lower().startswith("fr"):
            yield Finding(f"la langue du courriel est « {one['lang']} », pas le français", "<html")
        if one["dir"] != "ltr":
            yield Finding("le sens de lecture n’est pas écrit sur <html>", "<html")


@view_rule("courriel-langue-corps", 'Écrivez lang="fr-CA" dir="ltr" sur ce que contient <body>.')
def repeats_language(view: View) -> Iterator[Finding]:
    """La langue est répétée sur ce que contient body, parce que les webmails enlèvent html."""
    for one in view.body:
        if one.parent is None or one.parent.tag != "body" or one.tag in {"style", "script"}:
            continue
        if not (one["lang"] and one["dir"]):
            yield Finding(f"<{one.tag}>, dans <body>, ne dit ni sa langue ni son sens", one.text)


@view_rule("courriel-titre", "Donnez un objet à l’édition : il devient le titre de la page.")
def has_title(view: View) -> Iterator[Finding]:
    """Un courriel a un titre, que dit le lecteur d’écran."""
    if not any(one.text for one in view.all("title")):
        yield Finding("le courriel n’a pas de titre (<title>)")


@view_rule("courriel-fenetre", _THEME, severity=WARNING)
def sets_viewport(view: View) -> Iterator[Finding]:
    """Un courriel prend la largeur du téléphone et laisse agrandir."""
    contents = [one["content"] for one in view.all("meta") if one["name"].lower() == "viewport"]
    if not contents:
        yield Finding("aucune balise viewport : le téléphone réduirait toute la page")
    for one in contents:
        if re.search(r"user-scalable\s*=\s*(no|0)|maximum-scale\s*=\s*1(\.0)?\b", one):
            yield Finding("la balise viewport empêche d’agrandir le texte", one)


@view_rule("courriel-tableau-role", 'Ajoutez role="presentation" au tableau de mise en page.')
def layout_tables_have_a_role(view: View) -> Iterator[Finding]:
    """Un tableau de mise en page a le rôle presentation."""
    headed = {_table(one) for one in view.all("th")}
    for one in view.all("table"):
        if one.node not in headed and one["role"] not in {"presentation", "none"}:
            yield Finding(
                "un tableau de mise en page serait lu comme un tableau de données : "
                f"« {excerpt(one.text)} »",
                one.text,
            )


@view_rule("courriel-tableau-entetes", 'Donnez scope="col" ou "row" aux titres, et aucun rôle.')
def data_tables_have_scopes(view: View) -> Iterator[Finding]:
    """Un tableau de données dit ce que nomme chaque titre de colonne ou de rangée."""
    for one in view.all("th"):
        if not one["scope"]:
            yield Finding(
                f"le titre « {excerpt(one.text)} » du tableau n’a pas de portée", one.text
            )
    headed = {_table(one) for one in view.all("th")}
    for one in view.all("table"):
        if one.node in headed and one["role"] in {"presentation", "none"}:
            yield Finding("un tableau de données porte le rôle presentation", one.text)


def _table(element: Element) -> object:
    return next((one.node for one in element.above if one.tag == "table"), None)


@view_rule("courriel-titre-principal", "Gardez un seul titre de niveau 1 : celui de la lettre.")
def has_one_h1(view: View) -> Iterator[Finding]:
    """Un courriel a un seul h1."""
    titles = [one.text for one in view.all("h1")]
    if not titles:
        yield Finding("le courriel n’a pas de titre de niveau 1")
    for one in titles[1:]:
        yield Finding(f"un deuxième titre de niveau 1 : « {excerpt(one)} »", one)


@view_rule("courriel-niveaux", "Descendez d’un seul niveau à la fois : ), puis )#.")
def skips_no_level(view: View) -> Iterator[Finding]:
    """Les niveaux d’intertitres se suivent sans saut."""
    headings = list(view.all("h1", "h2", "h3", "h4", "h5", "h6"))
    for above, below in pairwise(headings):
        if int(below.tag[1]) > int(above.tag[1]) + 1:
            yield Finding(
                f"l’intertitre « {excerpt(below.text)} » saute du niveau {above.tag[1]} "
                f"au niveau {below.tag[1]}",
                below.text,
            )


@view_rule("courriel-intertitre-vide", "Écrivez l’intertitre, ou enlevez-le.")
def headings_speak(view: View) -> Iterator[Finding]:
    """Aucun intertitre n’est vide."""
    for one in view.all("h1", "h2", "h3", "h4", "h5", "h6"):
        if not one.text and not any(image.get("alt") for image in one.node.iter("img")):
            yield Finding(f"un intertitre de niveau {one.tag[1]} est vide")


@view_rule("courriel-identifiant-double", "Donnez un nom différent à chaque identifiant.")
def ids_are_unique(view: View) -> Iterator[Finding]:
    """Un identifiant ne sert qu’une fois."""
    for name, times in Counter(one["id"] for one in view.elements if one["id"]).items():
        if times > 1:
            yield Finding(f"l’identifiant « {name} » sert {times} fois", f'id="{name}"')


@view_rule("courriel-balises", "Fermez chaque balise dans l’ordre où elle a été ouverte.")
def tags_are_balanced(view: View) -> Iterator[Finding]:
    """Chaque balise ouverte est fermée, dans l’ordre."""
    reader = _Balance()
    reader.feed(view.html)
    reader.close()
    yield from (Finding(one) for one in reader.faults[:5])
    yield from (
        Finding(f"la balise <{tag}> n’est jamais fermée")
        for tag in reader.open
        if tag not in _LOOSE
    )


@view_rule("courriel-balise-inconnue", "Enlevez cette balise : elle vient d’un modèle non traité.")
def tags_are_known(view: View) -> Iterator[Finding]:
    """Aucune balise de modèle (mj-…) ni balise inconnue ne reste."""
    for tag in dict.fromkeys(one.tag for one in view.elements):
        if tag not in _KNOWN and not re.match(r"(o|v|w|x):", tag):
            yield Finding(f"la balise <{tag}> n’existe pas dans un courriel", f"<{tag}")


@mail_rule("courriel-conditions", "Fermez chaque <!--[if mso]> par <![endif]-->.")
def conditions_are_closed(mail: CheckedMail) -> Iterator[Finding]:
    """Chaque condition pour Outlook est fermée."""
    opened = len(re.findall(r"<!--\[if [^\]]*\]>", mail.html))
    closed = len(re.findall(r"<!\[endif\]-->", mail.html))
    if opened != closed:
        yield Finding(
            f"{opened} conditions pour Outlook ouvertes, {closed} fermées : il ne verrait pas tout",
            "<!--[if",
        )


@view_rule("courriel-largeur-outlook", _THEME)
def word_finds_a_width(view: View) -> Iterator[Finding]:
    """Outlook pour Windows trouve une largeur de colonne, en attribut."""
    widths = [one["width"] for one in view.all("table", "td")]
    if view.name and not any(_between(width, 300, 700) for width in widths):
        yield Finding("aucun tableau n’a de largeur en attribut : la lettre s’étalerait")


@view_rule("courriel-largeur-fixe", "Écrivez width:100% et max-width, la largeur dans [if mso].")
def fits_a_phone(view: View) -> Iterator[Finding]:
    """Rien ne dépasse 320 pixels sans pouvoir rétrécir."""
    for one in view.body:
        if view.name or one.tag == "img" or one.hidden:
            continue
        style = re.fullmatch(r"(\d+)px", one.style.get("width", one.style.get("min-width", "")))
        wide = int(style[1]) if style else 0
        if _between(one["width"], 321, 99999) and "width" not in one.style:
            wide = int(one["width"])
        if wide > 320:  # noqa: PLR2004 - the narrowest phone
            yield Finding(f"<{one.tag}> a {wide} pixels de large, plus qu’un téléphone", one.text)


@view_rule("courriel-contenu-cache", "Enlevez ce qui est caché : les antipourriels s’en méfient.")
def hides_nothing(view: View) -> Iterator[Finding]:
    """Seul le préentête est caché."""
    hidden = [one for one in view.body if one.hidden and one.own and one.tag != "style"]
    for one in hidden[1:]:
        yield Finding(f"un texte est caché : « {excerpt(one.text)} »", one.text)


@view_rule("courriel-petit-texte", "Écrivez en 14 pixels au moins; 12 est la limite.")
def text_is_large_enough(view: View) -> Iterator[Finding]:
    """Aucun texte n’a moins de 12 pixels."""
    for one in view.body:
        size = _size(one.style) if one.own and not one.hidden else None
        if size is not None and size < 12:  # noqa: PLR2004 - see the rule
            yield Finding(f"« {excerpt(one.own)} » est écrit en {size:g} pixels", one.own)


@view_rule("courriel-justifie", "Alignez le texte à gauche.", severity=WARNING)
def text_is_not_justified(view: View) -> Iterator[Finding]:
    """Aucun texte n’est justifié : les blancs gênent la lecture."""
    for one in view.body:
        if "justify" in {one.style.get("text-align"), one["align"]}:
            yield Finding("un texte est justifié, ses blancs gênent la lecture", one.text)


@view_rule("courriel-capitales", "Enlevez text-transform; le gras suffit.", severity=WARNING)
def text_is_not_capitalised(view: View) -> Iterator[Finding]:
    """Aucune phrase n’est mise en majuscules par son style."""
    for one in view.body:
        shouted = one.inherited("text-transform") == "uppercase"
        if shouted and len(one.own.split()) > 3:  # noqa: PLR2004 - a label may be in capitals
            yield Finding(f"« {excerpt(one.own)} » s’affiche en majuscules", one.own)


@view_rule("courriel-vide", "Écrivez le texte de la lettre dans le courriel, pas en image.")
def says_something(view: View) -> Iterator[Finding]:
    """Un courriel dit l’essentiel en texte."""
    count = len(view.words.split())
    if count < 20:  # noqa: PLR2004 - fewer words than its own footer
        yield Finding(f"le courriel ne contient que {count} mots de texte")


def _between(value: str, low: int, high: int) -> bool:
    return value.removesuffix("px").isdecimal() and low <= int(value.removesuffix("px")) <= high


def _size(style: Mapping[str, str]) -> float | None:
    declared = style.get("font-size") or style.get("font", "")
    found = re.search(r"(?:^|\s)(\d+(?:\.\d+)?)(px|pt|(?<=0))(?:/|\s|$)", declared)
    return float(found[1]) * (4 / 3 if found[2] == "pt" else 1) if found else None


class _Balance(HTMLParser):
    """Follows the tags that must be closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a tag."""
        del attrs
        if tag == "a" and "a" in self.open:
            self.faults.append("un lien est ouvert dans un autre lien")
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Pass over an element closed where it opens."""

    def handle_endtag(self, tag: str) -> None:
        """Close a tag, and those that HTML lets stay open."""
        while self.open and self.open[-1] != tag and self.open[-1] in _LOOSE and tag in self.open:
            self.open.pop()
        if self.open and self.open[-1] == tag:
            self.open.pop()
        elif tag in self.open:
            self.faults.append(f"</{tag}> est fermée avant <{self.open[-1]}>")
            while self.open.pop() != tag:
                pass
        elif tag not in _VOID:
            self.faults.append(f"</{tag}> ferme une balise qui n’est pas ouverte")
