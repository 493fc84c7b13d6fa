"""Nothing is lost on a page of questions: what a script is told, sign-ins that end, and what a page weighs."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT
from flask import Flask
from pages import Page, PageClient
from people import add_administrator, add_person, app_with_accounts, browser_of, sign_in
from teams import PEER_SUPPORT_WORKER, choose_team, enter, group_link
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from readiness.app import create_app
from readiness.permissions import AccountRole
from readiness.store.answers import saved_pages
from readiness.store.assessments import find_assessment
from readiness.web.rules import database

SCRIPT = {"Accept": "application/json"}
TEAM = "team/working_side_by_side"


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Flask]:
    """Personal mode with a rule set that loads fast."""
    settings = {
        "INSTANCE": tmp_path,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'readiness.db'}",
        "SECRET_KEY": "a key for tests only, of some length",
        "RULES": ROOT / "tests" / "small",
        "TESTING": True,
        "PROPAGATE_EXCEPTIONS": False,
    }
    app = create_app(settings)
    yield app
    with app.app_context():
        database().dispose()


@pytest.fixture
def manager(small: Flask) -> PageClient:
    return PageClient(small)


def by_script(client: PageClient, path: str, fields: MultiDict[str, str], **changes: str) -> TestResponse:
    """Send a page as the script on it does."""
    return client.raw.post(path, data=MultiDict({**fields, **changes}), headers=SCRIPT)


class TestAScriptThatSaves:
    """It posts what the form would post, to the same address, and is answered in data."""

    def test_it_is_told_the_new_revision_what_is_stored_and_where_to_go_on(self, manager: PageClient) -> None:
        tasks = manager.start()
        path, fields = manager.get(tasks + TEAM).form()
        reply = by_script(manager, path, fields, contact="weekly")
        assert reply.json == {"revision": "1", "answers": {"contact": "weekly"}, "next": tasks + "team/"}
        assert by_script(manager, path, fields, contact="weekly", action="later").json["next"] == tasks
        assert manager.get(tasks + TEAM).form()[1]["contact"] == "weekly"

    def test_the_same_answers_again_change_nothing(self, manager: PageClient) -> None:
        path, fields = manager.get(manager.start() + TEAM).form()
        replies = [by_script(manager, path, fields, contact="weekly").json for _ in range(3)]
        assert replies == [replies[0]] * 3

    def test_a_page_that_a_script_saved_is_saved_by_its_button_without_a_conflict(self, manager: PageClient) -> None:
        path, fields = manager.get(manager.start() + TEAM).form()
        reply = by_script(manager, path, fields, contact="weekly")
        pressed = {**fields, "contact": "hardly_ever", "revision": reply.json["revision"]}
        assert manager.post(path, pressed).status == 200

    def test_the_back_button_after_the_script_has_saved_meets_what_is_stored(self, manager: PageClient) -> None:
        path, fields = manager.get(manager.start() + TEAM).form()
        by_script(manager, path, fields, contact="weekly")
        assert manager.post(path, {**fields, "contact": "weekly"}).status == 200

    def test_answers_of_another_tab_are_put_together_and_told(self, manager: PageClient) -> None:
        path, fields = manager.get(manager.start() + TEAM).form()
        by_script(manager, path, fields, contact="weekly")
        reply = by_script(manager, path, fields, travel_money="paid")
        assert reply.json["answers"] == {"contact": "weekly", "travel_money": "paid"}

    def test_another_answer_from_a_stale_tab_is_refused_in_words_and_overwrites_nothing(
        self, manager: PageClient
    ) -> None:
        tasks = manager.start()
        path, fields = manager.get(tasks + TEAM).form()
        by_script(manager, path, fields, contact="weekly")
        reply = by_script(manager, path, fields, contact="monthly")
        assert reply.status_code == 409
        assert "Press a Save button to see both." in reply.json["sentence"]
        assert manager.get(tasks + TEAM).form()[1]["contact"] == "weekly"

    def test_after_submitting_it_is_told_how_to_change_answers(self, manager: PageClient) -> None:
        tasks = manager.start()
        path, fields = manager.get(tasks + TEAM).form()
        manager.send(manager.get(tasks + "submit"), {}, "submit")
        reply = by_script(manager, path, fields, contact="weekly")
        assert reply.status_code == 409
        assert "open it again from its result page" in reply.json["sentence"]

    @pytest.mark.parametrize("change", [{"csrf_token": "stale"}, {"contact": "gold"}, {"submitted_on": "2020-01-01"}])
    def test_what_a_button_could_not_save_a_script_cannot_either(
        self, manager: PageClient, small: Flask, change: dict[str, str]
    ) -> None:
        tasks = manager.start()
        path, fields = manager.get(tasks + TEAM).form()
        reply = by_script(manager, path, fields, **{"contact": "weekly", **change})
        assert reply.status_code == 400
        assert reply.json["sentence"]
        with small.app_context():
            assert saved_pages(database(), find_assessment(database(), tasks.split("/")[2])) == frozenset()


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Flask]:
    app = app_with_accounts(tmp_path)
    add_administrator(app)
    add_person(app, "mia@example.org", "Mia", AccountRole.MANAGER)
    add_person(app, "max@example.org", "Max", AccountRole.MANAGER)
    yield app
    with app.app_context():
        database().dispose()


@pytest.fixture
def mia(accounts: Flask) -> PageClient:
    return browser_of(accounts, "mia@example.org")


def sign_out(client: PageClient) -> None:
    client.send(client.get("/"), {}, "/account/sign-out")


def show_again(client: PageClient, held: Page) -> Page:
    return client.send(held, {}, "/a/")


class TestSignInsThatEnd:
    """Whoever is signed out while a page is open finds what they posted, and nobody else can save it."""

    def test_what_was_posted_is_held_through_signing_in_and_then_saved(self, mia: PageClient) -> None:
        tasks = mia.start("Clinic North")
        path, fields = mia.get(tasks + TEAM).form()
        sign_out(mia)
        held = mia.post(path, {**fields, "contact": "weekly", "action": "next"})
        assert held.status == 403
        assert "Your sign-in has ended, so nothing was saved. Nothing is lost" in held.text
        assert "Clinic North" not in held.text
        sign_in(mia, "mia@example.org")
        page = show_again(mia, held)
        assert page.status == 400
        assert "your answers are still here. Save the page again." in page.text
        assert page.form("/a/")[1]["contact"] == "weekly"
        assert "contact" not in mia.get(tasks + TEAM).form("/a/")[1], "nothing is saved before she has seen it"
        mia.send(page, {"action": "next"}, "/a/")
        assert mia.get(tasks + TEAM).form("/a/")[1]["contact"] == "weekly"

    def test_they_are_held_for_as_long_as_nobody_signs_in(self, mia: PageClient) -> None:
        path, fields = mia.get(mia.start() + TEAM).form()
        sign_out(mia)
        held = mia.post(path, {**fields, "contact": "weekly"})
        for _ in range(3):
            held = show_again(mia, held)
        assert (held.status, held.form("/a/")[1]["contact"]) == (403, "weekly")

    def test_they_survive_a_wrong_person_who_can_neither_see_nor_save_them_there(
        self, accounts: Flask, mia: PageClient
    ) -> None:
        tasks = mia.start()
        path, fields = mia.get(tasks + TEAM).form()
        sign_out(mia)
        held = mia.post(path, {**fields, "contact": "weekly"})
        sign_in(mia, "max@example.org")
        held = show_again(mia, held)
        assert held.status == 403
        assert "Somebody else was signed in when these answers were given" in held.text
        sign_out(mia)
        sign_in(mia, "mia@example.org")
        assert show_again(mia, held).form("/a/")[1]["contact"] == "weekly"

    def test_nobody_can_have_answers_saved_in_another_managers_name(self, accounts: Flask, mia: PageClient) -> None:
        """Max knows an address and a mark of his own; with Mia's browser, token and all, they save nothing."""
        tasks = mia.start()
        max_ = browser_of(accounts, "max@example.org")
        his = max_.get(max_.start() + TEAM).form()[1]
        path, fields = mia.get(tasks + TEAM).form()
        for owner in ("", his["owner"], fields["owner"][:-1] + "x", "\u0663"):
            page = mia.post(path, {**fields, "owner": owner, "contact": "monthly"})
            assert page.status == 403
            assert "contact" not in page.choices(), "no page that could save it"
        assert max_.post(path, {**his, "contact": "monthly"}).status == 403
        assert max_.post(path, {**his, "owner": fields["owner"], "contact": "monthly"}).status == 403
        assert "contact" not in mia.get(tasks + TEAM).form()[1]

    def test_a_form_from_elsewhere_leads_to_no_page_with_its_values(self, mia: PageClient) -> None:
        tasks = mia.start()
        page = mia.post(tasks + TEAM, {"contact": "monthly", "revision": "0", "action": "next"})
        assert page.status == 403
        assert page.choices() == {}

    def test_what_is_held_is_shown_as_it_is_and_never_executed(self, mia: PageClient) -> None:
        path, fields = mia.get(mia.start() + TEAM).form()
        sign_out(mia)
        text = '"><script>alert(1)</script>{{ 7*7 }}'
        assert mia.post(path, {**fields, "contact": text}).form("/a/")[1]["contact"] == text

    def test_more_than_fits_is_refused_as_everywhere(self, mia: PageClient) -> None:
        path, fields = mia.get(mia.start() + TEAM).form()
        sign_out(mia)
        assert mia.post(path, {**fields, "contact": "x" * 1_000_000}).status == 413

    def test_whether_an_assessment_exists_cannot_be_told_from_what_is_held(self, mia: PageClient) -> None:
        path, fields = mia.get(mia.start() + TEAM).form()
        sign_out(mia)
        there, nowhere = mia.post(path, fields), mia.post(f"/a/{'0' * 32}/{TEAM}", fields)
        assert (there.status, there.text) == (nowhere.status, nowhere.text)

    def test_a_script_is_told_in_words(self, mia: PageClient) -> None:
        path, fields = mia.get(mia.start() + TEAM).form()
        sign_out(mia)
        reply = by_script(mia, path, fields, contact="weekly")
        assert reply.status_code == 403
        assert reply.json["sentence"].startswith("Your sign-in has ended")

    def test_every_other_page_leads_to_the_form_to_sign_in_and_back(self, mia: PageClient) -> None:
        tasks = mia.start()
        sign_out(mia)
        page = mia.get(tasks + TEAM)
        assert page.path == "/account/sign-in"
        page = mia.send(page, {"address": "mia@example.org", "password": "correct horse battery"}, "/account/sign-in")
        assert page.path == tasks + TEAM


def test_a_lost_session_does_not_lose_a_page_that_a_link_opens(manager: PageClient) -> None:
    path, fields = manager.get(manager.start() + TEAM).form()
    manager.raw.delete_cookie("readiness")
    page = manager.post(path, {**fields, "contact": "weekly"})
    assert page.form()[1]["contact"] == "weekly"
    assert manager.send(page, {}).status == 200


def test_a_lost_session_loses_no_comment(small: Flask, manager: PageClient) -> None:
    tasks = manager.start()
    choose_team(manager, tasks, {PEER_SUPPORT_WORKER: ["team"]})
    respondent, own = enter(small, group_link(manager, tasks, PEER_SUPPORT_WORKER))
    respondent.answer_everything(own)
    path, fields = respondent.get(f"{own}submit").form("/submit")
    respondent.raw.delete_cookie("readiness")
    page = respondent.post(path, {**fields, "comment": "Long and thoughtful."})
    assert page.status == 400
    assert "nothing was sent yet" in page.text
    assert "Long and thoughtful." in page.text
    assert "Your answers are sent" in respondent.send(page, {"comment": "Long and thoughtful."}, "/submit").text


ZIPPED = {"Accept-Encoding": "gzip"}


class TestWeight:
    """A page of questions with everything it loads is light, also where the network is weak."""

    def test_every_page_of_questions_with_everything_it_loads_stays_under_60_kilobytes(
        self, client: PageClient
    ) -> None:
        weights = {}
        for phase in ("before", "after"):
            tasks = client.start(phase=phase)
            for path in self.pages(client, tasks):
                page = client.get(path)
                assert page.choices(), path
                loads = {element.get("src") for element in page.root.iter("script")}
                loads |= {element.get("href") for element in page.root.iter("link")}
                assert len(loads) == 4
                weights[path] = sum(self.weight(client, each) for each in (path, *loads))
        assert len(weights) > 20
        assert max(weights.values()) < 60_000

    def pages(self, client: PageClient, tasks: str) -> Iterator[str]:
        """The address of every page of questions."""
        for section in client.get(tasks + "submit").links().values():
            if section.startswith(tasks) and "#" not in section and section != tasks:
                yield section

    def weight(self, client: PageClient, path: str) -> int:
        """What travels for one address: head and compressed body."""
        with client.raw.get(path, headers=ZIPPED) as response:
            assert response.status_code == 200
            assert response.headers["Content-Encoding"] == "gzip"
            return len(str(response.headers)) + len(response.data)

    def test_a_static_file_is_kept_for_good_under_an_address_that_names_its_content(self, manager: PageClient) -> None:
        for element in manager.get("/").root.iter("link"):
            with manager.raw.get(element.get("href") or "", headers=ZIPPED) as response:
                assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
                assert "Set-Cookie" not in response.headers

    def test_an_address_without_it_is_asked_again_and_answered_without_a_body(self, manager: PageClient) -> None:
        first = manager.raw.get("/static/style.css")
        again = manager.raw.get("/static/style.css", headers={"If-None-Match": first.headers["ETag"]})
        assert (first.headers["Cache-Control"], again.status_code, again.data) == ("public, max-age=3600", 304, b"")

    def test_compressed_and_plain_are_the_same_and_caches_keep_them_apart(self, manager: PageClient) -> None:
        plain, zipped = manager.raw.get("/static/style.css"), manager.raw.get("/static/style.css", headers=ZIPPED)
        assert gzip.decompress(zipped.data) == plain.data
        assert plain.headers["ETag"] != zipped.headers["ETag"]
        assert plain.headers["Vary"] == zipped.headers["Vary"] == "Accept-Encoding", "the same for everybody"

    @pytest.mark.parametrize("path", ["/static/nothing.css", "/static/../app.py", "/static/%2e%2e/app.py", "/static/"])
    def test_nothing_else_is_served_as_a_static_file(self, manager: PageClient, path: str) -> None:
        assert manager.get(path).status == 404

    def test_a_browser_that_takes_nothing_compressed_gets_everything_plain(self, manager: PageClient) -> None:
        for takes in ("", "br", "gzip;q=0", "identity"):
            response = manager.raw.get("/", headers={"Accept-Encoding": takes})
            assert "Content-Encoding" not in response.headers

    def test_what_a_stranger_could_put_words_into_is_not_compressed(self, manager: PageClient) -> None:
        """BREACH needs a guess beside a secret in one compressed answer."""
        tasks = manager.start()
        path, fields = manager.get(tasks + TEAM).form()
        assert "Content-Encoding" in manager.raw.get("/", headers=ZIPPED).headers
        assert "Content-Encoding" not in manager.raw.get("/?guess=1", headers=ZIPPED).headers
        assert "Content-Encoding" not in manager.raw.get("/guess", headers=ZIPPED).headers
        stale = MultiDict({**fields, "csrf_token": "guess"})
        assert "Content-Encoding" not in manager.raw.post(path, data=stale, headers=ZIPPED).headers
