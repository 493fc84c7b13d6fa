"""Two researchers in real browsers: a rule is revised, proven wrong, mended, published; no old result moves."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsers import PHONE, chromium, follow
from pages import PageClient
from people import PASSWORD, add_administrator, add_person, app_with_accounts
from playwright.sync_api import Browser, Page, expect
from served import serving
from version_files import files_of, write_files

from readiness.permissions import AccountRole
from readiness.web.rules import database

ANNA, BEN, MAX = "anna@example.org", "ben@example.org", "max@example.org"
MADE = 22  # of fewer than 20 nothing is told; 22 are told as 20
RUN_MILLISECONDS = 30_000


@dataclass(frozen=True, slots=True)
class Installation:
    """A running server, and the addresses of results that were there before."""

    address: str
    results: tuple[str, ...]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A real server with two workers on a published version, with people and with submitted assessments."""
    folder = tmp_path_factory.mktemp("instance")
    rules = write_files(folder / "rules" / "small", files_of("1.0.0"))
    results = people_and_assessments(folder, rules)
    with serving(folder, READINESS_RULES=str(rules), READINESS_ACCOUNTS="yes") as site:
        yield Installation(site.address, results)


def people_and_assessments(folder: Path, rules: Path) -> tuple[str, ...]:
    """Two researchers, a manager, and what she has submitted: rare contact, travel that is paid."""
    app = app_with_accounts(folder, RULES=rules)
    add_administrator(app)
    add_person(app, ANNA, "Anna", AccountRole.RESEARCHER)
    add_person(app, BEN, "Ben", AccountRole.RESEARCHER)
    add_person(app, MAX, "Max", AccountRole.MANAGER)
    manager = PageClient(app)
    manager.send(manager.get("/account/sign-in"), {"address": MAX, "password": PASSWORD}, "/account/sign-in")
    results = []
    for number in range(MADE):
        tasks = manager.start(f"Clinic {number}")
        manager.answer_everything(tasks)
        manager.send(
            manager.get(f"{tasks}team/working_side_by_side"), {"travel_money": "paid"}, "/working_side_by_side"
        )
        manager.send(manager.get(f"{tasks}submit"), {}, "submit")
        results.append(f"{tasks}result.json")
    with app.app_context():
        database().dispose()
    return tuple(results)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests of this file."""
    with chromium() as started:
        yield started


def signed_in(browser: Browser, installation: Installation, address: str) -> Page:
    """A browser of its own in which somebody has signed in."""
    page = browser.new_context().new_page()
    page.set_default_timeout(6000)
    page.goto(f"{installation.address}/account/sign-in")
    page.locator("#address").fill(address)
    page.locator("#password").fill(PASSWORD)
    follow(page.get_by_role("button", name="Sign in"))
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    return page


def stored(page: Page, installation: Installation) -> list[bytes]:
    """The results of the old assessments, as data."""
    return [page.request.get(f"{installation.address}{path}").body() for path in installation.results]


def room(page: Page, name: str) -> None:
    """Go to one of the pages of the draft."""
    follow(page.get_by_label("Pages of this draft").get_by_role("link", name=name, exact=True))


def start_draft(page: Page) -> None:
    follow(page.get_by_role("link", name="Rule sets", exact=True))
    page.get_by_label("Name of the draft").fill("Contact after Smith 2026")
    follow(page.get_by_role("button", name="Start the draft"))


def revise_rating(page: Page) -> None:
    room(page, "Edit")
    page.get_by_text("The team", exact=True).click()
    follow(page.get_by_role("link", name="Hardly ever."))
    page.locator("#rating").select_option("-1")
    follow(page.get_by_role("button", name="Save", exact=True))
    expect(page.get_by_text("Saved.")).to_be_visible()


def add_rule(page: Page) -> None:
    """A rule that makes paid travel worse than unpaid travel, with its condition built from lists."""
    room(page, "Edit")
    page.locator("summary", has_text="Working together").click()
    follow(page.locator("details[open]").get_by_role("link", name="New rule"))
    page.locator("#title").fill("Paid fares keep people meeting")
    page.locator("#when").get_by_label("Ask about").first.select_option("travel_money")
    follow(page.locator("#when").get_by_role("button", name="Show its levels").first)
    page.locator("#when").get_by_label("All travel is paid.").check()
    page.locator("#effect").select_option("shift -1")
    page.locator("#because").fill("Those whose fares are paid come back.")
    follow(page.locator("#evidence").get_by_role("button", name="Find findings"))
    page.locator("#evidence").get_by_role("checkbox").first.check()
    page.locator("#status").select_option("ours")
    follow(page.get_by_role("button", name="Save", exact=True))
    expect(page.get_by_text("Saved.")).to_be_visible()


def run(page: Page, button: str) -> None:
    """Start a job and wait as its page does, which looks again by itself."""
    room(page, "Runs")
    follow(page.get_by_role("button", name=button))
    expect(page.get_by_role("button", name="Start it again")).to_be_visible(timeout=RUN_MILLISECONDS)


def faults_of(page: Page, what: str) -> list[str]:
    """What axe finds on a page, and whether it is wider than a telephone, in both directions of writing."""
    faults = []
    for direction in ("ltr", "rtl"):
        page.evaluate("direction => { document.documentElement.dir = direction }", direction)
        for size in ({"width": 1200, "height": 900}, PHONE):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            found = Axe().run(page).response["violations"]
            faults += [f"{what}, {direction}: {each['id']}: {each['nodes'][0]['html'][:160]}" for each in found]
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > size["width"]:
                faults.append(f"{what}, {direction}: {wide} pixels wide at {size['width']}")
    return faults


def test_no_page_of_runs_and_review_has_an_accessibility_fault_or_scrolls_sideways(
    browser: Browser, installation: Installation
) -> None:
    anna = signed_in(browser, installation, ANNA)
    start_draft(anna)
    revise_rating(anna)
    add_rule(anna)
    draft = anna.url.partition("/edit/")[0]
    faults: list[str] = []
    for button in ("Test the cases", "Prove the rules", "Compare the versions", "Find the impact"):
        run(anna, button)
        faults += faults_of(anna, button)
    for path in ("runs/", "review/"):
        anna.goto(f"{draft}/{path}")
        faults += faults_of(anna, path)
    assert faults == []
    anna.context.close()


def test_a_revision_is_proven_wrong_mended_reviewed_and_published_and_old_results_stay(
    browser: Browser, installation: Installation
) -> None:
    anna = signed_in(browser, installation, ANNA)
    manager = signed_in(browser, installation, MAX)
    before = stored(manager, installation)
    start_draft(anna)
    revise_rating(anna)
    add_rule(anna)
    run(anna, "Prove the rules")
    expect(anna.get_by_text("1 thing does not hold.")).to_be_visible()
    expect(anna.get_by_text("the better answer to travel_money, from nothing to paid, raises the risk")).to_be_visible()
    expect(anna.locator("pre")).to_contain_text("travel_money: nothing")

    room(anna, "Edit")
    anna.locator("summary", has_text="Working together").click()
    follow(anna.get_by_role("link", name="Paid fares keep people meeting"))
    anna.locator("#effect").select_option("shift 1")
    follow(anna.get_by_role("button", name="Save", exact=True))
    run(anna, "Prove the rules")
    expect(anna.get_by_text("Everything holds.")).to_be_visible()
    run(anna, "Find the impact")
    expect(anna.get_by_text("20 assessments; 20 have another band of a domain")).to_be_visible()
    expect(anna.get_by_text("Clinic")).to_have_count(0)

    room(anna, "Review")
    follow(anna.get_by_role("button", name="Test, prove and compare now"))
    anna.wait_for_url("**/review/", timeout=RUN_MILLISECONDS)
    expect(anna.locator(".tasks .state")).to_have_text(["in order"] * 5)
    anna.get_by_label("Entry in the changelog").fill("Rare contact weighs less, and paid travel lifts it.")
    follow(anna.get_by_role("button", name="Ask for a review"))
    expect(anna.get_by_text("Another researcher has to publish it.")).to_be_visible()

    ben = signed_in(browser, installation, BEN)
    ben.goto(anna.url)
    expect(ben.get_by_role("heading", name="What differs")).to_be_visible()
    expect(ben.get_by_role("radio", name="1.1.0")).to_be_checked()
    follow(ben.get_by_role("button", name="Publish this version"))
    expect(ben.get_by_text("Published as version 1.1.0.")).to_be_visible(timeout=RUN_MILLISECONDS)

    assert stored(manager, installation) == before
    for number in range(3):  # whichever worker answers
        manager.goto(installation.address)
        manager.get_by_label("Name of the service").fill(f"New clinic {number}")
        manager.get_by_label("Yes, they have started").check()
        follow(manager.get_by_role("button", name="Start"))
        follow(manager.get_by_role("link", name="Check and submit"))
        follow(manager.get_by_role("button", name="Submit and see the result"))
        new = manager.request.get(f"{manager.url.removesuffix('/result')}/result.json").json()
        assert new["ruleset"]["version"] == "1.1.0"
    assert all(b'"version": "1.0.0"' in result for result in before)
    for page in (anna, ben, manager):
        page.context.close()
