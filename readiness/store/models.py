"""Tables. No answer leads to a person: a response has a role, an answer belongs to a response, accounts to neither."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, DateTime, ForeignKey, Index, LargeBinary, MetaData, String, Text, false, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# Named constraints, so that migrations can alter them on every database.
NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
# On SQLite, rows lie in the order of their (random) keys only, and have no hidden number that tells which came first.
BY_ID = {"sqlite_with_rowid": False}


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


class OrganisationRow(Base):
    """Groups services that belong together."""

    __tablename__ = "organisations"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(300))


class ServiceRow(Base):
    """The organisation assessed: a clinic, ward or team; perhaps one of several of an organisation."""

    __tablename__ = "services"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisations.id"), index=True)


class ServicePersonRow(Base):
    """The part that an account has in a service: its manager, or an implementer with whom results are shared."""

    __tablename__ = "service_people"

    service_id: Mapped[str] = mapped_column(ForeignKey("services.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(20))


class AssessmentRow(Base):
    """One wave for one service, pinned to one rule set.

    `way` says who answers: the manager alone, a team by respondents, or the team together on a consensus sheet.
    `follows` is the wave before it.
    """

    __tablename__ = "assessments"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    service_id: Mapped[str] = mapped_column(ForeignKey("services.id"), index=True)
    rule_set: Mapped[str] = mapped_column(ForeignKey("rule_sets.digest"))
    wave: Mapped[str] = mapped_column(String(20))
    phase: Mapped[str] = mapped_column(String(10))
    started_on: Mapped[date] = mapped_column(Date)
    submitted_on: Mapped[date | None] = mapped_column(Date)
    way: Mapped[str] = mapped_column(String(20), server_default="alone")
    follows: Mapped[str | None] = mapped_column(ForeignKey("assessments.id"))


class TeamRoleRow(Base):
    """The sections that respondents of a role answer in an assessment, as codes with spaces between them."""

    __tablename__ = "team_roles"

    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessments.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(40), primary_key=True)
    sections: Mapped[str] = mapped_column(Text)


class LinkRow(Base):
    """A link that opens an assessment. Only the hash of its key is kept, so that the database opens nothing."""

    __tablename__ = "links"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessments.id"), index=True)


class ResponseRow(Base):
    """One respondent's answers to one assessment. No person, address or time is in it, and nothing that leads to one.

    `key_hash` is that of the respondent's own key; the manager's response and the consensus sheet have none. `release`
    numbers the release that took it in.
    """

    __tablename__ = "responses"
    __table_args__ = BY_ID

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessments.id"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    key_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    is_submitted: Mapped[bool] = mapped_column(server_default=false())
    release: Mapped[int | None]


class InvitationRow(Base):
    """A way into an assessment as a respondent: for one person, or (`is_group`) for everybody who is given its link.

    `receipt` is a hash that only the person who entered can match with a response. Whether they have sent answers is
    not kept, nor any time.
    """

    __tablename__ = "invitations"
    __table_args__ = BY_ID

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessments.id"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    is_group: Mapped[bool]
    name: Mapped[str] = mapped_column(String(300))
    address: Mapped[str] = mapped_column(String(254))
    receipt: Mapped[str | None] = mapped_column(String(64), unique=True)


class InvitationKeyRow(Base):
    """A link of an invitation; a reminder makes another one. Only the hash of its key is kept."""

    __tablename__ = "invitation_keys"
    __table_args__ = BY_ID

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    invitation_id: Mapped[str] = mapped_column(ForeignKey("invitations.id"), index=True)


class CommentRow(Base):
    """A comment that a respondent left. It leads to no response and no role; `release` is the one that took it in."""

    __tablename__ = "comments"
    __table_args__ = BY_ID

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessments.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    release: Mapped[int | None]


class ReleaseRow(Base):
    """What was published of a team when its wave closed: values of groups, and nothing of single people."""

    __tablename__ = "releases"

    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessments.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    released_on: Mapped[date] = mapped_column(Date)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class AnswerRow(Base):
    """One answer: an option code or a missing reason. *Not answered* is the absence of a row."""

    __tablename__ = "answers"
    __table_args__ = BY_ID

    response_id: Mapped[str] = mapped_column(ForeignKey("responses.id"), primary_key=True)
    item: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[str] = mapped_column(String(80))


class PageRow(Base):
    """How often a page of a response was saved: a tab that knows an older revision is stale."""

    __tablename__ = "pages"
    __table_args__ = BY_ID

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


class MailRow(Base):
    """A mail that waits, was sent or failed. Its recipient and its text are sealed, and gone once it is sent.

    `link` is the hash of the key that it carries; a mail whose link opens nothing any more is not sent. A reminder
    names no link and no person, only its wave: that it is there says that somebody has not answered.
    """

    __tablename__ = "mails"
    __table_args__ = BY_ID

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    link: Mapped[str | None] = mapped_column(String(64), index=True)
    assessment_id: Mapped[str | None] = mapped_column(ForeignKey("assessments.id"), index=True)
    state: Mapped[str] = mapped_column(String(20))
    attempts: Mapped[int]
    due_at: Mapped[datetime | None] = mapped_column(DateTime, index=True)
    good_until: Mapped[datetime] = mapped_column(DateTime)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    reason: Mapped[str] = mapped_column(String(20))
    said: Mapped[str] = mapped_column(String(300))
