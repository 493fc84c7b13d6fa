"""What must come out of the cases: claims on bands and ranges, relations, rules, recommendations; and ours do."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from engine_builders import at_least, claim, part, recommend, ruleset, shift

from readiness.engine.advice import recommend as recommend_all
from readiness.engine.answers import Answer, Missing, Phase
from readiness.engine.cases import Case, CaseAnswer, Comparison, Outcome, Relation
from readiness.engine.conditions import Condition, Not
from readiness.engine.expectations import advised, shortfalls, stands
from readiness.engine.framework import BAND_ORDER, Band
from readiness.engine.ranges import Range
from readiness.engine.rating import rate
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
    ids=lambda value: "-".join(sorted(map(str, value))) if isinstance(value, set) else str(value),
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


@pytest.mark.parametrize(
    ("answers", "comes_out"), [({"money": "some"}, True), ({"money": "some", "rooms": "some"}, False), ({}, True)]
)
def test_a_band_may_have_to_be_missing(answers: Mapping[str, Answer], comes_out: bool) -> None:
    found = said(case(answers=answers, not_determinable=("means",)))
    assert found == (
        [] if comes_out else [("The construct means: not determinable", "The construct means: moderate, 50")]
    )


@pytest.mark.parametrize(
    ("risk", "comes_out"), [(33.33, True), (33.34, False), (33.3, False), (33.32, False), (0, False)]
)
def test_a_risk_must_come_out_to_two_decimals(risk: float, comes_out: bool) -> None:
    found = said(case(answers={"money": "full", "rooms": "some", "time": "some"}, risk={"means": risk}))
    got = "The construct means: low, 33.3333"
    assert found == ([] if comes_out else [(f"The construct means: risk {risk:g}", got)])


def test_a_risk_that_lies_half_way_between_two_decimals_may_be_rounded_either_way() -> None:
    rules = ruleset(part("worth", {"one": {"none": -0.625, "some": 0.0}}))  # 65.625
    for risk in (65.62, 65.63):
        assert said(case(answers={"one": "none"}, risk={"worth": risk}), rules=rules) == []


def test_a_risk_that_is_not_determinable_does_not_come_out() -> None:
    assert said(case(answers={"money": "full"}, risk={"means": 0})) == [
        ("The construct means: risk 0", "The construct means: not determinable, 0 to 66.6667")
    ]


def test_where_nothing_applies_there_is_no_band() -> None:
    assert said(case(answers={"often": Missing.NOT_APPLICABLE}, not_determinable=("contact",))) == []


def test_what_is_recommended_is_exactly_what_is_advised(shipped: RuleSet) -> None:
    for each in shipped.cases.values():
        answers = each.answered(shipped.instrument)
        rated = rate(shipped, answers)
        applying = {found.recommendation.code for found in recommend_all(shipped, answers, rated)}
        assert {code for code, truth in advised(shipped, answers, rated).items() if truth} == applying


def because(one: Case, *others: Case, rules: RuleSet = RULES) -> str:
    """The reason given for the one thing that does not come out."""
    cases = {each.code: each for each in (one, *others)}
    (found,) = shortfalls(replace(rules, cases=cases))
    return found.because


BOUNDED = ruleset(
    part(
        "contact",
        ["often"],
        at_least("never_low", Band.MODERATE, claim("often", "full")),
        critical=True,
        domain="inner",
    ),
    part("means", ["money"], weight=3, domain="inner"),
)


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (
            case(answers={"often": "some", "money": "full"}, expect=band("contact", "high")),
            "often: some (+0); mean 0 of 1 of 1 answers; rule helped_by_money holds (+1)",
        ),
        (
            case(answers={"often": "none"}, expect=band("contact", "low")),
            "often: none (-2); mean -2 of 1 of 1 answers; rule helped_by_money undecided",
        ),
        (
            case(answers={"money": "some"}, expect=band("means", "low")),
            "money: some (+0); 1 of 3 answers known, too few",
        ),
        (
            case(answers={"often": Missing.NOT_APPLICABLE}, expect=band("contact", "low")),
            "nothing applies",
        ),
        (
            case(answers={"often": "some", "money": "none"}, expect=(claim("money", "full"),)),
            "money is answered none",
        ),
        (
            case(answers={"money": "none"}, rules={"helped_by_money": Outcome.HOLDS}),
            "money: none",
        ),
        (
            case(answers={"money": Missing.DONT_KNOW}, recommends=("pay",)),
            "money: dont_know",
        ),
        (
            case(answers={"often": "full", "money": "none"}, expect=band("inner", "low")),
            "contact 0 (weight 1), means 33.3333 to 100 (weight 3)",
        ),
    ],
    ids=["shifted", "undecided rule", "too few", "nothing applies", "answer", "rule", "advice", "domain"],
)  # fmt: skip
def test_the_reason_names_the_answers_and_rules_behind(one: Case, reason: str) -> None:
    assert because(one) == reason


def test_the_reason_names_a_bound_and_what_lifts_a_domain() -> None:
    low = case(answers={"often": "full"}, expect=band("contact", "low"))
    assert because(low, rules=BOUNDED).endswith("rule never_low holds (at least moderate)")
    lifted = case(answers={"often": "none", "money": "full"}, expect=band("inner", "low"))
    assert because(lifted, rules=BOUNDED) == "contact 100 (weight 1), means 0 (weight 3); lifted by contact"


def test_the_reason_of_a_relation_names_both_cases() -> None:
    middle = case("middle", {"often": "some", "money": "none"})
    one = case(answers={"often": "full", "money": "none"}, compare=(Comparison("middle", "contact", HIGHER),))
    assert because(one, middle) == (
        "often: full (+2); mean 2 of 1 of 1 answers | there: often: some (+0); mean 0 of 1 of 1 answers"
    )


def test_only_the_cases_that_are_named_are_tried() -> None:
    first, second = (case(code, {"money": "none"}, leaves_out=("pay",)) for code in ("first", "second"))
    rules = replace(RULES, cases={each.code: each for each in (first, second)})
    assert [each.case for each in shortfalls(rules)] == ["first", "second"]
    assert [each.case for each in shortfalls(rules, ["second"])] == ["second"]


def test_a_case_that_is_compared_is_read_even_when_it_is_not_tried() -> None:
    middle = case("middle", {"often": "some"}, leaves_out=("pay",), rules={"helped_by_money": Outcome.HOLDS})
    one = case(answers={"often": "full"}, compare=(Comparison("middle", "contact", LOWER),))
    rules = replace(RULES, cases={each.code: each for each in (middle, one)})
    assert shortfalls(rules, ["one"]) == ()


def test_everything_a_case_demands_is_counted() -> None:
    one = case(
        expect=band("contact", "high"),
        compare=(Comparison("x", "contact", HIGHER),),
        risk={"inner": 50},
        not_determinable=("means",),
        rules={"helped_by_money": Outcome.HOLDS},
        recommends=("pay",),
        leaves_out=("a", "b"),
    )
    assert one.demands == 8


def test_every_case_of_the_shipped_rule_set_comes_out_as_it_says(shipped: RuleSet) -> None:
    assert list(shortfalls(shipped)) == []
