"""What flips a band first, verified by the scalar engine on either side; and which bands hold when everything moves."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from engine_builders import at_least, before, claim, part, ruleset, shift
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.engine.answers import Answers, Phase
from readiness.engine.framework import Band, Leeway
from readiness.engine.rating import rate, rate_domain
from readiness.engine.ruleset import ConstructScoring, RuleSet
from readiness.loading.ruleset import read_folder, read_ruleset
from readiness.workbench.columns import Columns, answers_at, simulate
from readiness.workbench.flips import BEYOND, Flip, Moved, flips
from readiness.workbench.sensitivity import TOGETHER, Draws, draw, held

CLOSE = 1e-4


def small(**others: object) -> RuleSet:
    return ruleset(
        part("contact", ["a", "b"], weight=2),
        part("relief", ["c", "d"], weight=1, **others),  # type: ignore[arg-type]
    )


def band_after(rules: RuleSet, answers: Answers, domain: str, flip: Flip, by: float) -> Band | None:
    """The band of a domain after a movement, from a rule set that is written that way."""
    if flip.moved is Moved.WEIGHT:
        rated = rate(rules, answers)
        weights = {code: float(construct.tier.weight) for code, construct in rules.constructs.items()}
        weights[flip.code] += by
        (found,) = (each for each in rules.domains if each.code == domain)
        return rate_domain(rules, found, rated.constructs, weights).band
    if flip.moved is Moved.LIMIT:
        floors = {**rules.bands.floor, Band(flip.code): rules.bands.floor[Band(flip.code)] + by}
        rules = replace(rules, bands=replace(rules.bands, floor=floors))
    else:
        code = rules.construct_of[flip.code]
        scoring = rules.scoring[code]
        items = []
        for item in scoring.items:
            worth = dict(item.worth)
            if item.item == flip.code:
                worth[flip.level] = replace(worth[flip.level], rating=worth[flip.level].rating + by)
            items.append(replace(item, worth=worth))
        rules = replace(rules, scoring={**rules.scoring, code: replace(scoring, items=tuple(items))})
    return next(each.band for each in rate(rules, answers).domains if each.domain.code == domain)


def verify(rules: RuleSet, answers: Answers) -> int:
    """Every flip flips just beyond and not just before; how many there were."""
    count = 0
    bands = {each.domain.code: each.band for each in rate(rules, answers).domains}
    for found in flips(rules, answers):
        assert found.band is bands[found.domain]
        assert [flip.share for flip in found.flips] == sorted(flip.share for flip in found.flips)
        for flip in found.flips:
            sign = -1.0 if flip.by < 0 or (flip.by == 0 and np.signbit(flip.by)) else 1.0
            beyond = min(abs(flip.by) + 2 * BEYOND, flip.leeway)
            assert 0 <= flip.share <= 1
            assert band_after(rules, answers, found.domain, flip, sign * beyond) is flip.becomes is not found.band
            for nearer in np.linspace(0.0, max(abs(flip.by) - CLOSE, 0.0), 5):
                if abs(flip.by) > CLOSE:
                    assert band_after(rules, answers, found.domain, flip, sign * nearer) is found.band, flip
            count += 1
    return count


def missed(rules: RuleSet, answers: Answers) -> list[tuple[str, str, float]]:
    """Flips of single numbers that trying many movements finds and solving does not."""
    found = {
        (each.domain, flip.moved, flip.code, bool(np.signbit(flip.by)))
        for each in flips(rules, answers)
        for flip in each.flips
    }
    lost = []
    candidates = [(Moved.WEIGHT, code, "", 0.5) for code in rules.constructs]
    candidates += [(Moved.LIMIT, band.value, "", 5.0) for band in (Band.MODERATE, Band.HIGH)]
    candidates += [
        (Moved.RATING, item, str(answers[item]), 0.5)
        for item in rules.construct_of
        if answers[item] in ("none", "some", "full")
    ]
    for each in rate(rules, answers).domains:
        for moved, code, level, most in candidates:
            for by in np.linspace(-most, most, 21):
                flip = Flip(moved, code, level, float(by), most, None)
                if moved is Moved.WEIGHT and code not in {c.code for c in each.domain.constructs}:
                    continue
                if moved is Moved.RATING and abs(rules.item_scoring[code].ratings[level] + by) > 2:
                    continue
                known = (each.domain.code, moved, code, bool(by < 0)) in found
                if by and not known and band_after(rules, answers, each.domain.code, flip, float(by)) is not each.band:
                    lost.append((moved.value, code, float(by)))
    return lost


def test_a_weight_flips_where_the_mean_crosses_the_limit() -> None:
    """Risks 75 and 25, weights 2 and 1: the mean is 58.3. It reaches 62.5 when the second weighs 2/3."""
    (found,) = flips(small(), before(a="none", b="some", c="some", d="full"))
    weights = {flip.code: flip.by for flip in found.flips if flip.moved is Moved.WEIGHT}
    assert found.band is Band.MODERATE
    assert weights == {"relief": pytest.approx(-1 / 3)}


def test_a_limit_flips_where_it_meets_the_risk() -> None:
    (found,) = flips(small(), before(a="none", b="some", c="some", d="full"))
    (limit,) = (flip for flip in found.flips if flip.moved is Moved.LIMIT)
    assert (limit.code, limit.by, limit.becomes) == ("high", pytest.approx(58.3333333333 - 62.5), Band.HIGH)


def test_a_rating_flips_where_its_part_of_the_mean_makes_up_the_distance() -> None:
    """One of two levels of a construct with 2/3 of the weight: a whole point of it is 25 / 2 x 2 / 3 = 8.33 of risk."""
    (found,) = flips(small(), before(a="none", b="some", c="some", d="full"))
    ratings = {(flip.code, flip.level): flip.by for flip in found.flips if flip.moved is Moved.RATING}
    assert ratings == {("b", "some"): pytest.approx(-0.5)}


def test_a_domain_on_a_limit_flips_at_once() -> None:
    """Risks 50 and 37.5 bring the mean to the limit at 37.5 when the first construct is at 37.5 too."""
    rules = ruleset(part("contact", {"a": {"low": 0.5, "lower": 1.0}}))
    (found,) = flips(rules, before(a="low"))
    assert found.band is Band.MODERATE
    assert found.flips[0].by == 0
    assert {flip.moved for flip in found.flips if flip.by == 0} == {Moved.LIMIT, Moved.RATING}


def test_leeway_that_is_declared_bounds_the_movements() -> None:
    answers = before(a="none", b="some", c="some", d="full")
    narrow = replace(small(), leeway=Leeway(limits=1.0, ratings=0.25, because="because"))
    (found,) = flips(narrow, answers)
    assert {flip.moved for flip in found.flips} == {Moved.WEIGHT}


def test_a_domain_that_is_not_determinable_flips_by_weights_only() -> None:
    rules = ruleset(part("contact", ["a"], weight=2), part("relief", ["c"], weight=2))
    (found,) = flips(replace(rules, determinable_share=0.51), before(a="none"))
    assert found.band is None
    assert {flip.moved for flip in found.flips} == {Moved.WEIGHT}
    assert {flip.becomes for flip in found.flips} == {Band.HIGH}


RULE_SETS: Mapping[str, RuleSet] = {
    "plain": small(),
    "critical": small(critical=True),
    "bounded": ruleset(
        part("contact", ["a", "b"], at_least("bound", Band.HIGH, claim("a", "none")), weight=2, critical=True),
        part("relief", ["c", "d"], shift("worse", -0.5, claim("c", "at most some"))),
        critical_bound=Band.HIGH,
    ),
    "much known": small(),
}
GIVEN = st.fixed_dictionaries(
    {}, optional={item: st.sampled_from(["none", "some", "full", "dont_know"]) for item in "abcd"}
)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(sorted(RULE_SETS)), GIVEN)
def test_every_flip_flips_just_beyond_and_not_before_and_none_is_missed(name: str, given: Mapping[str, str]) -> None:
    rules, answers = RULE_SETS[name], Answers(Phase.BEFORE, {k: v for k, v in given.items() if v != "dont_know"})
    verify(rules, answers)
    assert missed(rules, answers) == []


def test_flips_of_the_shipped_rules_hold_against_the_scalar_engine(shipped: RuleSet) -> None:
    columns = simulate(shipped.instrument, Phase.AFTER, 3, np.random.default_rng(3), 0.1)
    assert sum(verify(shipped, answers_at(shipped.instrument, columns, row)) for row in range(3)) > 10


def moved_ruleset(ruleset: RuleSet, draws: Draws, place: int) -> tuple[RuleSet, Mapping[str, float]]:
    """One draw as the scalar engine takes it: a rule set with its limits and ratings, and the weights."""
    floors = {band: float(drawn[place]) for band, drawn in draws.floors.items()}

    def turned(scoring: ConstructScoring) -> ConstructScoring:
        items = []
        for item in scoring.items:
            order, drawn = ruleset.instrument.items[item.item].order, draws.ratings[item.item][place]
            worth = {level: replace(item.worth[level], rating=float(drawn[order.index(level)])) for level in order}
            items.append(replace(item, worth=worth))
        return replace(scoring, items=tuple(items))

    scoring = {code: turned(each) for code, each in ruleset.scoring.items()}
    weights = {code: float(drawn[place]) for code, drawn in draws.weights.items()}
    return replace(ruleset, bands=replace(ruleset.bands, floor=floors), scoring=scoring), weights


def held_one_by_one(rules: RuleSet, columns: Columns, draws: Draws) -> dict[tuple[str, Band | None], list[float]]:
    """Shares of draws in which bands stay, from one rule set per draw and the scalar engine; `all` only."""
    counts: dict[tuple[str, Band | None], list[float]] = {}
    for row in range(columns.length):
        answers = answers_at(rules.instrument, columns, row)
        now = {each.domain.code: each.band for each in rate(rules, answers).domains}
        for place in range(draws.count):
            moved, weights = moved_ruleset(rules, draws, place)
            rated = rate(moved, answers)
            for domain in moved.domains:
                same = rate_domain(moved, domain, rated.constructs, weights).band is now[domain.code]
                found = counts.setdefault((domain.code, now[domain.code]), [0, 0])
                found[0] += same
                found[1] += 1
    return counts


@pytest.mark.parametrize("name", RULE_SETS)
@pytest.mark.parametrize("unknown", [0.0, 0.4])
def test_shares_of_draws_are_those_of_the_scalar_engine(name: str, unknown: float) -> None:
    rules = RULE_SETS[name]
    columns = simulate(rules.instrument, Phase.BEFORE, 40, np.random.default_rng(2), unknown)
    draws = draw(rules, 20, np.random.default_rng(5))
    expected = held_one_by_one(rules, columns, draws)
    found = held(rules, [columns], draws)
    assert {(each.domain, each.band): each.shares["all"] for each in found} == {
        key: pytest.approx(same / tried) for key, (same, tried) in expected.items()
    }
    assert sum(each.assessments for each in found) == 40 * len(rules.domains)


def test_shares_for_the_shipped_rules_are_those_of_the_scalar_engine(shipped: RuleSet) -> None:
    columns = simulate(shipped.instrument, Phase.AFTER, 6, np.random.default_rng(2), 0.2)
    draws = draw(shipped, 12, np.random.default_rng(5))
    expected = held_one_by_one(shipped, columns, draws)
    found = {(each.domain, each.band): each.shares["all"] for each in held(shipped, [columns], draws)}
    assert found == {key: pytest.approx(same / tried) for key, (same, tried) in expected.items()}


def test_what_is_not_moved_stays() -> None:
    draws = draw(small(), 50, np.random.default_rng(1))
    assert np.all(draws.only(TOGETHER["weight"], small()).ratings["a"] == [-2.0, 0.0, 2.0])
    assert np.ptp(draws.only(TOGETHER["weight"], small()).weights["contact"]) > 0.5


def test_everything_that_is_drawn_stays_within_its_leeway() -> None:
    draws = draw(small(), 500, np.random.default_rng(1))
    assert np.abs(draws.ratings["a"]).max() <= 2
    assert np.abs(draws.ratings["a"] - [-2.0, 0.0, 2.0]).max() <= 0.5
    assert np.abs(draws.floors[Band.HIGH] - 62.5).max() <= 5
    assert np.abs(draws.weights["contact"] - 2).max() <= 0.5


def test_the_same_seed_gives_the_same_shares() -> None:
    columns = simulate(small().instrument, Phase.BEFORE, 30, np.random.default_rng(2), 0.1)
    one, other = (held(small(), [columns], draw(small(), 30, np.random.default_rng(9))) for _ in range(2))
    assert one == other


def test_the_leeway_of_a_rule_set_is_read_and_changes_no_logic() -> None:
    files = read_folder(Path(__file__).parent / "small")
    leeway = b"leeway:\n  limits: 3\n  ratings: 0.25\n  because: One could as well have drawn them there.\n"
    plain, own = read_ruleset(files), read_ruleset({**files, "ruleset.yaml": files["ruleset.yaml"] + leeway})
    assert plain.leeway == Leeway(5.0, 0.5, "")
    assert own.leeway == Leeway(3.0, 0.25, "One could as well have drawn them there.")
    assert own.identity.logic == plain.identity.logic
    assert own.identity.digest != plain.identity.digest
