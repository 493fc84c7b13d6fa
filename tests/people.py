"""An installation with accounts: people who were invited, chose a password and sign in as browsers do."""

import re
from pathlib import Path

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from pages import Page, PageClient

from readiness.app import create_app
from readiness.permissions import AccountRole
from readiness.store.accounts import first_link, invite, use_first_link, use_link
from readiness.web import identity
from readiness.web.rules import database


class Compiled(BytecodeCache):
    """Templates stay compiled from one application of a test run to the next."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what was kept."""
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self.kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()
CHEAP = {"argon2__time_cost": 1, "argon2__memory_cost": 64, "argon2__parallelism": 1}
PASSWORD = "correct horse battery"
ADMINISTRATOR = "ada@example.org"


def app_with_accounts(folder: Path, **settings: object) -> Flask:
    """An application with accounts, a database of its own, hashes that cost little and a rule set that loads fast."""
    app = create_app(
        {
            "INSTANCE": folder,
            "DATABASE_URL": f"sqlite:///{folder / 'readiness.db'}",
            "SECRET_KEY": "a key for tests only, of some length",
            "RULES": Path(__file__).parent / "small",
            "ACCOUNTS": True,
            "PASSWORD_COST": CHEAP,
            "TESTING": True,
            "PROPAGATE_EXCEPTIONS": False,
            **settings,
        }
    )
    app.jinja_env.bytecode_cache = COMPILED
    return app


def add_administrator(app: Flask, address: str = ADMINISTRATOR, name: str = "Ada") -> None:
    """Make the first administrator by the first link."""
    with app.app_context():
        key = first_link(database())
        assert key is not None
        use_first_link(database(), key, address, name, identity.hashed_password(PASSWORD), identity.now())


def add_person(app: Flask, address: str, name: str, *roles: AccountRole) -> None:
    """Invite a person, who chooses the password of all tests."""
    with app.app_context():
        key = invite(database(), address, name, roles, identity.now())
        use_link(database(), key, identity.hashed_password(PASSWORD), identity.now())


def sign_in(client: PageClient, address: str, password: str = PASSWORD) -> Page:
    """Sign a browser in through the form."""
    return client.send(client.get("/account/sign-in"), {"address": address, "password": password}, "/account/sign-in")


def browser_of(app: Flask, address: str) -> PageClient:
    """A new browser in which somebody has signed in."""
    client = PageClient(app)
    assert sign_in(client, address).status == 200
    assert "Sign out" in client.get("/").text
    return client


def link_on(page: Page) -> str:
    """The path of the link that a page shows to hand over."""
    found = re.search(r'value="https?://[^/"]+(/account/link/[^"]+)"', page.html)
    assert found is not None
    return found[1]


def cookie_of(client: PageClient) -> str:
    """The session cookie of a browser, to copy it as a thief would."""
    cookie = client.raw.get_cookie("readiness")
    assert cookie is not None
    return cookie.value


def with_cookie(app: Flask, value: str) -> PageClient:
    """A browser that holds a copied cookie."""
    client = PageClient(app)
    client.raw.set_cookie("readiness", value)
    return client
