"""The kinds of form: which fields each has, how its values stand in the files, and what it is called."""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial

from readiness.engine.conditions import Any as AnyOf
from readiness.engine.conditions import Condition
from readiness.engine.evidence import Direction
from readiness.engine.evidence import Kind as FindingKind
from readiness.engine.ruleset import Effort, Recommendation, Rule, RuleSet, Status, When
from readiness.language import N_, gettext
from readiness.loading.editing import Value
from readiness.loading.evidence import PHASES, SITES
from readiness.loading.revising import Kind, Values, owners
from readiness.report import words
from readiness.report.said import say
from readiness.web.workbench.drafts import OpenDraft
from readiness.web.workbench.form_fields import (
    Choice,
    Choices,
    Effect,
    Field,
    Lines,
    Paragraph,
    Rating,
    Several,
    Year,
    construct_choices,
    effect_choices,
    findings_field,
    rating_choices,
)
from readiness.web.workbench.form_rows import Improves, Rows, subject_levels, subject_titles, subjects_of

LONGEST_SUGGESTION, MOST_WORDS = 50, 6
NAMING = {Kind.FINDING: "says", Kind.SOURCE: "cite"}  # the field whose words suggest a code, where it is not the title


@dataclass(frozen=True, slots=True)
class Named:
    """What a form is about: its kind and code (empty for a new thing), and where it belongs: the item of an option,
    or for a new thing its construct, theme or source."""

    kind: Kind
    code: str = ""
    within: str = ""


def item_fields(ruleset: RuleSet, named: Named) -> tuple[Field, ...]:
    """How an item is worded, and what the worth of its levels rests on."""
    item = ruleset.instrument.items[named.code]
    construct = ruleset.construct_of.get(named.code, "")
    asked = (
        Field("short", gettext("Short title")),
        Paragraph("before", gettext("Question before the start"), optional=True),
        Paragraph("after", gettext("Question after the start"), optional=True),
        Paragraph("help", gettext("Help")),
        Paragraph("why", gettext("Why we ask")),
        Paragraph("not_applicable", gettext("When it does not apply")) if item.not_applicable is not None else None,
    )
    rated = (
        Paragraph("because", gettext("Reason for what the levels are worth")),
        findings_field(ruleset, construct, gettext("Findings behind what the levels are worth")),
    )
    return (*(field for field in asked if field), *(rated if construct else ()))


def option_fields(ruleset: RuleSet, named: Named) -> tuple[Field, ...]:
    """How a level is worded, and what it is worth."""
    text = Paragraph("text", gettext("Wording"))
    construct = ruleset.construct_of.get(named.within)
    if construct is None:
        return (text,)
    shared = gettext("Leave it empty to keep to the reason that the levels of this item share.")
    own = gettext("Choose none to keep to the findings that the levels of this item share.")
    return (
        text,
        Rating("rating", gettext("What it is worth"), choices=rating_choices()),
        Paragraph("because", gettext("Its own reason"), shared, optional=True),
        findings_field(ruleset, construct, gettext("Its own findings"), own, optional=True),
    )


def rule_fields(ruleset: RuleSet, named: Named) -> tuple[Field, ...]:
    """An interaction rule."""
    rule = ruleset.rules.get(named.code)
    condition = partial(
        Rows,
        subjects=subjects_of(ruleset, bands=False),
        titles=subject_titles(ruleset),
        levels=subject_levels(ruleset),
        say=partial(say, ruleset),
    )
    construct = rule.construct if rule else named.within
    return (
        Field("title", gettext("Title")),
        condition("when", gettext("When it applies"), kept=rule.when if rule else None),
        condition("unless", gettext("Unless"), optional=True, exceptions=True, kept=_exceptions(rule)),
        Effect("effect", gettext("What it does"), choices=effect_choices()),
        Paragraph("because", gettext("Because")),
        findings_field(ruleset, construct, gettext("Findings it stands on")),
        _status(words.STATUS_OF_RULE),
    )


def recommendation_fields(ruleset: RuleSet, named: Named) -> tuple[Field, ...]:
    """A recommendation."""
    levels = subject_levels(ruleset)
    condition = partial(
        Rows,
        subjects=subjects_of(ruleset, bands=True),
        titles=subject_titles(ruleset, bands=True),
        levels=levels,
        say=partial(say, ruleset),
    )
    own = next((each for each in ruleset.recommendations if each.code == named.code), None)
    others = tuple((each.code, each.title) for each in ruleset.recommendations if each.code != named.code)
    scored = {code: scoring.worth for code, scoring in ruleset.item_scoring.items()}
    return (
        Field("title", gettext("Title")),
        condition("when", gettext("When it appears"), kept=own.when if own else None),
        condition("unless", gettext("Unless"), optional=True, exceptions=True, kept=_exceptions(own)),
        Lines("steps", gettext("Steps"), gettext("One step on each line.")),
        Field("who", gettext("Who acts")),
        Choice("phase", gettext("When to do it"), choices=tuple((each.value, words.WHEN_TITLE[each]) for each in When)),
        Choice("effort", gettext("Effort"), choices=tuple((each.value, words.EFFORT[each]) for each in Effort)),
        Lines("eric", gettext("Strategies of ERIC"), gettext("One name on each line, or none.")),
        Improves(
            "improves",
            gettext("What it would improve"),
            subjects={code: tuple(worth) for code, worth in scored.items()},
            titles=subject_titles(ruleset, scored=True),
            levels=levels,
        ),
        Paragraph("because", gettext("Because")),
        findings_field(ruleset, "", gettext("Findings it stands on")),
        _status(words.STATUS_OF_ADVICE),
        Paragraph("caution", gettext("Take care"), optional=True),
        Paragraph("low_resource", gettext("With few means"), optional=True),
        Several("never_with", gettext("Never together with"), optional=True, choices=others, named=True),
    )


def _exceptions(thing: Rule | Recommendation | None) -> Condition | None:
    return AnyOf(thing.unless) if thing and thing.unless else None


def finding_fields(ruleset: RuleSet, named: Named) -> tuple[Field, ...]:
    """A finding."""
    sites = tuple((site, words.SITES.get(site, site)) for site in SITES)
    kinds = tuple((each.value, words.KIND[each]) for each in FindingKind)
    directions = tuple((each.value, words.DIRECTION[each]) for each in Direction)
    return (
        Paragraph("says", gettext("What it says, in our own words")),
        Paragraph("means", gettext("What it means for a service")),
        Field(
            "locator", gettext("Where in the paper"), gettext("Section and paragraph, so that a reader can check it.")
        ),
        Several("sites", gettext("Sites"), gettext("Choose none where it names no single site."), choices=sites),
        Choice("phase", gettext("When"), choices=tuple((each, words.FINDING_PHASE[each]) for each in PHASES)),
        Field("view", gettext("Whose view"), gettext("For example: mixed, authors, peer support workers.")),
        Choice("kind", gettext("Kind of statement"), choices=kinds),
        Choice("construct", gettext("Construct"), choices=construct_choices(ruleset), named=True),
        Choice("direction", gettext("Which way it points"), choices=directions),
    )


def source_fields(ruleset: RuleSet, named: Named) -> tuple[Field, ...]:
    """A paper, or whatever else findings are drawn from."""
    return (
        Field("cite", gettext("How it is cited"), gettext("Names and year, such as Smith 2026.")),
        Field("type", gettext("Kind of publication"), gettext("A word of CSL, such as article-journal or report.")),
        Lines("authors", gettext("Authors"), gettext("One name on each line, such as Smith J.")),
        Field("title", gettext("Title")),
        Field("journal", gettext("Journal, or whoever published it")),
        Year("year", gettext("Year")),
        Field("volume", gettext("Volume"), gettext("Of what has none, write “online”.")),
        Field("pages", gettext("Pages, or number of the article")),
        Field("doi", gettext("DOI"), gettext("Without the address before it, such as 10.1007/s00127-019-01739-1.")),
        Field("licence", gettext("Licence"), gettext("Such as CC BY 4.0; what is not known is said so.")),
        Paragraph("about", gettext("What it is"), gettext("Which study, where and with whom, in a sentence or two.")),
    )


def _status(table: Mapping[Status, str]) -> Choice:
    return Choice("status", gettext("Who says so"), choices=tuple((each.value, table[each]) for each in Status))


FIELDS: Mapping[Kind, Callable[[RuleSet, Named], tuple[Field, ...]]] = {
    Kind.ITEM: item_fields,
    Kind.OPTION: option_fields,
    Kind.RULE: rule_fields,
    Kind.RECOMMENDATION: recommendation_fields,
    Kind.FINDING: finding_fields,
    Kind.SOURCE: source_fields,
}


def spread(named: Named, stored: Values) -> Values:
    """Values as the files hold them > as the fields hold them: what an option is worth is a number, or a mapping."""
    worth = stored.get("worth")
    if named.kind is not Kind.OPTION or worth is None:
        return stored
    own: Mapping[str, Value] = worth if isinstance(worth, Mapping) else {"worth": worth}
    return {
        "text": stored["text"],
        "rating": own.get("worth"),
        "because": own.get("because"),
        "evidence": own.get("evidence"),
    }


def gathered(named: Named, values: Values, stored: Values) -> Values:
    """The other way; `stored` are the values as the fields hold them, for those that did not change."""
    if named.kind is not Kind.OPTION or "rating" not in {**stored, **values}:
        return values
    whole = {**stored, **values}
    text = {"text": whole["text"]} if "text" in values else {}
    if not set(values) - {"text"}:
        return text
    own = {key: value for key in ("because", "evidence") if (value := whole[key]) is not None}
    worth = whole["rating"] or 0.0
    return {**text, "worth": {"worth": worth, **own} if own else worth}


PURPOSES = {
    Kind.ITEM: N_("Edit a question"),
    Kind.OPTION: N_("Edit a level"),
    Kind.RULE: N_("Edit a rule"),
    Kind.RECOMMENDATION: N_("Edit a recommendation"),
    Kind.FINDING: N_("Edit a finding"),
    Kind.SOURCE: N_("Edit a paper"),
}


def purpose_of(named: Named) -> str:
    """What a page with a form is for, without the name of the thing, which is in the language of the rule set."""
    return gettext(PURPOSES[named.kind]) if named.code else new_title(named.kind)


def new_title(kind: Kind) -> str:
    """What the form of a new thing is called."""
    return {
        Kind.RULE: gettext("A new rule"),
        Kind.RECOMMENDATION: gettext("A new recommendation"),
        Kind.FINDING: gettext("A new finding"),
        Kind.SOURCE: gettext("A new paper"),
    }[kind]


def title_of(ruleset: RuleSet, named: Named) -> str:
    """What a form is called."""
    if not named.code:
        return new_title(named.kind)
    titles: Mapping[Kind, Callable[[], str]] = {
        Kind.ITEM: lambda: ruleset.instrument.items[named.code].short,
        Kind.OPTION: lambda: ruleset.instrument.items[named.within].short,
        Kind.RULE: lambda: ruleset.rules[named.code].title,
        Kind.RECOMMENDATION: lambda: next(each.title for each in ruleset.recommendations if each.code == named.code),
        Kind.FINDING: lambda: named.code,
        Kind.SOURCE: lambda: ruleset.sources[named.code].cite,
    }
    return titles[named.kind]()


def codes_of(ruleset: RuleSet, kind: Kind, item: str = "") -> Collection[str]:
    """The codes of a kind that are there; `item` is that of the options."""
    items = ruleset.instrument.items
    codes: Mapping[Kind, Callable[[], Collection[str]]] = {
        Kind.ITEM: lambda: items,
        Kind.OPTION: lambda: items[item].order if item in items else (),
        Kind.RULE: lambda: ruleset.rules,
        Kind.RECOMMENDATION: lambda: [each.code for each in ruleset.recommendations],
        Kind.FINDING: lambda: ruleset.findings,
        Kind.SOURCE: lambda: ruleset.sources,
    }
    return codes[kind]()


def is_there(ruleset: RuleSet, named: Named) -> bool:
    """Whether a rule set has what a form is about."""
    return named.code in codes_of(ruleset, named.kind, named.within)


def themes_of(opened: OpenDraft) -> dict[str, str]:
    """The titles of themes by code."""
    return owners(opened.files, "advice", "theme")


def owner_field(ruleset: RuleSet, kind: Kind, themes: Mapping[str, str]) -> Choice | None:
    """The field that says where a new thing belongs; a source belongs nowhere."""
    if kind is Kind.SOURCE:
        return None
    if kind is Kind.RULE:
        return Choice("owner", gettext("Construct"), choices=construct_choices(ruleset), named=True)
    if kind is Kind.RECOMMENDATION:
        return Choice("owner", gettext("Theme"), choices=tuple(themes.items()), named=True)
    sources: Choices = tuple((code, source.cite) for code, source in ruleset.sources.items())
    return Choice("owner", gettext("Paper"), choices=sources, named=True)


def suggested_code(kind: Kind, owner: str, values: Values, taken: Collection[str]) -> str:
    """A code from the title (of a finding from what it says, of a source from how it is cited); empty when that holds
    no letter to make one of."""
    title = str(values.get(NAMING.get(kind, "title")) or "")
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    joiner = "" if kind is Kind.SOURCE else "_"  # smith2026, as the sources that are there
    wanted = joiner.join(re.findall(r"[a-z0-9]+", plain)[:MOST_WORDS])[:LONGEST_SUGGESTION].strip("_")
    if not wanted:
        return ""
    prefix = f"{owner}_" if kind is Kind.FINDING else "" if wanted[0].isalpha() else "the_"
    numbered = (f"{prefix}{wanted}_{number}" for number in range(2, len(taken) + 3))
    return next(code for code in (f"{prefix}{wanted}", *numbered) if code not in taken)
