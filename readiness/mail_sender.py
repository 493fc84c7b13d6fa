"""Sending what is queued: once (`readiness mail send`), or until the server that started this process has ended.

`python -m readiness.mail_sender PID` is a process of its own, so that no page ever waits for a mail server.
"""

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import FrameType

from sqlalchemy import Engine

from readiness.config import read_settings
from readiness.errors import ReadinessError, Unavailable
from readiness.mail import Post
from readiness.mail_server import MailServer
from readiness.store.database import open_database
from readiness.store.mails import OF_THE_SERVER, mark_sent, mark_undelivered, take_mail, tidy_mails

logger = logging.getLogger(__name__)
PAUSE = 2.0  # seconds between two looks at the queue
LONGEST = 300.0  # seconds after which a delivery that hangs ends this process; the mail is tried again


@dataclass(slots=True)
class Sent:
    """What one round came to."""

    delivered: int = 0
    undelivered: int = 0


def clock() -> datetime:
    """Now, with its zone."""
    return datetime.now(UTC)


def send_due(
    engine: Engine,
    post: Post,
    secret: str,
    now: Callable[[], datetime] = clock,
    goes_on: Callable[[], bool] = lambda: True,
) -> Sent:
    """Send every mail that is due; one that has begun is ended, whatever `goes_on` says.

    What keeps every mail from going out ends the round. Raises Unavailable when the database does not answer.
    """
    sent = Sent()
    tidy_mails(engine, _kept(now()))
    try:
        while goes_on() and (mail := take_mail(engine, secret, _kept(now()))) is not None:
            with Watch():
                trouble = post.deliver(mail, now())
            if trouble is None:
                mark_sent(engine, mail, _kept(now()))
                sent.delivered += 1
                continue
            mark_undelivered(engine, mail, trouble, _kept(now()))
            sent.undelivered += 1
            if trouble.reason in OF_THE_SERVER:
                logger.warning("No mail goes out (%s). The page People says more.", trouble.reason.value)
                break
    finally:
        post.close()
    return sent


def _kept(at: datetime) -> datetime:
    """A time as the database keeps it."""
    return at.astimezone(UTC).replace(tzinfo=None)


class Watch:
    """Ends this process when a delivery takes too long: a server that drips its answer would hold up the others."""

    def __init__(self) -> None:
        self.timer = threading.Timer(LONGEST, os._exit, (1,))
        self.timer.daemon = True

    def __enter__(self) -> None:
        self.timer.start()

    def __exit__(self, *_: object) -> None:
        self.timer.cancel()


def post_of(settings: Mapping[str, object]) -> Post:
    """The connection that settings describe. Raises ReadinessError when there is none."""
    server = settings["SMTP"]
    if not isinstance(server, MailServer):
        raise ReadinessError("No mail is sent: READINESS_SMTP names no mail server. docs/operations.md tells how.")
    return Post(server, str(settings["MAIL_FROM"]))


def keep_sending(settings: Mapping[str, object], server: int) -> None:
    """Look at the queue every few seconds until the process `server` that started this one ends, or says to end."""
    ending = threading.Event()

    def end(_: int, __: FrameType | None) -> None:
        ending.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    engine, post = open_database(str(settings["DATABASE_URL"])), post_of(settings)

    def goes_on() -> bool:
        return not ending.is_set() and os.getppid() == server

    while goes_on():
        try:
            send_due(engine, post, str(settings["SECRET_KEY"]), goes_on=goes_on)
        except Unavailable:
            logger.warning("The database did not answer; the queue of mails is looked at again.")
        ending.wait(PAUSE)
    engine.dispose()


if __name__ == "__main__":
    keep_sending(read_settings(), int(sys.argv[1]))
