"""The rule sets and the database of the running application."""

import logging
from functools import lru_cache
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy import Engine

from readiness.engine.localised import localised
from readiness.engine.ruleset import RuleSet
from readiness.engine.versions import is_newer
from readiness.language import language
from readiness.store.database import ready_database
from readiness.store.releases import smallest_group
from readiness.store.rulesets import keep_versions, kept_ruleset, newest_published_here, published_twice

logger = logging.getLogger(__name__)
MOST_REMEMBERED = 32  # versions times languages


def init_app(app: Flask) -> None:
    """Open and migrate the database, load the rule set of the folder and keep every published version."""
    engine = ready_database(app.config["DATABASE_URL"])
    own = keep_versions(engine, Path(app.config["RULES"]))
    for sentence in published_twice(engine):
        logger.warning(sentence)
    engine.dispose()  # no open connection may cross the fork into a worker

    @lru_cache(maxsize=MOST_REMEMBERED)
    def pinned(digest: str, code: str) -> RuleSet:
        kept = own if digest == own.identity.digest else kept_ruleset(engine, digest)
        return localised(kept, code)

    app.extensions["readiness"] = (engine, own, pinned)


def database() -> Engine:
    """The application's database."""
    engine: Engine = current_app.extensions["readiness"][0]
    return engine


def current_ruleset() -> RuleSet:
    """The rule set that new assessments start on: the folder's, or a higher version of it that was published here."""
    own: RuleSet = current_app.extensions["readiness"][1]
    here = newest_published_here(database(), own.identity.id)
    takes_over = here is not None and not is_newer(own.identity, here)
    return pinned_ruleset(here.digest if here is not None and takes_over else own.identity.digest)


def minimum_group(ruleset: RuleSet, assessment: str) -> int:
    """How many people stand behind everything shown of a team: what the rule set or the installation asks for, and what
    the first release of the assessment has settled."""
    return smallest_group(database(), assessment, group_asked_for(ruleset))


def group_asked_for(ruleset: RuleSet) -> int:
    """What the rule set or the installation asks for, where no release has settled it."""
    return max(ruleset.minimum_group, int(current_app.config["MINIMUM_GROUP"]))


def keep_months() -> int:
    """After how many months single answers to a closed wave are deleted."""
    return int(current_app.config["KEEP_MONTHS"])


def newer_than(ruleset: RuleSet) -> RuleSet | None:
    """The current rule set when it is a newer version of this one."""
    current = current_ruleset()
    return current if is_newer(current.identity, ruleset.identity) else None


def pinned_ruleset(digest: str) -> RuleSet:
    """The rule set that an assessment is pinned to, in the language being spoken."""
    ruleset: RuleSet = current_app.extensions["readiness"][2](digest, language().code)
    return ruleset
