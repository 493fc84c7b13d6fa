"""Sources and the findings paraphrased from them."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What kind of statement a finding is; a hypothesis is recorded and never scored."""

    REPORTED = "reported"
    AUTHOR_SUMMARY = "author summary"
    AUTHOR_INFERENCE = "author inference"
    CITED_LITERATURE = "cited literature"
    HYPOTHESIS = "hypothesis"


class Direction(StrEnum):
    """Which way a finding points."""

    BARRIER = "barrier"
    FACILITATOR = "facilitator"
    BENEFIT = "benefit"
    CONTEXT = "context"


@dataclass(frozen=True, slots=True)
class Source:
    """A paper, with what a reference list needs."""

    id: str
    cite: str
    authors: tuple[str, ...]
    title: str
    journal: str
    year: int
    volume: str
    pages: str
    doi: str
    licence: str
    about: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One published result in our own words; `locator` lets a reader with the paper open check it in a minute."""

    code: str
    source: str
    locator: str
    sites: tuple[str, ...]
    phase: str
    view: str
    kind: Kind
    construct: str
    direction: Direction
    says: str
    means: str
