"""What changed answers would do, in words: sentences for the report and what pages show."""

import pytest
from engine_builders import before, claim, part, recommend, ruleset, shift

from readiness.engine.answers import Answer, Answers, Missing
from readiness.engine.conditions import All
from readiness.engine.levers import what_if
from readiness.engine.ruleset import RuleSet
from readiness.engine.scoring import score
from readiness.engine.smallest import smallest_sets
from readiness.report.view_levers import OutcomeView, field_groups, outcome_view, settles_view, smallest_sentences


def sentences(made: RuleSet, answers: Answers) -> tuple[str, ...]:
    return smallest_sentences(made, smallest_sets(made, score(made, answers)))


def test_each_domain_that_is_not_low_has_one_sentence_for_the_report() -> None:
    pair = All((claim("b", "full"), claim("d", "full")))
    made = ruleset(
        part("c", "a", domain="one"), part("e", {"f": {"x": -1.0}}, shift("r", 2, pair), domain="two"),
        part("g", "bd", domain="three"), part("h", "h", domain="four"),
    )  # fmt: skip
    one, two, three = sentences(made, before(a="none", f="x", b="some", d="some", h="full"))
    assert one == "one: from high risk to moderate risk by one answer: The a from “There is none” to “There is some”."
    assert two == (
        "two: from high risk to low risk by 2 answers together: The b from “There is some” to “There is full” "
        "and The d from “There is some” to “There is full”."
    )
    assert three.startswith("three: from moderate risk to low risk by one answer: The b")


def test_where_no_set_does_it_the_sentence_says_how_far_was_looked() -> None:
    many = "abcdefghijklmnopqrst"
    (said,) = sentences(ruleset(part("u", many)), before(**dict.fromkeys(many, "some")))
    assert said == ("domain, at moderate risk: no set of up to 4 answers brings it down a band; every one was tried.")
    stuck = ruleset(part("c", {"a": {"x": -2.0}, "b": {"none": -2.0, "some": -1.5}}))
    (said,) = sentences(stuck, before(a="x", b="none"))
    assert said == (
        "domain, at high risk: by this calculation it would not come down a band even if every known answer that can "
        "still change became as good as it can."
    )


def outcome(made: RuleSet, answers: Answers, **changed: Answer) -> OutcomeView:
    return outcome_view(made, what_if(made, score(made, answers), changed))


@pytest.mark.parametrize(
    ("given", "changed", "said", "constructs"),
    [
        ({"a": "some", "b": "none"}, {}, "Stays as it is.", ()),
        ({"a": "none", "b": "none"}, {"b": "full"}, "From high risk to moderate risk.",
         ("The construct c: from 100 of 100, high risk to 50 of 100, moderate risk",)),
        ({"a": "some", "b": "some"}, {"a": "x", "b": "full"}, "From moderate risk to low risk.",
         ("The construct c: from 50 of 100, moderate risk to 37 of 100, low risk",)),
        ({"a": "none"}, {"b": "none"}, "The risk stays; the possible range is another one.",
         ("The construct c, possible range then: no open answers",)),
        ({}, {"a": "full"}, "From not determinable to low risk.",
         ("The construct c: from not determinable to 0 of 100, low risk",)),
    ],
    ids=["nothing", "down", "down by little", "only the range", "determinable"],
)  # fmt: skip
def test_what_becomes_of_a_domain_is_said_in_a_sentence(
    given: dict[str, Answer], changed: dict[str, Answer], said: str, constructs: tuple[str, ...]
) -> None:
    worth = {"none": -2.0, "x": -0.98, "some": 0.0, "full": 2.0}
    made = ruleset(part("c", {"a": worth, "b": worth}))
    (domain,) = outcome(made, before(**given), **changed).domains
    assert (domain.said, domain.constructs) == (said, constructs)


def test_the_whole_is_said_in_a_few_sentences() -> None:
    made = ruleset(
        part("c", "ab"),
        recommendations=[
            recommend("goes", claim("a", "none")), recommend("comes", claim("a", "full")),
            recommend("too", claim("a", "full")),
        ],
    )  # fmt: skip
    shown = outcome(made, before(a="none", b="none"), a="full")
    assert shown.said == (
        "1 answer is changed. 1 domain moves to another band. 2 recommendations come. 1 recommendation goes."
    )
    assert [each.title for each in (*shown.come, *shown.go)] == ["comes", "too", "goes"]
    shown = outcome(made, before(a="some", b="none"), a="none", b="some")
    assert shown.said.startswith("2 answers are changed. Every domain stays in its band.")


@pytest.mark.parametrize("answer", [Missing.NOT_ANSWERED, Missing.DONT_KNOW, Missing.NOT_APPLICABLE, "some"])
def test_every_level_and_that_it_does_not_apply_can_be_tried_but_what_is_so_already(answer: Answer) -> None:
    made = ruleset(part("c", "a"))
    ((field,),) = (group.fields for group in field_groups(made, before(a=answer), {"a": "full"}))
    assert field.options[0][0] == ""
    assert field.options[0][1].endswith("(as it is)")
    assert [value for value, _ in field.options[1:]] == [
        value for value in ("none", "some", "full", "not_applicable") if value != answer
    ]
    assert field.chosen == "full"


def test_what_would_settle_most_is_said_with_the_points_or_that_it_is_little() -> None:
    made = ruleset(part("c", "ab"))
    shown = settles_view(made, score(made, before(a="some")))
    assert shown is not None
    assert shown.said == (
        "“How is b?” Knowing this would narrow the possible range of domain by about 50 of 100 points."
    )
    little = {"none": 0.0, "some": 0.02}
    made = ruleset(part("c", {"a": {"none": 0.0, "some": 2.0}, "b": little}))
    shown = settles_view(made, score(made, before(a="none")))
    assert shown is not None
    assert "but by less than one point of 100" in shown.said
    assert settles_view(made, score(made, before(a="some", b="some"))) is None
