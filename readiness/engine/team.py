"""Responses of several people > one sheet per group; all sheets > one set of answers, and what people see differently.

Answers combine per question by their middle level (the lower of two), within each group and then over the manager and
the groups. Everything here that leaves is the value of a group that `disclosure` allows.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from readiness.engine.answers import UNKNOWN, Answer, Answers, Missing, Role
from readiness.engine.disclosure import Group, last_counted
from readiness.engine.gaps import gap_levels, gap_of
from readiness.engine.instrument import Instrument, Item

APART = 2  # option steps: quarters of a group, or two sheets, that lie so far apart see different things
# Of five or six people the middle and the quarters together would tell exactly how many chose a level.
FEWEST_APART = 7


@dataclass(frozen=True, slots=True)
class Response:
    """What one respondent sent: a role, answers, and the release (1, 2, ...) that took it in."""

    role: Role
    given: Mapping[str, Answer]
    release: int


@dataclass(frozen=True, slots=True)
class GroupValue:
    """What a group says to one item.

    `answer` is its middle level, or *does not apply*; *not answered* when too few people say anything. `apart` is True
    when seven people or more give a level and their middle half spans two option steps or more. `left_open` of `asked`
    people do not know or said nothing; both are None unless k or more did, and k or more did not.
    """

    answer: Answer
    apart: bool
    left_open: int | None
    asked: int | None


@dataclass(frozen=True, slots=True)
class GroupSheet:
    """All values of one group. `roles` is empty for the consensus sheet, which people filled in together."""

    roles: Group
    people: int
    values: Mapping[str, GroupValue]

    def answer(self, item: str) -> Answer:
        """The group's answer to an item; *not answered* when it has none."""
        value = self.values.get(item)
        return Missing.NOT_ANSWERED if value is None else value.answer


@dataclass(frozen=True, slots=True)
class Release:
    """What is published of a team: `number` counts the releases of an assessment, `k` is its minimum group size."""

    number: int
    k: int
    groups: tuple[GroupSheet, ...]


@dataclass(frozen=True, slots=True)
class Voice:
    """One sheet's level of one item; `group` is the place of the group in the release, None for the manager."""

    group: int | None
    level: str


@dataclass(frozen=True, slots=True)
class Gap:
    """An item that sheets see differently: how many option steps lie between the outermost of them."""

    item: str
    steps: int
    voices: tuple[Voice, ...]


@dataclass(frozen=True, slots=True)
class TeamAnswers:
    """One set of answers for a whole team, and every item on which two sheets differ, widest gap first."""

    answers: Answers
    gaps: tuple[Gap, ...]


def release(
    instrument: Instrument,
    groups: tuple[Group, ...],
    asked: Mapping[Role, frozenset[str]],
    responses: Sequence[Response],
    number: int,
    k: int,
) -> Release:
    """Publish responses as sheets of groups; `asked` holds the items that each role was asked, by role."""
    return Release(number, k, tuple(_sheet(instrument, group, asked, responses, k) for group in groups))


def _sheet(
    instrument: Instrument,
    group: Group,
    asked: Mapping[Role, frozenset[str]],
    responses: Sequence[Response],
    k: int,
) -> GroupSheet:
    members = [each for each in responses if each.role in group]
    values = {
        item.code: _value(item, [each for each in members if each.role in roles], k, whole=roles == group)
        for item in instrument.items.values()
        if (roles := _roles_asked(item, group, asked))
    }
    return GroupSheet(group, len(members), values)


def _roles_asked(item: Item, group: Group, asked: Mapping[Role, frozenset[str]]) -> Group:
    return tuple(role for role in group if item.code in asked.get(role, ()))


def _value(item: Item, members: Sequence[Response], k: int, *, whole: bool) -> GroupValue:
    """What the members of a group that were asked an item say to it; `whole` when that is everybody in the group."""
    said, applies_not, left_open = (
        [each for each in members if _kind(item, each) is kind] for kind in (str, Missing.NOT_APPLICABLE, None)
    )
    levels = _levels(item, counted(said, k=k)[0])
    answer: Answer = Missing.NOT_ANSWERED
    if len(counted(applies_not, k=k)[0]) > len(levels):
        answer = Missing.NOT_APPLICABLE
    elif levels:
        answer = item.order[middle(levels)]
    share = _open_share(left_open, said + applies_not, k) if whole else (None, None)
    return GroupValue(answer, answer in item.order and _quarters_apart(levels), *share)


def _levels(item: Item, said: Iterable[Response]) -> list[int]:
    """The places of levels that people chose, from least to most."""
    return sorted(item.order.index(str(each.given[item.code])) for each in said)


def _open_share(
    left_open: Sequence[Response], answered: Sequence[Response], k: int
) -> tuple[int, int] | tuple[None, None]:
    """How many left an item open, of how many.

    Told only of whole groups: of a part of one, the size of the group would tell how many are in the other part. Not
    told when nobody did or everybody: it would be known of each of them, and silence would mean that a few did.
    """
    silent, heard = counted(left_open, answered, k=k)
    return (len(silent), len(silent) + len(heard)) if silent and heard else (None, None)


def _kind(item: Item, response: Response) -> object:
    """Whether a response gives a level (str), says that the item does not apply, or leaves it open (None)."""
    answer = response.given.get(item.code, Missing.NOT_ANSWERED)
    if answer in item.order:
        return str
    return answer if answer is Missing.NOT_APPLICABLE else None


def counted(*parts: Sequence[Response], k: int) -> tuple[list[Response], ...]:
    """Of the people behind each part of a value those that may count, so that no part singles out fewer than k."""
    releases = {each.release for part in parts for each in part}
    many = [Counter(each.release for each in part) for part in parts]
    last = last_counted({release: tuple(part[release] for part in many) for release in releases}, k)
    return tuple([each for each in part if each.release <= last] for part in parts)


def consensus_sheet(asked: Iterable[Item], given: Mapping[str, Answer]) -> GroupSheet:
    """The sheet that people filled in together: what it says is what they agreed to show."""
    items = {item.code: given.get(item.code, Missing.NOT_ANSWERED) for item in asked}
    return GroupSheet((), 0, {item: GroupValue(answer, False, None, None) for item, answer in items.items()})


def middle(places: Sequence[int]) -> int:
    """The middle of sorted places; the lower of two."""
    return places[(len(places) - 1) // 2]


def _quarters_apart(places: Sequence[int]) -> bool:
    """Whether a quarter of sorted places lies two steps or more from another; never told of fewer than seven."""
    quarter = (len(places) - 1) // 4
    return len(places) >= FEWEST_APART and places[-1 - quarter] - places[quarter] >= APART


def combine(instrument: Instrument, manager: Answers, sheets: Sequence[GroupSheet]) -> TeamAnswers:
    """The manager's answers and the sheets of groups as one set of answers; every sheet counts once.

    The answers hold the gap on every item of which two sheets or more give a level, none between them included.
    """
    given: dict[str, Answer] = {}
    known: dict[str, str] = {}
    gaps: list[Gap] = []
    for item in instrument.asked(manager.phase):
        said = _said(item, manager[item.code], sheets)
        given[item.code] = _combined(item, [answer for _, answer in said])
        voices = tuple(Voice(place, str(answer)) for place, answer in said if answer in item.order)
        steps = _steps(item, voices)
        if len(voices) > 1:
            known[gap_of(item.code)] = gap_levels(item.order)[steps]
        if steps:
            gaps.append(Gap(item.code, steps, voices))
    return TeamAnswers(Answers(manager.phase, given, known), tuple(sorted(gaps, key=lambda gap: -gap.steps)))


def _said(item: Item, manager: Answer, sheets: Sequence[GroupSheet]) -> list[tuple[int | None, Answer]]:
    """Who answers an item, and how: the manager (None) where managers are asked or no group says anything; groups."""
    groups: list[tuple[int | None, Answer]] = [
        (place, sheet.answer(item.code)) for place, sheet in enumerate(sheets) if item.code in sheet.values
    ]
    if Role.MANAGER in item.asked or all(answer in UNKNOWN for _, answer in groups):
        return [(None, manager), *groups]
    return groups


def _combined(item: Item, said: Sequence[Answer]) -> Answer:
    """The middle of the levels, unless more say that the item does not apply; else *don't know* where anybody does."""
    places = sorted(item.order.index(str(answer)) for answer in said if answer in item.order)
    applies_not = sum(answer is Missing.NOT_APPLICABLE for answer in said)
    if applies_not > len(places):
        return Missing.NOT_APPLICABLE
    if places:
        return item.order[middle(places)]
    return Missing.DONT_KNOW if Missing.DONT_KNOW in said else Missing.NOT_ANSWERED


def _steps(item: Item, voices: Sequence[Voice]) -> int:
    places = [item.order.index(voice.level) for voice in voices]
    return max(places) - min(places) if places else 0


@dataclass(frozen=True, slots=True)
class TeamReading:
    """All that may be shown of a team beside its result: sheets of groups, gaps, published comments in no order.

    `k` is the smallest group that anything is told of. `is_asked` says that others than the manager were asked, also
    where nothing of theirs could be published.
    """

    sheets: tuple[GroupSheet, ...]
    gaps: tuple[Gap, ...]
    comments: tuple[str, ...]
    k: int
    is_asked: bool


def read_team(
    instrument: Instrument,
    manager: Answers,
    published: Release | None,
    comments: tuple[str, ...],
    k: int,
    *,
    is_asked: bool,
) -> tuple[Answers, TeamReading]:
    """The answers that are scored, and what may be shown beside the result; `k` counts where nothing was published."""
    sheets = published.groups if published else ()
    combined = combine(instrument, manager, sheets)
    smallest = published.k if published else k
    return combined.answers, TeamReading(sheets, combined.gaps, comments, smallest, is_asked)
