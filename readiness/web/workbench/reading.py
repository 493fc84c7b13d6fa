"""A rule set read as a person does: the pages on method and evidence, the questions, and what uses what."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from readiness.permissions import Act
from readiness.report.workbench import item_uses, question_section
from readiness.web import evidence, examples
from readiness.web.access import needs
from readiness.web.reading import Reading, shown_ruleset

View = Callable[..., ResponseReturnValue]
PLACE = ("digest", "draft_id")


def questions() -> ResponseReturnValue:
    """The items of one section with their levels, what each is worth and why."""
    ruleset = shown_ruleset()
    section = question_section(ruleset, request.args.get("section", ""))
    return render_template("workbench/questions.html", sections=ruleset.instrument.sections, section=section)


def question(code: str) -> ResponseReturnValue:
    """One item and everything that uses it."""
    ruleset = shown_ruleset()
    return render_template("workbench/question.html", uses=item_uses(ruleset, code))


PAGES: tuple[tuple[str, str, View], ...] = (
    ("/method", "method", evidence.method),
    ("/method/constructs/<code>", "construct", evidence.construct),
    ("/method/recommendations", "advice", evidence.advice),
    ("/questions/", "questions", questions),
    ("/questions/<code>", "question", question),
    ("/evidence/", "overview", evidence.overview),
    ("/evidence/findings/", "finding_list", evidence.finding_list),
    ("/evidence/findings/<code>", "one_finding", evidence.one_finding),
    ("/evidence/subjects/", "subjects", evidence.subjects),
    ("/examples/<code>/", "example", examples.result),
    ("/examples/<code>/report.pdf", "example_pdf", examples.pdf),
)


def room(name: str, prefix: str, find: Callable[..., Reading | ResponseReturnValue]) -> Blueprint:
    """A blueprint with the pages on whatever rule set `find` finds, or with what `find` answers instead."""
    blueprint = Blueprint(name, __name__, url_prefix=prefix)
    for path, page, view in PAGES:
        blueprint.add_url_rule(path, page, _within(find, view))
    return blueprint


def _within(find: Callable[..., Reading | ResponseReturnValue], view: View) -> View:
    @needs(Act.EDIT_RULES)
    @wraps(view)
    def page(**values: Any) -> ResponseReturnValue:
        found = find(**{name: values.pop(name) for name in PLACE if name in values})
        if not isinstance(found, Reading):
            return found
        g.reading = found
        return view(**values)

    return page
