"""Action plans in the database: choosing twice, changing what is stale, order, dropping, reports of a follow-up."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import Engine

from readiness.engine.answers import Phase
from readiness.engine.instrument import Instrument
from readiness.engine.ruleset import Identity
from readiness.errors import Closed, NotFound
from readiness.permissions import LOCAL, Part
from readiness.plan import Action, ActionReport, ActionStatus, ActionText
from readiness.store.assessments import Assessment, find_assessment, reopen_assessment, start_assessment, wave_before
from readiness.store.database import ready_database
from readiness.store.plans import (
    MOST_ACTIONS,
    StaleAction,
    StaleReport,
    actions_before,
    change_action,
    choose_actions,
    drop_action,
    find_action,
    mark_done,
    put_in_order,
    read_plan,
    read_reports,
    save_report,
)
from readiness.store.releases import close_wave
from readiness.store.rulesets import keep_ruleset
from readiness.store.services import start_follow_up

TODAY = date(2026, 11, 30)
IDENTITY = Identity("peer-support", "0.1.0", "d" * 64, "Title")
FILLED = ActionText(
    "Ada", "Call the union", date(2027, 2, 28), ActionStatus.UNDER_WAY, "A note\nof two lines", "Minutes"
)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = ready_database(database_url)
    keep_ruleset(engine, IDENTITY, {"ruleset.yaml": b"id: x"})
    yield engine
    engine.dispose()


@pytest.fixture
def closed(engine: Engine) -> Assessment:
    """A submitted assessment."""
    key = start_assessment(engine, "North", Phase.AFTER, IDENTITY.digest, TODAY)
    return close(engine, find_assessment(engine, key))


def close(engine: Engine, assessment: Assessment) -> Assessment:
    close_wave(engine, assessment, Instrument(()), 5, TODAY)
    return find_assessment(engine, assessment.id, LOCAL)


def follow_up(engine: Engine, assessment: Assessment) -> Assessment:
    begun = start_follow_up(engine, assessment.service_id, LOCAL, Phase.AFTER, IDENTITY.digest, TODAY)
    return find_assessment(engine, begun, LOCAL)


def codes(engine: Engine, assessment: Assessment) -> list[str]:
    return [action.recommendation for action in read_plan(engine, assessment)]


def chosen(engine: Engine, assessment: Assessment, *wanted: str) -> tuple[Action, ...]:
    choose_actions(engine, assessment, wanted)
    return read_plan(engine, assessment)


def test_what_is_chosen_stands_in_the_order_of_choosing(engine: Engine, closed: Assessment) -> None:
    assert read_plan(engine, closed) == ()
    first = chosen(engine, closed, "pay", "relief")
    assert [(each.recommendation, each.number, each.text, each.revision) for each in first] == [
        ("pay", 1, ActionText(), 1),
        ("relief", 2, ActionText(), 1),
    ]
    chosen(engine, closed, "contact")
    assert codes(engine, closed) == ["pay", "relief", "contact"]


def test_choosing_twice_is_choosing_once(engine: Engine, closed: Assessment) -> None:
    (action,) = chosen(engine, closed, "pay", "pay")
    change_action(engine, closed, action.id, 1, FILLED)
    (again,) = chosen(engine, closed, "pay")
    assert (again.id, again.text, again.revision) == (action.id, FILLED, 2)


def test_many_who_choose_at_once_choose_once(engine: Engine, closed: Assessment) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: choose_actions(engine, closed, ["pay", "relief"]), range(6)))
    assert codes(engine, closed) == ["pay", "relief"]


def test_a_plan_has_an_end_and_what_does_not_fit_adds_nothing(engine: Engine, closed: Assessment) -> None:
    chosen(engine, closed, *(f"r{number}" for number in range(MOST_ACTIONS)))
    with pytest.raises(Closed, match="Nothing was added; choose fewer"):
        choose_actions(engine, closed, ["r0", "one", "two"])
    assert len(read_plan(engine, closed)) == MOST_ACTIONS


def test_an_action_is_changed_by_whoever_saw_its_last_revision(engine: Engine, closed: Assessment) -> None:
    (action,) = chosen(engine, closed, "pay")
    changed = change_action(engine, closed, action.id, action.revision, FILLED)
    assert find_action(engine, closed, action.id) == changed
    assert (changed.text, changed.revision) == (FILLED, 2)
    assert change_action(engine, closed, action.id, 1, FILLED) == changed, "the same again is no conflict"
    with pytest.raises(StaleAction, match="changed elsewhere since you opened it") as stale:
        change_action(engine, closed, action.id, 1, ActionText("Ben"))
    assert stale.value.stored == changed
    assert find_action(engine, closed, action.id) == changed


def test_done_is_done_whatever_else_was_changed(engine: Engine, closed: Assessment) -> None:
    (action,) = chosen(engine, closed, "pay")
    change_action(engine, closed, action.id, 1, FILLED)
    mark_done(engine, closed, action.id)
    mark_done(engine, closed, action.id)
    found = find_action(engine, closed, action.id)
    assert (found.text.status, found.text.owner, found.revision) == (ActionStatus.DONE, "Ada", 3)


@pytest.mark.parametrize(
    ("numbers", "order"),
    [({"c": 1}, "cab"), ({"a": 3}, "bca"), ({"a": 2}, "bac"), ({"a": 3, "c": 1}, "cba"), ({"b": 0}, "bac"),
     ({"b": 99}, "acb"), ({"x": 1}, "abc"), ({}, "abc")],
)  # fmt: skip
def test_the_order_is_that_of_the_numbers(
    engine: Engine, closed: Assessment, numbers: dict[str, int], order: str
) -> None:
    gone, *kept = chosen(engine, closed, "gone", *"abc")
    drop_action(engine, closed, gone.id, 1)
    ids = {action.recommendation: action.id for action in kept}
    put_in_order(engine, closed, {ids.get(code, code): number for code, number in numbers.items()})
    assert codes(engine, closed) == list(order)
    chosen(engine, closed, "last")
    assert codes(engine, closed)[-1] == "last"
    assert [action.number for action in read_plan(engine, closed)] == [1, 2, 3, 4]


def test_what_is_dropped_is_gone_and_dropping_twice_is_dropping_once(engine: Engine, closed: Assessment) -> None:
    action, _ = chosen(engine, closed, "pay", "relief")
    for _ in range(2):
        drop_action(engine, closed, action.id, action.revision)
    assert codes(engine, closed) == ["relief"]
    with pytest.raises(NotFound, match="not in the plan any more"):
        find_action(engine, closed, action.id)


def test_what_was_written_meanwhile_is_not_dropped(engine: Engine, closed: Assessment) -> None:
    (action,) = chosen(engine, closed, "pay")
    change_action(engine, closed, action.id, 1, FILLED)
    with pytest.raises(StaleAction):
        drop_action(engine, closed, action.id, 1)
    assert codes(engine, closed) == ["pay"]


def test_an_action_that_a_follow_up_reported_on_keeps_its_history_when_it_is_dropped(
    engine: Engine, closed: Assessment
) -> None:
    (action,) = chosen(engine, closed, "pay")
    later = follow_up(engine, closed)
    report = save_report(engine, later, action.id, ActionReport(ActionStatus.DONE, "Paid since May."))
    drop_action(engine, closed, action.id, 1)
    (kept,) = read_plan(engine, closed)
    assert (kept.text.status, kept.revision) == (ActionStatus.DROPPED, 2)
    assert actions_before(engine, later) == (kept,)
    assert read_reports(engine, later) == {action.id: report}
    (again,) = chosen(engine, closed, "pay")
    assert (again.id, again.text.status) == (action.id, ActionStatus.OPEN)


def test_a_follow_up_asks_about_the_actions_of_the_wave_before(engine: Engine, closed: Assessment) -> None:
    actions = chosen(engine, closed, "pay", "relief")
    later = follow_up(engine, closed)
    assert actions_before(engine, later) == actions
    assert actions_before(engine, closed) == ()
    assert read_reports(engine, later) == {}
    before = wave_before(engine, later)
    assert before is not None
    assert (before.id, before.part) == (closed.id, Part.MANAGER)
    assert wave_before(engine, closed) is None


def test_a_report_is_saved_by_whoever_saw_its_last_revision(engine: Engine, closed: Assessment) -> None:
    (action,) = chosen(engine, closed, "pay")
    later = follow_up(engine, closed)
    first = save_report(engine, later, action.id, ActionReport(ActionStatus.UNDER_WAY, "Begun"))
    assert first.revision == 1
    assert save_report(engine, later, action.id, ActionReport(ActionStatus.UNDER_WAY, "Begun")) == first
    second = save_report(engine, later, action.id, ActionReport(ActionStatus.DONE, "Finished", 1))
    with pytest.raises(StaleReport) as stale:
        save_report(engine, later, action.id, ActionReport(ActionStatus.OPEN, "Not at all", 1))
    assert stale.value.stored == second == read_reports(engine, later)[action.id]


def test_nobody_reports_on_an_action_of_another_plan(engine: Engine, closed: Assessment) -> None:
    key = start_assessment(engine, "South", Phase.AFTER, IDENTITY.digest, TODAY)
    (foreign,) = chosen(engine, close(engine, find_assessment(engine, key)), "pay")
    later = follow_up(engine, closed)
    with pytest.raises(NotFound):
        save_report(engine, later, foreign.id, ActionReport(ActionStatus.DONE, ""))
    with pytest.raises(NotFound):
        change_action(engine, closed, foreign.id, 1, FILLED)
    with pytest.raises(NotFound):
        mark_done(engine, closed, foreign.id)
    drop_action(engine, closed, foreign.id, 1)
    assert read_reports(engine, later) == {}


def test_a_plan_is_only_read_while_answers_are_changed(engine: Engine, closed: Assessment) -> None:
    (action,) = chosen(engine, closed, "pay")
    reopen_assessment(engine, closed)
    for change in (
        lambda: choose_actions(engine, closed, ["relief"]),
        lambda: change_action(engine, closed, action.id, 1, FILLED),
        lambda: mark_done(engine, closed, action.id),
        lambda: put_in_order(engine, closed, {action.id: 2}),
        lambda: drop_action(engine, closed, action.id, 1),
    ):
        with pytest.raises(Closed, match="its plan can only be read"):
            change()
    assert read_plan(engine, closed) == (action,)


def test_reports_stay_as_they_are_once_the_follow_up_is_submitted(engine: Engine, closed: Assessment) -> None:
    (action,) = chosen(engine, closed, "pay")
    later = close(engine, follow_up(engine, closed))
    with pytest.raises(Closed):
        save_report(engine, later, action.id, ActionReport(ActionStatus.DONE, ""))
