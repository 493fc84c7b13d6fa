"""A team as its manager meets it: which sections each role answers, invitations, progress, the consensus sheet."""

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from readiness.engine.answers import Role
from readiness.engine.ruleset import RuleSet
from readiness.errors import Closed, NotFound
from readiness.language import gettext
from readiness.permissions import Right
from readiness.report.words import ROLE, ROLES
from readiness.store.assessments import Assessment, Way
from readiness.store.consensus import consensus_sheet, start_consensus, stop_consensus
from readiness.store.invitations import (
    group_links,
    invite_respondent,
    invited,
    make_group_link,
    new_link,
    reminders,
    remove_invitation,
)
from readiness.store.mails import State, invitation_mails, send_again
from readiness.store.teams import choose_team, has_invitations, progress, read_team, team_before
from readiness.web.access import current_person
from readiness.web.assessments import minutes_of, open_assessment
from readiness.web.forms import Problem
from readiness.web.identity import now
from readiness.web.mail_texts import AskedBy, trouble_words
from readiness.web.mails import is_mail_on, queue_invitation, queue_reminders
from readiness.web.qr_codes import draw
from readiness.web.rules import database, minimum_group
from readiness.web.team_forms import InviteForm, Listed, askable_roles, sections_form

blueprint = Blueprint("team", __name__, url_prefix="/a/<key>/our-team")  # no section has a code with a hyphen


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A mail that has not arrived: whether it is given up, and why, in words."""

    id: str
    has_failed: bool
    why: str


@dataclass(frozen=True, slots=True)
class Made:
    """A link that was just made: for whom, where that is known, its key, and whether it was mailed as well."""

    name: str
    address: str
    key: str
    is_mailed: bool


def open_team(key: str) -> tuple[Assessment, RuleSet]:
    """The assessment of a manager. Raises NotFound for everybody else, and on the consensus sheet."""
    assessment, ruleset = open_assessment(key, Right.MANAGE)
    if assessment.is_consensus_sheet:
        raise NotFound(gettext("This is the consensus sheet. The page of the team belongs to its assessment."))
    return assessment, ruleset


@blueprint.get("/")
def overview(key: str) -> ResponseReturnValue:
    """Everything about the team of an assessment."""
    assessment, ruleset = open_team(key)
    return _page(key, assessment, ruleset)


def _page(
    key: str,
    assessment: Assessment,
    ruleset: RuleSet,
    problems: list[Problem] | None = None,
    people: InviteForm | None = None,
) -> str:
    k = minimum_group(ruleset, assessment.id)
    chosen, before = read_team(database(), assessment), team_before(database(), assessment)
    roles = askable_roles(ruleset, assessment.phase)
    return render_template(
        "team/overview.html",
        key=key,
        assessment=assessment,
        ruleset=ruleset,
        problems=problems or [],
        form=sections_form(ruleset, assessment.phase)(formdata=None, data=_ticked(ruleset, chosen or before, roles)),
        people=people or InviteForm(formdata=None),
        chosen=chosen,
        minutes={role: _minutes(ruleset, role, codes) for role, codes in chosen.items()},
        roles=roles,
        role_words=ROLE,
        roles_words=ROLES,
        may_choose=assessment.way is not Way.CONSENSUS and not has_invitations(database(), assessment),
        invited=invited(database(), assessment),
        with_link=group_links(database(), assessment),
        progress=progress(database(), assessment, k),
        sheet=consensus_sheet(database(), assessment),
        k=k,
        is_mail_on=is_mail_on(),
        mails=_undelivered(assessment),
        is_from_before=bool(before) and not chosen,
        was_reminded=request.args.get("done") == "reminded",
    )


def _undelivered(assessment: Assessment) -> dict[str, Undelivered]:
    """The first mails to respondents that have not arrived, and why, by invitation."""
    mails = invitation_mails(database(), assessment.id).items()
    return {
        invitation: Undelivered(mail.id, mail.state is State.FAILED, trouble_words(mail.trouble))
        for invitation, mail in mails
        if mail.trouble is not None
    }


def _ticked(ruleset: RuleSet, chosen: dict[Role, frozenset[str]], roles: tuple[Role, ...]) -> dict[str, list[str]]:
    """What is ticked in the form: what was chosen, else what was in the wave before; at first nothing."""
    codes = [section.code for section in ruleset.instrument.sections]
    return {role.value: [code for code in codes if code in chosen.get(role, ())] for role in roles}


def _minutes(ruleset: RuleSet, role: Role, sections: frozenset[str]) -> int:
    asked = ruleset.instrument.narrowed([role], sections)
    return sum(minutes_of(section, ruleset) for section in asked.sections)


def _back(key: str) -> ResponseReturnValue:
    return redirect(url_for("team.overview", key=key), 303)


@blueprint.post("/sections")
def choose(key: str) -> ResponseReturnValue:
    """Choose which sections each role answers."""
    assessment, ruleset = open_team(key)
    form = sections_form(ruleset, assessment.phase)()
    if not form.validate():
        sentence = gettext("Something was chosen that is not shown here. Choose again among the sections below.")
        return _page(key, assessment, ruleset, [(sentence, None)]), 400
    choose_team(database(), assessment, form.chosen())
    return _back(key)


@blueprint.post("/group-link")
def group_link(key: str) -> ResponseReturnValue:
    """Make the link for everybody of a role, and show it once."""
    assessment, _ = open_team(key)
    role = _role(request.form.get("role", ""))
    made = make_group_link(database(), assessment, role)
    return _links_page(key, [Made(gettext("Everybody: %(roles)s", roles=ROLES[role]), "", made, False)], is_group=True)


@blueprint.post("/invite")
def invite(key: str) -> ResponseReturnValue:
    """Invite people by name, each with a link of their own, and show the links once."""
    assessment, ruleset = open_team(key)
    form = InviteForm()
    if not form.validate():
        problems: list[Problem] = [(str(error), name) for name, found in form.errors.items() for error in found]
        return _page(key, assessment, ruleset, problems, people=form), 400
    role = _role(form.role.data or "")
    links = []
    for person in form.listed():
        made = invite_respondent(database(), assessment, role, person.name, person.address)
        links.append(_mailed(assessment, ruleset, role, person, made))
    return _links_page(key, links)


@blueprint.post("/invited/<invitation>/link")
def another_link(key: str, invitation: str) -> ResponseReturnValue:
    """One more link for somebody, for example because a mail was lost."""
    assessment, ruleset = open_team(key)
    person, made = new_link(database(), assessment, invitation)
    listed = Listed(person.name, person.address)
    return _links_page(key, [_mailed(assessment, ruleset, person.role, listed, made)])


@blueprint.post("/remind")
def remind(key: str) -> ResponseReturnValue:
    """Mail everybody who was invited by name once more: nobody knows who has answered."""
    assessment, ruleset = open_team(key)
    asked = {
        role: _asked_by(assessment, ruleset, role, sections)
        for role, sections in read_team(database(), assessment).items()
    }
    everybody = reminders(database(), assessment)
    queue_reminders(assessment.id, [(each, _address(each.key), asked[each.role]) for each in everybody])
    return redirect(url_for("team.overview", key=key, done="reminded"), 303)


@blueprint.post("/mails/<mail>/again")
def send_mail_again(key: str, mail: str) -> ResponseReturnValue:
    """Let a mail that failed wait anew."""
    assessment, _ = open_team(key)
    send_again(database(), mail, now(), assessment.id)
    return _back(key)


@blueprint.post("/invited/<invitation>/remove")
def remove(key: str, invitation: str) -> ResponseReturnValue:
    """Take somebody off the list."""
    assessment, _ = open_team(key)
    remove_invitation(database(), assessment, invitation)
    return _back(key)


@blueprint.post("/consensus")
def consensus(key: str) -> ResponseReturnValue:
    """Let the team answer together on one sheet."""
    assessment, _ = open_team(key)
    return redirect(url_for("assessments.tasks", key=start_consensus(database(), assessment)), 303)


@blueprint.post("/respondents")
def respondents(key: str) -> ResponseReturnValue:
    """Let respondents answer one by one again."""
    assessment, _ = open_team(key)
    stop_consensus(database(), assessment)
    return _back(key)


def _address(key: str) -> str:
    """The page that a link leads to."""
    return url_for("respondents.invitation", key=key, _external=True)


def _mailed(assessment: Assessment, ruleset: RuleSet, role: Role, person: Listed, made: str) -> Made:
    """A link that was made, mailed as well where there is a mail server and an address."""
    asked = _asked_by(assessment, ruleset, role, read_team(database(), assessment).get(role, frozenset()))
    queued = queue_invitation(assessment.id, person.name, person.address, made, _address(made), asked)
    return Made(person.name or person.address, person.address, made, queued)


def _asked_by(assessment: Assessment, ruleset: RuleSet, role: Role, sections: frozenset[str]) -> AskedBy:
    person = current_person()
    inviter = person.name if person and not person.is_local else ""
    return AskedBy(
        assessment.service, inviter, _minutes(ruleset, role, sections), minimum_group(ruleset, assessment.id)
    )


def _role(text: str) -> Role:
    if text not in set(Role):
        raise Closed(gettext("No role was chosen, or one that is not asked here. Nothing was changed."))
    return Role(text)


def _links_page(key: str, made: list[Made], is_group: bool = False) -> str:
    links = [(each, _address(each.key), draw(_address(each.key))) for each in made]
    return render_template("team/links.html", key=key, links=links, is_group=is_group)
