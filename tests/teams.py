"""A team as tests meet it: a manager who invites, respondents who enter and answer, a round that is closed."""

import re

from flask import Flask
from pages import Page, PageClient

MENTAL_HEALTH_WORKER, PEER_SUPPORT_WORKER = "mental_health_worker", "peer_support_worker"
TEAM = {MENTAL_HEALTH_WORKER: ["culture", "attitudes"], PEER_SUPPORT_WORKER: ["culture", "attitudes"]}


def choose_team(manager: PageClient, tasks: str, sections: dict[str, list[str]] | None = None) -> Page:
    """Choose on the manager's page which sections each role answers."""
    page = manager.get(f"{tasks}team/")
    path, fields = page.form("/team/sections")
    for role, codes in (sections or TEAM).items():
        fields.setlist(role, codes)
    return manager.post(path, [(name, value) for name, values in fields.lists() for value in values])


def group_link(manager: PageClient, tasks: str, role: str = MENTAL_HEALTH_WORKER) -> str:
    """The path of a link for everybody of a role."""
    page = manager.get(f"{tasks}team/")
    _, fields = page.form("/team/group-link")
    return links_on(manager.post(f"{tasks}team/group-link", {**fields.to_dict(), "role": role}))[0]


def personal_links(manager: PageClient, tasks: str, people: str, role: str = MENTAL_HEALTH_WORKER) -> list[str]:
    """The paths of links for single people."""
    page = manager.get(f"{tasks}team/")
    _, fields = page.form("/team/invite")
    return links_on(manager.post(f"{tasks}team/invite", {**fields.to_dict(), "role": role, "people": people}))


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
    """A respondent who answers everything with one and the same place among the choices, and sends it."""
    client, tasks = enter(app, link)
    client.answer_everything(tasks, pick)
    page = client.send(client.get(f"{tasks}submit"), {"comment": comment}, "/submit")
    assert "Your answers are sent" in page.text
    return client, tasks


def close(manager: PageClient, tasks: str) -> Page:
    """The manager closes the round."""
    return manager.send(manager.get(f"{tasks}submit"), {}, "/submit")
