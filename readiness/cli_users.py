"""The commands on accounts, for whoever runs the installation: a list, and links for those who cannot get in."""

from datetime import UTC, datetime

import click

from readiness.config import read_settings
from readiness.errors import ReadinessError

LOCAL_ADDRESS = "http://127.0.0.1:8000/"


@click.group("user")
def user() -> None:
    """Accounts: who has one, and links for those who cannot get in."""


@user.command("list")
def list_users() -> None:
    """Print everybody with an account: address, name, roles, state."""
    from readiness.store.accounts import all_accounts
    from readiness.store.database import opened_database

    with opened_database(str(read_settings()["DATABASE_URL"])) as engine:
        accounts = all_accounts(engine)
    for account in accounts:
        state = "invited" if not account.has_password else "active"
        roles = ", ".join(sorted(account.roles))
        click.echo(f"{account.address}  {account.name}  {roles}  {state if account.is_active else 'not active'}")


@user.command("first-link")
@click.option("--address", default=LOCAL_ADDRESS, show_default=True, help="Where browsers reach the site.")
def print_first_link(address: str) -> None:
    """Print a link that makes the first administrator, once; links printed before die."""
    from readiness.server import first_steps

    settings = read_settings()
    if not settings["ACCOUNTS"]:
        raise ReadinessError("There are no accounts here. Set READINESS_ACCOUNTS to yes first.")
    lines = first_steps(settings, address.rstrip("/") + "/")
    if not lines:
        raise ReadinessError("There is an administrator already. For a new password: readiness user reset ADDRESS")
    click.echo("\n".join(lines))


@user.command("reset")
@click.argument("email")
@click.option("--address", default=LOCAL_ADDRESS, show_default=True, help="Where browsers reach the site.")
@click.option("--second-step-off", is_flag=True, help="Also switch off the second step, when phone and codes are lost.")
def reset(email: str, address: str, second_step_off: bool) -> None:
    """Print a link with which the person with address EMAIL chooses a new password, once, within 24 hours."""
    from readiness.server import link_address
    from readiness.store.accounts import all_accounts, make_link, normalised_address
    from readiness.store.database import opened_database
    from readiness.store.sign_ins import remove_second_factor

    settings = read_settings()
    with opened_database(str(settings["DATABASE_URL"])) as engine:
        found = [each for each in all_accounts(engine) if each.address == normalised_address(email)]
        if not found:
            raise ReadinessError(f"Nobody has the address {email}. See: readiness user list")
        _, key = make_link(engine, found[0].id, datetime.now(UTC).replace(tzinfo=None))
        if second_step_off:
            remove_second_factor(engine, found[0].id)
    click.echo(link_address(settings, address.rstrip("/") + "/", key))
