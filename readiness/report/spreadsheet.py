"""Rows of cells > CSV in which a table program finds no formula."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable

# What a table program takes for a formula begins so, also in full width or behind blanks; an apostrophe makes it text.
FORMULA = ("=", "+", "-", "@", "|")
# Where a table program of another country begins a cell or a row anew, quotes or not.
ANEW = re.compile(r"(?<=.)[;\t\r\n][\s\"]*(?=\S)", re.DOTALL)
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")  # below zero too it is a number, and no formula


def as_csv(rows: Iterable[tuple[str, ...]]) -> str:
    """Rows as CSV; what a table program would take for a formula is made text."""
    out = io.StringIO()
    csv.writer(out).writerows([_safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def _safe(cell: str) -> str:
    if NUMBER.fullmatch(cell):
        return cell
    inside = ANEW.sub(lambda begun: begun[0] + "'" * _is_formula(cell[begun.end() :]), cell)
    return f"'{inside}" if _is_formula(cell) or cell.startswith(("\t", "\r", "\n")) else inside


def _is_formula(text: str) -> bool:
    """Whether a text begins as a formula does."""
    plain = unicodedata.normalize("NFKC", text[:20])
    first = next((sign for sign in plain if sign.isprintable() and not sign.isspace()), "")
    return first.startswith(FORMULA)
