"""What a page or PDF shows, as frozen values with ready plain text: no markup, and no rounding left to templates."""

from dataclasses import dataclass
from datetime import date

from readiness.language import Language
from readiness.report.parts_bars import BandView as BandView
from readiness.report.parts_bars import Bar as Bar
from readiness.report.parts_change import ChangeView


@dataclass(frozen=True, slots=True)
class Citation:
    """One finding as the report cites it: its number, the paper, the place in it, and what it says in our words."""

    number: int
    source_id: str
    cite: str
    locator: str
    says: str
    code: str


@dataclass(frozen=True, slots=True)
class SourceView:
    """One paper of the reference list."""

    id: str
    cite: str
    reference: str
    doi: str
    about: str
    licence: str


@dataclass(frozen=True, slots=True)
class ReasonView:
    """One answered item: its level, what that is worth (`sign` is CFIR's -2..+2), why, and who says so."""

    code: str
    item: str
    question: str
    level: str
    rating: float
    rating_words: str
    sign: str
    because: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class RuleView:
    """An interaction that held: its condition and its effect in words."""

    code: str
    title: str
    condition: str
    effect: str
    because: str
    status_words: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """A recommendation referred to: its code and its number in the order to act in."""

    code: str
    number: int


@dataclass(frozen=True, slots=True)
class ConstructView:
    """One construct: how it stands, the reasons (worst first), the rules that held, and what is unknown.

    `settles` is a sentence naming the answer that would tell most, `settles_item` that item's short name; both empty
    when nothing is open.
    """

    code: str
    title: str
    cfir2009: str
    cfir2022: str
    placement: str
    tier: str
    why: str
    bar: Bar
    critical: bool
    is_barrier: bool
    reasons: tuple[ReasonView, ...]
    rules: tuple[RuleView, ...]
    bounded_by: str
    unknown: tuple[str, ...]
    settles: str
    settles_item: str
    known_words: str
    alone: int | None
    by_rules: str
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class DomainView:
    """One domain: what decided it (a sentence), what raised it (a sentence or empty), and its constructs."""

    code: str
    title: str
    cfir2022: str
    about: str
    bar: Bar
    decided: str
    bounded: str
    settles: str
    constructs: tuple[ConstructView, ...]


@dataclass(frozen=True, slots=True)
class RecommendationView:
    """One recommendation; `number` is its place in the order to act in, `lifts` the critical barriers that it ends,
    with the risk of each before and after."""

    code: str
    number: int
    title: str
    theme: str
    why_here: str
    steps: tuple[str, ...]
    who: str
    phase: str
    effort_words: str
    eric: tuple[str, ...]
    because: str
    citations: tuple[Citation, ...]
    status_words: str
    caution: str
    low_resource: str
    priority: float
    gain_words: str
    moves: tuple[str, ...]
    lifts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PhaseView:
    """The recommendations of one phase, in the order to act in."""

    code: str
    title: str
    about: str
    recommendations: tuple[RecommendationView, ...]


@dataclass(frozen=True, slots=True)
class LeverView:
    """One answer whose improvement would lower risk most."""

    code: str
    item: str
    level: str
    to: str
    fall_words: str


@dataclass(frozen=True, slots=True)
class UndeterminedView:
    """A construct that could not be assessed, and the answer that would settle most."""

    construct: str
    domain: str
    known_words: str
    settles: str
    settles_item: str


@dataclass(frozen=True, slots=True)
class UnknownView:
    """One item without an answer; `dont_know` is True when that was said."""

    code: str
    item: str
    question: str
    construct: str
    dont_know: bool
    section: str


@dataclass(frozen=True, slots=True)
class UnknownGroup:
    """The items of one section without an answer."""

    title: str
    items: tuple[UnknownView, ...]


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answer as given; a missing reason stands in words, and `is_missing` says so."""

    code: str
    item: str
    question: str
    answer: str
    is_missing: bool


@dataclass(frozen=True, slots=True)
class AnswerSection:
    """The answers of one section in reading order."""

    title: str
    rows: tuple[AnswerRow, ...]


@dataclass(frozen=True, slots=True)
class BarrierView:
    """A critical barrier, named first in the summary, with the answers behind it, worst first."""

    code: str
    title: str
    domain: str
    words: str
    reasons: tuple[ReasonView, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """The report on one page: critical barriers, domains by band, first recommendations; there is no overall score."""

    headline: str
    counts_words: str
    barriers: tuple[BarrierView, ...]
    critical_about: str
    high: tuple[str, ...]
    first: tuple[RecommendationView, ...]
    known_words: str
    no_total: str


@dataclass(frozen=True, slots=True)
class VoiceView:
    """What some say to a question: who, as the beginning of a sentence, and their level in words.

    `step` is the place of that level among those of the question, `speakers` are places in the team's list of them.
    """

    who: str
    says: str
    step: int
    speakers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GapView:
    """A question that people see differently: how many steps apart, and who says what, from least to most.

    `levels` is how many the question has; `alt` says all of it in one sentence.
    """

    code: str
    item: str
    question: str
    is_wide: bool
    steps_words: str
    voices: tuple[VoiceView, ...]
    levels: int
    alt: str


@dataclass(frozen=True, slots=True)
class ItemNote:
    """Something told of a group at one question."""

    code: str
    item: str
    words: str


@dataclass(frozen=True, slots=True)
class UntoldView:
    """The questions of which nothing is told of a group, and why."""

    why: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TeamView:
    """Who stands behind a result and what they see differently, widest gaps first.

    `speakers` are the manager and the groups by name; `far` holds the word that marks a wide gap; `about`,
    `protection` and all below are empty for a manager alone.
    """

    who: str
    confidence: str
    has_groups: bool
    about: str
    protection: str
    no_gaps: str
    speakers: tuple[str, ...]
    far: str
    gaps: tuple[GapView, ...]
    apart: tuple[ItemNote, ...]
    left_open: tuple[ItemNote, ...]
    untold: tuple[UntoldView, ...]
    comments: tuple[str, ...]
    guide_about: str
    guide: tuple[str, ...]

    @property
    def wide(self) -> tuple[GapView, ...]:
        """The gaps to talk about first."""
        return tuple(gap for gap in self.gaps if gap.is_wide)

    @property
    def narrow(self) -> tuple[GapView, ...]:
        """The other gaps."""
        return tuple(gap for gap in self.gaps if not gap.is_wide)


@dataclass(frozen=True, slots=True)
class ReportView:
    """Everything a page or PDF shows of one result, in the language it is worded in.

    `stamp` is the line that stands on every page; `translation` says what is to be known of the translation. `team` is
    None where it is not known who answered, `change` where there is no earlier wave to compare with.
    """

    service: str
    day: date
    day_words: str
    phase: str
    phase_words: str
    phase_about: str
    ruleset_id: str
    version: str
    digest: str
    ruleset_title: str
    authors: str
    licence: str
    example: str
    stamp: str
    language: Language
    translation: str
    summary: Summary
    bands: tuple[BandView, ...]
    domains: tuple[DomainView, ...]
    team: TeamView | None
    phases: tuple[PhaseView, ...]
    no_advice: str
    levers: tuple[LeverView, ...]
    undetermined: tuple[UndeterminedView, ...]
    unknown: tuple[UnknownGroup, ...]
    method: tuple[str, ...]
    limits: tuple[str, ...]
    citations: tuple[Citation, ...]
    sources: tuple[SourceView, ...]
    answers: tuple[AnswerSection, ...]
    change: ChangeView | None = None

    @property
    def recommendations(self) -> tuple[RecommendationView, ...]:
        """All recommendations, in the order to act in."""
        every = (recommendation for phase in self.phases for recommendation in phase.recommendations)
        return tuple(sorted(every, key=lambda recommendation: recommendation.number))
