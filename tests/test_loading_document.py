"""Reading one file: what is refused before anything is built, on which line, in which words, and at what cost."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from broken_files import HERE, HOSTILE

from readiness.errors import nearest
from readiness.loading.document import Mapping, Sequence, Text, read_document, surprise

ENCODED = {
    "UTF-16": ("title: é".encode("utf-16"), 1, "the file is UTF-16; save it as UTF-8"),
    "UTF-16, big end first": (b"\xfe\xff" + "a: b".encode("utf-16-be"), 1, "the file is UTF-16; save it as UTF-8"),
    "byte order mark": (b"\xef\xbb\xbfa: b", 1, "the file begins with a byte order mark; save it as UTF-8 without BOM"),
    "byte order mark within": ("a: b\nc: \ufeffd".encode(), 2, "there is a control character (U+FEFF); remove it"),
    "Latin 1": (b"a: b\nc: caf\xe9", 2, "the file is not UTF-8; save it as UTF-8"),
    "NUL": (b"a: b\nc: d\0e", 2, "there is a control character (U+0000); remove it"),
    "bell": (b"a: \x07", 1, "there is a control character (U+0007); remove it"),
    "delete": (b"a: \x7f", 1, "there is a control character (U+007F); remove it"),
    "a line end few editors show": ("a: b\u0085c: d".encode(), 1, "there is a control character (U+0085); remove it"),
    "a line separator": ("a: b\u2028c: d".encode(), 1, "there is a control character (U+2028); remove it"),
    "right-to-left override": ("a: \u202eb".encode(), 1, "there is a text-direction override (U+202E); remove it"),
    "isolate": ("a: b\nc: \u2067d".encode(), 2, "there is a text-direction override (U+2067); remove it"),
}

# A bare word, and what it is elsewhere; None where everybody reads text.
SURPRISES = [
    *((word, "true or false") for word in ("NO", "no", "y", "Yes", "on", "OFF", "true", "False")),
    *((word, "an empty value") for word in ("~", "null", "NULL")),
    *((word, "a number to the base 60") for word in ("1:30", "190:20:30", "-1:30.5")),
    *((word, "a date") for word in ("2024-01-31", "2024-1-3", "2024-01-31 10:00:00")),
    *(
        (word, "a number")
        for word in ("1.10", "24", "-1", "+2", ".5", "1.", "1e3", "0x1F", "0o17", "017", "0b1", "1_000")
    ),
    *((word, "a number") for word in (".inf", "-.INF", ".nan", "1_000.5")),
    *(
        (word, None)
        for word in ("nothing", "1-9", "10.1186/s1", "Nope", "1:75", "x1", "1.1.0", "٣", "24 pages", "yes and no")
    ),
]

# What HOSTILE must say in a process that has this much memory (bytes of address space) and CPU (seconds) in all.
MEMORY, CPU = 300_000_000, 10
LIMITED = f"""
import json, pathlib, resource, sys
from readiness.loading.cases import read_answers_file
from readiness.loading.problems import InvalidFiles
from readiness.loading.ruleset import all_subjects, load_ruleset
ruleset = load_ruleset(pathlib.Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
resource.setrlimit(resource.RLIMIT_CPU, ({CPU}, {CPU}))
subjects = all_subjects(ruleset.instrument, ruleset.domains)
try:
    read_answers_file("a.yaml", pathlib.Path(sys.argv[2]).read_bytes(), ruleset.instrument, subjects)
except InvalidFiles as error:
    print(json.dumps([[problem.line, problem.sentence] for problem in error.problems]))
"""


@pytest.mark.parametrize("name", ENCODED)
def test_a_file_in_another_encoding_is_refused_with_one_sentence(name: str) -> None:
    content, line, sentence = ENCODED[name]
    root, problems = read_document("a.yaml", content)
    assert root is None
    assert [(problem.line, problem.sentence) for problem in problems] == [(line, sentence)]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gets_its_sentence_within_bounded_memory_and_cpu(name: str, tmp_path: Path) -> None:
    content, line, sentence = HOSTILE[name]
    file = tmp_path / "a.yaml"
    file.write_bytes(content)
    command = [sys.executable, "-c", LIMITED, str(HERE / "small"), str(file)]
    done = subprocess.run(command, cwd=HERE.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert [line, sentence] in said
    assert len(said) <= 201


def test_the_memory_limit_of_the_test_above_is_felt() -> None:
    code = f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY})); bytes({MEMORY})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "MemoryError" in done.stderr


@pytest.mark.parametrize(("word", "becomes"), SURPRISES)
def test_a_bare_word_that_other_readers_change_is_known(word: str, becomes: str | None) -> None:
    assert surprise(Text(word, 1, False)) == becomes
    assert surprise(Text(word, 1, True)) is None


def test_the_tree_keeps_text_as_written_with_its_lines() -> None:
    root, problems = read_document("a.yaml", b"# a comment\na: 1.10\nb:\n  - 'NO'\n  - >-\n    two\n    lines\n")
    assert problems == []
    assert root == Mapping(
        (
            (Text("a", 2, False), Text("1.10", 2, False)),
            (Text("b", 3, False), Sequence((Text("NO", 4, True), Text("two lines", 5, True)), 4)),
        ),
        2,
    )


def test_every_alias_anchor_tag_and_merge_key_of_a_file_is_named_at_once() -> None:
    root, problems = read_document("a.yaml", b"a: &x {b: 1}\nc: *x\nd: !!str e\nf:\n  <<: {g: h}\na: 2\n")
    assert root is None
    assert sorted((problem.line, problem.sentence.split(";")[0]) for problem in problems) == [
        (1, "&x is an anchor"),
        (2, "*x is an alias"),
        (3, "!!str is a tag"),
        (5, "<< is a merge key"),
        (6, "a is already given on line 1"),
    ]


def test_what_was_found_before_a_file_breaks_off_is_said_too() -> None:
    _, problems = read_document("a.yaml", b"a: {NO: 1, b: 2}\nc: 'never closed\n")
    assert [problem.line for problem in problems] == [1, 2]


@pytest.mark.parametrize(
    ("got", "hint"),
    [
        ("wekly", "; did you mean weekly?"),
        ("WEEKLY", "; did you mean weekly?"),
        ("turquoise", "; expected one of: daily, weekly"),
        ("w" * 1_000, "; expected one of: daily, weekly"),
    ],
)
def test_the_nearest_word_is_named_only_when_it_is_near(got: str, hint: str) -> None:
    assert nearest(got, ["daily", "weekly"]) == hint


def test_a_far_word_among_many_gets_no_hint() -> None:
    assert nearest("turquoise", [f"level_{number}" for number in range(13)]) == ""
    assert nearest("levl_3", [f"level_{number}" for number in range(13)]) == "; did you mean level_3?"
