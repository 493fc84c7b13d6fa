"""Tables of what follows a result: reports rendered ahead, action plans with what became of them, links to read one."""

from datetime import date

from sqlalchemy import Date, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from readiness.store.models import Base


class DocumentRow(Base):
    """A report that was rendered ahead, by the digest of everything that it is made from."""

    __tablename__ = "documents"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessments.id"), index=True)
    made_on: Mapped[date] = mapped_column(Date)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ActionRow(Base):
    """A recommendation that a service has taken on from the result of an assessment; `revision` counts its changes."""

    __tablename__ = "actions"
    __table_args__ = (UniqueConstraint("assessment_id", "recommendation"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessments.id"))
    recommendation: Mapped[str] = mapped_column(String(80))
    place: Mapped[int]
    owner: Mapped[str] = mapped_column(String(300))
    first_step: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date | None] = mapped_column(Date)
    status: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text)
    evidence: Mapped[str] = mapped_column(Text)
    revision: Mapped[int]


class ActionReportRow(Base):
    """What a follow-up says became of an action of the wave before; it stays when the action is changed later."""

    __tablename__ = "action_reports"

    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessments.id"), primary_key=True)
    action_id: Mapped[str] = mapped_column(ForeignKey("actions.id"), primary_key=True)
    status: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text)
    revision: Mapped[int]


class ShareRow(Base):
    """A link that reads the report of an assessment until a day. Only the hash of its key is kept."""

    __tablename__ = "shares"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessments.id"), index=True)
    name: Mapped[str] = mapped_column(String(300))
    expires_on: Mapped[date] = mapped_column(Date)
