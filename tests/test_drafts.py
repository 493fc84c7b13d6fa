"""Drafts of rule sets: several people change them, and nothing of anybody's is overwritten."""

import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine

from readiness.engine.ruleset import Identity
from readiness.errors import Closed, NotFound, ReadinessError
from readiness.loading.ruleset import MOST_BYTES_IN_ALL
from readiness.store.database import ready_database
from readiness.store.drafts import (
    Author,
    DraftFile,
    StaleFile,
    State,
    ask_for_review,
    change_file,
    discard_draft,
    draft_file,
    draft_files,
    drafts,
    find_draft,
    mark_published,
    reopen_draft,
    replace_files,
    save_file,
    start_draft,
)
from readiness.store.rulesets import keep_ruleset
from readiness.store.runs import SILENCE, Job, Progress, end_run, find_run, note_progress, runs_of, start_run

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 12)
BASE = "d" * 64
FILES = {"ruleset.yaml": b"id: x\n", "framework.yaml": b"domains: []\n"}
ANNA, BEN = Author("1" * 32, "Anna"), Author("2" * 32, "Ben")


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    engine = ready_database(database_url)
    keep_ruleset(engine, Identity("x", "1.0.0", BASE, "Title"), FILES)
    yield engine
    engine.dispose()


@pytest.fixture
def draft(database: Engine) -> str:
    return start_draft(database, "New paper", BASE, FILES, TODAY)


def test_a_draft_begins_as_its_version_and_nobody_has_written_in_it(database: Engine, draft: str) -> None:
    found = find_draft(database, draft)
    assert (found.name, found.base, found.state, found.revision) == ("New paper", BASE, State.OPEN, 1)
    assert found.authors == ()
    assert draft_files(database, draft) == FILES
    assert [each.id for each in drafts(database)] == [draft]


def test_a_saved_file_counts_and_names_its_author(database: Engine, draft: str) -> None:
    assert save_file(database, draft, "ruleset.yaml", 1, b"id: y\n", ANNA) == DraftFile("ruleset.yaml", 2, b"id: y\n")
    found = find_draft(database, draft)
    assert (found.revision, found.authors) == (2, (ANNA,))


def test_saving_the_same_again_changes_nothing(database: Engine, draft: str) -> None:
    save_file(database, draft, "ruleset.yaml", 1, b"id: y\n", ANNA)
    assert save_file(database, draft, "ruleset.yaml", 1, b"id: y\n", BEN).revision == 2
    assert find_draft(database, draft).authors == (ANNA,)


def test_of_two_who_change_one_file_the_second_is_shown_what_is_there(database: Engine, draft: str) -> None:
    save_file(database, draft, "ruleset.yaml", 1, b"id: anna\n", ANNA)
    with pytest.raises(StaleFile) as raised:
        save_file(database, draft, "ruleset.yaml", 1, b"id: ben\n", BEN)
    assert raised.value.stored.content == b"id: anna\n"
    assert str(raised.value) == "ruleset.yaml was changed by somebody else since you opened it."
    assert draft_file(database, draft, "ruleset.yaml").content == b"id: anna\n"


def test_changes_to_other_places_of_a_file_meet(database: Engine, draft: str) -> None:
    change_file(database, draft, "ruleset.yaml", lambda text: text + "a: 1\n", ANNA)
    change_file(database, draft, "ruleset.yaml", lambda text: text + "b: 2\n", BEN)
    assert draft_files(database, draft)["ruleset.yaml"] == b"id: x\na: 1\nb: 2\n"
    assert find_draft(database, draft).authors == (ANNA, BEN)


def test_many_at_once_lose_nothing(database: Engine, draft: str) -> None:
    def add(number: int) -> None:
        change_file(database, draft, "ruleset.yaml", lambda text: f"{text}{number}\n", ANNA)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = draft_files(database, draft)["ruleset.yaml"].decode().splitlines()
    assert sorted(lines[1:]) == [str(number) for number in range(8)]
    assert draft_file(database, draft, "ruleset.yaml").revision == 9


def test_a_removed_file_is_gone_and_can_come_back(database: Engine, draft: str) -> None:
    assert save_file(database, draft, "framework.yaml", 1, None, ANNA).revision == 2
    assert set(draft_files(database, draft)) == {"ruleset.yaml"}
    with pytest.raises(NotFound):
        change_file(database, draft, "framework.yaml", str, ANNA)
    with pytest.raises(StaleFile):
        save_file(database, draft, "framework.yaml", 1, b"late\n", BEN)
    assert save_file(database, draft, "framework.yaml", 2, b"new\n", BEN).revision == 3


def test_what_a_change_raises_leaves_everything_as_it_was(database: Engine, draft: str) -> None:
    def fail(text: str) -> str:
        raise ReadinessError(text)

    with pytest.raises(ReadinessError, match="id: x"):
        change_file(database, draft, "ruleset.yaml", fail, ANNA)
    assert find_draft(database, draft).revision == 1


def test_an_upload_replaces_everything_or_nothing(database: Engine, draft: str) -> None:
    replace_files(database, draft, 1, {"ruleset.yaml": b"id: z\n", "cases/a.yaml": b"case: a\n"}, ANNA)
    assert draft_files(database, draft) == {"ruleset.yaml": b"id: z\n", "cases/a.yaml": b"case: a\n"}
    with pytest.raises(Closed, match="nothing was replaced"):
        replace_files(database, draft, 1, FILES, BEN)
    assert find_draft(database, draft).authors == (ANNA,)


def test_a_draft_cannot_grow_without_end(database: Engine, draft: str) -> None:
    with pytest.raises(ReadinessError, match="more than 10000000 bytes"):
        save_file(database, draft, "big.yaml", 0, b"x" * (MOST_BYTES_IN_ALL + 1), ANNA)
    files = {f"cases/{number}.yaml": b"x" for number in range(600)}
    with pytest.raises(ReadinessError, match="more than 500 files"):
        replace_files(database, draft, 1, files, ANNA)
    assert draft_files(database, draft) == FILES


def test_in_review_nothing_changes_until_it_is_given_back(database: Engine, draft: str) -> None:
    ask_for_review(database, draft, "Two new findings.")
    assert (find_draft(database, draft).state, find_draft(database, draft).note) == (
        State.IN_REVIEW,
        "Two new findings.",
    )
    for change in (
        lambda: save_file(database, draft, "ruleset.yaml", 1, b"", ANNA),
        lambda: change_file(database, draft, "ruleset.yaml", lambda text: text + " ", ANNA),
        lambda: replace_files(database, draft, 1, {}, ANNA),
        lambda: discard_draft(database, draft),
    ):
        with pytest.raises(Closed):
            change()
    reopen_draft(database, draft)
    assert save_file(database, draft, "ruleset.yaml", 1, b"id: y\n", ANNA).revision == 2


def test_only_what_was_reviewed_is_published(database: Engine, draft: str) -> None:
    with pytest.raises(Closed):
        mark_published(database, draft, 1, BASE)
    ask_for_review(database, draft, "")
    with pytest.raises(Closed):
        mark_published(database, draft, 2, BASE)
    mark_published(database, draft, 1, BASE)
    assert (find_draft(database, draft).state, find_draft(database, draft).published) == (State.PUBLISHED, BASE)


def test_a_draft_that_is_not_there_is_said_to_be(database: Engine) -> None:
    for look in (lambda: find_draft(database, "0"), lambda: save_file(database, "0", "a", 0, b"", ANNA)):
        with pytest.raises(NotFound, match="no such draft"):
            look()


def test_a_run_says_how_far_it_is_and_what_came_out(database: Engine, draft: str) -> None:
    run = start_run(database, draft, 1, Job.PROVE, "", NOW)
    note_progress(database, run, 3, 22, NOW)
    assert (find_run(database, run).done, find_run(database, run).of) == (3, 22)
    end_run(database, run, Progress.DONE, {"held": 9}, NOW)
    end_run(database, run, Progress.FAILED, {"late": True}, NOW)
    found = find_run(database, run)
    assert (found.progress, found.result, found.revision) == (Progress.DONE, {"held": 9}, 1)
    assert runs_of(database, draft) == (found,)


def test_a_run_that_has_fallen_silent_is_lost(database: Engine, draft: str) -> None:
    run = find_run(database, start_run(database, draft, 1, Job.TEST, "", NOW))
    assert not run.is_lost(NOW + SILENCE)
    assert run.is_lost(NOW + SILENCE + timedelta(seconds=1))
    with pytest.raises(NotFound, match="no such run"):
        find_run(database, "0")
