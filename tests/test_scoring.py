"""The whole: answers in, result out; certainty, what decided, what is unknown, and the same bytes everywhere."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import fields, replace

import pytest
from engine_builders import Part, after, at_least, before, claim, item, part, recommend, ruleset
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readiness.engine.answers import Answer, Answers, Missing, Phase
from readiness.engine.framework import Band
from readiness.engine.result import Certainty, Result, UnknownItem
from readiness.engine.ruleset import RuleSet
from readiness.engine.scoring import score
from readiness.report.data import result_as_data

NOT_ANSWERED, DONT_KNOW, NOT_APPLICABLE = Missing
SETTLED, PROVISIONAL, NOT_DETERMINABLE = Certainty
CASES = ("beer_sheva", "butabika", "dar_es_salaam", "hamburg", "pune", "ulm")


# Certainty.


@pytest.mark.parametrize(
    ("codes", "given", "band", "certainty"),
    [
        ("ab", {"a": "full", "b": "full"}, Band.LOW, SETTLED),
        ("ab", {"a": "full"}, Band.LOW, PROVISIONAL),
        ("abde", {"a": "full", "b": "full", "d": "full"}, Band.LOW, SETTLED),
        ("abde", {"a": "none", "b": "none", "d": "none"}, Band.HIGH, SETTLED),
        ("abde", {"a": "some", "b": "some", "d": "some"}, Band.MODERATE, PROVISIONAL),
        ("abdefg", dict.fromkeys("abdef", "some"), Band.MODERATE, SETTLED),
        ("abd", {"a": "full"}, None, NOT_DETERMINABLE),
        ("ab", {}, None, NOT_DETERMINABLE),
        ("ab", {"a": NOT_APPLICABLE, "b": NOT_APPLICABLE}, None, NOT_DETERMINABLE),
        ("ab", {"a": "full", "b": NOT_APPLICABLE}, Band.LOW, SETTLED),
    ],
    ids=[
        "all known", "half known", "low whatever comes", "high whatever comes", "from exactly the floor of high",
        "moderate whatever comes", "too little known", "nothing known", "nothing applies", "the rest does not apply",
    ],
)  # fmt: skip
def test_a_band_says_how_far_it_can_be_relied_on(
    codes: str, given: Mapping[str, Answer], band: Band | None, certainty: Certainty
) -> None:
    result = score(ruleset(part("c", codes)), before(**given))
    (construct,), (domain,) = result.constructs, result.domains
    assert (construct.band, construct.certainty) == (band, certainty)
    assert (domain.band, domain.certainty) == (band, certainty)


def test_a_bound_can_settle_what_the_answers_leave_open() -> None:
    made = ruleset(part("c", "ab", at_least("r", Band.HIGH, claim("a", "none"))))
    (construct,) = score(made, before(a="none")).constructs
    assert construct.range is not None
    assert construct.range.best == 62.5
    assert construct.certainty is SETTLED


# What decided a domain.


def one_item_each(weights: Mapping[str, int], *critical: str) -> tuple[Part, ...]:
    return tuple(part(code, code, weight=weight, critical=code in critical) for code, weight in weights.items())


@pytest.mark.parametrize(
    ("parts", "given", "decided_by"),
    [
        (one_item_each({"a": 1, "b": 1}), {"a": "none", "b": "some"}, ("a",)),
        (one_item_each({"a": 1, "b": 3}), {"a": "none", "b": "none"}, ("b", "a")),
        (one_item_each({"a": 1, "b": 1}), {"a": "none", "b": "none"}, ("a", "b")),
        (one_item_each({"a": 1, "b": 2, "d": 3}), {"a": "full", "b": "full", "d": "full"}, ("d", "b")),
        (one_item_each({"a": 1, "b": 3}), {"a": "none", "b": "full"}, ("b",)),
        (one_item_each({"a": 3, "b": 1}), {"a": "none", "b": "full"}, ("a",)),
        (one_item_each({"a": 1, "b": 1}), {"a": "none", "b": "full"}, ("a",)),
        (one_item_each({"a": 1, "b": 1}), {"a": "some", "b": "some"}, ()),
        (one_item_each({"a": 1, "b": 1}), {"a": "none"}, ("a",)),
        (one_item_each({"a": 1, "b": 3}), {"a": "none"}, ()),
        (one_item_each({"a": 1, "b": 3, "d": 3}, "a"), {"a": "none", "b": "full", "d": "full"}, ("a",)),
        (one_item_each({"a": 1, "b": 1}, "a"), {"a": "none", "b": "none"}, ("a", "b")),
    ],
    ids=[
        "the one that pulls", "weight counts", "ties keep reading order", "two at most", "towards low", "towards high",
        "at fifty towards high", "nothing pulls", "an unknown one does not pull", "not determinable",
        "what bounds it alone", "a barrier that bounds nothing is one of them",
    ],
)  # fmt: skip
def test_a_domain_is_decided_by(
    parts: tuple[Part, ...], given: Mapping[str, Answer], decided_by: tuple[str, ...]
) -> None:
    assert score(ruleset(*parts), before(**given)).domains[0].decided_by == decided_by


# What the result lists.


def test_critical_barriers_are_listed_in_reading_order_whether_or_not_they_bound() -> None:
    made = ruleset(*one_item_each({"a": 1, "b": 1, "d": 1}, "b", "d"))
    assert score(made, before(a="none", b="none", d="none")).critical == ("b", "d")
    assert score(made, before(a="none", b="some", d="none")).critical == ("d",)
    assert score(made, before(a="none", b=DONT_KNOW)).critical == ()


def test_unknown_items_are_listed_with_their_construct_and_whether_dont_know_was_said() -> None:
    made = ruleset(part("c", "ab"), part("d", "de"), others=[item("size"), item("e", phases=[Phase.AFTER])])
    assert score(made, before(a=DONT_KNOW, b=NOT_APPLICABLE)).unknown == (
        UnknownItem("a", "c", True),
        UnknownItem("d", "d", False),
    )
    assert UnknownItem("e", "d", False) in score(made, after()).unknown


def test_the_result_carries_the_answers_and_the_rule_set_it_came_from() -> None:
    made, answers = ruleset(part("c", "a")), before(a="none")
    result = score(made, answers)
    assert (result.ruleset, result.answers, result.phase) == (made.identity, answers, Phase.BEFORE)


def test_constructs_come_in_reading_order() -> None:
    made = ruleset(part("z", "a", domain="one"), part("b", "b", domain="two"), part("y", "d", domain="one"))
    result = score(made, before())
    assert [each.construct.code for each in result.constructs] == ["z", "y", "b"]


def test_there_is_no_overall_score(shipped: RuleSet) -> None:
    assert {field.name for field in fields(Result)} == {
        "ruleset", "phase", "answers", "domains", "critical", "unknown", "recommendations", "levers",
    }  # fmt: skip
    data = result_as_data(shipped, score(shipped, Answers(Phase.AFTER, {})))
    assert [key for key, value in data.items() if isinstance(value, int | float)] == []


def test_knowing_nothing_recommends_nothing_and_finds_no_lever() -> None:
    made = ruleset(part("c", "a"), recommendations=[recommend("r", claim("a", "none"), claim("a", "full"), a="full")])
    result = score(made, before())
    assert (result.recommendations, result.levers, result.critical) == ((), (), ())


@pytest.mark.parametrize("missing", [NOT_ANSWERED, DONT_KNOW])
@pytest.mark.parametrize("phase", Phase)
def test_all_unknown_is_never_low(shipped: RuleSet, phase: Phase, missing: Missing) -> None:
    result = score(shipped, Answers(phase, {each.code: missing for each in shipped.instrument.asked(phase)}))
    for each in (*result.domains, *result.constructs):
        assert (each.band, each.certainty, each.rated.risk) == (None, NOT_DETERMINABLE, None)
        assert each.range is not None
        assert each.range.worst >= shipped.bands.floor[Band.MODERATE]
    assert (result.recommendations, result.levers, result.critical) == ((), (), ())
    assert len(result.unknown) == sum(each.code in shipped.construct_of for each in shipped.instrument.asked(phase))


# The shipped rule set: what may not matter, and the same bytes everywhere.


@settings(deadline=None, derandomize=True, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_the_income_level_changes_nothing_but_its_own_answer(shipped: RuleSet, data: st.DataObject) -> None:
    phase = data.draw(st.sampled_from(Phase))
    answers = Answers(
        phase,
        {each.code: data.draw(st.sampled_from((DONT_KNOW, *each.order))) for each in shipped.instrument.asked(phase)},
    )
    result = score(shipped, answers)
    for level in (*shipped.instrument.items["income_level"].order, NOT_ANSWERED):
        other = score(shipped, answers.replace({"income_level": level}))
        assert other.answers["income_level"] == level
        assert replace(other, answers=answers) == result


def case_answers(shipped: RuleSet) -> dict[str, Answers]:
    return {case.code: case.answered(shipped.instrument) for case in shipped.examples}


def test_there_is_a_case_for_each_site_before_and_after(shipped: RuleSet) -> None:
    assert [case.code for case in shipped.examples] == [
        f"{site}_{when}" for site in CASES for when in ("before", "18_months")
    ]


@pytest.mark.parametrize("site", CASES)
def test_the_same_answers_in_another_order_give_the_same_result(shipped: RuleSet, site: str) -> None:
    answers = case_answers(shipped)[f"{site}_18_months"]
    turned = Answers(answers.phase, dict(reversed(answers.given.items())))
    assert list(turned.given) != list(answers.given)
    assert score(shipped, turned) == score(shipped, answers)


PRINT_RESULTS = """
import json, sys
from pathlib import Path
from readiness.engine.answers import Answers, Phase
from readiness.engine.scoring import score
from readiness.loading.ruleset import load_ruleset
from readiness.report.data import result_as_data

ruleset = load_ruleset(Path(sys.argv[1]))
every = [case.answered(ruleset.instrument) for case in ruleset.examples]
every += [Answers(phase, {}) for phase in Phase]
sys.stdout.write(json.dumps([result_as_data(ruleset, score(ruleset, answers)) for answers in every]))
"""


def test_the_same_input_gives_the_same_bytes_in_every_process(shipped: RuleSet, request: pytest.FixtureRequest) -> None:
    folder = request.config.rootpath / "rules" / "peer-support"
    every = [*case_answers(shipped).values(), *(Answers(phase, {}) for phase in Phase)]
    here = json.dumps([result_as_data(shipped, score(shipped, answers)) for answers in every]).encode()
    for seed in ("1", "2"):
        there = subprocess.run(
            [sys.executable, "-c", PRINT_RESULTS, str(folder)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=request.config.rootpath,
            check=True,
            capture_output=True,
        )
        assert there.stdout == here
