"""The batch engine says exactly what the scalar engine says, whatever the rule set and however much is known."""

import importlib
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest
from batch_comparison import answers_to, differences, rulesets
from conftest import RULES
from engine_builders import LEVELS, WORTH, after, at_least, before, claim, item, part, recommend, ruleset, shift
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readiness.engine.answers import Answers, Missing, Phase
from readiness.engine.conditions import Claim, Condition, Not, read_claim
from readiness.engine.framework import Band
from readiness.engine.ruleset import RuleSet
from readiness.loading.ruleset import load_ruleset
from readiness.workbench.batch import BLOCK, Compiled, compile_batch
from readiness.workbench.columns import NOT_APPLICABLE, UNKNOWN, Columns, answers_at, encode, simulate
from readiness.workbench.domains import lowest_mean
from readiness.workbench.grids import FALSE, NO_BAND, TRUE


def unhurried(examples: int) -> settings:
    """So many examples, however long one takes on a busy machine."""
    return settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))


@unhurried(1500)
@given(data=st.data())
def test_random_rule_sets_are_scored_as_the_scalar_engine_scores_them(data: st.DataObject) -> None:
    rules = data.draw(rulesets())
    phase = data.draw(st.sampled_from(Phase))
    population = data.draw(st.lists(answers_to(rules.instrument, phase), min_size=1, max_size=3))
    assert list(differences(compile_batch(rules, phase), population)) == []


@cache
def shipped_batch(phase: Phase) -> Compiled:
    return compile_batch(load_ruleset(RULES), phase)


@unhurried(500)
@given(data=st.data(), phase=st.sampled_from(Phase))
def test_the_shipped_rule_set_is_scored_as_the_scalar_engine_scores_it(data: st.DataObject, phase: Phase) -> None:
    compiled = shipped_batch(phase)
    answers = data.draw(answers_to(compiled.ruleset.instrument, phase))
    assert list(differences(compiled, [answers])) == []


THREE = {"none": -2.0, "some": -0.5, "full": 2.0}


def telling() -> RuleSet:
    """A small rule set in which each of the known bugs shows."""
    return ruleset(
        part("thirds", ["a", "b", "c"], shift("doubt", -0.5, claim("d", "at most some"), claim("a", "full"))),
        part("single", {"d": THREE}, at_least("floor", Band.HIGH, claim("e", "not full"), claim("a", "none"))),
        part("pair", ["e", "f"], shift("lift", 1.0, claim("e", "at least some")), critical=True, domain="two"),
        part("heavy", {"h": WORTH, "i": {**WORTH, "full": 1.0}}, weight=5, domain="two"),
        part("limits", {"g": THREE}, domain="three"),
        part("first", dict.fromkeys("jkl", THREE), weight=5, domain="four"),
        part("second", dict.fromkeys("mno", THREE), domain="four"),
        recommendations=[recommend("start", claim("a", "none"), claim("b", "at least some"))],
        others=[item("d", not_applicable=None), item("i", not_applicable=None)],
    )


def of_wrong_claims(wrong: Callable[[Claim], Claim]) -> Callable[[Any], Any]:
    """A bug in how a claim is read."""
    return lambda truth: (
        lambda condition, axes: truth(wrong(condition) if isinstance(condition, Claim) else condition, axes)
    )


def swapped(claim: Claim) -> Claim:
    other = {"at least": "at most", "at most": "at least"}.get(claim.operator)
    return read_claim(claim.subject, f"{other} {claim.codes[0]}", LEVELS) if other else claim


def without_not(truth: Any) -> Any:
    return lambda condition, axes: truth(condition.part if isinstance(condition, Not) else condition, axes)


def unknown_as_false(truth: Any) -> Any:
    def wrong(condition: Condition, axes: Any) -> Any:
        return np.where(truth(condition, axes) == TRUE, TRUE, FALSE).astype(np.int8)

    return wrong


def never_staying_unknown(over_completions: Any) -> Any:
    def wrong(values: Any, axes: Any, extreme: Any) -> Any:
        for axis in (place for place, each in enumerate(axes) if not each.fixed):
            values = values.copy()
            last = [slice(None)] * values.ndim
            last[axis] = slice(-1, None)
            known = np.delete(values, -1, axis=axis)
            values[tuple(last)] = extreme.reduce(known, axis=axis, keepdims=True)
        return values

    return wrong


def open_weight_counted(part_of: Any) -> Any:
    def wrong(ruleset: RuleSet, construct: Any, outcomes: Any) -> Any:
        found = part_of(ruleset, construct, outcomes)
        found.adds["weight"] = construct.tier.weight
        return found

    return wrong


def shifted_twice(grid_of: Any) -> Any:
    def wrong(ruleset: RuleSet, scoring: Any, phase: Phase) -> Any:
        twice = tuple(replace(rule, shift=2 * rule.shift) for rule in scoring.rules)
        return grid_of(ruleset, replace(scoring, rules=twice), phase)

    return wrong


def changed_codes(change: Callable[[Any, dict[Any, int]], None]) -> Callable[[Any], Any]:
    """A bug in how answers are coded."""

    def bug(codes_of: Any) -> Any:
        def wrong(item: Any) -> Any:
            codes = dict(codes_of(item))
            change(item, codes)
            return codes

        return wrong

    return bug


# What is wrong > the function that is replaced, and by what.
BUGS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "not is ignored": ("grids.truth", without_not),
    "unknown counts as false": ("grids.truth", unknown_as_false),
    "at most and at least are swapped": ("grids.truth", of_wrong_claims(swapped)),
    "not applicable counts as unknown": (
        "columns.codes_of",
        changed_codes(lambda item, codes: codes.update({Missing.NOT_APPLICABLE: UNKNOWN})),
    ),
    "the last option is lost": (
        "columns.codes_of",
        changed_codes(lambda item, codes: codes.update({item.order[-1]: UNKNOWN})),
    ),
    "a shift is applied twice": ("batch.grid_of", shifted_twice),
    "a band begins above its limit": (
        "domains.write_bands",
        lambda right: lambda ruleset, risk, out: right(ruleset, np.nextafter(risk, -1.0), out),
    ),
    "critical barriers bound nothing": (
        "domains._bound",
        lambda right: lambda ruleset, sums, **ends: None,
    ),
    "an unknown answer never stays unknown": ("grids.over_completions", never_staying_unknown),
    "the weight of what is not determinable counts": ("batch.part_of", open_weight_counted),
    "what is not determinable never joins a range": (
        "domains.lowest_mean",
        lambda right: lambda total, weight, values, weights: (total, weight),
    ),
}


def telling_answers(rules: RuleSet) -> list[Answers]:
    columns = simulate(rules.instrument, Phase.BEFORE, 400, np.random.default_rng(7), 0.3)
    return [answers_at(rules.instrument, columns, row) for row in range(columns.length)]


@pytest.mark.parametrize("name", BUGS)
def test_each_known_bug_is_caught_by_the_comparison(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = telling()
    place, bug = BUGS[name]
    module, _, function = place.partition(".")
    found = importlib.import_module(f"readiness.workbench.{module}")
    monkeypatch.setattr(found, function, bug(getattr(found, function)))
    assert list(differences(compile_batch(rules, Phase.BEFORE), telling_answers(rules))) != []


def test_without_a_bug_the_telling_rule_set_is_scored_alike() -> None:
    rules = telling()
    assert list(differences(compile_batch(rules, Phase.BEFORE), telling_answers(rules))) == []


def test_answers_come_back_from_columns_as_they_went_in() -> None:
    rules = telling()
    given = [before(a="none", b=Missing.NOT_APPLICABLE), before(), before(d="full")]
    columns = encode(rules.instrument, Phase.BEFORE, given)
    assert [answers_at(rules.instrument, columns, row) for row in range(3)] == given


def test_unknown_and_not_applicable_have_codes_of_their_own() -> None:
    rules = ruleset(part("culture", ["a"]))
    given = [before(a="full"), before(a=Missing.NOT_APPLICABLE), before(a=Missing.DONT_KNOW), before()]
    columns = encode(rules.instrument, Phase.BEFORE, given)
    assert columns.items["a"].tolist() == [2, NOT_APPLICABLE, UNKNOWN, UNKNOWN]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (before(a="lots"), "a cannot be answered 'lots' in the phase before"),
        (before(b="full"), "b cannot be answered 'full' in the phase before"),
        (
            before(c=Missing.NOT_APPLICABLE),
            "c cannot be answered <Missing.NOT_APPLICABLE: 'not_applicable'>",
        ),
        (after(a="full"), "answers of the phase after among those of before"),
    ],
)
def test_answers_that_the_instrument_does_not_have_are_refused(given: Answers, sentence: str) -> None:
    others = [item("b", phases=[Phase.AFTER]), item("c", not_applicable=None)]
    rules = ruleset(part("culture", ["a", "b", "c"]), others=others)
    with pytest.raises(ValueError, match=re.escape(sentence)):
        encode(rules.instrument, Phase.BEFORE, [given])


def test_answers_of_the_other_phase_are_refused() -> None:
    rules = telling()
    with pytest.raises(ValueError, match="answers of the phase after for a rule set compiled for before"):
        compile_batch(rules, Phase.BEFORE).score(encode(rules.instrument, Phase.AFTER, []))


def test_an_item_without_a_column_was_not_answered() -> None:
    rules = telling()
    compiled = compile_batch(rules, Phase.BEFORE)
    scored = compiled.score(Columns(Phase.BEFORE, {"d": np.array([2], np.uint8)}, 1))
    assert scored.risk("single").tolist() == [0.0]
    assert scored.band("thirds").tolist() == [NO_BAND]


def test_many_blocks_are_scored_like_one() -> None:
    compiled = shipped_batch(Phase.AFTER)
    columns = simulate(compiled.ruleset.instrument, Phase.AFTER, 3 * BLOCK + 5, np.random.default_rng(3), 0.2)
    scored, last = compiled.score(columns), compiled.score(columns.rows(3 * BLOCK - 1, columns.length))
    for code, domain in scored.domains.items():
        np.testing.assert_array_equal(domain.worst[3 * BLOCK - 1 :], last.domains[code].worst)


def test_an_assessment_is_scored_alike_whatever_is_scored_with_it() -> None:
    compiled = shipped_batch(Phase.AFTER)
    complete, gaps = (
        simulate(compiled.ruleset.instrument, Phase.AFTER, 50, np.random.default_rng(9), share) for share in (0.0, 0.4)
    )
    both = {code: np.concatenate([column, gaps.items[code]]) for code, column in complete.items.items()}
    together = compiled.score(Columns(Phase.AFTER, both, 100)).domains
    alone = [compiled.score(each).domains for each in (complete, gaps)]
    for code, domain in together.items():
        for what in ("risk", "best", "worst", "band", "critical"):
            expected = np.concatenate([getattr(each[code], what) for each in alone])
            np.testing.assert_array_equal(getattr(domain, what), expected)


def test_the_lowest_mean_is_that_of_the_best_choice_of_who_joins() -> None:
    dice = np.random.default_rng(11)
    weight, values, weights = dice.integers(0, 4, 200), dice.integers(0, 50, (5, 200)), dice.integers(0, 4, (5, 200))
    total, weights[0] = weight * dice.integers(0, 50, 200), 1
    found_total, found_weight = lowest_mean(total, weight, values, weights)
    means = []
    for chosen in product((0, 1), repeat=5):
        joining = weights * np.array(chosen)[:, None]
        whole = weight + joining.sum(axis=0)
        means.append(np.where(whole > 0, (total + (values * joining).sum(axis=0)) / np.maximum(whole, 1), np.inf))
    np.testing.assert_array_equal(found_total / found_weight, np.min(means, axis=0))


def test_a_construct_too_large_for_a_grid_is_scored_by_hand_and_named() -> None:
    items = [f"i{number}" for number in range(12)]
    rules = ruleset(part("large", items, shift("lift", 0.5, claim("i0", "full"))), part("small", ["x"]))
    compiled = compile_batch(rules, Phase.BEFORE)
    columns = simulate(rules.instrument, Phase.BEFORE, 60, np.random.default_rng(5), 0.3)
    assert compiled.by_hand == ("large",)
    assert list(differences(compiled, [answers_at(rules.instrument, columns, row) for row in range(60)])) == []


def test_more_constructs_in_a_domain_than_a_byte_counts_are_refused() -> None:
    rules = ruleset(*(part(f"c{number}", [f"i{number}"]) for number in range(256)))
    with pytest.raises(ValueError, match="a domain has more than 255 constructs"):
        compile_batch(rules, Phase.BEFORE)


def test_no_assessments_are_scored_too() -> None:
    scored = shipped_batch(Phase.BEFORE).score(encode(shipped_batch(Phase.BEFORE).ruleset.instrument, Phase.BEFORE, []))
    assert all(len(domain.risk) == 0 for domain in scored.domains.values())


def test_simulated_answers_are_unknown_as_often_as_asked() -> None:
    instrument = telling().instrument
    columns = simulate(instrument, Phase.BEFORE, 20_000, np.random.default_rng(1), 0.3)
    shares = [float((column == UNKNOWN).mean()) for column in columns.items.values()]
    assert shares == pytest.approx([0.3] * len(shares), abs=0.02)


def test_simulated_answers_of_one_service_hang_together() -> None:
    columns = simulate(telling().instrument, Phase.BEFORE, 20_000, np.random.default_rng(1))
    known = (columns.items["a"] < 3) & (columns.items["b"] < 3)
    assert 0.1 < np.corrcoef(columns.items["a"][known], columns.items["b"][known])[0, 1] < 0.6
