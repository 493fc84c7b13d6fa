"""The part of the walk that several people take: services, a team, respondents, a round that closes and opens again."""

from collections.abc import Iterator
from datetime import date

from flask import Flask
from pages import Page, PageClient
from people import ADMINISTRATOR, add_administrator, add_person
from teams import answer_and_send, choose_team, enter, group_link, personal_links
from walk import TYPED, Stop

from readiness.engine.answers import Phase
from readiness.permissions import AccountRole
from readiness.store.assessments import start_assessment
from readiness.web.paper_forms import OWN_FIELDS
from readiness.web.rules import current_ruleset, database

MANAGER, IMPLEMENTER = "m@example.org", "i@example.org"


def walk_teams(app: Flask) -> Iterator[Stop]:
    """Every page of services, teams and respondents, in every state that changes its wording."""
    add_administrator(app, name=TYPED)
    add_person(app, MANAGER, TYPED, AccountRole.MANAGER)
    add_person(app, IMPLEMENTER, TYPED, AccountRole.IMPLEMENTER)
    manager = browser_of_language(app, MANAGER)
    yield Stop("services.overview", "none", manager.get("/services/"))
    tasks = manager.start(TYPED)
    yield Stop("assessments.tasks", "by an account", manager.get(tasks))
    yield Stop("pages.home", "with a service", manager.get("/"))
    yield from _team(app, manager, tasks)
    yield from _respondent(app, manager, tasks)
    yield from _closing(app, manager, tasks)
    yield from _service(app, manager)
    yield from _hand_over(app)


def browser_of_language(app: Flask, address: str) -> PageClient:
    """A browser in which somebody has signed in, whatever language its pages speak."""
    client = PageClient(app)
    page = client.get("/account/sign-in")
    client.send(page, {"address": address, "password": "correct horse battery"}, "/account/sign-in")
    return client


def _team(app: Flask, manager: PageClient, tasks: str) -> Iterator[Stop]:
    page = manager.get(f"{tasks}our-team/")
    yield Stop("team.overview", "none", page)
    path, fields = page.form("/our-team/sections")
    yield Stop("team.choose", "wrong", manager.post(path, [*fields.items(), ("service_user", "nothing")]))
    yield Stop("team.overview", "chosen", choose_team(manager, tasks))
    yield Stop("team.group_link", "made", _post(manager, tasks, "group-link", role="mental_health_worker"))
    yield Stop("error", "no role", _post(manager, tasks, "group-link", role="x"))
    for what, people in (
        ("nothing", ""),
        ("too many", f"{TYPED}\n" * 101),
        ("hidden", "a\u202eb"),
        ("long", "x" * 301),
    ):
        yield Stop("team.invite", what, _post(manager, tasks, "invite", role="mental_health_worker", people=people))
    made = _post(manager, tasks, "invite", role="mental_health_worker", people=f"{TYPED} a@example.org\nb@example.org")
    yield Stop("team.invite", "made", made)
    page = manager.get(f"{tasks}our-team/")
    yield Stop("team.overview", "invited", page)
    yield Stop("team.another_link", "made", manager.send(page, {}, "/link"))
    yield from _paper(manager, tasks)
    sheet = _post(manager, tasks, "consensus")
    yield Stop("paper.sheet", "consensus sheet", manager.get(f"{tasks}our-team/paper/consensus"))
    yield Stop("assessments.tasks", "consensus sheet", sheet)
    yield Stop("questionnaire.review", "consensus sheet", manager.get(f"{sheet.path}submit"))
    yield Stop("team.overview", "consensus", manager.get(f"{tasks}our-team/"))
    yield Stop("error", "no team of a sheet", manager.get(f"{sheet.path}our-team/"))
    _post(manager, tasks, "respondents")


def _paper(manager: PageClient, tasks: str) -> Iterator[Stop]:
    page = manager.get(f"{tasks}our-team/paper/mental_health_worker")
    yield Stop("paper.sheet", "empty", page)
    _, fields = page.form("/our-team/paper/")
    names = [name for name in fields if name not in OWN_FIELDS]
    for what, typed, action in (("wrong", TYPED, "enter"), ("blank", "x", "enter"), ("checked", "1", "check")):
        sent = {**fields.to_dict(), **dict.fromkeys(names, typed), "action": action}
        yield Stop("paper.enter", what, manager.post(page.path, sent))
    yield Stop("paper.enter", "not whole", manager.post(page.path, {**fields.to_dict(), "form": ""}))
    yield Stop("error", "no such sheet", manager.get(f"{tasks}our-team/paper/nobody"))


def _post(manager: PageClient, tasks: str, what: str, **fields: str) -> Page:
    _, known = manager.get(f"{tasks}our-team/").form("/our-team/")
    return manager.post(f"{tasks}our-team/{what}", {"csrf_token": known["csrf_token"], **fields})


def _respondent(app: Flask, manager: PageClient, tasks: str) -> Iterator[Stop]:
    visitor = PageClient(app)
    page = visitor.get("/code")
    yield Stop("respondents.code", "new", page)
    for what, code in (("no code", "x"), ("unknown", "0" * 16)):
        yield Stop("respondents.come_back", what, visitor.send(page, {"code": code}, "/code"))
    (link,) = personal_links(manager, tasks, TYPED)
    yield Stop("respondents.invitation", "new", visitor.get(link))
    yield Stop("error", "no invitation", visitor.get(f"{link}x"))
    own, path = enter(app, link)
    yield Stop("assessments.tasks", "respondent", own.get(path))
    yield Stop("respondents.begin", "entered", visitor.post(link, visitor.get("/code").form("/code")[1]))
    yield Stop("error", "not a respondent's", own.get(f"{path}our-team/"))
    yield Stop("error", "only a respondent's", manager.get(f"{tasks}delete"))
    page = own.get(f"{path}submit")
    yield Stop("questionnaire.review", "respondent", page)
    yield Stop("questionnaire.submit", "nothing answered", own.send(page, {}, "/submit"))
    own.answer_everything(path)
    page = own.get(f"{path}submit")
    yield Stop("questionnaire.submit", "long comment", own.send(page, {"comment": "x" * 1001}, "/submit"))
    yield Stop("assessments.tasks", "sent", own.send(page, {"comment": TYPED}, "/submit"))
    own.send(own.get(path), {}, "/take-back")
    page = own.get(f"{path}delete")
    yield Stop("respondents.ask_deletion", "asked", page)
    yield Stop("respondents.delete_answers", "done", own.send(page, {}, "/delete"))
    yield Stop("error", "deleted", own.get(path))


def _closing(app: Flask, manager: PageClient, tasks: str) -> Iterator[Stop]:
    link = group_link(manager, tasks)
    yield Stop("questionnaire.review", "few", manager.get(f"{tasks}submit"))
    sent = [answer_and_send(app, link, number % 3, TYPED) for number in range(10)]
    late, path = enter(app, link)
    yield Stop("team.overview", "answered", manager.get(f"{tasks}our-team/"))
    page = manager.get(f"{tasks}submit")
    yield Stop("questionnaire.review", "enough", page)
    yield Stop("results.result", "team", manager.send(page, {}, "/submit"))
    yield Stop("team.overview", "closed", manager.get(f"{tasks}our-team/"))
    yield Stop("assessments.tasks", "too late", late.get(path))
    own, path = sent[0]
    yield Stop("assessments.tasks", "in time", own.get(path))
    yield Stop("respondents.invitation", "closed", PageClient(app).get(link))
    yield Stop("error", "closed", own.send(own.get(f"{path}delete"), {}, "/delete"))


def _service(app: Flask, manager: PageClient) -> Iterator[Stop]:
    page = manager.get("/services/")
    yield Stop("services.overview", "one", page)
    path = next(href for link in page.root.iter("a") if len(href := link.get("href") or "") > 40)
    page = manager.get(path)
    yield Stop("services.one", "closed", page)
    yield Stop("services.begin_follow_up", "wrong", manager.send(page, {"phase": "x"}, "/follow-up"))
    yield Stop("services.name_organisation", "long", manager.send(page, {"organisation": "x" * 301}, "/organisation"))
    for what, address in (("nobody", "x@example.org"), ("nothing", ""), ("no address", "x")):
        shared = {"address": address, "part": "implementer"}
        yield Stop("services.share", what, manager.send(page, shared, "/share"))
    manager.send(page, {"address": IMPLEMENTER, "part": "implementer"}, "/share")
    manager.send(page, {"organisation": TYPED}, "/organisation")
    yield Stop("services.one", "shared", manager.get(path))
    implementer = browser_of_language(app, IMPLEMENTER)
    yield Stop("services.overview", "implementer", implementer.get("/services/"))
    yield Stop("services.one", "implementer", implementer.get(path))
    yield Stop("error", "implementer", implementer.get(f"{path}x"))
    follow_up = manager.send(manager.get(path), {"phase": "after"}, "/follow-up")
    yield Stop("assessments.tasks", "follow-up", follow_up)
    yield Stop("services.overview", "open", manager.get("/services/"))
    yield Stop("services.one", "open", manager.get(path))
    yield Stop("questionnaire.page", "facts from before", manager.get(f"{follow_up.path}resources/money"))
    yield Stop("results.result", "not yet", implementer.get(f"{follow_up.path}result"))


def _hand_over(app: Flask) -> Iterator[Stop]:
    administrator = browser_of_language(app, ADMINISTRATOR)
    yield Stop("people.services", "none", administrator.get("/people/services"))
    with app.app_context():
        start_assessment(database(), TYPED, Phase.AFTER, current_ruleset().identity.digest, date(2026, 11, 30))
    page = administrator.get("/people/services")
    yield Stop("people.services", "one", page)
    yield Stop("people.hand_over", "nobody", administrator.send(page, {"address": "x"}, "/people/services"))
