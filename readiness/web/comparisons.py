"""A submitted assessment, scored again with a newer version of its rule set: shown beside its result, never stored."""

import json
from dataclasses import asdict, dataclass, replace

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from readiness.engine.answers import Answers
from readiness.engine.carrying import Carried, Words, carry
from readiness.engine.ruleset import RuleSet
from readiness.engine.scoring import score
from readiness.errors import NotFound
from readiness.language import gettext
from readiness.permissions import Right
from readiness.report import words_change
from readiness.report.data import result_as_data
from readiness.report.parts import ConstructView
from readiness.report.view import DomainView, ReportView
from readiness.store.assessments import Assessment
from readiness.web.assessments import open_assessment
from readiness.web.questionnaire import answer_words
from readiness.web.results import download, read_result, view_of
from readiness.web.rules import newer_than

blueprint = Blueprint("comparisons", __name__)


@dataclass(frozen=True, slots=True)
class LostView:
    """An answer that could not be carried over: question, answer and reason in words."""

    item: str
    answer: str
    reason: str


@dataclass(frozen=True, slots=True)
class RewordedView:
    """An answer that was carried over and reads otherwise in the newer version: in the words of both."""

    item: str
    then: Words
    now: Words


@dataclass(frozen=True, slots=True)
class ConstructPair:
    """One construct of a domain in both versions; None where a version does not have it there."""

    title: str
    then: ConstructView | None
    now: ConstructView | None

    @property
    def changes(self) -> bool:
        """Whether its band is another one."""
        return (self.then and self.then.bar.band) != (self.now and self.now.bar.band)

    @property
    def differs(self) -> bool:
        """Whether anything of how it stands differs: its risk, its range or how certain they are."""
        return _stands(self.then) != _stands(self.now)


def _stands(construct: ConstructView | None) -> object:
    bar = construct and construct.bar
    return bar and (bar.band, bar.risk, bar.best, bar.worst, bar.certainty)


@dataclass(frozen=True, slots=True)
class DomainPair:
    """One domain in both versions, with its constructs; None where a version does not have it."""

    title: str
    then: DomainView | None
    now: DomainView | None
    constructs: tuple[ConstructPair, ...]

    @property
    def changes(self) -> bool:
        """Whether its band is another one."""
        return (self.then and self.then.bar.band) != (self.now and self.now.bar.band)


@dataclass(frozen=True, slots=True)
class _Rescored:
    """A submitted assessment with both versions and its answers in each."""

    assessment: Assessment
    old: RuleSet
    new: RuleSet
    answers: Answers
    carried: Carried


def _rescored(key: str) -> _Rescored | None:
    """None while the questionnaire is open. Raises NotFound when no newer version is in use."""
    assessment, old = open_assessment(key, Right.SEE_RESULT)
    if not assessment.is_closed:
        return None
    new = newer_than(old)
    if new is None:
        raise NotFound(gettext("No newer version of the rule set is in use here, so there is nothing to compare with."))
    answers = read_result(assessment).answers
    return _Rescored(assessment, old, new, answers, carry(answers, old, new))


@blueprint.get("/a/<key>/compare")
def compare(key: str) -> ResponseReturnValue:
    """The bands of an assessment in its own version and in the newer one, side by side."""
    found = _rescored(key)
    if found is None:
        return redirect(url_for("questionnaire.review", key=key))
    service, day = found.assessment.service, found.assessment.submitted_on or found.assessment.started_on
    then = view_of(found.old, found.answers, service, day)
    now = view_of(found.new, found.carried.answers, service, day)
    pairs = domain_pairs(then, now)
    return render_template(
        "compare.html",
        key=key,
        service=service,
        old=found.old.identity,
        new=found.new.identity,
        then=then,
        now=now,
        domains=pairs,
        changing=sum(pair.changes for pair in pairs),
        changing_constructs=sum(each.changes for pair in pairs for each in pair.constructs),
        lost=lost_views(found.old, found.carried),
        reworded=reworded_views(found.old, found.new, found.carried),
        added=[found.new.instrument.items[code].short for code in found.carried.added],
    )


@blueprint.get("/a/<key>/compare.json")
def data(key: str) -> ResponseReturnValue:
    """The comparison as data."""
    found = _rescored(key)
    if found is None:
        return redirect(url_for("questionnaire.review", key=key))
    content = {
        "service": found.assessment.service,
        "stored": False,
        "then": _result_data(found.old, found.answers),
        "now": _result_data(found.new, found.carried.answers),
        "lost": [
            {"item": lost.item, "answer": str(lost.answer), "reason": lost.reason.value} for lost in found.carried.lost
        ],
        "reworded": [
            {"item": each.item, "answer": str(each.answer), "then": asdict(each.before), "now": asdict(each.after)}
            for each in found.carried.reworded
        ],
        "added": list(found.carried.added),
    }
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    return download(text, "application/json", "readiness-comparison.json")


def _result_data(ruleset: RuleSet, answers: Answers) -> dict[str, object]:
    return {**result_as_data(ruleset, score(ruleset, answers)), "logic": ruleset.identity.logic}


def domain_pairs(then: ReportView, now: ReportView) -> tuple[DomainPair, ...]:
    """The domains of two reports, matched by code, in the order of the older one."""
    before, after = ({domain.code: domain for domain in report.domains} for report in (then, now))
    return tuple(
        DomainPair(
            (after.get(code) or before[code]).title,
            before.get(code),
            after.get(code),
            construct_pairs(before.get(code), after.get(code)),
        )
        for code in dict.fromkeys([*before, *after])
    )


def construct_pairs(then: DomainView | None, now: DomainView | None) -> tuple[ConstructPair, ...]:
    """The constructs of a domain in two versions, matched by code, in the order of the older one."""
    before, after = ({each.code: each for each in (domain.constructs if domain else ())} for domain in (then, now))
    return tuple(
        ConstructPair((after.get(code) or before[code]).title, before.get(code), after.get(code))
        for code in dict.fromkeys([*before, *after])
    )


def lost_views(old: RuleSet, carried: Carried) -> tuple[LostView, ...]:
    """What could not be carried over, in words."""
    items = old.instrument.items
    return tuple(
        LostView(
            items[lost.item].short, answer_words(items[lost.item], lost.answer), words_change.LOST_BECAUSE[lost.reason]
        )
        for lost in carried.lost
    )


def reworded_views(old: RuleSet, new: RuleSet, carried: Carried) -> tuple[RewordedView, ...]:
    """What was carried over and reads otherwise in the newer version, in words."""
    before, after = old.instrument.items, new.instrument.items
    return tuple(
        RewordedView(
            after[each.item].short,
            replace(each.before, answer=answer_words(before[each.item], each.answer)),
            replace(each.after, answer=answer_words(after[each.item], each.answer)),
        )
        for each in carried.reworded
    )
