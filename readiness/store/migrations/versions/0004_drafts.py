"""Drafts of rule sets: their files with a revision each, who wrote in them, and what was run on them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("base", sa.String(64), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("started_on", sa.Date, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("comment", sa.Text, nullable=False, server_default=""),
        sa.Column("published", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_drafts"),
        sa.ForeignKeyConstraint(["base"], ["rule_sets.digest"], name="fk_drafts_base_rule_sets"),
        sa.ForeignKeyConstraint(["published"], ["rule_sets.digest"], name="fk_drafts_published_rule_sets"),
    )
    op.create_table(
        "draft_files",
        sa.Column("draft_id", sa.String(32), nullable=False),
        sa.Column("path", sa.String(200), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("content", sa.LargeBinary),
        sa.PrimaryKeyConstraint("draft_id", "path", name="pk_draft_files"),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name="fk_draft_files_draft_id_drafts"),
    )
    op.create_table(
        "draft_authors",
        sa.Column("draft_id", sa.String(32), nullable=False),
        sa.Column("person", sa.String(32), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("draft_id", "person", name="pk_draft_authors"),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name="fk_draft_authors_draft_id_drafts"),
    )
    op.create_table(
        "draft_runs",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("draft_id", sa.String(32), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("job", sa.String(20), nullable=False),
        sa.Column("against", sa.String(200), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("of", sa.Integer, nullable=False),
        sa.Column("heard_at", sa.DateTime, nullable=False),
        sa.Column("result", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="pk_draft_runs"),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name="fk_draft_runs_draft_id_drafts"),
    )
    op.create_index("ix_draft_runs_draft_id", "draft_runs", ["draft_id"])


def downgrade() -> None:
    for table in ("draft_runs", "draft_authors", "draft_files", "drafts"):
        op.drop_table(table)
