"""Links to read a report in the database: the day limit, what is kept, what ends, and what opens nothing."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, text, update

from readiness.engine.answers import Phase
from readiness.engine.ruleset import Identity
from readiness.errors import Closed, NotFound
from readiness.permissions import Part, Right
from readiness.server import forget_old_responses
from readiness.store.assessments import Assessment, find_assessment, reopen_assessment, start_assessment
from readiness.store.codes import KEY_BYTES
from readiness.store.database import migrate, open_database, transaction
from readiness.store.models import AssessmentRow
from readiness.store.rulesets import keep_ruleset
from readiness.store.shares import (
    MOST_DAYS,
    MOST_SHARES,
    delete_ended_shares,
    end_share,
    find_shared,
    make_share,
    shares_of,
)

TODAY = date(2026, 11, 30)
UNTIL = date(2026, 12, 30)
DAY = timedelta(days=1)
IDENTITY = Identity("peer-support", "0.1.0", "d" * 64, "Title")


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    """Every promise holds on SQLite and on PostgreSQL."""
    engine = open_database(database_url)
    migrate(engine)
    keep_ruleset(engine, IDENTITY, {"ruleset.yaml": b"id: x"})
    yield engine
    engine.dispose()


def closed(engine: Engine, service: str = "North") -> Assessment:
    """A submitted assessment, as its manager meets it."""
    key = start_assessment(engine, service, Phase.AFTER, IDENTITY.digest, TODAY)
    with transaction(engine, writing=True) as connection:
        wave = AssessmentRow.id == find_assessment(engine, key).id
        connection.execute(update(AssessmentRow).where(wave).values(submitted_on=TODAY))
    return find_assessment(engine, key)


@pytest.fixture
def assessment(database: Engine) -> Assessment:
    return closed(database)


def opens(engine: Engine, key: str, today: date) -> bool:
    try:
        find_shared(engine, key, today)
    except NotFound:
        return False
    return True


def test_a_link_opens_until_the_end_of_its_last_day(database: Engine, assessment: Assessment) -> None:
    key = make_share(database, assessment, "The board", UNTIL, TODAY)
    days = [TODAY, UNTIL - DAY, UNTIL, UNTIL + DAY, date(9999, 12, 31)]
    assert [opens(database, key, day) for day in days] == [True, True, True, False, False]


def test_what_it_opens_gives_no_right_at_all(database: Engine, assessment: Assessment) -> None:
    found, until = find_shared(database, make_share(database, assessment, "x", UNTIL, TODAY), TODAY)
    assert (found.id, found.service, until, found.part) == (assessment.id, "North", UNTIL, Part.READER)
    assert [right for right in Right if found.may(right)] == []
    assert not found.is_open


def test_its_key_opens_nothing_as_a_link_of_a_manager(database: Engine, assessment: Assessment) -> None:
    key = make_share(database, assessment, "x", UNTIL, TODAY)
    with pytest.raises(NotFound):
        find_assessment(database, key)


def test_the_database_holds_no_key_and_the_list_neither(database: Engine, assessment: Assessment) -> None:
    key = make_share(database, assessment, "The board", UNTIL, TODAY)
    with database.connect() as connection:
        (row,) = connection.execute(text("SELECT * FROM shares")).all()
    (share,) = shares_of(database, assessment, TODAY)
    assert key not in repr(row) + repr(share)
    assert (share.name, share.until) == ("The board", UNTIL)


def test_keys_are_random_and_too_long_to_guess(database: Engine, assessment: Assessment) -> None:
    keys = {make_share(database, assessment, "x", UNTIL, TODAY) for _ in range(20)}
    assert len(keys) == 20
    assert min(map(len, keys)) >= 128 / 6
    assert 8 * KEY_BYTES >= 128


@pytest.mark.parametrize(
    ("until", "fits"),
    [
        (TODAY - DAY, False),
        (TODAY, True),
        (TODAY + MOST_DAYS * DAY, True),
        (TODAY + (MOST_DAYS + 1) * DAY, False),
        (date(9999, 12, 31), False),
    ],
)
def test_a_link_lasts_a_year_at_most(database: Engine, assessment: Assessment, until: date, fits: bool) -> None:
    if fits:
        assert opens(database, make_share(database, assessment, "x", until, TODAY), until)
        return
    with pytest.raises(Closed, match="A link opens for at most 366 days, from today on"):
        make_share(database, assessment, "x", until, TODAY)


def test_an_ended_link_opens_nothing_at_once_and_the_others_go_on(database: Engine, assessment: Assessment) -> None:
    one, two = (make_share(database, assessment, name, UNTIL, TODAY) for name in ("one", "two"))
    ended = next(share for share in shares_of(database, assessment, TODAY) if share.name == "one")
    end_share(database, assessment, ended.id)
    end_share(database, assessment, ended.id)
    assert [opens(database, key, TODAY) for key in (one, two)] == [False, True]
    assert [share.name for share in shares_of(database, assessment, TODAY)] == ["two"]


def test_nobody_ends_or_lists_the_links_of_another_assessment(database: Engine, assessment: Assessment) -> None:
    key, other = make_share(database, assessment, "x", UNTIL, TODAY), closed(database, "South")
    (share,) = shares_of(database, assessment, TODAY)
    end_share(database, other, share.id)
    assert shares_of(database, other, TODAY) == ()
    assert opens(database, key, TODAY)


def test_an_open_assessment_is_not_shared_and_a_link_from_before_says_that_it_is_open(
    database: Engine, assessment: Assessment
) -> None:
    key = make_share(database, assessment, "x", UNTIL, TODAY)
    reopen_assessment(database, assessment)
    assert not find_shared(database, key, TODAY)[0].is_closed
    with pytest.raises(Closed, match="This assessment is open"):
        make_share(database, assessment, "y", UNTIL, TODAY)


def test_for_whom_an_ended_link_was_is_forgotten(database: Engine, assessment: Assessment) -> None:
    make_share(database, assessment, "The board", UNTIL, TODAY)
    delete_ended_shares(database, UNTIL)
    assert len(shares_of(database, assessment, TODAY)) == 1
    delete_ended_shares(database, UNTIL + DAY)
    with database.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM shares")).scalar_one() == 0


def test_they_are_forgotten_at_each_start_of_the_site(database: Engine, assessment: Assessment) -> None:
    ended, goes_on = date.today() - DAY, date.today()
    for until in (goes_on, ended):
        make_share(database, assessment, "The board", until, ended)
    url = database.url.render_as_string(hide_password=False)
    forget_old_responses({"DATABASE_URL": url, "KEEP_MONTHS": 12})
    with database.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM shares")).scalar_one() == 1


def test_links_do_not_pile_up_without_end(database: Engine, assessment: Assessment) -> None:
    for _ in range(MOST_SHARES):
        make_share(database, assessment, "x", TODAY, TODAY)
    with pytest.raises(Closed, match="There are 100 links already"):
        make_share(database, assessment, "x", TODAY, TODAY)
    assert opens(database, make_share(database, assessment, "x", UNTIL, TODAY + DAY), UNTIL)
