"""What stands on which finding, independence, coverage, and how far results depend on what we chose."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from engine_builders import after, part, ruleset, shift
from engine_builders import claim as claimed

from readiness.engine.coverage import coverage
from readiness.engine.evidence import Direction, Finding, Kind, Source
from readiness.engine.framework import Band
from readiness.engine.grounds import Part, independent, is_thin, resting_on, statements, thin
from readiness.engine.rating import rate
from readiness.engine.robustness import half_point_shifts, weights_held
from readiness.engine.ruleset import RuleSet, Worth
from readiness.report.told import weightings


def finding(code: str, source: str = "a", sites: tuple[str, ...] = (), construct: str = "contact") -> Finding:
    return Finding(
        code, source, "Theme 1", sites, "after", "staff", Kind.REPORTED, construct, Direction.BARRIER, "says", "means"
    )


def with_findings(rules: RuleSet, *found: Finding) -> RuleSet:
    sources = {each.source: Source(each.source, each.source, (), "", "", 2024, "", "", "", "", "") for each in found}
    return replace(rules, findings={each.code: each for each in found}, sources=sources)


@pytest.mark.parametrize(
    ("one", "other", "are"),
    [
        (finding("x", "a"), finding("y", "b"), True),
        (finding("x", "a", ("ULM",)), finding("y", "b", ("ULM",)), True),
        (finding("x", "a", ("ULM",)), finding("y", "a", ("BU", "DS")), True),
        (finding("x", "a", ("ULM", "BU")), finding("y", "a", ("BU", "DS")), False),
        (finding("x", "a", ("ULM",)), finding("y", "a"), False),
        (finding("x", "a"), finding("y", "a"), False),
    ],
    ids=["two papers", "one site in two papers", "two sites", "a site shared", "no site named", "no sites"],
)
def test_findings_are_independent_when_different_people_stand_behind_them(
    one: Finding, other: Finding, are: bool
) -> None:
    assert independent(one, other) is independent(other, one) is are


def test_one_finding_named_twice_is_one() -> None:
    rules = with_findings(ruleset(part("contact", ["often"])), finding("x", "a", ("ULM",)))
    assert is_thin(rules, ["x", "x"])
    assert is_thin(rules, [])


def cited(evidence: Mapping[str, tuple[str, ...]]) -> RuleSet:
    """A rule set whose one item cites by level, and whose one rule cites as `rule`."""
    rule = replace(shift("helps", 0.5, claimed("often", "full")), construct="contact", evidence=evidence["rule"])
    rules = ruleset(part("contact", ["often"], rule))
    scoring = rules.scoring["contact"]
    worth = {
        level: Worth(own.rating, own.because, evidence.get(level, ())) for level, own in scoring.items[0].worth.items()
    }
    item = replace(scoring.items[0], worth=worth)
    rules = replace(rules, scoring={"contact": replace(scoring, items=(item,))})
    return with_findings(rules, finding("x", "a"), finding("y", "b"), finding("z", "b"))


def test_every_finding_knows_what_rests_on_it() -> None:
    resting = resting_on(cited({"none": ("x",), "full": ("x", "y"), "rule": ("x",)}))
    assert {code: [(each.part, each.code) for each in found] for code, found in resting.items()} == {
        "x": [(Part.ITEM, "often"), (Part.RULE, "helps")],
        "y": [(Part.ITEM, "often")],
        "z": [],
    }


def test_what_rests_on_fewer_than_two_independent_findings_is_marked() -> None:
    rules = cited({"none": ("x",), "full": ("y",), "rule": ("y", "z")})
    assert [each.code for each in thin(rules)] == ["helps"]


def test_an_item_that_is_not_rated_is_not_marked(shipped: RuleSet) -> None:
    profile = {item.code for section in shipped.instrument.sections if not section.scored for item in section.items}
    assert not profile & {each.code for each in thin(shipped)}
    assert profile <= {each.code for each in statements(shipped)}


def test_coverage_counts_items_and_findings_and_names_what_is_not_explained() -> None:
    rules = ruleset(part("contact", ["often", "long"]), part("means", ["money"]))
    rules = with_findings(rules, finding("x", "a"), finding("y", "a"), finding("z", "b", construct="means"))
    contact, means = coverage(rules)
    assert (contact.items, contact.findings) == ({"section": 2}, {"a": 2, "b": 0})
    assert (contact.unexplained, means.unexplained) == (("b",), ("a",))
    domain = rules.domains[0]
    explained = tuple(replace(each, silent={"b": "Nobody was asked."}) for each in domain.constructs)
    contact, means = coverage(replace(rules, domains=(replace(domain, constructs=explained),)))
    assert (contact.silent, contact.unexplained) == ({"b": "Nobody was asked."}, ())
    assert means.unexplained == ("a",)


TWO = ruleset(part("bad", ["one"], weight=1, domain="all"), part("good", ["two"], weight=1, domain="all"))


def test_a_domain_is_held_by_the_share_of_weightings_that_keep_its_band() -> None:
    rated = rate(TWO, after(one="none", two="full"))  # 100 and 0, so 50 in all
    weightings = [{"bad": 1, "good": 1}, {"bad": 3, "good": 1}, {"bad": 1, "good": 3}, {"bad": 1.1, "good": 1}]
    (held,) = weights_held(TWO, rated, weightings)
    assert (held.band, held.same, held.tried) == (Band.MODERATE, 2, 4)


def test_weights_can_take_away_what_makes_a_domain_determinable() -> None:
    (held,) = weights_held(TWO, rate(TWO, after(one="none")), [{"bad": 1, "good": 1}, {"bad": 1, "good": 1.5}])
    assert (held.band, held.same) == (Band.HIGH, 1)


def test_every_given_level_is_moved_by_half_a_point_up_and_down() -> None:
    rules = ruleset(part("bad", {"one": {"none": -0.5, "some": 0, "full": 2}}))
    shifts = half_point_shifts(rules, after(one="none"))  # 62.5, just high; 75 or 50
    assert shifts.tried == 2
    assert [(flip.by, flip.band, flip.becomes) for flip in shifts.constructs] == [(0.5, Band.HIGH, Band.MODERATE)]
    assert [flip.subject for flip in shifts.domains] == ["domain"]


def test_no_level_leaves_the_scale() -> None:
    assert half_point_shifts(TWO, after(one="none", two="full")).tried == 2  # each only towards the middle


def test_drawn_weights_stay_within_their_tiers_and_come_out_the_same_again(shipped: RuleSet) -> None:
    drawn = weightings(shipped, 50, 7)
    assert drawn == weightings(shipped, 50, 7)
    assert drawn != weightings(shipped, 50, 8)
    for code, construct in shipped.constructs.items():
        bounds = construct.tier.bounds
        assert bounds
        assert all(bounds[0] <= weights[code] <= bounds[1] for weights in drawn)
        assert len({weights[code] for weights in drawn}) == 50
