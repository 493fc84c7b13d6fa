"""Answers > the published sites beside them; results of several services > their bands beside each other. Pure."""

from collections.abc import Mapping

from readiness.engine.answers import Answers, Phase
from readiness.engine.nearest import FEWEST_SHARED, Difference, Likeness, nearest
from readiness.engine.rating import rate
from readiness.engine.ruleset import RuleSet
from readiness.engine.scoring import domain_results
from readiness.language import format_number
from readiness.report import words, words_change
from readiness.report.parts import Bar
from readiness.report.parts_change import DifferenceView, SitesView, SiteView
from readiness.report.view_change import answer_words
from readiness.report.view_domains import bar

MOST_DIFFERENCES = 6


def sites_view(ruleset: RuleSet, answers: Answers) -> SitesView:
    """The published sites, nearest first; those of the other phase and those with too little in common apart."""
    found = nearest(ruleset, answers)
    near = [one for one in found if one.distance is not None and one.case.phase is answers.phase]
    other = [one for one in found if one.distance is not None and one.case.phase is not answers.phase]
    too_little = [one for one in found if one.distance is None and one.case.phase is answers.phase]
    groups = (tuple(_site(ruleset, answers.phase, one) for one in group) for group in (near, other, too_little))
    return SitesView(
        _headline(near),
        words_change.no_norm(len({case.service for case in ruleset.examples})),
        str(words_change.SITES_ABOUT),
        words_change.SITES_LITTLE.format(fewest=FEWEST_SHARED),
        *groups,
    )


def domain_bars(ruleset: RuleSet, answers: Answers) -> Mapping[str, Bar]:
    """How each domain stands, by its code."""
    return {
        result.domain.code: bar(
            result.domain.title,
            result.rated.risk,
            result.band,
            result.range,
            result.certainty,
            any(part.rated.unknown for part in result.constructs),
            ruleset.bands,
        )
        for result in domain_results(ruleset, answers, rate(ruleset, answers))
    }


def _headline(near: list[Likeness]) -> str:
    """The nearest site or, of several as near, all of them; that none is, or that nothing can be said."""
    if not near:
        return str(words_change.SITES_UNKNOWN)
    if not near[0].is_near:
        return words_change.SITES_FAR.format(distance=_number(near[0].distance))
    return words_change.SITES_NEAR.format(site=near[0].case.service)


def _site(ruleset: RuleSet, phase: Phase, found: Likeness) -> SiteView:
    case, distance = found.case, found.distance
    more = len(found.differences) - MOST_DIFFERENCES
    return SiteView(
        code=case.code,
        title=case.service,
        phase_words=words.PHASE[case.phase],
        same_phase=case.phase is phase,
        near="" if distance is None else words_change.APART.format(distance=_number(distance)),
        known=words_change.shared_words(found.shared, found.known),
        alike="" if distance is None else words_change.alike_words(found.shared - len(found.differences)),
        differences=tuple(_difference(ruleset, each) for each in found.differences[:MOST_DIFFERENCES]),
        more=words_change.more_differences(more) if more > 0 else "",
        happened=case.happened,
    )


def _difference(ruleset: RuleSet, found: Difference) -> DifferenceView:
    item = ruleset.instrument.items[found.item]
    here, there = (answer_words(item, answer) for answer in (found.here, found.there))
    return DifferenceView(item.code, item.short, here, there)


def _number(distance: float | None) -> str:
    return format_number(round(distance or 0.0, 1))
