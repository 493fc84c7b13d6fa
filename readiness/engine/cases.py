"""Cases: worked examples with what must come out, alone or in pairs that differ in one answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from readiness.engine.answers import Answer, Answers, Missing, Phase
from readiness.engine.conditions import Condition
from readiness.engine.gaps import gap_levels, gap_of
from readiness.engine.instrument import Instrument, Item


class Relation(StrEnum):
    """How the risk of one case stands to that of another."""

    HIGHER = "higher"
    LOWER = "lower"
    SAME = "same"
    NOT_HIGHER = "not higher"
    NOT_LOWER = "not lower"


class Outcome(StrEnum):
    """How a rule stands in a case."""

    HOLDS = "holds"
    FAILS = "does not hold"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class CaseAnswer:
    """One answer of a case with its ground."""

    answer: Answer
    note: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The risk of a construct or domain must stand in a relation to that of another case."""

    than: str
    subject: str
    relation: Relation


@dataclass(frozen=True, slots=True)
class Case:
    """A worked example: answers with their grounds, what happened, and what must come out.

    `expect` are claims about answers and bands, `compare` relations to other cases, `rules` how rules stand,
    `recommends` and `leaves_out` what is and is not advised. `risk` gives risks of constructs and domains (0..100, to
    two decimals), `not_determinable` those that must come out without a band. `pair` names the pair that it is one
    half of. `invented` marks a service that does not exist, made to try the rule set; it is no example of a site.
    `gaps` are the option steps between the sheets of a team, by item; without any, one person answered alone.
    """

    code: str
    service: str
    about: str
    phase: Phase
    answers: Mapping[str, CaseAnswer]
    otherwise: Answer
    happened: str
    expect: tuple[Condition, ...]
    compare: tuple[Comparison, ...] = ()
    rules: Mapping[str, Outcome] = field(default_factory=dict)
    recommends: tuple[str, ...] = ()
    leaves_out: tuple[str, ...] = ()
    pair: str = ""
    invented: bool = False
    not_determinable: tuple[str, ...] = ()
    risk: Mapping[str, float] = field(default_factory=dict)
    gaps: Mapping[str, int] = field(default_factory=dict)

    @property
    def demands(self) -> int:
        """How many things must come out of it."""
        on_risks = len(self.expect) + len(self.compare) + len(self.not_determinable) + len(self.risk)
        return on_risks + len(self.rules) + len(self.recommends) + len(self.leaves_out)

    def answered(self, instrument: Instrument) -> Answers:
        """Its answers, with every other item of its phase filled as the case says (what always applies, applies)."""
        given = {item.code: self._filled(item) for item in instrument.asked(self.phase)}
        given.update({code: answer.answer for code, answer in self.answers.items()})
        items = instrument.items
        gaps = {gap_of(code): gap_levels(items[code].order)[steps] for code, steps in self.gaps.items()}
        return Answers(self.phase, given, gaps)

    def _filled(self, item: Item) -> Answer:
        never_applies = self.otherwise is Missing.NOT_APPLICABLE and item.not_applicable is None
        return Missing.NOT_ANSWERED if never_applies else self.otherwise


@dataclass(frozen=True, slots=True)
class Pair:
    """Two cases that differ in the answer to one item, to teach what that answer changes."""

    code: str
    title: str
    about: str
    item: str
    first: str
    then: str
