"""What must come out of the cases: claims on bands and ranges, relations, rules, recommendations; and ours do."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from engine_builders import claim, part, recommend, ruleset, shift

from readiness.engine.answers import Answer, Missing, Phase
from readiness.engine.cases import Case, CaseAnswer, Comparison, Outcome, Relation
from readiness.engine.conditions import Condition, Not
from readiness.engine.expectations import shortfalls, stands
from readiness.engine.framework import BAND_ORDER
from readiness.engine.ranges import Range
from readiness.engine.ruleset import RuleSet

RULES = ruleset(
    part("contact", ["often"], shift("helped_by_money", 1.0, claim("money", "full")), domain="inner"),
    part("means", ["money", "rooms", "time"], weight=3, domain="inner"),
    recommendations=[recommend("pay", claim("money", "none"), money="full")],
)


def case(code: str = "one", answers: Mapping[str, Answer] | None = None, **must: object) -> Case:
    """A case with these answers and demands."""
    given = {item: CaseAnswer(answer, "", ()) for item, answer in (answers or {}).items()}
    plain = Case(code, "A service", "", Phase.AFTER, given, Missing.DONT_KNOW, "", ())
    return replace(plain, **must)  # type: ignore[arg-type]  # the fields of a case by name


def said(*cases: Case, rules: RuleSet = RULES) -> list[tuple[str, str]]:
    """What is expected and not got."""
    found = shortfalls(replace(rules, cases={each.code: each for each in cases}))
    return [(each.expected, each.got) for each in found]


def band(subject: str, text: str) -> tuple[Condition, ...]:
    return (claim(subject, text, BAND_ORDER),)


@pytest.mark.parametrize(
    ("subject", "text", "comes_out"),
    [
        ("contact", "high", True),
        ("contact", "not low", True),
        ("contact", "low", False),
        ("means", "not low", False),  # one of three answers: not determinable, and the range reaches low
        ("means", "not high", False),
        ("means", "at most high", True),  # whatever the range
        ("inner", "not low", True),  # not determinable, 37.5 to 100
        ("inner", "high", False),
    ],
)
def test_a_claim_must_be_true_of_the_band_or_of_every_band_in_the_range(
    subject: str, text: str, comes_out: bool
) -> None:
    one = case(answers={"often": "none", "money": "some"}, expect=band(subject, text))
    assert (said(one) == []) is comes_out


def test_a_range_that_excludes_a_band_bears_a_claim_without_an_estimate() -> None:
    answers = {"money": "none", "rooms": Missing.DONT_KNOW, "time": Missing.DONT_KNOW}
    strict = replace(RULES, determinable_share=0.8)
    two = case(answers={**answers, "rooms": "none"}, expect=band("means", "not low"))
    assert said(two, rules=strict) == []
    assert said(case(answers={**answers}, expect=band("means", "not low")), rules=strict) == [
        ("The construct means: “moderate risk” or “high risk”",
         "The construct means: not determinable, 33.3333 to 100")
    ]  # fmt: skip


def test_an_expected_answer_is_read_from_the_case() -> None:
    assert said(case(answers={"money": "full"}, expect=(claim("money", "at least some"),))) == []
    assert said(case(answers={"money": "full"}, expect=(claim("rooms", "answered"),))) != []


@pytest.mark.parametrize(
    ("relation", "low", "same", "high"),
    [
        (Relation.LOWER, True, False, False),
        (Relation.NOT_HIGHER, True, True, False),
        (Relation.SAME, False, True, False),
        (Relation.NOT_LOWER, False, True, True),
        (Relation.HIGHER, False, False, True),
    ],
)
def test_a_relation_holds_between_two_estimates(relation: Relation, low: bool, same: bool, high: bool) -> None:
    middle = case("middle", {"often": "some"})
    compare = (Comparison("middle", "contact", relation),)
    outcomes = [
        said(middle, case("one", {"often": level}, compare=compare)) == [] for level in ("full", "some", "none")
    ]
    assert outcomes == [low, same, high]


def test_a_relation_of_ranges_holds_only_where_they_lie_apart() -> None:
    known = case("known", {"money": "full", "rooms": "full", "time": "full"})
    compare = (Comparison("known", "means", Relation.HIGHER),)
    assert said(known, case(answers={"money": "none"}, compare=compare)) == []
    (shortfall,) = said(known, case(answers={"money": "some"}, compare=(Comparison("known", "means", Relation.LOWER),)))
    assert shortfall == (
        "The construct means: lower than in known",
        "The construct means: not determinable, 16.6667 to 83.3333, there 0",
    )


HIGHER, LOWER, SAME = Relation.HIGHER, Relation.LOWER, Relation.SAME
NOT_HIGHER, NOT_LOWER = Relation.NOT_HIGHER, Relation.NOT_LOWER


@pytest.mark.parametrize(
    ("mine", "other", "true"),
    [
        ((60, 90), (10, 40), {HIGHER, NOT_LOWER}),
        ((40, 90), (10, 40), {NOT_LOWER}),
        ((30, 90), (10, 40), set()),
        ((20, 30), (10, 40), set()),
        ((10, 40), (20, 30), set()),
        ((10, 40), (10, 40), set()),
        ((10, 40), (10, 90), set()),
        ((10, 40), (40, 90), {NOT_HIGHER}),
        ((10, 40), (60, 90), {LOWER, NOT_HIGHER}),
        ((40, 40), (40, 40), {SAME, NOT_HIGHER, NOT_LOWER}),
        ((40, 40), (10, 40), {NOT_LOWER}),
        ((40, 40), (40, 90), {NOT_HIGHER}),
        (None, (10, 40), set()),
        ((10, 40), None, set()),
    ],
    ids=str,
)
def test_a_relation_is_true_only_where_no_point_of_either_range_denies_it(
    mine: tuple[float, float] | None, other: tuple[float, float] | None, true: set[Relation]
) -> None:
    spans = [None if each is None else Range(*each) for each in (mine, other)]
    assert {each for each in Relation if stands(Comparison("other", "contact", each), *spans)} == true


def test_a_claim_about_what_does_not_apply_is_false_and_its_opposite_true() -> None:
    nothing = {"often": Missing.NOT_APPLICABLE}
    assert said(case(answers=nothing, expect=band("contact", "not low"))) != []
    assert said(case(answers=nothing, expect=(Not(band("contact", "low")[0]),))) == []


def test_what_does_not_apply_stands_in_no_relation() -> None:
    nothing = case("nothing", {"often": Missing.NOT_APPLICABLE})
    compare = (Comparison("nothing", "contact", Relation.NOT_HIGHER),)
    assert said(nothing, case(answers={"often": "some"}, compare=compare)) != []


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [("full", Outcome.HOLDS), ("some", Outcome.FAILS), (Missing.DONT_KNOW, Outcome.UNDECIDED)],
)
def test_a_rule_holds_fails_or_stays_undecided(answer: Answer, outcome: Outcome) -> None:
    for each in Outcome:
        found = said(case(answers={"money": answer}, rules={"helped_by_money": each}))
        expected = [] if each is outcome else [(f"the rule helped_by_money {each.value}", f"it {outcome.value}")]
        assert found == expected


def test_recommendations_are_expected_or_left_out() -> None:
    poor, rich = {"money": "none"}, {"money": "full"}
    assert said(case(answers=poor, recommends=("pay",))) == said(case(answers=rich, leaves_out=("pay",))) == []
    assert said(case(answers=rich, recommends=("pay",))) == [("pay is recommended", "it is not")]
    assert said(case(answers=poor, leaves_out=("pay",))) == [("pay is not recommended", "it is")]


def test_every_case_of_the_shipped_rule_set_comes_out_as_it_says(shipped: RuleSet) -> None:
    assert list(shortfalls(shipped)) == []
