"""How much of a result is set out: rooms from generous to tight, and what of a report stands in each. Pure."""

import re
from dataclasses import dataclass, replace

from readiness.engine.framework import Band
from readiness.language import ENGLISH
from readiness.report.editions import Edition, Sheet
from readiness.report.parts import PhaseView, RecommendationView, ReportView, TeamView, UntoldView

# In English; other languages may need more for the same text.
MOST_PAGES = {Edition.FULL: 14, Edition.SUMMARY: 2, Edition.TEAM: 6}
MOST_PAGES_TRANSLATED = {Edition.FULL: 20, Edition.SUMMARY: 2, Edition.TEAM: 8}
# How much an expectation of pages is off, and how many pages of Letter the text of a page of A4 takes.
ROUGHLY, LETTER_TO_A4 = 0.55, 1.04

_DRAWN = re.compile(r'<svg[^>]* height="(\d+)".*?</svg>', re.DOTALL)
_FINDINGS = re.compile(r'<p class="findings".*?</p>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>|\n")


@dataclass(frozen=True, slots=True)
class Room:
    """How much of the recommendations and rules is set out: in full, in short with or without steps, or by title.

    `explains` says why the weightiest answer of each part counts; `lists_answers` gives each answer a line of its own.
    `most_cited` findings stand at an answer whose reason is not printed; None for all. Of a team stand
    `team_gaps` gaps, `team_notes` rows of each other list and `comment_characters` of comments.
    """

    most_in_full: int
    characters_in_full: int
    characters_of_steps: int
    lines_in_short: int
    rules_explained: int
    most_cited: int | None
    team_gaps: int
    team_notes: int
    comment_characters: int
    plan_rows: int = 6
    explains: bool = True
    lists_answers: bool = True


_TIGHTEST = Room(
    3,
    1_000,
    0,
    0,
    rules_explained=0,
    most_cited=0,
    team_gaps=2,
    team_notes=0,
    comment_characters=0,
    plan_rows=5,
    lists_answers=False,
)
# From generous to tight. A report takes the first in which it fits, or the last. Laying out is what costs, so a report
# whose text is surely too long for a room does not try it.
ROOMS = (
    Room(
        12, 4_000, 3_000, 20, rules_explained=3, most_cited=None, team_gaps=24, team_notes=16, comment_characters=4_000
    ),
    Room(10, 3_700, 1_200, 16, rules_explained=2, most_cited=2, team_gaps=16, team_notes=10, comment_characters=2_000),
    Room(8, 3_400, 0, 12, rules_explained=1, most_cited=2, team_gaps=10, team_notes=6, comment_characters=1_000),
    Room(
        3,
        1_500,
        0,
        12,
        rules_explained=0,
        most_cited=1,
        team_gaps=6,
        team_notes=4,
        comment_characters=500,
        lists_answers=False,
    ),
    _TIGHTEST,
    replace(_TIGHTEST, explains=False),
)
ROOMS_OF_A_TEAM = ROOMS[2:]
FEWEST_IN_FULL = 3


@dataclass(frozen=True, slots=True)
class SummaryRoom:
    """How much stands in the two pages for a board: reasons of each barrier, findings of each recommendation, limits,
    and whether it is said why something is recommended here."""

    reasons: int
    cited: int
    limits: int
    why: bool


SUMMARY_ROOMS = (
    SummaryRoom(2, 6, 6, why=True),
    SummaryRoom(1, 3, 4, why=True),
    SummaryRoom(1, 2, 3, why=False),
    SummaryRoom(0, 1, 2, why=False),
)


def rooms_of(view: ReportView, edition: Edition) -> tuple[tuple[Room, ...] | tuple[SummaryRoom, ...], int]:
    """The rooms that an edition may take, and the pages that it may have."""
    most = MOST_PAGES if view.language.code == ENGLISH.code else MOST_PAGES_TRANSLATED
    if edition is Edition.SUMMARY:
        return SUMMARY_ROOMS, most[edition]
    return ROOMS if edition is Edition.FULL else ROOMS_OF_A_TEAM, most[edition]


def expected_pages(html: str, sheet: Sheet) -> float:
    """How many pages a full report will have, from its text, findings, rows and charts: laying out is what costs.

    Fitted to reports of all kinds, and within ROUGHLY of each.
    """
    charts = sum(map(int, _DRAWN.findall(html)))
    text = _DRAWN.sub("", html)
    cited = sum(len(_TAG.sub("", part)) for part in _FINDINGS.findall(text))
    letters = len(_TAG.sub("", text)) - cited
    pages = 1.27 + charts / 953 + letters / 10_569 + cited / 6_810 + text.count("<li") / 59 + text.count("<tr") / 16
    return pages * (LETTER_TO_A4 if sheet is Sheet.LETTER else 1)


def team_within(team: TeamView, room: Room) -> TeamView:
    """A team with as many rows of each list as there is room for; comments are never cut in the middle."""
    rows, used = room.team_notes, 0
    comments = []
    for comment in team.comments:
        used += len(comment)
        if used > room.comment_characters:
            break
        comments.append(comment)
    return replace(
        team,
        gaps=team.gaps[: room.team_gaps],
        apart=team.apart[:rows],
        left_open=team.left_open[:rows],
        untold=tuple(UntoldView(each.why, each.items[:rows]) for each in team.untold if rows),
        comments=tuple(comments),
    )


def by_length(view: ReportView, room: Room) -> tuple[list[PhaseView], list[RecommendationView]]:
    """The phases with the recommendations set out in full, and the rest in the order to act in."""
    chosen: set[str] = set()
    used = 0
    for one in view.recommendations[: room.most_in_full]:
        used += sum(map(len, (*one.steps, one.why_here, one.because, one.gain_words, one.caution, one.low_resource)))
        if len(chosen) >= FEWEST_IN_FULL and used > room.characters_in_full:
            break
        chosen.add(one.code)
    full = []
    for phase in view.phases:
        own = tuple(one for one in phase.recommendations if one.code in chosen)
        if own:
            full.append(PhaseView(phase.code, phase.title, phase.about, own))
    return full, [one for one in view.recommendations if one.code not in chosen]


def stepped(brief: list[RecommendationView], room: Room) -> frozenset[str]:
    """Those of the shorter ones whose steps are printed: the first in the order to act in, as far as the room goes."""
    stepped, used = set(), 0
    for one in brief[: room.lines_in_short]:
        used += sum(map(len, one.steps))
        if used > room.characters_of_steps:
            break
        stepped.add(one.code)
    return frozenset(stepped)


def explained(view: ReportView) -> frozenset[str]:
    """The items whose reason is printed in full: the worst answer of each construct that is not at low risk."""
    constructs = (construct for domain in view.domains for construct in domain.constructs)
    return frozenset(one.reasons[0].code for one in constructs if one.reasons and one.bar.band != Band.LOW)


def settling(view: ReportView, most: int = 3) -> tuple[str, ...]:
    """The open questions that would tell most, of parts that could not be assessed."""
    return tuple(dict.fromkeys(one.settles_item for one in view.undetermined if one.settles_item))[:most]
