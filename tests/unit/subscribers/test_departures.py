"""Nobody whose file says no becomes a subscriber, whatever service or person wrote the file."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from axtra.cli import main
from axtra.subscribers import Basis
from axtra.subscribers.importing.csv_files import CsvContents, read
from axtra.subscribers.importing.departures import Choices, names_leavers
from axtra.subscribers.importing.person_lines import Defaults
from infolettre.core.dates import ZONE

NOW = datetime(2026, 3, 1, 9, tzinfo=ZONE)
STATED = Defaults(Basis.EXPRESS, date(2025, 1, 2), "essai")
YES, NO = "oui@exemple.test", "non@exemple.test"


def sheet(text: str, choices: Choices | None = None, **options: bool) -> CsvContents:
    return read(text.encode(), "liste.csv", NOW, STATED, choices, **options)


# The columns of each service, what it writes of someone who is on the list, of someone who is not.
SERVICES = {
    "listmonk": ("uuid,email,name,attributes,status,created_at,updated_at",
                 "u1,{},Ana,{{}},enabled,2020-01-02,2020-01-02",
                 ["u2,{},Bob,{{}},blocklisted,2020-01-02,2020-01-02",
                  "u3,{},Bob,{{}},disabled,2020-01-02,2020-01-02"]),
    "listmonk, une liste": ("email,name,subscription_status", "{},Ana,confirmed",
                            ["{},Bob,unsubscribed", "{},Bob,unconfirmed"]),
    "Mailchimp": ("Email Address,Name,R,OPTIN_TIME,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_REASON",
                  "{},Ana,2,2019-01-01 10:00:00,,,",
                  ["{},Bob,2,2019-01-01 10:00:00,2022-05-05 10:00:00,Mai,NORMAL",
                   "{},Bob,2,2019-01-01 10:00:00,2022-05-05 10:00:00,,",
                   "{},Bob,2,2019-01-01 10:00:00,,,ABUSE"]),
    "Mailchimp, nettoyées": ("Email Address,OPTIN_TIME,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE",
                             "{},2019-01-01 10:00:00,,",
                             ["{},2019-01-01 10:00:00,2022-05-05 10:00:00,Mai"]),
    "Mailchimp, tout": ("Email Address,Email Marketing Status", "{},Subscribed",
                        ["{},Unsubscribed", "{},Cleaned", "{},Non-Subscribed"]),
    "Brevo": ("EMAIL,PRENOM,EMAIL_BLACKLISTED,SMS_BLACKLISTED", "{},Ana,false,true",
              ["{},Bob,true,false", "{},Bob,1,0", "{},Bob,Yes,No"]),
    "Cyberimpact": ("Courriel,Prénom,Langue,Statut", "{},Ana,Français,Actif",
                    ["{},Bob,Français,Désabonné", "{},Bob,Français,Invalide",
                     "{},Bob,Français,Inactif", "{},Bob,Français,Plainte"]),
    "Mailjet": ("email,firstname,IsUnsubscribed,IsExcludedFromCampaigns", "{},Ana,false,false",
                ["{},Bob,true,false", "{},Bob,false,true"]),
    "Constant Contact": ("Email address,Name,Email status,Confirmed Opt-Out Date,Opt-Out Reason",
                         "{},Ana,Active,,",
                         ["{},Bob,Unsubscribed,2022-05-05,x", "{},Bob,Active,2022-05-05,",
                          "{},Bob,Opted Out,,", "{},Bob,Awaiting Confirmation,,"]),
    "SurveyMonkey": ("Email Address,First Name,Status", "{},Ana,Active",
                     ["{},Bob,Opted Out", "{},Bob,Bounced"]),
    "MailerLite": ("Subscriber,Email,Status,Unsubscribed", "x,{},Active,",
                   ["x,{},Unsubscribed,2022-05-05 10:00:00", "x,{},Bounced,", "x,{},Junk,"]),
    "HubSpot": ("Email,First Name,Unsubscribed from all email,Email hard bounce reason",
                "{},Ana,false,", ["{},Bob,true,", "{},Bob,false,MAILBOX_FULL"]),
    "Shopify": ("Email,First Name,Accepts Email Marketing", "{},Ana,yes", ["{},Bob,no"]),
    "Salesforce": ("Email,Email Opt Out", "{},0", ["{},1", "{},TRUE"]),
    "à la main": ("Courriel,Désabonné le", "{},", ["{},2022-05-05", "{},mai 2022"]),
    "Substack": ("email,active_subscription,email_disabled", "{},true,false", ["{},true,true"]),
    "CiviCRM": ("Email,Do Not Email,On Hold", "{},0,0", ["{},0,1", "{},1,0"]),
    "Brevo, en français": ("EMAIL,Abonné,Bloqué", "{},Oui,Non", ["{},Oui,Oui"]),
    "à la main, décès": ("Courriel,Décédée", "{},", ["{},x"]),
    "à la main, pas": ("Courriel,Pas intéressé par l’infolettre", "{},", ["{},x", "{},Oui"]),
    "à la main, sans": ("Courriel,Ne veut pas l’infolettre", "{},non", ["{},oui"]),
    "à la main, refus": ("Courriel,Ne plus écrire", "{},", ["{},x", "{},oui", "{},Oui"]),
}  # fmt: skip


@pytest.mark.parametrize(
    ("service", "gone"),
    [(name, gone) for name, (_, _, several) in SERVICES.items() for gone in several],
)
def test_who_left_a_service_is_not_brought_in(service: str, gone: str) -> None:
    titles, there, _ = SERVICES[service]
    contents = sheet(f"{titles}\n{there.format(YES)}\n{gone.format(NO)}\n")
    assert contents.errors == ()
    assert [person.address for person in contents.people] == [YES]
    assert contents.left == (NO,)
    alone = sheet(f"{titles}\n{gone.format(NO)}\n")
    assert alone.people == ()
    assert "--retraits" in alone.errors[0].remedy


@pytest.mark.parametrize(
    ("title", "yes", "no"),
    [
        ("Infolettre", "Oui", "Non"),
        ("Membre", "oui", "non"),
        ("Newsletter", "TRUE", "FALSE"),
        ("Souhaitez-vous recevoir notre infolettre ?", "Oui, volontiers", "Non merci"),
        ("Consentement LCAP", "Vrai", "Faux"),
        ("Groupe", "Membres", "Désabonnés"),
        ("Étiquettes", "membre, Laval", "membre, unsubscribed"),
        ("Catégorie", "actif", "inactif"),
        ("Abonnement", "x", ""),
        ("Communications", "1", "0"),
        ("Statut", "1", "2"),
        ("Statut", "Employeur", "Candidat"),
        ("Permission", "Expresse", "Aucune"),
        ("Notes", "bénévole", "A demandé à être retirée de la liste"),
        ("Situation", "Actif", "Décédé"),
        ("reception", "mail", "nomail"),
        ("Envoyer ?", "x", ""),
        ("Date de départ", "", "2023-04-05"),
        ("Raison du départ", "", "trop de courriels"),
    ],
)
def test_a_column_that_may_say_no_is_asked_about(title: str, yes: str, no: str) -> None:
    text = f"Courriel;{title}\n{YES};{yes}\n{NO};{no}\n"
    asked = sheet(text)
    assert asked.people == ()
    [said] = asked.errors
    assert said.line == 1
    assert f"« {title} »" in said.problem
    assert yes in said.problem
    assert "--garder-si" in said.remedy
    assert f'--ignorer-colonne "{title}"' in said.remedy
    assert "exemple.test" not in str(said)


@pytest.mark.parametrize(
    ("title", "values"),
    [
        ("Ville", ["Laval", "Lévis"]),
        ("Cote", ["2", "3"]),
        ("Infolettre", ["Oui", "Oui"]),
        ("Date d’abonnement", ["2020-01-02", "2021-01-02"]),
        ("SMS_BLACKLISTED", ["true", "false"]),
        ("MEMBER_RATING", ["1", "0"]),
        ("Statut", ["", ""]),
        ("Notes", ["Rencontrée au salon", ""]),
        ("Désabonné le", ["", ""]),
    ],
)
def test_other_columns_raise_no_question(title: str, values: list[str]) -> None:
    lines = "".join(f"p{at}@exemple.test;{value}\n" for at, value in enumerate(values))
    contents = sheet(f"Courriel;{title}\n{lines}")
    assert contents.errors == ()
    assert len(contents.people) == len(values)


TEXT = f"Courriel;Infolettre\n{YES};Oui\n{NO};Non\nvide@exemple.test;\n"


@pytest.mark.parametrize(
    ("titles", "row"),
    [
        ("Courriel,Nom", f"{NO},Roy (DÉSABONNÉE)"),
        ("Courriel,Prénom,Nom", f"{NO},NE PLUS ÉCRIRE,Roy"),
        ("Courriel,Source", f"{NO},kiosque; désinscrit depuis"),
    ],
)
def test_a_name_or_a_source_that_says_no_is_shown_at_its_line(titles: str, row: str) -> None:
    contents = sheet(f"{titles}\n{row}\n{YES}{re.sub('[^,]', '', row)}\n")
    assert [person.address for person in contents.people] == [YES]  # the other lines are read
    assert [(error.rule, error.line) for error in contents.errors] == [("csv-depart-ecrit", 2)]


@pytest.mark.parametrize("name", ["Cleaver", "Stopa", "Bouncer", "Retraite", "Non"])
def test_a_name_that_only_resembles_one_is_brought_in(name: str) -> None:
    contents = sheet(f"Courriel,Nom\n{YES},{name}\n")
    assert [person.last_name for person in contents.people] == [name]


def test_the_people_to_keep_are_kept_and_the_others_counted() -> None:
    contents = sheet(TEXT, Choices({"infolettre": frozenset({"oui"})}))
    assert contents.errors == ()
    assert [person.address for person in contents.people] == [YES]
    assert (contents.left, contents.aside) == ((NO,), 1)


@pytest.mark.parametrize(
    ("title", "values", "kept"),
    [
        ("Remarque", ["ne plus lui écrire", ""], '--garder-si "Remarque="'),
        ("Remarque", ["STOP", "vue au salon"], '--garder-si "Remarque=vue au salon"'),
        ("Statut", ["1", "2"], '--garder-si "Statut=1"'),
        ("Bulletin", ["Non", "Non"], "--retraits"),
        ("Désabonné", ["non", "à voir"], '--garder-si "Désabonné=non"'),
    ],
)
def test_the_remedy_never_keeps_who_says_no(title: str, values: list[str], kept: str) -> None:
    lines = "".join(f"p{at}@exemple.test;{value}\n" for at, value in enumerate(values))
    [said] = sheet(f"Courriel;{title}\n{lines}").errors
    assert said.remedy.splitlines()[0].endswith(f"LISTE {kept}")


def test_a_value_that_nobody_has_is_reported() -> None:
    contents = sheet(TEXT, Choices({"infolettre": frozenset({"peut etre"})}))
    assert contents.people == ()
    assert "aucune ligne" in contents.errors[0].problem


def test_a_column_that_is_something_else_may_be_ignored() -> None:
    contents = sheet(TEXT, Choices(ignored=frozenset({"infolettre"})))
    assert (contents.errors, len(contents.people)) == ((), 3)


def test_a_column_that_surely_says_no_may_not() -> None:
    text = f"Courriel;Statut\n{YES};Actif\n{NO};Désabonné\n"
    contents = sheet(text, Choices(ignored=frozenset({"statut"})))
    assert contents.people == ()
    assert "ne s’ignore pas" in contents.errors[0].problem


def test_a_column_that_is_not_there_is_reported_with_those_that_are() -> None:
    contents = sheet(TEXT, Choices({"bulletin": frozenset({"oui"})}))
    assert contents.people == ()
    assert any(
        "Infolettre" in error.remedy and "bulletin" in error.problem for error in contents.errors
    )


@pytest.mark.parametrize("order", [1, -1])
def test_a_no_outweighs_a_yes_of_the_same_person(order: int) -> None:
    lines = [f"{YES};Actif", f"{YES.upper()};Désabonné", "a@exemple.test;Actif"][::order]
    contents = sheet("Courriel;Statut\n" + "\n".join(lines))
    assert [person.address for person in contents.people] == ["a@exemple.test"]


@pytest.mark.parametrize(
    "name",
    ["unsubscribed_segment_export_8893817261.csv", "cleaned_email_audience_export.csv",
     "nonsubscribed_email_audience_export.csv", "desabonnes-2024.csv", "Désinscrits.csv",
     "liste-noire.csv", "blocklist.csv", "bounces.csv"],
)  # fmt: skip
def test_a_file_that_is_named_for_those_who_left_is_refused(name: str) -> None:
    assert names_leavers(name)
    contents = read(f"Courriel\n{NO}\n".encode(), name, NOW, STATED)
    assert contents.people == ()
    assert "--retraits" in contents.errors[0].remedy


def test_a_usual_name_is_not() -> None:
    assert not any(map(names_leavers, ["membres.csv", "abonnes-2024.csv", "subscribed_export.csv"]))


# --- the command -------------------------------------------------------------------------------

Run = Callable[..., tuple[int, str, str]]
STATING = ("--consentement", "expres", "--date", "2024-01-02", "--source", "essai")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("AXTRA_DONNEES", str(tmp_path / "donnees"))

    def typed(file: str, *words: str) -> tuple[int, str, str]:
        path = tmp_path / "liste.csv"
        path.write_text(file, "utf-8")
        code = main(["abonnes", "importer", str(path), "--liste", "m", *STATING, *words])
        return code, *capsys.readouterr()

    return typed


def receives(capsys: pytest.CaptureFixture[str]) -> list[str]:
    main(["abonnes", "lister", "--liste", "m"])
    return [line.split()[0] for line in capsys.readouterr()[0].splitlines() if "expres" in line]


def test_errors_that_are_let_pass_let_no_question_pass(run: Run) -> None:
    code, _, err = run(TEXT, "--ignorer-erreurs")
    assert code == 1
    assert "Rien n’a été importé" in err


@pytest.mark.parametrize("text", [TEXT, f"Courriel;Remarque\n{YES};\n{NO};STOP\n"])
def test_the_remedy_of_a_question_works_when_pasted(
    run: Run, capsys: pytest.CaptureFixture[str], text: str
) -> None:

    _, _, err = run(text)
    pasted = err.partition("Si oui :  ")[2].splitlines()[0]
    words = shlex.split(pasted)
    assert words[:3] == ["axtra", "abonnes", "importer"]
    assert main(words[1:]) == 0
    capsys.readouterr()
    assert receives(capsys) == [YES]


def test_who_left_elsewhere_and_is_still_here_is_reported_then_taken_off(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    run(f"Courriel\n{YES}\n{NO}\n")
    text = f"Courriel;Statut\n{YES};Actif\n{NO};Désabonné\nautre@exemple.test;Désabonné\n"
    code, out, _ = run(text)
    assert code == 0
    assert "dit non : 2 personnes" in out
    assert "encore abonnées ici : 1 personne" in out
    assert receives(capsys) == [NO, YES]  # nothing is undone without being asked for
    words = shlex.split(out.partition("écrire :  ")[2].splitlines()[0])
    assert main([*words[1:], "--essai"]) == 0
    assert receives(capsys)[0] == NO
    assert main(words[1:]) == 0
    assert "1 personne à qui elle ne sera plus envoyée" in capsys.readouterr().out
    assert receives(capsys) == [YES]
    assert "désabonnée" in run(f"Courriel\n{NO}\n")[1]  # no import brings either back
    assert "à ne plus joindre" in run("Courriel\nautre@exemple.test\n")[1]
    assert receives(capsys) == [YES]


def test_a_whole_file_of_people_who_left_takes_them_off(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    run(f"Courriel\n{YES}\n{NO}\n")
    code, out, _ = run(f"Courriel\n{NO}\n", "--retraits")
    assert (code, "1 personne à qui" in out) == (0, True)
    assert receives(capsys) == [YES]


def test_a_question_about_who_left_keeps_everyone(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    run(f"Courriel\n{YES}\n{NO}\n")
    code, _, err = run(TEXT, "--retraits")
    assert (code, "Personne n’a été retiré" in err) == (1, True)
    assert receives(capsys) == [NO, YES]
    assert run(TEXT, "--retraits", "--garder-si", "Infolettre=Oui")[0] == 0
    assert receives(capsys) == [YES]
