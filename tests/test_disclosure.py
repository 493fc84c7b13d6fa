"""Disclosure control: tables of single situations, then an attacker who is shown everything that teams publish.

The attacker knows who came when, in which role and what each role was asked, and notes every release. What is not known
to the attacker is who answered what. A value is told of the *set* of people behind it; a set of 1 to k-1 people that
follows from sets on show, by taking one from another or putting them together, has been singled out. Rules that are
weakened on purpose must let the attacker succeed, or the attacker proves nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, combinations_with_replacement
from random import Random
from types import ModuleType
from typing import Any

import pytest
from engine_builders import item
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from readiness.engine import disclosure, team
from readiness.engine.answers import Answer, Missing, Role
from readiness.engine.disclosure import Admission, Group, admit, form_groups, is_enough, last_counted
from readiness.engine.instrument import Instrument, Item, Page, Section
from readiness.engine.team import GroupSheet, GroupValue, Release, Response

MANAGER, WORKER, PEER, USER, OTHER = Role
K = 5

ITEMS = (item("a", ("a0", "a1", "a2")), item("b", ("b0", "b1", "b2", "b3")), item("c", ("c0", "c1", "c2", "c3", "c4")))
CODES = frozenset(each.code for each in ITEMS)
INSTRUMENT = Instrument((Section("section", "Section", "about", 5, True, (Page("page", "Page", ITEMS),)),))
EVERYTHING = dict.fromkeys(Role, CODES)
NOT_ANSWERED, DONT_KNOW, NOT_APPLICABLE = Missing
NOTHING_TOLD = GroupValue(NOT_ANSWERED, False, None, None)


# Tables: groups, admission, and what counts


@pytest.mark.parametrize(
    ("counts", "groups"),
    [
        ({}, ()),
        ({WORKER: 4}, ()),
        ({WORKER: 2, PEER: 2}, ()),
        ({WORKER: 5}, ((WORKER,),)),
        ({WORKER: 5, PEER: 0}, ((WORKER,),)),
        ({PEER: 6, WORKER: 5}, ((WORKER,), (PEER,))),
        ({WORKER: 2, PEER: 3}, ((WORKER, PEER),)),
        ({WORKER: 9, PEER: 3, USER: 2}, ((WORKER,), (PEER, USER))),
        ({WORKER: 9, PEER: 3}, ((WORKER, PEER),)),
        ({WORKER: 9, USER: 7, PEER: 3}, ((WORKER,), (PEER, USER))),
        ({WORKER: 7, USER: 7, PEER: 3}, ((WORKER, PEER), (USER,))),
        ({MANAGER: 6}, ()),
        ({MANAGER: 1, WORKER: 4}, ()),
        ({MANAGER: 1, WORKER: 5, PEER: 4}, ((WORKER, PEER),)),
    ],
    ids=[
        "nobody",
        "too few",
        "too few together",
        "just enough",
        "a role without anybody",
        "two roles of their own, in the order of roles",
        "small roles are pooled",
        "a pool beside a role",
        "a remainder takes in the only group",
        "a remainder takes in the smallest group",
        "of two smallest groups the first",
        "managers are no group",
        "a manager is none of the five",
        "a manager does not fill a pool",
    ],
)
def test_roles_form_groups_of_k_or_more(counts: Mapping[Role, int], groups: tuple[Group, ...]) -> None:
    assert form_groups(counts, K) == groups


@pytest.mark.parametrize(
    ("published", "waiting", "expected"),
    [
        ((), {WORKER: 4}, Admission((), frozenset())),
        ((), {WORKER: 5}, Admission(((WORKER,),), frozenset({WORKER}))),
        (((WORKER,),), {}, Admission(((WORKER,),), frozenset())),
        (((WORKER,),), {WORKER: 4}, Admission(((WORKER,),), frozenset())),
        (((WORKER,),), {WORKER: 5}, Admission(((WORKER,),), frozenset({WORKER}))),
        (((WORKER,),), {WORKER: 4, PEER: 4}, Admission(((WORKER,),), frozenset())),
        (((PEER,),), {WORKER: 5}, Admission(((PEER,), (WORKER,)), frozenset({WORKER}))),
        (((WORKER, PEER),), {PEER: 9}, Admission(((WORKER, PEER),), frozenset({WORKER, PEER}))),
        (((WORKER,),), {USER: 3, OTHER: 2}, Admission(((WORKER,), (USER, OTHER)), frozenset({USER, OTHER}))),
        (((WORKER,),), {MANAGER: 5}, Admission(((WORKER,),), frozenset())),
    ],
    ids=[
        "too few wait",
        "the first group",
        "nobody came",
        "late answers wait for more",
        "enough late answers",
        "late answers and a new role are not added up",
        "a new role comes after the old groups",
        "a pool is never split",
        "new small roles form a pool of their own",
        "managers wait for nothing",
    ],
)
def test_a_release_takes_in_k_or_more_for_each_group(
    published: tuple[Group, ...], waiting: Mapping[Role, int], expected: Admission
) -> None:
    assert admit(published, waiting, K) == expected


@pytest.mark.parametrize(
    ("parts", "last"),
    [
        ({}, 0),
        ({1: ()}, 0),
        ({1: (4,)}, 0),
        ({1: (5,)}, 1),
        ({1: (5,), 2: (4,)}, 1),
        ({1: (5,), 2: (4,), 3: (1,)}, 3),
        ({1: (2,), 2: (3,)}, 2),
        ({2: (3,), 1: (2,)}, 2),
        ({1: (5,), 3: (5,)}, 3),
        ({1: (5, 0)}, 1),
        ({1: (5, 1)}, 0),
        ({1: (5, 5), 2: (0, 4), 3: (9, 0)}, 1),
        ({1: (5, 5), 2: (0, 4), 3: (9, 1)}, 3),
        ({1: (0, 0)}, 0),
    ],
    ids=[
        "no release",
        "no part",
        "too few",
        "enough",
        "late ones wait",
        "until they are enough",
        "two releases together",
        "in any order",
        "a release without anybody is passed over",
        "an empty part singles nobody out",
        "a small part does",
        "a small part holds the others back",
        "until it has grown too",
        "nobody at all",
    ],
)
def test_a_value_moves_on_when_every_part_gained_nobody_or_k(parts: Mapping[int, tuple[int, ...]], last: int) -> None:
    assert last_counted(parts, K) == last


@pytest.mark.parametrize("k", [-1, 0, 1, 4, 5])
def test_no_k_makes_groups_smaller_than_five(k: int) -> None:
    assert not is_enough(4, k)
    assert is_enough(5, k)
    assert form_groups({WORKER: 4}, k) == ()
    assert last_counted({1: (4,)}, k) == 0


# Teams, and what is published of them by the real rules, release by release


@dataclass(frozen=True)
class Team:
    """Who sends answers before each closing of the wave, what each role is asked, and the minimum group size."""

    arrivals: tuple[tuple[Response, ...], ...]
    asked: Mapping[Role, frozenset[str]]
    k: int


@dataclass(frozen=True)
class Shown:
    """A release and, for the attacker, the responses that it holds and those that wait for another."""

    release: Release
    responses: tuple[Response, ...]
    waiting: tuple[Response, ...]

    @property
    def groups(self) -> tuple[Group, ...]:
        return tuple(sheet.roles for sheet in self.release.groups)


WHO = "who"  # no item: by it the attacker tells people apart

MOODS: tuple[Callable[[Item], Sequence[Answer]], ...] = (
    lambda each: (*each.order, *each.order, DONT_KNOW, NOT_ANSWERED, NOT_APPLICABLE),
    lambda each: (*each.order * 4, DONT_KNOW),
    lambda each: (*each.order, *[DONT_KNOW] * len(each.order)),
    lambda each: (*each.order, *[NOT_ANSWERED] * 6),
    lambda each: (*each.order, *[NOT_APPLICABLE] * 6),
    lambda each: (each.order[0],),
    lambda each: (NOT_ANSWERED,),
)
FIRST = st.one_of(st.integers(0, 6), st.integers(0, 15))
LATE = st.sampled_from((0, 0, 0, 1, 2, 3, 4, 5, 6, 9))
ASKED = st.sampled_from((CODES, frozenset("ab"), frozenset("a"), frozenset("bc")))


@st.composite
def teams(draw: st.DrawFn) -> Team:
    """Roles of 0 to 15 people, late answers before up to three more releases, roles that are asked some items only."""
    came = [
        (when, role)
        for role in Role
        for when, many in enumerate([draw(FIRST), *(draw(LATE) for _ in range(3))])
        for _ in range(many)
    ]
    said = {each.code: _said(draw, each, len(came)) for each in ITEMS}
    arrivals = tuple(
        tuple(
            Response(role, {WHO: str(who), **{code: answers[who] for code, answers in said.items()}}, 0)
            for who, (when, role) in enumerate(came)
            if when == closing
        )
        for closing in range(4)
    )
    asked = {role: draw(ASKED) for role in Role} if draw(st.booleans()) else EVERYTHING
    return Team(arrivals, asked, draw(st.integers(K, K + 2)))


def _said(draw: st.DrawFn, each: Item, many: int) -> list[Answer]:
    mood = draw(st.sampled_from(MOODS))(each)
    return [mood[byte % len(mood)] for byte in draw(st.binary(min_size=many, max_size=many))]


def publish(invented: Team) -> Iterator[Shown]:
    """What a store does when a wave is closed: admit, mark what was taken in, publish all that was ever taken in."""
    waiting: list[Response] = []
    taken: list[Response] = []
    groups: tuple[Group, ...] = ()
    number = 0
    for arrived in invented.arrivals:
        waiting += arrived
        admission = disclosure.admit(groups, Counter(each.role for each in waiting), invented.k)
        new = [each for each in waiting if each.role in admission.admitted]
        if new:
            groups, number = admission.groups, number + 1
            waiting = [each for each in waiting if each.role not in admission.admitted]
            taken += [replace(each, release=number) for each in new]
            release = team.release(INSTRUMENT, groups, invented.asked, taken, number, invented.k)
            yield Shown(release, tuple(taken), tuple(waiting))


# The attacker: sets of people as bits of a number


def people(responses: Iterable[Response]) -> int:
    """Those behind a value; a manager is left out, for everybody knows what a manager said."""
    return sum(1 << int(each.given[WHO]) for each in responses if each.role is not MANAGER)


def asked_members(sheet: GroupSheet, code: str, shown: Shown, asked: Mapping[Role, frozenset[str]]) -> list[Response]:
    return [each for each in shown.responses if each.role in sheet.roles and code in asked[each.role]]


def kinds(each: Item, members: Sequence[Response]) -> tuple[list[Response], list[Response], list[Response]]:
    """Who gives a level, who says that the item does not apply, who leaves it open."""
    found: tuple[list[Response], list[Response], list[Response]] = ([], [], [])
    for member in members:
        answer = member.given.get(each.code, NOT_ANSWERED)
        found[0 if answer in each.order else 1 if answer is NOT_APPLICABLE else 2].append(member)
    return found


def behind_answer(each: Item, members: Sequence[Response], k: int) -> tuple[list[Response], list[Response]]:
    """Whose levels, and whose *does not apply*, decide what a group says."""
    said, applies_not, _ = kinds(each, members)
    return team.counted(said, k=k)[0], team.counted(applies_not, k=k)[0]


def behind_share(each: Item, members: Sequence[Response], k: int) -> tuple[list[Response], list[Response]]:
    """Who left the item open, and who did not, of those that a published share is told of."""
    said, applies_not, left_open = kinds(each, members)
    silent, heard = team.counted(left_open, said + applies_not, k=k)
    return silent, heard


def families(invented: Team) -> Iterator[tuple[str, set[int]]]:
    """All sets on show, in families within which one can be taken from another: levels and counts of each item."""
    sizes: set[int] = set()
    levels: dict[str, set[int]] = defaultdict(set)
    left_open: dict[str, set[int]] = defaultdict(set)
    for place, shown in enumerate(publish(invented)):
        for sheet in shown.release.groups:
            sizes.add(people(each for each in shown.responses if each.role in sheet.roles))
            for each in ITEMS:
                members = asked_members(sheet, each.code, shown, invented.asked)
                value = sheet.values.get(each.code, NOTHING_TOLD)
                if value.answer is not NOT_ANSWERED:
                    levels[each.code] |= set(map(people, behind_answer(each, members, invented.k)))
                if value.asked is not None:
                    silent, heard = behind_share(each, members, invented.k)
                    sizes.add(people(silent + heard))
                    left_open[each.code].add(people(silent))
        if place == 0:
            sizes.add(people(shown.waiting))  # everybody knows how many had come when the wave was closed first
    for each in ITEMS:
        yield f"levels of {each.code}", levels[each.code]
        yield f"counts of {each.code}", sizes | left_open[each.code]


def singled_out(invented: Team) -> str | None:
    """What tells of 1 to k-1 people, if anything does."""
    for name, shown in families(invented):
        for cluster in _clusters(shown - {0}):
            if small := _small(cluster, invented.k):
                return f"{name}: {small.bit_count()} people"
    return None


def _clusters(sets: Iterable[int]) -> list[list[int]]:
    """Sets that hang together; sets without a common person cannot be taken from one another."""
    clusters: list[tuple[int, list[int]]] = []
    for each in sets:
        meeting = [cluster for cluster in clusters if cluster[0] & each]
        union, members = each, [each]
        for cluster in meeting:
            clusters.remove(cluster)
            union, members = union | cluster[0], members + cluster[1]
        clusters.append((union, members))
    return [members for _, members in clusters]


def _small(sets: Sequence[int], k: int) -> int | None:
    """A set of fewer than k people that follows from these by taking one from another or putting them together."""
    known, new = set(sets), list(sets)
    while new:
        one = new.pop()
        if one.bit_count() < k:
            return one
        for other in tuple(known):
            both = one & other
            found = one ^ other if both in (0, one, other) else 0
            if found and found not in known:
                known.add(found)
                new.append(found)
    return None


ATTACK = settings(
    max_examples=500, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None
)


@ATTACK
@given(teams())
def test_nothing_published_singles_anybody_out(invented: Team) -> None:
    assert singled_out(invented) is None


@settings(ATTACK, max_examples=200)
@given(teams())
def test_published_groups_are_never_split_and_leave_nobody_over(invented: Team) -> None:
    before: tuple[Group, ...] = ()
    for shown in publish(invented):
        roles = [role for group in shown.groups for role in group]
        assert shown.groups[: len(before)] == before
        assert len(roles) == len(set(roles))
        assert MANAGER not in roles
        assert {each.role for each in shown.responses} <= set(roles)
        before = shown.groups


@ATTACK
@given(st.dictionaries(st.sampled_from(Role), st.integers(0, 15)), st.integers(K, 8))
def test_groups_hold_everybody_or_nobody(counts: Mapping[Role, int], k: int) -> None:
    groups = form_groups(counts, k)
    staff = {role for role, many in counts.items() if many and role is not MANAGER}
    assert all(sum(counts[role] for role in group) >= k for group in groups)
    assert sorted(role for group in groups for role in group) == (sorted(staff) if groups else [])
    assert groups or sum(counts[role] for role in staff) < k


@settings(ATTACK, max_examples=100)
@given(teams())
def test_what_is_told_of_people_is_how_many_they_are(invented: Team) -> None:
    for shown in publish(invented):
        for sheet in shown.release.groups:
            assert sheet.people == people(each for each in shown.responses if each.role in sheet.roles).bit_count()
            for each in ITEMS:
                value = sheet.values.get(each.code, NOTHING_TOLD)
                silent, heard = behind_share(each, asked_members(sheet, each.code, shown, invented.asked), invented.k)
                if value.asked is not None:
                    assert (value.left_open, value.asked) == (len(silent), len(silent) + len(heard))


@settings(ATTACK, max_examples=200)
@given(teams())
def test_a_value_depends_on_nobody_but_the_people_behind_it(invented: Team) -> None:
    assert not leans_on_others(invented)


def leans_on_others(invented: Team) -> bool:
    """Whether the last release says something else when others than those behind a value answer otherwise."""
    *_, last = (None, *publish(invented))
    return last is not None and any(
        _leans(invented, last, sheet, each) for sheet in last.release.groups for each in ITEMS
    )


def _leans(invented: Team, shown: Shown, sheet: GroupSheet, each: Item) -> bool:
    said, applies_not = behind_answer(each, asked_members(sheet, each.code, shown, invented.asked), invented.k)
    behind = {response.given[WHO] for response in (*said, *applies_not)}
    others = [response if response.given[WHO] in behind else _otherwise(each, response) for response in shown.responses]
    again = team.release(INSTRUMENT, (sheet.roles,), invented.asked, others, shown.release.number, invented.k)
    return again.groups[0].values.get(each.code) != sheet.values.get(each.code)


def _otherwise(item: Item, response: Response) -> Response:
    """The same person with another level, or with another reason for giving none; and with nothing to say elsewhere."""
    answer = response.given.get(item.code, NOT_ANSWERED)
    if answer in item.order:
        answer = item.order[item.order.index(str(answer)) - 1]
    elif answer is not NOT_APPLICABLE:
        answer = DONT_KNOW if answer is NOT_ANSWERED else NOT_ANSWERED
    return replace(response, given={WHO: response.given[WHO], item.code: answer})


@settings(ATTACK, max_examples=50)
@given(teams(), st.randoms(use_true_random=False))
def test_the_order_in_which_responses_are_read_tells_nothing(invented: Team, chance: Random) -> None:
    for shown in publish(invented):
        mixed = list(shown.responses)
        chance.shuffle(mixed)
        again = team.release(INSTRUMENT, shown.groups, invented.asked, mixed, shown.release.number, invented.k)
        assert again == shown.release


@settings(ATTACK, max_examples=100)
@given(teams(), st.integers(-1, 4))
def test_a_smaller_k_publishes_what_five_does(invented: Team, k: int) -> None:
    five = [shown.release.groups for shown in publish(replace(invented, k=5))]
    assert [shown.release.groups for shown in publish(replace(invented, k=k))] == five


# Weakened rules: the attacker must succeed against each


def _only_roles_of_their_own(counts: Mapping[Role, int], k: int) -> tuple[Group, ...]:
    return tuple((role,) for role in Role if role is not MANAGER and is_enough(counts.get(role, 0), k))


def _a_pool_of_any_size(counts: Mapping[Role, int], k: int) -> tuple[Group, ...]:
    alone = _only_roles_of_their_own(counts, k)
    pool = tuple(role for role in Role if counts.get(role, 0) and role is not MANAGER and (role,) not in alone)
    return (*alone, pool) if alone and pool else alone


def _every_role_a_group(counts: Mapping[Role, int], k: int) -> tuple[Group, ...]:
    return tuple((role,) for role in Role if role is not MANAGER and counts.get(role, 0))


def _managers_in_groups(counts: Mapping[Role, int], k: int) -> tuple[Group, ...]:
    present = tuple(role for role in Role if counts.get(role, 0))
    return (present,) if is_enough(sum(counts[role] for role in present), k) else ()


def _formed_anew(published: tuple[Group, ...], waiting: Mapping[Role, int], k: int) -> Admission:
    """A role that has k late answers leaves its pool and is a group of its own."""
    grown = {role for role, many in waiting.items() if is_enough(many, k) and role is not MANAGER}
    rest = [tuple(role for role in group if role not in grown) for group in published]
    known = {role for group in published for role in group}
    new = form_groups({role: many for role, many in waiting.items() if role not in known | grown}, k)
    groups = (*filter(None, rest), *((role,) for role in sorted(grown)), *new)
    return Admission(groups, frozenset(grown) | {role for group in new for role in group})


def _one_by_one(published: tuple[Group, ...], waiting: Mapping[Role, int], k: int) -> Admission:
    known = {role for group in published for role in group}
    strict = admit(published, waiting, k)
    return Admission(strict.groups, strict.admitted | {role for role in known if waiting.get(role, 0)})


def _late_roles_join(published: tuple[Group, ...], waiting: Mapping[Role, int], k: int) -> Admission:
    """A role that comes late is added to the last group that was published."""
    if not published:
        return admit(published, waiting, k)
    known = {role for group in published for role in group}
    late = tuple(role for role, many in waiting.items() if many and role not in {*known, MANAGER})
    groups = (*published[:-1], (*published[-1], *late))
    return Admission(groups, admit(published, waiting, k).admitted | set(late))


def _releases_ignored(parts: Mapping[int, tuple[int, ...]], k: int) -> int:
    """All that was ever taken in is counted together."""
    totals = [sum(part) for part in zip(*parts.values(), strict=True)]
    return max(parts, default=0) if any(totals) and all(not many or is_enough(many, k) for many in totals) else 0


def _parts_ignored(parts: Mapping[int, tuple[int, ...]], k: int) -> int:
    """The parts of a value are counted as one."""
    return last_counted({release: (sum(people),) for release, people in parts.items()}, k)


def _told_exactly(*parts: Sequence[Response], k: int) -> tuple[list[Response], ...]:
    """A value of several parts, how many of how many left an item open, is told as it is."""
    return tuple(map(list, parts)) if len(parts) > 1 else COUNTED(*parts, k=k)


def _told_of_a_part(item: Item, members: Sequence[Response], k: int, *, whole: bool) -> GroupValue:
    """How many left an item open is told where only some roles of a pool were asked it."""
    return VALUE(item, members, k, whole=True)


def _late_ones_too(item: Item, members: Sequence[Response], k: int, *, whole: bool) -> GroupValue:
    """Once k people gave a level, the level of everybody counts."""
    value = VALUE(item, members, k, whole=whole)
    places = sorted(item.order.index(str(each.given[item.code])) for each in kinds(item, members)[0])
    return replace(value, answer=item.order[team.middle(places)]) if value.answer in item.order else value


COUNTED = team.counted
VALUE = team._value


@pytest.mark.parametrize(
    ("module", "name", "weakened"),
    [
        pytest.param(disclosure, "is_enough", lambda people, k: people >= k - 1, id="k-1 are enough"),
        pytest.param(disclosure, "form_groups", _only_roles_of_their_own, id="no pool"),
        pytest.param(disclosure, "form_groups", _a_pool_of_any_size, id="a pool of any size"),
        pytest.param(disclosure, "form_groups", _every_role_a_group, id="every role a group"),
        pytest.param(disclosure, "form_groups", _managers_in_groups, id="managers in groups"),
        pytest.param(disclosure, "admit", _formed_anew, id="groups formed anew"),
        pytest.param(disclosure, "admit", _one_by_one, id="late answers one by one"),
        pytest.param(disclosure, "admit", _late_roles_join, id="late roles join"),
        pytest.param(team, "last_counted", _releases_ignored, id="releases ignored by question"),
        pytest.param(team, "last_counted", _parts_ignored, id="parts ignored by question"),
        pytest.param(team, "counted", _told_exactly, id="left open told exactly"),
        pytest.param(team, "_value", _told_of_a_part, id="left open told of a part of a pool"),
    ],
)
def test_a_weakened_rule_is_found_by_the_attacker(
    module: ModuleType, name: str, weakened: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, name, weakened)
    once = settings(ATTACK, phases=[Phase.generate])
    assert singled_out(find(teams(), lambda invented: singled_out(invented) is not None, settings=once))


def test_a_value_that_leans_on_others_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(team, "_value", _late_ones_too)
    assert leans_on_others(find(teams(), leans_on_others, settings=settings(ATTACK, phases=[Phase.generate])))


# What a value tells even where no set of people does


def _told(said: Mapping[int, Sequence[Answer]], each: Item = ITEMS[0], k: int = K) -> GroupValue:
    """What workers say to an item: their answers by the release that took them in."""
    responses = [
        Response(WORKER, {each.code: answer}, number) for number, answers in said.items() for answer in answers
    ]
    published = team.release(INSTRUMENT, ((WORKER,),), EVERYTHING, responses, max(said), k)
    return published.groups[0].values[each.code]


def _betrayed(each: Item, many: int) -> set[tuple[Answer, ...]]:
    """Which answers 1 to k-1 of so many people gave, or all but 1 to k-1, as far as that follows from what is told."""
    answers = (*each.order, NOT_APPLICABLE, DONT_KNOW)
    told: dict[GroupValue, list[Counter[Answer]]] = defaultdict(list)
    for given_ in combinations_with_replacement(answers, many):
        told[_told({1: given_}, each)].append(Counter(given_))
    some = [chosen for size in range(1, len(answers)) for chosen in combinations(answers, size)]
    return {
        chosen
        for possible in told.values()
        for chosen in some
        if len(numbers := {sum(found[answer] for answer in chosen) for found in possible}) == 1
        and any(0 < number < K for number in (*numbers, many - min(numbers)))
    }


@pytest.mark.parametrize(("each", "many"), [*((ITEMS[0], many) for many in range(5, 12)), (ITEMS[1], 5), (ITEMS[1], 6)])
def test_no_number_of_one_to_four_people_follows_from_a_value(each: Item, many: int) -> None:
    assert _betrayed(each, many) == set()


def test_telling_five_people_apart_would_betray_what_some_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(team, "FEWEST_APART", 5)
    assert ("a0",) in _betrayed(ITEMS[0], 5)


def test_telling_that_nobody_left_an_item_open_would_betray_one_who_did(monkeypatch: pytest.MonkeyPatch) -> None:
    def told_of_nobody(silent: Sequence[Response], heard: Sequence[Response], k: int) -> tuple[int | None, int | None]:
        counted = [len(each) for each in team.counted(silent, heard, k=k)]
        return (counted[0], sum(counted)) if counted[1] else (None, None)

    monkeypatch.setattr(team, "_open_share", told_of_nobody)
    assert (DONT_KNOW,) in _betrayed(ITEMS[0], 6)


def test_that_nobody_answers_is_not_told() -> None:
    assert _told({1: [DONT_KNOW] * 9}) == NOTHING_TOLD
    assert _told({1: [DONT_KNOW] * 8 + ["a0"]}) == NOTHING_TOLD


def test_one_answer_among_silence_is_not_told_later_either() -> None:
    first, second = [DONT_KNOW] * 5, [DONT_KNOW] * 4 + ["a0"]
    assert _told({1: first, 2: second}) == NOTHING_TOLD


# What the rules rest on: a caller leaves alone what a release was made of


def test_a_withdrawal_after_a_release_would_single_out_who_withdrew() -> None:
    six = ["a0", "a0", "a0", "a2", "a2", "a2"]
    assert (_told({1: six}).answer, _told({1: six[1:]}).answer) == ("a0", "a2")


def test_another_answer_after_a_release_would_single_out_who_changed_it() -> None:
    assert (_told({1: ["a0"] * 3 + ["a2"] * 2}).answer, _told({1: ["a0"] * 2 + ["a2"] * 3}).answer) == ("a0", "a2")


def test_another_k_after_a_release_would_single_out_three_people() -> None:
    said = [Response(WORKER, {"a": "a0"}, 1)] * 5 + [Response(WORKER, {"a": "a0"}, 2)] * 3
    assert [len(team.counted(said, k=k)[0]) for k in (5, 6)] == [5, 8]


def test_other_items_for_a_role_after_a_release_would_single_out_the_role() -> None:
    pool = [Response(WORKER, {"a": "a0"}, 1)] * 6 + [Response(PEER, {"a": "a0"}, 1)] * 2
    asked = [EVERYTHING, {WORKER: CODES, PEER: frozenset("bc")}]
    behind = [[each for each in pool if "a" in roles[each.role]] for roles in asked]
    assert [len(team.counted(each, k=K)[0]) for each in behind] == [8, 6]
