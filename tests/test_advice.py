"""Layer 5: recommendations and levers, ranked by what they would change."""

import pytest
from engine_builders import LEVELS, Part, after, at_least, before, claim, item, part, recommend, ruleset, shift

from readiness.engine.advice import DomainChange, Move, RecommendationResult
from readiness.engine.answers import Answer, Answers, Missing, Phase
from readiness.engine.conditions import All, Condition, Not
from readiness.engine.framework import BAND_ORDER, Band
from readiness.engine.ruleset import Effort, Recommendation, RuleSet
from readiness.engine.scoring import score

NOT_ANSWERED, DONT_KNOW, NOT_APPLICABLE = Missing
ALWAYS = claim("a", "answered")


def advised(answers: Answers, *recommendations: Recommendation, parts: tuple[Part, ...] = ()) -> list[str]:
    made = ruleset(*(parts or (part("c", "ab"),)), recommendations=recommendations)
    return [each.recommendation.code for each in score(made, answers).recommendations]


def the_one(rules: RuleSet, answers: Answers) -> RecommendationResult:
    (only,) = score(rules, answers).recommendations
    return only


# When a recommendation applies.


@pytest.mark.parametrize(
    ("answer", "applies"),
    [
        ("none", True),
        ("some", True),
        ("full", False),
        (DONT_KNOW, False),
        (NOT_ANSWERED, False),
        (NOT_APPLICABLE, False),
    ],
)
def test_a_recommendation_applies_only_when_its_condition_is_true(answer: Answer, applies: bool) -> None:
    assert bool(advised(before(a=answer), recommend("r", claim("a", "at most some")))) is applies


@pytest.mark.parametrize(
    ("answer", "applies"), [("none", False), ("some", True), (DONT_KNOW, False), (NOT_APPLICABLE, True)]
)
def test_unless_holds_a_recommendation_back_when_it_is_true_or_unknown(answer: Answer, applies: bool) -> None:
    assert bool(advised(before(a="some", b=answer), recommend("r", ALWAYS, claim("b", "none")))) is applies


def risk(text: str) -> Condition:
    return claim("c", text, BAND_ORDER)


@pytest.mark.parametrize(
    ("text", "level", "applies"),
    [
        ("high", "none", True), ("high", "some", False), ("at least moderate", "some", True),
        ("at least moderate", "full", False), ("at most moderate", "full", True), ("at most moderate", "none", False),
        ("one of [low, high]", "some", False), ("one of [low, high]", "none", True), ("not low", "some", True),
        ("answered", "full", True),
    ],
)  # fmt: skip
def test_a_recommendation_may_ask_for_the_band_of_a_construct(text: str, level: str, applies: bool) -> None:
    assert bool(advised(before(a=level, b=level), recommend("r", risk(text)))) is applies


@pytest.mark.parametrize(
    "condition",
    [risk("low"), risk("at least low"), risk("answered"), Not(risk("high")), Not(risk("answered"))],
    ids=["low", "at least low", "answered", "not high", "not answered"],
)
@pytest.mark.parametrize(
    "answers", [before(), before(a=DONT_KNOW, b=DONT_KNOW), before(a=NOT_APPLICABLE, b=NOT_APPLICABLE)]
)
def test_of_a_construct_that_is_not_determinable_every_claim_is_unknown(condition: Condition, answers: Answers) -> None:
    assert advised(answers, recommend("r", condition)) == []


def test_items_and_bands_mix_in_one_condition() -> None:
    recommendation = recommend("r", All((risk("high"), claim("b", "none"))))
    assert advised(before(a="none", b="none"), recommendation) == ["r"]
    assert advised(before(a="none", b="some"), recommendation) == []
    assert advised(before(a="full", b="none"), recommendation) == []


# What it would move.


@pytest.mark.parametrize(
    ("answer", "moves"),
    [
        ("none", (Move("b", "none", "some"),)), ("some", ()), ("full", ()),
        (DONT_KNOW, ()), (NOT_ANSWERED, ()), (NOT_APPLICABLE, ()),
    ],
)  # fmt: skip
def test_only_a_known_answer_that_gets_better_is_moved(answer: Answer, moves: tuple[Move, ...]) -> None:
    made = ruleset(part("c", "ab"), recommendations=[recommend("r", ALWAYS, b="some")])
    assert the_one(made, before(a="some", b=answer)).moves == moves


def test_on_a_peaked_item_better_means_better_rated_and_not_further_along() -> None:
    peaked = {"undefined": -2.0, "agreed": 2.0, "rigid": -1.0}
    made = ruleset(
        part("c", {"a": peaked}), recommendations=[recommend("r", claim("a", "answered", tuple(peaked)), a="agreed")]
    )
    assert the_one(made, before(a="rigid")).moves == (Move("a", "rigid", "agreed"),)
    assert the_one(made, before(a="undefined")).gain.fall == 100
    assert the_one(made, before(a="agreed")).moves == ()


def test_a_recommendation_that_moves_nothing_still_applies_with_priority_zero() -> None:
    made = ruleset(part("c", "ab"), recommendations=[recommend("r", ALWAYS, b="some")])
    result = the_one(made, before(a="none"))
    assert (result.priority, result.gain.fall, result.gain.domains, result.lifts_critical) == (0, 0, (), ())


# Priority.


@pytest.mark.parametrize(("effort", "priority"), [(Effort.LOW, 50), (Effort.MEDIUM, 25), (Effort.HIGH, 16.6667)])
def test_priority_is_the_fall_in_risk_per_effort(effort: Effort, priority: float) -> None:
    made = ruleset(part("c", "ab"), recommendations=[recommend("r", ALWAYS, effort=effort, a="full")])
    result = the_one(made, before(a="none", b="none"))
    assert result.gain.fall == 50
    assert result.priority == priority


def test_a_fall_counts_by_the_share_of_its_construct_in_its_domain() -> None:
    made = ruleset(
        part("c", "a", weight=3), part("d", "b"), part("e", "e", domain="other"),
        recommendations=[recommend("r", ALWAYS, a="some", b="full", e="some")],
    )  # fmt: skip
    result = the_one(made, before(a="none", b="none", e="none"))
    assert result.gain.fall == 0.75 * 50 + 0.25 * 100 + 50
    assert result.gain.domains == (DomainChange("domain", 100, 37.5), DomainChange("other", 100, 50))


def test_a_construct_where_nothing_applies_takes_no_share() -> None:
    made = ruleset(part("c", "a"), part("d", "b", weight=3), recommendations=[recommend("r", ALWAYS, a="full")])
    assert the_one(made, before(a="none", b=NOT_APPLICABLE)).gain.fall == 100
    assert the_one(made, before(a="none", b=DONT_KNOW)).gain.fall == 25


def test_a_construct_that_is_not_determinable_gains_nothing() -> None:
    made = ruleset(part("c", "a"), part("d", "bde"), recommendations=[recommend("r", ALWAYS, b="full")])
    result = the_one(made, before(a="none", b="none"))
    assert result.moves == (Move("b", "none", "full"),)
    assert (result.gain.fall, result.gain.domains) == (0, ())


def test_the_gain_includes_what_rules_of_other_constructs_make_of_it() -> None:
    made = ruleset(
        part("c", "a"), part("d", "b", shift("r", 1, claim("a", "full"))),
        recommendations=[recommend("r", ALWAYS, a="full")],
    )  # fmt: skip
    assert the_one(made, before(a="some", b="some")).gain.fall == 0.5 * 50 + 0.5 * 25


def test_the_highest_priority_comes_first_and_ties_keep_the_order_of_the_rule_set() -> None:
    order = advised(
        before(a="none", b="none"),
        recommend("nothing", ALWAYS), recommend("little", ALWAYS, a="some"), recommend("first", ALWAYS, a="full"),
        recommend("second", ALWAYS, b="full"), recommend("dear", ALWAYS, effort=Effort.MEDIUM, a="full", b="full"),
        recommend("both", ALWAYS, a="full", b="full"),
    )  # fmt: skip
    assert order == ["both", "first", "second", "dear", "little", "nothing"]


def test_thirds_that_are_equal_tie() -> None:
    # A fall of 100/3 at low effort, and one of 200/3 at medium effort.
    order = advised(
        before(a="none", b="none", d="none"),
        recommend("twice", ALWAYS, effort=Effort.MEDIUM, a="full", b="full"), recommend("once", ALWAYS, d="full"),
        recommend("thrice", ALWAYS, effort=Effort.HIGH, a="full", b="full", d="full"),
        parts=(part("c", "a"), part("x", "b"), part("y", "d")),
    )  # fmt: skip
    assert order == ["twice", "once", "thrice"]


# Critical barriers.


@pytest.mark.parametrize(("to", "lifts"), [("some", ("c",)), ("full", ("c",))], ids=["to moderate", "to low"])
def test_a_recommendation_names_the_critical_barriers_it_lifts(to: str, lifts: tuple[str, ...]) -> None:
    made = ruleset(part("c", "a", critical=True), recommendations=[recommend("r", ALWAYS, a=to)])
    assert the_one(made, before(a="none")).lifts_critical == ("c",)


def test_a_barrier_that_stays_high_or_is_not_critical_is_not_lifted() -> None:
    made = ruleset(
        part("c", "ab", critical=True), part("d", "d"), recommendations=[recommend("r", ALWAYS, a="some", d="full")]
    )
    assert the_one(made, before(a="none", b="none", d="none")).lifts_critical == ()


def test_lifting_a_barrier_lifts_the_bound_on_its_domain() -> None:
    made = ruleset(
        part("c", "a", critical=True), part("d", "d"), part("e", "e"),
        recommendations=[recommend("r", ALWAYS, a="some")],
    )  # fmt: skip
    result = the_one(made, before(a="none", d="full", e="full"))
    assert result.gain.domains == (DomainChange("domain", 37.5, pytest.approx(50 / 3)),)


# Levers.


def levers_of(rules: RuleSet, answers: Answers) -> list[Move]:
    return [each.move for each in score(rules, answers).levers]


def test_a_lever_is_the_level_that_lowers_risk_most_and_the_greatest_comes_first() -> None:
    made = ruleset(part("c", "a", weight=1), part("d", "b", weight=3))
    found = score(made, before(a="none", b="none")).levers
    assert [each.move for each in found] == [Move("b", "none", "full"), Move("a", "none", "full")]
    assert [each.gain.fall for each in found] == [75, 25]
    assert found[0].gain.domains == (DomainChange("domain", 100, 25),)


@pytest.mark.parametrize("answer", ["full", DONT_KNOW, NOT_ANSWERED, NOT_APPLICABLE])
def test_what_is_best_already_or_has_no_option_is_no_lever(answer: Answer) -> None:
    assert levers_of(ruleset(part("c", "ab")), before(a="some", b=answer)) == [Move("a", "some", "full")]


def test_of_equal_levels_the_first_is_the_lever() -> None:
    made = ruleset(part("c", {"a": {"none": -1, "some": 1, "full": 1}}))
    assert levers_of(made, before(a="none")) == [Move("a", "none", "some")]


def test_a_lever_weighs_what_the_rules_make_of_a_level() -> None:
    made = ruleset(part("c", "ab", shift("r", -2, claim("a", "full"))))
    assert levers_of(made, before(a="none", b="full")) == [Move("a", "none", "some")]


def test_a_bound_takes_the_lever_away() -> None:
    made = ruleset(part("c", "a", at_least("r", Band.HIGH, claim("b", "none"))), others=[item("b")])
    assert levers_of(made, before(a="some", b="none")) == []
    assert levers_of(made, before(a="some", b="some")) == [Move("a", "some", "full")]


def test_a_last_bit_of_a_binary_fraction_is_no_lever() -> None:
    # 1/3 with a shift of 1/2 and 5/6 without are one rating; as binary fractions they differ in the last bit.
    worth = {"a": {"low": -1.0, "high": 0.5}, "b": {"low": 0, "high": 1}, "d": {"low": 0, "high": 1}}
    made = ruleset(part("c", worth, shift("r", 0.5, claim("a", "low", ("low", "high")))))
    assert levers_of(made, before(a="low", b="high", d="high")) == []


def test_what_cancels_out_is_no_lever() -> None:
    # a: high takes 50/3 off c, three quarters of the weight, and a rule puts 50 on d, one quarter.
    worth = {code: {"low": 0.0, "high": 2.0} for code in "auv"}
    rule = shift("r", -2, claim("a", "high", ("low", "high")))
    made = ruleset(part("c", worth, weight=3), part("d", {"b": {"low": 0.0, "high": 0.0}}, rule))
    assert levers_of(made, before(a="low", u="high", v="high", b="low")) == []


def test_an_item_that_is_not_scored_or_not_asked_now_is_no_lever() -> None:
    made = ruleset(
        part("c", "ab", shift("r", 1, claim("size", "full"))), others=[item("size"), item("b", phases=[Phase.AFTER])]
    )
    assert levers_of(made, before(a="some", b="none", size="none")) == [Move("a", "some", "full")]
    assert Move("b", "none", "full") in levers_of(made, after(a="some", b="none", size="none"))


def test_levers_of_equal_fall_keep_the_order_of_the_rule_set() -> None:
    assert levers_of(ruleset(part("c", "bad")), before(a="none", b="none", d="none")) == [
        Move(code, "none", LEVELS[-1]) for code in "bad"
    ]


@pytest.mark.parametrize("place", [0, -1], ids=["first level of every item", "last level of every item"])
def test_every_shipped_lever_lowers_risk_and_the_greatest_comes_first(shipped: RuleSet, place: int) -> None:
    answers = Answers(Phase.AFTER, {each.code: each.order[place] for each in shipped.instrument.items.values()})
    falls = [each.gain.fall for each in score(shipped, answers).levers]
    assert falls
    assert min(falls) > 0
    assert falls == sorted(falls, reverse=True)
