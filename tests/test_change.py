"""Two waves of one service: tables of single situations first, then what holds for any two waves."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product

import pytest
from engine_builders import LEVELS, WORTH, after, before, claim, item, part, ruleset, shift
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.engine.answers import UNKNOWN, Answer, Answers, Missing, Phase
from readiness.engine.change import AnswerChange, Change, Course, GapChange, Moved, Turn, change
from readiness.engine.framework import Band
from readiness.engine.gaps import gap_levels, gap_of
from readiness.engine.instrument import Instrument
from readiness.engine.ranges import Range
from readiness.engine.rating import rate
from readiness.engine.ruleset import RuleSet

DONT_KNOW, NONE, NOT_APPLICABLE = Missing.DONT_KNOW, Missing.NOT_ANSWERED, Missing.NOT_APPLICABLE
PLAIN = ruleset(part("c", "ab"))
RULED = ruleset(
    part("c", "ab", shift("up", 1, claim("a", "full"), ), shift("down", -1, claim("e", "none"))),
    part("d", "ef", weight=3, critical=True, domain="other"),
    others=[item("fact")],
)  # fmt: skip
MIRRORED = {
    Course.LOWER: Course.HIGHER,
    Course.HIGHER: Course.LOWER,
    Course.NOW_KNOWN: Course.NO_LONGER_KNOWN,
    Course.NO_LONGER_KNOWN: Course.NOW_KNOWN,
    Turn.BETTER: Turn.WORSE,
    Turn.WORSE: Turn.BETTER,
    Turn.NOW_KNOWN: Turn.NO_LONGER_KNOWN,
    Turn.NO_LONGER_KNOWN: Turn.NOW_KNOWN,
}


def changed(rules: RuleSet, then: Answers, now: Answers, old: RuleSet | None = None) -> Change:
    return change(old or rules, then, rules, now)


def only(found: Change) -> Moved:
    (moved,) = found.constructs
    return moved


@pytest.mark.parametrize(
    ("then", "now", "course", "settled"),
    [
        ({"a": "none", "b": "none"}, {"a": "full", "b": "full"}, Course.LOWER, True),
        ({"a": "full", "b": "full"}, {"a": "none", "b": "none"}, Course.HIGHER, True),
        ({"a": "some", "b": "some"}, {"a": "some", "b": "some"}, Course.SAME, True),
        ({"a": "some"}, {"a": "some"}, Course.SAME, False),
        ({"a": "none", "b": "none"}, {"a": "full"}, Course.LOWER, True),
        ({"a": "none"}, {"a": "full"}, Course.LOWER, False),
        ({"a": "some", "b": "some"}, {"a": "full"}, Course.LOWER, False),
        ({}, {"a": "full"}, Course.NOW_KNOWN, False),
        ({"a": "full"}, {"a": DONT_KNOW}, Course.NO_LONGER_KNOWN, False),
        ({}, {"a": DONT_KNOW}, Course.UNKNOWN, False),
        ({"a": NOT_APPLICABLE, "b": NOT_APPLICABLE}, {"a": "full"}, Course.NOW_KNOWN, False),
    ],
    ids=str,
)
def test_a_risk_moves_and_open_answers_can_undo_it_or_not(
    then: Mapping[str, Answer], now: Mapping[str, Answer], course: Course, settled: bool
) -> None:
    moved = only(changed(PLAIN, before(**then), after(**now)))
    assert (moved.course, moved.is_settled) == (course, settled)


def test_ranges_that_touch_carry_no_change() -> None:
    moved = only(changed(PLAIN, before(a="some"), after(a="none", b="some")))
    assert (moved.before.range, moved.after.range) == (Range(25, 75), Range(75, 75))
    assert (moved.course, moved.is_settled) == (Course.HIGHER, False)


def test_another_band_is_told_only_where_both_waves_have_one() -> None:
    moved = only(changed(PLAIN, before(a="none", b="none"), after(a="full", b="full")))
    assert (moved.before.band, moved.after.band, moved.changes_band) == (Band.HIGH, Band.LOW, True)
    assert not only(changed(PLAIN, before(), after(a="full", b="full"))).changes_band


@pytest.mark.parametrize(
    ("then", "now", "turn", "points"),
    [
        ("none", "some", Turn.BETTER, 2),
        ("full", "none", Turn.WORSE, -4),
        (DONT_KNOW, "some", Turn.NOW_KNOWN, 0),
        (NONE, NOT_APPLICABLE, Turn.NOW_KNOWN, 0),
        ("some", NONE, Turn.NO_LONGER_KNOWN, 0),
        (NOT_APPLICABLE, DONT_KNOW, Turn.NO_LONGER_KNOWN, 0),
        ("some", NOT_APPLICABLE, Turn.SCOPE, 0),
        (NOT_APPLICABLE, "full", Turn.SCOPE, 0),
    ],
)
def test_an_answer_that_changed_is_told_with_its_turn(then: Answer, now: Answer, turn: Turn, points: float) -> None:
    found = changed(PLAIN, before(a=then, b="some"), after(a=now, b="some"))
    assert found.answers == (AnswerChange("a", then, now, turn, points),)


def test_not_knowing_and_not_answering_are_no_change() -> None:
    assert changed(PLAIN, before(a=DONT_KNOW), after()).answers == ()


def test_another_level_of_the_same_worth_is_neither_better_nor_worse() -> None:
    rules = ruleset(
        part("c", {"a": {"vague": -1, "clear": 2, "rigid": -1}}), others=[item("a", ("vague", "clear", "rigid"))]
    )
    assert [each.turn for each in changed(rules, before(a="vague"), after(a="rigid")).answers] == [Turn.ALIKE]


def test_a_fact_that_is_not_rated_changes_without_being_better_or_worse() -> None:
    found = changed(RULED, before(fact="none"), after(fact="full"))
    assert [(each.item, each.turn) for each in found.answers] == [("fact", Turn.UNRATED)]


def test_what_only_one_stage_is_asked_is_named_and_no_change_of_an_answer() -> None:
    rules = ruleset(part("c", "ab"), others=[item("b", phases=[Phase.AFTER]), item("x", phases=[Phase.BEFORE])])
    found = changed(rules, before(a="some", x="some"), after(a="some", b="full"))
    assert (found.only_before, found.only_after, found.answers) == (("x",), ("b",), ())
    assert only(found).unlike == ("b",)


def without(rules: RuleSet, code: str, level: str) -> RuleSet:
    """A later version of a rule set that no longer offers a level of an item."""
    instrument = Instrument(
        tuple(
            replace(
                section,
                pages=tuple(
                    replace(
                        page,
                        items=tuple(
                            replace(each, options=tuple(option for option in each.options if option.code != level))
                            if each.code == code
                            else each
                            for each in page.items
                        ),
                    )
                    for page in section.pages
                ),
            )
            for section in rules.instrument.sections
        )
    )
    return replace(rules, instrument=instrument, identity=replace(rules.identity, version="2.0.0", digest="2" * 64))


def test_an_answer_that_cannot_be_carried_is_lost_and_its_construct_said_to_be_unlike() -> None:
    newer = without(PLAIN, "a", "none")
    found = changed(newer, before(a="none", b="some"), after(a="full", b="some"), PLAIN)
    assert found.is_comparable
    assert [lost.item for lost in found.carried.lost] == ["a"]
    assert found.answers == ()
    assert only(found).unlike == ("a",)
    assert only(found).before.risk == 50


def test_both_waves_are_rated_by_the_version_of_the_later_one() -> None:
    newer = ruleset(part("c", {"a": {"none": -1.0, "some": 0.0, "full": 2.0}, "b": WORTH}))
    found = changed(newer, before(a="none", b="none"), after(a="none", b="none"), PLAIN)
    assert (only(found).before.risk, only(found).course) == (87.5, Course.SAME)


def test_what_a_new_version_asks_for_the_first_time_is_no_answer_that_became_known() -> None:
    older, newer = ruleset(part("c", "a")), PLAIN
    found = changed(newer, before(a="some"), after(a="some", b="full"), older)
    assert (found.carried.added, found.answers, only(found).unlike) == (("b",), (), ("b",))


@pytest.mark.parametrize(
    ("given", "comparable"), [({"a": "none", "b": "some"}, True), ({"a": "none"}, False), ({}, True)]
)
def test_with_less_than_half_of_the_rated_answers_nothing_is_compared(
    given: Mapping[str, Answer], comparable: bool
) -> None:
    found = changed(without(PLAIN, "a", "none"), before(**given), after(a="full"), PLAIN)
    assert found.is_comparable is comparable
    assert bool(found.domains) is comparable


def test_another_rule_set_is_not_compared_however_alike_its_codes_are() -> None:
    other = replace(PLAIN, identity=replace(PLAIN.identity, id="other"))
    found = changed(PLAIN, before(a="some", b="some"), after(a="full", b="full"), other)
    assert (found.is_comparable, found.domains, found.answers) == (False, (), ())


def test_gaps_are_told_where_both_waves_have_one_that_differs() -> None:
    def team(phase: Phase, **gaps: int) -> Answers:
        levels = gap_levels(LEVELS)
        return Answers(phase, {}, {gap_of(code): levels[steps] for code, steps in gaps.items()})

    found = changed(PLAIN, team(Phase.BEFORE, a=2, b=1), team(Phase.AFTER, a=0, b=1))
    assert found.gaps == (GapChange("a", 2, 0),)
    assert changed(PLAIN, team(Phase.BEFORE, a=2), team(Phase.AFTER, b=1)).gaps == ()


ANSWER = st.sampled_from([*LEVELS, DONT_KNOW, NONE, NOT_APPLICABLE])
GIVEN = st.fixed_dictionaries(dict.fromkeys(RULED.instrument.items, ANSWER))
PHASE = st.sampled_from(Phase)


@given(phase=PHASE, given_=GIVEN)
def test_a_wave_beside_itself_has_changed_in_nothing(phase: Phase, given_: Mapping[str, Answer]) -> None:
    wave = Answers(phase, given_)
    found = changed(RULED, wave, wave)
    assert {moved.course for moved in found.constructs} <= {Course.SAME, Course.UNKNOWN}
    assert (found.answers, found.gaps, found.only_before, found.only_after) == ((), (), (), ())


@given(then=GIVEN, now=GIVEN)
def test_the_way_back_is_the_way_there_turned_round(then: Mapping[str, Answer], now: Mapping[str, Answer]) -> None:
    there, back = (
        changed(RULED, Answers(Phase.AFTER, a), Answers(Phase.AFTER, b)) for a, b in ((then, now), (now, then))
    )
    for one, other in zip(there.constructs, back.constructs, strict=True):
        assert other.course == MIRRORED.get(one.course, one.course)
        assert other.is_settled is one.is_settled
    assert [each.item for each in there.answers] == [each.item for each in back.answers]
    for first, second in zip(there.answers, back.answers, strict=True):
        assert second.turn == MIRRORED.get(first.turn, first.turn)
        assert second.points == -first.points


def completions(answers: Answers) -> Iterator[Answers]:
    """Everything that the open answers to rated items could turn out to be."""
    rated = [code for code in RULED.construct_of if answers[code] in UNKNOWN]
    for chosen in product([*LEVELS, NOT_APPLICABLE, NONE], repeat=len(rated)):
        yield answers.replace(dict(zip(rated, chosen, strict=True)))


def risks(answers: Answers) -> Iterator[tuple[float | None, ...]]:
    for whole in completions(answers):
        rated = rate(RULED, whole)
        yield (*(each.risk for each in rated.constructs.values()), *(each.risk for each in rated.domains))


@settings(max_examples=60, deadline=None)
@given(then=GIVEN, now=GIVEN)
def test_no_open_answer_undoes_a_settled_change(then: Mapping[str, Answer], now: Mapping[str, Answer]) -> None:
    first, second = Answers(Phase.BEFORE, then), Answers(Phase.AFTER, now)
    found = changed(RULED, first, second)
    moves = [*found.constructs, *(each.domain for each in found.domains)]
    ends = [list(zip(*risks(answers), strict=True)) for answers in (first, second)]
    for place, moved in enumerate(moves):
        if not moved.is_settled:
            continue
        before_, after_ = ([risk for risk in end[place] if risk is not None] for end in ends)
        if moved.course is Course.LOWER:
            assert max(after_) < min(before_)
        elif moved.course is Course.HIGHER:
            assert min(after_) > max(before_)
        else:
            assert {*before_} == {*after_}
            assert len({*before_}) == 1
