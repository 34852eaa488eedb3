"""Texts that are not published, and the mistakes that may be in any of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from support.repeated_mistakes import BLOCKS, INLINE
from support.small_sites import article, letter, news, numero, text

Fault = Callable[[str], str | bytes]


@dataclass(frozen=True)
class Form:
    """A text that is not published: where it goes, and what it is without a mistake."""

    file: str
    content: str
    marked: str
    beside: tuple[tuple[str, str], ...] = ()

    def name(self, rank: int) -> str:
        """Return the file of the text of a rank."""
        return self.file.format(rank=f"t{rank}")


def _waiting(**keys: str) -> str:
    return text(titre="Un texte", date="2031-01-15", chapeau="C.", mots_cles="[Essai]", **keys)


FORMS: Mapping[str, Form] = {
    "a draft": Form(
        "content/nouvelles/2018/{rank}.md",
        news(mots_cles="[Essai]", image="images/photo.jpg", alt="Une photo", statut="brouillon"),
        "brouillon",
    ),
    "a text to come": Form("content/nouvelles/2031/{rank}-v.md", _waiting(), "à venir"),
    "under embargo": Form(
        "content/communiques/2020/{rank}-e.md",
        text(titre="C", date="2020-02-02", embargo="2031-03-03 09:00"),
        "à venir",
    ),
    "a draft of an article": Form(
        "content/magazine/2020-05/{rank}.md",
        article("Un brouillon", ordre="1", statut="brouillon"),
        "brouillon",
    ),
    "an article of a numéro that is a draft": Form(
        "content/magazine/2031-02/{rank}.md",
        article("Plus tard", mots_cles="[ESSAI]"),
        "brouillon",
        (("content/magazine/2031-02/numero.md", numero(statut="brouillon")),),
    ),
    "a draft of a letter": Form(
        "newsletters/2020/2020-05-30-{rank}.md",
        letter("/// articles\n///", date="2020-05-30", statut="brouillon"),
        "brouillon",
    ),
    "a letter to come": Form(
        "newsletters/2031/2031-01-08-{rank}.md", letter(date="2031-01-08"), "à venir"
    ),
    "a draft of an author": Form(
        "content/auteurs/{rank}.md", text(nom="Une personne", statut="brouillon"), "brouillon"
    ),
    "a draft of an event": Form(
        "content/evenements/{rank}.md",
        text(titre="É", debut="2020-09-10", date="2020-04-04", statut="brouillon"),
        "brouillon",
    ),
    "a draft of a publication": Form(
        "content/publications/{rank}.md",
        text(titre="P", date="2020-03-03", type="rapport", statut="brouillon"),
        "brouillon",
    ),
}


def _first(line: str) -> Fault:
    """Add a line at the top of the header."""
    return lambda sound: sound.replace("---\n", f"---\n{line}\n", 1)


def _title(value: str) -> Fault:
    """Change the value of the first line of the header."""

    def plant(sound: str) -> str:
        first = sound.split("\n")[1]
        return sound.replace(first, f"{first.partition(':')[0]}: {value}", 1)

    return plant


def _keys(**values: str) -> Fault:
    """Write keys of the header, in place of those of their names."""

    def plant(sound: str) -> str:
        lines = [line for line in sound.split("\n") if line.partition(":")[0] not in values]
        written = [f"{name}: {value}" for name, value in values.items()]
        return "\n".join([lines[0], *written, *lines[1:]])

    return plant


def _last(words: str) -> Fault:
    return lambda sound: f"{sound}\n{words}\n"


FAULTS: Mapping[str, Fault] = {
    "a colon in the title": _title("Emploi : les faits"),
    "a bracket in the title": _title("[Brouillon] Un titre"),
    "an open quotation mark": _title('"Un titre'),
    "a number sign": _title("Nous sommes #1"),
    "no title": lambda sound: sound.replace(sound.split("\n")[1] + "\n", "", 1),
    "an empty title": _title(""),
    "a list for a title": _title("[a, b]"),
    "a tab": _first("\tune: valeur"),
    "a word alone": _first("juste un mot"),
    "an unknown key": _first("cle-qui-n-existe-pas: x"),
    "a key twice": lambda sound: sound.replace("\n", f"\n{sound.split(chr(10))[1]}\n", 1),
    "an anchor": _first("a: &nom valeur"),
    "deep lists": _first("a: " + "[" * 300),
    "a wrong language": _first("langue: anglais"),
    "a wrong day of change": _first("modifie: 2020-02-31"),
    "a wrong slug": _first("slug: Été 2020"),
    "an address that a page has": _first("slug: une-nouvelle"),
    "a missing picture": _first("image: images/absente.jpg\nalt: Rien"),
    "an active picture": _first("image: images/active.svg\nalt: Rien"),
    "an active picture in a line": _last("Un mot ![Rien](images/active.svg) ou deux."),
    "a file with two spellings": _last("![Rien](images/\u00e9t\u00e9.jpg)"),
    "a name that does not show": _last("![Rien](images/cach%E2%80%8B%C3%A9.jpg)"),
    "a link to a program": _last("[Un programme](images/macros.exe)"),
    "a keyword of the page of another": _keys(**{"mots-cles": "[Éssai]"}),
    "two keywords for a page": _keys(**{"mots-cles": "[Été, éte]"}),
    "a keyword of signs": _keys(**{"mots-cles": '["!!!"]'}),
    "a long keyword": _keys(**{"mots-cles": f"[{'mot ' * 40}]"}),
    "the name of two authors": _keys(auteurs="[Deux personnes]"),
    "an end that comes first": _keys(debut="2020-09-10 10:00", fin="2020-09-10 09:00"),
    "an end without an hour to begin": _keys(debut="2020-09-10", fin="2020-09-10 09:00"),
    "an hour that comes twice": _keys(debut="2020-11-01 01:30", fin="2020-11-01 09:00"),
    "a change before its text": _keys(modifie="1999-01-01"),
    "an anchor twice": _last("## Un {#ici}\n\n## Deux {#ici}"),
    "an address without a scheme": _last("[Un texte](//essai.example/)"),
    "a page of this site that is not there": _last("[Une page](https://www.axtra.ca/absente/)"),
    "a calendar that is not there": _last("[Un fichier](/evenements/absent.ics)"),
    "a link that is followed": _last("[Un texte](https://www.google.com/url?q=https://a.example/)"),
    "too deep a text": _last("a\n: b\n" * 2000),
    "no closing line": lambda sound: sound.replace("\n---\n", "\n", 1),
    "no opening line": lambda sound: sound.removeprefix("---\n"),
    "an empty line first": lambda sound: f"\n{sound}",
    "dashes typed by a word processor": lambda sound: sound.replace("---\n", "—\n", 1),
    "another encoding": lambda sound: (sound + "\nÉté\n").encode("latin-1", "replace"),
    "wide characters": lambda sound: sound.encode("utf-16"),
    "wide characters without a mark": lambda sound: sound.encode("utf-16-le"),
    "a null character": lambda sound: sound + "\0",
    "bytes of a picture": lambda sound: sound.encode() + bytes(range(256)),
    "a capital in the status": lambda sound: sound.replace("statut: b", "statut: B") + "# T\n",
    "a mistyped status": lambda sound: sound.replace("brouillon", "brouilon") + "# T\n",
    "a link to a page that is not there": _last("[Une page](/absente/)"),
    **{
        f"{rule} in a line ({rank})": _last(words)
        for rank, (rule, words) in enumerate(INLINE)
        if rule not in {"lien-vers-brouillon", "lien-a-venir"}
    },
    **{
        f"{rule} in a block ({rank})": _last(words)
        for rank, (rule, _, words) in enumerate(BLOCKS)
        if rule not in {"lien-vers-brouillon", "cartes-absentes"}
    },
}
# What is none in some forms, or what only the rules of a mail, which a build leaves, would tell.
HARMLESS = frozenset(
    name
    for name in FAULTS
    if name.startswith(("an address that", "a change", "a link that", "lien-autre-adresse"))
) | {"lien-brise in a line (15)"}
