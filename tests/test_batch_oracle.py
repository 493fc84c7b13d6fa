"""An independent oracle: conditions as SQL, where unknown is NULL and DuckDB's own three-valued logic decides."""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import product
from math import prod

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from conftest import RULES

from readiness.engine.answers import Answer, Answers, Missing, Phase
from readiness.engine.conditions import Any, Claim, Condition, Not, claims
from readiness.engine.framework import BAND_ORDER
from readiness.loading.ruleset import load_ruleset
from readiness.workbench.batch import Compiled, Scored, compile_batch
from readiness.workbench.columns import Columns, codes_of, encode, simulate
from readiness.workbench.grids import FALSE, NO_BAND, TRUE, UNDECIDED

MOST_MIXTURES = 20_000
SHIPPED = load_ruleset(RULES)
CONDITIONS = {
    **{f"rule {code}": rule.condition for code, rule in SHIPPED.rules.items()},
    **{f"recommendation {each.code}": each.condition for each in SHIPPED.recommendations},
}


@cache
def shipped_batch(phase: Phase) -> Compiled:
    return compile_batch(SHIPPED, phase)


def sql(condition: Condition) -> str:
    """A condition as an SQL expression; what does not apply is a word that no claim accepts."""
    if isinstance(condition, Claim):
        return f'"{condition.subject}" IN ({", ".join(repr(code) for code in sorted(condition.accepted))})'
    if isinstance(condition, Not):
        return f"NOT ({sql(condition.part)})"
    return "(" + (" OR " if isinstance(condition, Any) else " AND ").join(map(sql, condition.parts)) + ")"


def words(scored: Scored, subjects: Sequence[str]) -> pa.Table:
    """Answers and bands as words; unknown is NULL."""
    table = {}
    for subject in subjects:
        item = SHIPPED.instrument.items.get(subject)
        codes = scored.columns.column(subject) if item else scored.band(subject)
        named = {code: str(answer) for answer, code in codes_of(item).items()} if item else dict(enumerate(BAND_ORDER))
        unknown = {255, NO_BAND} if item is None else {255}
        table[subject] = pa.array([None if code in unknown else named[code] for code in codes.tolist()], pa.string())
    return pa.table(table)


def by_sql(scored: Scored, conditions: Mapping[str, Condition]) -> dict[str, list[int]]:
    """The truths of some conditions as DuckDB finds them."""
    subjects = sorted({claim.subject for condition in conditions.values() for claim in claims(condition)})
    chosen = ", ".join(f'{sql(condition)} AS "{name}"' for name, condition in conditions.items())
    with duckdb.connect() as connection:
        connection.register("answers", words(scored, subjects))
        found = connection.execute(f"SELECT {chosen} FROM answers").fetchall()
    meanings = {True: TRUE, False: FALSE, None: UNDECIDED}
    return {name: [meanings[row[place]] for row in found] for place, name in enumerate(conditions)}


def by_batch(scored: Scored, name: str) -> list[int]:
    kind, _, code = name.partition(" ")
    return [int(truth) for truth in (scored.rule_truth if kind == "rule" else scored.recommended)(code)]


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("unknown", [0.0, 0.3, 0.8])
def test_truths_over_thousands_of_assessments_are_those_of_sql(phase: Phase, unknown: float) -> None:
    columns = simulate(SHIPPED.instrument, phase, 2_000, np.random.default_rng(11), unknown)
    scored = shipped_batch(phase).score(columns)
    assert {name: by_batch(scored, name) for name in CONDITIONS} == by_sql(scored, CONDITIONS)


def mixtures(condition: Condition) -> Columns:
    """Every mixture of answers, known and unknown, to what a condition asks about: items, and items of constructs."""
    subjects = sorted({claim.subject for claim in claims(condition)} & set(SHIPPED.instrument.items))
    items = [SHIPPED.instrument.items[subject] for subject in subjects]
    choices: list[list[Answer]] = [[each for each in codes_of(item) if each != Missing.DONT_KNOW] for item in items]
    assert prod(map(len, choices)) <= MOST_MIXTURES
    found = [Answers(Phase.AFTER, dict(zip(subjects, mixture, strict=True))) for mixture in product(*choices)]
    return encode(SHIPPED.instrument, Phase.AFTER, found)


@pytest.mark.parametrize("name", CONDITIONS)
def test_truths_over_every_open_mixture_are_those_of_sql(name: str) -> None:
    scored = shipped_batch(Phase.AFTER).score(mixtures(CONDITIONS[name]))
    assert {name: by_batch(scored, name)} == by_sql(scored, {name: CONDITIONS[name]})


def test_the_shipped_rule_set_is_scored_without_the_scalar_engine() -> None:
    assert [shipped_batch(phase).by_hand for phase in Phase] == [(), ()]
