"""What may be read of a team > who stands behind a result, what they see differently, and questions to talk about it.

Pure. Nothing is shown that the reading does not hold: no number of people but those of whole groups and open answers.
"""

from collections.abc import Iterable, Iterator, Sequence

from readiness.engine.answers import Missing, Phase
from readiness.engine.ruleset import RuleSet
from readiness.engine.team import APART, Gap, GroupSheet, GroupValue, TeamReading
from readiness.report import words, words_team
from readiness.report.parts import GapView, ItemNote, TeamView, UntoldView, VoiceView
from readiness.report.said import both
from readiness.report.text import without_hidden


def team_view(ruleset: RuleSet, phase: Phase, team: TeamReading) -> TeamView:
    """A team as it is shown; for a manager alone only who answered, and what that is worth."""
    has_groups = bool(team.sheets)
    of_roles = any(sheet.roles for sheet in team.sheets)
    guide = tuple(_guide(ruleset, team))
    return TeamView(
        who=words_team.BEHIND.format(who=who_answered(team)),
        confidence="" if has_groups else _confidence(team),
        has_groups=has_groups,
        about=str(words_team.HOW) if has_groups else "",
        protection=words_team.PROTECTION.format(k=team.k) if of_roles else "",
        no_gaps=str(words_team.NO_GAPS) if has_groups and not team.gaps else "",
        speakers=tuple(map(_begins, _speakers(team))),
        far=str(words_team.FAR),
        gaps=tuple(_gap(ruleset, phase, team, gap) for gap in team.gaps),
        apart=tuple(_apart(ruleset, team)),
        left_open=tuple(_left_open(ruleset, team)),
        untold=tuple(_untold(ruleset, team)),
        comments=tuple(filter(None, (without_hidden(comment).strip() for comment in team.comments))),
        guide_about=str(words_team.GUIDE_ABOUT) if guide else "",
        guide=guide,
    )


def who_answered(team: TeamReading) -> str:
    """Who stands behind the answers, within a sentence: the manager, and each group with how many they are."""
    return _listed([str(words_team.MANAGER), *(_behind(sheet) for sheet in team.sheets if sheet.values)])


def group_words(sheet: GroupSheet) -> str:
    """Whose sheet it is, within a sentence."""
    if not sheet.roles:
        return str(words_team.CONSENSUS)
    names = both(words.ROLES[role] for role in sheet.roles)
    return names if len(sheet.roles) == 1 else words_team.TOGETHER.format(names=names)


def value_words(ruleset: RuleSet, item: str, value: GroupValue, *, is_consensus: bool) -> str:
    """What a group says to an item, or why nothing is told."""
    if not isinstance(value.answer, Missing):
        return ruleset.level(item, value.answer)
    is_untold = value.answer is Missing.NOT_ANSWERED and not is_consensus
    return str(words_team.UNTOLD_SHORT) if is_untold else words.MISSING_WITHIN[value.answer]


def _behind(sheet: GroupSheet) -> str:
    """Who stands behind a sheet, with how many they are."""
    if not sheet.roles:
        return str(words_team.CONSENSUS_BEHIND)
    if len(sheet.roles) == 1:
        return words_team.PEOPLE[sheet.roles[0]](sheet.people)
    return words_team.people_together(sheet.people, both(words.ROLES[role] for role in sheet.roles))


def _confidence(team: TeamReading) -> str:
    said = (words_team.TOO_FEW.format(k=team.k), str(words_team.ONE_VIEW)) if team.is_asked else (words_team.ONE_VIEW,)
    return " ".join(map(str, said))


def _listed(names: Sequence[str]) -> str:
    """Names as a list within a sentence: this, that and another."""
    return both([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def _begins(text: str) -> str:
    """Words as the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def _speakers(team: TeamReading) -> list[str]:
    """The manager and the groups, within a sentence."""
    return [str(words_team.MANAGER), *(group_words(sheet) for sheet in team.sheets)]


def _gap(ruleset: RuleSet, phase: Phase, team: TeamReading, gap: Gap) -> GapView:
    item = ruleset.instrument.items[gap.item]
    names = _speakers(team)
    said: dict[str, list[int]] = {level: [] for level in item.order}
    for voice in gap.voices:
        said[voice.level].append(0 if voice.group is None else voice.group + 1)
    voices = tuple(
        VoiceView(_begins("; ".join(names[one] for one in who)), ruleset.level(item.code, level), step, tuple(who))
        for step, (level, who) in enumerate(said.items())
        if who
    )
    steps = words_team.steps_apart(gap.steps)
    told = "; ".join(f"{voice.who}: {voice.says}" for voice in voices)
    return GapView(
        code=item.code,
        item=item.short,
        question=item.ask[phase],
        is_wide=gap.steps >= APART,
        steps_words=steps,
        voices=voices,
        levels=len(item.order),
        alt=f"{item.short} ({steps}): {told}.",
    )


def _values(ruleset: RuleSet, team: TeamReading) -> Iterator[tuple[str, GroupSheet, GroupValue]]:
    """Every value of a group, by item in reading order."""
    for item in ruleset.instrument.items:
        for sheet in team.sheets:
            if item in sheet.values:
                yield item, sheet, sheet.values[item]


def _apart(ruleset: RuleSet, team: TeamReading) -> Iterator[ItemNote]:
    """Where a group is far apart within itself."""
    for item, sheet, value in _values(ruleset, team):
        if value.apart and not isinstance(value.answer, Missing):
            level = ruleset.level(item, value.answer)
            said = words_team.APART_WITHIN.format(who=group_words(sheet), level=level)
            yield ItemNote(item, ruleset.name(item), _begins(said))


def _left_open(ruleset: RuleSet, team: TeamReading) -> Iterator[ItemNote]:
    """Where people gave no level, as far as it is told: the largest share first."""
    found = [
        (value.left_open / value.asked, item, sheet, value)
        for item, sheet, value in _values(ruleset, team)
        if value.left_open and value.asked
    ]
    for _, item, sheet, value in sorted(found, key=lambda each: -each[0]):
        said = words_team.LEFT_OPEN.format(who=group_words(sheet), open=value.left_open, asked=value.asked)
        yield ItemNote(item, ruleset.name(item), _begins(said))


def _untold(ruleset: RuleSet, team: TeamReading) -> Iterator[UntoldView]:
    """What a group gives no answer to, for lack of answers or of agreement."""
    for sheet in team.sheets:
        missing = [
            ruleset.name(item)
            for item, own, value in _values(ruleset, team)
            if own is sheet and value.answer in (Missing.NOT_ANSWERED, Missing.DONT_KNOW)
        ]
        if missing and sheet.roles:
            yield UntoldView(_begins(words_team.UNTOLD.format(who=group_words(sheet), k=team.k)), tuple(missing))
        elif missing:
            yield UntoldView(str(words_team.UNAGREED), tuple(missing))


def _guide(ruleset: RuleSet, team: TeamReading) -> Iterator[str]:
    """Four to six questions for a team meeting, about what lies furthest apart; none where all see it alike."""
    far = [gap.item for gap in team.gaps if gap.steps >= APART] or [gap.item for gap in team.gaps]
    items = list(dict.fromkeys(far or _split(ruleset, team)))[: len(words_team.GUIDE_ITEM)]
    if items:
        yield from (
            form.format(item=ruleset.name(item)) for form, item in zip(words_team.GUIDE_ITEM, items, strict=False)
        )
        yield from map(str, words_team.GUIDE_ALL)


def _split(ruleset: RuleSet, team: TeamReading) -> Iterable[str]:
    return (item for item, _, value in _values(ruleset, team) if value.apart)
