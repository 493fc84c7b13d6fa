"""The nearest published sites: distance, what is too little to compare, and the order."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from engine_builders import after, before, item, part, ruleset

from readiness.engine.answers import Answer, Answers, Missing, Phase
from readiness.engine.cases import Case, CaseAnswer
from readiness.engine.nearest import FAR, FEWEST_SHARED, Likeness, nearest
from readiness.engine.ruleset import RuleSet

CODES = "abcdefgh"
PLAIN = ruleset(part("c", CODES), others=[item("fact")])
ALL = dict.fromkeys(CODES, "some")


def site(code: str, phase: Phase, given: Mapping[str, Answer], service: str = "") -> Case:
    answers = {each: CaseAnswer(answer, "", ()) for each, answer in given.items()}
    return Case(code, service or code, "about", phase, answers, Missing.DONT_KNOW, f"{code} happened", ())


def with_sites(*sites: Case) -> RuleSet:
    return replace(PLAIN, cases={each.code: each for each in sites})


def order(found: tuple[Likeness, ...]) -> list[str]:
    return [each.case.code for each in found]


def test_the_distance_is_the_mean_of_how_far_shared_answers_are_rated_apart() -> None:
    there = {**ALL, "a": "none", "b": "full"}
    (found,) = nearest(with_sites(site("s", Phase.AFTER, there)), after(**{**ALL, "a": "full"}))
    assert (found.known, found.shared, found.distance) == (8, 8, (4 + 2) / 8)
    assert [(each.item, each.here, each.there, each.points) for each in found.differences] == [
        ("a", "full", "none", 4),
        ("b", "some", "full", 2),
    ]


def test_only_answers_known_of_both_count_and_no_fact_that_is_not_rated() -> None:
    there = {**dict.fromkeys("abcde", "some"), "f": Missing.NOT_APPLICABLE, "fact": "none"}
    here = {**ALL, "e": Missing.DONT_KNOW, "fact": "full"}
    (found,) = nearest(with_sites(site("s", Phase.AFTER, there)), after(**here))
    assert (found.known, found.shared) == (5, 4)


@pytest.mark.parametrize(
    ("known", "shared", "is_enough"),
    [("abcde", "abcde", True), ("abcdefgh", "abcde", True), ("abcd", "abcd", False), ("abcdefgh", "abcd", False)],
)
def test_with_too_few_shared_answers_nothing_is_said(known: str, shared: str, is_enough: bool) -> None:
    there = site("s", Phase.AFTER, dict.fromkeys(known, "some"))
    (found,) = nearest(with_sites(there), after(**dict.fromkeys(shared, "some")))
    assert (found.distance is not None) is is_enough
    assert len(shared) >= FEWEST_SHARED or not is_enough
    assert not found.is_near or is_enough


def test_sites_of_the_same_stage_come_first_then_the_nearest_then_those_with_too_little() -> None:
    sites = (
        site("unknown", Phase.AFTER, {"a": "some"}),
        site("far", Phase.AFTER, dict.fromkeys(CODES, "full")),
        site("same_before", Phase.BEFORE, ALL),
        site("near", Phase.AFTER, {**ALL, "a": "full"}),
    )
    assert order(nearest(with_sites(*sites), after(**ALL))) == ["near", "far", "unknown", "same_before"]


def test_of_sites_as_near_the_one_with_more_shared_answers_comes_first_then_the_one_named_first() -> None:
    less, more = dict.fromkeys("abcde", "some"), ALL
    sites = (site("a", Phase.AFTER, less), site("b", Phase.AFTER, more), site("c", Phase.AFTER, more))
    assert order(nearest(with_sites(*sites), after(**ALL))) == ["b", "c", "a"]


def test_a_site_at_a_whole_rating_point_or_more_is_not_called_near() -> None:
    far = {**ALL, **dict.fromkeys("abcd", "full")}
    (found,) = nearest(with_sites(site("s", Phase.AFTER, far)), after(**ALL))
    assert (found.distance, found.is_near) == (FAR, False)


def test_the_nearest_site_to_the_answers_of_a_site_is_that_site_at_no_distance(shipped: RuleSet) -> None:
    told = 0
    for case in shipped.examples:
        first, *others = nearest(shipped, case.answered(shipped.instrument))
        if first.distance is None:
            assert case.code == "pune_before"
            continue
        assert (first.case.code, first.distance, first.differences) == (case.code, 0, ())
        assert first.shared == first.known
        assert all(other.shared <= first.shared for other in others)
        told += 1
    assert told == 11, "of Pune before the start too little is printed"


def test_with_nothing_known_no_site_is_near(shipped: RuleSet) -> None:
    assert {each.distance for each in nearest(shipped, before())} == {None}


def test_answers_by_chance_lie_about_as_far_from_a_site_as_is_called_far(shipped: RuleSet) -> None:
    """What docs/method.md says of the limit: levels drawn evenly, by a rule that every machine follows alike."""
    distances = []
    for turn in range(40):
        given = {
            each.code: each.order[(place * 7919 + turn * 104729) // 11 % len(each.order)]
            for place, each in enumerate(shipped.instrument.asked(Phase.AFTER))
        }
        found = nearest(shipped, Answers(Phase.AFTER, given))
        distances += [each.distance for each in found if each.distance is not None]
    assert 0.9 < sum(distances) / len(distances) < 1.2
