"""Files of a rule set as pages show them: what changed against the base, numbered lines with problems, differences.

Pure: bytes and problems in, frozen values out.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from enum import StrEnum

from readiness.language import N_
from readiness.loading.problems import Problem

# Beyond these a difference takes too long to work out, and nobody would read it.
MOST_LINES = 6_000
MOST_LINES_IN_ALL = 40_000
MOST_SHOWN = 2_000
MOST_NUMBERED = 5_000
LONGEST_LINE = 10_000
AROUND = 3
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
REPLACEMENT = "\ufffd"


class Change(StrEnum):
    """How a file stands to the version that the draft began with."""

    SAME = "same"
    CHANGED = "changed"
    NEW = "new"
    REMOVED = "removed"


CHANGES: Mapping[Change, str] = {
    Change.SAME: N_("as in the version"),
    Change.CHANGED: N_("changed"),
    Change.NEW: N_("new"),
    Change.REMOVED: N_("removed"),
}


@dataclass(frozen=True, slots=True)
class FileState:
    """One file in the list of a draft: how it stands to its base, its size in bytes, and how many problems it has."""

    path: str
    change: Change
    size: int
    problems: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file with the problems that stand on it; signs that nobody could see are written out."""

    number: int
    text: str
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """How one file differs: lines that begin with a space, + or -, or are a place (@@); `cut` where it is too long."""

    path: str
    change: Change
    lines: tuple[str, ...]
    cut: bool


def change_of(before: bytes | None, after: bytes | None) -> Change:
    """How a file stands to what it was before; None is a file that is not there."""
    if before == after:
        return Change.SAME
    if before is None:
        return Change.NEW
    return Change.REMOVED if after is None else Change.CHANGED


def file_states(
    before: Mapping[str, bytes], after: Mapping[str, bytes], problems: Iterable[Problem]
) -> tuple[FileState, ...]:
    """Every file of a draft or of its base, by path, with its state."""
    counts = Counter(problem.file for problem in problems)
    return tuple(
        FileState(path, change_of(before.get(path), after.get(path)), len(after.get(path, b"")), counts[path])
        for path in sorted({*before, *after})
    )


def editable(content: bytes) -> tuple[str, bool]:
    """A file as text for an editor, and whether the editor can hold it exactly.

    What is no UTF-8 and control characters, which a form cannot carry, are replaced.
    """
    text = content.decode("utf-8", errors="replace").replace("\r\n", "\n")
    shown = "".join(REPLACEMENT if _is_lost(sign) else sign for sign in text)
    whole = content.decode("utf-8", errors="ignore").encode() == content
    return shown, whole and shown == text


def _is_lost(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cs", "Cn") and sign not in "\n\t"


def typed(text: str, before: bytes | None) -> bytes:
    """A text from a form as the content of a file, with the line ends that the file had."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    keeps_returns = before is not None and b"\r\n" in before and before.count(b"\n") == before.count(b"\r\n")
    return (lines.replace("\n", "\r\n") if keeps_returns else lines).encode("utf-8", errors="replace")


def lines_of(content: bytes, problems: Iterable[Problem]) -> tuple[Line, ...]:
    """The first lines of a file, and every one with a problem. A problem beyond the last line stands on the last."""
    texts = content.decode("utf-8", errors="replace").replace("\r\n", "\n").removesuffix("\n").split("\n")
    found: dict[int, list[str]] = {}
    for problem in problems:
        found.setdefault(max(1, min(problem.line, len(texts))), []).append(problem.sentence)
    return tuple(
        Line(number, visible(texts[number - 1][:LONGEST_LINE]), tuple(found.get(number, ())))
        for number in sorted({*range(1, min(len(texts), MOST_NUMBERED) + 1), *found})
    )


def visible(text: str) -> str:
    """A text in which signs that nobody could see, or that turn others round, are written out."""
    if text.isprintable():
        return text
    return "".join(f"\\u{ord(sign):04x}" if _is_hidden(sign) else sign for sign in text)


def _is_hidden(sign: str) -> bool:
    return sign != "\t" and unicodedata.category(sign) in HIDDEN


def differences(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> tuple[Difference, ...]:
    """Every file that differs, by path, with its lines as long as there are not too many in all."""
    found, left = [], MOST_LINES_IN_ALL
    for path in sorted({*before, *after}):
        if before.get(path) != after.get(path):
            lines = sum(files.get(path, b"").count(b"\n") for files in (before, after))
            found.append(difference(path, before.get(path), after.get(path), min(left, MOST_LINES)))
            left = max(0, left - lines)
    return tuple(found)


def difference(path: str, before: bytes | None, after: bytes | None, most: int = MOST_LINES) -> Difference:
    """How one file differs, as a unified difference without its head; not worked out beyond `most` lines."""
    change = change_of(before, after)
    old, new = _texts(before), _texts(after)
    if len(old) + len(new) > most:
        return Difference(path, change, (), cut=True)
    lines = [visible(line) for line in unified_diff(old, new, lineterm="", n=AROUND)][2:]
    return Difference(path, change, tuple(lines[:MOST_SHOWN]), len(lines) > MOST_SHOWN)


def _texts(content: bytes | None) -> list[str]:
    return [] if content is None else content.decode("utf-8", errors="replace").split("\n")
