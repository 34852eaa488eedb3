"""A picture takes another name, and so it does wherever a text names it: files, what waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from axtra.atelier.history import History
from axtra.atelier.newsroom import Newsroom
from axtra.atelier.proposals import Proposals
from axtra.atelier.roles import Person
from axtra.atelier.scheduled import Schedule
from axtra.atelier.set_aside import SetAside, Shelf, fingerprint
from axtra.content import repairing
from axtra.content.frontmatter import slugify
from axtra.content.repair_plan import renaming
from infolettre.core.refusals import Refusal

_WORDS = "Image renommée"
Naming = Callable[[bytes, str], bytes]


@dataclass(frozen=True, slots=True)
class PictureRenaming:
    """What renames pictures.

    Attributes:
        newsroom: every text.
        history: keeps what is written.
        proposals, schedule: what keeps a name as it is until it is settled.
        others: what people who read their own texts alone have set aside.
        person: who renames.
        lock: held by whoever changes a text.
    """

    newsroom: Newsroom
    history: History
    proposals: Proposals
    schedule: Schedule
    others: tuple[SetAside, ...]
    person: Person
    lock: AbstractContextManager[object]

    def rename(self, name: str, typed: str) -> str:
        """Rename a picture, and write its name where texts and versions name it.

        Args:
            name: the picture, from the folder of the content.
            typed: what a person wants to call it, with or without its suffix.

        Returns:
            The new name, from the folder of the content.

        Raises:
            Refusal: the name is taken or makes no address, a letter that was sent leads to the
                picture, or somebody waits for a version that names it.
        """
        folders, root = self.newsroom.folders, self.newsroom.root
        path = PurePosixPath(name)
        stem = slugify(typed.strip().removesuffix(path.suffix))
        if not stem:
            raise Refusal("il faut un nom fait de lettres ou de chiffres.", "Écrivez-en un autre.")
        better = str(path.with_name(f"{stem}{path.suffix.lower()}"))
        if better == name:
            return name
        old, new = f"{folders.content}/{name}", f"{folders.content}/{better}"
        with self.lock:
            made = renaming(folders, old, new)

            def naming(data: bytes, text: str) -> bytes:
                return repairing.naming(data, text, {old: new}, folders.content)

            for text, data, why in self._waited_for():
                if naming(data, text) != data:
                    raise Refusal(f"« {text} » nomme cette image, et {why}.", "Réglez-la d’abord.")
            if left := made.carry_out(root):
                raise Refusal(f"« {left[0]} » vient de changer : rien n’a été renommé.")
            self.history.renamed(old, new, _WORDS)
            for text in made.after:
                self.history.record(text, _WORDS, made.before[text])
            moved = {
                fingerprint(made.before[text]): fingerprint(data)
                for text, data in made.after.items()
            }
            for data in made.after.values():
                self.newsroom.aside.remember(data)
            for shelf in self.newsroom.aside.shelves():
                moved |= self._rename_in(shelf, naming, moved)
        return better

    def _rename_in(self, shelf: Shelf, naming: Naming, moved: dict[str, str]) -> dict[str, str]:
        """Write the name in versions, which start from what their file has become.

        Returns:
            The new fingerprint of each version, by the one that it had.
        """
        changed = {}
        for text, version in shelf.all().items():
            data = naming(version.data, text)
            base = moved.get(version.base, version.base)
            if (data, base) != (version.data, version.base):
                shelf.put(text, replace(version, data=data, base=base))
                self.newsroom.aside.remember(data)
                changed[fingerprint(version.data)] = fingerprint(data)
        return changed

    def _waited_for(self) -> Iterator[tuple[str, bytes, str]]:
        """Yield each text that stays as somebody read or chose it, its bytes, and why."""
        for text, proposals in self.proposals.all(self.person).items():
            for proposal in proposals:
                yield text, proposal.data, "une proposition attend"
        for known in self.schedule.coming():
            for text, chosen in known.texts.items():
                yield text, chosen.version.data, "une publication est programmée"
        for aside in self.others:
            for shelf in aside.shelves():
                for text, version in shelf.all().items():
                    yield text, version.data, f"{version.person} y travaille"
