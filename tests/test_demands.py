"""Where a case demands something: the line in its file that a failed test leads to."""

import pytest
from version_files import files_of

from readiness.engine.expectations import shortfalls
from readiness.loading.demands import Demand, Line, demand_lines
from readiness.loading.ruleset import read_ruleset

FILES = files_of("1.0.0")


def line_of(path: str, text: str) -> int:
    return next(n for n, line in enumerate(FILES[path].decode().splitlines(), start=1) if text in line)


@pytest.mark.parametrize(
    ("demand", "path", "text"),
    [
        (Demand("town", "expect", "working_together"), "cases/town.yaml", "working_together: low"),
        (Demand("village", "compare", "working_together"), "cases/village.yaml", "working_together: higher"),
        (
            Demand("contact_and_travel_first", "rules", "contact_costs_travel"),
            "cases/pair-contact.yaml",
            "contact_costs_travel: does not hold",
        ),
        (
            Demand("contact_and_travel_then", "rules", "contact_costs_travel"),
            "cases/pair-contact.yaml",
            "contact_costs_travel: holds",
        ),
        (Demand("contact_and_travel_then", "leaves_out", "keep_meeting"), "cases/pair-contact.yaml", "keep_meeting"),
        (
            Demand("contact_and_travel_then", "compare", "working_together"),
            "cases/pair-contact.yaml",
            "working_together: higher",
        ),
        (Demand("town", "expect", "gone"), "cases/town.yaml", "working_together: low"),
        (Demand("town", "gone", "gone"), "cases/town.yaml", "case: town"),
        (Demand("town"), "cases/town.yaml", "case: town"),
    ],
)
def test_a_demand_has_its_line_or_that_of_its_key_or_case(demand: Demand, path: str, text: str) -> None:
    assert demand_lines(FILES, {demand}) == {demand: Line(path, line_of(path, text))}


def test_a_case_that_is_gone_or_cannot_be_read_has_no_line() -> None:
    assert demand_lines({**FILES, "cases/town.yaml": b"case: [town"}, {Demand("town"), Demand("nobody")}) == {}


def test_every_shortfall_says_under_which_key_of_its_case_it_stands() -> None:
    changed = {
        "cases/town.yaml": FILES["cases/town.yaml"].replace(b"working_together: low", b"working_together: high"),
        "cases/village.yaml": FILES["cases/village.yaml"].replace(
            b"working_together: higher", b"working_together: lower"
        ),
        "cases/pair-contact.yaml": FILES["cases/pair-contact.yaml"]
        .replace(b"does not hold", b"undecided")
        .replace(b"[meet_every_week]", b"[keep_meeting]"),
    }
    found = shortfalls(read_ruleset({**FILES, **changed}))
    assert {(each.case, each.key, each.subject) for each in found} == {
        ("town", "expect", "working_together"),
        ("village", "compare", "working_together"),
        ("contact_and_travel_first", "rules", "contact_costs_travel"),
        ("contact_and_travel_first", "recommends", "keep_meeting"),
    }
