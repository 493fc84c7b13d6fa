"""Everything that a report is made from, and its digest, which takes neither scoring nor laying out.

Each field enters the digest by itself, so that nothing a report may ever be made from can be forgotten there.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from functools import cached_property

from readiness.engine.answers import Answers
from readiness.engine.ruleset import RuleSet
from readiness.engine.scoring import score
from readiness.engine.team import TeamReading
from readiness.language import Language, speaking
from readiness.report.editions import Edition, Sheet
from readiness.report.parts import ReportView
from readiness.report.renderer import catalogue_digest, renderer_digest
from readiness.report.view import view


@dataclass(frozen=True)
class Material:
    """What one report is made from. `assessment` is the id of the one it belongs to: no two share a document.

    `ruleset` is worded in `language`, `answers` are combined, `day` is the date it bears, `renderer` what draws it.
    """

    assessment: str
    service: str
    day: date
    ruleset: RuleSet
    answers: Answers
    team: TeamReading
    language: Language
    edition: Edition = Edition.FULL
    sheet: Sheet = Sheet.A4
    renderer: str = field(default_factory=renderer_digest)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the canonical form of all of it."""
        return hashlib.sha256(canonical({each.name: getattr(self, each.name) for each in fields(self)})).hexdigest()

    def view(self) -> ReportView:
        """Everything that a page or PDF shows of it, in its language."""
        with speaking(self.language):
            return view(self.ruleset, score(self.ruleset, self.answers), self.service, self.day, team=self.team)


def canonical(value: object) -> bytes:
    """A value as bytes that are the same for equal values, whatever the order of a mapping."""
    return json.dumps(value, default=_plain, sort_keys=True, separators=(",", ":")).encode()


def _plain(value: object) -> object:
    """What JSON has no form for: a rule set is what it is known by, a language its wording, others their fields."""
    if isinstance(value, RuleSet):
        return [value.identity.id, value.identity.version, value.identity.digest]
    if isinstance(value, Language):
        return [value.code, value.direction, catalogue_digest(value)]
    if is_dataclass(value):
        return {name: getattr(value, name) for name in value.__dataclass_fields__}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a report is not made from a {type(value).__name__}")
