"""What a version must pass before it is published, beside what it may follow the published ones with."""

from readiness.engine.expectations import shortfalls
from readiness.engine.ruleset import RuleSet
from readiness.engine.versions import Gate
from readiness.workbench.proof import prove


def unmet_cases(ruleset: RuleSet) -> tuple[str, ...]:
    """What the cases of a rule set expect and do not get, as sentences."""
    return tuple(
        f"cases: {each.case}: expected {each.expected}; got {each.got}; mend the rules or the case"
        for each in shortfalls(ruleset)
    )


def unproven(ruleset: RuleSet) -> tuple[str, ...]:
    """The theorems that are refuted, as sentences; what is wrong in each, and answers that show it, `prove` tells."""
    return tuple(
        f"proof: {check.theorem.value}: refuted in {len(check.refutations)} places; see what `readiness rules prove` "
        "shows, and mend or declare it"
        for check in prove(ruleset).checks
        if check.refutations
    )


GATES: tuple[Gate, ...] = (unmet_cases, unproven)
