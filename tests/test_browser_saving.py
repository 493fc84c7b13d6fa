"""Nothing is lost in a real browser: offline, in two tabs, when a server dies, and when a sign-in ends."""

import gzip
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsers import PHONE, chromium, follow
from conftest import ROOT
from people import PASSWORD
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import Request as Sent
from test_browser import start

OFFLINE = "Offline: kept on this page, sent when you are back"
UNREACHABLE = "Not saved yet: the service does not answer."
AFTER = re.compile("/team/$")  # where saving the page leads on to


class Server:
    """A real server on a database and a port of its own, which can be killed and started again."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}/"
        small = str(ROOT / "tests" / "small")
        self.settings = {"READINESS_INSTANCE": str(folder), "READINESS_RULES": small, "PYTHONUNBUFFERED": "1"}
        self.settings |= settings
        self.lines: list[str] = []
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "readiness.cli", "serve", "--workers", "2", "--port", str(self.port)]
        environment = {**os.environ, **self.settings}
        self.process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        assert self.process.stdout is not None
        lines = 3 if "READINESS_ACCOUNTS" in self.settings and not self.lines else 1
        self.lines = [self.process.stdout.readline() for _ in range(lines)]
        assert self.lines[0].startswith("Readiness is running."), self.lines

    def kill(self, by: int = signal.SIGKILL) -> None:
        os.killpg(self.process.pid, by)
        self.process.wait(timeout=30)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def ask(self, query: str) -> list[tuple[object, ...]]:
        """What the database holds, read past the application."""
        connection = sqlite3.connect(self.folder / "readiness.db")
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def answers(self, service: str) -> dict[object, object]:
        rows = self.ask(
            "SELECT answers.item, answers.value FROM answers JOIN responses ON responses.id = answers.response_id"
            " JOIN assessments ON assessments.id = responses.assessment_id"
            f" JOIN services ON services.id = assessments.service_id WHERE services.name = '{service}'"
        )
        return {row[0]: row[1] for row in rows}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("instance"))
    yield server
    server.kill(signal.SIGTERM)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests of this file."""
    with chromium() as started:
        yield started


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(server.address)
    yield page
    context.close()


def open_questions(page: Page, service: str) -> list[Sent]:
    """Start an assessment and open its page about the team; gives back the list that posts will be added to."""
    start(page, service)
    follow(page.get_by_role("link", name="The team"))
    posts: list[Sent] = []
    page.on("request", lambda request: posts.append(request) if request.method == "POST" else None)
    return posts


def said(page: Page) -> str:
    """What a screen reader is told, once it is what is seen."""
    return page.locator("form [role=status]").text_content() or ""


def expect_said(page: Page, text: str) -> None:
    expect(page.locator(".saving")).to_contain_text(text)
    expect(page.locator("form [role=status]")).to_contain_text(text)


def settle(page: Page) -> None:
    """Long enough for anything that is still going to be sent."""
    page.wait_for_timeout(1500)


def test_an_answer_is_saved_by_itself_and_the_page_says_so(page: Page, server: Server) -> None:
    posts = open_questions(page, "Alone")
    page.get_by_label("About once a week.").check()
    expect(page.locator(".saving")).to_have_text("Not saved yet")
    expect_said(page, "Saved")
    assert server.answers("Alone") == {"contact": "weekly"}
    page.get_by_label("All travel is paid.").check()
    expect(page.locator(".saving")).to_have_text("Saved")
    expect(page.locator("[name=revision]")).to_have_value("2")
    assert server.answers("Alone") == {"contact": "weekly", "travel_money": "paid"}
    assert len(posts) == 2
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    assert Axe().run(page).response["violations"] == []
    page.reload()
    expect(page.get_by_label("About once a week.")).to_be_checked()


def test_a_saved_page_is_left_without_a_warning_and_an_unsaved_one_is_not(page: Page) -> None:
    open_questions(page, "Warned")
    warned: list[str] = []
    page.on("dialog", lambda dialog: (warned.append(dialog.type), dialog.dismiss()))
    page.context.set_offline(True)
    page.get_by_label("About once a week.").check()
    page.get_by_role("link", name="Task list").click()
    page.wait_for_timeout(300)
    assert warned == ["beforeunload"]
    page.context.set_offline(False)
    expect_said(page, "Saved")
    follow(page.get_by_role("link", name="Task list"))
    assert warned == ["beforeunload"]


def test_what_is_chosen_offline_stays_on_the_page_and_is_sent_once(page: Page, server: Server) -> None:
    posts = open_questions(page, "Offline")
    page.context.set_offline(True)
    page.get_by_label("Hardly ever.").check()
    expect_said(page, OFFLINE)
    page.get_by_label("About once a week.").check()
    page.get_by_label("All travel is paid.").check()
    page.get_by_role("button", name="Save and continue").click()
    settle(page)
    expect(page.locator(".saving")).to_have_text(OFFLINE)
    expect(page.get_by_label("About once a week.")).to_be_checked()
    assert posts == []
    assert server.answers("Offline") == {}
    page.context.set_offline(False)
    expect_said(page, "Saved")
    settle(page)
    assert len(posts) == 1
    assert server.answers("Offline") == {"contact": "weekly", "travel_money": "paid"}
    assert page.locator("[name=revision]").input_value() == "1"
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_what_is_chosen_offline_outlives_a_reload(page: Page, server: Server) -> None:
    open_questions(page, "Reloaded")
    page.on("dialog", lambda dialog: dialog.accept())
    address = page.url
    page.context.set_offline(True)
    page.get_by_label("About once a week.").check()
    expect_said(page, OFFLINE)
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 1], "for this tab only"
    with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
        page.reload()
    page.context.set_offline(False)
    page.goto(address)  # the browser may have loaded it by itself before, and the page have sent what it kept
    expect(page.get_by_label("About once a week.")).to_be_checked()
    page.wait_for_function("sessionStorage.length === 0")
    assert server.answers("Reloaded") == {"contact": "weekly"}


def test_a_save_button_pressed_while_the_page_saves_itself_meets_no_conflict(page: Page, server: Server) -> None:
    open_questions(page, "Racing")
    for number, label in enumerate(["Hardly ever.", "About once a month.", "About once a week."]):
        page.get_by_label(label).check()
        page.wait_for_timeout(600 + 100 * number)  # just before, while and just after it is sent
        follow(page.get_by_role("button", name="Save and continue"))
        expect(page).to_have_url(AFTER)
        page.go_back()
        expect(page.get_by_label(label)).to_be_checked()
    assert server.answers("Racing") == {"contact": "weekly"}


def test_a_save_button_waits_for_an_answer_that_is_on_its_way(page: Page, server: Server) -> None:
    open_questions(page, "Waiting")
    blocker = sqlite3.connect(server.folder / "readiness.db", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    page.get_by_label("Hardly ever.").check()
    page.wait_for_timeout(1200)  # sent by now, and waiting for the database
    page.get_by_label("About once a week.").check()
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_timeout(300)
    blocker.rollback()
    blocker.close()
    expect(page).to_have_url(AFTER)
    assert server.answers("Waiting") == {"contact": "weekly"}


def test_an_answer_that_got_lost_on_its_way_back_makes_no_conflict(page: Page, server: Server) -> None:
    """The server has saved, the page does not know: it asks again with the same answers before it sends newer ones."""
    posts = open_questions(page, "Unsure")
    lost: list[int] = []

    def lose(route) -> None:  # type: ignore[no-untyped-def]
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().status)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/team/**", lose)
    page.get_by_label("Hardly ever.").check()
    expect_said(page, UNREACHABLE)
    assert lost == [200]
    page.get_by_label("About once a week.").check()
    follow(page.get_by_role("button", name="Save and continue"))
    expect(page).to_have_url(AFTER)
    assert server.answers("Unsure") == {"contact": "weekly"}
    assert len(posts) == 3


def test_a_double_click_saves_once_and_the_back_button_loses_nothing(page: Page, server: Server) -> None:
    posts = open_questions(page, "Twice")
    page.get_by_label("About once a week.").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Save and continue").dblclick()
    expect(page).to_have_url(AFTER)
    assert len(posts) == 1
    page.go_back()
    expect(page.get_by_label("About once a week.")).to_be_checked()
    page.get_by_label("Hardly ever.").check()
    follow(page.get_by_role("button", name="Save and continue"))
    expect(page).to_have_url(AFTER)
    assert server.answers("Twice") == {"contact": "hardly_ever"}


def test_a_stale_tab_says_so_and_its_button_shows_both_versions(page: Page, server: Server) -> None:
    open_questions(page, "Tabs")
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_label("About once a week.").check()
    expect_said(other, "Saved")
    page.get_by_label("All travel is paid.").check()
    expect_said(page, "Saved")
    expect(page.get_by_label("About once a week.")).to_be_checked()
    other.get_by_label("Hardly ever.").check()
    expect(other.locator("[name=revision]")).to_have_value("3")
    expect_said(other, "Saved")
    page.get_by_label("About once a month.").check()
    expect_said(page, "Press a Save button to see both.")
    assert server.answers("Tabs")["contact"] == "hardly_ever"
    follow(page.get_by_role("button", name="Save and continue"))
    expect(page.get_by_role("heading", level=1)).to_have_text("This page was saved elsewhere meanwhile")
    follow(page.get_by_role("button", name="Keep what I just sent"))
    assert server.answers("Tabs") == {"contact": "monthly", "travel_money": "paid"}


def test_what_is_offered_from_last_time_is_saved_by_a_button_only(page: Page, server: Server) -> None:
    open_questions(page, "Followed")
    page.get_by_label("All travel is paid.").check()
    expect_said(page, "Saved")
    page.goto(page.url.partition("team/")[0] + "submit")
    follow(page.get_by_role("button", name="Submit and see the result"))
    page.goto(server.address + "services/")
    follow(page.locator("main").get_by_role("link", name="Followed").first)
    page.locator("#phase-after").check()
    follow(page.get_by_role("button", name="Start a follow-up"))
    follow(page.get_by_role("link", name="The team"))
    expect(page.get_by_label("All travel is paid.")).to_be_checked()
    posts: list[Sent] = []
    page.on("request", lambda request: posts.append(request) if request.method == "POST" else None)
    page.get_by_label("About once a week.").check()
    settle(page)
    expect(page.locator(".saving")).to_have_text("Not saved yet")
    assert posts == []
    follow(page.get_by_role("button", name="Save and continue"))
    expect(page).to_have_url(AFTER)
    assert server.answers("Followed") == {"contact": "weekly", "travel_money": "paid"}


def test_a_server_that_is_killed_while_saving_costs_a_sentence_and_nothing_else(page: Page, server: Server) -> None:
    open_questions(page, "Killed")
    page.get_by_label("Hardly ever.").check()
    expect_said(page, "Saved")
    server.kill()
    page.get_by_label("About once a week.").check()
    page.get_by_role("button", name="Save and continue").click()
    expect_said(page, UNREACHABLE)
    expect(page.get_by_label("About once a week.")).to_be_checked()
    assert server.answers("Killed") == {"contact": "hardly_ever"}
    server.start()
    expect(page.locator(".saving")).to_have_text("Saved", timeout=30_000)
    assert server.answers("Killed") == {"contact": "weekly"}
    follow(page.get_by_role("button", name="Save and continue"))
    expect(page).to_have_url(AFTER)


def test_without_javascript_buttons_save_as_ever(browser: Browser, server: Server) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.address)
    open_questions(page, "Plain")
    page.get_by_label("About once a week.").check()
    assert server.answers("Plain") == {}
    follow(page.get_by_role("button", name="Save and continue"))
    assert server.answers("Plain") == {"contact": "weekly"}
    context.close()


def test_pages_and_files_travel_compressed_behind_the_real_server(server: Server) -> None:
    with urlopen(Request(server.address, headers={"Accept-Encoding": "gzip"})) as response:
        assert response.headers["Content-Encoding"] == "gzip"
        html = gzip.decompress(response.read()).decode()
    for source in re.findall(r'"(/static/[^"]+)"', html):
        with urlopen(Request(server.address + source[1:], headers={"Accept-Encoding": "gzip"})) as response:
            assert response.headers["Content-Encoding"] == "gzip"
            assert gzip.decompress(response.read())


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path, READINESS_ACCOUNTS="yes")
    yield server
    server.kill(signal.SIGTERM)


def fill_in(page: Page, **fields: str) -> None:
    for label, text in fields.items():
        page.get_by_label(label.replace("_", " "), exact=True).fill(text)


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_answers_outlive_the_end_of_a_sign_in(browser: Browser, installation: Server, javascript: bool) -> None:
    context = browser.new_context(java_script_enabled=javascript, viewport=PHONE)
    page = context.new_page()
    page.goto(installation.lines[2].strip())
    fill_in(page, Name="Ada", New_password=PASSWORD, New_password_again=PASSWORD)
    page.get_by_label("E-mail address").fill("ada@example.org")
    follow(page.locator("main form button"))
    sign_in(page)
    open_questions(page, "Signed out")
    other = context.new_page()
    other.goto(installation.address)
    other.evaluate("sessionStorage.setItem('unsent', 'what could not be sent')")
    follow(other.get_by_role("button", name="Sign out"))
    assert other.evaluate("sessionStorage.length") == (0 if javascript else 1)
    page.get_by_label("About once a week.").check()
    if javascript:
        expect_said(page, "Your sign-in has ended")
    follow(page.get_by_role("button", name="Save and continue"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Your sign-in has ended")
    assert not javascript or Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    with context.expect_page() as opened:
        page.get_by_role("link", name="Sign in (opens in a new tab)").click()
    sign_in(opened.value)
    follow(page.get_by_role("button", name="Show my answers again"))
    expect(page.get_by_label("About once a week.")).to_be_checked()
    assert installation.answers("Signed out") == {}
    follow(page.get_by_role("button", name="Save and continue"))
    expect(page).to_have_url(AFTER)
    assert installation.answers("Signed out") == {"contact": "weekly"}
    context.close()


def sign_in(page: Page) -> None:
    page.get_by_label("E-mail address").fill("ada@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    follow(page.locator("main form button"))
