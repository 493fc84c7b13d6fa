"""An action plan > a workbook (XLSX) in which nothing is a formula or a link, however it begins."""

import re
from datetime import date, datetime, time
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from readiness.report.plan_table import Cell, cells, headings
from readiness.report.view_plan import PlanView
from readiness.report.words_plan import COLUMN, TITLE, TITLE_OF

# Text stays text: a cell that looks like a formula, a number or an address is only that.
AS_TEXT = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
WIDTH = {
    "number": 8, "action": 36, "owner": 22, "first_step": 36, "due_on": 12, "status": 13, "note": 36, "evidence": 36,
    "remark": 30,
}  # fmt: skip
LONGEST_NAME = 31  # of a sheet
NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]|^'|'$")


def plan_xlsx(plan: PlanView, *, right_to_left: bool) -> bytes:
    """A plan as a workbook of one sheet, its headings frozen, made on the day of its result: the same bytes twice."""
    out = BytesIO()
    workbook = Workbook(out, AS_TEXT)
    made = datetime.combine(plan.day, time())
    workbook.set_properties({"title": TITLE_OF.format(service=plan.service), "created": made})
    sheet = workbook.add_worksheet(NOT_IN_A_NAME.sub(" ", str(TITLE))[:LONGEST_NAME])
    _lay_out(sheet, right_to_left)
    bold = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    text = workbook.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    number = workbook.add_format({"valign": "top"})
    day = workbook.add_format({"valign": "top", "num_format": "yyyy-mm-dd", "align": "left"})
    for column, heading in enumerate(headings()):
        sheet.write_string(0, column, heading, bold)
    for row, action in enumerate(plan.actions, start=1):
        for column, cell in enumerate(cells(action)):
            _write(sheet, row, column, cell, {int: number, date: day, str: text})
    workbook.close()
    return out.getvalue()


def _lay_out(sheet: Worksheet, right_to_left: bool) -> None:
    sheet.freeze_panes(1, 2)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    for column, key in enumerate(COLUMN):
        sheet.set_column(column, column, WIDTH[key])
    if right_to_left:
        sheet.right_to_left()


def _write(sheet: Worksheet, row: int, column: int, cell: Cell, formats: dict[type, object]) -> None:
    if isinstance(cell, date):
        sheet.write_datetime(row, column, datetime.combine(cell, time()), formats[date])
    elif isinstance(cell, int):
        sheet.write_number(row, column, cell, formats[int])
    elif cell and cell.startswith("<r>"):  # XlsxWriter would take it for markup of its own; in two pieces it is a text
        sheet.write_rich_string(row, column, cell[:1], formats[str], cell[1:], formats[str])
    elif cell:
        sheet.write_string(row, column, cell, formats[str])
