"""Runs migrations on the connection that `readiness.store.database.migrate` hands over."""

from alembic import context

from readiness.store import models_following  # noqa: F401  (its tables belong to the same metadata)
from readiness.store.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite alters a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
