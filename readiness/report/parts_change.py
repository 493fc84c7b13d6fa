"""What pages and PDF show of a change between two waves and of published sites: frozen values with ready plain text."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from readiness.report.parts_bars import BandView, Bar

RATED = ("better", "worse")  # the groups of answers whose ratings changed


@dataclass(frozen=True, slots=True)
class MovedView:
    """A construct or domain in both waves: how it stood, how it stands, and what of the change can be leaned on.

    `course` is the code of how its risk moved; `is_settled` that open answers cannot undo it. `note` says which of its
    questions only one wave has; empty when none. `alt` says all of it in one sentence.
    """

    code: str
    title: str
    before: Bar
    after: Bar
    course: str
    is_settled: bool
    words: str
    band_words: str
    note: str
    alt: str

    @property
    def points(self) -> int:
        """By how many whole points its risk changed; 0 where it is not known of both waves."""
        known = self.before.risk is not None and self.after.risk is not None
        return abs((self.after.risk or 0) - (self.before.risk or 0)) if known else 0

    @property
    def is_moved(self) -> bool:
        """Whether there is anything to draw from one place to another, or known in one wave only."""
        return self.course not in ("same", "unknown")


@dataclass(frozen=True, slots=True)
class DomainMovedView:
    """One domain in both waves, with its constructs."""

    domain: MovedView
    constructs: tuple[MovedView, ...]


@dataclass(frozen=True, slots=True)
class AnswerChangeView:
    """One answer that changed, in the words of the later version."""

    code: str
    item: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class AnswerChangeGroup:
    """The answers that changed in one way, and how many they are where not all have room."""

    code: str
    title: str
    rows: tuple[AnswerChangeView, ...]
    many: int


@dataclass(frozen=True, slots=True)
class GapChangeView:
    """A question on which sheets of a team lie nearer or further apart than before."""

    code: str
    item: str
    before: str
    after: str
    words: str


@dataclass(frozen=True, slots=True)
class RewordedView:
    """An answer that reads otherwise in the later version: what was read then, and what is read now."""

    item: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangeView:
    """What changed since the wave before. `impossible` says why nothing is compared; then all that follows is empty.

    `caveats` are what to keep in mind, the first about causes. `version` says by which version both waves are rated
    where they are pinned to two; `lost` and `added` name what only one of them has.
    """

    before_words: str
    after_words: str
    impossible: str
    headline: tuple[str, ...]
    domains: tuple[DomainMovedView, ...]
    answers: tuple[AnswerChangeGroup, ...]
    no_answers: str
    gaps: tuple[GapChangeView, ...]
    no_gaps: str
    caveats: tuple[str, ...]
    version: tuple[str, ...]
    lost: tuple[str, ...]
    reworded: tuple[RewordedView, ...]
    added: tuple[str, ...]
    one_stage: tuple[str, ...]
    bands: tuple[BandView, ...]

    @property
    def constructs(self) -> tuple[MovedView, ...]:
        """All constructs in reading order."""
        return tuple(construct for domain in self.domains for construct in domain.constructs)

    @property
    def most_moved(self) -> tuple[MovedView, ...]:
        """The constructs whose risk changed by a point or more, most first."""
        return tuple(sorted((one for one in self.constructs if one.points), key=lambda one: -one.points))


def shortened(change: ChangeView, most: int) -> ChangeView:
    """A change with so many of the answers rated better or worse, the widest first, and none of the others."""
    rated = [group for group in change.answers if group.code in RATED]
    room = {group.code: most // max(len(rated), 1) for group in rated}
    groups = (replace(each, rows=each.rows[: room.get(each.code, 0)], many=len(each.rows)) for each in change.answers)
    return replace(change, answers=tuple(groups))


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """A question that is answered otherwise here than at a site."""

    code: str
    item: str
    here: str
    there: str


@dataclass(frozen=True, slots=True)
class SiteView:
    """A published site beside a service: how near, on what, and what the papers report happened there.

    `near` is empty where too little is known of both to say.
    """

    code: str
    title: str
    phase_words: str
    same_phase: bool
    near: str
    known: str
    alike: str
    differences: tuple[DifferenceView, ...]
    more: str
    happened: str


@dataclass(frozen=True, slots=True)
class SitesView:
    """The published sites, nearest first; `too_little` are those that cannot be set beside the service, and why."""

    headline: str
    warning: str
    about: str
    about_too_little: str
    near: tuple[SiteView, ...]
    other_phase: tuple[SiteView, ...]
    too_little: tuple[SiteView, ...]


@dataclass(frozen=True, slots=True)
class ServiceBands:
    """One service of an organisation: its latest closed wave, and a bar for each domain by its code."""

    service: str
    name: str
    key: str
    day_words: str
    phase_words: str
    version: str
    who: str
    bars: Mapping[str, Bar]
