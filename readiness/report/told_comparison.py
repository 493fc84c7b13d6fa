"""How two versions of a rule set differ, as lines of plain text."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from textwrap import fill
from typing import TypeVar

from readiness.engine.answers import Answer, Missing, Phase
from readiness.engine.ruleset import Identity, RuleSet
from readiness.report.told_cases import table
from readiness.workbench.comparison import Comparison, Setting
from readiness.workbench.meaning import Among, ConstructChange, RecommendationChange, Tally, Where
from readiness.workbench.texts import ADDED, CHANGED, REMOVED, TextChange

WIDTH = 100
POINTS_OF_A_RATING = 25.0
SIGN = {ADDED: "+", REMOVED: "-", CHANGED: "~"}
KIND = {
    "ruleset": "Rule set", "domain": "Domains", "construct": "Constructs", "tier": "Weights", "section": "Sections",
    "page": "Pages", "item": "Items", "rule": "Rules", "recommendation": "Recommendations", "source": "Sources",
    "finding": "Findings", "view": "Views", "case": "Cases", "pair": "Pairs", "locale": "Translations",
}  # fmt: skip
# What is shown of a thing that was added or removed; the rest stands in its file.
CHIEF = ("title", "short", "condition", "shift", "at least", "improves", "says", "cite", "version")
Change = TypeVar("Change", ConstructChange, RecommendationChange)
PHASES = {
    (Phase.BEFORE,): "before the start",
    (Phase.AFTER,): "after the start",
    tuple(Phase): "before and after the start",
}


def comparison_lines(a: RuleSet, b: RuleSet, found: Comparison) -> Iterator[str]:
    """What was added, removed and changed, then what comes out differently, or the proof that nothing does."""
    yield f"{identity_words(found.first)} > {identity_words(found.then)}"
    yield from ("", "AS TEXT", "")
    yield from text_lines(found.texts)
    yield from ("", "IN MEANING", "")
    yield from meaning_lines(a, b, found)


def identity_words(identity: Identity) -> str:
    """A version as it is cited: id, number and the start of its digest."""
    return f"{identity.id} {identity.version} ({identity.digest[:12]})"


def text_lines(changes: Sequence[TextChange]) -> Iterator[str]:
    """The things that were added (+), removed (-) and changed (~), by kind; a change with both of its sides."""
    if not changes:
        yield "Nothing differs: not a word."
    for kind, group in groupby(changes, key=lambda change: change.kind):
        yield KIND[kind]
        for change in group:
            yield f"  {SIGN[change.how]} {change.code}".rstrip()
            for each in change.details:
                if change.how == CHANGED:
                    yield _line(f"{each.field}: {each.before}" if each.before else f"{each.field}: (nothing)")
                    yield _line(f"  > {each.after or '(nothing)'}")
                elif each.field in CHIEF:
                    yield _line(f"{each.field}: {each.before or each.after}")


def _line(text: str) -> str:
    return fill(text, WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 10)


def meaning_lines(a: RuleSet, b: RuleSet, found: Comparison) -> Iterator[str]:
    """In which answer combinations constructs and recommendations come out differently, and which settings differ."""
    if found.equivalent:
        yield "Proven equivalent: no answers come out differently."
        return
    for construct, phases in alike_in_phases(found.constructs):
        yield from _construct_lines(a, b, construct, phases)
    for advice, phases in alike_in_phases(found.recommendations):
        yield from _advice_lines(a, b, advice, phases)
    if found.settings:
        yield "What else results depend on:"
        rows = [(setting_name(a, b, each), each.what, each.before or "-", each.after or "-") for each in found.settings]
        yield from table(("of", "what", "before", "after"), rows, (40, 28, 40, 40))
        yield ""
    for each in found.too_large:
        yield f"{each.code} is too large to be compared in every state ({PHASES[(each.phase,)]}); read its text."
    if not found.constructs and not found.too_large:
        yield "Proven for every construct: no answers come out with another risk, range or band of it."


def alike_in_phases(changes: Iterable[Change]) -> Iterator[tuple[Change, str]]:
    """Changes that are the same before and after the start, once, with the phases in words."""
    found: dict[Change, list[Phase]] = {}
    for each in changes:
        found.setdefault(replace(each, phase=Phase.BEFORE), []).append(each.phase)
    return ((change, PHASES[tuple(phases)]) for change, phases in found.items())


def _construct_lines(a: RuleSet, b: RuleSet, change: ConstructChange, phases: str) -> Iterator[str]:
    yield f"{b.name(change.code)} ({change.code}), {phases}"
    size = f", by {size_words(change.least, change.most)}" if change.least is not None else ""
    yield _line(f"{tally_words(change.known)} change{size if change.known.any else ''}.")
    yield _line(f"With something unknown: {tally_words(change.open)}{'' if change.known.any else size}.")
    yield from where_lines(a, b, change.where, "" if change.known.any else " (known or not)")
    yield ""


def _advice_lines(a: RuleSet, b: RuleSet, change: RecommendationChange, phases: str) -> Iterator[str]:
    title = next(each.title for each in b.recommendations if each.code == change.code)
    yield f"{title} ({change.code}), {phases}"
    counts = f"newly applies in {change.appears:,}, no longer in {change.vanishes:,}"
    yield _line(f"Of {change.of:,} combinations of what it asks about it {counts}.")
    yield from where_lines(a, b, change.where)
    yield ""


def tally_words(tally: Tally) -> str:
    """How many answer combinations come out differently, and in what."""
    changed = max(tally.risk, tally.band, tally.range)
    parts = [(tally.risk, "risk"), (tally.band, "band"), (tally.range, "range")]
    said = ", ".join(f"{what} {count:,}" for count, what in parts if count)
    return f"{changed:,} of {tally.of:,} answer combinations" + (f" ({said})" if said else "")


def size_words(least: float, most: float | None) -> str:
    """A change of risk (points; negative: lower) as a change of the rating."""
    ends = sorted({round(-least / POINTS_OF_A_RATING, 2) + 0.0, round(-(most or 0.0) / POINTS_OF_A_RATING, 2) + 0.0})
    return f"{' to '.join(f'{end:+g}' for end in ends)} rating"


def where_lines(a: RuleSet, b: RuleSet, where: Where, note: str = "") -> Iterator[str]:
    """When something is so, exactly or as near as a conjunction comes; alternatives on lines of their own."""
    when = [_among_words(a, b, each) for each in where.when]
    share = f"{100 * where.share:.0f} % of these change"
    if not where.exact:
        said = f"Only when {'; and '.join(when)} ({share})" if when else f"No few claims narrow it down ({share})"
        yield _line(f"{said}{note}.")
        return
    together = "; and ".join(when) if when else "" if where.either else "anything is answered"
    yield _line(
        f"Exactly when {together}{', and' if when and where.either else ''}".rstrip()
        + note
        + (":" if where.either else ".")
    )
    for number, part in enumerate(where.either):
        yield _line(f"  {'or' if number else 'either'} {'; and '.join(_among_words(a, b, each) for each in part)}")


def _among_words(a: RuleSet, b: RuleSet, among: Among) -> str:
    named = b if among.subject in b.instrument.subjects or among.subject in b.constructs else a
    return f"{named.name(among.subject)}: {' or '.join(_answer_words(a, b, among.subject, x) for x in among.answers)}"


def _answer_words(a: RuleSet, b: RuleSet, subject: str, answer: Answer) -> str:
    """The words of the later version that has the level."""
    if isinstance(answer, Missing):
        return "does not apply" if answer is Missing.NOT_APPLICABLE else "not known"
    items = [version.instrument.subjects[subject] for version in (b, a) if subject in version.instrument.subjects]
    texts = next((item.texts[answer].rstrip(".") for item in items if answer in item.texts), f"{answer} risk")
    return f"“{texts}”"


def setting_name(a: RuleSet, b: RuleSet, setting: Setting) -> str:
    """What a setting is of: its title, in the later version that has it."""
    titles = {each.code: each.title for each in (*a.recommendations, *b.recommendations)}
    known = next((v for v in (b, a) if setting.of in v.constructs or setting.of in v.instrument.items), None)
    return known.name(setting.of) if known else titles.get(setting.of, setting.of)
