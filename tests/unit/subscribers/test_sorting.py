"""A fault of ours never empties a list: beyond a small part, returned mail asks a person."""

from __future__ import annotations

import json
import mailbox
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from axtra.cli import main
from axtra.subscribers import Basis, Consent, Reason, Register
from axtra.subscribers.returns.judgement import Nature
from axtra.subscribers.returns.sorting import SentEdition, SortingReport, sort
from axtra.subscribers.signed_tokens import edition_tag
from infolettre.core.dates import ZONE
from support.returned_mails import mail

pytestmark = pytest.mark.bases

NOW = datetime(2026, 12, 2, 9, tzinfo=ZONE)
EDITION = "2026-12-02"
TABLE = "550 5.1.1 <{0}>: Recipient address rejected: User unknown in local recipient table"
WORDS = ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "kilo")


def subscribe(register: Register, number: int) -> list[str]:
    names = [f"p{index}@d{index % 7}.exemple.test" for index in range(number)]
    with register.together():
        for name in names:
            register.add("membres", name, Consent(Basis.EXPRESS, NOW, "essai", "essai"), NOW)
    return names


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    """Open a register of a hundred people."""
    with Register.open(tmp_path / "donnees") as value:
        subscribe(value, 100)
        yield value


def gone(register: Register, name: str, edition: str = EDITION, words: str = TABLE) -> bytes:
    person = register.find(name)
    assert person
    code = register.keys.envelope(person.id, edition)
    data = mail("r13-sans-code", code, "").decode()
    return data.replace("550 No such user here", words.format(name)).encode()


def left(register: Register) -> int:
    return 100 - len(register.recipients("membres", NOW + timedelta(days=90))[0])


def people(register: Register) -> list[str]:
    return [subscription.person.address for subscription in register.subscriptions("membres")]


def day(register: Register, names: list[str], number: int, edition: str = EDITION) -> SortingReport:
    mails = [gone(register, name, edition) for name in names]
    sent = {edition_tag(edition): SentEdition(edition, 100)}
    return sort(mails, register, NOW + timedelta(days=number), sent)


def test_a_hundred_times_the_same_answer_removes_nobody(register: Register) -> None:
    done = day(register, people(register), 0)
    assert (done.fresh[Nature.GONE], done.proposed, left(register)) == (0, 100, 0)
    (held,) = done.held
    assert (held.edition, held.people, held.removed, held.reached) == (EDITION, 100, 0, 100)
    assert held.said == TABLE.format("x").replace("<x>", "<…>")
    assert len(register.accept_proposals(EDITION, NOW)) == 100
    assert left(register) == 100


@pytest.mark.parametrize(("number", "held"), [(9, True), (5, True), (3, False)])
def test_a_short_list_does_not_lose_more_than_half_of_itself(
    tmp_path: Path, number: int, *, held: bool
) -> None:
    with Register.open(tmp_path / "autre") as register:
        names = subscribe(register, 9 if held else 6)[:number]
        mails = [
            gone(register, name, words=f"550 5.1.1 {WORDS[at]}") for at, name in enumerate(names)
        ]
        sent = {edition_tag(EDITION): SentEdition(EDITION, 9 if held else 6)}
        done = sort(mails, register, NOW, sent)
        assert (len(register.proposals()), bool(done.held)) == (
            (number, True) if held else (0, False)
        )


def test_the_same_fault_in_small_parts_does_not_empty_the_list_either(register: Register) -> None:
    names, codes = people(register), []
    for number in range(10):
        done = day(register, names[number * 9 : number * 9 + 9], number)
        codes.append((done.fresh[Nature.GONE], done.proposed))
    assert codes == [(9, 0)] + [(0, 9)] * 9
    assert (left(register), len(register.proposals(EDITION))) == (9, 81)
    assert done.held[0].removed == 9
    assert len(register.reinstate_edition(EDITION, NOW)) == 9
    assert left(register) == 0


def test_nor_does_it_edition_after_edition(register: Register) -> None:
    names = people(register)
    for number in range(10):
        day(register, names[number * 9 : number * 9 + 9], number, f"2026-12-{number + 1:02}")
    assert left(register) == 9


def test_few_different_answers_are_believed(register: Register) -> None:
    mails = [
        gone(register, name, words=f"550 No such user {word}")
        for name, word in zip(people(register), WORDS[:9], strict=False)
    ]
    done = sort(mails, register, NOW)
    assert (done.fresh[Nature.GONE], done.held, left(register)) == (9, [], 9)
    was = register.suppressed(people(register)[0])
    assert was
    assert (was.reason, was.edition) == (Reason.ADDRESS, edition_tag(EDITION))
    assert was.detail == "550 No such user alpha"


def test_ten_same_answers_are_too_many_in_a_large_list(tmp_path: Path) -> None:
    with Register.open(tmp_path) as register:
        names = subscribe(register, 1_000)
        same = [gone(register, name) for name in names[:10]]
        assert sort(same, register, NOW).proposed == 10
        register.drop_proposals(EDITION, NOW)
        other = "2026-12-16"
        mails = [
            gone(register, name, other, f"550 No such user {word}")
            for name, word in zip(names[20:], WORDS, strict=False)
        ]
        assert sort(mails, register, NOW).fresh[Nature.GONE] == 10


def test_what_a_person_decided_holds_for_what_comes_later(register: Register) -> None:
    names = people(register)
    day(register, names[:20], 0)
    register.drop_proposals(EDITION, NOW)
    assert day(register, names[20:22], 1).proposed == 2  # they said that the fault was ours
    register.drop_proposals(EDITION, NOW)
    day(register, names[30:50], 2, "2026-12-16")
    register.accept_proposals("2026-12-16", NOW + timedelta(days=2))
    assert day(register, names[50:52], 3, "2026-12-16").fresh[Nature.GONE] == 2
    assert left(register) == 22


def test_a_reading_that_stops_midway_loses_nothing(register: Register) -> None:
    names = people(register)

    def cut() -> Iterator[bytes]:
        yield from (gone(register, name) for name in names[:4])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        sort(cut(), register, NOW)
    assert len(register.proposals(EDITION)) == 4
    done = day(register, names[:5], 1)
    assert (done.known, done.proposed, done.held[0].people) == (4, 1, 5)


def test_a_complaint_or_a_request_is_never_held(register: Register) -> None:
    names = people(register)
    tokens = []
    for name in names[:30]:
        person = register.find(name)
        assert person
        tokens.append(register.keys.link(person.id, "membres"))
    mails = [f"Subject: desabonnement {token}\n\n".encode() for token in tokens]
    assert sort(mails, register, NOW).fresh[Nature.LEAVE] == 30
    assert left(register) == 30


# --- the commands --------------------------------------------------------------------------------

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on a data folder of the test's own, outside any project."""
    monkeypatch.setenv("AXTRA_DONNEES", str(tmp_path / "donnees"))
    project = tmp_path / "projet"
    (project / "newsletters" / "2026").mkdir(parents=True)
    (project / "newsletters" / "2026" / f"{EDITION}.md").touch()
    (project / "pelicanconf.py").touch()
    monkeypatch.chdir(project)

    def typed(*words: object) -> tuple[int, str, str]:
        try:
            code = main(["abonnes", *map(str, words)])
        except SystemExit as end:
            code = int(str(end.code))
        return code, *capsys.readouterr()

    return typed


def maildir(path: Path, mails: list[bytes]) -> Path:
    box = mailbox.Maildir(path)
    for data in mails:
        box.add(data)
    return path


HUMAN = "From: Zoé <zoe@a.ca>\nSubject: {}\nDate: Wed, 02 Dec 2026 10:05:00 -0500\n\n{}\n"


def test_the_command_says_what_a_person_decides(
    run: Run, register: Register, tmp_path: Path
) -> None:
    box = maildir(tmp_path / "boite", [gone(register, name) for name in people(register)])
    code, out, err = run("rebonds", box)
    assert code == 1
    assert "100 courriels lus : 0 personne dont l’adresse n’existe plus" in out
    assert "100 retraits à décider" in out
    assert "User unknown in local recipient table" in err
    for choice in ("--retirer", "--garder"):
        assert f"axtra envoi reprendre {EDITION} {choice}\n" in err
    code, out, err = run("rebonds", box)  # all is read, and it still waits
    assert (code, out.startswith("0 courriel lu : ")) == (1, True)
    assert "ferait retirer 100 personnes" in err
    register.accept_proposals(EDITION, NOW)
    assert run("rebonds", box)[0] == 0
    assert left(register) == 100


@pytest.mark.parametrize(("choice", "removed"), [("--retirer", 100), ("--garder", 0)])
def test_the_remedies_work_as_pasted_for_an_edition_that_nothing_here_sent(
    choice: str,
    removed: int,
    run: Run,
    register: Register,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AXTRA_SMTP_URL", raising=False)
    mails = [gone(register, name, "2019-01-01") for name in people(register)]
    _, _, err = run("rebonds", maildir(tmp_path / "boite", mails))
    (pasted,) = [line for line in err.splitlines() if line.endswith(choice)]
    words = pasted.partition("axtra ")[2].split()
    assert main(words) == 0, capsys.readouterr().err
    assert "100 retraits en attente" in capsys.readouterr().out
    assert (left(register), register.proposals()) == (removed, ())
    assert run("rebonds", maildir(tmp_path / "boite-2", mails))[0] == 0
    assert main(words) == 2  # nothing waits any more, and it is no edition of ours


def test_what_a_person_should_read_is_shown_first_things_first_and_stays_unread(
    run: Run, register: Register, tmp_path: Path
) -> None:
    mails = [
        HUMAN.format("Question", "Où êtes-vous?").encode(),
        HUMAN.format("Re: Infolettre", "Retirez-moi de votre liste").encode(),
        HUMAN.format("Réponse automatique : Infolettre", "De retour lundi.").encode(),
        gone(register, people(register)[0]),
    ]
    box = maildir(tmp_path / "boite", mails)
    for reading in range(2):
        code, out, err = run("rebonds", box)
        assert (code, err) == (0, "")
        lines = out.splitlines()
        assert "2 courriels à lire par une personne" in lines[0]
        assert ("1 avis automatique" in lines[0]) == (reading == 0)
        assert lines[2].startswith("    DEMANDE DE DÉPART, Zoé <zoe@a.ca>, 2\u00a0décembre 2026, ")
        assert "«\u00a0Question\u00a0»" in lines[3]
    unread = [value for value in mailbox.Maildir(box) if "S" not in value.get_flags()]
    assert len(unread) == 2
    code, out, _ = run("rebonds", box, "--format", "json")
    told = json.loads(out)
    assert (code, told["lus"]) == (0, 2)
    assert [value["demande_de_depart"] for value in told["a_lire"]] in (
        [True, False],
        [False, True],
    )


def test_every_mail_that_is_read_is_accounted_for(
    run: Run, register: Register, tmp_path: Path
) -> None:
    names = people(register)
    person = register.find(names[0])
    assert person
    code = register.keys.envelope(person.id, EDITION)
    link = register.keys.link(person.id, "membres")
    kinds = (
        "r05-boite-pleine-511", "r13-sans-code", "r16-vieux-411", "r18-groupe-ferme",
        "r28-quota-5190", "r41-humain-unsubscribe", "r43-vacances", "r50-retard", "d6-corps",
    )  # fmt: skip
    mails = [mail(kind, code, link) for kind in kinds]
    mails += [mails[0], mail("r13-sans-code", "x", ""), b"Subject: bonjour\n\n"]
    box = maildir(tmp_path / "boite", mails)
    status, out, err = run("rebonds", box, "--format", "json")
    told = json.loads(out)
    assert status == 1  # a refusal that is about us
    assert "5.1.90 (1)" in err
    assert "5.7.133" not in err  # a closed group is not
    counted = ("deja_notes", "automatiques", "sans_personne_connue", "a_decider")
    numbers = [told[name] for name in counted]
    total = sum(told["par_nature"].values()) + sum(numbers) + len(told["a_lire"])
    assert told["lus"] == total == len(mails)
    assert numbers == [1, 2, 1, 0]
    assert told["expediteurs_choisis"] == told["a_revoir"] == [names[0]]


def test_an_address_or_an_edition_is_brought_back_with_its_reason(
    run: Run, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = people(register)
    day(register, names[:3], 0)
    code, out, err = run("retablir", names[0])
    assert (code, err) == (0, "")
    assert names[0] in out
    assert f"adresse-inexistante, édition {EDITION} (550 5.1.1" in out
    assert "Elle recevra de nouveau : membres." in out
    assert run("retablir", names[0])[0] == 1
    code, out, _ = run("retablir", "--edition", EDITION)
    assert code == 0
    assert out.startswith(f"{names[1]} : 550 5.1.1")
    assert f"2 personnes de l’édition {EDITION}" in out
    assert left(register) == 0
    assert run("retablir", "--edition", EDITION)[0] == 1
    register.suppress(names[5], Reason.ADDRESS, NOW, edition=EDITION)
    monkeypatch.setattr("sys.stdin.readline", lambda: f"{names[5]}\n", raising=False)
    assert run("retablir", "-")[0] == 0


def test_who_left_complained_or_was_erased_is_not_subscribed_by_us(
    run: Run, register: Register
) -> None:
    names = people(register)
    register.suppress(names[0], Reason.UNSUBSCRIBED, NOW)
    register.suppress(names[1], Reason.COMPLAINT, NOW)
    for name in names[:2]:
        code, out, _ = run("retablir", name)
        assert code == 0
        assert "elle ne recevra rien tant qu’elle ne se réabonne pas" in out
    assert left(register) == 2
    run("effacer", names[2])
    code, out, err = run("retablir", names[2])
    assert (code, out) == (1, "")
    assert "ne se défait pas" in err


@pytest.mark.parametrize(
    "words", [(), ("a@exemple.test", "--edition", EDITION), ("pas une adresse",)]
)
def test_bringing_back_nobody_in_particular_is_a_wrong_usage(
    run: Run, words: tuple[str, ...]
) -> None:
    code, out, err = run("retablir", *words)
    assert (code, out) == (2, "")
    assert err.startswith("axtra")


def test_what_was_read_is_counted_in_words_that_agree(
    register: Register, run: Run, tmp_path: Path
) -> None:
    absent = HUMAN.format("Réponse automatique : Infolettre", "De retour lundi.").encode()
    mails = [absent, absent]
    for address in people(register)[:2]:
        person = register.find(address)
        assert person
        mails.append(mail("r18-groupe-ferme", register.keys.envelope(person.id, EDITION), "x"))
    code, out, _ = run("rebonds", maildir(tmp_path / "boite", mails))
    assert code == 0
    assert "2 adresses à expéditeurs choisis, 2 avis automatiques" in out
