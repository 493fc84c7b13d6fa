"""What stands on which finding: everything a rule set asks, rates, shifts or advises, with its evidence.

Two findings are *independent* when different talks stand behind them: they come from different papers, or from
different sites of one paper. What a paper takes from other literature does not count, as two papers may cite the same
study. A statement that rests on fewer is not wrong, but it is marked.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from readiness.engine.evidence import Finding, Kind
from readiness.engine.ruleset import RuleSet

OWN = frozenset({Kind.REPORTED, Kind.AUTHOR_SUMMARY, Kind.AUTHOR_INFERENCE})


class Part(StrEnum):
    """What a finding can carry."""

    ITEM = "item"
    RULE = "rule"
    RECOMMENDATION = "recommendation"
    SUBJECT = "subject"
    CASE = "case"


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing a rule set says, and the findings it names; `construct` is empty where it belongs to none."""

    part: Part
    code: str
    title: str
    construct: str
    evidence: tuple[str, ...]


def independent(one: Finding, other: Finding) -> bool:
    """Whether different talks stand behind two findings."""
    if one.source != other.source:
        return True
    return bool(one.sites and other.sites and not set(one.sites) & set(other.sites))


def is_thin(ruleset: RuleSet, evidence: Iterable[str]) -> bool:
    """Whether no two independent findings are among these. What a paper takes from other literature is not its own."""
    cited = (ruleset.findings[code] for code in dict.fromkeys(evidence))
    findings = [finding for finding in cited if finding.kind in OWN]
    return not any(independent(one, other) for one, other in combinations(findings, 2))


def statements(ruleset: RuleSet) -> tuple[Statement, ...]:
    """Everything that rests on findings: items (why they are asked and what their levels are worth), rules,
    recommendations, subjects left out, and cases."""
    return (*_items(ruleset), *_rules(ruleset), *_others(ruleset))


def _items(ruleset: RuleSet) -> Iterator[Statement]:
    for item in ruleset.instrument.items.values():
        scored = ruleset.item_scoring.get(item.code)
        rated = (code for worth in scored.worth.values() for code in worth.evidence) if scored else ()
        evidence = tuple(dict.fromkeys((*item.evidence, *rated)))
        yield Statement(Part.ITEM, item.code, item.short, ruleset.construct_of.get(item.code, ""), evidence)


def _rules(ruleset: RuleSet) -> Iterator[Statement]:
    for rule in ruleset.rules.values():
        yield Statement(Part.RULE, rule.code, rule.title, rule.construct, rule.evidence)


def _others(ruleset: RuleSet) -> Iterator[Statement]:
    for recommendation in ruleset.recommendations:
        yield Statement(Part.RECOMMENDATION, recommendation.code, recommendation.title, "", recommendation.evidence)
    for section in ruleset.instrument.sections:
        for number, subject in enumerate(section.subjects, start=1):
            yield Statement(Part.SUBJECT, f"{section.code}-{number}", subject.title, "", subject.evidence)
    for case in ruleset.examples:
        evidence = tuple(dict.fromkeys(code for answer in case.answers.values() for code in answer.evidence))
        yield Statement(Part.CASE, case.code, case.service, "", evidence)


def resting_on(ruleset: RuleSet) -> Mapping[str, tuple[Statement, ...]]:
    """For each finding, everything that names it; an empty tuple where nothing does yet."""
    found: dict[str, list[Statement]] = {code: [] for code in ruleset.findings}
    for statement in statements(ruleset):
        for code in statement.evidence:
            found[code].append(statement)
    return {code: tuple(resting) for code, resting in found.items()}


def thin(ruleset: RuleSet) -> tuple[Statement, ...]:
    """The scored items, rules and recommendations without two independent findings."""
    marked = {Part.ITEM, Part.RULE, Part.RECOMMENDATION}
    return tuple(
        statement
        for statement in statements(ruleset)
        if statement.part in marked
        and (statement.part is not Part.ITEM or statement.construct)
        and is_thin(ruleset, statement.evidence)
    )
