"""Changing one place of a YAML file and nothing else."""

from pathlib import Path as FilePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.errors import NotFound, ReadinessError
from readiness.loading.document import Text, read_document
from readiness.loading.editing import Entry, Path, Value, append_entry, remove_entry, replace_value, value_at
from readiness.loading.ruleset import load_ruleset

RULES = FilePath(__file__).resolve().parent.parent / "rules" / "peer-support"
EXECUTING = (RULES / "scoring" / "executing.yaml").read_text()
TRAINING = (RULES / "instrument" / "5-training.yaml").read_text()
ROLE = (RULES / "advice" / "role.yaml").read_text()
ALONE = ("rules", Entry("rule", "unaccepted_and_alone"))
KNOWN: Path = ("pages", Entry("page", "the_role"), "items", Entry("item", "role_known"))


def changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that are only in the first, and only in the second."""
    old, new = before.splitlines(), after.splitlines()
    return [line.strip() for line in old if line not in new], [line.strip() for line in new if line not in old]


@pytest.mark.parametrize(
    ("text", "path", "value", "gone", "come"),
    [
        (EXECUTING, ("items", "supervision", "worth", "irregular", "worth"), -1.5, [], ["worth: -1.5"]),
        (EXECUTING, ("items", "supervision_separate", "worth", "partly"), 0.5, ["partly: 0"], ["partly: 0.5"]),
        (
            TRAINING,
            (*KNOWN, "options", "to_all"),
            "All, and more: everybody.",
            ["to_all: Peer support workers and most of the staff they work with know it."],
            ['to_all: "All, and more: everybody."'],
        ),
        (EXECUTING, (*ALONE, "status"), "inferred", [], ["status: inferred"]),
    ],
)
def test_one_value_changes_its_own_line_only(
    text: str, path: Path, value: Value, gone: list[str], come: list[str]
) -> None:
    after = replace_value(text, path, value)
    assert len(after.splitlines()) == len(text.splitlines())
    found = changed_lines(text, after)
    assert found[0] == gone
    assert [line for line in found[1] if line not in text] == [line for line in come if line not in text]
    assert value_at(after, path) == value


def test_a_long_text_is_folded_as_its_neighbours_are() -> None:
    long = " ".join(["All who work with peer support workers know what they do"] * 6)
    after = replace_value(TRAINING, (*KNOWN, "help"), long)
    assert "        help: >-\n          All who work" in after
    assert max(map(len, after.splitlines())) <= 120
    assert value_at(after, (*KNOWN, "help")) == long


def test_an_entry_that_is_written_as_it_was_means_what_it_meant() -> None:
    for text, path in ((EXECUTING, ALONE), (ROLE, ("recommendations", Entry("recommend", "define_the_role")))):
        value = value_at(text, path)
        assert value_at(replace_value(text, path, value), path) == value


def test_a_new_entry_comes_last_and_a_missing_list_is_begun() -> None:
    rule = {"rule": "new_rule", "title": "A title: with a colon", "when": {"any": [{"a": "b"}, {"c": "at most d"}]}}
    after = append_entry(EXECUTING, ("rules",), rule, "rule")
    assert after.startswith(EXECUTING.rstrip("\n"))
    assert value_at(after, ("rules", Entry("rule", "new_rule"))) == rule
    begun = append_entry("construct: x\n", ("rules",), rule, "rule")
    assert begun.startswith("construct: x\nrules:\n  - rule: new_rule\n")


def test_a_removed_entry_leaves_the_others() -> None:
    after = remove_entry(EXECUTING, ("rules", Entry("rule", "pressure_without_support")))
    assert "pressure_without_support" not in after
    assert value_at(after, ALONE) == value_at(EXECUTING, ALONE)
    assert changed_lines(EXECUTING, after)[1] == []


def test_comments_belong_to_what_follows_them() -> None:
    text = "rules:\n  - rule: a\n    title: one\n\n  # about b\n  - rule: b\n    title: two\n"
    after = replace_value(text, ("rules", Entry("rule", "a"), "title"), "other")
    assert after == text.replace("one", "other")
    assert "# about b\n  - rule: b" in remove_entry(text, ("rules", Entry("rule", "a")))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda: replace_value(EXECUTING, ("rules", Entry("rule", "gone"), "title"), "x"),
            "The file has no rules > rule gone; it may have been changed meanwhile.",
        ),
        (lambda: value_at("a: [b", ("a",)), "The file cannot be read as YAML; mend it as a file first."),
        (
            lambda: append_entry("rules: [{rule: a}]\n", ("rules",), {"rule": "b"}, "rule"),
            "The list rules stands between brackets; write it with one entry a line first.",
        ),
        (
            lambda: remove_entry("rules:\n  - rule: a\n", ("rules", Entry("rule", "a"))),
            "rules > rule a is the only entry of its list; remove the list instead.",
        ),
    ],
)
def test_what_cannot_be_written_is_said(change: object, sentence: str) -> None:
    with pytest.raises(ReadinessError) as raised:
        change()  # type: ignore[operator]
    assert str(raised.value) == sentence
    assert isinstance(raised.value, NotFound) == ("changed meanwhile" in sentence)


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp", "Co", "Cn")), min_size=1)


@given(
    TEXTS | st.sampled_from(["no", "1:30", "~", "a: b", "# c", "- x", "'", '"', "{a}", "[", "*x", "&x", "2020-01-01"])
)
def test_any_text_is_read_back_as_it_was_written(text: str) -> None:
    for path in (("a",), ("b", Entry("c", "d"), "e")):
        after = replace_value("a: one\nb:\n  - c: d\n    e: two  # why\nf: {g: three, h: four}\n", path, text)
        assert value_at(after, path) == text
        root, problems = read_document("x.yaml", after.encode())
        assert problems == []
        assert isinstance(root.get("a") if root else None, Text)


@given(TEXTS)
def test_a_text_between_brackets_stays_between_them(text: str) -> None:
    after = replace_value("f: {g: three, h: four}\n", ("f", "g"), text)
    assert value_at(after, ("f",)) == {"g": text, "h": "four"}


def test_every_rule_and_recommendation_of_the_shipped_set_can_be_rewritten() -> None:
    shipped = load_ruleset(RULES)
    for folder, key, below in (("scoring", "rule", "rules"), ("advice", "recommend", "recommendations")):
        count = 0
        for file in sorted((RULES / folder).glob("*.yaml")):
            text = file.read_text()
            top = value_at(text, ())
            for entry in top.get(below, []) if isinstance(top, dict) else []:
                path = (below, Entry(key, entry[key]))
                text = replace_value(text, path, entry)
                count += 1
            assert value_at(text, ()) == top
        assert count == len(shipped.rules if key == "rule" else shipped.recommendations)
