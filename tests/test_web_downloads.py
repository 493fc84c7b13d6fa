"""What is taken away of a result, on the web: everything as one archive, charts, and who gets which of it."""

import csv
import io
import json
import re
import resource
import zipfile
from datetime import date
from pathlib import Path

import pypdf
import pytest
import yaml
from flask import Flask
from pages import PageClient
from people import add_administrator, add_person, app_with_accounts, browser_of
from PIL import Image
from team_values import PEERS, STAFF, TODAY, USERS, answers_of, highest, reading, release_team

from readiness.engine.answers import Phase
from readiness.engine.ruleset import RuleSet
from readiness.permissions import AccountRole
from readiness.report.process import Limits
from readiness.store.assessments import find_assessment, start_assessment
from readiness.store.plans import choose_actions
from readiness.web import downloads
from readiness.web.rules import current_ruleset, database

BEN, IDA = "ben@example.org", "ida@example.org"
HOSTILE = '../../<b>"North"</b>\\..:*?|\r\n=1+1'.replace("\r\n", " ")
EVERYBODYS = {"README.txt", "report-full.pdf", "report-summary.pdf", "result.json", "codebook.csv"}


def submitted(client: PageClient, service: str = "Clinic North") -> str:
    tasks = client.start(service)
    client.answer_everything(tasks)
    client.send(client.get(f"{tasks}submit"), {}, "/submit")
    return tasks


def team_released(app: Flask) -> str:
    """The path of an assessment whose manager says the least and whose team says the most."""
    with app.app_context():
        key = start_assessment(database(), HOSTILE, Phase.AFTER, current_ruleset().identity.digest, TODAY)
        release_team(database(), key, current_ruleset().instrument, {STAFF: (8, highest), PEERS: (6, highest)}, "x")
    return f"/a/{key}/"


def archive_of(client: PageClient, tasks: str) -> zipfile.ZipFile:
    answer = client.raw.get(f"{tasks}everything.zip")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert archive.testzip() is None
    return archive


def own_names(archive: zipfile.ZipFile) -> set[str]:
    return {name for name in archive.namelist() if not name.startswith("charts/")}


def test_a_manager_alone_gets_everything_and_each_file_opens(client: PageClient, shipped: RuleSet) -> None:
    tasks = submitted(client)
    archive = archive_of(client, tasks)
    assert own_names(archive) == EVERYBODYS | {"answers.yaml"}
    full, summary = (pypdf.PdfReader(io.BytesIO(archive.read(f"report-{name}.pdf"))) for name in ("full", "summary"))
    assert len(full.pages) > len(summary.pages) > 0
    assert json.loads(archive.read("result.json")) == client.raw.get(f"{tasks}result.json").json
    assert archive.read("answers.yaml") == client.raw.get(f"{tasks}answers.yaml").data
    book = list(csv.DictReader(io.StringIO(archive.read("codebook.csv").decode())))
    answers = yaml.safe_load(archive.read("answers.yaml"))["answers"]
    codes = {(row["item"], row["code"]) for row in book}
    assert set(answers.items()) <= codes, "the codebook explains every answer"
    charts = [name for name in archive.namelist() if name.startswith("charts/")]
    assert len(charts) > len(shipped.domains), "all constructs at a glance as well"


def test_the_readme_names_every_file_and_whom_it_is_about(app: Flask, client: PageClient) -> None:
    archive = archive_of(client, team_released(app))
    readme = archive.read("README.txt").decode()
    assert readme.startswith(f"{HOSTILE}: the result of 22 November 2026 as files.")
    for name in set(archive.namelist()) - {"README.txt"}:
        assert re.search(f"^{re.escape(name)}: .+\\.$", readme, re.MULTILINE), name


def test_of_a_team_it_holds_what_was_released_and_no_single_answers(
    app: Flask, client: PageClient, shipped: RuleSet
) -> None:
    tasks = team_released(app)
    archive = archive_of(client, tasks)
    assert own_names(archive) == EVERYBODYS | {"answers.yaml", "combined-answers.yaml", "report-team.pdf", "team.csv"}
    assert archive.read("team.csv") == client.raw.get(f"{tasks}team.csv").data
    combined = yaml.safe_load(archive.read("combined-answers.yaml"))
    expected, _ = reading(shipped.instrument, {(STAFF,): (8, highest), (PEERS,): (6, highest)})
    assert combined["answers"] == {item: str(answer) for item, answer in expected.given.items()}
    own = yaml.safe_load(archive.read("answers.yaml"))
    assert own["answers"] == {
        code: str(level) for code, level in answers_of(shipped.instrument, Phase.AFTER).given.items()
    }


def test_of_a_team_too_small_nothing_is_in_it(app: Flask, client: PageClient) -> None:
    with app.app_context():
        key = start_assessment(database(), "North", Phase.AFTER, current_ruleset().identity.digest, TODAY)
        release_team(database(), key, current_ruleset().instrument, {USERS: (4, highest)}, "a comment")
    archive = archive_of(client, f"/a/{key}/")
    assert own_names(archive) == EVERYBODYS | {"answers.yaml"}
    assert "a comment" not in "".join(archive.read(name).decode("latin-1") for name in ("result.json", "README.txt"))


def test_an_action_plan_is_in_it_as_its_own_page_gives_it(app: Flask, client: PageClient) -> None:
    tasks = submitted(client)
    told = client.raw.get(f"{tasks}result.json").json
    assert told is not None
    with app.app_context():
        assessment = find_assessment(database(), tasks.strip("/").rpartition("/")[2])
        choose_actions(database(), assessment, [each["id"] for each in told["recommendations"][:2]])
    archive = archive_of(client, tasks)
    assert archive.read("plan.csv") == client.raw.get(f"{tasks}plan.csv").data
    assert len(list(csv.reader(io.StringIO(archive.read("plan.csv").decode())))) == 3


def test_the_same_result_gives_the_same_bytes_dated_on_its_day(app: Flask, client: PageClient) -> None:
    tasks = team_released(app)
    one, two = (client.raw.get(f"{tasks}everything.zip") for _ in range(2))
    assert one.data == two.data
    dates = {entry.date_time for entry in zipfile.ZipFile(io.BytesIO(one.data)).infolist()}
    assert dates == {(TODAY.year, TODAY.month, TODAY.day, 0, 0, 0)}
    assert one.headers["Content-Disposition"] == 'attachment; filename="readiness-everything-2026-11-22.zip"'


def test_every_name_in_it_is_plain_and_leads_nowhere(app: Flask, client: PageClient) -> None:
    for name in archive_of(client, team_released(app)).namelist():
        assert re.fullmatch(r"(charts/)?[A-Za-z0-9-]+\.[a-z]+", name)


def test_with_a_dead_renderer_the_rest_is_there_and_the_readme_says_what_is_missing(
    client: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = submitted(client)
    monkeypatch.setattr(downloads, "REPORT_LIMITS", Limits(memory=resource.getpagesize()))  # it dies at once
    archive = archive_of(client, tasks)
    assert own_names(archive) == {"README.txt", "result.json", "codebook.csv", "answers.yaml"}
    assert "The reports (PDF) are missing here. The PDF " in archive.read("README.txt").decode()


@pytest.fixture
def accounts(tmp_path: Path) -> Flask:
    app = app_with_accounts(tmp_path)
    add_administrator(app)
    add_person(app, BEN, "Ben", AccountRole.MANAGER)
    add_person(app, IDA, "Ida", AccountRole.IMPLEMENTER)
    return app


def test_an_implementer_gets_the_answers_of_the_result_and_not_the_managers_file(accounts: Flask) -> None:
    ben, ida = browser_of(accounts, BEN), browser_of(accounts, IDA)
    tasks = submitted(ben)
    assert ida.get(f"{tasks}everything.zip").status == 404
    service = next(href for href in ben.get("/services/").links().values() if len(href) > 30)
    ben.send(ben.get(service), {"address": IDA, "part": "implementer"}, "/share")
    archive = archive_of(ida, tasks)
    assert own_names(archive) == EVERYBODYS | {"combined-answers.yaml"}
    combined = yaml.safe_load(archive.read("combined-answers.yaml"))["answers"]
    told = ida.raw.get(f"{tasks}result.json").json
    assert told is not None
    assert combined.items() <= told["answers"].items(), "no more than the result says already"
    assert ida.get(f"{tasks}charts").status == 200


@pytest.mark.parametrize("page", ["everything.zip", "charts", "charts/domains.svg", "charts/domains.png"])
def test_nothing_is_taken_away_while_the_assessment_is_open(client: PageClient, page: str) -> None:
    refused = client.get(f"{client.start()}{page}")
    assert (refused.status, "once this assessment has been submitted" in refused.text) == (404, True)


def test_every_chart_on_the_page_has_words_and_both_its_files_open(app: Flask, client: PageClient) -> None:
    page = client.get(f"{team_released(app)}charts")
    pictures = list(page.root.iter("img"))
    files = [href for href in page.links().values() if "/charts/" in href]
    assert len(files) == 2 * len(pictures) > 4
    assert [picture.get("alt") for picture in pictures if len(picture.get("alt") or "") < 40] == []
    names = re.compile(r'attachment; filename="readiness-[a-z-]+-2026-11-22\.(svg|png)"')
    for href in files[:4]:
        answer = client.raw.get(href)
        assert names.fullmatch(answer.headers["Content-Disposition"])
        if href.endswith(".png"):
            Image.open(io.BytesIO(answer.data)).verify()
        else:
            assert answer.mimetype == "image/svg+xml"
            assert b"<title>" in answer.data


@pytest.mark.parametrize("name", ["x.svg", "x.png", "domains.gif", "..%2fdomains.svg", f"{'x' * 500}.png", "%00.svg"])
def test_a_chart_that_there_is_not_gets_a_sentence(client: PageClient, name: str) -> None:
    assert client.get(f"{submitted(client)}charts/{name}").status == 404


def test_a_day_in_the_far_future_breaks_no_archive(app: Flask, client: PageClient) -> None:
    with app.app_context():
        day = date(9999, 12, 31)
        key = start_assessment(database(), "x" * 300, Phase.AFTER, current_ruleset().identity.digest, day)
    client.send(client.get(f"/a/{key}/submit"), {}, "/submit")
    assert own_names(archive_of(client, f"/a/{key}/")) == EVERYBODYS | {"answers.yaml"}
