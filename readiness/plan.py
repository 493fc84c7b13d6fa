"""The plan of a service: recommendations that it has taken on, and what a later wave says of them. Values only."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

MOST_OWNER, MOST_TEXT = 300, 2_000


class ActionStatus(StrEnum):
    """How far an action is."""

    OPEN = "open"
    UNDER_WAY = "under way"
    DONE = "done"
    DROPPED = "dropped"


GOES_ON = frozenset({ActionStatus.OPEN, ActionStatus.UNDER_WAY})


@dataclass(frozen=True, slots=True)
class ActionText:
    """What people write about an action: who sees to it, how it begins, until when, how far it is, what shows it."""

    owner: str = ""
    first_step: str = ""
    due_on: date | None = None
    status: ActionStatus = ActionStatus.OPEN
    note: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """A recommendation that was taken on; `number` is its place in the plan, `revision` counts its changes."""

    id: str
    recommendation: str
    number: int
    text: ActionText
    revision: int


@dataclass(frozen=True, slots=True)
class ActionReport:
    """What a follow-up says became of an action; `revision` is 0 before the first save."""

    status: ActionStatus
    note: str
    revision: int = 0
