"""Tables. Nothing here identifies a person: a response has a role, and an answer belongs to a response."""

from datetime import date

from sqlalchemy import Date, ForeignKey, LargeBinary, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# Named constraints, so that migrations can alter them on every database.
NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The ancestor of every table."""

    metadata = MetaData(naming_convention=NAMES)


class RuleSetRow(Base):
    """One rule-set version that an assessment is pinned to, as the files it was loaded from."""

    __tablename__ = "rule_sets"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    id: Mapped[str] = mapped_column(String(80))
    version: Mapped[str] = mapped_column(String(40))
    files: Mapped[bytes] = mapped_column(LargeBinary)


class ServiceRow(Base):
    """The organisation assessed. Accounts will own services; until then its assessments lead to it."""

    __tablename__ = "services"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(300))


class AssessmentRow(Base):
    """One wave for one service, pinned to one rule set."""

    __tablename__ = "assessments"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    service_id: Mapped[str] = mapped_column(ForeignKey("services.id"), index=True)
    rule_set: Mapped[str] = mapped_column(ForeignKey("rule_sets.digest"))
    wave: Mapped[str] = mapped_column(String(20))
    phase: Mapped[str] = mapped_column(String(10))
    started_on: Mapped[date] = mapped_column(Date)
    submitted_on: Mapped[date | None] = mapped_column(Date)


class LinkRow(Base):
    """A link that opens an assessment. Only the hash of its key is kept, so that the database opens nothing."""

    __tablename__ = "links"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessments.id"), index=True)


class ResponseRow(Base):
    """One respondent's answers to one assessment."""

    __tablename__ = "responses"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessments.id"), index=True)
    role: Mapped[str] = mapped_column(String(40))


class AnswerRow(Base):
    """One answer: an option code or a missing reason. *Not answered* is the absence of a row."""

    __tablename__ = "answers"

    response_id: Mapped[str] = mapped_column(ForeignKey("responses.id"), primary_key=True)
    item: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[str] = mapped_column(String(80))


class PageRow(Base):
    """How often a page of a response was saved: a tab that knows an older revision is stale."""

    __tablename__ = "pages"

    response_id: Mapped[str] = mapped_column(ForeignKey("responses.id"), primary_key=True)
    page: Mapped[str] = mapped_column(String(80), primary_key=True)
    revision: Mapped[int]
