"""Layer 5: recommendations ranked by what they would change, and levers: answers whose improvement lowers risk."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from readiness.engine.answers import UNKNOWN, Answer, Answers, Missing
from readiness.engine.conditions import evaluate
from readiness.engine.rating import ConstructRating, Rated, rate_construct, rate_domain
from readiness.engine.ruleset import Recommendation, RuleSet

# Each coarser than what it is computed from: what cancels out is 0, and what is equal ties.
FALL_DECIMALS = 6
PRIORITY_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Move:
    """One answer moved from a level to a better one."""

    item: str
    level: str
    to: str


@dataclass(frozen=True, slots=True)
class DomainChange:
    """What a change would do to one domain's risk (0..100, bounds included)."""

    domain: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Gain:
    """What a change of answers would do. `fall` is in risk points: each determinable construct's fall times its share
    of its domain's weight, summed, before the bounds that critical barriers set on domains."""

    fall: float
    domains: tuple[DomainChange, ...]


@dataclass(frozen=True, slots=True)
class Eased:
    """A critical barrier that a change would make smaller; risks 0..100."""

    construct: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class RecommendationResult:
    """A recommendation that applies; `priority` is its gain's fall divided by its effort (1, 2 or 3).

    `eases` are the critical barriers whose risk it would lower, `lifts_critical` names those of them it would end.
    """

    recommendation: Recommendation
    priority: float
    moves: tuple[Move, ...]
    gain: Gain
    eases: tuple[Eased, ...]
    lifts_critical: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lever:
    """One answer, the level of it that would lower risk most, and by how much."""

    move: Move
    gain: Gain


def applying(ruleset: RuleSet, answers: Answers, rated: Rated) -> tuple[Recommendation, ...]:
    """The recommendations whose condition is true, in the rule set's order."""

    def look(subject: str) -> Answer:
        if subject in rated.constructs:
            return rated.constructs[subject].band or Missing.NOT_ANSWERED
        return answers[subject]

    return tuple(each for each in ruleset.recommendations if evaluate(each.condition, look))


def recommend(ruleset: RuleSet, answers: Answers, rated: Rated) -> tuple[RecommendationResult, ...]:
    """The recommendations that apply, highest priority first; ties keep the rule set's order."""
    ranked = [_rank(ruleset, answers, rated, each) for each in applying(ruleset, answers, rated)]
    return tuple(sorted(ranked, key=lambda result: -result.priority))


def _rank(ruleset: RuleSet, answers: Answers, rated: Rated, recommendation: Recommendation) -> RecommendationResult:
    moves = _moves(ruleset, answers, recommendation.improves)
    changed = _changed(ruleset, answers, rated, moves)
    gain = _gain(ruleset, rated, changed)
    eases = tuple(
        Eased(code, before.risk, after.risk)
        for code, after in changed.items()
        if (before := rated.constructs[code]).is_critical_barrier
        and before.risk is not None
        and after.risk is not None
        and after.risk < before.risk
    )
    lifts = tuple(eased.construct for eased in eases if not changed[eased.construct].is_critical_barrier)
    priority = round(gain.fall / recommendation.effort.cost, PRIORITY_DECIMALS)
    return RecommendationResult(recommendation, priority, moves, gain, eases, lifts)


def _moves(ruleset: RuleSet, answers: Answers, improves: Mapping[str, str]) -> tuple[Move, ...]:
    """The improvements that are improvements here: an unknown answer cannot be said to improve."""
    moves = []
    for item, to in improves.items():
        level = answers[item]
        if level in UNKNOWN or level is Missing.NOT_APPLICABLE:
            continue
        ratings = ruleset.item_scoring[item].ratings
        if ratings[to] > ratings[level]:
            moves.append(Move(item, level, to))
    return tuple(moves)


def _changed(ruleset: RuleSet, answers: Answers, rated: Rated, moves: Iterable[Move]) -> dict[str, ConstructRating]:
    """The constructs that the moves touch, rated again with the improved answers."""
    moved = tuple(moves)
    improved = answers.replace({move.item: move.to for move in moved})
    touched = dict.fromkeys(code for move in moved for code in ruleset.touched_by[move.item])
    return {code: rate_construct(ruleset, ruleset.scoring[code], improved) for code in touched}


def _fall(ruleset: RuleSet, rated: Rated, changed: Mapping[str, ConstructRating]) -> float:
    """Risk points: each construct's fall times its share of its domain's applicable weight, summed."""
    fall = 0.0
    for code, after in changed.items():
        before = rated.constructs[code]
        if before.risk is None or after.risk is None:
            continue
        applicable = [c for c in ruleset.domain_of[code].constructs if rated.constructs[c.code].asked]
        share = before.construct.tier.weight / sum(c.tier.weight for c in applicable)
        fall += share * (before.risk - after.risk)
    return round(fall, FALL_DECIMALS)


def _gain(ruleset: RuleSet, rated: Rated, changed: Mapping[str, ConstructRating]) -> Gain:
    """The fall, and what becomes of each domain that moves."""
    after = {**rated.constructs, **changed}
    domains = []
    for before in rated.domains:
        if any(construct.code in changed for construct in before.domain.constructs):
            again = rate_domain(ruleset, before.domain, after)
            if before.risk is not None and again.risk is not None and again.risk != before.risk:
                domains.append(DomainChange(before.domain.code, before.risk, again.risk))
    return Gain(_fall(ruleset, rated, changed), tuple(domains))


def levers(ruleset: RuleSet, answers: Answers, rated: Rated) -> tuple[Lever, ...]:
    """For each known answer that can still change: the one change that would lower risk most, greatest fall first."""
    found = []
    for code in ruleset.construct_of:
        item, level = ruleset.instrument.items[code], answers[code]
        if item.past or level in UNKNOWN or level is Missing.NOT_APPLICABLE or answers.phase not in item.ask:
            continue
        best, most = None, 0.0
        for to in item.order:
            changed = _changed(ruleset, answers, rated, [Move(code, level, to)]) if to != level else {}
            fall = _fall(ruleset, rated, changed)
            if fall > most:
                best, most = (Move(code, level, to), changed), fall
        if best:
            found.append(Lever(best[0], _gain(ruleset, rated, best[1])))
    return tuple(sorted(found, key=lambda lever: -lever.gain.fall))
