"""Claims about answers in a closed vocabulary: read, evaluated in three values, and said in words.

A truth is True, False or None for *unknown*. A claim about an unknown answer is unknown, and so is its negation. A
claim about something that does not apply is false: nothing is there of which it could hold.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import reduce

from readiness.engine.answers import UNKNOWN, Answer, Missing
from readiness.engine.gaps import gap_levels, gap_of, is_gap, item_of

Truth = bool | None


@dataclass(frozen=True, slots=True)
class Claim:
    """What is claimed of one subject: an item, the gap on one (`gap_of`), or in advice a construct's band."""

    subject: str
    operator: str
    codes: tuple[str, ...]
    accepted: frozenset[str]


@dataclass(frozen=True, slots=True)
class All:
    """True when every part is."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """True when one part is."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """True when the part is false."""

    part: "Condition"


Condition = Claim | All | Any | Not
Look = Callable[[str], Answer]
Order = tuple[str, ...]


class ClaimError(ValueError):
    """A claim that cannot be read; `expected` lists the words that would have fitted."""

    def __init__(self, message: str, got: str = "", expected: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.got = got
        self.expected = expected


# One entry is one word of the vocabulary: what it takes (so many codes, or steps of a gap), and which positions of the
# order (of a gap: of its levels) it accepts.
OPERATORS: dict[str, tuple[str, Callable[[Order, Order], Iterable[str]]]] = {
    "is": ("one", lambda order, codes: codes),
    "at least": ("one", lambda order, codes: order[order.index(codes[0]) :]),
    "at most": ("one", lambda order, codes: order[: order.index(codes[0]) + 1]),
    "one of": ("many", lambda order, codes: codes),
    "not": ("one", lambda order, codes: (code for code in order if code != codes[0])),
    "answered": ("none", lambda order, codes: order),
    "gap at least": ("steps", lambda order, codes: order[int(codes[0]) :]),
}


def read_claim(subject: str, text: str, order: Order) -> Claim:
    """Read `at least weekly`, `one of [a, b]`, `not a`, `answered`, `gap at least 2` or a bare code.

    `order` runs from least to most. Raises ClaimError naming the word that does not fit and those that would.
    """
    operator, rest = _split(text.strip(), order)
    if OPERATORS[operator][0] == "steps":
        return _gap_claim(subject, operator, rest, order)
    codes = _codes(operator, rest, text)
    for code in codes:
        if code not in order:
            raise ClaimError(f"{subject} has no level {code!r}", code, order)
    return Claim(subject, operator, codes, frozenset(OPERATORS[operator][1](order, codes)))


def _gap_claim(subject: str, operator: str, steps: str, order: Order) -> Claim:
    most = len(order) - 1
    if not (steps.isascii() and steps.isdecimal()):
        raise ClaimError(f"{operator!r} takes a number of steps from 1 to {most}, not {steps!r}")
    codes = (steps.lstrip("0"),)
    if not codes[0]:
        raise ClaimError("a gap of at least 0 steps says nothing of a team; give 1 step or more")
    if len(codes[0]) > len(str(most)) or int(codes[0]) > most:
        raise ClaimError(f"{subject} has {len(order)} levels, which are at most {most} steps apart, not {codes[0][:9]}")
    accepted = OPERATORS[operator][1](gap_levels(order), codes)
    return Claim(gap_of(subject), operator, codes, frozenset(accepted))


def _split(text: str, order: Order) -> tuple[str, str]:
    if text in order:
        return "is", text
    for operator in OPERATORS:
        if text == operator or text.startswith(operator + " "):
            return operator, text[len(operator) :].strip()
    return "is", text


def _codes(operator: str, rest: str, text: str) -> Order:
    takes = OPERATORS[operator][0]
    if takes == "many":
        if not (rest.startswith("[") and rest.endswith("]")):
            raise ClaimError(f"'one of' takes a list such as one of [a, b], not {rest!r}")
        codes = tuple(code.strip() for code in rest[1:-1].split(",") if code.strip())
        if not codes:
            raise ClaimError("'one of' names no level")
        return codes
    codes = tuple(rest.split())
    if takes == "none" and codes:
        raise ClaimError("'answered' stands alone")
    if takes == "one" and len(codes) != 1:
        known = ", ".join(f"'{word}'" for word in OPERATORS if word != "is")
        raise ClaimError(f"a claim is a level, or one of the words {known} with its level, not {text!r}")
    return codes


def evaluate(condition: Condition, look: Look) -> Truth:
    """Whether a condition holds of what `look` says about each subject: True, False, or None for unknown."""
    if isinstance(condition, Claim):
        answer = look(condition.subject)
        if answer in UNKNOWN:
            return None
        return answer is not Missing.NOT_APPLICABLE and answer in condition.accepted
    if isinstance(condition, Not):
        inner = evaluate(condition.part, look)
        return None if inner is None else not inner
    deciding = isinstance(condition, Any)
    unknown = False
    for part in condition.parts:
        truth = evaluate(part, look)
        if truth is deciding:
            return deciding
        unknown = unknown or truth is None
    return None if unknown else not deciding


def claims(condition: Condition) -> Iterator[Claim]:
    """Every claim in a condition, in order."""
    if isinstance(condition, Claim):
        yield condition
    elif isinstance(condition, Not):
        yield from claims(condition.part)
    else:
        for part in condition.parts:
            yield from claims(part)


def negates(condition: Condition) -> bool:
    """Whether a condition negates anything, so that knowing less could make it true."""
    if isinstance(condition, Claim):
        return False
    return isinstance(condition, Not) or any(negates(part) for part in condition.parts)


def conjunction(when: Condition, unless: tuple[Condition, ...]) -> Condition:
    """`when` holds and none of `unless` does, as one condition."""
    return All((when, *(Not(part) for part in unless))) if unless else when


Name = Callable[[str], str]
Level = Callable[[str, str], str]
LevelsOf = Callable[[str], Order]


@dataclass(frozen=True, slots=True)
class Phrases:
    """The words between the titles and levels of a condition that is said, in one language.

    `%(...)s` takes a title, a level or a part; what names the bands of a construct or domain stands under their codes.
    """

    claim: str = "%(subject)s: %(levels)s"
    level: str = "\N{LEFT DOUBLE QUOTATION MARK}%(level)s\N{RIGHT DOUBLE QUOTATION MARK}"
    answered: str = "answered"
    anything_but: str = "anything but %(level)s"
    differ: str = "sheets differ"
    apart: str = "sheets lie %(steps)s steps or more apart"
    or_level: str = "%(levels)s or %(level)s"
    negated: str = "not (%(part)s)"
    either: str = "either (%(parts)s)"
    and_part: str = "%(parts)s; and %(part)s"
    or_part: str = "%(parts)s; or %(part)s"
    low: str = "low risk"
    moderate: str = "moderate risk"
    high: str = "high risk"


ENGLISH = Phrases()


def say(condition: Condition, name: Name, level: Level, order: LevelsOf, phrases: Phrases = ENGLISH) -> str:
    """A condition in words; `name` gives a subject's title, `level` the words of one of its levels, `order` all levels.

    The levels that count are named one by one, or the one that does not: "or less" would not say which end is bad.
    """
    if isinstance(condition, Claim) and is_gap(condition.subject):
        (steps,) = condition.codes
        apart = phrases.differ if steps == "1" else phrases.apart % {"steps": steps}
        return phrases.claim % {"subject": name(item_of(condition.subject)), "levels": apart}
    if isinstance(condition, Claim):
        levels = _levels_said(condition, level, order(condition.subject), phrases)
        return phrases.claim % {"subject": name(condition.subject), "levels": levels}
    if isinstance(condition, Not):
        return phrases.negated % {"part": say(condition.part, name, level, order, phrases)}
    joiner = phrases.and_part if isinstance(condition, All) else phrases.or_part
    parts = [say(part, name, level, order, phrases) for part in condition.parts]
    said = reduce(lambda before, part: joiner % {"parts": before, "part": part}, parts)
    return said if len(parts) == 1 or isinstance(condition, All) else phrases.either % {"parts": said}


def _levels_said(claim: Claim, level: Level, order: Order, phrases: Phrases) -> str:
    def quoted(code: str) -> str:
        return phrases.level % {"level": level(claim.subject, code)}

    counting = [code for code in order if code in claim.accepted]
    others = [code for code in order if code not in claim.accepted]
    if not others:
        return phrases.answered
    if len(others) == 1 and len(counting) > 2:
        return phrases.anything_but % {"level": quoted(others[0])}
    levels = [quoted(code) for code in counting]
    return reduce(lambda before, last: phrases.or_level % {"levels": before, "level": last}, levels)
