"""Constructs x sections x sources: where the instrument asks, where the papers speak, and why a cell is empty."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from readiness.engine.framework import Construct
from readiness.engine.ruleset import RuleSet


@dataclass(frozen=True, slots=True)
class Coverage:
    """One construct: how many items each section asks on it, and how many findings each source has.

    `silent` explains the sources without a finding; `unexplained` names those that nothing is said of.
    """

    construct: Construct
    items: Mapping[str, int]
    findings: Mapping[str, int]
    silent: Mapping[str, str]
    unexplained: tuple[str, ...]


def coverage(ruleset: RuleSet) -> tuple[Coverage, ...]:
    """The coverage of every construct, in reading order. Sources without any finding are left aside."""
    spoken = Counter((finding.construct, finding.source) for finding in ruleset.findings.values())
    sources = [code for code in ruleset.sources if any(source == code for _, source in spoken)]
    sections = [section for section in ruleset.instrument.sections if section.scored]
    rows = []
    for code, construct in ruleset.constructs.items():
        asked = {
            section.code: sum(ruleset.construct_of.get(item.code) == code for item in section.items)
            for section in sections
        }
        findings = {source: spoken[code, source] for source in sources}
        empty = [source for source in sources if not findings[source]]
        rows.append(
            Coverage(
                construct,
                asked,
                findings,
                {source: construct.silent[source] for source in empty if source in construct.silent},
                tuple(source for source in empty if source not in construct.silent),
            )
        )
    return tuple(rows)
