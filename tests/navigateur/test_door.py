"""The public door in a real browser, without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from support import door_service
from support.page_checkers import axe_violations, nu_errors

pytestmark = pytest.mark.navigateur

SITE = "http://www.axtra.test"  # from HTTPS to the HTTP of these tests, browsers hide the origin


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Any]:
    """Serve the door."""
    with door_service.opened(tmp_path / "donnees", website=SITE) as served:
        yield served


def test_a_person_can_subscribe_confirm_choose_and_leave(browser: Browser, door: Any) -> None:
    context = browser.new_context(java_script_enabled=False, locale="fr-CA")
    page = context.new_page()
    page.goto(door.address)
    expect(page.get_by_role("heading", level=1)).to_have_text("S’abonner à l’infolettre")
    page.get_by_label("Adresse de courriel").fill("zoe@exemple.test")
    page.get_by_role("button", name="M’abonner").click()
    expect(page.get_by_role("alert")).to_contain_text("Choisissez au moins une infolettre.")
    expect(page.get_by_label("Adresse de courriel")).to_have_value("zoe@exemple.test")
    page.get_by_label("Infolettre bimensuelle").check()
    page.get_by_role("button", name="M’abonner").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Il reste une étape")
    assert "zoe" not in page.url

    page.goto(door.address + door.inbox.link())
    assert door.recipients() == []
    page.get_by_role("button", name="Confirmer mon abonnement").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre abonnement est confirmé")
    assert door.recipients() == ["zoe@exemple.test"]

    page.get_by_role("link", name="Choisir vos infolettres").click()
    page.get_by_label("Infolettre QUARIERA").check()
    page.get_by_role("button", name="Enregistrer mes choix").click()
    expect(page.get_by_role("status")).to_contain_text("Il reste une étape")
    assert door.recipients("quariera") == []
    page.goto(door.address + door.inbox.link())
    page.get_by_role("button", name="Confirmer mon abonnement").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre abonnement est confirmé")
    assert door.recipients("quariera") == ["zoe@exemple.test"]

    page.goto(f"{door.address}/desabonnement/{door.token('zoe@exemple.test')}")
    page.get_by_role("button", name="Me désabonner").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre désabonnement est fait")
    assert (door.recipients(), door.recipients("quariera")) == ([], ["zoe@exemple.test"])
    assert context.cookies() == []
    context.close()


def _send_from(browser: Browser, door: Any, site: str) -> Page:
    """Send a form of a page of a site to the door, and return the page that answers."""
    page = browser.new_page(java_script_enabled=False, locale="fr-CA")
    form = (
        f'<form method="post" action="{door.address}/abonnement"><button>M’abonner</button>'
        '<input name="email" value="zoe@gmial.com"><input name="liste" value="bimensuelle">'
    )
    page.route(
        f"{site}/**",
        lambda route: route.fulfill(body=form, content_type="text/html; charset=utf-8"),
    )
    page.goto(f"{site}/s-abonner/")
    page.get_by_role("button", name="M’abonner").click()
    return page


def test_the_form_of_the_site_needs_one_more_button(browser: Browser, door: Any) -> None:
    page = _send_from(browser, door, SITE)
    expect(page.get_by_role("alert")).to_contain_text("gmail.com")
    expect(page.get_by_label("Laissez ce champ vide")).to_be_hidden()
    assert door.inbox.mails == []
    page.get_by_role("button", name="M’abonner").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Il reste une étape")
    assert [mail["To"] for mail in door.inbox.mails] == ["zoe@gmial.com"]
    page.close()


def test_the_form_of_another_site_is_refused_with_a_way_on(browser: Browser, door: Any) -> None:
    page = _send_from(browser, door, "http://ailleurs.test")
    expect(page.get_by_role("heading", level=1)).to_have_text("Cette demande vient d’ailleurs")
    page.get_by_role("link", name="Abonnez-vous sur notre page").click()
    page.get_by_label("Adresse de courriel").fill("zoe@exemple.test")
    page.get_by_label("Infolettre bimensuelle").check()
    page.get_by_role("button", name="M’abonner").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Il reste une étape")
    page.close()


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_the_pages_of_the_door_fit_the_screen_and_look_like_the_site(
    browser: Browser, door: Any, width: int, scheme: Any, tmp_path: Path
) -> None:
    token = door.token("zoe@exemple.test")
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, locale="fr-CA"
    )
    page = context.new_page()
    messages: list[str] = []
    pages: list[Path] = []
    page.on(
        "console",
        lambda message: messages.append(message.text) if message.type == "error" else None,
    )
    for path in ("/abonnement", f"/preferences/{token}", f"/desabonnement/{token}"):
        answer = page.goto(door.address + path)
        assert answer
        assert answer.ok
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.evaluate("document.fonts.ready.then(() => true)")
        assert page.evaluate("document.fonts.check('16px \"AXE Serif\"')")
        small = page.locator("button, .choix").evaluate_all(
            "all => all.filter(control => control.getBoundingClientRect().height < 24).length"
        )
        assert small == 0
        assert axe_violations(page) == [], path
        pages.append(tmp_path / f"page-{len(pages)}.html")
        pages[-1].write_bytes(answer.body())
    assert nu_errors(pages) == []
    assert messages == []
    context.close()
