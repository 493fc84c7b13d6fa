"""Findings, coverage and robustness as lines of plain text: for the command line and the tables of the docs."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from random import Random
from textwrap import fill

from readiness.engine.answers import Answers, Phase
from readiness.engine.cases import Case
from readiness.engine.coverage import coverage
from readiness.engine.framework import Band, Bands
from readiness.engine.grounds import thin
from readiness.engine.rating import Rated, rate
from readiness.engine.robustness import Weights, half_point_shifts, weights_held
from readiness.engine.ruleset import RuleSet
from readiness.report import words
from readiness.report.evidence import FindingView

WIDTH = 100
INVENTED, EACH = 500, 100
Examples = list[tuple[Case, Rated]]
EQUAL = 1.0


def list_lines(shown: Iterable[FindingView]) -> Iterator[str]:
    """Findings, a few lines each, and how many they are."""
    count = 0
    for each in shown:
        count += 1
        yield each.code
        yield fill(each.says, WIDTH, initial_indent="    ", subsequent_indent="    ")
        yield f"    {each.cite}, {each.locator}; {each.kind_words}; {each.direction}"
    yield f"{count} finding{'' if count == 1 else 's'}."


def finding_lines(each: FindingView) -> Iterator[str]:
    """One finding with its place, and what rests on it."""
    yield each.code
    yield fill(each.says, WIDTH)
    yield fill(f"For a service: {each.means}", WIDTH)
    yield ""
    yield f"{each.cite}, {each.locator}"
    yield f"Site: {each.sites_words}. When: {each.phase_words}. View: {each.view}. Statement: {each.kind_words}."
    yield f"Construct: {each.construct_title} ({each.cfir2009}; 2022: {each.cfir2022}), {each.direction}."
    yield f"doi:{each.doi}"
    yield ""
    yield "Resting on it:" if each.resting else "Nothing rests on it yet."
    yield from (f"  {s.part_words}: {s.title} ({s.code})" for s in each.resting)


def thin_lines(ruleset: RuleSet) -> Iterator[str]:
    """The items, rules and recommendations without two independent findings."""
    found = thin(ruleset)
    yield from (f"{words.PART[each.part]}: {each.title} ({each.code})" for each in found)
    yield f"{len(found)} of these have no two independent findings."


def coverage_lines(ruleset: RuleSet) -> Iterator[str]:
    """Items and findings for each construct, then the reason for every empty cell."""
    rows = coverage(ruleset)
    for row in rows:
        asked = ", ".join(f"{section} {count}" for section, count in row.items.items() if count)
        spoken = ", ".join(f"{source} {count}" for source, count in row.findings.items())
        yield f"{row.construct.title} ({row.construct.code}): items {asked}; findings {spoken}"
    yield ""
    yield "Silent:"
    for row in rows:
        for source, why in row.silent.items():
            yield fill(f"{row.construct.title}, {source}: {why}", WIDTH, subsequent_indent="    ")
        yield from (f"{row.construct.title}, {source}: NOT EXPLAINED" for source in row.unexplained)


def weightings(ruleset: RuleSet, draws: int, seed: int) -> tuple[Weights, ...]:
    """Weights for every construct, each drawn evenly within the bounds of its tier; the same for the same seed."""
    chance = Random(seed)  # no secret: the draws must come out the same again
    bounds = {
        code: construct.tier.bounds or (construct.tier.weight, construct.tier.weight)
        for code, construct in ruleset.constructs.items()
    }
    return tuple({code: chance.uniform(*bounds[code]) for code in bounds} for _ in range(draws))


def invented(ruleset: RuleSet, services: int, seed: int) -> Iterator[Answers]:
    """Answers of services that do not exist: every question answered, every answer drawn by chance."""
    chance = Random(seed)  # no secret, as above
    items = list(ruleset.instrument.asked(Phase.AFTER))
    for _ in range(services):
        yield Answers(Phase.AFTER, {item.code: chance.choice(item.order) for item in items})


def robustness_lines(ruleset: RuleSet, draws: int, seed: int) -> Iterator[str]:
    """Three tables: weights drawn within their tiers, levels moved by half a point, and other choices altogether."""
    rated = [(case, rate(ruleset, case.answered(ruleset.instrument))) for case in ruleset.examples]
    drawn = weightings(ruleset, draws, seed)
    titles = [domain.title for domain in ruleset.domains]
    yield f"| example | {' | '.join(titles)} |"
    yield "|" + "---|" * (len(titles) + 1)
    for case, each in rated:
        cells = (_held(held.band, held.same, held.tried) for held in weights_held(ruleset, each, drawn))
        yield f"| {example_name(case)} | {' | '.join(cells)} |"
    same = [0] * len(titles)
    for answers in invented(ruleset, INVENTED, seed):
        held_here = weights_held(ruleset, rate(ruleset, answers), drawn[:EACH])
        same = [total + held.same for total, held in zip(same, held_here, strict=True)]
    cells = (f"{100 * total // (INVENTED * min(EACH, draws))} %" for total in same)
    yield f"| {INVENTED} invented services | {' | '.join(cells)} |"
    yield ""
    yield "| example | levels moved | constructs that change band | domains that change band |"
    yield "|---|---|---|---|"
    for case, _ in rated:
        shifts = half_point_shifts(ruleset, case.answered(ruleset.instrument))
        items = dict.fromkeys(ruleset.name(flip.item) for flip in shifts.domains)
        said = f"{len(shifts.domains)}: {'; '.join(items)}" if items else "0"
        yield f"| {example_name(case)} | {shifts.tried} | {len(shifts.constructs)} | {said} |"
    yield ""
    yield "| other choice | domains that change band, of those of all examples |"
    yield "|---|---|"
    yield from _alternatives(ruleset, rated)


def _held(band: Band | None, same: int, tried: int) -> str:
    return f"{band.value if band else '?'} {100 * same // tried} %"


def example_name(case: Case) -> str:
    """An example in a table: its service without the last bracket, and its phase."""
    return f"{re.sub(r' [(][^()]*[)]$', '', case.service)}, {words.PHASE_WITHIN[case.phase]}"


def _alternatives(ruleset: RuleSet, rated: Examples) -> Iterator[str]:
    """What changes when all constructs weigh the same, or shares, bounds and bands are others."""
    equal = dict.fromkeys(ruleset.constructs, EQUAL)
    steep = {code: 2.0**construct.tier.weight for code, construct in ruleset.constructs.items()}
    for name, weights in (("all constructs weigh the same", equal), ("tiers weigh 2, 4 and 8", steep)):
        changed = [
            f"{example_name(case)}: {held.domain.title}"
            for case, each in rated
            for held in weights_held(ruleset, each, [weights])
            if not held.same
        ]
        yield _alternative(name, changed, rated)
    others = {
        "35 % must be known": replace(ruleset, determinable_share=0.35),
        "65 % must be known": replace(ruleset, determinable_share=0.65),
        "bands at 33.3 and 66.7": replace(ruleset, bands=_bands(100 / 3, 200 / 3)),
        "bands at 40 and 60": replace(ruleset, bands=_bands(40.0, 60.0)),
        "critical barriers bound nothing": replace(ruleset, critical_bound=Band.LOW),
        "critical barriers bound at high": replace(ruleset, critical_bound=Band.HIGH),
    }
    for name, other in others.items():
        changed = [
            f"{example_name(case)}: {domain.domain.title}"
            for case, each in rated
            for domain, turned in zip(each.domains, rate(other, case.answered(other.instrument)).domains, strict=True)
            if turned.band is not domain.band
        ]
        yield _alternative(name, changed, rated)


def _bands(moderate: float, high: float) -> Bands:
    return Bands({Band.LOW: 0.0, Band.MODERATE: moderate, Band.HIGH: high}, "")


def _alternative(name: str, changed: list[str], rated: Examples) -> str:
    total = sum(len(each.domains) for _, each in rated)
    return f"| {name} | {len(changed)} of {total}{': ' + '; '.join(changed) if changed else ''} |"
