"""What a revision changes for assessments, against a naive double loop with `score`."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from engine_builders import BANDS, at_least, claim, item, part, recommend, ruleset, shift
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.engine.answers import Answers, Phase
from readiness.engine.carrying import carry
from readiness.engine.conditions import All
from readiness.engine.framework import Band
from readiness.engine.result import Result
from readiness.engine.ruleset import RuleSet
from readiness.engine.scoring import score
from readiness.workbench import impact as module
from readiness.workbench.batch import compile_batch
from readiness.workbench.columns import Columns, answers_at, encode, simulate
from readiness.workbench.edits import Edit, EditKind
from readiness.workbench.impact import OUTCOMES, Cause, Impact, LostAnswers, impact
from readiness.workbench.revisions import whole

POOR = claim("a", "none")
LOW, MODERATE, HIGH, NONE = range(4)


def small(*rules: Any, worth: Mapping[str, float] | None = None, **others: Any) -> RuleSet:
    levels = {"none": -2.0, "some": 0.0, "full": 2.0}
    return ruleset(
        part("contact", {"a": {**levels, **(worth or {})}, "b": levels}, *rules),
        part("relief", ["c"], weight=others.pop("weight", 1), critical=others.pop("critical", False)),
        **others,
    )


def everyone(rules: RuleSet, n: int = 400, unknown: float = 0.2, phase: Phase = Phase.BEFORE) -> Columns:
    return simulate(rules.instrument, phase, n, np.random.default_rng(1), unknown)


def bands_of(result: Result) -> dict[str, str]:
    found = {each.domain.code: each.band for each in result.domains}
    found |= {each.construct.code: each.band for each in result.constructs}
    return {code: band.value if band else OUTCOMES[NONE] for code, band in found.items()}


def naive(
    a: RuleSet, b: RuleSet, parts: Iterable[Columns]
) -> tuple[dict[str, Counter[tuple[str, str]]], dict[str, list[int]]]:
    """Bands and advice before and after, one assessment after the other."""
    matrices: dict[str, Counter[tuple[str, str]]] = {}
    advice: dict[str, list[int]] = {}
    for columns, row in ((each, row) for each in parts for row in range(each.length)):
        answers = answers_at(a.instrument, columns, row)
        carried = carry(answers, a, b).answers
        results = score(a, answers), score(b, carried)
        before, after = map(bands_of, results)
        for code in before.keys() & after.keys():
            matrices.setdefault(code, Counter())[before[code], after[code]] += 1
        was, now = ({each.recommendation.code for each in result.recommendations} for result in results)
        for code in now ^ was:
            advice.setdefault(code, [0, 0])[code in was] += 1
    return matrices, advice


def check(a: RuleSet, b: RuleSet, *parts: Columns) -> Impact:
    found = impact(a, b, [(columns, None) for columns in parts])
    matrices, advice = naive(a, b, parts)
    for matrix in (*found.domains, *found.constructs):
        counted = {
            (OUTCOMES[old], OUTCOMES[new]): count
            for old, row in enumerate(matrix.counts)
            for new, count in enumerate(row)
            if count
        }
        assert counted == dict(matrices[matrix.subject]), matrix.subject
    assert {each.recommendation: [each.appears, each.vanishes] for each in found.advice} == advice
    return found


# What a revision can be: name > the revised rule set (the first is `small()` with one recommendation).
ADVICE = recommend("do", claim("contact", "high", ("low", "moderate", "high")))
REVISIONS: Mapping[str, RuleSet] = {
    "a rule": small(shift("poor", -1.0, POOR), recommendations=[ADVICE]),
    "a bound": small(at_least("poor", Band.HIGH, POOR), recommendations=[ADVICE]),
    "a worth": small(worth={"some": -1.0}, recommendations=[ADVICE]),
    "a weight": small(weight=3, recommendations=[ADVICE]),
    "a critical construct": small(critical=True, recommendations=[ADVICE]),
    "what must be known": small(share=1.0, recommendations=[ADVICE]),
    "limits": replace(small(recommendations=[ADVICE]), bands=replace(BANDS, floor={**BANDS.floor, Band.HIGH: 80.0})),
    "advice": small(recommendations=[recommend("do", claim("a", "at most some")), recommend("more", POOR)]),
    "no advice": small(),
    "a level gone": small(others=[item("a", ("none", "some"))], recommendations=[ADVICE]),
    "asked before only": small(others=[item("a", phases=[Phase.BEFORE])], recommendations=[ADVICE]),
    "not asked before": small(others=[item("a", phases=[Phase.AFTER])], recommendations=[ADVICE]),
    "always applies": small(others=[item("a", not_applicable=None)], recommendations=[ADVICE]),
    "an item gone": ruleset(part("contact", ["b"]), part("relief", ["c"]), recommendations=[ADVICE]),
    "a new item": ruleset(part("contact", ["a", "b", "d"]), part("relief", ["c"]), recommendations=[ADVICE]),
    "a construct gone": ruleset(part("contact", ["a", "b"]), recommendations=[ADVICE], others=[item("c")]),
    "other domains": ruleset(
        part("contact", ["a", "b"]), part("relief", ["c"], domain="other"), recommendations=[ADVICE]
    ),
}


@pytest.mark.parametrize("name", REVISIONS)
def test_the_impact_is_that_of_scoring_every_assessment_twice(name: str) -> None:
    first = small(recommendations=[ADVICE])
    check(first, REVISIONS[name], *(everyone(first, 80, 0.2, phase) for phase in Phase))


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.0, 0.2, 0.6]),
    st.sampled_from(list(Phase)),
    st.sampled_from(sorted(REVISIONS)),
    st.sampled_from(sorted(REVISIONS)),
)
def test_any_revision_after_any_other_comes_out_as_scored_twice(
    seed: int, unknown: float, phase: Phase, one: str, other: str
) -> None:
    a, b = REVISIONS[one], REVISIONS[other]
    check(a, b, simulate(a.instrument, phase, 60, np.random.default_rng(seed), unknown))


def test_a_construct_too_large_for_a_grid_comes_out_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("readiness.workbench.grids.MOST_STATES", 10)
    monkeypatch.setattr("readiness.workbench.meaning.MOST_STATES", 10)
    check(small(), small(shift("poor", -1.0, POOR)), everyone(small(), 80))


def test_the_shipped_rules_after_a_revision_come_out_as_scored_twice(shipped: RuleSet) -> None:
    scoring = shipped.scoring["access_to_knowledge"]
    rules = tuple(replace(rule, shift=2 * rule.shift) for rule in scoring.rules)
    revised = replace(shipped, scoring={**shipped.scoring, "access_to_knowledge": replace(scoring, rules=rules)})
    found = check(shipped, revised, *(everyone(shipped, 15, 0.1, phase) for phase in Phase))
    assert found.assessments == 30


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("unknown", [0.0, 0.3, 0.7])
def test_bands_without_ranges_are_those_of_the_batch_engine(shipped: RuleSet, phase: Phase, unknown: float) -> None:
    columns = everyone(shipped, 5_000, unknown, phase)
    found, scored = whole(shipped, phase).score(columns), compile_batch(shipped, phase).score(columns)
    assert all(np.array_equal(bands, scored.domains[code].band) for code, bands in found.domains.items())
    assert all(np.array_equal(bands, scored.band(code)) for code, bands in found.constructs.items())


def test_the_same_version_changes_nothing_and_every_assessment_is_counted() -> None:
    found = impact(small(), small(), [(everyone(small()), None)])
    assert (found.assessments, found.touched, found.causes, found.advice) == (400, 0, (), ())
    assert [matrix.changed for matrix in (*found.domains, *found.constructs)] == [0, 0, 0]
    assert sum(map(sum, found.domains[0].counts)) == 400


def test_each_edit_is_counted_by_what_it_alone_brings_about() -> None:
    """One: contact 75 to 50, domain 62.5 to 50. Two: 50 to 25, 25 to 12.5. Three: 50 to 75, 50 to 62.5. Four: none."""
    revised = small(shift("poor", 1.0, POOR), worth={"some": -2.0})
    first = small()
    given = [
        {"a": "none", "b": "some", "c": "some"},
        {"a": "none", "b": "full", "c": "full"},
        {"a": "some", "b": "some", "c": "some"},
        {"a": "full", "b": "full", "c": "full"},
    ]
    columns = encode(first.instrument, Phase.BEFORE, [Answers(Phase.BEFORE, each) for each in given])  # type: ignore[arg-type]
    found = impact(first, revised, [(columns, ["one", "two", "three", "four"])])
    rule = Edit(EditKind.RULE, "contact", "poor", "", "", "+1")
    level = Edit(EditKind.LEVEL, "contact", "a", "some", "+0", "-2")
    assert found.causes == (Cause(rule, 1, 2), Cause(level, 1, 1))
    assert found.services == ("one", "two", "three")
    assert (found.touched, found.in_domains, found.together) == (3, 2, 0)


def test_what_only_edits_together_bring_about_is_counted_as_that() -> None:
    first = ruleset(part("contact", ["a", "b", "c"]))
    half = shift("half", -0.25, POOR), shift("other", -0.25, claim("b", "full"))
    revised = ruleset(part("contact", ["a", "b", "c"], *half))
    given = Answers(Phase.BEFORE, {"a": "none", "b": "full", "c": "some"})
    found = impact(first, revised, [(encode(first.instrument, Phase.BEFORE, [given]), None)])
    assert found.in_domains == 1
    assert [cause.domains for cause in found.causes] == [0, 0]
    assert found.together == 1


def test_a_rule_on_an_item_that_the_first_version_lacks_explains_nothing() -> None:
    revised = small(shift("new", -1.0, All((POOR, claim("d", "none")))), others=[item("d")])
    found = impact(small(), revised, [(everyone(small()), None)])
    assert found.touched == 0
    assert [cause.edit.code for cause in found.causes] == []


def test_lost_answers_are_counted_by_item() -> None:
    columns = everyone(small())
    found = impact(small(), REVISIONS["a level gone"], [(columns, None)])
    assert found.lost == (LostAnswers("a", int((columns.items["a"] == 2).sum())),)


def test_every_part_of_the_stream_is_reported_to_the_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK", 150)
    heard: list[int] = []
    parts = [(everyone(small()), None), (everyone(small(), phase=Phase.AFTER), None)]
    found = impact(small(), small(shift("poor", -1.0, POOR)), parts, heard.append)
    assert heard == [150, 150, 100] * 2
    assert found.assessments == 800


def test_services_beyond_those_that_fit_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_SERVICES", 2)
    columns = everyone(small(), 100)
    names = [f"service {row}" for row in range(100)]
    found = impact(small(), small(at_least("all", Band.HIGH, claim("a", "answered"))), [(columns, names)])
    assert len(found.services) == 2
    assert found.services_left == found.touched - 2
