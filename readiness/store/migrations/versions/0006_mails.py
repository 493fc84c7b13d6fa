"""Mails that wait, were sent or failed; in the order of their random keys only."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BY_ID = {"sqlite_with_rowid": False}


def upgrade() -> None:
    op.create_table(
        "mails",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("link", sa.String(64)),
        sa.Column("assessment_id", sa.String(32)),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", sa.DateTime),
        sa.Column("good_until", sa.DateTime, nullable=False),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("said", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mails"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessments.id"], name="fk_mails_assessment_id_assessments"),
        **BY_ID,
    )
    op.create_index("ix_mails_link", "mails", ["link"])
    op.create_index("ix_mails_assessment_id", "mails", ["assessment_id"])
    op.create_index("ix_mails_due_at", "mails", ["due_at"])


def downgrade() -> None:
    op.drop_table("mails")
