"""Which rule set the pages on method and evidence show: the one in use, or in the workbench a version or a draft."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, url_for

from readiness.engine.ruleset import RuleSet
from readiness.web.rules import current_ruleset

# Pages that stand elsewhere than among those on method and evidence.
ELSEWHERE = {"example": "examples.result", "example_pdf": "examples.pdf"}


@dataclass(frozen=True, slots=True)
class Reading:
    """A rule set being read in a room of its own: a blueprint with the same pages, at a place of that room.

    `layout` is what the room's navigation shows; `draft_id` is empty where nothing can be edited.
    """

    ruleset: RuleSet
    room: str
    place: Mapping[str, Any]
    layout: Mapping[str, object]
    draft_id: str = ""


def init_app(app: Flask) -> None:
    """Let templates link within the rule set that is being read."""
    app.add_template_global(evidence_url)
    app.add_template_global(edit_url)

    @app.context_processor
    def common() -> dict[str, object]:
        here = reading()
        return {"reading": here, **(here.layout if here else {})}


def reading() -> Reading | None:
    """What is being read in a room of its own; None on every other page."""
    found: Reading | None = g.get("reading")
    return found


def shown_ruleset() -> RuleSet:
    """The rule set that pages on method and evidence show."""
    here = reading()
    return here.ruleset if here else current_ruleset()


def evidence_url(page: str, **values: Any) -> str:
    """The address of a page on method or evidence, of the rule set that is being read."""
    here = reading()
    if here:
        return url_for(f"{here.room}.{page}", **here.place, **values)
    return url_for(ELSEWHERE.get(page, f"evidence.{page}"), **values)


def edit_url(kind: str, **values: Any) -> str:
    """The address of the form for a part of the draft that is being read; empty where it cannot be edited."""
    here, endpoint = reading(), f"workbench_forms.{kind}"
    if here is None or not here.draft_id or endpoint not in current_app.view_functions:
        return ""
    return url_for(endpoint, draft_id=here.draft_id, **values)
