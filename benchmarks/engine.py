"""How long rating and scoring take, and how much memory: the shipped rule set, from nothing known to everything.

    python benchmarks/engine.py            all measurements
    python benchmarks/engine.py --rounds 20

Milliseconds are medians. The floor is what no scoring can do without: a plain loop that adds up the ratings of all
answered items. It is measured in the same run, so that the ratios can be compared between machines.
"""

import argparse
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

from readiness.engine.answers import Answers, Phase
from readiness.engine.rating import rate
from readiness.engine.ruleset import RuleSet
from readiness.engine.scoring import score
from readiness.loading.ruleset import load_ruleset

RULES = Path(__file__).resolve().parent.parent / "rules" / "peer-support"
Sample = tuple[str, Answers]


def samples(ruleset: RuleSet) -> Iterator[Sample]:
    """Answers from everything to nothing known in both phases, and every case."""
    for phase in Phase:
        items = list(ruleset.instrument.asked(phase))
        middle = {item.code: item.order[len(item.order) // 2] for item in items}
        third = {item.code: middle[item.code] for item in items[::3]}
        yield f"everything answered, {phase}", Answers(phase, middle)
        yield f"one third known, {phase}", Answers(phase, third)
        yield f"nothing known, {phase}", Answers(phase, {})
    for case in ruleset.examples:
        yield case.code, case.answered(ruleset.instrument)


def add_up(ruleset: RuleSet, answers: Answers) -> float:
    """The floor: one loop over the items."""
    total = 0.0
    for item, scoring in ruleset.item_scoring.items():
        total += scoring.ratings[str(answers.given[item])]
    return total


def milliseconds(work: Callable[[], object], rounds: int) -> float:
    """The median time of one call, after two calls that warm up."""
    work(), work()
    times = []
    for _ in range(rounds):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return median(times) * 1000


def kibibytes(work: Callable[[], object]) -> float:
    """The most memory that one call holds at any time, beyond what was there before."""
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1024


def main() -> None:
    """Measure and print one line per set of answers."""
    parser = argparse.ArgumentParser(description="Milliseconds and memory of rating and scoring.")
    parser.add_argument("--rounds", type=int, default=200, help="calls per measurement (default 200)")
    rounds = parser.parse_args().rounds
    ruleset = load_ruleset(RULES)
    every = dict(samples(ruleset))
    everything = next(iter(every.values()))
    floor = milliseconds(lambda: add_up(ruleset, everything), rounds * 10)
    print(f"floor: a loop over {len(ruleset.item_scoring)} items, {floor:.4f} ms; x = times the floor")
    print(f"{'':30}{'rate ms':>9}{'x':>7}{'score ms':>10}{'x':>7}{'peak KiB':>10}")
    for name, answers in every.items():

        def rating(answers: Answers = answers) -> object:
            return rate(ruleset, answers)

        def scoring(answers: Answers = answers) -> object:
            return score(ruleset, answers)

        rated, scored = milliseconds(rating, rounds), milliseconds(scoring, rounds)
        memory = kibibytes(scoring)
        print(f"{name:30}{rated:9.3f}{rated / floor:7.0f}{scored:10.2f}{scored / floor:7.0f}{memory:10.0f}")


if __name__ == "__main__":
    main()
