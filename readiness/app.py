"""create_app: a table of contents."""

from collections.abc import Mapping

from flask import Flask
from jinja2 import StrictUndefined

from readiness.config import ROOT, read_settings
from readiness.web import (
    access,
    account,
    assessments,
    changes,
    comparisons,
    context,
    delivery,
    documents,
    downloads,
    errors,
    evidence,
    examples,
    headers,
    identity,
    levers,
    pages,
    paper,
    people,
    plan,
    plan_reports,
    questionnaire,
    reading,
    respondents,
    results,
    rules,
    security,
    services,
    shares,
    team,
    walkthrough,
)
from readiness.web.workbench import drafts, files, forms, review, runs, versions


def create_app(settings: Mapping[str, object] | None = None) -> Flask:
    """The application with its settings; `settings` replaces those of the environment one by one."""
    app = Flask("readiness", template_folder=str(ROOT / "templates" / "web"), static_folder="web/static")
    app.config.from_mapping({**read_settings(), **(settings or {})})
    app.config.from_mapping(security.FIXED)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    context.init_app(app)
    security.init_app(app)
    headers.init_app(app)
    delivery.init_app(app)
    errors.init_app(app)
    rules.init_app(app)
    documents.init_app(app)
    identity.init_app(app)
    access.init_app(app)
    reading.init_app(app)

    app.register_blueprint(pages.blueprint)
    app.register_blueprint(walkthrough.blueprint)
    app.register_blueprint(evidence.blueprint)
    app.register_blueprint(examples.blueprint)
    app.register_blueprint(assessments.blueprint)
    app.register_blueprint(questionnaire.blueprint)
    app.register_blueprint(results.blueprint)
    app.register_blueprint(levers.blueprint)
    app.register_blueprint(comparisons.blueprint)
    app.register_blueprint(plan.blueprint)
    app.register_blueprint(plan_reports.blueprint)
    app.register_blueprint(changes.blueprint)
    app.register_blueprint(services.blueprint)
    app.register_blueprint(shares.blueprint)
    app.register_blueprint(downloads.blueprint)
    app.register_blueprint(team.blueprint)
    app.register_blueprint(paper.blueprint)
    app.register_blueprint(respondents.blueprint)
    app.register_blueprint(account.blueprint)
    app.register_blueprint(people.blueprint)
    app.register_blueprint(versions.blueprint)
    app.register_blueprint(versions.reading)
    app.register_blueprint(drafts.blueprint)
    app.register_blueprint(drafts.reading)
    app.register_blueprint(files.blueprint)
    app.register_blueprint(forms.blueprint)
    app.register_blueprint(runs.blueprint)
    app.register_blueprint(review.blueprint)
    return app
