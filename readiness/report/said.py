"""Numbers, conditions and changes of a result in words, in the language being spoken."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from functools import reduce
from math import floor

from readiness.engine.advice import Gain
from readiness.engine.answers import UNKNOWN, Answer, Missing
from readiness.engine.conditions import Any as AnyOf
from readiness.engine.conditions import Claim, Condition, Look, Not, Phrases, evaluate
from readiness.engine.framework import Band, Bands
from readiness.engine.gaps import is_gap, item_of, steps_of
from readiness.engine.grounds import is_thin
from readiness.engine.result import Result
from readiness.engine.ruleset import Recommendation, Rule, RuleSet
from readiness.language import catalogue, gettext, ngettext
from readiness.report import words

# A tenth of a rating step: nearer to a limit than this, a band should not be leaned on.
NEAR_POINTS = 2.5


def whole(number: float) -> int:
    """A number rounded to whole, halves upward, so that a risk on a band's limit never shows as the lower band's."""
    return floor(number + 0.5)


def near(bands: Bands, risk: float | None) -> Band | None:
    """Which other band a risk is close to; None when it lies well inside its own."""
    if risk is None:
        return None
    own = bands.of(risk)
    for lower, upper in ((Band.LOW, Band.MODERATE), (Band.MODERATE, Band.HIGH)):
        if abs(risk - bands.floor[upper]) <= NEAR_POINTS:
            return lower if own is upper else upper
    return None


def known_words(known: int, asked: int) -> str:
    """How many of the questions that apply are answered."""
    return ngettext(
        "%(known)s of %(num)s question answered", "%(known)s of %(num)s questions answered", asked, known=known
    )


def both(names: Iterable[str]) -> str:
    """Names one after the other: this and that; empty without any."""
    found = list(names)
    return reduce(lambda before, name: words.AND.format(names=before, name=name), found) if found else ""


def say(ruleset: RuleSet, condition: Condition) -> str:
    """A condition in words."""
    return ruleset.say(condition, Phrases(**{each.name: _phrase(each.name) for each in fields(Phrases)}))


def _phrase(name: str) -> str:
    """A phrase in the language being spoken: what takes titles or levels is left for the engine to fill in, once."""
    phrase = str(getattr(words.CONDITION, name))
    return str(catalogue().gettext(phrase)) if "%(" in phrase else gettext(phrase)


def translation_note(ruleset: RuleSet) -> str:
    """What a reader of a translated rule set must know of the translation; empty when there is nothing to say."""
    main = ruleset.language.partition("-")[0]
    locale = ruleset.locales.get(ruleset.language) or ruleset.locales.get(main)
    return str(words.DRAFT) if locale and locale.draft else ""


def changes(ruleset: RuleSet, gain: Gain) -> str:
    """What becomes of the domains that move, in whole numbers; empty when none moves by as much."""
    titles = {domain.code: domain.title for domain in ruleset.domains}
    moved = (
        words.GAIN_DOMAIN.format(domain=titles[change.domain], before=whole(change.before), after=whole(change.after))
        for change in gain.domains
        if whole(change.before) != whole(change.after)
    )
    return ", ".join(moved)


def status_words(ruleset: RuleSet, part: Rule | Recommendation) -> str:
    """Who stands behind a rule or recommendation, what of it is ours, and whether it has one line of evidence only."""
    said = (words.STATUS_OF_RULE if isinstance(part, Rule) else words.STATUS_OF_ADVICE)[part.status]
    return words.STATUS_THIN.format(status=said) if is_thin(ruleset, part.evidence) else said


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
        return words.WHY_BAND.format(construct=ruleset.name(subject), band=words.BAND_WITHIN[Band(value)])
    if is_gap(subject):
        steps = steps_of(value)
        apart = ngettext("sheets lie %(num)s step apart", "sheets lie %(num)s steps apart", steps)
        return words.WHY_BAND.format(construct=ruleset.name(item_of(subject)), band=apart)
    if value is Missing.NOT_APPLICABLE:
        return words.WHY_BAND.format(construct=ruleset.name(subject), band=words.MISSING_WITHIN[value])
    return words.WHY_ANSWER.format(item=ruleset.name(subject), level=ruleset.level(subject, value))


def leading_codes(result: Result) -> tuple[str, ...]:
    """The order to act in: what eases each critical barrier most, then the rest by priority."""
    falls: dict[str, dict[str, float]] = {barrier: {} for barrier in result.critical}
    for found in result.recommendations:
        for eased in found.eases:
            falls[eased.construct][found.recommendation.code] = eased.before - eased.after
    easing = [max(codes, key=lambda code: codes[code]) for codes in falls.values() if codes]
    return tuple(dict.fromkeys([*easing, *(found.recommendation.code for found in result.recommendations)]))
