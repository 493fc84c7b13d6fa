"""Recommendations over everything they look at > whether they can apply, contradict each other, and meet every need."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from math import prod

import numpy as np

from readiness.engine.answers import Answer, Answers, Missing, Phase
from readiness.engine.conditions import Claim, claims, evaluate
from readiness.engine.expectations import advised
from readiness.engine.framework import Band
from readiness.engine.rating import ConstructRating, rate, rate_domain
from readiness.engine.ruleset import Recommendation, RuleSet, When
from readiness.workbench.counterexample import Counterexample, code_of
from readiness.workbench.grids import MOST_STATES, TRUE, condition_axes, truth
from readiness.workbench.proof_rules import state_problems
from readiness.workbench.reach import Mask, Reach, fewest_answers, reach
from readiness.workbench.theorems import (
    Check,
    Refutation,
    Study,
    Tally,
    Theorem,
    Wrong,
    asked_about,
    items_of,
    phases_of,
)

# So many answers are tried in which a construct seems to be left without advice, before that is called undecided.
MOST_TRIED = 20


def try_recommendations(study: Study, tally: Tally) -> None:
    """Every recommendation can apply, can fail to, and can stay undecided."""
    if not study.whole:
        return
    for each in study.ruleset.recommendations:
        reaches = [
            reach(study.ruleset, (each.condition,), study.grids[phase], phase)
            for phase in phases_of(study.ruleset, asked_about(study.ruleset, each.condition))
        ]
        found = [one for one in reaches if one is not None]
        if len(found) < len(reaches):
            tally.leave(each.code)
            continue
        tally.look(sum(one.possible.size for one in found))
        met = (np.broadcast_to(truth(each.condition, one.axes), one.possible.shape)[one.possible] for one in found)
        tally.refute(Refutation(wrong, subject=each.code) for wrong in state_problems(met))


def contradictions(study: Study) -> Check:
    """No answers call for two recommendations that must never come together."""
    tally = Tally(Theorem.CONTRADICTIONS)
    ruleset = study.ruleset
    advice = {each.code: each for each in ruleset.recommendations if study.whole}
    pairs = {tuple(sorted((one.code, other))): None for one in advice.values() for other in one.never_with}
    for one, other in pairs:
        conditions = advice[one].condition, advice[other].condition
        for phase in phases_of(ruleset, asked_about(ruleset, *conditions)):
            _try_pair(study, tally, (advice[one], advice[other]), phase)
    return tally.check()


def _try_pair(study: Study, tally: Tally, pair: tuple[Recommendation, Recommendation], phase: Phase) -> None:
    """Two recommendations, first as if every band could come with all answers, then with those that can."""
    one, other = pair
    conditions = (one.condition, other.condition)
    axes = condition_axes(study.ruleset, conditions, phase)
    free = prod(axis.size for axis in axes) <= MOST_STATES
    if free and not (np.minimum(*(truth(each, axes) for each in conditions)) == TRUE).any():
        tally.look(prod(axis.size for axis in axes))
        return
    found = reach(study.ruleset, conditions, study.grids[phase], phase)
    if found is None:
        tally.leave(f"{one.code}, {other.code}")
        return
    tally.look(found.possible.size)
    both = found.possible & (np.minimum(*(truth(each, found.axes) for each in conditions)) == TRUE)
    if both.any():
        answers = found.answers_at(fewest_answers(both, found.axes))
        example = Counterexample(code_of("both", one.code, other.code), answers, leaves_out=(other.code,))
        tally.refute([Refutation(Wrong.BOTH_ADVISED, subject=one.code, other=other.code, example=example)])


def advice(study: Study) -> Check:
    """A construct at high risk yields a recommendation, whatever else is known."""
    tally = Tally(Theorem.ADVICE)
    for code in study.chosen:
        tally.look(1)
        if _always_advised(study.ruleset, code):
            continue
        for phase in phases_of(study.ruleset, items_of(study.ruleset.scoring[code])):
            _seek_unadvised(study, tally, code, phase)
    return tally.check()


def _always_advised(ruleset: RuleSet, construct: str) -> bool:
    """Whether its band alone calls for something: more knowledge takes nothing away from what is true."""

    def only_this(subject: str) -> Answer:
        return Band.HIGH.value if subject == construct else Missing.DONT_KNOW

    return any(evaluate(each.condition, only_this) for each in ruleset.recommendations)


def _seek_unadvised(study: Study, tally: Tally, construct: str, phase: Phase) -> None:
    """Answers with a construct at high risk and nothing advised: each state of it, with everything else unknown."""
    ruleset = study.ruleset
    looked_at = items_of(ruleset.scoring[construct]) | {construct}
    subjects = {each.code: {claim.subject for claim in claims(each.condition)} for each in ruleset.recommendations}
    near = [each for each in ruleset.recommendations if subjects[each.code] & looked_at]
    others = frozenset().union(*(subjects[each.code] for each in near)) - looked_at
    high = Claim(construct, "is", (Band.HIGH.value,), frozenset({Band.HIGH.value}))
    found = reach(ruleset, (high, *(each.condition for each in near)), study.grids[phase], phase, others)
    if found is None:
        tally.leave(construct)
        return
    tally.look(found.possible.size)
    left = found.possible & (truth(high, found.axes) == TRUE)
    for each in near:
        left &= truth(each.condition, found.axes) != TRUE
    if not left.any():
        return
    answers = next((each for each in _candidates(found, left) if _unadvised(ruleset, construct, each)), None)
    if answers is None:
        tally.leave(construct)
    else:
        tally.refute([Refutation(Wrong.NO_ADVICE, construct, example=_wanting(ruleset, construct, answers))])


def _candidates(found: Reach, left: Mask) -> Iterator[Answers]:
    """Answers that may leave a construct without advice: those with the fewest first, then some others."""
    yield found.answers_at(fewest_answers(left, found.axes))
    yield from (found.answers_at(tuple(int(place) for place in state)) for state in np.argwhere(left)[:MOST_TRIED])


def _unadvised(ruleset: RuleSet, construct: str, answers: Answers) -> bool:
    """Whether the construct is at high risk and nothing is recommended; other constructs have their say here."""
    rated = rate(ruleset, answers)
    return rated.constructs[construct].band is Band.HIGH and True not in advised(ruleset, answers, rated).values()


def _wanting(ruleset: RuleSet, construct: str, answers: Answers) -> Counterexample:
    """A case that asks for the recommendation that is nearest: the first that would move an answer of the construct."""
    own = {item.item for item in ruleset.scoring[construct].items}
    nearest = next((each.code for each in ruleset.recommendations if own & set(each.improves)), None)
    code = code_of("advice", construct)
    if nearest is None:
        return Counterexample(code, answers, expect={construct: f"not {Band.HIGH}"})
    return Counterexample(code, answers, recommends=(nearest,))


def extremes(study: Study) -> Check:
    """The best answers everywhere give low risk and only advice that sustains; the worst give high risk."""
    tally = Tally(Theorem.EXTREMES)
    ruleset = study.ruleset
    for phase in Phase:
        best, worst = (_extreme(ruleset, phase, pick) for pick in (max, min))
        tally.look(1)
        tally.refute(_not_as(study, best, Wrong.BEST_NOT_LOW, tuple(Band)))
        tally.look(1)
        tally.refute(_not_as(study, worst, Wrong.WORST_NOT_HIGH, tuple(reversed(Band))))
        applying = advised(ruleset, best, rate(ruleset, best)) if study.whole else {}
        tally.refute(
            Refutation(
                Wrong.BEST_ADVISED,
                subject=each.code,
                example=Counterexample(code_of("best", phase, each.code), best, leaves_out=(each.code,)),
            )
            for each in ruleset.recommendations
            if applying.get(each.code) and each.phase is not When.SUSTAINING
        )
    return tally.check()


def _extreme(ruleset: RuleSet, phase: Phase, pick: Callable[..., str]) -> Answers:
    """Every scored item of a phase at its best or at its worst level (the first of several)."""
    asked = {item.code for item in ruleset.instrument.asked(phase)}
    scored = ruleset.item_scoring
    return Answers(
        phase, {code: pick(own.ratings, key=own.ratings.__getitem__) for code, own in scored.items() if code in asked}
    )


def _not_as(study: Study, answers: Answers, wrong: Wrong, order: tuple[Band, ...]) -> Iterator[Refutation]:
    """The constructs that do not come out in the first band of an order that is in their reach, and the domains that do
    not come out in the band of the mean of the extremes that their constructs can come to."""
    ruleset = study.ruleset
    rated = rate(ruleset, answers)
    came: dict[str, Band | None] = {code: rated.constructs[code].band for code in study.chosen}
    due = {code: _first(order, ruleset.scoring[code].out_of_reach) for code in study.chosen}
    if study.whole:
        lowest = order[0] is Band.LOW
        at_extremes = {code: _at_extreme(study, each, answers.phase, lowest) for code, each in rated.constructs.items()}
        for domain in rated.domains:
            came[domain.domain.code] = domain.band
            due[domain.domain.code] = rate_domain(ruleset, domain.domain, at_extremes).band
    for code, band in came.items():
        expected = due[code]
        if band is not None and expected is not None and band is not expected:
            example = Counterexample(code_of(wrong, answers.phase, code), answers, expect={code: expected.value})
            yield Refutation(wrong, subject=code, band=band.value, example=example)


def _at_extreme(study: Study, rated: ConstructRating, phase: Phase, lowest: bool) -> ConstructRating:
    """A construct at the lowest or highest risk that answers lead to; as it came out where its states are too many."""
    grid = study.grids[phase][rated.construct.code]
    if grid is None or rated.risk is None:
        return rated
    risk = float((np.nanmin if lowest else np.nanmax)(grid.risk))
    return replace(rated, risk=risk, band=study.ruleset.bands.of(risk))


def _first(order: tuple[Band, ...], beyond: Mapping[Band, str]) -> Band | None:
    return next((band for band in order if band not in beyond), None)
