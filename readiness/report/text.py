"""What people wrote > text that is safe to show: no control or direction-override characters, no endless length."""

import re

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


def without_hidden(text: str) -> str:
    """The same text without characters that cannot be seen but can change what is read."""
    return _HIDDEN.sub("", text)


def one_line(text: str, longest: int = LONGEST_NAME) -> str:
    """One clean line of at most `longest` characters; what is cut off is marked by an ellipsis."""
    line = _SPACE.sub(" ", without_hidden(text)).strip()
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
