"""What changed answers would do: tables of single situations first, then properties against trying every set."""

from collections.abc import Iterator
from itertools import combinations, product
from random import Random
from time import perf_counter

import pytest
from conftest import ROOT
from engine_builders import after, at_least, before, claim, item, part, recommend, ruleset, shift
from hypothesis import given
from test_ranges import EXHAUSTIVE, situations

from readiness.engine.advice import Move
from readiness.engine.answers import UNKNOWN, Answer, Answers, Missing, Phase
from readiness.engine.conditions import All, Any
from readiness.engine.framework import Band
from readiness.engine.levers import Change, settling_most, tryable, what_if
from readiness.engine.ranges import Settles
from readiness.engine.rating import Rated, rate
from readiness.engine.result import Result
from readiness.engine.ruleset import RuleSet
from readiness.engine.scoring import score
from readiness.engine.smallest import MOST_MOVED, MOST_SETS, MoveSet, Smallest, smallest_sets
from readiness.loading.ruleset import load_ruleset

NOT_ANSWERED, DONT_KNOW, NOT_APPLICABLE = Missing
SMALL = load_ruleset(ROOT / "tests" / "small")

# What an answer that is changed does.


def test_a_change_shows_every_domain_and_construct_before_and_after() -> None:
    made = ruleset(part("c", "ab"), part("d", "d", domain="other"))
    found = what_if(made, score(made, before(a="none", b="none", d="some")), {"b": "full"})
    assert found.changes == (Change("b", "none", "full"),)
    assert [(then.rated.risk, now.rated.risk) for then, now in found.domains] == [(100, 50), (50, 50)]
    assert [(then.band, now.band) for then, now in found.constructs] == [
        (Band.HIGH, Band.MODERATE),
        (Band.MODERATE,) * 2,
    ]


@pytest.mark.parametrize("changed", [{}, {"a": "none"}], ids=["nothing", "the answer as it is"])
def test_what_is_as_it_was_is_no_change_and_is_not_scored_again(changed: dict[str, Answer]) -> None:
    made = ruleset(part("c", "a"))
    result = score(made, before(a="none"))
    found = what_if(made, result, changed)
    assert (found.changes, found.come, found.go) == ((), (), ())
    assert found.after is result


def test_a_change_for_the_worse_and_one_to_an_open_answer_may_be_tried_too() -> None:
    made = ruleset(part("c", "ab"))
    found = what_if(made, score(made, before(a="full")), {"a": "some", "b": "none"})
    (then, now), = found.domains  # fmt: skip
    assert (then.rated.risk, now.rated.risk) == (0, 75)
    assert (then.range is not None, now.range and now.range.width) == (True, 0)


def test_recommendations_that_come_and_go_are_told_apart_from_those_that_stay() -> None:
    made = ruleset(
        part("c", "a"),
        recommendations=[
            recommend("stays", claim("a", "answered")), recommend("goes", claim("a", "none")),
            recommend("comes", claim("a", "full")),
        ],
    )  # fmt: skip
    found = what_if(made, score(made, before(a="none")), {"a": "full"})
    assert [each.recommendation.code for each in found.come] == ["comes"]
    assert [each.recommendation.code for each in found.go] == ["goes"]


def test_only_what_the_calculation_reads_can_be_tried() -> None:
    made = ruleset(
        part("c", "a", shift("r", 1, claim("b", "full"))),
        recommendations=[recommend("r", claim("d", "full"))],
        others=[item("b"), item("d"), item("e"), item("a", phases=[Phase.AFTER])],
    )
    assert [each.code for each in tryable(made, before())] == ["b", "d"]
    assert [each.code for each in tryable(made, after())] == ["a", "b", "d"]


# The unknown answer that would settle most.


def test_what_settles_most_is_the_most_of_all_domains() -> None:
    made = ruleset(part("c", "ab"), part("d", "de", domain="other"), part("f", "f", domain="other"))
    found = settling_most(score(made, before(a="some", d="some", f="some")))
    assert found is not None
    assert (found[0].domain.code, found[1]) == ("domain", Settles("b", 50))


def test_where_nothing_is_open_nothing_settles() -> None:
    made = ruleset(part("c", "ab"))
    assert settling_most(score(made, before(a="some", b="none"))) is None


# The smallest sets.


def found_in(made: RuleSet, answers: Answers) -> Smallest:
    """What is found of the only domain that is not low."""
    (only,) = smallest_sets(made, score(made, answers))
    return only


def moves_in(made: RuleSet, answers: Answers) -> list[tuple[Move, ...]]:
    return [each.moves for each in found_in(made, answers).sets]


def test_the_fewest_steps_come_first_and_then_the_greatest_fall() -> None:
    worth = {
        "a": {"none": -2.0, "some": 1.5, "full": 2.0},
        "b": {"none": -2.0, "some": 1.0},
        "d": {"none": 0, "some": 1},
    }
    made = ruleset(part("c", worth))
    assert moves_in(made, before(a="none", b="none", d="none")) == [
        (Move("a", "none", "some"),),
        (Move("b", "none", "some"),),
    ]


def test_at_most_three_sets_are_named_each_of_other_answers() -> None:
    made = ruleset(part("c", "abdef"))
    sets = moves_in(made, before(**dict.fromkeys("abdef", "none")))
    assert len(sets) == MOST_SETS
    assert len({frozenset(move.item for move in moves) for moves in sets}) == MOST_SETS


@pytest.mark.parametrize(
    ("answer", "why"),
    [("past", "a fact of the past"), (NOT_ANSWERED, "open"), (DONT_KNOW, "open"), (NOT_APPLICABLE, "applies not")],
)
def test_only_a_known_answer_that_can_still_change_is_moved(answer: Answer, why: str) -> None:
    past = item("b")
    object.__setattr__(past, "past", answer == "past")
    made = ruleset(part("c", "ab"), others=[past])
    sets = moves_in(made, before(a="none", b="none" if answer == "past" else answer))
    assert {move.item for moves in sets for move in moves} <= {"a"}, why


def test_domains_at_low_risk_or_not_determinable_have_no_sets() -> None:
    made = ruleset(part("c", "a"), part("d", "d", domain="other"))
    assert smallest_sets(made, score(made, before(a="full"))) == ()


def test_a_barrier_that_holds_a_domain_has_to_end_even_where_the_mean_is_low() -> None:
    made = ruleset(part("c", "a", critical=True), part("d", "d", weight=3))
    found = found_in(made, before(a="none", d="full"))
    assert [each.moves for each in found.sets] == [(Move("a", "none", "some"),)]
    assert found.sets[0].after.band is Band.LOW


def test_answers_that_only_help_together_are_found_together() -> None:
    both = All((claim("b", "full"), claim("d", "full")))
    made = ruleset(part("c", {"a": {"x": -1.0}}, shift("r", 2, both)), part("e", "bd", domain="other"))
    (first, _) = smallest_sets(made, score(made, before(a="x", b="some", d="some")))
    assert [each.moves for each in first.sets] == [(Move("b", "some", "full"), Move("d", "some", "full"))]
    assert first.ruled_out == 1


def test_a_bound_that_a_rule_sets_has_to_be_lifted() -> None:
    made = ruleset(part("c", "a", at_least("r", Band.HIGH, claim("b", "at most some"))), part("e", "b", domain="x"))
    (first, _) = smallest_sets(made, score(made, before(a="full", b="none")))
    assert [each.moves for each in first.sets] == [(Move("b", "none", "full"),)]
    assert first.sets[0].steps == 2


def test_what_no_set_reaches_is_said() -> None:
    weighed = ruleset(part("c", "abdefghi"))
    found = found_in(weighed, before(**dict.fromkeys("abdefghi", "some")))
    assert [len(each.moves) for each in found.sets] == [3, 3, 3]
    larger = "abdefghijklmnopqrst"
    found = found_in(ruleset(part("c", larger)), before(**dict.fromkeys(larger, "some")))
    assert (found.sets, found.ruled_out, found.out_of_reach) == ((), MOST_MOVED, False)
    stuck = ruleset(part("c", {"a": {"x": -2.0}, "b": {"none": -2.0, "some": -1.5}, "d": {"x": -2.0}}))
    found = found_in(stuck, before(a="x", b="none", d="x"))
    assert (found.sets, found.ruled_out, found.out_of_reach) == ((), 1, True)


# Against trying every set.


def better_levels(rules: RuleSet, answers: Answers) -> dict[str, list[str]]:
    """Every better level of each known answer that can still change, by other means than the search."""
    found = {}
    for code, scoring in rules.item_scoring.items():
        each, level = rules.instrument.items[code], answers[code]
        if each.past or answers.phase not in each.ask or level in UNKNOWN or level is NOT_APPLICABLE:
            continue
        found[code] = [to for to in each.order if scoring.ratings[to] > scoring.ratings[level]]
    return found


def every_set(rules: RuleSet, answers: Answers, size: int) -> Iterator[dict[str, Answer]]:
    levels = better_levels(rules, answers)
    for items in combinations(levels, size):
        for chosen in product(*(levels[code] for code in items)):
            yield dict(zip(items, chosen, strict=True))


def band_of(result: Result | Rated, code: str) -> Band | None:
    return next(each.band for each in result.domains if each.domain.code == code)


def is_down(now: Band | None, then: Band | None) -> bool:
    order = list(Band)
    return now is not None and then is not None and order.index(now) < order.index(then)


def smallest_by_trying(rules: RuleSet, result: Result, code: str) -> list[dict[str, Answer]]:
    """Every set of the smallest size that does it; none when no set of up to the most does."""
    for size in range(1, MOST_MOVED + 1):
        sets = [
            changes
            for changes in every_set(rules, result.answers, size)
            if is_down(band_of(rate(rules, result.answers.replace(changes)), code), band_of(result, code))
        ]
        if sets:
            return sets
    return []


def steps_of(rules: RuleSet, answers: Answers, changes: dict[str, Answer]) -> int:
    order = {code: rules.instrument.items[code].order for code in changes}
    return sum(abs(order[code].index(str(to)) - order[code].index(str(answers[code]))) for code, to in changes.items())


def check_against_trying(rules: RuleSet, answers: Answers) -> None:
    result = score(rules, answers)
    found = smallest_sets(rules, result)
    named = [each.domain.code for each in result.domains if each.band in (Band.MODERATE, Band.HIGH)]
    assert [each.domain.domain.code for each in found] == named
    for each in found:
        tried = smallest_by_trying(rules, result, each.domain.domain.code)
        best: dict[frozenset[str], int] = {}
        for changes in tried:
            steps = steps_of(rules, answers, changes)
            best[frozenset(changes)] = min(steps, best.get(frozenset(changes), steps))
        assert [one.steps for one in each.sets] == sorted(best.values())[:MOST_SETS]
        for one in each.sets:
            changes = {move.item: move.to for move in one.moves}
            assert changes in tried
            assert one.steps == best[frozenset(changes)] == steps_of(rules, answers, changes)
            assert all(answers[move.item] == move.level for move in one.moves)
        assert each.out_of_reach is False or not tried
        assert each.ruled_out == (len(tried[0]) - 1 if tried else each.ruled_out)


@EXHAUSTIVE
@given(situations())
def test_the_smallest_sets_of_any_rule_set_are_those_that_trying_every_set_finds(
    situation: tuple[RuleSet, Answers],
) -> None:
    check_against_trying(*situation)


def test_the_smallest_sets_of_the_small_rule_set_are_those_that_trying_every_set_finds() -> None:
    items = {each.code: (*each.order, DONT_KNOW) for each in SMALL.instrument.asked(Phase.AFTER)}
    for chosen in product(*items.values()):
        check_against_trying(SMALL, Answers(Phase.AFTER, dict(zip(items, chosen, strict=True))))


@EXHAUSTIVE
@given(situations())
def test_what_is_said_to_be_out_of_reach_is(situation: tuple[RuleSet, Answers]) -> None:
    rules, answers = situation
    result = score(rules, answers)
    for each in smallest_sets(rules, result):
        if each.out_of_reach:
            for size in range(1, len(better_levels(rules, answers)) + 1):
                for changes in every_set(rules, answers, size):
                    after_it = band_of(rate(rules, answers.replace(changes)), each.domain.domain.code)
                    assert not is_down(after_it, each.domain.band)


# The shipped rule set: too large to try every set, but not to try what was found.


def leaning(rules: RuleSet, phase: Phase, lean: int | None, chance: Random) -> Answers:
    """Answers with some of them open, of which most lean to the least or to the most, or to nothing."""
    given: dict[str, Answer] = {}
    for each in rules.instrument.asked(phase):
        own = lean is not None and chance.random() < 0.7
        given[each.code] = each.order[lean] if own and lean is not None else chance.choice((DONT_KNOW, *each.order))
    return Answers(phase, given)


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("lean", [0, -1, None], ids=["least", "most", "mixed"])
def test_every_set_of_the_shipped_rule_set_does_it_and_no_part_of_it(
    shipped: RuleSet, phase: Phase, lean: int | None
) -> None:
    chance = Random(f"{phase} {lean}")
    for _ in range(4):
        result = score(shipped, leaning(shipped, phase, lean, chance))
        for each in smallest_sets(shipped, result):
            for one in each.sets:
                check_set(shipped, result, each, one)


def check_set(rules: RuleSet, result: Result, smallest: Smallest, one: MoveSet) -> None:
    """Scored for real, the set brings its domain down to where it says, and no part of it does."""
    code = smallest.domain.domain.code
    whole = what_if(rules, result, {move.item: move.to for move in one.moves}).after
    assert [each.rated for each in whole.domains if each.domain.code == code] == [one.after]
    assert is_down(one.after.band, smallest.domain.band)
    for size in range(len(one.moves)):
        for some in combinations(one.moves, size):
            part_of_it = rate(rules, result.answers.replace({move.item: move.to for move in some}))
            assert not is_down(band_of(part_of_it, code), smallest.domain.band)


def test_no_single_answer_of_the_shipped_rule_set_does_it_where_more_are_named(shipped: RuleSet) -> None:
    answers = Answers(Phase.AFTER, {each.code: each.order[1] for each in shipped.instrument.asked(Phase.AFTER)})
    found = [each for each in smallest_sets(shipped, score(shipped, answers)) if each.ruled_out]
    assert found
    for changes in every_set(shipped, answers, 1):
        rated = rate(shipped, answers.replace(changes))
        assert not any(is_down(band_of(rated, each.domain.domain.code), each.domain.band) for each in found)


@pytest.mark.parametrize("place", [0, 1, -1])
def test_the_shipped_rule_set_is_looked_through_in_far_less_than_a_page_may_take(shipped: RuleSet, place: int) -> None:
    answers = Answers(Phase.AFTER, {each.code: each.order[place] for each in shipped.instrument.asked(Phase.AFTER)})
    result = score(shipped, answers)
    times = []
    for _ in range(3):
        start = perf_counter()
        smallest_sets(shipped, result)
        times.append(perf_counter() - start)
    assert min(times) < 0.5  # measured: 0.02 s on average, 0.1 s where every answer is the worst


def test_where_there_are_too_many_sets_to_try_it_is_said_up_to_which_size_all_were() -> None:
    codes = [f"i{number}" for number in range(30)]
    spoils = shift("r", -2, Any(tuple(claim(code, "full") for code in codes)))
    worth = {"none": 0.0, "some": 0.3, "full": 2.0}
    made = ruleset(part("c", dict.fromkeys(codes, worth), spoils))
    found = found_in(made, before(**dict.fromkeys(codes, "some")))
    assert (found.sets, found.ruled_out, found.out_of_reach) == ((), MOST_MOVED - 1, False)
