"""What is wrong with a file, said so that its author can mend it."""

from collections.abc import Iterable
from dataclasses import dataclass

from readiness.errors import ReadinessError

MOST_PROBLEMS = 200
TOO_MANY = f"there are more than {MOST_PROBLEMS} problems; mend those listed, then check again"


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
