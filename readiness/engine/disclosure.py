"""Disclosure control: responses > groups of k or more people, and which answers may stand behind a published value.

Nothing about a team is published but values of *groups*. Three rules keep 1 to k-1 people from being singled out, also
by subtracting one published value from another:

1. *Groups.* A role with k responses or more is a group of its own; smaller roles are pooled. A pool of 1 to k-1 would
   be what a total leaves over, so it takes in the smallest group, until nothing is left over (`form_groups`).
2. *Releases.* A group that was published is never split, and later responses join it k or more at a time (`admit`).
3. *Questions.* Of a group only those who answered a question stand behind its value: k or more of them, and later ones
   again only k or more at a time (`last_counted`).

The rules hold as long as a caller leaves alone what a release was made of: its responses are neither changed nor
withdrawn, the items that each role was asked stay the same, and so does k, for all releases of an assessment.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from readiness.engine.answers import Role

SMALLEST_GROUP = 5

Group = tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Admission:
    """What a release is made of: its groups, old ones first, and the roles whose waiting responses it takes in."""

    groups: tuple[Group, ...]
    admitted: frozenset[Role]


def is_enough(people: int, k: int) -> bool:
    """Whether so many people may stand behind a value of their own; whatever k is, SMALLEST_GROUP at least."""
    return people >= max(k, SMALLEST_GROUP)


def form_groups(counts: Mapping[Role, int], k: int) -> tuple[Group, ...]:
    """Numbers of responses by role > groups of k or more that leave nobody over; none when all are too few.

    Managers are in no group: their answers are shown as theirs, and who knows them could take them out of a group.
    """
    present = [role for role in Role if role is not Role.MANAGER and counts.get(role, 0) > 0]
    alone = sorted((role for role in present if is_enough(counts[role], k)), key=lambda role: counts[role])
    pool = [role for role in present if role not in alone]
    while pool and alone and not is_enough(_people(pool, counts), k):
        pool.append(alone.pop(0))
    pooled = [_ordered(pool)] if is_enough(_people(pool, counts), k) else []
    groups = [*((role,) for role in alone), *pooled]
    return tuple(sorted(groups, key=lambda group: _place(group[0])))


def admit(published: tuple[Group, ...], waiting: Mapping[Role, int], k: int) -> Admission:
    """What the next release takes in; `waiting` counts the responses that no release holds yet, by role.

    A group takes its waiting responses in when they are k or more; roles that no group holds form groups of their own.
    """
    grown = [group for group in published if is_enough(_people(group, waiting), k)]
    known = {role for group in published for role in group}
    new = form_groups({role: many for role, many in waiting.items() if role not in known}, k)
    return Admission((*published, *new), frozenset(role for group in (*grown, *new) for role in group))


def last_counted(parts: Mapping[int, tuple[int, ...]], k: int) -> int:
    """The last release whose responses count for a value; 0 when none do.

    `parts` gives, for each release in order, how many of the people it took in stand behind each part of the value. The
    value moves on only when every part has gained nobody or k or more, and somebody is there at all.
    """
    last = 0
    gained = [0] * max(map(len, parts.values()), default=0)
    for release, people in sorted(parts.items()):
        gained = [before + more for before, more in zip(gained, people, strict=True)]
        if any(gained) and all(many == 0 or is_enough(many, k) for many in gained):
            last, gained = release, [0] * len(gained)
    return last


def _people(roles: Iterable[Role], counts: Mapping[Role, int]) -> int:
    return sum(counts.get(role, 0) for role in roles)


def _ordered(roles: Iterable[Role]) -> Group:
    return tuple(sorted(roles, key=_place))


def _place(role: Role) -> int:
    return list(Role).index(role)
