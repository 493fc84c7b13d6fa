"""The result of a team on the web: combined answers for page, PDF, data and table, from what was released alone."""

import csv
import io
import json
from io import BytesIO

import pypdf
import pytest
from flask import Flask
from pages import PageClient
from team_values import PEERS, STAFF, TODAY, USERS, Given, answers_of, highest, reading, release_team

from readiness.engine.answers import Phase, Role
from readiness.engine.ruleset import RuleSet
from readiness.engine.scoring import score
from readiness.permissions import LOCAL
from readiness.report.data import result_as_data
from readiness.store.answers import save_page
from readiness.store.assessments import find_assessment, start_assessment
from readiness.store.consensus import start_consensus
from readiness.store.population import stored_population
from readiness.store.releases import close_wave
from readiness.store.teams import choose_team
from readiness.web.rules import current_ruleset, database
from readiness.workbench.columns import answers_at

COMMENT = "A comment with <b>signs</b>."
Team = dict[Role, tuple[int, Given]]
TWO: Team = {STAFF: (12, highest), PEERS: (7, highest)}


def start(app: Flask) -> str:
    with app.app_context():
        return start_assessment(database(), "North", Phase.AFTER, current_ruleset().identity.digest, TODAY)


def released(app: Flask, team: Team, comment: str = "") -> str:
    """The key of an assessment whose manager says the least, and whose team was released."""
    key = start(app)
    with app.app_context():
        release_team(database(), key, current_ruleset().instrument, team, comment)
    return key


def test_the_page_shows_what_people_see_differently(app: Flask, client: PageClient) -> None:
    page = client.get(f"/a/{released(app, TWO, COMMENT)}/result")
    assert page.links()["What people see differently"] == "#team"
    assert "12 mental health workers and 7 peer support workers" in page.text
    section = next(each for each in page.root.iter("section") if each.get("aria-labelledby") == "team")
    rows = list(section.iter("tr"))
    assert {cell.get("scope") for cell in section.iter("th")} == {"col", "row"}
    assert "far apart" in "".join(rows[1].itertext())
    assert COMMENT in page.text
    assert "Questions for a meeting" in page.text


def test_page_data_and_pdf_are_scored_from_the_combined_answers(
    app: Flask, client: PageClient, shipped: RuleSet
) -> None:
    key = released(app, TWO)
    answers, team = reading(shipped.instrument, {(STAFF,): TWO[STAFF], (PEERS,): TWO[PEERS]})
    data = json.loads(client.raw.get(f"/a/{key}/result.json").text)
    assert data == {
        "service": "North",
        **json.loads(json.dumps(result_as_data(shipped, score(shipped, answers), team))),
    }
    alone = score(shipped, answers_of(shipped.instrument, Phase.AFTER))
    assert data["answers"] != json.loads(json.dumps(result_as_data(shipped, alone)))["answers"]
    pdf = pypdf.PdfReader(BytesIO(client.raw.get(f"/a/{key}/report.pdf").data))
    assert "What people see differently" in "".join(page.extract_text() for page in pdf.pages)


def test_the_table_can_be_taken_away(app: Flask, client: PageClient) -> None:
    key = released(app, TWO)
    assert f"/a/{key}/team.csv" in client.get(f"/a/{key}/result").links().values()
    response = client.raw.get(f"/a/{key}/team.csv")
    assert response.mimetype == "text/csv"
    assert {row["group"] for row in csv.DictReader(io.StringIO(response.text))} == {
        "mental health workers",
        "peer support workers",
    }


def test_a_manager_alone_sees_no_section_on_a_team_and_finds_no_table(app: Flask, client: PageClient) -> None:
    tasks = client.start()
    client.answer_everything(tasks)
    page = client.send(client.get(f"{tasks}submit"), {}, "/submit")
    assert "carry less confidence" in page.text
    assert "What people see differently" not in page.text
    assert client.get(f"{tasks}team.csv").status == 404


def test_a_team_too_small_to_be_told_leaves_the_managers_answers_and_says_so(app: Flask, client: PageClient) -> None:
    page = client.get(f"/a/{released(app, {STAFF: (4, highest)}, COMMENT)}/result")
    assert "Others were asked too." in page.text
    assert COMMENT not in page.text
    assert "What people see differently" not in page.text


def test_small_roles_are_shown_as_one_group(app: Flask, client: PageClient) -> None:
    page = client.get(f"/a/{released(app, {PEERS: (4, highest), USERS: (3, highest)})}/result")
    assert "7 people (peer support workers and service users together)" in page.text


def test_a_consensus_sheet_counts_as_what_the_team_agreed(app: Flask, client: PageClient) -> None:
    key = start(app)
    with app.app_context():
        engine, instrument = database(), current_ruleset().instrument
        sections = [section.code for section in instrument.sections]
        assessment = find_assessment(engine, key)
        save_page(engine, assessment, "page", 0, answers_of(instrument, Phase.AFTER).given)
        choose_team(engine, assessment, {STAFF: sections})
        sheet = find_assessment(engine, start_consensus(engine, assessment), LOCAL)
        agreed = answers_of(instrument.narrowed([STAFF], sections), Phase.AFTER, highest)
        save_page(engine, sheet, "page", 0, agreed.given)
        close_wave(engine, find_assessment(engine, key), instrument, 5, TODAY)
    page = client.get(f"/a/{key}/result")
    assert "the manager and the team, which agreed on one sheet together" in page.text
    assert "The team together:" in page.text


@pytest.mark.parametrize("page", ["result", "report.pdf", "result.json", "team.csv"])
def test_nothing_of_a_team_is_shown_while_the_wave_is_open(app: Flask, client: PageClient, page: str) -> None:
    assert client.raw.get(f"/a/{start(app)}/{page}").status_code == 302


def test_the_impact_of_a_new_version_is_counted_on_combined_answers(app: Flask, shipped: RuleSet) -> None:
    released(app, TWO)
    expected, _ = reading(shipped.instrument, {(STAFF,): TWO[STAFF], (PEERS,): TWO[PEERS]})
    with app.app_context():
        ((columns, services),) = stored_population(database(), current_ruleset())
    assert services == ["North"]
    given = answers_at(shipped.instrument, columns, 0).given
    assert {item: str(answer) for item, answer in given.items()} == {
        item: str(answer) for item, answer in expected.given.items()
    }
