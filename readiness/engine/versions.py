"""Versions of a rule set: what of one can change a result, and what one may follow another with.

A *published* version is frozen: its number belongs to its content, and the codes in MEANINGS keep theirs for good.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, pairwise

from readiness.engine.conditions import All, Claim, Condition, Not
from readiness.engine.instrument import Item
from readiness.engine.ruleset import Identity, Recommendation, Rule, RuleSet

Plain = dict[str, object]
Number = tuple[int, int, int]
LONGEST_ID = 80
LONGEST_NUMBER = 6
# A first version may begin anywhere up to here, so that enough numbers are left to follow it.
HIGHEST_FIRST = 9_999

# What a publication must pass beside the succession: each gate gives sentences, none when it is passed.
Gate = Callable[[RuleSet], tuple[str, ...]]


def logic_of(ruleset: RuleSet) -> Plain:
    """Everything that can change a result, as plain data, and nothing else: no wording, evidence, case or version, and
    no `never_with`, which only the proof reads.

    Two conditions that accept the same levels are the same, however they are written.
    """
    return {
        "items": [_item_logic(ruleset, item) for item in ruleset.instrument.items.values()],
        "domains": [
            [domain.code, [[each.code, each.tier.weight, each.critical] for each in domain.constructs]]
            for domain in ruleset.domains
        ],
        "rules": [_rule_logic(code, rule) for code, part in ruleset.scoring.items() for rule in part.rules],
        "recommendations": [_recommendation_logic(each) for each in ruleset.recommendations],
        "bands": {band.value: _number(floor) for band, floor in ruleset.bands.floor.items()},
        "determinable_share": _number(ruleset.determinable_share),
        "critical_bound": ruleset.critical_bound.value,
        "scored": [[code, [each.item for each in part.items]] for code, part in ruleset.scoring.items()],
    }


def _item_logic(ruleset: RuleSet, item: Item) -> Plain:
    return {
        "code": item.code,
        "options": list(item.order),
        "phases": sorted(phase.value for phase in item.ask),
        "not_applicable": item.not_applicable is not None,
        "past": item.past,
        "scored": ruleset.instrument.section_of[item.code].scored,
        "worth": _worth(ruleset, item),
    }


def _worth(ruleset: RuleSet, item: Item) -> list[float] | None:
    """What the options of an item are worth, in their order; None for an item that is not scored."""
    scoring = ruleset.item_scoring.get(item.code)
    return [_number(scoring.ratings[option]) for option in item.order] if scoring else None


def _rule_logic(construct: str, rule: Rule) -> Plain:
    return {
        "code": rule.code,
        "construct": construct,
        "condition": _condition_logic(rule.condition),
        "shift": _number(rule.shift),
        "at_least": rule.at_least.value if rule.at_least else None,
    }


def _recommendation_logic(recommendation: Recommendation) -> Plain:
    return {
        "code": recommendation.code,
        "condition": _condition_logic(recommendation.condition),
        "improves": [[item, level] for item, level in recommendation.improves.items()],
        "effort": recommendation.effort.value,
        "phase": recommendation.phase.value,
    }


def _condition_logic(condition: Condition) -> list[object]:
    if isinstance(condition, Claim):
        return ["claim", condition.subject, sorted(condition.accepted)]
    if isinstance(condition, Not):
        return ["not", _condition_logic(condition.part)]
    parts = sorted((_condition_logic(part) for part in condition.parts), key=repr)
    return ["all" if isinstance(condition, All) else "any", *parts]


def _number(value: float) -> float:
    return float(value) + 0.0  # 1 and 1.0 are one number, and so are 0.0 and -0.0


def number_of(version: str) -> Number | None:
    """The three numbers of a version such as 1.10.0; None when it is no such thing."""
    parts = version.split(".")
    plain = (part.isascii() and part.isdigit() and (part == "0" or part[0] != "0") for part in parts)
    if len(parts) != 3 or not all(plain) or max(map(len, parts)) > LONGEST_NUMBER:
        return None
    major, minor, patch = map(int, parts)
    return major, minor, patch


def successors(version: str) -> tuple[str, ...]:
    """The numbers that may follow a version: the last part raised, the middle one, the first; none of no number."""
    number = number_of(version)
    if number is None:
        return ()
    major, minor, patch = number
    raised = (f"{major}.{minor}.{patch + 1}", f"{major}.{minor + 1}.0", f"{major + 1}.0.0")
    return tuple(each for each in raised if number_of(each) is not None)


def is_newer(identity: Identity, than: Identity) -> bool:
    """Whether a version follows another one of the same rule set."""
    mine, other = number_of(identity.version), number_of(than.version)
    return identity.id == than.id and mine is not None and other is not None and mine > other


def changed_content(published: Iterable[Identity], new: Identity) -> str:
    """The sentence for content that was changed under a published number; empty when it was not.

    A number that was published twice, in two places, stands for either content.
    """
    digests = [each.digest for each in published if (each.id, each.version) == (new.id, new.version)]
    if not digests or new.digest in digests:
        return ""
    return (
        f"ruleset.yaml: {new.id} {new.version} is published with other content "
        f"({digests[0][:12]}, not {new.digest[:12]}); raise the version"
    )


def publishing_problems(published: Sequence[RuleSet], new: RuleSet, gates: Iterable[Gate]) -> tuple[str, ...]:
    """Everything that stands against publishing a version, as sentences with place, fact and remedy."""
    draft = ["ruleset.yaml: the status is draft; set it to published"] if new.identity.draft else []
    return (*draft, *succession_problems(published, new), *chain.from_iterable(gate(new) for gate in gates))


def succession_problems(published: Sequence[RuleSet], new: RuleSet) -> tuple[str, ...]:
    """What a version may not do after the published ones of the same id; empty for a published one, unchanged."""
    earlier = sorted(
        (each for each in published if each.identity.id == new.identity.id),
        key=lambda each: number_of(each.identity.version) or (0, 0, 0),
    )
    changed = changed_content((each.identity for each in earlier), new.identity)
    if changed:
        return (changed,)
    if any(each.identity.version == new.identity.version for each in earlier):
        return ()
    return (
        *_identity_problems(new),
        *_number_problems(earlier, new),
        *(sentence for kind in MEANINGS for sentence in _reused(kind, earlier, new)),
        *_reordered(earlier, new),
        *_exchanged(earlier, new),
    )


def _identity_problems(new: RuleSet) -> Iterator[str]:
    code, version = new.identity.id, new.identity.version
    if not code.replace("-", "a").isalnum() or not code.isascii() or code != code.lower() or len(code) > LONGEST_ID:
        yield f"ruleset.yaml: the id {code[:LONGEST_ID]!r} should be of small letters, digits and hyphens; rename it"
    if version not in new.changelog:
        yield f"ruleset.yaml: the changelog has no entry for {version!r}; add one that says what changed"


def _number_problems(earlier: Sequence[RuleSet], new: RuleSet) -> Iterator[str]:
    version, number = new.identity.version, number_of(new.identity.version)
    if number is None:
        yield f"ruleset.yaml: the version {version!r} is not three numbers with dots between them; write one like 1.2.0"
    elif earlier:
        latest = earlier[-1].identity
        last = number_of(latest.version) or (0, 0, 0)
        if number <= last:
            yield f"ruleset.yaml: the version {version} is not above {latest.version}, which is published; raise it"
        elif number[:2] == last[:2] and new.identity.logic != latest.logic:
            minor = f"{number[0]}.{number[1] + 1}.0"
            yield (
                f"ruleset.yaml: {version} raises only the last number of {latest.version}, "
                f"but what can change a result differs; make it {minor}"
            )
        elif version not in successors(latest.version):
            first, _, last_one = ", ".join(successors(latest.version)).rpartition(", ")
            named = f"{first} or {last_one}" if first else last_one
            yield (
                f"ruleset.yaml: the version {version} does not follow {latest.version} directly, which is published; "
                f"make it {named}"
            )
    elif max(number) > HIGHEST_FIRST:
        yield (
            f"ruleset.yaml: the version {version} is too high for a first one, which has no part above "
            f"{HIGHEST_FIRST}; write one like 1.0.0"
        )


def _item_meaning(ruleset: RuleSet, item: Item) -> object:
    """What was asked and could be answered; help and reasons may be mended."""
    levels = [(option.code, option.text) for option in item.options]
    return dict(item.ask), levels, item.not_applicable, _worth(ruleset, item)


def _option_meanings(ruleset: RuleSet, item: Item) -> Iterator[tuple[str, object]]:
    """By code, what each option of an item says, between which two others, and what it is worth."""
    around, worth = ["", *item.order, ""], _worth(ruleset, item)
    for place, option in enumerate(item.options):
        neighbours = around[place], around[place + 2]
        yield f"{item.code}.{option.code}", (option.text, neighbours, worth[place] if worth else None)


# What a code stands for, by kind: what must come back unchanged when a retired code is used again.
MEANINGS: Mapping[str, Callable[[RuleSet], Mapping[str, object]]] = {
    "item": lambda ruleset: {code: _item_meaning(ruleset, item) for code, item in ruleset.instrument.items.items()},
    "construct": lambda ruleset: ruleset.constructs,
    "rule": lambda ruleset: ruleset.rules,
    "recommendation": lambda ruleset: {each.code: each for each in ruleset.recommendations},
    "finding": lambda ruleset: ruleset.findings,
    "source": lambda ruleset: {code: (each.title, each.year, each.doi) for code, each in ruleset.sources.items()},
    "option": lambda ruleset: dict(
        chain.from_iterable(_option_meanings(ruleset, item) for item in ruleset.instrument.items.values())
    ),
}


def _reused(kind: str, earlier: Sequence[RuleSet], new: RuleSet) -> Iterator[str]:
    """The codes of a kind that were retired and come back with another meaning."""
    had = [(each.identity.version, MEANINGS[kind](each)) for each in earlier]
    for code, content in MEANINGS[kind](new).items():
        having = [place for place, (_, meaning) in enumerate(had) if code in meaning]
        if having and having[-1] < len(had) - 1 and content != had[having[-1]][1][code]:
            yield (
                f"the {kind} {code!r} is retired since {had[having[-1] + 1][0]} and comes back with another meaning "
                f"than in {had[having[-1]][0]}; choose another code"
            )


def _reordered(earlier: Sequence[RuleSet], new: RuleSet) -> Iterator[str]:
    """The items whose options stand in another order than in a version that had them."""
    for code, item in new.instrument.items.items():
        for version, before in _before(earlier, code):
            places = [before.order.index(option) for option in item.order if option in before.order]
            if any(one > next_one for one, next_one in pairwise(places)):
                kept = ", ".join(option for option in before.order if option in item.order)
                yield (
                    f"the item {code!r} has its options in another order than in {version} ({kept}); "
                    "keep that order, or choose another code for the item"
                )
                break


def _exchanged(earlier: Sequence[RuleSet], new: RuleSet) -> Iterator[str]:
    """The options that say what another option of their item said: answers that were given would say it too."""
    for code, item in new.instrument.items.items():
        for option in item.options:
            for version, before in _before(earlier, code):
                others = [each.code for each in before.options if each.text == option.text]
                if option.code in before.order and others and option.code not in others:
                    yield (
                        f"the option '{code}.{option.code}' says what '{code}.{others[0]}' said in {version}; "
                        "keep what each option says, or choose another code"
                    )
                    break


def _before(earlier: Sequence[RuleSet], item: str) -> Iterator[tuple[str, Item]]:
    """An item in every version that had it, latest first."""
    for each in reversed(earlier):
        if item in each.instrument.items:
            yield each.identity.version, each.instrument.items[item]
