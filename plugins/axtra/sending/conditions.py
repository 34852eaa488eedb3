"""What must be true before an edition leaves; each rule says its own reason."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

from axtra.content.model import Facts, Newsletter, Status
from axtra.newsletter.editions import STALE
from axtra.sending.ledger import Ledger
from axtra.sending.ledger_records import FrozenEdition
from infolettre.core import dates
from infolettre.core.diagnostics import count
from infolettre.core.refusals import Refusal

EARLY = timedelta(hours=6)  # it may leave a little before its page is published
_ADDRESS = re.compile(r'\b(?:href|src)="([^"]+)"')
_PATIENCE = 15  # seconds for one page
_OK = 200


@dataclass(frozen=True, slots=True)
class UnmetCondition:
    """A reason for which an edition cannot leave, and what to do, a line for each remedy.

    It is `final` when these frozen bytes will never leave; `by_building` tells whether to build
    the site may be enough, `by_memory` whether a person must say if the edition left.
    """

    reason: str
    remedy: str
    final: bool = False
    by_building: bool = False
    by_memory: bool = False

    def __str__(self) -> str:
        remedies = "".join(f"\n      → {line}" for line in self.remedy.splitlines())
        return f"  – {self.reason}{remedies}"


class UnmetConditions(Refusal):
    """An edition cannot leave; `unmet` holds every reason."""

    def __init__(self, edition: str, unmet: list[UnmetCondition]) -> None:
        reasons = count(len(unmet), "raison")
        super().__init__(
            "\n".join(
                [
                    f"« {edition} » ne peut pas partir ({reasons}) :",
                    *(f"  – {condition.reason}" for condition in unmet),
                ]
            ),
            "\n".join(condition.remedy for condition in unmet),
        )
        self._title = self.problem.partition("\n")[0]
        self.unmet = unmet

    @property
    def forgotten(self) -> bool:
        """Return whether the edition may have left without this ledger: a person knows."""
        return any(condition.by_memory for condition in self.unmet)

    def __str__(self) -> str:
        """Return the reasons, each with its remedies below it."""
        return "\n".join([self._title, *map(str, self.unmet)])


@dataclass(frozen=True, slots=True)
class ForgottenDeparture:
    """A departure that the ledger does not know, and what tells it.

    It is not `certain` when a copy that may have been used elsewhere was adopted that day.
    """

    liste: str
    day: date
    source: str
    certain: bool = True


def schedule(letter: Newsletter, now: datetime) -> Iterator[UnmetCondition]:
    """Refuse a draft, what is too old to be news, and what is not due yet."""
    if letter.status is Status.DRAFT:
        yield UnmetCondition(
            "l’édition est un brouillon", "Effacez la ligne « statut: brouillon »."
        )
    if letter.date is None:
        return
    day = dates.day(letter.date)
    if letter.date < now - STALE:
        yield UnmetCondition(
            f"l’édition est datée du {day} : elle est périmée",
            "Donnez-lui la date d’aujourd’hui, puis gelez-la de nouveau.",
            final=True,
        )
    if letter.date - now > EARLY:
        yield UnmetCondition(
            f"l’édition est datée du {day} : son heure n’est pas venue",
            "Attendez ce jour-là, ou changez la date.",
        )


def facts(given: Facts) -> Iterator[UnmetCondition]:
    """Refuse to write without saying truly who writes, and from where.

    Source: Loi canadienne anti-pourriel, art. 6(2); Règlement DORS/2012-36, art. 2.
    """
    if given.demonstration:
        names = ", ".join(given.demonstration)
        yield UnmetCondition(
            f"content/site.toml a encore des valeurs de démonstration ({names})",
            "Mettez les vraies coordonnées, puis videz la liste « demonstration ».",
        )
    required = {
        "nom": given.name,
        "adresse": given.address,
        "localite": given.locality,
        "courriel": given.email,
    }
    missing = [key for key, value in required.items() if not value.strip()]
    if missing:
        yield UnmetCondition(
            f"il manque « {', '.join(missing)} » dans content/site.toml",
            "La loi demande le nom, l’adresse postale et un moyen de joindre qui envoie.",
        )


def own_links(html: str, text: str, siteurl: str) -> list[str]:
    """List the addresses of the site that a mail holds, from the site's root."""
    addresses = {unescape(address) for address in _ADDRESS.findall(html)}
    addresses |= set(re.findall(r"https?://[^\s<>«»]+", text))
    own = {address[len(siteurl) :] or "/" for address in addresses if _belongs(address, siteurl)}
    return sorted(own)


def _belongs(address: str, siteurl: str) -> bool:
    return address == siteurl or address.startswith((f"{siteurl}/", f"{siteurl}#"))


def built(links: Iterable[str], output: Path) -> Iterator[UnmetCondition]:
    """Refuse a link of the edition that the built site does not answer."""
    for link in links:
        parts = urlsplit(link)
        path = output / unquote(parts.path).lstrip("/")
        if path.is_dir():
            path /= "index.html"
        if not path.is_file():
            yield UnmetCondition(
                f"le site construit n’a rien à l’adresse « {link} », à laquelle l’édition mène",
                "Corrigez le lien, ou construisez le site :  axtra construire",
                by_building=True,
            )
        elif parts.fragment and path.suffix == ".html":
            anchor = re.escape(unquote(parts.fragment))
            if not re.search(rf'\bid="?{anchor}["\s>]', path.read_text("utf-8")):
                yield UnmetCondition(
                    f"la page n’a pas l’intertitre de « {link} », auquel l’édition mène",
                    "Corrigez le lien, ou construisez le site :  axtra construire",
                    by_building=True,
                )


def online(missing: Iterable[tuple[str, str]]) -> Iterator[UnmetCondition]:
    """Refuse a link of the edition that a reader would not find as it was published.

    Args:
        missing: such links, each with the reason.
    """
    for link, reason in missing:
        yield UnmetCondition(
            f"« {link} », à laquelle l’édition mène, n’est pas en ligne comme il faut ({reason})",
            "Publiez le site (axtra publier), ou corrigez le lien.",
        )


def live(links: Iterable[str], base: str) -> Iterator[UnmetCondition]:
    """Refuse a link of the edition that the published site does not answer.

    Args:
        links: addresses from the site's root.
        base: the address of the published site.
    """
    paths = sorted({urlsplit(link)._replace(fragment="").geturl() for link in links})
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda path: _answer(base + path), paths)
        for path, answer in zip(paths, answers, strict=True):
            if answer:
                yield UnmetCondition(
                    f"le site en ligne ne répond pas à « {path} » ({answer})",
                    "Publiez le site avant d’envoyer l’édition.",
                )


def _answer(address: str) -> str:
    request = urllib.request.Request(address, headers={"User-Agent": "axtra"})  # noqa: S310 - the settings allow https and the loopback
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310
            return "" if answer.status == _OK else str(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return str(error.code)
    except (OSError, ValueError) as error:
        return type(error).__name__


def tested(*, same: bool, test: bool, edition: str) -> Iterator[UnmetCondition]:
    """Refuse bytes that changed since they were frozen, or that nobody saw in a mailbox."""
    if not same:
        yield UnmetCondition(
            "l’édition a changé depuis qu’elle est gelée",
            "Gelez-la de nouveau, puis refaites l’essai. "
            f"La différence se voit par :  axtra envoi verifier {edition}",
            final=True,
        )
    elif not test:
        yield UnmetCondition(
            "aucun essai de ces octets n’a été envoyé",
            f"axtra envoi essai {edition} VOTRE-ADRESSE",
        )


def approved(ledger: Ledger, frozen: FrozenEdition, *, accounts: bool) -> Iterator[UnmetCondition]:
    """Refuse what no second person has approved.

    Args:
        ledger: what was approved.
        frozen: the edition.
        accounts: whether those who work here have accounts.
    """
    if accounts and not frozen.who:
        yield unsigned(frozen.edition)
    elif not second_persons(ledger, frozen, accounts=accounts):
        yield UnmetCondition(
            "personne n’a approuvé ces octets",
            "Dans l’atelier, une autre personne de la direction l’approuve : "
            "Infolettres, la lettre, Envoyer."
            if accounts or frozen.who
            else f"axtra envoi approuver {frozen.edition} --par 'Prénom Nom'",
        )


def unsigned(edition: str) -> UnmetCondition:
    """Return why a letter that no account froze cannot be approved where there are accounts."""
    return UnmetCondition(
        f"« {edition} » a été gelée par une commande : on ne sait pas par qui, ni donc qui serait "
        "la deuxième personne",
        "Dans l’atelier, gelez-la de nouveau (Infolettres, la lettre, Envoyer) : une autre "
        "personne de la direction l’approuve ensuite.",
    )


def second_persons(ledger: Ledger, frozen: FrozenEdition, *, accounts: bool) -> tuple[str, ...]:
    """Return the names of those whose approval of what is frozen counts.

    Where there are accounts, only an account says who somebody is: that of who froze it, and a
    name that was typed, count for nothing.
    """
    approvals = ledger.approvals(frozen)
    if not accounts and not frozen.who:
        return tuple(approval.name for approval in approvals)
    if not frozen.who:
        return ()
    return tuple(
        approval.name for approval in approvals if approval.account not in {"", frozen.who}
    )


def remembered(edition: str, departures: Iterable[ForgottenDeparture]) -> Iterator[UnmetCondition]:
    """Refuse an edition that left without this ledger: people would receive it twice.

    Args:
        edition: its name.
        departures: those that the ledger does not know.
    """
    for departure in departures:
        left = "est partie" if departure.certain else "a pu partir"
        when = f"{'le' if departure.certain else 'avant le'} {dates.day(departure.day)}"
        yield UnmetCondition(
            f"elle {left} vers la liste « {departure.liste} » {when}, d’après "
            f"« {departure.source} », et le registre des envois n’en sait rien, ou en sait moins "
            "(une sauvegarde restaurée?) : des personnes la recevraient deux fois",
            "Restaurez une sauvegarde plus récente. Sinon, si elle est bien partie :  "
            f"axtra envoi envoyer {edition} --deja-partie\n"
            "Si vous savez que personne ne l’a reçue :  "
            f"axtra envoi envoyer {edition} --jamais-partie",
            by_memory=True,
        )
