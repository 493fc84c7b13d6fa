"""Reports on the web: rendered ahead, served from the store, and given to those only who may see the result."""

import re
import subprocess
import time
from collections.abc import Iterator
from datetime import date, timedelta
from http.cookiejar import CookieJar
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pypdf
import pytest
from flask import Flask
from pages import PageClient
from people import add_administrator, add_person, app_with_accounts, browser_of
from served import serving
from team_values import TODAY
from teams import answer_and_send, choose_team, close, group_link

from readiness.engine.answers import Phase
from readiness.permissions import LOCAL, AccountRole
from readiness.rendering import Ahead, Shelf
from readiness.report.material import Material
from readiness.report.process import LIMITS, Limits
from readiness.store.assessments import find_assessment, start_assessment
from readiness.store.database import ready_database
from readiness.store.documents import clear_documents, kept_digests
from readiness.store.rulesets import keep_versions
from readiness.store.shares import end_share, make_share, shares_of
from readiness.web.rules import database

SMALL = Path(__file__).parent / "small"
BEN, MAX, IDA = "ben@example.org", "max@example.org", "ida@example.org"
PEERS = "peer_support_worker"
TOMORROW = date.today() + timedelta(days=1)


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Flask]:
    """Small reports, rendered ahead as an installation does."""
    app = app_with_accounts(tmp_path, RENDER_AHEAD=True)
    add_administrator(app)
    add_person(app, BEN, "Ben", AccountRole.MANAGER)
    add_person(app, MAX, "Max", AccountRole.MANAGER)
    add_person(app, IDA, "Ida", AccountRole.IMPLEMENTER)
    yield app
    wait_for(app)
    with app.app_context():
        database().dispose()


def wait_for(app: Flask) -> None:
    """Until everything was rendered ahead that there is to render."""
    ahead: Ahead = app.extensions["documents"][1]
    ahead.waiting.join()


def kept(app: Flask) -> frozenset[str]:
    with app.app_context():
        return kept_digests(database())


class Idle(Shelf):
    """Renders nothing: what it serves was kept before."""

    def make(self, material: Material, limits: Limits = LIMITS) -> bytes:
        """Nobody may get here."""
        raise AssertionError("this was to be served from the store")


class Hurried(Shelf):
    """Gives every renderer up at once."""

    def make(self, material: Material, limits: Limits = LIMITS) -> bytes:
        """As with a renderer that hangs."""
        return Shelf.make(self, material, Limits(wall=0.001))


def exchange(app: Flask, kind: type[Shelf]) -> None:
    shelf, ahead = app.extensions["documents"]
    app.extensions["documents"] = (kind(shelf.engine, shelf.languages), ahead)


def submitted(client: PageClient) -> str:
    """The path of the report of an assessment that was answered and submitted."""
    tasks = client.start("Clinic North")
    client.answer_everything(tasks)
    client.send(client.get(f"{tasks}submit"), {}, "/submit")
    return f"{tasks}report.pdf"


def test_when_an_assessment_is_submitted_its_report_is_there_before_somebody_asks(accounts: Flask) -> None:
    ben = browser_of(accounts, BEN)
    path = submitted(ben)
    wait_for(accounts)
    exchange(accounts, Idle)
    answer = ben.raw.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Clinic North" in pypdf.PdfReader(BytesIO(answer.data)).pages[0].extract_text()


def test_what_is_not_kept_is_rendered_for_the_first_who_asks_and_kept_for_the_others(accounts: Flask) -> None:
    ben = browser_of(accounts, BEN)
    path = submitted(ben)
    wait_for(accounts)
    with accounts.app_context():
        assert clear_documents(database()) > 0
    first = ben.raw.get(path)
    exchange(accounts, Idle)
    assert ben.raw.get(path).data == first.data


def test_each_edition_and_paper_is_a_document_of_its_own(accounts: Flask) -> None:
    ben = browser_of(accounts, BEN)
    path = submitted(ben)
    wait_for(accounts)
    answers = [ben.raw.get(path + wish) for wish in ("", "?edition=summary", "?sheet=Letter")]
    assert {answer.headers["ETag"].strip('"') for answer in answers} == kept(accounts)
    assert len({answer.data for answer in answers}) == len(kept(accounts)) == 3
    assert "-summary.pdf" in answers[1].headers["Content-Disposition"]
    for wish, sentence in (
        ("team", "There is no edition for the team"),
        ("board", "There is no such edition of the report"),
    ):
        page = ben.get(f"{path}?edition={wish}")
        assert (page.status, sentence in page.text) == (404, True)
    assert len(kept(accounts)) == 3


def test_whoever_has_the_report_is_told_so_and_a_cut_download_goes_on(accounts: Flask) -> None:
    ben = browser_of(accounts, BEN)
    path = submitted(ben)
    whole = ben.raw.get(path)
    tag = whole.headers["ETag"]
    assert tag.strip('"') in kept(accounts)
    same = ben.raw.get(path, headers={"If-None-Match": tag})
    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", tag)
    assert ben.raw.get(path, headers={"If-None-Match": '"another"'}).data == whole.data
    rest = ben.raw.get(path, headers={"Range": "bytes=1000-", "If-Range": tag})
    assert (rest.status_code, rest.data) == (206, whole.data[1000:])
    changed = ben.raw.get(path, headers={"Range": "bytes=1000-", "If-Range": '"another"'})
    assert (changed.status_code, changed.data) == (200, whole.data)


def test_a_digest_opens_nothing_to_whoever_may_not_see_the_result(accounts: Flask) -> None:
    ben = browser_of(accounts, BEN)
    path = submitted(ben)
    tag = ben.raw.get(path).headers["ETag"]
    others = ((browser_of(accounts, MAX), 404), (browser_of(accounts, IDA), 404), (PageClient(accounts), 303))
    for other, refused in others:
        for headers in ({}, {"If-None-Match": tag}):
            assert other.raw.get(path, headers=headers).status_code == refused
        assert other.raw.get(f"/a/{tag.strip(chr(34))}/report.pdf").status_code == 404
    assert ben.raw.get(f"/a/{tag.strip(chr(34))}/report.pdf").status_code == 404


def test_a_respondent_gets_no_report_even_of_a_closed_round(accounts: Flask) -> None:
    ben = browser_of(accounts, BEN)
    tasks = ben.start("Clinic North")
    choose_team(ben, tasks, {PEERS: ["team"]})
    link = group_link(ben, tasks, PEERS)
    respondents = [answer_and_send(accounts, link) for _ in range(5)]
    close(ben, tasks)
    tag = ben.raw.get(f"{tasks}report.pdf").headers["ETag"]
    client, own = respondents[0]
    assert client.raw.get(f"{own}report.pdf", headers={"If-None-Match": tag}).status_code == 404


def test_a_link_to_read_is_served_what_is_kept_until_it_ends(accounts: Flask) -> None:
    ben = browser_of(accounts, BEN)
    path = submitted(ben)
    wait_for(accounts)
    exchange(accounts, Idle)
    with accounts.app_context():
        assessment = find_assessment(database(), path.split("/")[2], LOCAL)
        key = make_share(database(), assessment, "The board", TOMORROW, date.today())
        (share,) = shares_of(database(), assessment, date.today())
    reader = PageClient(accounts)
    answer = reader.raw.get(f"/r/{key}/report.pdf")
    assert answer.data == ben.raw.get(path).data
    with accounts.app_context():
        end_share(database(), assessment, share.id)
    tag = answer.headers["ETag"]
    assert reader.raw.get(f"/r/{key}/report.pdf", headers={"If-None-Match": tag}).status_code == 404


def test_reopening_takes_the_reports_away_and_the_next_release_has_its_own(accounts: Flask) -> None:
    ben = browser_of(accounts, BEN)
    path = submitted(ben)
    wait_for(accounts)
    before = kept(accounts)
    tasks = path.removesuffix("report.pdf")
    ben.send(ben.get(f"{tasks}result"), {}, "/reopen")
    assert kept(accounts) == frozenset()
    page = ben.get(f"{tasks}team/working_side_by_side")
    _, fields = page.form("working_side_by_side")
    ben.send(page, {"contact": "monthly" if fields["contact"] != "monthly" else "weekly"}, "working_side_by_side")
    ben.send(ben.get(f"{tasks}submit"), {}, "/submit")
    wait_for(accounts)
    assert kept(accounts)
    assert kept(accounts) & before == frozenset()


def test_a_renderer_that_does_not_answer_is_a_sentence_and_nothing_is_kept(accounts: Flask) -> None:
    ben = browser_of(accounts, BEN)
    path = submitted(ben)
    wait_for(accounts)
    with accounts.app_context():
        clear_documents(database())
    exchange(accounts, Hurried)
    page = ben.get(path)
    assert page.status == 503
    assert re.search(r"The PDF (took more than|could not be made)", page.text)
    assert kept(accounts) == frozenset()


def test_submitting_twice_renders_once(accounts: Flask) -> None:
    ben = browser_of(accounts, BEN)
    tasks = ben.start("Clinic North")
    ben.answer_everything(tasks)
    review = ben.get(f"{tasks}submit")
    for _ in range(2):
        ben.send(review, {}, "/submit")
    wait_for(accounts)
    many = len(kept(accounts))
    assert ben.raw.get(f"{tasks}report.pdf").headers["ETag"].strip('"') in kept(accounts)
    assert len(kept(accounts)) == many


def states_below(process: int) -> list[str]:
    """The states of all processes that a process has started, or those have."""
    table = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in table.splitlines()]
    below, states = {str(process)}, []
    for pid, parent, state in sorted(rows, key=lambda row: int(row[0])):
        if parent in below:
            below.add(pid)
            states.append(state)
    return states


def test_workers_of_the_server_render_ahead_and_leave_no_dead_processes(tmp_path: Path, database_url: str) -> None:
    url = database_url.replace("+psycopg", "")
    settings = {"READINESS_RULES": str(SMALL), "READINESS_DATABASE_URL": url, "READINESS_RENDER_AHEAD": "yes"}
    engine = ready_database(database_url)
    ruleset = keep_versions(engine, SMALL)
    with serving(tmp_path, 2, **settings) as site:
        key = start_assessment(engine, "North", Phase.AFTER, ruleset.identity.digest, TODAY)
        browser = build_opener(HTTPCookieProcessor(CookieJar()))
        review = browser.open(f"{site.address}/a/{key}/submit").read().decode()
        token = re.search(r'name="csrf_token" value="([^"]+)"', review)
        assert token is not None
        until = time.monotonic() + 120
        browser.open(f"{site.address}/a/{key}/submit", urlencode({"csrf_token": token[1]}).encode()).close()
        while len(kept_digests(engine)) < 2 and time.monotonic() < until:
            time.sleep(0.05)
        assert len(kept_digests(engine)) == 2
        assert browser.open(f"{site.address}/a/{key}/report.pdf").read().startswith(b"%PDF")
        time.sleep(1)
        assert [state for state in states_below(site.process) if state.startswith("Z")] == []
    engine.dispose()


def test_an_installation_may_render_on_demand_only(tmp_path: Path) -> None:
    app = app_with_accounts(tmp_path)
    add_administrator(app)
    add_person(app, BEN, "Ben", AccountRole.MANAGER)
    submitted(browser_of(app, BEN))
    wait_for(app)
    assert kept(app) == frozenset()
