"""The part of the walk that plans: recommendations chosen, actions changed, and the wave that reports on them."""

from collections.abc import Iterator

from flask import Flask
from pages import Page, PageClient
from walk import TYPED, Stop, bring_newer

from readiness.store.rulesets import keep_ruleset
from readiness.web.rules import database

WRITTEN = {"who": TYPED, "first_step": TYPED, "due_on": "2020-02-29", "status": "under way", "note": TYPED}


def walk_plan(app: Flask) -> Iterator[Stop]:
    """Every page of a plan and of the reports on it, in every state that changes its wording."""
    client = PageClient(app)
    tasks = client.start(TYPED, "before")
    yield Stop("error", "nothing to choose from", client.get(f"{tasks}plan/choose"))
    client.answer_everything(tasks, 0)
    client.send(client.get(f"{tasks}submit"), {}, "/submit")
    yield Stop("plan.overview", "empty", client.get(f"{tasks}plan"))
    yield Stop("error", "no file of nothing", client.get(f"{tasks}plan.csv"))
    yield from _chosen(client, tasks)
    yield from _changed(client, tasks)
    yield from _reopened(client, tasks)
    yield from _followed(app, client, tasks)


def _chosen(client: PageClient, tasks: str) -> Iterator[Stop]:
    page = client.get(f"{tasks}plan/choose")
    yield Stop("plan.choose", "three are ticked", page)
    token = ("csrf_token", page.form("/plan/choose")[1]["csrf_token"])
    yield Stop("plan.add", "nothing", client.post(f"{tasks}plan/choose", [token]))
    yield Stop("plan.add", "foreign", client.post(f"{tasks}plan/choose", [token, ("recommendation", "x")]))
    boxes = [each.get("value") or "" for each in page.root.iter("input") if each.get("type") == "checkbox"]
    chosen = [("recommendation", code) for code in boxes[:4]]
    yield Stop("plan.overview", "chosen", client.post(f"{tasks}plan/choose", [token, *chosen]))
    yield Stop("error", "no days", client.get(f"{tasks}plan.ics"))
    yield Stop("plan.choose", "some are planned", client.get(f"{tasks}plan/choose"))


def _changed(client: PageClient, tasks: str) -> Iterator[Stop]:
    path = actions_on(client.get(f"{tasks}plan"))[0]
    opened = client.get(path)
    yield Stop("plan.one", "new", opened)
    token = {"csrf_token": opened.form(path)[1]["csrf_token"], "revision": "1"}
    wrong = {"who": "x" * 301, "note": "x" * 2001, "due_on": "9999-12-31", "status": "x"}
    yield Stop("plan.save", "too much", client.post(path, {**token, **wrong}))
    yield Stop("plan.save", "no day", client.post(path, {**token, "due_on": "x"}))
    yield Stop("plan.save", "no session", client.post(path, WRITTEN))
    yield Stop("plan.overview", "overdue", client.post(path, {**token, **WRITTEN}))
    long = {**WRITTEN, "evidence": "x" * 2000, "who": "x" * 300}
    yield Stop("plan.save", "stale", client.post(path, {**token, **long}))
    yield Stop("plan.drop", "stale", client.post(f"{path}/drop", token))
    yield Stop("plan.overview", "long texts", client.post(path, {**token, **long, "revision": "2"}))
    yield Stop("plan.overview", "done", client.post(f"{actions_on(client.get(f'{tasks}plan'))[1]}/done", token))
    last = actions_on(client.get(f"{tasks}plan"))[3]
    client.post(f"{last}/drop", token)
    yield Stop("error", "dropped", client.get(last))


def _reopened(client: PageClient, tasks: str) -> Iterator[Stop]:
    path = actions_on(client.get(f"{tasks}plan"))[0]
    opened = client.get(path)
    client.send(client.get(f"{tasks}result"), {}, "/reopen")
    yield Stop("plan.overview", "open again", client.get(f"{tasks}plan"))
    yield Stop("error", "open again", client.get(path))
    token = {"csrf_token": opened.form(path)[1]["csrf_token"]}
    yield Stop("plan.save", "open again", client.post(path, {**token, **WRITTEN, "note": f"{TYPED} {TYPED}"}))
    yield from _without_need(client, tasks)


def _without_need(client: PageClient, tasks: str) -> Iterator[Stop]:
    """The same answers but one, which a recommendation that was chosen was about."""
    section = next(href for href in client.get(tasks).links().values() if href.startswith(tasks) and href != tasks)
    for href in {link for link in client.get(section).links().values() if link.startswith(section)}:
        page = client.get(href)
        if page.choices():
            client.send(page, {name: values[-1] for name, values in page.choices().items()}, href)
    client.send(client.get(f"{tasks}submit"), {}, "/submit")
    yield Stop("plan.overview", "no longer called for", client.get(f"{tasks}plan"))


def _followed(app: Flask, client: PageClient, tasks: str) -> Iterator[Stop]:
    services = [href for href in client.get("/services/").links().values() if href.startswith("/services/")]
    path = next(href for href in services if len(href) > 30)
    present = app.extensions["readiness"]
    bring_newer(app)
    with app.app_context():
        keep_ruleset(database(), app.extensions["readiness"][1].identity, {"ruleset.yaml": b""})
    later = client.send(client.get(path), {"phase": "after"}, "/follow-up").path
    yield Stop("assessments.tasks", "actions to report on", client.get(later))
    listed = client.get(f"{later}actions")
    yield Stop("plan_reports.overview", "none reported", listed)
    first = next(href for href in listed.links().values() if "/actions/" in href)
    opened = client.get(first)
    yield Stop("plan_reports.one", "new", opened)
    token = {"csrf_token": opened.form(first)[1]["csrf_token"], "revision": "0"}
    yield Stop("plan_reports.save", "nothing", client.post(first, token))
    yield Stop("plan_reports.one", "next", client.post(first, {**token, "status": "done", "note": TYPED}))
    yield Stop("plan_reports.save", "stale", client.post(first, {**token, "status": "dropped", "note": "x" * 2000}))
    yield Stop("error", "no such action", client.get(f"{later}actions/x"))
    yield Stop("error", "nothing before", client.get(f"{tasks}actions"))
    yield Stop("error", "nothing followed", client.get(f"{tasks}plan/outcome"))
    client.answer_everything(later, 2)
    client.send(client.get(f"{later}submit"), {}, "/submit")
    yield Stop("assessments.tasks", "actions reported on", client.get(later))
    yield Stop("plan_reports.overview", "submitted", client.get(f"{later}actions"))
    yield Stop("plan_reports.outcome", "another version", client.get(f"{later}plan/outcome"))
    client.send(client.get(f"{tasks}result"), {}, "/reopen")
    yield Stop("plan_reports.outcome", "open again", client.get(f"{later}plan/outcome"))
    app.extensions["readiness"] = present


def actions_on(page: Page) -> list[str]:
    """The paths of the actions that a plan leads to."""
    links = [link.get("href") or "" for link in page.root.iter("a")]
    return [href for href in links if "/plan/actions/" in href]
