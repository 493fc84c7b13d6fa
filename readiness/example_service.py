"""An invented service with a year behind it, put into a database: two waves of a team, a plan, and a third wave begun.

What the walk-through shows, and what a newcomer can look around in. Every answer follows from the place of its item, so
that it is the same each time; nothing of it says anything about a real service.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Engine

from readiness.engine.answers import Answer, Missing, Phase, Role
from readiness.engine.instrument import Item
from readiness.engine.ruleset import RuleSet
from readiness.engine.scoring import score
from readiness.permissions import LOCAL
from readiness.plan import ActionReport, ActionStatus, ActionText
from readiness.report.said import leading_codes
from readiness.store.answers import save_page
from readiness.store.assessments import Assessment, find_assessment, start_assessment
from readiness.store.invitations import make_group_link
from readiness.store.plans import change_action, choose_actions, read_plan, save_report
from readiness.store.releases import close_wave, read_combined
from readiness.store.services import start_follow_up
from readiness.store.teams import choose_team, enter, send_response

NAME = "Riverside Community Team (invented)"
BEGAN, CLOSED, AGAIN, CLOSED_AGAIN, THIRD = (
    date(2026, 1, 12), date(2026, 2, 6), date(2026, 9, 14), date(2026, 10, 9), date(2026, 11, 23),
)  # fmt: skip
TEAM = {Role.MENTAL_HEALTH_WORKER: 9, Role.PEER_SUPPORT_WORKER: 6}
NOTES = (
    ActionText("Ana Reyes", "", date(2026, 4, 30), ActionStatus.DONE, "", "Minutes of 21 April"),
    ActionText("Jo Lind", "", date(2026, 6, 30), ActionStatus.DONE, "Took longer than we thought", "The new rota"),
    ActionText("Sam Okoro", "", None, ActionStatus.UNDER_WAY, "Waits for the second post", ""),
)


@dataclass(frozen=True, slots=True)
class ExampleService:
    """What opens the waves: two that are submitted, and one that people are still answering."""

    first: str
    second: str
    third: str


def make_example(engine: Engine, ruleset: RuleSet) -> ExampleService:
    """Put the service into a database; it belongs to the one person of an installation without accounts."""
    digest, k = ruleset.identity.digest, ruleset.minimum_group
    first = find_assessment(engine, start_assessment(engine, NAME, Phase.AFTER, digest, BEGAN), LOCAL)
    _answer(engine, ruleset, first, {})
    close_wave(engine, first, ruleset.instrument, k, CLOSED)
    _plan(engine, ruleset, find_assessment(engine, first.id, LOCAL))

    second = _follow(engine, ruleset, first, AGAIN)
    improved = _improved(engine, ruleset, first)
    _answer(engine, ruleset, second, improved)
    for action in read_plan(engine, first):
        save_report(engine, second, action.id, ActionReport(action.text.status, action.text.note))
    close_wave(engine, second, ruleset.instrument, k, CLOSED_AGAIN)

    third = _follow(engine, ruleset, second, THIRD)
    _answer(engine, ruleset, third, improved)
    return ExampleService(first.id, second.id, third.id)


def _follow(engine: Engine, ruleset: RuleSet, before: Assessment, day: date) -> Assessment:
    opener = start_follow_up(engine, before.service_id, LOCAL, Phase.AFTER, ruleset.identity.digest, day)
    return find_assessment(engine, opener, LOCAL)


def _answer(engine: Engine, ruleset: RuleSet, assessment: Assessment, moved: Mapping[str, str]) -> None:
    """The manager and a team answer; `moved` holds the levels that some answers have reached meanwhile."""
    instrument = ruleset.instrument
    _save(engine, assessment, ruleset, instrument.asked(assessment.phase), 0, moved)
    sections = [section.code for section in instrument.sections if section.scored]
    choose_team(engine, assessment, dict.fromkeys(TEAM, sections))
    for role, many in TEAM.items():
        link = make_group_link(engine, assessment, role)
        items = tuple(instrument.narrowed([role], sections).asked(assessment.phase))
        for person in range(1, many + 1):
            own = find_assessment(engine, enter(engine, link))
            _save(engine, own, ruleset, items, person if role is Role.MENTAL_HEALTH_WORKER else -person, moved)
            send_response(engine, own)


def _save(
    engine: Engine,
    assessment: Assessment,
    ruleset: RuleSet,
    items: Iterable[Item],
    person: int,
    moved: Mapping[str, str],
) -> None:
    given = {item.code: _level(ruleset, item, person, moved) for item in items}
    save_page(engine, assessment, "example", 0, given)


def _level(ruleset: RuleSet, item: Item, person: int, moved: Mapping[str, str]) -> Answer:
    """A level of an item: good or bad by its construct, seen worse by some staff and by more peer support workers."""
    key, construct = _number(item.code), ruleset.construct_of.get(item.code, item.code)
    if (key + person) % 13 == 0 and item.code not in moved:
        return Missing.DONT_KNOW
    scoring = ruleset.item_scoring.get(item.code)
    by_worth = sorted(item.order, key=lambda code: scoring.ratings[code]) if scoring else list(item.order)
    step = round(_number(construct) * 7 % 5 / 4 * (len(by_worth) - 1))
    step -= (key % 4 == 0) * (person != 0) + (key % 3 == 0) * (person < 0)
    level = by_worth[min(max(step, 0), len(by_worth) - 1)]
    better = moved.get(item.code, level)
    return better if by_worth.index(better) > by_worth.index(level) else level


def _number(code: str) -> int:
    return sum(map(ord, code))


def _plan(engine: Engine, ruleset: RuleSet, assessment: Assessment) -> None:
    """Three recommendations taken on, in the order to act in."""
    answers, _ = read_combined(engine, assessment, ruleset.instrument, ruleset.minimum_group)
    choose_actions(engine, assessment, leading_codes(score(ruleset, answers))[: len(NOTES)])
    steps = {one.code: one.steps[0] for one in ruleset.recommendations}
    for action, text in zip(read_plan(engine, assessment), NOTES, strict=True):
        change_action(
            engine, assessment, action.id, action.revision, replace(text, first_step=steps[action.recommendation])
        )


def _improved(engine: Engine, ruleset: RuleSet, assessment: Assessment) -> dict[str, str]:
    """What the answers became that the actions that are done were to improve."""
    done = {each.recommendation for each in read_plan(engine, assessment) if each.text.status is ActionStatus.DONE}
    advice = [one for one in ruleset.recommendations if one.code in done]
    return {item: to for one in advice for item, to in one.improves.items()}
