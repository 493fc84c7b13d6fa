"""Text > the same text in characters that the shipped fonts have, so that no page depends on the fonts of a machine."""

import re
from pathlib import Path

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # ships no types

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
NEAREST = str.maketrans({"−": "–", "→": ">", "≥": ">=", "≤": "<="})


class Glyphs:
    """What a set of fonts can draw; characters outside it become a replacement mark."""

    # Latin, Greek, Cyrillic, Hebrew and common punctuation: known to be covered, so most texts never open a font.
    _SURE = re.compile("[\t\n\r -~\xa0-\u017f\u0391-\u03a9\u03b1-\u03c9\u0410-\u044f\u05d0-\u05ea\u2010-\u2026]*")

    def __init__(self, fonts: tuple[Path, ...]) -> None:
        self._fonts = fonts
        self._drawn: frozenset[int] | None = None

    def shown(self, text: str) -> str:
        """The text with a replacement mark for each character that no font has."""
        if self._SURE.fullmatch(text):
            return text
        text = text.translate(NEAREST)
        drawn = self.load()
        return "".join(char if ord(char) in drawn or char.isspace() else REPLACEMENT for char in text)

    def load(self) -> frozenset[int]:
        """Every character that one of the fonts has, read once."""
        if self._drawn is None:
            self._drawn = frozenset().union(*map(_characters, self._fonts))
        return self._drawn


def _characters(font: Path) -> set[int]:
    with TTFont(font, lazy=True) as opened:
        return set(opened.getBestCmap())
