"""What is wrong with a file, said so that its author can mend it."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from difflib import get_close_matches

from readiness.errors import ReadinessError

MOST_PROBLEMS = 200
TOO_MANY = f"there are more than {MOST_PROBLEMS} problems; mend those listed, then check again"
LONGEST_WORD = 80


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One complaint: where, and a sentence with what was found, what was expected and the nearest right word."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}"


class InvalidFiles(ReadinessError):
    """Files that cannot be used; `problems` holds every complaint, in file and line order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


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
