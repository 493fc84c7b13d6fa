"""A recommendation that was taken on > whether the answers that it was to improve moved from one wave to the next.

That an answer moved does not show what moved it: nothing here says that an action worked.
"""

from dataclasses import dataclass
from enum import StrEnum

from readiness.engine.answers import UNKNOWN, Answer, Answers, Missing
from readiness.engine.carrying import Carried, Reason, carry
from readiness.engine.ruleset import Recommendation, RuleSet


class Standing(StrEnum):
    """What became of an answer from one wave to the next."""

    MOVED = "moved"
    NOT_YET = "not yet"
    WORSE = "worse"
    NOW_UNKNOWN = "now unknown"
    THEN_UNKNOWN = "then unknown"
    NO_LONGER_APPLIES = "no longer applies"
    NOT_COMPARABLE = "not comparable"


@dataclass(frozen=True, slots=True)
class Followed:
    """One answer that a recommendation was to improve: what it was, what it is after, and where it was to go.

    `is_reached` says that it is then worth at least as much as the aim. `reason` says why it is not comparable, and
    `is_reworded` that the later version words question or level in another way.
    """

    item: str
    before: Answer
    after: Answer
    aim: str
    standing: Standing
    is_reached: bool = False
    reason: Reason | None = None
    is_reworded: bool = False


@dataclass(frozen=True, slots=True)
class Waves:
    """Two waves of one service: the versions they rest on, their answers, and the earlier ones carried to the later."""

    old: RuleSet
    new: RuleSet
    before: Answers
    after: Answers
    carried: Carried


def two_waves(old: RuleSet, before: Answers, new: RuleSet, after: Answers) -> Waves:
    """Two waves that can be followed: what was answered is carried into the version and the phase of the later one."""
    return Waves(old, new, before, after, carry(Answers(after.phase, before.given), old, new))


def follow(waves: Waves, recommendation: Recommendation) -> tuple[Followed, ...]:
    """The answers that a recommendation of the earlier wave was to improve, in its order.

    Those that were as good as the aim, or did not apply then, were not to move, and are left out.
    """
    return tuple(
        _followed(waves, item, aim) for item, aim in recommendation.improves.items() if _was_to_move(waves, item, aim)
    )


def _was_to_move(waves: Waves, item: str, aim: str) -> bool:
    before = waves.before[item]
    if waves.before.phase not in waves.old.instrument.items[item].ask or before is Missing.NOT_APPLICABLE:
        return False
    ratings = waves.old.item_scoring[item].ratings
    return before in UNKNOWN or ratings[aim] > ratings[before]


def _followed(waves: Waves, item: str, aim: str) -> Followed:
    before, after = waves.before[item], waves.after[item]
    reason = _why_not(waves, item)
    if reason is not None:
        return Followed(item, before, Missing.NOT_ANSWERED, aim, Standing.NOT_COMPARABLE, reason=reason)
    ratings = waves.new.item_scoring[item].ratings
    reached = after in ratings and aim in ratings and ratings[after] >= ratings[aim]
    reworded = any(each.item == item for each in waves.carried.reworded)
    return Followed(item, before, after, aim, _standing(waves, item), reached, None, reworded)


def _why_not(waves: Waves, item: str) -> Reason | None:
    """Why an answer cannot be held against the later one: the later version lacks the question or the level."""
    lost = next((each.reason for each in waves.carried.lost if each.item == item), None)
    if lost is not None:
        return lost
    if item not in waves.new.instrument.items or item not in waves.new.item_scoring:
        return Reason.ITEM_GONE
    return None if waves.after.phase in waves.new.instrument.items[item].ask else Reason.NOT_ASKED


def _standing(waves: Waves, item: str) -> Standing:
    before, after = waves.before[item], waves.after[item]
    if after is Missing.NOT_APPLICABLE:
        return Standing.NO_LONGER_APPLIES
    if after in UNKNOWN:
        return Standing.NOW_UNKNOWN
    if before in UNKNOWN:
        return Standing.THEN_UNKNOWN
    ratings = waves.new.item_scoring[item].ratings
    if ratings[after] == ratings[before]:
        return Standing.NOT_YET
    return Standing.MOVED if ratings[after] > ratings[before] else Standing.WORSE
