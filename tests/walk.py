"""A walk through every page that there is, by addresses and form values, whatever language the pages speak."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from flask import Flask
from pages import Page, PageClient
from passlib.totp import TOTP
from people import ADMINISTRATOR, PASSWORD, add_administrator, add_person, link_on, sign_in
from pseudo_rules import with_pseudo_languages
from team_values import PEERS, STAFF, TODAY, USERS, half_open, highest, rarely, release_team, torn

from readiness.engine.answers import Phase
from readiness.engine.instrument import Instrument, Item
from readiness.engine.localised import localised
from readiness.engine.ruleset import RuleSet
from readiness.mail_server import MailServer, Security
from readiness.permissions import AccountRole
from readiness.store.accounts import first_link
from readiness.store.assessments import start_assessment
from readiness.store.drafts import Author, ask_for_review, change_file
from readiness.store.mails import WAITS, Reason, Trouble, mark_undelivered, take_mail
from readiness.store.runs import SILENCE, Job, Progress, approval, end_run, runs_of, start_run
from readiness.web.identity import now
from readiness.web.rules import current_ruleset, database
from readiness.web.workbench.reading import PAGES

# Pages of a draft that the same functions make of a version.
OF_A_DRAFT = [f"workbench_reading.{page}" for _, page, _ in PAGES if page != "questions"]
# Endpoints that answer with no page of their own, each with what they do instead.
NO_PAGE = {
    "static": "files",
    "pages.health": "data for whoever watches the service",
    "pages.speak": "leads back",
    "assessments.forget_here": "leads to the first page",
    "results.reopen": "leads to the task list",
    "team.remove": "leads to the page of the team",
    "team.remind": "leads to the page of the team",
    "team.send_mail_again": "leads to the page of the team",
    "team.consensus": "leads to the consensus sheet",
    "team.respondents": "leads to the page of the team",
    "respondents.take_back_answers": "leads to the task list",
    "services.unshare": "leads to the list of services",
    "shares.end": "leads to the list of links",
    "shares.pdf": "a PDF",
    "downloads.chart_svg": "a drawing",
    "downloads.chart_png": "a picture",
    "downloads.everything": "a zip archive",
    "paper.form": "a PDF",
    "results.pdf": "a PDF",
    "results.data": "data",
    "results.team_csv": "a table",
    "results.answers_file": "data",
    "examples.pdf": "a PDF",
    "comparisons.data": "data",
    "plan.finish": "leads to the plan",
    "plan.order": "leads to the plan",
    "plan.csv": "a table",
    "plan.xlsx": "a workbook",
    "plan.ics": "a calendar",
    "changes.data": "data",
    "account.sign_out": "leads to the first page",
    "people.activate": "leads to the person",
    "people.second_factor_off": "leads to the person",
    "people.send_mail_again": "leads to the people",
    "people.dismiss": "leads to the people",
    "workbench_versions.archive": "a zip archive",
    "workbench_version.example_pdf": "a PDF",
    "workbench_drafts.discard": "leads to the list of drafts",
    "workbench_files.archive": "a zip archive",
    "workbench_runs.data": "data",
    "workbench_runs.sheet": "a page or a table to keep",
    "workbench_runs.add_case": "leads to the file of the case",
    "workbench_review.check": "leads to how far it is",
    **dict.fromkeys(OF_A_DRAFT, "the page of a version, shown of a draft"),
}
TYPED = "Zyklus"  # what the person of this walk types wherever something can be typed


@dataclass(frozen=True, slots=True)
class Stop:
    """One page of the walk, with the endpoint that made it and what it shows."""

    endpoint: str
    what: str
    page: Page


def speak_pseudo(app: Flask) -> None:
    """Give the application's rule set its translations into the pseudo-languages."""
    engine, own, _ = app.extensions["readiness"]
    translated = with_pseudo_languages(own)
    versions = {each.identity.digest: each for each in (translated, newer_than(translated))}
    said: dict[tuple[str, str], RuleSet] = {}

    def pinned(digest: str, code: str) -> RuleSet:
        return said.setdefault((digest, code), localised(versions[digest], code))

    app.extensions["readiness"] = (engine, translated, pinned)


def draft_by_machine(app: Flask) -> None:
    """Mark every translation of the rule set as drafted by a machine."""
    engine, own, pinned = app.extensions["readiness"]

    def marked(digest: str, code: str) -> RuleSet:
        kept = pinned(digest, code)
        return replace(kept, locales={code: replace(locale, draft=True) for code, locale in kept.locales.items()})

    app.extensions["readiness"] = (engine, own, marked)


def bring_newer(app: Flask) -> None:
    """Let a newer version of the rule set take over from the one that assessments so far are pinned to."""
    engine, own, pinned = app.extensions["readiness"]
    app.extensions["readiness"] = (engine, newer_than(own), pinned)


def newer_than(ruleset: RuleSet) -> RuleSet:
    """A later version, without the first level of each rated item; the others are asked before the start only."""

    def changed(item: Item, scored: bool) -> Item:
        kept = {Phase.BEFORE: item.ask.get(Phase.BEFORE, "")}
        return replace(item, options=item.options[1:]) if scored else replace(item, ask=kept)

    sections = tuple(
        replace(
            section,
            pages=tuple(
                replace(page, items=tuple(changed(item, section.scored) for item in page.items))
                for page in section.pages
            ),
        )
        for section in ruleset.instrument.sections
    )
    identity = replace(ruleset.identity, version="99.0.0", digest="9" * 64, logic="9" * 64)
    return replace(ruleset, identity=identity, instrument=Instrument(sections))


def walk(app: Flask, ruleset: RuleSet) -> Iterator[Stop]:
    """Every kind of page in every state that changes its wording; the rule set tells the codes to go by."""
    client = PageClient(app)
    yield from _first_page(client)
    yield from _questionnaire(client, ruleset)
    yield from _results(app, client)
    yield from _examples(client, ruleset)
    yield from _evidence(client, ruleset)
    yield from _refusals(client)


def _first_page(client: PageClient) -> Iterator[Stop]:
    yield Stop("pages.home", "new", client.get("/"))
    yield Stop("walkthrough.pictures", "all", client.get("/walk-through"))
    for what, service in (("nothing", ""), ("too much", "x" * 301), ("hidden", "a\u202eb")):
        page = client.send(client.get("/"), {"service": service}, "/assessments")
        yield Stop("assessments.start", what, page)


def _questionnaire(client: PageClient, ruleset: RuleSet) -> Iterator[Stop]:
    tasks = client.start(TYPED, "before")
    yield Stop("assessments.tasks", "before the start", client.get(tasks))
    tasks = client.start(TYPED, "after")
    yield Stop("pages.home", "with assessments", client.get("/"))
    first = ruleset.instrument.sections[0]
    paths = [f"{tasks}{section.code}/{section.pages[0].code}" for section in ruleset.instrument.sections]
    for path in paths:
        yield Stop("questionnaire.page", path, client.get(path))
    page = client.get(paths[0])
    action, fields = page.form("/a/")
    codes = page.choices()
    item, values = next(iter(codes.items()))
    two = [(item, values[0]), (item, values[1]), *fields.items(multi=True)]
    yield Stop("questionnaire.save", "two values", client.post(action, two))
    yield Stop("questionnaire.save", "no such value", client.post(action, [(item, "x"), *fields.items(multi=True)]))
    yield Stop("questionnaire.save", "foreign field", client.post(action, [("x", "y"), *fields.items(multi=True)]))
    yield Stop("questionnaire.save", "no session", client.post(action, [(item, values[0])]))
    yield Stop("questionnaire.check", "gaps", client.get(f"{tasks}{first.code}/"))
    client.send(page, {name: offered[0] for name, offered in codes.items()}, "/a/")
    stale = client.send(page, {name: offered[1] for name, offered in codes.items()}, "/a/")
    assert stale.status == 409
    yield Stop("questionnaire.save", "stale", stale)
    yield Stop("questionnaire.review", "gaps", client.get(f"{tasks}submit"))
    client.answer_everything(tasks, -1)
    yield Stop("questionnaire.check", "complete", client.get(f"{tasks}{first.code}/"))
    yield Stop("questionnaire.review", "complete", client.get(f"{tasks}submit"))
    yield Stop("results.result", "the best answers", client.send(client.get(f"{tasks}submit"), {}, "/submit"))
    yield Stop("assessments.tasks", "submitted", client.get(tasks))
    yield Stop("questionnaire.save", "submitted meanwhile", client.send(page, {item: values[1]}, "/a/"))


def _results(app: Flask, client: PageClient) -> Iterator[Stop]:
    tasks = client.start(TYPED, "after")
    client.answer_everything(tasks, 0)
    yield Stop("results.result", "the first answers", client.send(client.get(f"{tasks}submit"), {}, "/submit"))
    yield Stop("error", "nothing newer", client.get(f"{tasks}compare"))
    present = app.extensions["readiness"]
    bring_newer(app)
    yield Stop("results.result", "of an older version", client.get(f"{tasks}result"))
    yield Stop("comparisons.compare", "levels gone", client.get(f"{tasks}compare"))
    app.extensions["readiness"] = present
    tasks = client.start(TYPED, "before")
    yield Stop("results.result", "nothing known", client.send(client.get(f"{tasks}submit"), {}, "/submit"))
    yield from _teams(app, client)


def _teams(app: Flask, client: PageClient) -> Iterator[Stop]:
    """Results of teams: groups that differ within and from each other, and one too small to be told."""
    mixed = {STAFF: (12, torn), PEERS: (7, half_open), USERS: (6, rarely)}
    for what, team in (("a team", mixed), ("pooled roles", {PEERS: (3, highest), USERS: (4, highest)}),
                       ("a small team", {STAFF: (2, torn)})):  # fmt: skip
        with app.app_context():
            key = start_assessment(database(), TYPED, Phase.AFTER, current_ruleset().identity.digest, TODAY)
            release_team(database(), key, current_ruleset().instrument, team, TYPED)
        yield Stop("results.result", what, client.get(f"/a/{key}/result"))


def _examples(client: PageClient, ruleset: RuleSet) -> Iterator[Stop]:
    pair = next(iter(ruleset.pairs.values()))
    for code in (*(case.code for case in ruleset.examples), pair.first, pair.then):
        yield Stop("examples.result", code, client.get(f"/examples/{code}/"))


def _evidence(client: PageClient, ruleset: RuleSet) -> Iterator[Stop]:
    for path in ("method", "method/recommendations", "evidence/", "evidence/subjects/", "evidence/findings/"):
        page = client.get(f"/{path}")
        endpoint = {"method": "method", "method/recommendations": "advice", "evidence/": "overview"}.get(path)
        yield Stop(f"evidence.{endpoint or ('subjects' if 'subjects' in path else 'finding_list')}", path, page)
    for code in ruleset.constructs:
        yield Stop("evidence.construct", code, client.get(f"/method/constructs/{code}"))
    for query in ("kind=hypothesis", "site=none", "site=ULM", "unused=1", "construct=culture&site=PU&kind=hypothesis"):
        yield Stop("evidence.finding_list", query, client.get(f"/evidence/findings/?{query}"))
    kinds = {finding.kind: code for code, finding in ruleset.findings.items()}
    phases = {finding.phase: code for code, finding in ruleset.findings.items()}
    for code in dict.fromkeys([*kinds.values(), *phases.values()]):
        yield Stop("evidence.one_finding", code, client.get(f"/evidence/findings/{code}"))


def _refusals(client: PageClient) -> Iterator[Stop]:
    tasks = client.start(TYPED)
    for path in (
        "/nowhere", "/assessments", "/a/unknown/", "/examples/unknown/", "/evidence/findings/unknown",
        "/evidence/findings/?construct=cultur", "/evidence/findings/?kind=x", "/method/constructs/cultur",
        f"{tasks}unknown/", f"{tasks}unknown/unknown",
    ):  # fmt: skip
        yield Stop("error", path, client.get(path))
    yield Stop("error", "no token", client.post("/assessments", {"service": TYPED}))
    yield Stop("error", "too large", client.post("/assessments", {"service": "x" * 300_000}))


def walk_drafts(app: Flask, ruleset: RuleSet) -> Iterator[Stop]:
    """Every page of versions and of drafts as files: changed, stale, refused, with problems, in review."""
    client, base = PageClient(app), ruleset.identity.digest
    yield Stop("workbench_versions.overview", "no draft", client.get("/workbench/"))
    yield from _version(client, ruleset)
    page = client.get("/workbench/")
    yield Stop("workbench_versions.start", "no name", client.send(page, {"base": base}, "/workbench/drafts"))
    page = client.send(page, {"base": base, "name": TYPED}, "/workbench/drafts")
    draft, path = page.path, "scoring/culture.yaml"
    yield Stop("workbench_files.overview", "new", page)
    yield Stop("workbench_files.add", "no name", client.send(page, {"path": "x"}, "/files/"))
    yield Stop("workbench_files.upload", "nothing", client.send(page, {}, "/upload"))
    yield Stop("workbench_files.all_differences", "none", client.get(f"{draft}difference"))
    yield from _forms(client, draft, ruleset)
    yield from _runs(app, client, draft)
    editor = client.get(f"{draft}files/{path}")
    yield Stop("workbench_files.one", "as it was", editor)
    yield Stop("workbench_files.one", "problems", client.send(editor, {"text": "a: \u202e\n"}, "/files/"))
    yield Stop("workbench_files.save", "stale", client.send(editor, {"text": "b: c\n"}, "/files/"))
    yield Stop("workbench_files.save", "stale removal", client.send(editor, {"action": "remove"}, "/files/"))
    yield Stop("workbench_files.save", "bad name", client.post(f"{draft}files/x", [one_token(editor), ("text", "x")]))
    yield Stop("workbench_files.one", "new", client.get(f"{draft}files/cases/{TYPED}.yaml"))
    yield Stop("workbench_files.overview", "problems", client.get(draft))
    yield Stop("workbench_files.all_differences", "some", client.get(f"{draft}difference"))
    yield Stop("workbench_runs.overview", "problems", client.get(f"{draft}runs/"))
    yield Stop("workbench_review.overview", "problems", client.get(f"{draft}review/"))
    yield Stop("workbench_reading.questions", "problems", client.get(f"{draft}read/questions/"))
    client.send(client.get(draft), {}, "/discard")
    yield Stop("workbench_versions.overview", "discarded", client.get("/workbench/"))
    yield Stop("workbench_files.overview", "discarded", client.get(draft))
    yield Stop("workbench_files.save", "discarded", client.send(editor, {"text": "b: c\n"}, "/files/"))


def _forms(client: PageClient, draft: str, ruleset: RuleSet) -> Iterator[Stop]:
    """Every form of a draft: as it opens, with what makes no sense, and what would be removed."""
    item, rule = next(iter(ruleset.instrument.items.values())), next(iter(ruleset.rules))
    rated, finding = next(iter(ruleset.item_scoring.values())), next(iter(ruleset.findings))
    advice, source = ruleset.recommendations[0].code, f"sources/{next(iter(ruleset.sources))}"
    yield Stop("workbench_forms.overview", "all", client.get(f"{draft}edit/"))
    for name, path in {
        "edit_item": f"items/{item.code}", "edit_option": f"items/{rated.item}/{rated.best}",
        "edit_rule": f"rules/{rule}", "edit_recommendation": f"recommendations/{advice}",
        "edit_finding": f"findings/{finding}", "new_rule": "new-rule", "new_recommendation": "new-recommendation",
        "new_finding": "new-finding", "edit_source": source, "new_source": "new-source",
        "remove_rule": f"rules/{rule}/remove",
        "remove_recommendation": f"recommendations/{advice}/remove", "remove_finding": f"findings/{finding}/remove",
    }.items():  # fmt: skip
        page = client.get(f"{draft}edit/{path}")
        yield Stop(f"workbench_forms.{name}", path, page)
        if name.startswith("new"):
            yield Stop(f"workbench_forms.{name}", "nothing filled in", client.send(page, {}, path))
    level = f"items/{rated.item}/{rated.best}"
    for about, fields in {
        "preview of another worth": {"do": "preview", "rating": "0"},
        "preview of nothing": {"do": "preview"},
        "a field that is not its own": {"worth": "0"},
    }.items():
        page = client.send(client.get(f"{draft}edit/{level}"), fields, level)
        yield Stop("workbench_forms.edit_option", about, page)
    seen = client.send(client.get(f"{draft}edit/{source}"), {"do": "preview", "year": "1999"}, source)
    yield Stop("workbench_forms.edit_source", "preview", seen)
    added = client.send(client.get(f"{draft}edit/rules/{rule}"), {"do": "unless:add"}, f"rules/{rule}")
    yield Stop("workbench_forms.edit_rule", "one more row", added)
    removed = client.post(f"{draft}edit/findings/{finding}/remove", [one_token(added), ("opened", "x")])
    yield Stop("workbench_forms.remove_finding", "changed meanwhile", removed)


def _runs(app: Flask, client: PageClient, draft: str) -> Iterator[Stop]:
    """What is run on a draft that is wrong in many ways, and its review, by one person alone."""
    code = draft.rstrip("/").rpartition("/")[2]
    yield Stop("workbench_runs.overview", "none yet", client.get(f"{draft}runs/"))
    yield Stop("workbench_review.overview", "nothing tried", client.get(f"{draft}review/"))
    with app.app_context():
        change_file(
            database(), code, "scoring/culture.yaml", lambda text: text.replace(": -1\n", ": 2\n"), Author("x", TYPED)
        )
    token = one_token(client.get(f"{draft}runs/"))
    yield Stop("workbench_runs.start", "no such job", client.post(f"{draft}runs/", [token, ("job", "x")]))
    for fields in ([("job", "test")], [("job", "prove")], [("job", "compare")], [("job", "impact"), ("on", "cases")]):
        yield Stop("workbench_runs.one", "just begun", client.post(f"{draft}runs/", [token, *fields]))
    yield Stop("workbench_review.checking", "running", client.get(f"{draft}review/check"))
    yield from _ended(app, client, draft, code)
    for on, count in (("stored", ""), ("simulated", "50")):
        client.post(f"{draft}runs/", [token, ("job", "impact"), ("on", on), ("count", count)])
    yield from _ended(app, client, draft, code)
    yield Stop("workbench_runs.overview", "some", client.get(f"{draft}runs/"))
    page = client.get(f"{draft}review/")
    yield Stop("workbench_review.overview", "not in order", page)
    yield Stop("workbench_review.ask", "alone", client.post(f"{draft}review/ask", [token]))
    yield Stop("workbench_review.publish", "no review", client.post(f"{draft}review/publish", [token]))
    with app.app_context():
        for job, result in (
            (Job.TEST, {"why": "time"}),
            (Job.PROVE, {"why": "memory"}),
            (Job.COMPARE, {"why": "fault"}),
        ):
            run = start_run(database(), code, 1, job, "", now())
            end_run(database(), run, Progress.FAILED, result, now())
        lost = start_run(database(), code, 1, Job.PUBLISH, approval("9.9.9", ""), now() - 2 * SILENCE)
        ask_for_review(database(), code, TYPED)
    yield from _ended(app, client, draft, code)
    yield Stop("workbench_runs.one", "lost", client.get(f"{draft}runs/{lost}"))
    yield Stop("workbench_review.overview", "in review", client.get(f"{draft}review/"))
    yield Stop("workbench_review.give_back", "no comment", client.post(f"{draft}review/back", [token]))
    back = client.post(f"{draft}review/back", [token, ("comment", TYPED)])
    yield Stop("workbench_review.overview", "given back", back)


def _ended(app: Flask, client: PageClient, draft: str, code: str) -> Iterator[Stop]:
    """The pages of the latest runs, once all have ended."""
    with app.app_context():
        while any(run.progress is Progress.RUNNING and not run.is_lost(now()) for run in runs_of(database(), code)):
            time.sleep(0.2)
        runs = runs_of(database(), code)
    for run in runs:
        yield Stop("workbench_runs.one", f"{run.job} {run.progress}", client.get(f"{draft}runs/{run.id}"))


def _second_person(app: Flask) -> Iterator[Stop]:
    """A review among two researchers."""
    asks, publishes = PageClient(app), PageClient(app)
    for client, address in ((asks, "d@example.org"), (publishes, "e@example.org")):
        add_person(app, address, TYPED, AccountRole.RESEARCHER)
        sign_in(client, address)
    with app.app_context():
        base = current_ruleset().identity.digest
    draft = asks.send(asks.get("/workbench/"), {"name": TYPED, "base": base}, "/workbench/drafts").path
    yield Stop("workbench_review.overview", "several people", asks.get(f"{draft}review/"))
    yield Stop("workbench_review.ask", "nothing", asks.send(asks.get(f"{draft}review/"), {}, "/review/ask"))
    with app.app_context():
        ask_for_review(database(), draft.rstrip("/").rpartition("/")[2], TYPED)
    page = publishes.get(f"{draft}review/")
    yield Stop("workbench_review.overview", "to be published", page)
    wrong = {"version": "1", "note": TYPED * 700}
    yield Stop("workbench_review.publish", "wrong", publishes.send(page, wrong, "/review/publish"))


def _version(client: PageClient, ruleset: RuleSet) -> Iterator[Stop]:
    """A version that is read."""
    version = f"/workbench/versions/{ruleset.identity.digest}"
    item, rule = next(iter(ruleset.item_scoring)), next(iter(ruleset.rules.values()))
    finding, case = next(iter(ruleset.findings)), next(iter(ruleset.cases))
    for page, path in {
        "questions": "questions/", "question": f"questions/{item}", "method": "method",
        "construct": f"method/constructs/{rule.construct}", "advice": "method/recommendations",
        "overview": "evidence/", "finding_list": "evidence/findings/", "one_finding": f"evidence/findings/{finding}",
        "subjects": "evidence/subjects/", "example": f"examples/{case}/",
    }.items():  # fmt: skip
        yield Stop(f"workbench_version.{page}", path, client.get(f"{version}/{path}"))
    for section in ruleset.instrument.sections:
        what = f"questions/?section={section.code}"
        yield Stop("workbench_version.questions", what, client.get(f"{version}/{what}"))
    for code in ruleset.instrument.items:
        yield Stop("workbench_version.question", code, client.get(f"{version}/questions/{code}"))
    for path in ("questions/unknown", "questions/?section=unknown", "files/unknown"):
        yield Stop("error", path, client.get(f"{version}/{path}"))
    yield Stop("workbench_versions.files", "all", client.get(f"{version}/files/"))
    yield Stop("workbench_versions.file", "one", client.get(f"{version}/files/scoring/culture.yaml"))


def walk_accounts(app: Flask) -> Iterator[Stop]:
    """Every page of accounts: the first link, signing in, one's own account, people, and what is refused."""
    client = PageClient(app)
    with app.app_context():
        key = first_link(database())
    yield Stop("account.link", "first", client.get(f"/account/link/{key}"))
    yield Stop("account.use_link", "nothing", client.send(client.get(f"/account/link/{key}"), {}, "/account/link"))
    add_administrator(app, name=TYPED)
    yield Stop("error", "used link", client.get(f"/account/link/{key}"))
    yield Stop("pages.home", "signed out", client.get("/"))
    page = client.get("/account/sign-in")
    yield Stop("account.sign_in", "new", page)
    known = {"address": ADMINISTRATOR, "password": PASSWORD}
    for what, sent in {"nothing": {}, "wrong": {"password": "x"}, "too much": {"address": "x" * 300}}.items():
        answer = client.send(page, {**known, **sent} if sent else {}, "/account/sign-in")
        yield Stop("account.send_sign_in", what, answer)
    assert client.send(page, known, "/account/sign-in").status == 200
    yield from _people(app, client)
    yield from _own_account(client)
    yield from _second_person(app)
    yield Stop("account.sign_out_everywhere", "done", client.send(client.get("/account/"), {}, "everywhere"))
    client.send(client.get("/account/sign-in"), known, "/account/sign-in")
    page = client.get("/account/code")
    yield Stop("account.code", "new", page)
    yield Stop("account.send_code", "wrong", client.send(page, {"code": "000000"}, "/account/code"))


def _own_account(client: PageClient) -> Iterator[Stop]:
    page = client.get("/account/")
    yield Stop("account.own", "new", page)
    changes = {"present": PASSWORD, "password": "aaaaaaaaaaaa", "again": "b"}
    yield Stop("account.change_password", "weak", client.send(page, changes, "/password"))
    changes = {"present": "wrong", "password": PASSWORD + "!", "again": PASSWORD + "!"}
    yield Stop("account.change_password", "wrong", client.send(page, changes, "/password"))
    changes = {"present": PASSWORD, "password": PASSWORD, "again": PASSWORD}
    yield Stop("account.change_password", "done", client.send(page, changes, "/password"))
    page = client.get("/account/second-factor")
    yield Stop("account.second_factor", "new", page)
    yield Stop("account.start_second_factor", "nothing", client.send(page, {}, "second-factor"))
    wrong = {"code": "000000", "present": PASSWORD}
    yield Stop("account.start_second_factor", "wrong", client.send(page, wrong, "second-factor"))
    secret = "".join(next(page.root.iter("code")).itertext())
    right = {"code": TOTP(key=secret).generate().token, "present": PASSWORD}
    yield Stop("account.start_second_factor", "recovery codes", client.send(page, right, "second-factor"))
    page = client.get("/account/")
    yield Stop("account.own", "with a second step", page)
    yield Stop("account.stop_second_factor", "wrong", client.send(page, {"present": "x"}, "second-factor/off"))


def _people(app: Flask, client: PageClient) -> Iterator[Stop]:
    page = client.get("/people/")
    yield Stop("people.everybody", "alone", page)
    yield Stop("people.send_invitation", "nothing", client.send(page, {}, "/people"))
    invited = client.send(page, {"name": TYPED, "address": "b@example.org", "roles": "manager"}, "/people")
    yield Stop("people.send_invitation", "link", invited)
    yield Stop("account.link", "invitation", PageClient(app).get(link_on(invited)))
    add_person(app, "c@example.org", TYPED, AccountRole.RESEARCHER)
    page = client.get("/people/")
    yield Stop("people.everybody", "three", page)
    paths = [href for link in page.root.iter("a") if (href := link.get("href") or "").startswith("/people/")]
    for path in (path for path in paths[1:] if not path.endswith("/services")):
        one = client.get(path)
        yield Stop("people.one", path, one)
        yield Stop("people.change_roles", path, client.post(f"{path}/roles", [one_token(one)]))
        if one.html.count("/link"):
            yield Stop("people.new_link", path, client.send(one, {}, "/link"))
            yield Stop("people.deactivate", path, client.send(one, {}, "/deactivate"))
    yield from _mails(app, client)


def _mails(app: Flask, client: PageClient) -> Iterator[Stop]:
    """An invitation that is mailed, waits for a mail server that does not answer, and is refused."""
    app.config["SMTP"] = MailServer("127.0.0.1", 25, Security.NONE)
    typed = {"name": TYPED, "address": "mailed@example.org", "roles": "manager"}
    yield Stop("people.send_invitation", "mailed", client.send(client.get("/people/"), typed, "/people"))
    for after, trouble in ((0, Trouble(Reason.UNREACHABLE, TYPED)), (1, Trouble(Reason.REFUSED, TYPED, True))):
        with app.app_context():
            at = now() + after * WAITS[0]
            mail = take_mail(database(), app.config["SECRET_KEY"], at)
            assert mail is not None
            mark_undelivered(database(), mail, trouble, at)
        yield Stop("people.everybody", f"mail that is {trouble.reason}", client.get("/people/"))


def one_token(page: Page) -> tuple[str, str]:
    """The CSRF token of a page, as a field to send alone."""
    return "csrf_token", page.form()[1]["csrf_token"]
