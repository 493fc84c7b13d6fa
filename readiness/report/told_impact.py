"""What a revision changes for assessments: as lines of plain text, as rows for a table program, and as one page."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from readiness.engine.ruleset import RuleSet
from readiness.report.told_cases import table
from readiness.report.told_comparison import identity_words
from readiness.workbench.edits import Edit, EditKind
from readiness.workbench.impact import OUTCOMES, Impact, Matrix

TEMPLATES = Path(__file__).parents[2] / "templates" / "workbench"
STYLE = Path(__file__).with_name("impact.css")
HEAD = ("what", "code", "name", "before", "after", "assessments")


@dataclass(frozen=True, slots=True)
class Titles:
    """What codes of either version are called."""

    subjects: dict[str, str]
    edits: dict[tuple[EditKind, str], str]
    recommendations: dict[str, str]


def titles(a: RuleSet, b: RuleSet) -> Titles:
    """The titles of both versions; the later one's where they differ."""
    subjects: dict[str, str] = {}
    edits: dict[tuple[EditKind, str], str] = {}
    recommendations: dict[str, str] = {}
    for version in (a, b):
        subjects |= {domain.code: domain.title for domain in version.domains}
        subjects |= {code: construct.title for code, construct in version.constructs.items()}
        subjects |= {code: item.short for code, item in version.instrument.items.items()}
        edits |= {(EditKind.RULE, code): rule.title for code, rule in version.rules.items()}
        recommendations |= {each.code: each.title for each in version.recommendations}
    return Titles(subjects, edits, recommendations)


def edit_words(edit: Edit, named: Titles) -> str:
    """An edit in a line: what it is of, and both of its sides."""
    title = named.edits.get((edit.kind, edit.code)) or named.subjects.get(edit.code, edit.code)
    of = f"{edit.kind.value} {edit.code}{f', level {edit.level}' if edit.level else ''}"
    return f"{title} ({of}): {side_words(edit)}" if title != edit.code else f"{edit.code}: {side_words(edit)}"


def side_words(edit: Edit) -> str:
    """What becomes of what is edited."""
    if edit.before == edit.after:
        return "another condition"
    if not edit.before or not edit.after:
        return f"new ({edit.after})" if edit.after else f"gone ({edit.before})"
    return f"{edit.before} > {edit.after}"


def share(count: int, of: int) -> str:
    """A count with its share of all."""
    return f"{count:,} ({100 * count / of:.1f} %)" if of else f"{count:,}"


def impact_lines(a: RuleSet, b: RuleSet, found: Impact) -> Iterator[str]:
    """Counts, bands before and after, which edits did it, advice that comes and goes, and the services."""
    named, many = titles(a, b), found.assessments
    yield f"{identity_words(found.first)} > {identity_words(found.then)}"
    yield ""
    yield f"{many:,} assessments. Another band of a domain: {share(found.in_domains, many)};"
    yield f"of a domain or construct: {share(found.touched, many)}."
    for matrices, what in ((found.domains, "Domains"), (found.constructs, "Constructs")):
        changed = [matrix for matrix in matrices if matrix.changed]
        yield ""
        yield f"{what} with other bands: {len(changed)} of {len(matrices)}."
        for matrix in changed:
            yield ""
            yield f"{named.subjects[matrix.subject]} ({matrix.subject}): {share(matrix.changed, many)}"
            rows = [(OUTCOMES[place], *(f"{count:,}" for count in row)) for place, row in enumerate(matrix.counts)]
            yield from table(("before \\ after", *OUTCOMES), rows, (20,) * (len(OUTCOMES) + 1))
    yield from _cause_lines(found, named)
    if found.advice:
        yield ""
        rows = [
            (named.recommendations[each.recommendation], f"{each.appears:,}", f"{each.vanishes:,}")
            for each in found.advice
        ]
        yield from table(("advice", "appears", "vanishes"), rows, (80, 12, 12))
    if found.lost:
        yield ""
        rows = [(f"{named.subjects[each.item]} ({each.item})", f"{each.answers:,}") for each in found.lost]
        yield from table(("answers that cannot be carried over", "answers"), rows, (80, 12))
    if found.services:
        more = f", and {found.services_left:,} more" if found.services_left else ""
        yield ""
        yield f"Touched: {'; '.join(found.services)}{more}."


def _cause_lines(found: Impact, named: Titles) -> Iterator[str]:
    if not found.causes:
        return
    yield ""
    rows = [(edit_words(each.edit, named), f"{each.domains:,}", f"{each.constructs:,}") for each in found.causes]
    yield from table(("this edit alone changes the band of", "domains in", "constructs in"), rows, (80, 12, 14))
    yield f"A band of a domain that only several edits together change: {found.together:,}."
    if found.edits_left:
        yield f"{found.edits_left:,} further edits were not told apart."


def impact_rows(a: RuleSet, b: RuleSet, found: Impact) -> Iterator[tuple[str, ...]]:
    """One row per number, with the header; for a table program."""
    named = titles(a, b)
    yield HEAD
    for what, matrices in (("domain", found.domains), ("construct", found.constructs)):
        for matrix in matrices:
            for old, row in zip(OUTCOMES, matrix.counts, strict=True):
                for new, count in zip(OUTCOMES, row, strict=True):
                    yield what, matrix.subject, named.subjects[matrix.subject], old, new, str(count)
    for cause in found.causes:
        code = f"{cause.edit.code} {cause.edit.level}".strip()
        yield (
            "edit alone, domains",
            code,
            edit_words(cause.edit, named),
            cause.edit.before,
            cause.edit.after,
            str(cause.domains),
        )
    for each in found.advice:
        title = named.recommendations[each.recommendation]
        yield "advice", each.recommendation, title, "no", "yes", str(each.appears)
        yield "advice", each.recommendation, title, "yes", "no", str(each.vanishes)
    for lost in found.lost:
        yield "answers lost", lost.item, named.subjects[lost.item], "", "", str(lost.answers)
    for service in found.services:
        yield "service touched", "", service, "", "", ""


def impact_page(a: RuleSet, b: RuleSet, found: Impact, note: str = "") -> str:
    """One page with everything in it: no script, no other file; `note` says what is to be known about its counts."""
    named = titles(a, b)
    return (
        _environment()
        .get_template("impact.html")
        .render(
            found=found,
            note=note,
            named=named,
            outcomes=OUTCOMES,
            domains=_changed(found.domains),
            constructs=_changed(found.constructs),
            edit_words=edit_words,
            share=share,
            style=STYLE.read_text(encoding="utf-8"),
        )
    )


def _changed(matrices: Iterable[Matrix]) -> list[Matrix]:
    return [matrix for matrix in matrices if matrix.changed]


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
