"""A plan as tests of other things need one: made in the database, with a wave after it that reports on it."""

from dataclasses import dataclass
from datetime import date

from flask import Flask

from readiness.engine.answers import Phase
from readiness.permissions import LOCAL
from readiness.store.assessments import find_assessment, start_assessment
from readiness.store.plans import choose_actions, read_plan
from readiness.store.releases import close_wave
from readiness.store.services import start_follow_up
from readiness.web.rules import current_ruleset, database

TODAY = date(2026, 11, 30)


@dataclass(frozen=True, slots=True)
class Planned:
    """The ids of a submitted assessment, of the only action in its plan, and of the wave that follows it."""

    assessment: str
    action: str
    later: str

    def path_of(self, rule: str) -> str:
        """The path of a route of a plan, or of the reports on one."""
        opener = self.later if rule.startswith("/a/<key>/actions") else self.assessment
        return rule.replace("<key>", opener).replace("<action>", self.action)


def planned(app: Flask, service: str = "Clinic North") -> Planned:
    """A service of the one person at this computer that has planned one action and started a follow-up."""
    with app.app_context():
        ruleset = current_ruleset()
        key = start_assessment(database(), service, Phase.AFTER, ruleset.identity.digest, TODAY)
        found = find_assessment(database(), key)
        close_wave(database(), found, ruleset.instrument, 5, TODAY)
        choose_actions(database(), found, [ruleset.recommendations[0].code])
        (action,) = read_plan(database(), found)
        digest = ruleset.identity.digest
        later = start_follow_up(database(), found.service_id, LOCAL, Phase.AFTER, digest, TODAY)
    return Planned(found.id, action.id, later)
