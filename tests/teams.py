"""A team as tests meet it: a manager who invites, respondents who enter and answer, a round that is closed."""

import re

from flask import Flask
from pages import Page, PageClient

from readiness.engine.answers import Answer
from readiness.store.answers import save_page
from readiness.store.assessments import find_assessment
from readiness.store.codes import shown_code
from readiness.store.teams import enter as enter_in_database
from readiness.store.teams import send_response
from readiness.web.rules import database, pinned_ruleset

MENTAL_HEALTH_WORKER, PEER_SUPPORT_WORKER = "mental_health_worker", "peer_support_worker"
TEAM = {MENTAL_HEALTH_WORKER: ["culture", "attitudes"], PEER_SUPPORT_WORKER: ["culture", "attitudes"]}


def choose_team(manager: PageClient, tasks: str, sections: dict[str, list[str]] | None = None) -> Page:
    """Choose on the manager's page which sections each role answers."""
    page = manager.get(f"{tasks}our-team/")
    path, fields = page.form("/our-team/sections")
    for role, codes in (sections or TEAM).items():
        fields.setlist(role, codes)
    return manager.post(path, [(name, value) for name, values in fields.lists() for value in values])


def group_link(manager: PageClient, tasks: str, role: str = MENTAL_HEALTH_WORKER) -> str:
    """The path of a link for everybody of a role."""
    page = manager.get(f"{tasks}our-team/")
    _, fields = page.form("/our-team/group-link")
    return links_on(manager.post(f"{tasks}our-team/group-link", {**fields.to_dict(), "role": role}))[0]


def personal_links(manager: PageClient, tasks: str, people: str, role: str = MENTAL_HEALTH_WORKER) -> list[str]:
    """The paths of links for single people."""
    page = manager.get(f"{tasks}our-team/")
    _, fields = page.form("/our-team/invite")
    return links_on(manager.post(f"{tasks}our-team/invite", {**fields.to_dict(), "role": role, "people": people}))


def links_on(page: Page) -> list[str]:
    """The paths of the links that a page shows to hand over."""
    return re.findall(r'value="https?://[^/"]+(/i/[^"]+)"', page.html)


def enter(app: Flask, link: str) -> tuple[PageClient, str]:
    """A respondent in a browser of their own, and the path of their task list."""
    client = PageClient(app)
    page = client.send(client.get(link), {}, "/i/")
    assert page.status == 200
    return client, page.path


def answer_and_send(app: Flask, link: str, pick: int = 0, comment: str = "") -> tuple[PageClient, str]:
    """A respondent who answers everything with one and the same level of each item, and sends it.

    The answers go straight into the database, which saves a minute of pages; how pages save them is tested elsewhere.
    """
    with app.app_context():
        code = enter_in_database(database(), link.removeprefix("/i/"))
        own = find_assessment(database(), code)
        instrument = pinned_ruleset(own.rule_set).instrument.narrowed(
            [own.role] if own.role else [], own.sections or ()
        )
        for page in (page for section in instrument.sections for page in section.pages):
            items = [item for item in page.items if own.phase in item.ask]
            answers: dict[str, Answer] = {item.code: item.order[pick % len(item.order)] for item in items}
            save_page(database(), own, page.code, 0, answers)
        send_response(database(), own, comment)
    return PageClient(app), f"/a/{shown_code(code)}/"


def close(manager: PageClient, tasks: str) -> Page:
    """The manager closes the round."""
    return manager.send(manager.get(f"{tasks}submit"), {}, "/submit")
