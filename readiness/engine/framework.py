"""CFIR domains and constructs as the rule set uses them, and the discussion bands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Band(StrEnum):
    """Discussion bands, from least to most risk. *Not determinable* is no band: it is the absence of one."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


BAND_ORDER = tuple(band.value for band in Band)


@dataclass(frozen=True, slots=True)
class Bands:
    """The lowest risk (0..100) of each band; no validated cut-off exists, `because` says so."""

    floor: Mapping[Band, float]
    because: str

    def of(self, risk: float) -> Band:
        """The band of a risk in 0..100."""
        return max((band for band in Band if risk >= self.floor[band]), key=lambda band: self.floor[band])


@dataclass(frozen=True, slots=True)
class Leeway:
    """How far, either way, one could as well have set each limit between bands (risk points, 0..100) and the worth of
    each level (rating points); `because` says why. Weights have bounds of their own."""

    limits: float = 5.0
    ratings: float = 0.5
    because: str = ""


@dataclass(frozen=True, slots=True)
class Tier:
    """A coarse weight and its basis; `bounds` say how light and how heavy one could as well have made it.

    `name` is what a translation calls it.
    """

    code: str
    weight: int
    why: str
    bounds: tuple[float, float] | None = None
    name: str = ""

    @property
    def title(self) -> str:
        """What readers see: its name in a translation, else its code."""
        return self.name or self.code


@dataclass(frozen=True, slots=True)
class Construct:
    """One construct with its CFIR 2009 and 2022 names; a *critical* one may bound its domain from below.

    `silent` says of a source why it has no finding on this construct.
    """

    code: str
    title: str
    cfir2009: str
    cfir2022: str
    tier: Tier
    why: str
    critical: bool = False
    placement: str = ""
    silent: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A construct of CFIR 2009 that a rule set does not use, and why."""

    cfir2009: str
    because: str


@dataclass(frozen=True, slots=True)
class Domain:
    """One of the five domains, with its constructs in reading order."""

    code: str
    title: str
    cfir2022: str
    about: str
    constructs: tuple[Construct, ...]
    left_out: tuple[LeftOut, ...] = ()
