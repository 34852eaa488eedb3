"""What search engines read of a page: its graph in the words of schema.org, as JSON-LD.

Source: schema.org 29; Google Search Central, « Structured data » (Article, BreadcrumbList, Event).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from markupsafe import Markup

from axtra.content import licences
from axtra.content.model import (
    Article,
    Author,
    Centre,
    Dossier,
    Event,
    Item,
    Library,
    Newsletter,
    Numero,
    Page,
    Publication,
    Text,
)
from axtra.content.pages import DOSSIERS
from axtra.site.citations import name_parts

Thing: TypeAlias = dict[str, Any]
_MAGAZINE = "/magazine/"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# What JSON may hold and an HTML script may not: the end of the script, the start of a comment.
_ESCAPES = {"<": r"\u003c", ">": r"\u003e", "&": r"\u0026"}


@dataclass(frozen=True, slots=True)
class Describer:
    """Describes pages; `siteurl` has no final slash, `picture` gives the picture of an item."""

    library: Library
    siteurl: str
    picture: Callable[[Item], str]

    def page(
        self, url: str, title: str, description: str = "", above: tuple[tuple[str, str], ...] = ()
    ) -> Markup:
        """Describe a page that is no item: the home page, a listing, a rubrique.

        `above` is what leads to it from the home page, as (name, address).
        """
        facts = self.library.facts
        if url == "/":
            return self._script([self._publisher(whole=True), self._website()])
        thing: Thing = {
            "@type": "CollectionPage",
            "name": title.removesuffix(f" | {facts.magazine}"),
            "description": description.strip(),
            "url": self._full(url),
            "inLanguage": "fr-CA",
            "publisher": self._publisher(),
        }
        if url == _MAGAZINE:
            thing |= self._periodical()
            thing["hasPart"] = [self._issue(numero) for numero in self.library.numeros]
        trail = [*above, (title.removesuffix(f" | {facts.magazine}"), url)]
        return self._script([thing, self._trail(trail)])

    def item(self, item: Item) -> Markup:
        """Describe the page of an item."""
        return self._script([self._thing(item), self._trail(self._above(item))])

    def _script(self, graph: Iterable[Thing]) -> Markup:
        data = {"@context": "https://schema.org", "@graph": [_clean(thing) for thing in graph]}
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        for sign, escape in _ESCAPES.items():  # on long texts, faster than translate
            text = text.replace(sign, escape)
        return Markup(f'<script type="application/ld+json">{text}</script>')  # noqa: S704 - escaped just before

    def _full(self, url: str) -> str:
        return url if "://" in url else f"{self.siteurl}{url}"

    def _publisher(self, *, whole: bool = False) -> Thing:
        """Return the organisation, without facts of demonstration."""
        facts = self.library.facts
        thing: Thing = {
            "@type": "Organization",
            "@id": self._full("/#organisation"),
            "name": facts.name,
        }
        if whole:
            thing |= {
                "legalName": facts.long_name,
                "description": facts.description,
                "url": facts.website,
                "logo": self._full("/favicon.svg"),
                "sameAs": [address for _, address in facts.social],
            }
            if not {"adresse", "localite"} & set(facts.demonstration):
                thing["address"] = f"{facts.address}, {facts.locality}"
            if "courriel" not in facts.demonstration:
                thing["email"] = facts.email
            if "telephone" not in facts.demonstration:
                thing["telephone"] = facts.telephone
        return thing

    def _website(self) -> Thing:
        facts = self.library.facts
        return {
            "@type": "WebSite",
            "name": facts.magazine,
            "description": facts.description,
            "url": self._full("/"),
            "inLanguage": "fr-CA",
            "publisher": {"@id": self._full("/#organisation")},
        }

    def _periodical(self) -> Thing:
        facts = self.library.facts
        return {
            "@type": "Periodical",
            "@id": self._full(f"{_MAGAZINE}#periodique"),
            "name": facts.magazine,
            "url": self._full(_MAGAZINE),
            "issn": facts.issn if licences.is_issn(facts.issn) else None,
        }

    def _licence(self, own: Text | None = None) -> str | None:
        """Return the address of the licence of a text, else its name."""
        licence = licences.read(own.plain if own else self.library.facts.licence)
        return (licence.url or licence.name) if licence else None

    def _volume(self, numero: Numero, above: Thing) -> Thing:
        """Return what an issue is part of: its volume, which is part of the periodical."""
        if numero.volume is None:
            return above
        return {
            "@type": "PublicationVolume",
            "@id": self._full(f"{_MAGAZINE}#volume-{numero.volume}"),
            "volumeNumber": str(numero.volume),
            "isPartOf": above,
        }

    def _issue(self, numero: Numero) -> Thing:
        return {
            "@type": numero.kind.schema_type,
            "@id": self._full(f"{numero.url}#numero"),
            "name": numero.title.plain,
            "alternateName": numero.label,
            "issueNumber": numero.label if numero.number is None else str(numero.number),
            "url": self._full(numero.url),
            "datePublished": numero.date,
        }

    def _person(self, author: Author) -> Thing:
        parts = name_parts(author)
        thing: Thing = {
            "@type": "Person" if parts else "Organization",
            "name": author.title.plain,
            "url": self._full(author.url) if author.shown else None,
        }
        if parts:
            thing |= {"familyName": parts[0], "givenName": parts[1]}
            thing["jobTitle"] = author.role.plain if author.role else None
            thing["image"] = self._full(author.image.url) if author.image else None
        if author.organisation:
            key = "affiliation" if parts else "parentOrganization"
            thing[key] = {"@type": "Organization", "name": author.organisation.plain}
        return thing

    def _thing(self, item: Item) -> Thing:
        common: Thing = {
            "name": item.title.plain,
            "description": item.lead,
            "url": self._full(item.url),
            "inLanguage": item.language,
            "image": self._full(self.picture(item)),
        }
        match item:
            case Numero():
                parts = [self._part(article) for article in self.library.articles_in(item)]
                publisher = self._publisher()
                above = self._volume(item, self._periodical() | {"publisher": publisher})
                return (
                    common
                    | self._issue(item)
                    | {"isPartOf": above, "hasPart": parts, "license": self._licence()}
                )
            case Dossier():
                articles = self.library.articles_about(item)
                return common | {
                    "@type": item.kind.schema_type,
                    "publisher": self._publisher(),
                    "hasPart": [self._part(article) for article in articles],
                }
            case Author():
                person = self._person(item) | {"description": item.lead}
                return {
                    "@type": item.kind.schema_type,
                    "url": common["url"],
                    "mainEntity": person,
                }
            case Event():
                return common | self._event(item)
            case Centre():
                return common | self._centre(item)
            case Page():
                return common | {"@type": item.kind.schema_type, "publisher": self._publisher()}
        return common | self._text(item)

    def _part(self, article: Article) -> Thing:
        return {
            "@type": article.kind.schema_type,
            "headline": article.title.plain,
            "url": self._full(article.url),
            "author": [self._person(author) for author in article.authors],
        }

    def _text(self, item: Item) -> Thing:
        """Describe what is read, of any kind."""
        authors = getattr(item, "authors", ())
        thing: Thing = {
            "@type": item.kind.schema_type,
            "headline": item.title.plain,
            "datePublished": item.date,
            "dateModified": item.updated,
            "author": [self._person(author) for author in authors] or self._publisher(),
            "publisher": self._publisher(),
            "keywords": [subject.name.plain for subject in item.subjects],
            "wordCount": item.words or None,
            "timeRequired": f"PT{item.minutes}M" if item.words else None,
            "isAccessibleForFree": True,
            "alternativeHeadline": item.subtitle.plain if item.subtitle else None,
            "license": self._licence(getattr(item, "licence", None)),
            "copyrightHolder": {"@id": self._full("/#organisation")},
            "abstract": _plain(getattr(item, "abstract_en", None)),
            "sponsor": [
                {"@type": "Organization", "name": partner.plain} for partner in item.partners
            ],
            **self._languages(item),
        }
        match item:
            case Article():
                day = item.date or item.numero.date
                thing |= {"datePublished": day, "dateModified": item.updated or day}
                thing["articleSection"] = item.rubrique.name.plain
                volume = self._volume(item.numero, self._periodical())
                issue = self._issue(item.numero) | {"isPartOf": volume}
                dossier = item.dossier if item.dossier and item.dossier.shown else None
                thing["isPartOf"] = [issue, self._work(dossier)] if dossier else issue
                if item.audio:
                    thing["associatedMedia"] = {
                        "@type": "AudioObject",
                        "contentUrl": self._full(item.audio),
                    }
                thing["about"] = [self._work(item.reply_to)] if item.reply_to else None
            case Newsletter():
                thing["isPartOf"] = {
                    "@type": "Periodical",
                    "name": item.newsletter_type.name.plain,
                    "url": self._full("/infolettres/"),
                }
            case Publication() if item.file:
                size = f"{item.file_size // 1000} kB" if item.file_size else None
                thing["encoding"] = {
                    "@type": "MediaObject",
                    "contentUrl": self._full(item.file),
                    "encodingFormat": "application/pdf",
                    "contentSize": size,
                }
        return thing

    def _languages(self, item: Item) -> Thing:
        """Return the same text in its other languages."""
        works = [self._work(other) for other in self.library.translations(item)]
        if item.translation_of and works:
            return {"translationOfWork": works[0]}
        return {"workTranslation": works}

    def _work(self, item: Item) -> Thing:
        return {
            "@type": item.kind.schema_type,
            "headline": item.title.plain,
            "url": self._full(item.url),
            "inLanguage": item.language,
        }

    def _event(self, event: Event) -> Thing:
        whole_end = event.all_day or event.end_of_day
        return {
            "@type": event.kind.schema_type,
            "startDate": event.start.date() if event.all_day else event.start,
            "endDate": event.last_day if whole_end else event.end,
            "eventStatus": "https://schema.org/EventScheduled",
            "location": {"@type": "Place", "name": event.place.plain, "address": event.place.plain}
            if event.place
            else None,
            "organizer": self._publisher() | {"url": self._full("/")},
        }

    def _centre(self, centre: Centre) -> Thing:
        """Describe a centre, without values of demonstration."""
        false = set(centre.demonstration)
        place = {
            "streetAddress": _plain(centre.address) if "adresse" not in false else None,
            "addressLocality": _plain(centre.town) if "ville" not in false else None,
            "postalCode": centre.postal_code if "code-postal" not in false else None,
        }
        point = centre.point if centre.point and centre.point.exact else None
        return {
            "@type": centre.kind.schema_type,
            "address": {"@type": "PostalAddress", **place, "addressRegion": "QC",
                        "addressCountry": "CA"} if any(place.values()) else None,
            "geo": {"@type": "GeoCoordinates", "latitude": point.latitude,
                    "longitude": point.longitude}
            if point and "coordonnees" not in false else None,
            "telephone": _plain(centre.telephone) if "telephone" not in false else None,
            "email": centre.email if "courriel" not in false else None,
            "sameAs": centre.website if "site" not in false else None,
            "areaServed": {"@type": "AdministrativeArea", "name": centre.region.name.plain}
            if centre.region else None,
            "knowsLanguage": [word.name.plain for word in centre.languages],
            "knowsAbout": [word.name.plain for word in centre.specialities],
            "audience": [
                {"@type": "Audience", "audienceType": word.name.plain} for word in centre.publics
            ],
            "openingHoursSpecification": [
                {
                    "@type": "OpeningHoursSpecification",
                    "dayOfWeek": [f"https://schema.org/{_DAYS[day]}" for day in span.days],
                    "opens": f"{span.opens:%H:%M}",
                    "closes": f"{span.closes:%H:%M}",
                }
                for span in centre.opening_hours
            ],
            "memberOf": self._publisher(),
        }  # fmt: skip

    def _above(self, item: Item) -> list[tuple[str, str]]:
        """Return the path from the home page to an item, which comes last."""
        trail: list[tuple[str, str]] = []
        if isinstance(item, Numero | Article):
            trail.append(("Magazine", _MAGAZINE))
        elif item.kind.listing:
            name = item.kind.listing_title or item.kind.plural.capitalize()
            trail.append((name, item.kind.listing))
        if isinstance(item, Dossier):
            trail.append(("Dossiers", DOSSIERS))
        if isinstance(item, Article):
            trail.append((item.numero.title.plain, item.numero.url))
        return [*trail, (item.title.plain, item.url)]

    def _trail(self, steps: list[tuple[str, str]]) -> Thing:
        return {
            "@type": "BreadcrumbList",
            "itemListElement": [
                {"@type": "ListItem", "position": at, "name": name, "item": self._full(url)}
                for at, (name, url) in enumerate([("Accueil", "/"), *steps], start=1)
            ],
        }


def _plain(text: Text | None) -> str | None:
    return text.plain if text else None


def _clean(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Remove empty values, and write moments as ISO 8601."""
    if isinstance(value, dict):
        cleaned = {key: _clean(inner) for key, inner in value.items()}
        return {key: inner for key, inner in cleaned.items() if inner not in (None, "", [], {})}
    if isinstance(value, list | tuple):
        return [_clean(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value
