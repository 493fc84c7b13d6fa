"""The list of people: how a line is read, and that no line takes long."""

import time

import pytest

from readiness.web.team_forms import Listed, read_line


@pytest.mark.parametrize(
    ("line", "name", "address"),
    [
        ("Ada Lovelace <Ada@Example.org>", "Ada Lovelace", "ada@example.org"),
        ("Ada Lovelace ada@example.org", "Ada Lovelace", "ada@example.org"),
        ("Ada Lovelace, ada@example.org;", "Ada Lovelace", "ada@example.org"),
        ("ada@example.org", "", "ada@example.org"),
        ("Ada Lovelace", "Ada Lovelace", ""),
        ("Ada @ home", "Ada @ home", ""),
        ("a@b@c", "a@b@c", ""),
        ("", "", ""),
    ],
)
def test_a_line_names_somebody_or_their_address_or_both(line: str, name: str, address: str) -> None:
    assert read_line(line) == Listed(name, address)


def test_a_hostile_line_is_read_at_once() -> None:
    before = time.process_time()
    read_line("x" + " " * 1_000_000 + "x")
    read_line("@" * 1_000_000)
    assert time.process_time() - before < 1
