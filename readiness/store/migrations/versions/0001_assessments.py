"""Services, assessments, links, responses, answers, pages and the rule sets they are pinned to."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule_sets",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("files", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_rule_sets"),
    )
    op.create_table(
        "services",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_services"),
    )
    op.create_table(
        "assessments",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("service_id", sa.String(32), nullable=False),
        sa.Column("rule_set", sa.String(64), nullable=False),
        sa.Column("wave", sa.String(20), nullable=False),
        sa.Column("phase", sa.String(10), nullable=False),
        sa.Column("started_on", sa.Date, nullable=False),
        sa.Column("submitted_on", sa.Date),
        sa.PrimaryKeyConstraint("id", name="pk_assessments"),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name="fk_assessments_service_id_services"),
        sa.ForeignKeyConstraint(["rule_set"], ["rule_sets.digest"], name="fk_assessments_rule_set_rule_sets"),
    )
    op.create_index("ix_assessments_service_id", "assessments", ["service_id"])
    op.create_table(
        "links",
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("assessment_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name="pk_links"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessments.id"], name="fk_links_assessment_id_assessments"),
    )
    op.create_index("ix_links_assessment_id", "links", ["assessment_id"])
    op.create_table(
        "responses",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("assessment_id", sa.String(32), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_responses"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessments.id"], name="fk_responses_assessment_id_assessments"),
    )
    op.create_index("ix_responses_assessment_id", "responses", ["assessment_id"])
    op.create_table(
        "answers",
        sa.Column("response_id", sa.String(32), nullable=False),
        sa.Column("item", sa.String(80), nullable=False),
        sa.Column("value", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("response_id", "item", name="pk_answers"),
        sa.ForeignKeyConstraint(["response_id"], ["responses.id"], name="fk_answers_response_id_responses"),
    )
    op.create_table(
        "pages",
        sa.Column("response_id", sa.String(32), nullable=False),
        sa.Column("page", sa.String(80), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("response_id", "page", name="pk_pages"),
        sa.ForeignKeyConstraint(["response_id"], ["responses.id"], name="fk_pages_response_id_responses"),
    )


def downgrade() -> None:
    for table in ("pages", "answers", "responses", "links", "assessments", "services", "rule_sets"):
        op.drop_table(table)
