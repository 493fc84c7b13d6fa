"""An action plan, and what became of one, as they are shown: frozen values with ready text.

Pure. Titles and levels come from the rule set that each wave is pinned to, in the language being spoken.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from readiness.engine.answers import Answer, Missing, Phase
from readiness.engine.followed import Followed, Waves, follow
from readiness.engine.ruleset import RuleSet
from readiness.language import format_date
from readiness.plan import GOES_ON, Action, ActionReport, ActionStatus
from readiness.report import words, words_plan
from readiness.report.text import one_line, without_hidden


@dataclass(frozen=True, slots=True)
class ActionView:
    """One action; `remark` says that the result no longer calls for it, and `is_overdue` that its day has passed.

    `steps` are those of the recommendation.
    """

    id: str
    code: str
    number: int
    title: str
    steps: tuple[str, ...]
    owner: str
    first_step: str
    due_on: date | None
    due_words: str
    is_overdue: bool
    status: ActionStatus
    status_words: str
    note: str
    evidence: str
    remark: str
    revision: int


@dataclass(frozen=True, slots=True)
class PlanView:
    """The actions of a service in their order; `day` is the date of the result they come from."""

    service: str
    day: date
    actions: tuple[ActionView, ...]

    @property
    def going_on(self) -> tuple[ActionView, ...]:
        """The actions that are neither done nor dropped."""
        return tuple(action for action in self.actions if action.status in GOES_ON)

    @property
    def overdue(self) -> int:
        """How many of them are overdue."""
        return sum(action.is_overdue for action in self.actions)

    @property
    def dated(self) -> tuple[ActionView, ...]:
        """The actions with a day, which a calendar can hold."""
        return tuple(action for action in self.actions if action.due_on is not None)


@dataclass(frozen=True, slots=True)
class MoveView:
    """An answer that an action was to improve: in words then, now and as intended, and what became of it."""

    item: str
    then: str
    now: str
    aim: str
    standing: str
    standing_words: str
    note: str


@dataclass(frozen=True, slots=True)
class MovedAction:
    """An action of the wave before: what was reported of it, and the answers that it was to improve."""

    number: int
    title: str
    status_words: str
    note: str
    moves: tuple[MoveView, ...]
    nothing: str


@dataclass(frozen=True, slots=True)
class MovedView:
    """What became of the actions of the wave before; `notes` say what to bear in mind when reading it."""

    about: str
    notes: tuple[str, ...]
    actions: tuple[MovedAction, ...]


def plan_view(
    ruleset: RuleSet,
    service: str,
    day: date,
    actions: Iterable[Action],
    applying: Collection[str] | None,
    today: date,
    reported: Mapping[str, ActionReport] = MappingProxyType({}),
) -> PlanView:
    """A plan as it is shown; `applying` are the recommendations that the result calls for, None while it is open.

    `reported` is what the wave after says became of an action, by its id.
    """
    known = {each.code: each for each in ruleset.recommendations}
    views = []
    for action in actions:
        recommendation, text = known.get(action.recommendation), action.text
        gone = applying is not None and action.recommendation not in applying
        later = reported.get(action.id)
        remarks = [words_plan.REPORTED_LATER.format(status=words_plan.STATUS[later.status])] if later else []
        remarks += [str(words_plan.NO_LONGER)] if gone and text.status in GOES_ON else []
        views.append(
            ActionView(
                id=action.id,
                code=action.recommendation,
                number=action.number,
                title=recommendation.title if recommendation else action.recommendation,
                steps=recommendation.steps if recommendation else (),
                owner=one_line(text.owner),
                first_step=_lines(text.first_step),
                due_on=text.due_on,
                due_words=format_date(text.due_on) if text.due_on else "",
                is_overdue=text.due_on is not None and text.due_on < today and text.status in GOES_ON,
                status=text.status,
                status_words=words_plan.STATUS[text.status],
                note=_lines(text.note),
                evidence=_lines(text.evidence),
                remark=" ".join(remarks),
                revision=action.revision,
            )
        )
    return PlanView(one_line(service) or str(words.UNNAMED), day, tuple(views))


def _lines(text: str) -> str:
    """A text of several lines, without what cannot be seen, each ended in the same way."""
    return "\n".join(without_hidden(text).replace("\r\n", "\n").splitlines())


def moved_view(
    old: RuleSet, actions: Iterable[Action], reports: Mapping[str, ActionReport], waves: Waves | None
) -> MovedView:
    """What became of the actions of the wave before, which rests on `old`; `waves` is None while that is open again."""
    return MovedView(
        str(words_plan.MOVED_ABOUT),
        tuple(_notes(waves)),
        tuple(_moved_action(old, action, reports.get(action.id), waves) for action in actions),
    )


def _notes(waves: Waves | None) -> Iterable[str]:
    if waves is None:
        yield str(words_plan.OPEN_AGAIN)
        return
    old, new = waves.old.identity, waves.new.identity
    if old.digest != new.digest:
        yield words_plan.OTHER_VERSION.format(old=old.version, new=new.version)
    if waves.before.phase is Phase.BEFORE and waves.after.phase is Phase.AFTER:
        yield str(words_plan.PLAN_THEN)


def _moved_action(old: RuleSet, action: Action, report: ActionReport | None, waves: Waves | None) -> MovedAction:
    recommendation = next((each for each in old.recommendations if each.code == action.recommendation), None)
    followed = follow(waves, recommendation) if waves and recommendation else ()
    return MovedAction(
        number=action.number,
        title=recommendation.title if recommendation else action.recommendation,
        status_words=words_plan.STATUS[report.status] if report else str(words_plan.NOT_REPORTED),
        note=_lines(report.note) if report else "",
        moves=tuple(_move(waves, each) for each in followed) if waves else (),
        nothing=str(words_plan.NO_AIM) if waves and not followed else "",
    )


def _move(waves: Waves, followed: Followed) -> MoveView:
    notes = [words_plan.WHY_NOT[followed.reason]] if followed.reason else []
    if followed.is_reworded:
        notes.append(str(words_plan.REWORDED))
    standing = words_plan.STANDING[followed.standing]
    newer = waves.old if followed.reason else waves.new
    return MoveView(
        item=newer.name(followed.item),
        then=_level(waves.old, followed.item, followed.before),
        now="" if followed.reason else _level(waves.new, followed.item, followed.after),
        aim=waves.old.level(followed.item, followed.aim),
        standing=followed.standing.value,
        standing_words=f"{standing}, {words_plan.REACHED}" if followed.is_reached else standing,
        note=" ".join(notes),
    )


def _level(ruleset: RuleSet, item: str, answer: Answer) -> str:
    return words.MISSING[answer] if isinstance(answer, Missing) else ruleset.level(item, answer)
