"""Submitted assessments in the database > a stream of columns, as one version of their rule set reads them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, func, select

from readiness.engine.answers import Answer, Answers, Phase, Role, to_answer
from readiness.engine.carrying import carry
from readiness.engine.ruleset import RuleSet
from readiness.engine.team import GroupSheet, combine
from readiness.loading.ruleset import read_ruleset
from readiness.store.database import transaction
from readiness.store.models import AnswerRow, AssessmentRow, ResponseRow, RuleSetRow, ServiceRow
from readiness.store.releases import latest_releases
from readiness.store.rulesets import ruleset_files
from readiness.workbench.columns import Columns, encode

# Assessments read together: what is in memory at once.
TOGETHER = 2_000


@dataclass(frozen=True, slots=True)
class Submitted:
    """One submitted assessment: its service, the digest of the version it is pinned to, the answers of its manager,
    and what was published of its team."""

    service: str
    rule_set: str
    answers: Answers
    sheets: tuple[GroupSheet, ...] = ()


def count_submitted(engine: Engine, ruleset_id: str) -> int:
    """How many assessments were submitted under any version of a rule set."""
    query = (
        select(func.count())
        .select_from(AssessmentRow)
        .join(RuleSetRow, RuleSetRow.digest == AssessmentRow.rule_set)
        .where(AssessmentRow.submitted_on.is_not(None), RuleSetRow.id == ruleset_id)
    )
    with transaction(engine) as connection:
        return connection.execute(query).scalar_one()


def submitted(engine: Engine, ruleset_id: str) -> Iterator[tuple[Submitted, ...]]:
    """The assessments submitted under any version of a rule set, some at a time; open ones are nobody's to look at."""
    last = ""
    while True:
        with transaction(engine) as connection:
            heads = _heads(connection, ruleset_id, last)
            if not heads:
                return
            given = _given(connection, last, heads[-1][0])
            releases = latest_releases(connection, last, heads[-1][0])
        last = heads[-1][0]
        yield tuple(
            Submitted(
                service,
                digest,
                Answers(Phase(phase), given.get(code, {})),
                releases[code].groups if code in releases else (),
            )
            for code, service, digest, phase in heads
        )


def stored_population(engine: Engine, ruleset: RuleSet) -> Iterator[tuple[Columns, Sequence[str]]]:
    """The same as columns of one version, a phase at a time: answers are carried over from the versions they are on.

    Those of a team are combined first, as its result is.
    """
    versions = {ruleset.identity.digest: ruleset}
    for part in submitted(engine, ruleset.identity.id):
        by_phase: dict[Phase, list[tuple[Answers, str]]] = {}
        for each in part:
            if each.rule_set not in versions:
                versions[each.rule_set] = read_ruleset(ruleset_files(engine, each.rule_set))
            own = versions[each.rule_set]
            combined = combine(own.instrument, each.answers, each.sheets).answers if each.sheets else each.answers
            answers = carry(combined, own, ruleset).answers
            by_phase.setdefault(answers.phase, []).append((answers, each.service))
        for phase, found in by_phase.items():
            yield encode(ruleset.instrument, phase, [answers for answers, _ in found]), [name for _, name in found]


def _heads(connection: Connection, ruleset_id: str, after: str) -> list[tuple[str, str, str, str]]:
    """The next assessments in the order of their ids: id, service, digest, phase."""
    query = (
        select(AssessmentRow.id, ServiceRow.name, AssessmentRow.rule_set, AssessmentRow.phase)
        .join(ServiceRow, ServiceRow.id == AssessmentRow.service_id)
        .join(RuleSetRow, RuleSetRow.digest == AssessmentRow.rule_set)
        .where(AssessmentRow.submitted_on.is_not(None), RuleSetRow.id == ruleset_id, AssessmentRow.id > after)
        .order_by(AssessmentRow.id)
        .limit(TOGETHER)
    )
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(query)]


def _given(connection: Connection, after: str, until: str) -> dict[str, dict[str, Answer]]:
    """What the managers of the assessments with ids in a span answered, by assessment."""
    query = (
        select(AssessmentRow.id, AnswerRow.item, AnswerRow.value)
        .join(ResponseRow, ResponseRow.assessment_id == AssessmentRow.id)
        .join(AnswerRow, AnswerRow.response_id == ResponseRow.id)
        .where(
            AssessmentRow.id > after,
            AssessmentRow.id <= until,
            AssessmentRow.submitted_on.is_not(None),
            ResponseRow.role == Role.MANAGER.value,
        )
    )
    found: dict[str, dict[str, Answer]] = {}
    for assessment, item, value in connection.execute(query):
        found.setdefault(assessment, {})[item] = to_answer(value)
    return found
