"""Teams on paper: the sheets as PDF, what is typed for an answer, sheets in the database, the page of keys."""

import re
from io import BytesIO
from pathlib import Path

import page as gate
import pypdf
import pytest
from click.testing import CliRunner
from flask import Flask
from pages import Page, PageClient
from sqlalchemy import text
from teams import MENTAL_HEALTH_WORKER, TEAM, choose_team, close

from readiness.cli import main
from readiness.engine.answers import Missing, Phase, Role
from readiness.engine.ruleset import RuleSet
from readiness.report.paper import TEAM as TOGETHER
from readiness.report.paper import Paper, Told, key_for, keys_of, typed_answer
from readiness.report.pdf import render_questionnaire
from readiness.store import paper as paper_store
from readiness.store import teams as teams_store
from readiness.store.codes import normalised_code
from readiness.web.rules import database

WORKER = Role.MENTAL_HEALTH_WORKER
SECTIONS = frozenset({"culture", "attitudes"})


def words(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages).split())


def sheet_of(ruleset: RuleSet, phase: Phase = Phase.AFTER) -> Paper:
    return Paper(ruleset, phase, (WORKER,), SECTIONS, service="Clinic <North>", told=Told(7, 3))


class TestForm:
    def test_a_sheet_asks_what_its_role_is_asked_and_numbers_it(self, shipped: RuleSet) -> None:
        paper = sheet_of(shipped)
        asked = [
            item
            for section in shipped.instrument.sections
            for item in section.items
            if section.code in SECTIONS and WORKER in item.asked and Phase.AFTER in item.ask
        ]
        assert list(paper.numbers) == [item.code for item in asked]
        found = words(render_questionnaire(paper))
        for number, item in enumerate(asked, 1):
            assert f"{number}. {' '.join(item.ask[Phase.AFTER].split())}" in found
        assert "Resources" not in found

    def test_a_sheet_tells_what_is_told_on_screen_before_one_begins(self, shipped: RuleSet) -> None:
        found = words(render_questionnaire(sheet_of(shipped)))
        for told in (
            "Write no name on this sheet",
            "Clinic <North>",
            "Mental health worker",
            "groups of 7 people or more",
            "Whoever types the sheets in sees each of them, without a name",
            "deleted 3 months after the round was closed",
            "Taking part is voluntary",
            "confidential, not anonymous",
        ):
            assert told in found
        assert "Notes" not in found
        assert "Date" not in found

    def test_a_consensus_sheet_is_filled_in_together_and_asks_what_any_role_is_asked(self, shipped: RuleSet) -> None:
        paper = Paper(shipped, Phase.BEFORE, TOGETHER, SECTIONS, together=True)
        found = words(render_questionnaire(paper))
        assert "Consensus sheet" in found
        assert "Fill this sheet in together" in found
        assert "Roles that took part" in found
        assert set(Paper(shipped, Phase.BEFORE, (WORKER,), SECTIONS).numbers) < set(paper.numbers)

    def test_each_page_bears_a_mark_that_differs_where_the_questions_do(self, shipped: RuleSet) -> None:
        one, other = sheet_of(shipped), sheet_of(shipped, Phase.BEFORE)
        assert one.mark != other.mark
        assert one.mark == sheet_of(shipped).mark
        pages = [page.extract_text() for page in pypdf.PdfReader(BytesIO(render_questionnaire(one))).pages]
        assert all(one.mark in page for page in pages)

    @pytest.mark.parametrize("together", [True, False])
    def test_the_sheets_are_tagged(self, shipped: RuleSet, together: bool) -> None:
        paper = Paper(shipped, Phase.AFTER, TOGETHER, SECTIONS, together=True) if together else sheet_of(shipped)
        checked = gate.validate_pdf_bytes(render_questionnaire(paper), profile=gate.ValidationProfile.PDF_UA_1)
        assert [f"{failure.rule_id}: {failure.message}" for failure in checked.failures] == []


class TestKeys:
    def test_every_answer_has_a_key_and_comes_back_from_it(self, shipped: RuleSet) -> None:
        for item in shipped.instrument.items.values():
            assert set(keys_of(item)) >= {"1", "?", "x", ""}
            for key, answer in keys_of(item).items():
                assert typed_answer(item, key) == answer
                assert typed_answer(item, key_for(item, answer)) == answer

    @pytest.mark.parametrize(
        ("typed", "key"),
        [(" 2 ", "2"), ("٢", "2"), ("२", "2"), ("X", "x"), ("×", "x"), ("？", "?"), ("؟", "?"), ("–", "-"), ("−", "-")],
    )
    def test_the_signs_of_any_keyboard_count(self, shipped: RuleSet, typed: str, key: str) -> None:
        item = next(item for item in shipped.instrument.items.values() if item.not_applicable)
        assert typed_answer(item, typed) == keys_of(item)[key]

    @pytest.mark.parametrize("typed", ["0", "9", "12", "²", "-1", "1.0", "xx", "yes", "\u200b1", "1" * 500])
    def test_anything_else_is_no_answer(self, shipped: RuleSet, typed: str) -> None:
        item = next(iter(shipped.instrument.items.values()))
        assert typed_answer(item, typed) is None

    def test_does_not_apply_counts_only_where_it_is_offered(self, shipped: RuleSet) -> None:
        for item in shipped.instrument.items.values():
            assert (typed_answer(item, "-") is Missing.NOT_APPLICABLE) == (item.not_applicable is not None)


@pytest.fixture
def tasks(client: PageClient) -> str:
    """The task list of a manager who has chosen a team."""
    tasks = client.start()
    choose_team(client, tasks, {**TEAM, "service_user": []})
    return tasks


def fields(page: Page) -> list[str]:
    """The names of the fields to type in."""
    return [field.get("name") or "" for field in page.root.iter("input") if field.get("type") == "text"]


def typed_on(page: Page) -> set[str]:
    """What stands in the fields."""
    return {field.get("value") or "" for field in page.root.iter("input") if field.get("type") == "text"}


def type_in(client: PageClient, page: Page, key: str = "1", action: str = "enter", **other: str) -> Page:
    """Type the same key in every field, and press a button."""
    return client.send(page, {**dict.fromkeys(fields(page), key), "action": action, **other}, "/our-team/paper/")


def stored(app: Flask, query: str) -> list[object]:
    with app.app_context(), database().connect() as connection:
        return list(connection.execute(text(query)).scalars())


SHEETS = "SELECT id FROM responses WHERE role = 'mental_health_worker'"


class TestEntering:
    def test_a_sheet_is_stored_whole_as_sent_and_the_page_comes_back_empty(
        self, app: Flask, client: PageClient, tasks: str
    ) -> None:
        page = client.get(f"{tasks}our-team/paper/{MENTAL_HEALTH_WORKER}")
        names = fields(page)
        assert "0 sheets were entered in this sitting" in page.text
        page = type_in(client, page, "1", **{names[0]: "?", names[1]: "x", names[2]: ""})
        assert "1 sheet was entered in this sitting" in page.text
        assert typed_on(page) == {""}
        assert stored(app, f"SELECT is_submitted FROM responses WHERE id IN ({SHEETS})") == [1]
        assert len(stored(app, "SELECT item FROM answers")) == len(names) - 2
        assert stored(app, f"SELECT value FROM answers WHERE item = '{names[0]}'") == ["dont_know"]
        assert stored(app, "SELECT id FROM invitations") == []

    def test_the_order_and_the_numbers_are_those_of_the_paper(
        self, client: PageClient, tasks: str, shipped: RuleSet
    ) -> None:
        page = client.get(f"{tasks}our-team/paper/{MENTAL_HEALTH_WORKER}")
        paper = sheet_of(shipped)
        assert fields(page) == list(paper.numbers)
        assert paper.mark in page.text
        for code, number in paper.numbers.items():
            assert f"{number}. {shipped.instrument.items[code].short}" in page.text

    def test_a_double_submit_enters_a_sheet_once_and_counts_it_once(
        self, app: Flask, client: PageClient, tasks: str
    ) -> None:
        page = client.get(f"{tasks}our-team/paper/{MENTAL_HEALTH_WORKER}")
        for _ in range(3):
            assert "1 sheet was entered in this sitting" in type_in(client, page).text
        assert len(stored(app, SHEETS)) == 1
        second = type_in(client, client.get(f"{tasks}our-team/paper/{MENTAL_HEALTH_WORKER}"))
        assert "2 sheets were entered in this sitting" in second.text
        assert len(stored(app, SHEETS)) == 2

    def test_another_sheet_from_a_page_that_was_sent_is_not_lost_and_asked_about(
        self, app: Flask, client: PageClient, tasks: str
    ) -> None:
        page = client.get(f"{tasks}our-team/paper/{MENTAL_HEALTH_WORKER}")
        type_in(client, page)
        again = type_in(client, page, "2")
        assert (again.status, "A sheet with other answers was entered from this page" in again.text) == (409, True)
        assert len(stored(app, SHEETS)) == 1
        assert "2 sheets were entered" in type_in(client, again, "2").text
        assert len(stored(app, SHEETS)) == 2

    def test_everything_wrong_is_named_at_once_and_kept(self, app: Flask, client: PageClient, tasks: str) -> None:
        page = client.get(f"{tasks}our-team/paper/{MENTAL_HEALTH_WORKER}")
        first, second, third, *_ = fields(page)
        page = type_in(client, page, "1", **{first: "9", second: "-", third: "<b>"})
        assert page.status == 400
        for number, typed in ((1, "9"), (2, "-"), (3, "<b>")):
            assert re.search(rf"{number}\. [^“]+: “{typed}” is no answer to it", page.text)
        kept = {field.get("name"): field.get("value") for field in page.root.iter("input")}
        assert (kept[first], kept[second], kept[third], kept[fields(page)[3]]) == ("9", "-", "<b>", "1")
        assert stored(app, SHEETS) == []

    def test_checking_enters_nothing_and_goes_on_at_the_first_empty_field(
        self, app: Flask, client: PageClient, tasks: str
    ) -> None:
        page = client.get(f"{tasks}our-team/paper/{MENTAL_HEALTH_WORKER}")
        buttons = [button.get("value") for button in page.root.iter("button") if button.get("name") == "action"]
        assert buttons[0] == "check", "Enter in a field presses the first button where there is no JavaScript"
        first, second, *_ = fields(page)
        page = type_in(client, page, "", "check", **{first: "1"})
        assert "1 of" in page.text
        assert [field.get("name") for field in page.root.iter("input") if "autofocus" in field.attrib] == [second]
        assert stored(app, SHEETS) == []

    def test_a_blank_sheet_is_left_out(self, app: Flask, client: PageClient, tasks: str) -> None:
        page = type_in(client, client.get(f"{tasks}our-team/paper/{MENTAL_HEALTH_WORKER}"), "x")
        assert (page.status, "Nothing is answered here" in page.text) == (400, True)
        assert stored(app, SHEETS) == []

    @pytest.mark.parametrize("change", ["a field is missing", "a field is foreign", "no form", "two values"])
    def test_what_our_page_does_not_send_enters_nothing(
        self, app: Flask, client: PageClient, tasks: str, change: str
    ) -> None:
        page = client.get(f"{tasks}our-team/paper/{MENTAL_HEALTH_WORKER}")
        path, sent = page.form("/our-team/paper/")
        for name in fields(page):
            sent[name] = "1"
        if change == "two values":
            sent.add(fields(page)[0], "2")
        elif change == "a field is foreign":
            sent["role"] = "manager"
        else:
            del sent["form" if change == "no form" else fields(page)[0]]
        pairs = [(name, value) for name, values in sent.lists() for value in values]
        assert client.post(path, pairs).status == 400
        assert stored(app, SHEETS) == []

    def test_a_lost_session_loses_nothing_that_was_typed(self, app: Flask, client: PageClient, tasks: str) -> None:
        page = client.get(f"{tasks}our-team/paper/{MENTAL_HEALTH_WORKER}")
        page = type_in(client, page, "1", csrf_token="stale")
        assert (page.status, "session had ended" in page.text) == (400, True)
        assert page.html.count('value="1" dir="ltr"') == len(fields(page))
        assert stored(app, SHEETS) == []
        assert "1 sheet was entered" in client.send(page, {"action": "enter"}, "/our-team/paper/").text

    def test_no_code_opens_a_sheet_and_its_form_does_not_either(
        self, app: Flask, client: PageClient, tasks: str
    ) -> None:
        page = client.get(f"{tasks}our-team/paper/{MENTAL_HEALTH_WORKER}")
        _, sent = page.form("/our-team/paper/")
        type_in(client, page)
        assert client.get(f"/a/{sent['form']}/").status == 404
        assert normalised_code(sent["form"]) is None
        (sheet,) = stored(app, SHEETS)
        assert client.get(f"/a/{sheet}/").status == 404

    def test_sheets_and_answers_on_screen_are_released_as_one_group(
        self, app: Flask, client: PageClient, tasks: str
    ) -> None:
        for _ in range(5):
            type_in(client, client.get(f"{tasks}our-team/paper/{MENTAL_HEALTH_WORKER}"))
        assert "5 people have sent answers" in client.get(f"{tasks}our-team/").text
        client.answer_everything(tasks)
        close(client, tasks)
        assert '"people": 5' in bytes(stored(app, "SELECT content FROM releases")[0]).decode()  # type: ignore[call-overload]


class TestConsensus:
    @pytest.fixture
    def sheet(self, client: PageClient, tasks: str) -> Page:
        return client.send(client.get(f"{tasks}our-team/"), {}, "/our-team/consensus")

    def test_it_is_typed_in_the_same_way_and_can_be_changed_again(
        self, client: PageClient, tasks: str, sheet: Page
    ) -> None:
        page = client.get(f"{tasks}our-team/paper/consensus")
        after = type_in(client, page)
        assert after.path == sheet.path
        assert after.text.count("Complete") == 2
        assert typed_on(client.get(page.path)) == {"1"}
        type_in(client, client.get(page.path), "2")
        assert typed_on(client.get(page.path)) == {"2"}

    def test_a_sheet_that_was_changed_elsewhere_is_shown_before_it_is_stored(
        self, client: PageClient, tasks: str, sheet: Page
    ) -> None:
        page = client.get(f"{tasks}our-team/paper/consensus")
        type_in(client, client.get(page.path), "2")
        stale = type_in(client, page, "1")
        assert (stale.status, "“2” is stored, “1” is typed" in stale.text) == (409, True)
        assert type_in(client, stale, "1").path == sheet.path
        assert type_in(client, page, "1").path == sheet.path, "sending the same again is no error"


class TestLimits:
    def test_an_unknown_role_and_one_that_was_not_chosen_get_a_sentence(self, client: PageClient, tasks: str) -> None:
        for path in ("form/nobody.pdf", "paper/nobody", "paper/manager", "form/manager.pdf"):
            page = client.get(f"{tasks}our-team/{path}")
            assert (page.status, "There is no sheet of such a role" in page.text) == (404, True)
        for path in ("form/service_user.pdf", "paper/service_user"):
            page = client.get(f"{tasks}our-team/{path}")
            assert (page.status, "Choose first which sections people in this role answer" in page.text) == (409, True)

    def test_without_a_team_there_is_no_consensus_sheet(self, client: PageClient) -> None:
        page = client.get(f"{client.start()}our-team/form/consensus.pdf")
        assert (page.status, "Choose first which sections the team answers" in page.text) == (409, True)

    def test_sheets_of_one_way_do_not_enter_while_the_team_answers_in_the_other(
        self, app: Flask, client: PageClient, tasks: str
    ) -> None:
        page = client.get(f"{tasks}our-team/paper/consensus")
        assert (page.status, "Choose “Use a consensus sheet”" in page.text) == (409, True)
        open_before = client.get(f"{tasks}our-team/paper/{MENTAL_HEALTH_WORKER}")
        client.send(client.get(f"{tasks}our-team/"), {}, "/our-team/consensus")
        for page in (client.get(open_before.path), type_in(client, open_before)):
            assert (page.status, "The team answers together on one sheet" in page.text) == (409, True)
        assert stored(app, SHEETS) == []

    def test_a_closed_round_takes_no_sheet_and_keeps_what_was_typed(
        self, app: Flask, client: PageClient, tasks: str
    ) -> None:
        page = client.get(f"{tasks}our-team/paper/{MENTAL_HEALTH_WORKER}")
        close(client, tasks)
        late = type_in(client, page)
        assert (late.status, "This round of questions has been closed" in late.text) == (409, True)
        assert 'value="1" dir="ltr"' in late.html
        assert client.get(page.path).status == 409
        assert stored(app, SHEETS) == []

    def test_no_more_sheets_enter_than_fit(
        self, app: Flask, client: PageClient, tasks: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(teams_store, "MOST_RESPONDENTS", 2)
        monkeypatch.setattr(paper_store, "MOST_RESPONDENTS", 2)
        first = client.get(f"{tasks}our-team/paper/{MENTAL_HEALTH_WORKER}")
        type_in(client, first)
        full = type_in(client, client.get(first.path))
        assert (full.status, "There are 2 respondents already; no more fit" in full.text) == (409, True)
        assert type_in(client, first).status == 200, "one that has entered is still there"

    def test_only_who_may_manage_gets_a_form_or_types_in(self, app: Flask, client: PageClient, tasks: str) -> None:
        sheet = client.send(client.get(f"{tasks}our-team/"), {}, "/our-team/consensus").path
        for path in (f"form/{MENTAL_HEALTH_WORKER}.pdf", f"paper/{MENTAL_HEALTH_WORKER}"):
            assert client.raw.get(f"{sheet}our-team/{path}").status_code == 404


def test_the_page_of_the_team_offers_a_form_for_each_role_that_was_chosen(client: PageClient, tasks: str) -> None:
    links = client.get(f"{tasks}our-team/").links().values()
    forms = [link for link in links if "/our-team/form/" in link]
    assert [link for link in forms if "service_user" in link] == []
    answer = client.raw.get(f"{tasks}our-team/form/{MENTAL_HEALTH_WORKER}.pdf")
    assert answer.mimetype == "application/pdf"
    assert "Write no name on this sheet" in words(answer.data)
    assert "Fill this sheet in together" in words(client.raw.get(f"{tasks}our-team/form/consensus.pdf").data)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--role", "other"], "Nothing is asked there"),
        (["--role", MENTAL_HEALTH_WORKER, "--sections", "cultur"], "did you mean culture?"),
        (["--role", MENTAL_HEALTH_WORKER, "--consensus"], "Choose one"),
        (["--role", "manager"], "Invalid value for '--role'"),
    ],
)
def test_the_command_line_says_what_is_wrong_and_writes_nothing(
    tmp_path: Path, options: list[str], sentence: str
) -> None:
    done = CliRunner().invoke(main, ["questionnaire", "--pdf", str(tmp_path / "x.pdf"), *options])
    assert (done.exit_code, sentence in done.output) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_the_command_line_writes_the_sheet_of_a_role_and_the_consensus_sheet(tmp_path: Path) -> None:
    target = tmp_path / "x.pdf"
    role = ["--role", MENTAL_HEALTH_WORKER, "--sections", "culture, attitudes"]
    for options, sentence in ((role, "groups of 5 people or more"), (["--consensus"], "Fill this sheet in together")):
        assert CliRunner().invoke(main, ["questionnaire", "--pdf", str(target), *options]).exit_code == 0
        assert sentence in words(target.read_bytes())
