"""All reports of an installation: which are missing, and rendering them on all cores."""

from collections.abc import Collection, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import lru_cache

from sqlalchemy import Engine

from readiness.engine.localised import localised
from readiness.engine.ruleset import RuleSet
from readiness.errors import ReadinessError
from readiness.language import Language
from readiness.rendering import UNHURRIED, Shelf, wanted_first
from readiness.report.editions import Edition, Sheet
from readiness.report.material import Material
from readiness.report.view_change import Wave
from readiness.store.assessments import Assessment, closed_assessments, wave_before
from readiness.store.documents import kept_digests
from readiness.store.releases import read_combined
from readiness.store.rulesets import kept_ruleset

MOST_REMEMBERED = 32


class Reader:
    """Reads what reports are made from, in one language and for one paper.

    `group` is how many people the installation wants behind everything that is shown of a team.
    """

    def __init__(self, engine: Engine, language: Language, sheet: Sheet, group: int) -> None:
        self.engine, self.language, self.sheet, self.group = engine, language, sheet, group
        self.ruleset = lru_cache(MOST_REMEMBERED)(self._ruleset)

    def material(self, assessment: Assessment) -> Material:
        """What the report of a submitted assessment is made from. Raises ReadinessError."""
        earlier = wave_before(self.engine, assessment)
        before = self._wave(earlier) if earlier and earlier.is_closed else None
        wave = self._wave(assessment)
        return Material(assessment.id, assessment.service, wave, before, self.language, sheet=self.sheet)

    def _wave(self, assessment: Assessment) -> Wave:
        ruleset = self.ruleset(assessment.rule_set)
        group = max(ruleset.minimum_group, self.group)
        answers, team = read_combined(self.engine, assessment, ruleset.instrument, group)
        return Wave(ruleset, answers, team, assessment.submitted_on or assessment.started_on)

    def _ruleset(self, digest: str) -> RuleSet:
        return localised(kept_ruleset(self.engine, digest), self.language.code)


@dataclass(frozen=True, slots=True)
class Missing:
    """The reports that are not kept, how many are, and why some cannot be made."""

    reports: tuple[tuple[Assessment, Edition], ...]
    kept: int
    problems: tuple[str, ...]


def find_missing(reader: Reader, editions: Collection[Edition] = ()) -> Missing:
    """Look through all submitted assessments; `editions` are those that there should be, none for the usual ones."""
    known = kept_digests(reader.engine)
    reports, kept, problems = [], 0, []
    for assessment in closed_assessments(reader.engine):
        try:
            usual = wanted_first(reader.material(assessment))
        except ReadinessError as error:
            problems.append(str(error))
            continue
        chosen = [each for each in usual if not editions or each.edition in editions]
        missing = [each.edition for each in chosen if each.digest not in known]
        reports += [(assessment, edition) for edition in missing]
        kept += len(chosen) - len(missing)
    return Missing(tuple(reports), kept, tuple(problems))


def render_all(
    shelf: Shelf, reader: Reader, reports: Iterable[tuple[Assessment, Edition]], workers: int
) -> Generator[str, None, None]:
    """Render reports, so many at once; of each say, when it is done, what went wrong: nothing where it is kept now.

    Whenever this is ended, what is being rendered is finished and stays, and nothing more begins.
    """
    pool = ThreadPoolExecutor(workers)
    running = [pool.submit(_render, shelf, reader, *report) for report in reports]
    try:
        for each in as_completed(running):
            yield each.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _render(shelf: Shelf, reader: Reader, assessment: Assessment, edition: Edition) -> str:
    try:
        shelf.document(replace(reader.material(assessment), edition=edition), UNHURRIED)
    except ReadinessError as error:
        return str(error)
    return ""
