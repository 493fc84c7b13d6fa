"""Tables. No answer leads to a person: a response has a role, an answer belongs to a response, accounts to neither."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, DateTime, ForeignKey, Index, LargeBinary, MetaData, String, Text, text
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
    """One rule-set version that is kept, as the files it was loaded from.

    `logic` is the digest of what can change a result, empty until a start fills it in; `sha256` that of the bytes of
    `files`; `origin` says where the version comes from. A number is published here once.
    """

    __tablename__ = "rule_sets"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    id: Mapped[str] = mapped_column(String(80))
    version: Mapped[str] = mapped_column(String(40))
    files: Mapped[bytes] = mapped_column(LargeBinary)
    logic: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))
    origin: Mapped[str] = mapped_column(String(20))

    __table_args__ = (
        Index(
            "uq_rule_sets_published",
            "id",
            "version",
            unique=True,
            sqlite_where=text("origin = 'installation'"),
            postgresql_where=text("origin = 'installation'"),
        ),
    )


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


class AccountRow(Base):
    """A person who signs in. Without a password (not chosen yet) or when not active, nobody can sign in with it."""

    __tablename__ = "accounts"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    address: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    is_active: Mapped[bool]
    password: Mapped[str | None] = mapped_column(String(300))
    totp: Mapped[str | None] = mapped_column(String(500))
    totp_counter: Mapped[int | None] = mapped_column(BigInteger)


class AccountRoleRow(Base):
    """One role of one account."""

    __tablename__ = "account_roles"

    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)


class AccountLinkRow(Base):
    """A link that sets a password once. Only the hash of its key is kept; without an account it makes the first one."""

    __tablename__ = "account_links"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    expires_at: Mapped[datetime | None] = mapped_column(DateTime)


class SignInRow(Base):
    """One browser that is signed in, or waits for its second factor. Ending it is deleting the row."""

    __tablename__ = "sign_ins"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    is_complete: Mapped[bool]
    expires_at: Mapped[datetime] = mapped_column(DateTime)


class RecoveryCodeRow(Base):
    """A code that stands in once for a lost second factor; only its hash is kept."""

    __tablename__ = "recovery_codes"

    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)


class AttemptRow(Base):
    """One attempt to sign in, kept for minutes; its subject is a keyed hash of an account or of a network address."""

    __tablename__ = "attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(DateTime)


class DraftRow(Base):
    """A working copy of a rule-set version; `revision` counts its changes, `published` is the version it became."""

    __tablename__ = "drafts"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    base: Mapped[str] = mapped_column(ForeignKey("rule_sets.digest"))
    state: Mapped[str] = mapped_column(String(20))
    revision: Mapped[int]
    started_on: Mapped[date] = mapped_column(Date)
    note: Mapped[str] = mapped_column(Text)
    comment: Mapped[str] = mapped_column(Text, server_default="")
    published: Mapped[str | None] = mapped_column(ForeignKey("rule_sets.digest"))


class DraftFileRow(Base):
    """One file of a draft; without content it was removed, and its revision still counts."""

    __tablename__ = "draft_files"

    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id"), primary_key=True)
    path: Mapped[str] = mapped_column(String(200), primary_key=True)
    revision: Mapped[int]
    content: Mapped[bytes | None] = mapped_column(LargeBinary)


class DraftAuthorRow(Base):
    """Somebody who wrote in a draft, and so cannot be the one who publishes it."""

    __tablename__ = "draft_authors"

    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id"), primary_key=True)
    person: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(300))


class DraftRunRow(Base):
    """A job on one revision of a draft: how far it is, when its process was last heard of, and what came out."""

    __tablename__ = "draft_runs"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id"), index=True)
    revision: Mapped[int]
    job: Mapped[str] = mapped_column(String(20))
    against: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(20))
    done: Mapped[int]
    of: Mapped[int]
    heard_at: Mapped[datetime] = mapped_column(DateTime)
    result: Mapped[bytes | None] = mapped_column(LargeBinary)
