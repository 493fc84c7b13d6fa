"""The part of the walk that tries other answers: on an example, an assessment and a team, for better and for worse."""

from collections.abc import Iterator

from flask import Flask
from pages import PageClient
from team_values import STAFF, TODAY, highest, release_team
from walk import TYPED, Stop

from readiness.engine.answers import Phase
from readiness.engine.ruleset import RuleSet
from readiness.store.assessments import start_assessment
from readiness.web.rules import current_ruleset, database


def walk_levers(app: Flask, ruleset: RuleSet) -> Iterator[Stop]:
    """Every state of the pages on what would help most that changes their wording."""
    client = PageClient(app)
    item = next(iter(ruleset.item_scoring.values()))
    worst = min(item.ratings, key=lambda level: item.ratings[level])
    for case in (ruleset.examples[-1], *ruleset.examples[:2]):
        page = f"/examples/{case.code}/levers"
        yield Stop("levers.example", "as it is", client.get(page))
        for level in (item.best, worst):
            yield Stop("levers.example", level, client.get(f"{page}?{item.item}={level}"))
    wrong = f"{page}?unknown=1&{item.item}=unknown"
    yield Stop("levers.example", "nothing of this is there", client.get(wrong))
    yield Stop("levers.example", "two answers", client.get(f"{page}?{item.item}={item.best}&{item.item}={worst}"))
    many = "&".join(f"x{number}=y" for number in range(500))
    yield Stop("error", "far too many answers", client.get(f"{page}?{many}"))
    yield Stop("error", "no such example", client.get("/examples/unknown/levers"))
    yield from _assessments(app, client, ruleset)


def _assessments(app: Flask, client: PageClient, ruleset: RuleSet) -> Iterator[Stop]:
    best = {code: scoring.best for code, scoring in ruleset.item_scoring.items()}
    for pick in (0, 1, -1):
        tasks = client.start(TYPED, "after")
        client.answer_everything(tasks, pick)
        client.send(client.get(f"{tasks}submit"), {}, "/submit")
        yield Stop("levers.assessment", f"answer {pick} to everything", client.get(f"{tasks}levers"))
        everything = "&".join(f"{code}={level}" for code, level in best.items())
        yield Stop("levers.assessment", "all at their best", client.get(f"{tasks}levers?{everything}"))
    tasks = client.start(TYPED, "before")
    client.send(client.get(f"{tasks}submit"), {}, "/submit")
    yield Stop("levers.assessment", "nothing known", client.get(f"{tasks}levers"))
    with app.app_context():
        key = start_assessment(database(), TYPED, Phase.AFTER, current_ruleset().identity.digest, TODAY)
        release_team(database(), key, current_ruleset().instrument, {STAFF: (7, highest)}, TYPED)
    yield Stop("levers.assessment", "a team", client.get(f"/a/{key}/levers"))
