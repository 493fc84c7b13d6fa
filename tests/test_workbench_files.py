"""Files of a draft as values for pages: states, lines, differences, and texts that survive an editor."""

import time

import pytest

from readiness.loading.problems import Problem
from readiness.report.workbench_files import (
    MOST_LINES,
    MOST_NUMBERED,
    Change,
    FileState,
    difference,
    differences,
    editable,
    file_states,
    lines_of,
    typed,
    visible,
)


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (b"a", b"a", Change.SAME),
        (b"a", b"b", Change.CHANGED),
        (None, b"b", Change.NEW),
        (None, b"", Change.NEW),
        (b"a", None, Change.REMOVED),
    ],
)
def test_a_file_stands_to_its_base_in_one_of_four_ways(
    before: bytes | None, after: bytes | None, change: Change
) -> None:
    base = {} if before is None else {"x": before}
    present = {} if after is None else {"x": after}
    assert file_states(base, present, [Problem("x", 1, "a"), Problem("y", 1, "b")]) == (
        FileState("x", change, len(after or b""), 1),
    )


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"\n\na: b\n", b"a: b", b"a: \xc3\xa9\n", b"a: b\r\nc: d\r\n", "a: \u202eb\u2028\n".encode(), b"\ta"],
)
def test_what_an_editor_can_hold_comes_back_byte_by_byte(content: bytes) -> None:
    text, exact = editable(content)
    assert exact
    assert typed(text.replace("\n", "\r\n"), content) == content  # as browsers send it


@pytest.mark.parametrize("content", [b"\xff\xfea", b"a\x00b", b"a\x07b", b"\xed\xa0\x80", b"a\rb", b"\xef\xbf\xbf"])
def test_what_an_editor_cannot_hold_is_said(content: bytes) -> None:
    text, exact = editable(content)
    assert not exact
    assert "\ufffd" in text


def test_problems_stand_on_their_lines_and_beyond_the_end_on_the_last() -> None:
    lines = lines_of(b"a\nb\n", [Problem("x", 2, "two"), Problem("x", 9, "nine"), Problem("x", 0, "zero")])
    assert [(line.number, line.text, line.problems) for line in lines] == [
        (1, "a", ("zero",)),
        (2, "b", ("two", "nine")),
    ]


def test_of_a_long_file_the_first_lines_and_those_with_problems_are_shown() -> None:
    lines = lines_of(b"x\n" * 100_000, [Problem("x", 70_000, "wrong")])
    assert len(lines) == MOST_NUMBERED + 1
    assert lines[-1].number == 70_000


def test_signs_that_nobody_sees_are_written_out() -> None:
    assert visible("a\u202eb\x00\tc d") == "a\\u202eb\\u0000\tc d"


def test_a_difference_names_what_was_added_and_taken() -> None:
    found = difference("x", b"a\nb\nc\n", b"a\nB\nc\n")
    assert found.lines == ("@@ -1,4 +1,4 @@", " a", "-b", "+B", " c", " ")
    assert not found.cut


def test_only_what_differs_is_listed() -> None:
    found = differences({"a": b"1", "b": b"1"}, {"a": b"1", "b": b"2", "c": b"3"})
    assert [(each.path, each.change) for each in found] == [("b", Change.CHANGED), ("c", Change.NEW)]


def test_a_difference_of_files_made_to_be_slow_is_cut_off_in_time() -> None:
    half = MOST_LINES // 2 - 1
    before = "\n".join(f"x{number % (half // 60)}" for number in range(half)).encode()
    after = "\n".join(f"x{number * 7 % (half // 60)}" for number in range(half)).encode()
    paths = [f"{number}" for number in range(100)]
    start = time.process_time()
    found = differences(dict.fromkeys(paths, before), dict.fromkeys(paths, after))
    assert time.process_time() - start < 10
    assert found[0].lines
    assert found[-1].cut
