"""A rule set > what holds of it whatever is answered, with answers that show what does not. Nothing is sampled."""

from collections.abc import Callable, Collection, Mapping

from readiness.engine.ruleset import RuleSet
from readiness.workbench.proof_advice import advice, contradictions, extremes, try_recommendations
from readiness.workbench.proof_answers import better_answers, options
from readiness.workbench.proof_constructs import bands, ranges, unknown
from readiness.workbench.proof_rules import effects, try_rules
from readiness.workbench.theorems import Check, Proof, Study, Tally, Theorem


def study(ruleset: RuleSet, constructs: Collection[str] | None = None) -> Study:
    """What there is to prove of a rule set, or of some of its constructs alone."""
    return Study(ruleset, tuple(code for code in ruleset.scoring if constructs is None or code in constructs))


def prove(ruleset: RuleSet, constructs: Collection[str] | None = None) -> Proof:
    """Try every theorem on a rule set, or on some of its constructs alone."""
    studied = study(ruleset, constructs)
    return Proof(tuple(checked(studied, theorem) for theorem in Theorem), studied.too_large)


def checked(studied: Study, theorem: Theorem) -> Check:
    """Try one theorem."""
    return _TRIED[theorem](studied)


def _conditions(studied: Study) -> Check:
    """Every rule and every recommendation can be true, can be false and can stay undecided."""
    tally = Tally(Theorem.CONDITIONS)
    try_rules(studied, tally)
    try_recommendations(studied, tally)
    return tally.check()


_TRIED: Mapping[Theorem, Callable[[Study], Check]] = {
    Theorem.CONDITIONS: _conditions,
    Theorem.EFFECTS: effects,
    Theorem.OPTIONS: options,
    Theorem.BETTER: better_answers,
    Theorem.BANDS: bands,
    Theorem.RANGES: ranges,
    Theorem.UNKNOWN: unknown,
    Theorem.CONTRADICTIONS: contradictions,
    Theorem.ADVICE: advice,
    Theorem.EXTREMES: extremes,
}
