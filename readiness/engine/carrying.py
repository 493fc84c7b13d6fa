"""Answers given to one version of a rule set > answers to another, with what is lost, reworded or asked anew."""

from dataclasses import dataclass
from enum import StrEnum

from readiness.engine.answers import Answer, Answers, Missing, Phase, Role
from readiness.engine.instrument import Item
from readiness.engine.ruleset import RuleSet


class Reason(StrEnum):
    """Why an answer cannot be carried into another version."""

    ITEM_GONE = "item gone"
    NOT_ASKED = "not asked in this phase"
    LEVEL_GONE = "level gone"
    ALWAYS_APPLIES = "does not apply is no longer offered"


@dataclass(frozen=True, slots=True)
class Lost:
    """One answer that cannot be carried: in the new version it is unknown."""

    item: str
    answer: Answer
    reason: Reason


@dataclass(frozen=True, slots=True)
class Words:
    """What was read: the question, and the chosen answer (empty for *don't know*, which no rule set words)."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Reworded:
    """One answer that is carried although its words differ: whether it still says the same is for people to judge."""

    item: str
    answer: Answer
    before: Words
    after: Words


def is_factual(item: Item) -> bool:
    """Whether an item asks for a fact that only the manager is asked for: no opinion, so one may confirm it again."""
    return item.asked == (Role.MANAGER,)


@dataclass(frozen=True, slots=True)
class Carried:
    """Answers for another version: those that fit it, those that do not, the items it asks for the first time, and
    which of those that fit it words in another way."""

    answers: Answers
    lost: tuple[Lost, ...]
    added: tuple[str, ...]
    reworded: tuple[Reworded, ...]


def carry(answers: Answers, old: RuleSet, new: RuleSet) -> Carried:
    """The answers given to one version as answers to another; what does not fit is unknown there, never guessed."""
    given: dict[str, Answer] = {}
    lost, reworded = [], []
    for code, item in old.instrument.items.items():
        answer = answers[code]
        if answer is Missing.NOT_ANSWERED:
            continue
        other = new.instrument.items.get(code)
        reason = _unfit(other, answers.phase, answer)
        if other is None or reason is not None:
            lost.append(Lost(code, answer, reason or Reason.ITEM_GONE))
            continue
        given[code] = answer
        before, after = (_words(each, answers.phase, answer) for each in (item, other))
        if before != after:
            reworded.append(Reworded(code, answer, before, after))
    asked = {item.code for item in old.instrument.asked(answers.phase)}
    added = tuple(item.code for item in new.instrument.asked(answers.phase) if item.code not in asked)
    return Carried(Answers(answers.phase, given, _gaps(answers, new)), tuple(lost), added, tuple(reworded))


def _gaps(answers: Answers, new: RuleSet) -> dict[str, str]:
    """The gaps on items that the new version asks on as many levels; steps between others would be other steps."""
    items = new.instrument.subjects
    return {
        subject: level
        for subject, level in answers.gaps.items()
        if subject in items and answers.phase in items[subject].ask and level in items[subject].order
    }


def _unfit(item: Item | None, phase: Phase, answer: Answer) -> Reason | None:
    """Why an answer does not fit an item of the new version; None when it does."""
    if item is None:
        return Reason.ITEM_GONE
    if phase not in item.ask:
        return Reason.NOT_ASKED
    if answer is Missing.NOT_APPLICABLE:
        return Reason.ALWAYS_APPLIES if item.not_applicable is None else None
    return Reason.LEVEL_GONE if answer is not Missing.DONT_KNOW and answer not in item.order else None


def _words(item: Item, phase: Phase, answer: Answer) -> Words:
    said = item.not_applicable if answer is Missing.NOT_APPLICABLE else item.texts.get(answer)
    return Words(item.ask.get(phase, ""), said or "")
