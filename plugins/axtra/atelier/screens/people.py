"""Réglages, Personnes: who may come in, with which role; inviting, ending sessions, removing."""

from __future__ import annotations

from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from axtra.atelier.app import Atelier, for_role, form_of, person_at, see
from axtra.atelier.roles import Act, Role
from axtra.door.confirmation_mail import PostError
from axtra.door.limits import Verdict
from infolettre.core.refusals import Refusal

HERE, PLACE = "Réglages", "/reglages/personnes"
ROLES = {
    Role.AUTEUR: "auteur ou autrice : ses propres brouillons, et ce qui est publié",
    Role.REDACTION: "rédaction : tous les textes, les infolettres, la publication du site",
    Role.DIRECTION: "direction : tout, avec les envois, les abonnements et les personnes",
}
_TOLD = {
    "invite": "L’invitation est partie.",
    "change": "C’est changé.",
    "ferme": "Ses fenêtres sont fermées : il lui faudra un nouveau lien.",
    "retire": "Cette personne n’entre plus; ses textes restent.",
}


def routes(atelier: Atelier) -> list[Route]:
    """Return the address of the screen."""

    async def people(request: Request) -> Response:
        if request.method == "POST":
            fields = await form_of(request)
            return await run_in_threadpool(_act, atelier, request, fields)
        return await run_in_threadpool(_show, atelier, request)

    return [Route(PLACE, for_role(Act.SETTINGS, people), methods=["GET", "POST"])]


def _show(
    atelier: Atelier,
    request: Request,
    refusal: Refusal | None = None,
    *,
    link: tuple[str, str] | None = None,
    given: dict[str, str] | None = None,
) -> Response:
    """Show the people; `link` is a name and a link that no mail could take there."""
    if atelier.team is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return atelier.screen(
        request,
        "personnes",
        HERE,
        422 if refusal else 200,
        personnes=atelier.team.accounts.members(),
        moi=person_at(request).address,
        roles=ROLES,
        journal=atelier.team.accounts.journal(),
        lien=link,
        muet=atelier.team.post is None,
        refus=refusal,
        donnees=given or {},
        garde=_TOLD.get(request.query_params.get("garde", ""), ""),
    )


def _act(atelier: Atelier, request: Request, fields: dict[str, str]) -> Response:
    if atelier.team is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    accounts, by = atelier.team.accounts, person_at(request).name
    act, address = fields.get("acte", ""), fields.get("adresse", "")
    try:
        if act == "inviter":
            return _invite(atelier, request, fields)
        if accounts.member(address) is None:
            raise Refusal("cette personne n’est plus dans la liste.", "Voyez la liste à jour.")  # noqa: TRY301
        if act == "changer":
            accounts.change(address, _role(fields), fields.get("nom", ""), by)
            return see(f"{PLACE}?garde=change")
        if act == "fermer":
            accounts.end_sessions(address, by)
            return see(f"{PLACE}?garde=ferme")
        if act == "retirer":
            accounts.remove(address, by)
            atelier.reviews.end_all(address)
            return see(f"{PLACE}?garde=retire")
    except Refusal as refusal:
        return _show(atelier, request, refusal, given=fields if act == "inviter" else None)
    raise HTTPException(HTTPStatus.BAD_REQUEST)


def _invite(atelier: Atelier, request: Request, fields: dict[str, str]) -> Response:
    """Invite a person by mail; where no mail can leave, show the link to give to them.

    Raises:
        Refusal: the address cannot receive mail, or is that of somebody here.
    """
    team, by = atelier.team, person_at(request).name
    assert team is not None  # noqa: S101 - `_act` has looked
    if team.accounts.member(fields.get("adresse", "")):
        raise Refusal("cette personne est déjà dans la liste.", "Changez son rôle ci-dessous.")
    if team.invitations.ask(person_at(request).address) is not Verdict.SERVED:
        raise Refusal("c’est beaucoup d’invitations en une heure.", "Recommencez plus tard.")
    person = team.accounts.invite(
        fields.get("adresse", ""), _role(fields), fields.get("nom", ""), by
    )
    try:
        team.send(person, invited_by=by)
    except PostError:
        return _show(atelier, request, link=(person.name, team.link(person)))
    return see(f"{PLACE}?garde=invite")


def _role(fields: dict[str, str]) -> Role:
    try:
        return Role(fields.get("role", ""))
    except ValueError:
        raise Refusal("il manque le rôle.", "Choisissez-en un.") from None
