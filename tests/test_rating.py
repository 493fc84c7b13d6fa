"""Layers 1 to 4: answers > ratings > rules > bands, for constructs and domains."""

from collections.abc import Mapping

import pytest
from engine_builders import BANDS, Part, after, at_least, before, claim, item, part, ruleset, shift

from readiness.engine.answers import Answer, Missing, Phase
from readiness.engine.conditions import Condition
from readiness.engine.framework import Band
from readiness.engine.rating import ConstructRating, DomainRating, RuleOutcome, rate, risk_of
from readiness.engine.ruleset import Rule, RuleSet

LOW, MODERATE, HIGH = Band
NOT_ANSWERED, DONT_KNOW, NOT_APPLICABLE = Missing
FINE = {f"r{rating}": rating / 100 for rating in range(-200, 201)}


def rate_one(rules: RuleSet, code: str = "c", **given: Answer) -> ConstructRating:
    return rate(rules, before(**given)).constructs[code]


def rate_domain(rules: RuleSet, **given: Answer) -> DomainRating:
    (domain,) = rate(rules, before(**given)).domains
    return domain


# Risk and bands.


@pytest.mark.parametrize(
    ("rating", "risk"),
    [(-2, 100), (-1, 75), (-0.5, 62.5), (0, 50), (0.5, 37.5), (1, 25), (2, 0), (-2.5, 100), (7, 0)],
)
def test_risk_is_fifty_less_a_quarter_of_a_hundred_per_step_of_the_clamped_rating(rating: float, risk: float) -> None:
    assert risk_of(rating) == risk


@pytest.mark.parametrize(
    ("risk", "band"),
    [
        (0, LOW), (37.499999, LOW), (37.5, MODERATE), (50, MODERATE), (62.499999, MODERATE), (62.5, HIGH), (100, HIGH),
    ],
)  # fmt: skip
def test_a_band_begins_exactly_at_its_floor(risk: float, band: Band) -> None:
    assert BANDS.of(risk) is band


@pytest.mark.parametrize(
    ("level", "band"), [("r51", LOW), ("r50", MODERATE), ("r0", MODERATE), ("r-49", MODERATE), ("r-50", HIGH)]
)
def test_a_construct_takes_the_band_of_its_risk(level: str, band: Band) -> None:
    assert rate_one(ruleset(part("c", {"a": FINE})), a=level).band is band


# The mean, and what enters it.


@pytest.mark.parametrize(
    ("given", "mean"),
    [
        ({"a": "full", "b": "full"}, 2),
        ({"a": "full", "b": "none"}, 0),
        ({"a": "some", "b": "none"}, -1),
        ({"a": "full", "b": NOT_APPLICABLE}, 2),
        ({"a": NOT_APPLICABLE, "b": "none"}, -2),
        ({"a": "full", "b": DONT_KNOW}, 2),
        ({"a": "full", "b": NOT_ANSWERED}, 2),
        ({"a": "full"}, 2),
    ],
    ids=lambda value: " ".join(map(str, value.values())) if isinstance(value, dict) else None,
)
def test_the_mean_is_over_the_items_that_have_an_option(given: Mapping[str, Answer], mean: float) -> None:
    rated = rate_one(ruleset(part("c", "ab")), **given)
    assert (rated.mean, rated.rating) == (mean, mean)


def test_what_does_not_apply_leaves_and_what_is_unknown_is_named() -> None:
    rated = rate_one(ruleset(part("c", "abcd")), a="full", b=NOT_APPLICABLE, c=DONT_KNOW, d="none")
    assert [each.item for each in rated.items] == ["a", "d"]
    assert rated.unknown == ("c",)
    assert (rated.known, rated.asked) == (2, 3)


def test_a_peaked_item_rates_best_in_its_middle() -> None:
    rules = ruleset(part("c", {"role": {"undefined": -2, "agreed": 2, "rigid": -1}}))
    assert [rate_one(rules, role=level).risk for level in ("undefined", "agreed", "rigid")] == [100, 0, 75]


def test_an_item_of_the_other_phase_does_not_count() -> None:
    rules = ruleset(part("c", "ab"), others=[item("b", phases=[Phase.AFTER])])
    assert rate(rules, before(a="full", b="none")).constructs["c"].asked == 1
    assert rate(rules, after(a="full", b="none")).constructs["c"].asked == 2


@pytest.mark.parametrize(
    ("share", "known", "asked", "determinable"),
    [
        (0.5, 1, 2, True), (0.5, 2, 4, True), (0.5, 1, 3, False), (0.5, 2, 5, False), (0.5, 3, 5, True),
        (0.75, 3, 4, True), (0.75, 2, 4, False), (0.6, 3, 5, True), (0.35, 7, 20, True), (0.35, 6, 20, False),
        (1.0, 4, 4, True), (1.0, 3, 4, False), (0.05, 1, 20, True), (0.05, 0, 2, False),
    ],
)  # fmt: skip
def test_a_construct_is_determinable_from_exactly_the_declared_share(
    share: float, known: int, asked: int, determinable: bool
) -> None:
    rules = ruleset(part("c", [f"i{number}" for number in range(asked)]), share=share)
    rated = rate_one(rules, **{f"i{number}": "full" for number in range(known)})
    assert (rated.risk is not None) is determinable
    assert (rated.band is LOW) is determinable


def test_what_does_not_apply_does_not_count_against_the_share() -> None:
    rules = ruleset(part("c", "abcd"))
    assert rate_one(rules, a="full", b=NOT_APPLICABLE, c=NOT_APPLICABLE).band is LOW
    assert rate_one(rules, a="full").band is None


@pytest.mark.parametrize("given", [{}, {"a": DONT_KNOW}, {"a": NOT_APPLICABLE, "b": NOT_APPLICABLE}])
def test_without_any_option_nothing_is_determined(given: Mapping[str, Answer]) -> None:
    rated = rate_one(ruleset(part("c", "ab"), share=0.05), **given)
    assert (rated.mean, rated.rating, rated.risk, rated.band, rated.bounded_by) == (None, None, None, None, None)


# Rules that shift.

FULL_A = claim("a", "full")
NONE_B = claim("b", "none")


@pytest.mark.parametrize(
    ("answer", "truth", "rating"),
    [("some", True, 1), ("none", False, -2), (DONT_KNOW, None, 0), (NOT_ANSWERED, None, 0), (NOT_APPLICABLE, False, 0)],
)
def test_a_shift_is_added_only_when_its_rule_is_true(answer: Answer, truth: bool | None, rating: float) -> None:
    rules = ruleset(part("c", "ab", shift("r", 1, claim("b", "at least some"))))
    rated = rate_one(rules, a="none" if answer == "none" else "some", b=answer)
    assert rated.rules == (RuleOutcome("r", truth),)
    assert rated.rating == rating


def test_shifts_add_up() -> None:
    rules = ruleset(
        part("c", "ab", shift("up", 1, FULL_A), shift("down", -0.5, NONE_B), shift("not", 2, claim("b", "full")))
    )
    rated = rate_one(rules, a="full", b="none")
    assert (rated.mean, rated.shift, rated.rating, rated.risk) == (0, 0.5, 0.5, 37.5)


@pytest.mark.parametrize(
    ("by", "level", "rating", "risk"),
    [(2, "full", 2, 0), (2, "some", 2, 0), (-2, "none", -2, 100), (-1, "none", -2, 100)],
)
def test_a_shifted_rating_stays_on_the_scale(by: float, level: str, rating: float, risk: float) -> None:
    rated = rate_one(ruleset(part("c", "a", shift("r", by, claim("a", "answered")))), a=level)
    assert (rated.shift, rated.rating, rated.risk) == (by, rating, risk)


def test_a_rule_may_ask_about_items_of_other_constructs_and_unscored_ones() -> None:
    rules = ruleset(
        part("c", "a", shift("other", 1, claim("b", "full")), shift("profile", 0.5, claim("size", "full"))),
        part("d", "b"),
        others=[item("size")],
    )
    assert rate_one(rules, a="some", b="full", size="full").rating == 1.5


@pytest.mark.parametrize(
    ("answer", "rating"),
    [("none", 0), ("full", 1), (DONT_KNOW, 0), (NOT_APPLICABLE, 1)],
    ids=["true", "false", "unknown", "not applicable"],
)
def test_unless_holds_a_rule_back_when_it_is_true_or_unknown(answer: Answer, rating: float) -> None:
    rules = ruleset(part("c", "a", shift("r", 1, claim("a", "some"), NONE_B)), others=[item("b")])
    assert rate_one(rules, a="some", b=answer).rating == rating


def test_a_shift_without_a_mean_determines_nothing() -> None:
    rules = ruleset(part("c", "a", shift("r", 2, claim("b", "full"))), others=[item("b")])
    rated = rate_one(rules, b="full")
    assert (rated.shift, rated.rating, rated.risk, rated.band) == (2, None, None, None)


# Rules that bound.

ANSWERED: Condition = claim("a", "answered")
TO_MODERATE, TO_HIGH = at_least("to_moderate", MODERATE, ANSWERED), at_least("to_high", HIGH, ANSWERED)
TO_LOW, NEVER = at_least("to_low", LOW, ANSWERED), at_least("never", HIGH, claim("a", "none"))


@pytest.mark.parametrize(
    ("rules", "level", "risk", "band", "bounded_by"),
    [
        ((TO_MODERATE,), "full", 37.5, MODERATE, "to_moderate"),
        ((TO_HIGH,), "full", 62.5, HIGH, "to_high"),
        ((TO_LOW,), "full", 0, LOW, None),
        ((TO_MODERATE,), "some", 50, MODERATE, None),
        ((TO_MODERATE,), "none", 100, HIGH, None),
        ((TO_MODERATE, TO_HIGH), "full", 62.5, HIGH, "to_high"),
        ((TO_HIGH, TO_MODERATE), "full", 62.5, HIGH, "to_high"),
        ((TO_MODERATE, at_least("second", MODERATE, ANSWERED)), "full", 37.5, MODERATE, "to_moderate"),
        ((NEVER, TO_MODERATE), "full", 37.5, MODERATE, "to_moderate"),
        ((shift("down", -1.5, ANSWERED), TO_MODERATE), "full", 37.5, MODERATE, None),
    ],
    ids=[
        "to moderate", "to high", "a floor of nothing", "already there", "already worse", "higher bound second",
        "higher bound first", "the first of equals", "a bound that does not hold", "shifted to the very floor",
    ],
)  # fmt: skip
def test_a_bound_raises_the_risk_to_its_floor_and_is_named_when_it_did(
    rules: tuple[Rule, ...], level: str, risk: float, band: Band, bounded_by: str | None
) -> None:
    rated = rate_one(ruleset(part("c", "a", *rules)), a=level)
    assert (rated.risk, rated.band, rated.bounded_by) == (risk, band, bounded_by)


def test_a_bound_leaves_the_rating_itself_alone() -> None:
    rated = rate_one(ruleset(part("c", "a", TO_HIGH)), a="full")
    assert (rated.mean, rated.rating) == (2, 2)


def test_a_bound_cannot_determine_what_is_not_determinable() -> None:
    rules = ruleset(part("c", "a", at_least("r", HIGH, claim("b", "full"))), others=[item("b")])
    rated = rate_one(rules, b="full")
    assert (rated.rules[0].truth, rated.risk, rated.band, rated.bounded_by) == (True, None, None, None)


def test_unless_holds_a_bound_back() -> None:
    rules = ruleset(part("c", "ab", at_least("r", HIGH, FULL_A, NONE_B)))
    assert rate_one(rules, a="full", b="none").bounded_by is None
    assert rate_one(rules, a="full", b="full").bounded_by == "r"


# Domains.


def parts(*weights: int) -> tuple[Part, ...]:
    """Constructs a, b, c ... with one item each, of the same name, with these weights."""
    return tuple(part(code, {code: FINE}, weight=weight) for code, weight in zip("abcdef", weights, strict=False))


def test_a_domain_is_the_weighted_mean_of_its_constructs() -> None:
    assert rate_domain(ruleset(*parts(3, 1)), a="r200", b="r-200").risk == 25


@pytest.mark.parametrize(
    ("given", "risk"),
    [
        ({"a": "r100", "b": "r0"}, 37.5),
        ({"a": "r-100", "b": "r0"}, 62.5),
        ({"a": "r101", "b": "r0"}, 37.375),
        ({"a": "r-99", "b": "r0"}, 62.375),
    ],
)
def test_a_domain_takes_the_band_of_its_risk_at_the_exact_limits(given: Mapping[str, Answer], risk: float) -> None:
    domain = rate_domain(ruleset(*parts(1, 1)), **given)
    assert (domain.risk, domain.band) == (risk, BANDS.of(risk))


def test_thirds_that_make_a_limit_reach_its_band() -> None:
    # 200/3 and 175/3 are 62.5 on average; added as binary fractions they miss it by the last bit.
    rules = ruleset(
        part("c", {code: {"low": -2, "mid": 0.5} for code in "uvw"} | {"v": {"low": -1.5, "mid": -0.5}}),
        part("d", {code: {"low": -0.5, "mid": 0} for code in "xyz"}),
    )
    given = {"u": "low", "v": "mid", "w": "mid", "x": "low", "y": "low", "z": "mid"}
    rated = rate(rules, before(**given))
    assert (rated.constructs["c"].risk, rated.constructs["d"].risk) == pytest.approx((200 / 3, 175 / 3))
    assert (rated.domains[0].risk, rated.domains[0].band) == (62.5, HIGH)


@pytest.mark.parametrize(
    ("weights", "known", "determinable"),
    [
        ((1, 1), "a", True), ((1, 1, 1), "a", False), ((3, 2, 1), "a", True), ((3, 2, 1), "b", False),
        ((3, 2, 1), "bc", True), ((3, 3, 1), "a", False), ((3, 2, 2), "bc", True), ((2, 2, 1), "c", False),
        ((1, 1), "", False),
    ],
)  # fmt: skip
def test_a_domain_is_determinable_from_exactly_the_declared_share_of_weight(
    weights: tuple[int, ...], known: str, determinable: bool
) -> None:
    domain = rate_domain(ruleset(*parts(*weights)), **dict.fromkeys(known, "r200"))
    assert (domain.risk is not None) is determinable
    assert (domain.band is LOW) is determinable


def test_an_undeterminable_construct_leaves_the_mean_and_not_the_share() -> None:
    rules = ruleset(*parts(2, 1, 3))
    assert rate_domain(rules, a="r200", b="r-200").mean_risk == pytest.approx(100 / 3)
    assert rate_domain(rules, a="r200").mean_risk is None


def test_a_construct_where_nothing_applies_leaves_mean_and_share() -> None:
    rules = ruleset(*parts(1, 3))
    assert rate_domain(rules, a="r200", b=NOT_APPLICABLE).risk == 0
    assert rate_domain(rules, a="r200").risk is None


def test_a_domain_where_nothing_applies_is_not_determinable() -> None:
    domain = rate_domain(ruleset(*parts(1, 1)), a=NOT_APPLICABLE, b=NOT_APPLICABLE)
    assert (domain.mean_risk, domain.risk, domain.band, domain.bounded_by) == (None, None, None, ())


def critical(*codes: str, bound: Band = MODERATE) -> RuleSet:
    return ruleset(
        *(part(code, {code: FINE}, critical=code in codes) for code in "abcdef"), critical_bound=bound, share=0.05
    )


GOOD = dict.fromkeys("cdef", "r200")


@pytest.mark.parametrize(
    ("rules", "given", "mean_risk", "risk", "bounded_by"),
    [
        (critical("a"), {"a": "r-200", "b": "r200"}, 100 / 6, 37.5, ("a",)),
        (critical("a"), {"a": "r-50", "b": "r200"}, 62.5 / 6, 37.5, ("a",)),
        (critical("a"), {"a": "r-49", "b": "r200"}, 62.25 / 6, 62.25 / 6, ()),
        (critical("a"), {"a": "r200", "b": "r-200"}, 100 / 6, 100 / 6, ()),
        (critical("a", "b"), {"a": "r-200", "b": "r-50"}, 162.5 / 6, 37.5, ("a", "b")),
        (critical("a", "b"), {"a": DONT_KNOW, "b": "r-100"}, 75 / 5, 37.5, ("b",)),
        (critical("a"), {"a": DONT_KNOW, "b": "r200"}, 0, 0, ()),
        (critical("a", bound=HIGH), {"a": "r-200", "b": "r200"}, 100 / 6, 62.5, ("a",)),
        (critical("a", bound=LOW), {"a": "r-200", "b": "r200"}, 100 / 6, 100 / 6, ()),
    ],
    ids=[
        "a barrier", "exactly at high", "just below high", "another barrier", "two barriers", "one of two unknown",
        "unknown", "bound high", "bound low",
    ],
)  # fmt: skip
def test_a_critical_barrier_bounds_its_domain_from_below(
    rules: RuleSet, given: Mapping[str, Answer], mean_risk: float, risk: float, bounded_by: tuple[str, ...]
) -> None:
    domain = rate_domain(rules, **GOOD, **given)
    assert (domain.mean_risk, domain.risk) == pytest.approx((mean_risk, risk))
    assert domain.bounded_by == bounded_by
    assert domain.risk is not None
    assert domain.band is BANDS.of(domain.risk)


def test_a_critical_barrier_in_a_domain_that_is_worse_anyway_is_not_named() -> None:
    domain = rate_domain(critical("a"), **dict.fromkeys("abcdef", "r-100"))
    assert (domain.mean_risk, domain.risk, domain.bounded_by) == (75, 75, ())


def test_a_critical_barrier_bounds_only_its_own_domain() -> None:
    rules = ruleset(
        part("a", "a", critical=True, domain="one"), part("b", "bc", domain="one"), part("d", "d", domain="two"),
        part("e", "e", domain="one"),
    )  # fmt: skip
    one, two = rate(rules, before(a="none", b="full", c="full", d="full", e="full")).domains
    assert (one.domain.code, one.risk, one.bounded_by) == ("one", 37.5, ("a",))
    assert (two.domain.code, two.risk, two.bounded_by) == ("two", 0, ())


def test_a_bound_by_rule_can_make_a_critical_barrier() -> None:
    rules = ruleset(
        part("a", "a", at_least("r", HIGH, claim("a", "full")), critical=True), part("b", "b"), part("c", "c")
    )
    assert rate_domain(rules, a="full", b="full", c="full").bounded_by == ("a",)
