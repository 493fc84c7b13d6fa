"""Trying other answers in a real browser, on a narrow screen: the outcome follows each choice, and the address too."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsers import PHONE, chromium, follow
from playwright.sync_api import Browser, Page, expect
from served import serving

LEVERS = "/examples/butabika_18_months/levers"
PARTNERS = "?advocacy_partners=joint_work"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real server on a database of its own."""
    with serving(tmp_path_factory.mktemp("instance"), workers=1) as site:
        yield site.address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests of this file."""
    with chromium() as started:
        yield started


def choose(page: Page, item: str, level: str) -> None:
    """Open the part that an answer stands in, and choose."""
    field = page.locator(f"#try-{item}")
    folded = page.locator("details", has=field)
    if folded.get_attribute("open") is None:
        folded.locator("summary").click()
    field.focus()
    field.select_option(level)


def test_the_outcome_follows_each_choice_and_nothing_else_of_the_page_moves(browser: Browser, address: str) -> None:
    page = browser.new_context(viewport=PHONE).new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(address + LEVERS)
    told, outcome = page.locator(".levers-form [role=status]"), page.locator("#outcome")
    expect(told).to_be_empty()
    choose(page, "advocacy_partners", "joint_work")
    expect(told).to_contain_text("1 answer is changed. 1 domain moves to another band.")
    expect(told).to_be_in_viewport()
    expect(outcome).to_contain_text("From moderate risk to low risk.")
    expect(page.locator("#try-advocacy_partners")).to_be_focused()
    assert page.url == address + LEVERS + PARTNERS
    choose(page, "contact_frequency", "hardly_ever")
    expect(told).to_contain_text("2 answers are changed.")
    choose(page, "contact_frequency", "")
    expect(told).to_contain_text("1 answer is changed.")
    assert page.url == address + LEVERS + PARTNERS
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.reload()
    expect(page.locator("#try-advocacy_partners")).to_have_value("joint_work")
    follow(page.get_by_role("link", name="Start over"))
    expect(page.locator("#said")).to_have_text("No answer is changed yet: this is the result as it is.")
    assert faults == []
    page.context.close()


def test_a_suggestion_can_be_tried_and_a_lost_connection_is_said(browser: Browser, address: str) -> None:
    page = browser.new_context(viewport=PHONE).new_page()
    page.goto(address + LEVERS)
    follow(page.get_by_role("link", name=re.compile("Try it.*Work with advocacy groups")).first)
    expect(page.locator("#said")).to_contain_text("1 domain moves to another band.")
    page.get_by_role("link", name="Try an answer to it").click()
    expect(page.locator("select:target")).to_be_in_viewport()
    page.context.set_offline(True)
    choose(page, "contact_frequency", "hardly_ever")
    told = page.locator(".levers-form [role=status]")
    expect(told).to_have_text("The calculation could not be reached. Press the button to try again.")
    page.context.set_offline(False)
    follow(page.get_by_role("button", name="See what would change"))
    expect(page.locator("#said")).to_contain_text("2 answers are changed.")
    page.context.close()


def test_without_javascript_the_button_does_the_same(browser: Browser, address: str) -> None:
    page = browser.new_context(viewport=PHONE, java_script_enabled=False).new_page()
    page.goto(address + LEVERS)
    choose(page, "advocacy_partners", "joint_work")
    follow(page.get_by_role("button", name="See what would change"))
    assert page.url == address + LEVERS + PARTNERS
    expect(page.locator("#said")).to_contain_text("1 domain moves to another band.")
    page.context.close()
