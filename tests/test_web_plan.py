"""The action plan on pages: choosing, changing, stale tabs, order, files, and a follow-up that reports on it."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from pages import Page, PageClient, text_of
from people import add_administrator, add_person, app_with_accounts, browser_of
from sqlalchemy import insert
from teams import PEER_SUPPORT_WORKER, choose_team, enter, group_link

from readiness.permissions import AccountRole
from readiness.store.codes import hashed_key, new_key
from readiness.store.database import transaction
from readiness.store.models_following import ShareRow
from readiness.web.rules import database

BEN, EVE, IDA = "ben@example.org", "eve@example.org", "ida@example.org"
FILLED = {
    "who": "Ada Lovelace",
    "first_step": "Call the union\r\nand listen",
    "due_on": "2027-02-28",
    "status": "under way",
    "note": "A note",
    "evidence": "Minutes of May",
}
HOSTILE = "=1+1 <b>&\"' \u202edrowssap"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[PageClient]:
    """A browser of the one person at this computer, with a rule set of two recommendations, which answers fast."""
    app = app_with_accounts(tmp_path, ACCOUNTS=False)
    yield PageClient(app)
    with app.app_context():
        database().dispose()


def submitted(client: PageClient, service: str = "Clinic North", pick: int = 0) -> str:
    """An assessment that was answered and submitted; the path of its task list."""
    tasks = client.start(service)
    client.answer_everything(tasks, pick)
    client.send(client.get(f"{tasks}submit"), {}, "/submit")
    return tasks


def tick(client: PageClient, tasks: str, *codes: str) -> Page:
    """Choose recommendations; without any named those that the page has ticked."""
    path, fields = client.get(f"{tasks}plan/choose").form("/plan/choose")
    named = {name: value for name, value in fields.items() if name == "csrf_token"}
    sent = codes or ticked(client, tasks)
    return client.post(path, [*named.items(), *(("recommendation", code) for code in sent)])


def ticked(client: PageClient, tasks: str) -> list[str]:
    fields = client.get(f"{tasks}plan/choose").root.iter("input")
    return [each.get("value") or "" for each in fields if each.get("type") == "checkbox" and "checked" in each.attrib]


def actions_on(page: Page) -> list[str]:
    """The paths of the actions of a plan, in their order."""
    links = [link.get("href") or "" for link in page.root.iter("a")]
    return [href for href in links if "/plan/actions/" in href]


def filled(page: Page, path: str, **changes: str) -> dict[str, str]:
    """What a browser sends of the form that leads to a path: what it holds, texts too, and what was changed."""
    form = next(form for form in page.root.iter("form") if form.get("action") == path)
    held = {
        field.get("name") or "": field.get("value") or ""
        for field in form.iter("input")
        if field.get("type") not in ("radio", "checkbox") or "checked" in field.attrib
    }
    return {**held, **of_texts(page), **changes}


def send(client: PageClient, page: Page, path: str, **changes: str) -> Page:
    """Fill the form of a page that leads to a path, and send it."""
    return client.post(path, filled(page, path, **changes))


def write(client: PageClient, path: str, **changes: str) -> Page:
    """Open an action, fill its form and send it."""
    return send(client, client.get(path), path, **changes)


def of_texts(page: Page) -> dict[str, str]:
    """What the text areas of a page hold."""
    return {each.get("name") or "": (each.text or "").removeprefix("\n") for each in page.root.iter("textarea")}


def cells_of(page: Page) -> list[list[str]]:
    """The rows of the tables of a page below their headings."""
    return [[text_of(cell) for cell in row] for row in page.root.iter("tr")][1:]


def follow_up(client: PageClient) -> str:
    """The next wave of the only service; the path of its task list."""
    services = client.get("/services/").links().values()
    path = next(href for href in services if href.startswith("/services/") and len(href) > 30)
    return client.send(client.get(path), {"phase": "after"}, "/follow-up").path


class TestChoosing:
    def test_three_are_ticked_to_start_with_and_stand_in_the_plan_in_the_order_to_act_in(self, app: Flask) -> None:
        client = PageClient(app)
        tasks = submitted(client)
        assert "Nothing is planned yet" in client.get(f"{tasks}plan").text
        first = ticked(client, tasks)
        result = client.get(f"{tasks}result")
        titles = [text_of(each).split(" ", 1)[1] for each in result.root.iter("h4") if each.find("span") is not None]
        assert len(titles) > len(first) == 3
        plan = tick(client, tasks)
        rows = [text_of(row) for row in plan.root.iter("th") if row.get("scope") == "row"]
        shown = [row.split(" ", 1) for row in rows]
        assert [number for number, _ in shown] == ["1", "2", "3"]
        assert all(any(title.startswith(each) for each in titles) for _, title in shown)
        assert ticked(client, tasks) == [], "nothing is ticked once there is a plan"
        assert client.get(f"{tasks}plan/choose").text.count("In your plan already.") == 3

    def test_a_double_click_chooses_once(self, client: PageClient) -> None:
        tasks = submitted(client)
        codes = ticked(client, tasks)
        tick(client, tasks, *codes)
        assert len(actions_on(tick(client, tasks, *codes))) == 2

    def test_nothing_chosen_and_something_that_does_not_apply_are_said(self, client: PageClient) -> None:
        tasks = submitted(client)
        page = client.get(f"{tasks}plan/choose")
        token = {"csrf_token": page.form("/plan/choose")[1]["csrf_token"]}
        nothing = client.post(f"{tasks}plan/choose", token)
        assert (nothing.status, "Choose at least one recommendation." in nothing.text) == (400, True)
        foreign = client.post(f"{tasks}plan/choose", {**token, "recommendation": "x' OR 1=1"})
        assert (foreign.status, "Something was chosen that is not shown here." in foreign.text) == (400, True)
        assert actions_on(client.get(f"{tasks}plan")) == []

    def test_where_nothing_is_recommended_the_page_says_so(self, client: PageClient) -> None:
        tasks = client.start()
        client.send(client.get(f"{tasks}submit"), {}, "/submit")
        page = client.get(f"{tasks}plan/choose")
        assert page.status == 200
        assert "/plan/choose" not in page.html or "recommendation" in page.text

    def test_before_the_first_submission_there_is_nothing_to_plan_from(self, client: PageClient) -> None:
        tasks = client.start()
        assert client.get(f"{tasks}plan").path == f"{tasks}submit"
        assert client.get(f"{tasks}plan/choose").status == 409
        for file in ("csv", "xlsx", "ics"):
            assert client.get(f"{tasks}plan.{file}").status == 404


class TestOneAction:
    def test_what_is_written_stands_in_the_plan(self, client: PageClient) -> None:
        tasks = submitted(client)
        path = actions_on(tick(client, tasks))[0]
        page = write(client, path, **FILLED)
        assert page.path == f"{tasks}plan"
        for words in ("Ada Lovelace", "Call the union\nand listen", "28 February 2027", "Under way", "Minutes of May"):
            assert words in page.html
        again = client.get(path)
        assert 'value="2027-02-28"' in again.html
        assert of_texts(again) == {
            "first_step": "Call the union\nand listen",
            "note": "A note",
            "evidence": "Minutes of May",
        }

    def test_a_stale_tab_shows_both_texts_and_loses_nothing(self, client: PageClient) -> None:
        tasks = submitted(client)
        path = actions_on(tick(client, tasks))[0]
        old = client.get(path)
        write(client, path, **FILLED)
        stale = send(client, old, path, **{**FILLED, "note": "Another note", "who": "Ben"})
        assert stale.status == 409
        assert cells_of(stale) == [["Who sees to it", "Ben", "Ada Lovelace"], ["Note", "Another note", "A note"]]
        assert "Ada Lovelace" in client.get(f"{tasks}plan").text
        kept = send(client, stale, path)
        assert (kept.path, "Another note" in kept.text) == (f"{tasks}plan", True)

    def test_the_same_sent_twice_is_no_conflict(self, client: PageClient) -> None:
        tasks = submitted(client)
        path = actions_on(tick(client, tasks))[0]
        old = client.get(path)
        for _ in range(2):
            assert send(client, old, path, **FILLED).status == 200

    @pytest.mark.parametrize(
        ("day", "sentence"),
        [
            ("9999-12-31", "The day must lie between 1 January 2000 and 31 December 2100."),
            ("0001-01-01", "The day must lie between"),
            ("1999-12-31", "The day must lie between"),
            ("2101-01-01", "The day must lie between"),
            ("275760-09-13", "The day must lie between"),
            ("2027-02-29", "This is no day. Write it as year, month and day, for example 2027-03-31."),
            ("0000-00-00", "This is no day."),
            ("31.3.2027", "This is no day."),
            ("next week", "This is no day."),
            ("٢٠٢٧-٠٣-٣١", "This is no day."),
            ("9" * 5000, "This is no day."),
        ],
    )
    def test_a_day_that_is_none_is_said_and_the_rest_is_still_there(
        self, client: PageClient, day: str, sentence: str
    ) -> None:
        tasks = submitted(client)
        path = actions_on(tick(client, tasks))[0]
        page = write(client, path, **{**FILLED, "due_on": day})
        assert page.status == 400
        assert sentence in page.text
        assert of_texts(page)["evidence"] == "Minutes of May"
        assert "Ada Lovelace" not in client.get(f"{tasks}plan").text

    @pytest.mark.parametrize("day", ["2000-01-01", "2100-12-31", "2027-3-1", ""])
    def test_a_day_within_the_span_is_taken(self, client: PageClient, day: str) -> None:
        tasks = submitted(client)
        path = actions_on(tick(client, tasks))[0]
        assert write(client, path, due_on=day).path == f"{tasks}plan"

    @pytest.mark.parametrize(
        ("name", "length"), [("who", 301), ("first_step", 2001), ("note", 2001), ("evidence", 2001)]
    )
    def test_a_text_that_is_too_long_is_said_and_kept_on_the_page(
        self, client: PageClient, name: str, length: int
    ) -> None:
        tasks = submitted(client)
        path = actions_on(tick(client, tasks))[0]
        page = write(client, path, **{name: "x" * length})
        assert page.status == 400
        assert f"At most {length - 1} characters fit." in page.text
        assert "x" * length in page.html
        assert write(client, path, **{name: "ß" * (length - 1)}).status == 200

    def test_markup_and_hidden_characters_are_text_and_gone(self, client: PageClient) -> None:
        tasks = submitted(client)
        path = actions_on(tick(client, tasks))[0]
        page = write(client, path, **dict.fromkeys(("who", "first_step", "note", "evidence"), HOSTILE))
        assert page.status == 200
        assert "\u202e" not in page.html
        assert "<b>" not in page.html
        assert page.text.count("=1+1 <b>&\"' drowssap") == 4

    def test_an_unknown_status_is_said(self, client: PageClient) -> None:
        tasks = submitted(client)
        path = actions_on(tick(client, tasks))[0]
        page = write(client, path, status="finished")
        assert (page.status, "Choose how far it is." in page.text) == (400, True)

    def test_when_the_session_has_ended_the_page_comes_back_with_what_was_written(self, client: PageClient) -> None:
        tasks = submitted(client)
        path = actions_on(tick(client, tasks))[0]
        page = client.post(path, {**FILLED, "revision": "1"})
        assert page.status == 400
        assert "Nothing is lost: what you wrote is still here." in page.text
        assert of_texts(page)["note"] == "A note"
        assert send(client, page, path).path == f"{tasks}plan"

    def test_what_is_overdue_says_so_in_words_until_it_is_done(self, client: PageClient) -> None:
        tasks = submitted(client)
        path = actions_on(tick(client, tasks))[0]
        page = write(client, path, due_on="2020-01-31")
        assert "1 action is overdue." in page.text
        assert "31 January 2020 Overdue" in page.text
        page = client.send(page, {}, f"{path}/done")
        assert "verdue" not in page.text
        assert f"{path}/done" not in page.html

    def test_dropping_takes_it_out_twice_as_well_as_once(self, client: PageClient) -> None:
        tasks = submitted(client)
        path = actions_on(tick(client, tasks))[0]
        page = client.get(path)
        for _ in range(2):
            assert len(actions_on(client.send(page, {}, "/drop"))) == 1
        assert client.get(path).status == 404

    def test_what_was_written_meanwhile_is_looked_at_before_it_is_dropped(self, client: PageClient) -> None:
        tasks = submitted(client)
        path = actions_on(tick(client, tasks))[0]
        page = client.get(path)
        write(client, path, **FILLED)
        stale = client.send(page, {}, "/drop")
        assert (stale.status, "Look at it before you drop it." in stale.text) == (409, True)
        assert "A note" in stale.text
        assert len(actions_on(client.get(f"{tasks}plan"))) == 2


class TestThePlan:
    def test_the_order_follows_the_numbers(self, client: PageClient) -> None:
        tasks = submitted(client)
        plan = tick(client, tasks)
        before = actions_on(plan)
        moved = client.send(plan, {before[1].rpartition("/")[2]: "1"}, "/plan/order")
        assert actions_on(moved) == [before[1], before[0]]
        nonsense = dict.fromkeys((path.rpartition("/")[2] for path in before), "-1; DROP TABLE ٣")
        assert actions_on(client.send(moved, nonsense, "/plan/order")) == [before[1], before[0]]

    def test_while_answers_are_changed_it_can_be_read_and_not_changed(self, client: PageClient) -> None:
        tasks = submitted(client)
        path = actions_on(tick(client, tasks))[0]
        page = client.get(path)
        write(client, path, **FILLED)
        page = client.get(path)
        plan = client.get(f"{tasks}plan")
        client.send(client.get(f"{tasks}result"), {}, "/reopen")
        shown = client.get(f"{tasks}plan")
        assert (shown.status, "its plan can only be read" in shown.text, "Ada Lovelace" in shown.text) == (
            200,
            True,
            True,
        )
        assert actions_on(shown) == []
        written = send(client, page, path, note="Something new")
        assert (written.status, "can only be read" in written.text) == (409, True)
        assert of_texts(written)["note"] == "Something new"
        for action in (f"{path}/done", "/plan/order"):
            assert client.send(plan, {}, action).status == 409
        assert client.raw.get(f"{tasks}plan.csv").status_code == 200

    def test_an_action_that_the_result_no_longer_calls_for_stays_with_a_note(self, client: PageClient) -> None:
        tasks = submitted(client, pick=0)
        tick(client, tasks)
        assert "no longer calls for this" not in client.get(f"{tasks}plan").text
        client.send(client.get(f"{tasks}result"), {}, "/reopen")
        page = client.get(f"{tasks}team/working_side_by_side")
        client.send(page, {"contact": "weekly", "travel_money": "paid"}, "working_side_by_side")
        client.send(client.get(f"{tasks}submit"), {}, "/submit")
        page = client.get(f"{tasks}plan")
        assert len(actions_on(page)) == 2
        assert page.text.count("The result no longer calls for this") == 2

    def test_a_csv_holds_the_plan_and_no_formula(self, client: PageClient) -> None:
        tasks = submitted(client)
        path = actions_on(tick(client, tasks))[0]
        write(client, path, **{**FILLED, "note": HOSTILE, "who": "+49 30"})
        answer = client.raw.get(f"{tasks}plan.csv")
        assert (answer.status_code, answer.mimetype) == (200, "text/csv")
        rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
        assert len(rows) == 2
        assert rows[0]["Who sees to it"] == "'+49 30"
        assert rows[0]["Note"].startswith("'=1+1 <b>")
        assert (rows[0]["Due on"], rows[0]["First step"]) == ("2027-02-28", "Call the union\nand listen")

    def test_a_calendar_needs_a_day(self, client: PageClient) -> None:
        tasks = submitted(client)
        path = actions_on(tick(client, tasks))[0]
        assert "plan.ics" not in client.get(f"{tasks}plan").html
        page = client.get(f"{tasks}plan.ics")
        assert (page.status, "No action has a day yet" in page.text) == (404, True)
        write(client, path, **FILLED)
        answer = client.raw.get(f"{tasks}plan.ics")
        assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
        assert b"DTSTART;VALUE=DATE:20270228" in answer.data
        workbook = client.raw.get(f"{tasks}plan.xlsx")
        assert (workbook.status_code, workbook.data[:2]) == (200, b"PK")


class TestTheFollowUp:
    def test_it_asks_about_the_actions_of_the_wave_before_and_shows_what_moved(self, client: PageClient) -> None:
        tasks = submitted(client)
        path = actions_on(tick(client, tasks))[0]
        write(client, path, **FILLED)
        later = follow_up(client)
        page = client.get(later)
        assert "2 actions were planned after the assessment before." in page.text
        listed = client.get(f"{later}actions")
        assert listed.text.count("Not reported yet") == 2
        first = next(href for href in listed.links().values() if "/actions/" in href)
        shown = client.get(first)
        assert "Ada Lovelace" in shown.text
        nothing = send(client, shown, first)
        assert (nothing.status, "Choose how far it is." in nothing.text) == (400, True)
        onward = send(client, shown, first, status="done", note="Paid since May")
        assert "/actions/" in onward.path
        assert onward.path != first
        assert client.get(f"{later}plan/outcome").path == f"{later}submit"
        client.answer_everything(later, 1)
        client.send(client.get(f"{later}submit"), {}, "/submit")
        outcome = client.get(f"{later}plan/outcome")
        assert "That an answer moved cannot show that the action moved it" in outcome.text
        assert "Reported: Done Paid since May" in outcome.text
        assert outcome.text.count("Reported: Nothing was reported") == 1
        cells = [text_of(cell) for cell in outcome.root.iter("td") if cell.get("data-label") == "What became of it"]
        assert sorted(cells) == ["Moved", "Moved, as good as intended"]
        assert "See what moved" in client.get(f"{later}actions").text
        assert client.get(first).path == f"{later}actions"

    def test_a_stale_report_shows_both_texts(self, client: PageClient) -> None:
        tasks = submitted(client)
        tick(client, tasks)
        later = follow_up(client)
        first = next(href for href in client.get(f"{later}actions").links().values() if "/actions/" in href)
        old = client.get(first)
        send(client, old, first, status="done", note="One")
        stale = send(client, old, first, status="open", note="Two")
        assert stale.status == 409
        assert cells_of(stale) == [["What became of it", "Not started", "Done"], ["Note", "Two", "One"]]
        assert send(client, stale, first).status == 200
        assert "Two" in client.get(f"{later}actions").text

    def test_what_was_reported_on_is_dropped_with_its_history(self, client: PageClient) -> None:
        tasks = submitted(client)
        path = actions_on(tick(client, tasks))[0]
        later = follow_up(client)
        first = next(href for href in client.get(f"{later}actions").links().values() if "/actions/" in href)
        send(client, client.get(first), first, status="dropped", note="No money")
        plan = client.send(client.get(path), {}, "/drop")
        assert len(actions_on(plan)) == 2
        assert "Dropped" in plan.text
        assert "No money" in client.get(f"{later}actions").text

    def test_while_the_wave_before_is_open_again_nothing_is_compared(self, client: PageClient) -> None:
        tasks = submitted(client)
        tick(client, tasks)
        later = follow_up(client)
        client.send(client.get(f"{later}submit"), {}, "/submit")
        client.send(client.get(f"{tasks}result"), {}, "/reopen")
        page = client.get(f"{later}plan/outcome")
        assert (page.status, "is open for changes again" in page.text) == (200, True)
        assert list(page.root.iter("td")) == []

    def test_without_a_plan_before_there_is_nothing_to_report_on(self, client: PageClient) -> None:
        tasks = submitted(client)
        for page in ("actions", "plan/outcome"):
            assert client.get(f"{tasks}{page}").status == 404
        later = follow_up(client)
        assert client.get(f"{later}actions").status == 404
        assert "What became of your actions" not in client.get(later).text


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Flask]:
    app = app_with_accounts(tmp_path)
    add_administrator(app)
    add_person(app, BEN, "Ben", AccountRole.MANAGER)
    add_person(app, EVE, "Eve", AccountRole.MANAGER, AccountRole.IMPLEMENTER)
    add_person(app, IDA, "Ida", AccountRole.IMPLEMENTER)
    yield app
    with app.app_context():
        database().dispose()


def share(client: PageClient) -> None:
    """Share the only service with the implementer."""
    services = client.get("/services/").links().values()
    path = next(href for href in services if href.startswith("/services/") and len(href) > 30)
    client.send(client.get(path), {"address": IDA, "part": "implementer"}, "/share")


class TestWhoMayWhat:
    def test_an_implementer_plans_and_does_not_report(self, accounts: Flask) -> None:
        ben, ida = browser_of(accounts, BEN), browser_of(accounts, IDA)
        tasks = submitted(ben)
        for path in ("plan", "plan/choose", "plan.csv"):
            assert ida.get(f"{tasks}{path}").status == 404
        share(ben)
        path = actions_on(tick(ida, tasks))[0]
        assert write(ida, path, **FILLED).status == 200
        assert "Ada Lovelace" in ben.get(f"{tasks}plan").text
        later = follow_up(ben)
        first = next(href for href in ben.get(f"{later}actions").links().values() if "/actions/" in href)
        assert ida.get(f"{later}plan").status == 404, "not submitted yet"
        for closed in (f"{later}actions", first, f"{later}plan/outcome"):
            assert ida.get(closed).status == 404
        fields = filled(ida.get(path), path, status="done")
        assert ida.post(first, fields).status in (403, 404)
        ben.send(ben.get(f"{later}submit"), {}, "/submit")
        assert ida.get(f"{later}plan/outcome").status == 200

    def test_another_manager_gets_nothing_and_changes_nothing(self, accounts: Flask) -> None:
        ben, eve = browser_of(accounts, BEN), browser_of(accounts, EVE)
        tasks = submitted(ben)
        path = actions_on(tick(ben, tasks))[0]
        own = actions_on(tick(eve, submitted(eve, "Clinic South")))[0]
        for page in ("plan", "plan/choose", "plan.csv", "plan.xlsx", "plan.ics", "plan/outcome", "actions"):
            assert eve.get(f"{tasks}{page}").status == 404, page
        assert eve.get(path).status == 404
        sent = filled(eve.get(own), own, **FILLED)
        assert eve.post(path, sent).status in (403, 404)
        for post in (f"{path}/done", f"{path}/drop", f"{tasks}plan/order", f"{tasks}plan/choose"):
            assert eve.post(post, sent).status == 404, post
        # an action of another plan under one's own address
        mixed = own.rpartition("/")[0] + "/" + path.rpartition("/")[2]
        assert eve.get(mixed).status == 404
        assert eve.post(f"{mixed}/done", sent).status == 404
        assert "Not started" in ben.get(f"{tasks}plan").text

    def test_a_respondent_gets_nothing(self, accounts: Flask) -> None:
        ben = browser_of(accounts, BEN)
        tasks = ben.start("Clinic North")
        choose_team(ben, tasks, {PEER_SUPPORT_WORKER: ["team"]})
        client, own = enter(accounts, group_link(ben, tasks, PEER_SUPPORT_WORKER))
        ben.answer_everything(tasks)
        ben.send(ben.get(f"{tasks}submit"), {}, "/submit")
        tick(ben, tasks)
        for page in ("plan", "plan/choose", "plan.csv", "plan.xlsx", "plan.ics", "plan/outcome", "actions"):
            assert client.get(f"{own}{page}").status == 404, page

    def test_a_link_that_only_reads_a_report_opens_no_plan(self, accounts: Flask) -> None:
        ben = browser_of(accounts, BEN)
        tasks = submitted(ben)
        tick(ben, tasks)
        key = new_key()
        with accounts.app_context(), transaction(database(), writing=True) as connection:
            row = insert(ShareRow).values(
                id="1" * 32,
                key_hash=hashed_key(key),
                assessment_id=tasks.strip("/").rpartition("/")[2],
                name="Board",
                expires_on=date(2100, 1, 1),
            )
            connection.execute(row)
        for page in ("plan", "plan/choose", "plan.csv", "plan/outcome", "actions"):
            assert PageClient(accounts).get(f"/a/{key}/{page}").status == 404, page

    def test_what_was_written_after_a_sign_in_ended_waits_in_the_browser(self, accounts: Flask) -> None:
        ben = browser_of(accounts, BEN)
        tasks = submitted(ben)
        path = actions_on(tick(ben, tasks))[0]
        page = ben.get(path)
        ben.send(ben.get("/"), {}, "/account/sign-out")
        held = send(ben, page, path, **FILLED)
        assert held.status == 403
        assert "Nothing is lost: this page holds your answers" in held.text
        assert "Minutes of May" in held.html
