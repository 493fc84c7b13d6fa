"""Layers 1 to 4: answers > ratings > rules > bands, for each construct and domain. No layer reads a later one."""

from collections.abc import Mapping
from dataclasses import dataclass

from readiness.engine.answers import UNKNOWN, Answers, Missing
from readiness.engine.conditions import Truth, evaluate
from readiness.engine.framework import Band, Bands, Construct, Domain
from readiness.engine.ruleset import ConstructScoring, Rule, RuleSet

WORST_RATING, BEST_RATING = -2.0, 2.0

# Risks are rounded to so many decimals: a mean of thirds that is 62.5 must not come out as 62.49999999999999.
RISK_DECIMALS = 9
RISK_UNITS: int = 10**RISK_DECIMALS


@dataclass(frozen=True, slots=True)
class ItemRating:
    """One answered item and what its level is worth."""

    item: str
    option: str
    rating: float


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """Whether an interaction rule held: True, False, or None for unknown. Only True has an effect."""

    rule: str
    truth: Truth


@dataclass(frozen=True, slots=True)
class ConstructRating:
    """One construct after all four layers. `rating`, `risk` and `band` are None when not determinable.

    `mean` is the mean of `items` (-2..+2), `shift` the sum of shifts that held, `rating` both together within -2..+2,
    `risk` 0..100; `bounded_by` names the rule that raised the risk to its band's floor. `known` of `asked` applicable
    items have an option.
    """

    construct: Construct
    items: tuple[ItemRating, ...]
    unknown: tuple[str, ...]
    rules: tuple[RuleOutcome, ...]
    mean: float | None
    shift: float
    rating: float | None
    risk: float | None
    band: Band | None
    bounded_by: str | None

    @property
    def known(self) -> int:
        """Applicable items with an option."""
        return len(self.items)

    @property
    def asked(self) -> int:
        """Applicable items of this phase."""
        return len(self.items) + len(self.unknown)

    @property
    def is_critical_barrier(self) -> bool:
        """A critical construct at high risk."""
        return self.construct.critical and self.band is Band.HIGH


@dataclass(frozen=True, slots=True)
class DomainRating:
    """One domain: `mean_risk` before, `risk` after the bound that critical barriers set."""

    domain: Domain
    mean_risk: float | None
    risk: float | None
    band: Band | None
    bounded_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rated:
    """All constructs and domains of one set of answers."""

    constructs: Mapping[str, ConstructRating]
    domains: tuple[DomainRating, ...]


def risk_of(rating: float) -> float:
    """Risk 0..100 of a rating -2..+2; the rating is clamped first."""
    return round(50.0 - 25.0 * min(BEST_RATING, max(WORST_RATING, rating)), RISK_DECIMALS)


def mean_risk_of(total: float, weight: float) -> float:
    """Risk 0..100 of a weighted sum of risks, reckoned in units of the last decimal: no order of adding counts."""
    return round(round(total * RISK_UNITS) / weight) / RISK_UNITS


def rate(ruleset: RuleSet, answers: Answers) -> Rated:
    """Rate every construct and domain."""
    constructs = {code: rate_construct(ruleset, scoring, answers) for code, scoring in ruleset.scoring.items()}
    return Rated(constructs, tuple(rate_domain(ruleset, domain, constructs) for domain in ruleset.domains))


def rate_construct(ruleset: RuleSet, scoring: ConstructScoring, answers: Answers) -> ConstructRating:
    """Rate one construct: mean of its answered items, shifted and bounded by the rules that hold."""
    items, unknown = _read_items(ruleset, scoring, answers)
    rules = tuple(RuleOutcome(rule.code, evaluate(rule.condition, answers.__getitem__)) for rule in scoring.rules)
    held = [rule for rule, outcome in zip(scoring.rules, rules, strict=True) if outcome.truth]
    shift = sum(rule.shift for rule in held)
    if not items or len(items) < ruleset.determinable_share * (len(items) + len(unknown)):
        return ConstructRating(scoring.construct, items, unknown, rules, None, shift, None, None, None, None)
    mean = sum(item.rating for item in items) / len(items)
    rating = min(BEST_RATING, max(WORST_RATING, mean + shift))
    risk, bounded_by = bound(ruleset.bands, risk_of(rating), held)
    band = ruleset.bands.of(risk)
    return ConstructRating(scoring.construct, items, unknown, rules, mean, shift, rating, risk, band, bounded_by)


def _read_items(
    ruleset: RuleSet, scoring: ConstructScoring, answers: Answers
) -> tuple[tuple[ItemRating, ...], tuple[str, ...]]:
    """The items of this phase that have an option, and those that are unknown; what does not apply leaves."""
    rated, unknown = [], []
    for item in scoring.items:
        if answers.phase not in ruleset.instrument.items[item.item].ask:
            continue
        answer = answers[item.item]
        if answer in UNKNOWN:
            unknown.append(item.item)
        elif answer is not Missing.NOT_APPLICABLE:
            rated.append(ItemRating(item.item, answer, item.ratings[answer]))
    return tuple(rated), tuple(unknown)


def bound(bands: Bands, risk: float, held: list[Rule]) -> tuple[float, str | None]:
    """Raise a risk to the highest floor that a held rule sets; names the rule that did."""
    bounded_by = None
    for rule in held:
        if rule.at_least is not None and risk < bands.floor[rule.at_least]:
            risk, bounded_by = bands.floor[rule.at_least], rule.code
    return risk, bounded_by


def rate_domain(
    ruleset: RuleSet,
    domain: Domain,
    constructs: Mapping[str, ConstructRating],
    weights: Mapping[str, float] | None = None,
) -> DomainRating:
    """Weighted mean of the determinable constructs, bounded from below by critical barriers.

    A domain is not determinable when constructs with less than the declared share of its weight are. `weights` by
    construct replace those of the tiers, to see how far the result depends on them.
    """
    weigh = weights or {construct.code: float(construct.tier.weight) for construct in domain.constructs}
    applicable = [constructs[construct.code] for construct in domain.constructs if constructs[construct.code].asked]
    known = [rated for rated in applicable if rated.risk is not None]
    weight = sum(weigh[rated.construct.code] for rated in known)
    if not known or weight < ruleset.determinable_share * sum(weigh[rated.construct.code] for rated in applicable):
        return DomainRating(domain, None, None, None, ())
    mean_risk = mean_risk_of(sum(weigh[rated.construct.code] * (rated.risk or 0.0) for rated in known), weight)
    barriers = tuple(rated.construct.code for rated in known if rated.is_critical_barrier)
    floor = ruleset.bands.floor[ruleset.critical_bound]
    risk = max(mean_risk, floor) if barriers else mean_risk
    return DomainRating(domain, mean_risk, risk, ruleset.bands.of(risk), barriers if risk > mean_risk else ())
