"""Two versions of a rule set and a stream of assessments > which of these come out differently, and through what.

Assessments are those of the first version. Its answers are carried over to the second: what that one lacks is unknown
to it. A construct that comes out alike in every state is not scored twice. Memory stays at the size of one part of the
stream.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from readiness.engine.answers import Phase
from readiness.engine.conditions import claims
from readiness.engine.framework import BAND_ORDER
from readiness.engine.ruleset import Identity, Recommendation, RuleSet
from readiness.workbench.columns import Columns
from readiness.workbench.edits import Edit, edits
from readiness.workbench.grids import TRUE
from readiness.workbench.literals import truths_of
from readiness.workbench.meaning import recommendation_changes
from readiness.workbench.revisions import Banded, Bands, Version, carrier, revise, whole

# Assessments of one phase and, where they are known, the services they are of.
Stream = Iterable[tuple[Columns, Sequence[str] | None]]
Progress = Callable[[int], object]

# Bands and, after them, *not determinable*.
OUTCOMES = (*BAND_ORDER, "not determinable")

# More edits than these are not told apart, and more services not named.
MOST_EDITS = 100
MOST_SERVICES = 1_000

# How many assessments are worked through together, however large the parts of the stream are.
BLOCK = 32_768

Counts = NDArray[np.int64]
Truth = NDArray[np.bool_]
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Matrix:
    """How many assessments have which band of a domain or construct: rows as in OUTCOMES before, columns after."""

    subject: str
    counts: tuple[tuple[int, ...], ...]

    @property
    def changed(self) -> int:
        """How many have another band than before."""
        return sum(
            count for row, counts in enumerate(self.counts) for place, count in enumerate(counts) if row != place
        )


@dataclass(frozen=True, slots=True)
class Cause:
    """An edit, and in how many assessments it alone brings a domain, or a construct, to its new band."""

    edit: Edit
    domains: int
    constructs: int


@dataclass(frozen=True, slots=True)
class AdviceChange:
    """In how many assessments a recommendation newly applies, and in how many it no longer does."""

    recommendation: str
    appears: int
    vanishes: int


@dataclass(frozen=True, slots=True)
class LostAnswers:
    """How many answers to an item cannot be carried over: the second version lacks the item or the level."""

    item: str
    answers: int


@dataclass(frozen=True, slots=True)
class Impact:
    """What changes for `assessments`: `touched` have another band of a domain or construct, `in_domains` of a domain.

    `together` counts those of `in_domains` with a change that no edit alone brings about, `edits_left` the edits that
    were not told apart. `services` names those of touched assessments; `services_left` are touched and not named.
    """

    first: Identity
    then: Identity
    assessments: int
    touched: int
    in_domains: int
    domains: tuple[Matrix, ...]
    constructs: tuple[Matrix, ...]
    causes: tuple[Cause, ...]
    together: int
    edits_left: int
    advice: tuple[AdviceChange, ...]
    lost: tuple[LostAnswers, ...]
    services: tuple[str, ...]
    services_left: int


def impact(a: RuleSet, b: RuleSet, stream: Stream, progress: Progress | None = None) -> Impact:
    """What changes for each of the assessments when `b` follows `a`; `progress` hears how many have just been done."""
    counts, phases = _Counts(), dict[Phase, _Phase]()
    for columns, services in stream:
        if columns.phase not in phases:
            other = next(iter(phases.values()), None)
            phases[columns.phase] = _Phase(a, b, columns.phase, other.first if other else None)
        for start in range(0, columns.length, BLOCK):
            stop = min(start + BLOCK, columns.length)
            phases[columns.phase].count(columns.rows(start, stop), services and services[start:stop], counts)
            if progress is not None:
                progress(stop - start)
    return _summed(a, b, counts)


def _summed(a: RuleSet, b: RuleSet, counts: "_Counts") -> Impact:
    made = sum(1 for _ in edits(a, b))
    return Impact(
        a.identity,
        b.identity,
        counts.assessments,
        counts.touched,
        counts.in_domains,
        _matrices(counts.domains),
        _matrices(counts.constructs),
        tuple(Cause(edit, *found) for edit, found in counts.causes.items()),
        counts.together,
        max(0, made - MOST_EDITS),
        tuple(AdviceChange(code, *found) for code, found in counts.advice.items() if any(found)),
        tuple(LostAnswers(item, answers) for item, answers in counts.lost.items() if answers),
        tuple(counts.services),
        counts.services_left,
    )


def _matrices(found: Mapping[str, Counts]) -> tuple[Matrix, ...]:
    return tuple(
        Matrix(code, tuple(tuple(int(count) for count in row) for row in matrix)) for code, matrix in found.items()
    )


class _Counts:
    """What is counted while the stream goes by."""

    def __init__(self) -> None:
        self.assessments = self.touched = self.in_domains = self.together = self.services_left = 0
        self.domains: dict[str, Counts] = {}
        self.constructs: dict[str, Counts] = {}
        self.causes: dict[Edit, tuple[int, int]] = {}
        self.advice: dict[str, tuple[int, int]] = {}
        self.lost: dict[str, int] = {}
        self.services: dict[str, None] = {}

    def cross(self, into: dict[str, Counts], subject: str, before: Bands, after: Bands) -> Truth:
        """Count assessments by the bands of a subject before and after, and say where these differ."""
        kinds = len(OUTCOMES)
        pairs = np.bincount(before * np.uint8(kinds) + after, minlength=kinds**2).reshape(kinds, kinds)
        into[subject] = into[subject] + pairs if subject in into else pairs
        differ: Truth = before != after
        return differ

    def name(self, services: Iterable[str]) -> None:
        """Keep the names of services, as many as fit."""
        for service in services:
            if service not in self.services:
                if len(self.services) < MOST_SERVICES:
                    self.services[service] = None
                else:
                    self.services_left += 1


class _Phase:
    """One phase of both versions, ready for assessments."""

    def __init__(self, a: RuleSet, b: RuleSet, phase: Phase, other: Version | None) -> None:
        self.a, self.b = a, b
        self.first = whole(a, phase, other)
        self.then = revise(self.first, b)
        self.carrier = carrier(a, b, phase)
        self.edits = tuple(
            (edit, revise(self.first, version, [edit.construct] if edit.construct else None))
            for edit, version in islice(edits(a, b), MOST_EDITS)
        )
        self.advice = tuple(self._advice(phase))

    def _advice(self, phase: Phase) -> Iterator[tuple[str, Recommendation | None, Recommendation | None]]:
        """The recommendations that may come out differently, as each version has them."""
        before = {each.code: each for each in self.a.recommendations}
        after = {each.code: each for each in self.b.recommendations}
        new = {each.code for each in recommendation_changes(self.a, self.b, [phase])} | before.keys() ^ after.keys()
        moved = {*self.then.constructs, *self.carrier.tables}
        for code in dict.fromkeys((*before, *after)):
            versions = [version[code] for version in (before, after) if code in version]
            if code in new or any(claim.subject in moved for each in versions for claim in claims(each.condition)):
                yield code, before.get(code), after.get(code)

    def count(self, columns: Columns, services: Sequence[str] | None, counts: _Counts) -> None:
        """Score some assessments in both versions and count what differs."""
        before = self.first.score(columns)
        carried, lost = self.carrier.carry(columns)
        after = self.then.score(carried, before.outcomes)
        touched = np.zeros(columns.length, np.bool_)
        in_domains = touched.copy()
        for code, bands in before.constructs.items():
            if code in self.b.scoring:
                touched |= counts.cross(counts.constructs, code, bands, after.constructs.get(code, bands))
        for code, bands in before.domains.items():
            if any(domain.code == code for domain in self.b.domains):
                in_domains |= counts.cross(counts.domains, code, bands, after.domains.get(code, bands))
        touched |= in_domains
        counts.assessments += columns.length
        counts.touched += int(touched.sum())
        counts.in_domains += int(in_domains.sum())
        for item, answers in lost.items():
            counts.lost[item] = counts.lost.get(item, 0) + answers
        self._count_advice((columns, carried), before, after, counts)
        rows = np.flatnonzero(touched)
        if services is not None:
            counts.name(services[int(row)] for row in rows)
        if len(rows):
            self._count_causes(columns.pick(rows), rows, before, after, counts)

    def _count_advice(self, columns: tuple[Columns, Columns], before: Banded, after: Banded, counts: _Counts) -> None:
        def band(code: str) -> Bands:
            return after.constructs[code] if code in after.constructs else before.constructs[code]

        nowhere = np.zeros(columns[0].length, np.bool_)
        for code, old, new in self.advice:
            was = now = nowhere
            if old is not None:
                items = self.a.instrument.subjects
                was = truths_of(old.condition, items, columns[0], before.constructs.__getitem__) == TRUE
            if new is not None:
                now = truths_of(new.condition, self.b.instrument.subjects, columns[1], band) == TRUE
            appears, vanishes = counts.advice.get(code, (0, 0))
            counts.advice[code] = appears + int((now & ~was).sum()), vanishes + int((was & ~now).sum())

    def _count_causes(self, columns: Columns, rows: Rows, before: Banded, after: Banded, counts: _Counts) -> None:
        """Count what each edit alone brings about in the touched assessments, at `rows`, and what only several do."""
        outcomes = {code: found[rows] for code, found in before.outcomes.items()}
        domains = _moves(before.domains, after.domains, rows)
        constructs = _moves(before.constructs, after.constructs, rows)
        left = {code: moved.copy() for code, (_, moved) in domains.items()}
        for edit, version in self.edits:
            alone = version.score(columns, outcomes)
            in_domains, hits = _hits(domains, alone.domains)
            in_constructs, _ = _hits(constructs, alone.constructs)
            for code, hit in hits.items():
                left[code] &= ~hit
            sums = counts.causes.get(edit, (0, 0))
            counts.causes[edit] = sums[0] + in_domains, sums[1] + in_constructs
        if left:
            counts.together += int(np.logical_or.reduce(list(left.values())).sum())


# For each domain or construct the bands afterwards, and whether they are others than before.
Moves = Mapping[str, tuple[Bands, Truth]]


def _moves(before: Mapping[str, Bands], after: Mapping[str, Bands], rows: Rows) -> Moves:
    both = ((code, before[code][rows], bands[rows]) for code, bands in after.items() if code in before)
    return {code: (then, first != then) for code, first, then in both}


def _hits(moves: Moves, alone: Mapping[str, Bands]) -> tuple[int, Mapping[str, Truth]]:
    """In how many assessments an edit alone brings anything to the band it moves to, and where each."""
    hits = {code: moved & (alone[code] == then) for code, (then, moved) in moves.items() if code in alone}
    return int(np.logical_or.reduce(list(hits.values())).sum()) if hits else 0, hits
