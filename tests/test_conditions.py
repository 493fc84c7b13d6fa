"""Conditions: the claim vocabulary, three-valued logic, and how both are said in words."""

import pytest
from engine_builders import LEVELS, claim

from readiness.engine.answers import Answer, Missing
from readiness.engine.conditions import (
    All,
    Any,
    ClaimError,
    Condition,
    Not,
    Truth,
    claims,
    conjunction,
    evaluate,
    negates,
    read_claim,
    say,
)
from readiness.engine.gaps import gap_of

T, F, U = True, False, None
WEEKS = ("never", "monthly", "weekly", "daily")
GIVEN: dict[str, Answer] = {"true": "some", "false": "none", "unknown": Missing.DONT_KNOW}
NO_CLAIM = (
    "a claim is a level, or one of the words 'at least', 'at most', 'one of', 'not', 'answered', 'gap at least' "
    "with its level, not "
)
HOLDS = {T: claim("true", "some"), F: claim("false", "some"), U: claim("unknown", "some")}


def truth(condition: Condition) -> Truth:
    return evaluate(condition, GIVEN.__getitem__)


def say_it(condition: Condition) -> str:
    return say(condition, lambda subject: f"The {subject}", lambda _, code: f"{code} of it", lambda _: LEVELS)


# The vocabulary.


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("weekly", {"weekly"}),
        ("is weekly", {"weekly"}),
        ("at least weekly", {"weekly", "daily"}),
        ("at least never", set(WEEKS)),
        ("at most monthly", {"never", "monthly"}),
        ("at most daily", set(WEEKS)),
        ("one of [never, daily]", {"never", "daily"}),
        ("one of [weekly]", {"weekly"}),
        ("one of [ never ,daily, ]", {"never", "daily"}),
        ("not never", {"monthly", "weekly", "daily"}),
        ("answered", set(WEEKS)),
        ("  at least   daily ", {"daily"}),
    ],
)
def test_a_claim_accepts_these_levels(text: str, accepted: set[str]) -> None:
    assert read_claim("contact", text, WEEKS).accepted == accepted


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("gap at least 1", {"1 of 3", "2 of 3", "3 of 3"}),
        ("gap at least 3", {"3 of 3"}),
        ("gap at least 03", {"3 of 3"}),
        ("  gap at least   2 ", {"2 of 3", "3 of 3"}),
    ],
)
def test_a_claim_of_a_gap_accepts_these_steps_and_is_about_the_gap_not_the_answer(
    text: str, accepted: set[str]
) -> None:
    read = read_claim("contact", text, WEEKS)
    assert (read.subject, read.accepted) == (gap_of("contact"), accepted)


@pytest.mark.parametrize("text", ["weekly", "at least weekly", "at most weekly", "one of [weekly]", "not weekly"])
@pytest.mark.parametrize("answer", WEEKS)
def test_a_claim_holds_exactly_of_the_levels_it_accepts(text: str, answer: str) -> None:
    condition = read_claim("contact", text, WEEKS)
    assert evaluate(condition, lambda _: answer) is (answer in condition.accepted)


def test_a_level_that_begins_like_a_word_of_the_vocabulary_is_a_level() -> None:
    assert read_claim("trust", "not", ("not", "yes")).accepted == {"not"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("wekly", "contact has no level 'wekly'"),
        ("at least wekly", "contact has no level 'wekly'"),
        ("one of [never, wekly]", "contact has no level 'wekly'"),
        ("one of never", "'one of' takes a list such as one of [a, b], not 'never'"),
        ("one of [never", "'one of' takes a list such as one of [a, b], not '[never'"),
        ("one of", "'one of' takes a list such as one of [a, b], not ''"),
        ("one of []", "'one of' names no level"),
        ("one of [ , ]", "'one of' names no level"),
        ("answered weekly", "'answered' stands alone"),
        ("at least never daily", NO_CLAIM + "'at least never daily'"),
        ("at least", NO_CLAIM + "'at least'"),
        ("more than weekly", NO_CLAIM + "'more than weekly'"),
        ("", NO_CLAIM + "''"),
        ("gap", "contact has no level 'gap'"),
        ("gap at most 2", NO_CLAIM + "'gap at most 2'"),
        ("gap at least", "'gap at least' takes a number of steps from 1 to 3, not ''"),
        ("gap at least two", "'gap at least' takes a number of steps from 1 to 3, not 'two'"),
        ("gap at least ٢", "'gap at least' takes a number of steps from 1 to 3, not '٢'"),
        ("gap at least -1", "'gap at least' takes a number of steps from 1 to 3, not '-1'"),
        ("gap at least 1.5", "'gap at least' takes a number of steps from 1 to 3, not '1.5'"),
        ("gap at least 0", "a gap of at least 0 steps says nothing of a team; give 1 step or more"),
        ("gap at least 4", "contact has 4 levels, which are at most 3 steps apart, not 4"),
        ("gap at least " + "9" * 5000, "contact has 4 levels, which are at most 3 steps apart, not 999999999"),
    ],
)
def test_a_claim_that_does_not_fit_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ClaimError) as refused:
        read_claim("contact", text, WEEKS)
    assert str(refused.value) == sentence


def test_a_refused_level_names_the_levels_that_would_have_fitted() -> None:
    with pytest.raises(ClaimError) as refused:
        read_claim("contact", "at most wekly", WEEKS)
    assert (refused.value.got, refused.value.expected) == ("wekly", WEEKS)


# Three values.


@pytest.mark.parametrize("missing", [Missing.NOT_ANSWERED, Missing.DONT_KNOW])
@pytest.mark.parametrize("text", ["some", "at least none", "at most full", "one of [none]", "not none", "answered"])
def test_a_claim_about_an_unknown_answer_is_unknown_and_so_is_its_negation(text: str, missing: Missing) -> None:
    condition = claim("time", text)
    assert evaluate(condition, lambda _: missing) is None
    assert evaluate(Not(condition), lambda _: missing) is None


@pytest.mark.parametrize("text", ["some", "at least none", "at most full", "one of [none]", "not none", "answered"])
def test_a_claim_about_what_does_not_apply_is_false_and_its_negation_true(text: str) -> None:
    condition = claim("time", text)
    assert evaluate(condition, lambda _: Missing.NOT_APPLICABLE) is False
    assert evaluate(Not(condition), lambda _: Missing.NOT_APPLICABLE) is True


@pytest.mark.parametrize(("part", "whole"), [(T, F), (F, T), (U, U)])
def test_not(part: Truth, whole: Truth) -> None:
    assert truth(Not(HOLDS[part])) is whole


@pytest.mark.parametrize(
    ("left", "right", "both"),
    [(T, T, T), (T, F, F), (T, U, U), (F, T, F), (F, F, F), (F, U, F), (U, T, U), (U, F, F), (U, U, U)],
)
def test_all(left: Truth, right: Truth, both: Truth) -> None:
    assert truth(All((HOLDS[left], HOLDS[right]))) is both


@pytest.mark.parametrize(
    ("left", "right", "either"),
    [(T, T, T), (T, F, T), (T, U, T), (F, T, T), (F, F, F), (F, U, U), (U, T, T), (U, F, U), (U, U, U)],
)
def test_any(left: Truth, right: Truth, either: Truth) -> None:
    assert truth(Any((HOLDS[left], HOLDS[right]))) is either


@pytest.mark.parametrize(
    ("condition", "whole"),
    [
        (Not(All((HOLDS[T], HOLDS[U]))), U),
        (Not(All((HOLDS[F], HOLDS[U]))), T),
        (Not(Any((HOLDS[T], HOLDS[U]))), F),
        (Any((All((HOLDS[T], HOLDS[U])), Not(HOLDS[F]))), T),
        (All((Any((HOLDS[F], HOLDS[U])), HOLDS[T])), U),
        (Not(Not(HOLDS[U])), U),
    ],
    ids=[
        "not all unknown",
        "not all with a false part",
        "not any with a true part",
        "nested true",
        "nested unknown",
        "double negation",
    ],
)
def test_nested_conditions(condition: Condition, whole: Truth) -> None:
    assert truth(condition) is whole


@pytest.mark.parametrize(
    ("when", "unless", "whole"),
    [
        (T, F, T), (T, T, F), (T, U, U), (F, F, F), (F, T, F), (F, U, F), (U, F, U), (U, T, F), (U, U, U),
    ],
)  # fmt: skip
def test_when_unless(when: Truth, unless: Truth, whole: Truth) -> None:
    assert truth(conjunction(HOLDS[when], (HOLDS[unless],))) is whole


def test_one_true_unless_of_several_is_enough() -> None:
    assert truth(conjunction(HOLDS[T], (HOLDS[F], HOLDS[T], HOLDS[U]))) is False


def test_without_unless_a_condition_stays_itself() -> None:
    assert conjunction(HOLDS[T], ()) is HOLDS[T]


@pytest.mark.parametrize(
    ("level", "whole"), [("0 of 2", F), ("1 of 2", F), ("2 of 2", T), (Missing.NOT_ANSWERED, U), (Missing.DONT_KNOW, U)]
)
def test_a_claim_of_a_gap_is_unknown_where_the_gap_is_and_so_is_its_negation(level: Answer, whole: Truth) -> None:
    condition = claim("time", "gap at least 2")
    assert evaluate(condition, {gap_of("time"): level}.__getitem__) is whole
    assert evaluate(Not(condition), {gap_of("time"): level}.__getitem__) is (None if whole is None else not whole)


# Reading conditions.


def test_claims_come_in_order() -> None:
    condition = Any((All((HOLDS[T], Not(HOLDS[U]))), HOLDS[F]))
    assert [each.subject for each in claims(condition)] == ["true", "unknown", "false"]


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        (claim("a", "some"), False),
        (claim("a", "not some"), False),
        (All((claim("a", "some"), claim("b", "some"))), False),
        (Not(claim("a", "some")), True),
        (All((claim("a", "some"), Any((claim("b", "some"), Not(claim("c", "some")))))), True),
    ],
    ids=["claim", "the word not", "all", "not", "not deep inside"],
)
def test_negates_finds_a_negation_at_any_depth(condition: Condition, answer: bool) -> None:
    assert negates(condition) is answer


# In words.


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("some", "The time: “some of it”"),
        ("at least some", "The time: “some of it” or “full of it”"),
        ("at most some", "The time: “none of it” or “some of it”"),
        ("one of [none, full]", "The time: “none of it” or “full of it”"),
        ("one of [full, none]", "The time: “none of it” or “full of it”"),
        ("not none", "The time: “some of it” or “full of it”"),
        ("at least none", "The time: answered"),
        ("answered", "The time: answered"),
        ("gap at least 1", "The time: sheets differ"),
        ("gap at least 2", "The time: sheets lie 2 steps or more apart"),
    ],
)
def test_every_claim_can_be_said(text: str, words: str) -> None:
    assert say_it(claim("time", text)) == words


def test_all_levels_but_one_of_four_are_said_by_the_one_that_does_not_count() -> None:
    four = ("none", "some", "most", "full")
    said = say(claim("time", "at least some", four), str, lambda _, code: code, lambda _: four)
    assert said == "time: anything but “none”"


A, B, C = (claim(name, LEVELS[0]) for name in "abc")


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (All((A, B)), "The a: “none of it”; and The b: “none of it”"),
        (Any((A, B)), "either (The a: “none of it”; or The b: “none of it”)"),
        (Any((A,)), "The a: “none of it”"),
        (Not(A), "not (The a: “none of it”)"),
        (
            All((A, Any((B, Not(C))))),
            "The a: “none of it”; and either (The b: “none of it”; or not (The c: “none of it”))",
        ),
        (conjunction(A, (B,)), "The a: “none of it”; and not (The b: “none of it”)"),
    ],
    ids=["all", "any", "any of one", "not", "nested", "unless"],
)
def test_conditions_can_be_said(condition: Condition, words: str) -> None:
    assert say_it(condition) == words
