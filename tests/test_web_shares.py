"""Links that read a report, on pages: who makes and ends them, what they open, and what whoever tries learns."""

import re
from datetime import date, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from flask import Flask
from pages import Page, PageClient
from people import add_administrator, add_person, app_with_accounts, browser_of
from sqlalchemy import event
from team_values import PEERS, STAFF, highest, release_team

from readiness.engine.answers import Phase
from readiness.permissions import AccountRole
from readiness.store.assessments import find_assessment, start_assessment
from readiness.store.consensus import start_consensus
from readiness.store.shares import find_shared, make_share, shares_of
from readiness.store.teams import choose_team
from readiness.web.rules import current_ruleset, database

BEN, IDA = "ben@example.org", "ida@example.org"
HOSTILE = '<script>alert(1)</script> "North" & =1+1'
DAY = timedelta(days=1)


@pytest.fixture
def accounts(tmp_path: Path) -> Flask:
    app = app_with_accounts(tmp_path)
    add_administrator(app)
    add_person(app, BEN, "Ben", AccountRole.MANAGER)
    add_person(app, IDA, "Ida", AccountRole.IMPLEMENTER)
    return app


def submitted(client: PageClient, service: str = "Clinic North") -> str:
    """The path of the task list of a submitted assessment."""
    tasks = client.start(service)
    client.send(client.get(f"{tasks}submit"), {}, "/submit")
    return tasks


def share(client: PageClient, tasks: str, reader: str = "The board", **fields: str) -> Page:
    return client.send(client.get(f"{tasks}shares"), {"reader": reader, **fields}, "/shares")


def link_on(page: Page) -> str:
    """The path of the link that a page shows to hand over."""
    found = re.search(r'value="https?://[^/"]+(/r/[^"]+)"', page.html)
    assert found is not None
    return found[1]


def test_whoever_has_a_link_reads_the_result_without_an_account(accounts: Flask) -> None:
    ben, reader = browser_of(accounts, BEN), PageClient(accounts)
    path = link_on(share(ben, submitted(ben)))
    page = reader.get(path)
    assert (page.status, "Clinic North" in page.text, "Risk by domain" in page.text) == (200, True, True)
    pdf = reader.raw.get(f"{path}report.pdf")
    assert pdf.mimetype == "application/pdf"
    assert "Clinic North" in pypdf.PdfReader(BytesIO(pdf.data)).pages[0].extract_text()


def test_the_page_of_a_reader_leads_nowhere_but_to_the_report(accounts: Flask) -> None:
    ben, reader = browser_of(accounts, BEN), PageClient(accounts)
    tasks = submitted(ben)
    path = link_on(share(ben, tasks))
    page = reader.get(path)
    inner = {href for href in page.links().values() if href.startswith(("/a/", "/r/", "/services"))}
    assert inner
    assert {href.partition("?")[0] for href in inner} == {f"{path}report.pdf"}
    assert {form.get("action") for form in page.root.iter("form")} == set()
    assert tasks.strip("/").rpartition("/")[2] not in page.html, "not even the id of the assessment"


def test_the_key_of_a_reader_opens_no_other_page(accounts: Flask) -> None:
    """Every route with a key, tried with the key of a reader: only the two that read open."""
    ben, reader = browser_of(accounts, BEN), PageClient(accounts)
    key = link_on(share(ben, submitted(ben))).strip("/").rpartition("/")[2]
    _, fields = reader.get("/code").form("/code")
    opened = set()
    for rule in accounts.url_map.iter_rules():
        if "key" not in rule.arguments or rule.endpoint == "assessments.forget_here":
            continue
        values = {name: key if name == "key" else "x" for name in rule.arguments}
        path = accounts.url_map.bind("localhost").build(rule.endpoint, values)
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            answer = reader.raw.open(path, method=method, data={"csrf_token": fields["csrf_token"]})
            if answer.status_code < 400 and not rule.endpoint.startswith("account."):
                opened.add((rule.endpoint, method))
    assert opened == {("shares.read", "GET"), ("shares.pdf", "GET")}


def test_the_reading_page_takes_no_change(accounts: Flask) -> None:
    ben, reader = browser_of(accounts, BEN), PageClient(accounts)
    path = link_on(share(ben, submitted(ben)))
    _, fields = reader.get("/code").form("/code")
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert reader.raw.open(path, method=method, data=fields).status_code == 405


def test_a_link_is_shown_once_with_its_picture_and_never_again(accounts: Flask) -> None:
    ben = browser_of(accounts, BEN)
    tasks = submitted(ben)
    page = share(ben, tasks, HOSTILE)
    path = link_on(page)
    assert "QR code" in page.text
    assert HOSTILE in page.text
    listed = ben.get(f"{tasks}shares")
    assert HOSTILE in listed.text
    assert path.strip("/").rpartition("/")[2] not in listed.html


def test_no_name_breaks_any_page_and_none_reaches_the_reader(accounts: Flask) -> None:
    ben, reader = browser_of(accounts, BEN), PageClient(accounts)
    tasks = submitted(ben, HOSTILE)
    path = link_on(share(ben, tasks, "Whom it is for " + "x" * 285))
    page = reader.get(path)
    assert HOSTILE in page.text
    assert "Whom it is for" not in page.text
    names = reader.raw.get(f"{path}report.pdf").headers["Content-Disposition"]
    assert re.fullmatch(r'attachment; filename="readiness-report-[0-9-]+\.pdf"', names)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"reader": ""}, "Say for whom the link is"),
        ({"reader": " \u200d "}, "Say for whom the link is"),
        ({"reader": "x" * 301}, "At most 300 characters fit"),
        ({"reader": "a\u202eb"}, "hidden character"),
        ({"until": ""}, "Give a day as year, month and day"),
        ({"until": "tomorrow"}, "Give a day as year, month and day"),
        ({"until": "2026-02-30"}, "Give a day as year, month and day"),
        ({"until": "9999-12-31"}, "Choose a day from"),
        ({"until": "0001-01-01"}, "Choose a day from"),
        ({"until": "x" * 100_000}, "Give a day as year, month and day"),
        ({"until": (date.today() - DAY).isoformat()}, "Choose a day from"),
        ({"until": (date.today() + 368 * DAY).isoformat()}, "Choose a day from"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_makes_no_sense_gets_a_sentence_and_makes_no_link(
    app: Flask, client: PageClient, fields: dict[str, str], sentence: str
) -> None:
    tasks = submitted(client)
    page = share(client, tasks, **{"reader": "x", **fields})
    assert (page.status, sentence in page.text) == (400, True)
    assert "None." in client.get(f"{tasks}shares").text


def test_thirty_days_are_proposed_and_a_year_is_the_most(client: PageClient) -> None:
    tasks = submitted(client)
    _, fields = client.get(f"{tasks}shares").form("/shares")
    assert fields["until"] == (date.today() + 30 * DAY).isoformat()
    assert link_on(share(client, tasks, until=(date.today() + 366 * DAY).isoformat()))


def ended_in_every_way(app: Flask, client: PageClient, tasks: str) -> dict[str, str]:
    """Links that open nothing, each for another reason."""
    with app.app_context():
        assessment = find_assessment(database(), tasks.strip("/").rpartition("/")[2])
        yesterday = date.today() - DAY
        expired = make_share(database(), assessment, "expired", yesterday, yesterday)
    ended = link_on(share(client, tasks, "ended"))
    page = client.get(f"{tasks}shares")
    assert client.send(page, {}, "/end").status == 200
    whole = link_on(share(client, tasks, "whole"))
    return {"expired": f"/r/{expired}/", "ended": ended, "cut": f"{whole[:-3]}/", "unknown": f"/r/{'x' * 32}/"}


def test_expired_ended_cut_and_unknown_look_the_same(app: Flask, client: PageClient) -> None:
    links, reader = ended_in_every_way(app, client, submitted(client)), PageClient(app)
    for path in ("", "report.pdf", "report.pdf?edition=summary", "report.pdf?edition=x"):
        pages = [reader.get(f"{link}{path}") for link in links.values()]
        assert {page.status for page in pages} == {404}
        assert len({page.text for page in pages}) == 1
        assert len({tuple(name for name, _ in page.response.headers) for page in pages}) == 1
        assert "This link opens nothing: it has ended, or was not copied whole" in pages[0].text
        assert "Clinic North" not in pages[0].text


def test_expired_and_unknown_ask_the_same_of_the_database_so_that_their_time_tells_nothing(
    app: Flask, client: PageClient
) -> None:
    links, reader = ended_in_every_way(app, client, submitted(client)), PageClient(app)
    with app.app_context():
        engine = database()
    asked: dict[str, list[str]] = {}
    for why, link in links.items():
        asked[why] = []
        note = partial(_note, asked[why])
        event.listen(engine, "before_cursor_execute", note)
        reader.raw.get(link)
        event.remove(engine, "before_cursor_execute", note)
    assert len({tuple(statements) for statements in asked.values()}) == 1
    assert all(asked.values())


def _note(statements: list[str], _connection: object, _cursor: object, statement: str, *_: object) -> None:
    statements.append(statement)


def test_every_answer_to_a_link_keeps_it_secret(app: Flask, client: PageClient) -> None:
    path, reader = link_on(share(client, submitted(client))), PageClient(app)
    for address in (path, f"{path}report.pdf", f"{path[:-2]}/"):
        headers = reader.raw.get(address).headers
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in headers["X-Robots-Tag"]
        assert headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in headers, "reading remembers nothing in the browser"


def test_while_the_assessment_is_open_again_the_link_says_so_and_shows_nothing(app: Flask, client: PageClient) -> None:
    tasks = submitted(client)
    path, reader = link_on(share(client, tasks)), PageClient(app)
    client.send(client.get(f"{tasks}result"), {}, "/reopen")
    page = reader.get(path)
    assert (page.status, "This result is being revised" in page.text) == (200, True)
    assert "Risk by domain" not in page.text
    refused = reader.get(f"{path}report.pdf")
    assert (refused.status, "This result is being revised" in refused.text) == (409, True)
    manager = client.get(f"{tasks}shares")
    assert "links say that the result is being revised" in manager.text
    assert "End it now" in manager.text
    assert "Make the link" not in manager.text
    client.send(client.get(f"{tasks}submit"), {}, "/submit")
    assert "Risk by domain" in reader.get(path).text


def test_a_page_left_open_makes_no_link_to_an_assessment_opened_meanwhile(client: PageClient) -> None:
    tasks = submitted(client)
    page = client.get(f"{tasks}shares")
    client.send(client.get(f"{tasks}result"), {}, "/reopen")
    refused = client.send(page, {"reader": "x"}, "/shares")
    assert (refused.status, "This assessment is open. Submit it first" in refused.text) == (409, True)


def test_only_a_manager_makes_lists_and_ends_links(accounts: Flask) -> None:
    ben, ida = browser_of(accounts, BEN), browser_of(accounts, IDA)
    tasks = submitted(ben)
    service = next(href for href in ben.get("/services/").links().values() if len(href) > 30)
    ben.send(ben.get(service), {"address": IDA, "part": "implementer"}, "/share")
    assert ida.get(f"{tasks}result").status == 200
    path = link_on(share(ben, tasks))
    with accounts.app_context():
        shared, _ = find_shared(database(), path.strip("/").rpartition("/")[2], date.today())
        (made,) = shares_of(database(), shared, date.today())
    _, fields = ida.get("/account/").form("/account/password")
    token = {"csrf_token": fields["csrf_token"], "reader": "Ida", "until": date.today().isoformat()}
    assert ida.get(f"{tasks}shares").status == 404
    assert ida.post(f"{tasks}shares", token).status == 404
    assert ida.post(f"{tasks}shares/{made.id}/end", token).status == 404
    assert PageClient(accounts).get(path).status == 200
    assert ben.raw.post(f"{tasks}shares/{made.id}/end", data={"csrf_token": "guessed"}).status_code == 400
    ben.send(ben.get(f"{tasks}shares"), {}, "/end")
    assert PageClient(accounts).get(path).status == 404


def test_the_consensus_sheet_has_no_links_of_its_own(app: Flask, client: PageClient) -> None:
    key = client.start().strip("/").rpartition("/")[2]
    with app.app_context():
        assessment = find_assessment(database(), key)
        choose_team(database(), assessment, {STAFF: [current_ruleset().instrument.sections[0].code]})
        sheet = start_consensus(database(), assessment)
    refused = client.get(f"/a/{sheet}/shares")
    assert (refused.status, "This is the consensus sheet" in refused.text) == (404, True)


def test_a_link_to_a_follow_up_reads_it_with_what_changed_and_leads_to_no_other_wave(accounts: Flask) -> None:
    ben, reader = browser_of(accounts, BEN), PageClient(accounts)
    first = submitted(ben)
    service = next(href for href in ben.get("/services/").links().values() if len(href) > 30)
    second = ben.send(ben.get(service), {"phase": "after"}, "/follow-up").path
    ben.send(ben.get(f"{second}submit"), {}, "/submit")
    path = link_on(share(ben, second))
    page = reader.get(path)
    assert page.status == 200
    assert first.strip("/").rpartition("/")[2] not in page.html
    assert reader.raw.get(f"{path}report.pdf?edition=summary").mimetype == "application/pdf"


def test_of_a_team_a_reader_gets_the_report_and_not_what_staff_are_given_back(app: Flask) -> None:
    with app.app_context():
        day = date.today()
        key = start_assessment(database(), "North", Phase.AFTER, current_ruleset().identity.digest, day)
        release_team(database(), key, current_ruleset().instrument, {STAFF: (8, highest), PEERS: (6, highest)})
        path = f"/r/{make_share(database(), find_assessment(database(), key), 'x', day, day)}/"
    reader = PageClient(app)
    assert "8 mental health workers and 6 peer support workers" in reader.get(path).text
    for edition in ("team", "everything", "", "FULL"):
        refused = reader.get(f"{path}report.pdf?edition={edition}")
        assert (refused.status, "A link opens no such report" in refused.text) == (404, True)
