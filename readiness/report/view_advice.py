"""Recommendations and levers of a result as they are shown: by phase, numbered by priority over all phases."""

from collections.abc import Iterator

from readiness.engine.advice import Gain, Lever, Move, RecommendationResult
from readiness.engine.answers import UNKNOWN, Answer, Missing, Phase
from readiness.engine.conditions import Any as AnyOf
from readiness.engine.conditions import Claim, Condition, Look, Not, evaluate
from readiness.engine.framework import Band
from readiness.engine.result import Result
from readiness.engine.ruleset import RuleSet, When
from readiness.report import words
from readiness.report.citing import Register
from readiness.report.parts import LeverView, PhaseView, RecommendationView
from readiness.report.view_domains import points, whole

MOST_LEVERS = 5


def phase_views(ruleset: RuleSet, result: Result, register: Register) -> tuple[PhaseView, ...]:
    """The recommendations by phase; a phase without any is left out."""
    numbered = list(enumerate(result.recommendations, start=1))
    phases = []
    for when in When:
        own = [(number, found) for number, found in numbered if found.recommendation.phase is when]
        late = when is When.BEFORE_START and result.phase is Phase.AFTER
        title = words.CATCH_UP_TITLE if late else words.WHEN_TITLE[when]
        about = words.CATCH_UP_ABOUT if late else words.WHEN_ABOUT[when]
        views = tuple(_recommendation(ruleset, result, number, found, title, register) for number, found in own)
        if views:
            phases.append(PhaseView(when.value, title, about, views))
    return tuple(phases)


def _recommendation(
    ruleset: RuleSet, result: Result, number: int, found: RecommendationResult, phase: str, register: Register
) -> RecommendationView:
    own = found.recommendation
    return RecommendationView(
        code=own.code,
        number=number,
        title=own.title,
        theme=own.theme,
        why_here=why_here(ruleset, result, own.condition),
        steps=own.steps,
        who=own.who,
        phase=phase,
        effort_words=words.EFFORT[own.effort],
        eric=own.eric,
        because=own.because,
        citations=register.cite(own.evidence),
        status_words=words.STATUS[own.status],
        caution=own.caution,
        low_resource=own.low_resource,
        priority=found.priority,
        gain_words=_gain_words(ruleset, found.gain),
        moves=tuple(_move_words(ruleset, move) for move in found.moves),
        lifts=tuple(ruleset.constructs[code].title for code in found.lifts_critical),
    )


def why_here(ruleset: RuleSet, result: Result, condition: Condition) -> str:
    """The service's own answers and bands that make a condition true, in words."""
    bands = {construct.construct.code: construct.band for construct in result.constructs}

    def look(subject: str) -> Answer:
        return (bands[subject] or Missing.NOT_ANSWERED) if subject in bands else result.answers[subject]

    said = (_said(ruleset, subject, look(subject)) for subject in dict.fromkeys(_deciding(condition, look)))
    return "; ".join(said)


def _deciding(condition: Condition, look: Look) -> Iterator[str]:
    """The subjects whose known values make a true condition true, in order."""
    if isinstance(condition, Claim):
        if look(condition.subject) not in UNKNOWN:
            yield condition.subject
    elif isinstance(condition, Not):
        yield from _deciding(condition.part, look)
    else:
        for part in condition.parts:
            if not isinstance(condition, AnyOf) or evaluate(part, look):
                yield from _deciding(part, look)


def _said(ruleset: RuleSet, subject: str, value: Answer) -> str:
    if subject in ruleset.constructs:
        return words.WHY_BAND.format(construct=ruleset.name(subject), band=words.BAND[Band(value)].lower())
    if value is Missing.NOT_APPLICABLE:
        return words.WHY_BAND.format(construct=ruleset.name(subject), band=words.MISSING[value].lower())
    return words.WHY_ANSWER.format(item=ruleset.name(subject), level=ruleset.level(subject, value))


def _gain_words(ruleset: RuleSet, gain: Gain) -> str:
    if gain.fall <= 0:
        return words.GAIN_NONE
    if whole(gain.fall) < 1:
        return words.GAIN_SMALL
    titles = {domain.code: domain.title for domain in ruleset.domains}
    moved = [
        words.GAIN_DOMAIN.format(domain=titles[change.domain], before=whole(change.before), after=whole(change.after))
        for change in gain.domains
        if whole(change.before) != whole(change.after)
    ]
    where = words.GAIN_WHERE.format(domains=", ".join(moved)) if moved else ""
    return words.GAIN.format(fall=points(gain.fall), where=where)


def _move_words(ruleset: RuleSet, move: Move) -> str:
    return words.MOVE.format(
        item=ruleset.name(move.item), level=ruleset.level(move.item, move.level), to=ruleset.level(move.item, move.to)
    )


def lever_views(ruleset: RuleSet, result: Result) -> tuple[LeverView, ...]:
    """The five single answers whose improvement would lower risk most."""
    return tuple(_lever(ruleset, lever) for lever in result.levers[:MOST_LEVERS])


def _lever(ruleset: RuleSet, lever: Lever) -> LeverView:
    move, fall = lever.move, lever.gain.fall
    said = words.FALL.format(fall=points(fall)) if whole(fall) >= 1 else words.FALL_SMALL
    level, to = ruleset.level(move.item, move.level), ruleset.level(move.item, move.to)
    return LeverView(move.item, ruleset.name(move.item), level, to, said)
