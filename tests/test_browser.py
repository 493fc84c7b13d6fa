"""A manager with a real browser: the whole way from the first page to the PDF, with and without JavaScript."""

from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from browsers import PHONE, WIDE, chromium, follow
from playwright.sync_api import Browser, Page, expect
from served import serving

from readiness.engine.ruleset import RuleSet


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


def open_page(browser: Browser, address: str, *, javascript: bool = True, size: dict[str, int] = WIDE) -> Page:
    context = browser.new_context(viewport=size, java_script_enabled=javascript, accept_downloads=True)
    page = context.new_page()
    page.goto(address)
    return page


def start(page: Page, name: str = "Clinic North") -> None:
    page.get_by_label("Name of the service").fill(name)
    page.get_by_label("Yes, they have started").check()
    follow(page.get_by_role("button", name="Start"))
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def answer_page(page: Page, pick: int) -> int:
    """Choose the option at a place in every group of the page; gives back how many groups there were."""
    groups = page.locator("fieldset.item")
    for number in range(groups.count()):
        choices = groups.nth(number).get_by_role("radio")
        choices.nth(pick % choices.count()).check()
    return groups.count()


def fill_questionnaire(page: Page, pick: int) -> int:
    """Every section through its pages and its check, as the task list leads; gives back the number of questions."""
    questions = 0
    sections = page.locator(".tasks a").count()
    for number in range(sections):
        follow(page.locator(".tasks a").nth(number))
        while page.get_by_role("button", name="Save and continue").count():
            questions += answer_page(page, pick)
            follow(page.get_by_role("button", name="Save and continue"))
        expect(page.get_by_role("heading", level=1)).to_contain_text("Check your answers")
        follow(page.get_by_role("link", name="Go to the task list"))
    expect(page.locator(".state")).to_have_text(["Complete"] * sections)
    return questions


def text_of(pdf: Path) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(pdf).pages).split())


def outline_titles(reader: pypdf.PdfReader) -> list[str]:
    titles: list[str] = []

    def walk(entries: list[object]) -> None:
        for entry in entries:
            if isinstance(entry, list):
                walk(entry)
            else:
                titles.append(str(entry.title))  # type: ignore[attr-defined]

    walk(reader.outline)
    return titles


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_manager_goes_from_the_first_page_to_the_pdf(
    browser: Browser, address: str, shipped: RuleSet, tmp_path: Path, javascript: bool
) -> None:
    page = open_page(browser, address, javascript=javascript)
    start(page)
    asked = fill_questionnaire(page, pick=1)
    assert asked == len(list(shipped.instrument.asked("after")))
    follow(page.get_by_role("link", name="Check and submit"))
    expect(page.get_by_text("Every question has an answer.")).to_be_visible()
    follow(page.get_by_role("button", name="Submit and see the result"))
    expect(page.get_by_role("heading", name="Risk by domain")).to_be_visible()
    for domain in shipped.domains:
        expect(page.get_by_role("heading", name=domain.title, exact=True)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the report (PDF)").click()
    pdf = tmp_path / "report.pdf"
    download.value.save_as(pdf)
    check_report(pdf, shipped)
    page.context.close()


def check_report(pdf: Path, shipped: RuleSet) -> None:
    """Text, tags, bookmarks and language of the downloaded report."""
    reader = pypdf.PdfReader(pdf)
    text, root = text_of(pdf), reader.trailer["/Root"]
    assert "Clinic North" in text
    assert all(domain.title in text for domain in shipped.domains)
    assert shipped.identity.digest[:12] in text
    assert "There is no overall score" in text
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]
    titles = outline_titles(reader)
    assert all(any(domain.title in title for title in titles) for domain in shipped.domains)
    assert 6 <= len(reader.pages) <= 14


def test_the_whole_way_by_keyboard_alone(browser: Browser, address: str) -> None:
    page = open_page(browser, address, size=PHONE)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "#service")
    page.keyboard.type("Keyboard clinic")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    tab_to(page, "form[action='/assessments'] button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Keyboard clinic")
    tab_to(page, ".tasks li:nth-child(2) a")
    page.keyboard.press("Enter")
    expect(page.locator("fieldset.item").first).to_be_visible()
    for _ in range(page.locator("fieldset.item").count()):
        tab_to(page, "input[type=radio]:focus")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
    tab_to(page, "button[value=later]")
    page.keyboard.press("Enter")
    expect(page.locator(".tasks li:nth-child(2) .state")).to_have_text("In progress")
    tab_to(page, "a.button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check and submit")
    tab_to(page, "form[action$='submit'] button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="In short")).to_be_visible()
    page.context.close()


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what the selector names has the focus, and is visibly marked."""
    for _ in range(120):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"the focus on {selector} cannot be seen"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {selector}")


def test_the_back_button_shows_what_was_saved_and_loses_nothing(browser: Browser, address: str) -> None:
    page = open_page(browser, address)
    start(page)
    follow(page.locator(".tasks a").nth(1))
    expect(page.get_by_role("heading", level=1)).to_have_text("Money")
    money = page.url
    page.locator("#peer_pay-expenses_only").check()
    follow(page.get_by_role("button", name="Save and continue"))
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Money")
    page.go_back()
    expect(page.locator("#peer_pay-expenses_only")).to_be_checked()
    page.locator("#peer_pay-unpaid").check()
    follow(page.get_by_role("button", name="Save and continue"))
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Money")
    page.goto(money)
    expect(page.locator("#peer_pay-unpaid")).to_be_checked()
    page.context.close()


def every_page(page: Page) -> Iterator[str]:
    """Every kind of page, one after the other, each named."""
    yield "first page"
    follow(page.get_by_role("button", name="Start"))
    yield "first page with errors"
    follow(page.get_by_role("link", name="Method"))
    yield "method"
    for path in ("constructs/implementation_climate", "recommendations"):
        page.goto(page.url.partition("/method")[0] + "/method/" + path)
        yield path
    for path in ("", "subjects/", "findings/?construct=culture", "findings/ramesh2023_stigma_may_steer_money"):
        page.goto(page.url.partition("/method")[0].partition("/evidence")[0] + "/evidence/" + path)
        yield f"evidence {path}"
    page.goto(page.url.partition("/evidence")[0] + "/examples/ulm_18_months/")
    yield "example result"
    page.goto(page.url.replace("/examples/ulm_18_months/", "/nowhere"))
    yield "error page"
    follow(page.get_by_role("link", name="Go to the first page"))
    start(page)
    yield "task list"
    tasks = page.url
    follow(page.locator(".tasks a").nth(1))
    yield "page of questions"
    page.goto(tasks + "resources/")
    yield "check of a section"
    page.goto(tasks + "submit")
    yield "submit"
    follow(page.get_by_role("button", name="Submit and see the result"))
    yield "result"


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_no_page_has_an_accessibility_fault_or_scrolls_sideways(
    browser: Browser, address: str, size: dict[str, int], direction: str
) -> None:
    page = open_page(browser, address, size=size)
    faults: list[str] = []
    for name in every_page(page):
        page.evaluate("direction => { document.documentElement.dir = direction }", direction)
        page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
        found = Axe().run(page).response["violations"]
        faults += [f"{name}: {fault['id']}: {fault['nodes'][0]['html'][:160]}" for fault in found]
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > size["width"]:
            faults.append(f"{name}: {wide} pixels wide")
    assert faults == []
    page.context.close()


def test_the_page_with_two_versions_has_no_accessibility_fault(browser: Browser, address: str) -> None:
    page = open_page(browser, address, size=PHONE)
    start(page)
    follow(page.locator(".tasks a").nth(1))
    other = page.context.new_page()
    other.goto(page.url)
    answer_page(other, 0)
    follow(other.get_by_role("button", name="Save and continue"))
    answer_page(page, 1)
    follow(page.get_by_role("button", name="Save and continue"))
    expect(page.get_by_role("heading", level=1)).to_have_text("This page was saved elsewhere meanwhile")
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.context.close()


def test_no_page_asks_anybody_else_for_anything(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    for path in ("", "method", "evidence/", "examples/ulm_18_months/"):
        page.goto(f"{address}/{path}")
    assert asked
    assert [url for url in asked if not url.startswith(address)] == []
    assert complaints == []
    context.close()
