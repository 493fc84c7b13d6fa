"""What the tests share: the shipped rule set, an application on its own database, a client that reads every page."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from pages import PageClient
from postgresql_server import TEMPLATE, Server, running_server

from readiness.app import create_app
from readiness.engine.ruleset import RuleSet
from readiness.loading.ruleset import load_ruleset
from readiness.store.database import ready_database
from readiness.web.rules import database

# Tests that submit something do not want its reports; those on rendering ahead say so.
os.environ["READINESS_RENDER_AHEAD"] = "no"
ROOT = Path(__file__).resolve().parent.parent
RULES = ROOT / "rules" / "peer-support"


@pytest.fixture(scope="session")
def shipped() -> RuleSet:
    """The rule set that comes with Readiness."""
    return load_ruleset(RULES)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """An application with a database and a key of its own."""
    settings = {
        "INSTANCE": tmp_path,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'readiness.db'}",
        "SECRET_KEY": "a key for tests only, of some length",
        "TESTING": True,
        "PROPAGATE_EXCEPTIONS": False,
    }
    app = create_app(settings)
    yield app
    with app.app_context():
        database().dispose()


@pytest.fixture
def client(app: Flask) -> PageClient:
    """A browser without JavaScript that holds every page to the invariants."""
    return PageClient(app)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server, started once by each process that runs tests."""
    with running_server() as server:
        server.create_template(lambda url: ready_database(url).dispose())
        yield server


@pytest.fixture
def postgresql_url(postgresql: Server) -> Iterator[str]:
    """The address of a database of one test on PostgreSQL, with tables."""
    yield from postgresql.database(TEMPLATE)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database of one test, which runs on SQLite and on PostgreSQL. Its tables may exist."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'readiness.db'}"
    url: str = request.getfixturevalue("postgresql_url")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The same without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'readiness.db'}"
    else:
        yield from request.getfixturevalue("postgresql").database()
