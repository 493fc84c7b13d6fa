"""A walk-through in pictures: real pages and a real report of an invented service, as `bin/walkthrough` took them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from readiness.language import N_, gettext

blueprint = Blueprint("walkthrough", __name__)


@dataclass(frozen=True, slots=True)
class Screen:
    """One picture: the wave and the page that it shows (or the page of the report), and what there is to see."""

    wave: str
    page: str
    title: str
    about: str


# In the order in which a service meets them. The name is that of the picture's file.
SCREENS: Mapping[str, Screen] = MappingProxyType(
    {
        "question": Screen(
            "third",
            "culture/speaking_up",
            N_("Answer"),
            N_("Each question offers levels that are described. “Don’t know” is a real answer. Every page is saved."),
        ),
        "team": Screen(
            "third",
            "our-team/",
            N_("Let the team answer too"),
            N_("Each role answers its sections by link. Nothing of it is shown before the round is closed."),
        ),
        "result": Screen(
            "second",
            "result",
            N_("See where it is at risk, and why"),
            N_("Every band says how certain it is. Every reason leads to a published finding."),
        ),
        "views": Screen(
            "second",
            "result#team",
            N_("See what people see differently"),
            N_("Groups of five people or more, side by side, with questions to talk about it."),
        ),
        "levers": Screen(
            "second",
            "levers",
            N_("Find out what would help most"),
            N_("Change an answer and see what moves. The fewest changes that bring a domain down are named."),
        ),
        "plan": Screen(
            "first",
            "plan",
            N_("Plan"),
            N_("Start with three recommendations: who, the first step, by when. Take it along as a calendar or table."),
        ),
        "outcome": Screen(
            "second",
            "plan/outcome",
            N_("Ask again, and see what moved"),
            N_("The next wave asks about exactly these actions, and shows the answers that they were to improve."),
        ),
        "change": Screen(
            "second",
            "change",
            N_("Compare with the wave before"),
            N_("Each domain then and now, with what open answers could still undo."),
        ),
        "report": Screen(
            "second",
            "report.pdf",
            N_("Hand over the report"),
            N_("Reasons, findings, steps and a plan to fill in, as a tagged PDF; two pages of it for a board."),
        ),
    }
)


@blueprint.get("/walk-through")
def pictures() -> ResponseReturnValue:
    """Every picture with what there is to see."""
    shown = [(name, gettext(screen.title), gettext(screen.about)) for name, screen in SCREENS.items()]
    return render_template("walkthrough.html", screens=shown)
