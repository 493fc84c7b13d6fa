"""Mail on pages: links of accounts and of respondents are queued, failed mails are told of, reminders never are."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from pages import Page, PageClient
from people import ADMINISTRATOR, add_administrator, add_person, app_with_accounts, browser_of, link_on
from smtp_server import MailServerForTests, free_port, mail_server
from sqlalchemy import select

from readiness.engine.answers import Phase, Role
from readiness.language import speaking
from readiness.mail import Post
from readiness.mail_sender import Sent, send_due
from readiness.mail_server import MailServer, Security
from readiness.permissions import AccountRole
from readiness.store.accounts import Purpose
from readiness.store.assessments import Assessment, find_assessment, start_assessment
from readiness.store.invitations import invite_respondent, invited, reminders, remove_invitation
from readiness.store.mails import (
    WAITS,
    Reason,
    State,
    Trouble,
    dismiss_mail,
    invitation_mails,
    send_again,
    server_trouble,
)
from readiness.store.models import MailRow
from readiness.store.releases import close_wave
from readiness.store.teams import choose_team, enter, send_response
from readiness.web.identity import now
from readiness.web.mail_texts import (
    REASONS,
    AskedBy,
    account_letter,
    invitation_letter,
    reminder_letter,
    trouble_words,
)
from readiness.web.mails import queue_invitation, queue_reminders
from readiness.web.rules import current_ruleset, database

ASKED = AskedBy("Clinic North", "Mara", 12, 5)
FROM = "readiness@example.org"


@pytest.fixture
def server() -> Iterator[MailServerForTests]:
    with mail_server() as server:
        yield server


def app_with_mail(folder: Path, port: int) -> Flask:
    """An installation with an administrator and a mail server on a port of this computer."""
    app = app_with_accounts(folder, SMTP=MailServer("127.0.0.1", port, Security.NONE), MAIL_FROM=FROM)
    add_administrator(app)
    return app


@pytest.fixture
def app(tmp_path: Path, server: MailServerForTests) -> Iterator[Flask]:
    app = app_with_mail(tmp_path, server.port)
    yield app
    with app.app_context():
        database().dispose()


@pytest.fixture
def ada(app: Flask) -> PageClient:
    return browser_of(app, ADMINISTRATOR)


def send(app: Flask, later: timedelta = timedelta()) -> Sent:
    """Send what is due, as the process beside the server does."""
    with app.app_context():
        post = Post(app.config["SMTP"], app.config["MAIL_FROM"])
        return send_due(database(), post, app.config["SECRET_KEY"], lambda: datetime.now(UTC) + later)


def invitation(ada: PageClient) -> Page:
    filled = {"name": "Cleo", "address": "cleo@example.org", "roles": "manager"}
    return ada.send(ada.get("/people/"), filled, "/people/")


def rows(app: Flask) -> list[tuple[object, ...]]:
    with app.app_context(), database().connect() as connection:
        return [tuple(row) for row in connection.execute(select(MailRow.__table__))]


class TestLinksOfAccounts:
    def test_an_invitation_is_mailed_and_can_be_copied_as_well(
        self, app: Flask, ada: PageClient, server: MailServerForTests
    ) -> None:
        page = invitation(ada)
        assert "Queued to cleo@example.org. If it cannot be delivered, the page People says so." in page.text
        assert send(app) == Sent(delivered=1)
        (taken,) = server.taken
        assert taken.to == ["cleo@example.org"]
        assert link_on(page) in taken.text
        assert "Hello Cleo," in taken.text
        assert PageClient(app).get(link_on(page)).status == 200
        assert "Mail that has not arrived" not in ada.get("/people/").text

    def test_a_link_for_a_new_password_is_mailed(self, app: Flask, ada: PageClient, server: MailServerForTests) -> None:
        add_person(app, "ben@example.org", "Ben", AccountRole.MANAGER)
        person = ada.get(ada.get("/people/").links()["Ben"])
        page = ada.send(person, {}, "/link")
        assert send(app) == Sent(delivered=1)
        assert link_on(page) in server.taken[0].text
        assert server.taken[0].message["Subject"] == "A new password for Readiness"

    def test_without_a_mail_server_nothing_is_queued_and_the_page_says_so(self, tmp_path: Path) -> None:
        app = app_with_accounts(tmp_path)
        add_administrator(app)
        ada = browser_of(app, ADMINISTRATOR)
        assert "No mail is sent." in ada.get("/people/").text
        assert "Queued to" not in invitation(ada).text
        assert rows(app) == []
        with app.app_context():
            database().dispose()

    def test_a_mail_server_that_is_down_makes_no_page_slow_and_the_page_says_that_it_is_down(
        self, tmp_path: Path
    ) -> None:
        app = app_with_mail(tmp_path, free_port())
        ada = browser_of(app, ADMINISTRATOR)
        start = time.monotonic()
        page = invitation(ada)
        assert time.monotonic() - start < 5
        assert "Queued to cleo@example.org" in page.text
        assert send(app) == Sent(undelivered=1)
        people = ada.get("/people/")
        assert "No mail goes out just now; what waits is tried again by itself. The mail server did not" in people.text
        assert "Tried once, waits" in people.text
        with app.app_context():
            database().dispose()

    def test_a_failed_mail_stands_on_the_page_with_its_reason_and_is_sent_again(
        self, app: Flask, ada: PageClient, server: MailServerForTests
    ) -> None:
        invitation(ada)
        server.does.refused = {"cleo@example.org": "550 <b>no such person</b>"}
        send(app)
        people = ada.get("/people/")
        assert "Failed" in people.text
        assert "does not take mail to this address. It was said: “550 <b>no such person</b>”" in people.text
        server.does.refused = {}
        again = ada.send(people, {}, "/again")
        assert "Mail that has not arrived" not in again.text
        assert send(app) == Sent(delivered=1)

    def test_a_failed_mail_is_dismissed_and_its_link_still_opens(
        self, app: Flask, ada: PageClient, server: MailServerForTests
    ) -> None:
        link = link_on(invitation(ada))
        server.does.refused = {"cleo@example.org": "550 no such person"}
        send(app)
        after = ada.send(ada.get("/people/"), {}, "/dismiss")
        assert "Mail that has not arrived" not in after.text
        assert PageClient(app).get(link).status == 200

    def test_a_new_link_is_mailed_instead_of_the_one_before(
        self, app: Flask, ada: PageClient, server: MailServerForTests
    ) -> None:
        first = link_on(invitation(ada))
        person = ada.get(ada.get("/people/").links()["Cleo"])
        second = link_on(ada.send(person, {}, "/link"))
        assert send(app) == Sent(delivered=1)
        assert second in server.taken[0].text
        assert first not in server.taken[0].text

    def test_only_administrators_send_mails_again_or_dismiss_them(
        self, app: Flask, ada: PageClient, server: MailServerForTests
    ) -> None:
        invitation(ada)
        server.does.refused = {"cleo@example.org": "550 no such person"}
        send(app)
        add_person(app, "ben@example.org", "Ben", AccountRole.MANAGER)
        ben = browser_of(app, "ben@example.org")
        token = re.findall(r'name="csrf_token" value="([^"]+)"', ben.get("/").html)[0]
        for path in set(re.findall(r'action="(/people/mails/[^"]+)"', ada.get("/people/").html)):
            assert ben.post(path, {"csrf_token": token}).status == 403
        assert "Failed" in ada.get("/people/").text


class Team:
    """A wave in which three people were invited by mail, and what opens it."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        today = date(2026, 3, 2)
        ruleset = current_ruleset()
        key = start_assessment(database(), "Clinic North", Phase.AFTER, ruleset.identity.digest, today)
        self.wave: Assessment = find_assessment(database(), key)
        section = next(iter(ruleset.instrument.sections)).code
        choose_team(database(), self.wave, {Role.PEER_SUPPORT_WORKER: [section]})
        self.keys = {name: self.invite(name) for name in ("Ina", "Jon", "Kim")}

    def invite(self, name: str) -> str:
        address = f"{name.lower()}@example.org"
        key = invite_respondent(database(), self.wave, Role.PEER_SUPPORT_WORKER, name, address)
        assert queue_invitation(self.wave.id, name, address, key, f"https://r.example.org/join/{key}", ASKED)
        return key

    def answer(self, name: str) -> None:
        code = enter(database(), self.keys[name])
        send_response(database(), find_assessment(database(), code))

    def remind(self) -> None:
        found = reminders(database(), self.wave)
        letters = [(each, f"https://r.example.org/join/{each.key}", ASKED) for each in found]
        assert queue_reminders(self.wave.id, letters)

    def shown(self) -> dict[str, State]:
        """What a page may show of mails, by name."""
        names = {each.id: each.name for each in invited(database(), self.wave)}
        return {names[id]: mail.state for id, mail in invitation_mails(database(), self.wave.id).items()}


@pytest.fixture
def team(app: Flask) -> Iterator[Team]:
    with app.test_request_context("/"):
        yield Team(app)


class TestMailsToRespondents:
    def test_an_invitation_says_what_for_how_long_who_sees_what_and_leads_there(
        self, app: Flask, team: Team, server: MailServerForTests
    ) -> None:
        assert send(app) == Sent(delivered=3)
        mails = {taken.to[0]: taken for taken in server.taken}
        said = " ".join(mails["ina@example.org"].text.split())
        for fact in ("Hello Ina,", "Mara asks you", "Clinic North", "about 12 minutes", "confidential, not anonymous"):
            assert fact in said
        assert "at least 5 people" in said
        assert f"https://r.example.org/join/{team.keys['Ina']}" in mails["ina@example.org"].text
        assert team.keys["Jon"] not in said

    def test_reminders_go_to_everybody_with_one_text(self, app: Flask, team: Team, server: MailServerForTests) -> None:
        send(app)
        team.answer("Ina")
        enter(database(), team.keys["Jon"])
        team.remind()
        team.remind()
        assert send(app) == Sent(delivered=3), "a second press replaces what still waits"
        said = {taken.to[0]: taken.text for taken in server.taken[3:]}
        assert set(said) == {"ina@example.org", "jon@example.org", "kim@example.org"}
        texts = {re.sub(r"Hello \w+|join/\S+", "", text) for text in said.values()}
        assert len(texts) == 1

    def test_nothing_that_can_be_shown_changes_when_people_answer_or_are_reminded(
        self, app: Flask, team: Team, server: MailServerForTests
    ) -> None:
        server.does.refused = {"jon@example.org": "550 no such person"}
        send(app)
        before = invitation_mails(database(), team.wave.id)
        assert team.shown() == {"Ina": State.SENT, "Jon": State.FAILED, "Kim": State.SENT}
        team.answer("Ina")
        team.remind()
        assert invitation_mails(database(), team.wave.id) == before
        server.does.refused["kim@example.org"] = "550 no such person"
        send(app)
        assert invitation_mails(database(), team.wave.id) == before
        assert server_trouble(database()) is None

    def test_a_reminder_leaves_nothing_behind_whether_it_arrived_or_was_refused(
        self, app: Flask, team: Team, server: MailServerForTests
    ) -> None:
        send(app)
        before = rows(app)
        team.remind()
        server.does.refused = {"kim@example.org": "550 no such person"}
        assert send(app) == Sent(delivered=2, undelivered=1)
        assert rows(app) == before

    def test_a_reminder_that_waits_names_no_person_and_no_link(self, app: Flask, team: Team) -> None:
        before = rows(app)
        team.remind()
        for row in set(rows(app)) - set(before):
            assert [part for part in row if isinstance(part, str) and part not in ("reminder", "waiting", "")] == [
                row[0],
                team.wave.id,
            ]

    def test_a_reminder_is_neither_sent_again_nor_dismissed_by_its_id(
        self, app: Flask, team: Team, server: MailServerForTests
    ) -> None:
        team.remind()
        server.does.refused_sender = "553 not yours"
        for days in range(6):
            send(app, timedelta(days=days))
        kept = [row for row in rows(app) if row[1] == "reminder"]
        assert {row[4] for row in kept} == {"failed"}
        assert {row[8] for row in kept} == {None}
        dismiss_mail(database(), str(kept[0][0]), team.wave.id)
        with pytest.raises(Exception, match="not kept any more"):
            send_again(database(), str(kept[0][0]), now(), team.wave.id)
        assert [row for row in rows(app) if row[1] == "reminder"] == kept
        trouble = server_trouble(database())
        assert trouble is not None
        assert trouble.reason is Reason.SENDER

    def test_an_invitation_that_failed_is_sent_again_by_its_own_wave_only(
        self, app: Flask, team: Team, server: MailServerForTests
    ) -> None:
        server.does.refused = {"kim@example.org": "550 no such person"}
        send(app)
        failed = next(mail for mail in invitation_mails(database(), team.wave.id).values() if mail.trouble)
        for wave in (None, "another"):
            with pytest.raises(Exception, match="not kept any more"):
                send_again(database(), failed.id, now(), wave)
        send_again(database(), failed.id, now(), team.wave.id)
        server.does.refused = {}
        assert send(app) == Sent(delivered=1)

    def test_somebody_taken_off_the_list_gets_no_mail_any_more(
        self, app: Flask, team: Team, server: MailServerForTests
    ) -> None:
        kim = next(each for each in invited(database(), team.wave) if each.name == "Kim")
        remove_invitation(database(), team.wave, kim.id)
        send(app)
        assert sorted(taken.to[0] for taken in server.taken) == ["ina@example.org", "jon@example.org"]

    def test_nobody_is_reminded_of_a_wave_that_was_closed_meanwhile(
        self, app: Flask, team: Team, server: MailServerForTests
    ) -> None:
        send(app)
        team.remind()
        close_wave(database(), team.wave, current_ruleset().instrument, 5, date(2026, 3, 3))
        assert send(app) == Sent()
        assert len(server.taken) == 3

    def test_somebody_without_an_address_gets_no_mail(self, team: Team) -> None:
        key = invite_respondent(database(), team.wave, Role.PEER_SUPPORT_WORKER, "Lea", "")
        assert not queue_invitation(team.wave.id, "Lea", "", key, "https://r.example.org/join/x", ASKED)


class TestWords:
    def test_invitations_and_reminders_have_one_subject(self) -> None:
        letters = [
            invitation_letter("a@b.org", "Ina", "https://r/1", ASKED),
            reminder_letter("a@b.org", "Ina", "https://r/1", ASKED),
            reminder_letter("a@b.org", "", "https://r/", ASKED),
        ]
        assert {letter.subject for letter in letters} == {"A few questions about peer support work: Clinic North"}
        assert letters[2].text.startswith("Hello,\n")

    def test_a_mail_speaks_the_language_of_the_page(self) -> None:
        with speaking("en"):
            assert account_letter("a@b.org", "Ina", Purpose.RESET, "https://r/1").language == "en"

    def test_names_that_hold_lines_stay_in_their_line(self) -> None:
        asked = AskedBy("North\n\nOpen https://evil.example", "Mara\r\nBcc: x", 1, 5)
        letter = invitation_letter("a@b.org", "Ina\n\nGo", "https://r/1", asked)
        assert letter.text.startswith("Hello Ina Go,\n\nMara Bcc: x asks you")
        assert "\n" not in letter.subject

    @pytest.mark.parametrize("reason", Reason)
    def test_every_reason_has_its_sentence(self, reason: Reason) -> None:
        assert trouble_words(Trouble(reason)) == REASONS[reason]
        assert trouble_words(Trouble(reason, "450 later")).endswith("It was said: “450 later”")

    def test_the_waits_are_what_the_page_on_operations_says(self) -> None:
        text = (Path(__file__).parent.parent / "docs" / "operations.md").read_text()
        assert [wait.total_seconds() / 60 for wait in WAITS] == [1, 5, 30, 120, 720]
        assert "after 1, 5 and 30 minutes, 2 and 12 hours" in " ".join(text.split())
