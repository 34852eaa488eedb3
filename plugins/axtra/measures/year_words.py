"""The year in figures in words: the page of the terminal, and the draft of a publication."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from axtra.content.model import Library
from axtra.content.schema import KINDS
from axtra.measures.months import Number
from axtra.measures.year import Year
from axtra.subscribers import Basis
from infolettre.core import dates
from infolettre.core.diagnostics import thousands

_BASES = {
    Basis.EXPRESS: "consentement exprès",
    Basis.IMPLIED: "consentement tacite",
    Basis.INQUIRY: "consentement tacite, après une demande",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with what it counts, and how it was counted."""

    number: str
    label: str
    definition: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A table of numbers of one unit, to be drawn as bars."""

    unit: str
    head: tuple[str, str]
    rows: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Some figures under a title."""

    title: str
    figures: tuple[Figure, ...]
    charts: tuple[Chart, ...] = ()


def title_of(year: Year) -> str:
    """Return « L’année 2019 en chiffres », or « D’avril 2018 à mars 2019, en chiffres »."""
    first, last = year.period.first, year.period.last
    if (first, last) == (date(year.name, 1, 1), date(year.name, 12, 31)):
        return f"L’année {year.name} en chiffres"
    span = dates.months(first, last).replace("\u00a0", " ")
    return f"{span[:1].upper()}{span[1:]}, en chiffres"


def sections(year: Year, library: Library) -> Iterator[Section]:
    """Yield what there is to say of a year, in the order of its publication."""
    yield _magazine(year, library)
    yield _texts(year)
    yield from _letters(year, library)
    yield from _readers(year, library)
    for group, figures in groupby(year.own, lambda own: own.group):
        shown = tuple(
            Figure(_shown(own.number), own.label, own.definition or "Chiffre fourni par l’équipe.")
            for own in figures
        )
        yield Section(group, shown)


def _magazine(year: Year, library: Library) -> Section:
    was = year.published
    names = {rubrique.slug: rubrique.name.plain for rubrique in library.rubriques}
    rows = tuple((names.get(slug, slug), number) for slug, number in was.rubriques.items())
    return Section(
        "Le magazine",
        (
            _figure(was.numeros, "numéro", "numéros", "Numéros parus, par leur date."),
            _figure(was.articles, "article", "articles", "Articles, par la date de leur numéro."),
            _figure(
                was.authors, "signature", "signatures",
                "Personnes et équipes qui signent un article ou une nouvelle, chacune une fois.",
            ),
            _figure(
                was.words, "mot", "mots", "Mots des éditoriaux, des articles et des nouvelles."
            ),
            _figure(
                was.corrections, "correction", "corrections",
                "Corrections publiées, par leur date.",
            ),
        ),
        (Chart("articles par rubrique", ("Rubrique", "Articles"), rows),) if len(rows) > 1 else (),
    )  # fmt: skip


def _texts(year: Year) -> Section:
    was = year.published
    return Section(
        "Les autres textes",
        (
            _figure(was.news, "nouvelle", "nouvelles", "Nouvelles parues, par leur date."),
            _figure(
                was.publications, "publication", "publications",
                "Rapports, avis, mémoires et enquêtes, par leur date.",
            ),
            _figure(was.releases, "communiqué", "communiqués", "Communiqués, par leur date."),
            _figure(
                was.events, "événement", "événements", "Événements, par leur premier jour."
            ),
        ),
    )  # fmt: skip


def _letters(year: Year, library: Library) -> Iterator[Section]:
    was = year.published
    names = {known.slug: known.name.plain for known in library.newsletter_types}
    rows = tuple((names.get(slug, slug), n) for slug, n in was.newsletters_by_type.items())
    figures = [_figure(was.newsletters, "infolettre", "infolettres", "Éditions, par leur date.")]
    if year.findings:
        figures.append(
            _figure(
                sum(year.findings.values()), "constat d’accessibilité", "constats d’accessibilité",
                "Ce que les règles d’accessibilité disent encore des éditions, relues aujourd’hui.",
            )
        )  # fmt: skip
    if sent := year.sent:
        figures += [
            _figure(
                sent.recipients, "message", "messages",
                "Messages à envoyer des éditions parties dans la période, essais exclus.",
            ),
            _figure(sent.accepted, "accepté", "acceptés", "Acceptés par le serveur d’arrivée."),
            _figure(sent.refused, "refusé", "refusés", "Refusés pour de bon par ce serveur."),
        ]  # fmt: skip
        if sent.departures is not None:
            figures.append(
                _figure(
                    sent.departures, "désabonnement", "désabonnements",
                    "Abonnements quittés par les personnes elles-mêmes; celles qui ont demandé "
                    "d’être effacées ne sont plus connues.",
                )
            )  # fmt: skip
    charts = (
        (Chart("infolettres par type", ("Type", "Infolettres"), rows),) if len(rows) > 1 else ()
    )
    yield Section("Les infolettres", tuple(figures), charts)
    if year.subscribed:
        start, end = year.subscribed.start, year.subscribed.end
        bases = "; ".join(
            f"{_BASES[basis]} : {thousands(number)}" for basis, number in end.bases.items()
        )
        yield Section(
            "Les personnes abonnées",
            (
                Figure(
                    thousands(start.people), "au premier jour", "Personnes abonnées à une liste."
                ),
                Figure(thousands(end.people), "au dernier jour", f"Les mêmes. {bases}.".strip()),
            ),
        )


def _readers(year: Year, library: Library) -> Iterator[Section]:
    read = year.readership
    if read is None:
        return
    low, high = read.between
    titles = {item.url: item.title.plain for item in library.items if item.shown}
    figures = [
        Figure(
            _approximate(read.visits), "visites",
            f"Une personne par jour, robots exclus : entre {thousands(low)} et {thousands(high)}, "
            "car plusieurs personnes peuvent être derrière une adresse.",
        ),
        Figure(_approximate(read.views), "pages lues", "Rechargements compris, robots exclus."),
        Figure(
            _approximate(_total(read.downloads)), "fichiers téléchargés",
            "PDF et livres numériques."
        ),
    ]  # fmt: skip
    if read.feeds:
        number = max((value for value in read.feeds.values() if isinstance(value, int)), default=0)
        figures.append(
            Figure(
                thousands(number), "personnes abonnées au flux le plus suivi",
                "Selon les services qui le lisent pour elles, au dernier mois.",
            )
        )  # fmt: skip
    months = tuple(
        (dates.month(date.fromisoformat(f"{month.name}-01")), _least(month.visits))
        for month in read.months
    )
    kinds = {kind.name: kind.plural for kind in KINDS.values()}
    rows = tuple((kinds.get(name, name), number[0]) for name, number in read.kinds.items())
    most = tuple((titles.get(path, path), number[0]) for path, number in read.pages)
    charts = [
        *([Chart("visites par mois", ("Mois", "Visites"), months)] if len(months) > 1 else []),
        *([Chart("pages lues par genre", ("Genre", "Pages lues"), rows)] if len(rows) > 1 else []),
        *([Chart("textes les plus lus", ("Texte", "Lectures"), most)] if len(most) > 1 else []),
    ]
    yield Section("Le lectorat du site", tuple(figures), tuple(charts))


def as_text(year: Year, library: Library) -> str:
    """Return a year as a page of the terminal."""
    first, last = dates.day(year.period.first), dates.day(year.period.last)
    lines = [f"{title_of(year)} (du {first} au {last})"]
    for section in sections(year, library):
        lines += ["", section.title]
        width = max((len(figure.number) for figure in section.figures), default=0)
        lines += [f"    {figure.number:>{width}}  {figure.label}" for figure in section.figures]
        for chart in section.charts:
            lines += ["", f"    {chart.unit}"]
            lines += [f"    {thousands(number):>{width}}  {name}" for name, number in chart.rows]
    if year.readership is None:
        lines += ["", "Lectorat : aucun mois entier n’est compté (axtra mesures lire JOURNAUX)."]
    return "\n".join(lines)


def draft(year: Year, library: Library, today: date) -> str:
    """Return the draft of a publication, in Markdown; each figure has its definition below."""
    title = title_of(year)
    was = year.published
    summary = (
        f"{_plain(_figure(was.articles, 'article', 'articles', ''))}, "
        f"{_plain(_figure(was.newsletters, 'infolettre', 'infolettres', ''))}, "
        f"{_plain(_figure(was.events, 'événement', 'événements', ''))} : ce qu’a été la période, "
        "compté par AXE."
    )
    lines = [
        "---",
        f"titre: {json.dumps(title, ensure_ascii=False)}",
        f"date: {today}",
        f"chapeau: {json.dumps(summary, ensure_ascii=False)}",
        "type: rapport",
        "# Effacez la ligne qui suit quand le texte est prêt.",
        "statut: brouillon",
        "---",
        "",
        f"Du {dates.day(year.period.first)} au {dates.day(year.period.last)}.",
    ]
    defined: list[Figure] = []
    for section in sections(year, library):
        lines += ["", f"## {section.title}", "", f"/// chiffres | {_safe(section.title)}"]
        lines += [f"- **{figure.number}** {_safe(figure.label)}" for figure in section.figures]
        lines.append("///")
        for chart in section.charts:
            lines += [
                "",
                "/// graphique | barres",
                f"    unite: {chart.unit}",
                "    source: comptés par AXE",
                f"| {chart.head[0]} | {chart.head[1]} |",
                "| --- | ---: |",
                *(f"| {_cell(name)} | {number} |" for name, number in chart.rows),
                "///",
            ]
        defined += [figure for figure in section.figures if figure.definition]
    lines += ["", "## Comment ces chiffres sont comptés", ""]
    lines += [f"- {_safe(figure.label)} : {_safe(figure.definition)}" for figure in defined]
    return "\n".join([*lines, ""])


def _figure(number: int, single: str, several: str, definition: str) -> Figure:
    return Figure(thousands(number), single if number in {0, 1} else several, definition)


def _plain(figure: Figure) -> str:
    return f"{figure.number} {figure.label}"


def _shown(number: str) -> str:
    return thousands(int(number)) if number.isdecimal() else number


def _approximate(number: tuple[int, int]) -> str:
    low, high = number
    return thousands(low) if low == high else f"{thousands(low)} à {thousands(high)}"


def _total(rows: object) -> tuple[int, int]:
    numbers = [number for _, number in rows]  # type: ignore[attr-defined]
    return sum(low for low, _ in numbers), sum(high for _, high in numbers)


def _least(number: Number) -> int:
    return number if isinstance(number, int) else 1


def _safe(text: str) -> str:
    """Write a text so that no sign of it is read as Markdown."""
    return "".join(f"\\{sign}" if sign in "\\*_`[]<>#|~^" else sign for sign in text)


def _cell(text: str) -> str:
    return _safe(" ".join(text.split()))
