"""What `--on` names > a stream of assessments as a rule set reads them: stored, cases, a file, or simulated."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from readiness.config import read_settings
from readiness.engine.answers import Phase
from readiness.engine.ruleset import RuleSet
from readiness.errors import ReadinessError, near_word
from readiness.loading.populations import read_population
from readiness.workbench.columns import Columns, encode, simulate

Part = tuple[Columns, Sequence[str] | None]

STORED, CASES, SIMULATED = "stored", "cases", "simulated"
MOST_SIMULATED = 100_000_000
TOGETHER = 65_536
SIMULATED_UNKNOWN = 0.1
HELP = "stored | cases | FILE.parquet | FILE.csv | simulated:N"


@dataclass(frozen=True, slots=True)
class Population:
    """Assessments to be read once; `count` is None where it is known only at the end."""

    count: int | None
    parts: Iterator[Part]

    def watched(self) -> Iterator[Part]:
        """The parts, with a bar on standard error where the end is known."""
        if self.count is None or not self.count:
            yield from self.parts
            return
        with click.progressbar(length=self.count, label="Scoring", file=sys.stderr) as bar:
            for columns, services in self.parts:
                yield columns, services
                bar.update(columns.length)


def population(on: str, ruleset: RuleSet, seed: int) -> Population:
    """The assessments that a name stands for. Raises ReadinessError for a name that stands for none."""
    if on == STORED:
        return _stored(ruleset)
    if on == CASES:
        return Population(len(ruleset.cases), _cases(ruleset))
    if on.startswith(f"{SIMULATED}:"):
        count = _count(on.removeprefix(f"{SIMULATED}:"))
        return Population(count, _simulated(ruleset, count, seed))
    if Path(on).suffix.lower() in (".parquet", ".csv"):
        return Population(None, iter(read_population(Path(on), ruleset.instrument)))
    near = near_word(on, [STORED, CASES])
    meant = f"; did you mean {near}? It" if near else "; it"
    raise ReadinessError(f"--on cannot be {on[:80]!r}{meant} takes {HELP}.")


def _count(word: str) -> int:
    if not (word.isascii() and word.isdigit() and 0 < int(word[:12]) <= MOST_SIMULATED and len(word) <= 12):
        raise ReadinessError(f"simulated:N takes a number from 1 to {MOST_SIMULATED:,}, not {word[:40]!r}.")
    return int(word)


def _stored(ruleset: RuleSet) -> Population:
    from readiness.store.database import ready_database  # a database only where one is asked for: it is slow to load
    from readiness.store.population import count_submitted, stored_population

    engine = ready_database(str(read_settings()["DATABASE_URL"]))
    return Population(count_submitted(engine, ruleset.identity.id), iter(stored_population(engine, ruleset)))


def _cases(ruleset: RuleSet) -> Iterator[Part]:
    for phase in Phase:
        cases = [case for case in ruleset.cases.values() if case.phase is phase]
        if cases:
            answers = [case.answered(ruleset.instrument) for case in cases]
            yield encode(ruleset.instrument, phase, answers), [case.service for case in cases]


def _simulated(ruleset: RuleSet, count: int, seed: int) -> Iterator[Part]:
    """Half of them before the start, half after it, a tenth of their answers unknown."""
    rng = np.random.default_rng(seed)
    for phase, many in ((Phase.BEFORE, count // 2), (Phase.AFTER, count - count // 2)):
        for start in range(0, many, TOGETHER):
            size = min(TOGETHER, many - start)
            yield simulate(ruleset.instrument, phase, size, rng, SIMULATED_UNKNOWN), None


def on_option(default: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The option that names assessments."""
    return click.option("--on", default=default, show_default=True, metavar="WHICH", help=f"Which assessments: {HELP}.")
