"""Answers files: what somebody may write, what is kept as it is, and what is said of the rest."""

import pytest
from broken_files import SMALL

from readiness.engine.answers import Answers, Missing, Phase
from readiness.loading.cases import AnswersFile, read_answers_file
from readiness.loading.problems import InvalidFiles
from readiness.loading.ruleset import all_subjects, read_ruleset
from readiness.report.data import answers_as_yaml

RULESET = read_ruleset(SMALL)
SUBJECTS = all_subjects(RULESET.instrument, RULESET.domains)
GOOD = "service: S\nphase: after\nanswers:\n  contact: weekly\n"

BROKEN = {
    "unknown item": ("  contcat: weekly", 4, "there is no item 'contcat'; did you mean contact?"),
    "unknown option": ("  contact: wekly", 4, "the answer to contact cannot be 'wekly'; did you mean weekly?"),
    "option far from any": (
        "  contact: rarely",
        4,
        "the answer to contact cannot be 'rarely'; expected one of: "
        "hardly_ever, monthly, weekly, not_answered, dont_know",
    ),
    "option in capitals": ("  contact: WEEKLY", 4, "the answer to contact cannot be 'WEEKLY'; did you mean weekly?"),
    "two values": (
        "  contact: [monthly, weekly]",
        4,
        "contact takes one value; choose one of: hardly_ever, monthly, weekly",
    ),
    "item twice": (
        "  contact: weekly\n  contact: weekly",
        5,
        "contact is already given on line 4; remove one of the two",
    ),
    "does not apply where it always does": (
        "  contact: not_applicable",
        4,
        "contact always applies; choose one of: hardly_ever, monthly, weekly, dont_know",
    ),
    "nothing": ("  contact:", 4, "the answer to contact is empty; write it out"),
    "a number": (
        "  contact: 3",
        4,
        "the answer to contact cannot be '3'; expected one of: hardly_ever, monthly, weekly, not_answered, dont_know",
    ),
    "a list of answers": ("  - contact", 4, "answers should be a mapping (name: value), not a list"),
    "a note without its answer": ("  contact: {note: seen}", 4, "the answer to contact lacks 'is'; add it"),
    "a note misspelt": (
        "  contact: {is: weekly, nots: seen}",
        4,
        "'nots' does not belong in the answer to contact; did you mean note?",
    ),
    "alias": ("  contact: *a", 4, "*a is an alias; aliases are not read. Write the value out"),
}

SERVICES = [
    "<script>alert(1)</script>",
    "{{ 7 * 7 }} {% include '/etc/passwd' %}",
    "O'Brien & Söhne, מרכז לבריאות הנפש",
    "../../etc/passwd",
    "=HYPERLINK(1)",
]


def read(text: str) -> AnswersFile:
    """Answers to the small rule set."""
    return read_answers_file("answers.yaml", text.encode(), RULESET.instrument, SUBJECTS)


def said_of(text: str) -> list[tuple[int, str]]:
    """What is said of an answers file, which is nothing good."""
    with pytest.raises(InvalidFiles) as caught:
        read(text)
    assert {problem.file for problem in caught.value.problems} == {"answers.yaml"}
    return [(problem.line, problem.sentence) for problem in caught.value.problems]


def test_an_answers_file_gives_the_service_its_phase_and_an_answer_to_every_item() -> None:
    answers = read(GOOD + "  travel_money: not_applicable\n")
    assert answers.service == "S"
    assert answers.answers.phase is Phase.AFTER
    assert answers.answers.given == {
        "setting": Missing.NOT_ANSWERED,
        "contact": "weekly",
        "travel_money": Missing.NOT_APPLICABLE,
    }


def test_otherwise_says_what_every_other_item_is() -> None:
    assert read(GOOD + "otherwise: dont_know\n").answers["setting"] is Missing.DONT_KNOW


def test_an_item_that_is_not_asked_in_the_phase_is_not_filled_in() -> None:
    assert "travel_money" not in read("service: S\nphase: before\nanswers: {}\n").answers.given


@pytest.mark.parametrize("name", BROKEN)
def test_a_wrong_answer_gets_exactly_its_complaint(name: str) -> None:
    rows, line, sentence = BROKEN[name]
    assert said_of(f"service: S\nphase: after\nanswers:\n{rows}\n") == [(line, sentence)]


def test_an_answer_of_the_other_phase_is_named() -> None:
    assert said_of("service: S\nphase: before\nanswers:\n  travel_money: paid\n") == [
        (4, "travel_money is not asked before the start; remove it or change phase")
    ]


def test_an_unknown_phase_is_said_once_and_not_held_against_the_answers() -> None:
    assert said_of("service: S\nphase: durng\nanswers:\n  travel_money: paid\n") == [
        (2, "phase cannot be 'durng'; expected one of: before, after")
    ]


def test_every_problem_of_an_answers_file_is_said_at_once_in_order() -> None:
    assert said_of("servce: S\nphase: aftr\nanswers:\n  contact: wekly\n  contcat: weekly\n") == [
        (1, "'servce' does not belong in an answers file; did you mean service?"),
        (2, "phase cannot be 'aftr'; did you mean after?"),
        (4, "the answer to contact cannot be 'wekly'; did you mean weekly?"),
        (5, "there is no item 'contcat'; did you mean contact?"),
    ]


@pytest.mark.parametrize("text", ["", "# only a comment\n", "\n\n"])
def test_an_empty_answers_file_is_said_to_be_empty(text: str) -> None:
    assert said_of(text) == [(1, "the file is empty; it holds service, phase and answers")]


@pytest.mark.parametrize("service", SERVICES)
def test_the_name_of_a_service_is_kept_as_plain_text(service: str) -> None:
    quoted = service.replace("'", "''")
    assert read(GOOD.replace("service: S", f"service: '{quoted}'")).service == service


@pytest.mark.parametrize(
    ("service", "sentence"),
    [
        ("S\u202ecod", "there is a text-direction override (U+202E); remove it"),
        ("S\x1b[31m", "there is a control character (U+001B); remove it"),
        ('"S\\0"', "behind a backslash there is a control character (U+0000); remove it"),
        ('"S\\u202e"', "behind a backslash there is a text-direction override (U+202E); remove it"),
        ("S" * 301, "service has 301 characters; at most 300 fit"),
        ("NO", "service is written NO, which other YAML readers take for true or false; put it in quotes"),
        ("[S]", "service should be text, not a list"),
        ("", "service is empty; write it out"),
    ],
)
def test_the_name_of_a_service_is_refused_where_it_would_deceive(service: str, sentence: str) -> None:
    assert said_of(GOOD.replace("service: S", f"service: {service}")) == [(1, sentence)]


def test_a_note_of_a_megabyte_is_too_long() -> None:
    note = "word " * 190_000
    assert said_of(GOOD.replace("weekly", f"{{is: weekly, note: {note}}}")) == [
        (4, "note has 949,999 characters; at most 2,000 fit")
    ]


def test_a_file_of_more_than_a_megabyte_is_not_read() -> None:
    text = "#" * 1_000_001
    assert said_of(text) == [(1, "the file has 1,000,001 bytes; at most 1,000,000 are read. Split it")]


@pytest.mark.parametrize(
    "name", ["y", "No", "1e3", "0o17", "2024-01-01 ward", "a: b", "# x", '"', "\\", "x " * 149 + "x", "שלום 😀"]
)
def test_a_name_is_read_back_from_the_file_that_was_written(name: str) -> None:
    content = answers_as_yaml(name, Answers(Phase.AFTER, {"contact": "weekly"})).encode()
    assert read_answers_file("f.yaml", content, RULESET.instrument, SUBJECTS).service == name
