"""An action plan > a calendar (RFC 5545), with a day for each action that has one.

Events and not to-dos: the calendars that people have at work show a VEVENT and leave a VTODO out. Only a few lines of
the format are written, and none is read; a library would bring several hundred files and three more packages.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from readiness.plan import GOES_ON, ActionStatus
from readiness.report.text import one_line, without_hidden
from readiness.report.view_plan import ActionView, PlanView
from readiness.report.words_plan import EVENT_DONE, EVENT_FIRST_STEP, EVENT_OF, EVENT_OWNER, EVENT_STATUS

LONGEST_LINE = 75  # octets
WEEK_BEFORE = "-P7D"


def plan_ics(plan: PlanView, now: datetime) -> bytes:
    """The days of a plan as a calendar; `now` is when it is made, in UTC.

    An action keeps its UID, and its SEQUENCE grows, so that a calendar that reads it again moves what it has.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Readiness//Action plan//EN", "CALSCALE:GREGORIAN"]
    lines.append("METHOD:PUBLISH")
    for action in plan.actions:
        if action.due_on is not None:
            lines += _event(plan, action, action.due_on, now)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) + b"\r\n" for line in lines)


def _event(plan: PlanView, action: ActionView, day: date, now: datetime) -> Iterator[str]:
    is_done = action.status is ActionStatus.DONE
    title = one_line(EVENT_DONE.format(title=action.title) if is_done else action.title)
    yield "BEGIN:VEVENT"
    yield f"UID:{action.id}@readiness"
    yield f"DTSTAMP:{now:%Y%m%dT%H%M%SZ}"
    yield f"SEQUENCE:{action.revision}"
    yield f"DTSTART;VALUE=DATE:{day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_escaped(title)}"
    yield f"DESCRIPTION:{_escaped(_description(plan, action))}"
    yield "TRANSP:TRANSPARENT"
    yield f"STATUS:{'CANCELLED' if action.status is ActionStatus.DROPPED else 'CONFIRMED'}"
    if action.status in GOES_ON:
        yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"TRIGGER:{WEEK_BEFORE}", f"DESCRIPTION:{_escaped(title)}")
        yield "END:VALARM"
    yield "END:VEVENT"


def _description(plan: PlanView, action: ActionView) -> str:
    said = [EVENT_STATUS.format(status=action.status_words)]
    if action.owner:
        said.insert(0, EVENT_OWNER.format(owner=action.owner))
    if action.first_step:
        said.append(EVENT_FIRST_STEP.format(step=action.first_step))
    return "\n".join([*said, EVENT_OF.format(service=plan.service)])


def _escaped(text: str) -> str:
    """Text as a value: what would end or part it is escaped, and what cannot be seen is left out."""
    plain = without_hidden(text).replace("\r\n", "\n").replace("\r", "\n").replace("\\", "\\\\")
    return plain.replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """A line in pieces of at most 75 octets, none of which parts a character."""
    pieces, rest, room = [], line.encode(), LONGEST_LINE
    while len(rest) > room:
        end = room
        while rest[end] & 0xC0 == 0x80:
            end -= 1
        pieces.append(rest[:end])
        rest, room = rest[end:], LONGEST_LINE - 1  # a piece after the first begins with a blank
    return b"\r\n ".join([*pieces, rest])
