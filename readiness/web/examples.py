"""The example services of the rule set: results and PDFs without answering anything."""

from datetime import date

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from readiness.engine.cases import Case
from readiness.errors import NotFound
from readiness.language import gettext
from readiness.report import words
from readiness.report.evidence import taught_by
from readiness.report.teaching import pair_view
from readiness.report.view import ReportView
from readiness.web.questionnaire import answer_words
from readiness.web.reading import shown_ruleset
from readiness.web.results import linked, pdf_response, view_of

blueprint = Blueprint("examples", __name__)


def find_example(code: str) -> tuple[Case, str, str]:
    """An example with its name, and what it is and is not. Raises NotFound."""
    ruleset = shown_ruleset()
    case = ruleset.cases.get(code)
    if case is None:
        raise NotFound(gettext("There is no such example. Choose one from the first page."))
    name, about = case.service, words.EXAMPLE_ABOUT
    if case.pair:
        is_first = code == ruleset.pairs[case.pair].first
        name, about = words.HALF[is_first].format(title=case.service), words.INVENTED_ABOUT
    return case, name, about.format(about=case.about)


def _find(code: str) -> tuple[Case, ReportView]:
    ruleset, (case, name, about) = shown_ruleset(), find_example(code)
    return case, view_of(ruleset, case.answered(ruleset.instrument), name, date.today(), about)


@blueprint.get("/examples/<code>/")
def result(code: str) -> ResponseReturnValue:
    """The result page of an example service."""
    case, report = _find(code)
    ruleset = shown_ruleset()
    items = ruleset.instrument.items
    grounds = [
        (items[item], answer_words(items[item], given.answer), given.note) for item, given in case.answers.items()
    ]
    pair = pair_view(ruleset, case.pair) if case.pair else None
    taught = [ruleset.rules[rule] for rule in taught_by(ruleset)[case.pair]] if pair else []
    return render_template(
        "result.html", report=report, key=None, case=case, pair=pair, taught=taught, grounds=grounds, **linked(ruleset)
    )


@blueprint.get("/examples/<code>/report.pdf")
def pdf(code: str) -> ResponseReturnValue:
    """The report of an example service."""
    case, report = _find(code)
    return pdf_response(report, case.code.replace("_", "-"))
