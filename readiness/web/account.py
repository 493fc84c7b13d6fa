"""One's own account: sign in and out, choose a password by link, change it, second factor."""

from dataclasses import replace
from ipaddress import ip_address, ip_network

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from readiness.errors import Closed, Forbidden, TooMany
from readiness.language import N_, gettext
from readiness.permissions import Act
from readiness.store.accounts import (
    Credentials,
    Link,
    find_account,
    find_credentials,
    find_link,
    normalised_address,
    own_credentials,
    set_password,
)
from readiness.store.accounts import use_first_link as spend_first_link
from readiness.store.accounts import use_link as spend_link
from readiness.store.sign_ins import (
    count_recovery_codes,
    end_all_sign_ins,
    forgive,
    may_try,
    remove_second_factor,
    set_second_factor,
)
from readiness.web import identity
from readiness.web.access import local_path, needs, only_with_accounts, signed_in
from readiness.web.account_forms import (
    ChangePasswordForm,
    CodeForm,
    FirstForm,
    NewPasswordForm,
    PresentPasswordForm,
    Problem,
    SecondFactorForm,
    SignInForm,
    problems_of,
    role_words,
)
from readiness.web.qr_codes import draw
from readiness.web.rules import database

blueprint = Blueprint("account", __name__, url_prefix="/account")
blueprint.before_request(only_with_accounts)

TRIES, TRIES_FROM_NETWORK = 10, 100  # in 15 minutes: for one account, and from one network address
NEW_SECRET = "second_factor"
DONE = {  # what was just done, named in the address that a form leads to
    "chosen": N_("Your password is saved. Sign in with it."),
    "changed": N_("Your password is changed, and every other browser is signed out."),
    "everywhere": N_("You are signed out everywhere."),
}


@blueprint.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """The form to sign in."""
    if identity.signed_in_account():
        return redirect(url_for("account.own"), 303)
    return _sign_in_page(SignInForm(formdata=None))


def _sign_in_page(form: SignInForm, problems: list[Problem] | None = None) -> str:
    after = local_path(request.values.get("next"))
    return render_template("account/sign_in.html", form=form, problems=problems or [], after=after, done=_done())


def _done() -> str:
    return gettext(DONE.get(request.args.get("done", ""), ""))


@blueprint.post("/sign-in")
def send_sign_in() -> ResponseReturnValue:
    """Check address and password; whoever is unknown gets the same answer, as late, as whoever mistyped."""
    form = SignInForm()
    if not form.validate():
        return _sign_in_page(form, problems_of(form)), 400
    counted = identity.subject("account", normalised_address(form.address.data or ""))
    _count_attempt(counted)
    found = find_credentials(database(), form.address.data or "")
    fits = identity.fits(form.password.data or "", found.password if found else None)
    if not fits or found is None or not _let_in(found):
        wrong = gettext("Address and password do not fit together, or the account is not open. Check both.")
        return _sign_in_page(form, [(wrong, "address")]), 400
    forgive(database(), counted)
    after = local_path(request.form.get("next"))
    if found.has_second_factor:
        return redirect(url_for("account.code", next=after), 303)
    return redirect(after or url_for("pages.home"), 303)


def _let_in(checked: Credentials) -> bool:
    """One step further, as long as the account is still as it was checked."""
    return identity.wait_for_code(checked) if checked.has_second_factor else identity.sign_in(checked)


def _count_attempt(counted: str) -> None:
    """One more attempt. Raises TooMany; no password is looked at then."""
    limits = {counted: TRIES, identity.subject("network", _network(request.remote_addr or "")): TRIES_FROM_NETWORK}
    if not may_try(database(), limits, identity.now()):
        raise TooMany(
            gettext("There were too many attempts. Wait 15 minutes, or ask an administrator for a link to reset it.")
        )


def _network(address: str) -> str:
    """A network address; of IPv6 the part that a whole household or office shares."""
    try:
        read = ip_address(address)
    except ValueError:
        return address
    return str(ip_network(f"{read}/64", strict=False)) if read.version == 6 else address


@blueprint.get("/code")
def code() -> ResponseReturnValue:
    """The form for the second factor."""
    if identity.waiting_account() is None:
        return redirect(url_for("account.sign_in", next=local_path(request.args.get("next"))), 303)
    return _code_page(CodeForm(formdata=None))


def _code_page(form: CodeForm, problems: list[Problem] | None = None) -> str:
    after = local_path(request.values.get("next"))
    return render_template("account/code.html", form=form, problems=problems or [], after=after)


@blueprint.post("/code")
def send_code() -> ResponseReturnValue:
    """Check a code; it opens once."""
    form = CodeForm()
    account = identity.waiting_account()
    if account is None:
        return redirect(url_for("account.sign_in"), 303)
    if not form.validate():
        return _code_page(form, problems_of(form)), 400
    counted = identity.subject("code", account.id)
    _count_attempt(counted)
    if not identity.spend_code(account.id, form.code.data or ""):
        return _code_page(
            form, [(gettext("This code does not fit. Wait for the next one, and try again."), "code")]
        ), 400
    forgive(database(), counted)
    if not identity.sign_in_after_code(account.id):
        return redirect(url_for("account.sign_in"), 303)
    return redirect(local_path(request.form.get("next")) or url_for("pages.home"), 303)


@blueprint.post("/sign-out")
@needs(Act.OWN_ACCOUNT)
def sign_out() -> ResponseReturnValue:
    """Sign this browser out."""
    identity.sign_out()
    return redirect(url_for("pages.home"), 303)


@blueprint.post("/sign-out-everywhere")
@needs(Act.OWN_ACCOUNT)
def sign_out_everywhere() -> ResponseReturnValue:
    """Sign every browser of this person out."""
    end_all_sign_ins(database(), signed_in().id)
    identity.sign_out()
    return redirect(url_for("account.sign_in", done="everywhere"), 303)


@blueprint.get("/link/<key>")
def link(key: str) -> ResponseReturnValue:
    """The form behind an invitation, a reset, or the first link; opening it spends nothing."""
    found = find_link(database(), key, identity.now())
    form = FirstForm(formdata=None) if found.account is None else NewPasswordForm(formdata=None)
    return _link_page(key, found, form)


def _link_page(key: str, found: Link, form: NewPasswordForm, problems: list[Problem] | None = None) -> str:
    return render_template("account/link.html", key=key, link=found, form=form, problems=problems or [])


@blueprint.post("/link/<key>")
def use_link(key: str) -> ResponseReturnValue:
    """Choose the password; the link is spent, and one signs in with what one chose."""
    found = find_link(database(), key, identity.now())
    form = FirstForm() if found.account is None else NewPasswordForm()
    if not form.validate():
        return _link_page(key, found, form, problems_of(form)), 400
    password = identity.hashed_password(form.password.data or "")
    if isinstance(form, FirstForm):
        address, name = form.address.data or "", form.name.data or ""
        try:
            spend_first_link(database(), key, address, name, password, identity.now())
        except Closed as error:
            return _link_page(key, found, form, [(str(error), "address")]), error.status
    elif found.account is not None:
        spend_link(database(), key, password, identity.now())
        forgive(database(), identity.subject("account", found.account.address))
    return redirect(url_for("account.sign_in", done="chosen"), 303)


@blueprint.get("/")
@needs(Act.OWN_ACCOUNT)
def own() -> ResponseReturnValue:
    """One's own account."""
    return _own_page(ChangePasswordForm(formdata=None))


def _own_page(form: ChangePasswordForm, problems: list[Problem] | None = None) -> str:
    account = find_account(database(), signed_in().id)
    codes_left = count_recovery_codes(database(), account.id)
    return render_template(
        "account/own.html",
        account=account,
        roles=role_words(),
        form=form,
        problems=problems or [],
        codes_left=codes_left,
        done=_done(),
    )


def _confirmed(account: str, present: str | None) -> Credentials | None:
    """The credentials of somebody who is signed in and knows their password; attempts count as in signing in."""
    counted = identity.subject("present", account)
    _count_attempt(counted)
    found = own_credentials(database(), account)
    if found is None or not identity.fits(present or "", found.password):
        return None
    forgive(database(), counted)
    return found


@blueprint.post("/password")
@needs(Act.OWN_ACCOUNT)
def change_password() -> ResponseReturnValue:
    """Change one's password: every other browser is signed out, this one gets a new key."""
    form = ChangePasswordForm()
    person = signed_in()
    if not form.validate():
        return _own_page(form, problems_of(form)), 400
    checked = _confirmed(person.id, form.present.data)
    if checked is None:
        return _own_page(form, [(gettext("This is not your present password."), "present")]), 400
    password = identity.hashed_password(form.password.data or "")
    set_password(database(), person.id, password)
    identity.sign_in(replace(checked, password=password))
    return redirect(url_for("account.own", done="changed"), 303)


@blueprint.get("/second-factor")
@needs(Act.OWN_ACCOUNT)
def second_factor() -> ResponseReturnValue:
    """Set a second factor up: what the authenticator app scans, and the form for its first code."""
    session[NEW_SECRET] = identity.new_secret()
    return _second_factor_page(SecondFactorForm(formdata=None))


def _second_factor_page(form: SecondFactorForm, problems: list[Problem] | None = None) -> str:
    account = find_account(database(), signed_in().id)
    address, key = identity.secret_address(session[NEW_SECRET], account.address)
    return render_template(
        "account/second_factor.html", form=form, problems=problems or [], drawn=draw(address), secret=key
    )


@blueprint.post("/second-factor")
@needs(Act.OWN_ACCOUNT)
def start_second_factor() -> ResponseReturnValue:
    """Start the second factor when its first code fits, and show the recovery codes once."""
    form = SecondFactorForm()
    person = signed_in()
    if NEW_SECRET not in session:
        return redirect(url_for("account.second_factor"), 303)
    if not form.validate():
        return _second_factor_page(form, problems_of(form)), 400
    checked = _confirmed(person.id, form.present.data)
    if checked is None:
        return _second_factor_page(form, [(gettext("This is not your present password."), "present")]), 400
    step = identity.step_of(form.code.data or "", session[NEW_SECRET])
    if step is None:
        return _second_factor_page(form, [(gettext("This code does not fit. Try the next one."), "code")]), 400
    codes = identity.new_recovery_codes()
    set_second_factor(database(), person.id, session[NEW_SECRET], step, tuple(map(identity.plain_code, codes)))
    identity.sign_in(replace(checked, has_second_factor=True))
    return render_template("account/recovery_codes.html", codes=codes)


@blueprint.post("/second-factor/off")
@needs(Act.OWN_ACCOUNT)
def stop_second_factor() -> ResponseReturnValue:
    """Switch the second factor off; the password confirms it."""
    form = PresentPasswordForm()
    person = signed_in()
    if not form.validate() or not _confirmed(person.id, form.present.data):
        raise Forbidden(
            gettext("This is not your present password, so the second step stays on. Go back and try again.")
        )
    remove_second_factor(database(), person.id)
    return redirect(url_for("account.own"), 303)
