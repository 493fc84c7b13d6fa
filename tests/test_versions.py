"""Versions: what can change a result, what one version may follow another with, and carrying answers over."""

import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from engine_builders import after, before, item, part, recommend, ruleset, shift
from engine_builders import claim as claimed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from version_files import CONTACT, TEAM, WORDING, WORTH, Change, files_of, version_of

from readiness.config import ROOT
from readiness.engine.answers import Missing, Phase, Role
from readiness.engine.carrying import Lost, Reason, Reworded, Words, carry
from readiness.engine.cases import Case
from readiness.engine.conditions import All, Any, Condition, Not, read_claim
from readiness.engine.framework import Band, Bands
from readiness.engine.instrument import Instrument, Item
from readiness.engine.localised import reworded
from readiness.engine.ruleset import Effort, Identity, Recommendation, Rule, RuleSet, When
from readiness.engine.scoring import score
from readiness.engine.versions import (
    is_newer,
    logic_of,
    number_of,
    publishing_problems,
    succession_problems,
)
from readiness.loading.digest import canonical, digest_of, logic_digest_of
from readiness.loading.published import published_versions
from readiness.loading.ruleset import read_ruleset

SMALL = version_of("1.0.0")
Mutation = Callable[[RuleSet], RuleSet]


def with_item(old: RuleSet, code: str, change: Callable[[Item], Item]) -> RuleSet:
    """One item replaced, wherever it stands."""
    sections = tuple(
        replace(
            section,
            pages=tuple(
                replace(page, items=tuple(change(each) if each.code == code else each for each in page.items))
                for page in section.pages
            ),
        )
        for section in old.instrument.sections
    )
    return replace(old, instrument=Instrument(sections))


def with_section(old: RuleSet, code: str, /, **changes: object) -> RuleSet:
    sections = tuple(replace(each, **changes) if each.code == code else each for each in old.instrument.sections)  # type: ignore[arg-type]
    return replace(old, instrument=Instrument(sections))


def with_construct(old: RuleSet, code: str, /, **changes: object) -> RuleSet:
    domains = tuple(
        replace(
            domain,
            constructs=tuple(replace(each, **changes) if each.code == code else each for each in domain.constructs),  # type: ignore[arg-type]
        )
        for domain in old.domains
    )
    return replace(old, domains=domains)


def with_worth(old: RuleSet, construct: str, item_code: str, option: str, **changes: object) -> RuleSet:
    own = old.scoring[construct]
    items = tuple(
        replace(each, worth={**each.worth, option: replace(each.worth[option], **changes)})  # type: ignore[arg-type]
        if each.item == item_code
        else each
        for each in own.items
    )
    return replace(old, scoring={**old.scoring, construct: replace(own, items=items)})


def with_rule(old: RuleSet, change: Callable[[Rule], Rule]) -> RuleSet:
    own = old.scoring["working_together"]
    return replace(
        old, scoring={**old.scoring, "working_together": replace(own, rules=tuple(change(each) for each in own.rules))}
    )


def with_advice(old: RuleSet, change: Callable[[Recommendation], Recommendation]) -> RuleSet:
    first, *rest = old.recommendations
    return replace(old, recommendations=(change(first), *rest))


def without_rules(old: RuleSet) -> RuleSet:
    own = old.scoring["working_together"]
    return replace(old, scoring={**old.scoring, "working_together": replace(own, rules=())})


def parts_of(rule: Rule) -> tuple[Condition, ...]:
    assert isinstance(rule.when, All)
    return rule.when.parts


CONTACT_ORDER = SMALL.instrument.items["contact"].order
ALWAYS = read_claim("contact", "answered", CONTACT_ORDER)

# Every single thing that can change a result, changed.
MATTERS: dict[str, Mutation] = {
    "an item's code": lambda old: with_item(old, "setting", lambda each: replace(each, code="place")),
    "the order of options": lambda old: with_item(
        old, "contact", lambda each: replace(each, options=each.options[::-1])
    ),
    "an option that is gone": lambda old: with_item(
        old, "contact", lambda each: replace(each, options=each.options[1:])
    ),
    "an item's phases": lambda old: with_item(
        old, "contact", lambda each: replace(each, ask={Phase.AFTER: each.ask[Phase.AFTER]})
    ),
    "does not apply": lambda old: with_item(old, "travel_money", lambda each: replace(each, not_applicable=None)),
    "a fact of the past": lambda old: with_item(old, "contact", lambda each: replace(each, past=True)),
    "a section that is scored": lambda old: with_section(old, "profile", scored=True),
    "the order of sections": lambda old: replace(old, instrument=Instrument(old.instrument.sections[::-1])),
    "a worth": lambda old: with_worth(old, "working_together", "contact", "monthly", rating=0.5),
    "a tier's weight": lambda old: with_construct(
        old, "resources", tier=replace(old.constructs["resources"].tier, weight=2)
    ),
    "a critical flag": lambda old: with_construct(old, "resources", critical=False),
    "a domain's code": lambda old: replace(old, domains=(replace(old.domains[0], code="other"),)),
    "the order of constructs": lambda old: replace(
        old, domains=(replace(old.domains[0], constructs=old.domains[0].constructs[::-1]),)
    ),
    "a rule's code": lambda old: with_rule(old, lambda rule: replace(rule, code="other")),
    "a rule's condition": lambda old: with_rule(old, lambda rule: replace(rule, when=ALWAYS)),
    "any instead of all": lambda old: with_rule(old, lambda rule: replace(rule, when=Any(parts_of(rule)))),
    "none instead of all": lambda old: with_rule(old, lambda rule: replace(rule, when=Not(All(parts_of(rule))))),
    "what a rule waits for": lambda old: with_rule(old, lambda rule: replace(rule, unless=(ALWAYS,))),
    "a rule's shift": lambda old: with_rule(old, lambda rule: replace(rule, shift=-0.5)),
    "a rule's bound": lambda old: with_rule(old, lambda rule: replace(rule, at_least=Band.HIGH)),
    "a rule that is gone": without_rules,
    "a band's floor": lambda old: replace(old, bands=replace(old.bands, floor={**old.bands.floor, Band.HIGH: 65.0})),
    "the share": lambda old: replace(old, determinable_share=0.6),
    "the critical bound": lambda old: replace(old, critical_bound=Band.HIGH),
    "a recommendation's code": lambda old: with_advice(old, lambda each: replace(each, code="other")),
    "a recommendation's condition": lambda old: with_advice(old, lambda each: replace(each, when=ALWAYS)),
    "what keeps a recommendation back": lambda old: with_advice(old, lambda each: replace(each, unless=(ALWAYS,))),
    "what it improves": lambda old: with_advice(old, lambda each: replace(each, improves={"contact": "monthly"})),
    "its effort": lambda old: with_advice(old, lambda each: replace(each, effort=Effort.HIGH)),
    "when it belongs": lambda old: with_advice(old, lambda each: replace(each, phase=When.SUSTAINING)),
    "the order of recommendations": lambda old: replace(old, recommendations=old.recommendations[::-1]),
}

# What people read, what it rests on and who wrote it.
DOES_NOT_MATTER: dict[str, Mutation] = {
    "the version": lambda old: replace(old, identity=replace(old.identity, version="9.9.9", id="other")),
    "the authors": lambda old: replace(old, authors=("Somebody else",), licence="CC0-1.0", language="de"),
    "the smallest group": lambda old: replace(old, minimum_group=8),
    "evidence of a worth": lambda old: with_worth(
        old, "working_together", "contact", "monthly", evidence=(), because="Otherwise."
    ),
    "evidence of an item": lambda old: with_item(old, "contact", lambda each: replace(each, evidence=())),
    "who is asked": lambda old: with_item(old, "contact", lambda each: replace(each, asked=(Role.OTHER,))),
    "how light a tier could be": lambda old: with_construct(
        old, "resources", tier=replace(old.constructs["resources"].tier, bounds=(0.5, 9.0))
    ),
    "findings and cases": lambda old: replace(old, findings={}, sources={}, cases=dict[str, Case](), pairs={}),
    "steps": lambda old: with_advice(old, lambda each: replace(each, steps=("Otherwise.",), eric=("Other",))),
    "what advice contradicts": lambda old: with_advice(old, lambda each: replace(each, never_with=("keep_meeting",))),
    "a condition written otherwise": lambda old: with_rule(
        old,
        lambda rule: replace(
            rule,
            when=All(
                (
                    read_claim("travel_money", "one of [nothing]", ("nothing", "paid")),
                    read_claim("contact", "one of [weekly, monthly]", CONTACT_ORDER),
                )
            ),
        ),
    ),
}


@pytest.mark.parametrize("name", MATTERS)
def test_each_change_of_what_can_change_a_result_changes_the_logic(name: str) -> None:
    assert logic_digest_of(MATTERS[name](SMALL)) != logic_digest_of(SMALL)


@pytest.mark.parametrize("digest", [logic_digest_of, digest_of])
def test_no_two_of_these_changes_are_taken_for_one(digest: Callable[[RuleSet], str]) -> None:
    digests = {digest(change(SMALL)) for change in MATTERS.values()} - {digest(SMALL)}
    assert len(digests) == len(MATTERS), "another logic is another content"


CONDITIONS = st.recursive(
    st.sampled_from([claimed(subject, text) for subject in "ab" for text in ("full", "at least some", "answered")]),
    lambda part: st.lists(part, min_size=1, max_size=2).flatmap(
        lambda parts: st.sampled_from([All(tuple(parts)), Any(tuple(parts)), Not(parts[0])])
    ),
    max_leaves=4,
)


@settings(max_examples=400, deadline=None)
@given(one=CONDITIONS, other=CONDITIONS)
def test_two_conditions_have_one_form_only_when_they_are_the_same(one: Condition, other: Condition) -> None:
    assert (canonical(one) == canonical(other)) == (one == other)


@settings(max_examples=100, deadline=None)
@given(one=CONDITIONS, other=CONDITIONS)
def test_another_logic_is_another_content(one: Condition, other: Condition) -> None:
    first, then = (with_rule(SMALL, lambda rule, when=each: replace(rule, when=when)) for each in (one, other))  # type: ignore[misc]
    if logic_digest_of(first) != logic_digest_of(then):
        assert digest_of(first) != digest_of(then)


@pytest.mark.parametrize("name", DOES_NOT_MATTER)
def test_what_cannot_change_a_result_keeps_the_logic_and_changes_the_content(name: str) -> None:
    changed = DOES_NOT_MATTER[name](SMALL)
    assert digest_of(changed) != digest_of(SMALL)
    assert logic_digest_of(changed) == logic_digest_of(SMALL)


@pytest.mark.parametrize("changes", [{"changelog": {}}, {"identity": replace(SMALL.identity, draft=True)}])
def test_status_and_changelog_tell_of_the_content_and_are_no_part_of_it(changes: dict[str, object]) -> None:
    changed = replace(SMALL, **changes)  # type: ignore[arg-type]
    assert (digest_of(changed), logic_digest_of(changed)) == (SMALL.identity.digest, SMALL.identity.logic)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(min_size=1, max_size=12), every=st.integers(1, 7))
def test_rewording_texts_keeps_the_logic_and_the_bands_and_changes_the_content(
    shipped: RuleSet, words: str, every: int
) -> None:
    def say(path: str, text: str) -> str:
        return text + words if len(path) % every == 0 else text

    new = reworded(shipped, say)
    assert logic_digest_of(new) == shipped.identity.logic
    assert (digest_of(new) == digest_of(shipped)) == (new == shipped)
    answers = before()
    assert [each.band for each in score(new, answers).domains] == [
        each.band for each in score(shipped, answers).domains
    ]


def test_whole_numbers_and_decimals_are_one_number() -> None:
    whole = Bands({Band.LOW: 0, Band.MODERATE: 40, Band.HIGH: 60}, "because")
    decimal = Bands({Band.LOW: -0.0, Band.MODERATE: 40.0, Band.HIGH: 60.0}, "because")
    assert logic_digest_of(replace(SMALL, bands=whole)) == logic_digest_of(replace(SMALL, bands=decimal))


def test_all_and_any_of_the_same_parts_are_two_conditions() -> None:
    parts = (claimed("a", "full"), claimed("b", "full"))
    one, other = (ruleset(part("c", ["a", "b"], shift("r", 1, kind(parts)))) for kind in (All, Any))
    assert logic_of(one) != logic_of(other)


def test_a_draft_is_known_by_the_digests_that_it_will_be_published_under() -> None:
    draft = version_of("1.0.0", status="draft")
    assert draft.identity == replace(SMALL.identity, draft=True)


def test_the_digest_of_1_0_0_stays_what_the_changelog_says(published_1_0_0: RuleSet) -> None:
    digest = "753d0c7686a65a7935d66276dae99fd44ef5fd1e4bfcedca2afa1afc129221fe"
    assert published_1_0_0.identity.digest == digest
    assert digest in (ROOT / "CHANGELOG.md").read_text()


def test_the_archive_of_1_0_0_stays_as_it_was_published() -> None:
    content = (ROOT / "rules" / "published" / "peer-support-1.0.0.zip").read_bytes()
    assert hashlib.sha256(content).hexdigest() == "28442bfb7dc73515b66cc490523fbfb4b5cf06bfaa6f6db9696174a74509110a"


@pytest.mark.parametrize(
    ("version", "number"),
    [
        ("1.0.0", (1, 0, 0)),
        ("0.10.2", (0, 10, 2)),
        ("1.0", None),
        ("1.0.0.0", None),
        ("1.0.x", None),
        ("01.0.0", None),
        ("1.0.-1", None),
        ("1..0", None),
        ("1.0.0-rc1", None),
        ("1.0.²", None),
        ("1.0." + "9" * 5000, None),
        ("", None),
    ],
)
def test_a_version_is_three_plain_numbers(version: str, number: tuple[int, int, int] | None) -> None:
    assert number_of(version) == number


@pytest.mark.parametrize(
    ("one", "other", "newer"),
    [
        (("a", "1.10.0"), ("a", "1.9.0"), True),
        (("a", "1.9.0"), ("a", "1.9.0"), False),
        (("a", "1.9.0"), ("a", "1.10.0"), False),
        (("b", "2.0.0"), ("a", "1.0.0"), False),
        (("a", "new"), ("a", "1.0.0"), False),
    ],
)
def test_a_newer_version_is_one_of_the_same_rule_set(one: tuple[str, str], other: tuple[str, str], newer: bool) -> None:
    identities = [Identity(code, version, "", "") for code, version in (one, other)]
    assert is_newer(*identities) is newer


TRUST = "smith2020_contact_builds_trust"


def with_level(old: RuleSet, text: str) -> RuleSet:
    """The middle level of *contact*, saying something else."""
    return with_item(
        old,
        "contact",
        lambda each: replace(
            each, options=tuple(replace(own, text=text) if own.code == "monthly" else own for own in each.options)
        ),
    )


def without_level(old: RuleSet, level: str) -> RuleSet:
    return with_item(
        old, "contact", lambda each: replace(each, options=tuple(own for own in each.options if own.code != level))
    )


def without_item(old: RuleSet, code: str) -> RuleSet:
    return with_item(old, code, lambda each: replace(each, code="retired_place"))


def with_question(old: RuleSet) -> RuleSet:
    return with_item(old, "setting", lambda each: replace(each, ask=dict.fromkeys(each.ask, "Otherwise?")))


def with_source(old: RuleSet, **changes: object) -> RuleSet:
    return replace(old, sources={"smith2020": replace(old.sources["smith2020"], **changes)})  # type: ignore[arg-type]


BETWEEN: tuple[Change, ...] = (
    (TEAM, "monthly: About once a month.", "monthly: About once a month.\n          fortnightly: Twice."),
    (CONTACT, "monthly: 0", "monthly: 0\n      fortnightly: 1"),
)

# How a code is retired, and how its meaning is changed.
RENAMED: list[tuple[str, Mutation, Mutation]] = [
    (
        "rule 'contact_costs_travel'",
        without_rules,
        lambda old: with_rule(old, lambda rule: replace(rule, title="Other")),
    ),
    (
        "recommendation 'keep_meeting'",
        lambda old: replace(
            old, recommendations=tuple(each for each in old.recommendations if each.code != "keep_meeting")
        ),
        lambda old: replace(
            old,
            recommendations=tuple(
                replace(each, who="Other") if each.code == "keep_meeting" else each for each in old.recommendations
            ),
        ),
    ),
    (
        f"finding {TRUST!r}",
        lambda old: replace(old, findings={}),
        lambda old: replace(old, findings={**old.findings, TRUST: replace(old.findings[TRUST], says="Other")}),
    ),
    (
        "source 'smith2020'",
        lambda old: replace(old, sources={}, findings={}),
        lambda old: with_source(old, title="Another paper"),
    ),
    (
        "construct 'resources'",
        lambda old: with_construct(old, "resources", code="means"),
        lambda old: with_construct(old, "resources", why="Other"),
    ),
    ("item 'setting'", lambda old: without_item(old, "setting"), with_question),
    ("option 'contact.monthly'", lambda old: without_level(old, "monthly"), lambda old: with_level(old, "Other")),
    (
        "option 'contact.monthly'",
        lambda old: without_level(old, "monthly"),
        lambda old: with_worth(old, "working_together", "contact", "monthly", rating=-2.0),
    ),
    (
        "option 'contact.monthly'",
        lambda old: without_level(old, "monthly"),
        lambda old: version_of(old.identity.version, *BETWEEN),
    ),
]


class TestSuccession:
    """What a version may not do after the published ones."""

    @pytest.mark.parametrize(
        ("version", "change"),
        [("1.0.0", None), ("1.0.1", WORDING), ("1.1.0", WORTH), ("2.0.0", WORTH), ("1.0.1", None)],
    )
    def test_a_version_that_follows_has_no_problem(self, version: str, change: Change | None) -> None:
        assert succession_problems([SMALL], version_of(version, *([change] if change else []))) == ()

    def test_content_changed_under_a_published_number_is_refused(self) -> None:
        new = version_of("1.0.0", WORDING)
        assert succession_problems([SMALL], new) == (
            f"ruleset.yaml: small 1.0.0 is published with other content ({SMALL.identity.digest[:12]}, "
            f"not {new.identity.digest[:12]}); raise the version",
        )

    def test_the_number_of_another_rule_set_is_free(self) -> None:
        other = replace(SMALL, identity=replace(SMALL.identity, id="other"))
        assert succession_problems([other], version_of("1.0.0", WORDING)) == ()

    def test_a_version_has_to_be_above_all_published_ones(self) -> None:
        problems = succession_problems([version_of("1.10.0"), SMALL], version_of("1.9.0"))
        assert problems == ("ruleset.yaml: the version 1.9.0 is not above 1.10.0, which is published; raise it",)

    @pytest.mark.parametrize("version", ["1.0.2", "1.2.0", "3.0.0", "1.1.1", "999999.999999.999999"])
    def test_a_version_follows_the_newest_directly(self, version: str) -> None:
        assert succession_problems([SMALL], version_of(version)) == (
            f"ruleset.yaml: the version {version} does not follow 1.0.0 directly, which is published; "
            "make it 1.0.1, 1.1.0 or 2.0.0",
        )

    def test_a_first_version_leaves_numbers_for_those_that_follow(self) -> None:
        assert succession_problems([], version_of("2026.11.0")) == ()
        assert succession_problems([], version_of("999999.999999.999999")) == (
            "ruleset.yaml: the version 999999.999999.999999 is too high for a first one, which has no part above "
            "9999; write one like 1.0.0",
        )

    def test_a_version_has_to_be_three_numbers(self) -> None:
        problems = succession_problems([SMALL], version_of("1.1"))
        assert problems == (
            "ruleset.yaml: the version '1.1' is not three numbers with dots between them; write one like 1.2.0",
        )

    def test_a_change_of_logic_raises_more_than_the_last_number(self) -> None:
        problems = succession_problems([SMALL], version_of("1.0.1", WORTH))
        assert problems == (
            "ruleset.yaml: 1.0.1 raises only the last number of 1.0.0, but what can change a result differs; "
            "make it 1.1.0",
        )

    def test_a_version_is_told_of_in_the_changelog(self) -> None:
        problems = succession_problems([SMALL], version_of("1.1.0", told=False))
        assert problems == ("ruleset.yaml: the changelog has no entry for '1.1.0'; add one that says what changed",)

    def test_an_id_is_fit_to_name_a_file(self) -> None:
        new = version_of("1.0.0", ("ruleset.yaml", "id: small", "id: ../Small"))
        assert succession_problems([], new) == (
            "ruleset.yaml: the id '../Small' should be of small letters, digits and hyphens; rename it",
        )

    def test_options_keep_their_order(self) -> None:
        swapped = (TEAM, "nothing: No travel is paid.\n          paid: All travel is paid.",
                   "paid: All travel is paid.\n          nothing: No travel is paid.")  # fmt: skip
        assert succession_problems([SMALL], version_of("1.1.0", swapped)) == (
            "the item 'travel_money' has its options in another order than in 1.0.0 (nothing, paid); "
            "keep that order, or choose another code for the item",
        )

    def test_an_option_may_come_between_two_others(self) -> None:
        assert succession_problems([SMALL], version_of("1.1.0", *BETWEEN)) == ()

    @pytest.mark.parametrize(("what", "retire", "change"), RENAMED)
    def test_a_retired_code_does_not_come_back_with_another_meaning(
        self, what: str, retire: Mutation, change: Mutation
    ) -> None:
        published = [SMALL, retire(version_of("1.1.0"))]
        assert succession_problems(published, version_of("1.2.0")) == (), "the same meaning may come back"
        assert succession_problems(published[:1], change(version_of("1.1.0"))) == (), "what is in use may be mended"
        assert succession_problems(published, change(version_of("1.2.0"))) == (
            f"the {what} is retired since 1.1.0 and comes back with another meaning than in 1.0.0; choose another code",
        )

    def test_a_code_that_came_back_may_be_mended_again(self) -> None:
        published = [SMALL, without_item(version_of("1.1.0"), "setting"), version_of("1.2.0")]
        assert succession_problems(published, with_question(version_of("1.3.0"))) == ()

    @pytest.mark.parametrize("field", ["help", "why", "short"])
    def test_an_item_that_comes_back_may_explain_itself_in_other_words(self, field: str) -> None:
        published = [SMALL, without_item(version_of("1.1.0"), "setting")]
        new = with_item(version_of("1.2.0"), "setting", lambda each: replace(each, **{field: "Other"}))  # type: ignore[arg-type]
        assert succession_problems(published, new) == ()

    def test_an_item_that_comes_back_is_worth_what_it_was(self) -> None:
        published = [SMALL, without_item(version_of("1.1.0"), "contact")]
        new = with_worth(version_of("1.2.0"), "working_together", "contact", "monthly", rating=-2.0)
        assert [
            sentence.partition(" is retired since 1.1.0")[0] for sentence in succession_problems(published, new)
        ] == [
            "the item 'contact'",
            "the option 'contact.monthly'",
        ]

    def test_a_source_that_comes_back_may_be_described_in_other_words(self) -> None:
        published = [SMALL, replace(version_of("1.1.0"), sources={}, findings={})]
        assert succession_problems(published, with_source(version_of("1.2.0"), about="Other")) == ()

    def test_a_level_that_comes_back_elsewhere_breaks_the_order_of_the_version_that_had_it(self) -> None:
        published = [SMALL, without_level(version_of("1.1.0"), "monthly")]
        first, second, third = SMALL.instrument.items["contact"].options
        new = with_item(version_of("1.2.0"), "contact", lambda each: replace(each, options=(second, first, third)))
        assert succession_problems(published, new) == (
            "the option 'contact.monthly' is retired since 1.1.0 and comes back with another meaning than in 1.0.0; "
            "choose another code",
            "the item 'contact' has its options in another order than in 1.0.0 (hardly_ever, monthly, weekly); "
            "keep that order, or choose another code for the item",
        )

    def test_options_do_not_exchange_their_words(self) -> None:
        first, second, third = SMALL.instrument.items["contact"].options
        swapped = replace(first, text=second.text), replace(second, text=first.text), third
        new = with_item(version_of("1.0.1"), "contact", lambda each: replace(each, options=swapped))
        assert succession_problems([SMALL], new) == (
            "the option 'contact.hardly_ever' says what 'contact.monthly' said in 1.0.0; "
            "keep what each option says, or choose another code",
            "the option 'contact.monthly' says what 'contact.hardly_ever' said in 1.0.0; "
            "keep what each option says, or choose another code",
        )

    def test_an_option_does_not_take_over_the_words_of_one_that_is_retired(self) -> None:
        published = [SMALL, without_level(version_of("1.1.0"), "weekly")]
        new = with_level(without_level(version_of("1.2.0"), "weekly"), "About once a week.")
        assert succession_problems(published, new) == (
            "the option 'contact.monthly' says what 'contact.weekly' said in 1.0.0; "
            "keep what each option says, or choose another code",
        )

    def test_an_option_may_be_reworded_and_get_its_words_back(self) -> None:
        published = [SMALL, with_level(version_of("1.0.1"), "Monthly.")]
        assert succession_problems(published, version_of("1.0.2")) == ()

    def test_a_new_code_may_take_over_the_words_of_a_retired_one(self) -> None:
        files = {path: each.replace(b"monthly", b"fortnightly") for path, each in files_of("1.1.0").items()}
        assert succession_problems([SMALL], read_ruleset(files)) == ()

    def test_a_number_that_was_published_twice_stands_for_either_content(self) -> None:
        published = [SMALL, version_of("1.0.0", WORDING)]
        assert succession_problems(published, SMALL) == ()
        assert succession_problems(published, version_of("1.0.0", WORDING)) == ()
        assert len(succession_problems(published, version_of("1.0.0", WORTH))) == 1

    def test_a_draft_and_what_a_gate_says_stand_against_publishing(self) -> None:
        draft = version_of("1.1.0", status="draft")
        assert publishing_problems([SMALL], draft, [lambda new: (f"{new.identity.id} is not proven; mend it",)]) == (
            "ruleset.yaml: the status is draft; set it to published",
            "small is not proven; mend it",
        )


class TestCarry:
    """Answers given to one version as answers to another."""

    OLD = ruleset(part("c", ["a", "b"]))

    @pytest.mark.parametrize(
        ("new", "given", "reason"),
        [
            (ruleset(part("c", ["a"])), "some", Reason.ITEM_GONE),
            (ruleset(part("c", ["a", "b"]), others=[item("b", phases=[Phase.BEFORE])]), "some", Reason.NOT_ASKED),
            (ruleset(part("c", ["a", "b"]), others=[item("b", ["none", "full"])]), "some", Reason.LEVEL_GONE),
            (
                ruleset(part("c", ["a", "b"]), others=[item("b", not_applicable=None)]),
                Missing.NOT_APPLICABLE,
                Reason.ALWAYS_APPLIES,
            ),
            (ruleset(part("c", ["a"])), Missing.DONT_KNOW, Reason.ITEM_GONE),
        ],
    )
    def test_an_answer_that_does_not_fit_is_lost_with_its_reason(
        self, new: RuleSet, given: str, reason: Reason
    ) -> None:
        carried = carry(after(a="full", b=given), self.OLD, new)
        assert carried.lost == (Lost("b", given, reason),)
        assert dict(carried.answers.given) == {"a": "full"}

    @pytest.mark.parametrize("given", ["some", Missing.DONT_KNOW, Missing.NOT_APPLICABLE])
    def test_an_answer_that_fits_is_carried_as_it_is(self, given: str) -> None:
        carried = carry(after(b=given), self.OLD, ruleset(part("other", ["b"])))
        assert (carried.answers["b"], carried.lost) == (given, ())

    def test_what_was_not_answered_is_not_lost(self) -> None:
        carried = carry(after(b=Missing.NOT_ANSWERED), self.OLD, ruleset(part("c", ["a"])))
        assert (carried.lost, dict(carried.answers.given)) == ((), {})

    def test_items_asked_for_the_first_time_are_named(self) -> None:
        new = ruleset(part("c", ["a", "b", "d", "e"]), others=[item("e", phases=[Phase.BEFORE])])
        assert carry(after(), self.OLD, new).added == ("d",)

    @pytest.mark.parametrize("given", ["monthly", Missing.DONT_KNOW])
    def test_a_question_with_other_words_is_shown_in_both(self, given: str) -> None:
        new = with_item(SMALL, "contact", lambda each: replace(each, ask={**each.ask, Phase.AFTER: "Do they quarrel?"}))
        (reworded,) = carry(after(contact=given), SMALL, new).reworded
        assert (reworded.item, reworded.answer) == ("contact", given)
        questions = "How often do staff and peer support workers meet?", "Do they quarrel?"
        assert (reworded.before.question, reworded.after.question) == questions
        assert carry(before(contact=given), SMALL, new).reworded == (), "nobody was asked the other question"

    def test_a_chosen_level_with_other_words_is_shown_in_both(self) -> None:
        question = SMALL.instrument.items["contact"].ask[Phase.AFTER]
        carried = carry(after(contact="monthly"), SMALL, with_level(SMALL, "Every day."))
        words = Words(question, "About once a month."), Words(question, "Every day.")
        assert carried.reworded == (Reworded("contact", "monthly", *words),)
        assert (carried.lost, carried.answers["contact"]) == ((), "monthly")

    def test_does_not_apply_with_other_words_is_shown_in_both(self) -> None:
        new = with_item(SMALL, "travel_money", lambda each: replace(each, not_applicable="Nobody travels."))
        (reworded,) = carry(after(travel_money=Missing.NOT_APPLICABLE), SMALL, new).reworded
        assert (reworded.before.answer, reworded.after.answer) == ("There is no travel.", "Nobody travels.")

    @pytest.mark.parametrize("given", ["hardly_ever", Missing.DONT_KNOW, Missing.NOT_APPLICABLE])
    def test_what_reads_the_same_is_not_shown(self, given: str) -> None:
        new = with_item(with_level(SMALL, "Every day."), "travel_money", lambda each: replace(each, help="Other"))
        assert carry(after(contact=given, travel_money="paid"), SMALL, new).reworded == ()

    def test_an_answer_that_is_lost_is_not_also_reworded(self) -> None:
        carried = carry(after(contact="monthly"), SMALL, without_level(SMALL, "monthly"))
        assert (len(carried.lost), carried.reworded) == (1, ())

    def test_what_is_carried_can_be_scored(self, published_1_0_0: RuleSet, shipped: RuleSet) -> None:
        for case in published_1_0_0.examples:
            carried = carry(case.answered(published_1_0_0.instrument), published_1_0_0, shipped)
            assert len(score(shipped, carried.answers).domains) == len(shipped.domains)


def test_recommendations_with_the_same_effort_differ_by_what_they_improve() -> None:
    one, other = (
        ruleset(part("c", ["a"]), recommendations=[recommend("r", claimed("a", "none"), a=level)])
        for level in ("some", "full")
    )
    assert logic_digest_of(one) != logic_digest_of(other)


@pytest.fixture(scope="session")
def published_1_0_0() -> RuleSet:
    """The first published version of the shipped rule set."""
    versions = [each.ruleset for each in published_versions(ROOT / "rules" / "published")]
    return next(each for each in versions if (each.identity.id, each.identity.version) == ("peer-support", "1.0.0"))
