"""Workers that are killed under load: what was acknowledged is there, once, and nothing else is."""

import os
import random
import re
import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from http.client import HTTPException
from http.cookiejar import CookieJar
from itertools import count
from pathlib import Path
from queue import SimpleQueue
from threading import Event
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, build_opener

import pytest
from served import Site, serving
from sqlalchemy import Engine, Select, func, select

from readiness.engine.answers import Phase, Role
from readiness.engine.instrument import Page, Section
from readiness.engine.ruleset import RuleSet
from readiness.store.answers import read_answers
from readiness.store.assessments import Assessment, find_assessment, start_assessment
from readiness.store.database import ready_database, transaction
from readiness.store.invitations import invite_respondent, make_group_link
from readiness.store.models import AnswerRow, CommentRow, InvitationRow, PageRow, ResponseRow
from readiness.store.teams import choose_team

KILLS, WORKERS, PEOPLE = 50, 3, 6
TODAY = date(2026, 11, 22)
ROLE, SECTION = Role.MENTAL_HEALTH_WORKER, "culture"
PATIENCE = 60  # seconds within which a repeated request must be answered


class Redirected(HTTPRedirectHandler):
    """A redirect is an answer: that the page was saved."""

    def redirect_request(self, *_: object) -> None:
        """Follow none."""


@dataclass
class Browser:
    """A person's browser; what got no answer, or that nothing was saved, is sent again."""

    site: str
    broken: int = 0

    def __post_init__(self) -> None:
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()), Redirected)

    def get(self, path: str) -> str:
        """A page."""
        status, _, text = self.ask(path, None)
        assert status == 200, text
        return text

    def post(self, path: str, fields: dict[str, str]) -> str:
        """Where the answer to a form that was taken leads."""
        status, location, text = self.ask(path, urlencode(fields).encode())
        assert status == 303, (status, text)
        return urlsplit(location).path

    def ask(self, path: str, posted: bytes | None) -> tuple[int, str, str]:
        """Status, where to, and text of the first answer."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with suppress(OSError, HTTPException), self._open(path, posted) as answer:
                if answer.status != 503:
                    return answer.status, answer.headers.get("Location", ""), answer.read().decode()
            self.broken += 1
            time.sleep(0.01)
        raise AssertionError(f"{path} was not answered for {PATIENCE} seconds")

    def _open(self, path: str, posted: bytes | None) -> Any:
        try:
            return self.opener.open(self.site + path, posted, timeout=PATIENCE)
        except HTTPError as error:
            return error


@dataclass
class Sheet:
    """What a person was told is saved in their response: answers, and how often each page changed."""

    opener: str
    comment: str = ""
    is_sent: bool = False
    answers: dict[str, str] = field(default_factory=dict)
    changes: Counter[str] = field(default_factory=Counter)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


def change(browser: Browser, sheet: Sheet, section: Section, page: Page) -> None:
    """Choose other levels on a page than those that are saved, and save it; it counts once it is acknowledged."""
    path = f"/a/{sheet.opener}/{section.code}/{page.code}"
    html = browser.get(path)
    chosen = {}
    for item in page.items:
        levels = [option.code for option in item.options if option.code != sheet.answers.get(item.code)]
        chosen[item.code] = random.choice(levels)
    browser.post(path, {"csrf_token": hidden(html, "csrf_token"), "revision": hidden(html, "revision"), **chosen})
    sheet.answers |= chosen
    sheet.changes[page.code] += 1
    assert int(hidden(html, "revision")) == sheet.changes[page.code] - 1


class Load:
    """People who answer until it is over: one manager, and respondents who enter one after the other."""

    def __init__(self, site: Site, sections: tuple[Section, ...], manager: str, links: "SimpleQueue[str]") -> None:
        self.site, self.sections, self.manager, self.links = site, sections, manager, links
        self.over = Event()
        self.numbers = count(1)
        self.sheets: list[Sheet] = []
        self.browsers: list[Browser] = []

    @property
    def acknowledged(self) -> int:
        """How many changes were acknowledged so far."""
        return sum(sheet.changes.total() for sheet in list(self.sheets))

    def answer(self, person: int) -> None:
        """What one person does until it is over."""
        while not self.over.is_set():
            browser = Browser(self.site.address)
            self.browsers.append(browser)
            if person == 0:
                self._manage(browser)
            else:
                self._respond(browser)

    def _manage(self, browser: Browser) -> None:
        sheet = Sheet(self.manager)
        self.sheets.append(sheet)
        while not self.over.is_set():
            for page in self.sections[0].pages:
                change(browser, sheet, self.sections[0], page)

    def _respond(self, browser: Browser) -> None:
        link = f"/i/{self.links.get()}"
        invitation = browser.get(link)
        fields = {name: hidden(invitation, name) for name in ("csrf_token", "code")}
        sheet = Sheet(browser.post(link, fields).strip("/").rpartition("/")[2], f"Comment {next(self.numbers)}")
        self.sheets.append(sheet)
        for page in self.sections[0].pages[:2]:
            for _ in range(2):
                change(browser, sheet, self.sections[0], page)
        token = hidden(browser.get(f"/a/{sheet.opener}/submit"), "csrf_token")
        browser.post(f"/a/{sheet.opener}/submit", {"csrf_token": token, "comment": sheet.comment})
        sheet.is_sent = True


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = ready_database(database_url)
    yield engine
    engine.dispose()


def test_no_acknowledged_answer_is_lost_and_none_doubled_however_often_workers_are_killed(
    tmp_path: Path, database_url: str, engine: Engine, shipped: RuleSet
) -> None:
    with serving(tmp_path, WORKERS, READINESS_DATABASE_URL=database_url.replace("+psycopg", "")) as site:
        manager = start_assessment(engine, "North", Phase.AFTER, shipped.identity.digest, TODAY)
        wave = find_assessment(engine, manager)
        choose_team(engine, wave, {ROLE: [SECTION]})
        load = Load(site, shipped.instrument.narrowed([ROLE], [SECTION]).sections, manager, links_of(engine, wave))
        killed = kill_under(load)
    assert len(killed) == KILLS
    assert sum(browser.broken for browser in load.browsers) >= KILLS / 2, "kills hit requests"
    for sheet in load.sheets:
        own = find_assessment(engine, sheet.opener)
        assert {item: str(value) for item, value in read_answers(engine, own).given.items()} == sheet.answers
        assert revisions(engine, own) == dict(sheet.changes)
        assert own.is_sent == sheet.is_sent
    check_nothing_else(engine, load)


def links_of(engine: Engine, wave: Assessment) -> "SimpleQueue[str]":
    """Keys of links, every other one for one person, the others the same for all."""
    keys: SimpleQueue[str] = SimpleQueue()
    group = make_group_link(engine, wave, ROLE)
    for _ in range(200):
        keys.put(invite_respondent(engine, wave, ROLE, "", ""))
        keys.put(group)
    return keys


def kill_under(load: Load) -> list[int]:
    """Let people answer, and end one worker after the other without a warning; back come their numbers."""
    killed: list[int] = []
    with ThreadPoolExecutor(PEOPLE) as pool:
        people = [pool.submit(load.answer, person) for person in range(PEOPLE)]
        try:
            while len(killed) < KILLS and not any(person.done() for person in people):
                before, until = load.acknowledged, time.monotonic() + PATIENCE
                while load.acknowledged == before and time.monotonic() < until:
                    time.sleep(0.01)
                time.sleep(random.uniform(0, 0.05))
                with suppress(ProcessLookupError, IndexError):  # it has just ended, or none has started yet
                    worker = random.choice(load.site.workers())
                    os.kill(worker, signal.SIGKILL)
                    killed.append(worker)
        finally:
            load.over.set()
        for person in people:
            person.result()
    return killed


def revisions(engine: Engine, own: Assessment) -> dict[str, int]:
    query = select(PageRow.page, PageRow.revision).where(PageRow.response_id == own.response)
    with transaction(engine) as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def check_nothing_else(engine: Engine, load: Load) -> None:
    """No response, row or comment that nobody was told of; every link of a person that was used has one response."""
    respondents = [sheet for sheet in load.sheets if sheet.opener != load.manager]
    with transaction(engine) as connection:

        def number(query: Select[Any]) -> int:
            return int(connection.execute(query).scalar_one())

        assert number(select(func.count()).select_from(ResponseRow)) == len(respondents) + 1
        assert number(select(func.count()).where(ResponseRow.is_submitted)) == sum(s.is_sent for s in respondents)
        assert number(select(func.count()).select_from(AnswerRow)) == sum(len(sheet.answers) for sheet in load.sheets)
        assert number(select(func.count()).select_from(PageRow)) == sum(len(sheet.changes) for sheet in load.sheets)
        used = number(select(func.count()).where(InvitationRow.receipt.is_not(None)))
        assert 0 < used <= len(respondents)
        comments = sorted(connection.execute(select(CommentRow.text)).scalars())
        assert comments == sorted(sheet.comment for sheet in respondents if sheet.is_sent)
