"""Everything that a report is made from, and its digest, which takes neither scoring nor laying out.

Each field enters the digest by itself, so that nothing a report may ever be made from can be forgotten there.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date
from functools import cached_property

from readiness.engine.ruleset import RuleSet
from readiness.engine.scoring import score
from readiness.language import Language, speaking
from readiness.report.editions import Edition, Sheet
from readiness.report.parts import ReportView
from readiness.report.renderer import catalogue_digest, renderer_digest
from readiness.report.view import view
from readiness.report.view_change import Wave, change_view


@dataclass(frozen=True)
class Material:
    """What one report is made from. `assessment` is the id of the one it belongs to: no two share a document.

    `wave` and the one `before`, where there is one to compare with, are worded in `language`; `renderer` draws it.
    """

    assessment: str
    service: str
    wave: Wave
    before: Wave | None
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
        wave, before = self.wave, self.before
        with speaking(self.language):
            shown = view(wave.ruleset, score(wave.ruleset, wave.answers), self.service, wave.day, team=wave.team)
            change = change_view(before, wave) if before else None
            return replace(shown, change=change if change and not change.impossible else None)


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
