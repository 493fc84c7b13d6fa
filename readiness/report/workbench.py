"""A rule set as researchers read it: its questions by section, and what uses each of them.

Pure: a rule set in, frozen values with ready text out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from readiness.engine.conditions import Condition, claims
from readiness.engine.gaps import item_of
from readiness.engine.grounds import Part, Statement
from readiness.engine.ruleset import RuleSet
from readiness.errors import NotFound
from readiness.language import N_, gettext
from readiness.report.evidence import ItemMethod, StatementView, item_methods, statement_view

# How something uses an item.
RULES_ASK = N_("Rules that ask about it")
ADVICE_ASKS = N_("Recommendations that it calls for or rules out")
ADVICE_MOVES = N_("Recommendations that would improve it")
CASES_ANSWER = N_("Examples that answer it")


@dataclass(frozen=True, slots=True)
class QuestionSection:
    """One section of the questionnaire with everything on its items."""

    code: str
    title: str
    about: str
    scored: bool
    items: tuple[ItemMethod, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """One way in which an item is used, and by what."""

    words: str
    by: tuple[StatementView, ...]


@dataclass(frozen=True, slots=True)
class ItemUses:
    """One item with the construct it is rated for (both empty where it is not rated) and all its uses."""

    item: ItemMethod
    construct: str
    construct_title: str
    uses: tuple[Use, ...]


def question_section(ruleset: RuleSet, code: str) -> QuestionSection:
    """One section of the questionnaire; the first where no code is given. Raises NotFound."""
    sections = {section.code: section for section in ruleset.instrument.sections}
    section = sections.get(code or next(iter(sections)))
    if section is None:
        raise NotFound(gettext("There is no section “%(code)s”.", code=code[:80]))
    items = item_methods(ruleset, section.items)
    return QuestionSection(section.code, section.title, section.about, section.scored, items)


def item_uses(ruleset: RuleSet, code: str) -> ItemUses:
    """One item and what uses it. Raises NotFound, naming what is near."""
    item = ruleset.instrument.items.get(code)
    if item is None:
        raise NotFound(gettext("There is no question “%(code)s”.", code=code[:80]))
    construct = _construct_of(ruleset, code)
    found = (
        Use(gettext(words), tuple(statement_view(ruleset, each) for each in by)) for words, by in _uses(ruleset, code)
    )
    return ItemUses(
        item=item_methods(ruleset, [item])[0],
        construct=construct,
        construct_title=ruleset.constructs[construct].title if construct else "",
        uses=tuple(use for use in found if use.by),
    )


def _construct_of(ruleset: RuleSet, code: str) -> str:
    owners = (own.construct.code for own in ruleset.scoring.values() if code in {each.item for each in own.items})
    return next(owners, "")


def _uses(ruleset: RuleSet, code: str) -> Iterator[tuple[str, Iterable[Statement]]]:
    advice = ruleset.recommendations
    rules = [rule for rule in ruleset.rules.values() if _asks(rule.condition, code)]
    yield RULES_ASK, [Statement(Part.RULE, rule.code, rule.title, rule.construct, ()) for rule in rules]
    asking = [each for each in advice if _asks(each.condition, code)]
    moving = [each for each in advice if code in each.improves]
    for words, group in ((ADVICE_ASKS, asking), (ADVICE_MOVES, moving)):
        yield words, [Statement(Part.RECOMMENDATION, each.code, each.title, "", ()) for each in group]
    answering = [case for case in ruleset.cases.values() if code in case.answers]
    yield CASES_ANSWER, [Statement(Part.CASE, case.code, case.service, "", ()) for case in answering]


def _asks(condition: Condition, code: str) -> bool:
    return any(item_of(claim.subject) == code for claim in claims(condition))
