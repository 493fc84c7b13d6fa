"""Who asks, and whether a page is open to them: what no table opens is refused."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from enum import Enum
from types import MappingProxyType
from typing import Any, TypeVar

from flask import Flask, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from readiness.errors import Forbidden, NotFound, Unavailable
from readiness.language import gettext
from readiness.permissions import LOCAL, Act, Person, may
from readiness.store.assessments import ID
from readiness.web import identity

View = TypeVar("View", bound=Callable[..., Any])


class Open(Enum):
    """Why a page needs no right: anybody may see it, or the key in its address is the right."""

    PUBLIC = "public"
    LINK = "link"
    HELD = "held"  # as LINK, and what somebody posts whose sign-in has ended is held for them


OPEN: Mapping[str, Open] = MappingProxyType(
    {
        "static": Open.PUBLIC,
        "pages.home": Open.PUBLIC,
        "pages.health": Open.PUBLIC,
        "pages.speak": Open.PUBLIC,
        "walkthrough.pictures": Open.PUBLIC,
        "evidence.overview": Open.PUBLIC,
        "evidence.construct": Open.PUBLIC,
        "evidence.finding_list": Open.PUBLIC,
        "evidence.one_finding": Open.PUBLIC,
        "evidence.advice": Open.PUBLIC,
        "evidence.subjects": Open.PUBLIC,
        "evidence.method": Open.PUBLIC,
        "examples.result": Open.PUBLIC,
        "examples.pdf": Open.PUBLIC,
        "levers.example": Open.PUBLIC,
        "account.sign_in": Open.PUBLIC,
        "account.send_sign_in": Open.PUBLIC,
        "account.code": Open.PUBLIC,
        "account.send_code": Open.PUBLIC,
        "account.link": Open.LINK,
        "account.use_link": Open.LINK,
        "assessments.tasks": Open.LINK,
        "assessments.forget_here": Open.LINK,
        "questionnaire.page": Open.LINK,
        "questionnaire.save": Open.HELD,
        "questionnaire.check": Open.LINK,
        "questionnaire.review": Open.LINK,
        "questionnaire.submit": Open.LINK,
        "results.result": Open.LINK,
        "results.pdf": Open.LINK,
        "results.data": Open.LINK,
        "results.team_csv": Open.LINK,
        "results.answers_file": Open.LINK,
        "results.reopen": Open.LINK,
        "shares.overview": Open.LINK,
        "shares.make": Open.LINK,
        "shares.end": Open.LINK,
        "shares.read": Open.LINK,
        "shares.pdf": Open.LINK,
        "levers.assessment": Open.LINK,
        "downloads.charts": Open.LINK,
        "downloads.chart_svg": Open.LINK,
        "downloads.chart_png": Open.LINK,
        "downloads.everything": Open.LINK,
        "comparisons.compare": Open.LINK,
        "comparisons.data": Open.LINK,
        "plan.overview": Open.LINK,
        "plan.choose": Open.LINK,
        "plan.add": Open.LINK,
        "plan.one": Open.LINK,
        "plan.save": Open.HELD,
        "plan.finish": Open.LINK,
        "plan.drop": Open.LINK,
        "plan.order": Open.LINK,
        "plan.csv": Open.LINK,
        "plan.xlsx": Open.LINK,
        "plan.ics": Open.LINK,
        "plan_reports.overview": Open.LINK,
        "plan_reports.one": Open.LINK,
        "plan_reports.save": Open.HELD,
        "plan_reports.outcome": Open.LINK,
        "changes.change": Open.LINK,
        "changes.data": Open.LINK,
        "changes.sites": Open.LINK,
        "team.overview": Open.LINK,
        "team.choose": Open.LINK,
        "team.group_link": Open.LINK,
        "team.invite": Open.LINK,
        "team.another_link": Open.LINK,
        "team.remove": Open.LINK,
        "team.remind": Open.LINK,
        "team.send_mail_again": Open.LINK,
        "team.consensus": Open.LINK,
        "team.respondents": Open.LINK,
        "paper.form": Open.LINK,
        "paper.sheet": Open.LINK,
        "paper.enter": Open.HELD,
        "respondents.invitation": Open.LINK,
        "respondents.begin": Open.LINK,
        "respondents.code": Open.PUBLIC,
        "respondents.come_back": Open.PUBLIC,
        "respondents.take_back_answers": Open.LINK,
        "respondents.ask_deletion": Open.LINK,
        "respondents.delete_answers": Open.LINK,
    }
)


def init_app(app: Flask) -> None:
    """Ask before every request, and tell templates who asks."""
    app.before_request(_check)

    @app.context_processor
    def common() -> dict[str, object]:
        try:
            person = current_person()
        except Unavailable:  # the page that says so needs no name
            person = None
        return {"person": person, "has_accounts": app.config["ACCOUNTS"], "allowed": allowed}


def needs(act: Act) -> Callable[[View], View]:
    """Mark a route as open only to people whose roles allow an act."""

    def mark(view: View) -> View:
        vars(view)["act"] = act
        return view

    return mark


def needed(view: Callable[..., Any] | None) -> Act | None:
    """The act that a route is marked with."""
    act: Act | None = getattr(view, "act", None)
    return act


def current_person() -> Person | None:
    """Who asks: in personal mode always the one person at this computer, else whoever is signed in here."""
    if not current_app.config["ACCOUNTS"]:
        return replace(LOCAL, name=gettext("The person at this computer"))
    account = identity.signed_in_account()
    return None if account is None else account.person


def signed_in() -> Person:
    """Who asks, on a page that needs a right. Raises Forbidden when nobody is signed in."""
    person = current_person()
    if person is None:
        raise Forbidden(gettext("Sign in first."))
    return person


def allowed(act: str) -> bool:
    """Whether whoever asks may do something."""
    try:
        person = current_person()
    except Unavailable:
        return False
    return person is not None and may(person.roles, Act(act))


def publishing_problem(person: Person, authors: Iterable[str]) -> str | None:
    """Why a person may not publish what the people with these ids changed; nothing when they may."""
    if person.is_local:
        return gettext(
            "In personal mode there is no second person, so nothing can be published in the installation. Turn "
            "accounts on (READINESS_ACCOUNTS), or publish the files with the command line."
        )
    if not may(person.roles, Act.PUBLISH_RULES):
        return gettext("Publishing needs the role researcher.")
    if person.id in set(authors):
        return gettext("You have changed this draft yourself. Another researcher has to publish it.")
    return None


def only_with_accounts() -> None:
    """Raise NotFound in personal mode: there is nothing to sign in to, and nobody to invite."""
    if not current_app.config["ACCOUNTS"]:
        raise NotFound(
            gettext(
                "This installation has no accounts: it belongs to the one person at this computer. To let others in, "
                "set READINESS_ACCOUNTS to yes and start it again."
            )
        )


def local_path(text: str | None) -> str | None:
    """A path of our own to go on to after signing in; nothing when it could lead anywhere else."""
    if not text or not text.startswith("/") or text.startswith("//") or "\\" in text:
        return None
    if not text.isascii() or any(character <= " " or character == "\x7f" for character in text):
        return None
    return text


def _check() -> ResponseReturnValue | None:
    """Refuse what no table opens; send whoever is not signed in to do so first."""
    if request.endpoint is None:
        return None
    if request.endpoint in OPEN:
        return _sign_in_first() if _is_of_an_account() and current_person() is None else None
    act = needed(current_app.view_functions.get(request.endpoint))
    if act is None:
        raise Forbidden(f"{request.endpoint} has no entry in the table of readiness/web/access.py, so it is closed.")
    person = current_person()
    if person is None:
        return _sign_in_first()
    if not may(person.roles, act):
        raise Forbidden(gettext("Your roles do not allow this. An administrator can change them."))
    return None


def _is_of_an_account() -> bool:
    """Whether an address names an assessment by its id, which opens only to people with a part in its service."""
    key = (request.view_args or {}).get("key", "")
    is_by_id = request.path.startswith("/a/") and ID.fullmatch(key) is not None
    return is_by_id and OPEN.get(request.endpoint or "") is not Open.HELD


def _sign_in_first() -> ResponseReturnValue:
    after = request.full_path.removesuffix("?") if request.method == "GET" else None
    return redirect(url_for("account.sign_in", next=after), 303)
