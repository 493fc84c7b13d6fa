"""Gaps between the sheets of a team, from combining to scoring, cases, proof, versions and words."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from batch_comparison import differences
from broken_files import SMALL, edited
from engine_builders import LEVELS, at_least, before, claim, item, part, recommend, ruleset, shift

from readiness.engine.answers import UNKNOWN, Answer, Answers, Missing, Phase, Role
from readiness.engine.carrying import carry
from readiness.engine.cases import Case, CaseAnswer
from readiness.engine.conditions import All, Condition, Not
from readiness.engine.conditions import Any as AnyOf
from readiness.engine.expectations import shortfalls
from readiness.engine.framework import BAND_ORDER, Band
from readiness.engine.gaps import gap_of, is_gap, item_of, steps_of
from readiness.engine.ranges import Range, open_construct
from readiness.engine.rating import rate
from readiness.engine.ruleset import RuleSet, When
from readiness.engine.scoring import score
from readiness.engine.team import GroupSheet, GroupValue, combine
from readiness.loading.cases import read_answers_file
from readiness.loading.ruleset import case_subjects, read_ruleset
from readiness.report.data import answers_as_yaml, result_as_data
from readiness.report.said import say, why_here
from readiness.report.told_comparison import meaning_lines
from readiness.report.workbench import item_uses
from readiness.workbench import grids
from readiness.workbench.batch import compile_batch
from readiness.workbench.columns import answers_at, encode, simulate
from readiness.workbench.comparison import compare
from readiness.workbench.counterexample import as_yaml
from readiness.workbench.exercise import exercised
from readiness.workbench.impact import impact
from readiness.workbench.proof import checked, prove, study
from readiness.workbench.revisions import carrier
from readiness.workbench.sensitivity import held, unmoved
from readiness.workbench.theorems import Theorem, Wrong

STAFF = (Role.MANAGER, Role.PEER_SUPPORT_WORKER, Role.SERVICE_USER)
APART = claim("a", "gap at least 2")
GAP = gap_of("a")
HIGH = claim("c", "high", BAND_ORDER)


def small(*rules: Any, advice: tuple[Any, ...] = (), **others: Any) -> RuleSet:
    """One construct with the items *a* and *b*, of which staff are asked *a*, and advice where its risk is high."""
    asked = others.pop("others", [item("a", asked=STAFF)])
    return ruleset(part("c", "ab", *rules), recommendations=(recommend("help", HIGH), *advice), others=asked, **others)


DIVIDED = shift("divided", -1.0, APART)
RULES = small(DIVIDED)


def team(steps: int, most: int = 2, **given: Answer) -> Answers:
    """Answers of a team whose sheets lie so many steps apart on the item *a*."""
    return replace(before(**given), gaps={GAP: f"{steps} of {most}"})


def sheet(role: Role, **levels: Answer) -> GroupSheet:
    return GroupSheet((role,), 6, {code: GroupValue(level, False, 0, 6) for code, level in levels.items()})


def risk(rules: RuleSet, answers: Answers) -> float | None:
    return rate(rules, answers).constructs["c"].risk


def span(rules: RuleSet, answers: Answers) -> Range | None:
    return open_construct(rules, rules.scoring["c"], answers).range()


# What a team hands to scoring.


def test_the_gap_is_the_steps_between_the_outermost_sheets() -> None:
    sheets = [sheet(Role.PEER_SUPPORT_WORKER, a="none"), sheet(Role.SERVICE_USER, a="some")]
    combined = combine(RULES.instrument, before(a="full", b="some"), sheets)
    assert (combined.answers["a"], combined.answers[GAP]) == ("some", "2 of 2")
    assert [(gap.item, gap.steps) for gap in combined.gaps] == [("a", 2)]


def test_sheets_that_agree_have_a_gap_of_0_steps() -> None:
    combined = combine(RULES.instrument, before(a="full"), [sheet(Role.SERVICE_USER, a="full")])
    assert (combined.answers[GAP], combined.gaps) == ("0 of 2", ())


@pytest.mark.parametrize(
    ("manager", "sheets"),
    [
        ({"a": "full"}, []),
        ({"a": "full"}, [sheet(Role.SERVICE_USER, b="full")]),
        ({"a": "full"}, [sheet(Role.SERVICE_USER, a=Missing.NOT_ANSWERED)]),
        ({"a": Missing.DONT_KNOW}, [sheet(Role.SERVICE_USER, a="full")]),
        ({}, [sheet(Role.SERVICE_USER, a=Missing.NOT_APPLICABLE)]),
    ],
    ids=["no team", "not on their sheet", "they say nothing", "the manager says nothing", "nobody gives a level"],
)
def test_with_fewer_than_two_levels_the_gap_is_unknown(manager: dict[str, Answer], sheets: list[GroupSheet]) -> None:
    assert combine(RULES.instrument, before(**manager), sheets).answers[GAP] in UNKNOWN


def test_an_improved_answer_leaves_the_gap_as_it_is() -> None:
    assert team(2, a="none").replace({"a": "full"})[GAP] == "2 of 2"


# Rules and recommendations.


@pytest.mark.parametrize(
    ("answers", "expected"),
    [(team(2, a="some", b="some"), 75), (team(1, a="some", b="some"), 50), (before(a="some", b="some"), 50)],
    ids=["apart", "near", "one person alone"],
)
def test_a_rule_on_a_gap_holds_only_of_a_team_whose_sheets_lie_that_far_apart(answers: Answers, expected: int) -> None:
    assert risk(RULES, answers) == expected


@pytest.mark.parametrize("text", ["gap at least 1", "gap at least 2"])
@pytest.mark.parametrize("turned", [False, True], ids=["claimed", "negated"])
def test_no_rule_on_a_gap_fires_for_one_person_alone_whatever_is_answered(text: str, turned: bool) -> None:
    condition: Condition = Not(claim("a", text)) if turned else claim("a", text)
    rules = small(shift("r", -1.0, condition))
    answers = [None, *LEVELS, Missing.NOT_APPLICABLE]
    for a, b in product(answers, repeat=2):
        given = {code: answer for code, answer in (("a", a), ("b", b)) if answer is not None}
        assert [each.truth for each in rate(rules, before(**given)).constructs["c"].rules] == [None]


def test_a_recommendation_on_a_gap_is_given_to_the_team_alone() -> None:
    rules = small(advice=(recommend("talk", APART, a="full"),))
    apart, alone = (score(rules, answers) for answers in (team(2, a="some", b="full"), before(a="some", b="full")))
    assert [each.recommendation.code for each in apart.recommendations] == ["talk"]
    assert [each.recommendation.code for each in alone.recommendations] == []


# Ranges.


def completions(answers: Answers) -> Iterator[Answers]:
    """Every way to answer what is open; the gap stays as it is."""
    choices = [[answers[code]] if answers[code] not in UNKNOWN else [answers[code], *LEVELS] for code in "ab"]
    yield from (answers.replace(dict(zip("ab", mixture, strict=True))) for mixture in product(*choices))


@pytest.mark.parametrize("gap", [None, 0, 1, 2])
@pytest.mark.parametrize(
    "rule",
    [
        DIVIDED,
        shift("r", 1.0, Not(APART)),
        shift("r", 0.5, claim("b", "some"), APART),
        at_least("r", Band.HIGH, All((APART, claim("b", "at least some")))),
    ],
    ids=["claimed", "negated", "unless", "bound with another claim"],
)
def test_a_range_holds_every_completion_and_both_ends_are_reached(rule: Any, gap: int | None) -> None:
    rules = small(rule, others=[item(code, not_applicable=None, asked=STAFF) for code in "ab"])
    for a, b in product((Missing.DONT_KNOW, *LEVELS), repeat=2):
        if a in UNKNOWN and b in UNKNOWN:
            continue  # without a band a range holds more than completions
        answers = before(a=a, b=b) if gap is None else team(gap, a=a, b=b)
        risks = [found for each in completions(answers) if (found := risk(rules, each)) is not None]
        assert span(rules, answers) == Range(min(risks), max(risks))


def test_for_one_person_alone_a_rule_on_a_gap_leaves_the_range_as_it_is_without_the_rule() -> None:
    for given in ({}, {"a": "some"}, {"a": "some", "b": "full"}):
        assert span(RULES, before(**given)) == span(small(), before(**given))


# The workbench.


def everyone() -> list[Answers]:
    """Every mixture of answers, of one person alone and of teams with every gap."""
    answers: list[Answer] = [Missing.DONT_KNOW, Missing.NOT_APPLICABLE, *LEVELS]
    return [
        before(a=a, b=b) if gap is None else team(gap, a=a, b=b)
        for a, b in product(answers, repeat=2)
        for gap in (None, 0, 1, 2)
    ]


MIXED = small(
    DIVIDED,
    shift("united", 0.5, Not(claim("a", "gap at least 1"))),
    at_least("bound", Band.MODERATE, All((APART, claim("b", "at least some"))), claim("a", "full")),
    advice=(recommend("talk", All((APART, Not(HIGH)))), recommend("praise", claim("c", "low", BAND_ORDER), APART)),
)


def test_the_batch_engine_scores_teams_and_people_alone_as_the_scalar_engine_does() -> None:
    assert list(differences(compile_batch(MIXED, Phase.BEFORE), everyone())) == []


def test_without_a_grid_teams_are_scored_by_hand_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grids, "MOST_STATES", 1)
    compiled = compile_batch(MIXED, Phase.BEFORE)
    assert compiled.by_hand == ("c",)
    assert list(differences(compiled, everyone())) == []


def test_answers_of_teams_come_back_from_columns_as_they_went_in() -> None:
    columns = encode(RULES.instrument, Phase.BEFORE, everyone())
    for row, answers in enumerate(everyone()):
        back = answers_at(RULES.instrument, columns, row)
        assert {subject: back[subject] for subject in "ab"} == {
            code: Missing.NOT_ANSWERED if answers[code] in UNKNOWN else answers[code] for code in "ab"
        }
        assert back.gaps == answers.gaps


@pytest.mark.parametrize(
    ("gaps", "sentence"),
    [
        ({GAP: "2 of 3"}, "a gap cannot be answered '2 of 3' in the phase before"),
        ({gap_of("b"): "1 of 2"}, "b gap cannot be answered '1 of 2' in the phase before"),
    ],
    ids=["other steps", "not asked"],
)
def test_a_gap_that_the_instrument_does_not_have_is_refused(gaps: Mapping[str, str], sentence: str) -> None:
    rules = small(others=[item("a"), item("b", phases=[Phase.AFTER])])
    with pytest.raises(ValueError, match=sentence):
        encode(rules.instrument, Phase.BEFORE, [replace(before(), gaps=gaps)])


def test_simulated_services_are_answered_by_one_person_alone() -> None:
    columns = simulate(RULES.instrument, Phase.BEFORE, 5, np.random.default_rng(1))
    assert not any(is_gap(subject) for subject in columns.items)


def test_everything_is_proven_of_a_rule_set_with_a_rule_for_teams() -> None:
    rules = small(DIVIDED, others=[item(code, asked=STAFF) for code in "ab"])
    assert prove(rules).refutations == ()


@pytest.mark.parametrize(
    ("rules", "theorem", "wrong"),
    [
        (
            small(shift("torn", -1.0, All((APART, Not(claim("a", "gap at least 1")))))),
            Theorem.CONDITIONS,
            Wrong.NEVER_HOLDS,
        ),
        (
            small(shift("idle", -1.0, AnyOf((claim("b", "none"), All((claim("b", "none"), APART)))))),
            Theorem.CONDITIONS,
            Wrong.NEVER_MATTERS,
        ),
        (
            small(shift("up", -2.0, All((APART, claim("b", "full"))))),
            Theorem.BETTER,
            Wrong.BETTER_RAISES,
        ),
        (
            small(
                advice=(
                    replace(recommend("one", APART), never_with=("other",), phase=When.SUSTAINING),
                    replace(recommend("other", claim("b", "full")), phase=When.SUSTAINING),
                )
            ),
            Theorem.CONTRADICTIONS,
            Wrong.BOTH_ADVISED,
        ),
    ],
    ids=["never holds", "a gap that never matters", "a better answer raises", "both advised"],
)
def test_what_does_not_hold_for_teams_is_found_and_shown_by_a_case_that_states_the_gap(
    rules: RuleSet, theorem: Theorem, wrong: Wrong
) -> None:
    found = [each for each in checked(study(rules), theorem).refutations if each.wrong is wrong]
    assert found
    for each in found:
        if each.example is not None:
            assert "gaps:\n  a: 2\n" in as_yaml(each.example, "Invented")


def test_a_case_states_gaps_and_what_it_exercises_is_counted() -> None:
    def case(code: str, gaps: Mapping[str, int]) -> Case:
        answers = {"a": CaseAnswer("some", "", ())}
        return Case(code, "S", "", Phase.BEFORE, answers, Missing.DONT_KNOW, "", (APART,) if gaps else (), gaps=gaps)

    cases = {"apart": case("apart", {"a": 2}), "near": case("near", {"a": 0}), "alone": case("alone", {})}
    rules = replace(RULES, cases=cases)
    states = {target.state: found for target, found in exercised(rules).cases.items() if target.code == "divided"}
    assert states == {"holds": ("apart",), "does not hold": ("near",), "undecided": ("alone",)}
    (unmet,) = shortfalls(rules)
    assert (unmet.case, unmet.expected) == ("near", "The a: sheets lie 2 steps or more apart")
    assert (unmet.got, unmet.because) == ("The a (gap): 0 of 2", "a gap is 0 of 2")


# Versions.

GROWN = small(DIVIDED, others=[item("a", (*LEVELS, "more"), asked=STAFF)])


def grown() -> RuleSet:
    """The same rule set when the item *a* has a level more."""
    scoring = GROWN.scoring["c"]
    more = replace(scoring.items[0], worth={**scoring.items[0].worth, "more": scoring.items[0].worth["full"]})
    scoring = replace(scoring, items=(more, *scoring.items[1:]), rules=(shift("divided", -1.0, _of_four()),))
    return replace(GROWN, scoring={"c": scoring})


def _of_four() -> Condition:
    return claim("a", "gap at least 2", (*LEVELS, "more"))


def test_a_gap_is_carried_where_the_item_has_as_many_levels_and_unknown_elsewhere() -> None:
    answers = team(2, a="some", b="some")
    assert carry(answers, RULES, small()).answers[GAP] == "2 of 2"
    assert carry(answers, RULES, grown()).answers[GAP] in UNKNOWN
    gone = ruleset(part("c", "b"), others=[item("a", phases=[Phase.AFTER])])
    assert carry(answers, RULES, gone).answers[GAP] in UNKNOWN


@pytest.mark.parametrize(
    "then",
    [small(), grown(), MIXED, small(shift("divided", 0.5, claim("a", "gap at least 1")))],
    ids=["a rule gone", "a level more", "more rules", "another step"],
)
def test_carrying_comparing_and_impact_agree_with_scoring_twice(then: RuleSet) -> None:
    people = [each for each in everyone() if each["a"] is not Missing.NOT_APPLICABLE]
    carried = [carry(each, RULES, then).answers for each in people]
    columns, lost = carrier(RULES, then, Phase.BEFORE).carry(encode(RULES.instrument, Phase.BEFORE, people))
    assert [answers_at(then.instrument, columns, row).gaps for row in range(len(people))] == [
        each.gaps for each in carried
    ]
    assert lost == {} or not any(is_gap(subject) for subject in lost)
    bands = [
        (rate(RULES, one).constructs["c"].band, rate(then, other).constructs["c"].band)
        for one, other in zip(people, carried, strict=True)
    ]
    found = impact(RULES, then, [(encode(RULES.instrument, Phase.BEFORE, people), None)])
    assert sum(each.changed for each in found.constructs) == sum(one is not other for one, other in bands)


def test_a_rule_for_teams_is_no_equivalence_and_is_said_by_its_gap() -> None:
    found = compare(small(), RULES)
    assert not found.equivalent
    lines = "\n".join(meaning_lines(small(), RULES, found))
    assert "The a (gap): “2 of 2 steps”" in lines


def test_a_gap_enters_both_digests() -> None:
    contact = "scoring/working_together.yaml"
    two, one = (
        read_ruleset({**SMALL, contact: edited(contact, "contact: at least monthly", f"contact: gap at least {steps}")})
        for steps in (2, 1)
    )
    assert two.identity.digest != one.identity.digest
    assert two.identity.logic != one.identity.logic


def test_the_gap_of_a_case_enters_the_digest_and_no_logic() -> None:
    town = "cases/town.yaml"
    with_gap = edited(town, "happened:", "gaps:\n  contact: 1\nhappened:")
    without, stated = (read_ruleset({**SMALL, **more}).identity for more in ({}, {town: with_gap}))
    assert without.digest != stated.digest
    assert without.logic == stated.logic


def test_draws_keep_the_bands_of_teams_that_nothing_moves() -> None:
    columns = encode(RULES.instrument, Phase.BEFORE, everyone())
    bands = {str(rate(RULES, each).domains[0].band) for each in everyone()}
    found = held(RULES, [columns], unmoved(RULES))
    assert {str(each.band) for each in found} == bands
    assert all(share == 1 for each in found for share in each.shares.values())


# In words, and as data.


def test_a_result_says_why_a_rule_for_teams_holds() -> None:
    rules = small(advice=(recommend("talk", APART),))
    assert say(rules, APART) == "The a: sheets lie 2 steps or more apart"
    result = score(rules, team(2, a="some", b="full"))
    assert why_here(rules, result, APART) == "The a: sheets lie 2 steps apart"


def test_data_and_answers_file_hold_the_gaps_and_the_file_can_be_read_back() -> None:
    answers = team(2, a="some", b="full")
    assert result_as_data(RULES, score(RULES, answers))["gaps"] == {"a": 2}
    assert result_as_data(RULES, score(RULES, before(a="some")))["gaps"] == {}
    text = answers_as_yaml("S", answers)
    read = read_answers_file(
        "answers.yaml", text.encode(), RULES.instrument, case_subjects(RULES.instrument, RULES.domains)
    )
    assert read.answers == answers
    assert "gaps" not in answers_as_yaml("S", before(a="some"))


def test_a_rule_on_the_gap_of_an_item_is_among_what_uses_the_item() -> None:
    (used,) = item_uses(small(shift("divided", -1.0, claim("b", "gap at least 1"))), "b").uses
    assert [each.code for each in used.by] == ["divided"]


def test_a_gap_knows_its_item_and_its_steps() -> None:
    assert (item_of(GAP), item_of("a"), steps_of("2 of 3"), is_gap("a")) == ("a", "a", 2, False)
