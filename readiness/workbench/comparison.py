"""Two versions of a rule set > how they differ: as text, and in what comes out of them."""

from collections.abc import Iterator
from dataclasses import dataclass

from readiness.engine.ruleset import Identity, RuleSet
from readiness.engine.versions import logic_of
from readiness.workbench.meaning import (
    ConstructChange,
    RecommendationChange,
    TooLarge,
    construct_changes,
    recommendation_changes,
)
from readiness.workbench.texts import TextChange, text_changes


@dataclass(frozen=True, slots=True)
class Setting:
    """Something beside constructs and conditions that what comes out depends on; empty where a version lacks it."""

    of: str
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """How version `then` differs from `first`. `too_large` names what could not be compared in meaning."""

    first: Identity
    then: Identity
    texts: tuple[TextChange, ...]
    constructs: tuple[ConstructChange, ...]
    recommendations: tuple[RecommendationChange, ...]
    settings: tuple[Setting, ...]
    too_large: tuple[TooLarge, ...]

    @property
    def equivalent(self) -> bool:
        """Whether it is proven that no answers come out differently: not in risk, range or band, nor in advice."""
        return not (self.constructs or self.recommendations or self.settings or self.too_large)


def compare(a: RuleSet, b: RuleSet) -> Comparison:
    """How two versions differ. Equal logic is equal in meaning; everything else is gone through state by state."""
    texts = text_changes(a, b)
    if logic_of(a) == logic_of(b):
        return Comparison(a.identity, b.identity, texts, (), (), (), ())
    found = (*construct_changes(a, b), *recommendation_changes(a, b))
    return Comparison(
        a.identity,
        b.identity,
        texts,
        tuple(each for each in found if isinstance(each, ConstructChange)),
        tuple(each for each in found if isinstance(each, RecommendationChange)),
        settings_changed(a, b),
        tuple(each for each in found if isinstance(each, TooLarge)),
    )


def settings_changed(a: RuleSet, b: RuleSet) -> tuple[Setting, ...]:
    """What domains, priorities and levers are computed with, and what only one of the versions has."""
    before, after = (dict(_settings(ruleset)) for ruleset in (a, b))
    shared = {each.code for each in a.recommendations} & {each.code for each in b.recommendations}
    orders = [", ".join(each.code for each in version.recommendations if each.code in shared) for version in (a, b)]
    before["recommendations", "order"], after["recommendations", "order"] = orders
    return tuple(
        Setting(*key, before.get(key, ""), after.get(key, ""))
        for key in dict.fromkeys((*before, *after))
        if before.get(key, "") != after.get(key, "")
    )


def _settings(ruleset: RuleSet) -> Iterator[tuple[tuple[str, str], str]]:
    yield ("ruleset", "share that must be known"), f"{ruleset.determinable_share:g}"
    yield ("ruleset", "bound of critical barriers"), ruleset.critical_bound.value
    for band, floor in ruleset.bands.floor.items():
        yield ("ruleset", f"{band.value} from"), f"{floor:g}"
    for code, construct in ruleset.constructs.items():
        yield (code, "domain"), ruleset.domain_of[code].code
        yield (code, "weight"), f"{construct.tier.weight:g}"
        yield (code, "critical"), "yes" if construct.critical else "no"
    for each in ruleset.recommendations:
        yield (each.code, "effort"), each.effort.value
        yield (each.code, "when"), each.phase.value
        yield (each.code, "improves"), ", ".join(f"{item}: {level}" for item, level in each.improves.items())
    for code, item in ruleset.instrument.items.items():
        if item.past:
            yield (code, "past"), "yes"
