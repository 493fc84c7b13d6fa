"""Answers changed to try, smallest sets of changes and what would settle most > what a page or PDF shows of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from readiness.engine.advice import Move
from readiness.engine.answers import Answer, Answers, Missing
from readiness.engine.framework import Band
from readiness.engine.instrument import Item
from readiness.engine.levers import Difference, settling_most, tryable
from readiness.engine.result import ConstructResult, DomainResult, Result
from readiness.engine.ruleset import RuleSet
from readiness.engine.smallest import MoveSet, Smallest
from readiness.report import words, words_levers
from readiness.report.parts import Bar
from readiness.report.said import whole
from readiness.report.view_advice import lever_views
from readiness.report.view_domains import bar


@dataclass(frozen=True, slots=True)
class TriedView:
    """An answer that is changed, in words, as it is and as it is tried."""

    code: str
    item: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class DomainMoveView:
    """A domain as it is and as it would be, what becomes of it in a sentence, and its constructs that move, in words.

    `differs` says that anything does; `band_moves` that it is in another band then.
    """

    code: str
    title: str
    before: Bar
    after: Bar
    said: str
    differs: bool
    band_moves: bool
    constructs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AdviceMoveView:
    """A recommendation that would come or go."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """What changed answers would do; `said` is the whole of it in a few sentences."""

    said: str
    tried: tuple[TriedView, ...]
    domains: tuple[DomainMoveView, ...]
    come: tuple[AdviceMoveView, ...]
    go: tuple[AdviceMoveView, ...]


@dataclass(frozen=True, slots=True)
class TrialView:
    """Moves in words, the names of what they move, what they would do, and the answers by item that try them."""

    moves: tuple[str, ...]
    names: tuple[str, ...]
    then: str
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SmallestView:
    """What it takes at the least to bring a domain down a band, in a sentence, and the sets that do it."""

    said: str
    sets: tuple[TrialView, ...]


@dataclass(frozen=True, slots=True)
class SettlesView:
    """The unknown answer that would settle most, in a sentence."""

    item: str
    said: str


@dataclass(frozen=True, slots=True)
class FieldView:
    """One answer to try: its question, the levels to choose from by value, and the chosen value (empty: as it is)."""

    code: str
    question: str
    options: tuple[tuple[str, str], ...]
    chosen: str
    past: bool


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """The answers to try of one section, and whether any of them is changed."""

    title: str
    fields: tuple[FieldView, ...]
    changed: bool


def outcome_view(ruleset: RuleSet, difference: Difference) -> OutcomeView:
    """What changed answers would do."""
    domains = tuple(_domain(ruleset, before, after) for before, after in difference.domains)
    come, go = ({each.recommendation.code for each in moved} for moved in (difference.come, difference.go))
    return OutcomeView(
        said=_said(difference, domains),
        tried=tuple(_tried(ruleset, change.item, change.before, change.after) for change in difference.changes),
        domains=domains,
        come=_advice(ruleset, come),
        go=_advice(ruleset, go),
    )


def _said(difference: Difference, domains: Iterable[DomainMoveView]) -> str:
    if not difference.changes:
        return str(words_levers.NOTHING_TRIED)
    sentences = (
        words_levers.changed(len(difference.changes)),
        words_levers.bands_move(sum(domain.band_moves for domain in domains)),
        words_levers.advice_moves(len(difference.come), len(difference.go)),
    )
    return " ".join(sentences)


def _advice(ruleset: RuleSet, codes: set[str]) -> tuple[AdviceMoveView, ...]:
    return tuple(AdviceMoveView(each.code, each.title) for each in ruleset.recommendations if each.code in codes)


def _tried(ruleset: RuleSet, code: str, before: Answer, after: Answer) -> TriedView:
    item = ruleset.instrument.items[code]
    return TriedView(code, item.short, _answer(item, before).rstrip("."), _answer(item, after).rstrip("."))


def _answer(item: Item, answer: Answer) -> str:
    return words.MISSING[answer] if isinstance(answer, Missing) else item.texts[answer]


def _domain(ruleset: RuleSet, before: DomainResult, after: DomainResult) -> DomainMoveView:
    then, now = _bar(ruleset, before), _bar(ruleset, after)
    pairs = zip(before.constructs, after.constructs, strict=True)
    return DomainMoveView(
        code=before.domain.code,
        title=before.domain.title,
        before=then,
        after=now,
        said=_moved(then, now),
        differs=_stands(then) != _stands(now),
        band_moves=then.band != now.band,
        constructs=tuple(filter(None, (_construct(ruleset, old, new) for old, new in pairs))),
    )


def _bar(ruleset: RuleSet, of: DomainResult | ConstructResult) -> Bar:
    parts = of.constructs if isinstance(of, DomainResult) else (of,)
    title = of.domain.title if isinstance(of, DomainResult) else of.construct.title
    is_open = any(part.rated.unknown for part in parts)
    return bar(title, of.rated.risk, of.band, of.range, of.certainty, is_open, ruleset.bands)


def _stands(shown: Bar) -> object:
    return shown.band, shown.risk, shown.best, shown.worst, shown.certainty


def _moved(then: Bar, now: Bar) -> str:
    """What becomes of a domain, in a sentence."""
    if then.band != now.band:
        return words_levers.BAND_MOVES.format(before=_band(then), after=_band(now))
    if then.risk != now.risk:
        return words_levers.RISK_MOVES.format(before=then.risk, after=now.risk)
    same = _stands(then) == _stands(now)
    return str(words_levers.STAYS if same else words_levers.RANGE_MOVES)


def _band(shown: Bar) -> str:
    return words.BAND_WITHIN[Band(shown.band) if shown.band else None]


def _construct(ruleset: RuleSet, before: ConstructResult, after: ConstructResult) -> str:
    """What becomes of a construct, in words; empty when nothing does."""
    then, now = _bar(ruleset, before), _bar(ruleset, after)
    if (then.band, then.risk) != (now.band, now.risk):
        return words_levers.PART_MOVES.format(title=then.title, before=_risk(then), after=_risk(now))
    if _stands(then) != _stands(now):
        return words_levers.PART_RANGE.format(title=then.title, range=now.range_words)
    return ""


def _risk(shown: Bar) -> str:
    return _band(shown) if shown.risk is None else words.RISK_BAND.format(risk=shown.risk, band=_band(shown))


def trial_views(ruleset: RuleSet, result: Result) -> tuple[TrialView, ...]:
    """The single answers whose improvement would lower risk most, each with what tries it."""
    levers = lever_views(ruleset, result)
    return tuple(
        _trial(ruleset, (found.move,), shown.fall_words) for shown, found in zip(levers, result.levers, strict=False)
    )


def smallest_views(ruleset: RuleSet, found: Iterable[Smallest]) -> tuple[SmallestView, ...]:
    """What it takes at the least to bring each domain down a band."""
    return tuple(SmallestView(_least(each), tuple(_set(ruleset, each, one) for one in each.sets)) for each in found)


def smallest_sentences(ruleset: RuleSet, found: Iterable[Smallest]) -> tuple[str, ...]:
    """For each domain that is not low one sentence: its first smallest set, or that there is none."""
    return tuple(_sentence(ruleset, each) for each in found)


def _sentence(ruleset: RuleSet, found: Smallest) -> str:
    if not found.sets:
        return _least(found)
    first = found.sets[0]
    return words_levers.brought_down(
        found.domain.domain.title,
        words.BAND_WITHIN[found.domain.band],
        words.BAND_WITHIN[first.after.band],
        (words_levers.MOVE_WITHIN.format(**_words(ruleset, move)) for move in first.moves),
    )


def _least(found: Smallest) -> str:
    """How many answers it takes at the least, or up to how many none do."""
    domain, risk = found.domain.domain.title, words.BAND_WITHIN[found.domain.band]
    if found.sets:
        return words_levers.fewest(domain, risk, len(found.sets[0].moves))
    if found.out_of_reach:
        return words_levers.OUT_OF_REACH.format(domain=domain, risk=risk)
    if not found.ruled_out:
        return words_levers.TOO_MANY.format(domain=domain, risk=risk)
    return words_levers.none_up_to(domain, risk, found.ruled_out)


def _set(ruleset: RuleSet, found: Smallest, one: MoveSet) -> TrialView:
    risk = words.RISK_BAND.format(risk=whole(one.after.risk or 0.0), band=words.BAND_WITHIN[one.after.band])
    return _trial(ruleset, one.moves, words_levers.THEN.format(domain=found.domain.domain.title, risk=risk))


def _trial(ruleset: RuleSet, moves: tuple[Move, ...], then: str) -> TrialView:
    return TrialView(
        moves=tuple(words.MOVE.format(**_words(ruleset, move)) for move in moves),
        names=tuple(ruleset.name(move.item) for move in moves),
        then=then,
        answers={move.item: move.to for move in moves},
    )


def _words(ruleset: RuleSet, move: Move) -> dict[str, str]:
    level, to = ruleset.level(move.item, move.level), ruleset.level(move.item, move.to)
    return {"item": ruleset.name(move.item), "level": level, "to": to}


def settles_view(ruleset: RuleSet, result: Result) -> SettlesView | None:
    """The unknown answer that would settle most of all domains; None when nothing is open."""
    found = settling_most(result)
    if found is None:
        return None
    domain, settles = found
    question = ruleset.instrument.items[settles.item].ask[result.phase]
    form = words_levers.SETTLES if whole(settles.points) else words_levers.SETTLES_LITTLE
    said = form.format(question=question, domain=domain.domain.title, points=whole(settles.points))
    return SettlesView(settles.item, said)


def field_groups(ruleset: RuleSet, answers: Answers, changed: Mapping[str, Answer]) -> tuple[FieldGroup, ...]:
    """Everything that can be tried, by section."""
    items = tryable(ruleset, answers)
    of = {code: section.code for code, section in ruleset.instrument.section_of.items()}
    groups = []
    for section in ruleset.instrument.sections:
        fields = tuple(_field(item, answers, changed) for item in items if of[item.code] == section.code)
        if fields:
            groups.append(FieldGroup(section.title, fields, any(field.chosen for field in fields)))
    return tuple(groups)


def _field(item: Item, answers: Answers, changed: Mapping[str, Answer]) -> FieldView:
    now = answers[item.code]
    options = [("", words_levers.AS_IT_IS.format(answer=_answer(item, now)))]
    options += [(level, _answer(item, level)) for level in answers_to(item) if level != now]
    chosen = changed.get(item.code, now)
    return FieldView(
        item.code, item.ask[answers.phase], tuple(options), "" if chosen == now else str(chosen), item.past
    )


def answers_to(item: Item) -> tuple[Answer, ...]:
    """Every answer to an item that can be tried: its levels, and that it does not apply where it may not."""
    return (*item.order, *([Missing.NOT_APPLICABLE] if item.not_applicable is not None else []))
