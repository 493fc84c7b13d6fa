"""Two versions of a rule set > the single edits between them, and the first version with one of them made.

Only edits that can change a risk are listed: rules, worths, scored items, weights, critical constructs, limits.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from readiness.engine.framework import Construct, Domain
from readiness.engine.instrument import Instrument, Page, Section
from readiness.engine.ruleset import ConstructScoring, ItemScoring, Rule, RuleSet, Worth


class EditKind(StrEnum):
    """What is edited."""

    RULE = "rule"
    LEVEL = "level"
    ITEM = "item"
    CONSTRUCT = "construct"
    SETTING = "setting"


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: of what (a level is one of the item `code`), and its two sides in a word, empty where there is none.

    `construct` is the one that it touches; a setting touches all.
    """

    kind: EditKind
    construct: str
    code: str
    level: str
    before: str
    after: str


Edited = Iterator[tuple[Edit, RuleSet]]


def edits(a: RuleSet, b: RuleSet) -> Edited:
    """Each single edit that leads from `a` towards `b`, with `a` after this edit alone.

    Items that only `b` has are known to every such version; there are no answers to them.
    """
    base = replace(a, instrument=_with_items_of(a.instrument, b.instrument))
    for code, scoring in base.scoring.items():
        if code in b.scoring:
            yield from _rule_edits(base, scoring, b.scoring[code])
            yield from _item_edits(base, scoring, b.scoring[code])
            yield from _construct_edits(base, base.constructs[code], b.constructs[code])
    yield from _setting_edits(base, b)


def _with_items_of(mine: Instrument, other: Instrument) -> Instrument:
    new = tuple(item for code, item in other.items.items() if code not in mine.items)
    return Instrument((*mine.sections, Section("new", "", "", 0, scored=True, pages=(Page("new", "", new),))))


def _rule_edits(base: RuleSet, mine: ConstructScoring, other: ConstructScoring) -> Edited:
    before = {rule.code: rule for rule in mine.rules}
    after = {rule.code: rule for rule in other.rules}
    for code in dict.fromkeys((*before, *after)):
        old, new = before.get(code), after.get(code)
        if (old and _effect(old)) != (new and _effect(new)):
            rules = tuple({**before, code: new}.values())
            edit = Edit(EditKind.RULE, mine.construct.code, code, "", _effect_words(old), _effect_words(new))
            yield edit, _rescored(base, replace(mine, rules=tuple(rule for rule in rules if rule is not None)))


def _effect(rule: Rule) -> tuple[object, ...]:
    return rule.condition, rule.shift, rule.at_least


def _effect_words(rule: Rule | None) -> str:
    if rule is None:
        return ""
    return f"{rule.shift:+g}" if rule.at_least is None else f"at least {rule.at_least.value}"


def _item_edits(base: RuleSet, mine: ConstructScoring, other: ConstructScoring) -> Edited:
    before = {item.item: item for item in mine.items}
    after = {item.item: item for item in other.items}
    for code in dict.fromkeys((*before, *after)):
        if code not in before or code not in after:
            items = (*mine.items, _fitting(base, after[code])) if code in after else _without(mine.items, code)
            sides = (mine.construct.code if code in before else "", mine.construct.code if code in after else "")
            yield (
                Edit(EditKind.ITEM, mine.construct.code, code, "", *sides),
                _rescored(base, replace(mine, items=tuple(items))),
            )
            continue
        for level, worth in before[code].worth.items():
            new = after[code].worth.get(level, worth)
            if new.rating != worth.rating:
                turned = ItemScoring(code, {**before[code].worth, level: new})
                items = tuple(turned if item.item == code else item for item in mine.items)
                sides = f"{worth.rating:+g}", f"{new.rating:+g}"
                yield (
                    Edit(EditKind.LEVEL, mine.construct.code, code, level, *sides),
                    _rescored(base, replace(mine, items=items)),
                )


def _without(items: tuple[ItemScoring, ...], code: str) -> tuple[ItemScoring, ...]:
    return tuple(item for item in items if item.item != code)


def _fitting(base: RuleSet, scoring: ItemScoring) -> ItemScoring:
    """What an item is worth, for its levels in the first version; a level that only that one has is worth nothing."""
    order = base.instrument.items[scoring.item].order
    return ItemScoring(scoring.item, {level: scoring.worth.get(level, Worth(0.0, "", ())) for level in order})


def _construct_edits(base: RuleSet, mine: Construct, other: Construct) -> Edited:
    if mine.tier.weight != other.tier.weight:
        edit = Edit(
            EditKind.CONSTRUCT,
            mine.code,
            mine.code,
            "",
            f"weight {mine.tier.weight:g}",
            f"weight {other.tier.weight:g}",
        )
        yield edit, _reframed(base, replace(mine, tier=other.tier))
    if mine.critical != other.critical:
        sides = ("critical" if construct.critical else "not critical" for construct in (mine, other))
        yield (
            Edit(EditKind.CONSTRUCT, mine.code, mine.code, "", *sides),
            _reframed(base, replace(mine, critical=other.critical)),
        )


def _setting_edits(base: RuleSet, other: RuleSet) -> Edited:
    made = (
        ("share that must be known", _share, replace(base, determinable_share=other.determinable_share)),
        ("bound of critical barriers", _bound, replace(base, critical_bound=other.critical_bound)),
        ("limits of the bands", _limits, replace(base, bands=other.bands)),
    )
    for what, said, version in made:
        if said(base) != said(version):
            yield Edit(EditKind.SETTING, "", what, "", said(base), said(version)), version


def _share(ruleset: RuleSet) -> str:
    return f"{ruleset.determinable_share:g}"


def _bound(ruleset: RuleSet) -> str:
    return ruleset.critical_bound.value


def _limits(ruleset: RuleSet) -> str:
    return ", ".join(f"{band.value} {floor:g}" for band, floor in ruleset.bands.floor.items())


def _rescored(base: RuleSet, scoring: ConstructScoring) -> RuleSet:
    return replace(base, scoring={**base.scoring, scoring.construct.code: scoring})


def _reframed(base: RuleSet, construct: Construct) -> RuleSet:
    """The same version with one construct weighed otherwise, wherever it stands."""

    def turned(domain: Domain) -> Domain:
        constructs = tuple(construct if each.code == construct.code else each for each in domain.constructs)
        return replace(domain, constructs=constructs)

    scoring = replace(base.scoring[construct.code], construct=construct)
    return replace(_rescored(base, scoring), domains=tuple(turned(domain) for domain in base.domains))
