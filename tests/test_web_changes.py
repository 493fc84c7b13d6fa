"""Results beside others on the web: who may see which, what is said of a first wave, teams, links and other tenants."""

import json
from io import BytesIO

import pypdf
import pytest
from flask import Flask
from pages import PageClient
from people import browser_of
from sqlalchemy import insert, select
from team_values import PEERS, STAFF, highest, lowest, torn
from test_web_services import BEN, IDA, MAX, REX, accounts, share
from waves import first_wave, next_wave

from readiness.engine.answers import Phase
from readiness.permissions import LOCAL
from readiness.store.assessments import find_assessment
from readiness.store.codes import hashed_key, shown_code
from readiness.store.invitations import make_group_link
from readiness.store.models import AccountRow, LinkRow
from readiness.store.services import services_of, set_organisation
from readiness.store.teams import choose_team, enter
from readiness.web.rules import database

__all__ = ["accounts"]  # the fixture

PAGES = ("change", "change.json", "sites")


def two_waves(app: Flask) -> tuple[str, str]:
    """What opens a first wave at the worst, and a second at the best."""
    with app.app_context():
        first = first_wave(given=lowest)
        return first, next_wave(first, given=highest)


def account_of(app: Flask, address: str) -> str:
    with app.app_context(), database().connect() as connection:
        return str(connection.execute(select(AccountRow.id).where(AccountRow.address == address)).scalar_one())


def waves_of(app: Flask, address: str, name: str = "Clinic North") -> tuple[str, str]:
    """The ids of two waves of a service that an account manages."""
    manager = account_of(app, address)
    with app.app_context():
        first = first_wave(name, given=lowest, manager=manager)
        return first, next_wave(first, given=highest, manager=manager)


def service_id(app: Flask, assessment: str) -> str:
    with app.app_context():
        return find_assessment(database(), assessment, LOCAL).service_id


def in_organisation(app: Flask, name: str, *assessments: str) -> str:
    """Put services into an organisation; its id."""
    with app.app_context():
        for assessment in assessments:
            set_organisation(database(), find_assessment(database(), assessment, LOCAL).service_id, LOCAL, name)
        return next(each.organisation_id for each in services_of(database(), LOCAL) if each.organisation == name)


# --- since the wave before


def test_a_second_wave_shows_what_changed_and_leads_to_both_results(app: Flask, client: PageClient) -> None:
    _, second = two_waves(app)
    page = client.get(f"/a/{second}/change")
    assert "Constructs at lower risk than in the wave before: 22" in page.text
    assert "Better rated than before" in page.text
    assert "A changed answer does not say what changed it." in page.text
    led = [href for href in page.links().values() if href.startswith(("/a/", "/services/"))]
    assert {client.raw.get(href).status_code for href in led} == {200}
    assert page.links()["Back to the result"] == f"/a/{second}/result"
    assert len([href for href in led if href.endswith("/result")]) == 2


def test_a_first_wave_has_a_sentence_and_no_data(app: Flask, client: PageClient) -> None:
    first, _ = two_waves(app)
    assert "This is the first wave of the service" in client.get(f"/a/{first}/change").text
    assert client.get(f"/a/{first}/change.json").status == 404


def test_while_the_wave_before_is_open_again_nothing_of_it_is_shown(app: Flask, client: PageClient) -> None:
    first, second = two_waves(app)
    client.send(client.get(f"/a/{first}/result"), {}, "/reopen")
    page = client.get(f"/a/{second}/change")
    assert "The wave before has been opened again." in page.text
    assert "Better rated" not in page.text
    assert "Change since" not in chapters(client, second)


@pytest.mark.parametrize("page", PAGES)
def test_of_an_open_questionnaire_nothing_is_shown(app: Flask, client: PageClient, page: str) -> None:
    with app.app_context():
        open_ = next_wave(first_wave(), closed=False)
    assert client.raw.get(f"/a/{open_}/{page}").headers["Location"] == f"/a/{open_}/submit"


def test_the_data_hold_both_versions_and_how_each_risk_and_answer_moved(app: Flask, client: PageClient) -> None:
    _, second = two_waves(app)
    response = client.raw.get(f"/a/{second}/change.json")
    assert "attachment" in response.headers["Content-Disposition"]
    data = json.loads(response.text)
    assert (data["service"], data["comparable"]) == ("North", True)
    assert [data[wave]["day"] for wave in ("before", "after")] == ["2026-01-15", "2026-11-15"]
    assert {each["course"] for each in data["constructs"]} == {"lower"}
    assert {each["settled"] for each in data["domains"]} == {True}
    assert {"better"} <= {each["turn"] for each in data["answers"]}


def chapters(client: PageClient, assessment: str) -> str:
    pdf = pypdf.PdfReader(BytesIO(client.raw.get(f"/a/{assessment}/report.pdf").data))
    return " ".join(str(getattr(each, "title", "")) for each in pdf.outline)


def test_the_report_of_a_follow_up_has_the_chapter_and_that_of_a_first_wave_has_none(
    app: Flask, client: PageClient
) -> None:
    first, second = two_waves(app)
    assert "Change since the wave before" in chapters(client, second)
    assert "Change since the wave before" not in chapters(client, first)


def test_the_two_waves_of_a_team_tell_nothing_that_their_results_do_not(app: Flask, client: PageClient) -> None:
    team = {STAFF: (7, torn), PEERS: (6, lowest)}
    with app.app_context():
        first = first_wave(given=lowest, team=team)
        second = next_wave(first, given=highest, team={STAFF: (9, highest), PEERS: (3, highest)})
    page, results = (
        client.get(f"/a/{second}/change"),
        [client.get(f"/a/{each}/result").text for each in (first, second)],
    )
    assert "7 mental health workers and 6 peer support workers, this one on those of the manager" in page.text
    assert "12 people (mental health workers and peer support workers together)" in page.text
    assert "3 peer support workers" not in page.text
    assert all("12 people" in page.text and who in " ".join(results) for who in ("7 mental", "6 peer", "12 people"))
    data = json.loads(client.raw.get(f"/a/{second}/change.json").text)
    assert set(data) >= {"gaps", "answers"}
    assert {"team", "groups", "comments"}.isdisjoint(data)


# --- published sites


def test_sites_are_named_with_what_happened_and_lead_to_their_results(app: Flask, client: PageClient) -> None:
    _, second = two_waves(app)
    page = client.get(f"/a/{second}/sites")
    assert "6 sites are no norm." in page.text
    assert "What the papers say happened there" in page.text
    led = [href for href in page.links().values() if href.startswith("/examples/")]
    assert led
    assert {client.raw.get(href).status_code for href in led} == {200}


def test_a_name_with_markup_stays_text(app: Flask, client: PageClient) -> None:
    with app.app_context():
        hostile = "<b>x</b>\u202e" + "y" * 280
        first = first_wave(hostile)
        second = next_wave(first)
    organisation = in_organisation(app, hostile, second)
    for path in (f"/a/{second}/change", f"/a/{second}/sites", f"/services/organisations/{organisation}"):
        assert "<b>x" not in client.get(path).html, path


# --- services of an organisation


def test_services_stand_beside_each_other_by_name_with_bands_and_no_sum(app: Flask, client: PageClient) -> None:
    with app.app_context():
        ours = [first_wave(name, Phase.AFTER, given) for name, given in (("West", highest), ("East", lowest))]
        waiting = first_wave("South", given=lowest)
    client.send(client.get(f"/a/{waiting}/result"), {}, "/reopen")
    page = client.get(f"/services/organisations/{in_organisation(app, 'Hospital', *ours, waiting)}")
    (table,) = page.root.iter("table")
    rows = ["".join(row.itertext()) for row in table.iter("tr")]
    assert len(rows) == 3
    assert ("East" in rows[1], "West" in rows[2]) == (True, True)
    assert (rows[1].count("High risk"), rows[2].count("Low risk")) == (5, 5)
    assert "settled" in rows[1]
    assert "Without a result so far: South" in page.text
    assert [word for word in ("average", "mean", "total", "rank ") if word in page.text.lower()] == []


def test_a_service_stands_there_by_its_latest_submitted_wave(app: Flask, client: PageClient) -> None:
    first, second = two_waves(app)
    with app.app_context():
        other = first_wave("Other", Phase.AFTER, lowest)
        next_wave(first, closed=False)
    page = client.get(f"/services/organisations/{in_organisation(app, 'Hospital', second, other)}")
    assert page.links()["North"] == f"/a/{second}/result"


def test_one_service_alone_has_nothing_beside_it(app: Flask, client: PageClient) -> None:
    _, second = two_waves(app)
    page = client.get(f"/services/organisations/{in_organisation(app, 'Hospital', second)}")
    assert "as soon as two of them" in page.text
    assert list(page.root.iter("table")) == []


@pytest.mark.parametrize("organisation", ["unknown", "0" * 32, "%20"])
def test_no_such_organisation_gets_a_sentence(app: Flask, client: PageClient, organisation: str) -> None:
    two_waves(app)
    page = client.get(f"/services/organisations/{organisation}")
    assert (page.status, "You have no service in such an organisation." in page.text) == (404, True)


# --- who may see it


def test_an_implementer_sees_change_and_sites_of_what_is_shared_and_nothing_before(accounts: Flask) -> None:
    _, second = waves_of(accounts, BEN)
    ida = browser_of(accounts, IDA)
    assert {ida.raw.get(f"/a/{second}/{page}").status_code for page in PAGES} == {404}
    share(browser_of(accounts, BEN), f"/services/{service_id(accounts, second)}", IDA, "implementer")
    assert {ida.raw.get(f"/a/{second}/{page}").status_code for page in PAGES} == {200}
    with accounts.app_context():
        open_ = next_wave(second, manager=account_of(accounts, BEN), closed=False)
    assert {ida.raw.get(f"/a/{open_}/{page}").status_code for page in PAGES} == {404}


@pytest.mark.parametrize("address", [MAX, IDA, REX, "ada@example.org", None])
def test_nobody_else_sees_any_of_it_in_any_role(accounts: Flask, address: str | None) -> None:
    first, second = waves_of(accounts, BEN)
    organisation = in_organisation(accounts, "Hospital", second, waves_of(accounts, BEN, "Clinic South")[0])
    other = browser_of(accounts, address) if address else PageClient(accounts)
    paths = [f"/a/{wave}/{page}" for wave in (first, second) for page in PAGES]
    for path in (*paths, f"/services/organisations/{organisation}"):
        answer = other.raw.get(path)
        signing_in = answer.status_code == 303 and "/account/sign-in" in answer.headers["Location"]
        assert signing_in if address is None else answer.status_code in (403, 404), path
        assert b"Clinic" not in answer.data
        assert b"Hospital" not in answer.data


def test_in_an_organisation_of_several_tenants_each_sees_only_their_own_services(accounts: Flask) -> None:
    ours = [waves_of(accounts, BEN, name)[1] for name in ("Clinic North", "Clinic South")]
    theirs = [waves_of(accounts, MAX, name)[1] for name in ("Ward East", "Ward West")]
    organisation = in_organisation(accounts, "Hospital", *ours, *theirs)
    for address, own, foreign in ((BEN, "Clinic", "Ward"), (MAX, "Ward", "Clinic")):
        page = browser_of(accounts, address).get(f"/services/organisations/{organisation}")
        assert page.text.count(own) == 2
        assert foreign not in page.text


def test_a_service_that_is_no_longer_shared_is_gone_from_among_the_others(accounts: Flask) -> None:
    north, south = (waves_of(accounts, BEN, name)[1] for name in ("Clinic North", "Clinic South"))
    organisation = in_organisation(accounts, "Hospital", north, south)
    ben, ida = browser_of(accounts, BEN), browser_of(accounts, IDA)
    for each in (north, south):
        share(ben, f"/services/{service_id(accounts, each)}", IDA, "implementer")
    path = f"/services/organisations/{organisation}"
    assert len(list(ida.get(path).root.iter("table"))) == 1
    service = f"/services/{service_id(accounts, north)}"
    person = account_of(accounts, IDA)
    action = f"{service}/people/{person}/remove"
    ben.post(action, ben.get(service).form(action)[1])
    assert "Clinic North" not in ida.get(path).text
    assert "as soon as two of them" in ida.get(path).text


def test_a_link_to_a_follow_up_opens_that_wave_and_not_the_one_before(accounts: Flask) -> None:
    """No such link is made today; one that were would be a part in one wave, and no part in the service."""
    _, second = waves_of(accounts, BEN)
    with accounts.app_context(), database().begin() as connection:
        connection.execute(insert(LinkRow).values(key_hash=hashed_key("k" * 32), assessment_id=second))
    stranger = PageClient(accounts)
    page = stranger.get(f"/a/{'k' * 32}/change")
    assert page.status == 200
    assert "The wave before opens only to people with a part in the service." in page.text
    assert "Better rated" not in page.text
    assert stranger.raw.get(f"/a/{'k' * 32}/change.json").status_code == 404
    assert stranger.raw.get(f"/a/{'k' * 32}/sites").status_code == 200


def test_a_respondent_opens_none_of_it(app: Flask, client: PageClient) -> None:
    with app.app_context():
        key = first_wave(team={STAFF: (5, lowest)})
        open_ = next_wave(key, closed=False)
        assessment = find_assessment(database(), open_, LOCAL)
        choose_team(database(), assessment, {STAFF: ["culture"]})
        code = shown_code(enter(database(), make_group_link(database(), assessment, STAFF)))
    assert {client.raw.get(f"/a/{code}/{page}").status_code for page in PAGES} == {404}
