"""Tables of every earlier version, with what it kept in them: up, down and up again, on both databases.

A new version adds its rows to SAMPLES; the tests walk from every version to the newest and back.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, Table, inspect

from readiness.store.database import MIGRATIONS, migrate, migrating, open_database, transaction
from readiness.store.models import Base

Row = Mapping[str, object]

DAY, NOON = date(2026, 1, 2), datetime(2026, 1, 2, 12, 30, 15, 250_000)
FILES = '{"ruleset.yaml": "title: Øst\\n"}'.encode()
# What each version could keep, in the order in which it may be inserted: table > rows. Each later version keeps it.
SAMPLES: Mapping[str, Mapping[str, Sequence[Row]]] = {
    "0001": {
        "rule_sets": [{"digest": "d1", "id": "small", "version": "1.0.0", "files": FILES}],
        "services": [{"id": "s1", "name": "Nørth “&” <b>"}],
        "assessments": [
            {
                "id": "a1", "service_id": "s1", "rule_set": "d1", "wave": "baseline", "phase": "after",
                "started_on": DAY, "submitted_on": None,
            },
            {
                "id": "a2", "service_id": "s1", "rule_set": "d1", "wave": "baseline", "phase": "before",
                "started_on": DAY, "submitted_on": DAY,
            },
        ],
        "links": [{"key_hash": "k1", "assessment_id": "a1"}],
        "responses": [{"id": "r1", "assessment_id": "a1", "role": "manager"}],
        "answers": [
            {"response_id": "r1", "item": "peer_pay", "value": "unpaid"},
            {"response_id": "r1", "item": "dedicated_budget", "value": "dont_know"},
        ],
        "pages": [{"response_id": "r1", "page": "money", "revision": 3}],
    },
    "0002": {
        "rule_sets": [
            {
                "digest": "d2", "id": "small", "version": "1.1.0", "files": FILES, "logic": "l2", "sha256": "h2",
                "origin": "installation",
            },
        ],
    },
    "0003": {
        "accounts": [
            {
                "id": "p1", "address": "ada@example.org", "name": "Ada", "is_active": True, "password": "hash",
                "totp": "secret", "totp_counter": 2**40,
            },
            {
                "id": "p2", "address": "ben@example.org", "name": "Ben", "is_active": False, "password": None,
                "totp": None, "totp_counter": None,
            },
        ],
        "account_roles": [{"account_id": "p1", "role": "administrator"}, {"account_id": "p1", "role": "researcher"}],
        "account_links": [
            {"key_hash": "k2", "account_id": "p2", "purpose": "invitation", "expires_at": NOON},
            {"key_hash": "k3", "account_id": None, "purpose": "first", "expires_at": None},
        ],
        "sign_ins": [{"key_hash": "k4", "account_id": "p1", "is_complete": True, "expires_at": NOON}],
        "recovery_codes": [{"account_id": "p1", "code_hash": "c1"}],
        "attempts": [{"id": 1, "subject": "somebody", "at": NOON}],
    },
    "0004": {
        "drafts": [
            {
                "id": "w1", "name": "New paper", "base": "d1", "state": "published", "revision": 2, "started_on": DAY,
                "note": "Ünicode", "comment": "", "published": "d2",
            },
        ],
        "draft_files": [
            {"draft_id": "w1", "path": "ruleset.yaml", "revision": 2, "content": b"title: x\n"},
            {"draft_id": "w1", "path": "gone.yaml", "revision": 2, "content": None},
        ],
        "draft_authors": [{"draft_id": "w1", "person": "p1", "name": "Ada"}],
        "draft_runs": [
            {
                "id": "j1", "draft_id": "w1", "revision": 2, "job": "test", "against": "", "state": "done", "done": 3,
                "of": 3, "heard_at": NOON, "result": b"{}",
            },
        ],
    },
    "0005": {
        "organisations": [{"id": "o1", "name": "Region"}],
        "services": [{"id": "s2", "name": "South", "organisation_id": "o1"}],
        "service_people": [{"service_id": "s2", "account_id": "p1", "part": "manager"}],
        "assessments": [
            {
                "id": "a3", "service_id": "s2", "rule_set": "d2", "wave": "follow-up", "phase": "after",
                "started_on": DAY, "submitted_on": DAY, "way": "team", "follows": "a2",
            },
        ],
        "team_roles": [{"assessment_id": "a3", "role": "manager", "sections": "[]"}],
        "responses": [
            {
                "id": "r2", "assessment_id": "a3", "role": "manager", "key_hash": None, "is_submitted": True,
                "release": 1,
            },
            {
                "id": "r3", "assessment_id": "a3", "role": "peer_support_worker", "key_hash": "k5",
                "is_submitted": True, "release": 1,
            },
        ],
        "answers": [{"response_id": "r3", "item": "peer_pay", "value": "unpaid"}],
        "pages": [{"response_id": "r3", "page": "money", "revision": 1}],
        "invitations": [
            {
                "id": "i1", "assessment_id": "a3", "role": "peer_support_worker", "is_group": False, "name": "Cleo",
                "address": "", "receipt": "x1",
            },
        ],
        "invitation_keys": [{"key_hash": "k6", "invitation_id": "i1"}],
        "comments": [{"id": "c1", "assessment_id": "a3", "text": "Said.", "release": 1}],
        "releases": [{"assessment_id": "a3", "number": 1, "released_on": DAY, "content": b"{}"}],
    },
    "0006": {
        "mails": [
            {
                "id": "m1", "kind": "invitation", "link": "k6", "assessment_id": "a3", "state": "failed", "attempts": 6,
                "due_at": None, "good_until": NOON, "sealed": b"sealed", "reason": "recipient", "said": "550",
            },
        ],
    },
    "0007": {
        "documents": [{"digest": "d9", "assessment_id": "a3", "made_on": DAY, "content": b"%PDF"}],
        "actions": [
            {
                "id": "t1", "assessment_id": "a2", "recommendation": "paid_posts", "place": 1, "owner": "Ada",
                "first_step": "Ask", "due_on": DAY, "status": "open", "note": "Ünicode", "evidence": "", "revision": 2,
            },
            {
                "id": "t2", "assessment_id": "a2", "recommendation": "own_room", "place": 2, "owner": "",
                "first_step": "", "due_on": None, "status": "done", "note": "", "evidence": "Minutes", "revision": 1,
            },
        ],
        "action_reports": [
            {"assessment_id": "a3", "action_id": "t1", "status": "done", "note": "In March", "revision": 1},
        ],
        "shares": [{"id": "h1", "key_hash": "k7", "assessment_id": "a3", "name": "Board", "expires_on": DAY}],
    },
}  # fmt: skip


def config_of(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


REVISIONS = [script.revision for script in reversed(list(ScriptDirectory.from_config(config_of()).walk_revisions()))]


@pytest.fixture
def database(empty_database_url: str) -> Iterator[Engine]:
    engine = open_database(empty_database_url)
    yield engine
    engine.dispose()


def move(engine: Engine, way: str, revision: str) -> None:
    """Migrate up or down to a revision."""
    with migrating(engine) as connection:
        getattr(command, way)(config_of(connection), revision)


def fill(engine: Engine, samples: Mapping[str, Sequence[Row]]) -> None:
    """Insert rows into the tables as they are at this revision."""
    with transaction(engine, writing=True) as connection:
        for name, rows in samples.items():
            connection.execute(Table(name, MetaData(), autoload_with=connection).insert(), rows)


def filled_until(engine: Engine, last: str) -> None:
    """Walk up to a revision as an installation did that was there from the beginning."""
    for revision in REVISIONS[: REVISIONS.index(last) + 1]:
        move(engine, "upgrade", revision)
        fill(engine, SAMPLES[revision])


def lost(engine: Engine, last: str) -> list[Row]:
    """The rows of every revision up to one that are not, as they were, in the tables as they are now."""
    missing: list[Row] = []
    with transaction(engine) as connection:
        for revision in REVISIONS[: REVISIONS.index(last) + 1]:
            for name, rows in SAMPLES[revision].items():
                table = Table(name, MetaData(), autoload_with=connection)
                kept = [row.items() for row in connection.execute(table.select()).mappings()]
                missing += [row for row in rows if not any(row.items() <= each for each in kept)]
    return missing


def test_every_version_says_what_it_could_keep() -> None:
    assert list(SAMPLES) == REVISIONS


@pytest.mark.parametrize("revision", REVISIONS)
def test_what_a_version_kept_survives_up_down_and_up_again(database: Engine, revision: str) -> None:
    filled_until(database, revision)
    migrate(database)
    assert lost(database, revision) == []
    move(database, "downgrade", revision)
    assert lost(database, revision) == []
    migrate(database)
    assert lost(database, revision) == []


def test_each_step_down_takes_only_what_its_version_brought(database: Engine) -> None:
    filled_until(database, REVISIONS[-1])
    for revision in reversed(REVISIONS[:-1]):
        move(database, "downgrade", revision)
        assert lost(database, revision) == []
    move(database, "downgrade", "base")
    assert inspect(database).get_table_names() == ["alembic_version"]
    migrate(database)
    with transaction(database) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
