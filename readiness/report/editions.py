"""Which report is made of a result: for whom it is, the paper that it is for, and whether there is anything to make."""

from enum import StrEnum

from readiness.errors import NotFound
from readiness.language import gettext
from readiness.report.parts import ReportView


class Edition(StrEnum):
    """The whole report, its two pages for a board, or what staff who answered are given back."""

    FULL = "full"
    SUMMARY = "summary"
    TEAM = "team"


class Sheet(StrEnum):
    """The size of its pages."""

    A4 = "A4"
    LETTER = "Letter"


def editions_of(view: ReportView) -> tuple[Edition, ...]:
    """The editions that can be made of a result: what staff are given back needs a team of which something is told."""
    has_team = view.team is not None and view.team.has_groups
    return tuple(edition for edition in Edition if has_team or edition is not Edition.TEAM)


def require_edition(view: ReportView, edition: Edition) -> None:
    """Raises NotFound, with what to take instead, where an edition cannot be made of a result."""
    if edition not in editions_of(view):
        raise NotFound(
            gettext(
                "There is no edition for the team, because no answers of a team stand behind this result. Take the "
                "full report or its summary."
            )
        )
