"""What follows a result: reports rendered ahead, action plans with what became of them, and links to read a report."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "documents",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("assessment_id", sa.String(32), nullable=False),
        sa.Column("made_on", sa.Date, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_documents"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessments.id"], name="fk_documents_assessment_id_assessments"),
    )
    op.create_index("ix_documents_assessment_id", "documents", ["assessment_id"])
    op.create_table(
        "actions",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("assessment_id", sa.String(32), nullable=False),
        sa.Column("recommendation", sa.String(80), nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("owner", sa.String(300), nullable=False),
        sa.Column("first_step", sa.Text, nullable=False),
        sa.Column("due_on", sa.Date),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_actions"),
        sa.UniqueConstraint("assessment_id", "recommendation", name="uq_actions_assessment_id"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessments.id"], name="fk_actions_assessment_id_assessments"),
    )
    op.create_table(
        "action_reports",
        sa.Column("assessment_id", sa.String(32), nullable=False),
        sa.Column("action_id", sa.String(32), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("assessment_id", "action_id", name="pk_action_reports"),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name="fk_action_reports_assessment_id_assessments"
        ),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name="fk_action_reports_action_id_actions"),
    )
    op.create_table(
        "shares",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("assessment_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("expires_on", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_shares"),
        sa.UniqueConstraint("key_hash", name="uq_shares_key_hash"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessments.id"], name="fk_shares_assessment_id_assessments"),
    )
    op.create_index("ix_shares_assessment_id", "shares", ["assessment_id"])


def downgrade() -> None:
    for table in ("shares", "action_reports", "actions", "documents"):
        op.drop_table(table)
