"""The administrator's page: people, their roles, open invitations, links to set a password."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from readiness.errors import Closed, NotFound
from readiness.permissions import AccountRole, Act
from readiness.store.accounts import (
    Account,
    Purpose,
    all_accounts,
    find_account,
    find_link,
    invite,
    make_link,
    normalised_address,
    open_links,
    set_active,
    set_roles,
)
from readiness.store.mails import State, account_mails, dismiss_mail, send_again, server_trouble
from readiness.store.services import adopt_service, services_without_manager
from readiness.store.sign_ins import remove_second_factor
from readiness.web import identity
from readiness.web.access import needs, only_with_accounts
from readiness.web.account_forms import InvitationForm, Problem, RolesForm, problems_of, role_words
from readiness.web.mail_texts import trouble_words
from readiness.web.mails import is_mail_on, queue_account_link
from readiness.web.qr_codes import draw
from readiness.web.rules import database

blueprint = Blueprint("people", __name__, url_prefix="/people")
blueprint.before_request(only_with_accounts)


@blueprint.get("/")
@needs(Act.MANAGE_ACCOUNTS)
def everybody() -> ResponseReturnValue:
    """Everybody with an account, and the form to invite somebody."""
    return _page(InvitationForm(formdata=None))


def _page(form: InvitationForm, problems: list[Problem] | None = None) -> str:
    accounts = all_accounts(database())
    links = open_links(database(), identity.now())
    trouble = server_trouble(database()) if is_mail_on() else None
    return render_template(
        "account/people.html",
        accounts=accounts,
        links=links,
        form=form,
        problems=problems or [],
        roles=role_words(),
        is_mail_on=is_mail_on(),
        trouble=trouble_words(trouble) if trouble else "",
        mails=_undelivered(accounts),
    )


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A mail with somebody's link that has not arrived yet, and why, in words."""

    id: str
    account: Account
    has_failed: bool
    attempts: int
    why: str


def _undelivered(accounts: Iterable[Account]) -> list[Undelivered]:
    """Mails with links of accounts that have failed or are tried again, by the name of their account."""
    mails = account_mails(database())
    found = [(mails[each.id], each) for each in accounts if each.id in mails]
    return [
        Undelivered(mail.id, each, mail.state is State.FAILED, mail.attempts, trouble_words(mail.trouble))
        for mail, each in found
        if mail.trouble is not None
    ]


@blueprint.post("/")
@needs(Act.MANAGE_ACCOUNTS)
def send_invitation() -> ResponseReturnValue:
    """Invite somebody, and show the link once: only its hash is kept."""
    form = InvitationForm()
    if not form.validate():
        return _page(form, problems_of(form)), 400
    try:
        key = invite(database(), form.address.data or "", form.name.data or "", form.chosen(), identity.now())
    except Closed as error:
        return _page(form, [(str(error), "address")]), error.status
    return _link_page(Purpose.INVITATION, key)


def _link_page(purpose: Purpose, key: str) -> str:
    """Show a new link once, and mail it where there is a mail server."""
    link = url_for("account.link", key=key, _external=True)
    account = find_link(database(), key, identity.now()).account
    assert account is not None
    is_mailed = queue_account_link(account, purpose, key, link)
    return render_template(
        "account/new_link.html", account=account, purpose=purpose, address=link, drawn=draw(link), is_mailed=is_mailed
    )


@blueprint.post("/mails/<mail>/again")
@needs(Act.MANAGE_ACCOUNTS)
def send_mail_again(mail: str) -> ResponseReturnValue:
    """Let a failed mail wait anew."""
    send_again(database(), mail, identity.now())
    return redirect(url_for("people.everybody"), 303)


@blueprint.post("/mails/<mail>/dismiss")
@needs(Act.MANAGE_ACCOUNTS)
def dismiss(mail: str) -> ResponseReturnValue:
    """Forget a failed mail; its link still opens."""
    dismiss_mail(database(), mail)
    return redirect(url_for("people.everybody"), 303)


@blueprint.get("/services")
@needs(Act.MANAGE_ACCOUNTS)
def services() -> ResponseReturnValue:
    """The services that nobody manages, such as those from before there were accounts."""
    return _services_page()


def _services_page(problems: list[Problem] | None = None) -> str:
    unmanaged = services_without_manager(database())
    managers = [each for each in all_accounts(database()) if AccountRole.MANAGER in each.roles and each.is_active]
    return render_template("account/services.html", unmanaged=unmanaged, managers=managers, problems=problems or [])


@blueprint.post("/services/<service>")
@needs(Act.MANAGE_ACCOUNTS)
def hand_over(service: str) -> ResponseReturnValue:
    """Give a service that nobody manages to a manager."""
    try:
        adopt_service(database(), service, normalised_address(request.form.get("address", "")))
    except (NotFound, Closed) as error:
        return _services_page([(str(error), None)]), error.status
    return redirect(url_for("people.services"), 303)


@blueprint.get("/<account>")
@needs(Act.MANAGE_ACCOUNTS)
def one(account: str) -> ResponseReturnValue:
    """One person: roles, links, second factor, in or out."""
    found = find_account(database(), account)
    form = RolesForm(formdata=None, data={"roles": [role.value for role in found.roles]})
    return _one_page(found, form)


def _one_page(found: Account, form: RolesForm, problems: list[Problem] | None = None) -> str:
    links = open_links(database(), identity.now())
    return render_template(
        "account/person.html", account=found, links=links, form=form, problems=problems or [], roles=role_words()
    )


@blueprint.post("/<account>/roles")
@needs(Act.MANAGE_ACCOUNTS)
def change_roles(account: str) -> ResponseReturnValue:
    """Change somebody's roles, from their next page on."""
    found, form = find_account(database(), account), RolesForm()
    if not form.validate():
        return _one_page(found, form, problems_of(form)), 400
    set_roles(database(), account, form.chosen())
    return redirect(url_for("people.one", account=account), 303)


@blueprint.post("/<account>/link")
@needs(Act.MANAGE_ACCOUNTS)
def new_link(account: str) -> ResponseReturnValue:
    """Make a link that sets a password, instead of any before, and show it once."""
    return _link_page(*make_link(database(), account, identity.now()))


@blueprint.post("/<account>/deactivate")
@needs(Act.MANAGE_ACCOUNTS)
def deactivate(account: str) -> ResponseReturnValue:
    """Keep somebody out, at once."""
    set_active(database(), account, False)
    return redirect(url_for("people.one", account=account), 303)


@blueprint.post("/<account>/activate")
@needs(Act.MANAGE_ACCOUNTS)
def activate(account: str) -> ResponseReturnValue:
    """Let somebody in again."""
    set_active(database(), account, True)
    return redirect(url_for("people.one", account=account), 303)


@blueprint.post("/<account>/second-factor-off")
@needs(Act.MANAGE_ACCOUNTS)
def second_factor_off(account: str) -> ResponseReturnValue:
    """Switch off the second factor of somebody who lost it."""
    remove_second_factor(database(), find_account(database(), account).id)
    return redirect(url_for("people.one", account=account), 303)
