"""Reports in the database, rendered once: kept and found by the digest of everything that they are made from.

A document is an assessment's own: it is found together with it, so a digest alone opens nothing.
"""

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection, Engine, bindparam, delete, func, insert, select

from readiness.store.database import transaction
from readiness.store.models import AssessmentRow
from readiness.store.models_following import DocumentRow

_CONTENT = select(DocumentRow.content).where(
    DocumentRow.digest == bindparam("digest"), DocumentRow.assessment_id == bindparam("assessment")
)


def find_document(engine: Engine, assessment: str, digest: str) -> bytes | None:
    """A report of an assessment; None where it was not rendered yet."""
    with transaction(engine) as connection:
        return connection.execute(_CONTENT, {"digest": digest, "assessment": assessment}).scalar_one_or_none()


def kept_digests(engine: Engine) -> frozenset[str]:
    """The digests of all reports that are kept."""
    with transaction(engine) as connection:
        return frozenset(connection.execute(select(DocumentRow.digest)).scalars())


def keep_document(
    engine: Engine, assessment: str, digest: str, content: bytes, today: date, current: Collection[str]
) -> None:
    """Keep a report, once, and delete those of the assessment that are not `current`, by their digests.

    Of an assessment that is open for changes nothing is kept: it may have been opened while this was being rendered.
    """
    state = select(AssessmentRow.submitted_on).where(AssessmentRow.id == assessment).with_for_update()
    with transaction(engine, writing=True) as connection:
        if connection.execute(state).scalar_one() is None:
            return
        own = select(DocumentRow.digest).where(DocumentRow.assessment_id == assessment)
        known = set(connection.execute(own).scalars())
        old = known.difference(current)
        connection.execute(delete(DocumentRow).where(DocumentRow.digest.in_(old)))
        if digest not in known:
            row = {"digest": digest, "assessment_id": assessment, "made_on": today, "content": content}
            connection.execute(insert(DocumentRow).values(**row))


def forget_documents(connection: Connection, assessment: str) -> None:
    """Delete the reports of an assessment, and of the one that follows it and may tell what changed since; within the
    transaction that opens it for changes."""
    told_there = select(AssessmentRow.id).where(
        (AssessmentRow.id == assessment) | (AssessmentRow.follows == assessment)
    )
    connection.execute(delete(DocumentRow).where(DocumentRow.assessment_id.in_(told_there)))


def clear_documents(engine: Engine) -> int:
    """Delete all reports that are kept; return how many there were."""
    with transaction(engine, writing=True) as connection:
        many = connection.execute(select(func.count()).select_from(DocumentRow)).scalar_one()
        connection.execute(delete(DocumentRow))
    return many
