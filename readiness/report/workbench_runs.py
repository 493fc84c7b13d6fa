"""What came out of a job on a draft > plain data: what the database keeps, pages show and downloads hold."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from readiness.engine.expectations import Shortfall
from readiness.engine.ruleset import RuleSet
from readiness.report import told_impact
from readiness.report.plain import as_plain
from readiness.report.spreadsheet import as_csv
from readiness.report.told_comparison import (
    KIND,
    alike_in_phases,
    identity_words,
    setting_name,
    size_words,
    tally_words,
    where_lines,
)
from readiness.report.told_proof import proof_data
from readiness.workbench.comparison import Comparison
from readiness.workbench.impact import Impact, Matrix
from readiness.workbench.meaning import ConstructChange, RecommendationChange, Where
from readiness.workbench.texts import TextChange
from readiness.workbench.theorems import Proof

Data = dict[str, object]

# So many entries of a list are kept; how many more there are is said.
MOST = 200
# Counts of real services are told in steps of so many, rounded down: fewer than five are never told from none.
STEP = 5
FEWEST = 20  # real assessments; of fewer nothing is told
ROUNDED = (
    "Counts are rounded down to fives: 0 means fewer than five. That hides a single service from a glance, "
    "not from a researcher who tries to find it."
)


def tested(ruleset: RuleSet, unmet: Sequence[Shortfall]) -> Data:
    """What the cases expected and did not get."""
    return {
        "holds": not unmet,
        "cases": len(ruleset.cases),
        "demands": sum(case.demands for case in ruleset.cases.values()),
        "unmet": len(unmet),
        "shortfalls": [as_plain(each) for each in unmet[:MOST]],
    }


def proven(proof: Proof) -> Data:
    """Every theorem with what came of it; a refutation with its sentence and its case."""
    kept = Proof(tuple(replace(check, refutations=check.refutations[:MOST]) for check in proof.checks), proof.too_large)
    return {**proof_data(kept), "holds": not proof.refutations, "refuted": len(proof.refutations)}


def compared(a: RuleSet, b: RuleSet, found: Comparison) -> Data:
    """What differs as text, by kind, and in meaning, in sentences."""
    return {
        "first": identity_words(found.first),
        "then": identity_words(found.then),
        "equivalent": found.equivalent,
        "changed": len(found.texts),
        "texts": [
            {"kind": KIND[kind], "changes": [as_plain(each) for each in group]}
            for kind, group in groupby(found.texts[:MOST], key=_kind)
        ],
        "meaning": [*_constructs(a, b, found), *_advice(a, b, found)],
        "settings": [
            {"of": setting_name(a, b, each), "what": each.what, "before": each.before, "after": each.after}
            for each in found.settings[:MOST]
        ],
        "too_large": list(dict.fromkeys(each.code for each in found.too_large)),
    }


def _kind(change: TextChange) -> str:
    return change.kind


def _constructs(a: RuleSet, b: RuleSet, found: Comparison) -> Iterator[Data]:
    for change, phases in alike_in_phases(found.constructs[:MOST]):
        size = "" if change.least is None or change.most is None else f", by {size_words(change.least, change.most)}"
        known = change.known.any
        sentences = [
            f"{tally_words(change.known)} change{size if known else ''}.",
            f"With something unknown: {tally_words(change.open)}{'' if known else size}.",
        ]
        where = _where(a, b, change.where, "" if known else " (known or not)")
        yield _meant(b.name(change.code), change, phases, sentences, where)


def _advice(a: RuleSet, b: RuleSet, found: Comparison) -> Iterator[Data]:
    titles = {each.code: each.title for each in b.recommendations}
    for change, phases in alike_in_phases(found.recommendations[:MOST]):
        counts = f"newly applies in {change.appears:,}, no longer in {change.vanishes:,}"
        sentences = [f"Of {change.of:,} combinations of what it asks about it {counts}."]
        yield _meant(titles[change.code], change, phases, sentences, _where(a, b, change.where))


def _meant(
    title: str, change: ConstructChange | RecommendationChange, phases: str, sentences: list[str], where: list[str]
) -> Data:
    return {"title": title, "code": change.code, "phases": phases, "sentences": sentences, "where": where}


def _where(a: RuleSet, b: RuleSet, where: Where, note: str = "") -> list[str]:
    return [" ".join(line.split()) for line in where_lines(a, b, where, note)]


def coarse(found: Impact) -> Impact:
    """An impact on real services as it is shown: no names, every count in steps of five, nothing of fewer than 20.

    Each count is rounded by itself, so that what is left out cannot be had by subtracting one from another. Whoever can
    add assessments, or compare many drafts, can still find out about one: it protects against a glance only.
    """
    if found.assessments < FEWEST:
        return _untold(found)
    touched = _rounded(found.touched)
    return replace(
        found,
        assessments=_rounded(found.assessments),
        touched=touched,
        in_domains=_rounded(found.in_domains),
        domains=_coarse(found.domains),
        constructs=_coarse(found.constructs),
        causes=tuple(
            replace(each, domains=_rounded(each.domains), constructs=_rounded(each.constructs))
            for each in (found.causes if touched else ())
        ),
        together=_rounded(found.together),
        advice=tuple(
            replace(each, appears=_rounded(each.appears), vanishes=_rounded(each.vanishes))
            for each in found.advice
            if max(each.appears, each.vanishes) >= STEP
        ),
        lost=tuple(replace(each, answers=_rounded(each.answers)) for each in found.lost if each.answers >= STEP),
        services=(),
        services_left=0,
    )


def _untold(found: Impact) -> Impact:
    """An impact of which nothing is told but the two versions."""
    return Impact(found.first, found.then, 0, 0, 0, (), (), (), 0, 0, (), (), (), 0)


def _rounded(count: int) -> int:
    return count // STEP * STEP


def _coarse(matrices: Sequence[Matrix]) -> tuple[Matrix, ...]:
    return tuple(
        Matrix(each.subject, tuple(tuple(_rounded(count) for count in row) for row in each.counts)) for each in matrices
    )


def impacted(a: RuleSet, b: RuleSet, found: Impact, rounded: bool) -> Data:
    """Bands before and after, edits and advice with their titles; and the same as one page and as a table."""
    named = told_impact.titles(a, b)
    rows = told_impact.impact_rows(a, b, found)
    return {
        "first": identity_words(found.first),
        "then": identity_words(found.then),
        "rounded": rounded,
        "assessments": found.assessments,
        "touched": found.touched,
        "in_domains": found.in_domains,
        "domains": _matrices(found.domains, named),
        "constructs": _matrices(found.constructs, named),
        "causes": [
            {"edit": told_impact.edit_words(each.edit, named), "domains": each.domains, "constructs": each.constructs}
            for each in found.causes[:MOST]
        ],
        "together": found.together,
        "advice": [
            {"title": named.recommendations[each.recommendation], "appears": each.appears, "vanishes": each.vanishes}
            for each in found.advice[:MOST]
        ],
        "lost": [{"title": named.subjects[each.item], "answers": each.answers} for each in found.lost[:MOST]],
        "html": told_impact.impact_page(a, b, found, ROUNDED if rounded else ""),
        "csv": as_csv([*rows, *([("note", "", ROUNDED, "", "", "")] if rounded else [])]),
    }


def _matrices(matrices: Sequence[Matrix], named: told_impact.Titles) -> list[Data]:
    return [
        {"title": named.subjects[each.subject], "changed": each.changed, "counts": [list(row) for row in each.counts]}
        for each in matrices[:MOST]
    ]
