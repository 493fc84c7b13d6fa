"""Best and worst risk that answering the unknown items could still give, and the answer that would settle most.

An unknown item may turn out to be any of its levels, may turn out not to apply, or may stay unknown; the range covers
every mixture of these, so the present estimate always lies inside it. A gap between sheets is taken as it is, known or
not: no answer to an unknown item makes it known (see `Answers`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod

from readiness.engine.answers import UNKNOWN, Answer, Answers, Missing
from readiness.engine.conditions import claims, evaluate, negates
from readiness.engine.framework import Band, Domain
from readiness.engine.gaps import is_gap
from readiness.engine.rating import ConstructRating, mean_risk_of, risk_of
from readiness.engine.ruleset import ConstructScoring, Rule, RuleSet

# Beyond this many mixtures the range falls back to a bound that is sound but may be wider than what can be reached.
MOST_MIXTURES = 5_000


@dataclass(frozen=True, slots=True)
class Range:
    """Lowest (best) and highest (worst) risk, 0..100."""

    best: float
    worst: float

    @property
    def width(self) -> float:
        """Points between best and worst."""
        return self.worst - self.best


@dataclass(frozen=True, slots=True)
class Settles:
    """An unknown item and how many points answering it would narrow a range on average over its levels."""

    item: str
    points: float


@dataclass(frozen=True, slots=True)
class _Kind:
    """Levels of an unknown item that the open rules cannot tell apart; `answer` stands for them.

    `levels` is empty when the item stays unknown or does not apply; `ratings` is empty when it stays out of the mean.
    """

    answer: Answer
    levels: tuple[str, ...] = ()
    ratings: tuple[float, ...] = ()


# What one mixture of kinds leads to: shift and floor of the rules that then hold, and the ratings that join the mean.
_Outcome = tuple[float, float, tuple[tuple[float, ...], ...]]


@dataclass(frozen=True, slots=True)
class OpenConstruct:
    """One construct's answers so far, ready to be asked what the unknown ones could still change.

    `known` are the ratings of answered items; `free` those that unknown items could take, unless an open rule asks
    about the item; `outcomes` is everything the open rules could lead to, and `pinned` the same when one item has one
    level.
    """

    known: tuple[float, ...]
    free: Mapping[str, tuple[float, ...]]
    outcomes: frozenset[_Outcome]
    pinned: Mapping[str, Mapping[str, frozenset[_Outcome]]]

    def range(self) -> Range | None:
        """The range of the construct's risk; None when no item applies."""
        return _span(self.outcomes, self.known, list(self.free.values()))

    def range_if(self, item: str, level: str, rating: float | None) -> Range | None:
        """The range if one unknown item turned out to be a level, worth `rating` to the construct (None: nothing)."""
        known = self.known if rating is None else (*self.known, rating)
        others = [ratings for other, ratings in self.free.items() if other != item]
        return _span(self.pinned[item][level] if item in self.pinned else self.outcomes, known, others)


def _span(outcomes: Iterable[_Outcome], known: tuple[float, ...], others: list[tuple[float, ...]]) -> Range | None:
    """Best and worst risk when each of `others` may join the mean with any of its ratings."""
    lowest, highest = sorted(map(min, others)), sorted(-max(ratings) for ratings in others)
    turned = [-rating for rating in known]
    extremes: dict[float, tuple[float, float]] = {}  # by floor, the worst and the best rating of its outcomes
    for shift, floor, fixed in outcomes:
        worst = _extreme_mean([*known, *map(min, fixed)], lowest)
        best = _extreme_mean([*turned, *(-max(ratings) for ratings in fixed)], highest)
        if worst is not None and best is not None:
            low, high = extremes.get(floor, (worst + shift, shift - best))
            extremes[floor] = min(low, worst + shift), max(high, shift - best)
    if not extremes:
        return None
    return Range(
        min(max(floor, risk_of(high)) for floor, (_, high) in extremes.items()),
        max(max(floor, risk_of(low)) for floor, (low, _) in extremes.items()),
    )


def _extreme_mean(ratings: list[float], candidates: list[float]) -> float | None:
    """The lowest mean of `ratings` with any of `candidates` (ascending) joining them; None when there are none."""
    if not ratings and not candidates:
        return None
    total, count = (sum(ratings), len(ratings)) if ratings else (candidates[0], 1)
    for value in candidates:
        if value * count >= total:
            break
        total, count = total + value, count + 1
    return total / count


def open_construct(ruleset: RuleSet, scoring: ConstructScoring, answers: Answers) -> OpenConstruct:
    """Work out what is known of a construct and every way its open rules could turn out."""
    known: list[float] = []
    free: dict[str, tuple[float, ...]] = {}
    for item in scoring.items:
        if answers.phase not in ruleset.instrument.items[item.item].ask:
            continue
        answer = answers[item.item]
        if answer in UNKNOWN:
            free[item.item] = tuple(item.ratings.values())
        elif answer is not Missing.NOT_APPLICABLE:
            known.append(item.ratings[answer])
    truths = [(rule, evaluate(rule.condition, answers.__getitem__)) for rule in scoring.rules]
    held = [rule for rule, truth in truths if truth]
    still_open = [rule for rule, truth in truths if truth is None]
    kinds = _kinds(ruleset, scoring, still_open, answers)
    if prod(len(options) for options in kinds.values()) > MOST_MIXTURES:
        return OpenConstruct(tuple(known), free, _sound_outcomes(ruleset, held, still_open), {})
    unasked = {item: ratings for item, ratings in free.items() if item not in kinds}
    return OpenConstruct(tuple(known), unasked, *_outcomes(ruleset, held, still_open, kinds, answers))


def _kinds(
    ruleset: RuleSet, scoring: ConstructScoring, still_open: Iterable[Rule], answers: Answers
) -> dict[str, list[_Kind]]:
    """For each unknown item that an open rule asks about: the kinds of answer that make a difference to the rules."""
    accepted: dict[str, list[frozenset[str]]] = {}
    plain = True
    for rule in still_open:
        plain = plain and not negates(rule.condition)
        for claim in claims(rule.condition):
            if answers[claim.subject] in UNKNOWN and not is_gap(claim.subject):
                accepted.setdefault(claim.subject, []).append(claim.accepted)
    own = {item.item: item.ratings for item in scoring.items}
    return {item: _item_kinds(ruleset, item, sets, own.get(item), plain, answers) for item, sets in accepted.items()}


def _item_kinds(
    ruleset: RuleSet,
    code: str,
    accepted: list[frozenset[str]],
    ratings: Mapping[str, float] | None,
    plain: bool,
    answers: Answers,
) -> list[_Kind]:
    item = ruleset.instrument.items[code]
    stays = [_Kind(answers[code])]
    if answers.phase not in item.ask:
        return stays
    if item.not_applicable is not None:
        stays.append(_Kind(Missing.NOT_APPLICABLE))
    alike: dict[tuple[bool, ...], list[str]] = {}
    for level in item.order:
        alike.setdefault(tuple(level in levels for levels in accepted), []).append(level)
    # Where no rule negates, an open item of another construct does what a level does that no claim accepts.
    if plain and ratings is None and any(not any(signature) for signature in alike):
        stays = []
    return stays + [
        _Kind(levels[0], tuple(levels), tuple(ratings[level] for level in levels) if ratings else ())
        for levels in alike.values()
    ]


def _outcomes(
    ruleset: RuleSet,
    held: list[Rule],
    still_open: list[Rule],
    kinds: Mapping[str, list[_Kind]],
    answers: Answers,
) -> tuple[frozenset[_Outcome], dict[str, dict[str, frozenset[_Outcome]]]]:
    """Everything the open rules could lead to, and the same for each level of each item they ask about."""
    places = {item: place for place, item in enumerate(kinds)}
    tables = [(*_truth_table(rule, kinds, places, answers), rule.shift, _floor(ruleset, [rule])) for rule in still_open]
    shift, floor = sum(rule.shift for rule in held), _floor(ruleset, held)
    outcomes: set[_Outcome] = set()
    pinned: list[dict[Answer, set[_Outcome]]] = [{kind.answer: set() for kind in options} for options in kinds.values()]
    for mixture in product(*kinds.values()):
        total, lowest = shift, floor
        for own, holding, rule_shift, rule_floor in tables:
            if tuple([mixture[place].answer for place in own]) in holding:
                total, lowest = total + rule_shift, max(lowest, rule_floor)
        outcomes.add((total, lowest, tuple([kind.ratings for kind in mixture if kind.ratings])))
        for kind, found in zip(mixture, pinned, strict=True):
            fixed = tuple([other.ratings for other in mixture if other.ratings and other is not kind])
            found[kind.answer].add((total, lowest, fixed))
    by_level = {
        item: {level: frozenset(found[kind.answer]) for kind in options for level in kind.levels}
        for (item, options), found in zip(kinds.items(), pinned, strict=True)
    }
    return frozenset(outcomes), by_level


def _truth_table(
    rule: Rule, kinds: Mapping[str, list[_Kind]], places: Mapping[str, int], answers: Answers
) -> tuple[tuple[int, ...], frozenset[tuple[Answer, ...]]]:
    """The places of the unknown items a rule asks about, and the mixtures of their answers for which it holds."""
    own = [item for item in kinds if item in rule.subjects]
    holding = set()
    for mixture in product(*(kinds[item] for item in own)):
        chosen = {item: kind.answer for item, kind in zip(own, mixture, strict=True)}
        if evaluate(rule.condition, lambda subject: chosen.get(subject, answers[subject])):  # noqa: B023  # used at once
            holding.add(tuple(chosen.values()))
    return tuple(places[item] for item in own), frozenset(holding)


def _floor(ruleset: RuleSet, rules: Iterable[Rule]) -> float:
    """The highest floor that any of the rules sets; 0 without one."""
    return max((ruleset.bands.floor[rule.at_least] for rule in rules if rule.at_least is not None), default=0.0)


def _sound_outcomes(ruleset: RuleSet, held: list[Rule], still_open: list[Rule]) -> frozenset[_Outcome]:
    """Two outcomes that surely enclose every other: only the open rules that help hold, and only those that hurt."""
    shift, floor = sum(rule.shift for rule in held), _floor(ruleset, held)
    helping = shift + sum(max(0.0, rule.shift) for rule in still_open)
    hurting = shift + sum(min(0.0, rule.shift) for rule in still_open)
    return frozenset({(helping, floor, ()), (hurting, max(floor, _floor(ruleset, still_open)), ())})


def most_settling(
    ruleset: RuleSet, scoring: ConstructScoring, answers: Answers, state: OpenConstruct, span: Range | None
) -> Settles | None:
    """The unanswered item that would narrow the construct's range most; the first in reading order on ties."""
    if span is None or span.width == 0:
        return None
    own = {item.item: item.ratings for item in scoring.items}
    best: Settles | None = None
    for code in ruleset.instrument.items:
        if (code not in state.free and code not in state.pinned) or answers.phase not in ruleset.instrument.items[
            code
        ].ask:
            continue
        levels = ruleset.instrument.items[code].order
        spans = [state.range_if(code, level, own[code][level] if code in own else None) for level in levels]
        points = span.width - sum(each.width for each in spans if each) / len(levels)
        if best is None or points > best.points:
            best = Settles(code, points)
    return best


Weighted = list[tuple[int, float]]


def domain_range(
    ruleset: RuleSet, domain: Domain, rated: Mapping[str, ConstructRating], ranges: Mapping[str, Range | None]
) -> Range | None:
    """The range of a domain's risk: each construct anywhere in its own range, the undeterminable ones in or out."""
    spans = [(construct, span) for construct in domain.constructs if (span := ranges[construct.code]) is not None]
    sure = [(c.tier.weight, span) for c, span in spans if rated[c.code].risk is not None]
    maybe = [(c.tier.weight, span) for c, span in spans if rated[c.code].risk is None]
    best = _extreme_weighted([(w, span.best) for w, span in sure], [(w, span.best) for w, span in maybe])
    worst = _extreme_weighted([(w, -span.worst) for w, span in sure], [(w, -span.worst) for w, span in maybe])
    if best is None or worst is None:
        return None
    high, floor = ruleset.bands.floor[Band.HIGH], ruleset.bands.floor[ruleset.critical_bound]
    stands = any(c.critical and rated[c.code].risk is not None and span.best >= high for c, span in spans)
    possible = any(c.critical and span.worst >= high for c, span in spans)
    return Range(max(best, floor) if stands else best, max(-worst, floor) if possible else -worst)


def _extreme_weighted(sure: Weighted, maybe: Weighted) -> float | None:
    """The lowest weighted mean when each of `maybe` may join `sure`; None when there are none."""
    maybe = sorted(maybe, key=lambda pair: pair[1])
    start = sure or maybe[:1]
    if not start:
        return None
    total, weight = sum(w * risk for w, risk in start), sum(w for w, _ in start)
    for extra, risk in maybe if sure else maybe[1:]:
        if risk * weight >= total:
            break
        total, weight = total + extra * risk, weight + extra
    return mean_risk_of(total, weight)
