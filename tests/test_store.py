"""The database: what is kept, how, and what happens when two write at once."""

import sqlite3
import stat
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from readiness.engine.answers import Missing, Phase
from readiness.engine.instrument import Instrument
from readiness.engine.ruleset import Identity
from readiness.errors import Closed, NotFound, ReadinessError, Unavailable
from readiness.store.answers import StalePage, read_answers, read_page, save_page, saved_pages
from readiness.store.assessments import (
    Assessment,
    find_assessment,
    reopen_assessment,
    start_assessment,
)
from readiness.store.database import SAFE_WAL, migrate, open_database, ready_database, transaction
from readiness.store.models import Base
from readiness.store.releases import close_wave
from readiness.store.rulesets import keep_ruleset, ruleset_files

TODAY = date(2026, 11, 22)
IDENTITY = Identity("peer-support", "0.1.0", "d" * 64, "Title")


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    engine = ready_database(database_url)
    keep_ruleset(engine, IDENTITY, {"ruleset.yaml": b"id: x"})
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Engine]:
    """A database where the promise is about SQLite."""
    engine = ready_database(f"sqlite:///{tmp_path / 'test.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def assessment(database: Engine) -> Assessment:
    return find_assessment(database, start_assessment(database, "North", Phase.AFTER, IDENTITY.digest, TODAY))


def test_a_new_assessment_is_open_and_empty(database: Engine, assessment: Assessment) -> None:
    assert (assessment.service, assessment.phase, assessment.is_open) == ("North", Phase.AFTER, True)
    assert dict(read_answers(database, assessment).given) == {}
    assert saved_pages(database, assessment) == frozenset()


def test_keys_differ_and_are_long(database: Engine) -> None:
    keys = {start_assessment(database, "North", Phase.AFTER, IDENTITY.digest, TODAY) for _ in range(20)}
    assert len(keys) == 20
    assert min(map(len, keys)) >= 32


def test_a_saved_page_is_read_back(database: Engine, assessment: Assessment) -> None:
    save_page(database, assessment, "money", 0, {"a": "x", "b": Missing.DONT_KNOW, "c": Missing.NOT_ANSWERED})
    page = read_page(database, assessment, "money", ["a", "b", "c"])
    assert page.revision == 1
    assert page.answers == {"a": "x", "b": Missing.DONT_KNOW, "c": Missing.NOT_ANSWERED}
    assert saved_pages(database, assessment) == {"money"}


def test_an_older_revision_is_stale_and_changes_nothing(database: Engine, assessment: Assessment) -> None:
    save_page(database, assessment, "money", 0, {"a": "x"})
    with pytest.raises(StalePage) as stale:
        save_page(database, assessment, "money", 0, {"a": "y"})
    assert stale.value.stored.answers == {"a": "x"}
    assert read_page(database, assessment, "money", ["a"]).answers == {"a": "x"}


def test_the_same_answers_again_are_no_conflict(database: Engine, assessment: Assessment) -> None:
    first = save_page(database, assessment, "money", 0, {"a": "x"})
    assert save_page(database, assessment, "money", 0, {"a": "x"}) == first


def test_an_empty_page_counts_as_saved(database: Engine, assessment: Assessment) -> None:
    assert save_page(database, assessment, "money", 0, {"a": Missing.NOT_ANSWERED}).revision == 1


def test_a_submitted_assessment_is_closed_until_it_is_reopened(database: Engine, assessment: Assessment) -> None:
    close_wave(database, assessment, Instrument(()), 5, TODAY)
    close_wave(database, assessment, Instrument(()), 5, date(2027, 1, 1))
    with pytest.raises(Closed):
        save_page(database, assessment, "money", 0, {"a": "x"})
    reopen_assessment(database, assessment)
    assert save_page(database, assessment, "money", 0, {"a": "x"}).revision == 1


def test_an_unknown_key_opens_nothing(database: Engine) -> None:
    with pytest.raises(NotFound):
        find_assessment(database, "nothing")


def test_a_rule_set_is_kept_once_and_given_back(database: Engine) -> None:
    keep_ruleset(database, IDENTITY, {"ruleset.yaml": b"id: other"})
    assert ruleset_files(database, IDENTITY.digest) == {"ruleset.yaml": b"id: x"}
    with pytest.raises(NotFound):
        ruleset_files(database, "e" * 64)


def test_every_sqlite_connection_is_set_to_lose_nothing(sqlite: Engine) -> None:
    with sqlite.connect() as connection:
        settings = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("synchronous", "foreign_keys", "busy_timeout", "secure_delete", "journal_mode")
        }
    safe = sqlite3.sqlite_version_info >= SAFE_WAL
    assert settings == {
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 5000,
        "secure_delete": 1,
        "journal_mode": "wal" if safe else "delete",
    }


def test_of_many_writers_at_once_none_is_lost_and_none_doubled(database: Engine, assessment: Assessment) -> None:
    outcomes: list[str] = []

    def write(number: int) -> None:
        try:
            save_page(database, assessment, "money", 0, {"a": f"value{number}"})
            outcomes.append(f"value{number}")
        except StalePage:
            outcomes.append("stale")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    saved = [outcome for outcome in outcomes if outcome != "stale"]
    assert len(outcomes) == 8
    assert len(saved) == 1
    assert read_page(database, assessment, "money", ["a"]).answers == {"a": saved[0]}


def test_a_locked_database_is_said_to_be_busy(database: Engine, assessment: Assessment, database_url: str) -> None:
    blocker = open_database(database_url)
    with transaction(blocker, writing=True), pytest.raises(Unavailable, match="nothing was saved"):
        save_page(database, assessment, "money", 0, {"a": "x"})
    blocker.dispose()
    assert saved_pages(database, assessment) == frozenset()


def test_a_new_database_is_for_its_owner_only(sqlite: Engine, tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / "test.db").stat().st_mode) == 0o600


def test_a_database_of_another_version_gets_a_sentence(database: Engine, database_url: str) -> None:
    with transaction(database, writing=True) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'later'"))
    with pytest.raises(ReadinessError, match="belongs to another version of Readiness"):
        ready_database(database_url)


def test_an_error_names_no_answers(database: Engine) -> None:
    with pytest.raises(DBAPIError) as error, database.connect() as connection:
        connection.execute(text("SELECT * FROM nowhere WHERE answer = :answer"), {"answer": "said in confidence"})
    assert "said in confidence" not in str(error.value)


class TestMigrations:
    """The tables are those of the models; test_migrations.py walks through those of earlier versions."""

    def test_the_tables_are_those_of_the_models(self, database: Engine) -> None:
        with database.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, Base.metadata) == []

    def test_migrating_again_changes_nothing(self, database: Engine, assessment: Assessment) -> None:
        migrate(database)
        assert read_answers(database, assessment).phase is Phase.AFTER
