"""An action plan > rows of a table, and the same as CSV."""

from datetime import date

from readiness.report.spreadsheet import as_csv
from readiness.report.view_plan import ActionView, PlanView
from readiness.report.words_plan import COLUMN

Cell = int | date | str | None


def headings() -> tuple[str, ...]:
    """The headings of the table, in the language being spoken."""
    return tuple(COLUMN[key] for key in COLUMN)


def cells(action: ActionView) -> tuple[Cell, ...]:
    """One action as a row: a number, texts and a real date, which is None where nobody gave one."""
    found: dict[str, Cell] = {
        "number": action.number,
        "action": action.title,
        "owner": action.owner,
        "first_step": action.first_step,
        "due_on": action.due_on,
        "status": action.status_words,
        "note": action.note,
        "evidence": action.evidence,
        "remark": action.remark,
    }
    return tuple(found[key] for key in COLUMN)


def plan_csv(plan: PlanView) -> str:
    """A plan as CSV in which a table program finds no formula; days as ISO 8601."""
    rows = (tuple("" if cell is None else str(cell) for cell in cells(action)) for action in plan.actions)
    return as_csv([headings(), *rows])
