"""Assessments per second: our batch engine and our scalar engine with ranges, general rule engines, and a floor.

    python benchmarks/batch.py                 all measurements
    python benchmarks/batch.py --rows 200000   a smaller population for the impact

Everything is measured in one process, one thread, on the shipped rule set. A general rule engine gets the *point score*
only (the ratings of all answers added up, and the shifts of the rules that hold): no means, no ranges, no bands. Its
expression is built from the rule set and must give our own sum for every assessment. One that is not installed is left
out.

The floor is what NumPy needs at least, for the same assessments in blocks of the same size: one pass over bytes for
each literal (an item at a level, which ratings and rules need) and one for each sum (an item added to its construct,
for the best and for the worst end). Beside the whole of our engine stand its steps alone, and as many bare lookups as
it makes, to show where the distance to the floor comes from.
"""

import argparse
import importlib
import platform
import resource
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

from readiness.engine.answers import Answers, Phase
from readiness.engine.conditions import All, Claim, Condition, Not, evaluate
from readiness.engine.ranges import domain_range, open_construct
from readiness.engine.rating import rate
from readiness.engine.ruleset import RuleSet
from readiness.loading.populations import read_population, write_population
from readiness.loading.ruleset import load_ruleset
from readiness.workbench.batch import BLOCK, Compiled, compile_batch
from readiness.workbench.columns import Columns, answers_at, simulate

RULES = Path(__file__).resolve().parent.parent / "rules" / "peer-support"
ROWS, FEW, ROUNDS, SEED = 2 * BLOCK, 200, 40, 1
Task = Callable[[Mapping[str, str]], float]


def seconds(work: Callable[[], object], rounds: int) -> float:
    """The shortest processor time of some calls, after one that warms up: the machine's other work is left out."""
    work()
    times = []
    for _ in range(rounds):
        start = process_time()
        work()
        times.append(process_time() - start)
    return min(times)


def floor(ruleset: RuleSet, columns: Columns) -> Callable[[], None]:
    """One pass over bytes per literal and per sum."""
    items = [ruleset.instrument.items[item] for item in ruleset.touched_by if ruleset.touched_by[item]]
    literals = [(item.code, code) for item in items for code in range(len(item.order))]
    sums = 2 * len(ruleset.construct_of)
    flag, part, total = np.empty(BLOCK, np.bool_), np.ones(BLOCK, np.uint8), np.zeros(BLOCK, np.uint8)
    print(f"the floor: {len(literals)} literals and {sums} sums in blocks of {BLOCK:,}")

    def work() -> None:
        for start in range(0, columns.length, BLOCK):
            block = columns.rows(start, start + BLOCK).items
            for item, code in literals:
                np.equal(block[item], code, out=flag)
            for _ in range(sums):
                np.add(total, part, out=total)

    return work


def steps(compiled: Compiled, columns: Columns) -> dict[str, Callable[[], None]]:
    """The steps of the batch engine alone, and the lookups it makes where nothing is unknown, bare: one of 16 bytes for
    each construct, one of 2 bytes for each that has fewer outcomes than states."""
    lookups = compiled.lookups.values()
    blocks = [columns.rows(start, start + BLOCK) for start in range(0, columns.length, BLOCK)]
    tables = [np.zeros(256, "V16")] * len(lookups)
    tables += [np.zeros(256, np.uint16) for lookup in lookups if lookup.of_state is not None]
    places = np.random.default_rng(SEED).integers(0, 256, BLOCK, np.uint16)

    room = {table.itemsize: np.empty(BLOCK, table.dtype) for table in tables}

    def states() -> None:
        for block in blocks:
            for lookup in lookups:
                lookup.route.states_of(block)

    def outcomes() -> None:
        for block in blocks:
            for lookup in lookups:
                lookup.outcomes_of(block)

    def bare() -> None:
        for _ in blocks:
            for table in tables:
                table.take(places, out=room[table.itemsize], mode="clip")

    return {"states alone": states, "states and outcomes alone": outcomes, f"{len(tables)} bare lookups alone": bare}


def scalar(ruleset: RuleSet, answers: Answers) -> None:
    """What the batch engine gives, by the scalar engine: all constructs and domains with their ranges."""
    rated = rate(ruleset, answers)
    ranges = {code: open_construct(ruleset, scoring, answers).range() for code, scoring in ruleset.scoring.items()}
    for domain in ruleset.domains:
        domain_range(ruleset, domain, rated.constructs, ranges)


def point_score(ruleset: RuleSet, answers: Answers) -> float:
    """The ratings of all answers added up, and the shifts of the rules that hold."""
    total = sum(scoring.ratings[answers[item]] for item, scoring in ruleset.item_scoring.items())
    return total + sum(rule.shift for rule in ruleset.rules.values() if evaluate(rule.condition, answers.__getitem__))


def infix(ruleset: RuleSet, words: Mapping[str, str]) -> str:
    """The point score as one expression; `words` are the engine's own for and, or, not."""

    def said(condition: Condition) -> str:
        if isinstance(condition, Claim):
            return f"({condition.subject} in [{', '.join(repr(code) for code in sorted(condition.accepted))}])"
        if isinstance(condition, Not):
            return f"{words['not']}({said(condition.part)})"
        return "(" + words["and" if isinstance(condition, All) else "or"].join(map(said, condition.parts)) + ")"

    terms = []
    for item, scoring in ruleset.item_scoring.items():
        term = "0.0"
        for level, rating in scoring.ratings.items():
            term = f"({item} == {level!r} ? {rating!r} : {term})"
        terms.append(term)
    terms += [f"({said(rule.condition)} ? {rule.shift!r} : 0.0)" for rule in ruleset.rules.values() if rule.shift]
    return " + ".join(terms).replace("'", '"')


def as_json(ruleset: RuleSet) -> dict[str, Any]:
    """The point score as JSON logic."""

    def said(condition: Condition) -> dict[str, Any]:
        if isinstance(condition, Claim):
            return {"in": [{"var": condition.subject}, sorted(condition.accepted)]}
        if isinstance(condition, Not):
            return {"!": [said(condition.part)]}
        return {"and" if isinstance(condition, All) else "or": [said(part) for part in condition.parts]}

    terms: list[dict[str, Any]] = []
    for item, scoring in ruleset.item_scoring.items():
        tests = [({"==": [{"var": item}, level]}, rating) for level, rating in scoring.ratings.items()]
        terms.append({"if": [*(each for test in tests for each in test), 0]})
    terms += [{"if": [said(rule.condition), rule.shift, 0]} for rule in ruleset.rules.values() if rule.shift]
    return {"+": terms}


PYTHONIC = {"and": " and ", "or": " or ", "not": "not "}
C_LIKE = {"and": " && ", "or": " || ", "not": "!"}


def zen_engine(ruleset: RuleSet) -> Task:
    """One compiled expression."""
    expression = importlib.import_module("zen").compile_expression(infix(ruleset, PYTHONIC))
    return lambda answers: float(expression.evaluate(answers))


def rule_engine(ruleset: RuleSet) -> Task:
    """One compiled rule."""
    rule = importlib.import_module("rule_engine").Rule(infix(ruleset, PYTHONIC))
    return lambda answers: float(rule.evaluate(answers))


def cel(ruleset: RuleSet) -> Task:
    """One compiled program."""
    program = importlib.import_module("cel").compile(infix(ruleset, C_LIKE))
    return lambda answers: float(program.execute(answers))


def json_logic(ruleset: RuleSet) -> Task:
    """One tree of JSON logic."""
    tree, apply = as_json(ruleset), importlib.import_module("json_logic").jsonLogic
    return lambda answers: float(apply(tree, answers))


ENGINES: dict[str, tuple[str, Callable[[RuleSet], Task]]] = {
    "zen-engine": ("zen-engine", zen_engine),
    "common-expression-language (CEL)": ("common-expression-language", cel),
    "rule-engine": ("rule-engine", rule_engine),
    "json-logic": ("json-logic-qubit", json_logic),
}


def general_engines(ruleset: RuleSet, phase: Phase) -> dict[str, float]:
    """Assessments per second of the general engines that are installed, on assessments without a gap."""
    columns = simulate(ruleset.instrument, phase, FEW, np.random.default_rng(SEED), 0.0)
    first = {item.code: item.order[0] for item in ruleset.instrument.items.values()}
    every = [{**first, **_levels(answers_at(ruleset.instrument, columns, row))} for row in range(FEW)]
    wanted = [point_score(ruleset, Answers(phase, given)) for given in every]
    found = {}
    for name, (package, build) in ENGINES.items():
        try:
            task = build(ruleset)
        except ModuleNotFoundError:
            print(f"{name} is not installed (package {package}): left out")
            continue
        assert np.allclose([task(given) for given in every], wanted), f"{name} gives other point scores"
        found[f"{name} {version(package)}"] = FEW / seconds(lambda: [task(given) for given in every], 5)  # noqa: B023  # used at once
    return found


def _levels(answers: Answers) -> dict[str, str]:
    """Levels only: an item that does not apply keeps its first level, as a point score knows no missing answer."""
    return {item: str(answer) for item, answer in answers.given.items() if answer != "not_applicable"}


def measure_engines(ruleset: RuleSet) -> None:
    """Print one line for each engine and share of unknown answers."""
    phase, rng = Phase.AFTER, np.random.default_rng(SEED)
    start = process_time()
    compiled = compile_batch(ruleset, phase)
    print(f"compiled in {process_time() - start:.2f} s; by hand: {', '.join(compiled.by_hand) or 'nothing'}")
    columns = simulate(ruleset.instrument, phase, ROWS, rng)
    lowest = ROWS / seconds(floor(ruleset, columns), ROUNDS)
    print(f"\n{'':45}{'per second':>14}{'x floor':>9}")
    print(f"{'floor':45}{lowest:14,.0f}{1:9.2f}")
    for name, step in steps(compiled, columns).items():
        rate_of = ROWS / seconds(step, ROUNDS)
        print(f"{name:45}{rate_of:14,.0f}{rate_of / lowest:9.3f}")
    for share in (0.0, 0.1, 0.3):
        columns = simulate(ruleset.instrument, phase, ROWS, rng, share)
        rate_of = ROWS / seconds(lambda: compiled.score(columns), ROUNDS)  # noqa: B023  # used at once
        print(f"{f'batch with ranges, {share:.0%} unknown':45}{rate_of:14,.0f}{rate_of / lowest:9.3f}")
    for share in (0.0, 0.1, 0.3):
        columns = simulate(ruleset.instrument, phase, 20, rng, share)
        every = [answers_at(ruleset.instrument, columns, row) for row in range(20)]
        rate_of = 20 / seconds(lambda: [scalar(ruleset, each) for each in every], 5)  # noqa: B023  # used at once
        print(f"{f'scalar with ranges, {share:.0%} unknown':45}{rate_of:14,.0f}{rate_of / lowest:9.6f}")
    for name, rate_of in general_engines(ruleset, phase).items():
        print(f"{f'{name}, point score':45}{rate_of:14,.0f}{rate_of / lowest:9.6f}")


def measure_impact(ruleset: RuleSet, rows: int) -> None:
    """Print the time and memory of the impact of one changed worth over a population on disk."""
    impact = importlib.import_module("readiness.workbench.impact").impact
    changed = _with_one_worth_changed(ruleset)
    with tempfile.TemporaryDirectory() as folder:
        path, rng = Path(folder) / "population.parquet", np.random.default_rng(SEED)
        sizes = [BLOCK] * (rows // BLOCK) + ([rows % BLOCK] if rows % BLOCK else [])
        phases = (list(Phase)[number % 2] for number in range(len(sizes)))
        write_population(
            path,
            ruleset.instrument,
            (
                (simulate(ruleset.instrument, phase, size, rng, 0.1), None)
                for size, phase in zip(sizes, phases, strict=True)
            ),
        )
        start = process_time()
        reading = sum(columns.length for columns, _ in read_population(path, ruleset.instrument))
        reading_took, before = process_time() - start, _peak()
        start = process_time()
        impact(ruleset, changed, read_population(path, ruleset.instrument))
        took, peak = process_time() - start, _peak()
    print(f"\nimpact over {reading:,} assessments on disk: {took:.2f} s; reading them alone: {reading_took:.2f} s")
    print(f"peak memory {peak:.0f} MB; {peak - before:.0f} MB more than reading the same file")


def _with_one_worth_changed(ruleset: RuleSet) -> RuleSet:
    """The rule set with the first level of its first scored item worth half a point more."""
    code, scoring = next(iter(ruleset.scoring.items()))
    first = scoring.items[0]
    level, worth = next(iter(first.worth.items()))
    changed = replace(first, worth={**first.worth, level: replace(worth, rating=worth.rating + 0.5)})
    return replace(ruleset, scoring={**ruleset.scoring, code: replace(scoring, items=(changed, *scoring.items[1:]))})


def _peak() -> float:
    """The most memory this process has held so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Assessments per second of the batch engine and of others.")
    parser.add_argument("--rows", type=int, default=1_000_000, help="assessments for the impact (default 1,000,000)")
    rows = parser.parse_args().rows
    ruleset = load_ruleset(RULES)
    print(
        f"{platform.python_implementation()} {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}"
    )
    print(f"rule set {ruleset.identity.version} with {len(ruleset.rules)} rules")
    measure_engines(ruleset)
    if rows:
        measure_impact(ruleset, rows)


if __name__ == "__main__":
    main()
