"""Mail: settings, the queue, and delivery to a real mail server that refuses, hangs, breaks off and is down."""

import logging
import os
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from smtp_server import PASSWORD, USER, MailServerForTests, certificate, free_port, mail_server
from sqlalchemy import Engine, select

from readiness.cli import main
from readiness.config import ROOT, read_settings
from readiness.errors import Closed, ReadinessError
from readiness.mail import Post, compose
from readiness.mail_sender import Sent, send_due
from readiness.mail_server import MailServer, Security, is_mailable, read_mail_server
from readiness.permissions import AccountRole
from readiness.store.accounts import all_accounts, invite, make_link, use_link
from readiness.store.codes import hashed_key
from readiness.store.database import ready_database
from readiness.store.mails import (
    LEASE,
    MOST_ATTEMPTS,
    WAITS,
    Kind,
    Letter,
    MailState,
    NewMail,
    Reason,
    State,
    Trouble,
    account_mails,
    dismiss_mail,
    mark_sent,
    mark_undelivered,
    queue_mails,
    send_again,
    server_trouble,
    take_mail,
    tidy_mails,
)
from readiness.store.models import MailRow

NOON = datetime(2026, 3, 2, 12)
SECRET = "a key for tests only, of some length"
FROM = "readiness@example.org"
SAID = "said in confidence: https://readiness.example.org/account/link/"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = ready_database(f"sqlite:///{tmp_path / 'readiness.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def server() -> Iterator[MailServerForTests]:
    with mail_server() as server:
        yield server


def queue(engine: Engine, name: str = "ben", at: datetime = NOON, to: str = "") -> str:
    """Invite somebody and queue the mail with their link, of which the key is given back."""
    address = f"{name}@example.org"
    key = invite(engine, address, name.title(), {AccountRole.MANAGER}, at)
    letter = Letter(to or address, "Your invitation", SAID + key, "en")
    queue_mails(engine, SECRET, [NewMail(Kind.ACCOUNT, letter, at + timedelta(days=7), hashed_key(key))], at)
    return key


def post(server: MailServerForTests | int, seconds: float = 5.0, **changes: object) -> Post:
    port = server if isinstance(server, int) else server.port
    fields: dict[str, object] = {"host": "127.0.0.1", "port": port, "security": Security.NONE, **changes}
    return Post(MailServer(**fields), FROM, seconds)  # type: ignore[arg-type]


def send(engine: Engine, post: Post, at: datetime = NOON) -> Sent:
    return send_due(engine, post, SECRET, lambda: at.replace(tzinfo=UTC))


def states(engine: Engine) -> dict[str, MailState]:
    """Where the mail of each account stands, by name."""
    names = {each.id: each.name for each in all_accounts(engine)}
    return {names[account]: mail for account, mail in account_mails(engine).items()}


def waits_until(engine: Engine) -> list[datetime | None]:
    with engine.connect() as connection:
        return list(connection.execute(select(MailRow.due_at)).scalars())


class TestTheSettings:
    def settings(self, folder: Path, smtp: str, sender: str = FROM) -> Mapping[str, object]:
        return read_settings({"READINESS_INSTANCE": str(folder), "READINESS_SMTP": smtp, "READINESS_MAIL_FROM": sender})

    @pytest.mark.parametrize(
        ("address", "server"),
        [
            (
                "smtp://ada:p%40ss%2Fword@mail.example.org:2525",
                MailServer("mail.example.org", 2525, Security.STARTTLS, "ada", "p@ss/word"),
            ),
            ("smtp://mail.example.org", MailServer("mail.example.org", 587, Security.STARTTLS)),
            ("smtps://mail.example.org", MailServer("mail.example.org", 465, Security.TLS)),
            ("smtp://localhost:1025", MailServer("localhost", 1025, Security.NONE)),
            ("smtp://[::1]:1025/", MailServer("::1", 1025, Security.NONE)),
            ("", None),
        ],
    )
    def test_an_address_names_the_server_and_how_the_way_is_encrypted(
        self, tmp_path: Path, address: str, server: MailServer | None
    ) -> None:
        assert self.settings(tmp_path, address)["SMTP"] == server

    @pytest.mark.parametrize(
        "address",
        [
            "mail.example.org",
            "http://ada:hunter2@mail.example.org",
            "smtp://",
            "smtp://ada@mail.example.org",
            "smtp://ada:hunter2@mail.example.org:99999",
            "smtp://ada:hunter2@mail.example.org:hunter2",
            "smtp://ada:hunter2@mail.example.org:0",
            "smtp://ada:hunter2#1@mail.example.org",
            "smtp://ada:hunter2/1@mail.example.org",
            "smtp://ada:hunter2?1@mail.example.org",
            "smtp://ada:[hunter2@mail.example.org",
            "smtp://ada:hunter2@mail.example.org/\n",
            "smtp://ada:hunter2 @mail.example.org",
            "smtp://ada:hunter2%0aRCPT@mail.example.org",
            "smtp://ada:hunter2\u2100@mail.example.org",
            "smtp://ada:hunter2@m\u00fcnchen.example",
        ],
    )
    def test_an_address_that_cannot_be_read_gets_a_sentence_without_the_password(
        self, tmp_path: Path, address: str
    ) -> None:
        with pytest.raises(ReadinessError, match=r"READINESS_SMTP cannot be read; expected .*\.") as error:
            self.settings(tmp_path, address)
        assert "hunter2" not in str(error.value)
        assert error.value.__suppress_context__

    def test_the_password_is_no_part_of_what_is_printed(self) -> None:
        server = read_mail_server("smtp://ada:hunter2@mail.example.org")
        assert "hunter2" not in f"{server} {server!r}"

    def test_a_server_without_an_address_to_send_from_gets_a_sentence(self, tmp_path: Path) -> None:
        with pytest.raises(ReadinessError, match="READINESS_SMTP is set, and READINESS_MAIL_FROM is not"):
            self.settings(tmp_path, "smtp://localhost:1025", "")

    @pytest.mark.parametrize("sender", ["Ada <ada@b.org>", "ada", "ada@b.org\nBcc: all@b.org", "ä@b.c"])
    def test_a_sender_that_is_no_plain_address_gets_a_sentence(self, tmp_path: Path, sender: str) -> None:
        with pytest.raises(ReadinessError, match=r"READINESS_MAIL_FROM is .* expected one plain address"):
            self.settings(tmp_path, "", sender)


class TestDelivery:
    def test_a_queued_mail_arrives_as_plain_text_from_the_address_of_the_setting(
        self, engine: Engine, server: MailServerForTests
    ) -> None:
        key = queue(engine)
        assert send(engine, post(server)) == Sent(delivered=1)
        (taken,) = server.taken
        assert (taken.sender, taken.to) == (FROM, ["ben@example.org"])
        assert taken.message["From"] == f"Readiness <{FROM}>"
        assert taken.message["To"] == "ben@example.org"
        assert taken.message["Subject"] == "Your invitation"
        assert taken.message["Auto-Submitted"] == "auto-generated"
        assert taken.message["Content-Language"] == "en"
        assert taken.message["Date"].datetime == NOON.replace(tzinfo=UTC)
        assert taken.message.get_content_type() == "text/plain"
        assert taken.text == SAID + key + "\n"
        assert states(engine)["Ben"].state is State.SENT

    def test_many_mails_go_out_over_one_connection(self, engine: Engine, server: MailServerForTests) -> None:
        for name in ("ben", "cleo", "dora"):
            queue(engine, name)
        assert send(engine, post(server)) == Sent(delivered=3)
        assert [line for line in server.lines if line.upper().startswith(("EHLO", "QUIT"))][1:] == ["quit"]

    def test_a_refused_recipient_fails_at_once_and_the_others_get_theirs(
        self, engine: Engine, server: MailServerForTests
    ) -> None:
        for name in ("ben", "cleo"):
            queue(engine, name)
        server.does.refused = {"ben@example.org": "550 5.1.1 no such\u0007 person"}
        assert send(engine, post(server)) == Sent(delivered=1, undelivered=1)
        failed = states(engine)["Ben"]
        assert (failed.state, failed.attempts) == (State.FAILED, 1)
        assert failed.trouble == Trouble(Reason.REFUSED, "550 5.1.1 no such person")
        assert [taken.to for taken in server.taken] == [["cleo@example.org"]]

    def test_a_server_that_asks_to_come_back_later_is_asked_again(
        self, engine: Engine, server: MailServerForTests
    ) -> None:
        queue(engine)
        server.does.refused = {"ben@example.org": "450 greylisted"}
        send(engine, post(server))
        server.does.refused = {}
        assert send(engine, post(server), NOON + WAITS[0] - timedelta(seconds=1)) == Sent()
        assert send(engine, post(server), NOON + WAITS[0]) == Sent(delivered=1)

    def test_a_refused_text_fails_at_once(self, engine: Engine, server: MailServerForTests) -> None:
        queue(engine)
        server.does.refused_content = "554 looks like spam"
        send(engine, post(server))
        assert states(engine)["Ben"].trouble == Trouble(Reason.CONTENT, "554 looks like spam")

    def test_with_the_server_down_mails_wait_and_go_out_when_it_is_up_again(self, engine: Engine) -> None:
        port = free_port()
        for name in ("ben", "cleo"):
            queue(engine, name)
        assert send(engine, post(port)) == Sent(undelivered=1)  # one attempt tells for all
        assert {mail.attempts for mail in states(engine).values()} == {1}
        assert waits_until(engine) == [NOON + WAITS[0]] * 2
        trouble = server_trouble(engine)
        assert trouble is not None
        assert trouble.reason is Reason.UNREACHABLE
        with mail_server(port) as server:
            assert send(engine, post(port), NOON + WAITS[0]) == Sent(delivered=2)
            assert len(server.taken) == 2
        assert server_trouble(engine) is None

    def test_a_mail_that_gets_through_brings_those_that_waited_for_the_server_with_it(
        self, engine: Engine, server: MailServerForTests
    ) -> None:
        queue(engine, "ben")
        for attempt in range(3):  # the next one would be half an hour later
            send(engine, post(free_port()), NOON + timedelta(hours=attempt))
        queue(engine, "cleo", NOON + timedelta(hours=2, minutes=1))
        assert send(engine, post(server), NOON + timedelta(hours=2, minutes=1)) == Sent(delivered=2)

    def test_the_waits_grow_and_then_the_mail_has_failed(self, engine: Engine) -> None:
        at, dead = NOON, post(free_port())
        queue(engine)
        for attempt, wait in enumerate(WAITS, 1):
            assert send(engine, dead, at) == Sent(undelivered=1)
            assert states(engine)["Ben"].attempts == attempt
            assert waits_until(engine) == [at + wait]
            at += wait
        send(engine, dead, at)
        failed = states(engine)["Ben"]
        assert (failed.state, failed.attempts) == (State.FAILED, MOST_ATTEMPTS)
        assert send(engine, dead, at + timedelta(days=1)) == Sent()

    @pytest.mark.parametrize("command", ["greeting", "EHLO", "RCPT", "content"])
    def test_a_server_that_falls_silent_is_left_after_its_time(
        self, engine: Engine, server: MailServerForTests, command: str
    ) -> None:
        queue(engine)
        server.does.hangs_at = command
        start = time.monotonic()
        assert send(engine, post(server, seconds=0.3)) == Sent(undelivered=1)
        assert time.monotonic() - start < 5
        mail = states(engine)["Ben"]
        assert mail.state is State.WAITING
        assert mail.trouble is not None
        assert mail.trouble.reason in (Reason.UNREACHABLE, Reason.INTERRUPTED)

    def test_a_mail_at_which_the_connection_breaks_holds_up_no_other(
        self, engine: Engine, server: MailServerForTests
    ) -> None:
        queue(engine, "ben")
        server.does.drops_at = "content"
        send(engine, post(server))
        assert states(engine)["Ben"].trouble == Trouble(Reason.INTERRUPTED)
        assert server_trouble(engine) is None

    def test_a_connection_that_was_cut_is_opened_anew_for_the_next_mail(
        self, engine: Engine, server: MailServerForTests
    ) -> None:
        opened = post(server)
        for name in ("ben", "cleo"):
            queue(engine, name)
        first = take_mail(engine, SECRET, NOON)
        assert first is not None
        assert opened.deliver(first, NOON.replace(tzinfo=UTC)) is None
        server.does.drops_at = "MAIL"
        second = take_mail(engine, SECRET, NOON)
        assert second is not None
        assert opened.deliver(second, NOON.replace(tzinfo=UTC)) == Trouble(Reason.INTERRUPTED)
        server.does.drops_at = ""
        assert opened.deliver(second, NOON.replace(tzinfo=UTC)) is None
        opened.close()

    def test_the_sender_signs_in(self, engine: Engine, server: MailServerForTests) -> None:
        queue(engine)
        server.does.wants_sign_in = True
        assert send(engine, post(server, user=USER, password=PASSWORD)) == Sent(delivered=1)

    def test_a_wrong_password_is_told_without_it(
        self, engine: Engine, server: MailServerForTests, caplog: pytest.LogCaptureFixture
    ) -> None:
        queue(engine)
        server.does.wants_sign_in = True  # and this server even repeats what it was sent
        with caplog.at_level(logging.DEBUG):
            send(engine, post(server, user=USER, password="hunter2"))
        assert states(engine)["Ben"].trouble == Trouble(Reason.SIGN_IN)
        assert caplog.messages == ["No mail goes out (sign_in). The page People says more."]

    def test_a_sender_that_the_server_does_not_take_holds_up_every_mail(
        self, engine: Engine, server: MailServerForTests
    ) -> None:
        for name in ("ben", "cleo"):
            queue(engine, name)
        server.does.refused_sender = "553 not yours"
        assert send(engine, post(server)) == Sent(undelivered=1)
        assert server_trouble(engine) == Trouble(Reason.SENDER, "553 not yours")


class TestEncryption:
    @pytest.fixture
    def made(self, tmp_path: Path) -> tuple[Path, ssl.SSLContext]:
        return certificate(tmp_path)

    @pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
    def test_mail_goes_out_encrypted_to_a_server_that_is_who_it_says(
        self,
        engine: Engine,
        server: MailServerForTests,
        made: tuple[Path, ssl.SSLContext],
        monkeypatch: pytest.MonkeyPatch,
        security: Security,
    ) -> None:
        queue(engine)
        monkeypatch.setenv("SSL_CERT_FILE", str(made[0]))
        server.does.context, server.does.is_tls = made[1], security is Security.TLS
        assert send(engine, post(server, security=security)) == Sent(delivered=1)
        assert ("STARTTLS" in server.lines) is (security is Security.STARTTLS)

    @pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
    def test_a_server_that_nobody_vouches_for_gets_neither_mail_nor_password(
        self, engine: Engine, server: MailServerForTests, made: tuple[Path, ssl.SSLContext], security: Security
    ) -> None:
        queue(engine)
        server.does.context, server.does.is_tls, server.does.wants_sign_in = made[1], security is Security.TLS, True
        send(engine, post(server, security=security, user=USER, password=PASSWORD))
        trouble = states(engine)["Ben"].trouble
        assert trouble is not None
        assert trouble.reason is Reason.ENCRYPTION
        assert "certificate" in trouble.said
        assert not server.taken
        assert not [line for line in server.lines if line.upper().startswith(("AUTH", "MAIL"))]

    def test_a_server_that_offers_no_encryption_gets_neither_mail_nor_password(
        self, engine: Engine, server: MailServerForTests
    ) -> None:
        queue(engine)
        server.does.wants_sign_in = True
        send(engine, post(server, security=Security.STARTTLS, user=USER, password=PASSWORD))
        trouble = states(engine)["Ben"].trouble
        assert trouble is not None
        assert trouble.reason is Reason.ENCRYPTION
        assert not [line for line in server.lines if line.upper().startswith(("AUTH", "MAIL"))]


class TestAddressesAndHeaders:
    @pytest.mark.parametrize(
        "address",
        [
            "ben@example.org\r\nBcc: all@example.org",
            "ben@example.org>\r\nDATA",
            "ben@example.org, all@example.org",
            "<ben@example.org>",
            "Ben <ben@example.org>",
            "ben @example.org",
            '"ben"@example.org',
            "ben@all@example.org",
            "ben@[127.0.0.1]",
            "ben@-example.org",
            "@example.org",
            "ben@",
            "b" * 65 + "@example.org",
            "ben@example.org\u2028",
            "ben\x00@example.org",
        ],
    )
    def test_an_address_that_could_end_a_header_or_a_command_is_never_written_to(
        self, engine: Engine, server: MailServerForTests, address: str
    ) -> None:
        queue(engine, to=address)
        send(engine, post(server))
        assert not is_mailable(address)
        assert states(engine)["Ben"].trouble == Trouble(Reason.ADDRESS)
        assert server.lines == []

    @pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x0b", "\x85", "\u2028"])
    def test_neither_subject_nor_text_can_add_a_header(self, end: str) -> None:
        letter = Letter("ben@example.org", f"North{end}Bcc: a@b.org{end}{end}Hi", f"one{end}.{end}Bcc: a@b.org", "en")
        message = compose(letter, FROM, "1", NOON.replace(tzinfo=UTC))
        head, _, body = message.as_bytes().partition(b"\r\n\r\n")
        assert {line.split(b":")[0] for line in head.split(b"\r\n") if not line.startswith(b" ")} == {
            b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Auto-Submitted", b"Content-Language", b"Content-Type",
            b"Content-Transfer-Encoding", b"MIME-Version",
        }  # fmt: skip
        assert b"\n" not in body.replace(b"\r\n", b"")
        assert b"\r" not in body.replace(b"\r\n", b"")

    def test_text_of_every_language_arrives_as_it_was(self, engine: Engine, server: MailServerForTests) -> None:
        said = "שלום Grüße\n.\n..\nFrom here\n" + "x" * 2000 + "\n"
        key = invite(engine, "ben@example.org", "Ben", {AccountRole.MANAGER}, NOON)
        letter = Letter("ben@example.org", "Grüße aus „Süd“ שלום " + "ä" * 200, said, "he")
        queue_mails(engine, SECRET, [NewMail(Kind.ACCOUNT, letter, NOON + LEASE, hashed_key(key))], NOON)
        send(engine, post(server))
        assert server.taken[0].text == said
        assert server.taken[0].message["Subject"] == letter.subject
        assert server.taken[0].content.isascii()
        assert max(map(len, server.taken[0].content.split(b"\r\n"))) <= 998

    def test_a_domain_of_other_letters_goes_out_in_the_form_that_every_server_knows(
        self, engine: Engine, server: MailServerForTests
    ) -> None:
        queue(engine, to="ben@münchen.example")
        send(engine, post(server))
        assert server.taken[0].to == ["ben@xn--mnchen-3ya.example"]

    def test_a_name_of_other_letters_needs_a_server_that_takes_it_and_fails_with_a_sentence_where_none_does(
        self, engine: Engine, server: MailServerForTests
    ) -> None:
        queue(engine, to="бен@example.org")
        send(engine, post(server))
        failed = states(engine)["Ben"]
        assert (failed.state, failed.trouble) == (State.FAILED, Trouble(Reason.LETTERS))
        server.does.has_utf8 = True
        send_again(engine, failed.id, NOON)
        send(engine, post(server))
        assert server.taken[0].to == ["бен@example.org"]
        assert "SMTPUTF8" in server.taken[0].options


class TestWhatTheDatabaseHolds:
    def test_the_database_holds_neither_recipient_nor_link_of_a_mail_that_waits(
        self, engine: Engine, tmp_path: Path
    ) -> None:
        key = queue(engine, to="somebody.else@example.org")
        content = b"".join(path.read_bytes() for path in tmp_path.glob("readiness.db*"))
        assert hashed_key(key).encode() in content
        assert not [word for word in (key, "somebody.else", "in confidence") if word.encode() in content]


class TestTheQueue:
    """On SQLite and on PostgreSQL."""

    @pytest.fixture
    def engine(self, database_url: str) -> Iterator[Engine]:
        engine = ready_database(database_url)
        yield engine
        engine.dispose()

    def test_a_mail_belongs_to_the_sender_that_took_it(self, engine: Engine) -> None:
        queue(engine)
        assert take_mail(engine, SECRET, NOON) is not None
        assert take_mail(engine, SECRET, NOON + LEASE - timedelta(seconds=1)) is None

    def test_two_senders_at_once_send_each_mail_once(
        self, engine: Engine, server: MailServerForTests, database_url: str
    ) -> None:
        names = [f"person{number}" for number in range(12)]
        for name in names:
            queue(engine, name)
        engines = [ready_database(database_url) for _ in range(3)]
        threads = [threading.Thread(target=send, args=(each, post(server))) for each in engines]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for each in engines:
            each.dispose()
        assert sorted(taken.to[0] for taken in server.taken) == sorted(f"{name}@example.org" for name in names)

    def test_a_sender_killed_after_sending_and_before_noting_it_sends_twice_under_one_message_id(
        self, engine: Engine, server: MailServerForTests
    ) -> None:
        queue(engine)
        taken = take_mail(engine, SECRET, NOON)
        assert taken is not None
        with closing(post(server)) as opened:
            assert opened.deliver(taken, NOON.replace(tzinfo=UTC)) is None
        assert send(engine, post(server), NOON + LEASE) == Sent(delivered=1)
        assert len({taken.message["Message-ID"] for taken in server.taken}) == 1
        assert len(server.taken) == 2

    def test_a_mail_at_which_every_sender_dies_is_given_up_in_the_end(self, engine: Engine) -> None:
        queue(engine)
        for attempt in range(MOST_ATTEMPTS):
            assert take_mail(engine, SECRET, NOON + attempt * LEASE) is not None
        assert take_mail(engine, SECRET, NOON + MOST_ATTEMPTS * LEASE) is None
        assert states(engine)["Ben"].trouble == Trouble(Reason.INTERRUPTED)

    def test_what_a_late_sender_reports_does_not_count_when_another_has_taken_the_mail(self, engine: Engine) -> None:
        queue(engine)
        first = take_mail(engine, SECRET, NOON)
        second = take_mail(engine, SECRET, NOON + LEASE)
        assert first is not None
        assert second is not None
        mark_undelivered(engine, first, Trouble(Reason.REFUSED, is_final=True), NOON + LEASE)
        assert states(engine)["Ben"].state is State.WAITING
        mark_sent(engine, second, NOON + LEASE)
        mark_undelivered(engine, first, Trouble(Reason.REFUSED, is_final=True), NOON + LEASE)
        assert states(engine)["Ben"].state is State.SENT

    def test_a_sent_mail_keeps_nothing_of_what_it_said(self, engine: Engine, server: MailServerForTests) -> None:
        queue(engine)
        send(engine, post(server))
        with engine.connect() as connection:
            row = connection.execute(select(MailRow.__table__)).one()
        assert (row.state, row.sealed, row.due_at, row.said) == ("sent", None, None, "")

    def test_with_another_secret_key_a_mail_fails_with_a_reason(self, engine: Engine) -> None:
        queue(engine)
        assert take_mail(engine, "another secret key", NOON) is None
        assert states(engine)["Ben"].trouble == Trouble(Reason.SECRET)

    def test_a_link_that_was_used_or_replaced_is_not_mailed_any_more(
        self, engine: Engine, server: MailServerForTests
    ) -> None:
        use_link(engine, queue(engine, "ben"), "hash of ben", NOON)
        queue(engine, "cleo")
        cleo = next(each for each in all_accounts(engine) if each.name == "Cleo")
        make_link(engine, cleo.id, NOON)
        assert send(engine, post(server)) == Sent()
        assert waits_until(engine) == []

    def test_a_mail_whose_time_is_over_is_forgotten(self, engine: Engine, server: MailServerForTests) -> None:
        queue(engine)
        assert send(engine, post(server), NOON + timedelta(days=7)) == Sent()
        assert waits_until(engine) == []

    def test_tidying_leaves_what_can_still_be_sent(self, engine: Engine) -> None:
        queue(engine)
        tidy_mails(engine, NOON)
        assert states(engine)["Ben"].state is State.WAITING

    def test_a_failed_mail_is_sent_again_or_dismissed(self, engine: Engine, server: MailServerForTests) -> None:
        queue(engine)
        server.does.refused = {"ben@example.org": "550 no such person"}
        send(engine, post(server))
        failed = states(engine)["Ben"]
        send_again(engine, failed.id, NOON)
        send(engine, post(server))
        assert states(engine)["Ben"].state is State.FAILED
        dismiss_mail(engine, failed.id)
        assert states(engine) == {}
        with pytest.raises(Closed, match=r"This mail is not kept any more\. Make a new link"):
            send_again(engine, failed.id, NOON)

    def test_a_mail_that_waits_is_neither_sent_again_nor_dismissed(self, engine: Engine) -> None:
        queue(engine)
        waiting = states(engine)["Ben"]
        dismiss_mail(engine, waiting.id)
        with pytest.raises(Closed):
            send_again(engine, waiting.id, NOON)
        assert states(engine) == {"Ben": waiting}

    def test_several_mails_are_queued_together_or_not_at_all(self, engine: Engine) -> None:
        letter = Letter("ben@example.org", "Hello", "Hello", "en")
        good = NewMail(Kind.REMINDER, letter, NOON + LEASE)
        with pytest.raises(Exception, match=r"(?i)foreign key"):
            queue_mails(engine, SECRET, [good, NewMail(Kind.REMINDER, letter, NOON + LEASE, wave="none")], NOON)
        assert waits_until(engine) == []


# A server in the small: it starts what sends mail, tells its number and never ends by itself.
STARTER = """
import os, subprocess, sys, time
command = [sys.executable, "-m", "readiness.mail_sender", str(os.getpid())]
print(subprocess.Popen(command).pid, flush=True)
time.sleep(60)
"""


class TestTheProcesses:
    def environment(self, folder: Path, port: int) -> dict[str, str]:
        return {
            **os.environ,
            "READINESS_INSTANCE": str(folder),
            "READINESS_ACCOUNTS": "yes",
            "READINESS_SECRET_KEY": SECRET,
            "READINESS_SMTP": f"smtp://{USER}:{quote(PASSWORD, safe='')}@localhost:{port}",
            "READINESS_MAIL_FROM": FROM,
        }

    def test_the_command_sends_what_is_due_once(
        self, engine: Engine, server: MailServerForTests, tmp_path: Path
    ) -> None:
        server.does.wants_sign_in = True
        queue(engine, at=datetime.now(UTC).replace(tzinfo=None))
        done = CliRunner().invoke(main, ["mail", "send"], env=self.environment(tmp_path, server.port))
        assert done.output == "1 sent, 0 not delivered. The page People says what is wrong.\n"
        assert len(server.taken) == 1

    def test_the_command_without_a_mail_server_gets_a_sentence(self, tmp_path: Path) -> None:
        environment = {"READINESS_INSTANCE": str(tmp_path), "READINESS_SMTP": "", "READINESS_MAIL_FROM": ""}
        done = CliRunner().invoke(main, ["mail", "send"], env=environment)
        assert done.exit_code == 2
        assert "No mail is sent: READINESS_SMTP names no mail server." in done.output

    def test_the_server_keeps_one_sender_alive_and_takes_it_along(
        self, engine: Engine, server: MailServerForTests, tmp_path: Path
    ) -> None:
        server.does.wants_sign_in = True
        command = [sys.executable, "-m", "readiness.cli", "serve", "--workers", "1"]
        site = subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environment(tmp_path, server.port),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        assert site.stdout is not None
        try:
            assert site.stdout.readline().startswith("Readiness is running")
            first = _sender_of(site.pid)
            queue(engine, "ben", datetime.now(UTC).replace(tzinfo=None))
            _wait_for(lambda: len(server.taken) == 1)
            os.kill(first, signal.SIGKILL)
            _wait_for(lambda: _sender_of(site.pid, first) != first)
            queue(engine, "cleo", datetime.now(UTC).replace(tzinfo=None))
            _wait_for(lambda: len(server.taken) == 2)
            second = _sender_of(site.pid, first)
        finally:
            os.killpg(site.pid, signal.SIGTERM)
            site.wait(timeout=30)
            printed = site.stdout.read()
            site.stdout.close()
        _wait_for(lambda: not _is_alive(second))
        assert not [secret for secret in (SECRET, PASSWORD, quote(PASSWORD, safe="")) if secret in printed]

    def test_a_sender_ends_with_a_server_that_was_killed(
        self, engine: Engine, server: MailServerForTests, tmp_path: Path
    ) -> None:
        server.does.wants_sign_in = True
        killed = subprocess.Popen(
            [sys.executable, "-c", STARTER],
            cwd=ROOT,
            env=self.environment(tmp_path, server.port),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert killed.stdout is not None
        sender = int(killed.stdout.readline())
        queue(engine, "ben", datetime.now(UTC).replace(tzinfo=None))
        _wait_for(lambda: len(server.taken) == 1)
        killed.kill()
        killed.wait()
        killed.stdout.close()
        _wait_for(lambda: not _is_alive(sender))


def _children(parent: int) -> list[int]:
    text = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return [int(child) for child in text.split()]


def _sender_of(site: int, but: int = 0) -> int:
    """The process that sends mail, among the children of the server."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for child in _children(site):
            with suppress(OSError):
                if child != but and b"readiness.mail_sender" in Path(f"/proc/{child}/cmdline").read_bytes():
                    return child
        time.sleep(0.1)
    raise AssertionError("no process sends mail")


def _is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _wait_for(happens: object, seconds: float = 30) -> None:
    assert callable(happens)
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
