"""A thing of a draft as respondents and readers of a result would see it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import g

from readiness.engine.localised import localised
from readiness.engine.ruleset import RuleSet
from readiness.language import language
from readiness.loading.revising import Kind
from readiness.report import words
from readiness.report.citing import Register, reference
from readiness.report.evidence import ItemMethod, advice_method, construct_method, finding, item_methods
from readiness.web.forms import choices
from readiness.web.reading import Reading
from readiness.web.workbench.drafts import OpenDraft
from readiness.web.workbench.form_kinds import Named


@dataclass(frozen=True, slots=True)
class Preview:
    """What to draw: `part` is the word for it, `content` what the template of that part takes."""

    part: str
    content: object
    ruleset: RuleSet


def preview(opened: OpenDraft, ruleset: RuleSet, named: Named) -> Preview:
    """A thing of a rule set in the language being spoken, ready to be drawn."""
    return original(opened, localised(ruleset, language().code), named)


def original(opened: OpenDraft, ruleset: RuleSet, named: Named) -> Preview:
    """A thing of a rule set as it is written, ready to be drawn; citations on this page then lead to the draft."""
    cite_in(opened, ruleset)
    part = "item" if named.kind is Kind.OPTION else named.kind.value
    return Preview(part, CONTENT[named.kind](ruleset, named), ruleset)


def cite_in(opened: OpenDraft, ruleset: RuleSet) -> None:
    """Let citations on this page lead to the draft."""
    g.reading = Reading(ruleset, "workbench_reading", {"draft_id": opened.draft.id}, {})


def levels_around(opened: OpenDraft, named: Named) -> ItemMethod | None:
    """What the levels of an item are worth and why, beside the form of the item or of one of them; None elsewhere, and
    for an item that is not rated."""
    code = named.within if named.kind is Kind.OPTION else named.code
    ruleset = opened.ruleset
    if ruleset is None or named.kind not in (Kind.ITEM, Kind.OPTION) or code not in ruleset.construct_of:
        return None
    cite_in(opened, ruleset)
    return item_methods(ruleset, [ruleset.instrument.items[code]])[0]


def _item(ruleset: RuleSet, code: str) -> object:
    item = ruleset.instrument.items[code]
    asked = tuple((words.PHASE[phase], question) for phase, question in item.ask.items())
    return {"item": item, "asked": asked, "choices": choices(item)}


def _rule(ruleset: RuleSet, named: Named) -> object:
    shown = construct_method(ruleset, ruleset.rules[named.code].construct, Register(ruleset))
    return next(rule for rule in shown.rules if rule.code == named.code)


def _recommendation(ruleset: RuleSet, named: Named) -> object:
    themes = advice_method(ruleset, Register(ruleset)).values()
    return next(each for theme in themes for each in theme if each.code == named.code)


def _source(ruleset: RuleSet, code: str) -> object:
    source = ruleset.sources[code]
    return {"cite": source.cite, "reference": reference(source), "about": source.about, "licence": source.licence}


CONTENT: Mapping[Kind, Callable[[RuleSet, Named], object]] = {
    Kind.ITEM: lambda ruleset, named: _item(ruleset, named.code),
    Kind.OPTION: lambda ruleset, named: _item(ruleset, named.within),
    Kind.RULE: _rule,
    Kind.RECOMMENDATION: _recommendation,
    Kind.FINDING: lambda ruleset, named: finding(ruleset, named.code),
    Kind.SOURCE: lambda ruleset, named: _source(ruleset, named.code),
}
