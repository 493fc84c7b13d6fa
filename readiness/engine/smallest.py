"""The smallest sets of changes that bring a domain down a band.

Falls never add up: answers share constructs and rules. So a set counts only once it has been rated as a whole; what
adds up are bounds on what a move could contribute, which leave only few sets to rate.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from math import inf, prod

from readiness.engine.advice import Move
from readiness.engine.answers import UNKNOWN, Answers, Missing
from readiness.engine.conditions import evaluate
from readiness.engine.framework import Band
from readiness.engine.rating import WORST_RATING, ConstructRating, DomainRating, rate_construct, rate_domain, risk_of
from readiness.engine.result import Result
from readiness.engine.ruleset import Rule, RuleSet

MOST_MOVED = 4  # answers in one set: nobody acts on more at once, and larger sets are too many to try
MOST_SETS = 3
# Sets of one domain that are rated before the search gives up and says so; the shipped rule set stays far below it.
MOST_TRIED = 5_000
MOST_MIXTURES = 500  # of answers to one rule; beyond it a single answer is taken to be able to turn the rule
RISK_OF_A_RATING = 25.0  # risk points of one rating point
ROUNDING = 1e-6  # risks are rounded; what is short of a demand by less than this is tried all the same


@dataclass(frozen=True, slots=True)
class MoveSet:
    """Moves that together bring a domain down a band: over how many option steps, and how the domain then stands."""

    moves: tuple[Move, ...]
    steps: int
    after: DomainRating


@dataclass(frozen=True, slots=True)
class Smallest:
    """The smallest sets of moves that bring a domain down a band: fewest steps first, then the greatest fall.

    Where there is none, every set of up to `ruled_out` answers was ruled out; `out_of_reach` says that all known
    answers together would not do it either.
    """

    domain: DomainRating
    sets: tuple[MoveSet, ...]
    ruled_out: int
    out_of_reach: bool


def smallest_sets(ruleset: RuleSet, result: Result) -> tuple[Smallest, ...]:
    """For each domain at moderate or high risk: the fewest known answers that, each moved to a level that rates higher,
    bring it down a band. Facts of the past stay as they are."""
    options = _options(ruleset, result.answers)
    constructs = {each.construct.code: each.rated for each in result.constructs}
    return tuple(
        _smallest(_domain_search(ruleset, result.answers, constructs, domain.rated, options))
        for domain in result.domains
        if domain.band in (Band.MODERATE, Band.HIGH)
    )


@dataclass(frozen=True, slots=True)
class _Option:
    """A level that an answer could be moved to: how many option steps away, and how many rating points better."""

    move: Move
    steps: int
    better: float


_Options = Mapping[str, tuple[_Option, ...]]


def _options(ruleset: RuleSet, answers: Answers) -> dict[str, tuple[_Option, ...]]:
    """Every better level of each known answer that can still change."""
    found = {}
    for code in ruleset.construct_of:
        item, level = ruleset.instrument.items[code], answers[code]
        if item.past or level in UNKNOWN or level is Missing.NOT_APPLICABLE or answers.phase not in item.ask:
            continue
        ratings, place = ruleset.item_scoring[code].ratings, item.order.index(level)
        found[code] = tuple(
            _Option(Move(code, level, to), abs(number - place), ratings[to] - ratings[level])
            for number, to in enumerate(item.order)
            if ratings[to] > ratings[level]
        )
    return {code: options for code, options in found.items() if options}


@dataclass(frozen=True, slots=True)
class _Demand:
    """A fall in risk that a set must bring, and the most that each move could contribute to it.

    The contributions of the moves of a set add up to at least the fall that the set brings, whatever rules it turns.
    """

    needed: float
    reach: Mapping[Move, float]


def _reach(ruleset: RuleSet, answers: Answers, rated: ConstructRating, options: _Options) -> dict[Move, float]:
    """The most that each move could contribute to a fall in one construct's risk.

    Its own rating counts in full. What a rule could give when it turns is shared by the answers that it asks about,
    by so many as at least have to change together.
    """
    found: dict[Move, float] = defaultdict(float)
    for item in rated.items:
        for option in options.get(item.item, ()):
            found[option.move] += RISK_OF_A_RATING * option.better / rated.known
    held = {outcome.rule: outcome.truth is True for outcome in rated.rules}
    for rule in ruleset.scoring[rated.construct.code].rules:
        worth = _worth(ruleset, rated, rule, held[rule.code])
        fewest = _fewest_to_turn(rule, answers, options) if worth > 0 else None
        if fewest is not None:
            for option in (option for item in rule.subjects for option in options.get(item, ())):
                found[option.move] += worth / fewest
    return {move: points * _felt(rated, options, found) for move, points in found.items()}


def _felt(rated: ConstructRating, options: _Options, reach: Mapping[Move, float]) -> float:
    """The share of contributions that can show: a rating that was pushed off the scale has to come back first."""
    below = RISK_OF_A_RATING * max(0.0, WORST_RATING - (rated.mean or 0.0) - rated.shift)
    most = sum(max(reach.get(option.move, 0.0) for option in own) for own in options.values())
    return max(0.0, most - below) / most if most else 0.0


def _worth(ruleset: RuleSet, rated: ConstructRating, rule: Rule, held: bool) -> float:
    """How far the construct's risk could fall when a rule turns, from held to not held or the other way."""
    if held and rule.at_least is not None and rated.rating is not None:
        return max(0.0, ruleset.bands.floor[rule.at_least] - risk_of(rated.rating)) + _shifted(rule, held)
    return _shifted(rule, held)


def _shifted(rule: Rule, held: bool) -> float:
    return RISK_OF_A_RATING * max(0.0, -rule.shift if held else rule.shift)


def _fewest_to_turn(rule: Rule, answers: Answers, options: _Options) -> int | None:
    """How many answers have to change at the least before a rule turns; None when no change turns it."""
    own = [item for item in sorted(rule.subjects) if item in options]
    if prod(1 + len(options[item]) for item in own) > MOST_MIXTURES:
        return 1
    held = evaluate(rule.condition, answers.__getitem__) is True
    for size in range(1, len(own) + 1):
        for items in combinations(own, size):
            for chosen in product(*(options[item] for item in items)):
                changed = answers.replace({option.move.item: option.move.to for option in chosen})
                if (evaluate(rule.condition, changed.__getitem__) is True) is not held:
                    return size
    return None


@dataclass(frozen=True, slots=True)
class _Search:
    """All that it takes to look for the sets of one domain, which has to come below `limit`. `touches` names its
    constructs by item; `remembered` is what they came to, by the moves that touch them."""

    ruleset: RuleSet
    answers: Answers
    domain: DomainRating
    constructs: Mapping[str, ConstructRating]
    options: Sequence[tuple[_Option, ...]]
    touches: Mapping[str, tuple[str, ...]]
    demands: tuple[_Demand, ...]
    limit: float
    remembered: dict[tuple[str, tuple[Move, ...]], ConstructRating] = field(default_factory=dict)

    def after(self, moves: Iterable[Move]) -> DomainRating:
        """The domain rated again, as a whole, with the moves made."""
        touched: dict[str, tuple[Move, ...]] = {}
        for move in moves:
            for code in self.touches[move.item]:
                touched[code] = (*touched.get(code, ()), move)
        changed = {code: self._rated(code, own) for code, own in touched.items()}
        return rate_domain(self.ruleset, self.domain.domain, {**self.constructs, **changed})

    def _rated(self, code: str, moves: tuple[Move, ...]) -> ConstructRating:
        if (code, moves) not in self.remembered:
            answers = self.answers.replace({move.item: move.to for move in moves})
            self.remembered[code, moves] = rate_construct(self.ruleset, self.ruleset.scoring[code], answers)
        return self.remembered[code, moves]


def _domain_search(
    ruleset: RuleSet,
    answers: Answers,
    constructs: Mapping[str, ConstructRating],
    domain: DomainRating,
    options: _Options,
) -> _Search:
    """What the sets of a domain have to do: bring its mean below its band, and end each barrier that would hold it."""
    known = [constructs[each.code] for each in domain.domain.constructs if constructs[each.code].risk is not None]
    codes = {rated.construct.code for rated in known}
    own = {code: own for code, own in options.items() if codes & set(ruleset.touched_by[code])}
    reaches = {rated.construct.code: _reach(ruleset, answers, rated, own) for rated in known}
    limit = ruleset.bands.floor[domain.band or Band.LOW]
    weight = sum(rated.construct.tier.weight for rated in known)
    mean: dict[Move, float] = defaultdict(float)
    for rated in known:
        for move, points in reaches[rated.construct.code].items():
            mean[move] += points * rated.construct.tier.weight / weight
    demands = [_Demand((domain.mean_risk or 0.0) - limit, mean)]
    if ruleset.bands.floor[ruleset.critical_bound] >= limit:
        barriers = [rated for rated in known if rated.is_critical_barrier]
        high = ruleset.bands.floor[Band.HIGH]
        demands += [_Demand((rated.risk or 0.0) - high, reaches[rated.construct.code]) for rated in barriers]
    touches = {code: tuple(each for each in ruleset.touched_by[code] if each in codes) for code in own}
    return _Search(ruleset, answers, domain, constructs, list(own.values()), touches, tuple(demands), limit)


def _smallest(search: _Search) -> Smallest:
    """Try sets of one answer, then of two and so on, until some bring the domain down."""
    everything = all(_all_together(search, demand) >= demand.needed - ROUNDING for demand in search.demands)
    largest = min(MOST_MOVED, len(search.options)) if everything else 0
    longest = max((option.steps for options in search.options for option in options), default=0)
    ceilings = [_ceilings(search.options, demand, largest, longest * largest) for demand in search.demands]
    tried = 0
    for count in range(1, largest + 1):
        found: dict[frozenset[str], MoveSet] = {}
        for steps in range(count, longest * count + 1):
            for moves in _candidates(search, ceilings, count, steps):
                tried += 1
                _keep(found, MoveSet(moves, steps, search.after(moves)), search.limit)
                if tried == MOST_TRIED:
                    return Smallest(search.domain, _ranked(found), count - 1, False)
            if len(found) >= MOST_SETS:
                break
        if found:
            return Smallest(search.domain, _ranked(found), count - 1, False)
    never = not everything or largest == len(search.options)
    return Smallest(search.domain, (), len(search.options) if never else largest, never)


def _all_together(search: _Search, demand: _Demand) -> float:
    return sum(max(demand.reach.get(option.move, 0.0) for option in options) for options in search.options)


def _keep(found: dict[frozenset[str], MoveSet], tried: MoveSet, limit: float) -> None:
    """Keep a set that does it, unless the same answers do it in fewer steps or fall further."""
    risk, items = tried.after.risk, frozenset(move.item for move in tried.moves)
    if risk is None or risk >= limit:
        return
    if items not in found or _rank(tried) < _rank(found[items]):
        found[items] = tried


def _rank(each: MoveSet) -> tuple[int, float]:
    """Fewest steps first, then the lowest risk."""
    return each.steps, each.after.risk or 0.0


def _ranked(found: Mapping[frozenset[str], MoveSet]) -> tuple[MoveSet, ...]:
    return tuple(sorted(found.values(), key=_rank)[:MOST_SETS])


# By place, number of answers and steps: the most that answers from that place on could contribute to a demand.
_Ceilings = list[list[list[float]]]


def _ceilings(options: Sequence[tuple[_Option, ...]], demand: _Demand, largest: int, longest: int) -> _Ceilings:
    """The table for one demand, filled from the last place on."""
    nothing = [[0.0, *[-inf] * longest], *([-inf] * (longest + 1) for _ in range(largest))]
    table = [nothing]
    for own in reversed(options):
        later, here = table[-1], [list(row) for row in table[-1]]
        for option in own:
            reach = demand.reach.get(option.move, 0.0)
            for count in range(1, largest + 1):
                for steps in range(option.steps, longest + 1):
                    here[count][steps] = max(here[count][steps], reach + later[count - 1][steps - option.steps])
        table.append(here)
    return table[::-1]


def _candidates(search: _Search, ceilings: Sequence[_Ceilings], count: int, steps: int) -> Iterator[tuple[Move, ...]]:
    """Every set of so many answers over so many steps that could meet each demand, for all that bounds can tell."""

    def may_do(place: int, count: int, steps: int, missing: Sequence[float]) -> bool:
        return all(table[place][count][steps] >= short for table, short in zip(ceilings, missing, strict=True))

    def extend(place: int, count: int, steps: int, missing: Sequence[float]) -> Iterator[tuple[Move, ...]]:
        if count == 0:
            yield from [()] if may_do(place, 0, steps, missing) else []
            return
        for here in range(place, len(search.options)):
            if not may_do(here, count, steps, missing):
                return  # the later the place, the less is left to choose from
            for option in search.options[here]:
                if option.steps <= steps:
                    reached = (demand.reach.get(option.move, 0.0) for demand in search.demands)
                    left = [short - points for short, points in zip(missing, reached, strict=True)]
                    for others in extend(here + 1, count - 1, steps - option.steps, left):
                        yield (option.move, *others)

    return extend(0, count, steps, [demand.needed - ROUNDING for demand in search.demands])
