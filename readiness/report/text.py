"""What people wrote > text that is safe to show: no control or direction-override characters, no endless length.

And lines of right-to-left text for what draws sign by sign, from left to right.
"""

import re
from unicodedata import bidirectional

LONGEST_NAME = 300

# Control characters, embeddings, overrides and isolates of the bidirectional algorithm, lone surrogates, noncharacters
# and the language tags of plane 14: nothing a reader can see, everything that can make a page say something else.
_HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufff9-\uffff\ufeff]"
    "|[\U000e0000-\U000e007f]|["
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
    + "]"
)
_SPACE = re.compile(r"[\s\u2028\u2029]+")


# A number, a stretch of left-to-right words, or one sign of a right-to-left word with the marks below and above it.
_RUN = re.compile(
    "[0-9]+(?:[.,:/–-][0-9]+)*|[^\\W0-9_\u0590-\u08ff](?:[^\u0590-\u08ff]*[^\\W_\u0590-\u08ff])?|.[\u0591-\u05c7]*",
    re.DOTALL,
)
_MIRRORED = str.maketrans("()[]{}<>‹›«»", ")(][}{><›‹»«")


def in_visual_order(text: str) -> str:
    """A right-to-left line as its signs stand from left to right; numbers and Latin words within keep theirs."""
    runs = _RUN.findall(text)
    return "".join(run.translate(_MIRRORED) if len(run) == 1 else run for run in reversed(runs))


def direction_of(text: str, otherwise: str) -> str:
    """ltr or rtl, by the first letter that has a direction: for renderers that cannot tell by themselves."""
    kinds = {"L": "ltr", "R": "rtl", "AL": "rtl"}
    return next((kinds[kind] for char in text if (kind := bidirectional(char)) in kinds), otherwise)


def without_hidden(text: str) -> str:
    """The same text without characters that cannot be seen but can change what is read."""
    return _HIDDEN.sub("", text)


def one_line(text: str, longest: int = LONGEST_NAME) -> str:
    """One clean line of at most `longest` characters; what is cut off is marked by an ellipsis."""
    line = _SPACE.sub(" ", without_hidden(text)).strip()
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
