"""Teams: organisations, people of services, waves, respondents with keys of their own, invitations, releases.

Tables that hold what respondents do lose SQLite's hidden row number, which tells in what order rows came.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BY_ID = {"sqlite_with_rowid": False}


def upgrade() -> None:
    op.create_table(
        "organisations",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_organisations"),
    )
    with op.batch_alter_table("services") as services:
        services.add_column(sa.Column("organisation_id", sa.String(32)))
        services.create_foreign_key(
            "fk_services_organisation_id_organisations", "organisations", ["organisation_id"], ["id"]
        )
        services.create_index("ix_services_organisation_id", ["organisation_id"])
    op.create_table(
        "service_people",
        sa.Column("service_id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("part", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("service_id", "account_id", name="pk_service_people"),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name="fk_service_people_service_id_services"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_service_people_account_id_accounts"),
    )
    with op.batch_alter_table("assessments") as assessments:
        assessments.add_column(sa.Column("way", sa.String(20), nullable=False, server_default="alone"))
        assessments.add_column(sa.Column("follows", sa.String(32)))
        assessments.create_foreign_key("fk_assessments_follows_assessments", "assessments", ["follows"], ["id"])
    op.create_table(
        "team_roles",
        sa.Column("assessment_id", sa.String(32), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("sections", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("assessment_id", "role", name="pk_team_roles"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessments.id"], name="fk_team_roles_assessment_id_assessments"),
    )
    with op.batch_alter_table("responses", recreate="auto", table_kwargs=BY_ID) as responses:
        responses.add_column(sa.Column("key_hash", sa.String(64)))
        responses.add_column(sa.Column("is_submitted", sa.Boolean, nullable=False, server_default=sa.false()))
        responses.add_column(sa.Column("release", sa.Integer))
        responses.create_unique_constraint("uq_responses_key_hash", ["key_hash"])
    _keep_by_id("answers", "pages")
    op.create_table(
        "invitations",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("assessment_id", sa.String(32), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("is_group", sa.Boolean, nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("receipt", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_invitations"),
        sa.UniqueConstraint("receipt", name="uq_invitations_receipt"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessments.id"], name="fk_invitations_assessment_id_assessments"),
        **BY_ID,
    )
    op.create_index("ix_invitations_assessment_id", "invitations", ["assessment_id"])
    op.create_table(
        "invitation_keys",
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("invitation_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name="pk_invitation_keys"),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name="fk_invitation_keys_invitation_id_invitations"
        ),
        **BY_ID,
    )
    op.create_index("ix_invitation_keys_invitation_id", "invitation_keys", ["invitation_id"])
    op.create_table(
        "comments",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("assessment_id", sa.String(32), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("release", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_comments"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessments.id"], name="fk_comments_assessment_id_assessments"),
        **BY_ID,
    )
    op.create_index("ix_comments_assessment_id", "comments", ["assessment_id"])
    op.create_table(
        "releases",
        sa.Column("assessment_id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("released_on", sa.Date, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("assessment_id", "number", name="pk_releases"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessments.id"], name="fk_releases_assessment_id_assessments"),
    )


def downgrade() -> None:
    for table in ("releases", "comments", "invitation_keys", "invitations", "team_roles", "service_people"):
        op.drop_table(table)
    op.execute("DELETE FROM answers WHERE response_id IN (SELECT id FROM responses WHERE role <> 'manager')")
    op.execute("DELETE FROM pages WHERE response_id IN (SELECT id FROM responses WHERE role <> 'manager')")
    op.execute("DELETE FROM responses WHERE role <> 'manager'")
    with op.batch_alter_table("responses") as responses:
        responses.drop_constraint("uq_responses_key_hash", type_="unique")
        responses.drop_column("release")
        responses.drop_column("is_submitted")
        responses.drop_column("key_hash")
    with op.batch_alter_table("assessments") as assessments:
        assessments.drop_constraint("fk_assessments_follows_assessments", type_="foreignkey")
        assessments.drop_column("follows")
        assessments.drop_column("way")
    with op.batch_alter_table("services") as services:
        services.drop_constraint("fk_services_organisation_id_organisations", type_="foreignkey")
        services.drop_index("ix_services_organisation_id")
        services.drop_column("organisation_id")
    op.drop_table("organisations")


def _keep_by_id(*tables: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in tables:
            with op.batch_alter_table(table, recreate="always", table_kwargs=BY_ID):
                pass
