"""Ranges: tables of single situations first, then properties that hold on any rule set and any answers."""

from collections.abc import Iterator, Mapping
from itertools import product

import pytest
from engine_builders import WORTH, after, at_least, before, claim, item, part, ruleset, shift
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readiness.engine.answers import UNKNOWN, Answer, Answers, Missing, Phase
from readiness.engine.conditions import All, Any, Condition, Not
from readiness.engine.framework import Band
from readiness.engine.ranges import Range, Settles
from readiness.engine.rating import rate
from readiness.engine.result import Certainty
from readiness.engine.ruleset import Rule, RuleSet
from readiness.engine.scoring import score

NEARLY = 1e-9
MOST_UNKNOWN = 4


NOT_APPLICABLE = Missing.NOT_APPLICABLE


def construct_range(rules: RuleSet, answers: Answers, code: str = "c") -> Range | None:
    return next(each.range for each in score(rules, answers).constructs if each.construct.code == code)


@pytest.mark.parametrize(
    ("given", "best", "worst"),
    [
        ({"a": "some", "b": "some"}, 50, 50),
        ({"a": "some"}, 25, 75),
        ({"a": "full"}, 0, 50),
        ({"a": "some", "b": NOT_APPLICABLE}, 50, 50),
        ({}, 0, 100),
        ({"a": Missing.DONT_KNOW, "b": Missing.DONT_KNOW}, 0, 100),
    ],
    ids=["all known", "one open", "one open, may stay out", "one does not apply", "nothing answered", "nothing known"],
)
def test_a_range_runs_over_what_unknown_items_could_turn_out_to_be(
    given: Mapping[str, Answer], best: float, worst: float
) -> None:
    assert construct_range(ruleset(part("c", "ab")), before(**given)) == Range(best, worst)


def test_a_construct_where_nothing_applies_has_no_range() -> None:
    rules = ruleset(part("c", "ab"))
    assert construct_range(rules, before(a=NOT_APPLICABLE, b=NOT_APPLICABLE)) is None


def test_an_item_of_the_other_phase_is_not_open() -> None:
    rules = ruleset(part("c", "ab"), others=[item("b", phases=[Phase.AFTER])])
    assert construct_range(rules, before(a="some")) == Range(50, 50)
    assert construct_range(rules, after(a="some")) == Range(25, 75)


UP, DOWN = shift("up", 1, claim("b", "full")), shift("down", -1, claim("b", "none"))


@pytest.mark.parametrize(
    ("rules", "best", "worst"),
    [
        ((UP,), 25, 50),
        ((DOWN,), 50, 75),
        ((UP, DOWN), 25, 75),
        ((shift("again", 1, claim("b", "at least full")), UP), 0, 50),
        ((shift("against", -1, claim("b", "full")), UP), 50, 50),
        ((at_least("bound", Band.HIGH, claim("b", "none")),), 50, 62.5),
        ((at_least("bound", Band.MODERATE, claim("b", "none")),), 50, 50),
        ((shift("not", 1, Not(claim("b", "full"))),), 25, 50),
        ((shift("not", 1, Not(claim("b", "full"))), UP), 25, 50),
        ((shift("unless", 1, claim("a", "some"), claim("b", "full")),), 25, 50),
        ((shift("closed", 1, All((claim("a", "full"), claim("b", "full")))),), 50, 50),
    ],
    ids=[
        "up", "down", "up or down", "both at once", "one undoes the other", "a bound", "a bound that is met",
        "negated", "one of the two for every level, none while it stays unknown", "unless", "cannot hold any more",
    ],
)  # fmt: skip
def test_an_unknown_answer_that_only_rules_ask_about_opens_a_range(
    rules: tuple[Rule, ...], best: float, worst: float
) -> None:
    made = ruleset(part("c", "a", *rules), others=[item("b")])
    assert construct_range(made, before(a="some")) == Range(best, worst)


def test_a_level_counts_in_the_mean_and_in_the_rules_at_once() -> None:
    # b: full would add 2 to the mean's sum and take 2 off again; none is worst by its own rating.
    made = ruleset(part("c", "ab", shift("r", -2, claim("b", "full"))))
    assert construct_range(made, before(a="some")) == Range(50, 75)


def test_beyond_the_most_mixtures_the_range_is_wider_than_what_can_be_reached_until_enough_is_known() -> None:
    open_items, known = [f"open{number}" for number in range(7)], [f"known{number}" for number in range(12)]
    opposed = [shift(f"{code}_{by:+d}", by, claim(code, "full")) for code in open_items for by in (-1, 1)]
    made = ruleset(part("c", open_items + known, *opposed))
    answers = before(**dict.fromkeys(known, "some"))
    assert construct_range(made, answers) == Range(0, 100)
    reach = 25 * 2 * 6 / 19  # each pair of shifts cancels: six open items of nineteen move the mean
    exact = construct_range(made, answers.replace({"open0": "some"}))
    assert exact is not None
    assert (exact.best, exact.worst) == pytest.approx((50 - reach, 50 + reach))


@pytest.mark.parametrize(
    ("given", "best", "worst"),
    [
        ({"a": "some", "b": "some"}, 50, 50),
        ({"a": "some"}, 37.5, 62.5),
        ({"a": "full"}, 0, 25),
        ({"b": "full"}, 0, 75),
        ({}, 0, 100),
        ({"a": "some", "b": NOT_APPLICABLE}, 50, 50),
    ],
    ids=["all known", "b open", "b may stay out", "a open", "all open", "b does not apply"],
)
def test_a_domain_range_lets_undeterminable_constructs_join_or_stay_out(
    given: Mapping[str, Answer], best: float, worst: float
) -> None:
    made = ruleset(part("c", "a", weight=3), part("d", "b"))
    assert score(made, before(**given)).domains[0].range == Range(best, worst)


@pytest.mark.parametrize(
    ("given", "best", "worst"),
    [
        ({"a": "none", "b": "full", "d": "full", "e": "full"}, 37.5, 37.5),
        ({"b": "full", "d": "full", "e": "full"}, 0, 37.5),
        ({"a": "full", "b": "full", "d": "full"}, 0, 25),
    ],
    ids=["stands", "possible", "excluded"],
)
def test_a_domain_range_knows_whether_a_critical_barrier_is_sure_or_possible(
    given: Mapping[str, Answer], best: float, worst: float
) -> None:
    made = ruleset(part("a", "a", critical=True), part("b", "b"), part("d", "d"), part("e", "e"))
    assert score(made, before(**given)).domains[0].range == Range(best, worst)


def test_a_critical_construct_that_may_stay_undetermined_bounds_nothing_for_sure() -> None:
    bound = at_least("r", Band.HIGH, claim("size", "full"))
    made = ruleset(part("a", "a", bound, critical=True), part("b", "b"), part("d", "d"), others=[item("size")])
    (domain,) = score(made, before(b="full", d="full", size="full")).domains
    assert domain.rated.risk == 0
    assert domain.range == Range(0, 37.5)


@pytest.mark.parametrize(
    ("made", "given", "settles"),
    [
        (ruleset(part("c", "ab")), {"a": "some", "b": "some"}, None),
        (ruleset(part("c", "ab")), {"a": "some"}, Settles("b", 50)),
        (ruleset(part("c", {"a": WORTH, "b": {"none": -1, "full": 1}, "e": WORTH})), {"a": "some"}, "e"),
        (ruleset(part("c", "aeb")), {"a": "some"}, "e"),
        (ruleset(part("c", "a", UP), others=[item("b")]), {"a": "some"}, Settles("b", 25)),
        (ruleset(part("c", "a", UP, DOWN), others=[item("b")]), {"a": "none"}, Settles("b", 25)),
        (ruleset(part("c", "ab", UP)), {"a": "some"}, Settles("b", 75)),
        (ruleset(part("c", "ab")), {"a": NOT_APPLICABLE, "b": NOT_APPLICABLE}, None),
    ],
    ids=[
        "nothing open",
        "the only one",
        "the wider one",
        "the first of equals",
        "of a rule",
        "two rules",
        "by its rating and a rule",
        "no range",
    ],
)
def test_the_item_that_settles_most_is_named_with_its_points(
    made: RuleSet, given: Mapping[str, Answer], settles: Settles | str | None
) -> None:
    found = score(made, before(**given)).constructs[0].settles
    assert (found.item if found and isinstance(settles, str) else found) == settles


def test_what_settles_a_domain_most_counts_by_the_weight_of_its_construct() -> None:
    made = ruleset(part("c", "ab", weight=1), part("d", "de", weight=3))
    assert score(made, before(a="some", d="some")).domains[0].settles == Settles("e", 37.5)


# Properties.


@st.composite
def conditions(draw: st.DrawFn, items: dict[str, tuple[str, ...]]) -> Condition:
    """Any condition about these items, a few claims deep."""

    @st.composite
    def claims(draw: st.DrawFn) -> Condition:
        code = draw(st.sampled_from(sorted(items)))
        level = draw(st.sampled_from(items[code]))
        word = draw(st.sampled_from(("{}", "at least {}", "at most {}", "one of [{}]", "not {}", "answered")))
        return claim(code, word.format(level), items[code])

    def combine(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        some = st.lists(inner, min_size=1, max_size=3).map(tuple)
        return st.one_of(some.map(All), some.map(Any), inner.map(Not))

    return draw(st.recursive(claims(), combine, max_leaves=4))


@st.composite
def rules(draw: st.DrawFn, items: dict[str, tuple[str, ...]], code: str) -> Rule:
    """A rule that shifts or bounds."""
    when = draw(conditions(items))
    unless = draw(st.lists(conditions(items), max_size=1))
    if draw(st.booleans()):
        return shift(code, draw(st.sampled_from((-2.0, -1.0, -0.5, 0.5, 1.0, 2.0))), when, *unless)
    return at_least(code, draw(st.sampled_from((Band.MODERATE, Band.HIGH))), when, *unless)


@st.composite
def rule_sets(draw: st.DrawFn, shares: tuple[float, ...] = (0.05, 0.5, 0.75)) -> RuleSet:
    """One to three constructs in one or two domains, one to six items, some of them not scored."""
    named = [
        item(
            code,
            ("none", "some", "full")[: draw(st.integers(2, 3))],
            draw(st.sampled_from(((Phase.BEFORE, Phase.AFTER), (Phase.BEFORE, Phase.AFTER), (Phase.AFTER,)))),
            draw(st.sampled_from((None, "no need"))),
        )
        for code in "uvwxyz"[: draw(st.integers(1, 6))]
    ]
    orders = {each.code: each.order for each in named}
    codes = "cde"[: draw(st.integers(1, 3))]
    owners = {each.code: draw(st.sampled_from((*codes, None))) for each in named}
    worth = st.integers(-4, 4).map(lambda half: half / 2)
    parts = [
        part(
            code,
            {each.code: {level: draw(worth) for level in each.order} for each in named if owners[each.code] == code},
            *(draw(rules(orders, f"{code}{number}")) for number in range(draw(st.integers(0, 3)))),
            weight=draw(st.integers(1, 3)),
            critical=draw(st.booleans()),
            domain=draw(st.sampled_from(("one", "two"))),
        )
        for code in codes
    ]
    return ruleset(
        *parts,
        others=named,
        share=draw(st.sampled_from(shares)),
        critical_bound=draw(st.sampled_from(tuple(Band))),
    )


@st.composite
def situations(draw: st.DrawFn, shares: tuple[float, ...] = (0.05, 0.5, 0.75)) -> tuple[RuleSet, Answers]:
    """A small rule set and answers to it, with so few unknown that every completion can be tried."""
    made = draw(rule_sets(shares))
    phase = draw(st.sampled_from(Phase))
    given: dict[str, Answer] = {}
    for each in made.instrument.asked(phase):
        applies = (Missing.NOT_APPLICABLE,) if each.not_applicable else ()
        unknown = tuple(Missing)[:2] if sum(answer in UNKNOWN for answer in given.values()) < MOST_UNKNOWN else ()
        given[each.code] = draw(st.sampled_from((*unknown, *each.order, *applies)))
    return made, Answers(phase, given)


def could_be(rules: RuleSet, answers: Answers) -> dict[str, tuple[Answer, ...]]:
    """For each unknown item of the phase everything it could turn out to be, staying unknown included."""
    return {
        each.code: (
            answers[each.code],
            *each.order,
            *([Missing.NOT_APPLICABLE] if each.not_applicable is not None else []),
        )
        for each in rules.instrument.asked(answers.phase)
        if answers[each.code] in UNKNOWN
    }


def completions(rules: RuleSet, answers: Answers) -> Iterator[Answers]:
    """Every full and partial completion of the answers, the answers themselves first."""
    options = could_be(rules, answers)
    for chosen in product(*options.values()):
        yield answers.replace(dict(zip(options, chosen, strict=True)))


def is_in(risk: float | None, span: Range | None) -> bool:
    if risk is None:
        return True
    return span is not None and span.best - NEARLY <= risk <= span.worst + NEARLY


def is_within(inner: Range | None, outer: Range | None) -> bool:
    return inner is None or (is_in(inner.best, outer) and is_in(inner.worst, outer))


EXHAUSTIVE = settings(
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@EXHAUSTIVE
@given(situations())
def test_a_range_contains_the_present_estimate(situation: tuple[RuleSet, Answers]) -> None:
    result = score(*situation)
    for each in (*result.constructs, *result.domains):
        assert is_in(each.rated.risk, each.range)


@EXHAUSTIVE
@given(situations())
def test_a_construct_range_contains_every_completion(situation: tuple[RuleSet, Answers]) -> None:
    spans = {each.construct.code: each.range for each in score(*situation).constructs}
    for answers in completions(*situation):
        for code, rated in rate(situation[0], answers).constructs.items():
            assert is_in(rated.risk, spans[code]), (code, answers.given)


@EXHAUSTIVE
@given(situations())
def test_a_domain_range_contains_every_completion(situation: tuple[RuleSet, Answers]) -> None:
    spans = {each.domain.code: each.range for each in score(*situation).domains}
    for answers in completions(*situation):
        for rated in rate(situation[0], answers).domains:
            assert is_in(rated.risk, spans[rated.domain.code]), (rated.domain.code, answers.given)


@EXHAUSTIVE
@given(situations(shares=(0.05,)))
def test_both_ends_of_a_construct_range_are_reached(situation: tuple[RuleSet, Answers]) -> None:
    found: dict[str, list[float]] = {code: [] for code in situation[0].constructs}
    for answers in completions(*situation):
        for code, rated in rate(situation[0], answers).constructs.items():
            found[code] += [] if rated.risk is None else [rated.risk]
    for each in score(*situation).constructs:
        risks = found[each.construct.code]
        if each.range is None:
            assert not risks
        else:
            assert (each.range.best, each.range.worst) == pytest.approx((min(risks), max(risks)), abs=NEARLY)


@EXHAUSTIVE
@given(situations())
def test_no_completion_leaves_a_settled_band(situation: tuple[RuleSet, Answers]) -> None:
    result = score(*situation)
    constructs = {each.construct.code: each.band for each in result.constructs if each.certainty is Certainty.SETTLED}
    domains = {each.domain.code: each.band for each in result.domains if each.certainty is Certainty.SETTLED}
    for answers in completions(*situation):
        rated = rate(situation[0], answers)
        assert {code: rated.constructs[code].band for code in constructs} == constructs
        assert {each.domain.code: each.band for each in rated.domains if each.domain.code in domains} == domains


@EXHAUSTIVE
@given(situations())
def test_answering_an_item_widens_no_range(situation: tuple[RuleSet, Answers]) -> None:
    rules, answers = situation
    result = score(rules, answers)
    for code, options in could_be(rules, answers).items():
        for answer in options:
            then = score(rules, answers.replace({code: answer}))
            for old, new in zip((*result.constructs, *result.domains), (*then.constructs, *then.domains), strict=True):
                assert is_within(new.range, old.range), (code, answer)


@EXHAUSTIVE
@given(situations())
def test_what_settles_most_narrows_the_range_by_its_points(situation: tuple[RuleSet, Answers]) -> None:
    made, answers = situation
    result = score(made, answers)
    narrowed: dict[str, list[float]] = {code: [0.0] for code in made.constructs}
    for code in could_be(made, answers):
        levels = made.instrument.items[code].order
        thens = [score(made, answers.replace({code: level})).constructs for level in levels]
        for place, each in enumerate(result.constructs):
            widths = [span.width for then in thens if (span := then[place].range) is not None]
            if each.range is not None:
                narrowed[each.construct.code].append(each.range.width - sum(widths) / len(levels))
    for each in result.constructs:
        assert (each.settles.points if each.settles else 0.0) == pytest.approx(max(narrowed[each.construct.code]))


# The shipped rule set: too many completions to try all.


ANY = settings(deadline=None, derandomize=True, max_examples=40, suppress_health_check=[HealthCheck.too_slow])


def answer_sets(rules: RuleSet, phase: Phase) -> st.SearchStrategy[dict[str, Answer]]:
    """Any answers to every item of a phase, unknown ones included."""
    options = {
        each.code: st.sampled_from(
            (
                Missing.NOT_ANSWERED,
                Missing.DONT_KNOW,
                *each.order,
                *([Missing.NOT_APPLICABLE] if each.not_applicable is not None else []),
            )
        )
        for each in rules.instrument.asked(phase)
    }
    return st.fixed_dictionaries(options)


@st.composite
def completed(draw: st.DrawFn, rules: RuleSet) -> tuple[Answers, Answers]:
    """Partial answers to the shipped rule set, and one way to go on from them."""
    phase = draw(st.sampled_from(Phase))
    in_the_end = draw(answer_sets(rules, phase))
    known = draw(st.sets(st.sampled_from(sorted(in_the_end))))
    start = {code: answer if code in known else Missing.NOT_ANSWERED for code, answer in in_the_end.items()}
    return Answers(phase, start), Answers(phase, in_the_end)


@ANY
@given(data=st.data())
def test_shipped_ranges_contain_the_estimate_and_what_comes_later(shipped: RuleSet, data: st.DataObject) -> None:
    now, later = data.draw(completed(shipped))
    result, rated = score(shipped, now), rate(shipped, later)
    for construct in result.constructs:
        assert is_in(construct.rated.risk, construct.range)
        assert is_in(rated.constructs[construct.construct.code].risk, construct.range)
    for domain, then in zip(result.domains, rated.domains, strict=True):
        assert is_in(domain.rated.risk, domain.range)
        assert is_in(then.risk, domain.range)


@ANY
@given(data=st.data())
def test_shipped_settled_bands_stay(shipped: RuleSet, data: st.DataObject) -> None:
    now, later = data.draw(completed(shipped))
    result, rated = score(shipped, now), rate(shipped, later)
    for construct in result.constructs:
        if construct.certainty is Certainty.SETTLED:
            assert rated.constructs[construct.construct.code].band is construct.band
    for domain, then in zip(result.domains, rated.domains, strict=True):
        if domain.certainty is Certainty.SETTLED:
            assert then.band is domain.band


@ANY
@given(data=st.data())
def test_going_on_answering_widens_no_shipped_range(shipped: RuleSet, data: st.DataObject) -> None:
    now, later = data.draw(completed(shipped))
    before_it, after_it = score(shipped, now), score(shipped, later)
    for old, new in zip(
        (*before_it.constructs, *before_it.domains), (*after_it.constructs, *after_it.domains), strict=True
    ):
        assert is_within(new.range, old.range)
