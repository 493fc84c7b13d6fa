"""One family of errors: each message names the place, the fact and the remedy for the person who can fix it."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from difflib import get_close_matches

LONGEST_WORD = 80


class ReadinessError(Exception):
    """The ancestor of every error that is somebody's to mend. On the command line: exit 2; on a page: its `status`."""

    status = 400


class NotFound(ReadinessError):
    """A page, link or file that is not there."""

    status = 404


class Closed(ReadinessError):
    """Something that was open and no longer is."""

    status = 409


class Forbidden(ReadinessError):
    """Something that this person may not do, or not from here."""

    status = 403


class TooMany(ReadinessError):
    """Something that was tried too often; waiting helps."""

    status = 429


class Unavailable(ReadinessError):
    """A part that does not answer now; trying again later may help."""

    status = 503


def near_word(got: str, expected: Iterable[str]) -> str | None:
    """The nearest of the expected words, whatever the case of its letters; None when none is near."""
    words = {word.lower(): word for word in expected}
    near = get_close_matches(got.lower(), words, n=1, cutoff=0.7) if len(got) <= LONGEST_WORD else []
    return words[near[0]] if near else None


def nearest(got: str, expected: Iterable[str]) -> str:
    """A hint naming the nearest of the expected words, or all of them when they are few, or nothing."""
    words = sorted(expected) if isinstance(expected, AbstractSet) else list(expected)
    near = near_word(got, words)
    if near:
        return f"; did you mean {near}?"
    if 0 < len(words) <= 12:
        return f"; expected one of: {', '.join(words)}"
    return ""
