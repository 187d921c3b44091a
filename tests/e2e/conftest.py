"""A browser for the page, and what no page may do in it: complain to its console."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, expect, sync_playwright

from local.builds import build_dashboard
from local.settings import REPOSITORY
from tests.e2e.browser import HOW_TO_GET_ONE, find_browser
from tests.e2e.served_page import ServedPage

# No sandbox inside containers, no GPU, and none of the calls home of a fresh profile.
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# A page answers in a blink; this is how long a machine that does much else may take to let it.
_PATIENCE_MS = 30_000
expect.set_options(timeout=_PATIENCE_MS)


@dataclass
class Complaints:
    """What the console said that it should not have. A test may expect some of it."""

    expected: tuple[str, ...] = ()
    heard: list[str] = field(default_factory=list)

    def expect(self, *parts: str) -> None:
        self.expected = parts

    def on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.heard.append(f"{message.type}: {message.text}")

    def on_error(self, error: Error) -> None:
        self.heard.append(f"uncaught: {error}")

    @property
    def unexpected(self) -> list[str]:
        return [said for said in self.heard if not any(part in said for part in self.expected)]


@pytest.fixture(scope="session")
def dist() -> Path:
    build_dashboard()
    return REPOSITORY / "web" / "dist"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_browser()
    if path is None:
        pytest.skip(HOW_TO_GET_ONE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """Fails a test whose page had something to complain about."""
    complaints = Complaints()
    yield complaints
    assert complaints.unexpected == []


@pytest.fixture
def new_page(browser: Browser, complaints: Complaints) -> Iterator[Callable[..., Page]]:
    """Makes pages; takes what Playwright's contexts take, such as `viewport` and `color_scheme`."""
    contexts = []

    def make(**options: object) -> Page:
        context = browser.new_context(**options)  # type: ignore[arg-type]
        contexts.append(context)
        context.set_default_timeout(_PATIENCE_MS)
        page = context.new_page()
        page.on("console", complaints.on_console)
        page.on("pageerror", complaints.on_error)
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def served(dist: Path) -> Iterator[ServedPage]:
    with ServedPage(dist).serving() as served:
        yield served
