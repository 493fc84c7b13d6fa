"""Services on pages: waves and follow-ups, organisations, sharing, and another tenant who gets nothing."""

from pathlib import Path

import pytest
from flask import Flask
from pages import PageClient
from people import add_administrator, add_person, app_with_accounts, browser_of
from sqlalchemy import text
from teams import choose_team

from readiness.permissions import AccountRole
from readiness.web.rules import database

BEN, MAX, IDA, REX = "ben@example.org", "max@example.org", "ida@example.org", "rex@example.org"


@pytest.fixture
def accounts(tmp_path: Path) -> Flask:
    app = app_with_accounts(tmp_path)
    add_administrator(app)
    add_person(app, BEN, "Ben", AccountRole.MANAGER)
    add_person(app, MAX, "Max", AccountRole.MANAGER)
    add_person(app, IDA, "Ida", AccountRole.IMPLEMENTER)
    add_person(app, REX, "Rex", AccountRole.RESEARCHER)
    return app


def service_of(client: PageClient) -> str:
    """The path of the only service that somebody sees."""
    return next(href for href in client.get("/services/").links().values() if href.count("/") == 2 and len(href) > 30)


def share(client: PageClient, service: str, address: str, part: str) -> None:
    client.send(client.get(service), {"address": address, "part": part}, "/share")


def submitted(client: PageClient) -> str:
    """A baseline that was answered and submitted; the path of its task list."""
    tasks = client.start("Clinic North")
    client.answer_everything(tasks)
    client.send(client.get(f"{tasks}submit"), {}, "/submit")
    return tasks


def test_a_follow_up_offers_facts_of_the_manager_for_confirmation_and_no_opinions(accounts: Flask) -> None:
    ben = browser_of(accounts, BEN)
    submitted(ben)
    page = ben.send(ben.get(service_of(ben)), {"phase": "after"}, "/follow-up")
    links = page.links()
    assert "Not started" in page.text
    question = ben.get(next(href for href in links.values() if href.endswith("working_side_by_side")))
    _, fields = question.form("working_side_by_side")
    assert "travel_money" in fields  # asked of managers only
    assert "contact" not in fields  # asked of peer support workers too
    assert "From last time" in question.text
    with accounts.app_context(), database().connect() as connection:
        follow_up = connection.execute(text("SELECT id FROM assessments WHERE wave = 'follow-up'")).scalar_one()
        stored = connection.execute(
            text("SELECT count(*) FROM answers a JOIN responses r ON r.id = a.response_id WHERE r.assessment_id = :id"),
            {"id": follow_up},
        ).scalar_one()
    assert stored == 0, "what is offered is no answer before it is saved"


def test_a_second_wave_waits_for_the_first(accounts: Flask) -> None:
    ben = browser_of(accounts, BEN)
    ben.start("Clinic North")
    service = service_of(ben)
    _, fields = ben.get("/").form("/assessments")
    page = ben.post(f"{service}/follow-up", {"csrf_token": fields["csrf_token"], "phase": "after"})
    assert (page.status, "not submitted yet" in page.text) == (409, True)


def test_an_implementer_sees_results_and_changes_nothing(accounts: Flask) -> None:
    ben, ida = browser_of(accounts, BEN), browser_of(accounts, IDA)
    tasks = submitted(ben)
    assert ida.get(f"{tasks}result").status == 404
    share(ben, service_of(ben), IDA, "implementer")
    page = ida.get(f"{tasks}result")
    assert page.status == 200
    followed = [href for href in page.links().values() if href.startswith((tasks, "/services/"))]
    assert followed
    assert {ida.raw.get(href).status_code for href in followed} == {200}
    assert "/reopen" not in page.html
    assert ida.raw.get(f"{tasks}result.json").status_code == 200
    for closed in ("", "our-team/", "submit", "team/working_side_by_side", "answers.yaml"):
        assert ida.get(f"{tasks}{closed}").status == 404, closed
    _, fields = ida.get("/account/").form("/account/password")
    token = {"csrf_token": fields["csrf_token"]}
    for post in ("reopen", "submit", "our-team/sections", "our-team/invite", "our-team/consensus"):
        assert ida.post(f"{tasks}{post}", token).status == 404, post
    for post in ("follow-up", "share", "organisation"):
        assert ida.post(f"{service_of(ben)}/{post}", token).status == 403, post


def test_a_manager_who_shares_can_hand_over_but_not_leave_nobody(accounts: Flask) -> None:
    ben, max_ = browser_of(accounts, BEN), browser_of(accounts, MAX)
    tasks, service = ben.start("Clinic North"), service_of(ben)
    page = ben.send(ben.get(service), {}, "/remove")
    assert (page.status, "Nobody would be left to manage this service" in page.text) == (409, True)
    share(ben, service, MAX, "manager")
    assert max_.get(tasks).status == 200
    path = next(
        form.get("action") for form in max_.get(service).root.iter("form") if "/remove" in form.get("action", "")
    )
    _, fields = max_.get(service).form("/remove")
    max_.post(path or "", fields)
    assert {ben.get(tasks).status, max_.get(tasks).status} == {200, 404}


def test_services_of_one_organisation_stand_together(accounts: Flask) -> None:
    ben = browser_of(accounts, BEN)
    ben.start("Clinic North")
    ben.send(ben.get(service_of(ben)), {"organisation": "Hospital"}, "/organisation")
    page = ben.get("/services/")
    assert "Hospital" in page.text
    assert "Without an organisation" not in page.text


def test_an_unknown_address_gets_a_sentence(accounts: Flask) -> None:
    ben = browser_of(accounts, BEN)
    ben.start("Clinic North")
    service = service_of(ben)
    page = ben.send(ben.get(service), {"address": "nobody@example.org", "part": "manager"}, "/share")
    assert (page.status, "Nobody here has an account with this address" in page.text) == (404, True)


@pytest.mark.parametrize("address", [MAX, IDA, REX, "ada@example.org", None])
def test_another_tenant_gets_nothing_from_any_route(accounts: Flask, address: str | None) -> None:
    """Every route with a key or a service, with a manager's ids, for every role of somebody else: nothing is in it."""
    ben = browser_of(accounts, BEN)
    other = browser_of(accounts, address) if address else PageClient(accounts)
    tasks = submitted(ben)
    opener, service = tasks.strip("/").rpartition("/")[2], service_of(ben).rpartition("/")[2]
    _, fields = other.get("/code").form("/code")
    ours = {"key": opener, "service": service, "section_code": "team", "page_code": "working_side_by_side"}
    ours |= {"invitation": "0" * 32, "account": "0" * 32, "mail": "0" * 32, "role": "peer_support_worker"}
    ours |= {"share": "0" * 32, "action": "0" * 32, "name": "domains"}
    tried = 0
    for rule in accounts.url_map.iter_rules():
        handed_over = rule.endpoint == "people.hand_over"  # an administrator's act, of services that nobody manages
        if handed_over or not rule.arguments & {"key", "service"} or str(rule).startswith(("/i", "/account")):
            continue
        assert rule.arguments <= set(ours), rule
        path = accounts.url_map.bind("localhost").build(rule.endpoint, {name: ours[name] for name in rule.arguments})
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            answer = other.raw.open(path, method=method, data={"csrf_token": fields["csrf_token"]})
            signing_in = answer.status_code == 303 and "/account/sign-in" in answer.headers["Location"]
            own_session_only = rule.endpoint == "assessments.forget_here"
            assert answer.status_code in (400, 403, 404) or signing_in or own_session_only, (rule.endpoint, method)
            assert b"Clinic North" not in answer.data
            tried += 1
    assert tried > 35


def test_what_was_started_without_accounts_is_handed_over_and_its_link_keeps_working(tmp_path: Path) -> None:
    alone = PageClient(app_with_accounts(tmp_path, ACCOUNTS=False))
    tasks = alone.start("Clinic North")
    app = app_with_accounts(tmp_path)
    add_administrator(app)
    add_person(app, BEN, "Ben", AccountRole.MANAGER)
    assert PageClient(app).get(tasks).status == 200
    ada = browser_of(app, "ada@example.org")
    page = ada.get("/people/services")
    assert "Clinic North" in page.text
    path, fields = page.form("/people/services")
    ada.post(path, {**fields.to_dict(), "address": BEN})
    assert "Every service has a manager." in ada.get("/people/services").text
    ben = browser_of(app, BEN)
    assert "Clinic North" in ben.get(service_of(ben)).text


def test_a_part_counts_only_with_the_roles_that_it_needs(accounts: Flask) -> None:
    ben, ada = browser_of(accounts, BEN), browser_of(accounts, "ada@example.org")
    tasks, service = ben.start("Clinic North"), service_of(ben)
    page = ben.send(ben.get(service), {"address": IDA, "part": "manager"}, "/share")
    assert (page.status, "do not allow that part" in page.text) == (409, True)
    person = next(href for name, href in ada.get("/people/").links().items() if name == "Ben")
    ada.post(f"{person}/roles", {**ada.get(person).form("/roles")[1].to_dict(), "roles": "researcher"})
    assert ben.get(f"{tasks}our-team/").status == 404
    assert "Clinic North" in ada.get("/people/services").text, "nobody can manage it any more"


def test_a_follow_up_proposes_the_team_of_last_time_and_chooses_nothing(accounts: Flask) -> None:
    ben = browser_of(accounts, BEN)
    tasks = ben.start("Clinic North")
    choose_team(ben, tasks, {"peer_support_worker": ["team"]})
    ben.send(ben.get(f"{tasks}submit"), {}, "/submit")
    follow_up = ben.send(ben.get(service_of(ben)), {"phase": "after"}, "/follow-up").path
    page = ben.get(f"{follow_up}our-team/")
    ticked = [field.get("value") for field in page.root.iter("input") if "checked" in field.attrib]
    assert ticked == ["team"]
    assert "Nothing is chosen before you save it" in page.text
    assert "Links for single people" not in page.text
