"""Pages that belong to nobody's assessment, headers of every response, and errors."""

from datetime import date

import pytest
from flask import Flask
from pages import PageClient, check_page
from plans import planned
from teams import choose_team

from readiness.engine.ruleset import RuleSet
from readiness.store.drafts import read_draft, start_draft
from readiness.store.rulesets import ruleset_files
from readiness.web.headers import HEADERS
from readiness.web.rules import current_ruleset, database

CASES = ["beer_sheva", "butabika", "dar_es_salaam", "hamburg", "pune", "ulm"]


def test_the_first_page_offers_each_site_before_and_after_and_no_teaching_case(client: PageClient) -> None:
    links = [link for link in client.get("/").links().values() if link.startswith("/examples/") and link.endswith("/")]
    assert links == [f"/examples/{case}_{when}/" for case in CASES for when in ("before", "18_months")]


@pytest.mark.parametrize("case", CASES)
def test_an_example_shows_its_result_and_where_it_comes_from(client: PageClient, shipped: RuleSet, case: str) -> None:
    page = client.get(f"/examples/{case}_18_months/")
    assert page.status == 200
    assert shipped.cases[f"{case}_18_months"].service in page.text
    assert "What the papers say happened there" in page.text
    assert all(given.note in page.text for given in shipped.cases[f"{case}_18_months"].answers.values())
    assert "There is no overall score" in page.text


def test_an_unknown_example_is_not_there(client: PageClient) -> None:
    assert client.get("/examples/atlantis/").status == 404


def test_every_reason_on_a_result_leads_to_a_finding(client: PageClient) -> None:
    page = client.get("/examples/ulm_18_months/")
    cited = {link.get("href") for link in page.root.iter("a") if (link.get("href") or "").startswith("#finding-")}
    findings = {f"#{item.get('id')}" for item in page.root.iter("li") if (item.get("id") or "").startswith("finding-")}
    assert cited
    assert cited == findings


def test_the_method_page_names_every_construct_and_source(client: PageClient, shipped: RuleSet) -> None:
    text = client.get("/method").text
    assert all(construct.title in text for construct in shipped.constructs.values())
    assert all(source.doi in text for source in shipped.sources.values())
    assert shipped.identity.digest in text


@pytest.mark.parametrize("path", ["/", "/method", "/nowhere", "/static/style.css", "/examples/ulm_18_months/"])
def test_every_response_carries_the_headers(client: PageClient, path: str) -> None:
    with client.raw.get(path) as response:
        assert response.headers["Cache-Control"]
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS
    assert "unsafe" not in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", "/assessments", 405), ("DELETE", "/", 405), ("POST", "/assessments", 400)],
)
def test_errors_are_pages_with_a_sentence(client: PageClient, method: str, path: str, status: int) -> None:
    response = client.raw.open(path, method=method)
    assert response.status_code == status
    check_page(response.get_data(as_text=True))


def test_a_foreign_host_is_refused(client: PageClient) -> None:
    response = client.raw.get("/", headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert "evil.example" not in response.get_data(as_text=True)


CODES = {"items": "role_definition", "rules": "pressure_without_support", "recommendations": "define_the_role"}


def test_every_state_change_is_a_post_with_a_token(app: Flask) -> None:
    client = PageClient(app)
    tasks = client.start()
    choose_team(client, tasks)
    plan = planned(app)
    with app.app_context():
        base = current_ruleset().identity.digest
        draft = start_draft(database(), "Draft", base, ruleset_files(database(), base), date(2026, 11, 22))
        before = read_draft(database(), draft)
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or set()):
            path = (
                (plan.path_of(rule.rule) if "<action>" in rule.rule else rule.rule)
                .replace("/a/<key>/", tasks)
                .replace("<section_code>", "resources")
                .replace("<page_code>", "money")
                .replace("<draft_id>", draft)
                .replace("<role>", "mental_health_worker")
                .replace("<item>/<code>", "role_definition/absent")
            )
            for folder, code in CODES.items():
                path = path.replace(f"/{folder}/<code>", f"/{folder}/{code}")
            path = path.replace("/findings/<code>", "/findings/ramesh2023_clear_role_prevents_confusion")
            path = path.replace("/sources/<code>", "/sources/haun2024a")
            assert client.raw.post(path).status_code == 400, path
    with app.app_context():
        assert read_draft(database(), draft) == before


def test_the_session_cookie_cannot_be_read_by_scripts_or_sent_from_elsewhere(client: PageClient) -> None:
    cookie = client.raw.get("/").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_nothing_is_loaded_from_elsewhere(client: PageClient) -> None:
    for path in ("/", "/method", "/evidence/", "/examples/ulm_18_months/"):
        for element in client.get(path).root.iter():
            source = element.get("src") or (element.get("href") if element.tag == "link" else "") or ""
            assert not source or source.startswith("/static/"), source
