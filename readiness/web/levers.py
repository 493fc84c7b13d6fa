"""What would help most: answers changed to try, shown beside the result as it is, and never stored."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from readiness.engine.answers import Answer, Answers, to_answer
from readiness.engine.instrument import Item
from readiness.engine.levers import tryable, what_if
from readiness.engine.ruleset import RuleSet
from readiness.engine.scoring import score
from readiness.engine.smallest import smallest_sets
from readiness.errors import LONGEST_WORD, NotFound, ReadinessError
from readiness.language import gettext
from readiness.permissions import Right
from readiness.report import words, words_levers
from readiness.report.text import one_line
from readiness.report.view import band_views
from readiness.report.view_levers import (
    answers_to,
    field_groups,
    outcome_view,
    settles_view,
    smallest_views,
    trial_views,
)
from readiness.web.assessments import open_assessment
from readiness.web.examples import find_example
from readiness.web.forms import Problem
from readiness.web.reading import shown_ruleset
from readiness.web.results import linked, read_result

blueprint = Blueprint("levers", __name__)

ROOM_FOR_MISTAKES = 20  # more values than there are answers to try, before an address is refused whole


@dataclass(frozen=True, slots=True)
class Basis:
    """What is tried on: a result with its name, whether the answers of several people are behind it, and the addresses
    of this page and of the result."""

    ruleset: RuleSet
    answers: Answers
    service: str
    about: str
    has_team: bool
    here: str
    back: str


@blueprint.get("/a/<key>/levers")
def assessment(key: str) -> ResponseReturnValue:
    """What would help most in an assessment."""
    found, _ = open_assessment(key, Right.SEE_RESULT)
    if not found.is_closed:
        if not found.may(Right.ANSWER):
            raise NotFound(gettext("The result is shown here once this assessment has been submitted."))
        return redirect(url_for("questionnaire.review", key=key))
    scored = read_result(found)
    here, back = url_for("levers.assessment", key=key), url_for("results.result", key=key)
    return _page(Basis(scored.ruleset, scored.answers, found.service, "", bool(scored.team.sheets), here, back))


@blueprint.get("/examples/<code>/levers")
def example(code: str) -> ResponseReturnValue:
    """What would have helped most in an example."""
    ruleset, (case, name, about) = shown_ruleset(), find_example(code)
    here, back = url_for("levers.example", code=code), url_for("examples.result", code=code)
    return _page(Basis(ruleset, case.answered(ruleset.instrument), name, about, False, here, back))


def _page(basis: Basis) -> ResponseReturnValue:
    """The result as it is and with the answers of the address, which is shortened where it says more than it has to."""
    ruleset, answers = basis.ruleset, basis.answers
    changed, problems = read_changes(ruleset, answers, request.args)
    needed = {item: str(answer) for item, answer in changed.items() if answer != answers[item]}
    if not problems and needed != request.args.to_dict():
        return redirect(f"{basis.here}?{urlencode(needed)}" if needed else basis.here)
    before = score(ruleset, answers)
    page = render_template(
        "levers.html",
        basis=basis,
        ruleset=ruleset,
        problems=problems,
        phase=words.PHASE[answers.phase],
        bands=band_views(ruleset),
        outcome=outcome_view(ruleset, what_if(ruleset, before, changed)),
        groups=field_groups(ruleset, answers, changed),
        levers=trial_views(ruleset, before),
        smallest=smallest_views(ruleset, smallest_sets(ruleset, before)),
        settles=settles_view(ruleset, before),
        **linked(ruleset),
    )
    return page, 400 if problems else 200


def read_changes(
    ruleset: RuleSet, answers: Answers, given: MultiDict[str, str]
) -> tuple[dict[str, Answer], list[Problem]]:
    """The answers that an address tries, and a sentence for each part of it that is none. What is empty stays as it is.

    Raises ReadinessError when it names far more answers than there are questions.
    """
    items = {item.code: item for item in tryable(ruleset, answers)}
    if sum(map(len, given.listvalues())) > len(items) + ROOM_FOR_MISTAKES:
        raise ReadinessError(
            gettext(
                "This address names more answers than the %(items)s questions that there are to try. Open the page "
                "without them and choose there.",
                items=len(items),
            )
        )
    changed: dict[str, Answer] = {}
    problems: list[Problem] = []
    for code, values in given.lists():
        item = items.get(code)
        sentence = _sentence(item, answers[code], values) if item else _no_question(code)
        if sentence:
            problems.append((sentence, f"try-{code}" if item else None))
        elif values[0]:
            changed[code] = to_answer(values[0])
    return changed, problems


def _no_question(code: str) -> str:
    return words_levers.NO_QUESTION.format(given=one_line(code, LONGEST_WORD))


def _sentence(item: Item, now: Answer, values: list[str]) -> str:
    """What is wrong with the values of one item; empty when nothing is."""
    if len(set(values)) > 1:
        return words_levers.TWO_ANSWERS.format(item=item.short)
    if values[0] and to_answer(values[0]) not in (now, *answers_to(item)):
        return words_levers.NO_ANSWER.format(item=item.short, given=one_line(values[0], LONGEST_WORD))
    return ""
