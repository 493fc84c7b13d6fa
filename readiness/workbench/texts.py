"""Two versions of a rule set > what was added, removed and changed, thing by thing, in words."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from readiness.engine.answers import Answer
from readiness.engine.localised import texts
from readiness.engine.ruleset import Recommendation, Rule, RuleSet

# A thing of a rule set is known by kind and code: ("rule", "little_told"). Its fields hold words.
Thing = tuple[str, str]
Fields = Mapping[str, str]

# The kinds in the order in which changes are told; what is of the rule set itself first, translations last.
KINDS = (
    "ruleset", "domain", "construct", "tier", "section", "page", "item", "rule", "recommendation", "source", "finding",
    "view", "case", "pair", "locale",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Detail:
    """One field of a thing in both versions, empty where it has none."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class TextChange:
    """A thing that was added (nothing before), removed (nothing after) or changed, with every field that differs."""

    kind: str
    code: str
    how: str
    details: tuple[Detail, ...]


ADDED, REMOVED, CHANGED = "added", "removed", "changed"


def text_changes(a: RuleSet, b: RuleSet) -> tuple[TextChange, ...]:
    """Every difference between two versions that somebody could read, by kind and in reading order."""
    before, after = contents(a), contents(b)
    found = [
        change
        for thing in dict.fromkeys((*before, *after))
        if (change := _change(thing, before.get(thing), after.get(thing)))
    ]
    return tuple(sorted(found, key=lambda change: KINDS.index(change.kind)))


def _change(thing: Thing, before: Fields | None, after: Fields | None) -> TextChange | None:
    mine, others = before or {}, after or {}
    details = tuple(
        Detail(field, mine.get(field, ""), others.get(field, ""))
        for field in dict.fromkeys((*mine, *others))
        if mine.get(field, "") != others.get(field, "")
    )
    how = ADDED if before is None else REMOVED if after is None else CHANGED
    return TextChange(*thing, how, details) if details else None


def contents(ruleset: RuleSet) -> Mapping[Thing, Fields]:
    """Everything a rule set holds, in words: what people read, and what is computed with."""
    found: dict[Thing, dict[str, str]] = {}
    for path, text in texts(ruleset).items():
        kind, code, *rest = path.split("/")
        thing, field = ((kind, ""), [code, *rest]) if kind in ("ruleset", "view") else ((kind, code), rest)
        found.setdefault(thing, {})[" ".join(field)] = text
    for thing, facts in _facts(ruleset):
        found.setdefault(thing, {}).update({field: text for field, text in facts.items() if text})
    return found


def _facts(ruleset: RuleSet) -> Iterator[tuple[Thing, Fields]]:
    """What is not wording, and so in no list of texts."""
    yield ("ruleset", ""), _settings(ruleset)
    yield from _framework(ruleset)
    yield from _instrument(ruleset)
    for rule in ruleset.rules.values():
        yield ("rule", rule.code), _rule(ruleset, rule)
    for each in ruleset.recommendations:
        yield ("recommendation", each.code), _recommendation(ruleset, each)
    yield from _evidence(ruleset)
    yield from _cases(ruleset)
    for language, locale in ruleset.locales.items():
        yield ("locale", language), {**locale.texts, "drafted by a machine": "yes" if locale.draft else ""}


def _settings(ruleset: RuleSet) -> Fields:
    floors = {f"{band.value} from": f"{floor:g}" for band, floor in ruleset.bands.floor.items()}
    leeway = ruleset.leeway
    return {
        "id": ruleset.identity.id,
        "version": ruleset.identity.version,
        "status": "draft" if ruleset.identity.draft else "published",
        "authors": _list(ruleset.authors),
        "licence": ruleset.licence,
        "language": ruleset.language,
        "minimum group": str(ruleset.minimum_group),
        "share that must be known": f"{ruleset.determinable_share:g}",
        "bound of critical barriers": ruleset.critical_bound.value,
        **floors,
        "leeway": f"limits {leeway.limits:g}, ratings {leeway.ratings:g} {leeway.because}".strip(),
        **{f"changes of {version}": changes for version, changes in ruleset.changelog.items()},
        "order of recommendations": _list(each.code for each in ruleset.recommendations),
    }


def _framework(ruleset: RuleSet) -> Iterator[tuple[Thing, Fields]]:
    for code, construct in ruleset.constructs.items():
        tier = construct.tier
        yield (
            ("construct", code),
            {
                "domain": ruleset.domain_of[code].code,
                "CFIR 2009": construct.cfir2009,
                "CFIR 2022": construct.cfir2022,
                "tier": tier.code,
                "critical": "yes" if construct.critical else "",
                **_declared(ruleset, code),
            },
        )
        bounds = " to ".join(f"{bound:g}" for bound in tier.bounds or ())
        yield ("tier", tier.code), {"weight": f"{tier.weight:g}", "weights that would do": bounds}
    for domain in ruleset.domains:
        yield ("domain", domain.code), {"CFIR 2022": domain.cfir2022}


def _declared(ruleset: RuleSet, code: str) -> Fields:
    """What the scoring of a construct declares to the proof."""
    scoring = ruleset.scoring[code]
    return {
        **{f"waiver {item}": because for item, because in scoring.waivers.items()},
        **{f"out of reach {band.value}": because for band, because in scoring.out_of_reach.items()},
    }


def _instrument(ruleset: RuleSet) -> Iterator[tuple[Thing, Fields]]:
    for section in ruleset.instrument.sections:
        scored = "" if section.scored else "no"
        subjects = {
            f"subject {number} rests on": _list((*subject.asked, *subject.evidence))
            for number, subject in enumerate(section.subjects, 1)
        }
        yield ("section", section.code), {"minutes": str(section.minutes), "scored": scored, **subjects}
        for page in section.pages:
            yield ("page", page.code), {"section": section.code, "items": _list(item.code for item in page.items)}
    for code, item in ruleset.instrument.items.items():
        scoring = ruleset.item_scoring.get(code)
        worth = scoring.worth if scoring else {}
        yield (
            ("item", code),
            {
                "asked": _list(role.value for role in item.asked),
                "evidence": _list(item.evidence),
                "order of options": _list(item.order),
                "past": "yes" if item.past else "",
                "construct": ruleset.construct_of.get(code, ""),
                **{f"worth of {level}": f"{each.rating:+g}" for level, each in worth.items()},
                **{f"evidence of {level}": _list(each.evidence) for level, each in worth.items()},
                "peaked": scoring.peaked if scoring else "",
                **{f"alike {_list(each.levels)}": each.because for each in (scoring.alike if scoring else ())},
            },
        )


def _rule(ruleset: RuleSet, rule: Rule) -> Fields:
    return {
        "construct": rule.construct,
        "condition": ruleset.say(rule.condition),
        "shift": f"{rule.shift:+g}" if rule.at_least is None else "",
        "at least": rule.at_least.value if rule.at_least else "",
        "status": rule.status.value,
        "evidence": _list(rule.evidence),
    }


def _recommendation(ruleset: RuleSet, each: Recommendation) -> Fields:
    return {
        "condition": ruleset.say(each.condition),
        "improves": _list(f"{item}: {level}" for item, level in each.improves.items()),
        "effort": each.effort.value,
        "when": each.phase.value,
        "ERIC strategies": _list(each.eric),
        "never with": _list(each.never_with),
        "status": each.status.value,
        "evidence": _list(each.evidence),
    }


def _evidence(ruleset: RuleSet) -> Iterator[tuple[Thing, Fields]]:
    for code, source in ruleset.sources.items():
        yield (
            ("source", code),
            {
                "cite": source.cite,
                "authors": _list(source.authors),
                "title": source.title,
                "place": f"{source.journal} {source.year} {source.volume} {source.pages}".strip(),
                "doi": source.doi,
                "licence": source.licence,
            },
        )
    for code, finding in ruleset.findings.items():
        yield (
            ("finding", code),
            {
                "source": finding.source,
                "locator": finding.locator,
                "sites": _list(finding.sites),
                "phase": finding.phase,
                "kind": finding.kind.value,
                "construct": finding.construct,
                "direction": finding.direction.value,
            },
        )


def _cases(ruleset: RuleSet) -> Iterator[tuple[Thing, Fields]]:
    for code, case in ruleset.cases.items():
        yield (
            ("case", code),
            {
                "phase": case.phase.value,
                "otherwise": str(case.otherwise),
                "invented": "yes" if case.invented else "",
                **{f"answer {item}": str(each.answer) for item, each in case.answers.items()},
                **{f"evidence {item}": _list(each.evidence) for item, each in case.answers.items()},
                **{f"gap {item}": str(steps) for item, steps in case.gaps.items()},
                "expects": "; ".join(ruleset.say(each) for each in case.expect),
                "compares": "; ".join(f"{each.subject} {each.relation.value} {each.than}" for each in case.compare),
                "rules": _list(f"{rule} {outcome.value}" for rule, outcome in case.rules.items()),
                "recommends": _list(case.recommends),
                "leaves out": _list(case.leaves_out),
            },
        )
    for code, pair in ruleset.pairs.items():
        yield ("pair", code), {"item": pair.item, "first": pair.first, "then": pair.then}


def _list(words: Iterable[Answer]) -> str:
    return ", ".join(str(word) for word in words)
