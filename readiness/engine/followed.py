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
    """One answer that a recommendation was to improve: what it was, what it is now, and where it was to go.

    `is_reached` says that it is now worth at least as much as the aim. `reason` says why it is not comparable, and
    `is_reworded` that the later version words question or level in another way.
    """

    item: str
    then: Answer
    now: Answer
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
    then: Answers
    now: Answers
    carried: Carried


def two_waves(old: RuleSet, then: Answers, new: RuleSet, now: Answers) -> Waves:
    """Two waves that can be followed: what was answered is carried into the version and the phase of the later one."""
    return Waves(old, new, then, now, carry(Answers(now.phase, then.given), old, new))


def follow(waves: Waves, recommendation: Recommendation) -> tuple[Followed, ...]:
    """The answers that a recommendation of the earlier wave was to improve, in its order.

    Those that were as good as the aim, or did not apply then, were not to move, and are left out.
    """
    return tuple(
        _followed(waves, item, aim) for item, aim in recommendation.improves.items() if _was_to_move(waves, item, aim)
    )


def _was_to_move(waves: Waves, item: str, aim: str) -> bool:
    then = waves.then[item]
    if waves.then.phase not in waves.old.instrument.items[item].ask or then is Missing.NOT_APPLICABLE:
        return False
    ratings = waves.old.item_scoring[item].ratings
    return then in UNKNOWN or ratings[aim] > ratings[then]


def _followed(waves: Waves, item: str, aim: str) -> Followed:
    then, now = waves.then[item], waves.now[item]
    reason = _why_not(waves, item)
    if reason is not None:
        return Followed(item, then, Missing.NOT_ANSWERED, aim, Standing.NOT_COMPARABLE, reason=reason)
    ratings = waves.new.item_scoring[item].ratings
    reached = now in ratings and aim in ratings and ratings[now] >= ratings[aim]
    reworded = any(each.item == item for each in waves.carried.reworded)
    return Followed(item, then, now, aim, _standing(waves, item), reached, None, reworded)


def _why_not(waves: Waves, item: str) -> Reason | None:
    """Why an answer cannot be held against the later one: the later version lacks the question or the level."""
    lost = next((each.reason for each in waves.carried.lost if each.item == item), None)
    if lost is not None:
        return lost
    if item not in waves.new.instrument.items or item not in waves.new.item_scoring:
        return Reason.ITEM_GONE
    return None if waves.now.phase in waves.new.instrument.items[item].ask else Reason.NOT_ASKED


def _standing(waves: Waves, item: str) -> Standing:
    then, now = waves.then[item], waves.now[item]
    if now is Missing.NOT_APPLICABLE:
        return Standing.NO_LONGER_APPLIES
    if now in UNKNOWN:
        return Standing.NOW_UNKNOWN
    if then in UNKNOWN:
        return Standing.THEN_UNKNOWN
    ratings = waves.new.item_scoring[item].ratings
    if ratings[now] == ratings[then]:
        return Standing.NOT_YET
    return Standing.MOVED if ratings[now] > ratings[then] else Standing.WORSE
