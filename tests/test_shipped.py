"""What the rule set that comes with Readiness holds; what is proven of all answers is in test_proof.py."""

from pathlib import Path

import pytest

from readiness.engine.answers import Answers, Phase
from readiness.engine.conditions import claims
from readiness.engine.coverage import coverage
from readiness.engine.evidence import Kind
from readiness.engine.grounds import statements
from readiness.engine.ruleset import When
from readiness.engine.scoring import score
from readiness.loading.ruleset import load_ruleset
from readiness.report import words

RULES = Path(__file__).resolve().parent.parent / "rules" / "peer-support"

SHIPPED = load_ruleset(RULES)

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


CONTRADICTING = [(each.code, other) for each in SHIPPED.recommendations for other in each.never_with]


def test_there_are_recommendations_that_contradict_each_other() -> None:
    assert ("define_the_role", "loosen_the_role") in {tuple(sorted(pair)) for pair in CONTRADICTING}


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
