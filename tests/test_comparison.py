"""Two versions compared: as text, and in meaning, state by state, against the scalar engine."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from engine_builders import BANDS, at_least, claim, item, part, recommend, ruleset, shift
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.engine.answers import Answer, Answers, Missing, Phase
from readiness.engine.conditions import All, Condition, Not
from readiness.engine.conditions import Any as Either
from readiness.engine.framework import Band, Leeway
from readiness.engine.localised import reworded
from readiness.engine.ranges import open_construct
from readiness.engine.rating import rate_construct
from readiness.engine.ruleset import Locale, RuleSet
from readiness.loading.ruleset import load_ruleset
from readiness.workbench import meaning
from readiness.workbench.comparison import Comparison, Setting, compare
from readiness.workbench.meaning import Among, ConstructChange, Tally, Where
from readiness.workbench.texts import Detail, contents

POOR_A, POOR_B = claim("a", "at most some"), claim("b", "none")
LITTLE = shift("little", -1.0, All((POOR_A, POOR_B)))


def small(*rules: Any, **others: Any) -> RuleSet:
    return ruleset(part("contact", ["a", "b", "c"], *rules), **others)


def only(comparison: Comparison, phase: Phase = Phase.BEFORE) -> ConstructChange:
    (change,) = (each for each in comparison.constructs if each.phase is phase)
    return change


def worth(rules: RuleSet, item_code: str, level: str, rating: float) -> RuleSet:
    """The same rule set with one level worth something else."""
    scoring = rules.scoring["contact"]
    items = tuple(
        replace(each, worth={**each.worth, level: replace(each.worth[level], rating=rating)})
        if each.item == item_code
        else each
        for each in scoring.items
    )
    return replace(rules, scoring={**rules.scoring, "contact": replace(scoring, items=items)})


# How something can be written in two ways: name > the two conditions.
REFACTORINGS: Mapping[str, tuple[Condition, Condition]] = {
    "at least and one of": (claim("a", "at least some"), claim("a", "one of [full, some]")),
    "one of and either": (claim("a", "one of [none, full]"), Either((claim("a", "none"), claim("a", "full")))),
    "De Morgan on all": (Not(All((POOR_A, POOR_B))), Either((Not(POOR_A), Not(POOR_B)))),
    "De Morgan on either": (Not(Either((POOR_A, POOR_B))), All((Not(POOR_A), Not(POOR_B)))),
    "twice not": (POOR_A, Not(Not(POOR_A))),
    "distributed": (
        All((claim("c", "full"), Either((POOR_A, POOR_B)))),
        Either((All((claim("c", "full"), POOR_A)), All((claim("c", "full"), POOR_B)))),
    ),
}


@pytest.mark.parametrize("name", REFACTORINGS)
def test_a_rule_written_another_way_is_proven_equivalent(name: str) -> None:
    one, other = (small(shift("little", -1.0, condition)) for condition in REFACTORINGS[name])
    assert compare(one, other).equivalent


@pytest.mark.parametrize("name", REFACTORINGS)
def test_advice_written_another_way_is_proven_equivalent(name: str) -> None:
    one, other = (small(recommendations=[recommend("do", each)]) for each in REFACTORINGS[name])
    assert compare(one, other).equivalent


def test_a_negation_that_is_no_refactoring_is_found_where_an_answer_does_not_apply() -> None:
    one, other = small(shift("little", -1.0, Not(POOR_A))), small(shift("little", -1.0, claim("a", "full")))
    change = only(compare(one, other))
    either = (Among("b", ("some", "full")),), (Among("c", ("some", "full")),)
    assert change.where == Where((Among("a", (Missing.NOT_APPLICABLE,)),), either, exact=True, share=1.0)


def test_rewording_everything_is_proven_equivalent_and_told_as_text() -> None:
    rules = small(LITTLE)
    found = compare(rules, reworded(rules, lambda _, text: f"{text}!"))
    assert found.equivalent
    assert {change.kind for change in found.texts} >= {"item", "rule", "construct", "domain", "section"}


def test_items_and_rules_in_another_order_are_proven_equivalent() -> None:
    other = shift("full", 0.5, claim("c", "full"))
    one, turned = (ruleset(part("contact", items, LITTLE), others=[item("c")]) for items in ("ab", "ba"))
    assert compare(one, turned).equivalent
    assert compare(small(LITTLE, other), small(other, LITTLE)).equivalent


def test_a_set_is_equivalent_to_itself_and_nothing_is_told() -> None:
    found = compare(small(LITTLE), small(LITTLE))
    assert found.equivalent
    assert found.texts == ()


def test_a_new_rule_is_counted_in_all_answer_combinations() -> None:
    change = only(compare(small(), small(LITTLE)))
    assert change.known.of == 4**3
    assert change.open.of == 5**3 - 4**3
    assert (change.known.risk, change.known.band) == (6, 1)  # eight meet it, two of them are at the worst already
    assert (change.least, change.most) == pytest.approx((50.0 / 3, 25.0))


def test_where_a_rule_works_is_said_exactly_with_what_it_cannot_make_worse() -> None:
    change = only(compare(ruleset(part("contact", ["a", "b", "c"])), small(LITTLE)))
    assert change.where.exact
    assert change.where.when == (Among("a", ("none", "some")), Among("b", ("none",)))
    assert change.where.either == ((Among("a", ("some",)),), (Among("c", ("some", "full")),))


def test_a_rule_with_either_is_said_with_either() -> None:
    rule = shift("one", -0.5, Either((claim("a", "full"), claim("b", "full"))))
    change = only(compare(small(), small(rule)))
    assert change.where == Where((), ((Among("a", ("full",)),), (Among("b", ("full",)),)), exact=True, share=1.0)


def both(*pairs: tuple[str, str]) -> Condition:
    """One of the pairs of levels of a and b."""
    return Either(tuple(All((claim("a", one), claim("b", other))) for one, other in pairs))


def test_what_takes_two_conjunctions_is_said_with_both() -> None:
    change = only(compare(small(), small(shift("alike", -0.5, both(("some", "some"), ("full", "full"))))))
    better = ("some", "full")
    one, other = ((Among("a", (level,)), Among("b", (level,))) for level in better)
    assert change.where == Where((Among("a", better), Among("b", better)), (one, other), exact=True, share=1.0)


def test_what_no_few_conjunctions_describe_is_said_with_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meaning, "MOST_ALTERNATIVES", 1)
    change = only(compare(small(), small(shift("alike", -0.5, both(("some", "some"), ("full", "full"))))))
    better = ("some", "full")
    assert change.where == Where((Among("a", better), Among("b", better)), (), exact=False, share=0.5)


def test_a_worth_is_found_at_its_level() -> None:
    change = only(compare(small(), worth(small(), "b", "some", 1.0)))
    assert change.where == Where((Among("b", ("some",)),), (), True, 1.0)
    assert (change.least, change.most) == pytest.approx((-25.0, -25.0 / 3))


def test_a_share_that_must_be_known_touches_open_answers_only() -> None:
    change = only(compare(small(share=0.5), small(share=1.0)))
    assert not change.known.any
    assert change.open.risk
    assert change.least is None


def test_a_new_level_is_unknown_to_the_old_version() -> None:
    grown = worth(small(others=[item("a", ("none", "some", "full", "more"))]), "a", "none", -2.0)
    scoring = grown.scoring["contact"]
    more = replace(scoring.items[0], worth={**scoring.items[0].worth, "more": scoring.items[0].worth["full"]})
    grown = replace(grown, scoring={"contact": replace(scoring, items=(more, *scoring.items[1:]))})
    change = only(compare(small(), grown))
    assert change.where.when == (Among("a", ("more",)),)


def test_advice_that_newly_applies_is_counted_and_described() -> None:
    one, other = (small(recommendations=[recommend("do", claim("a", text))]) for text in ("none", "at most some"))
    (change, _) = compare(one, other).recommendations
    assert (change.of, change.appears, change.vanishes) == (5, 1, 0)
    assert change.where == Where((Among("a", ("some",)),), (), True, 1.0)


def test_advice_on_bands_is_compared_over_the_bands() -> None:
    bands = ("low", "moderate", "high")
    one, other = (
        small(recommendations=[recommend("do", claim("contact", text, bands))])
        for text in ("high", "at least moderate")
    )
    (change, _) = compare(one, other).recommendations
    assert change.where.when == (Among("contact", ("moderate",)),)


# What is no construct and no condition: name > the changed rule set and the setting that is named.
SETTINGS: Mapping[str, tuple[RuleSet, Setting]] = {
    "weight": (ruleset(part("contact", ["a", "b", "c"], weight=3)), Setting("contact", "weight", "1", "3")),
    "critical": (ruleset(part("contact", ["a", "b", "c"], critical=True)), Setting("contact", "critical", "no", "yes")),
    "bound": (small(critical_bound=Band.HIGH), Setting("ruleset", "bound of critical barriers", "moderate", "high")),
    "past": (small(others=[replace(item("a"), past=True)]), Setting("a", "past", "", "yes")),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_that_results_depend_on_is_no_equivalence(name: str) -> None:
    other, setting = SETTINGS[name]
    found = compare(small(), other)
    assert found.settings == (setting,)
    assert not found.equivalent


def test_moved_bands_change_bands_and_no_risk() -> None:
    other = replace(small(), bands=replace(BANDS, floor={**BANDS.floor, Band.HIGH: 70.0}))
    change = only(compare(small(), other))
    assert change.known.risk == 0
    assert change.known.band > 0


def test_a_construct_that_is_too_large_is_named_unless_it_is_stated_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meaning, "MOST_STATES", 100)
    found = compare(small(), small(LITTLE))
    assert [each.code for each in found.too_large] == ["contact", "contact"]
    assert not found.equivalent
    assert compare(small(LITTLE), replace(small(LITTLE), determinable_share=0.5)).equivalent


def test_every_field_of_a_changed_rule_is_told_before_and_after() -> None:
    found = compare(small(LITTLE), small(shift("little", -0.5, POOR_A)))
    (change,) = (each for each in found.texts if each.kind == "rule")
    assert (change.code, change.how) == ("little", "changed")
    assert Detail("shift", "-1", "-0.5") in change.details
    (condition,) = (each for each in change.details if each.field == "condition")
    assert "The b" in condition.before
    assert "The b" not in condition.after


@pytest.mark.parametrize(("one", "other", "how"), [((), (LITTLE,), "added"), ((LITTLE,), (), "removed")])
def test_a_rule_that_comes_or_goes_is_told(one: tuple[Any, ...], other: tuple[Any, ...], how: str) -> None:
    (change,) = compare(small(*one), small(*other)).texts
    assert (change.kind, change.code, change.how) == ("rule", "little", how)


def every_answers(rules: RuleSet, *versions: RuleSet) -> Iterator[Answers]:
    """Every answer combination of the items of two versions, unknown ones included."""
    items: dict[str, dict[Answer, None]] = {}
    for version in (rules, *versions):
        for code, each in version.instrument.items.items():
            offered = [Missing.NOT_APPLICABLE] if each.not_applicable else []
            items.setdefault(code, {}).update(dict.fromkeys((*each.order, *offered)))
    for mixture in product(*((*answers, Missing.DONT_KNOW) for answers in items.values())):
        yield Answers(Phase.BEFORE, dict(zip(items, mixture, strict=True)))


def readable(rules: RuleSet, answers: Answers) -> Answers:
    """The answers as a version reads them: what it does not know is unknown."""
    items = rules.instrument.items
    known = {
        code: answer
        for code, answer in answers.given.items()
        if code in items and (answer in items[code].order or answer is Missing.NOT_APPLICABLE)
    }
    return Answers(answers.phase, known)


def outcome(rules: RuleSet, answers: Answers) -> tuple[object, ...]:
    scoring, read = rules.scoring["contact"], readable(rules, answers)
    rated = rate_construct(rules, scoring, read)
    span = open_construct(rules, scoring, read).range()
    return rated.risk, rated.band, span and (span.best, span.worst)


CONDITIONS = st.recursive(
    st.builds(
        claim,
        st.sampled_from(["a", "b", "x"]),
        st.sampled_from(["none", "at most some", "full", "not some", "answered"]),
    ),
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.lists(inner, min_size=1, max_size=2).map(lambda parts: All(tuple(parts))),
        st.lists(inner, min_size=1, max_size=2).map(lambda parts: Either(tuple(parts))),
    ),
    max_leaves=3,
)
RULES = st.one_of(
    st.builds(lambda by, when: shift("moves", by, when), st.sampled_from([-1.0, -0.5, 0.5]), CONDITIONS),
    st.builds(lambda band, when: at_least("bounds", band, when), st.sampled_from(list(Band)), CONDITIONS),
)


@st.composite
def versions(draw: st.DrawFn) -> RuleSet:
    items = draw(st.sampled_from([["a"], ["a", "b"], ["b", "a"]]))
    rules = draw(st.lists(RULES, max_size=2, unique_by=lambda rule: rule.code))
    made = ruleset(
        part("contact", items, *rules),
        others=[item("a"), item("b"), item("x")],
        share=draw(st.sampled_from([0.5, 1.0])),
    )
    return worth(made, "a", "some", draw(st.sampled_from([-1.0, 0.0])))


def asked_about(rules: RuleSet) -> set[str]:
    scoring = rules.scoring["contact"]
    return {each.item for each in scoring.items}.union(*(rule.subjects for rule in scoring.rules))


@settings(max_examples=60, deadline=None)
@given(versions(), versions())
def test_the_counts_are_those_of_the_scalar_engine_over_every_combination(one: RuleSet, other: RuleSet) -> None:
    subjects = asked_about(one) | asked_about(other)
    counts = {True: [0, 0, 0, 0], False: [0, 0, 0, 0]}
    for answers in every_answers(one, other):
        if any(answers[subject] is not Missing.DONT_KNOW for subject in {"a", "b", "x"} - subjects):
            continue
        known = all(answers[subject] is not Missing.DONT_KNOW for subject in subjects)
        before, after = outcome(one, answers), outcome(other, answers)
        counts[known][0] += 1
        for place in range(3):
            counts[known][place + 1] += before[place] != after[place]
    changes = [each for each in compare(one, other).constructs if each.phase is Phase.BEFORE]
    if changes:
        assert changes[0].known == Tally(*counts[True])
        assert changes[0].open == Tally(*counts[False])
    else:
        assert (counts[True][1:], counts[False][1:]) == ([0, 0, 0], [0, 0, 0])


@settings(max_examples=60, deadline=None)
@given(versions(), versions())
def test_where_it_changes_is_where_the_scalar_engine_changes(one: RuleSet, other: RuleSet) -> None:
    for change in (each for each in compare(one, other).constructs if each.phase is Phase.BEFORE):
        named = change.where
        for answers in every_answers(one, other):
            if change.known.risk + change.known.band and Missing.DONT_KNOW in answers.given.values():
                continue
            there = all(answers[each.subject] in each.answers for each in change.where.when) and (
                not change.where.either
                or any(all(answers[each.subject] in each.answers for each in part) for part in change.where.either)
            )
            changed = outcome(one, answers) != outcome(other, answers)
            assert not changed or there, named
            assert not (change.where.exact and there) or changed, named


def changed(value: object) -> object:
    """Another value of the same kind; None where there is no telling."""
    match value:
        case Enum():
            return next(each for each in type(value) if each is not value)
        case bool():
            return not value
        case str():
            return f"{value} else"
        case int() | float():
            return value + 1
        case None:
            return None
    return None


def mutations(value: object) -> Iterator[tuple[str, object]]:
    """A value with one thing in it changed, for everything in it; each with the type and field that was changed."""
    if is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            for name, part_ in mutations(getattr(value, each.name)):
                yield name or f"{type(value).__name__}.{each.name}", replace(value, **{each.name: part_})
    elif isinstance(value, Mapping):
        for key, held in value.items():
            yield from ((name, {**value, key: new}) for name, new in mutations(held))
    elif isinstance(value, tuple):
        for place, held in enumerate(value):
            yield from ((name, (*value[:place], new, *value[place + 1 :])) for name, new in mutations(held))
    elif (new := changed(value)) is not None:
        yield "", new


# What has no words of its own: it follows from the rest, says how a claim is written, or is the key of the thing.
UNSAID = {
    "Identity.digest", "Identity.logic", "Claim.operator", "Claim.codes", "Construct.code", "Pair.code", "Source.id",
}  # fmt: skip


def test_a_change_of_anything_that_can_be_read_is_told() -> None:
    rules = load_ruleset(Path(__file__).parent / "small")
    rules = replace(
        rules,
        locales={"de": Locale({"ruleset/title": "Titel"}, {}, draft=False)},
        leeway=Leeway(3.0, 0.25, "because"),
    )
    before = contents(rules)
    told: dict[str, bool] = {}
    for name, other in mutations(rules):
        assert isinstance(other, RuleSet)
        try:
            told[name] = told.get(name, False) or contents(other) != before
        except (KeyError, TypeError):  # a code that something else refers to
            continue
    silent = {name for name, is_told in told.items() if not is_told}
    assert silent == UNSAID & told.keys()
