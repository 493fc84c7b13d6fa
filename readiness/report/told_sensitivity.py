"""How far bands depend on weights, limits and ratings, as lines of plain text."""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import copysign

from readiness.engine.ruleset import RuleSet
from readiness.report.told_cases import table
from readiness.workbench.flips import DomainFlips, Flip, Moved
from readiness.workbench.sensitivity import TOGETHER, Held

NAMES = {
    Moved.WEIGHT.value: "weights",
    Moved.LIMIT.value: "limits",
    Moved.RATING.value: "ratings",
    "all": "all at once",
}
UNIT = {Moved.WEIGHT: "of weight", Moved.LIMIT: "points of risk", Moved.RATING: "rating"}
NO_BAND = "not determinable"
FEW = 5
AT_ONCE = 1e-6


def held_lines(ruleset: RuleSet, found: Sequence[Held]) -> Iterator[str]:
    """By domain and band: how many assessments have it, and in what share of the draws it stays."""
    rows = [
        (
            ruleset.name(each.domain),
            each.band.value if each.band else NO_BAND,
            f"{each.assessments:,}",
            *(f"{100 * each.shares[name]:.1f} %" for name in TOGETHER),
        )
        for each in found
    ]
    head = ("domain", "band", "assessments", *(NAMES[name] for name in TOGETHER))
    yield from table(head, rows, (36, 18, 12, 12, 12, 12, 14))


def flip_lines(ruleset: RuleSet, found: Sequence[DomainFlips]) -> Iterator[str]:
    """For one assessment: the smallest movements that take each domain to another band, the nearest first."""
    for each in found:
        yield ""
        yield f"{ruleset.name(each.domain)}: {each.band.value if each.band else NO_BAND}"
        if not each.flips:
            yield "  No single number flips it within its leeway."
        for flip in each.flips[:FEW]:
            yield f"  {flip_words(ruleset, flip)}"
        if len(each.flips) > FEW:
            yield f"  {len(each.flips) - FEW} more"


def flip_words(ruleset: RuleSet, flip: Flip) -> str:
    """A movement and what becomes of the band."""
    becomes = flip.becomes.value if flip.becomes else NO_BAND
    return f"{becomes} when {subject_words(ruleset, flip)}: {by_words(flip)} ({100 * flip.share:.0f} % of its leeway)"


def by_words(flip: Flip) -> str:
    """How far it is to the flip; a band on a limit flips at once."""
    if abs(flip.by) < AT_ONCE:
        return f"any movement {'down' if copysign(1.0, flip.by) < 0 else 'up'}"
    return f"{flip.by:+.3g} {UNIT[flip.moved]}"


def subject_words(ruleset: RuleSet, flip: Flip) -> str:
    """What is moved."""
    if flip.moved is Moved.WEIGHT:
        return f"the weight of {ruleset.name(flip.code)}"
    if flip.moved is Moved.LIMIT:
        return f"the limit of {flip.code}"
    return f"the worth of {ruleset.name(flip.code)}, {flip.level}"


def first_flip_lines(ruleset: RuleSet, found: Sequence[tuple[DomainFlips, ...]]) -> Iterator[str]:
    """For several assessments: what flips first, how often, and at which smallest movement."""
    first = [each.flips[0] for domains in found for each in domains if each.flips]
    tried = sum(len(domains) for domains in found)
    yield ""
    yield f"Of {tried:,} domains of {len(found):,} assessments, one single number flips {len(first):,}."
    counts = Counter((flip.moved, flip.code, flip.level) for flip in first)
    nearest = {
        key: min((f for f in first if (f.moved, f.code, f.level) == key), key=lambda f: f.share) for key in counts
    }
    rows = [
        (subject_words(ruleset, nearest[key]), f"{count:,}", by_words(nearest[key]))
        for key, count in counts.most_common(4 * FEW)
    ]
    yield from table(("what is moved", "flips first", "smallest movement"), rows, (70, 12, 26))
