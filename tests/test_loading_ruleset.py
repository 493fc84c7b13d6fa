"""A folder of YAML: every complaint in its words on its line, all at once; and the digest that names a version."""

import os
import re
import shutil
from dataclasses import replace
from pathlib import Path
from time import process_time

import pytest
from broken_files import BROKEN, HERE, SMALL, TEAM, edited, headed, problems_with

from readiness.engine.conditions import claims
from readiness.engine.framework import Tier
from readiness.engine.ruleset import RuleSet
from readiness.loading import ruleset as loading
from readiness.loading.digest import canonical
from readiness.loading.instrument import OF_PAGES
from readiness.loading.problems import InvalidFiles, Problem
from readiness.loading.reader import CODE
from readiness.loading.ruleset import load_ruleset, read_ruleset
from readiness.web.forms import OWN_FIELDS, PageForm

CONTACT = "scoring/working_together.yaml"
FINDING = "evidence/smith2020.yaml"
TOP = "a rule set has ruleset.yaml, framework.yaml and the folders instrument, scoring, advice, evidence, cases, locale"

# Ways to spoil a line whose value they replace.
SPOILS = ("[]", "1:30", "[a, a]", "{a: b}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the small rule set, to be changed."""
    return Path(shutil.copytree(HERE / "small", tmp_path / "small"))


def said_of(folder: Path) -> list[Problem]:
    """What is said of a folder, which is nothing good."""
    with pytest.raises(InvalidFiles) as caught:
        load_ruleset(folder)
    return list(caught.value.problems)


def digest(files: dict[str, bytes] | None = None) -> str:
    """The digest of the small rule set with some files changed."""
    return read_ruleset({**SMALL, **(files or {})}).identity.digest


def test_the_small_rule_set_loads() -> None:
    small = read_ruleset(SMALL)
    assert list(small.instrument.items) == ["setting", "contact", "travel_money"]
    assert small.scoring["working_together"].items[0].ratings == {"hardly_ever": -2.0, "monthly": 0.0, "weekly": 2.0}


def test_conditions_nest() -> None:
    when = "any: [{not: {contact: weekly}}, {all: [{travel_money: paid}, {resources: at least moderate}]}]"
    small = read_ruleset(
        {**SMALL, "advice/contact.yaml": edited("advice/contact.yaml", "contact: at most monthly", when)}
    )
    assert [claim.subject for claim in claims(small.recommendations[0].when)] == [
        "contact",
        "travel_money",
        "resources",
    ]


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_gets_exactly_its_complaint(name: str) -> None:
    head = headed(BROKEN[name])
    expected = Problem(head["replaces"], int(head["line"]), head["says"])
    assert problems_with({head["replaces"]: BROKEN[name].encode()}) == [expected]


def test_problems_in_several_files_are_said_at_once_in_file_and_line_order() -> None:
    files = {
        CONTACT: edited(CONTACT, "shift: -1", "shift: -9"),
        "advice/contact.yaml": SMALL["advice/contact.yaml"].replace(b"low", b"lo").replace(b"stated", b"sated"),
        TEAM: edited(TEAM, "minutes: 2", "minutes: 2\nminutes: 3"),
        "framework.yaml": edited("framework.yaml", "weight: 3", "weight: heavy"),
    }
    assert [(problem.file, problem.line) for problem in problems_with(files)] == [
        ("advice/contact.yaml", 12),
        ("advice/contact.yaml", 18),
        ("framework.yaml", 3),
        (TEAM, 5),
        (CONTACT, 18),
    ]


def test_files_that_cannot_be_read_whole_are_said_before_what_refers_to_them() -> None:
    files = {"framework.yaml": b"a: [", TEAM: b"a: *b", CONTACT: edited(CONTACT, "shift: -1", "shift: -9")}
    assert [problem.file for problem in problems_with(files)] == ["framework.yaml", TEAM]


def test_a_second_file_for_one_construct_is_refused_with_its_items() -> None:
    assert problems_with({"scoring/zz.yaml": SMALL["scoring/resources.yaml"]}) == [
        Problem(
            "scoring/zz.yaml", 1, "construct 'resources' is already given in scoring/resources.yaml; merge the two"
        ),
        Problem(
            "scoring/zz.yaml", 3, "'travel_money' is already scored in scoring/resources.yaml; remove one of the two"
        ),
    ]


def test_more_rules_than_can_be_proven_are_refused() -> None:
    text = SMALL[CONTACT].decode()
    head, rule = text[: text.index("  - rule")], text[text.index("  - rule") :]
    rules = rule + "".join(rule.replace("contact_costs_travel", f"rule_{number}") for number in range(50))
    sentence = "working_together has 51 rules; at most 50 can be proven. Merge some"
    assert problems_with({CONTACT: (head + rules).encode()}) == [Problem(CONTACT, 13, sentence)]


def test_a_text_that_is_too_long_is_measured() -> None:
    files = {FINDING: edited(FINDING, "An invented paper.", "word " * 401)}
    assert [problem.sentence for problem in problems_with(files)] == ["about has 2,004 characters; at most 2,000 fit"]


def test_after_two_hundred_problems_the_rest_waits() -> None:
    text = SMALL["ruleset.yaml"].decode() + "".join(f"extra_{number}: x\n" for number in range(500))
    problems = problems_with({"ruleset.yaml": text.encode()})
    assert len(problems) == 201
    assert problems[-1].sentence == "there are more than 200 problems; mend those listed, then check again"


def test_no_spoilt_line_stops_the_loader_with_anything_but_complaints() -> None:
    outcomes = set()
    for path, content in SMALL.items():
        lines = content.decode().splitlines()
        for number, line in enumerate(lines):
            name = re.match(r"\s*(- )?\w+:", line)
            spoilt = [[], *([f"{name[0]} {spoil}"] for spoil in SPOILS if name)]
            for new in spoilt:
                text = "\n".join([*lines[:number], *new, *lines[number + 1 :]])
                outcomes.add(all(problem.line >= 1 for problem in problems_with({path: text.encode()})))
    assert outcomes == {True}


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    sentence = "there is no rule set here: no .yaml file in this folder"
    assert said_of(tmp_path) == [Problem(str(tmp_path), 1, sentence)]


def test_a_folder_without_yaml_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "ruleset.txt").write_text("id: small")
    assert said_of(tmp_path)[0].sentence == "there is no rule set here: no .yaml file in this folder"


def test_every_missing_file_and_folder_is_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "notes.yaml").write_text("a: b")
    lacks = "the rule set has no file in {0}/; add at least one .yaml file"
    assert said_of(tmp_path) == [
        *(Problem(name, 1, lacks.format(name)) for name in ("advice", "evidence")),
        Problem("framework.yaml", 1, "the rule set lacks this file"),
        Problem("instrument", 1, lacks.format("instrument")),
        Problem("notes.yaml", 1, f"{TOP}; move this file"),
        Problem("ruleset.yaml", 1, "the rule set lacks this file"),
        Problem("scoring", 1, lacks.format("scoring")),
    ]


def test_a_link_out_of_the_folder_is_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("case: secret")
    (folder / "cases" / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    assert said_of(folder) == [Problem("cases/link.yaml", 1, "the file lies outside the rule set; copy it in")]


def test_a_folder_a_pipe_and_a_dead_link_named_like_files_are_refused(folder: Path) -> None:
    (folder / "cases" / "a.yaml").mkdir()
    os.mkfifo(folder / "cases" / "b.yaml")
    (folder / "cases" / "c.yaml").symlink_to("gone.yaml")
    (folder / "cases" / "d.yaml").symlink_to("d.yaml")
    sentence = "this is no file; rename or remove it"
    assert said_of(folder) == [Problem(f"cases/{name}.yaml", 1, sentence) for name in "abcd"]


@pytest.mark.parametrize("code", ["items", "meta", "revision", "validate"])
def test_an_item_cannot_take_the_place_of_a_part_of_its_page(code: str) -> None:
    files = {path: text.replace(b"contact", code.encode()) for path, text in SMALL.items()}
    sentence = f"{code!r} has a meaning of its own and cannot be an item; choose another code"
    assert sentence in [problem.sentence for problem in problems_with(files)]


def test_no_name_of_a_form_is_free_for_an_item() -> None:
    own = {name for name in dir(PageForm) if CODE.fullmatch(name)}
    assert own | OWN_FIELDS <= OF_PAGES


def test_a_folder_with_far_too_many_files_is_no_rule_set(folder: Path) -> None:
    for number in range(loading.MOST_FILES):
        (folder / "cases" / f"{number}.yaml").touch()
    sentence = "there are more than 500 .yaml files; this is no rule set"
    assert said_of(folder) == [Problem(str(folder), 1, sentence)]


def test_a_folder_with_far_too_many_bytes_is_not_read(folder: Path) -> None:
    with (folder / "cases" / "large.yaml").open("wb") as large:
        large.truncate(loading.MOST_BYTES_IN_ALL)
    sentence = "the files have more than 10,000,000 bytes in all; split the rule set"
    assert said_of(folder) == [Problem(str(folder), 1, sentence)]


def test_two_loads_give_the_same_digest(folder: Path) -> None:
    assert load_ruleset(folder).identity.digest == load_ruleset(HERE / "small").identity.digest == digest()
    assert re.fullmatch(r"[0-9a-f]{64}", digest())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: The team", "# a comment\ntitle: The team   # another"),
        ("title: The team", '"title": "The team"'),
        ("title: The team", "\n\ntitle: >-\n  The\n  team"),
        ("asked: [manager, peer_support_worker]", "asked:\n          - manager\n          - peer_support_worker"),
        ("section: team\ntitle: The team", "title: The team\nsection: team"),
    ],
)
def test_layout_and_quotes_do_not_change_the_digest(old: str, new: str) -> None:
    assert digest({TEAM: edited(TEAM, old, new)}) == digest()


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (TEAM, "About once a month.", "About once each month."),
        (TEAM, "asked: [manager, peer_support_worker]", "asked: [manager]"),
        (CONTACT, "monthly: 0", "monthly: 0.5"),
        (CONTACT, "shift: -1", "shift: -0.5"),
        (CONTACT, "contact: at least monthly", "contact: weekly"),
        (FINDING, "Results, Theme 1", "Results, Theme 2"),
        ("advice/contact.yaml", "effort: low", "effort: medium"),
        ("framework.yaml", "weight: 3", "weight: 2"),
        ("ruleset.yaml", "moderate: 37.5", "moderate: 40"),
        ("cases/town.yaml", "is: weekly", "is: monthly"),
    ],
)
def test_wording_ratings_and_rules_change_the_digest(path: str, old: str, new: str) -> None:
    assert digest({path: edited(path, old, new)}) != digest()


def test_every_file_of_the_shipped_rule_set_is_valid(shipped: RuleSet) -> None:
    assert len(shipped.identity.digest) == 64


def test_the_digest_stays_when_a_later_program_knows_more_fields() -> None:
    tier = Tier("core", 3, "why")
    assert canonical(tier) == {"code": "core", "weight": 3, "why": "why"}
    assert canonical(replace(tier, bounds=(2.5, 3.5))) != canonical(tier)


def without(path: str, *lines: str) -> bytes:
    """A file of the small rule set without the lines that begin so."""
    kept = [line for line in SMALL[path].decode().splitlines(keepends=True) if not line.strip().startswith(lines)]
    return "".join(kept).encode()


def test_a_rule_set_of_the_first_format_still_loads() -> None:
    """Assessments are pinned to versions that earlier programs kept: whatever was added since may be missing."""
    later = ("from:", "to:", "silent:", "smith2020:", "left_out:", "- cfir2009: Structural", "because: The paper does")
    early = read_ruleset(
        {
            **{path: content for path, content in SMALL.items() if not path.startswith("cases/")},
            "framework.yaml": without("framework.yaml", *later),
            TEAM: SMALL[TEAM].partition(b"subjects:")[0],
            "advice/keeping.yaml": without("advice/keeping.yaml", "never_with:"),
            "cases/town.yaml": SMALL["cases/town.yaml"],
        }
    )
    now = read_ruleset(SMALL)
    assert early.pairs == {}
    assert early.instrument.sections[1].subjects == ()
    assert early.domains[0].left_out == ()
    assert early.scoring["resources"].items == now.scoring["resources"].items


def test_so_many_values_in_all_that_reading_takes_long_end_it_with_a_sentence() -> None:
    many = {f"cases/{number}.yaml": b"a: [" + b"b," * 10_000 + b"b]\n" for number in range(100)}
    (problem,) = problems_with(many)
    assert problem.sentence == (
        "reading ends here: the files hold more than 250,000 values or 1,000 problems in all; split the rule set, "
        "or mend what is listed"
    )


def test_files_that_are_refused_for_their_values_count_with_what_was_read_of_them() -> None:
    many = {f"advice/m{number}.yaml": b"a: [" + b"b," * 40_001 + b"]\n" for number in range(112)}
    began = process_time()
    problems = problems_with(many)
    assert process_time() - began < 10, "some 2 s; all 112 took 90 s"
    sentences = [problem.sentence for problem in problems]
    assert set(sentences) == {loading.ENOUGH, "the file holds more than 40,000 values; split it"}
    assert (len(sentences), sentences.count(loading.ENOUGH)) == (8, 1)


def test_so_many_problems_in_all_that_nobody_reads_them_end_the_reading() -> None:
    many = {f"cases/{number}.yaml": b"".join(b"k%d: &a x\n" % key for key in range(150)) for number in range(20)}
    problems = problems_with(many)
    assert len(problems) == loading.MOST_PROBLEMS_IN_ALL + 1
    assert loading.ENOUGH in {problem.sentence for problem in problems}
