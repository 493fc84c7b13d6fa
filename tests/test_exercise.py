"""What cases exercise, and two commands: rules test shows what differs and why, rules coverage what is never seen."""

import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from engine_builders import claim, item, part, recommend, ruleset, shift

from readiness.cli import main
from readiness.engine.answers import Answer, Missing, Phase
from readiness.engine.cases import Case, CaseAnswer
from readiness.engine.expectations import Shortfall
from readiness.engine.framework import BAND_ORDER
from readiness.engine.rating import rate
from readiness.engine.ruleset import RuleSet
from readiness.loading.ruleset import load_ruleset
from readiness.report.told_cases import coverage_lines, table, tried_lines
from readiness.workbench.exercise import Exercise, Kind, Target, exercised

SMALL = Path(__file__).resolve().parent / "small"
BAND = claim("contact", "high", BAND_ORDER)
RULESET = ruleset(
    part("contact", ["often"], shift("helped_by_money", 1.0, claim("money", "full"))),
    part("means", ["money"]),
    recommendations=[recommend("pay", claim("money", "none")), recommend("worry", BAND)],
    others=[item("often", not_applicable=None), item("later", phases=[Phase.AFTER])],
)


def exercise(
    *given: Mapping[str, Answer], phase: Phase = Phase.AFTER, otherwise: Missing = Missing.DONT_KNOW
) -> Exercise:
    """What cases with these answers exercise; they are called 0, 1 and so on."""
    cases = {
        str(number): Case(
            str(number), "A service", "", phase, {item: CaseAnswer(answer, "", ()) for item, answer in each.items()},
            otherwise, "", (),
        )
        for number, each in enumerate(given)
    }  # fmt: skip
    return exercised(replace(RULESET, cases=cases))


def states(found: Exercise, code: str) -> dict[str, tuple[str, ...]]:
    """The cases of each state of an item, rule or recommendation."""
    return {target.state: cases for target, cases in found.cases.items() if target.code == code}


def run(*words: object) -> Result:
    return CliRunner().invoke(main, ["rules", *map(str, words)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the small rule set, to be changed."""
    return Path(shutil.copytree(SMALL, tmp_path / "small"))


def test_each_level_what_does_not_apply_and_what_is_not_known_count_apart() -> None:
    found = exercise({"money": "none"}, {"money": "some"}, {"money": Missing.NOT_APPLICABLE}, {})
    assert states(found, "money") == {
        "none": ("0",), "some": ("1",), "full": (), "does not apply": ("2",), "not known": ("3",),
    }  # fmt: skip


def test_what_always_applies_need_not_be_seen_as_not_applying() -> None:
    assert set(states(exercise(), "often")) == {"none", "some", "full", "not known"}


@pytest.mark.parametrize("reason", [Missing.DONT_KNOW, Missing.NOT_ANSWERED])
def test_an_open_answer_counts_as_not_known_whatever_the_reason(reason: Missing) -> None:
    assert states(exercise({"money": reason}), "money")["not known"] == ("0",)


def test_an_item_that_is_not_asked_at_a_stage_is_not_exercised_there() -> None:
    assert not any(states(exercise({}, phase=Phase.BEFORE), "later").values())
    assert states(exercise({}, phase=Phase.AFTER), "later")["not known"] == ("0",)


@pytest.mark.parametrize(("code", "first", "second"), [("helped_by_money", 0, 1), ("pay", 1, 0)])
def test_a_rule_and_a_recommendation_hold_fail_and_stay_undecided(code: str, first: int, second: int) -> None:
    found = exercise({"money": "full"}, {"money": "none"}, {})
    assert states(found, code) == {"holds": (str(first),), "does not hold": (str(second),), "undecided": ("2",)}


def test_a_recommendation_on_a_band_is_undecided_where_there_is_none() -> None:
    found = exercise({"often": "none"}, {"often": "full"}, {"money": "none"})
    assert states(found, "worry") == {"holds": ("0",), "does not hold": ("1",), "undecided": ("2",)}


def test_without_cases_everything_is_a_gap() -> None:
    found = exercised(RULESET)
    assert found.gaps == tuple(found.cases)
    assert Counter(target.kind.value for target in found.gaps) == {"option": 4 + 5 + 5, "rule": 3, "recommendation": 6}


def test_the_gaps_are_what_no_case_exercises_in_reading_order() -> None:
    found = exercise({"money": "full"}, {"money": "none"})
    assert [target for target in found.gaps if target.code in ("money", "helped_by_money")] == [
        Target(Kind.OPTION, "money", "some"),
        Target(Kind.OPTION, "money", "does not apply"),
        Target(Kind.OPTION, "money", "not known"),
        Target(Kind.RULE, "helped_by_money", "undecided"),
    ]


def test_the_cases_of_the_shipped_rule_set_exercise_everything(shipped: RuleSet) -> None:
    assert [(each.kind.value, each.code, each.state) for each in exercised(shipped).gaps] == []


def test_invented_services_say_so_and_are_no_examples_of_sites(shipped: RuleSet) -> None:
    invented = [case for case in shipped.cases.values() if case.invented]
    assert len(invented) == 9
    for case in invented:
        assert "invented" in case.service.lower()
        assert case.about.startswith("This service does not exist.")
        assert case not in shipped.examples
        assert not any(answer.evidence for answer in case.answers.values())


def test_an_invented_service_says_each_risk_that_its_answers_give(shipped: RuleSet) -> None:
    for case in shipped.cases.values():
        if case.invented:
            rated = rate(shipped, case.answered(shipped.instrument))
            risks = {code: each.risk for code, each in rated.constructs.items()}
            risks.update({each.domain.code: each.risk for each in rated.domains})
            assert set(case.risk) == {subject for subject, risk in risks.items() if risk is not None}, case.code


def test_a_table_wraps_its_cells_and_parts_rows_of_several_lines() -> None:
    assert list(table(("a", "what it is"), [("one", "x"), ("four words of it", "y"), ("z", "")], (7, 5))) == [
        "a      what",
        "       it is",
        "-----  -----",
        "one    x",
        "four   y",
        "words",
        "of it",
        "",
        "z",
    ]


def test_a_share_is_rounded_down_so_that_100_percent_is_all() -> None:
    many = {Target(Kind.RULE, str(number), "holds"): ("a case",) for number in range(300)}
    lines = list(coverage_lines(Exercise({**many, Target(Kind.RULE, "last", "holds"): ()})))
    assert [line.split() for line in lines if line.startswith("rules")] == [
        ["rules", "holds", "300", "301", "99", "%"],
    ]  # fmt: skip
    assert lines[-2:] == ["No case exercises:", "  rule last: holds"]


def test_coverage_says_of_advice_that_it_applies_or_does_not() -> None:
    lines = list(coverage_lines(exercise({"money": "none"})))
    assert "  recommendation pay: does not apply, undecided" in lines
    assert "  item money: some, full, does not apply, not known" in lines
    assert "  rule helped_by_money: holds, undecided" in lines


def test_the_table_of_what_differs_names_case_expectation_result_and_reason() -> None:
    wrong = Shortfall("0", "the rule a holds", "it does not hold", "money: none")
    one = Case("0", "A service", "", Phase.AFTER, {}, Missing.DONT_KNOW, "", (), recommends=("pay",), leaves_out=("x",))
    assert list(tried_lines(replace(RULESET, cases={"0": one}), ["0"], [wrong])) == [
        "case  expected          got               because",
        "----  ----------------  ----------------  -----------",
        "0     the rule a holds  it does not hold  money: none",
        "",
        "1 case, 2 expectations: 1 as expected.",
    ]


def test_rules_test_counts_what_comes_out(folder: Path) -> None:
    done = run("test", folder)
    assert (done.exit_code, done.stdout) == (0, "4 cases, 8 expectations: 8 as expected.\n")


def test_rules_test_shows_what_differs_and_why_and_exits_with_2(folder: Path) -> None:
    file = folder / "cases" / "town.yaml"
    file.write_text(file.read_text().replace("working_together: low", "working_together: high"))
    done = run("test", folder)
    assert done.exit_code == 2
    text = " ".join(done.stdout.split())
    assert "case expected got because" in text
    assert "contact: weekly (+2)" in text
    assert "mean 2 of 1 of 1" in text
    assert "4 cases, 8 expectations: 7 as expected." in text
    assert done.stderr == "Error: 1 expectation of the cases does not come out; mend the rules or the cases.\n"


@pytest.mark.parametrize(("code", "cases"), [("town", 1), ("village", 1), ("contact_and_travel", 2)])
def test_rules_test_tries_one_case_or_one_pair(code: str, cases: int, folder: Path) -> None:
    done = run("test", folder, "--case", code)
    assert done.exit_code == 0
    assert done.stdout.startswith(f"{cases} case")


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("twon", "; did you mean town?"),
        ("x" * 200, "; expected one of: contact_and_travel_first, "),
    ],
)
def test_rules_test_says_when_there_is_no_such_case(code: str, hint: str, folder: Path) -> None:
    done = run("test", folder, "--case", code)
    assert done.exit_code == 2
    assert done.stderr.startswith(f"Error: The rule set has no case {code[:80]!r}{hint}")


def test_rules_coverage_names_the_gaps_and_exits_with_2_only_when_strict(folder: Path) -> None:
    relaxed, strict = run("coverage", folder), run("coverage", folder, "--strict")
    assert relaxed.exit_code == 0
    assert strict.exit_code == 2
    assert relaxed.stdout == strict.stdout
    assert "No case exercises:\n" in relaxed.stdout
    assert strict.stderr == "Error: Not everything is exercised; add cases for what is named above.\n"


def test_rules_coverage_of_the_shipped_set_is_100_percent() -> None:
    done = run("coverage", "--strict")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1].split()[0] == "all"
    assert done.stdout.splitlines()[-1].endswith(" 100 %")


def test_a_broken_rule_set_is_refused_by_both(folder: Path) -> None:
    (folder / "cases" / "town.yaml").write_text("case: town\n")
    for command in ("test", "coverage"):
        done = run(command, folder)
        assert done.exit_code == 2
        assert "cases/town.yaml" in done.stderr


def test_a_case_may_be_invented_and_demand_that_there_is_no_band(folder: Path) -> None:
    file = folder / "cases" / "nobody.yaml"
    file.write_text(
        "case: nobody\ninvented: true\nservice: An invented service\nphase: before\nanswers:\n  contact: dont_know\n"
        "not_determinable: [working_together]\n"
    )
    loaded = load_ruleset(folder)
    assert loaded.cases["nobody"].invented
    assert loaded.cases["nobody"].not_determinable == ("working_together",)
    assert [case.code for case in loaded.examples] == ["town", "village"]
    assert run("test", folder, "--case", "nobody").stdout == "1 case, 1 expectation: 1 as expected.\n"


def test_a_half_of_a_pair_may_demand_that_there_is_no_band(folder: Path) -> None:
    file = folder / "cases" / "pair-contact.yaml"
    file.write_text(file.read_text().replace("then:\n", "then:\n  not_determinable: [working_together]\n"))
    done = run("test", folder, "--case", "contact_and_travel")
    assert done.exit_code == 2
    assert "determinable" in done.stdout
    assert "2 cases, 7 expectations: 6 as expected." in done.stdout


def test_a_rule_set_without_cases_has_nothing_to_try(folder: Path) -> None:
    shutil.rmtree(folder / "cases")
    assert run("test", folder).stdout == "0 cases, 0 expectations: 0 as expected.\n"
    assert run("test", folder, "--case", "town").stderr == (
        "Error: The rule set has no case 'town'; the codes stand in its folder cases.\n"
    )
    assert run("coverage", folder).stdout.splitlines()[-1].startswith("  recommendation ")
