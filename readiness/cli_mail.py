"""The commands on mail: send what is queued, once, for those who start the site in their own way."""

import click

from readiness.config import read_settings


@click.group("mail")
def mail() -> None:
    """Mail that is queued."""


@mail.command("send")
def send() -> None:
    """Send every mail that is due, once; `readiness serve` does so by itself."""
    from readiness.mail_sender import post_of, send_due
    from readiness.store.database import ready_database

    settings = read_settings()
    post, engine = post_of(settings), ready_database(str(settings["DATABASE_URL"]))
    sent = send_due(engine, post, str(settings["SECRET_KEY"]))
    engine.dispose()
    click.echo(f"{sent.delivered} sent, {sent.undelivered} not delivered. The page People says what is wrong.")
