"""The questionnaire as a manager meets it without JavaScript, and what happens when something goes wrong."""

import re
import shutil
import sqlite3
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from conftest import RULES
from flask import Flask
from pages import Page, PageClient

from readiness.app import create_app
from readiness.engine.answers import Phase
from readiness.engine.ruleset import RuleSet
from readiness.loading.ruleset import read_folder
from readiness.store.assessments import start_assessment
from readiness.store.rulesets import keep_ruleset
from readiness.web.rules import current_ruleset, database


def first_page(client: PageClient, tasks: str) -> Page:
    return client.get(tasks + "resources/money")


def test_a_service_is_assessed_from_the_first_page_to_the_result(client: PageClient, shipped: RuleSet) -> None:
    tasks = client.start("Clinic North")
    assert client.get(tasks).text.count("Not started") == 6
    client.answer_everything(tasks, pick=0)
    assert client.get(tasks).text.count("Complete") == 6
    page = client.send(client.get(tasks + "submit"), {}, "submit")
    assert page.path == tasks + "result"
    assert "Clinic North" in page.text
    for domain in shipped.domains:
        assert domain.title in page.text
    assert "Critical barriers first" in page.text


def test_the_questions_before_the_start_ask_about_plans(client: PageClient, shipped: RuleSet) -> None:
    before, after = client.start(phase="before"), client.start(phase="after")
    item = shipped.instrument.items["contact_frequency"]
    page = "culture/working_together"
    assert item.ask["before"] in client.get(before + page).text
    assert item.ask["after"] in client.get(after + page).text
    assert shipped.instrument.items["months_since_start"].ask["after"] not in client.get(before + "profile/").text


def test_a_saved_page_shows_its_answers_again(client: PageClient) -> None:
    tasks = client.start()
    client.send(first_page(client, tasks), {"dedicated_budget": "project_only", "peer_pay": "dont_know"})
    _, fields = first_page(client, tasks).form()
    assert (fields["dedicated_budget"], fields["peer_pay"]) == ("project_only", "dont_know")
    assert "funding_after_pilot" not in fields


def test_save_and_continue_leads_through_the_section_to_its_check(client: PageClient) -> None:
    tasks = client.start()
    page = client.send(first_page(client, tasks), {"action": "next"})
    assert page.path == tasks + "resources/place_and_material"
    for _ in range(4):
        page = client.send(page, {"action": "next"})
    assert page.path == tasks + "resources/"
    assert "Check your answers: Resources" in page.text
    assert page.links()["Continue with Experience"].startswith(tasks + "experience/")


def test_save_and_later_leads_to_the_task_list(client: PageClient) -> None:
    tasks = client.start()
    page = client.send(first_page(client, tasks), {"action": "later", "dedicated_budget": "nothing"})
    assert page.path == tasks
    assert "In progress" in page.text


def test_submitting_lists_every_gap_with_a_link_back(client: PageClient, shipped: RuleSet) -> None:
    tasks = client.start(phase="before")
    page = client.get(tasks + "submit")
    asked = list(shipped.instrument.asked("before"))
    links = page.links()
    assert all(links[item.ask["before"]].endswith("#" + item.code) for item in asked)


def test_submitting_with_gaps_gives_a_result_that_says_what_is_open(client: PageClient) -> None:
    tasks = client.start()
    page = client.send(client.get(tasks + "submit"), {}, "submit")
    assert "Not determinable" in page.text
    assert "What could not be assessed" in page.text
    assert "Low risk 0" not in page.text


def test_submitting_twice_is_submitting_once(client: PageClient) -> None:
    tasks = client.start()
    path, fields = client.get(tasks + "submit").form("submit")
    first, second = client.post(path, fields), client.post(path, fields)
    assert (first.status, second.status) == (200, 200)
    assert first.path == second.path == tasks + "result"


def test_a_submitted_assessment_takes_no_answers_and_says_how_to_change_them(client: PageClient) -> None:
    tasks = client.start()
    path, fields = first_page(client, tasks).form()
    client.send(client.get(tasks + "submit"), {}, "submit")
    page = client.post(path, {**fields, "dedicated_budget": "nothing"})
    assert page.status == 409
    assert "open it again from its result page" in page.text


def test_answers_sent_after_submitting_stay_on_their_page(client: PageClient) -> None:
    tasks = client.start()
    path, fields = first_page(client, tasks).form()
    client.send(client.get(tasks + "submit"), {}, "submit")
    page = client.post(path, {**fields, "dedicated_budget": "nothing"})
    assert page.form()[1]["dedicated_budget"] == "nothing"


def test_a_submitted_assessment_can_be_opened_again_with_all_answers(client: PageClient) -> None:
    tasks = client.start()
    client.send(first_page(client, tasks), {"dedicated_budget": "nothing"})
    result = client.send(client.get(tasks + "submit"), {}, "submit")
    page = client.send(result, {}, "reopen")
    assert page.path == tasks
    assert first_page(client, tasks).form()[1]["dedicated_budget"] == "nothing"


class TestTwoTabs:
    """A stale tab loses nothing and overwrites nothing unasked."""

    def test_another_answer_from_a_stale_tab_gets_both_versions(self, client: PageClient) -> None:
        tasks = client.start()
        path, stale = first_page(client, tasks).form()
        client.send(first_page(client, tasks), {"dedicated_budget": "project_only"})
        page = client.post(path, {**stale, "dedicated_budget": "nothing"})
        assert page.status == 409
        assert "No money" in page.text or "nobody" in page.text
        assert first_page(client, tasks).form()[1]["dedicated_budget"] == "project_only"

    def test_answers_that_do_not_contradict_each_other_are_put_together(self, client: PageClient) -> None:
        tasks = client.start()
        path, stale = first_page(client, tasks).form()
        client.send(first_page(client, tasks), {"dedicated_budget": "project_only"})
        page = client.post(path, {**stale, "peer_pay": "unpaid"})
        assert page.status == 200
        _, fields = first_page(client, tasks).form()
        assert (fields["dedicated_budget"], fields["peer_pay"]) == ("project_only", "unpaid")

    def test_keeping_what_was_sent_blanks_no_stored_answer(self, client: PageClient) -> None:
        tasks = client.start()
        path, stale = first_page(client, tasks).form()
        client.send(first_page(client, tasks), {"dedicated_budget": "project_only", "peer_pay": "unpaid"})
        conflict = client.post(path, {**stale, "dedicated_budget": "nothing"})
        assert conflict.status == 409
        client.send(conflict, {})
        _, fields = first_page(client, tasks).form()
        assert (fields["dedicated_budget"], fields["peer_pay"]) == ("nothing", "unpaid")

    def test_the_person_can_keep_what_was_just_sent(self, client: PageClient) -> None:
        tasks = client.start()
        path, stale = first_page(client, tasks).form()
        client.send(first_page(client, tasks), {"dedicated_budget": "project_only"})
        conflict = client.post(path, {**stale, "dedicated_budget": "nothing"})
        client.send(conflict, {})
        assert first_page(client, tasks).form()[1]["dedicated_budget"] == "nothing"

    def test_the_same_answers_from_a_double_click_are_no_conflict(self, client: PageClient) -> None:
        tasks = client.start()
        path, fields = first_page(client, tasks).form()
        fields["dedicated_budget"] = "nothing"
        assert client.post(path, fields).status == 200
        assert client.post(path, fields).status == 200


class TestBadPosts:
    """A sentence, and what was typed stays on the page."""

    def test_an_unknown_option_is_refused_and_the_rest_stays(self, client: PageClient) -> None:
        tasks = client.start()
        page = client.send(first_page(client, tasks), {"dedicated_budget": "gold", "peer_pay": "unpaid"})
        assert page.status == 400
        assert "Choose one of the levels shown." in page.text
        assert page.form()[1]["peer_pay"] == "unpaid"
        assert "peer_pay" not in first_page(client, tasks).form()[1]

    def test_two_values_for_one_item_are_refused(self, client: PageClient) -> None:
        tasks = client.start()
        path, fields = first_page(client, tasks).form()
        fields.setlist("peer_pay", ["unpaid", "paid_on_time"])
        page = client.post(path, fields.items(multi=True))
        assert page.status == 400
        assert "arrived with two values. Choose one and save again." in page.text

    def test_a_forged_field_is_refused(self, client: PageClient) -> None:
        tasks = client.start()
        page = client.send(first_page(client, tasks), {"submitted_on": "2020-01-01"})
        assert page.status == 400
        assert "a field that it does not have" in page.text

    @pytest.mark.parametrize("revision", ["", "-1", "x", "9" * 400, "\u0663", "1e3"])
    def test_a_forged_revision_does_no_harm(self, client: PageClient, revision: str) -> None:
        tasks = client.start()
        page = client.send(first_page(client, tasks), {"revision": revision, "peer_pay": "unpaid"})
        assert page.status in (200, 409)

    def test_not_applicable_is_refused_where_it_is_not_offered(self, client: PageClient) -> None:
        tasks = client.start()
        page = client.send(first_page(client, tasks), {"dedicated_budget": "not_applicable"})
        assert page.status == 400

    def test_without_a_csrf_token_the_answers_stay_on_the_page(self, client: PageClient) -> None:
        tasks = client.start()
        page = client.send(first_page(client, tasks), {"csrf_token": "stale", "peer_pay": "unpaid"})
        assert page.status == 400
        assert "Nothing is lost" in page.text
        again = client.send(page, {})
        assert again.status == 200
        assert first_page(client, tasks).form()[1]["peer_pay"] == "unpaid"

    def test_a_lost_session_does_not_lose_the_page(self, client: PageClient) -> None:
        tasks = client.start()
        path, fields = first_page(client, tasks).form()
        client.raw.delete_cookie("readiness")
        page = client.post(path, {**fields, "peer_pay": "unpaid"})
        assert page.form()[1]["peer_pay"] == "unpaid"
        assert client.send(page, {}).status == 200

    def test_a_megabyte_is_too_much(self, client: PageClient) -> None:
        tasks = client.start()
        page = client.send(first_page(client, tasks), {"peer_pay": "x" * 1_000_000})
        assert page.status == 413
        assert "too large, and nothing was changed" in page.text


def test_the_browser_remembers_an_assessment_when_it_is_closed(client: PageClient) -> None:
    client.start()
    cookie = client.raw.get_cookie("readiness")
    assert cookie is not None
    assert cookie.expires is not None
    with client.raw.get("/static/style.css") as style:
        assert "Set-Cookie" not in style.headers


class TestServiceNames:
    """The one text a person types: shown as it is, never executed, never turned around."""

    @pytest.mark.parametrize(
        ("name", "sentence"),
        [
            ("", "Give the service a name"),
            ("   ", "Give the service a name"),
            ("\u200c", "Give the service a name"),
            ("x" * 301, "At most 300 characters fit."),
            ("North\u202eetis", "(U+202E)"),
            ("North\x07", "(U+0007)"),
            ("North\nSouth", "(U+000A)"),
            ("North\u2066x", "(U+2066)"),
            ("North\uffffx", "(U+FFFF)"),
        ],
    )
    def test_a_name_that_cannot_be_shown_is_refused(self, client: PageClient, name: str, sentence: str) -> None:
        page = client.send(client.get("/"), {"service": name, "phase": "after"}, "/assessments")
        assert page.status == 400
        assert sentence in page.text

    @pytest.mark.parametrize(
        "name",
        [
            "<script>alert(1)</script>",
            "{{ 7*7 }}{% for x in y %}",
            "a & b \"c\" 'd'",
            "x" * 300,
            "Klinik Süd – שלום",
            "\u06a9\u200c\u06cc",
        ],
    )
    def test_any_other_name_is_shown_as_typed(self, client: PageClient, name: str) -> None:
        tasks = client.start(name)
        assert name in client.get(tasks).text
        result = client.send(client.get(tasks + "submit"), {}, "submit")
        assert name in result.text

    def test_a_choice_of_phase_is_needed(self, client: PageClient) -> None:
        page = client.send(client.get("/"), {"service": "North"}, "/assessments")
        assert page.status == 400
        assert "Choose whether peer support workers have started." in page.text
        assert page.form("/assessments")[1]["service"] == "North"


class TestLinks:
    """The link is the key."""

    @pytest.mark.parametrize(
        "key", ["x", "a" * 32, "..", "%00", "%252e", "\u2066", "'; drop table links; --", "a" * 5000]
    )
    def test_a_guessed_link_opens_nothing(self, client: PageClient, key: str) -> None:
        page = client.get(f"/a/{key}/")
        assert page.status == 404
        assert "copied whole" in page.text

    @pytest.mark.parametrize(
        "end", ["", "resources/money", "resources/", "submit", "result", "report.pdf", "result.json", "answers.yaml"]
    )
    def test_no_page_of_an_assessment_opens_without_its_link(self, client: PageClient, end: str) -> None:
        tasks = client.start()
        wrong = tasks[:-2] + ("A" if tasks[-2] != "A" else "B") + "/"
        assert client.get(wrong + end).status == 404

    def test_the_database_does_not_hold_the_key(self, client: PageClient, app: Flask, tmp_path: Path) -> None:
        key = client.start().split("/")[2]
        assert key.encode() not in (tmp_path / "readiness.db").read_bytes()

    def test_one_link_does_not_open_another_assessment(self, client: PageClient) -> None:
        first, second = client.start("First"), client.start("Second")
        client.send(first_page(client, first), {"peer_pay": "unpaid"})
        assert "peer_pay" not in first_page(client, second).form()[1]

    def test_a_page_of_an_unknown_section_is_not_there(self, client: PageClient) -> None:
        tasks = client.start()
        assert client.get(tasks + "resources/leadership").status == 404
        assert client.get(tasks + "nowhere/").status == 404

    def test_forgetting_here_keeps_the_link_working(self, client: PageClient) -> None:
        tasks = client.start("Clinic North")
        home = client.get("/")
        assert "Clinic North" in home.text
        assert "Clinic North" not in client.send(home, {}, "forget").text
        assert client.get(tasks).status == 200


def test_a_locked_database_answers_with_a_sentence_and_keeps_the_answers(client: PageClient, tmp_path: Path) -> None:
    tasks = client.start()
    path, fields = first_page(client, tasks).form()
    blocker = sqlite3.connect(tmp_path / "readiness.db", isolation_level=None)
    try:
        blocker.execute("BEGIN IMMEDIATE")
        page = client.post(path, {**fields, "peer_pay": "unpaid"})
    finally:
        blocker.rollback()
        blocker.close()
    assert page.status == 503
    assert "nothing was saved" in page.text
    assert page.form()[1]["peer_pay"] == "unpaid"
    assert client.send(page, {}).status == 200


def test_links_begin_with_https_where_people_come_by_it(client: PageClient, app: Flask) -> None:
    tasks = client.start("North")
    settings = {name: app.config[name] for name in ("INSTANCE", "DATABASE_URL", "SECRET_KEY")}
    secure = create_app({**settings, "SESSION_COOKIE_SECURE": True, "ACCOUNTS": True})
    browser = secure.test_client()
    page = browser.get(tasks, base_url="http://localhost/")
    assert f'value="https://localhost{tasks}"' in page.text
    assert browser.get(tasks.rstrip("/"), base_url="http://localhost/").headers["Location"].startswith("https://")
    with secure.app_context():
        database().dispose()


def test_no_open_connection_crosses_the_fork_into_a_worker(app: Flask) -> None:
    with app.app_context():
        assert "Connections in pool: 0" in database().pool.status()


def test_an_assessment_stays_on_the_rule_set_it_started_on(client: PageClient, app: Flask, tmp_path: Path) -> None:
    tasks = client.start("Clinic North")
    with app.app_context():
        current = current_ruleset().identity
    newer = tmp_path / "rules"
    shutil.copytree(RULES, newer)
    text = (newer / "ruleset.yaml").read_text()
    (newer / "ruleset.yaml").write_text(re.sub(r'version: "\S+"\nstatus', 'version: "9.0.0"\nstatus', text))
    settings = {
        "INSTANCE": tmp_path,
        "DATABASE_URL": app.config["DATABASE_URL"],
        "RULES": newer,
        "SECRET_KEY": "y" * 32,
    }
    upgraded = create_app(settings)
    later = PageClient(upgraded)
    result = later.send(later.get(tasks + "submit"), {}, "submit")
    assert f"peer-support {current.version}" in result.text
    assert "9.0.0" in later.get("/method").text
    with upgraded.app_context():
        database().dispose()


def test_a_version_is_known_by_the_digest_it_was_kept_under_whatever_a_later_program_computes(
    client: PageClient, app: Flask, shipped: RuleSet
) -> None:
    with app.app_context():
        kept = replace(shipped.identity, digest="f" * 64)
        keep_ruleset(database(), kept, read_folder(RULES))
        key = start_assessment(database(), "Clinic North", Phase.AFTER, kept.digest, date(2026, 3, 1))
    result = client.send(client.get(f"/a/{key}/submit"), {}, "submit")
    assert "f" * 12 in result.text
    assert shipped.identity.digest[:12] not in result.text
    assert "/evidence/findings/" not in result.html, "the pages on evidence show another version"
