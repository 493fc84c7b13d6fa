"""Two waves of one service > what changed, in plain words: for the page, the report and the chart. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from readiness.engine.answers import Answer, Answers, Missing
from readiness.engine.carrying import Reworded
from readiness.engine.change import AnswerChange, Change, Course, DomainMoved, GapChange, Moved, Standing, Turn, change
from readiness.engine.framework import Bands
from readiness.engine.instrument import Item
from readiness.engine.ruleset import RuleSet
from readiness.engine.team import TeamReading
from readiness.language import format_date
from readiness.report import words, words_change, words_team
from readiness.report.parts import Bar
from readiness.report.parts_change import (
    AnswerChangeGroup,
    AnswerChangeView,
    ChangeView,
    DomainMovedView,
    GapChangeView,
    MovedView,
    RewordedView,
)
from readiness.report.view import band_views
from readiness.report.view_domains import bar
from readiness.report.view_team import who_answered


@dataclass(frozen=True, slots=True)
class Wave:
    """One wave as its result has it: the version it is pinned to, combined answers, who stands behind them, its day."""

    ruleset: RuleSet
    answers: Answers
    team: TeamReading
    day: date


def change_view(before: Wave, after: Wave) -> ChangeView:
    """What changed from one wave to the next; where they cannot be compared, why."""
    found = change(before.ruleset, before.answers, after.ruleset, after.answers)
    new, items = after.ruleset, after.ruleset.instrument.items
    domains = tuple(_domain(new, domain) for domain in found.domains)
    is_team = bool(before.team.sheets and after.team.sheets)
    return ChangeView(
        before_words=_wave_words(before),
        after_words=_wave_words(after),
        impossible=_impossible(found),
        headline=tuple(_headline(domains)) if found.is_comparable else (),
        domains=domains,
        answers=tuple(_groups(new, found.answers)),
        no_answers="" if found.answers or not found.is_comparable else str(words_change.NO_ANSWERS),
        gaps=tuple(_gap(new, gap) for gap in found.gaps),
        no_gaps=str(words_change.NO_GAPS) if is_team and found.is_comparable and not found.gaps else "",
        caveats=tuple(_caveats(before, after)) if found.is_comparable else (),
        version=tuple(_version(found)) if found.is_comparable else (),
        lost=tuple(_lost(before.ruleset, found)),
        reworded=tuple(_reworded(items[each.item], each) for each in found.carried.reworded),
        added=tuple(items[code].short for code in found.carried.added),
        one_stage=tuple(
            form.format(item=items[code].short)
            for form, codes in (
                (words_change.ASKED_BEFORE, found.only_before),
                (words_change.ASKED_NOW, found.only_after),
            )
            for code in codes
        ),
        bands=band_views(new),
    )


def _wave_words(wave: Wave) -> str:
    return words_change.WAVE.format(phase=words.PHASE[wave.answers.phase], day=format_date(wave.day))


def _impossible(found: Change) -> str:
    """Why nothing is compared; empty when it is."""
    old, new = found.old, found.new
    if found.is_comparable:
        return ""
    if old.id != new.id:
        return words_change.OTHER_RULE_SET.format(old=f"{old.id} {old.version}")
    return words_change.TOO_LITTLE_FITS.format(old=old.version, new=new.version)


def _version(found: Change) -> Iterator[str]:
    if found.old.digest != found.new.digest:
        form = words_change.WORDING_ONLY if found.old.logic == found.new.logic else words_change.RATED_ANEW
        yield form.format(old=found.old.version, new=found.new.version)


def _caveats(before: Wave, after: Wave) -> Iterator[str]:
    yield str(words_change.CAUSES)
    if before.team.sheets or after.team.sheets:
        yield words_change.PEOPLE.format(before=who_answered(before.team), after=who_answered(after.team))
    else:
        yield str(words_change.ONE_EACH)
    if before.answers.phase is not after.answers.phase:
        yield str(words_change.STAGES)
    yield str(words_change.OVERLAP)


def _headline(domains: tuple[DomainMovedView, ...]) -> Iterator[str]:
    """How many constructs moved which way, how many of these moves hold, and which domains are in another band."""
    constructs = [construct for domain in domains for construct in domain.constructs]
    many = Counter(construct.course for construct in constructs)
    moved = [one for one in constructs if one.course in (Course.LOWER, Course.HIGHER)]
    untold = len(constructs) - len(moved) - many[Course.SAME]
    yield words_change.CONSTRUCTS.format(
        lower=many[Course.LOWER], higher=many[Course.HIGHER], same=many[Course.SAME], untold=untold
    )
    if moved:
        yield words_change.SETTLED.format(settled=sum(one.is_settled for one in moved), moved=len(moved))
    changed = [domain.domain.band_words for domain in domains if domain.domain.band_words]
    placed = any(domain.domain.before.band and domain.domain.after.band for domain in domains)
    if changed:
        yield words_change.BANDS_CHANGED.format(names="; ".join(changed))
    else:
        yield str(words_change.BANDS_SAME if placed else words_change.BANDS_UNKNOWN)


def _domain(ruleset: RuleSet, moved: DomainMoved) -> DomainMovedView:
    constructs = tuple(_moved(ruleset, construct) for construct in moved.constructs)
    return DomainMovedView(_moved(ruleset, moved.domain), constructs)


def _moved(ruleset: RuleSet, moved: Moved) -> MovedView:
    title = ruleset.name(moved.code)
    before, after = (_bar(title, standing, ruleset.bands) for standing in (moved.before, moved.after))
    said = words_change.COURSE[moved.course, moved.is_settled].format(points=_points(before, after))
    changed = words_change.BAND_CHANGE.format(
        title=title, before=words.BAND_WITHIN[moved.before.band], after=words.BAND_WITHIN[moved.after.band]
    )
    items = ruleset.instrument.items
    unlike = "; ".join(items[code].short for code in moved.unlike if code in items)
    return MovedView(
        code=moved.code,
        title=title,
        before=before,
        after=after,
        course=moved.course.value,
        is_settled=moved.is_settled,
        words=said,
        band_words=changed if moved.changes_band else "",
        note=words_change.UNLIKE.format(items=unlike) if unlike else "",
        alt=words_change.ALT.format(title=title, before=_stands(before), after=_stands(after), course=said),
    )


def _bar(title: str, standing: Standing, bands: Bands) -> Bar:
    return bar(
        title, standing.risk, standing.band, standing.range, standing.certainty, is_open=standing.is_open, bands=bands
    )


def _points(before: Bar, after: Bar) -> str:
    points = abs((after.risk or 0) - (before.risk or 0))
    return str(points) if points else str(words_change.LESS_THAN_ONE)


def _stands(bar: Bar) -> str:
    form = words_change.STANDS_NOT if bar.risk is None else words_change.STANDS
    return form.format(band=bar.band_words, risk=bar.risk, range=bar.range_words, certainty=bar.certainty_short)


def _groups(ruleset: RuleSet, changes: tuple[AnswerChange, ...]) -> Iterator[AnswerChangeGroup]:
    """The answers that changed, by how they did; of those rated otherwise the widest first."""
    for turn in Turn:
        own = sorted((each for each in changes if each.turn is turn), key=lambda each: -abs(each.points))
        if own:
            rows = tuple(_answer(ruleset, each) for each in own)
            yield AnswerChangeGroup(turn.value, words_change.TURN[turn], rows, len(rows))


def _answer(ruleset: RuleSet, found: AnswerChange) -> AnswerChangeView:
    item = ruleset.instrument.items[found.item]
    then, now = (answer_words(item, answer) for answer in (found.before, found.after))
    return AnswerChangeView(item.code, item.short, then, now)


def answer_words(item: Item, answer: Answer) -> str:
    """An answer to an item in words, without a full stop at its end."""
    return words.MISSING[answer] if isinstance(answer, Missing) else item.texts[answer].rstrip(".")


def _gap(ruleset: RuleSet, gap: GapChange) -> GapChangeView:
    form = words_change.GAP_NARROWER if gap.after < gap.before else words_change.GAP_WIDER
    form = words_change.GAP_CLOSED if not gap.after else words_change.GAP_OPENED if not gap.before else form
    then, now = (words_team.steps_apart(n) if n else str(words_change.ALIKE_STEPS) for n in (gap.before, gap.after))
    return GapChangeView(gap.item, ruleset.name(gap.item), then, now, str(form))


def _lost(old: RuleSet, found: Change) -> Iterable[str]:
    for lost in found.carried.lost:
        item = old.instrument.items[lost.item]
        yield words_change.LOST.format(
            item=item.short, answer=answer_words(item, lost.answer), reason=words_change.LOST_BECAUSE[lost.reason]
        )


def _reworded(item: Item, found: Reworded) -> RewordedView:
    return RewordedView(item.short, *(_read(each.question, each.answer) for each in (found.before, found.after)))


def _read(question: str, answer: str) -> str:
    return words_change.READ.format(question=question, answer=answer) if answer else question
