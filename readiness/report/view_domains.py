"""Domains and constructs of a result as they are shown: bars, reasons, rules, and what is unknown."""

from readiness.engine.answers import Phase
from readiness.engine.framework import Band, Bands
from readiness.engine.ranges import Range, Settles
from readiness.engine.rating import ConstructRating, ItemRating, risk_of
from readiness.engine.result import Certainty, ConstructResult, DomainResult, Result
from readiness.engine.ruleset import Rule, RuleSet
from readiness.report import words
from readiness.report.citing import Register
from readiness.report.parts import Action, Bar, ConstructView, DomainView, ReasonView, RuleView
from readiness.report.said import both, known_words, leading_codes, near, status_words, whole, why_here

MIDDLE = 50.0


def domain_views(ruleset: RuleSet, result: Result, register: Register) -> tuple[DomainView, ...]:
    """All domains in reading order."""
    return tuple(_domain(ruleset, result, domain, register) for domain in result.domains)


def bar(
    title: str,
    risk: float | None,
    band: Band | None,
    span: Range | None,
    certainty: Certainty,
    is_open: bool,
    bands: Bands,
) -> Bar:
    """A risk as it is drawn and said; `is_open` when some answer is still unknown."""
    close = near(bands, risk)
    best, worst = (whole(span.best), whole(span.worst)) if span else (None, None)
    spoken = _range_words(best, worst, is_open)
    shown = None if risk is None else whole(risk)
    form = words.ALT_NONE if shown is None else words.ALT_RISK
    alt = form.format(
        title=title,
        band=words.BAND_WITHIN[band],
        risk=shown,
        range=spoken,
        certainty=words.CERTAINTY_SHORT[certainty],
    )
    return Bar(
        title=title,
        risk=shown,
        best=best,
        worst=worst,
        band=band.value if band else None,
        band_words=words.BAND[band],
        certainty=certainty.value,
        certainty_words=words.CERTAINTY[certainty],
        certainty_short=words.CERTAINTY_SHORT[certainty],
        range_words=spoken,
        near=close,
        near_words=words.NEAR.format(band=words.BAND_WITHIN[close]) if close else "",
        alt=alt,
    )


def _range_words(best: int | None, worst: int | None, is_open: bool) -> str:
    if best is None or worst is None:
        return str(words.RANGE_NONE)
    if best != worst:
        return words.RANGE.format(best=best, worst=worst)
    return words.RANGE_POINT.format(best=best) if is_open else str(words.RANGE_KNOWN)


def _domain(ruleset: RuleSet, whole_result: Result, result: DomainResult, register: Register) -> DomainView:
    rated, domain = result.rated, result.domain
    constructs = tuple(_construct(ruleset, whole_result, part, register) for part in result.constructs)
    is_open = any(construct.unknown for construct in constructs)
    return DomainView(
        code=domain.code,
        title=domain.title,
        cfir2022=domain.cfir2022,
        about=domain.about,
        bar=bar(domain.title, rated.risk, rated.band, result.range, result.certainty, is_open, ruleset.bands),
        decided=_decided(ruleset, result),
        bounded=_bounded(result),
        settles=_settles(ruleset, whole_result.phase, result.settles),
        constructs=constructs,
    )


def _decided(ruleset: RuleSet, result: DomainResult) -> str:
    """What decided a domain, in a sentence; a part that is not low is never said to keep the risk down."""
    risk, deciding = result.rated.risk, result.decided_by
    if risk is None:
        return str(words.DECIDED_NOTHING_KNOWN)
    form = words.DECIDED_BOUND
    if not result.rated.bounded_by:
        form = words.DECIDED_UP if risk >= MIDDLE else words.DECIDED_DOWN
        low = {part.construct.code for part in result.constructs if part.band is Band.LOW}
        deciding = tuple(code for code in deciding if (code in low) == (risk < MIDDLE))
    names = both(ruleset.constructs[code].title for code in deciding)
    return form.format(names=names) if names else str(words.DECIDED_EVEN)


def _bounded(result: DomainResult) -> str:
    rated = result.rated
    if not rated.bounded_by or rated.mean_risk is None or rated.risk is None:
        return ""
    return words.DOMAIN_BOUNDED.format(mean=whole(rated.mean_risk), risk=whole(rated.risk))


def _settles(ruleset: RuleSet, phase: Phase, settles: Settles | None) -> str:
    return words.SETTLES.format(question=ruleset.instrument.items[settles.item].ask[phase]) if settles else ""


def _construct(ruleset: RuleSet, whole_result: Result, result: ConstructResult, register: Register) -> ConstructView:
    rated, construct, phase = result.rated, result.construct, whole_result.phase
    reasons = tuple(
        _reason(ruleset, phase, item, register) for item in sorted(rated.items, key=lambda item: item.rating)
    )
    held = {outcome.rule for outcome in rated.rules if outcome.truth}
    rules = tuple(rule for rule in ruleset.scoring[construct.code].rules if rule.code in held)
    items = ruleset.instrument.items
    return ConstructView(
        code=construct.code,
        title=construct.title,
        cfir2009=construct.cfir2009,
        cfir2022=construct.cfir2022,
        placement=construct.placement,
        tier=words.TIER.format(tier=construct.tier.title, weight=construct.tier.weight),
        why=construct.why,
        bar=bar(
            construct.title, rated.risk, rated.band, result.range, result.certainty, bool(rated.unknown), ruleset.bands
        ),
        critical=construct.critical,
        is_barrier=rated.is_critical_barrier,
        reasons=reasons,
        rules=tuple(_rule(ruleset, whole_result, rule, register) for rule in rules),
        bounded_by=_bounded_by(rules, rated.bounded_by),
        unknown=tuple(items[code].short for code in rated.unknown),
        settles=_settles(ruleset, whole_result.phase, result.settles),
        settles_item=items[result.settles.item].short if result.settles else "",
        known_words=known_words(rated.known, rated.asked),
        alone=_alone(rated),
        by_rules=_by_rules(rated),
        actions=_actions(ruleset, whole_result, construct.code),
    )


def _alone(rated: ConstructRating) -> int | None:
    """The risk that the answers alone would give, where rules on how they work together changed it."""
    if rated.mean is None or rated.risk is None or whole(risk_of(rated.mean)) == whole(rated.risk):
        return None
    return whole(risk_of(rated.mean))


def _by_rules(rated: ConstructRating) -> str:
    alone = _alone(rated)
    return "" if alone is None or rated.risk is None else words.BY_RULES.format(alone=alone, risk=whole(rated.risk))


def _actions(ruleset: RuleSet, result: Result, construct: str) -> tuple[Action, ...]:
    """The recommendations that would improve an answer rated for a construct, in the order to act in."""
    moved = {
        found.recommendation.code
        for found in result.recommendations
        if any(ruleset.construct_of[move.item] == construct for move in found.moves)
    }
    return tuple(Action(code, number) for number, code in enumerate(leading_codes(result), 1) if code in moved)


def _reason(ruleset: RuleSet, phase: Phase, rated: ItemRating, register: Register) -> ReasonView:
    item = ruleset.instrument.items[rated.item]
    worth = ruleset.item_scoring[rated.item].worth[rated.option]
    return ReasonView(
        code=item.code,
        item=item.short,
        question=item.ask[phase],
        level=item.texts[rated.option],
        rating=rated.rating,
        rating_words=rating_words(rated.rating),
        sign=sign(rated.rating),
        because=worth.because,
        citations=register.cite(worth.evidence),
    )


def rating_words(rating: float) -> str:
    """A rating -2..+2 in CFIR's words."""
    return next(str(name) for lowest, name in words.RATINGS if rating > lowest)


def sign(rating: float) -> str:
    """A rating as CFIR writes it: −2 .. +2, with a true minus."""
    return f"{rating:+g}".replace("-", "−") if rating else "0"


def _rule(ruleset: RuleSet, whole_result: Result, rule: Rule, register: Register) -> RuleView:
    return RuleView(
        code=rule.code,
        title=rule.title,
        condition=why_here(ruleset, whole_result, rule.condition),
        effect=effect_words(rule),
        because=rule.because,
        status_words=status_words(ruleset, rule),
        citations=register.cite(rule.evidence),
    )


def effect_words(rule: Rule) -> str:
    """What a rule does when it holds."""
    if rule.at_least is not None:
        return words.EFFECT_BOUND.format(band=words.BAND_WITHIN[rule.at_least])
    return (words.EFFECT_UP if rule.shift > 0 else words.EFFECT_DOWN)[abs(rule.shift)]


def _bounded_by(rules: tuple[Rule, ...], code: str | None) -> str:
    rule = next((rule for rule in rules if rule.code == code), None)
    if rule is None or rule.at_least is None:
        return ""
    return words.BOUNDED.format(band=words.BAND_WITHIN[rule.at_least], rule=rule.title)
