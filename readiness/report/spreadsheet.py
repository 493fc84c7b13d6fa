"""Rows of cells > CSV in which a table program finds no formula."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable

# What a table program takes for a formula begins so, also in full width or behind blanks; an apostrophe makes it text.
FORMULA = ("=", "+", "-", "@", "|")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")  # below zero too it is a number, and no formula


def as_csv(rows: Iterable[tuple[str, ...]]) -> str:
    """Rows as CSV; what a table program would take for a formula is made text."""
    out = io.StringIO()
    csv.writer(out).writerows([_safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def _safe(cell: str) -> str:
    if NUMBER.fullmatch(cell):
        return cell
    plain = unicodedata.normalize("NFKC", cell)
    first = next((sign for sign in plain if sign.isprintable() and not sign.isspace()), "")
    return f"'{cell}" if first.startswith(FORMULA) or cell.startswith(("\t", "\r", "\n")) else cell
