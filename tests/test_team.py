"""Combining: tables of what groups and teams say to one item, then properties over any answers of any team."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from engine_builders import LEVELS, after, before, item, part, ruleset
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.engine.answers import Answer, Answers, Missing, Phase, Role
from readiness.engine.instrument import Instrument, Item, Page, Section
from readiness.engine.ruleset import RuleSet
from readiness.engine.scoring import score
from readiness.engine.team import (
    Gap,
    GroupSheet,
    GroupValue,
    Response,
    Voice,
    combine,
    consensus_sheet,
    middle,
    release,
)

MANAGER, WORKER, PEER, USER, OTHER = Role
NOT_ANSWERED, DONT_KNOW, NOT_APPLICABLE = Missing
K = 5

FIVE = ("l0", "l1", "l2", "l3", "l4")
STEPS = item("steps", FIVE)
STAFF_ONLY = replace(item("staff_only"), asked=(WORKER, PEER))
NOW = item("now", phases=[Phase.AFTER])


def instrument(*items: Item) -> Instrument:
    return Instrument((Section("section", "Section", "about", 5, True, (Page("page", "Page", items),)),))


def sheet(**said: Answer) -> GroupSheet:
    """A group of six workers that says this."""
    return GroupSheet((WORKER,), 6, {code: GroupValue(answer, False, None, None) for code, answer in said.items()})


def group_value(*answers: Answer, each: Item = STEPS) -> GroupValue:
    """What a group of workers says to one item."""
    responses = [Response(WORKER, {each.code: answer}, 1) for answer in answers]
    published = release(instrument(each), ((WORKER,),), {WORKER: frozenset({each.code})}, responses, 1, K)
    return published.groups[0].values[each.code]


# Groups


@pytest.mark.parametrize(
    ("places", "expected"), [([3], 3), ([1, 2], 1), ([0, 4, 4], 4), ([0, 1, 3, 4], 1), ([0, 0, 2, 3, 4], 2)]
)
def test_the_middle_is_the_lower_of_two(places: Sequence[int], expected: int) -> None:
    assert middle(places) == expected


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (["l2"] * 5, "l2"),
        (["l4", "l0", "l3", "l1", "l2"], "l2"),
        (["l0", "l0", "l0", "l4", "l4", "l4"], "l0"),
        (["l3"] * 5 + [DONT_KNOW] * 9, "l3"),
        (["l3"] * 5 + [NOT_ANSWERED] * 9, "l3"),
        (["l3"] * 4 + [DONT_KNOW] * 9, NOT_ANSWERED),
        ([DONT_KNOW] * 9, NOT_ANSWERED),
        ([NOT_APPLICABLE] * 5, NOT_APPLICABLE),
        (["l3"] * 5 + [NOT_APPLICABLE] * 6, NOT_APPLICABLE),
        (["l3"] * 5 + [NOT_APPLICABLE] * 5, "l3"),
        (["l3"] * 4 + [NOT_APPLICABLE] * 5, NOT_APPLICABLE),
        (["l3"] * 4 + [NOT_APPLICABLE] * 4, NOT_ANSWERED),
        (["another version"] * 5 + ["l1"] * 5, "l1"),
    ],
    ids=[
        "all the same",
        "the middle of five",
        "the lower of two middles",
        "those who do not know are left out",
        "those who said nothing are left out",
        "too few know",
        "nobody knows",
        "it applies to nobody",
        "it applies to fewer than it does not",
        "as many as it does not",
        "it applies to too few",
        "too few of either",
        "an unknown level is none",
    ],
)
def test_a_group_says_its_middle_level_or_that_an_item_does_not_apply(
    answers: Sequence[Answer], expected: Answer
) -> None:
    assert group_value(*answers).answer == expected


@pytest.mark.parametrize(
    ("answers", "apart"),
    [
        (["l0", "l0", "l2", "l2", "l2", "l4", "l4"], True),
        (["l0", "l1", "l2", "l2", "l2", "l3", "l4"], True),
        (["l0", "l2", "l2", "l2", "l2", "l3", "l4"], False),
        (["l0", "l2", "l2", "l2", "l2", "l2", "l4"], False),
        (["l1"] * 4 + ["l2"] * 4, False),
        (["l1"] * 2 + ["l3"] * 6, True),
        (["l1"] + ["l3"] * 7, False),
        (["l0", "l0", "l2", "l2", "l4", "l4"], False),
        (["l0"] * 5 + ["l4"] * 2 + [NOT_APPLICABLE] * 9, False),
    ],
    ids=[
        "two at each end",
        "quarters two steps apart",
        "quarters one step apart",
        "one at each end",
        "neighbouring levels",
        "a quarter sees it differently",
        "one person does",
        "six are too few to tell",
        "it does not apply",
    ],
)
def test_a_group_is_apart_when_its_quarters_lie_two_steps_apart(answers: Sequence[Answer], apart: bool) -> None:
    assert group_value(*answers).apart is apart


@pytest.mark.parametrize(
    ("answers", "share"),
    [
        (["l0"] * 5 + [DONT_KNOW] * 3 + [NOT_ANSWERED] * 2, (5, 10)),
        (["l0"] * 2 + [NOT_APPLICABLE] * 3 + [DONT_KNOW] * 5, (5, 10)),
        (["l0"] * 9 + [DONT_KNOW] * 4, (None, None)),
        (["l0"] * 4 + [DONT_KNOW] * 9, (None, None)),
        (["l0"] * 9, (None, None)),
        ([DONT_KNOW] * 9, (None, None)),
    ],
    ids=["five of ten", "does not apply is an answer", "four left it open", "four did not", "nobody did", "all did"],
)
def test_how_many_left_an_item_open_is_told_of_five_beside_five(
    answers: Sequence[Answer], share: tuple[int | None, int | None]
) -> None:
    value = group_value(*answers)
    assert (value.left_open, value.asked) == share


def test_only_those_who_were_asked_speak_for_a_pool() -> None:
    asked = {WORKER: frozenset({"steps", "staff_only"}), PEER: frozenset({"steps"}), USER: frozenset[str]()}
    answers = {"steps": "l1", "staff_only": "full"}
    responses = [Response(role, answers, 1) for role in (*[WORKER] * 5, *[PEER] * 2, USER)]
    published = release(instrument(STEPS, STAFF_ONLY, NOW), ((WORKER, PEER, USER),), asked, responses, 1, K)
    (pool,) = published.groups
    assert pool.people == 8
    assert {code: value.answer for code, value in pool.values.items()} == {"steps": "l1", "staff_only": "full"}
    assert pool.answer("now") is NOT_ANSWERED


def test_a_release_holds_a_sheet_for_each_group_in_order() -> None:
    workers, peers = ([Response(role, {"steps": level}, 1)] * 5 for role, level in ((WORKER, "l1"), (PEER, "l3")))
    asked = {WORKER: frozenset({"steps"}), PEER: frozenset({"steps"})}
    published = release(instrument(STEPS), ((PEER,), (WORKER,)), asked, workers + peers, 3, K)
    assert (published.number, published.k) == (3, K)
    assert [(each.roles, each.people, each.answer("steps")) for each in published.groups] == [
        ((PEER,), 5, "l3"),
        ((WORKER,), 5, "l1"),
    ]


def test_a_respondent_is_asked_the_items_of_the_role_in_the_chosen_sections_and_phase() -> None:
    sections = tuple(
        Section(code, code, "about", 5, True, (Page(code, code, items),))
        for code, items in (("first", (STEPS, STAFF_ONLY)), ("second", (replace(NOW, asked=(WORKER,)),)))
    )

    def asked(phase: Phase, role: Role, *chosen: str) -> list[str]:
        return [each.code for each in Instrument(sections).narrowed([role], chosen).asked(phase)]

    assert asked(Phase.BEFORE, MANAGER, "first", "second") == ["steps"]
    assert asked(Phase.BEFORE, WORKER, "first", "second") == ["staff_only"]
    assert asked(Phase.AFTER, WORKER, "second", "first") == ["staff_only", "now"]
    assert asked(Phase.AFTER, WORKER, "second") == ["now"]
    assert asked(Phase.AFTER, WORKER) == []


# Teams


@pytest.mark.parametrize(
    ("manager", "groups", "expected"),
    [
        ("l4", ["l0"], "l0"),
        ("l4", ["l0", "l3"], "l3"),
        ("l4", ["l0", "l1", "l3"], "l1"),
        ("l2", [NOT_ANSWERED], "l2"),
        (DONT_KNOW, ["l3"], "l3"),
        (DONT_KNOW, [NOT_ANSWERED], DONT_KNOW),
        (NOT_ANSWERED, [NOT_ANSWERED], NOT_ANSWERED),
        (NOT_ANSWERED, [NOT_APPLICABLE], NOT_APPLICABLE),
        (NOT_APPLICABLE, ["l3"], "l3"),
        (NOT_APPLICABLE, [NOT_APPLICABLE, "l3"], NOT_APPLICABLE),
        ("l3", [NOT_APPLICABLE, NOT_APPLICABLE], NOT_APPLICABLE),
        ("l3", [NOT_APPLICABLE, NOT_APPLICABLE, "l1"], "l1"),
    ],
    ids=[
        "the lower of two sheets",
        "the middle of three",
        "the lower middle of four",
        "a group that says nothing",
        "a manager who does not know",
        "nobody knows",
        "nobody says anything",
        "only the group says that it does not apply",
        "as many say that it applies",
        "more say that it does not apply",
        "the manager is outnumbered",
        "as many groups as not",
    ],
)
def test_every_sheet_counts_once(manager: Answer, groups: Sequence[Answer], expected: Answer) -> None:
    team = combine(instrument(STEPS), before(steps=manager), [sheet(steps=answer) for answer in groups])
    assert team.answers["steps"] == expected


@pytest.mark.parametrize(
    ("manager", "groups", "expected", "voices"),
    [
        ("full", ["none"], "none", 0),
        ("full", ["none", "some"], "none", 2),
        ("full", [NOT_APPLICABLE], NOT_APPLICABLE, 0),
        ("full", [NOT_ANSWERED], "full", 0),
        ("full", [NOT_ANSWERED, "none"], "none", 0),
        (DONT_KNOW, [NOT_ANSWERED], DONT_KNOW, 0),
        ("full", [], "full", 0),
    ],
    ids=[
        "a group does",
        "two groups do",
        "a group says that it does not apply",
        "no group does",
        "one of two groups does",
        "nobody does",
        "there is no group",
    ],
)
def test_managers_speak_for_an_item_they_are_not_asked_when_no_group_says_anything(
    manager: Answer, groups: Sequence[Answer], expected: Answer, voices: int
) -> None:
    team = combine(instrument(STAFF_ONLY), before(staff_only=manager), [sheet(staff_only=said) for said in groups])
    assert team.answers["staff_only"] == expected
    assert [len(gap.voices) for gap in team.gaps] == [voices] * bool(voices)


def test_a_group_that_was_not_asked_an_item_has_no_say() -> None:
    team = combine(instrument(STEPS, STAFF_ONLY), before(steps="l3"), [sheet(staff_only="full")])
    assert (team.answers["steps"], team.answers["staff_only"]) == ("l3", "full")


def test_items_of_the_other_phase_are_left_out() -> None:
    asked = instrument(STEPS, NOW)
    assert combine(asked, before(now="full"), [sheet(now="none")]).answers == before(steps=NOT_ANSWERED)
    combined = combine(asked, after(now="full"), [sheet(now="none")]).answers
    assert combined.given == after(steps=NOT_ANSWERED, now="none").given
    assert combined.gaps == {"now gap": "2 of 2"}


def test_gaps_come_widest_first_and_then_in_the_order_of_the_questionnaire() -> None:
    codes = ("one", "agreed", "four", "also_one", "unknown", "two")
    items = instrument(*(item(code, FIVE) for code in codes))
    manager = before(one="l1", agreed="l2", four="l0", also_one="l3", unknown="l0", two="l4")
    group = sheet(one="l2", agreed="l2", four="l4", also_one="l2", unknown=NOT_ANSWERED, two="l2")
    gaps = combine(items, manager, [group]).gaps
    assert [(gap.item, gap.steps) for gap in gaps] == [("four", 4), ("two", 2), ("one", 1), ("also_one", 1)]


def test_a_gap_says_who_says_what() -> None:
    groups = [sheet(steps="l1"), sheet(steps=NOT_APPLICABLE), sheet(steps="l4")]
    team = combine(instrument(STEPS), before(steps="l0"), groups)
    assert team.gaps == (Gap("steps", 4, (Voice(None, "l0"), Voice(0, "l1"), Voice(2, "l4"))),)


def test_a_consensus_sheet_counts_as_one_sheet() -> None:
    together = consensus_sheet([STEPS, STAFF_ONLY], {"steps": "l1", "of another version": "l0"})
    assert (together.roles, set(together.values)) == ((), {"steps", "staff_only"})
    assert together.answer("staff_only") is NOT_ANSWERED
    team = combine(instrument(STEPS, STAFF_ONLY), before(steps="l3", staff_only="some"), [together])
    assert team.answers.given == before(steps="l1", staff_only="some").given
    assert team.answers.gaps == {"steps gap": "2 of 4"}
    assert team.gaps == (Gap("steps", 2, (Voice(None, "l3"), Voice(0, "l1"))),)


def test_a_consensus_sheet_may_say_what_any_person_may() -> None:
    together = consensus_sheet([STEPS], {"steps": DONT_KNOW})
    assert combine(instrument(STEPS), before(), [together]).answers["steps"] is DONT_KNOW


# Any team


CODES = ("a", "b", "c")
SMALL = ruleset(part("first", "ab"), part("second", "c"))
ANSWERS = st.dictionaries(st.sampled_from(CODES), st.sampled_from((*LEVELS, *Missing)))
SHEETS = st.lists(
    st.dictionaries(st.sampled_from(CODES), st.sampled_from((*LEVELS, NOT_ANSWERED, NOT_APPLICABLE))), max_size=5
)
ANY = settings(max_examples=200, deadline=None, derandomize=True)


@ANY
@given(st.sampled_from(Phase), ANSWERS)
def test_a_manager_alone_gives_their_own_answers(phase: Phase, said: Mapping[str, Answer]) -> None:
    manager = Answers(phase, said)
    team = combine(SMALL.instrument, manager, [])
    assert {code: team.answers[code] for code in CODES} == {code: manager[code] for code in CODES}
    assert team.gaps == ()


@ANY
@given(ANSWERS)
def test_a_manager_alone_gets_the_ratings_of_their_own_answers(said: Mapping[str, Answer]) -> None:
    alone = score(SMALL, combine(SMALL.instrument, before(**said), []).answers)
    assert alone.constructs == score(SMALL, before(**said)).constructs


def test_a_manager_alone_gets_the_same_ratings_in_the_shipped_rule_set(shipped: RuleSet) -> None:
    for case in tuple(shipped.cases.values())[:6]:
        manager = case.answered(shipped.instrument)
        alone = combine(shipped.instrument, manager, []).answers
        assert score(shipped, alone).domains == score(shipped, manager).domains


@ANY
@given(ANSWERS, SHEETS)
def test_the_order_of_groups_changes_no_answer_and_no_gap(
    said: Mapping[str, Answer], groups: Sequence[Mapping[str, Answer]]
) -> None:
    sheets = [sheet(**group) for group in groups]
    team, again = (combine(SMALL.instrument, before(**said), each) for each in (sheets, sheets[::-1]))
    assert team.answers == again.answers
    assert [(gap.item, gap.steps) for gap in team.gaps] == [(gap.item, gap.steps) for gap in again.gaps]


@ANY
@given(ANSWERS, SHEETS)
def test_a_combined_level_lies_between_those_said_and_a_gap_is_as_wide_as_they_are(
    said: Mapping[str, Answer], groups: Sequence[Mapping[str, Answer]]
) -> None:
    team = combine(SMALL.instrument, before(**said), [sheet(**group) for group in groups])
    steps = {gap.item: gap.steps for gap in team.gaps}
    for code in CODES:
        levels = [LEVELS.index(str(each[code])) for each in (said, *groups) if each.get(code) in LEVELS]
        assert steps.get(code, 0) == (max(levels) - min(levels) if levels else 0)
        if team.answers[code] in LEVELS:
            assert min(levels) <= LEVELS.index(str(team.answers[code])) <= max(levels)
        else:
            assert team.answers[code] is NOT_APPLICABLE or not levels


GROUPS = st.lists(st.sampled_from((*FIVE, *FIVE, *Missing)), max_size=16)


@ANY
@given(GROUPS)
def test_the_order_of_responses_changes_nothing(answers: list[Answer]) -> None:
    assert group_value(*answers) == group_value(*reversed(answers))


@ANY
@given(GROUPS, st.data())
def test_one_person_moves_a_group_no_further_than_to_the_next_level_said(
    answers: list[Answer], data: st.DataObject
) -> None:
    value = group_value(*answers).answer
    if value in FIVE:
        who = data.draw(st.sampled_from([place for place, each in enumerate(answers) if each in FIVE]))
        moved = group_value(*answers[:who], "l4", *answers[who + 1 :]).answer
        above = [each for each in answers if each in FIVE and each > value]
        assert value <= moved <= min(above, default="l4")
