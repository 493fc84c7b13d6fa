"""Accounts on pages, and attacks on them: a real application, a real database, browsers that copy cookies."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from urllib.parse import quote

import pytest
from flask import Flask
from pages import Page, PageClient, text_of
from passlib.totp import TOTP
from people import (
    ADMINISTRATOR,
    PASSWORD,
    add_administrator,
    add_person,
    app_with_accounts,
    browser_of,
    cookie_of,
    link_on,
    sign_in,
    with_cookie,
)

from readiness.permissions import AccountRole, Act, Person
from readiness.store.accounts import all_accounts, find_account, first_link, set_password
from readiness.store.sign_ins import set_second_factor
from readiness.web import identity
from readiness.web.access import OPEN, Open, local_path, needed, publishing_problem, signed_in
from readiness.web.account import TRIES
from readiness.web.rules import database

MANAGER, IMPLEMENTER, RESEARCHER, ADMIN = AccountRole
BEN = "ben@example.org"
WRONG = "Address and password do not fit together, or the account is not open. Check both."
NO_LINK = "This link opens nothing"
NEW = {"password": "another long password", "again": "another long password"}


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Flask]:
    """An installation with accounts and its administrator."""
    app = app_with_accounts(tmp_path)
    add_administrator(app)
    yield app
    with app.app_context():
        database().dispose()


@pytest.fixture
def ada(accounts: Flask) -> PageClient:
    """The administrator's browser."""
    return browser_of(accounts, ADMINISTRATOR)


@pytest.fixture
def ben(accounts: Flask) -> PageClient:
    """A manager's browser."""
    add_person(accounts, BEN, "Ben", MANAGER)
    return browser_of(accounts, BEN)


def id_of(app: Flask, address: str) -> str:
    with app.app_context():
        return next(each.id for each in all_accounts(database()) if each.address == address)


def is_signed_in(client: PageClient) -> bool:
    return "Sign out" in client.get("/").text


def invitation(ada: PageClient, **fields: str) -> Page:
    filled = {"name": "Cleo", "address": "cleo@example.org", "roles": "researcher", **fields}
    return ada.send(ada.get("/people/"), filled, "/people/")


class TestTheTableOfRoutes:
    def test_every_route_is_public_opened_by_a_link_or_bound_to_an_act(self, accounts: Flask) -> None:
        closed = [
            rule.endpoint
            for rule in accounts.url_map.iter_rules()
            if (rule.endpoint in OPEN) == (needed(accounts.view_functions[rule.endpoint]) is not None)
        ]
        assert closed == []

    def test_no_route_stands_in_the_table_that_does_not_exist(self, accounts: Flask) -> None:
        assert set(OPEN) <= set(accounts.view_functions)

    def test_what_a_link_opens_has_the_key_in_its_address(self, accounts: Flask) -> None:
        with_key = {rule.endpoint for rule in accounts.url_map.iter_rules() if "key" in rule.arguments}
        assert {name for name, way in OPEN.items() if way is not Open.PUBLIC} == with_key

    def test_a_route_that_no_table_names_is_closed(self, tmp_path: Path) -> None:
        app = app_with_accounts(tmp_path)
        app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
        page = PageClient(app).get("/forgotten")
        assert page.status == 403
        assert "forgotten has no entry in the table of readiness/web/access.py, so it is closed." in page.text

    def test_every_page_is_ours_and_none_is_of_flask_security(self, accounts: Flask) -> None:
        views = {name: view.__module__ for name, view in accounts.view_functions.items() if name != "static"}
        assert {name for name, module in views.items() if not module.startswith("readiness.web.")} == set()
        assert "security" not in accounts.blueprints
        for path in ("login", "logout", "register", "reset", "confirm", "change", "verify", "us-signin", "wan-signin"):
            assert PageClient(accounts).get(f"/{path}").status == 404

    @pytest.mark.parametrize("address", [None, BEN, "cleo@example.org", "dora@example.org", ADMINISTRATOR])
    def test_a_route_opens_to_the_roles_of_its_act_only(self, accounts: Flask, address: str | None) -> None:
        add_person(accounts, BEN, "Ben", MANAGER)
        add_person(accounts, "cleo@example.org", "Cleo", IMPLEMENTER)
        add_person(accounts, "dora@example.org", "Dora", RESEARCHER)
        client = browser_of(accounts, address) if address else PageClient(accounts)
        token = client.get("/").html.partition('name="csrf_token" value="')[2].partition('"')[0]
        token = token or client.get("/account/sign-in").form()[1]["csrf_token"]
        for rule in accounts.url_map.iter_rules():
            act = needed(accounts.view_functions[rule.endpoint])
            if act not in (Act.MANAGE_ACCOUNTS, Act.START_ASSESSMENT):
                continue
            path = re.sub("<[^>]*>", "nothing", rule.rule)
            method = "POST" if "POST" in (rule.methods or ()) else "GET"
            answer = client.raw.open(path, method=method, data={"csrf_token": token})
            may = {Act.MANAGE_ACCOUNTS: [ADMINISTRATOR], Act.START_ASSESSMENT: [ADMINISTRATOR, BEN]}[act]
            if address is None:
                assert answer.headers["Location"].startswith("/account/sign-in"), path
            else:
                assert (answer.status_code == 403) is (address not in may), path


class TestPersonalMode:
    def test_nobody_is_asked_to_sign_in_and_everything_is_allowed(self, app: Flask, client: PageClient) -> None:
        assert "Sign in" not in client.get("/").text
        assert client.start()
        with app.test_request_context():
            person = signed_in()
        assert (person.id, person.roles) == ("local", frozenset(AccountRole))

    @pytest.mark.parametrize("address", ["10.0.0.5", "192.168.1.7", "::ffff:10.0.0.5", "", "unix:", "2001:db8::1"])
    def test_a_request_from_another_address_is_refused(self, app: Flask, address: str) -> None:
        answer = app.test_client().get("/", environ_overrides={"REMOTE_ADDR": address})
        assert answer.status_code == 403
        assert "answers only the computer it runs on" in answer.get_data(as_text=True)

    @pytest.mark.parametrize("path", ["/", "/static/style.css", "/health", "/nowhere", "/people/"])
    def test_every_path_is_refused_to_another_address(self, app: Flask, path: str) -> None:
        answer = app.test_client().get(path, environ_overrides={"REMOTE_ADDR": "10.0.0.5"})
        assert answer.status_code == 403

    @pytest.mark.parametrize(
        "header", ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded", "Via", "X-Real-IP"]
    )
    def test_a_forwarded_request_is_refused_also_when_it_claims_to_come_from_here(
        self, app: Flask, header: str
    ) -> None:
        assert app.test_client().get("/", headers={header: "127.0.0.1"}).status_code == 403

    def test_a_proxy_that_adds_nothing_is_known_by_its_old_protocol(self, app: Flask) -> None:
        assert app.test_client().get("/", environ_overrides={"SERVER_PROTOCOL": "HTTP/1.0"}).status_code == 403

    @pytest.mark.parametrize("path", ["/account/", "/account/sign-in", "/account/link/guess", "/people/"])
    def test_there_is_nothing_to_sign_in_to(self, client: PageClient, path: str) -> None:
        page = client.get(path)
        assert page.status == 404
        assert "This installation has no accounts" in page.text

    def test_publishing_in_the_installation_needs_accounts_and_the_sentence_says_so(self, app: Flask) -> None:
        with app.test_request_context():
            sentence = publishing_problem(signed_in(), ["local"])
        assert sentence is not None
        assert sentence.startswith("In personal mode there is no second person")

    def test_turning_accounts_on_loses_nothing(self, client: PageClient, tmp_path: Path, app: Flask) -> None:
        tasks = client.start("Clinic North")
        client.send(client.get(tasks + "resources/money"), {"peer_pay": "unpaid"})
        grown = app_with_accounts(tmp_path, DATABASE_URL=app.config["DATABASE_URL"])
        assert "Clinic North" in PageClient(grown).get(tasks).text
        again = with_cookie(grown, cookie_of(client))
        assert "Clinic North" in again.get("/").text
        with grown.app_context():
            database().dispose()


class TestTheFirstStart:
    def test_the_administrator_chooses_name_address_and_password_by_the_first_link(self, tmp_path: Path) -> None:
        app = app_with_accounts(tmp_path)
        with app.app_context():
            path = f"/account/link/{first_link(database())}"
        client = PageClient(app)
        page = client.send(client.get(path), {"name": "Ada", "address": ADMINISTRATOR, **NEW}, "/link/")
        assert "Your password is saved. Sign in with it." in page.text
        assert sign_in(client, ADMINISTRATOR, NEW["password"]).status == 200
        assert "Ada" in client.get("/people/").text
        assert NO_LINK in client.get(path).text

    def test_there_is_no_account_and_no_password_before(self, tmp_path: Path) -> None:
        app = app_with_accounts(tmp_path)
        client = PageClient(app)
        for address in ("admin@example.org", "admin@localhost", "administrator@example.org"):
            for password in ("admin", "password", "changeme", "readiness"):
                assert WRONG in sign_in(client, address, password).text
        with app.app_context():
            assert all_accounts(database()) == ()

    def test_what_does_not_fit_is_said_and_spends_nothing(self, tmp_path: Path) -> None:
        app = app_with_accounts(tmp_path)
        with app.app_context():
            path = f"/account/link/{first_link(database())}"
        client = PageClient(app)
        page = client.send(
            client.get(path), {"name": "", "address": "ada", "password": "short", "again": "x"}, "/link/"
        )
        assert page.status == 400
        for sentence in (
            "Give a name.",
            "This is no e-mail address.",
            "at least 12 characters",
            "The two passwords differ",
        ):
            assert sentence in page.text
        assert client.get(path).status == 200


class TestSigningIn:
    def test_one_signs_in_whatever_case_the_address_has(self, accounts: Flask) -> None:
        client = PageClient(accounts)
        assert sign_in(client, " ADA@Example.org ").path == "/"
        assert is_signed_in(client)

    def test_a_password_composed_on_another_keyboard_is_the_same(self, accounts: Flask) -> None:
        client = PageClient(accounts)
        with accounts.app_context():
            account = id_of(accounts, ADMINISTRATOR)
            set_password(database(), account, identity.hashed_password("caf\u00e9 in the evening"))
        assert sign_in(client, ADMINISTRATOR, "cafe\u0301 in the evening").path == "/"

    @pytest.mark.parametrize(
        ("address", "password"),
        [
            (ADMINISTRATOR, "wrong password here"),
            ("nobody@example.org", PASSWORD),
            ("invited@example.org", PASSWORD),
            (BEN, PASSWORD),
            ("' OR 1=1 --", PASSWORD),
        ],
        ids=["wrong password", "unknown", "invited", "deactivated", "injection"],
    )
    def test_whoever_cannot_sign_in_gets_one_and_the_same_page(
        self, accounts: Flask, ada: PageClient, address: str, password: str
    ) -> None:
        invitation(ada, address="invited@example.org")
        add_person(accounts, BEN, "Ben", MANAGER)
        ada.send(ada.get(f"/people/{id_of(accounts, BEN)}"), {}, "/deactivate")
        client = PageClient(accounts)
        page = sign_in(client, address, password)
        assert page.status == 400
        same = sign_in(PageClient(accounts), "somebody@example.org", "some other password")
        assert page.text == same.text
        assert WRONG in page.text
        assert not is_signed_in(client)

    def test_an_unknown_address_takes_as_long_as_a_wrong_password(self, tmp_path: Path) -> None:
        cost = {"argon2__time_cost": 2, "argon2__memory_cost": 16384, "argon2__parallelism": 1}
        app = app_with_accounts(tmp_path, PASSWORD_COST=cost)
        add_administrator(app)
        client = PageClient(app)
        page = client.get("/account/sign-in")

        def seconds(address: str) -> float:
            began = time.process_time()
            client.send(page, {"address": address, "password": "wrong password here"}, "/account/sign-in")
            return time.process_time() - began

        pairs = [(seconds(ADMINISTRATOR), seconds("nobody@example.org")) for _ in range(TRIES - 1)]
        known, unknown = median(first for first, _ in pairs), median(second for _, second in pairs)
        assert 0.7 < known / unknown < 1.4

    def test_the_page_never_shows_a_password_again(self, accounts: Flask) -> None:
        assert "wrong password here" not in sign_in(PageClient(accounts), ADMINISTRATOR, "wrong password here").html

    def test_too_many_attempts_stop_the_right_password_too_and_tell_nothing(self, accounts: Flask) -> None:
        pages = {}
        for address in (ADMINISTRATOR, "nobody@example.org"):
            for _ in range(TRIES):
                assert sign_in(PageClient(accounts), address, "wrong password here").status == 400
            pages[address] = sign_in(PageClient(accounts), address)
        assert pages[ADMINISTRATOR].status == 429
        assert "There were too many attempts. Wait 15 minutes" in pages[ADMINISTRATOR].text
        assert pages[ADMINISTRATOR].text == pages["nobody@example.org"].text

    def test_a_new_password_by_link_starts_the_count_anew(
        self, accounts: Flask, ada: PageClient, ben: PageClient
    ) -> None:
        for _ in range(TRIES):
            sign_in(PageClient(accounts), BEN, "wrong password here")
        client = PageClient(accounts)
        page = ada.send(ada.get(f"/people/{id_of(accounts, BEN)}"), {}, "/link")
        client.send(client.get(link_on(page)), NEW, "/link/")
        assert sign_in(client, BEN, NEW["password"]).path == "/"

    def test_attempts_on_many_accounts_from_one_network_stop(
        self, accounts: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("readiness.web.account.TRIES_FROM_NETWORK", 5)
        client = PageClient(accounts)
        page = client.get("/account/sign-in")
        fields = {"password": "wrong password here"}
        answers = [client.send(page, {"address": f"{n}@example.org", **fields}, "/sign-in").status for n in range(7)]
        assert answers == [400] * 5 + [429] * 2

    def test_behind_a_proxy_the_address_it_adds_counts_and_one_that_a_browser_claims_does_not(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("readiness.web.account.TRIES_FROM_NETWORK", 2)
        app = app_with_accounts(tmp_path, PROXIES=1)
        client = PageClient(app)
        path, fields = client.get("/account/sign-in").form("/sign-in")
        answers = []
        for number, claimed in enumerate(("1.1.1.1", "2.2.2.2", "3.3.3.3")):
            sent = {**fields, "address": f"{number}@example.org", "password": "wrong password here"}
            headers = {"X-Forwarded-For": f"{claimed}, 203.0.113.9"}
            answers.append(client.raw.post(path, data=sent, headers=headers).status_code)
        assert answers == [400, 400, 429]

    def test_the_right_password_starts_the_count_anew(self, accounts: Flask) -> None:
        for _ in range(2):
            for _ in range(TRIES - 1):
                assert sign_in(PageClient(accounts), ADMINISTRATOR, "wrong password here").status == 400
            assert sign_in(PageClient(accounts), ADMINISTRATOR).status == 200

    @pytest.mark.parametrize(
        "target",
        [
            "https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
            "javascript:alert(1)", "evil.example", "/ok\r\nX: y", "///evil.example", "http:evil.example", "/é",
        ],
    )  # fmt: skip
    def test_signing_in_leads_to_no_other_site(self, accounts: Flask, target: str) -> None:
        client = PageClient(accounts)
        client.get(f"/account/sign-in?next={quote(target)}")
        path, fields = client.get("/account/sign-in").form("/sign-in")
        sent = {**fields, "address": ADMINISTRATOR, "password": PASSWORD, "next": target}
        assert client.raw.post(path, data=sent).headers["Location"] == "/"
        assert local_path(target) is None

    def test_signing_in_leads_back_to_the_page_that_asked_for_it(self, accounts: Flask) -> None:
        client = PageClient(accounts)
        page = client.get("/people/?x=1")
        assert page.path == "/account/sign-in"
        page = client.send(page, {"address": ADMINISTRATOR, "password": PASSWORD}, "/sign-in")
        assert page.path == "/people/"


class TestSessions:
    def test_a_session_is_made_anew_at_signing_in(self, accounts: Flask) -> None:
        victim = PageClient(accounts)
        planted = PageClient(accounts)
        planted.get("/account/sign-in")
        before = cookie_of(planted)
        victim.raw.set_cookie("readiness", before)
        token = victim.get("/account/sign-in").form()[1]["csrf_token"]
        sign_in(victim, ADMINISTRATOR)
        assert is_signed_in(victim)
        assert not is_signed_in(with_cookie(accounts, before))
        assert victim.get("/account/").form("/password")[1]["csrf_token"] != token

    def test_signing_in_again_ends_the_sign_in_before(self, accounts: Flask, ada: PageClient) -> None:
        before = cookie_of(ada)
        page = PageClient(accounts).get("/account/sign-in")
        path, fields = page.form("/sign-in")
        with_token = with_cookie(accounts, before)
        token = with_token.get("/account/").form("/password")[1]["csrf_token"]
        sent = {**fields, "csrf_token": token, "address": ADMINISTRATOR, "password": PASSWORD}
        assert with_token.raw.post(path, data=sent).status_code == 303
        assert not is_signed_in(with_cookie(accounts, before))

    def test_a_copied_session_is_refused_after_signing_out(self, accounts: Flask, ada: PageClient) -> None:
        stolen = cookie_of(ada)
        assert is_signed_in(with_cookie(accounts, stolen))
        ada.send(ada.get("/"), {}, "/sign-out")
        assert not is_signed_in(ada)
        assert not is_signed_in(with_cookie(accounts, stolen))
        assert with_cookie(accounts, stolen).get("/people/").path == "/account/sign-in"

    def test_signing_out_leaves_other_browsers_signed_in_and_everywhere_leaves_none(self, accounts: Flask) -> None:
        one, two, three = (browser_of(accounts, ADMINISTRATOR) for _ in range(3))
        one.send(one.get("/"), {}, "/account/sign-out")
        assert [is_signed_in(each) for each in (one, two, three)] == [False, True, True]
        page = two.send(two.get("/account/"), {}, "/sign-out-everywhere")
        assert "You are signed out everywhere." in page.text
        assert [is_signed_in(each) for each in (two, three)] == [False, False]

    def test_changing_the_password_ends_every_other_session_and_copies_of_this_one(
        self, accounts: Flask, ada: PageClient
    ) -> None:
        other, stolen = browser_of(accounts, ADMINISTRATOR), cookie_of(ada)
        page = ada.send(ada.get("/account/"), {"present": PASSWORD, **NEW}, "/password")
        assert "Your password is changed" in page.text
        assert is_signed_in(ada)
        assert not is_signed_in(other)
        assert not is_signed_in(with_cookie(accounts, stolen))
        assert WRONG in sign_in(PageClient(accounts), ADMINISTRATOR).text
        assert sign_in(PageClient(accounts), ADMINISTRATOR, NEW["password"]).path == "/"

    @pytest.mark.parametrize("change", ["password", "second factor"])
    def test_a_sign_in_under_way_does_not_survive_what_changes_meanwhile(
        self, accounts: Flask, monkeypatch: pytest.MonkeyPatch, change: str
    ) -> None:
        account, fits = id_of(accounts, ADMINISTRATOR), identity.fits

        def fits_and_then_changes(password: str, kept: str | None) -> bool:
            found = fits(password, kept)
            if change == "password":
                set_password(database(), account, identity.hashed_password(NEW["password"]))
            else:
                set_second_factor(database(), account, identity.new_secret(), 1, ("one",))
            return found

        monkeypatch.setattr(identity, "fits", fits_and_then_changes)  # as if another worker came between
        client = PageClient(accounts)
        page = sign_in(client, ADMINISTRATOR)
        assert page.status == 400
        assert WRONG in page.text
        assert not is_signed_in(client)

    def test_waiting_for_a_code_ends_when_the_password_changes_while_it_is_checked(
        self, accounts: Flask, ada: PageClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        secret, spend = set_second_factor_up(ada), identity.spend_code

        def spends_and_then_changes(account: str, code: str) -> bool:
            found = spend(account, code)
            set_password(database(), account, identity.hashed_password(NEW["password"]))
            return found

        client = PageClient(accounts)
        page = sign_in(client, ADMINISTRATOR)
        monkeypatch.setattr(identity, "spend_code", spends_and_then_changes)
        page = client.send(page, {"code": code_now(secret, 1)}, "/code")
        assert page.path == "/account/sign-in"
        assert not is_signed_in(client)

    def test_a_forged_session_is_nobodys(self, accounts: Flask, ada: PageClient) -> None:
        payload, _, rest = cookie_of(ada).partition(".")
        forged = f"{payload[:-2]}AA.{rest}"
        assert not is_signed_in(with_cookie(accounts, forged))

    @pytest.mark.parametrize("header", ["Authentication-Token", "Authorization", "X-Remote-User", "Remote-User"])
    def test_no_header_signs_anybody_in(self, accounts: Flask, ada: PageClient, header: str) -> None:
        answer = accounts.test_client().get("/people/", headers={header: id_of(accounts, ADMINISTRATOR)})
        assert answer.headers["Location"].startswith("/account/sign-in")

    def test_a_token_of_flask_security_signs_nobody_in(self, accounts: Flask, ada: PageClient) -> None:
        with ada.raw.session_transaction() as session:
            key = session["_user_id"]
        with accounts.test_request_context():
            account = find_account(database(), id_of(accounts, ADMINISTRATOR))
            token = identity.SignedIn(key, account).get_auth_token()
        answer = accounts.test_client().get("/people/", headers={"Authentication-Token": token})
        assert answer.headers["Location"].startswith("/account/sign-in")
        assert accounts.test_client().get(f"/people/?auth_token={token}").status_code == 303

    def test_a_password_is_changed_only_by_who_knows_it(self, accounts: Flask, ada: PageClient) -> None:
        page = ada.send(ada.get("/account/"), {"present": "wrong password here", **NEW}, "/password")
        assert page.status == 400
        assert "This is not your present password." in page.text
        for _ in range(TRIES):
            page = ada.send(ada.get("/account/"), {"present": "wrong password here", **NEW}, "/password")
        assert page.status == 429
        assert sign_in(PageClient(accounts), ADMINISTRATOR).path == "/"

    def test_every_post_of_accounts_needs_its_token(self, accounts: Flask, ada: PageClient) -> None:
        posts = [
            re.sub("<[^>]*>", "nothing", rule.rule)
            for rule in accounts.url_map.iter_rules()
            if "POST" in (rule.methods or ()) and rule.endpoint.split(".")[0] in ("account", "people")
        ]
        assert len(posts) >= 14
        for path in posts:
            answer = ada.raw.post(path, data={"csrf_token": "guessed", **NEW})
            assert answer.status_code == 400, path
            assert "Please send that again" in answer.get_data(as_text=True), path
        assert is_signed_in(ada)

    def test_a_token_of_another_browser_is_refused(self, accounts: Flask, ada: PageClient, ben: PageClient) -> None:
        token = ben.get("/").form("/sign-out")[1]["csrf_token"]
        assert ada.post("/account/sign-out", {"csrf_token": token}).status == 400
        assert is_signed_in(ada)

    def test_pages_of_signed_in_people_are_not_kept_by_browsers(self, ada: PageClient) -> None:
        assert ada.raw.get("/people/").headers["Cache-Control"] == "no-store"


class TestLinks:
    def test_an_invitation_is_shown_to_copy_and_as_a_picture_and_opens_once(
        self, accounts: Flask, ada: PageClient
    ) -> None:
        page = invitation(ada)
        link = link_on(page)
        assert [text_of(each) for each in page.root.iter() if str(each.tag).endswith("}svg")] == ["QR code of the link"]
        assert link not in ada.get("/people/").html
        assert "Invited; the link works until" in ada.get("/people/").text
        cleo = PageClient(accounts)
        page = cleo.send(cleo.get(link), NEW, "/link/")
        assert page.path == "/account/sign-in"
        sign_in(cleo, "cleo@example.org", NEW["password"])
        assert is_signed_in(cleo)
        again = PageClient(accounts)
        assert again.get(link).status == 404

    def test_opening_a_link_many_times_spends_nothing(self, accounts: Flask, ada: PageClient) -> None:
        link = link_on(invitation(ada))
        for _ in range(3):
            assert PageClient(accounts).get(link).status == 200
            assert accounts.test_client().head(link).status_code == 200
        client = PageClient(accounts)
        assert client.send(client.get(link), NEW, "/link/").path == "/account/sign-in"

    def test_a_page_that_was_opened_before_the_link_was_spent_spends_it_no_second_time(
        self, accounts: Flask, ada: PageClient
    ) -> None:
        link = link_on(invitation(ada))
        one, two = PageClient(accounts), PageClient(accounts)
        pages = one.get(link), two.get(link)
        one.send(pages[0], NEW, "/link/")
        late = two.send(pages[1], {"password": "a thief's password", "again": "a thief's password"}, "/link/")
        assert late.status == 404
        assert NO_LINK in late.text
        assert WRONG in sign_in(PageClient(accounts), "cleo@example.org", "a thief's password").text

    @pytest.mark.parametrize(
        "key", ["guess", "A" * 32, "%2541%2541", "..%2f..%2fpeople", "%00", "é", "%F0%9F%92%A9", "a" * 5000]
    )
    def test_a_guessed_or_mangled_link_opens_nothing(self, accounts: Flask, key: str) -> None:
        page = PageClient(accounts).get(f"/account/link/{key}")
        assert page.status == 404

    def test_a_twice_encoded_link_opens_nothing_and_stays_unspent(self, accounts: Flask, ada: PageClient) -> None:
        link = link_on(invitation(ada))
        key = link.rsplit("/", 1)[1]
        twice = "".join(f"%25{ord(character):02X}" for character in key)
        assert PageClient(accounts).get(f"/account/link/{twice}").status == 404
        assert PageClient(accounts).get(link).status == 200

    def test_a_key_of_an_assessment_or_a_sign_in_is_no_link(self, accounts: Flask, ada: PageClient) -> None:
        key = ada.start().split("/")[2]
        assert PageClient(accounts).get(f"/account/link/{key}").status == 404
        assert PageClient(accounts).get(f"/a/{link_on(invitation(ada)).rsplit('/', 1)[1]}/").status == 404

    def test_a_link_chooses_a_password_and_nothing_else(self, accounts: Flask, ada: PageClient) -> None:
        link = link_on(invitation(ada))
        client = PageClient(accounts)
        more = {"roles": "administrator", "name": "Eve", "address": "eve@example.org", "is_active": "1", "id": "1"}
        client.send(client.get(link), {**NEW, **more}, "/link/")
        with accounts.app_context():
            (found,) = [each for each in all_accounts(database()) if not each.address.startswith("ada")]
        assert (found.address, found.name, found.roles) == ("cleo@example.org", "Cleo", {RESEARCHER})

    def test_a_reset_signs_every_browser_out_and_keeps_the_second_factor(
        self, accounts: Flask, ada: PageClient, ben: PageClient
    ) -> None:
        secret = set_second_factor_up(ben)
        page = ada.send(ada.get(f"/people/{id_of(accounts, BEN)}"), {}, "/link")
        assert "Once, within 24 hours" in page.text
        client = PageClient(accounts)
        client.send(client.get(link_on(page)), NEW, "/link/")
        assert not is_signed_in(ben)
        page = sign_in(client, BEN, NEW["password"])
        assert page.path == "/account/code"
        assert not is_signed_in(client)
        client.send(page, {"code": code_now(secret, 1)}, "/code")
        assert is_signed_in(client)

    def test_the_link_bears_the_name_the_browser_used_and_no_foreign_one(self, accounts: Flask) -> None:
        client = PageClient(accounts)
        answer = client.raw.get("/account/sign-in", headers={"Host": "evil.example"})
        assert answer.status_code == 400


class TestPeople:
    def test_roles_change_from_the_next_page_on(self, accounts: Flask, ada: PageClient, ben: PageClient) -> None:
        assert ben.get("/people/").status == 403
        page = ada.get(f"/people/{id_of(accounts, BEN)}")
        path, fields = page.form("/roles")
        token = ("csrf_token", fields["csrf_token"])
        ada.post(path, [token, ("roles", "administrator"), ("roles", "researcher")])
        assert ben.get("/people/").status == 200
        ada.post(path, [token, ("roles", "researcher")])
        assert ben.get("/people/").status == 403

    @pytest.mark.parametrize("roles", [[], ["owner"], ["administrator", "root"]])
    def test_roles_that_do_not_exist_or_none_change_nothing(
        self, accounts: Flask, ada: PageClient, ben: PageClient, roles: list[str]
    ) -> None:
        account = id_of(accounts, BEN)
        path, fields = ada.get(f"/people/{account}").form("/roles")
        sent = [("csrf_token", fields["csrf_token"]), *(("roles", role) for role in roles)]
        assert ada.post(path, sent).status == 400
        with accounts.app_context():
            assert find_account(database(), account).roles == {MANAGER}

    def test_nobody_gives_themselves_a_role(self, accounts: Flask, ben: PageClient) -> None:
        account = id_of(accounts, BEN)
        token = ben.get("/").form("/sign-out")[1]["csrf_token"]
        for path in (f"/people/{account}/roles", "/people/", f"/people/{account}/link"):
            assert ben.post(path, {"csrf_token": token, "roles": "administrator"}).status == 403
        more = {"present": PASSWORD, **NEW, "roles": "administrator"}
        ben.send(ben.get("/account/"), more, "/password")
        with accounts.app_context():
            assert find_account(database(), account).roles == {MANAGER}

    def test_a_deactivated_person_is_out_at_once(self, accounts: Flask, ada: PageClient, ben: PageClient) -> None:
        path = f"/people/{id_of(accounts, BEN)}"
        page = ada.send(ada.get(path), {}, "/deactivate")
        assert "Not active" in page.text
        assert not is_signed_in(ben)
        assert ada.send(page, {}, "/activate").status == 200
        assert not is_signed_in(ben)
        assert sign_in(ben, BEN).path == "/"

    def test_the_last_administrator_cannot_shut_everybody_out(self, accounts: Flask, ada: PageClient) -> None:
        page = ada.send(ada.get(f"/people/{id_of(accounts, ADMINISTRATOR)}"), {}, "/deactivate")
        assert page.status == 409
        assert "Nobody would be left to manage accounts." in page.text
        assert is_signed_in(ada)

    def test_an_address_that_is_taken_is_said_beside_what_was_typed(self, ada: PageClient) -> None:
        page = invitation(ada, address=ADMINISTRATOR, name="Somebody")
        assert page.status == 409
        assert "There is an account with this address already." in page.text
        assert 'value="Somebody"' in page.html

    @pytest.mark.parametrize(
        ("field", "value", "sentence"),
        [
            ("name", "", "Give a name."),
            ("name", "x" * 301, "The name is too long."),
            ("name", "Ev\u202ee", "hidden character"),
            ("address", "no address", "This is no e-mail address."),
            ("address", "a@b@c", "This is no e-mail address."),
            ("address", "a" * 250 + "@x.org", "This is no e-mail address."),
            ("address", "a\u200b@x.org", "This is no e-mail address."),
        ],
    )
    def test_an_invitation_that_does_not_fit_makes_no_account(
        self, accounts: Flask, ada: PageClient, field: str, value: str, sentence: str
    ) -> None:
        page = invitation(ada, **{field: value})
        assert page.status == 400
        assert sentence in page.text
        with accounts.app_context():
            assert len(all_accounts(database())) == 1

    def test_a_name_is_shown_as_text(self, ada: PageClient) -> None:
        invitation(ada, name="<script>alert(1)</script>")
        assert "<script>alert(1)</script>" in ada.get("/people/").text

    def test_an_account_that_does_not_exist_is_not_there(self, ada: PageClient) -> None:
        assert "There is no such account." in ada.get("/people/nobody").text


class TestStartingAnAssessment:
    def test_nobody_starts_one_without_signing_in(self, accounts: Flask) -> None:
        client = PageClient(accounts)
        page = client.get("/")
        assert "Managers of this installation sign in to start one." in page.text
        token = client.get("/account/sign-in").form()[1]["csrf_token"]
        answer = client.raw.post("/assessments", data={"csrf_token": token, "service": "x", "phase": "after"})
        assert answer.headers["Location"] == "/account/sign-in"

    def test_a_manager_starts_one_and_nobody_else_opens_it(self, accounts: Flask, ben: PageClient) -> None:
        tasks = ben.start("Clinic North")
        assert ben.get(tasks).path == tasks
        assert PageClient(accounts).get(tasks).path == "/account/sign-in"
        add_person(accounts, "max@example.org", "Max", MANAGER)
        assert browser_of(accounts, "max@example.org").get(tasks).status == 404

    def test_a_researcher_does_not_start_one(self, accounts: Flask) -> None:
        add_person(accounts, BEN, "Ben", RESEARCHER)
        assert "Starting one needs the role manager." in browser_of(accounts, BEN).get("/").text

    def test_services_are_listed_to_whoever_is_signed_in_and_to_nobody_else(
        self, accounts: Flask, ben: PageClient
    ) -> None:
        ben.start("Clinic North")
        page = ben.send(ben.get("/"), {}, "/account/sign-out")
        assert "Clinic North" not in page.text
        sign_in(ben, BEN)
        assert "Clinic North" in ben.get("/").text


def code_now(secret: str, steps_later: int = 0) -> str:
    """What an authenticator app shows, now or some half minutes later."""
    token = TOTP(secret.replace("-", "")).generate(int(time.time()) + 30 * steps_later)
    return str(token.token)


def set_second_factor_up(client: PageClient) -> str:
    """Set a second factor up in a signed-in browser; the key that the page shows."""
    page = client.get("/account/second-factor")
    secret = text_of(next(page.root.iter("code")))
    done = client.send(page, {"code": code_now(secret), "present": PASSWORD}, "/second-factor")
    assert "The second step is on." in done.text
    assert "Sign out" in done.text
    client.recovery = [text_of(code) for code in done.root.iter("code")]  # type: ignore[attr-defined]
    return secret


class TestTheSecondFactor:
    def test_with_it_a_password_alone_opens_nothing(self, accounts: Flask, ada: PageClient) -> None:
        secret = set_second_factor_up(ada)
        client = PageClient(accounts)
        page = sign_in(client, ADMINISTRATOR)
        assert page.path == "/account/code"
        assert client.get("/people/").path == "/account/sign-in"
        page = client.send(page, {"code": "000000"}, "/code")
        assert "This code does not fit." in page.text
        page = client.send(page, {"code": code_now(secret, 1)}, "/code")
        assert is_signed_in(client)

    def test_a_code_opens_once(self, accounts: Flask, ada: PageClient) -> None:
        secret = set_second_factor_up(ada)
        code = code_now(secret, 1)
        one, two = PageClient(accounts), PageClient(accounts)
        one.send(sign_in(one, ADMINISTRATOR), {"code": code}, "/code")
        two.send(sign_in(two, ADMINISTRATOR), {"code": code}, "/code")
        assert [is_signed_in(one), is_signed_in(two)] == [True, False]

    def test_a_recovery_code_opens_once_however_it_is_typed(self, accounts: Flask, ada: PageClient) -> None:
        set_second_factor_up(ada)
        recovery = ada.recovery[0]  # type: ignore[attr-defined]
        assert len(ada.recovery) == len(set(ada.recovery)) == 8  # type: ignore[attr-defined]
        one, two = PageClient(accounts), PageClient(accounts)
        one.send(sign_in(one, ADMINISTRATOR), {"code": recovery.upper().replace("-", " ")}, "/code")
        two.send(sign_in(two, ADMINISTRATOR), {"code": recovery}, "/code")
        assert [is_signed_in(one), is_signed_in(two)] == [True, False]
        assert "7 recovery codes are left." in one.get("/account/").text

    def test_it_starts_only_with_a_code_that_fits_and_the_password(self, accounts: Flask, ada: PageClient) -> None:
        page = ada.get("/account/second-factor")
        secret = text_of(next(page.root.iter("code")))
        for fields in (
            {"code": "123456", "present": PASSWORD},
            {"code": code_now(secret), "present": "wrong one here"},
        ):
            assert ada.send(page, fields, "/second-factor").status == 400
        assert sign_in(PageClient(accounts), ADMINISTRATOR).path == "/"

    def test_setting_it_up_signs_other_browsers_out(self, accounts: Flask, ada: PageClient) -> None:
        other = browser_of(accounts, ADMINISTRATOR)
        set_second_factor_up(ada)
        assert [is_signed_in(ada), is_signed_in(other)] == [True, False]

    def test_guessing_codes_stops(self, accounts: Flask, ada: PageClient) -> None:
        secret = set_second_factor_up(ada)
        client = PageClient(accounts)
        page = sign_in(client, ADMINISTRATOR)
        answers = [client.send(page, {"code": f"{n:06}"}, "/code").status for n in range(TRIES + 1)]
        assert answers[-1] == 429
        client = PageClient(accounts)
        assert client.send(sign_in(client, ADMINISTRATOR), {"code": code_now(secret, 1)}, "/code").status == 429

    @pytest.mark.parametrize("code", ["", "abc", "١٢٣٤٥٦", "-1", "1" * 39, "²²²²²²", "\x00"])
    def test_a_code_that_is_none_gets_a_sentence(self, accounts: Flask, ada: PageClient, code: str) -> None:
        set_second_factor_up(ada)
        client = PageClient(accounts)
        page = client.send(sign_in(client, ADMINISTRATOR), {"code": code}, "/code")
        assert page.status == 400
        assert not is_signed_in(client)

    def test_its_owner_switches_it_off_with_the_password_only(self, accounts: Flask, ada: PageClient) -> None:
        set_second_factor_up(ada)
        page = ada.send(ada.get("/account/"), {"present": "wrong password here"}, "/second-factor/off")
        assert "the second step stays on" in page.text
        assert sign_in(PageClient(accounts), ADMINISTRATOR).path == "/account/code"
        ada.send(ada.get("/account/"), {"present": PASSWORD}, "/second-factor/off")
        assert sign_in(PageClient(accounts), ADMINISTRATOR).path == "/"

    def test_an_administrator_switches_it_off_for_who_lost_it(
        self, accounts: Flask, ada: PageClient, ben: PageClient
    ) -> None:
        set_second_factor_up(ben)
        ada.send(ada.get(f"/people/{id_of(accounts, BEN)}"), {}, "/second-factor-off")
        assert sign_in(PageClient(accounts), BEN).path == "/"

    def test_the_session_shows_nobody_the_secret(self, accounts: Flask, ada: PageClient) -> None:
        page = ada.get("/account/second-factor")
        secret = text_of(next(page.root.iter("code"))).replace("-", "")
        with ada.raw.session_transaction() as session:
            assert secret not in str(dict(session))


def test_publishing_needs_a_second_researcher(accounts: Flask) -> None:
    cleo, ben = (Person(name, name, frozenset({RESEARCHER})) for name in ("cleo", "ben"))
    with accounts.test_request_context():
        assert publishing_problem(cleo, ["ben"]) is None
        assert publishing_problem(ben, ["cleo", "ben"]) is not None
        assert publishing_problem(Person("dora", "Dora", frozenset({MANAGER})), ["ben"]) is not None


def test_a_database_that_does_not_answer_gets_a_sentence_also_from_who_is_signed_in(
    accounts: Flask, ada: PageClient, tmp_path: Path
) -> None:
    with accounts.app_context():
        database().dispose()
    (tmp_path / "readiness.db").rename(tmp_path / "away.db")
    (tmp_path / "readiness.db").mkdir()
    page = ada.get("/people/")
    (tmp_path / "readiness.db").rmdir()
    (tmp_path / "away.db").rename(tmp_path / "readiness.db")
    assert page.status == 503
    assert "The database did not answer" in page.text
