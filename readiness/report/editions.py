"""Which report is made of a result: for whom it is, and the paper that it is for."""

from enum import StrEnum


class Edition(StrEnum):
    """The whole report, its two pages for a board, or what staff who answered are given back."""

    FULL = "full"
    SUMMARY = "summary"
    TEAM = "team"


class Sheet(StrEnum):
    """The size of its pages."""

    A4 = "A4"
    LETTER = "Letter"
