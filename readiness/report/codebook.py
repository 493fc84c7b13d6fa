"""Rule set and phase > the codebook: every question, its levels and what they are worth, what may be missing. Pure."""

from collections.abc import Iterator

from readiness.engine.answers import Missing, Phase
from readiness.engine.instrument import Item
from readiness.engine.ruleset import RuleSet
from readiness.report.spreadsheet import as_csv
from readiness.report.words import MISSING

HEAD = (
    "section", "section_title", "item", "short", "question", "asked", "construct", "construct_title", "domain",
    "place", "code", "text", "kind", "rating",
)  # fmt: skip
LEVEL, MISSING_REASON = "level", "missing"


def codebook_as_csv(ruleset: RuleSet, phase: Phase) -> str:
    """One row for each level of each item that is asked in a phase, in its wording, from least to most; then the
    reasons why an answer may be missing. `rating` is CFIR's -2..+2, empty where nothing is scored."""
    return as_csv([HEAD, *(row for item in ruleset.instrument.asked(phase) for row in _rows(ruleset, item, phase))])


def _rows(ruleset: RuleSet, item: Item, phase: Phase) -> Iterator[tuple[str, ...]]:
    section = ruleset.instrument.section_of[item.code]
    construct = ruleset.construct_of.get(item.code, "")
    asked = " ".join(role.value for role in item.asked)
    title, domain = (ruleset.name(construct), ruleset.domain_of[construct].code) if construct else ("", "")
    about = (section.code, section.title, item.code, item.short, item.ask[phase], asked, construct, title, domain)
    scoring = ruleset.item_scoring.get(item.code)
    for place, option in enumerate(item.options, 1):
        rating = f"{scoring.ratings[option.code]:g}" if scoring else ""
        yield (*about, str(place), option.code, option.text, LEVEL, rating)
    for reason, words in _missing(item):
        yield (*about, "", reason.value, words, MISSING_REASON, "")


def _missing(item: Item) -> Iterator[tuple[Missing, str]]:
    """Why an answer may be missing; *does not apply* only where it is offered, with what it means there."""
    for reason in Missing:
        if reason is not Missing.NOT_APPLICABLE:
            yield reason, str(MISSING[reason])
        elif item.not_applicable is not None:
            yield reason, item.not_applicable
