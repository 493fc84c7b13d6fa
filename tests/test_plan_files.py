"""The files of a plan, read back by other people's readers: CSV, workbook and calendar, with texts that mean harm."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime, timedelta

import icalendar
import openpyxl
import pytest
from pseudo import HEBREW, pseudo_languages

from readiness.engine.ruleset import RuleSet
from readiness.language import speaking
from readiness.plan import Action, ActionStatus, ActionText
from readiness.report.plan_calendar import plan_ics
from readiness.report.plan_table import headings, plan_csv
from readiness.report.plan_workbook import plan_xlsx
from readiness.report.view_plan import PlanView, plan_view

TODAY, NOW = date(2026, 11, 30), datetime(2026, 11, 30, 12, 30)
HOSTILE = [
    "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\t=1+1", "＝1+1", "|x", "http://a.example/", "mailto:x@a.example",
    "<script>alert(1)</script>", "a;b,c\\n\nBEGIN:VEVENT", "END:VCALENDAR\r\nBEGIN:VCALENDAR", "x" * 2_000, "é" * 300,
    "שלום, עולם", "😀" * 200, "_x0041_", "007", "{=1+1}", "''", "a\vb",
    "<r><oops></r>", "<r><t>x</t></r></si><si><t>y</t></si><si><r><t>z</t></r>",
]  # fmt: skip


def lines_of(text: str) -> str:
    """A text as it is shown: every line ends in the same way."""
    return "\n".join(text.splitlines())


def plan_of(shipped: RuleSet, *texts: ActionText, service: str = "Clinic North") -> PlanView:
    """A plan of one action for each text."""
    actions = [
        Action(f"{number:032x}", shipped.recommendations[number].code, number + 1, text, number + 1)
        for number, text in enumerate(texts)
    ]
    return plan_view(shipped, service, date(2026, 11, 1), actions, None, TODAY)


def of_text(text: str, due_on: date | None = date(2027, 2, 28)) -> ActionText:
    """An action in which everything that can be written is one text."""
    return ActionText(text, text, due_on, ActionStatus.UNDER_WAY, text, text)


def sheet_of(content: bytes) -> openpyxl.worksheet.worksheet.Worksheet:
    return openpyxl.load_workbook(io.BytesIO(content)).active


def events(content: bytes) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(content).walk("VEVENT"))


class TestTable:
    @pytest.mark.parametrize("text", HOSTILE)
    def test_a_cell_is_the_text_or_the_text_behind_an_apostrophe(self, shipped: RuleSet, text: str) -> None:
        heading, row = csv.reader(io.StringIO(plan_csv(plan_of(shipped, of_text(text))), newline=""))
        assert tuple(heading) == headings()
        note = dict(zip(heading, row, strict=True))["Note"]
        assert note.removeprefix("'") in (lines_of(text), text.removeprefix("'"))
        assert not note.startswith(("=", "+", "-", "@", "|", "＝", "\t"))

    def test_a_day_is_iso_and_no_day_is_nothing(self, shipped: RuleSet) -> None:
        plan = plan_of(shipped, of_text("a"), of_text("b", None))
        assert [row["Due on"] for row in csv.DictReader(io.StringIO(plan_csv(plan)))] == ["2027-02-28", ""]


class TestWorkbook:
    @pytest.mark.parametrize("text", HOSTILE)
    def test_nothing_that_was_written_is_a_formula_a_link_or_a_number(self, shipped: RuleSet, text: str) -> None:
        content = plan_xlsx(plan_of(shipped, of_text(text)), right_to_left=False)
        row = sheet_of(content)[2]
        assert [cell.data_type for cell in row if cell.value is not None] == ["n", "s", "s", "s", "d", "s", "s", "s"]
        assert [cell.hyperlink for cell in row] == [None] * 9
        assert row[6].value == lines_of(text)
        assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")

    def test_days_are_days_headings_stay_and_columns_are_wide_enough(self, shipped: RuleSet) -> None:
        sheet = sheet_of(plan_xlsx(plan_of(shipped, of_text("a"), of_text("b", None)), right_to_left=False))
        assert tuple(cell.value for cell in sheet[1]) == headings()
        assert (sheet["E2"].value, sheet["E2"].number_format) == (datetime(2027, 2, 28), "yyyy-mm-dd")
        assert sheet["E3"].value is None
        assert (sheet["A2"].value, sheet["A3"].value) == (1, 2)
        assert sheet.freeze_panes == "C2"
        assert sheet.title == "Action plan"
        assert sheet.column_dimensions["B"].width > 30
        assert not sheet.sheet_view.rightToLeft

    def test_the_same_plan_is_the_same_bytes_and_says_when_its_result_is_from(self, shipped: RuleSet) -> None:
        plan = plan_of(shipped, of_text("a"), service="x" * 300)
        first, second = (plan_xlsx(plan, right_to_left=False) for _ in range(2))
        assert first == second
        told = openpyxl.load_workbook(io.BytesIO(first)).properties
        assert told.created == datetime(2026, 11, 1)
        assert told.title == f"Action plan of {'x' * 300}"

    def test_in_hebrew_the_sheet_runs_from_right_to_left(
        self, shipped: RuleSet, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        hebrew = pseudo_languages(tmp_path_factory.mktemp("locale"))[HEBREW]
        with speaking(hebrew):
            sheet = sheet_of(plan_xlsx(plan_of(shipped, of_text("a")), right_to_left=True))
        assert sheet.sheet_view.rightToLeft
        assert len(sheet.title) <= 31

    def test_a_plan_of_sixty_full_actions_is_a_workbook(self, shipped: RuleSet) -> None:
        texts = [of_text("é" * 2_000)] * len(shipped.recommendations)
        assert sheet_of(plan_xlsx(plan_of(shipped, *texts), right_to_left=False)).max_row == len(texts) + 1


class TestCalendar:
    @pytest.mark.parametrize("text", HOSTILE)
    def test_what_was_written_is_read_back_and_begins_nothing(self, shipped: RuleSet, text: str) -> None:
        content = plan_ics(plan_of(shipped, of_text(text)), NOW)
        (event,) = events(content)
        said = str(event["DESCRIPTION"])
        assert f"First step: {lines_of(text)}" in said
        assert said.endswith("From the action plan of Clinic North.")
        assert content.count(b"BEGIN:VCALENDAR\r\n") == content.count(b"\r\nBEGIN:VEVENT\r\n") == 1

    @pytest.mark.parametrize("text", HOSTILE)
    def test_no_line_is_longer_than_75_octets_or_parts_a_character(self, shipped: RuleSet, text: str) -> None:
        content = plan_ics(plan_of(shipped, of_text(text), service=text), NOW)
        assert content.endswith(b"END:VCALENDAR\r\n")
        assert content.count(b"\n") == content.count(b"\r") == content.count(b"\r\n")
        for line in content.split(b"\r\n"):
            assert len(line) <= 75
            line.decode()

    def test_an_action_is_a_whole_day_with_an_alarm_a_week_before(self, shipped: RuleSet) -> None:
        (event,) = events(plan_ics(plan_of(shipped, of_text("Ada")), NOW))
        assert event["DTSTART"].dt == date(2027, 2, 28)
        assert event["DTEND"].dt == date(2027, 3, 1)
        assert event["DTSTAMP"].dt == NOW.replace(tzinfo=UTC)
        assert event["UID"] == f"{0:032x}@readiness"
        assert event["SEQUENCE"] == 1
        assert event["SUMMARY"] == shipped.recommendations[0].title
        (alarm,) = event.walk("VALARM")
        assert alarm["TRIGGER"].dt == timedelta(days=-7)

    def test_only_what_has_a_day_is_in_it_and_what_goes_on_no_more_rings_no_more(self, shipped: RuleSet) -> None:
        day = date(2100, 12, 31)
        plan = plan_of(
            shipped,
            ActionText(),
            ActionText(due_on=day, status=ActionStatus.DONE),
            ActionText(due_on=day, status=ActionStatus.DROPPED),
        )
        done, dropped = events(plan_ics(plan, NOW))
        assert done["SUMMARY"] == f"Done: {shipped.recommendations[1].title}"
        assert (done["STATUS"], dropped["STATUS"]) == ("CONFIRMED", "CANCELLED")
        assert done.walk("VALARM") == dropped.walk("VALARM") == []
        assert dropped["DTEND"].dt == date(2101, 1, 1)

    def test_the_same_plan_at_the_same_time_is_the_same_bytes(self, shipped: RuleSet) -> None:
        plan = plan_of(shipped, of_text("Ada"))
        assert plan_ics(plan, NOW) == plan_ics(plan, NOW)
