"""What holds of the rule set that comes with Readiness, tried over every mixture of answers rather than by example."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod
from pathlib import Path

import pytest

from readiness.engine.answers import Answer, Answers, Missing, Phase
from readiness.engine.conditions import claims, evaluate
from readiness.engine.coverage import coverage
from readiness.engine.evidence import Kind
from readiness.engine.framework import BAND_ORDER
from readiness.engine.grounds import statements
from readiness.engine.ruleset import Rule, When
from readiness.engine.scoring import score
from readiness.loading.ruleset import load_ruleset
from readiness.report import words

RULES = Path(__file__).resolve().parent.parent / "rules" / "peer-support"

SHIPPED = load_ruleset(RULES)
MOST_MIXTURES = 300_000

# The names of CFIR 2009 as in Waltz 2019 (Implement Sci 14:42): 39 constructs and subconstructs, and two headings.
CFIR_2009 = """Intervention source; Evidence strength and quality; Relative advantage; Adaptability; Trialability;
Complexity; Design quality and packaging; Cost; Patient needs and resources; Cosmopolitanism; Peer pressure; External
policy and incentives; Structural characteristics; Networks and communications; Culture; Implementation climate; Tension
for change; Compatibility; Relative priority; Organizational incentives and rewards; Goals and feedback; Learning
climate; Readiness for implementation; Leadership engagement; Available resources; Access to knowledge and information;
Knowledge and beliefs about the intervention; Self-efficacy; Individual stage of change; Individual identification with
organization; Other personal attributes; Planning; Engaging; Opinion leaders; Formally appointed internal implementation
leaders; Champions; External change agents; Key stakeholders; Innovation participants; Executing; Reflecting and
evaluating"""


def levels(item: str) -> tuple[Answer, ...]:
    """Every answer an item may have that is not unknown."""
    found = SHIPPED.instrument.items[item]
    return (*found.order, *([Missing.NOT_APPLICABLE] if found.not_applicable else []))


def mixtures(subjects: list[str], more: Sequence[Answer] = ()) -> Iterator[Mapping[str, Answer]]:
    """Every mixture of known answers to some items (and of bands of constructs), and of `more` answers."""
    own = [BAND_ORDER if subject in SHIPPED.constructs else levels(subject) for subject in subjects]
    choices = [(*each, *more) for each in own]
    assert prod(len(each) for each in choices) <= MOST_MIXTURES, f"too many mixtures of {', '.join(subjects)}"
    for mixture in product(*choices):
        yield dict(zip(subjects, mixture, strict=True))


@pytest.mark.parametrize("rule", SHIPPED.rules.values(), ids=list(SHIPPED.rules))
def test_every_rule_can_hold_can_fail_and_can_stay_undecided(rule: Rule) -> None:
    subjects = sorted(rule.subjects)
    assert any(set(subjects) <= {item.code for item in SHIPPED.instrument.asked(phase)} for phase in Phase)
    truths = {evaluate(rule.condition, mixture.__getitem__) for mixture in mixtures(subjects)}
    assert truths == {True, False}
    for subject in subjects:
        others = mixtures([other for other in subjects if other != subject])
        unknown = {evaluate(rule.condition, {**mixture, subject: Missing.DONT_KNOW}.__getitem__) for mixture in others}
        assert None in unknown, f"{rule.code} never waits for {subject}"


def improvements(item: str) -> Iterator[tuple[str, str, float]]:
    """From each level of an item to each better one, and how many rating points that is."""
    ratings = SHIPPED.item_scoring[item].ratings
    yield from (
        (low, high, ratings[high] - ratings[low]) for low in ratings for high in ratings if ratings[high] > ratings[low]
    )


@pytest.mark.parametrize("construct", SHIPPED.scoring)
def test_no_better_answer_raises_the_risk_of_any_construct(construct: str) -> None:
    """A better level adds its points divided by the number of items at least; the rules that ask about the item must
    not take more away, nor raise a bound, whatever the other answers are, open ones included. What a construct's risk
    does, its domain's does too: a mean with fixed weights, lifted by barriers that can only go."""
    scoring = SHIPPED.scoring[construct]
    own = {item.item for item in scoring.items}
    for item in own.union(*(rule.subjects for rule in scoring.rules)) & set(SHIPPED.item_scoring):
        asking = [rule for rule in scoring.rules if item in rule.subjects]
        others = sorted(frozenset().union(*(rule.subjects for rule in asking)) - {item})
        for low, high, points in improvements(item):
            gained = points / len(own) if item in own else 0.0
            for mixture in mixtures(others, [Missing.DONT_KNOW]):
                before, after = (_effect(asking, {**mixture, item: level}) for level in (low, high))
                assert after[0] - before[0] + gained >= -1e-9, (item, low, high, mixture)
                assert after[1] <= before[1], (item, low, high, mixture)


def _effect(rules: list[Rule], answers: Mapping[str, Answer]) -> tuple[float, float]:
    """The shifts and the highest floor of the rules that hold."""
    held = [rule for rule in rules if evaluate(rule.condition, answers.__getitem__)]
    floors = [SHIPPED.bands.floor[rule.at_least] for rule in held if rule.at_least is not None]
    return sum(rule.shift for rule in held), max(floors, default=0.0)


@pytest.mark.parametrize("construct", SHIPPED.constructs)
def test_a_construct_at_high_risk_yields_a_recommendation_whatever_else_is_known(construct: str) -> None:
    def only_this(subject: str) -> Answer:
        return "high" if subject == construct else Missing.DONT_KNOW

    assert [each.code for each in SHIPPED.recommendations if evaluate(each.condition, only_this)]


CONTRADICTING = [(each.code, other) for each in SHIPPED.recommendations for other in each.never_with]


def test_there_are_recommendations_that_contradict_each_other() -> None:
    assert ("define_the_role", "loosen_the_role") in {tuple(sorted(pair)) for pair in CONTRADICTING}


@pytest.mark.parametrize(("one", "other"), CONTRADICTING)
def test_recommendations_that_contradict_each_other_never_apply_together(one: str, other: str) -> None:
    conditions = {each.code: each.condition for each in SHIPPED.recommendations}
    subjects = sorted({claim.subject for code in (one, other) for claim in claims(conditions[code])})
    for mixture in mixtures(subjects):
        both = [evaluate(conditions[code], mixture.__getitem__) for code in (one, other)]
        assert both != [True, True], mixture


def best_answers(phase: Phase) -> Answers:
    """Every scored item at its best level."""
    return Answers(phase, {code: item.best for code, item in SHIPPED.item_scoring.items()})


@pytest.mark.parametrize("phase", Phase)
def test_where_everything_is_in_order_only_what_sustains_it_is_advised(phase: Phase) -> None:
    advised = [found.recommendation for found in score(SHIPPED, best_answers(phase)).recommendations]
    assert 4 <= len(advised) <= 8
    assert {each.phase for each in advised} == {When.SUSTAINING}


def test_every_rated_question_is_asked_before_and_after_the_start() -> None:
    for phase in Phase:
        assert set(SHIPPED.construct_of) <= {item.code for item in SHIPPED.instrument.asked(phase)}


def test_no_rule_or_recommendation_asks_for_the_income_level() -> None:
    assert "income_level" in SHIPPED.instrument.items
    conditions = [each.condition for each in (*SHIPPED.rules.values(), *SHIPPED.recommendations)]
    assert "income_level" not in {claim.subject for condition in conditions for claim in claims(condition)}


def test_a_guess_is_recorded_and_carries_nothing_but_a_note() -> None:
    guesses = {code for code, finding in SHIPPED.findings.items() if finding.kind is Kind.HYPOTHESIS}
    assert "ramesh2023_stigma_may_steer_money" in guesses
    resting = {each.part.value for each in statements(SHIPPED) if guesses & set(each.evidence)}
    assert resting <= {"subject"}


def test_the_coverage_has_no_unexplained_hole() -> None:
    rows = coverage(SHIPPED)
    assert {row.construct.code: row.unexplained for row in rows if row.unexplained} == {}
    assert all(sum(row.items.values()) for row in rows)
    assert {row.construct.code for row in rows if set(row.construct.silent) - set(row.silent)} == set()


def test_every_construct_of_cfir_2009_is_used_or_left_out_with_a_reason() -> None:
    used = {
        part.strip().lower()
        for each in SHIPPED.constructs.values()
        for part in each.cfir2009.replace(":", ",").split(",")
    }
    left = {each.cfir2009.lower() for domain in SHIPPED.domains for each in domain.left_out}
    names = {" ".join(name.split()).lower() for name in CFIR_2009.split(";")}
    assert len(names) == 41
    assert left <= names
    assert names - used - left == set()
    assert used - names == {"none (new in 2022)"}


def test_every_section_says_what_it_covers() -> None:
    assert [section.code for section in SHIPPED.instrument.sections if section.scored and not section.subjects] == []


def test_every_site_of_a_finding_has_a_name() -> None:
    assert {site for finding in SHIPPED.findings.values() for site in finding.sites} <= set(words.SITES)


@pytest.mark.parametrize(
    ("what", "count", "least"),
    [
        ("findings", len(SHIPPED.findings), 200),
        ("rules", len(SHIPPED.rules), 30),
        ("recommendations", len(SHIPPED.recommendations), 45),
        ("examples", len(SHIPPED.examples), 12),
        ("teaching cases", 2 * len(SHIPPED.pairs), 20),
    ],
)
def test_the_rule_set_is_whole(what: str, count: int, least: int) -> None:
    assert count >= least, what
