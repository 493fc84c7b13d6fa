"""Recommendations and levers of a result as they are shown: by phase, numbered in the order to act in."""

from readiness.engine.advice import Gain, Lever, Move, RecommendationResult
from readiness.engine.answers import Phase
from readiness.engine.result import Result
from readiness.engine.ruleset import RuleSet, When
from readiness.report import words
from readiness.report.citing import Register
from readiness.report.parts import LeverView, PhaseView, RecommendationView
from readiness.report.said import changes, leading_codes, status_words, whole, why_here

MOST_LEVERS = 5


def phase_views(ruleset: RuleSet, result: Result, register: Register) -> tuple[PhaseView, ...]:
    """The recommendations by phase, in the order to act in; a phase without any is left out."""
    found_by_code = {found.recommendation.code: found for found in result.recommendations}
    numbered = [(number, found_by_code[code]) for number, code in enumerate(leading_codes(result), start=1)]
    phases = []
    for when in When:
        own = [(number, found) for number, found in numbered if found.recommendation.phase is when]
        late = when is When.BEFORE_START and result.phase is Phase.AFTER
        title = str(words.CATCH_UP_TITLE) if late else words.WHEN_TITLE[when]
        about = str(words.CATCH_UP_ABOUT) if late else words.WHEN_ABOUT[when]
        short = str(words.CATCH_UP_SHORT) if late else words.WHEN_SHORT[when]
        views = tuple(_recommendation(ruleset, result, number, found, short, register) for number, found in own)
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
        status_words=status_words(ruleset, own),
        caution=own.caution,
        low_resource=own.low_resource,
        priority=found.priority,
        gain_words=_gain_words(ruleset, found.gain),
        moves=tuple(_move_words(ruleset, move) for move in found.moves),
        lifts=tuple(
            words.GAIN_DOMAIN.format(
                domain=ruleset.constructs[eased.construct].title, before=whole(eased.before), after=whole(eased.after)
            )
            for eased in found.eases
            if eased.construct in found.lifts_critical
        ),
    )


def _gain_words(ruleset: RuleSet, gain: Gain) -> str:
    if gain.fall <= 0:
        return str(words.GAIN_NONE)
    moved = changes(ruleset, gain)
    return words.GAIN.format(domains=moved) if moved else str(words.GAIN_SMALL)


def _move_words(ruleset: RuleSet, move: Move) -> str:
    return words.MOVE.format(
        item=ruleset.name(move.item), level=ruleset.level(move.item, move.level), to=ruleset.level(move.item, move.to)
    )


def lever_views(ruleset: RuleSet, result: Result) -> tuple[LeverView, ...]:
    """The five single answers whose improvement would lower risk most."""
    return tuple(_lever(ruleset, lever) for lever in result.levers[:MOST_LEVERS])


def _lever(ruleset: RuleSet, lever: Lever) -> LeverView:
    move = lever.move
    level, to = ruleset.level(move.item, move.level), ruleset.level(move.item, move.to)
    return LeverView(
        move.item, ruleset.name(move.item), level, to, changes(ruleset, lever.gain) or str(words.FALL_SMALL)
    )
