"""The rule set as one value: instrument, framework, ratings, interaction rules, recommendations, evidence and cases."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from readiness.engine.answers import Phase
from readiness.engine.cases import Case, Pair
from readiness.engine.conditions import ENGLISH, Condition, Phrases, claims, conjunction, say
from readiness.engine.evidence import Finding, Source
from readiness.engine.framework import BAND_ORDER, Band, Bands, Construct, Domain, Leeway
from readiness.engine.instrument import Instrument


class Status(StrEnum):
    """Who stands behind a rule or recommendation: the papers, their authors' inference, or we."""

    STATED = "stated"
    INFERRED = "inferred"
    OURS = "ours"


class Publication(StrEnum):
    """Whether a version may still change, or is frozen."""

    DRAFT = "draft"
    PUBLISHED = "published"


class When(StrEnum):
    """When a recommendation belongs."""

    BEFORE_START = "before start"
    FIRST_YEAR = "first year"
    SUSTAINING = "sustaining"


class Effort(StrEnum):
    """How much a recommendation asks for; the number is what its gain is divided by."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def cost(self) -> int:
        """1, 2 or 3."""
        return list(Effort).index(self) + 1


@dataclass(frozen=True, slots=True)
class Worth:
    """The CFIR rating (-2..+2) of one level for its construct, with reason and findings."""

    rating: float
    because: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alike:
    """Levels of one item that nothing in the rule set tells apart, and why they are kept all the same."""

    levels: tuple[str, ...]
    because: str


@dataclass(frozen=True)
class ItemScoring:
    """What each level of one item is worth.

    `peaked` and `alike` are declarations that the proof holds the scoring against: why a later level may rate lower
    than an earlier one (empty: none does), and which levels are worth the same to everything.
    """

    item: str
    worth: Mapping[str, Worth]
    peaked: str = ""
    alike: tuple[Alike, ...] = ()

    @cached_property
    def ratings(self) -> Mapping[str, float]:
        """Rating by level code."""
        return {code: worth.rating for code, worth in self.worth.items()}

    @cached_property
    def best(self) -> str:
        """The level that rates highest (the first of several)."""
        return max(self.ratings, key=lambda code: self.ratings[code])


@dataclass(frozen=True)
class Rule:
    """An interaction: when it holds, it shifts its construct's rating or bounds its band from below."""

    code: str
    title: str
    construct: str
    when: Condition
    unless: tuple[Condition, ...]
    shift: float
    at_least: Band | None
    because: str
    evidence: tuple[str, ...]
    status: Status

    @cached_property
    def condition(self) -> Condition:
        """`when` and not `unless`, as one condition."""
        return conjunction(self.when, self.unless)

    @cached_property
    def subjects(self) -> frozenset[str]:
        """The items it asks about, and the gaps on items."""
        return frozenset(claim.subject for claim in claims(self.condition))


@dataclass(frozen=True, slots=True)
class ConstructScoring:
    """Everything that decides one construct.

    `waivers` and `out_of_reach` are declarations that the proof holds the scoring against: by item, why a better answer
    to it may raise the construct's risk; by band, why no answers lead there.
    """

    construct: Construct
    items: tuple[ItemScoring, ...]
    rules: tuple[Rule, ...]
    waivers: Mapping[str, str] = field(default_factory=dict)
    out_of_reach: Mapping[Band, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Recommendation:
    """What to do, when, by whom, at what effort, and which answers it would move (`improves`).

    `never_with` names recommendations that contradict it: no answers may call for both.
    """

    code: str
    title: str
    theme: str
    when: Condition
    unless: tuple[Condition, ...]
    steps: tuple[str, ...]
    who: str
    phase: When
    effort: Effort
    eric: tuple[str, ...]
    improves: Mapping[str, str]
    because: str
    evidence: tuple[str, ...]
    status: Status
    caution: str = ""
    low_resource: str = ""
    never_with: tuple[str, ...] = ()

    @cached_property
    def condition(self) -> Condition:
        """`when` and not `unless`, as one condition."""
        return conjunction(self.when, self.unless)


@dataclass(frozen=True, slots=True)
class Identity:
    """How a version is known: id, version and SHA-256 of its canonical content.

    `logic` is the SHA-256 of what alone can change a result; a *draft* may still change under its number.
    """

    id: str
    version: str
    digest: str
    title: str
    logic: str = ""
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Locale:
    """What is translated into one language: fresh texts by path, and those whose original has changed since.

    `draft` is True where some of it was drafted by a machine and no person has stood in for it.
    """

    texts: Mapping[str, str]
    stale: Mapping[str, str]
    draft: bool


@dataclass(frozen=True)
class RuleSet:
    """One version of everything that researchers own."""

    identity: Identity
    about: str
    authors: tuple[str, ...]
    licence: str
    language: str
    minimum_group: int
    determinable_share: float
    critical_bound: Band
    critical_because: str
    bands: Bands
    domains: tuple[Domain, ...]
    instrument: Instrument
    scoring: Mapping[str, ConstructScoring]
    recommendations: tuple[Recommendation, ...]
    sources: Mapping[str, Source]
    findings: Mapping[str, Finding]
    cases: Mapping[str, Case]
    pairs: Mapping[str, Pair] = field(default_factory=dict)
    changelog: Mapping[str, str] = field(default_factory=dict)
    locales: Mapping[str, Locale] = field(default_factory=dict)
    leeway: Leeway = field(default_factory=Leeway)

    @cached_property
    def constructs(self) -> Mapping[str, Construct]:
        """Constructs by code, in reading order."""
        return {construct.code: construct for domain in self.domains for construct in domain.constructs}

    @cached_property
    def domain_of(self) -> Mapping[str, Domain]:
        """The domain of each construct code."""
        return {construct.code: domain for domain in self.domains for construct in domain.constructs}

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """Interaction rules by code, in reading order of their constructs."""
        return {rule.code: rule for scoring in self.scoring.values() for rule in scoring.rules}

    @cached_property
    def examples(self) -> tuple[Case, ...]:
        """The cases of whole services, without those that teach one rule: by service, before the start first."""
        whole = (case for case in self.cases.values() if not case.pair and not case.invented)
        return tuple(sorted(whole, key=lambda case: (case.service, list(Phase).index(case.phase))))

    @cached_property
    def construct_of(self) -> Mapping[str, str]:
        """The construct each scored item is rated for."""
        return {item.item: code for code, scoring in self.scoring.items() for item in scoring.items}

    @cached_property
    def item_scoring(self) -> Mapping[str, ItemScoring]:
        """What the levels of each scored item are worth."""
        return {item.item: item for scoring in self.scoring.values() for item in scoring.items}

    @cached_property
    def touched_by(self) -> Mapping[str, tuple[str, ...]]:
        """The constructs that an item's answer can move, by its own rating or through a rule; it moves no gap."""
        touched: dict[str, list[str]] = {item: [] for item in self.instrument.items}
        for code, scoring in self.scoring.items():
            subjects = {item.item for item in scoring.items}.union(*(rule.subjects for rule in scoring.rules))
            for item in subjects & touched.keys():
                touched[item].append(code)
        return {item: tuple(codes) for item, codes in touched.items()}

    def name(self, subject: str) -> str:
        """The title of an item, of the gap on one, or of a construct or domain."""
        if subject in self.constructs:
            return self.constructs[subject].title
        titles = {domain.code: domain.title for domain in self.domains}
        return titles[subject] if subject in titles else self.instrument.subjects[subject].short

    def level(self, subject: str, code: str) -> str:
        """The words of one level of an item or of the gap on one, without the full stop at their end."""
        return self.instrument.subjects[subject].texts[code].rstrip(".")

    def say(self, condition: Condition, phrases: Phrases = ENGLISH) -> str:
        """A condition in words; `phrases` are those of the language it is said in."""

        def level(subject: str, code: str) -> str:
            return self.level(subject, code) if subject in self.instrument.subjects else str(getattr(phrases, code))

        return say(condition, self.name, level, self.order, phrases)

    def order(self, subject: str) -> tuple[str, ...]:
        """The levels of an item or of the gap on one, least to most, or the bands of a construct or domain."""
        item = self.instrument.subjects.get(subject)
        return item.order if item else BAND_ORDER
