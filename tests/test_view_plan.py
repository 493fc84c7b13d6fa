"""What an action plan shows and what became of one, as values: days, remarks, versions and phases that differ."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from engine_builders import after, before, claim, part, recommend, ruleset

from readiness.engine.answers import Answers, Missing
from readiness.engine.followed import two_waves
from readiness.engine.ruleset import RuleSet
from readiness.plan import Action, ActionReport, ActionStatus, ActionText
from readiness.report.view_plan import ActionView, MovedView, moved_view, plan_view

TODAY = date(2026, 11, 30)
PAY = recommend("pay", claim("money", "at most some"), money="full")
SMALL = ruleset(part("pay", ["money"]), recommendations=[PAY, recommend("talk", claim("money", "none"))])
NEWER = replace(ruleset(part("pay", ["wages"])), identity=replace(SMALL.identity, version="2.0.0", digest="1" * 64))


def shown(text: ActionText, code: str = "pay", applying: frozenset[str] | None = None) -> ActionView:
    (view,) = plan_view(SMALL, "North", TODAY, [Action("a", code, 1, text, 1)], applying, TODAY).actions
    return view


@pytest.mark.parametrize(
    ("days", "status", "is_overdue"),
    [
        (-1, ActionStatus.OPEN, True),
        (-1, ActionStatus.UNDER_WAY, True),
        (0, ActionStatus.OPEN, False),
        (1, ActionStatus.OPEN, False),
        (-1, ActionStatus.DONE, False),
        (-1, ActionStatus.DROPPED, False),
    ],
)
def test_an_action_is_overdue_from_the_day_after_its_day_while_it_goes_on(
    days: int, status: ActionStatus, is_overdue: bool
) -> None:
    assert shown(ActionText(due_on=TODAY + timedelta(days=days), status=status)).is_overdue is is_overdue
    assert not shown(ActionText(status=status)).is_overdue


@pytest.mark.parametrize(
    ("applying", "status", "is_told"),
    [
        (frozenset({"pay"}), ActionStatus.OPEN, False),
        (frozenset(), ActionStatus.OPEN, True),
        (frozenset(), ActionStatus.DONE, False),
        (None, ActionStatus.OPEN, False),
    ],
)
def test_what_the_result_no_longer_calls_for_is_told_while_it_goes_on(
    applying: frozenset[str] | None, status: ActionStatus, is_told: bool
) -> None:
    assert bool(shown(ActionText(status=status), applying=applying).remark) is is_told


def test_an_action_whose_recommendation_is_not_known_goes_by_its_code() -> None:
    assert (shown(ActionText(), "gone").title, shown(ActionText(), "gone").steps) == ("gone", ())


def moved(then: Answers, now: Answers, new: RuleSet = SMALL, code: str = "pay", said: bool = True) -> MovedView:
    reports = {"a": ActionReport(ActionStatus.DONE, "Paid\r\nsince May\u202e")} if said else {}
    return moved_view(SMALL, [Action("a", code, 1, ActionText(), 1)], reports, two_waves(SMALL, then, new, now))


def test_then_now_and_what_was_intended_stand_in_words() -> None:
    found = moved(after(money="none"), after(money="full"))
    (action,) = found.actions
    (move,) = action.moves
    assert (move.item, move.then, move.now, move.aim) == (
        "The money",
        "There is none",
        "There is full",
        "There is full",
    )
    assert move.standing_words == "Moved, as good as intended"
    assert (action.status_words, action.note, action.nothing) == ("Done", "Paid\nsince May", "")
    assert found.notes == ()
    assert "cannot show that the action moved it" in found.about


def test_what_is_not_known_says_so() -> None:
    (action,) = moved(after(money="none"), after(money=Missing.DONT_KNOW), said=False).actions
    assert [(move.now, move.standing_words) for move in action.moves] == [("Don’t know", "Now unknown")]
    assert action.status_words == "Nothing was reported"


def test_an_action_that_no_answer_shows_says_so() -> None:
    (action,) = moved(after(money="none"), after(money="full"), code="talk").actions
    assert (action.moves, action.nothing.startswith("No answer was named")) == ((), True)


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (lambda: moved(after(money="none"), after(), NEWER), "different versions of the rule set (1.0.0 and 2.0.0)"),
        (
            lambda: moved(before(money="none"), after(money="some")),
            "asked what was planned, and this one asks how it",
        ),
        (lambda: moved_view(SMALL, [], {}, None), "is open for changes again"),
    ],
    ids=["versions", "phases", "open again"],
)
def test_what_is_to_be_borne_in_mind_is_said(found: Callable[[], MovedView], sentence: str) -> None:
    (note,) = found().notes
    assert sentence in note


def test_what_a_newer_version_does_not_ask_has_a_reason_and_no_answer() -> None:
    (action,) = moved(after(money="none"), after(), NEWER).actions
    (move,) = action.moves
    assert (move.then, move.now, move.standing_words) == ("There is none", "", "Not comparable")
    assert move.note == "The question is no longer asked."
