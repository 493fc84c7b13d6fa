"""A risk as it is drawn and said, and the bands that it lies in: frozen values with ready plain text."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BandView:
    """One discussion band, its words also as within a sentence, and the risks it covers; `floor` is its lowest risk."""

    code: str
    words: str
    words_within: str
    floor: float
    limits_words: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A risk as it is drawn and said: whole numbers 0..100; `risk` and `band` are None when not determinable.

    `alt` says all of it in one sentence, for readers who do not see the chart.
    """

    title: str
    risk: int | None
    best: int | None
    worst: int | None
    band: str | None
    band_words: str
    certainty: str
    certainty_words: str
    certainty_short: str
    range_words: str
    near: str | None
    near_words: str
    alt: str
