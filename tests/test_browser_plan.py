"""An implementer in a real browser: a shared result, three actions chosen, one filled in, printed; then what moved."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsers import PHONE, chromium, follow
from conftest import RULES
from pages import PageClient
from people import PASSWORD, add_administrator, add_person, app_with_accounts, browser_of
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader
from served import serving

from readiness.permissions import AccountRole
from readiness.web.rules import database

MAX, IDA = "max@example.org", "ida@example.org"


@dataclass
class Site:
    """A running installation with accounts, a browser, and the address of a submitted assessment."""

    address: str
    browser: Browser
    tasks: str

    def signed_in(self, address: str, **context: object) -> Page:
        """A page of somebody who has signed in."""
        page = self.browser.new_context(**context).new_page()  # type: ignore[arg-type]
        page.set_default_timeout(20_000)
        page.goto(f"{self.address}/account/sign-in")
        page.locator("#address").fill(address)
        page.locator("#password").fill(PASSWORD)
        follow(page.locator("main form button"))
        return page


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A real server with two workers, on which a manager has submitted a baseline and shared its service."""
    folder = tmp_path_factory.mktemp("instance")
    tasks = shared_baseline(folder)
    with serving(folder, READINESS_ACCOUNTS="yes") as served, chromium() as browser:
        yield Site(served.address, browser, f"{served.address}{tasks}")


def shared_baseline(folder: Path) -> str:
    """A manager who says the least of everything, submits and shares; the path of the task list."""
    app = app_with_accounts(folder, RULES=RULES)
    add_administrator(app)
    add_person(app, MAX, "Max", AccountRole.MANAGER)
    add_person(app, IDA, "Ida", AccountRole.IMPLEMENTER)
    manager = browser_of(app, MAX)
    tasks = manager.start("Clinic North")
    manager.answer_everything(tasks)
    manager.send(manager.get(f"{tasks}submit"), {}, "/submit")
    share(manager)
    with app.app_context():
        database().dispose()
    return tasks


def share(manager: PageClient) -> None:
    service = next(href for name, href in manager.get("/services/").links().items() if name == "Clinic North")
    manager.send(manager.get(service), {"address": IDA, "part": "implementer"}, "/share")


def answer_everything(page: Page, pick: int) -> None:
    """From the task list on answer every question with the option at a place, section by section."""
    tasks = page.url
    while page.locator(".tasks li:not(:has(.state-complete)) a").count():
        follow(page.locator(".tasks li:not(:has(.state-complete)) a").first)
        while page.locator("main form[data-saving]").count():
            groups = page.locator("fieldset.item")
            for number in range(groups.count()):
                choices = groups.nth(number).get_by_role("radio")
                choices.nth(pick % choices.count()).check()
            follow(page.locator("button[value=next]"))
        page.goto(tasks)


def test_an_implementer_plans_prints_and_sees_in_the_follow_up_what_moved(site: Site) -> None:
    ida = site.signed_in(IDA)
    ida.goto(f"{site.address}/services/")
    follow(ida.get_by_role("link", name="Clinic North"))
    follow(ida.get_by_role("link", name="Baseline"))
    expect(ida.locator("h1")).to_have_text("Clinic North")
    try_a_lever(ida)
    chosen = choose_three(ida)
    fill_in_the_first(ida)
    look_at_print(ida, chosen)

    manager = site.signed_in(MAX)
    manager.goto(f"{site.address}/services/")
    follow(manager.get_by_role("link", name="Clinic North"))
    follow(manager.get_by_role("button", name="Start a follow-up"))
    later = manager.url
    report(manager)
    manager.goto(later)
    answer_everything(manager, 1)
    follow(manager.get_by_role("link", name="Check and submit"))
    follow(manager.get_by_role("button", name="Submit and see the result"))

    ida.goto(f"{later}result")
    expect(ida.locator("section", has=ida.locator("#moved"))).to_contain_text("Since May the hour is fixed.")
    ida.goto(f"{later}plan/outcome")
    main = ida.locator("main")
    expect(main).to_contain_text("That an answer moved cannot show that the action moved it")
    assert ida.locator("main h3").all_inner_texts() == chosen
    expect(main).to_contain_text("Since May the hour is fixed.")
    standings = ida.locator("td[data-label='What became of it'] strong").all_inner_texts()
    assert any(each.startswith("Moved") for each in standings)
    assert Axe().run(ida).response["violations"] == []


def try_a_lever(page: Page) -> None:
    """From the result, see what a better answer would change, and come back."""
    follow(page.get_by_role("link", name="What would help most: try other answers"))
    follow(page.get_by_role("link", name="Try it").first)
    expect(page.locator("#said")).to_contain_text("1 answer is changed.")
    expect(page.locator("#outcome")).to_contain_text("With other answers")
    follow(page.get_by_role("link", name="Back to the result"))


def choose_three(page: Page) -> list[str]:
    """From the result, choose the three recommendations that are advised; their titles."""
    follow(page.get_by_role("link", name="Action plan", exact=True))
    follow(page.get_by_role("link", name="Choose recommendations"))
    expect(page.locator("main")).to_contain_text("Three to start with is advised.")
    ticked = page.locator("input[type=checkbox]:checked")
    assert ticked.count() == 3
    labels = [page.locator(f"label[for={each.get_attribute('id')}]").inner_text() for each in ticked.all()]
    follow(page.get_by_role("button", name="Put them into the plan"))
    assert page.locator("tbody tr").count() == 3
    return [label.partition(" ")[2] for label in labels]


def fill_in_the_first(page: Page) -> None:
    follow(page.get_by_role("link", name="Change").first)
    page.get_by_label("Who sees to it").fill("Ida")
    page.get_by_label("First step").fill("Ask the ward leaders for an hour")
    page.get_by_label("Due on").fill("2027-03-31")
    page.get_by_label("Under way").check()
    page.get_by_label("Note", exact=True).fill("The union agrees")
    follow(page.get_by_role("button", name="Save"))
    row = page.locator("tbody tr").first
    for words in ("Ida", "Ask the ward leaders for an hour", "31 March 2027", "Under way", "The union agrees"):
        expect(row).to_contain_text(words)


def look_at_print(page: Page, chosen: list[str]) -> None:
    """On paper stands the plan, and nothing that leads anywhere."""
    page.emulate_media(media="print")
    for gone in (".top", ".bottom", ".actions", ".row-actions", ".screen-only", ".skip"):
        for each in page.locator(gone).all():
            expect(each).to_be_hidden()
    expect(page.locator("table.plan")).to_be_visible()
    page.emulate_media(media=None)
    printed = " ".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(page.pdf())).pages)
    words = " ".join(normalize("NFKC", printed).split())  # of ligatures letters again
    for title in (*chosen, "Ask the ward leaders for an hour"):
        assert title in words
    assert "Sign out" not in words
    assert "Mark as done" not in words


def report(manager: Page) -> None:
    """Report on two of the three actions."""
    follow(manager.get_by_role("link", name="Say what became of them"))
    follow(manager.locator(".tasks a").first)
    expect(manager.locator("main")).to_contain_text("Ask the ward leaders for an hour")
    manager.get_by_label("Done", exact=True).check()
    manager.get_by_label("Note").fill("Since May the hour is fixed.")
    follow(manager.get_by_role("button", name="Save and go on"))
    manager.get_by_label("Not started").check()
    follow(manager.get_by_role("button", name="Save and go on"))
    follow(manager.get_by_role("link", name="Back to the list"))
    expect(manager.locator("main")).to_contain_text("Not reported yet")


def test_two_tabs_without_javascript_lose_nothing(site: Site) -> None:
    first = site.signed_in(IDA, java_script_enabled=False)
    first.goto(f"{site.tasks}plan/choose")
    first.locator("input[type=checkbox]:not(:checked)").last.check()
    follow(first.get_by_role("button", name="Put them into the plan"))
    follow(first.get_by_role("link", name="Change").last)
    second = first.context.new_page()
    second.goto(first.url)
    for page, note in ((first, "From the first tab"), (second, "From the second tab")):
        page.get_by_label("Note", exact=True).fill(note)
        follow(page.get_by_role("button", name="Save"))
    expect(second.locator("h1")).to_have_text("This was changed elsewhere meanwhile")
    for note in ("From the first tab", "From the second tab"):
        expect(second.locator("table")).to_contain_text(note)
    follow(second.get_by_role("button", name="Keep what I just sent"))
    expect(second.locator("main")).to_contain_text("From the second tab")


def test_on_a_telephone_no_page_of_the_plan_scrolls_sideways(site: Site) -> None:
    phone = site.signed_in(IDA, viewport=PHONE, is_mobile=True)
    for path in ("plan", "plan/choose"):
        phone.goto(f"{site.tasks}{path}")
        assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert Axe().run(phone).response["violations"] == []
