"""A version of a rule set > the bands of many assessments; a version beside it is scored only where it differs.

Without ranges a domain comes down to two sums, so that this takes a fraction of what `batch.py` does. Sums are made in
the order in which the scalar engine makes them, and what lies on a limit is rounded as it rounds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from readiness.engine.answers import Answer, Phase
from readiness.engine.framework import BAND_ORDER, Band, Construct, Domain
from readiness.engine.gaps import is_gap
from readiness.engine.instrument import Item
from readiness.engine.rating import RISK_DECIMALS
from readiness.engine.ruleset import RuleSet
from readiness.workbench.columns import UNKNOWN, Codes, Columns, codes_of
from readiness.workbench.domains import write_bands
from readiness.workbench.grids import Floats, grid_of
from readiness.workbench.meaning import construct_changes, stated
from readiness.workbench.outcomes import Lookup, Outcomes, by_hand, lookup_of
from readiness.workbench.states import States

Bands = NDArray[np.uint8]
CODES = UNKNOWN + 1

# How far from a limit rounding could still matter to the band.
NEAR = 10.0 ** (1 - RISK_DECIMALS)

# Three counts in one number: known weight, weight that applies, critical barriers.
APPLIES, BARRIER = 1 << 16, 1 << 32


@dataclass(frozen=True, slots=True, eq=False)
class Share:
    """What each outcome of a construct adds to its domain: its risk times its weight, and the counts in one number."""

    risk: Floats
    counts: NDArray[np.int64]
    band: Bands


@dataclass(frozen=True, slots=True, eq=False)
class Banded:
    """Assessments scored: the outcome of each construct, and the bands of the constructs and domains scored anew."""

    outcomes: Mapping[str, States]
    constructs: Mapping[str, Bands]
    domains: Mapping[str, Bands]


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """A version made ready for one phase: the constructs to be looked up (or scored by hand, without a grid), and the
    domains to be summed. What else these need comes from the outcomes of the version that it is beside."""

    ruleset: RuleSet
    phase: Phase
    lookups: Mapping[str, Lookup]
    by_hand: tuple[str, ...]
    shares: Mapping[str, Share]
    domains: tuple[Domain, ...]

    @property
    def constructs(self) -> tuple[str, ...]:
        """The constructs that are scored anew."""
        return (*self.lookups, *self.by_hand)

    def score(self, columns: Columns, beside: Mapping[str, States] | None = None) -> Banded:
        """Score assessments; `beside` are the outcomes of the same ones under the version that this one is beside."""
        shares, outcomes = dict(self.shares), dict(beside or {})
        for code in self.by_hand:
            outcomes[code], found = by_hand(self.ruleset, self.ruleset.scoring[code], columns)
            shares[code] = _share(self.ruleset.constructs[code], found)
        for code, lookup in self.lookups.items():
            outcomes[code] = lookup.outcomes_of(columns)
        constructs = {code: shares[code].band[outcomes[code]] for code in self.constructs}
        domains = {domain.code: self._domain(domain, shares, outcomes, columns.length) for domain in self.domains}
        return Banded(outcomes, constructs, domains)

    def _domain(
        self, domain: Domain, shares: Mapping[str, Share], outcomes: Mapping[str, States], length: int
    ) -> Bands:
        """The bands of a domain, as `rate_domain` finds them."""
        risk, counts = np.zeros(length), np.zeros(length, np.int64)
        for code in (construct.code for construct in domain.constructs):
            risk += shares[code].risk.take(outcomes[code])
            counts += shares[code].counts.take(outcomes[code])
        known, applies = counts & (APPLIES - 1), counts // APPLIES & (BARRIER // APPLIES - 1)
        with np.errstate(invalid="ignore"):
            risk /= known
        risk[known < self.ruleset.determinable_share * applies] = np.nan
        floor = self.ruleset.bands.floor[self.ruleset.critical_bound]
        np.maximum(risk, floor, out=risk, where=counts >= BARRIER)
        return _banded(self.ruleset, risk)


def whole(ruleset: RuleSet, phase: Phase, other: Version | None = None) -> Version:
    """A version ready for one phase, on its own; `other` is the same one, ready for another phase, to take over from it
    what does not depend on the phase."""
    alike = {
        code: lookup
        for code, lookup in (other.lookups if other else {}).items()
        if other and stated(ruleset, code, phase) == stated(ruleset, code, other.phase)
    }
    return _ready(ruleset, phase, ruleset.scoring, ruleset.domains, alike, {})


def revise(first: Version, ruleset: RuleSet, constructs: Iterable[str] | None = None) -> Version:
    """A version ready beside another one of the same phase; only `constructs` can differ (None: every one)."""
    a, phase = first.ruleset, first.phase
    new = {each.code for each in construct_changes(a, ruleset, [phase], constructs)}
    new |= {code for code in ruleset.scoring if code not in first.lookups}
    domains = tuple(
        domain
        for domain in ruleset.domains
        if new.intersection(construct.code for construct in domain.constructs)
        or _framed(a, domain.code) != _framed(ruleset, domain.code)
    )
    return _ready(ruleset, phase, new, domains, {}, first.lookups)


def _ready(
    ruleset: RuleSet,
    phase: Phase,
    new: Iterable[str],
    domains: tuple[Domain, ...],
    made: Mapping[str, Lookup],
    beside: Mapping[str, Lookup],
) -> Version:
    """Look up the `new` constructs, by what is `made` already or from their grids; take the others from `beside`."""
    lookups, hand = {}, []
    for code in (code for code in ruleset.scoring if code in set(new)):
        lookup = made.get(code) or _lookup(ruleset, code, phase)
        if lookup is None:
            hand.append(code)
        else:
            lookups[code] = lookup
    known = {**{code: lookup for code, lookup in beside.items() if code in ruleset.scoring}, **lookups}
    shares = {code: _share(ruleset.constructs[code], lookup.outcomes) for code, lookup in known.items()}
    return Version(ruleset, phase, lookups, tuple(hand), shares, domains)


def _lookup(ruleset: RuleSet, code: str, phase: Phase) -> Lookup | None:
    """The outcomes of a construct, told apart by risk alone; of its range only remains whether anything applies."""
    grid = grid_of(ruleset, ruleset.scoring[code], phase)
    if grid is None:
        return None
    applies = np.where(np.isnan(grid.best), np.nan, 0.0)
    return lookup_of(ruleset, replace(grid, best=applies, worst=applies))


def _share(construct: Construct, outcomes: Outcomes) -> Share:
    known, applies = ~np.isnan(outcomes.risk), ~np.isnan(outcomes.best)
    weight = construct.tier.weight
    barrier = construct.critical * (outcomes.band == BAND_ORDER.index(Band.HIGH))
    counts = known * weight + applies * (weight * APPLIES) + barrier * BARRIER
    return Share(np.where(known, weight * outcomes.risk, 0.0), counts.astype(np.int64), outcomes.band)


def _banded(ruleset: RuleSet, risk: Floats) -> Bands:
    """The bands of risks that are not rounded yet: those by a limit are rounded as the scalar engine rounds."""
    for floor in ruleset.bands.floor.values():
        for row in np.flatnonzero((np.abs(risk - floor) < NEAR) & (risk != floor)):
            risk[row] = round(float(risk[row]), RISK_DECIMALS)
    found = np.empty(len(risk), np.uint8)
    write_bands(ruleset, risk, found)
    return found


def _framed(ruleset: RuleSet, code: str) -> object:
    """What a domain depends on beside the risks of its constructs."""
    constructs = next((domain.constructs for domain in ruleset.domains if domain.code == code), ())
    weighed = tuple((construct.code, construct.tier.weight, construct.critical) for construct in constructs)
    return weighed, ruleset.determinable_share, ruleset.critical_bound, dict(ruleset.bands.floor)


@dataclass(frozen=True, slots=True, eq=False)
class Carrier:
    """Carries columns of one version to another: for each item that does not stay as it is, what its codes become."""

    tables: Mapping[str, Codes]

    def carry(self, columns: Columns) -> tuple[Columns, Mapping[str, int]]:
        """The columns as the other version reads them, and by item how many known answers are lost: it has no such item
        or level, or does not ask it in this phase."""
        carried, lost = dict(columns.items), {}
        for item, table in self.tables.items():
            if item in columns.items:
                counts = np.bincount(columns.items[item], minlength=CODES)
                carried[item] = table[columns.items[item]]
                if not is_gap(item):
                    lost[item] = int(counts[:UNKNOWN][table[:UNKNOWN] == UNKNOWN].sum())
        return Columns(columns.phase, carried, columns.length), lost


def carrier(a: RuleSet, b: RuleSet, phase: Phase) -> Carrier:
    """What carries the answers of one version to another in a phase; as `engine.carrying.carry` does one by one."""
    tables = {}
    for code, item in a.instrument.subjects.items():
        mine, theirs = _asked(item, phase), _asked(b.instrument.subjects.get(code), phase)
        if mine != theirs:
            tables[code] = np.full(CODES, UNKNOWN, np.uint8)
            for answer, place in mine.items():
                tables[code][place] = theirs.get(answer, UNKNOWN)
    return Carrier(tables)


def _asked(item: Item | None, phase: Phase) -> Mapping[Answer, int]:
    return codes_of(item) if item is not None and phase in item.ask else {}
