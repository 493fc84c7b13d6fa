"""What the cases show, as lines of plain text: what did not come out, and what no case exercises."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from textwrap import wrap

from readiness.engine.cases import Outcome
from readiness.engine.expectations import Shortfall
from readiness.engine.ruleset import RuleSet
from readiness.workbench.exercise import DOES_NOT_APPLY, NOT_KNOWN, Exercise, Kind, Target

RULE, GAP = "-", "  "
# How wide the columns may be: 120 characters in all, most of them for the reason.
TRIED, COVERED = (30, 24, 20, 40), (16, 20, 9, 9, 6)
KIND = {
    Kind.OPTION: ("item", "items"),
    Kind.RULE: ("rule", "rules"),
    Kind.RECOMMENDATION: ("recommendation", "recommendations"),
}
LEVEL = "a level is chosen"
# A rule holds, advice applies.
APPLIES = {Outcome.HOLDS.value: "applies", Outcome.FAILS.value: "does not apply"}


def table(head: Sequence[str], rows: Iterable[Sequence[str]], widest: Sequence[int]) -> Iterator[str]:
    """A table for a terminal: each column as wide as its longest cell, which is wrapped at so many characters."""
    filled = [[wrap(cell, most) or [""] for cell, most in zip(row, widest, strict=True)] for row in (head, *rows)]
    widths = [max(len(line) for cell in column for line in cell) for column in zip(*filled, strict=True)]
    for number, row in enumerate(filled):
        for lines in zip_longest(*row, fillvalue=""):
            yield GAP.join(f"{line:{width}}" for line, width in zip(lines, widths, strict=True)).rstrip()
        if number == 0:
            yield GAP.join(RULE * width for width in widths)
        elif max(len(cell) for cell in row) > 1 and number + 1 < len(filled):
            yield ""


def tried_lines(ruleset: RuleSet, tried: Iterable[str], unmet: Sequence[Shortfall]) -> Iterator[str]:
    """What differed as a table, then the counts; `tried` names the cases that were tried by their codes."""
    if unmet:
        head = ("case", "expected", "got", "because")
        yield from table(head, [(each.case, each.expected, each.got, each.because) for each in unmet], TRIED)
        yield ""
    cases = [ruleset.cases[code] for code in tried]
    demands = sum(case.demands for case in cases)
    yield f"{_many(len(cases), 'case')}, {_many(demands, 'expectation')}: {demands - len(unmet)} as expected."


def coverage_lines(exercise: Exercise) -> Iterator[str]:
    """How much is exercised, by kind and state; then the gaps by name."""
    rows = [
        (KIND[kind][1], state, str(sum(map(bool, met))), str(len(met)), _share(met))
        for (kind, state), met in _by_state(exercise).items()
    ]
    every = [bool(cases) for cases in exercise.cases.values()]
    rows.append(("all", "", str(sum(every)), str(len(every)), _share(every)))
    yield from table(("of", "state", "exercised", "there are", "share"), rows, COVERED)
    if exercise.gaps:
        yield ""
        yield "No case exercises:"
        yield from _gap_lines(exercise.gaps)


def _by_state(exercise: Exercise) -> dict[tuple[Kind, str], list[bool]]:
    """For each kind and state, whether each target of it is exercised; all levels count as one state."""
    found: dict[tuple[Kind, str], list[bool]] = defaultdict(list)
    for target, cases in exercise.cases.items():
        found[target.kind, _state_of(target)].append(bool(cases))
    return found


def _state_of(target: Target) -> str:
    if target.kind is Kind.OPTION:
        return target.state if target.state in (DOES_NOT_APPLY, NOT_KNOWN) else LEVEL
    return _said(target)


def _said(target: Target) -> str:
    return APPLIES.get(target.state, target.state) if target.kind is Kind.RECOMMENDATION else target.state


def _gap_lines(gaps: Iterable[Target]) -> Iterator[str]:
    """One line for each item, rule or recommendation with a gap: what of it is never seen."""
    states: dict[tuple[Kind, str], list[str]] = defaultdict(list)
    for target in gaps:
        states[target.kind, target.code].append(_said(target))
    yield from (f"  {KIND[kind][0]} {code}: {', '.join(missing)}" for (kind, code), missing in states.items())


def _share(met: Sequence[bool]) -> str:
    """A share in whole percent, rounded down: 100 % is all of them."""
    return f"{100 * sum(met) // len(met)} %"


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
