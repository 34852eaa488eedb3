"""Abonnés: how many people each list has, a search, one more person, a list as a file.

Nothing that names a person is ever in an address: to look for somebody is to send a form.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from axtra.atelier.app import Atelier
from axtra.atelier.people_books import (
    BASES,
    HERE,
    KEPT,
    SOON,
    Fields,
    ListChoice,
    again,
    consent_of,
    is_empty,
    known_lists,
    line,
    lists_of,
    posted,
    register_of,
    shown,
    who,
)
from axtra.atelier.screens import person
from axtra.subscribers import AddressError, Register, normalized
from axtra.subscribers.addresses import unwrapped
from axtra.subscribers.importing import columns, list_changes
from axtra.subscribers.importing.mistyped_addresses import doubt
from axtra.subscribers.register.records import Person, Tally
from axtra.subscribers.register.register import AddOutcome
from infolettre.core.refusals import Refusal
from infolettre.text import first_names

_MOST = 50  # people that a search shows


def routes(atelier: Atelier) -> list[Route]:
    """Return the addresses of the screen."""
    return [
        Route("/abonnes", shown(atelier, _home), methods=["GET"]),
        Route("/abonnes/chercher", posted(atelier, _search), methods=["POST"]),
        Route("/abonnes/ajouter", shown(atelier, _ask), methods=["GET"]),
        Route("/abonnes/ajouter", posted(atelier, _add), methods=["POST"]),
        Route("/abonnes/echeances", shown(atelier, _ending), methods=["GET"]),
        Route("/abonnes/exporter", posted(atelier, _export), methods=["POST"]),
        Route(f"{KEPT}/{{jeton}}", shown(atelier, again), methods=["GET"]),
        *person.routes(atelier),
    ]


def _home(atelier: Atelier, request: Request) -> Response:
    return _show(atelier, request)


def _show(
    atelier: Atelier,
    request: Request,
    typed: str = "",
    found: list[tuple[str, str, str]] | None = None,
) -> Response:
    counts: list[tuple[ListChoice, Tally]] = []
    total = 0
    if not is_empty(atelier):
        with register_of(atelier) as register:
            total = register.written_to()
            if found is None:  # to count everyone's consents takes a while
                counts = _counts(atelier, register)
    return atelier.screen(
        request,
        "abonnes",
        HERE,
        total=total,
        listes=counts,
        echeances=sum(tally.ending for _, tally in counts),
        jours=SOON,
        cherche=typed,
        trouvees=found,
        plus=_MOST,
    )


def _counts(atelier: Atelier, register: Register) -> list[tuple[ListChoice, Tally]]:
    known = register.lists()
    return [
        (choice, register.tally(choice.slug, atelier.clock(), SOON))
        for choice in lists_of(atelier, register)
        if choice.slug in known
    ]


def _search(atelier: Atelier, request: Request, fields: Fields) -> Response:
    """List who was looked for; a whole address shows what is known of it, even if erased."""
    typed = line(fields.get("q", ""))
    if is_empty(atelier) or not typed:
        return _show(atelier, request, typed, [] if typed else None)
    with register_of(atelier) as register:
        people = register.search(typed, _MOST + 1)
        exact = _address(typed)
        if exact and not people and register.is_suppressed(exact):
            return person.show(atelier, request, exact)
        states = [(known.address, _named(known), _state(register, known)) for known in people]
    if len(people) == 1:
        return person.show(atelier, request, people[0].address)
    return _show(atelier, request, typed, states)


def _address(typed: str) -> str:
    try:
        return normalized(unwrapped(typed))
    except AddressError:
        return ""


def _named(known: Person) -> str:
    return f"{known.first_name} {known.last_name}".strip()


def _state(register: Register, known: Person) -> str:
    if register.is_suppressed(known.address) or not register.lists_of(known.id):
        return "désabonnée"
    return "abonnée"


# --- one more person -----------------------------------------------------------------------------


def _ask(atelier: Atelier, request: Request) -> Response:
    return _form(atelier, request, {})


def _form(
    atelier: Atelier,
    request: Request,
    fields: Fields,
    refusal: Refusal | None = None,
    doubt: str = "",
) -> Response:
    return atelier.screen(
        request,
        "abonnes-ajouter",
        HERE,
        422 if refusal else 200,
        listes=known_lists(atelier),
        bases=BASES,
        donnees=fields,
        refus=refusal,
        doute=doubt,
        aujourdhui=atelier.clock().date().isoformat(),
    )


def _add(atelier: Atelier, request: Request, fields: Fields) -> Response:
    """Subscribe a person whose consent somebody answers for; show what is missing, else."""
    if "acte" not in fields:  # from the screen of a person: nothing is added yet
        return _form(atelier, request, fields)
    try:
        return _added(atelier, request, fields)
    except Refusal as refusal:
        return _form(atelier, request, fields, refusal)


def _added(atelier: Atelier, request: Request, fields: Fields) -> Response:
    now = atelier.clock()
    address = normalized(unwrapped(fields.get("adresse", "")))
    consent = consent_of(fields, now, f"consentement noté à l’{who(request)}")
    unsure = doubt(address)
    if unsure and fields.get("vue") != fields.get("adresse"):
        return _form(atelier, request, fields, doubt=unsure)
    with register_of(atelier, changing=True) as register:
        lists = lists_of(atelier, register)
        chosen = [choice.slug for choice in lists if fields.get(f"liste-{choice.slug}")]
        if not chosen:
            raise Refusal("choisissez au moins une infolettre.")
        names = {
            "first_name": first_names.tidy(fields.get("prenom", "")),
            "last_name": line(fields.get("nom", "")),
        }
        with register.together():
            outcomes = {register.add(liste, address, consent, now, **names) for liste in chosen}
    if outcomes <= {AddOutcome.LEFT, AddOutcome.SUPPRESSED}:
        raise Refusal(
            "cette personne est partie, ou ne doit plus être jointe : rien n’est changé.",
            "Elle seule peut revenir : sa fiche propose de lui envoyer un courriel à confirmer.",
        )
    late = consent.expires is not None and consent.expires <= now
    done = "Inscrite." if not late else "Inscrite, mais ce consentement est échu : rien ne part."
    return person.show(atelier, request, address, done)


# --- what ends, and files ------------------------------------------------------------------------


def _ending(atelier: Atelier, request: Request) -> Response:
    ending = []
    if not is_empty(atelier):
        with register_of(atelier) as register:
            for choice in lists_of(atelier, register):
                ending += [
                    (consent.expires, consent.address, choice.name)
                    for consent in register.expiring(choice.slug, atelier.clock(), SOON)
                ]
    return atelier.screen(request, "abonnes-echeances", HERE, echeances=sorted(ending), jours=SOON)


def _export(atelier: Atelier, _request: Request, fields: Fields) -> Response:
    liste = fields.get("liste", "")
    with register_of(atelier) as register:
        if liste not in register.lists():
            raise Refusal("cette liste n’existe pas.")
        data = columns.write(list_changes.exported_rows(register.subscriptions(liste)))
    return download(data, f"{liste}.csv", "text/csv; charset=utf-8")


def download(data: bytes, name: str, kind: str) -> Response:
    """Return a file to keep; its name is ours, and names nobody."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=kind, headers=headers)
