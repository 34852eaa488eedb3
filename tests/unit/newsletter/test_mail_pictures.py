"""The pictures of letters, cached between builds."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from axtra.design import image_files
from axtra.newsletter.mail_pictures import MailPictures, Picture
from infolettre.core.cache import Store
from infolettre.design.tokens import Tokens
from support import sample_letters as samples
from support.sample_library import ARTICLE

TOKENS = Tokens.load(samples.ROOT / "theme" / "tokens.toml")


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """Make a content folder that holds a photograph."""
    folder = tmp_path / "content"
    (folder / "images").mkdir(parents=True)
    Image.linear_gradient("L").resize((900, 600)).convert("RGB").save(folder / "images/rive.jpg")
    return folder


def shown(pictures: MailPictures) -> tuple[Picture, bytes]:
    picture = pictures.photograph("images/rive.jpg", "Une rive", 300)
    return picture, picture.job()


def test_a_cached_photograph_is_identical_to_a_new_version(
    content: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, data = shown(MailPictures(content, TOKENS))
    store = Store(tmp_path / "cache")
    assert shown(MailPictures(content, TOKENS, store))[1] == data
    monkeypatch.setattr(image_files, "for_mail", lambda *_, **__: pytest.fail("made again"))
    cached, again = shown(MailPictures(content, TOKENS, store))
    assert (cached.path, cached.width, again) == (first.path, first.width, data)


def test_a_damaged_or_changed_photograph_is_converted_again(content: Path, tmp_path: Path) -> None:
    store = Store(tmp_path / "cache")
    _, data = shown(MailPictures(content, TOKENS, store))
    [file] = store.folder.iterdir()
    file.write_bytes(file.read_bytes()[:-5])
    assert shown(MailPictures(content, TOKENS, store))[1] == data
    Image.radial_gradient("L").resize((900, 600)).convert("RGB").save(content / "images/rive.jpg")
    assert shown(MailPictures(content, TOKENS, store))[1] != data


def test_a_drawing_is_painted_once(
    content: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = MailPictures(content, TOKENS).illustrate(ARTICLE, 300)
    store = Store(tmp_path / "cache")
    assert MailPictures(content, TOKENS, store).illustrate(ARTICLE, 300).job() == alone.job()
    wide = MailPictures(content, TOKENS, store).illustrate(ARTICLE, 320).job()
    monkeypatch.setattr(image_files, "paint", lambda *_, **__: pytest.fail("painted again"))
    again = MailPictures(content, TOKENS, store)
    assert again.illustrate(ARTICLE, 300).job() != again.illustrate(ARTICLE, 320).job() == wide
