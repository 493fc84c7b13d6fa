"""Action plans in the database: actions are chosen, changed, ordered, dropped, and reported on by the next wave."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from readiness.errors import Closed, NotFound
from readiness.language import gettext
from readiness.plan import Action, ActionReport, ActionStatus, ActionText
from readiness.store.assessments import Assessment, check_wave_open
from readiness.store.database import transaction
from readiness.store.models import AssessmentRow
from readiness.store.models_following import ActionReportRow, ActionRow

MOST_ACTIONS = 60


class StaleAction(Closed):
    """An action was changed elsewhere since its page was opened; `stored` is how it is now."""

    def __init__(self, stored: Action) -> None:
        super().__init__(gettext("This action was changed elsewhere since you opened it."))
        self.stored = stored


class StaleReport(Closed):
    """A report on an action was saved elsewhere since its page was opened; `stored` is what is there now."""

    def __init__(self, stored: ActionReport) -> None:
        super().__init__(gettext("This was saved elsewhere since you opened it."))
        self.stored = stored


def read_plan(engine: Engine, assessment: Assessment) -> tuple[Action, ...]:
    """The actions taken on from the result of an assessment, in their order."""
    with transaction(engine) as connection:
        return _actions(connection, assessment.id)


def find_action(engine: Engine, assessment: Assessment, action: str) -> Action:
    """One action of a plan. Raises NotFound."""
    with transaction(engine) as connection:
        return _action(connection, assessment.id, action)


def choose_actions(engine: Engine, assessment: Assessment, recommendations: Iterable[str]) -> None:
    """Take recommendations on, in this order, after those that are in the plan; one that is there changes nothing.

    A dropped one is taken on again. Raises Closed when the plan would be too long, or while answers are changed.
    """
    with transaction(engine, writing=True) as connection:
        _check_closed(connection, assessment)
        known = {action.recommendation: action for action in _actions(connection, assessment.id)}
        chosen = tuple(dict.fromkeys(recommendations))
        for action in (known[code] for code in chosen if code in known):
            if action.text.status is ActionStatus.DROPPED:
                _write(connection, action, replace(action.text, status=ActionStatus.OPEN))
        new = [code for code in chosen if code not in known]
        if len(known) + len(new) > MOST_ACTIONS:
            raise Closed(
                gettext("A plan holds at most %(most)s actions. Nothing was added; choose fewer.", most=MOST_ACTIONS)
            )
        _add(connection, assessment.id, new)


def change_action(engine: Engine, assessment: Assessment, action: str, revision: int, text: ActionText) -> Action:
    """Write an action anew; `revision` is the one that was seen. Sending the same again changes nothing.

    Raises StaleAction when it says something else meanwhile, NotFound, and Closed while answers are changed.
    """
    with transaction(engine, writing=True) as connection:
        _check_closed(connection, assessment)
        stored = _action(connection, assessment.id, action)
        if stored.text == text:
            return stored
        if stored.revision != revision:
            raise StaleAction(stored)
        return _write(connection, stored, text)


def mark_done(engine: Engine, assessment: Assessment, action: str) -> None:
    """Note that an action is done, whatever else was changed meanwhile. Raises NotFound and Closed."""
    with transaction(engine, writing=True) as connection:
        _check_closed(connection, assessment)
        stored = _action(connection, assessment.id, action)
        if stored.text.status is not ActionStatus.DONE:
            _write(connection, stored, replace(stored.text, status=ActionStatus.DONE))


def put_in_order(engine: Engine, assessment: Assessment, numbers: Mapping[str, int]) -> None:
    """Put the actions of a plan in the order of the numbers given to them; those that are not named keep their place.

    Where two have the same number, the one that was given it stands there: before the other when it moves up.
    """
    with transaction(engine, writing=True) as connection:
        _check_closed(connection, assessment)
        actions = _actions(connection, assessment.id)

        def place(action: Action) -> tuple[int, int, int]:
            wanted = numbers.get(action.id, action.number)
            return wanted, (wanted > action.number) - (wanted < action.number), action.number

        for number, action in enumerate(sorted(actions, key=place), start=1):
            connection.execute(update(ActionRow).where(ActionRow.id == action.id).values(place=number))


def drop_action(engine: Engine, assessment: Assessment, action: str, revision: int) -> None:
    """Take an action out of the plan; one that a follow-up reported on stays there as dropped. Twice is once.

    Raises StaleAction when it was changed since it was seen, and Closed while answers are changed.
    """
    with transaction(engine, writing=True) as connection:
        _check_closed(connection, assessment)
        stored = next((each for each in _actions(connection, assessment.id) if each.id == action), None)
        if stored is None or stored.text.status is ActionStatus.DROPPED:
            return
        if stored.revision != revision:
            raise StaleAction(stored)
        reported = select(ActionReportRow.action_id).where(ActionReportRow.action_id == action).limit(1)
        if connection.execute(reported).first() is not None:
            _write(connection, stored, replace(stored.text, status=ActionStatus.DROPPED))
        else:
            connection.execute(delete(ActionRow).where(ActionRow.id == action))


def actions_before(engine: Engine, assessment: Assessment) -> tuple[Action, ...]:
    """The actions of the wave before that a follow-up asks about: all but those dropped before it asked."""
    if assessment.follows is None:
        return ()
    with transaction(engine) as connection:
        reported = _reports(connection, assessment.id)
        found = _actions(connection, assessment.follows)
    return tuple(each for each in found if each.text.status is not ActionStatus.DROPPED or each.id in reported)


def read_reports(engine: Engine, assessment: Assessment) -> dict[str, ActionReport]:
    """What a follow-up says became of the actions of the wave before, by the id of the action."""
    with transaction(engine) as connection:
        return _reports(connection, assessment.id)


def reports_after(engine: Engine, assessment: Assessment) -> dict[str, ActionReport]:
    """What the wave after says became of the actions of an assessment, by the id of the action."""
    own = select(ActionRow.id).where(ActionRow.assessment_id == assessment.id)
    query = select(
        ActionReportRow.action_id, ActionReportRow.status, ActionReportRow.note, ActionReportRow.revision
    ).where(ActionReportRow.action_id.in_(own))
    with transaction(engine) as connection:
        return {row[0]: ActionReport(ActionStatus(row[1]), row[2], row[3]) for row in connection.execute(query)}


def save_report(engine: Engine, assessment: Assessment, action: str, report: ActionReport) -> ActionReport:
    """Say in a follow-up what became of an action; its revision is the one that was seen. The same again is no error.

    Raises StaleReport when something else was said meanwhile, NotFound, and Closed once the wave is submitted.
    """
    with transaction(engine, writing=True) as connection:
        check_wave_open(connection, assessment.id)
        _action(connection, assessment.follows or "", action)
        stored = _reports(connection, assessment.id).get(action)
        if stored is not None and (stored.status, stored.note) == (report.status, report.note):
            return stored
        if stored is not None and stored.revision != report.revision:
            raise StaleReport(stored)
        written = replace(report, revision=(stored.revision if stored else 0) + 1)
        _write_report(connection, assessment.id, action, written, is_new=stored is None)
        return written


_COLUMNS = (
    ActionRow.id,
    ActionRow.recommendation,
    ActionRow.place,
    ActionRow.owner,
    ActionRow.first_step,
    ActionRow.due_on,
    ActionRow.status,
    ActionRow.note,
    ActionRow.evidence,
    ActionRow.revision,
)


def _actions(connection: Connection, assessment: str) -> tuple[Action, ...]:
    """Numbered from 1 on, whatever was taken out between them."""
    query = select(*_COLUMNS).where(ActionRow.assessment_id == assessment).order_by(ActionRow.place, ActionRow.id)
    return tuple(
        Action(
            row.id,
            row.recommendation,
            number,
            ActionText(row.owner, row.first_step, row.due_on, ActionStatus(row.status), row.note, row.evidence),
            row.revision,
        )
        for number, row in enumerate(connection.execute(query), start=1)
    )


def _action(connection: Connection, assessment: str, action: str) -> Action:
    found = next((each for each in _actions(connection, assessment) if each.id == action), None)
    if found is None:
        raise NotFound(gettext("This action is not in the plan any more. Go to the plan."))
    return found


def _add(connection: Connection, assessment: str, recommendations: Iterable[str]) -> None:
    places = select(func.max(ActionRow.place)).where(ActionRow.assessment_id == assessment)
    last = connection.execute(places).scalar_one() or 0
    rows = [
        {
            "id": secrets.token_hex(16),
            "assessment_id": assessment,
            "recommendation": code,
            "place": place,
            **_values(ActionText()),
            "revision": 1,
        }
        for place, code in enumerate(recommendations, start=last + 1)
    ]
    if rows:
        connection.execute(insert(ActionRow), rows)


def _write(connection: Connection, stored: Action, text: ActionText) -> Action:
    values = {**_values(text), "revision": stored.revision + 1}
    connection.execute(update(ActionRow).where(ActionRow.id == stored.id).values(values))
    return replace(stored, text=text, revision=stored.revision + 1)


def _values(text: ActionText) -> dict[str, object]:
    return {**asdict(text), "status": text.status.value}


def _check_closed(connection: Connection, assessment: Assessment) -> None:
    """Raise Closed unless the assessment is submitted; nobody can open it again meanwhile."""
    query = select(AssessmentRow.submitted_on).where(AssessmentRow.id == assessment.id).with_for_update()
    if connection.execute(query).scalar_one() is None:
        raise Closed(
            gettext(
                "This assessment is open for changes, so its plan can only be read. It can be changed again once the "
                "assessment is submitted."
            )
        )


def _reports(connection: Connection, assessment: str) -> dict[str, ActionReport]:
    query = select(
        ActionReportRow.action_id, ActionReportRow.status, ActionReportRow.note, ActionReportRow.revision
    ).where(ActionReportRow.assessment_id == assessment)
    return {row[0]: ActionReport(ActionStatus(row[1]), row[2], row[3]) for row in connection.execute(query)}


def _write_report(connection: Connection, assessment: str, action: str, report: ActionReport, *, is_new: bool) -> None:
    values = {"status": report.status.value, "note": report.note, "revision": report.revision}
    if is_new:
        connection.execute(insert(ActionReportRow).values(assessment_id=assessment, action_id=action, **values))
        return
    is_it = (ActionReportRow.assessment_id == assessment) & (ActionReportRow.action_id == action)
    connection.execute(update(ActionReportRow).where(is_it).values(values))
