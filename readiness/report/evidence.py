"""The evidence and the method as pages and command show them: findings, what rests on them, how a construct is rated.

Pure: a rule set in, frozen values with ready text out.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from readiness.engine.evidence import Finding, Kind
from readiness.engine.grounds import Part, Statement, resting_on, statements, thin
from readiness.engine.instrument import Item, Option
from readiness.engine.ruleset import Recommendation, Rule, RuleSet, Worth
from readiness.errors import NotFound, near_word
from readiness.report import words
from readiness.report.citing import Register, reference
from readiness.report.parts import Citation
from readiness.report.said import say
from readiness.report.view_domains import effect_words, rating_words, sign

# The word that chooses findings which name no site.
NO_SITE = "none"
LONGEST_GIVEN, FEW = 80, 12
# What rests on fewer than two independent findings.
Marked = frozenset[tuple[Part, str]]


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding with everything that a reader needs to check it, and what rests on it."""

    code: str
    says: str
    means: str
    source: str
    cite: str
    reference: str
    doi: str
    locator: str
    sites_words: str
    phase_words: str
    view: str
    kind: str
    kind_words: str
    direction: str
    direction_words: str
    construct: str
    construct_title: str
    domain_title: str
    cfir2009: str
    cfir2022: str
    is_hypothesis: bool
    resting: tuple["StatementView", ...]


@dataclass(frozen=True, slots=True)
class StatementView:
    """Something that rests on findings, in words: what it is, its title, and where to find it."""

    part: str
    part_words: str
    code: str
    title: str
    construct: str
    construct_title: str


@dataclass(frozen=True, slots=True)
class LevelView:
    """One level of an item and what it is worth (`sign` is empty where it is not rated); `because` is empty where the
    reason is the item's."""

    code: str
    text: str
    sign: str
    rating_words: str
    because: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class ItemMethod:
    """How one item is asked and rated; `because` is the reason that its levels share, if they share one."""

    code: str
    title: str
    questions: tuple[tuple[str, str], ...]
    why: str
    why_citations: tuple[Citation, ...]
    section: str
    past: bool
    because: str
    citations: tuple[Citation, ...]
    levels: tuple[LevelView, ...]
    is_thin: bool


@dataclass(frozen=True, slots=True)
class RuleMethod:
    """One interaction rule in words, with the pair of cases that teaches it, if there is one."""

    code: str
    title: str
    condition: str
    effect: str
    because: str
    status_words: str
    citations: tuple[Citation, ...]
    is_thin: bool
    pairs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AdviceMethod:
    """One recommendation with its condition and what it improves, in words."""

    code: str
    title: str
    theme: str
    condition: str
    steps: tuple[str, ...]
    who: str
    phase_words: str
    effort_words: str
    eric: tuple[str, ...]
    improves: tuple[str, ...]
    because: str
    citations: tuple[Citation, ...]
    status_words: str
    caution: str
    low_resource: str
    is_thin: bool


@dataclass(frozen=True, slots=True)
class ConstructMethod:
    """Everything that decides one construct."""

    code: str
    items: tuple[ItemMethod, ...]
    rules: tuple[RuleMethod, ...]
    advice: tuple[StatementView, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which findings to show; an empty word chooses all. Raises NotFound, naming what is near, for an unknown word."""

    construct: str = ""
    site: str = ""
    source: str = ""
    kind: str = ""
    unused: bool = False

    def check(self, ruleset: RuleSet) -> None:
        """Whether every word exists in a rule set."""
        known: dict[str, Iterable[str]] = {
            "construct": ruleset.constructs,
            "site": [*words.SITES, NO_SITE],
            "source": ruleset.sources,
            "kind": [kind.value for kind in Kind],
        }
        for name, choices in known.items():
            given = getattr(self, name)
            if given and given not in choices:
                raise NotFound(_no_such(name, given, choices))

    def in_words(self, ruleset: RuleSet) -> str:
        """What was chosen, for a title; empty when all was."""
        said = (
            ruleset.constructs[self.construct].title if self.construct else "",
            words.SITES.get(self.site, str(words.NO_SITE)) if self.site else "",
            ruleset.sources[self.source].cite if self.source else "",
            words.KIND[Kind(self.kind)] if self.kind else "",
            str(words.UNUSED) if self.unused else "",
        )
        return ", ".join(filter(None, said))

    def takes(self, finding: Finding) -> bool:
        """Whether a finding is one of these."""
        wanted = ((self.construct, finding.construct), (self.source, finding.source), (self.kind, finding.kind.value))
        sites = finding.sites or (NO_SITE,)
        return all(not word or word == own for word, own in wanted) and (not self.site or self.site in sites)


def findings(ruleset: RuleSet, chosen: Chosen) -> tuple[FindingView, ...]:
    """The findings that were chosen, in the order of the rule set."""
    chosen.check(ruleset)
    resting = resting_on(ruleset)
    return tuple(
        _finding(ruleset, finding, resting[code])
        for code, finding in ruleset.findings.items()
        if chosen.takes(finding) and not (chosen.unused and resting[code])
    )


def finding(ruleset: RuleSet, code: str) -> FindingView:
    """One finding. Raises NotFound, naming what is near."""
    found = ruleset.findings.get(code)
    if found is None:
        raise NotFound(_no_such("finding", code, ruleset.findings, code in ruleset.constructs))
    return _finding(ruleset, found, resting_on(ruleset)[code])


def _no_such(what: str, given: str, known: Iterable[str], is_construct: bool = False) -> str:
    """That something is not there, and what may have been meant, or what there is where that is little."""
    said, choices = words.NO_SUCH[what].format(given=given[:LONGEST_GIVEN]), list(known)
    if is_construct:
        return f"{said} {words.OF_CONSTRUCT}"
    if near := near_word(given, choices):
        return f"{said} {words.DID_YOU_MEAN.format(near=near)}"
    return f"{said} {words.ONE_OF.format(known=', '.join(choices))}" if len(choices) <= FEW else said


def _finding(ruleset: RuleSet, found: Finding, resting: Iterable[Statement]) -> FindingView:
    source, construct = ruleset.sources[found.source], ruleset.constructs[found.construct]
    return FindingView(
        code=found.code,
        says=found.says,
        means=found.means,
        source=source.id,
        cite=source.cite,
        reference=reference(source),
        doi=source.doi,
        locator=found.locator,
        sites_words=", ".join(words.SITES.get(site, site) for site in found.sites) or str(words.NO_SITE),
        phase_words=words.FINDING_PHASE[found.phase],
        view=found.view,
        kind=found.kind.value,
        kind_words=words.KIND[found.kind],
        direction=found.direction.value,
        direction_words=words.DIRECTION[found.direction],
        construct=construct.code,
        construct_title=construct.title,
        domain_title=ruleset.domain_of[construct.code].title,
        cfir2009=construct.cfir2009,
        cfir2022=construct.cfir2022,
        is_hypothesis=found.kind is Kind.HYPOTHESIS,
        resting=tuple(statement_view(ruleset, statement) for statement in resting),
    )


def statement_view(ruleset: RuleSet, statement: Statement) -> StatementView:
    """Something that rests on findings, in words."""
    construct = ruleset.constructs[statement.construct].title if statement.construct else ""
    title = statement.title
    if statement.part is Part.CASE:
        title = f"{title}, {words.PHASE_WITHIN[ruleset.cases[statement.code].phase]}"
    named = words.PART[statement.part]
    return StatementView(statement.part.value, named, statement.code, title, statement.construct, construct)


def construct_method(ruleset: RuleSet, code: str, register: Register) -> ConstructMethod:
    """How one construct is asked, rated and moved. Raises NotFound, naming what is near."""
    if code not in ruleset.constructs:
        raise NotFound(_no_such("construct", code, ruleset.constructs))
    scoring = ruleset.scoring[code]
    own = {item.item for item in scoring.items}
    marked = _marked(ruleset)
    improving = {each.code for each in ruleset.recommendations if own & set(each.improves)}
    advice = (each for each in statements(ruleset) if each.part is Part.RECOMMENDATION and each.code in improving)
    return ConstructMethod(
        code=code,
        items=tuple(_item(ruleset, ruleset.instrument.items[item.item], register, marked) for item in scoring.items),
        rules=tuple(_rule(ruleset, rule, register, marked) for rule in scoring.rules),
        advice=tuple(statement_view(ruleset, statement) for statement in advice),
    )


def _marked(ruleset: RuleSet) -> Marked:
    return frozenset((statement.part, statement.code) for statement in thin(ruleset))


def item_methods(ruleset: RuleSet, items: Iterable[Item]) -> tuple[ItemMethod, ...]:
    """How items are asked and, where they are, rated."""
    register, marked = Register(ruleset), _marked(ruleset)
    return tuple(_item(ruleset, item, register, marked) for item in items)


def _item(ruleset: RuleSet, item: Item, register: Register, marked: Marked) -> ItemMethod:
    scoring = ruleset.item_scoring.get(item.code)
    worth = scoring.worth if scoring else {}
    reasons = [(each.because, each.evidence) for each in worth.values()]
    shared = next((each for each in worth.values() if reasons.count((each.because, each.evidence)) > 1), None)
    why_citations = register.cite(item.evidence)
    return ItemMethod(
        code=item.code,
        title=item.short,
        questions=tuple((words.PHASE[phase], question) for phase, question in item.ask.items()),
        why=item.why,
        why_citations=why_citations,
        section=ruleset.instrument.section_of[item.code].title,
        past=item.past,
        because=shared.because if shared else "",
        citations=register.cite(shared.evidence) if shared else (),
        levels=tuple(_level(option, worth.get(option.code), shared, register) for option in item.options),
        is_thin=(Part.ITEM, item.code) in marked,
    )


def _level(option: Option, own: Worth | None, shared: Worth | None, register: Register) -> LevelView:
    if own is None:
        return LevelView(option.code, option.text, "", "", "", ())
    said = (sign(own.rating), rating_words(own.rating))
    if shared and (own.because, own.evidence) == (shared.because, shared.evidence):
        return LevelView(option.code, option.text, *said, "", ())
    return LevelView(option.code, option.text, *said, own.because, register.cite(own.evidence))


def _rule(ruleset: RuleSet, rule: Rule, register: Register, marked: Marked) -> RuleMethod:
    taught = [code for code, rules in taught_by(ruleset).items() if rule.code in rules]
    return RuleMethod(
        code=rule.code,
        title=rule.title,
        condition=say(ruleset, rule.condition),
        effect=effect_words(rule),
        because=rule.because,
        status_words=words.STATUS_OF_RULE[rule.status],
        citations=register.cite(rule.evidence),
        is_thin=(Part.RULE, rule.code) in marked,
        pairs=tuple(taught),
    )


def taught_by(ruleset: RuleSet) -> dict[str, tuple[str, ...]]:
    """For each pair, the rules that hold in one of its cases and not in the other, or that it says something of."""
    taught = {}
    for code, pair in ruleset.pairs.items():
        first, then = (ruleset.cases[half].rules for half in (pair.first, pair.then))
        named = dict.fromkeys((*first, *then))
        switched = tuple(rule for rule in named if first.get(rule) is not then.get(rule))
        taught[code] = switched or tuple(named)
    return taught


def advice_method(ruleset: RuleSet, register: Register) -> dict[str, tuple[AdviceMethod, ...]]:
    """Every recommendation of a rule set by theme, in its order."""
    themes = dict.fromkeys(recommendation.theme for recommendation in ruleset.recommendations)
    marked = _marked(ruleset)
    shown = [_advice(ruleset, recommendation, register, marked) for recommendation in ruleset.recommendations]
    return {theme: tuple(each for each in shown if each.theme == theme) for theme in themes}


def _advice(ruleset: RuleSet, own: Recommendation, register: Register, marked: Marked) -> AdviceMethod:
    return AdviceMethod(
        code=own.code,
        title=own.title,
        theme=own.theme,
        condition=say(ruleset, own.condition),
        steps=own.steps,
        who=own.who,
        phase_words=words.WHEN_TITLE[own.phase],
        effort_words=words.EFFORT[own.effort],
        eric=own.eric,
        improves=tuple(
            words.IMPROVES.format(item=ruleset.name(item), level=ruleset.level(item, level))
            for item, level in own.improves.items()
        ),
        because=own.because,
        citations=register.cite(own.evidence),
        status_words=words.STATUS_OF_ADVICE[own.status],
        caution=own.caution,
        low_resource=own.low_resource,
        is_thin=(Part.RECOMMENDATION, own.code) in marked,
    )
