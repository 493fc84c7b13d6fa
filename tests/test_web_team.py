"""Teams on pages: from invitation to released result; who may open what; what a respondent can take back."""

import re
from pathlib import Path

import pytest
from conftest import RULES
from flask import Flask
from pages import PageClient
from people import app_with_accounts
from sqlalchemy import text
from teams import (
    PEER_SUPPORT_WORKER,
    answer_and_send,
    choose_team,
    close,
    enter,
    group_link,
    personal_links,
)

from readiness.mail_server import read_mail_server
from readiness.web.rules import database


@pytest.fixture
def tasks(client: PageClient) -> str:
    """The task list of a manager who has chosen a team."""
    tasks = client.start()
    assert "About" in choose_team(client, tasks).text
    return tasks


def test_a_team_is_a_choice_and_nothing_is_ticked_before(client: PageClient) -> None:
    page = client.get(f"{client.start()}our-team/")
    assert "Managers and staff often see different services" in page.text
    assert " checked" not in page.html


def test_looking_at_a_link_spends_nothing_and_entering_is_a_post(app: Flask, client: PageClient, tasks: str) -> None:
    (link,) = personal_links(client, tasks, "Ada")
    for _ in range(3):
        page = PageClient(app).get(link)
        assert "Who sees what" in page.text
        assert "24 months after the round was closed" in page.text
    before = PageClient(app).get(link).text
    enter(app, link)
    assert PageClient(app).get(link).text == before, "whether somebody has entered is told to nobody who only looks"
    refused = PageClient(app)
    again = refused.raw.get("/code")
    token = re.search(r'name="csrf_token" value="([^"]+)"', again.get_data(as_text=True))
    assert token is not None
    page = refused.post(link, {"csrf_token": token[1]})
    assert (page.status, "Somebody has entered by this link already" in page.text) == (409, True)


def test_beginning_twice_is_beginning_once(app: Flask, client: PageClient, tasks: str) -> None:
    (link,) = personal_links(client, tasks, "Ada")
    own = PageClient(app)
    page = own.get(link)
    first, second = (own.send(page, {}, "/i/") for _ in range(2))
    assert (first.status, second.status, second.path) == (200, 200, first.path)
    assert first.path != own.send(own.get(group_link(client, tasks)), {}, "/i/").path


def test_a_respondent_sees_only_what_their_role_is_asked(app: Flask, client: PageClient, tasks: str) -> None:
    own, path = enter(app, group_link(client, tasks))
    page = own.get(path)
    assert "Culture" in page.text
    assert "Resources" not in page.text
    assert own.get(f"{path}resources/money").status == 404


def test_a_code_opens_the_answers_on_another_computer_however_it_is_typed(
    app: Flask, client: PageClient, tasks: str
) -> None:
    _, path = enter(app, group_link(client, tasks))
    code = path.strip("/").rpartition("/")[2]
    elsewhere = PageClient(app)
    typed = code.lower().replace("-", " ").replace("0", "o")
    assert elsewhere.send(elsewhere.get("/code"), {"code": typed}, "/code").path == path
    for wrong, sentence in ((code[:-1], "16 letters and digits"), ("0" * 16, "No answers open with this code")):
        page = elsewhere.send(elsewhere.get("/code"), {"code": wrong}, "/code")
        assert (page.status, sentence in page.text) == (404, True)


def test_a_respondent_sees_no_result_and_no_page_of_the_manager(app: Flask, client: PageClient, tasks: str) -> None:
    own, path = answer_and_send(app, group_link(client, tasks))
    for page in ("result", "report.pdf", "result.json", "answers.yaml", "compare", "our-team/"):
        assert own.raw.get(f"{path}{page}").status_code == 404
    close(client, tasks)
    assert own.raw.get(f"{path}result").status_code == 404


def test_the_manager_sees_a_number_from_five_on_and_nothing_of_the_team_before_closing(
    app: Flask, client: PageClient, tasks: str
) -> None:
    link = group_link(client, tasks)
    for _ in range(4):
        answer_and_send(app, link)
    assert "Fewer than 5 people so far, or none" in client.get(f"{tasks}our-team/").text
    answer_and_send(app, link)
    assert "5 people have sent answers" in client.get(f"{tasks}our-team/").text


def test_answers_that_were_sent_can_be_taken_back_until_the_round_closes(
    app: Flask, client: PageClient, tasks: str
) -> None:
    own, path = answer_and_send(app, group_link(client, tasks))
    assert own.raw.get(f"{path}culture/").status_code == 200
    page = own.send(own.get(path), {}, "/take-back")
    assert "Check and send" in page.text
    own.send(own.get(f"{path}submit"), {}, "/submit")
    close(client, tasks)
    page = own.get(path)
    assert "your answers were sent in time" in page.text
    assert "/take-back" not in page.html


def test_deleted_answers_are_gone_and_a_personal_link_admits_again(app: Flask, client: PageClient, tasks: str) -> None:
    (link,) = personal_links(client, tasks, "Ada Lovelace ada@example.org")
    own, path = answer_and_send(app, link)
    with app.app_context(), database().connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM answers")).scalar_one() > 0
    page = own.send(own.get(f"{path}delete"), {}, "/delete")
    assert "None of them is kept here" in page.text
    with app.app_context(), database().connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM answers")).scalar_one() == 0
    assert own.get(path).status == 404
    enter(app, link)


def test_nothing_joins_an_invitation_with_answers(app: Flask, client: PageClient, tasks: str) -> None:
    """Whoever reads the database finds no value that stands in both tables, and no time in either."""
    for link in personal_links(client, tasks, "\n".join(f"Person {number}" for number in range(6))):
        answer_and_send(app, link)
    with app.app_context(), database().connect() as connection:
        invitations = connection.execute(text("SELECT id, receipt FROM invitations")).all()
        responses = connection.execute(text("SELECT id, key_hash FROM responses")).all()
        keys = connection.execute(text("SELECT key_hash FROM invitation_keys")).scalars().all()
        columns = [
            row[1].upper()
            for table in ("invitations", "responses", "answers", "pages")
            for row in [(None, row[2]) for row in connection.execute(text(f"PRAGMA table_info({table})"))]
        ]
    assert not ({value for row in invitations for value in row} | set(keys)) & {v for row in responses for v in row}
    assert not [kind for kind in columns if "DATE" in kind or "TIME" in kind]
    with app.app_context(), database().connect() as connection, pytest.raises(Exception, match="rowid"):
        connection.execute(text("SELECT rowid FROM responses"))


def test_below_five_a_consensus_sheet_is_filled_in_together(app: Flask, client: PageClient, tasks: str) -> None:
    sheet = client.send(client.get(f"{tasks}our-team/"), {}, "/our-team/consensus")
    assert "This is the consensus sheet" in sheet.text
    client.answer_everything(sheet.path, 1)
    client.answer_everything(tasks, 0)
    page = close(client, tasks)
    assert page.path.endswith("/result")


def test_a_second_role_of_few_is_not_told_apart(app: Flask, client: PageClient, tasks: str) -> None:
    workers, peers = group_link(client, tasks), group_link(client, tasks, PEER_SUPPORT_WORKER)
    for _ in range(6):
        answer_and_send(app, workers)
    for _ in range(3):
        answer_and_send(app, peers, 2)
    client.answer_everything(tasks)
    close(client, tasks)
    with app.app_context(), database().connect() as connection:
        (content,) = connection.execute(text("SELECT content FROM releases")).scalars()
    assert b'"people": 9' in content
    assert b'"people": 3' not in content


def test_late_answers_wait_until_they_are_five(app: Flask, client: PageClient, tasks: str) -> None:
    link = group_link(client, tasks)
    for _ in range(5):
        answer_and_send(app, link)
    client.answer_everything(tasks)
    close(client, tasks)
    client.send(client.get(f"{tasks}result"), {}, "/reopen")
    for count in range(5):
        answer_and_send(app, link, 3)
        close(client, tasks)
        with app.app_context(), database().connect() as connection:
            numbers = connection.execute(text("SELECT number FROM releases ORDER BY number")).scalars().all()
        assert numbers == ([1] if count < 4 else [1, 2])
        client.send(client.get(f"{tasks}result"), {}, "/reopen")


def test_people_with_an_address_get_their_link_by_mail_and_reminders_say_nothing(tmp_path: Path) -> None:
    """The page after a reminder is the same whoever has answered, and no page lists reminders."""
    app = app_with_accounts(
        tmp_path, ACCOUNTS=False, RULES=RULES, SMTP=read_mail_server("smtp://localhost:1"), MAIL_FROM="r@e.org"
    )
    client = PageClient(app)
    tasks = client.start()
    choose_team(client, tasks)
    (link, _) = personal_links(client, tasks, "Ada a@example.org\nBen")
    kinds = "SELECT kind FROM mails ORDER BY kind"
    with app.app_context(), database().connect() as connection:
        assert connection.execute(text(kinds)).scalars().all() == ["invitation"]
    pages = []
    for _ in range(2):
        pages.append(client.send(client.get(f"{tasks}our-team/"), {}, "/remind").text)
        answer_and_send(app, link) if len(pages) == 1 else None
    assert pages[0] == pages[1]
    with app.app_context(), database().connect() as connection:
        assert connection.execute(text(kinds)).scalars().all() == ["invitation", "reminder"]


def test_an_empty_questionnaire_is_not_sent(app: Flask, client: PageClient, tasks: str) -> None:
    own, path = enter(app, group_link(client, tasks))
    page = own.send(own.get(f"{path}submit"), {}, "/submit")
    assert (page.status, "You have not answered anything yet" in page.text) == (400, True)
    assert "/take-back" not in own.get(path).html


def test_after_the_close_nothing_is_offered_that_no_longer_works(app: Flask, client: PageClient, tasks: str) -> None:
    own, path = answer_and_send(app, group_link(client, tasks))
    assert "Delete my answers" in own.get(path).text
    close(client, tasks)
    assert "Delete my answers" not in own.get(path).text
