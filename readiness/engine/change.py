"""Two waves of one service > what changed: how risks moved, which answers did, and what open answers could undo.

The earlier answers are brought to the version of the later wave first (`carrying`); both are rated by that version.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from readiness.engine.answers import UNKNOWN, Answer, Answers, Missing, Phase
from readiness.engine.carrying import Carried, carry
from readiness.engine.framework import Band
from readiness.engine.gaps import gap_of, steps_of
from readiness.engine.ranges import Range
from readiness.engine.rating import rate
from readiness.engine.result import Certainty, ConstructResult, DomainResult
from readiness.engine.ruleset import Identity, RuleSet
from readiness.engine.scoring import domain_results

# With a smaller share of the earlier rated answers carried into the later version, nothing is compared.
FEWEST_CARRIED = 0.5


class Course(StrEnum):
    """How a risk moved from one wave to the next."""

    LOWER = "lower"
    HIGHER = "higher"
    SAME = "same"
    NOW_KNOWN = "now known"
    NO_LONGER_KNOWN = "no longer known"
    UNKNOWN = "unknown"


class Turn(StrEnum):
    """How an answer changed. *Alike*: another level, rated the same; *scope*: the question began or ceased to apply."""

    BETTER = "better"
    WORSE = "worse"
    ALIKE = "alike"
    UNRATED = "not rated"
    SCOPE = "scope"
    NOW_KNOWN = "now known"
    NO_LONGER_KNOWN = "no longer known"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a construct or domain stands in one wave; risk 0..100, None with its band when not determinable.

    `is_open` says that some of its answers are unknown.
    """

    risk: float | None
    band: Band | None
    range: Range | None
    certainty: Certainty
    is_open: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """One construct or domain in both waves.

    `unlike` are its items that only one of the two waves can have rated: asked at one stage only, or new, or with an
    earlier answer that could not be carried.
    """

    code: str
    before: Standing
    after: Standing
    unlike: tuple[str, ...]

    @property
    def course(self) -> Course:
        """How its risk moved."""
        then, now = self.before.risk, self.after.risk
        if then is None or now is None:
            return {
                (True, True): Course.UNKNOWN,
                (True, False): Course.NOW_KNOWN,
                (False, True): Course.NO_LONGER_KNOWN,
            }[then is None, now is None]
        return Course.SAME if then == now else Course.LOWER if now < then else Course.HIGHER

    @property
    def is_settled(self) -> bool:
        """Whether it moved so, or stayed, whatever the answers are that either wave leaves open."""
        then, now = self.before.range, self.after.range
        if then is None or now is None:
            return False
        return {
            Course.LOWER: now.worst < then.best,
            Course.HIGHER: now.best > then.worst,
            Course.SAME: then.width == now.width == 0,
        }.get(self.course, False)

    @property
    def changes_band(self) -> bool:
        """Whether it is in another band now; not when it has none in one of the waves."""
        return None not in (self.before.band, self.after.band) and self.before.band is not self.after.band


@dataclass(frozen=True, slots=True)
class DomainMoved:
    """One domain in both waves, with its constructs in reading order."""

    domain: Moved
    constructs: tuple[Moved, ...]


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """One answer that changed; `points` is by how much its rating (-2..+2) did, 0 where either has none."""

    item: str
    before: Answer
    after: Answer
    turn: Turn
    points: float


@dataclass(frozen=True, slots=True)
class GapChange:
    """How many option steps lay between the sheets of a team on an item, and how many do now."""

    item: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Change:
    """What changed from one wave to the next, by the version of the later one.

    `old` and `new` are the versions that the waves are pinned to. Without `is_comparable` too little of the earlier
    answers fits, or the waves rest on different rule sets: nothing is compared. `only_before` and `only_after` are the
    items that are asked at the stage of one wave only.
    """

    old: Identity
    new: Identity
    before: Phase
    after: Phase
    carried: Carried
    is_comparable: bool
    domains: tuple[DomainMoved, ...] = ()
    answers: tuple[AnswerChange, ...] = ()
    gaps: tuple[GapChange, ...] = ()
    only_before: tuple[str, ...] = ()
    only_after: tuple[str, ...] = ()

    @property
    def constructs(self) -> tuple[Moved, ...]:
        """All constructs in reading order."""
        return tuple(construct for domain in self.domains for construct in domain.constructs)


def change(old: RuleSet, before: Answers, new: RuleSet, after: Answers) -> Change:
    """What changed between two waves: earlier answers to one version, later answers to the same or another one."""
    carried = carry(before, old, new)
    found = Change(
        old.identity, new.identity, before.phase, after.phase, carried, _is_comparable(old, before, new, carried)
    )
    if not found.is_comparable:
        return found
    then, now = (_asked(new, phase) for phase in (before.phase, after.phase))
    only_before, only_after = (tuple(code for code in a if code not in b) for a, b in ((then, now), (now, then)))
    gone = {lost.item for lost in carried.lost}
    unlike = {*only_before, *only_after, *gone, *carried.added}
    earlier = carried.answers
    return Change(
        old.identity,
        new.identity,
        before.phase,
        after.phase,
        carried,
        True,
        domains=tuple(_domains(new, earlier, after, unlike)),
        answers=tuple(_answers(new, earlier, after, [code for code in now if code not in unlike])),
        gaps=tuple(_gaps(new, earlier, after)),
        only_before=only_before,
        only_after=only_after,
    )


def _is_comparable(old: RuleSet, before: Answers, new: RuleSet, carried: Carried) -> bool:
    """Whether both are versions of one rule set, and enough of what was rated can be carried from one to the other."""
    known = [code for code in old.construct_of if before[code] not in UNKNOWN]
    kept = [code for code in known if code in new.construct_of and carried.answers[code] not in UNKNOWN]
    return old.identity.id == new.identity.id and len(kept) >= FEWEST_CARRIED * len(known)


def _asked(ruleset: RuleSet, phase: Phase) -> tuple[str, ...]:
    return tuple(item.code for item in ruleset.instrument.asked(phase))


def _domains(ruleset: RuleSet, before: Answers, after: Answers, unlike: Collection[str]) -> Iterator[DomainMoved]:
    results = (domain_results(ruleset, answers, rate(ruleset, answers)) for answers in (before, after))
    for then, now in zip(*results, strict=True):
        parts = tuple(
            Moved(own.construct.code, _standing(own), _standing(later), _unlike(ruleset, own.construct.code, unlike))
            for own, later in zip(then.constructs, now.constructs, strict=True)
        )
        others = tuple(item for part in parts for item in part.unlike)
        yield DomainMoved(Moved(then.domain.code, _standing(then), _standing(now), others), parts)


def _standing(result: ConstructResult | DomainResult) -> Standing:
    parts = (result,) if isinstance(result, ConstructResult) else result.constructs
    is_open = any(part.rated.unknown for part in parts)
    return Standing(result.rated.risk, result.band, result.range, result.certainty, is_open)


def _unlike(ruleset: RuleSet, construct: str, unlike: Collection[str]) -> tuple[str, ...]:
    return tuple(item.item for item in ruleset.scoring[construct].items if item.item in unlike)


def _answers(ruleset: RuleSet, before: Answers, after: Answers, asked: Collection[str]) -> Iterator[AnswerChange]:
    """The answers that changed, in reading order, to items that both waves were asked."""
    for code in asked:
        then, now = before[code], after[code]
        if then != now and not {then, now} <= UNKNOWN:
            turn, points = _turn(ruleset, code, then, now)
            yield AnswerChange(code, then, now, turn, points)


def _turn(ruleset: RuleSet, item: str, then: Answer, now: Answer) -> tuple[Turn, float]:
    if then in UNKNOWN or now in UNKNOWN:
        return (Turn.NOW_KNOWN if then in UNKNOWN else Turn.NO_LONGER_KNOWN), 0.0
    if Missing.NOT_APPLICABLE in (then, now):
        return Turn.SCOPE, 0.0
    if item not in ruleset.item_scoring:
        return Turn.UNRATED, 0.0
    ratings = ruleset.item_scoring[item].ratings
    points = ratings[now] - ratings[then]
    return (Turn.ALIKE if points == 0 else Turn.BETTER if points > 0 else Turn.WORSE), points


def _gaps(ruleset: RuleSet, before: Answers, after: Answers) -> Iterator[GapChange]:
    """The gaps that both waves have and that are not as they were, in reading order."""
    for item in ruleset.instrument.items:
        levels = [answers.gaps.get(gap_of(item)) for answers in (before, after)]
        steps = [steps_of(level) for level in levels if level is not None]
        if len(steps) == 2 and steps[0] != steps[1]:
            yield GapChange(item, *steps)
