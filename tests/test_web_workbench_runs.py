"""Runs, review and publishing on pages: real processes, several people, attacks on the way to a published version."""

import json
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from pages import Page, PageClient
from people import add_administrator, add_person, app_with_accounts, browser_of
from version_files import CONTACT, WORTH, Change, files_of, write_files

from readiness.app import create_app
from readiness.permissions import AccountRole
from readiness.runs import Limits, Pulse, find_impact
from readiness.store.drafts import Author, State, ask_for_review, change_file, find_draft, start_draft
from readiness.store.rulesets import Origin, kept_versions
from readiness.store.runs import Job, find_run, runs_of, start_run
from readiness.web.identity import now
from readiness.web.rules import current_ruleset, database

ANNA, BEN, MAX = "anna@example.org", "ben@example.org", "max@example.org"
ENTRY = "Rare contact weighs less, after a new paper."
FREE: Change = (CONTACT, "hardly_ever: -2", "hardly_ever: 1")
LONGEST_WAIT = 40


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An installation on a published version 1.0.0, with two researchers and a manager."""
    folder = tmp_path_factory.mktemp("instance")
    rules = write_files(folder / "rules" / "small", files_of("1.0.0"))
    app = app_with_accounts(folder, RULES=rules)
    add_administrator(app)
    add_person(app, ANNA, "Anna", AccountRole.RESEARCHER)
    add_person(app, BEN, "Ben", AccountRole.RESEARCHER)
    add_person(app, MAX, "Max", AccountRole.MANAGER)
    yield app
    with app.app_context():
        database().dispose()


@pytest.fixture(scope="module")
def anna(accounts: Flask) -> PageClient:
    return browser_of(accounts, ANNA)


@pytest.fixture(scope="module")
def ben(accounts: Flask) -> PageClient:
    return browser_of(accounts, BEN)


def person_id(app: Flask, address: str) -> str:
    from readiness.store.accounts import all_accounts

    with app.app_context():
        return next(each.id for each in all_accounts(database()) if each.address == address)


def draft_of(app: Flask, *changes: Change, by: str = ANNA) -> str:
    """A draft of the current version that somebody has changed; its id."""
    with app.app_context():
        base = current_ruleset().identity
        kept = next(each for each in kept_versions(database()) if each.digest == base.digest)
        from readiness.store.rulesets import ruleset_files

        files = ruleset_files(database(), kept.digest)
        draft = start_draft(database(), "New paper", base.digest, files, date(2026, 11, 22))
        who = Author(person_id(app, by), by)
        for path, old, new in changes:
            change_file(database(), draft, path, lambda text, old=old, new=new: text.replace(old, new), who)  # type: ignore[misc]
        return draft


def address(draft: str, rest: str = "") -> str:
    return f"/workbench/drafts/{draft}/{rest}"


def started(client: PageClient, draft: str, **fields: str) -> str:
    """Start a job as its form does; the path of its page."""
    token = client.get(address(draft, "runs/")).form(address(draft, "runs/"))[1]["csrf_token"]
    return client.post(address(draft, "runs/"), {"csrf_token": token, **fields}).path


def ended(client: PageClient, path: str) -> Page:
    """The page of a job, looked at as the Refresh header says until it has ended."""
    until = time.monotonic() + LONGEST_WAIT
    while True:
        page = client.get(path)
        assert page.status == 200, page.text
        if "Refresh" not in page.response.headers:
            return page
        assert time.monotonic() < until, page.text
        time.sleep(0.3)


def checked(client: PageClient, draft: str) -> Page:
    """Try everything that a review looks at; the page of the review."""
    page = client.send(client.get(address(draft, "review/")), {}, "review/check")
    return ended(client, page.path)


def reviewed(app: Flask, client: PageClient, *changes: Change) -> str:
    """A draft for whose review its author has asked."""
    draft = draft_of(app, *changes)
    page = client.send(checked(client, draft), {"note": ENTRY}, "review/ask")
    assert page.status == 200, page.text
    with app.app_context():
        assert find_draft(database(), draft).state is State.IN_REVIEW
    return draft


def versions(app: Flask) -> list[str]:
    with app.app_context():
        return [each.version for each in kept_versions(database())]


def test_a_test_is_run_and_told(accounts: Flask, anna: PageClient) -> None:
    never: Change = ("cases/town.yaml", "working_together: low", "working_together: high")
    page = ended(anna, started(anna, draft_of(accounts, never), job="test"))
    assert "1 expectation does not come out." in page.text
    assert "high risk" in page.text


def test_what_does_not_come_out_leads_to_its_line_in_the_file_of_the_case(accounts: Flask, anna: PageClient) -> None:
    never: Change = ("cases/town.yaml", "working_together: low", "working_together: high")
    draft = draft_of(accounts, never)
    page = ended(anna, started(anna, draft, job="test"))
    lines = files_of("1.0.0", never)["cases/town.yaml"].decode().splitlines()
    line = lines.index("  working_together: high") + 1
    assert f"cases/town.yaml:{line}" in page.text
    path, _, place = page.links()["town"].partition("#")
    assert place == f"line-{line}"
    assert f'id="{place}"' in anna.get(path).html


def test_a_page_that_waits_asks_again_and_shows_progress(accounts: Flask, anna: PageClient) -> None:
    draft = draft_of(accounts, WORTH)
    with accounts.app_context():
        run = start_run(database(), draft, find_draft(database(), draft).revision, Job.PROVE, "", now())
    page = anna.get(address(draft, f"runs/{run}"))
    assert page.response.headers["Refresh"] == "2"
    assert len(list(page.root.iter("progress"))) == 1


def test_a_job_that_died_says_so_and_can_be_started_again(accounts: Flask, anna: PageClient) -> None:
    draft = draft_of(accounts, WORTH)
    with accounts.app_context():
        long_ago = now() - timedelta(minutes=5)
        run = start_run(database(), draft, find_draft(database(), draft).revision, Job.TEST, "", long_ago)
    page = anna.get(address(draft, f"runs/{run}"))
    assert "Its process has ended without a word" in page.text
    assert "Refresh" not in page.response.headers
    assert "come out as they say" in ended(anna, anna.send(page, {}, "runs/").path).text


def test_a_double_click_starts_one_job(accounts: Flask, anna: PageClient) -> None:
    draft = draft_of(accounts, WORTH)
    first, second = (started(anna, draft, job="prove") for _ in range(2))
    assert first == second
    ended(anna, first)
    with accounts.app_context():
        assert len(runs_of(database(), draft)) == 1


def test_a_result_of_an_earlier_revision_is_marked(accounts: Flask, anna: PageClient) -> None:
    draft = draft_of(accounts, WORTH)
    path = started(anna, draft, job="test")
    assert "earlier revision" not in ended(anna, path).text
    with accounts.app_context():
        change_file(database(), draft, CONTACT, lambda text: text + "\n", Author("1" * 32, "Anna"))
    assert "This is of an earlier revision" in anna.get(path).text
    assert "of an earlier revision" in anna.get(address(draft, "runs/")).text


def test_a_refutation_is_shown_with_its_answers_and_becomes_a_case_of_the_draft(
    accounts: Flask, anna: PageClient
) -> None:
    draft = draft_of(accounts, FREE)
    page = ended(anna, started(anna, draft, job="prove"))
    assert "3 things do not hold." in page.text
    assert "its ratings fall from hardly_ever to monthly" in page.text
    added = anna.send(page, {}, "/cases")
    assert added.status == 200
    with accounts.app_context():
        from readiness.store.drafts import draft_files

        new = [path for path in draft_files(database(), draft) if path not in files_of("1.0.0")]
    assert len(new) == 1
    assert new[0].startswith("cases/")
    assert (
        "does not come out" in ended(anna, started(anna, draft, job="test")).text
        or "do not come out" in anna.get(address(draft, "runs/")).text
    )


def test_results_can_be_taken_away(accounts: Flask, anna: PageClient) -> None:
    draft = draft_of(accounts, FREE)
    path = started(anna, draft, job="impact", on="cases")
    ended(anna, path)
    content = json.loads(anna.raw.get(f"{path}.json").get_data(as_text=True))
    assert (content["job"], content["against"], content["assessments"]) == ("impact", "cases", 4)
    page = anna.raw.get(f"{path}/impact.html")
    assert page.headers["Content-Disposition"] == 'attachment; filename="impact.html"'
    assert "<h1>What version" in page.get_data(as_text=True)
    table = anna.raw.get(f"{path}/impact.csv")
    assert table.mimetype == "text/csv"
    assert table.get_data(as_text=True).splitlines()[0] == "what,code,name,before,after,assessments"


def test_the_impact_on_stored_assessments_names_nobody_and_counts_in_fives(accounts: Flask, anna: PageClient) -> None:
    manager = browser_of(accounts, MAX)
    for number in range(22):
        tasks = manager.start(f"Clinic {number}")
        manager.answer_everything(tasks)
        manager.send(manager.get(f"{tasks}submit"), {}, "submit")
    draft = draft_of(accounts, FREE)
    path = started(anna, draft, job="impact", on="stored")
    page = ended(anna, path)
    assert "20 assessments; 20 have another band of a domain" in page.text
    sheets = [anna.raw.get(f"{path}{end}").get_data(as_text=True) for end in (".json", "/impact.html", "/impact.csv")]
    for text in (page.html, *sheets):
        assert "Clinic" not in text
    assert all("rounded" in text for text in sheets)
    with accounts.app_context():
        run = find_run(database(), path.rpartition("/")[2])
        pulse = Pulse(database(), run.id, Limits())
        find_impact(database(), run, pulse)
    assert (pulse.done, pulse.of) == (0, 0)  # how many there are is not told by the progress either


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"job": "publish"}, 400, "There is no such job."),
        ({"job": "dance"}, 400, "There is no such job."),
        ({"job": "compare", "against": "f" * 64}, 404, "This installation keeps no such version."),
        ({"job": "impact", "on": "/etc/passwd.csv"}, 400, "Choose which assessments to look at"),
        ({"job": "impact", "on": "simulated", "count": "1000000"}, 400, "Choose which assessments to look at"),
        ({"job": "impact", "on": "simulated", "count": "²"}, 400, "Choose which assessments to look at"),
    ],
)
def test_what_cannot_be_run_is_refused_with_a_sentence(
    accounts: Flask, anna: PageClient, fields: dict[str, str], status: int, sentence: str
) -> None:
    draft = draft_of(accounts, WORTH)
    token = anna.get(address(draft, "runs/")).form(address(draft, "runs/"))[1]["csrf_token"]
    page = anna.post(address(draft, "runs/"), {"csrf_token": token, **fields})
    assert page.status == status
    assert sentence in page.text
    with accounts.app_context():
        assert runs_of(database(), draft) == ()


def test_a_run_is_shown_under_its_own_draft_only(accounts: Flask, anna: PageClient) -> None:
    one, other = draft_of(accounts, WORTH), draft_of(accounts, WORTH)
    run = started(anna, one, job="test").rpartition("/")[2]
    ended(anna, address(one, f"runs/{run}"))
    for rest in (f"runs/{run}", f"runs/{run}.json", f"runs/{run}/impact.csv"):
        assert anna.get(address(other, rest)).status == 404


def test_before_a_review_everything_must_be_in_order_and_said(accounts: Flask, anna: PageClient) -> None:
    draft = draft_of(accounts, FREE)
    page = anna.get(address(draft, "review/"))
    assert "not tried yet" in page.text
    refused = anna.send(page, {"note": ""}, "review/ask")
    assert refused.status == 400
    assert "Write what changes, and for whom" in refused.text
    assert "The proof holds: not tried yet." in refused.text
    refused = anna.send(checked(anna, draft), {"note": ENTRY}, "review/ask")
    assert refused.status == 400
    assert "The proof holds: not in order." in refused.text
    assert ENTRY in refused.html
    with accounts.app_context():
        assert find_draft(database(), draft).state is State.OPEN


def test_a_draft_that_changes_nothing_is_not_reviewed(accounts: Flask, anna: PageClient) -> None:
    draft = draft_of(accounts)
    page = anna.send(checked(anna, draft), {"note": ENTRY}, "review/ask")
    assert page.status == 400
    assert "Nothing differs from the version it is based on." in page.text


def test_a_draft_with_problems_has_a_review_page_that_says_so(accounts: Flask, anna: PageClient) -> None:
    page = anna.get(address(draft_of(accounts, (CONTACT, "hardly_ever: -2", "hardly_ever: two")), "review/"))
    assert page.status == 200
    assert "listed with the files" in page.text


def test_who_wrote_in_a_draft_or_asked_for_its_review_cannot_publish_it(
    accounts: Flask, anna: PageClient, ben: PageClient
) -> None:
    draft = draft_of(accounts, WORTH, by=BEN)
    assert anna.send(checked(anna, draft), {"note": ENTRY}, "review/ask").status == 200
    before = versions(accounts)
    for client in (anna, ben):
        page = client.get(address(draft, "review/"))
        assert "You have changed this draft yourself. Another researcher has to publish it." in page.text
        refused = published(client, draft)
        assert refused.status == 403
        assert "Another researcher has to publish it." in refused.text
    assert versions(accounts) == before


def token_of(client: PageClient) -> str:
    """A CSRF token of a browser, from any page with a form."""
    for path in ("/workbench/", "/account/", "/account/sign-in"):
        page = client.get(path)
        for field in page.root.iter("input"):
            if field.get("name") == "csrf_token":
                return field.get("value") or ""
    raise AssertionError("no form has a token")


def published(client: PageClient, draft: str, **fields: str) -> Page:
    """What comes of sending the form that publishes, whether or not the page shows it."""
    sent = {"csrf_token": token_of(client), "version": "9.0.0", "note": ENTRY, "revision": "2", **fields}
    return client.post(address(draft, "review/publish"), sent)


def test_nobody_publishes_without_a_review(accounts: Flask, ben: PageClient) -> None:
    draft, before = draft_of(accounts, WORTH), versions(accounts)
    refused = published(ben, draft)
    assert refused.status == 409
    assert "This draft is not in review, so nothing was published." in refused.text
    assert versions(accounts) == before


def test_neither_a_manager_nor_somebody_signed_out_publishes(accounts: Flask, anna: PageClient) -> None:
    draft, before = reviewed(accounts, anna, WORTH), versions(accounts)
    refused = published(browser_of(accounts, MAX), draft)
    assert refused.status == 403
    assert "Your roles do not allow this." in refused.text
    stranger = PageClient(accounts)
    page = published(stranger, draft)
    assert page.path.startswith("/account/sign-in")
    for rest in ("review/", "runs/"):
        assert stranger.get(address(draft, rest)).path.startswith("/account/sign-in")
    assert versions(accounts) == before


def test_a_draft_that_was_changed_after_the_page_was_opened_is_not_published(
    accounts: Flask, anna: PageClient, ben: PageClient
) -> None:
    draft, before = reviewed(accounts, anna, WORTH), versions(accounts)
    page = ben.get(address(draft, "review/"))
    anna.send(anna.get(address(draft, "review/")), {"comment": "One more thing."}, "review/back")
    assert "One more thing." in anna.get(address(draft, "review/")).text
    with accounts.app_context():
        change_file(database(), draft, CONTACT, lambda text: text.replace("-1.5", "-1"), Author("1" * 32, "Anna"))
        ask_for_review(database(), draft, ENTRY)
    refused = ben.send(page, {}, "review/publish")
    assert refused.status == 409
    assert "The draft was changed or given back since you opened this page." in refused.text
    assert versions(accounts) == before


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"version": "1.0.0"}, "1.0.0 is published with other content"),
        ({"version": "0.0.1"}, "the version 0.0.1 is not above"),
        ({"version": "new"}, "is not three numbers with dots between them"),
        ({"note": " "}, "Write what changes, and for whom"),
        ({"note": "a\u202eb"}, "The changelog entry holds invisible characters."),
    ],
)
def test_a_number_or_an_entry_that_cannot_be_published_stays_on_the_page(
    accounts: Flask, anna: PageClient, ben: PageClient, fields: dict[str, str], sentence: str
) -> None:
    draft, before = reviewed(accounts, anna, WORTH), versions(accounts)
    refused = ben.send(ben.get(address(draft, "review/")), fields, "review/publish")
    assert refused.status == 400
    assert sentence in refused.text
    assert versions(accounts) == before


def test_giving_back_needs_a_comment(accounts: Flask, anna: PageClient, ben: PageClient) -> None:
    draft = reviewed(accounts, anna, WORTH)
    refused = ben.send(ben.get(address(draft, "review/")), {"comment": ""}, "review/back")
    assert refused.status == 400
    assert "what is to be done before it is published" in refused.text


def test_in_personal_mode_nothing_is_published_and_the_archive_is_offered(tmp_path: Path) -> None:
    rules = write_files(tmp_path / "rules" / "small", files_of("1.0.0"))
    app = create_app(
        {
            "INSTANCE": tmp_path,
            "DATABASE_URL": f"sqlite:///{tmp_path / 'readiness.db'}",
            "SECRET_KEY": "a key for tests only, of some length",
            "RULES": rules,
            "TESTING": True,
            "PROPAGATE_EXCEPTIONS": False,
        }
    )
    with app.app_context():
        base = current_ruleset().identity.digest
        draft = start_draft(database(), "New paper", base, files_of("1.0.0", WORTH), date(2026, 11, 22))
    client = PageClient(app)
    page = client.get(address(draft, "review/"))
    assert "In personal mode there is no second person" in page.text
    assert "Download the whole set (zip)" in page.links()
    token = page.form("review/check")[1]["csrf_token"]
    refused = client.post(address(draft, "review/ask"), {"csrf_token": token, "note": ENTRY})
    assert refused.status == 403
    assert "In personal mode there is no second person" in refused.text
    with app.app_context():
        database().dispose()


def test_a_second_person_publishes_and_every_new_assessment_starts_on_it(
    accounts: Flask, anna: PageClient, ben: PageClient
) -> None:
    manager = browser_of(accounts, MAX)
    tasks = manager.start("Old clinic")
    manager.answer_everything(tasks)
    manager.send(manager.get(f"{tasks}submit"), {}, "submit")
    old = manager.raw.get(f"{tasks}result.json").get_data()
    other = app_on(accounts)
    draft, rival = reviewed(accounts, anna, WORTH), reviewed(accounts, anna, WORTH)
    page = ben.get(address(draft, "review/"))
    assert 'value="1.1.0"' in page.html
    assert "What differs" in page.text
    done = ended(ben, ben.send(page, {"note": f"{ENTRY} Read by Ben."}, "review/publish").path)
    assert "Published as version 1.1.0." in done.text
    with accounts.app_context():
        assert kept_versions(database())[-1].origin is Origin.INSTALLATION
        assert current_ruleset().changelog["1.1.0"] == f"{ENTRY} Read by Ben."
    with other.app_context():  # as another worker: it has been running all the time
        assert current_ruleset().identity.version == "1.1.0"
        database().dispose()
    assert manager.raw.get(f"{tasks}result.json").get_data() == old
    assert "This draft was published." in ben.get(address(draft, "review/")).text
    again = published(ben, draft)
    assert again.status == 409
    stale = ben.get(address(rival, "review/"))
    assert "This draft is based on 1.0.0, and 1.1.0 was published since" in stale.text
    refused = ben.send(stale, {}, "review/publish")
    assert refused.status == 400
    assert versions(accounts)[-1] == "1.1.0"


def app_on(app: Flask) -> Flask:
    """The same installation in another worker."""
    names = ("INSTANCE", "DATABASE_URL", "SECRET_KEY", "RULES", "ACCOUNTS", "PASSWORD_COST", "TESTING")
    return create_app({name: app.config[name] for name in names})
