"""What is proven of a rule set: where each theorem fails, with answers that scalar engine and cases confirm."""

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from broken_files import HERE
from click.testing import CliRunner
from engine_builders import BOTH, LEVELS, WORTH, Part, at_least, claim, item, part, recommend, ruleset, shift
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.cli import main
from readiness.engine import rating
from readiness.engine.answers import Answer, Answers, Missing, Phase
from readiness.engine.conditions import All, Condition, Not, evaluate
from readiness.engine.conditions import Any as AnyOf
from readiness.engine.expectations import advised, shortfalls
from readiness.engine.framework import BAND_ORDER, Band
from readiness.engine.ranges import OpenConstruct, Range, open_construct
from readiness.engine.rating import ConstructRating, rate, rate_construct
from readiness.engine.ruleset import Alike, ConstructScoring, Recommendation, Rule, RuleSet, When
from readiness.loading.cases import Known, read_case, read_pair
from readiness.loading.document import read_document
from readiness.loading.reader import Reader
from readiness.loading.ruleset import case_subjects
from readiness.report.told_proof import case_of, proof_data, proof_lines, sentence
from readiness.workbench import proof_constructs
from readiness.workbench.proof import checked, prove, study
from readiness.workbench.proof_constructs import SCORED, some_states
from readiness.workbench.proof_rules import state_problems
from readiness.workbench.theorems import Check, Proof, Refutation, Tally, Theorem, Wrong

NO_NEED = item("often", not_applicable=None)


def high(construct: str) -> Condition:
    return claim(construct, "high", BAND_ORDER)


def low(construct: str) -> Condition:
    return claim(construct, "low", BAND_ORDER)


def contact(*rules: Rule, items: Any = ("often",), advice: tuple[Recommendation, ...] = (), **more: Any) -> RuleSet:
    """One construct, with advice for when its risk is high."""
    help_out = recommend("help", high("contact"))
    return ruleset(part("contact", items, *rules), recommendations=(help_out, *advice), **more)


def declared(rules: RuleSet, own: Mapping[str, Any] | None = None, **of_construct: Any) -> RuleSet:
    """The same with declarations on the construct *contact* and on its first item."""
    scoring = rules.scoring["contact"]
    items = (replace(scoring.items[0], **(own or {})), *scoring.items[1:])
    return replace(rules, scoring={**rules.scoring, "contact": replace(scoring, items=items, **of_construct)})


def opposed(one: Condition, other: Condition, *parts: Part) -> RuleSet:
    """Constructs, and two recommendations that must never come together."""
    advice = (recommend("one", one), replace(recommend("other", other), never_with=("one",)))
    return ruleset(*(parts or (part("contact", ["often", "long"]),)), recommendations=advice)


SOUND = contact()
ALIKE = {"often": {"none": -2.0, "some": 0.0, "more": 0.0, "full": 2.0}}
FALLING = {"often": {"none": -2.0, "some": 2.0, "full": 0.0}}
HARMLESS = {"often": {"none": 0.0, "full": 2.0}}
OUTWEIGHED = shift("outweighed", -1.5, All((claim("often", "full"), claim("long", "none"))))
TWO = ("often", "long")
NEVER = All((claim("often", "none"), claim("often", "full")))
IDLE = AnyOf((claim("often", "full"), All((claim("often", "full"), claim("long", "full")))))
RAISED = contact(OUTWEIGHED, items=TWO)
ANY_LEVEL = claim("long", "at least none")
LIFTED = shift("lifted", 2.0, claim("often", "none"))
SHARED = (
    part("contact", ["often"]),
    part("trust", ["long"], at_least("rarely", Band.HIGH, claim("often", "none"))),
)

# What does not hold, of which rule set, and what is said of it.
FAILING: dict[str, tuple[RuleSet, Theorem, Refutation]] = {
    "a rule that never holds": (
        contact(shift("silly", -0.5, NEVER)),
        Theorem.CONDITIONS,
        Refutation(Wrong.NEVER_HOLDS, "contact", "silly"),
    ),
    "a rule that never fails": (
        contact(shift("always", 0.5, claim("often", "answered")), others=[NO_NEED]),
        Theorem.CONDITIONS,
        Refutation(Wrong.NEVER_FAILS, "contact", "always"),
    ),
    "a rule with a claim that never matters": (
        contact(shift("idle", 0.5, IDLE), items=TWO),
        Theorem.CONDITIONS,
        Refutation(Wrong.NEVER_MATTERS, "contact", "idle", item="long"),
    ),
    "a rule on an item of the other phase": (
        ruleset(
            part("contact", ["often"], shift("torn", 0.5, All((claim("often", "full"), claim("long", "full"))))),
            others=[item("often", phases=[Phase.BEFORE]), item("long", phases=[Phase.AFTER])],
        ),
        Theorem.CONDITIONS,
        Refutation(Wrong.NEVER_HOLDS, "contact", "torn"),
    ),
    "a recommendation that no answers call for": (
        contact(advice=(recommend("vain", All((high("contact"), claim("often", "full")))),)),
        Theorem.CONDITIONS,
        Refutation(Wrong.NEVER_HOLDS, subject="vain"),
    ),
    "a shift that ends beyond the scale": (
        contact(shift("more", 0.5, claim("often", "full"))),
        Theorem.EFFECTS,
        Refutation(Wrong.CHANGES_NOTHING, "contact", "more"),
    ),
    "a bound that the answers reach by themselves": (
        contact(at_least("bound", Band.HIGH, claim("often", "none"))),
        Theorem.EFFECTS,
        Refutation(Wrong.CHANGES_NOTHING, "contact", "bound"),
    ),
    "a bound below another one": (
        contact(
            at_least("one", Band.HIGH, claim("long", "none")),
            at_least("two", Band.MODERATE, claim("long", "none")),
            others=[item("long")],
        ),
        Theorem.EFFECTS,
        Refutation(Wrong.CHANGES_NOTHING, "contact", "two"),
    ),
    "levels that nothing tells apart": (
        contact(items=ALIKE),
        Theorem.OPTIONS,
        Refutation(Wrong.LEVELS_ALIKE, "contact", item="often", levels=("some", "more")),
    ),
    "levels declared alike that are not": (
        declared(SOUND, {"alike": (Alike(("none", "full"), "because"),)}),
        Theorem.OPTIONS,
        Refutation(Wrong.ALIKE_IN_VAIN, "contact", item="often", levels=("none", "full")),
    ),
    "an item that is never asked": (
        contact(others=[item("often", phases=())]),
        Theorem.OPTIONS,
        Refutation(Wrong.NEVER_ASKED, "contact", item="often"),
    ),
    "an item that is not scored and never asked": (
        contact(advice=(recommend("praise", claim("long", "full")),), others=[item("long", phases=())]),
        Theorem.OPTIONS,
        Refutation(Wrong.NEVER_ASKED, item="long"),
    ),
    "an item that is not scored and asked about in vain": (
        contact(advice=(recommend("praise", All((high("contact"), ANY_LEVEL))),), others=[item("long")]),
        Theorem.OPTIONS,
        Refutation(Wrong.ASKED_IN_VAIN, item="long", levels=LEVELS),
    ),
    "ratings that fall along the options": (
        contact(items=FALLING),
        Theorem.BETTER,
        Refutation(Wrong.RATINGS_FALL, "contact", item="often", levels=("some", "full")),
    ),
    "a peak that is none": (
        declared(SOUND, {"peaked": "because"}),
        Theorem.BETTER,
        Refutation(Wrong.PEAKED_IN_VAIN, "contact", item="often"),
    ),
    "a better answer that raises the risk": (
        RAISED,
        Theorem.BETTER,
        Refutation(Wrong.BETTER_RAISES, "contact", item="often", levels=("some", "full"), rules=("outweighed",)),
    ),
    "a better answer that raises the risk of another construct": (
        ruleset(part("contact", ["often"]), part("trust", ["long"], shift("envy", -0.5, claim("often", "full")))),
        Theorem.BETTER,
        Refutation(Wrong.BETTER_RAISES, "trust", item="often", levels=("some", "full"), rules=("envy",)),
    ),
    "a waiver that is not needed": (
        declared(SOUND, waivers={"often": "because"}),
        Theorem.BETTER,
        Refutation(Wrong.WAIVER_IN_VAIN, "contact", item="often"),
    ),
    "a band that no answers lead to": (
        contact(items=HARMLESS),
        Theorem.BANDS,
        Refutation(Wrong.BAND_OUT_OF_REACH, "contact", band="high"),
    ),
    "a band declared out of reach that is not": (
        declared(SOUND, out_of_reach={Band.LOW: "because"}),
        Theorem.BANDS,
        Refutation(Wrong.BAND_IN_REACH, "contact", band="low"),
    ),
    "contradicting advice for the same answers": (
        opposed(claim("often", "at most some"), claim("long", "none")),
        Theorem.CONTRADICTIONS,
        Refutation(Wrong.BOTH_ADVISED, subject="one", other="other"),
    ),
    "contradicting advice for a band and an answer": (
        opposed(low("contact"), claim("often", "some")),
        Theorem.CONTRADICTIONS,
        Refutation(Wrong.BOTH_ADVISED, subject="one", other="other"),
    ),
    "contradicting advice for bands of two constructs that share an item": (
        opposed(high("contact"), high("trust"), *SHARED),
        Theorem.CONTRADICTIONS,
        Refutation(Wrong.BOTH_ADVISED, subject="one", other="other"),
    ),
    "high risk without advice": (
        ruleset(part("contact", TWO), recommendations=[recommend("meet", claim("often", "none"), often="full")]),
        Theorem.ADVICE,
        Refutation(Wrong.NO_ADVICE, "contact"),
    ),
    "worst answers that spare a domain, though one of its constructs cannot come to high risk": (
        declared(
            ruleset(part("contact", HARMLESS), part("trust", ["long"], LIFTED, weight=3)),
            out_of_reach={Band.HIGH: "because"},
        ),
        Theorem.EXTREMES,
        Refutation(Wrong.WORST_NOT_HIGH, subject="domain", band="moderate"),
    ),
    "best answers without low risk": (
        contact(shift("always", -2.0, claim("often", "full"))),
        Theorem.EXTREMES,
        Refutation(Wrong.BEST_NOT_LOW, subject="contact", band="moderate"),
    ),
    "worst answers without high risk": (
        contact(items=HARMLESS),
        Theorem.EXTREMES,
        Refutation(Wrong.WORST_NOT_HIGH, subject="contact", band="moderate"),
    ),
    "best answers with advice to change": (
        contact(advice=(recommend("praise", claim("often", "full")),)),
        Theorem.EXTREMES,
        Refutation(Wrong.BEST_ADVISED, subject="praise"),
    ),
}
SHOWN = {name: each for name, each in FAILING.items() if each[1] not in (Theorem.CONDITIONS,)}


def refuted(rules: RuleSet, theorem: Theorem) -> list[Refutation]:
    """What does not hold, without the answers that show it."""
    return [replace(each, example=None) for each in checked(study(rules), theorem).refutations]


def tried(rules: RuleSet, text: str) -> int:
    """How many things a counterexample expects in vain, once it is among the cases of the rule set."""
    root, problems = read_document("cases/new.yaml", text.encode())
    known = Known(
        rules.instrument,
        case_subjects(rules.instrument, rules.domains),
        rules=frozenset(rules.rules),
        recommendations=frozenset(each.code for each in rules.recommendations),
        checked=True,
    )
    reader = Reader("cases/new.yaml", problems)
    cases = read_pair(reader, root, known)[1:] if "\npair: " in text else [read_case(reader, root, known)]
    assert problems == []
    return len(shortfalls(replace(rules, cases={case.code: case for case in cases})))


@pytest.mark.parametrize("theorem", Theorem)
def test_everything_holds_of_a_sound_rule_set(theorem: Theorem) -> None:
    check = checked(study(SOUND), theorem)
    assert check.holds
    assert check.tried > 0 or theorem in (Theorem.EFFECTS, Theorem.CONTRADICTIONS)


@pytest.mark.parametrize("name", FAILING)
def test_what_does_not_hold_is_found(name: str) -> None:
    rules, theorem, expected = FAILING[name]
    assert expected in refuted(rules, theorem)


@pytest.mark.parametrize("name", FAILING)
def test_every_refutation_has_its_sentence(name: str) -> None:
    rules, theorem, _ = FAILING[name]
    for each in checked(study(rules), theorem).refutations:
        said = sentence(each)
        assert all(word in said for word in (each.construct, each.item, each.band, *each.levels, *each.rules))
        assert said.endswith((".", ")."))


@pytest.mark.parametrize("name", FAILING)
def test_a_counterexample_pasted_into_the_cases_fails_in_just_what_it_shows(name: str) -> None:
    rules, theorem, _ = FAILING[name]
    for each in checked(study(rules), theorem).refutations:
        if each.example is not None:
            assert tried(rules, case_of(theorem, each.example)) == 1
        else:
            assert each.wrong in {
                Wrong.NEVER_HOLDS, Wrong.NEVER_FAILS, Wrong.NEVER_MATTERS, Wrong.ALIKE_IN_VAIN, Wrong.NEVER_ASKED,
                Wrong.CHANGES_NOTHING, Wrong.ASKED_IN_VAIN, Wrong.PEAKED_IN_VAIN, Wrong.WAIVER_IN_VAIN,
                Wrong.BAND_OUT_OF_REACH,
            }  # fmt: skip  # there is nothing that answers could show


def example_of(rules: RuleSet, theorem: Theorem) -> Any:
    (each,) = checked(study(rules), theorem).refutations
    return each.example


def test_a_counterexample_names_as_few_answers_as_it_needs() -> None:
    example = example_of(opposed(low("contact"), claim("often", "some")), Theorem.CONTRADICTIONS)
    assert example.given == {"often": "some", "long": "full"}
    assert example_of(ruleset(part("contact", ["often"])), Theorem.ADVICE).given == {"often": "none"}


def test_a_better_answer_that_raises_the_risk_is_shown_as_a_pair() -> None:
    (found,) = [each for each in checked(study(RAISED), Theorem.BETTER).refutations if each.item == "often"]
    assert found.example is not None
    assert case_of(Theorem.BETTER, found.example) == (
        "# cases/pair-better-contact-often.yaml\n"
        "pair: better_contact_often\n"
        'title: "A better answer does not raise the risk"\n'
        'about: "Invented answers."\n'
        "phase: before\n"
        "answers:\n"
        "  often: some\n"
        "  long: none\n"
        "change:\n"
        "  often: full\n"
        "moves:\n"
        "  contact: not higher\n"
    )


@pytest.mark.parametrize(
    ("rules", "theorem"),
    [
        (declared(contact(items=ALIKE), {"alike": (Alike(("some", "more"), "because"),)}), Theorem.OPTIONS),
        (declared(contact(items=FALLING), {"peaked": "because"}), Theorem.BETTER),
        (declared(RAISED, waivers={"often": "because"}), Theorem.BETTER),
        (declared(contact(items=HARMLESS), out_of_reach={Band.HIGH: "because"}), Theorem.BANDS),
        (declared(contact(items=HARMLESS), out_of_reach={Band.HIGH: "because"}), Theorem.EXTREMES),
        (contact(advice=(replace(recommend("praise", claim("often", "full")), phase=When.SUSTAINING),)),
         Theorem.EXTREMES),
        (opposed(high("contact"), claim("often", "full")), Theorem.CONTRADICTIONS),
        (opposed(low("contact"), high("trust"), part("contact", ["often"]),
                 part("trust", ["long"], shift("lifts", 4.0, claim("often", "full")))), Theorem.CONTRADICTIONS),
    ],
    ids=["alike", "peaked", "waived", "out of reach", "extreme out of reach", "sustaining", "band and answer", "bands"],
)  # fmt: skip
def test_what_is_declared_or_cannot_come_about_holds(rules: RuleSet, theorem: Theorem) -> None:
    assert refuted(rules, theorem) == []


def test_a_condition_that_never_waits_for_an_answer_is_found() -> None:
    assert state_problems([np.array([0, 2], np.int8)]) == (Wrong.NEVER_OPEN,)


@pytest.mark.parametrize(
    ("change", "theorem", "wrong"),
    [
        ({"worst": 70.0}, Theorem.RANGES, Wrong.RANGE_ESCAPED),
        ({"best": 50.0}, Theorem.RANGES, Wrong.RANGE_ESCAPED),
        ({"worst": 100.0}, Theorem.RANGES, Wrong.RANGE_LOOSE),
        ({"best": 1.0}, Theorem.RANGES, Wrong.RANGE_DIFFERS),
        ({"risk": 1.0}, Theorem.UNKNOWN, Wrong.RISK_DIFFERS),
        ({"risk": 1.0}, Theorem.UNKNOWN, Wrong.KNOWN_BY_TOO_LITTLE),
    ],
)
def test_an_engine_that_computes_something_else_is_found(
    change: Mapping[str, float], theorem: Theorem, wrong: Wrong
) -> None:
    studied = study(SOUND)
    grids = {}
    for phase, by_construct in studied.grids.items():
        grid = by_construct["contact"]
        assert grid is not None
        arrays = {name: np.full_like(grid.risk, value) for name, value in change.items()}
        grids[phase] = {"contact": replace(grid, **arrays)}
    studied.__dict__["grids"] = grids
    assert wrong in {each.wrong for each in checked(studied, theorem).refutations}


def test_an_engine_with_ranges_too_narrow_is_found(shipped: RuleSet, monkeypatch: pytest.MonkeyPatch) -> None:
    right = OpenConstruct.range

    def narrow(self: OpenConstruct) -> Range | None:
        """20 points narrower at both ends wherever something is known."""
        span = right(self)
        if span is None or not self.known:
            return span
        return Range(min(span.best + 20, span.worst), max(span.worst - 20, span.best))

    monkeypatch.setattr(OpenConstruct, "range", narrow)
    found = {each.construct for each in prove(shipped).refutations if each.wrong is Wrong.RANGE_DIFFERS}
    assert len(found) > 0.8 * len(shipped.scoring)


def test_an_engine_with_bands_from_too_little_is_found(shipped: RuleSet, monkeypatch: pytest.MonkeyPatch) -> None:
    def lax(rules: RuleSet, scoring: ConstructScoring, answers: Answers) -> ConstructRating:
        """Bands from 5 % of the items on."""
        share = 0.05 if answers.given else rules.determinable_share
        return rate_construct(replace(rules, determinable_share=share), scoring, answers)

    monkeypatch.setattr(rating, "rate_construct", lax)
    found = {each.construct: each for each in prove(shipped).refutations if each.wrong is Wrong.RISK_DIFFERS}
    assert set(found) >= {code for code, each in shipped.scoring.items() if len(each.items) > 2}
    example = found["culture"].example
    assert example is not None
    assert tried(shipped, case_of(Theorem.UNKNOWN, example)) == 1


def test_the_scalar_engine_is_asked_at_every_level_of_every_item(shipped: RuleSet) -> None:
    studied = study(shipped)
    for grid in studied.different_grids():
        tally = Tally(Theorem.RANGES)
        states = some_states(grid, SCORED, tally)
        assert tally.scored == len(set(states)) <= SCORED
        assert len(states) == grid.states or len(states) > SCORED / 2
        assert states[0] == tuple(axis.unknown for axis in grid.axes)
        assert [{state[place] for state in states} for place in range(len(grid.axes))] == [
            set(range(axis.size)) for axis in grid.axes
        ]


def test_where_many_rules_make_it_slow_the_scalar_engine_is_asked_less_and_the_table_says_so(
    shipped: RuleSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof_constructs, "MOST_TRIED", 1)
    check = checked(study(shipped), Theorem.RANGES)
    assert check.holds
    assert check.scored == len(shipped.scoring)


@pytest.mark.parametrize("theorem", [Theorem.RANGES, Theorem.UNKNOWN])
def test_the_table_says_at_how_many_states_the_scalar_engine_was_asked(shipped: RuleSet, theorem: Theorem) -> None:
    check = checked(study(shipped), theorem)
    assert len(shipped.scoring) < check.scored <= SCORED * len(shipped.scoring)
    (line,) = [line for line in proof_lines(Proof((check,), ()), {theorem: 0.0}) if " holds " in line]
    assert str(check.scored) in line.split()


def test_without_a_band_a_range_also_holds_what_fewer_answers_would_give() -> None:
    worth = {"often": {"none": -2.0, "full": 0.0}, "long": {"none": 0.0, "full": 2.0}}
    others = [item(code, levels, not_applicable=None) for code, levels in worth.items()]
    rules = replace(contact(items=worth, others=others), determinable_share=1.0)
    results = [
        rate(rules, Answers(Phase.BEFORE, {"often": often, "long": long})).constructs["contact"].risk
        for often, long in product(*worth.values())
    ]
    assert (min(results), max(results)) == (25.0, 75.0)
    assert open_construct(rules, rules.scoring["contact"], Answers(Phase.BEFORE, {})).range() == Range(0.0, 100.0)
    assert checked(study(rules), Theorem.RANGES).holds


def test_a_question_may_be_asked_only_for_whether_it_is_answered() -> None:
    rules = contact(
        advice=(recommend("praise", All((high("contact"), claim("long", "answered")))),), others=[item("long")]
    )
    assert refuted(rules, Theorem.OPTIONS) == []


def test_a_question_that_is_not_scored_may_describe_more_than_conditions_need() -> None:
    rules = contact(advice=(recommend("praise", All((high("contact"), claim("long", "full")))),), others=[item("long")])
    assert refuted(rules, Theorem.OPTIONS) == []


MANY = [f"item_{number}" for number in range(12)]


def large(*rules: Rule) -> RuleSet:
    return ruleset(part("large", MANY, *rules), recommendations=[recommend("help", high("large"))])


def by_theorem(rules: RuleSet) -> dict[Theorem, Check]:
    return {check.theorem: check for check in prove(rules).checks}


def test_a_construct_that_is_too_large_is_named_and_what_needs_no_grid_is_shown() -> None:
    rules = large(shift("silly", -0.5, All((claim(MANY[0], "none"), claim(MANY[0], "full")))))
    assert prove(rules).too_large == ("large",)
    found = by_theorem(rules)
    undecided = {theorem for theorem, check in found.items() if check.undecided}
    assert undecided == {Theorem.CONDITIONS, Theorem.EFFECTS, Theorem.BANDS, Theorem.RANGES, Theorem.UNKNOWN}
    assert found[Theorem.CONDITIONS].undecided == ("help",)  # a recommendation about its band
    assert [each.subject for each in found[Theorem.CONDITIONS].refutations] == ["silly"]
    assert found[Theorem.BETTER].holds  # by the bound


@pytest.mark.parametrize(
    ("rule", "undecided"),
    [
        (shift("small", -0.1, claim(MANY[0], "full")), ()),  # a level gains 2/12 at least
        (shift("great", -0.5, claim(MANY[0], "full")), ("large",)),
        (at_least("bound", Band.HIGH, claim(MANY[0], "full")), ("large",)),
        (at_least("bound", Band.HIGH, claim(MANY[0], "none")), ()),
    ],
)
def test_of_a_construct_that_is_too_large_better_answers_are_judged_by_a_bound(
    rule: Rule, undecided: tuple[str, ...]
) -> None:
    check = by_theorem(large(rule))[Theorem.BETTER]
    assert (check.undecided, check.refutations) == (undecided, ())


def test_one_construct_alone_is_proven_without_the_others() -> None:
    rules = ruleset(part("contact", HARMLESS), part("trust", ["long"], shift("silly", 0.5, NEVER)))
    proof = prove(rules, ["contact"])
    assert {each.construct or each.subject for each in proof.refutations} == {"contact"}


def test_phases_that_ask_alike_share_a_grid_and_others_do_not() -> None:
    grids = study(SOUND).grids
    assert grids[Phase.BEFORE]["contact"] is grids[Phase.AFTER]["contact"]
    grids = study(contact(items=TWO, others=[item("long", phases=[Phase.AFTER])])).grids
    assert [grids[phase]["contact"].states for phase in Phase] == [5, 25]  # type: ignore[union-attr]


def test_what_fails_in_the_second_phase_alone_is_found() -> None:
    rules = contact(OUTWEIGHED, items=TWO, others=[item("long", phases=[Phase.AFTER])])
    (found,) = [each for each in checked(study(rules), Theorem.BETTER).refutations if each.item == "often"]
    assert found.example is not None
    assert found.example.answers.phase is Phase.AFTER


def test_nothing_of_the_shipped_rule_set_fails_or_stays_undecided(shipped: RuleSet) -> None:
    proof = prove(shipped)
    assert proof.refutations == ()
    assert [check.theorem for check in proof.checks if check.holds] == list(Theorem)
    assert [check.tried for check in proof.checks if check.theorem is Theorem.CONDITIONS] == [
        len(shipped.rules) + len(shipped.recommendations)
    ]


# Random small rule sets, held against brute force with the scalar engine.

ITEMS = ("a", "b", "c")
OWN = {"contact": ("a", "b"), "trust": ("c",)}
CLAIMS = ("none", "some", "full", "at least some", "at most some", "answered")

simple = st.builds(claim, st.sampled_from(ITEMS), st.sampled_from(CLAIMS))
conditions = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(lambda *parts: All(parts), inner, inner),
        st.builds(lambda *parts: AnyOf(parts), inner, inner),
    ),
    max_leaves=3,
)
banded = st.builds(claim, st.sampled_from(tuple(OWN)), st.sampled_from(("low", "not low", "high")), st.just(BAND_ORDER))
advice_conditions = st.one_of(conditions, banded, st.builds(lambda *parts: All(parts), conditions, banded))
ratings = st.sampled_from((-2.0, -1.0, 0.0, 1.0, 2.0))


@st.composite
def rule_sets(draw: st.DrawFn) -> RuleSet:
    parts = []
    for construct, own in OWN.items():
        worth = {code: {level: draw(ratings) for level in LEVELS} for code in own}
        effects = st.one_of(
            st.builds(shift, st.just(f"{construct}_rule"), st.sampled_from((-2.0, -0.5, 0.5, 2.0)), conditions),
            st.builds(at_least, st.just(f"{construct}_rule"), st.sampled_from(list(Band)), conditions),
        )
        parts.append(
            part(
                construct,
                worth,
                *draw(st.lists(effects, max_size=1)),
                weight=draw(st.integers(1, 3)),
                critical=draw(st.booleans()),
            )
        )
    others = [item(code, phases=draw(st.sampled_from((BOTH, BOTH, (Phase.AFTER,))))) for code in ITEMS]
    advice = [recommend(f"advice_{number}", draw(advice_conditions)) for number in range(2)]
    advice[1] = replace(advice[1], never_with=("advice_0",))
    share = draw(st.sampled_from((0.5, 1.0)))
    return ruleset(*parts, recommendations=advice, others=others, share=share, critical_bound=Band.HIGH)


def risk_without(rules: RuleSet, scoring: ConstructScoring, rule: Rule, answers: Answers) -> float | None:
    """The risk of a construct when one of its rules is not there."""
    others = tuple(each for each in scoring.rules if each.code != rule.code)
    return rate_construct(rules, replace(scoring, rules=others), answers).risk


def every_answers(rules: RuleSet) -> Iterator[Answers]:
    """Every state that a service can be in, in both phases."""
    levels: tuple[Answer, ...] = (*LEVELS, Missing.NOT_APPLICABLE, Missing.DONT_KNOW)
    for phase in Phase:
        asked = [each.code for each in rules.instrument.asked(phase)]
        for mixture in product(levels, repeat=len(asked)):
            yield Answers(phase, dict(zip(asked, mixture, strict=True)))


def raised_by_brute_force(rules: RuleSet) -> tuple[set[tuple[str, str]], set[str]]:
    """The constructs, with the items, whose risk a better answer raises somewhere; and such domains."""
    constructs, domains = set(), set()
    for answers in every_answers(rules):
        before = rate(rules, answers)
        for code, level in answers.given.items():
            worth = rules.item_scoring[code].ratings
            for better in (each for each in worth if level in worth and worth[each] > worth[level]):
                after = rate(rules, answers.replace({code: better}))
                constructs |= {
                    (each, code)
                    for each, rated in after.constructs.items()
                    if (rated.risk or 0.0) > (before.constructs[each].risk or 0.0) + 1e-6
                }
                domains |= {
                    now.domain.code
                    for now, then in zip(after.domains, before.domains, strict=True)
                    if (now.risk or 0.0) > (then.risk or 0.0) + 1e-6
                }
    return constructs, domains


@settings(max_examples=25, deadline=None)
@given(rule_sets())
def test_better_answers_raise_risks_just_where_brute_force_says_so(rules: RuleSet) -> None:
    constructs, domains = raised_by_brute_force(rules)
    found = checked(study(rules), Theorem.BETTER).refutations
    assert {(each.construct, each.item) for each in found if each.wrong is Wrong.BETTER_RAISES} == constructs
    assert not domains or constructs


@settings(max_examples=60, deadline=None)
@given(rule_sets())
def test_everything_else_holds_just_where_brute_force_says_so(rules: RuleSet) -> None:
    truths: dict[str, set[object]] = {code: set() for code in (*rules.rules, "advice_0", "advice_1")}
    bands: dict[tuple[Phase, str], set[object]] = {}
    both, unadvised, counting = False, set(), set()
    for answers in every_answers(rules):
        rated = rate(rules, answers)
        called_for = advised(rules, answers, rated)
        for code, rule in rules.rules.items():
            truths[code].add(evaluate(rule.condition, answers.__getitem__))
        for code, stands in called_for.items():
            truths[code].add(stands)
        both = both or all(called_for.values())
        for code, each in rated.constructs.items():
            counting |= {
                rule.code
                for rule in rules.scoring[code].rules
                if risk_without(rules, rules.scoring[code], rule, answers) != each.risk
            }
            if each.asked:
                bands.setdefault((answers.phase, code), set()).add(each.band)
            if each.band is Band.HIGH and True not in called_for.values():
                unadvised.add(code)
    proof = {check.theorem: check for check in prove(rules).checks}
    names = {True: Wrong.NEVER_HOLDS, False: Wrong.NEVER_FAILS, None: Wrong.NEVER_OPEN}
    never = {(code, names[value]) for code, met in truths.items() for value in names if value not in met}  # type: ignore[index]
    idle = {each.subject for each in proof[Theorem.EFFECTS].refutations}
    assert idle == {code for code in rules.rules if True in truths[code]} - counting
    found = {(each.subject, each.wrong) for each in proof[Theorem.CONDITIONS].refutations}
    assert {each for each in found if each[1] is not Wrong.NEVER_MATTERS} == never
    missing = {(code, band.value) for (_, code), met in bands.items() for band in Band if band not in met}
    assert {(each.construct, each.band) for each in proof[Theorem.BANDS].refutations} == missing
    assert bool(proof[Theorem.CONTRADICTIONS].refutations) is both
    found_unadvised = {each.construct for each in proof[Theorem.ADVICE].refutations}
    assert found_unadvised <= unadvised <= found_unadvised | set(proof[Theorem.ADVICE].undecided)
    assert proof[Theorem.RANGES].holds
    assert proof[Theorem.UNKNOWN].holds


@settings(max_examples=60, deadline=None)
@given(rule_sets())
def test_every_counterexample_of_a_random_rule_set_is_real(rules: RuleSet) -> None:
    for check in prove(rules).checks:
        for each in check.refutations:
            if each.example is not None:
                text = case_of(check.theorem, each.example)
                changed = (
                    0 if each.wrong is Wrong.LEVELS_ALIKE else 1
                )  # levels alike may lie beyond the end of the scale
                assert tried(rules, text) >= changed


# From the command line.


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the small rule set in which more contact raises the risk."""
    small = Path(shutil.copytree(HERE / "small", tmp_path / "small"))
    scoring = small / "scoring" / "working_together.yaml"
    text = scoring.read_text().replace("hardly_ever: -2", "hardly_ever: -1").replace("shift: -1", "shift: -2")
    scoring.write_text(text)
    return small


def run(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(main, [str(word) for word in words])
    return done.exit_code, done.output


def test_a_counterexample_is_printed_pasted_reported_and_mended(folder: Path) -> None:
    code, printed = run("rules", "prove", folder, "--construct", "working_together")
    assert code == 2
    name, text = re.findall(
        r"^# (cases/pair-better\S+)\n(.*?)(?=^\d+\. |^$|^Error)", printed, re.MULTILINE | re.DOTALL
    )[0]
    for path in (folder / "cases").iterdir():
        path.unlink()
    (folder / name).write_text(text)
    code, printed = run("rules", "test", folder)
    assert code == 2
    assert "1 expectation" in printed
    scoring = folder / "scoring" / "working_together.yaml"
    scoring.write_text(scoring.read_text().replace("shift: -2", "shift: -0.5"))
    assert run("rules", "test", folder)[0] == 0


def test_what_does_not_hold_is_said_with_place_and_remedy(folder: Path) -> None:
    _, printed = run("rules", "prove", folder, "--construct", "working_together")
    assert (
        "scoring of working_together: the better answer to contact, from hardly_ever to monthly, raises the risk by "
        "contact_costs_travel; make the step smaller, change the claim, or add a waiver with a reason." in printed
    )


def test_the_shipped_rule_set_is_proven_from_the_command_line() -> None:
    code, printed = run("rules", "prove")
    assert code == 0
    assert printed.count(" holds ") == len(Theorem)


def test_a_construct_that_does_not_exist_is_a_sentence(folder: Path) -> None:
    code, printed = run("rules", "prove", folder, "--construct", "working_togther")
    assert code == 2
    assert "no construct 'working_togther'; did you mean working_together?" in printed


def test_a_proof_as_data_holds_what_the_lines_say() -> None:
    proof = prove(RAISED)
    data: Any = proof_data(proof)
    assert data["holds"] is False
    said = [each["sentence"] for theorem in data["theorems"] for each in theorem["refutations"]]
    lines = "\n".join(proof_lines(proof, dict.fromkeys(Theorem, 0.0)))
    assert said
    assert all(each in lines for each in said)


def test_what_is_too_large_is_named_in_the_lines() -> None:
    lines = list(proof_lines(prove(large()), dict.fromkeys(Theorem, 0.0)))
    assert "Too many states to look at one by one: large. Their ranges use the sound bound." in lines
    assert any(
        line.startswith("Not decided (ranges hold every result, and beside a band nothing else): large")
        for line in lines
    )


def test_words_that_yaml_reads_otherwise_are_quoted() -> None:
    rules = contact(items={"often": {"no": 0.0, "yes": 2.0}})
    (example,) = [
        each.example for each in checked(study(rules), Theorem.EXTREMES).refutations if each.subject == "contact"
    ][:1]
    assert example is not None
    assert '  often: "no"\n' in case_of(Theorem.EXTREMES, example)
    assert tried(rules, case_of(Theorem.EXTREMES, example)) == 1


def test_the_worth_of_the_builders_is_what_these_tests_take_it_for() -> None:
    assert WORTH == {"none": -2.0, "some": 0.0, "full": 2.0}
