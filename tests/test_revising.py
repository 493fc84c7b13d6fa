"""Revisions of one thing in the files of a rule set, and conditions as rows."""

from pathlib import Path

import pytest
from broken_files import SMALL
from hypothesis import given
from hypothesis import strategies as st

from readiness.errors import NotFound, ReadinessError
from readiness.loading.editing import value_at
from readiness.loading.revising import (
    LISTED,
    Addition,
    Changed,
    Edit,
    Kind,
    Removal,
    Taken,
    fingerprint,
    list_of,
    places_of,
    revised,
    values_at,
)
from readiness.loading.rows import ALL, ANY, Block, Row, block_of, condition_of, entries_of, entries_value, value_of
from readiness.loading.ruleset import load_ruleset, read_folder, read_ruleset

RULES = Path(__file__).resolve().parent.parent / "rules" / "peer-support"
SHIPPED = read_folder(RULES)
CONTACT = "scoring/working_together.yaml"
RULE = "contact_costs_travel"


def edit(kind: Kind, code: str, values: dict[str, object], item: str = "", files: dict[str, bytes] = SMALL) -> Edit:
    """An edit of a thing as it stands."""
    places = places_of(files, kind, code, item)
    texts = {path: content.decode() for path, content in files.items()}
    return Edit(places, values, fingerprint(values_at(texts, places)))  # type: ignore[arg-type]


def removal(kind: Kind, code: str, files: dict[str, bytes] = SMALL) -> Removal:
    """The removal of a thing as it stands."""
    found = edit(kind, code, {}, files=files)
    return Removal(found.places, found.opened)


def gone_and_come(before: bytes, after: bytes) -> tuple[list[str], list[str]]:
    """The lines that are only in the first, and only in the second."""
    old, new = before.decode().splitlines(), after.decode().splitlines()
    return [line.strip() for line in old if line not in new], [line.strip() for line in new if line not in old]


@pytest.mark.parametrize(
    ("kind", "code", "item", "values", "file", "gone", "come"),
    [
        (
            Kind.OPTION,
            "weekly",
            "contact",
            {"text": "Every week."},
            "instrument/1-team.yaml",
            ["weekly: About once a week."],
            ["weekly: Every week."],
        ),
        (Kind.OPTION, "monthly", "contact", {"worth": 0.5}, CONTACT, ["monthly: 0"], ["monthly: 0.5"]),
        (
            Kind.OPTION,
            "monthly",
            "contact",
            {"worth": {"worth": 1.0, "because": "It is enough."}},
            CONTACT,
            ["monthly: 0"],
            ["monthly:", "worth: 1", "because: It is enough."],
        ),
        (Kind.ITEM, "travel_money", "", {"before": "Will travel be paid?"}, "instrument/1-team.yaml", [], [
            "before: Will travel be paid?"
        ]),
        (Kind.RULE, RULE, "", {"shift": None, "at_least": "high"}, CONTACT, ["shift: -1"], ["at_least: high"]),
        (Kind.RULE, RULE, "", {"unless": [{"contact": "weekly"}]}, CONTACT, [], ["unless:", "- {contact: weekly}"]),
        (Kind.RULE, RULE, "", {"title": "Contact that nobody pays for wears off"}, CONTACT, [], []),
        (
            Kind.FINDING,
            "smith2020_money_may_matter",
            "",
            {"sites": ["PU"]},
            "evidence/smith2020.yaml",
            ["sites: []"],
            ["sites: [PU]"],
        ),
    ],
)  # fmt: skip
def test_an_edit_changes_the_lines_of_its_values_and_no_other(
    kind: Kind, code: str, item: str, values: dict[str, object], file: str, gone: list[str], come: list[str]
) -> None:
    after = revised(SMALL, edit(kind, code, values, item))
    assert gone_and_come(SMALL[file], after[file]) == (gone, come)
    assert {path for path in SMALL if SMALL[path] != after[path]} <= {file}
    read_ruleset(after)


def test_what_others_changed_in_the_same_thing_stops_an_edit_and_is_shown() -> None:
    mine = edit(Kind.RULE, RULE, {"title": "Mine"})
    theirs = revised(SMALL, edit(Kind.RULE, RULE, {"because": "Theirs."}))
    with pytest.raises(Changed) as changed:
        revised(theirs, mine)
    assert changed.value.stored["because"] == "Theirs."


def test_what_others_changed_elsewhere_in_the_file_stops_nothing() -> None:
    mine = edit(Kind.RULE, RULE, {"title": "Mine"})
    theirs = revised(SMALL, edit(Kind.OPTION, "monthly", {"worth": 1.0}, "contact"))
    both = read_ruleset(revised(theirs, mine))
    assert both.rules[RULE].title == "Mine"
    assert both.item_scoring["contact"].ratings["monthly"] == 1


def test_an_edit_of_what_was_removed_meanwhile_says_so() -> None:
    mine = edit(Kind.RULE, RULE, {"title": "Mine"})
    with pytest.raises(NotFound, match="The file has no rules; it may have been changed meanwhile"):
        revised(revised(SMALL, removal(Kind.RULE, RULE)), mine)


def test_the_same_as_somebody_else_wrote_is_no_conflict() -> None:
    mine = edit(Kind.RULE, RULE, {"title": "The same"})
    theirs = revised(SMALL, edit(Kind.RULE, RULE, {"title": "The same"}))
    assert revised(theirs, mine) == theirs


def test_an_addition_of_a_code_that_is_there_is_refused() -> None:
    values = {"rule": RULE, "title": "Another"}
    with pytest.raises(Taken, match="contact_costs_travel is already there; choose another code"):
        revised(SMALL, Addition(list_of(SMALL, Kind.RULE, "working_together"), "rule", values))


def test_the_first_rule_of_a_construct_begins_its_list_and_the_last_one_ends_it() -> None:
    rule = {
        "rule": "more", "title": "More", "when": {"contact": "weekly"}, "unless": None, "shift": 1.0,
        "because": "So.", "evidence": ["smith2020_contact_builds_trust"], "status": "ours",
    }  # fmt: skip
    more = revised(SMALL, Addition(list_of(SMALL, Kind.RULE, "resources"), "rule", rule))
    assert read_ruleset(more).rules["more"].shift == 1
    assert revised(more, removal(Kind.RULE, "more", more)) == SMALL


@pytest.mark.parametrize("kind", [Kind.RULE, Kind.RECOMMENDATION, Kind.FINDING])
def test_everything_that_is_shipped_is_found_and_named_whole(kind: Kind) -> None:
    ruleset = load_ruleset(RULES)
    codes = {
        Kind.RULE: list(ruleset.rules),
        Kind.RECOMMENDATION: [each.code for each in ruleset.recommendations],
        Kind.FINDING: list(ruleset.findings)[::20],
    }[kind]
    texts = {path: content.decode() for path, content in SHIPPED.items()}
    for code in codes:
        places = places_of(SHIPPED, kind, code)
        values = values_at(texts, places)
        place = places[LISTED[kind].keys[0]]
        assert {key: value for key, value in values.items() if value is not None} == value_at(
            texts[place.file], place.path[:-1]
        )


def test_an_unknown_code_is_named() -> None:
    with pytest.raises(NotFound, match="The draft has no rule nothing; it may have been removed meanwhile"):
        places_of(SMALL, Kind.RULE, "nothing")


HOSTILE = st.one_of(
    st.sampled_from(["*a", "no", "1:30", "- x", "&a b", "{a: b}", "# no", "a: b", "!!str x", "'", '"', "%a", "|"]),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=80).map(str.strip).filter(bool),
)


@given(HOSTILE)
def test_a_hostile_text_is_read_back_as_it_is_or_refused_and_never_another_structure(text: str) -> None:
    try:
        after = revised(SMALL, edit(Kind.RULE, RULE, {"title": text}))
    except ReadinessError:
        return
    assert value_at(after[CONTACT].decode(), places_of(after, Kind.RULE, RULE)["title"].path) == text


# Conditions as rows

ORDER = {"a": ("no", "some", "much"), "b": ("low", "high"), "c": ("low", "high")}
A = Row("a", "at least", ("some",))
B = Row("b", "is", ("low",))
C = Row("c", "answered", ())


@pytest.mark.parametrize(
    ("value", "block"),
    [
        ({"a": "at least some"}, Block(ALL, ((A,),))),
        ({"a": "at least some", "b": "low"}, Block(ALL, ((A,), (B,)))),
        ({"any": [{"a": "at least some"}, {"b": "low"}]}, Block(ANY, ((A,), (B,)))),
        ({"any": [{"a": "at least some", "c": "answered"}, {"b": "low"}]}, Block(ANY, ((A, C), (B,)))),
        ({"all": [{"a": "at least some"}, {"any": [{"b": "low"}, {"c": "answered"}]}]}, Block(ALL, ((A,), (B, C)))),
        ({"a": "one of [no, much]"}, Block(ALL, ((Row("a", "one of", ("no", "much")),),))),
        ({"all": [{"a": "at least some"}, {"a": "not much"}]}, Block(ALL, ((A,), (Row("a", "not", ("much",)),)))),
    ],
)
def test_a_condition_becomes_rows_and_rows_the_same_condition(value: dict[str, object], block: Block) -> None:
    assert block_of(value, ORDER) == block  # type: ignore[arg-type]
    assert value_of(block) == value


@pytest.mark.parametrize(
    "value",
    [
        {"not": {"a": "some"}},
        {"any": [{"any": [{"a": "some"}]}]},
        {"all": [{"any": [{"a": "some", "b": "low"}]}]},
        {"any": [{"all": [{"not": {"a": "some"}}]}]},
        {"a": "some", "x": "low"},
        {"a": "at least nothing"},
        {"a": "gap at least 1"},
        "some",
    ],
)
def test_what_rows_cannot_hold_is_no_block(value: object) -> None:
    assert block_of(value, ORDER) is None  # type: ignore[arg-type]


def test_exceptions_are_groups_of_which_none_may_hold() -> None:
    block = Block(ANY, ((A, B), (C,)))
    assert entries_of([{"a": "at least some", "b": "low"}, {"c": "answered"}], ORDER) == block
    assert entries_value(block) == [{"a": "at least some", "b": "low"}, {"c": "answered"}]
    assert entries_value(Block(ANY, ())) is None


def test_every_shipped_condition_is_rows_that_mean_the_same() -> None:
    ruleset = load_ruleset(RULES)
    subjects = {code: ruleset.order(code) for code in (*ruleset.instrument.items, *ruleset.constructs)}
    subjects |= {domain.code: ruleset.order(domain.code) for domain in ruleset.domains}
    texts = {path: content.decode() for path, content in SHIPPED.items()}
    kinds = ((Kind.RULE, list(ruleset.rules.values())), (Kind.RECOMMENDATION, list(ruleset.recommendations)))
    for kind, things in kinds:
        for thing in things:
            value = values_at(texts, places_of(SHIPPED, kind, thing.code))["when"]
            block = block_of(value, subjects)
            assert block is not None
            written = block_of(value_of(block), subjects)
            assert written == block
            assert ruleset.say(condition_of(block, subjects)) == ruleset.say(thing.when)
