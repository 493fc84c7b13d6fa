"""Accounts without pages: who may do what, links that open once, sign-ins that end, attempts that count."""

import itertools
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from alembic import command
from alembic.config import Config
from click.testing import CliRunner, Result
from sqlalchemy import Engine, insert, text

from readiness.cli import main
from readiness.config import check_personal_mode, read_settings
from readiness.errors import Closed, NotFound, ReadinessError
from readiness.hosts import is_loopback
from readiness.permissions import LOCAL, AccountRole, Act, may
from readiness.server import first_steps, link_address, run
from readiness.store.accounts import (
    Credentials,
    Purpose,
    all_accounts,
    find_account,
    find_credentials,
    find_link,
    first_link,
    hashed,
    invite,
    make_link,
    open_links,
    own_credentials,
    set_active,
    set_password,
    set_roles,
    use_first_link,
    use_link,
)
from readiness.store.database import MIGRATIONS, ready_database, transaction
from readiness.store.models import AccountLinkRow, Base
from readiness.store.sign_ins import (
    WINDOW,
    count_recovery_codes,
    end_all_sign_ins,
    end_sign_in,
    find_second_factor,
    find_signed_in,
    finish_sign_in,
    forgive,
    may_try,
    remove_second_factor,
    set_second_factor,
    spend_counter,
    spend_recovery_code,
    start_sign_in,
)

NOON = datetime(2026, 3, 2, 12)
MANAGER, IMPLEMENTER, RESEARCHER, ADMINISTRATOR = AccountRole
ALLOWED = {
    (MANAGER, Act.START_ASSESSMENT),
    (ADMINISTRATOR, Act.START_ASSESSMENT),
    (RESEARCHER, Act.EDIT_RULES),
    (RESEARCHER, Act.PUBLISH_RULES),
    (ADMINISTRATOR, Act.MANAGE_ACCOUNTS),
    *((role, Act.OWN_ACCOUNT) for role in AccountRole),
    *((role, Act.SEE_SERVICES) for role in (MANAGER, IMPLEMENTER, ADMINISTRATOR)),
}


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = ready_database(database_url)
    yield engine
    engine.dispose()


def ada(engine: Engine) -> str:
    """The first administrator."""
    key = first_link(engine)
    assert key is not None
    use_first_link(engine, key, "ada@example.org", "Ada", "hash of ada", NOON)
    return all_accounts(engine)[0].id


def ben(engine: Engine, *roles: AccountRole) -> str:
    """Somebody who was invited and chose a password."""
    key = invite(engine, "ben@example.org", "Ben", roles or {MANAGER}, NOON)
    use_link(engine, key, "hash of ben", NOON)
    return next(each.id for each in all_accounts(engine) if each.name == "Ben")


def credentials(engine: Engine, account: str) -> Credentials:
    """What was checked when somebody signs in."""
    found = own_credentials(engine, account)
    assert found is not None
    return found


def signed_in(engine: Engine, account: str, is_complete: bool = True) -> str:
    """The key of a browser that has just signed in, or waits for its second factor."""
    key = start_sign_in(engine, credentials(engine, account), is_complete, NOON)
    assert key is not None
    return key


@pytest.mark.parametrize(("role", "act"), list(itertools.product(AccountRole, Act)))
def test_a_role_allows_what_the_table_says_and_nothing_else(role: AccountRole, act: Act) -> None:
    assert may({role}, act) is ((role, act) in ALLOWED)


def test_several_roles_allow_what_one_of_them_allows_and_none_allows_nothing() -> None:
    assert may({IMPLEMENTER, RESEARCHER}, Act.EDIT_RULES)
    assert not any(may((), act) for act in Act)


def test_the_person_of_personal_mode_may_do_everything() -> None:
    assert all(may(LOCAL.roles, act) for act in Act)
    assert LOCAL.is_local


def test_the_first_link_makes_an_administrator_once(engine: Engine) -> None:
    key = first_link(engine)
    assert key is not None
    use_first_link(engine, key, " Ada@Example.ORG ", "Ada", "hash", NOON)
    (account,) = all_accounts(engine)
    assert (account.address, account.roles) == ("ada@example.org", {ADMINISTRATOR})
    with pytest.raises(NotFound, match="This link opens nothing: it was used"):
        use_first_link(engine, key, "eve@example.org", "Eve", "hash", NOON)
    assert len(all_accounts(engine)) == 1


def test_a_new_first_link_kills_the_one_before_and_there_is_none_once_it_was_used(engine: Engine) -> None:
    before, after = first_link(engine), first_link(engine)
    assert before is not None
    assert after is not None
    with pytest.raises(NotFound):
        find_link(engine, before, NOON)
    use_first_link(engine, after, "ada@example.org", "Ada", "hash", NOON)
    assert first_link(engine) is None


def test_a_first_link_that_another_server_made_at_the_same_time_dies_with_the_first_use(engine: Engine) -> None:
    used = first_link(engine)
    assert used is not None
    with transaction(engine, writing=True) as connection:
        connection.execute(insert(AccountLinkRow).values(key_hash=hashed("another"), purpose=Purpose.FIRST))
    assert find_link(engine, "another", NOON).purpose is Purpose.FIRST
    use_first_link(engine, used, "ada@example.org", "Ada", "hash", NOON)
    with pytest.raises(NotFound):
        use_first_link(engine, "another", "eve@example.org", "Eve", "hash", NOON)


def test_a_first_link_is_no_other_link_and_no_other_link_is_the_first(engine: Engine) -> None:
    first = first_link(engine)
    assert first is not None
    with pytest.raises(NotFound):
        use_link(engine, first, "hash", NOON)
    invitation = invite(engine, "ben@example.org", "Ben", {MANAGER}, NOON)
    with pytest.raises(NotFound):
        use_first_link(engine, invitation, "eve@example.org", "Eve", "hash", NOON)
    assert find_link(engine, first, NOON).purpose is Purpose.FIRST
    assert find_link(engine, invitation, NOON).purpose is Purpose.INVITATION


@pytest.mark.parametrize(("purpose", "lasts"), [(Purpose.INVITATION, timedelta(days=7)), (Purpose.RESET, timedelta(1))])
def test_a_link_works_until_its_time_is_over(engine: Engine, purpose: Purpose, lasts: timedelta) -> None:
    key = invite(engine, "ben@example.org", "Ben", {MANAGER}, NOON)
    if purpose is Purpose.RESET:
        use_link(engine, key, "hash", NOON)
        made, key = make_link(engine, all_accounts(engine)[0].id, NOON)
        assert made is purpose
    just_before = NOON + lasts - timedelta(seconds=1)
    assert find_link(engine, key, just_before).expires_at == NOON + lasts
    assert list(open_links(engine, just_before)) == [all_accounts(engine)[0].id]
    for late in (lambda: find_link(engine, key, NOON + lasts), lambda: use_link(engine, key, "late", NOON + lasts)):
        with pytest.raises(NotFound, match="has expired"):
            late()
    assert open_links(engine, NOON + lasts) == {}


def test_a_link_is_used_once_also_by_two_at_the_same_time(engine: Engine) -> None:
    key = invite(engine, "ben@example.org", "Ben", {MANAGER}, NOON)
    barrier, done = Barrier(2), []

    def use(password: str) -> None:
        barrier.wait()
        try:
            use_link(engine, key, password, NOON)
            done.append(password)
        except NotFound:
            pass

    threads = [Thread(target=use, args=(password,)) for password in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 1
    found = find_credentials(engine, "ben@example.org")
    assert found is not None
    assert found.password == done[0]


def test_a_new_link_kills_the_one_before(engine: Engine) -> None:
    old = invite(engine, "ben@example.org", "Ben", {MANAGER}, NOON)
    purpose, new = make_link(engine, all_accounts(engine)[0].id, NOON)
    assert purpose is Purpose.INVITATION
    with pytest.raises(NotFound, match="was replaced"):
        use_link(engine, old, "hash", NOON)
    use_link(engine, new, "hash", NOON)


def test_an_address_has_one_account_however_it_is_typed(engine: Engine) -> None:
    invite(engine, "ben@example.org", "Ben", {MANAGER}, NOON)
    with pytest.raises(Closed, match="There is an account with this address already"):
        invite(engine, "ＢEN@Example.org ", "Other", {MANAGER}, NOON)
    assert [each.name for each in all_accounts(engine)] == ["Ben"]


def test_an_account_without_roles_is_refused(engine: Engine) -> None:
    with pytest.raises(Closed, match="An account needs at least one role"):
        invite(engine, "ben@example.org", "Ben", (), NOON)
    assert all_accounts(engine) == ()


def test_nobody_signs_in_with_an_account_that_has_no_password_or_is_not_active(engine: Engine) -> None:
    ada(engine)
    invite(engine, "cleo@example.org", "Cleo", {MANAGER}, NOON)
    assert find_credentials(engine, "cleo@example.org") is None
    account = ben(engine)
    assert find_credentials(engine, "BEN@example.org") is not None
    set_active(engine, account, False)
    assert find_credentials(engine, "ben@example.org") is None


def test_deactivating_ends_sign_ins_and_links_at_once_and_nothing_comes_back_with_activating(engine: Engine) -> None:
    ada(engine)
    account = ben(engine)
    sign_in = signed_in(engine, account)
    _, link = make_link(engine, account, NOON)
    set_active(engine, account, False)
    assert find_signed_in(engine, sign_in, True, NOON) is None
    with pytest.raises(Closed, match="This account is not active"):
        make_link(engine, account, NOON)
    set_active(engine, account, True)
    assert find_signed_in(engine, sign_in, True, NOON) is None
    with pytest.raises(NotFound):
        find_link(engine, link, NOON)


def test_a_sign_in_that_began_while_the_account_was_deactivated_opens_nothing(engine: Engine) -> None:
    ada(engine)
    account = ben(engine)
    before = credentials(engine, account)
    set_active(engine, account, False)
    assert start_sign_in(engine, before, True, NOON) is None


@pytest.mark.parametrize("is_complete", [True, False])
@pytest.mark.parametrize("change", ["password", "link", "second factor on", "deactivated and activated again"])
def test_a_sign_in_under_way_ends_with_what_was_checked(engine: Engine, change: str, is_complete: bool) -> None:
    account, other = ada(engine), ben(engine, ADMINISTRATOR)
    checked = credentials(engine, account)
    waiting = signed_in(engine, account, False)
    if change == "password":
        set_password(engine, account, "new")
    elif change == "link":
        use_link(engine, make_link(engine, account, NOON)[1], "new", NOON)
    elif change == "second factor on":
        set_second_factor(engine, account, "secret", 1, ("one",))
    else:
        set_active(engine, account, False)
        assert start_sign_in(engine, checked, is_complete, NOON) is None
        set_active(engine, account, True)
    assert finish_sign_in(engine, account, waiting, NOON) is None
    if change != "deactivated and activated again":
        assert start_sign_in(engine, checked, is_complete, NOON) is None
    assert finish_sign_in(engine, other, signed_in(engine, other, False), NOON) is not None


def test_a_wait_for_a_second_factor_that_was_switched_off_does_not_begin(engine: Engine) -> None:
    account = ada(engine)
    set_second_factor(engine, account, "secret", 1, ("one",))
    checked = credentials(engine, account)
    assert checked.has_second_factor
    remove_second_factor(engine, account)
    assert start_sign_in(engine, checked, False, NOON) is None


def test_a_wait_is_finished_once_in_its_time_and_only_by_its_own_account(engine: Engine) -> None:
    account, other = ada(engine), ben(engine)
    waiting, complete = signed_in(engine, account, False), signed_in(engine, account)
    assert finish_sign_in(engine, other, waiting, NOON) is None
    assert finish_sign_in(engine, account, waiting, NOON + timedelta(minutes=10)) is None
    assert finish_sign_in(engine, account, complete, NOON) is None
    key = finish_sign_in(engine, account, waiting, NOON)
    assert key is not None
    assert find_signed_in(engine, key, True, NOON) is not None
    assert finish_sign_in(engine, account, waiting, NOON) is None


def test_the_last_administrator_stays(engine: Engine) -> None:
    account = ada(engine)
    ben(engine)
    sentence = "Nobody would be left to manage accounts. Make somebody else an administrator first."
    with pytest.raises(Closed, match=sentence):
        set_roles(engine, account, {MANAGER})
    with pytest.raises(Closed, match=sentence):
        set_active(engine, account, False)
    found = find_account(engine, account)
    assert (found.roles, found.is_active) == ({ADMINISTRATOR}, True)


def test_an_administrator_who_has_chosen_no_password_yet_does_not_count_as_one_left(engine: Engine) -> None:
    account = ada(engine)
    invite(engine, "cleo@example.org", "Cleo", {ADMINISTRATOR}, NOON)
    with pytest.raises(Closed):
        set_active(engine, account, False)


def test_changing_a_password_ends_every_sign_in_and_link_of_that_person_only(engine: Engine) -> None:
    account, other = ada(engine), ben(engine)
    keys = [signed_in(engine, account, complete) for complete in (True, True, False)]
    others = signed_in(engine, other)
    _, link = make_link(engine, account, NOON)
    set_password(engine, account, "new")
    assert [find_signed_in(engine, key, complete, NOON) for key in keys for complete in (True, False)] == [None] * 6
    with pytest.raises(NotFound):
        find_link(engine, link, NOON)
    assert find_signed_in(engine, others, True, NOON) is not None


def test_a_password_set_by_link_ends_every_sign_in(engine: Engine) -> None:
    account = ada(engine)
    key = signed_in(engine, account)
    use_link(engine, make_link(engine, account, NOON)[1], "new", NOON)
    assert find_signed_in(engine, key, True, NOON) is None


def test_a_sign_in_ends_after_a_working_day_and_waiting_for_a_code_after_minutes(engine: Engine) -> None:
    account = ada(engine)
    for complete, lasts in ((True, timedelta(hours=12)), (False, timedelta(minutes=10))):
        key = signed_in(engine, account, complete)
        assert find_signed_in(engine, key, complete, NOON + lasts - timedelta(seconds=1)) is not None
        assert find_signed_in(engine, key, complete, NOON + lasts) is None


def test_waiting_for_a_code_is_not_being_signed_in(engine: Engine) -> None:
    key = signed_in(engine, ada(engine), False)
    assert find_signed_in(engine, key, True, NOON) is None


def test_signing_out_ends_one_browser_and_everywhere_ends_all(engine: Engine) -> None:
    account = ada(engine)
    one, two, three = (signed_in(engine, account) for _ in range(3))
    end_sign_in(engine, one)
    assert [find_signed_in(engine, key, True, NOON) is None for key in (one, two, three)] == [True, False, False]
    end_all_sign_ins(engine, account)
    assert [find_signed_in(engine, key, True, NOON) is None for key in (one, two, three)] == [True, True, True]


def test_the_database_holds_no_key_that_opens_anything(engine: Engine, tmp_path: Path) -> None:
    account = ada(engine)
    keys = [make_link(engine, account, NOON)[1], signed_in(engine, account), "abcdabcdabcdabcd"]
    set_second_factor(engine, account, "secret", 1, ("abcdabcdabcdabcd",))
    keys[1] = signed_in(engine, account)
    with transaction(engine) as connection:
        rows = str([connection.execute(table.select()).all() for table in Base.metadata.sorted_tables])
    assert account in rows
    content = b"".join([rows.encode(), *(path.read_bytes() for path in tmp_path.glob("readiness.db*"))])
    assert not [key for key in keys if key.encode() in content]


def test_a_recovery_code_opens_once_and_only_its_own_account(engine: Engine) -> None:
    account, other = ada(engine), ben(engine)
    set_second_factor(engine, account, "secret", 1, ("one", "two"))
    set_second_factor(engine, other, "secret", 1, ("three",))
    assert not spend_recovery_code(engine, other, "one")
    assert spend_recovery_code(engine, account, "one")
    assert not spend_recovery_code(engine, account, "one")
    assert count_recovery_codes(engine, account) == 1


def test_a_code_of_a_time_step_opens_once_and_none_before_it_opens_later(engine: Engine) -> None:
    account = ada(engine)
    set_second_factor(engine, account, "secret", 100, ("one",))
    assert [spend_counter(engine, account, step) for step in (100, 99, 101, 101, 102)] == [
        False, False, True, False, True,
    ]  # fmt: skip


def test_a_second_factor_that_was_removed_opens_nothing(engine: Engine) -> None:
    account = ada(engine)
    set_second_factor(engine, account, "secret", 1, ("one",))
    remove_second_factor(engine, account)
    assert find_second_factor(engine, account) is None
    assert not spend_counter(engine, account, 5)
    assert not spend_recovery_code(engine, account, "one")


def test_attempts_are_counted_over_all_workers(engine: Engine, database_url: str) -> None:
    other = ready_database(database_url)
    tries = [may_try(worker, {"ada": 4}, NOON) for worker in (engine, other) * 3]
    other.dispose()
    assert tries == [True] * 4 + [False] * 2


def test_attempts_at_the_same_time_do_not_slip_past_the_limit(engine: Engine) -> None:
    allowed: list[bool] = []
    threads = [Thread(target=lambda: allowed.append(may_try(engine, {"ada": 5}, NOON))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(allowed) == [False] * 7 + [True] * 5


def test_attempts_are_forgotten_after_their_time_and_when_the_right_person_comes(engine: Engine) -> None:
    assert [may_try(engine, {"ada": 2}, NOON) for _ in range(3)] == [True, True, False]
    assert may_try(engine, {"ada": 2}, NOON + WINDOW)
    assert may_try(engine, {"ada": 2}, NOON + WINDOW)
    forgive(engine, "ada")
    assert may_try(engine, {"ada": 2}, NOON + WINDOW)


def test_one_subject_at_its_limit_stops_an_attempt_and_counts_for_none(engine: Engine) -> None:
    assert may_try(engine, {"ada": 1, "network": 9}, NOON)
    assert not may_try(engine, {"ada": 1, "network": 9}, NOON)
    assert [may_try(engine, {"network": 3}, NOON) for _ in range(3)] == [True, True, False]


def test_the_tables_of_accounts_go_and_come_back_without_touching_the_others(engine: Engine) -> None:
    ada(engine)
    with transaction(engine, writing=True) as connection:
        connection.execute(text("INSERT INTO services (id, name) VALUES ('s', 'North')"))
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    for step, target in ((command.downgrade, "0002"), (command.upgrade, "0003")):
        with engine.connect().execution_options(writing=True) as connection, connection.begin():
            config.attributes["connection"] = connection
            step(config, target)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT name FROM services")).scalars().all() == ["North"]
        assert connection.execute(text("SELECT count(*) FROM accounts")).scalar_one() == 0


PERSONAL: dict[str, object] = {
    "ACCOUNTS": False, "TRUSTED_HOSTS": ["localhost", "127.0.0.1"], "SESSION_COOKIE_SECURE": False, "PROXIES": 0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("setting", "value", "fact"),
    [
        (
            "TRUSTED_HOSTS",
            ["localhost", "readiness.example.org"],
            "READINESS_TRUSTED_HOSTS names readiness.example.org",
        ),
        ("TRUSTED_HOSTS", ["192.168.0.7"], "READINESS_TRUSTED_HOSTS names 192.168.0.7"),
        ("SESSION_COOKIE_SECURE", True, "READINESS_HTTPS is yes"),
        ("PROXIES", 1, "READINESS_PROXIES is not 0"),
    ],
)
def test_personal_mode_does_not_start_with_a_setting_that_lets_others_in(
    setting: str, value: object, fact: str
) -> None:
    remedy = "but without accounts only this computer is served. Set READINESS_ACCOUNTS to yes"
    with pytest.raises(ReadinessError, match=f"{fact}, {remedy}"):
        check_personal_mode({**PERSONAL, setting: value})
    check_personal_mode({**PERSONAL, setting: value, "ACCOUNTS": True})


def test_personal_mode_starts_with_the_defaults(tmp_path: Path) -> None:
    assert read_settings({"READINESS_INSTANCE": str(tmp_path)})["ACCOUNTS"] is False


@pytest.mark.parametrize("value", ["-1", "10", "one", "", "²"])
def test_a_number_of_proxies_that_is_none_gets_a_sentence(tmp_path: Path, value: str) -> None:
    with pytest.raises(ReadinessError, match=r"READINESS_PROXIES is .* expected a number from 0 to 9"):
        read_settings({"READINESS_INSTANCE": str(tmp_path), "READINESS_PROXIES": value})


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("me.localhost", True),
        ("0.0.0.0", False), ("10.0.0.1", False), ("", False), ("localhost.example.org", False), ("evil", False),
    ],
)  # fmt: skip
def test_only_this_computer_is_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


@pytest.mark.parametrize("host", ["0.0.0.0", "10.1.2.3", "readiness.example.org"])
def test_serving_other_computers_without_accounts_is_refused(host: str) -> None:
    with pytest.raises(ReadinessError, match=f"{host} is open to other computers, and there are no accounts"):
        run(dict(PERSONAL), host, None, 1)


def settings_of(url: str, **more: object) -> dict[str, object]:
    return {**PERSONAL, "ACCOUNTS": True, "DATABASE_URL": url, **more}


def test_each_start_prints_a_new_first_link_until_one_was_used(database_url: str, engine: Engine) -> None:
    keys = [first_steps(settings_of(database_url), "http://127.0.0.1:8000/")[1].rsplit("/", 1)[1] for _ in range(2)]
    assert keys[0] != keys[1]
    with pytest.raises(NotFound):
        find_link(engine, keys[0], NOON)
    use_first_link(engine, keys[1], "ada@example.org", "Ada", "hash", NOON)
    assert first_steps(settings_of(database_url), "http://127.0.0.1:8000/") == []


def test_personal_mode_prints_no_link(database_url: str) -> None:
    assert first_steps(settings_of(database_url, ACCOUNTS=False), "http://127.0.0.1:8000/") == []


def test_behind_https_a_link_bears_the_public_name() -> None:
    settings = {**PERSONAL, "TRUSTED_HOSTS": ["localhost", "readiness.example.org"], "SESSION_COOKIE_SECURE": True}
    assert link_address(settings, "http://127.0.0.1:8000/", "k") == "https://readiness.example.org/account/link/k"


def test_the_server_prints_the_first_link_and_the_link_opens(tmp_path: Path) -> None:
    environment = {**os.environ, "READINESS_INSTANCE": str(tmp_path), "READINESS_ACCOUNTS": "yes"}
    command = [sys.executable, "-m", "readiness.cli", "serve", "--workers", "1"]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        assert server.stdout is not None
        lines = [server.stdout.readline() for _ in range(3)]
        assert "To become the first one, open this link; it works once:" in lines[1]
        with urllib.request.urlopen(lines[2].strip(), timeout=30) as page:
            assert b"Set up the administrator" in page.read()
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)
        assert server.stdout is not None
        server.stdout.close()


def user(url: str, *words: str, accounts: str = "yes") -> Result:
    environment = {"READINESS_DATABASE_URL": url, "READINESS_ACCOUNTS": accounts, "READINESS_SECRET_KEY": "of tests"}
    return CliRunner().invoke(main, ["user", *words], env=environment)


def test_the_command_line_lists_people_and_makes_links(database_url: str, engine: Engine) -> None:
    printed = user(database_url, "first-link", "--address", "http://here:8000").stdout.split()[-1]
    assert printed.startswith("http://here:8000/account/link/")
    use_first_link(engine, printed.rsplit("/", 1)[1], "ada@example.org", "Ada", "hash", NOON)
    account = all_accounts(engine)[0].id
    set_second_factor(engine, account, "secret", 1, ("one",))
    assert user(database_url, "list").stdout == "ada@example.org  Ada  administrator  active\n"
    reset = user(database_url, "reset", "Ada@example.org", "--second-step-off").stdout.strip()
    now = datetime.now(UTC).replace(tzinfo=None)
    assert find_link(engine, reset.rsplit("/", 1)[1], now).purpose is Purpose.RESET
    assert find_second_factor(engine, account) is None


@pytest.mark.parametrize(
    ("words", "accounts", "sentence"),
    [
        (["reset", "eve@example.org"], "yes", "Nobody has the address eve@example.org. See: readiness user list"),
        (["first-link"], "no", "There are no accounts here. Set READINESS_ACCOUNTS to yes first."),
        (["first-link"], "yes", "There is an administrator already. For a new password: readiness user reset ADDRESS"),
    ],
)
def test_a_command_that_cannot_be_done_gets_a_sentence(
    database_url: str, engine: Engine, words: list[str], accounts: str, sentence: str
) -> None:
    ada(engine)
    done = user(database_url, *words, accounts=accounts)
    assert done.exit_code == 2
    assert sentence in done.stderr


def test_every_test_that_the_page_on_security_names_exists() -> None:
    root = Path(__file__).resolve().parent
    named = set(re.findall(r"`(test_\w+)`", (root.parent / "docs" / "security.md").read_text()))
    there = {name for path in root.glob("test_*.py") for name in re.findall(r"def (test_\w+)\(", path.read_text())}
    assert len(named) >= 30
    assert named - there == set()
