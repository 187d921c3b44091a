"""How the tests read a page: signing in, and what a machine can say of its accessibility."""

from typing import Any

from playwright.sync_api import Page, expect

from local.settings import REPOSITORY

_AXE = REPOSITORY / "web" / "node_modules" / "axe-core" / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def sign_in(page: Page, url: str, username: str, password: str) -> None:
    page.goto(url)
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Pages")).to_be_attached()


def barriers(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA and good practice, a line each."""
    # Evaluated rather than added as a script: the page's policy allows no foreign one.
    page.evaluate(_AXE.read_text())
    found: Any = page.evaluate(
        "rules => axe.run(document, { runOnly: rules, resultTypes: ['violations'] })", _RULES
    )
    return [
        f"{violation['id']}: {violation['help']}: {node['html'][:160]}"
        for violation in found["violations"]
        for node in violation["nodes"]
        if not _has_an_equivalent(violation["id"], node["html"])
    ]


def _has_an_equivalent(rule: str, html: str) -> bool:
    """A face is as small as it is; the line of its student opens the same dialog (2.5.8, Equivalent)."""
    return rule == "target-size" and 'class="face ' in html


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
