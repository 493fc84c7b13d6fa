"""Kept versions know their logic, the fingerprint of their bytes and where they come from."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def columns() -> tuple[sa.Column[str], ...]:
    """Added and dropped one by one: to copy the table, SQLite would have to drop it under the assessments."""
    return (
        # Its logic is filled in at the next start, by the program that can read a rule set; a migration cannot.
        sa.Column("logic", sa.String(64), nullable=False, server_default=""),
        sa.Column("sha256", sa.String(64), nullable=False, server_default=""),
        # What was kept until now came from the folder of the installation.
        sa.Column("origin", sa.String(20), nullable=False, server_default="folder"),
    )


def upgrade() -> None:
    for column in columns():
        op.add_column("rule_sets", column)
    rule_sets = sa.table("rule_sets", sa.column("digest"), sa.column("files"), sa.column("sha256"))
    connection = op.get_bind()
    for digest in connection.execute(sa.select(rule_sets.c.digest)).scalars().all():
        files = connection.execute(sa.select(rule_sets.c.files).where(rule_sets.c.digest == digest)).scalar_one()
        sha256 = hashlib.sha256(bytes(files)).hexdigest()
        connection.execute(rule_sets.update().where(rule_sets.c.digest == digest).values(sha256=sha256))
    here = sa.text("origin = 'installation'")
    op.create_index(
        "uq_rule_sets_published", "rule_sets", ["id", "version"], unique=True, sqlite_where=here, postgresql_where=here
    )


def downgrade() -> None:
    op.drop_index("uq_rule_sets_published", "rule_sets")
    for column in reversed(columns()):
        op.drop_column("rule_sets", column.name)
