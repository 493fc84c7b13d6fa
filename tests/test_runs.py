"""Jobs on drafts in processes of their own: what comes out, how far they are, and what ends in a sentence."""

import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from version_files import CONTACT, TEAM, WORDING, WORTH, Change, files_of, version_of

from readiness.engine.answers import Answers, Phase
from readiness.engine.ruleset import Identity, RuleSet
from readiness.errors import Closed, ReadinessError, TooMany
from readiness.loading.release import possible_versions, proposed_version, released
from readiness.loading.ruleset import read_folder, read_ruleset
from readiness.report.workbench_results import outcome_words
from readiness.report.workbench_runs import FEWEST, coarse, impacted
from readiness.runs import Limits, clock, serve
from readiness.store.database import ready_database
from readiness.store.drafts import Author, State, ask_for_review, change_file, find_draft, reopen_draft, start_draft
from readiness.store.rulesets import Origin, keep_ruleset, kept_versions
from readiness.store.runs import (
    KEPT_FOR_PUBLISHING,
    MOST_AT_ONCE,
    MOST_OF_A_DRAFT,
    SILENCE,
    Job,
    Progress,
    Run,
    approval,
    find_run,
    runs_of,
    start_all,
    start_once,
)
from readiness.workbench.columns import encode
from readiness.workbench.impact import Impact, impact

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 12)
BASE = version_of("1.0.0")
FREE: Change = (CONTACT, "hardly_ever: -2", "hardly_ever: 1")
ENTRY = "Rare contact weighs less."
ANNA = Author("1" * 32, "Anna")
CLEAN = multiprocessing.get_context("forkserver")
CLEAN.set_forkserver_preload(["readiness.runs"])


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    engine = ready_database(database_url)
    keep_ruleset(engine, BASE.identity, files_of("1.0.0"), Origin.SHIPPED)
    yield engine
    engine.dispose()


def draft_of(database: Engine, *changes: Change, files: Mapping[str, bytes] | None = None) -> str:
    content = files or files_of("1.0.0", *changes)
    return start_draft(database, "New paper", BASE.identity.digest, content, TODAY)


def ran(database: Engine, draft: str, job: Job, against: str = "", limits: Limits | None = None) -> Run:
    """A job done in a process of its own; the pages start one by its command.

    A server that has loaded everything once and holds nothing else forks it: a fork of the tests themselves would bring
    the threads and the memory of other tests into its limits.
    """
    run, _ = start_once(database, draft, find_draft(database, draft).revision, job, against, clock())
    arguments = (database.url.render_as_string(hide_password=False), run, limits)
    process = CLEAN.Process(target=serve, args=arguments)
    process.start()
    process.join(timeout=60)
    return find_run(database, run)


def came_out(run: Run) -> Mapping[str, object]:
    assert run.progress is Progress.DONE, run.result
    assert run.result is not None
    return run.result


def test_a_test_tells_what_the_cases_expected_and_did_not_get(database: Engine) -> None:
    assert came_out(ran(database, draft_of(database), Job.TEST))["holds"] is True
    never: Change = ("cases/town.yaml", "working_together: low", "working_together: high")
    result = came_out(ran(database, draft_of(database, never), Job.TEST))
    assert (result["holds"], result["unmet"], result["cases"]) == (False, 1, 4)
    assert result["shortfalls"][0]["case"] == "town"  # type: ignore[index]


def test_a_proof_tells_each_refutation_with_a_case_that_fails_the_test_of_the_draft(database: Engine) -> None:
    draft = draft_of(database, FREE)
    result = came_out(ran(database, draft, Job.PROVE))
    assert (result["holds"], result["refuted"]) == (False, 3)
    cases = [each["case"] for check in result["theorems"] for each in check["refutations"] if each["case"]]  # type: ignore[attr-defined]
    name, _, content = cases[0].partition("\n")
    files = {**files_of("1.0.0", FREE), name.removeprefix("# "): content.encode()}
    assert came_out(ran(database, draft_of(database, files=files), Job.TEST))["holds"] is False


def test_a_comparison_tells_text_and_meaning(database: Engine) -> None:
    result = came_out(ran(database, draft_of(database, WORTH), Job.COMPARE, BASE.identity.digest))
    assert not result["equivalent"]
    assert [(group["kind"], len(group["changes"])) for group in result["texts"]] == [("Items", 1)]  # type: ignore[attr-defined]
    assert [each["code"] for each in result["meaning"]] == ["working_together"] * 2  # type: ignore[attr-defined]


def test_a_rewording_is_proven_equivalent(database: Engine) -> None:
    result = came_out(ran(database, draft_of(database, WORDING), Job.COMPARE, BASE.identity.digest))
    assert result["equivalent"] is True
    assert result["changed"] == 2  # the item, and the condition that is said with its words


@pytest.mark.parametrize(("on", "many"), [("cases", 4), ("simulated:200", 200), ("stored", 0)])
def test_an_impact_is_found_on_cases_on_invented_and_on_stored_assessments(
    database: Engine, on: str, many: int
) -> None:
    result = came_out(ran(database, draft_of(database, FREE), Job.IMPACT, on))
    assert result["assessments"] == many
    assert result["rounded"] is (on == "stored")
    assert bool(result["touched"]) is (on != "stored")


def test_problems_in_the_files_are_what_a_job_comes_to(database: Engine) -> None:
    broken: Change = (TEAM, "minutes: 2", "minutes: two")
    run = ran(database, draft_of(database, broken), Job.PROVE)
    assert run.progress is Progress.FAILED
    assert run.result is not None
    assert run.result["why"] == "refused"
    assert "instrument/1-team.yaml" in run.result["problems"][0]  # type: ignore[index]


RULE = """
  - rule: rule_{number}
    title: R
    when: {{contact: monthly}}
    shift: -0.5
    because: Fares.
    evidence: [smith2020_contact_builds_trust]
    status: ours
"""


@pytest.mark.parametrize(
    ("many", "sentence"),
    [(5_000, "the file holds more than 40,000 values; split it"), (1_000, "at most 50 can be proven. Merge some")],
)
def test_a_set_with_thousands_of_rules_is_refused_with_a_sentence(database: Engine, many: int, sentence: str) -> None:
    files = files_of("1.0.0")
    rules = "".join(RULE.format(number=number).lstrip("\n") for number in range(many))
    run = ran(database, draft_of(database, files={**files, CONTACT: files[CONTACT] + rules.encode()}), Job.PROVE)
    assert run.progress is Progress.FAILED
    assert run.result is not None
    assert sentence in run.result["problems"][0]  # type: ignore[index]


def test_a_job_that_takes_too_long_ends_with_that(database: Engine) -> None:
    run = ran(database, draft_of(database), Job.IMPACT, "simulated:90000000", Limits(wall=1))
    assert (run.progress, run.result) == (Progress.FAILED, {"why": "time"})


def test_a_job_that_takes_too_much_processor_ends_with_that(database: Engine) -> None:
    run = ran(database, draft_of(database), Job.IMPACT, "simulated:90000000", Limits(cpu=2))
    assert (run.progress, run.result) == (Progress.FAILED, {"why": "time"})


def test_a_job_that_takes_too_much_memory_ends_with_that(database: Engine) -> None:
    draft = draft_of(database, files=read_folder(Path(__file__).parents[1] / "rules" / "peer-support"))
    run, _ = start_once(database, draft, 1, Job.TEST, "", clock())
    url = database.url.render_as_string(hide_password=False)
    used = "int(open('/proc/self/statm').read().split()[0]) * 4096"  # what a process has that has only looked
    look = f"from readiness.runs import *; find_run(open_database({url!r}), {run!r})"
    script = f"{look}; serve({url!r}, {run!r}, Limits(memory={used} + 16 * MIB))"
    subprocess.run([sys.executable, "-c", script], check=True)
    ended = find_run(database, run)
    assert (ended.progress, ended.result) == (Progress.FAILED, {"why": "memory"})


def test_a_job_says_how_far_it_is_while_it_runs(database: Engine) -> None:
    draft, many = draft_of(database, WORTH), 20_000_000
    run, _ = start_once(database, draft, 1, Job.IMPACT, f"simulated:{many}", clock())
    url = database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "readiness.runs", run]
    seen = set()
    with subprocess.Popen(command, env={**os.environ, "READINESS_DATABASE_URL": url}) as process:
        while process.poll() is None:
            found = find_run(database, run)
            seen.add((found.done, found.of))
            time.sleep(0.05)
    assert any(0 < done < many == of for done, of in seen)


def test_a_double_click_starts_one(database: Engine) -> None:
    draft = draft_of(database)
    first, is_new = start_once(database, draft, 1, Job.PROVE, "", NOW)
    assert is_new
    assert start_once(database, draft, 1, Job.PROVE, "", NOW) == (first, False)
    assert start_once(database, draft, 2, Job.PROVE, "", NOW)[1]
    assert start_once(database, draft, 1, Job.TEST, "", NOW)[1]


def test_what_has_died_can_be_started_again(database: Engine) -> None:
    draft, later = draft_of(database), NOW + SILENCE + timedelta(seconds=1)
    first, _ = start_once(database, draft, 1, Job.PROVE, "", NOW)
    again, is_new = start_once(database, draft, 1, Job.PROVE, "", later)
    assert is_new
    assert again != first
    assert find_run(database, first).is_lost(later)


def filled(database: Engine) -> list[str]:
    """Drafts with as many long jobs as fit."""
    drafts = [draft_of(database) for _ in range((MOST_AT_ONCE - KEPT_FOR_PUBLISHING) // MOST_OF_A_DRAFT)]
    for draft in drafts:
        for number in range(MOST_OF_A_DRAFT):
            start_once(database, draft, 1, Job.IMPACT, f"simulated:{number + 1}", NOW)
    return drafts


def test_too_much_at_once_is_refused(database: Engine) -> None:
    filled(database)
    with pytest.raises(TooMany, match="Too much is running just now"):
        start_once(database, draft_of(database), 1, Job.PROVE, "", NOW)


def test_one_draft_leaves_room_for_the_review_of_another(database: Engine) -> None:
    draft, other = draft_of(database), draft_of(database)
    for number in range(MOST_OF_A_DRAFT):
        start_once(database, draft, 1, Job.IMPACT, f"simulated:{number + 1}", NOW)
    with pytest.raises(TooMany, match=r"At most 3 jobs of a draft run at once\. Wait until one has ended"):
        start_once(database, draft, 1, Job.PROVE, "", NOW)
    wanted = [(Job.TEST, ""), (Job.PROVE, ""), (Job.COMPARE, BASE.identity.digest)]
    assert all(is_new for _, is_new in start_all(database, other, 1, wanted, NOW))


def test_long_jobs_leave_a_place_for_publishing(database: Engine) -> None:
    draft = filled(database)[0]
    assert start_once(database, draft, 1, Job.PUBLISH, approval("1.1.0", ENTRY), NOW)[1]


def test_several_jobs_start_together_or_not_at_all(database: Engine) -> None:
    draft = draft_of(database)
    start_once(database, draft, 1, Job.IMPACT, "cases", NOW)
    with pytest.raises(TooMany, match="At most 3 jobs of a draft run at once"):
        start_all(database, draft, 1, [(Job.TEST, ""), (Job.PROVE, ""), (Job.COMPARE, "x")], NOW)
    assert [run.job for run in runs_of(database, draft)] == [Job.IMPACT]


def test_an_entry_is_kept_only_with_the_job_that_publishes_it(database: Engine) -> None:
    draft = reviewed(database, WORTH)
    wanted = [(Job.PUBLISH, approval("1.1.0", "New."))]
    filled(database)
    start_once(database, reviewed(database, WORTH), 1, Job.PUBLISH, approval("1.1.0", ENTRY), NOW)
    with pytest.raises(TooMany, match="Too much is running just now"):
        start_all(database, draft, 1, wanted, NOW, "New.")
    assert find_draft(database, draft).note == ENTRY
    later = NOW + SILENCE + timedelta(seconds=1)
    ((run, _),) = start_all(database, draft, 1, wanted, later, "New.")
    assert find_draft(database, draft).note == "New."
    again = [(Job.PUBLISH, approval("1.2.0", "Other."))]
    assert start_all(database, draft, 1, again, later, "Other.") == ((run, False),)
    assert find_draft(database, draft).note == "New."


def test_an_entry_of_a_draft_that_is_not_in_review_is_not_kept(database: Engine) -> None:
    draft = draft_of(database, WORTH)
    with pytest.raises(Closed, match="The draft was changed or given back since you opened this page"):
        start_all(database, draft, 1, [(Job.PUBLISH, approval("1.1.0", "New."))], NOW, "New.")
    assert runs_of(database, draft) == ()


def test_a_job_for_an_earlier_revision_is_not_done_on_a_later_one(database: Engine) -> None:
    draft = draft_of(database)
    run, _ = start_once(database, draft, 1, Job.TEST, "", clock())
    change_file(database, draft, TEAM, lambda text: text.replace("Hardly ever.", "Almost never."), ANNA)
    url = database.url.render_as_string(hide_password=False)
    subprocess.run([sys.executable, "-m", "readiness.runs", run], env={**os.environ, "READINESS_DATABASE_URL": url})
    assert find_run(database, run).result == {
        "why": "refused",
        "problems": ["The draft was changed before this began. Start it again."],
        "left": 0,
    }


def reviewed(database: Engine, *changes: Change, note: str = ENTRY) -> str:
    draft = draft_of(database, *changes)
    ask_for_review(database, draft, note, ANNA)
    return draft


def test_what_was_reviewed_is_published_with_its_number_and_its_entry(database: Engine) -> None:
    draft = reviewed(database, WORTH)
    result = came_out(ran(database, draft, Job.PUBLISH, approval("1.1.0", ENTRY)))
    newest = kept_versions(database)[-1]
    assert (newest.version, newest.digest, newest.origin) == ("1.1.0", result["digest"], Origin.INSTALLATION)
    found = find_draft(database, draft)
    assert (found.state, found.published) == (State.PUBLISHED, newest.digest)


REFUSED: tuple[tuple[tuple[Change, ...], str, str], ...] = (
    ((WORTH,), "1.0.1", "raises only the last number of 1.0.0, but what can change a result differs; make it 1.1.0"),
    ((WORTH,), "1.0.0", "1.0.0 is published with other content"),
    ((WORTH,), "0.9.0", "the version 0.9.0 is not above 1.0.0, which is published; raise it"),
    ((WORTH,), "soon", "The version 'soon' is not three numbers"),
    ((FREE,), "1.1.0", "proof: better answers: refuted"),
    ((("cases/town.yaml", "working_together: low", "working_together: high"),), "1.1.0", "cases: town: expected"),
    (((TEAM, "minutes: 2", "minutes: two"),), "1.1.0", "instrument/1-team.yaml"),
)


@pytest.mark.parametrize(("changes", "version", "sentence"), REFUSED)
def test_what_may_not_be_published_is_refused_and_nothing_is_half_published(
    database: Engine, changes: tuple[Change, ...], version: str, sentence: str
) -> None:
    draft = reviewed(database, *changes)
    run = ran(database, draft, Job.PUBLISH, approval(version, ENTRY))
    assert run.progress is Progress.FAILED
    assert run.result is not None
    assert sentence in "\n".join(run.result["problems"])  # type: ignore[call-overload]
    assert len(kept_versions(database)) == 1
    assert find_draft(database, draft).state is State.IN_REVIEW


def test_a_retired_code_with_another_meaning_is_not_published(database: Engine) -> None:
    files = files_of("1.1.0")
    without = {path: content.replace(b"contact_costs_travel", b"unpaid_travel") for path, content in files.items()}
    keep_ruleset(database, read_ruleset(without).identity, without, Origin.SHIPPED)
    draft = reviewed(database, (CONTACT, "shift: -1", "shift: -0.5"))
    run = ran(database, draft, Job.PUBLISH, approval("1.2.0", ENTRY))
    assert run.result is not None
    assert "the rule 'contact_costs_travel' is retired since 1.1.0 and comes back with another meaning" in str(
        run.result
    )
    assert len(kept_versions(database)) == 2


def test_a_draft_that_was_given_back_meanwhile_is_not_published(database: Engine) -> None:
    draft = reviewed(database, WORTH)
    reopen_draft(database, draft, "Not yet.")
    run = ran(database, draft, Job.PUBLISH, approval("1.1.0", ENTRY))
    assert run.result is not None
    assert run.result["problems"] == [
        "The draft was changed or given back since you opened this page. Look at it again."
    ]
    assert len(kept_versions(database)) == 1


def test_a_draft_that_would_undo_what_was_published_since_it_began_is_not_published(database: Engine) -> None:
    drafts = [reviewed(database, WORTH), reviewed(database, WORDING)]
    first = came_out(ran(database, drafts[0], Job.PUBLISH, approval("1.1.0", ENTRY)))
    run = ran(database, drafts[1], Job.PUBLISH, approval("1.2.0", ENTRY))
    assert run.result is not None
    assert run.result["problems"] == [
        "This draft is based on 1.0.0, and 1.1.0 was published since; publishing the draft would undo what that "
        "changed. Start a draft from 1.1.0 and make your changes there."
    ]
    assert kept_versions(database)[-1].digest == first["digest"]
    assert find_draft(database, drafts[1]).state is State.IN_REVIEW


def test_a_draft_of_what_only_a_folder_held_follows_that(database: Engine) -> None:
    held = version_of("1.4.0")
    keep_ruleset(database, held.identity, files_of("1.4.0"))
    draft = start_draft(database, "New paper", held.identity.digest, files_of("1.4.0", WORTH), TODAY)
    ask_for_review(database, draft, ENTRY)
    assert came_out(ran(database, draft, Job.PUBLISH, approval("1.5.0", ENTRY)))["version"] == "1.5.0"


def test_a_draft_is_published_by_one_job_at_a_time_under_whatever_number(database: Engine) -> None:
    draft = reviewed(database, WORTH)
    first, _ = start_once(database, draft, 1, Job.PUBLISH, approval("1.1.0", ENTRY), NOW)
    assert start_once(database, draft, 1, Job.PUBLISH, approval("2.0.0", ENTRY), NOW) == (first, False)


@pytest.mark.parametrize(
    ("earlier", "changes", "numbers"),
    [
        ("1.0.0", (WORDING,), ("1.0.1", "1.1.0", "2.0.0")),
        ("1.0.0", (WORTH,), ("1.1.0", "2.0.0")),
        ("1.999999.3", (WORTH,), ("2.0.0",)),
        ("", (WORTH,), ("1.0.0",)),
    ],
)
def test_the_numbers_to_choose_from_are_those_that_may_follow(
    earlier: str, changes: tuple[Change, ...], numbers: tuple[str, ...]
) -> None:
    known = [replace(BASE.identity, version=earlier)] if earlier else []
    assert possible_versions(known, version_of("1.0.0", *changes).identity) == numbers


def test_an_entry_that_was_changed_after_it_was_approved_is_not_published(database: Engine) -> None:
    draft = reviewed(database, WORTH, note="Something else.")
    run = ran(database, draft, Job.PUBLISH, approval("1.1.0", ENTRY))
    assert run.result is not None
    assert "was changed since it was approved" in run.result["problems"][0]  # type: ignore[index]
    assert len(kept_versions(database)) == 1


def test_of_two_drafts_published_under_one_number_at_once_one_is(database: Engine) -> None:
    drafts = [reviewed(database, WORTH), reviewed(database, WORDING)]
    runs = [start_once(database, draft, 1, Job.PUBLISH, approval("1.1.0", ENTRY), clock())[0] for draft in drafts]
    url = database.url.render_as_string(hide_password=False)
    environment = {**os.environ, "READINESS_DATABASE_URL": url}
    processes = [subprocess.Popen([sys.executable, "-m", "readiness.runs", run], env=environment) for run in runs]
    for process in processes:
        process.wait(timeout=60)
    ended = [find_run(database, run) for run in runs]
    assert sorted(run.progress for run in ended) == [Progress.DONE, Progress.FAILED]
    assert [each.version for each in kept_versions(database)] == ["1.0.0", "1.1.0"]
    assert sorted(find_draft(database, draft).state for draft in drafts) == [State.IN_REVIEW, State.PUBLISHED]


@pytest.mark.parametrize(
    ("changes", "number"),
    [((WORDING,), "1.0.1"), ((WORTH,), "1.1.0")],
    ids=["wording only", "what can change a result"],
)
def test_the_number_proposed_tells_whether_results_can_differ(changes: tuple[Change, ...], number: str) -> None:
    new = version_of("1.0.0", *changes).identity
    assert proposed_version([Identity("small", "0.9.0", "0", "", "0"), BASE.identity], new) == number
    assert proposed_version([], new) == "1.0.0"


def test_a_release_changes_three_places_of_one_file() -> None:
    files = files_of("1.0.0", status="draft")
    made = released(files, "1.1.0", f"  {ENTRY}\n")
    ruleset = read_ruleset(made)
    assert (ruleset.identity.version, ruleset.identity.draft) == ("1.1.0", False)
    assert ruleset.changelog == {**read_ruleset(files).changelog, "1.1.0": ENTRY}
    assert {path for path in files if made[path] != files[path]} == {"ruleset.yaml"}


def test_a_release_replaces_the_entry_that_is_there() -> None:
    made = released(files_of("1.1.0"), "1.1.0", ENTRY)
    assert read_ruleset(made).changelog["1.1.0"] == ENTRY


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ("", "The changelog has no entry for this version; say what changes, and for whom."),
        ("a\u202eb", "The changelog entry should be up to 4000 letters of plain text; shorten it."),
        ("x" * 4_001, "The changelog entry should be up to 4000 letters of plain text; shorten it."),
    ],
)
def test_an_entry_that_cannot_be_written_is_refused(changes: str, sentence: str) -> None:
    with pytest.raises(ReadinessError) as raised:
        released(files_of("1.0.0"), "1.1.0", changes)
    assert str(raised.value) == sentence


def impact_on(a: RuleSet, b: RuleSet, rare: int, often: int) -> Impact:
    """The impact on so many services where contact is rare, and so many where it is not."""
    answers = [
        *[Answers(Phase.AFTER, {"contact": "hardly_ever"})] * rare,
        *[Answers(Phase.AFTER, {"contact": "weekly"})] * often,
    ]
    names = [f"Service {number}" for number in range(rare + often)]
    return impact(a, b, [(encode(a.instrument, Phase.AFTER, answers), names)])


def test_of_real_services_no_name_and_no_count_that_is_no_multiple_of_five_is_told() -> None:
    a, b = BASE, version_of("1.1.0", FREE)
    found = impact_on(a, b, 13, 9)
    assert found.touched == 13
    told = impacted(a, b, coarse(found), True)
    numbers = [told["assessments"], told["touched"], told["in_domains"], told["together"]]
    for matrix in (*told["domains"], *told["constructs"]):  # type: ignore[misc]
        numbers += [matrix["changed"], *(count for row in matrix["counts"] for count in row)]
    numbers += [each[key] for each in told["causes"] for key in ("domains", "constructs")]  # type: ignore[attr-defined]
    numbers += [each[key] for each in told["advice"] for key in ("appears", "vanishes")]  # type: ignore[attr-defined]
    assert 10 in numbers
    assert [number for number in numbers if not isinstance(number, int) or number % 5] == []
    assert "Service 1" not in str(told)


@pytest.mark.parametrize("rare", [0, 4, FEWEST - 1])
def test_of_fewer_than_twenty_real_services_nothing_is_told(rare: int) -> None:
    a, b = BASE, version_of("1.1.0", FREE)
    told = impacted(a, b, coarse(impact_on(a, b, rare, FEWEST - 1 - rare)), True)
    assert told == impacted(a, b, coarse(impact_on(a, b, 0, 1)), True)
    assert outcome_words("impact", told) == "There are fewer than 20 such assessments, so nothing is shown about them."
    assert coarse(impact_on(a, b, FEWEST, 0)).touched == FEWEST


def test_the_note_claims_no_more_than_rounding_does() -> None:
    a, b = BASE, version_of("1.1.0", FREE)
    told = impacted(a, b, coarse(impact_on(a, b, 13, 9)), True)
    for sheet in ("html", "csv"):
        assert "from a glance, not from a researcher who tries to find it." in str(told[sheet])


@pytest.mark.parametrize("rare", [1, 4])
def test_fewer_than_five_are_not_told_from_none(rare: int) -> None:
    a, b = BASE, version_of("1.1.0", FREE)
    some, none = (impacted(a, b, coarse(impact_on(a, b, many, 20 - many)), True) for many in (rare, 0))
    told = [
        {name: each[name] for name in ("touched", "in_domains", "causes", "advice", "lost")} for each in (some, none)
    ]
    assert told[0] == told[1]
    assert [each["changed"] for each in some["domains"]] == [0]  # type: ignore[attr-defined]
