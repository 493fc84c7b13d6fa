"""Whether the answers that an action was to improve moved: table first, then versions that differ."""

from dataclasses import replace

import pytest
from engine_builders import after, before, claim, item, part, recommend, ruleset

from readiness.engine.answers import Answer, Answers, Missing, Phase
from readiness.engine.carrying import Reason
from readiness.engine.followed import Followed, Standing, follow, two_waves
from readiness.engine.ruleset import RuleSet

PAY = recommend("pay", claim("money", "at most some"), money="full")
SMALL = ruleset(part("pay", ["money"]), recommendations=[PAY])


def followed(then: Answer, now: Answer, new: RuleSet = SMALL) -> tuple[Followed, ...]:
    return follow(two_waves(SMALL, after(money=then), new, after(money=now)), PAY)


@pytest.mark.parametrize(
    ("then", "now", "standing", "reached"),
    [
        ("none", "full", Standing.MOVED, True),
        ("none", "some", Standing.MOVED, False),
        ("some", "some", Standing.NOT_YET, False),
        ("some", "none", Standing.WORSE, False),
        ("none", Missing.DONT_KNOW, Standing.NOW_UNKNOWN, False),
        ("none", Missing.NOT_ANSWERED, Standing.NOW_UNKNOWN, False),
        (Missing.DONT_KNOW, "full", Standing.THEN_UNKNOWN, True),
        (Missing.NOT_ANSWERED, "none", Standing.THEN_UNKNOWN, False),
        (Missing.DONT_KNOW, Missing.DONT_KNOW, Standing.NOW_UNKNOWN, False),
        ("none", Missing.NOT_APPLICABLE, Standing.NO_LONGER_APPLIES, False),
    ],
)
def test_an_answer_stands_as_it_moved(then: Answer, now: Answer, standing: Standing, reached: bool) -> None:
    assert followed(then, now) == (Followed("money", then, now, "full", standing, reached),)


@pytest.mark.parametrize("then", ["full", Missing.NOT_APPLICABLE])
def test_what_was_not_to_move_is_left_out(then: Answer) -> None:
    assert followed(then, "none") == ()


def test_what_was_not_asked_in_the_earlier_phase_is_left_out() -> None:
    asked_after = ruleset(part("pay", ["money"]), recommendations=[PAY], others=[item("money", phases=[Phase.AFTER])])
    waves = two_waves(asked_after, before(), asked_after, after(money="full"))
    assert follow(waves, PAY) == ()


def test_a_plan_of_the_earlier_phase_is_held_against_practice() -> None:
    waves = two_waves(SMALL, before(money="none"), SMALL, after(money="some"))
    assert [each.standing for each in follow(waves, PAY)] == [Standing.MOVED]


GONE = ruleset(part("pay", ["wages"]))
FEWER = ruleset(part("pay", {"money": {"some": 0.0, "full": 2.0}}))
PLANNED = ruleset(part("pay", ["money"]), others=[item("money", phases=[Phase.BEFORE])])
UNSCORED = ruleset(part("pay", ["wages"]), others=[item("money")])


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (GONE, Reason.ITEM_GONE),
        (FEWER, Reason.LEVEL_GONE),
        (PLANNED, Reason.NOT_ASKED),
        (UNSCORED, Reason.ITEM_GONE),
    ],
    ids=["item gone", "level gone", "not asked", "not scored"],
)
def test_what_a_newer_version_does_not_ask_is_not_compared(new: RuleSet, reason: Reason) -> None:
    (found,) = followed("none", "full", new)
    assert (found.standing, found.reason, found.is_reached) == (Standing.NOT_COMPARABLE, reason, False)


def test_an_aim_that_the_newer_version_lacks_is_not_reached_and_the_move_still_counts() -> None:
    new = ruleset(part("pay", {"money": {"none": -2.0, "some": 0.0}}))
    (found,) = followed("none", "some", new)
    assert (found.standing, found.is_reached) == (Standing.MOVED, False)


def test_the_newer_version_says_what_is_better() -> None:
    new = ruleset(part("pay", {"money": {"none": -2.0, "some": 2.0, "full": 0.0}}))
    (found,) = followed("some", "full", new)
    assert found.standing is Standing.WORSE


def test_other_words_of_a_newer_version_are_marked() -> None:
    other = replace(item("money"), ask=dict.fromkeys(Phase, "How much?"))
    (found,) = followed("none", "full", ruleset(part("pay", ["money"]), others=[other]))
    assert (found.standing, found.is_reworded) == (Standing.MOVED, True)


def test_answers_stand_in_the_order_of_the_recommendation() -> None:
    both = recommend("both", claim("b", "none"), b="full", a="some")
    small = ruleset(part("x", ["a", "b"]), recommendations=[both])
    waves = two_waves(small, Answers(Phase.AFTER, {"a": "none", "b": "none"}), small, after(a="some", b="none"))
    assert [(each.item, each.standing) for each in follow(waves, both)] == [
        ("b", Standing.NOT_YET),
        ("a", Standing.MOVED),
    ]
