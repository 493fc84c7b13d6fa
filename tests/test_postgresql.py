"""PostgreSQL as an installation meets it: who waits for whom, a server that goes away, several workers and machines."""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner
from conftest import RULES
from flask import Flask
from pages import PageClient
from people import ADMINISTRATOR, add_administrator, app_with_accounts, browser_of
from postgresql_server import TEMPLATE, Server, running_server
from psycopg import Connection
from served import serving
from sqlalchemy import Engine, insert, make_url, text
from sqlalchemy.exc import DBAPIError
from walk import walk, walk_accounts, walk_drafts

from readiness.cli import main
from readiness.engine.answers import Phase, Role
from readiness.engine.ruleset import Identity, RuleSet
from readiness.errors import Unavailable
from readiness.store import postgresql as limits
from readiness.store.answers import read_answers, save_page
from readiness.store.assessments import find_assessment, start_assessment
from readiness.store.database import migrate, open_database, ready_database, transaction
from readiness.store.invitations import invite_respondent
from readiness.store.models import ServiceRow
from readiness.store.rulesets import keep_ruleset
from readiness.store.teams import choose_team, delete_response, enter, send_response, take_back
from readiness.web.rules import database

TODAY = date(2026, 11, 22)
ANSWERED = {200, 400, 403, 404, 405, 409, 413, 429}


@pytest.fixture
def engine(postgresql_url: str) -> Iterator[Engine]:
    engine = ready_database(postgresql_url)
    yield engine
    engine.dispose()


@contextmanager
def held(url: str, within: str = "") -> Iterator[None]:
    """Somebody else writes as long as the block lasts."""
    other = open_database(url)
    with transaction(other, writing=True, within=within):
        yield
    other.dispose()


def service(engine: Engine, name: str, within: str = "") -> None:
    with transaction(engine, writing=True, within=within) as connection:
        connection.execute(insert(ServiceRow).values(id=name, name=name))


def services(engine: Engine) -> list[str]:
    with transaction(engine) as connection:
        return list(connection.execute(text("SELECT name FROM services ORDER BY name")).scalars())


class TestTransactions:
    """Who waits for whom, and for how long."""

    @pytest.fixture(autouse=True)
    def impatient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(limits.LIMITS, "lock_timeout", "300ms")

    def test_writers_decide_one_after_the_other(self, database_url: str) -> None:
        engine = ready_database(database_url)

        def add(_: int) -> None:
            with transaction(engine, writing=True) as connection:
                count = connection.execute(text("SELECT count(*) FROM services")).scalar_one()
                time.sleep(0.01)
                connection.execute(insert(ServiceRow).values(id=str(count), name=str(count)))

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(add, range(8)))
        assert services(engine) == [str(number) for number in range(8)]
        engine.dispose()

    @pytest.mark.parametrize(("theirs", "mine"), [("", ""), ("a", ""), ("", "a"), ("a", "a")])
    def test_a_writer_waits_for_another_and_then_says_that_nothing_was_saved(
        self, engine: Engine, postgresql_url: str, theirs: str, mine: str
    ) -> None:
        with held(postgresql_url, theirs), pytest.raises(Unavailable, match="nothing was saved"):
            service(engine, "North", mine)
        assert services(engine) == []

    def test_those_within_different_things_do_not_wait(self, engine: Engine, postgresql_url: str) -> None:
        with held(postgresql_url, "a"):
            service(engine, "North", "b")
        assert services(engine) == ["North"]

    def test_pages_of_different_assessments_are_saved_at_the_same_time(
        self, engine: Engine, postgresql_url: str
    ) -> None:
        keep_ruleset(engine, Identity("x", "1.0.0", "d" * 64, "Title"), {"ruleset.yaml": b"id: x"})
        keys = [start_assessment(engine, "North", Phase.AFTER, "d" * 64, TODAY) for _ in range(2)]
        one, two = (find_assessment(engine, key) for key in keys)
        with held(postgresql_url, one.response):
            save_page(engine, two, "money", 0, {"a": "x"})
            with pytest.raises(Unavailable):
                save_page(engine, one, "money", 0, {"a": "x"})

    def test_readers_wait_for_nobody_and_see_one_moment(self, engine: Engine, postgresql_url: str) -> None:
        with held(postgresql_url):
            assert services(engine) == []
        with transaction(engine) as connection:
            count = text("SELECT count(*) FROM services")
            assert connection.execute(count).scalar_one() == 0
            service(engine, "North")
            assert connection.execute(count).scalar_one() == 0
        assert services(engine) == ["North"]

    def test_a_transaction_that_only_reads_cannot_write(self, engine: Engine) -> None:
        with pytest.raises(DBAPIError, match="read-only transaction"), transaction(engine) as connection:
            connection.execute(insert(ServiceRow).values(id="s", name="North"))

    def test_a_migration_waits_longer_than_a_page(self, engine: Engine, postgresql_url: str) -> None:
        with held(postgresql_url):
            thread = Thread(target=migrate, args=(engine,))
            thread.start()
            thread.join(timeout=1)
            assert thread.is_alive()
        thread.join(timeout=30)
        assert not thread.is_alive()

    def test_a_statement_without_end_is_ended(self, postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(limits.LIMITS, "statement_timeout", "200ms")
        engine = ready_database(postgresql_url)
        with pytest.raises(Unavailable), transaction(engine) as connection:
            connection.execute(text("SELECT pg_sleep(60)"))
        engine.dispose()

    def test_a_writer_that_falls_silent_loses_the_lock_and_has_written_nothing(
        self, engine: Engine, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(limits.LIMITS, "idle_in_transaction_session_timeout", "200ms")
        silent = ready_database(postgresql_url)

        def fall_silent() -> None:
            with transaction(silent, writing=True) as connection:
                connection.execute(insert(ServiceRow).values(id="s", name="South"))
                time.sleep(0.5)
                service(engine, "North")
                connection.execute(insert(ServiceRow).values(id="t", name="South"))

        with pytest.raises(Unavailable):
            fall_silent()
        assert services(engine) == ["North"]
        silent.dispose()

    def test_a_worker_that_is_killed_while_it_writes_frees_the_lock_and_leaves_nothing(
        self, engine: Engine, postgresql_url: str
    ) -> None:
        script = (
            "import sys, time; from readiness.store.database import *; from sqlalchemy import text\n"
            "with transaction(open_database(sys.argv[1]), writing=True) as connection:\n"
            "    connection.execute(text(\"INSERT INTO services (id, name) VALUES ('s', 'South')\"))\n"
            "    print('written', flush=True); time.sleep(60)"
        )
        with subprocess.Popen([sys.executable, "-c", script, postgresql_url], stdout=subprocess.PIPE) as worker:
            assert worker.stdout is not None
            worker.stdout.readline()
            worker.kill()
        service(engine, "North")
        assert services(engine) == ["North"]


class TestServer:
    """A server that goes away and comes back."""

    def test_a_page_says_that_nothing_was_saved_and_is_saved_when_the_server_is_back(self, tmp_path: Path) -> None:
        with running_server() as server:
            app = app_on(tmp_path, server.url("postgres"))
            client = PageClient(app)
            page = client.get(client.start() + "resources/money")
            server.stop()
            refused = client.send(page, {"peer_pay": "unpaid"})
            assert refused.status == 503
            assert "nothing was saved" in refused.text
            assert client.get("/").status == 503
            server.start()
            assert client.send(page, {"peer_pay": "unpaid"}).status == 200
            assert client.get(page.path).form()[1]["peer_pay"] == "unpaid"
            with app.app_context():
                database().dispose()

    def test_people_who_signed_in_are_told_so_too_and_stay_signed_in(self, tmp_path: Path) -> None:
        with running_server() as server:
            app = app_with_accounts(tmp_path, DATABASE_URL=server.url("postgres"))
            add_administrator(app)
            client = browser_of(app, ADMINISTRATOR)
            server.stop()
            refused = client.get("/people/")
            assert refused.status == 503
            assert "did not answer" in refused.text
            server.start()
            assert client.get("/people/").status == 200
            with app.app_context():
                database().dispose()

    def test_no_connection_crosses_the_fork_into_a_worker(
        self, tmp_path: Path, postgresql: Server, postgresql_url: str
    ) -> None:
        app = app_on(tmp_path, postgresql_url)
        with app.app_context(), postgresql.connect("postgres") as beside:
            assert connected(beside, postgresql_url) == 0
            database().dispose()

    def test_several_workers_serve_and_none_minds_that_every_connection_is_cut(
        self, tmp_path: Path, postgresql: Server, postgresql_url: str
    ) -> None:
        address = postgresql_url.replace("postgresql+psycopg://", "postgresql://")
        with serving(tmp_path, READINESS_DATABASE_URL=address) as site, postgresql.connect("postgres") as beside:
            for _ in range(50):  # on a busy machine one worker may answer everything before the other is there
                assert asked_at_once(f"{site.address}/health", 40) == Counter({200: 40})
                if connected(beside, postgresql_url) >= 2:
                    break
            assert connected(beside, postgresql_url) == 2
            beside.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name_in(postgresql_url)]
            )
            assert asked_at_once(f"{site.address}/health", 40) == Counter({200: 40})


class TestInstallation:
    """Commands, several machines, a backup, and every page."""

    def test_the_doctor_finds_it_in_order(
        self, tmp_path: Path, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("READINESS_INSTANCE", str(tmp_path))
        monkeypatch.setenv("READINESS_DATABASE_URL", postgresql_url)
        done = CliRunner().invoke(main, ["doctor"])
        assert done.exit_code == 0, done.output
        assert "ok       the database, up to date" in done.output

    def test_of_several_machines_that_start_at_once_one_makes_the_tables(self, empty_database_url: str) -> None:
        script = (
            "import sys; from readiness.store.database import ready_database; ready_database(sys.argv[1]).dispose()"
        )
        machines = [subprocess.Popen([sys.executable, "-c", script, empty_database_url]) for _ in range(3)]
        assert [machine.wait(timeout=60) for machine in machines] == [0, 0, 0]
        engine = ready_database(empty_database_url)
        service(engine, "North")
        engine.dispose()

    def test_a_backup_is_restored_into_another_database(
        self, postgresql: Server, engine: Engine, postgresql_url: str, tmp_path: Path
    ) -> None:
        keep_ruleset(engine, Identity("x", "1.0.0", "d" * 64, "Title"), {"ruleset.yaml": b"id: x"})
        key = start_assessment(engine, "Nörd", Phase.AFTER, "d" * 64, TODAY)
        save_page(engine, find_assessment(engine, key), "money", 0, {"a": "x"})
        backup = tmp_path / "readiness-backup.dump"
        for new in postgresql.database():
            plain, restored = (url.replace("+psycopg", "") for url in (postgresql_url, new))
            run = partial(subprocess.run, check=True)
            run([postgresql.binaries / "pg_dump", "--format=custom", f"--file={backup}", plain])
            run([postgresql.binaries / "pg_restore", "--no-owner", f"--dbname={restored}", backup])
            there = ready_database(new)
            assert dict(read_answers(there, find_assessment(there, key)).given) == {"a": "x"}
            there.dispose()

    def test_every_page_of_the_site_is_there(self, tmp_path: Path, postgresql: Server, shipped: RuleSet) -> None:
        first, second = postgresql.database(TEMPLATE), postgresql.database(TEMPLATE)
        app = app_on(tmp_path, next(first))
        with_accounts = app_with_accounts(tmp_path, RULES=RULES, DATABASE_URL=next(second))
        stops = [*walk(app, shipped), *walk_drafts(app, shipped), *walk_accounts(with_accounts)]
        wrong = [(stop.endpoint, stop.what, stop.page.status) for stop in stops if stop.page.status not in ANSWERED]
        assert len(stops) > 250
        assert wrong == []
        for each in (app, with_accounts):
            with each.app_context():
                database().dispose()
        assert [*first, *second] == []


class TestTraces:
    """What the server shows of rows beside what is in them."""

    def test_neither_transaction_nor_place_of_a_row_joins_a_person_with_answers(self, engine: Engine) -> None:
        keep_ruleset(engine, Identity("x", "1.0.0", "d" * 64, "Title"), {"ruleset.yaml": b"id: x"})
        key = start_assessment(engine, "North", Phase.AFTER, "d" * 64, TODAY)
        wave, role = find_assessment(engine, key), Role("peer_support_worker")
        choose_team(engine, wave, {role: ["culture"]})
        links = [invite_respondent(engine, wave, role, f"Person {number}", "") for number in range(8)]
        codes = [enter(engine, link) for link in links]
        for code in codes[:5]:
            send_response(engine, find_assessment(engine, code), "A comment.")
        take_back(engine, find_assessment(engine, codes[1]))
        delete_response(engine, find_assessment(engine, codes[6]), codes[6])
        for table in ("invitations", "responses", "comments"):
            with transaction(engine) as connection:
                written = connection.execute(text(f"SELECT DISTINCT xmin::text FROM {table}")).scalars().all()
                lying = connection.execute(text(f"SELECT id FROM {table} ORDER BY ctid")).scalars().all()
                assert len(written) == 1
                assert len(lying) > 3
                assert lying == sorted(lying)


def app_on(folder: Path, url: str) -> Flask:
    """An application without accounts on the shipped rule set."""
    return app_with_accounts(folder, ACCOUNTS=False, RULES=RULES, DATABASE_URL=url)


def name_in(url: str) -> str:
    return make_url(url).database or ""


def connected(beside: Connection, url: str) -> int:
    """How many connections a database has."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
    row = beside.execute(query, [name_in(url)]).fetchone()
    assert row is not None
    return int(row[0])


def asked_at_once(address: str, times: int) -> Counter[int]:
    """How often which status came, of many requests at once."""

    def ask(_: int) -> int:
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    with ThreadPoolExecutor(8) as pool:
        return Counter(pool.map(ask, range(times)))
