"""What became of the actions of the wave before, for the result of a follow-up and a page of its own."""

from collections.abc import Callable
from typing import Protocol

from readiness.engine.answers import Answers
from readiness.engine.followed import two_waves
from readiness.engine.ruleset import RuleSet
from readiness.report.view_plan import MovedView, moved_view
from readiness.store.assessments import Assessment, wave_before
from readiness.store.plans import actions_before, read_reports
from readiness.web.rules import database, pinned_ruleset


class Read(Protocol):
    """What the result of an assessment comes from."""

    @property
    def assessment(self) -> Assessment:
        """The assessment."""

    @property
    def ruleset(self) -> RuleSet:
        """The version it is pinned to."""

    @property
    def answers(self) -> Answers:
        """The answers of everybody, as far as they may be shown."""


def moved_of(found: Read, read: Callable[[Assessment], Read]) -> MovedView | None:
    """What became of the actions of the wave before a submitted follow-up; None where there were none.

    `read` reads the result of the wave before as everything shown is read (`results.read_result`).
    """
    assessment = found.assessment
    before, actions = wave_before(database(), assessment), actions_before(database(), assessment)
    if before is None or not actions:
        return None
    waves = None
    if before.is_closed:
        earlier = read(before)
        waves = two_waves(earlier.ruleset, earlier.answers, found.ruleset, found.answers)
    return moved_view(pinned_ruleset(before.rule_set), actions, read_reports(database(), assessment), waves)
