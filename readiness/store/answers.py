"""Answers in the database: read, and saved page by page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, bindparam, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from readiness.engine.answers import Answer, Answers, Missing, Role, to_answer
from readiness.errors import Closed, NotFound
from readiness.language import gettext
from readiness.permissions import Part
from readiness.store.assessments import Assessment
from readiness.store.database import transaction
from readiness.store.models import AnswerRow, AssessmentRow, PageRow, ResponseRow


@dataclass(frozen=True, slots=True)
class SavedPage:
    """What is stored for a page: its revision (0 before the first save) and its answers."""

    revision: int
    answers: Mapping[str, Answer]


class StalePage(Closed):
    """The page was saved elsewhere since it was opened; `stored` holds what is there now."""

    def __init__(self, stored: SavedPage) -> None:
        super().__init__(gettext("This page was saved elsewhere since you opened it."))
        self.stored = stored


# Written once: to put a statement together costs as much as to run it.
_PAGES = select(PageRow.page).where(PageRow.response_id == bindparam("response"))
_REVISION = select(PageRow.revision).where(
    PageRow.response_id == bindparam("response"), PageRow.page == bindparam("page")
)
_ANSWERS = select(AnswerRow.item, AnswerRow.value).where(AnswerRow.response_id == bindparam("response"))
_FORGET = delete(AnswerRow).where(
    AnswerRow.response_id == bindparam("response"), AnswerRow.item.in_(bindparam("items", expanding=True))
)
_INSERT = insert(AnswerRow)
_SUBMITTED = (
    select(AssessmentRow.submitted_on).where(AssessmentRow.id == bindparam("assessment")).with_for_update(read=True)
)
_SENT = select(ResponseRow.is_submitted).where(ResponseRow.id == bindparam("response")).with_for_update()


def read_answers(engine: Engine, assessment: Assessment) -> Answers:
    """Everything answered so far."""
    with transaction(engine) as connection:
        return Answers(assessment.phase, find_answers(connection, assessment.response))


def read_page(engine: Engine, assessment: Assessment, page: str, items: Iterable[str]) -> SavedPage:
    """What is stored for one page."""
    with transaction(engine) as connection:
        return _saved(connection, assessment.response, page, items)


def save_page(
    engine: Engine, assessment: Assessment, page: str, revision: int, answers: Mapping[str, Answer]
) -> SavedPage:
    """Save all answers of a page at once; `revision` is the one the respondent saw.

    Sending the same answers again changes nothing and is no error. Raises StalePage when the page holds other answers
    of a later revision, and Closed when the assessment was submitted meanwhile.
    """
    with transaction(engine, writing=True, within=assessment.response) as connection:
        _check_open(connection, assessment)
        stored = _saved(connection, assessment.response, page, answers)
        if dict(stored.answers) == dict(answers) and stored.revision:
            return stored
        if stored.revision != revision:
            raise StalePage(stored)
        write_answers(connection, assessment.response, answers)
        _set_revision(connection, assessment.response, page, stored.revision + 1)
    return SavedPage(stored.revision + 1, answers)


def read_sheet(engine: Engine, sheet: Assessment) -> SavedPage:
    """Everything on a consensus sheet; its revision counts how often any of its pages was saved."""
    with transaction(engine) as connection:
        return _saved_sheet(connection, sheet.response)


def save_sheet(engine: Engine, sheet: Assessment, revision: int, pages: Mapping[str, Mapping[str, Answer]]) -> None:
    """Save the answers of all pages of a consensus sheet at once; `revision` is the one that was seen.

    Raises StalePage when the sheet holds other answers of a later revision, and Closed.
    """
    answers = {item: answer for page in pages.values() for item, answer in page.items()}
    with transaction(engine, writing=True) as connection:
        _check_open(connection, sheet)
        stored = _saved_sheet(connection, sheet.response)
        if stored.answers == given(answers) and stored.revision:
            return
        if stored.revision != revision:
            raise StalePage(stored)
        write_answers(connection, sheet.response, answers)
        for page in pages:
            seen = select(PageRow.revision).where(PageRow.response_id == sheet.response, PageRow.page == page)
            _set_revision(connection, sheet.response, page, (connection.execute(seen).scalar_one_or_none() or 0) + 1)


def given(answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """What is stored of answers: all but *not answered*."""
    return {item: answer for item, answer in answers.items() if answer is not Missing.NOT_ANSWERED}


def manager_answers(connection: Connection, assessment: str) -> Mapping[str, Answer]:
    """What the manager of an assessment answered, within a transaction."""
    query = select(ResponseRow.id).where(
        ResponseRow.assessment_id == assessment, ResponseRow.role == Role.MANAGER.value
    )
    return find_answers(connection, connection.execute(query).scalar_one())


def saved_pages(engine: Engine, assessment: Assessment) -> frozenset[str]:
    """The pages that were saved at least once."""
    with transaction(engine) as connection:
        return frozenset(connection.execute(_PAGES, {"response": assessment.response}).scalars())


def _check_open(connection: Connection, assessment: Assessment) -> None:
    is_closed = connection.execute(_SUBMITTED, {"assessment": assessment.id}).scalar_one() is not None
    if assessment.part is Part.RESPONDENT:
        check_not_sent(connection, assessment.response)
        if is_closed:
            raise Closed(gettext("This round of questions has been closed, so answers can no longer be changed."))
    elif is_closed:
        raise Closed(
            gettext("This assessment has been submitted. To change answers, open it again from its result page.")
        )


def check_not_sent(connection: Connection, response: str) -> None:
    """Raise NotFound for a response that was withdrawn, and Closed for one that was sent."""
    sent = connection.execute(_SENT, {"response": response}).scalar_one_or_none()
    if sent is None:
        raise NotFound(gettext("These answers were deleted. Nothing of them is kept."))
    if sent:
        raise Closed(gettext("You have sent these answers. To change them, take them back first."))


def find_answers(connection: Connection, response: str) -> dict[str, Answer]:
    """What is stored of a response, within a transaction; what was not answered is not in it."""
    rows = connection.execute(_ANSWERS, {"response": response})
    return {item: to_answer(value) for item, value in rows}


def _saved(connection: Connection, response: str, page: str, items: Iterable[str]) -> SavedPage:
    answers = find_answers(connection, response)
    revision = connection.execute(_REVISION, {"response": response, "page": page}).scalar_one_or_none() or 0
    return SavedPage(revision, {item: answers.get(item, Missing.NOT_ANSWERED) for item in items})


def write_answers(connection: Connection, response: str, answers: Mapping[str, Answer]) -> None:
    """Store answers instead of what is stored for the same items, within a transaction."""
    connection.execute(_FORGET, {"response": response, "items": list(answers)})
    rows = [{"response_id": response, "item": item, "value": str(value)} for item, value in given(answers).items()]
    if rows:
        connection.execute(_INSERT, rows)


def _saved_sheet(connection: Connection, response: str) -> SavedPage:
    revisions = select(func.sum(PageRow.revision)).where(PageRow.response_id == response)
    return SavedPage(int(connection.execute(revisions).scalar_one() or 0), find_answers(connection, response))


def _set_revision(connection: Connection, response: str, page: str, revision: int) -> None:
    values = {"response_id": response, "page": page, "revision": revision}
    connection.execute(_KEEP_REVISION[connection.dialect.name], values)


def _keep_revision(values: sqlite.Insert | postgresql.Insert) -> sqlite.Insert | postgresql.Insert:
    """Insert or update in one statement; both databases speak the same dialect of it."""
    keys = [PageRow.response_id, PageRow.page]
    return values.on_conflict_do_update(index_elements=keys, set_={"revision": values.excluded.revision})


_KEEP_REVISION = {
    "sqlite": _keep_revision(sqlite.insert(PageRow)),
    "postgresql": _keep_revision(postgresql.insert(PageRow)),
}
