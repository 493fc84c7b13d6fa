"""Small rule sets as values: parts of a few words each > RuleSet. No files and no YAML."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from readiness.engine.answers import Answer, Answers, Phase, Role
from readiness.engine.conditions import Claim, Condition, read_claim
from readiness.engine.framework import Band, Bands, Construct, Domain, Tier
from readiness.engine.instrument import Instrument, Item, Option, Page, Section
from readiness.engine.ruleset import (
    ConstructScoring,
    Effort,
    Identity,
    ItemScoring,
    Recommendation,
    Rule,
    RuleSet,
    Status,
    When,
    Worth,
)

LEVELS = ("none", "some", "full")
WORTH = {"none": -2.0, "some": 0.0, "full": 2.0}
BANDS = Bands({Band.LOW: 0.0, Band.MODERATE: 37.5, Band.HIGH: 62.5}, "Discussion bands.")
BOTH = tuple(Phase)


@dataclass(frozen=True)
class Part:
    """One construct: what the levels of its items are worth, its rules, its weight and its domain."""

    code: str
    items: Mapping[str, Mapping[str, float]]
    rules: tuple[Rule, ...] = ()
    weight: int = 1
    critical: bool = False
    domain: str = "domain"


def part(
    code: str,
    items: Iterable[str] | Mapping[str, Mapping[str, float]],
    *rules: Rule,
    weight: int = 1,
    critical: bool = False,
    domain: str = "domain",
) -> Part:
    """A construct; items given by code only have the levels none, some, full, worth -2, 0 and +2."""
    named = items if isinstance(items, Mapping) else dict.fromkeys(items, WORTH)
    return Part(code, named, rules, weight, critical, domain)


def claim(subject: str, text: str, order: tuple[str, ...] = LEVELS) -> Claim:
    """A claim as it is written in a rule."""
    return read_claim(subject, text, order)


def shift(code: str, by: float, when: Condition, *unless: Condition) -> Rule:
    """A rule that shifts its construct's rating."""
    return Rule(code, code, "", when, unless, by, None, "because", (), Status.OURS)


def at_least(code: str, band: Band, when: Condition, *unless: Condition) -> Rule:
    """A rule that bounds its construct's band from below."""
    return Rule(code, code, "", when, unless, 0.0, band, "because", (), Status.OURS)


def recommend(
    code: str, when: Condition, *unless: Condition, effort: Effort = Effort.LOW, **improves: str
) -> Recommendation:
    """A recommendation that moves the named items to the named levels."""
    return Recommendation(
        code=code,
        title=code,
        theme="theme",
        when=when,
        unless=unless,
        steps=("step",),
        who="manager",
        phase=When.BEFORE_START,
        effort=effort,
        eric=(),
        improves=improves,
        because="because",
        evidence=(),
        status=Status.OURS,
    )


def item(
    code: str,
    levels: Iterable[str] = LEVELS,
    phases: Iterable[Phase] = BOTH,
    not_applicable: str | None = "no need",
    asked: tuple[Role, ...] = (Role.MANAGER,),
) -> Item:
    """An item with the given levels, least to most; it may not apply unless that is switched off."""
    return Item(
        code=code,
        short=f"The {code}",
        ask=dict.fromkeys(phases, f"How is {code}?"),
        help="help",
        why="why",
        evidence=(),
        asked=asked,
        options=tuple(Option(level, f"There is {level}.") for level in levels),
        not_applicable=not_applicable,
    )


def ruleset(
    *parts: Part,
    recommendations: Iterable[Recommendation] = (),
    others: Iterable[Item] = (),
    share: float = 0.5,
    critical_bound: Band = Band.MODERATE,
) -> RuleSet:
    """A rule set of these constructs; `others` are items that are not scored, or that replace a scored one."""
    items = {code: item(code, worth) for each in parts for code, worth in each.items.items()}
    items.update({other.code: other for other in others})
    constructs = {each.code: _construct(each) for each in parts}
    names = dict.fromkeys(each.domain for each in parts)
    domains = tuple(
        Domain(name, name, name, "about", tuple(constructs[each.code] for each in parts if each.domain == name))
        for name in names
    )
    page = Page("page", "Page", tuple(items.values()))
    return RuleSet(
        identity=Identity("small", "1.0.0", "0" * 64, "Small"),
        about="about",
        authors=("nobody",),
        licence="CC0-1.0",
        language="en",
        minimum_group=5,
        determinable_share=share,
        critical_bound=critical_bound,
        critical_because="because",
        bands=BANDS,
        domains=domains,
        instrument=Instrument((Section("section", "Section", "about", 5, True, (page,)),)),
        scoring={each.code: _scoring(each, constructs[each.code]) for each in parts},
        recommendations=tuple(recommendations),
        sources={},
        findings={},
        cases={},
    )


def _construct(each: Part) -> Construct:
    tier = Tier(f"tier_{each.weight}", each.weight, "why")
    return Construct(each.code, f"The construct {each.code}", each.code, each.code, tier, "why", each.critical)


def _scoring(each: Part, construct: Construct) -> ConstructScoring:
    items = tuple(
        ItemScoring(code, {level: Worth(rating, "because", ()) for level, rating in worth.items()})
        for code, worth in each.items.items()
    )
    return ConstructScoring(construct, items, each.rules)


def before(**given: Answer) -> Answers:
    """Answers before the start; what is not named was not answered."""
    return Answers(Phase.BEFORE, given)


def after(**given: Answer) -> Answers:
    """Answers after the start; what is not named was not answered."""
    return Answers(Phase.AFTER, given)
