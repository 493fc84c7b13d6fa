"""Rule-set versions in the database: an assessment keeps the version it started on, whatever happens to the folder."""

import json
from collections.abc import Mapping

from sqlalchemy import Engine, insert, select

from readiness.engine.ruleset import Identity
from readiness.errors import NotFound
from readiness.store.database import transaction
from readiness.store.models import RuleSetRow


def keep_ruleset(engine: Engine, identity: Identity, files: Mapping[str, bytes]) -> None:
    """Keep the files of a version under its digest; keeping it again changes nothing."""
    content = json.dumps({path: text.decode() for path, text in files.items()}).encode()
    with transaction(engine, writing=True) as connection:
        if connection.execute(select(RuleSetRow.digest).where(RuleSetRow.digest == identity.digest)).first() is None:
            connection.execute(
                insert(RuleSetRow).values(
                    digest=identity.digest, id=identity.id, version=identity.version, files=content
                )
            )


def ruleset_files(engine: Engine, digest: str) -> dict[str, bytes]:
    """The files of a kept version. Raises NotFound."""
    with transaction(engine) as connection:
        content = connection.execute(select(RuleSetRow.files).where(RuleSetRow.digest == digest)).scalar_one_or_none()
    if content is None:
        raise NotFound(f"The rule set {digest[:12]} is not in this database; restore the database it was kept in.")
    return {path: text.encode() for path, text in json.loads(content).items()}
