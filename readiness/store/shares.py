"""Links to read a report in the database: made for somebody until a day, listed without their keys, ended, found."""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Engine, delete, func, insert, select

from readiness.errors import Closed, NotFound
from readiness.language import gettext
from readiness.permissions import Part
from readiness.store.assessments import MANAGERS_RESPONSES, Assessment, assessment_of
from readiness.store.codes import hashed_key, new_key
from readiness.store.database import transaction
from readiness.store.models import AssessmentRow
from readiness.store.models_following import ShareRow

USUAL_DAYS, MOST_DAYS = 30, 366
MOST_SHARES = 100


@dataclass(frozen=True, slots=True)
class Share:
    """A link as its list shows it: for whom it is, and the last day on which it opens. Its key is not known here."""

    id: str
    name: str
    until: date


def make_share(engine: Engine, assessment: Assessment, name: str, until: date, today: date) -> str:
    """Make a link and return its key, which is not kept. Raises Closed on a day out of reach, while the wave is open,
    and when there are many links already."""
    if not today <= until <= today + timedelta(days=MOST_DAYS):
        raise Closed(gettext("A link opens for at most %(most)s days, from today on.", most=MOST_DAYS))
    key = new_key()
    with transaction(engine, writing=True) as connection:
        wave = select(AssessmentRow.submitted_on).where(AssessmentRow.id == assessment.id).with_for_update()
        if connection.execute(wave).scalar_one() is None:
            raise Closed(gettext("This assessment is open. Submit it first; then its result can be shared."))
        connection.execute(delete(ShareRow).where(ShareRow.expires_on < today))  # whom it was for is kept no longer
        many = select(func.count()).where(ShareRow.assessment_id == assessment.id)
        if connection.execute(many).scalar_one() >= MOST_SHARES:
            raise Closed(gettext("There are %(most)s links already. End some of them first.", most=MOST_SHARES))
        row = insert(ShareRow).values(
            id=secrets.token_hex(16),
            key_hash=hashed_key(key),
            assessment_id=assessment.id,
            name=name,
            expires_on=until,
        )
        connection.execute(row)
    return key


def shares_of(engine: Engine, assessment: Assessment, today: date) -> tuple[Share, ...]:
    """The links of an assessment that open today, the one that ends first in front."""
    query = (
        select(ShareRow.id, ShareRow.name, ShareRow.expires_on)
        .where(ShareRow.assessment_id == assessment.id, ShareRow.expires_on >= today)
        .order_by(ShareRow.expires_on, ShareRow.name, ShareRow.id)
    )
    with transaction(engine) as connection:
        return tuple(Share(row[0], row[1], row[2]) for row in connection.execute(query))


def end_share(engine: Engine, assessment: Assessment, share: str) -> None:
    """End a link at once; nothing of it is kept. One of another assessment, or one that has ended, changes nothing."""
    with transaction(engine, writing=True) as connection:
        connection.execute(delete(ShareRow).where(ShareRow.id == share, ShareRow.assessment_id == assessment.id))


def delete_ended_shares(engine: Engine, today: date) -> None:
    """Delete the links whose last day is over, and with them for whom they were."""
    with transaction(engine, writing=True) as connection:
        connection.execute(delete(ShareRow).where(ShareRow.expires_on < today))


_SHARED = MANAGERS_RESPONSES.join(ShareRow, ShareRow.assessment_id == AssessmentRow.id).add_columns(ShareRow.expires_on)


def find_shared(engine: Engine, key: str, today: date) -> tuple[Assessment, date]:
    """What a link opens to a reader, and its last day.

    Raises NotFound, with one and the same sentence after one and the same query, for a link that was never made, that
    was ended, or whose last day is over.
    """
    query = _SHARED.where(ShareRow.key_hash == hashed_key(key), ShareRow.expires_on >= today)
    with transaction(engine) as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(
            gettext(
                "This link opens nothing: it has ended, or was not copied whole. Ask whoever sent it for another one."
            )
        )
    return assessment_of(row, Part.READER), row.expires_on
