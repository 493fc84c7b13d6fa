"""What a database keeps beside what it is told to keep: PostgreSQL shows which rows were written together, and when."""

from contextlib import suppress

from sqlalchemy import Connection, Engine, bindparam, select, update
from sqlalchemy.exc import DBAPIError

from readiness.store.models import AnswerRow, CommentRow, InvitationRow, PageRow, ResponseRow


def blend(connection: Connection, assessment: str) -> None:
    """Write who was invited, the responses and the comments of an assessment anew, all together, in the order of ids.

    Each row of PostgreSQL shows the transaction that wrote it last, and its place among the others: whoever reads the
    tables could match the invitation with the response that was sent with it. Afterwards all rows are of one
    transaction. On SQLite there is nothing of that kind: rows lie in the order of their random ids.
    """
    if connection.dialect.name != "postgresql":
        return
    for table in (InvitationRow, ResponseRow, CommentRow):
        ids = connection.execute(select(table.id).where(table.assessment_id == assessment).order_by(table.id)).scalars()
        anew = update(table).where(table.id == bindparam("row")).values(assessment_id=assessment)
        if rows := [{"row": row} for row in ids]:
            connection.execute(anew, rows)


def sweep(engine: Engine) -> None:
    """Let PostgreSQL clear what its files still hold of rows that were changed or deleted, and when they were written.

    For the moments after a round was closed and after answers were deleted. Where somebody keeps the database busy, the
    next sweep does it. On SQLite deleted rows are overwritten at once.
    """
    with suppress(DBAPIError), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if connection.dialect.name == "postgresql":
            for table in (InvitationRow, ResponseRow, AnswerRow, PageRow, CommentRow):
                connection.exec_driver_sql(f"VACUUM {table.__tablename__}")
