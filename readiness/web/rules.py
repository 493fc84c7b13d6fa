"""The rule sets and the database of the running application."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy import Engine

from readiness.engine.ruleset import RuleSet
from readiness.loading.ruleset import read_folder, read_ruleset
from readiness.store.database import ready_database
from readiness.store.rulesets import keep_ruleset, ruleset_files


def init_app(app: Flask) -> None:
    """Open and migrate the database, load the current rule set and keep its version."""
    engine = ready_database(app.config["DATABASE_URL"])
    files = read_folder(Path(app.config["RULES"]))
    ruleset = read_ruleset(files)
    keep_ruleset(engine, ruleset.identity, files)
    engine.dispose()  # no open connection may cross the fork into a worker

    @lru_cache(maxsize=8)
    def pinned(digest: str) -> RuleSet:
        """A kept version; it is known by the digest it was kept under, also when a later program reads it."""
        if digest == ruleset.identity.digest:
            return ruleset
        kept = read_ruleset(ruleset_files(engine, digest))
        return replace(kept, identity=replace(kept.identity, digest=digest))

    app.extensions["readiness"] = (engine, ruleset, pinned)


def database() -> Engine:
    """The application's database."""
    engine: Engine = current_app.extensions["readiness"][0]
    return engine


def current_ruleset() -> RuleSet:
    """The rule set that new assessments start on."""
    ruleset: RuleSet = current_app.extensions["readiness"][1]
    return ruleset


def pinned_ruleset(digest: str) -> RuleSet:
    """The rule set that an assessment is pinned to."""
    ruleset: RuleSet = current_app.extensions["readiness"][2](digest)
    return ruleset
