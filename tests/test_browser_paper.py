"""Paper sheets typed in by the keyboard alone, in a real browser: with and without JavaScript, on a phone, mirrored."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsers import PHONE, chromium
from playwright.sync_api import Browser, Page, expect
from served import serving


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real server, as `readiness serve` starts it, on a database of its own."""
    with serving(tmp_path_factory.mktemp("instance")) as site:
        yield site.address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests of this file."""
    with chromium() as started:
        yield started


def page_of_keys(browser: Browser, address: str, *, javascript: bool = True) -> Page:
    """A manager who has chosen what mental health workers answer, at the page to type their sheets in."""
    page = browser.new_context(java_script_enabled=javascript).new_page()
    page.goto(address)
    page.get_by_label("Name of the service").fill("Clinic North")
    page.get_by_label("Yes, they have started").check()
    page.get_by_role("button", name="Start").click()
    page.get_by_role("link", name="Team", exact=False).first.click()
    page.get_by_role("group", name="Mental health worker").get_by_label("Culture").check()
    page.get_by_role("button", name="Save who answers what").click()
    page.get_by_role("link", name="Type in sheets of mental health workers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Type in sheets: Mental health worker")
    return page


def fields(page: Page) -> int:
    return page.locator(".keys input").count()


def test_a_sheet_is_typed_in_without_a_mouse_key_and_enter(browser: Browser, address: str) -> None:
    page = page_of_keys(browser, address)
    for sheet in range(1, 4):
        expect(page.locator(".keys input").first).to_be_focused()
        for number in range(fields(page)):
            page.keyboard.type("?" if number == 2 else str(sheet % 2 + 1))
            page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Enter this sheet")).to_be_focused()
        with page.expect_navigation():
            page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text(f"{sheet} sheet")
        expect(page.locator(".keys input").first).to_have_value("")
    page.context.close()


def test_what_is_wrong_is_reached_mended_and_sent_by_the_keyboard(browser: Browser, address: str) -> None:
    page = page_of_keys(browser, address)
    for number in range(fields(page)):
        page.keyboard.type("9" if number == 1 else "1")
        page.keyboard.press("Enter")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("#problems")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".keys input").nth(1)).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("2")
    for _ in range(fields(page) - 1):
        page.keyboard.press("Enter")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("1 sheet was entered")
    page.context.close()


def test_without_javascript_enter_only_checks_and_loses_nothing(browser: Browser, address: str) -> None:
    page = page_of_keys(browser, address, javascript=False)
    page.keyboard.type("1")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("0 sheets were entered in this sitting. Nothing is wrong so far")
    expect(page.locator(".keys input").first).to_have_value("1")
    expect(page.locator(".keys input").nth(1)).to_be_focused()
    for _ in range(fields(page) - 1):
        page.keyboard.type("1")
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Enter this sheet")).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("1 sheet was entered")
    page.context.close()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_double_click_enters_one_sheet_and_going_back_shows_an_empty_one(
    browser: Browser, address: str, javascript: bool
) -> None:
    page = page_of_keys(browser, address, javascript=javascript)
    page.keyboard.type("1")
    page.get_by_role("button", name="Enter this sheet").dblclick()
    expect(page.get_by_role("status")).to_contain_text("1 sheet was entered")
    page.reload()
    expect(page.get_by_role("status")).to_contain_text("1 sheet was entered")
    page.go_back()
    expect(page.locator(".keys input").first).to_have_value("")
    page.context.close()


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_the_page_of_keys_has_no_accessibility_fault_on_a_phone(browser: Browser, address: str, direction: str) -> None:
    page = page_of_keys(browser, address)
    page.set_viewport_size(PHONE)
    for is_wrong in (False, True):
        if is_wrong:
            page.keyboard.type("9")
            with page.expect_navigation():
                page.get_by_role("button", name="Enter this sheet").press("Enter")
        page.evaluate("direction => { document.documentElement.dir = direction }", direction)
        assert [fault["id"] for fault in Axe().run(page).response["violations"]] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.context.close()
