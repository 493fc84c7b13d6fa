"""`view(ruleset, result, service, day) -> ReportView`: everything a page or PDF shows of a result, in plain words.

Pure. Findings are numbered in the order in which the report uses them: domains first, then recommendations.
"""

from datetime import date

from readiness.engine.answers import Answer, Missing, Phase
from readiness.engine.framework import Band
from readiness.engine.instrument import Item
from readiness.engine.result import Result
from readiness.engine.ruleset import RuleSet
from readiness.engine.team import TeamReading
from readiness.language import format_date, language
from readiness.report import words
from readiness.report.citing import Register, reference
from readiness.report.parts import (
    AnswerRow,
    AnswerSection,
    BandView,
    Bar,
    BarrierView,
    Citation,
    ConstructView,
    DomainView,
    LeverView,
    PhaseView,
    ReasonView,
    RecommendationView,
    ReportView,
    RuleView,
    SourceView,
    Summary,
    UndeterminedView,
    UnknownGroup,
    UnknownView,
)
from readiness.report.said import translation_note
from readiness.report.text import one_line
from readiness.report.view_advice import lever_views, phase_views
from readiness.report.view_domains import domain_views
from readiness.report.view_team import team_view

__all__ = [
    "AnswerRow", "AnswerSection", "BandView", "Bar", "BarrierView", "Citation", "ConstructView", "DomainView",
    "LeverView", "PhaseView", "ReasonView", "RecommendationView", "ReportView", "RuleView", "SourceView", "Summary",
    "UndeterminedView", "UnknownGroup", "UnknownView", "band_views", "reference", "view",
]  # fmt: skip

FIRST_RECOMMENDATIONS = 3
MOST_HIGH = 6
SHORT_DIGEST = 12
LONGEST_EXAMPLE = 1_000


def view(
    ruleset: RuleSet, result: Result, service: str, day: date, example: str = "", team: TeamReading | None = None
) -> ReportView:
    """The report of one result. `service` is cleaned and cut to 300 characters; `day` is the date it bears.

    `example` says what an example is and is not, and travels with it; it is empty for an assessment.
    `team` is what may be shown of those who answered; None where that is not known.
    """
    register = Register(ruleset)
    domains = domain_views(ruleset, result, register)
    phases = phase_views(ruleset, result, register)
    identity = ruleset.identity
    stamp = f"{identity.id} {identity.version} · {identity.digest[:SHORT_DIGEST]} · {day.isoformat()}"
    return ReportView(
        service=one_line(service) or str(words.UNNAMED),
        day=day,
        day_words=format_date(day),
        phase=result.phase.value,
        phase_words=words.PHASE[result.phase],
        phase_about=words.PHASE_LONG[result.phase],
        ruleset_id=identity.id,
        version=identity.version,
        digest=identity.digest,
        ruleset_title=identity.title,
        authors=", ".join(ruleset.authors),
        licence=ruleset.licence,
        example=one_line(example, LONGEST_EXAMPLE),
        stamp=words.STAMP_EXAMPLE.format(stamp=stamp) if example else stamp,
        language=language(),
        translation=translation_note(ruleset),
        summary=_summary(ruleset, result, domains, phases),
        bands=band_views(ruleset),
        domains=domains,
        team=None if team is None else team_view(ruleset, result.phase, team),
        phases=phases,
        no_advice="" if phases else str(words.NO_ADVICE),
        levers=lever_views(ruleset, result),
        undetermined=_undetermined(domains),
        unknown=_unknown(ruleset, result),
        method=tuple(text.format(share=round(100 * ruleset.determinable_share)) for text in words.METHOD),
        limits=(ruleset.about, ruleset.bands.because, ruleset.critical_because, *map(str, words.LIMITS)),
        citations=register.citations,
        sources=register.sources,
        answers=_answers(ruleset, result),
    )


def band_views(ruleset: RuleSet) -> tuple[BandView, ...]:
    """The discussion bands with their limits in words."""
    floors = [ruleset.bands.floor[band] for band in Band]
    views = []
    for band, lower, upper in zip(Band, floors, [*floors[1:], None], strict=True):
        form = words.LIMITS_LAST if upper is None else words.LIMITS_MIDDLE if lower else words.LIMITS_FIRST
        limits = form.format(lower=f"{lower:g}", upper="" if upper is None else f"{upper:g}")
        views.append(BandView(band.value, words.BAND[band], words.BAND_WITHIN[band], lower, limits))
    return tuple(views)


def _summary(
    ruleset: RuleSet, result: Result, domains: tuple[DomainView, ...], phases: tuple[PhaseView, ...]
) -> Summary:
    counts = tuple(
        (band, sum(domain.band is band for domain in result.domains))
        for band in (Band.HIGH, Band.MODERATE, Band.LOW, None)
    )
    every = [recommendation for phase in phases for recommendation in phase.recommendations]
    scored = [item.code for item in ruleset.instrument.asked(result.phase) if item.code in ruleset.construct_of]
    applicable = [code for code in scored if result.answers[code] is not Missing.NOT_APPLICABLE]
    return Summary(
        headline=_headline(domains),
        counts_words=", ".join(words.BAND_COUNT[band].format(number=count) for band, count in counts if count)
        or str(words.NOTHING_KNOWN),
        barriers=_barriers(domains),
        critical_about=words.CRITICAL_ABOUT.format(names=_critical_titles(ruleset)),
        high=_other_high(domains),
        first=tuple(sorted(every, key=lambda one: one.number)[:FIRST_RECOMMENDATIONS]),
        known_words=words.KNOWN_IN_ALL.format(known=len(applicable) - len(result.unknown), asked=len(applicable)),
        no_total=str(words.NO_TOTAL),
    )


def _headline(domains: tuple[DomainView, ...]) -> str:
    critical = [construct for domain in domains for construct in domain.constructs if construct.critical]
    barriers = [construct.title for construct in critical if construct.is_barrier]
    unseen = [construct.title for construct in critical if construct.bar.risk is None]
    if barriers:
        return words.HEADLINE_BARRIERS.format(names="; ".join(barriers))
    close = [
        construct.title
        for construct in critical
        if construct.bar.band == Band.MODERATE and construct.bar.near == Band.HIGH
    ]
    if len(unseen) == len(critical):
        return str(words.HEADLINE_UNKNOWN)
    said = [str(words.HEADLINE_NO_BARRIER)]
    high = [domain.title for domain in domains if domain.bar.band == Band.HIGH]
    if high:
        said.append(words.HEADLINE_HIGH.format(names="; ".join(high)))
    if close:
        said.append(words.HEADLINE_CLOSE.format(names="; ".join(close)))
    if unseen:
        said.append(words.HEADLINE_NOT_SEEN.format(names="; ".join(unseen)))
    return " ".join(said)


def _critical_titles(ruleset: RuleSet) -> str:
    return "; ".join(construct.title for construct in ruleset.constructs.values() if construct.critical)


def _other_high(domains: tuple[DomainView, ...]) -> tuple[str, ...]:
    """Constructs at high risk that are no critical barriers, highest first."""
    found = [
        (
            construct.bar.risk or 0,
            words.HIGH.format(title=construct.title, domain=domain.title, risk=construct.bar.risk),
        )
        for domain in domains
        for construct in domain.constructs
        if construct.bar.band == Band.HIGH and not construct.is_barrier
    ]
    said = [title for _, title in sorted(found, key=lambda pair: -pair[0])]
    more = len(said) - MOST_HIGH
    return (*said[:MOST_HIGH], words.HIGH_MORE.format(number=more)) if more > 0 else tuple(said)


def _barriers(domains: tuple[DomainView, ...]) -> tuple[BarrierView, ...]:
    return tuple(
        BarrierView(
            construct.code,
            construct.title,
            domain.title,
            (words.BARRIER if construct.alone is None else words.BARRIER_BY_RULES).format(
                title=construct.title,
                domain=domain.title,
                risk=construct.bar.risk,
                certainty=", ".join(filter(None, (construct.bar.certainty_short, construct.bar.near_words))),
                alone=construct.alone,
            ),
            construct.reasons,
        )
        for domain in domains
        for construct in domain.constructs
        if construct.is_barrier
    )


def _undetermined(domains: tuple[DomainView, ...]) -> tuple[UndeterminedView, ...]:
    return tuple(
        UndeterminedView(
            construct.title, domain.title, construct.known_words, construct.settles, construct.settles_item
        )
        for domain in domains
        for construct in domain.constructs
        if construct.bar.risk is None
    )


def _unknown(ruleset: RuleSet, result: Result) -> tuple[UnknownGroup, ...]:
    groups: dict[str, list[UnknownView]] = {}
    for unknown in result.unknown:
        item, section = ruleset.instrument.items[unknown.item], ruleset.instrument.section_of[unknown.item]
        construct = ruleset.constructs[unknown.construct].title
        question = item.ask[result.phase]
        shown = UnknownView(item.code, item.short, question, construct, unknown.dont_know, section.title)
        groups.setdefault(section.code, []).append(shown)
    return tuple(UnknownGroup(items[0].section, tuple(items)) for items in groups.values())


def _answers(ruleset: RuleSet, result: Result) -> tuple[AnswerSection, ...]:
    sections = (
        AnswerSection(
            section.title,
            tuple(
                _answer(item, result.answers[item.code], result.phase)
                for item in section.items
                if result.phase in item.ask
            ),
        )
        for section in ruleset.instrument.sections
    )
    return tuple(section for section in sections if section.rows)


def _answer(item: Item, answer: Answer, phase: Phase) -> AnswerRow:
    """One answer in words: its level, or the missing reason (with the item's own words for why it does not apply)."""
    if not isinstance(answer, Missing):
        return AnswerRow(item.code, item.short, item.ask[phase], item.texts[answer], False)
    reason = item.not_applicable if answer is Missing.NOT_APPLICABLE else None
    shown = words.MISSING[answer]
    if reason:
        shown = words.MISSING_BECAUSE.format(missing=shown, reason=reason)
    return AnswerRow(item.code, item.short, item.ask[phase], shown, True)
