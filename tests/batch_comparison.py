"""What the batch engine must agree on with the scalar engine, and random rule sets and answers to try it on."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
from engine_builders import at_least, item, part, recommend, ruleset, shift
from hypothesis import strategies as st

from readiness.engine.advice import recommend as recommended
from readiness.engine.answers import Answer, Answers, Missing, Phase
from readiness.engine.conditions import OPERATORS, All, Any, Claim, Condition, Not, read_claim
from readiness.engine.framework import BAND_ORDER, Band
from readiness.engine.gaps import gap_levels, gap_of
from readiness.engine.instrument import Instrument
from readiness.engine.ranges import domain_range, open_construct
from readiness.engine.rating import rate
from readiness.engine.ruleset import Rule, RuleSet
from readiness.workbench.batch import Compiled, Scored
from readiness.workbench.columns import encode
from readiness.workbench.grids import FALSE, NO_BAND, TRUE, UNDECIDED

RATINGS = (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0)
LEVELS = ("none", "little", "some", "much", "full")
PHASES = (tuple(Phase), tuple(Phase), (Phase.AFTER,))
TRUTHS = {True: TRUE, False: FALSE, None: UNDECIDED}

Facts = dict[str, object]
T = TypeVar("T")


def expected(ruleset: RuleSet, answers: Answers) -> Facts:
    """Everything that the scalar engine says and the batch engine must say too."""
    rated = rate(ruleset, answers)
    ranges = {code: open_construct(ruleset, scoring, answers).range() for code, scoring in ruleset.scoring.items()}
    found: Facts = {}
    for code, construct in rated.constructs.items():
        found[f"construct {code}"] = _told(construct.risk, ranges[code], construct.band)
        found |= {f"rule {outcome.rule}": TRUTHS[outcome.truth] for outcome in construct.rules}
    for domain in rated.domains:
        span = domain_range(ruleset, domain.domain, rated.constructs, ranges)
        found[f"domain {domain.domain.code}"] = _told(domain.risk, span, domain.band)
        found[f"critical {domain.domain.code}"] = any(
            rated.constructs[construct.code].is_critical_barrier for construct in domain.domain.constructs
        )
    found["recommended"] = {result.recommendation.code for result in recommended(ruleset, answers, rated)}
    return found


def _told(risk: float | None, span: object, band: Band | None) -> tuple[object, ...]:
    best, worst = (getattr(span, "best", None), getattr(span, "worst", None))
    return risk, best, worst, None if band is None else band.value


def facts(scored: Scored, row: int) -> Facts:
    """The same of one assessment, as the batch engine has it."""
    found: Facts = {}
    for code in scored.ruleset.scoring:
        ends = (scored.risk(code), scored.best(code), scored.worst(code))
        found[f"construct {code}"] = _read(ends, scored.band(code), row)
    for code in scored.ruleset.rules:
        found[f"rule {code}"] = int(scored.rule_truth(code)[row])
    for code, domain in scored.domains.items():
        found[f"domain {code}"] = _read((domain.risk, domain.best, domain.worst), domain.band, row)
        found[f"critical {code}"] = bool(domain.critical[row])
    codes = [each.code for each in scored.ruleset.recommendations]
    found["recommended"] = {code for code in codes if scored.recommended(code)[row] == TRUE}
    return found


def _read(ends: Sequence[np.ndarray], bands: np.ndarray, row: int) -> tuple[object, ...]:
    numbers = [None if np.isnan(end[row]) else float(end[row]) for end in ends]
    return *numbers, None if bands[row] == NO_BAND else BAND_ORDER[bands[row]]


def differences(compiled: Compiled, population: Sequence[Answers]) -> Iterator[str]:
    """Every fact about some answers on which the two engines differ."""
    ruleset = compiled.ruleset
    scored = compiled.score(encode(ruleset.instrument, compiled.phase, population))
    for row, answers in enumerate(population):
        ours, theirs = facts(scored, row), expected(ruleset, answers)
        yield from (f"{name}: {ours[name]}, not {theirs[name]}" for name in theirs if ours[name] != theirs[name])


def answers_to(instrument: Instrument, phase: Phase) -> st.SearchStrategy[Answers]:
    """Answers of every sparsity: everything known, nothing known, and all between; half of them are of teams."""
    items = list(instrument.asked(phase))

    def drawn(seed: int, sparsity: int) -> Answers:
        rng, given = np.random.default_rng(seed), dict[str, Answer]()
        for each in items:
            if rng.random() * 8 < sparsity:
                given |= {each.code: Missing.DONT_KNOW} if rng.random() < 0.5 else {}
            elif each.not_applicable is not None and rng.random() < 0.15:
                given[each.code] = Missing.NOT_APPLICABLE
            else:
                given[each.code] = each.order[int(rng.integers(len(each.order)))]
        asked = [each for each in items if each.code in given and rng.random() < 0.7] if rng.random() < 0.5 else []
        gaps = {gap_of(each.code): _one(rng, gap_levels(each.order)) for each in asked}
        return Answers(phase, given, gaps)

    return st.builds(drawn, st.integers(0, 2**32), st.integers(0, 9))


def rulesets() -> st.SearchStrategy[RuleSet]:
    """Small rule sets of any kind; each comes from one number, as drawing their parts one by one takes far longer."""
    return st.builds(lambda seed: random_ruleset(np.random.default_rng(seed)), st.integers(0, 2**32))


def random_ruleset(dice: np.random.Generator) -> RuleSet:
    """A rule set of up to four constructs in two domains, with any rules, weights and recommendations."""
    codes = [f"i{number}" for number in range(dice.integers(2, 8))]
    count = int(dice.integers(1, min(4, len(codes)) + 1))
    parts = [
        part(
            f"c{number}",
            {code: {level: _one(dice, RATINGS) for level in LEVELS} for code in codes[number::count]},
            *(_rule(dice, f"r{number}{at}", codes) for at in range(dice.integers(0, 4))),
            weight=int(dice.integers(1, 6)),
            critical=_one(dice, (True, False)),
            domain=f"d{dice.integers(0, 2)}",
        )
        for number in range(count)
    ]
    others = [item(code, LEVELS, _one(dice, PHASES), _one(dice, (None, "no need"))) for code in codes]
    subjects = (*codes, *(f"c{number}" for number in range(count)))
    advice = [recommend(f"a{at}", *(_condition(dice, subjects) for _ in range(dice.integers(1, 4)))) for at in range(3)]
    made = ruleset(*parts, recommendations=advice, others=others, share=_one(dice, (0.25, 0.5, 0.75, 1.0)))
    return replace(made, critical_bound=_one(dice, (Band.MODERATE, Band.HIGH)))


def _one(dice: np.random.Generator, choices: Sequence[T]) -> T:
    return choices[int(dice.integers(len(choices)))]


def _rule(dice: np.random.Generator, code: str, items: Sequence[str]) -> Rule:
    if dice.random() < 0.5:
        return shift(code, _one(dice, (-1.0, -0.5, 0.5, 1.0)), _condition(dice, items))
    return at_least(code, _one(dice, (Band.MODERATE, Band.HIGH)), _condition(dice, items))


def _condition(dice: np.random.Generator, subjects: Sequence[str], depth: int = 2) -> Condition:
    """Any condition over items with LEVELS and over the bands of constructs."""
    kind = _one(dice, ("claim", "claim", "all", "any", "not")) if depth else "claim"
    if kind == "claim":
        return _claim(dice, _one(dice, subjects))
    if kind == "not":
        return Not(_condition(dice, subjects, depth - 1))
    parts = tuple(_condition(dice, subjects, depth - 1) for _ in range(dice.integers(1, 4)))
    return All(parts) if kind == "all" else Any(parts)


def _claim(dice: np.random.Generator, subject: str) -> Claim:
    order = LEVELS if subject.startswith("i") else BAND_ORDER
    operators = tuple(OPERATORS) if order is LEVELS else tuple(each for each in OPERATORS if each != "gap at least")
    operator, codes = _one(dice, operators), dice.permutation(order)[: dice.integers(1, 4)].tolist()
    words = {"is": codes[0], "one of": f"one of [{', '.join(codes)}]", "answered": "answered"}
    words["gap at least"] = f"gap at least {dice.integers(1, len(order))}"
    return read_claim(subject, words.get(operator, f"{operator} {codes[0]}"), order)
