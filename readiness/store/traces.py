"""What a database keeps beside what it is told to keep: PostgreSQL shows which rows were written together, and when."""

from sqlalchemy import Connection, bindparam, select, update

from readiness.store.models import CommentRow, InvitationRow, ResponseRow


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
