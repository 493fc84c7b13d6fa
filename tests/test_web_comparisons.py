"""A result beside what the same answers come to in a newer version: shown, never stored."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from pages import Page, PageClient
from sqlalchemy import text
from version_files import CONTACT, TEAM, WORDING, WORTH, Change, files_of, version_of, write_files

from readiness.app import create_app
from readiness.loading.published import Version, write_archive
from readiness.store.rulesets import publish_ruleset
from readiness.web.rules import current_ruleset, database
from readiness.workbench.publishing import GATES

Starting = Callable[..., Flask]
QUESTION: Change = (TEAM, "How often do staff and peer support workers meet?", "How often do they quarrel?")
FREE: Change = (CONTACT, "hardly_ever: -2", "hardly_ever: 1")


@pytest.fixture
def starting(tmp_path: Path) -> Iterator[Starting]:
    """Starts the application on one database, on a version of the small rule set, perhaps with a code renamed."""
    apps: list[Flask] = []

    def start(version: str, *changes: Change, renamed: tuple[str, str] = ("", "")) -> Flask:
        folder = tmp_path / f"rules-{len(apps)}" / "small"
        old, new = (code.encode() for code in renamed)
        files = {path: each.replace(old, new) if old else each for path, each in files_of(version, *changes).items()}
        settings = {
            "INSTANCE": tmp_path,
            "DATABASE_URL": f"sqlite:///{tmp_path / 'readiness.db'}",
            "SECRET_KEY": "a key for tests only, of some length",
            "RULES": write_files(
                folder, {path: each.replace(old, new) if old else each for path, each in files.items()}
            ),
            "TESTING": True,
            "PROPAGATE_EXCEPTIONS": False,
        }
        apps.append(create_app(settings))
        return apps[-1]

    yield start
    for app in apps:
        with app.app_context():
            database().dispose()


def submitted(client: PageClient, pick: int = 0) -> str:
    """An assessment that is answered and submitted; the path of its task list."""
    tasks = client.start()
    client.answer_everything(tasks, pick)
    client.send(client.get(tasks + "submit"), {}, "submit")
    return tasks


def everything_stored(app: Flask) -> list[str]:
    """Every row of every table, but for the rule sets, which a start may add to."""
    with app.app_context(), database().connect() as connection:
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")).scalars()
        tables = [name for name in names if name != "rule_sets"]
        return [f"{name} {tuple(row)}" for name in tables for row in connection.execute(text(f"SELECT * FROM {name}"))]


def compared(client: PageClient, tasks: str) -> Page:
    return client.get(tasks + "compare")


def test_the_result_offers_the_comparison_only_when_a_newer_version_is_current(starting: Starting) -> None:
    first = PageClient(starting("1.0.0"))
    tasks = submitted(first)
    assert "Compare with version" not in first.get(tasks + "result").text
    later = PageClient(starting("1.1.0", FREE))
    assert later.get(tasks + "result").links()["Compare with version 1.1.0"] == tasks + "compare"


@pytest.mark.parametrize("version", ["1.0.0", "0.9.0"])
def test_without_a_newer_version_there_is_nothing_to_compare_with(starting: Starting, version: str) -> None:
    tasks = submitted(PageClient(starting("1.0.0")))
    page = compared(PageClient(starting(version)), tasks)
    assert page.status == 404
    assert "No newer version of the rule set is in use here" in page.text


def test_both_versions_are_shown_and_the_one_it_stays_on_is_named(starting: Starting) -> None:
    tasks = submitted(PageClient(starting("1.0.0")))
    page = compared(PageClient(starting("1.1.0", FREE)), tasks)
    assert page.status == 200
    assert "The assessment stays on version 1.0.0 of the rule set" in page.text
    assert "Nothing was changed, and nothing of this page is kept." in page.text
    assert "1 domain is in another band." in page.text
    assert "Every answer is still offered in version 1.1.0." in page.text
    assert "The questions and the chosen answers read the same in both versions." in page.text
    assert [text for text in ("Version 1.0.0", "Version 1.1.0") if text not in page.text] == []
    assert "Questions that are new" not in page.text


def test_the_constructs_that_come_out_differently_are_named_with_both_and_the_others_in_words(
    starting: Starting,
) -> None:
    tasks = submitted(PageClient(starting("1.0.0")))
    page = compared(PageClient(starting("1.1.0", FREE)), tasks)
    assert "1 construct is in another band." in page.text
    assert "Working together another band Version 1.0.0 High risk 100 of 100" in page.text
    assert "The same in both versions: Resources" in page.text


def test_a_construct_that_only_one_version_has_is_named(starting: Starting) -> None:
    tasks = submitted(PageClient(starting("1.0.0")))
    page = compared(PageClient(starting("1.1.0", renamed=("working_together", "working_side"))), tasks)
    assert page.text.count("This version does not have this construct here.") == 2


def test_a_comparison_changes_nothing_and_the_result_stays_as_it_was(starting: Starting) -> None:
    app = starting("1.0.0")
    tasks = submitted(PageClient(app))
    before, stored = PageClient(app).get(tasks + "result").text, everything_stored(app)
    newer = starting("1.1.0", FREE)
    later = PageClient(newer)
    compared(later, tasks)
    later.raw.get(tasks + "compare.json")
    assert everything_stored(newer) == stored
    assert PageClient(app).get(tasks + "result").text == before
    assert "small 1.0.0" in later.get(tasks + "result").text


def test_a_version_that_only_words_otherwise_is_said_to_and_shows_both_wordings(starting: Starting) -> None:
    tasks = submitted(PageClient(starting("1.0.0")))
    later = PageClient(starting("1.0.1", WORDING, QUESTION))
    page = compared(later, tasks)
    assert "Every domain is in the same band." in page.text
    assert "The two versions differ in wording: nothing that is computed with differs." in page.text
    assert (
        "Contact Version 1.0.0 How often do staff and peer support workers meet? Hardly ever. "
        "Version 1.0.1 How often do they quarrel? Almost never."
    ) in page.text
    assert later.raw.get(tasks + "compare.json").get_json()["reworded"] == [
        {
            "item": "contact",
            "answer": "hardly_ever",
            "then": {"question": "How often do staff and peer support workers meet?", "answer": "Hardly ever."},
            "now": {"question": "How often do they quarrel?", "answer": "Almost never."},
        }
    ]


def test_a_start_with_a_number_that_was_published_here_logs_which_counts(
    starting: Starting, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = starting("1.0.0")
    with app.app_context():
        here = publish_ruleset(database(), files_of("1.1.0", WORTH), GATES).identity
    assert caplog.messages == []
    write_archive(tmp_path / "rules-1" / "published", Version(version_of("1.1.0"), files_of("1.1.0")))
    with starting("1.1.0").test_request_context():
        assert current_ruleset().identity == here
    (message,) = caplog.messages
    assert message.startswith(f"small 1.1.0 is published twice: here ({here.digest[:12]}) and, with other content,")


def test_an_answer_that_cannot_be_carried_is_named_with_its_reason_and_counts_as_unknown(starting: Starting) -> None:
    client = PageClient(starting("1.0.0"))
    tasks = submitted(client, pick=1)
    later = PageClient(starting("2.0.0", renamed=("monthly", "fortnightly")))
    page = compared(later, tasks)
    assert "Contact: About once a month. This answer is no longer offered." in page.text
    assert "In version 2.0.0 they count as unknown." in page.text
    data = later.raw.get(tasks + "compare.json").get_json()
    assert data["lost"] == [{"item": "contact", "answer": "monthly", "reason": "level gone"}]
    assert "contact" in [each["item"] for each in data["now"]["unknown"]]


def test_questions_that_are_new_are_named(starting: Starting) -> None:
    tasks = submitted(PageClient(starting("1.0.0", renamed=("travel_money", "fares"))))
    page = compared(PageClient(starting("2.0.0")), tasks)
    assert "Travel money: No travel is paid. The question is no longer asked." in page.text
    assert "Questions that are new Nobody was asked them for this assessment." in page.text


def test_the_data_hold_both_results_and_say_that_nothing_is_stored(starting: Starting) -> None:
    tasks = submitted(PageClient(starting("1.0.0")))
    response = PageClient(starting("1.1.0", FREE)).raw.get(tasks + "compare.json")
    data = response.get_json()
    assert "attachment" in response.headers["Content-Disposition"]
    assert (data["stored"], data["lost"], data["added"]) == (False, [], [])
    old, new = version_of("1.0.0").identity, version_of("1.1.0", FREE).identity
    assert [data[side]["ruleset"]["digest"] for side in ("then", "now")] == [old.digest, new.digest]
    assert [data[side]["logic"] for side in ("then", "now")] == [old.logic, new.logic]
    risks = [data[side]["domains"][0]["risk"] for side in ("then", "now")]
    assert risks[0] > risks[1]


@pytest.mark.parametrize("page", ["compare", "compare.json"])
def test_an_open_questionnaire_is_not_compared(starting: Starting, page: str) -> None:
    tasks = PageClient(starting("1.0.0")).start()
    later = PageClient(starting("1.1.0", FREE))
    assert later.raw.get(tasks + page).headers["Location"] == tasks + "submit"


@pytest.mark.parametrize("page", ["compare", "compare.json"])
def test_a_link_that_opens_nothing_compares_nothing(starting: Starting, page: str) -> None:
    assert PageClient(starting("1.0.0")).raw.get(f"/a/nothing/{page}").status_code == 404


def test_new_assessments_start_on_what_was_published_here_and_old_ones_stay(starting: Starting) -> None:
    app = starting("1.0.0")
    other_worker = starting("1.0.0")
    client = PageClient(app)
    tasks = submitted(client)
    with app.app_context():
        publish_ruleset(database(), files_of("1.1.0", WORTH), GATES)
    for each in (app, other_worker):
        with each.test_request_context():
            assert current_ruleset().identity == version_of("1.1.0", WORTH).identity
    assert "small 1.0.0" in client.get(tasks + "result").text
    assert "small 1.1.0" in client.get(submitted(client) + "result").text


def test_a_higher_version_of_the_folder_takes_over_from_what_was_published_here(starting: Starting) -> None:
    app = starting("1.0.0")
    with app.app_context():
        publish_ruleset(database(), files_of("1.1.0", WORTH), GATES)
    with starting("1.2.0", WORTH).test_request_context():
        assert current_ruleset().identity.version == "1.2.0"
