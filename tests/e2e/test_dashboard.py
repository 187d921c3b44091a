"""The dashboard of the running system in a browser: every part of it real."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from local.system import LocalSystem
from tests.e2e.reading import barriers, overflow, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.emulator, pytest.mark.timeout(600)]

# Two ticks of the schedule, a capture and its roll, on a machine that does much else.
_UNTIL_A_REGISTER_MS = 240_000


def open_the_register_on_now(page: Page) -> None:
    """The register of the first meeting on now, once the camera has taken it."""
    now = page.get_by_role("region", name="On now")
    expect(now.get_by_text("present").first).to_be_visible(timeout=_UNTIL_A_REGISTER_MS)
    now.get_by_role("link").first.click()


def test_a_register_is_looked_over_and_corrected(system: LocalSystem, new_page: Callable[..., Page]) -> None:
    page = new_page(viewport={"width": 1440, "height": 900})
    admin = system.sign_ins["admin"]
    sign_in(page, system.settings.dashboard_url, admin.username, admin.password)

    open_the_register_on_now(page)

    picture = page.get_by_role("img", name="Picture 1 of the class")
    expect(picture).to_be_visible(timeout=60_000)
    assert picture.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 0
    recognised = page.locator(".face-recognised")
    expect(recognised.first).to_be_visible()
    assert page.locator(".face-label").count() > 0

    name = (recognised.first.get_attribute("aria-label") or "").split(",")[0]
    recognised.first.click()
    page.get_by_role("dialog", name=name).get_by_role("button", name="Excused").click()
    expect(page.get_by_role("region", name="Excused")).to_contain_text(name)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("region", name="Excused")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_have_no_barriers_and_fit_a_narrow_screen(
    system: LocalSystem, new_page: Callable[..., Page], scheme: str
) -> None:
    page = new_page(viewport={"width": 320, "height": 640}, color_scheme=scheme)
    admin = system.sign_ins["admin"]
    sign_in(page, system.settings.dashboard_url, admin.username, admin.password)
    expect(page.get_by_role("region", name="On now")).to_be_visible()
    found = {"meetings": (barriers(page), overflow(page))}

    open_the_register_on_now(page)
    expect(page.locator(".face-recognised").first).to_be_visible(timeout=60_000)
    found["register"] = (barriers(page), overflow(page))

    page.get_by_role("link", name="Students").click()
    expect(page.get_by_role("searchbox")).to_be_visible()
    found["students"] = (barriers(page), overflow(page))
    assert found == {name: ([], 0) for name in found}
