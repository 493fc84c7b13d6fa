"""A team in real browsers: a manager, two implementers and eleven respondents in two roles, to the released result."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsers import PHONE, chromium, follow
from people import PASSWORD, add_administrator, add_person, app_with_accounts
from playwright.sync_api import Browser, Page, expect
from pseudo import HEBREW, pseudo_languages
from served import serving

from readiness.permissions import AccountRole
from readiness.web.rules import database

MAX, IDA, JON = "max@example.org", "ida@example.org", "jon@example.org"
WORKERS, PEERS = 6, 5


@dataclass
class Site:
    """A running installation with accounts, and a browser."""

    address: str
    browser: Browser

    def page(self, **context: object) -> Page:
        """A page in a browser of its own."""
        page = self.browser.new_context(**context).new_page()  # type: ignore[arg-type]
        page.set_default_timeout(20_000)
        return page

    def signed_in(self, address: str) -> Page:
        """A page of somebody who has signed in."""
        page = self.page()
        page.goto(f"{self.address}/account/sign-in")
        page.locator("#address").fill(address)
        page.locator("#password").fill(PASSWORD)
        follow(page.get_by_role("button", name="Sign in"))
        return page


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A real server with two workers, people who may sign in, and a language that runs from right to left."""
    folder, locale = tmp_path_factory.mktemp("instance"), tmp_path_factory.mktemp("locale")
    pseudo_languages(locale)
    people(folder)
    settings = {
        "READINESS_ACCOUNTS": "yes",
        "READINESS_LANGUAGES": f"en,{HEBREW}",
        "READINESS_LOCALE": str(locale),
    }
    with serving(folder, **settings) as served, chromium() as browser:
        yield Site(served.address, browser)


def people(folder: Path) -> None:
    app = app_with_accounts(folder)
    add_administrator(app)
    add_person(app, MAX, "Max", AccountRole.MANAGER)
    add_person(app, IDA, "Ida", AccountRole.IMPLEMENTER)
    add_person(app, JON, "Jon", AccountRole.IMPLEMENTER)
    with app.app_context():
        database().dispose()


def start(site: Site) -> tuple[Page, str]:
    """The manager starts an assessment and chooses who answers what; the address of the task list."""
    manager = site.signed_in(MAX)
    manager.goto(site.address)
    manager.get_by_label("Name of the service").fill("Clinic North")
    manager.get_by_label("Yes, they have started").check()
    follow(manager.get_by_role("button", name="Start"))
    tasks = manager.url
    manager.goto(f"{tasks}our-team/")
    for role in ("mental_health_worker", "peer_support_worker"):
        manager.locator(f"#{role}-attitudes").check()
    follow(manager.get_by_role("button", name="Save who answers what"))
    return manager, tasks


def links(manager: Page, tasks: str) -> tuple[str, list[str]]:
    """The link for all mental health workers, and one for each peer support worker."""
    follow(manager.get_by_role("button", name="Make a link for mental health workers"))
    group = manager.locator("input.link").input_value()
    manager.goto(f"{tasks}our-team/")
    manager.locator("#invite-peer_support_worker").check()
    manager.locator("#people").fill("\n".join(f"Peer {number}" for number in range(PEERS)))
    follow(manager.get_by_role("button", name="Make the links"))
    return group, [field.input_value() for field in manager.locator("input.link").all()]


def answer(page: Page, link: str, pick: int) -> str:
    """A respondent enters, answers everything with the option at a place, and sends; the address of their answers."""
    page.goto(link)
    follow(page.locator("main form button"))
    own = page.url
    follow(page.locator(".tasks a").first)
    while page.locator("main form[data-saving]").count():
        groups = page.locator("fieldset.item")
        for number in range(groups.count()):
            choices = groups.nth(number).get_by_role("radio")
            choices.nth(pick % choices.count()).check()
        follow(page.locator("button[value=next]"))
    page.goto(f"{own}submit")
    follow(page.locator("main form button"))
    assert page.url == own
    assert page.locator("form[action$=take-back]").count() == 1
    return own


def test_eleven_respondents_answer_and_only_a_released_result_tells_of_them(site: Site) -> None:
    manager, tasks = start(site)
    group, single = links(manager, tasks)

    for number in range(WORKERS - 3):
        answer(site.page(), group, number)
    phone = site.page(viewport=PHONE, is_mobile=True)
    answer(phone, group, 0)
    width = phone.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]
    hebrew = site.page(locale=HEBREW)
    answer(hebrew, group, 0)
    assert hebrew.locator("html").get_attribute("dir") == "rtl"
    manager.goto(f"{tasks}our-team/")
    expect(manager.locator("main")).to_contain_text("5 people have sent answers")
    plain = site.page(java_script_enabled=False)
    own = answer(plain, group, 0)

    for link in single:
        answer(site.page(), link, 2)
    used = site.page()
    used.goto(single[0])
    follow(used.locator("main form button"))
    expect(used.locator("main")).to_contain_text("Somebody has entered by this link already")

    manager.goto(f"{tasks}result")
    assert manager.url.endswith("/submit"), "nothing is shown before the round is closed"
    follow(manager.get_by_role("button", name="Submit my answers and close the round for everybody"))
    expect(manager.locator("h1")).to_have_text("Clinic North")
    plain.goto(own)
    expect(plain.locator("main")).to_contain_text("your answers were sent in time")

    manager.goto(f"{site.address}/services/")
    follow(manager.get_by_role("link", name="Clinic North"))
    service = manager.url
    for address in (IDA, JON):
        manager.goto(service)
        manager.locator("#address").fill(address)
        manager.locator("#part-implementer").check()
        follow(manager.get_by_role("button", name="Share"))
    for address in (IDA, JON):
        implementer = site.signed_in(address)
        implementer.goto(f"{tasks}result")
        expect(implementer.locator("main")).to_contain_text("6 mental health workers")
        expect(implementer.locator("main")).to_contain_text("5 peer support workers")
        assert implementer.goto(tasks).status == 404  # type: ignore[union-attr]


def test_a_stale_tab_of_a_respondent_shows_both_answers(site: Site) -> None:
    manager, _ = start(site)
    follow(manager.get_by_role("button", name="Make a link for mental health workers"))
    one = site.page(java_script_enabled=False)
    one.goto(manager.locator("input.link").input_value())
    follow(one.locator("main form button"))
    own = one.url
    follow(one.locator(".tasks a").first)
    other = one.context.new_page()
    other.goto(one.url)
    for page, pick in ((one, 0), (other, 1)):
        page.locator("fieldset.item").first.get_by_role("radio").nth(pick).check()
    follow(one.locator("button[value=later]"))
    follow(other.locator("button[value=later]"))
    expect(other.locator("h1")).to_have_text("This page was saved elsewhere meanwhile")
    assert own.startswith(site.address)


@pytest.mark.parametrize("what", ["team", "links", "invitation", "tasks", "send", "code", "service"])
def test_no_page_of_a_team_has_an_accessibility_fault(site: Site, what: str) -> None:
    manager, tasks = start(site)
    if what == "team":
        manager.goto(f"{tasks}our-team/")
    elif what == "service":
        manager.goto(f"{site.address}/services/")
        follow(manager.get_by_role("link", name="Clinic North").last)
    elif what == "code":
        manager.goto(f"{site.address}/code")
    else:
        manager.goto(f"{tasks}our-team/")
        follow(manager.get_by_role("button", name="Make a link for mental health workers"))
        if what != "links":
            manager.goto(manager.locator("input.link").input_value())
        if what in ("tasks", "send"):
            follow(manager.locator("main form button"))
        if what == "send":
            manager.goto(f"{manager.url}submit")
    found = Axe().run(manager)
    assert found.response["violations"] == []
