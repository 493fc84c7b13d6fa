"""The documentation against the code: links, settings, commands, keys, claim words, excerpts and the six sites."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache
from itertools import product
from pathlib import Path
from shutil import copytree
from textwrap import dedent

import click
import pytest
from click.testing import CliRunner

from readiness.cli import main
from readiness.config import ROOT, SETTINGS
from readiness.engine.answers import Missing
from readiness.engine.cases import Outcome, Relation
from readiness.engine.conditions import OPERATORS, evaluate
from readiness.engine.evidence import Direction, Kind
from readiness.engine.expectations import shortfalls
from readiness.engine.framework import Band
from readiness.engine.grounds import thin
from readiness.engine.result import DomainResult
from readiness.engine.ruleset import Effort, Recommendation, Rule, Status, When
from readiness.engine.scoring import score
from readiness.loading.advice import read_theme
from readiness.loading.cases import Known, read_case, read_pair
from readiness.loading.document import Mapping, Node, read_document
from readiness.loading.evidence import PHASES, SITES, read_source
from readiness.loading.framework import read_domains
from readiness.loading.instrument import read_section
from readiness.loading.reader import Reader
from readiness.loading.ruleset import (
    all_subjects,
    case_subjects,
    load_ruleset,
    scored_subjects,
)
from readiness.loading.scoring import read_scoring
from readiness.report.told import example_name, robustness_lines

DOCS = ROOT / "docs"
RULES = ROOT / "rules" / "peer-support"
PAGES = [*sorted(DOCS.glob("**/*.md")), *(path for path in [ROOT / "README.md"] if path.exists())]
AUTHORS = (DOCS / "rules-authors.md").read_text()
OPERATIONS = (DOCS / "operations.md").read_text()
METHOD = (DOCS / "method.md").read_text()
RULESET = load_ruleset(RULES)

FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
EXCERPT = re.compile(r"^From `([^`]+)`:\n\n```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TABLE_ROW = re.compile(r"^\| `([^`]+)` \|", re.MULTILINE)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def links(page: Path) -> list[str]:
    found = LINK.findall(FENCE.sub("", page.read_text()))
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def anchors(page: Path) -> set[str]:
    """The names that a page's headings can be linked by."""
    headings = HEADING.findall(FENCE.sub("", page.read_text()))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for link in links(page):
        file, _, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), f"{name_of(page)} links to {link}, which does not exist"
        assert target.is_relative_to(ROOT), f"{name_of(page)} links to {link}, outside the project"
        assert not anchor or anchor in anchors(target), f"{name_of(page)} links to {link}: no such heading"


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_documented(name: str) -> None:
    assert SETTINGS[name].variable in TABLE_ROW.findall(OPERATIONS), f"{name} has no row in docs/operations.md"


def test_no_setting_is_documented_that_does_not_exist() -> None:
    named = set(re.findall(r"\bREADINESS_[A-Z_]+\b", OPERATIONS))
    assert named == {setting.variable for setting in SETTINGS.values()}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_that_is_shown_exists(page: Path) -> None:
    for given in re.findall(r"(?:^|[`/])readiness ((?:[a-z][a-z-]* ?)+)", page.read_text(), re.MULTILINE):
        command: click.Command = main
        for word in given.split():
            if not isinstance(command, click.Group):
                break
            found = command.get_command(click.Context(command), word)
            assert found, f"{name_of(page)} shows readiness {given}"
            command = found


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_claim_word_is_documented(operator: str) -> None:
    assert operator in TABLE_ROW.findall(section(AUTHORS, "Claims")), f"{operator} has no row in the table of claims"


class Listening(Reader):
    """A reader that remembers which keys the loader was ready to take, by what it was reading."""

    taken: dict[str, set[str]]

    def mapping(self, node: Node | None, what: str, keys: Iterable[str] = (), optional: Iterable[str] = ()) -> Mapping:
        self.taken[re.sub(r"^(the (?:tier|answer to|scoring of)) .*", r"\1", what)].update(keys, optional)
        return super().mapping(node, what, keys, optional)


@cache
def taken_keys() -> dict[str, set[str]]:
    """The keys the loader accepts, found by letting it read our own rule set."""
    taken: dict[str, set[str]] = defaultdict(set)
    instrument, constructs = RULESET.instrument, RULESET.constructs
    findings = set(RULESET.findings)
    subjects = all_subjects(instrument, RULESET.domains)
    known = Known(instrument, case_subjects(instrument, RULESET.domains))
    readers: dict[str, Callable[[Reader, Node | None], object]] = {
        "framework.yaml": lambda reader, root: read_domains(reader, root),
        "instrument/*.yaml": lambda reader, root: read_section(reader, root, findings),
        "scoring/*.yaml": lambda reader, root: read_scoring(
            reader, root, dict(constructs), dict(instrument.items), findings, scored_subjects(instrument)
        ),
        "advice/*.yaml": lambda reader, root: read_theme(reader, root, dict(instrument.items), findings, subjects),
        "evidence/*.yaml": lambda reader, root: read_source(reader, root, set(constructs)),
        "cases/*-[b1]*.yaml": lambda reader, root: read_case(reader, root, known),
        "cases/pair-*.yaml": lambda reader, root: read_pair(reader, root, known),
    }
    for pattern, read in readers.items():
        for path in sorted(RULES.glob(pattern)):
            root, problems = read_document(path.name, path.read_bytes())
            reader = Listening(path.name, problems)
            reader.taken = taken
            read(reader, root)
            assert not problems
    return taken


# Where the keys of each thing are documented; the loader's word for the thing > the heading.
PLACES = {
    "leeway": "ruleset.yaml",
    "the framework": "framework.yaml",
    "the tier": "framework.yaml",
    "a domain": "framework.yaml",
    "a construct": "framework.yaml",
    "a construct that is left out": "framework.yaml",
    "a section": "instrument/",
    "a subject": "instrument/",
    "a page": "instrument/",
    "an item": "instrument/",
    "ask": "instrument/",
    "a scoring file": "scoring/",
    "the scoring of": "scoring/",
    "worth": "scoring/",
    "a rule": "scoring/",
    "levels that are alike": "scoring/",
    "a waiver": "scoring/",
    "a band out of reach": "scoring/",
    "an advice file": "advice/",
    "a recommendation": "advice/",
    "an evidence file": "evidence/",
    "the source": "evidence/",
    "a finding": "evidence/",
    "an answers file": "cases/",
    "the answer to": "cases/",
    "a pair": "cases/",
    "first": "cases/",
    "then": "cases/",
}


def section(text: str, heading: str) -> str:
    """The text under a heading, up to the next heading of its rank or a higher one."""
    match = re.search(rf"^(#+) `?{re.escape(heading)}`?[^\n]*$", text, re.MULTILINE)
    assert match, f"there is no heading {heading}"
    rest = text[match.end() :]
    end = re.search(rf"^#{{1,{len(match.group(1))}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


@pytest.mark.parametrize("what", PLACES)
def test_every_key_the_loader_accepts_is_documented(what: str) -> None:
    documented = TABLE_ROW.findall(section(AUTHORS, PLACES[what]))
    missing = sorted(taken_keys()[what] - set(documented))
    assert not missing, f"{what}: {', '.join(missing)} has no row under {PLACES[what]} in docs/rules-authors.md"


def test_every_kind_of_mapping_has_its_place() -> None:
    free = {
        "tiers", "items", "options", "worth", "answers", "improves", "when", "unless", "expect", "silent", "change",
        "rules", "compare", "moves",
    }  # fmt: skip
    assert {what for what, keys in taken_keys().items() if keys} - free <= set(PLACES)


def test_every_key_of_ruleset_yaml_is_documented() -> None:
    root, _ = read_document("ruleset.yaml", (RULES / "ruleset.yaml").read_bytes())
    documented = TABLE_ROW.findall(section(AUTHORS, "ruleset.yaml"))
    assert isinstance(root, Mapping)
    assert not [key.value for key, _ in root.pairs if key.value not in documented]


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("scoring/", Status),
        ("scoring/", Band),
        ("advice/", When),
        ("advice/", Effort),
        ("evidence/", Kind),
        ("evidence/", Direction),
        ("evidence/", PHASES),
        ("evidence/", SITES),
        ("cases/", Relation),
        ("cases/", Outcome),
    ],
    ids=["status", "band", "phase", "effort", "kind", "direction", "finding phase", "site", "relation", "outcome"],
)
def test_every_word_to_choose_from_is_documented(heading: str, words: Iterable[str]) -> None:
    text = section(AUTHORS, heading)
    assert not [str(word) for word in words if f"`{word}`" not in text]


@pytest.mark.parametrize(
    ("path", "block"), EXCERPT.findall(AUTHORS), ids=[path for path, _ in EXCERPT.findall(AUTHORS)]
)
def test_every_excerpt_stands_in_our_rule_set(path: str, block: str) -> None:
    def plain(text: str) -> str:
        return "\n".join(line.strip() for line in dedent(text).strip().splitlines())

    file = plain((RULES / path).read_text())
    for part in block.split("...\n"):
        assert plain(part) in file, f"{path} no longer holds this excerpt of docs/rules-authors.md:\n{part}"


def cell(domain: DomainResult) -> str:
    """One domain of one site as the table of docs/method.md shows it."""
    span = f"{domain.range.best:.1f} to {domain.range.worst:.1f}" if domain.range else "nothing"
    if domain.rated.risk is None or domain.band is None:
        return f"? ({span})"
    return f"{domain.rated.risk:.1f} {domain.band}, {domain.certainty} ({span})"


def sites() -> str:
    """The table of the six sites before and after, made from the engine."""
    titles = [domain.title for domain in RULESET.domains]
    lines = [f"| site | {' | '.join(titles)} | critical barriers |", "|" + "---|" * (len(titles) + 2)]
    for case in RULESET.examples:
        result = score(RULESET, case.answered(RULESET.instrument))
        critical = ", ".join(RULESET.constructs[code].title for code in result.critical) or "none found"
        cells = " | ".join(cell(domain) for domain in result.domains)
        lines.append(f"| {example_name(case)} | {cells} | {critical} |")
    return "\n".join(lines)


MADE = {
    "sites": sites,
    "robustness": lambda: "\n".join(robustness_lines(RULESET, 10_000, 1)),
}


@pytest.mark.parametrize("name", MADE)
def test_a_table_that_is_made_is_what_the_engine_says(name: str) -> None:
    shown = METHOD.partition(f"<!-- {name}: begin -->")[2].partition(f"<!-- {name}: end -->")[0].strip()
    made = MADE[name]()
    assert shown == made, f"put this between the two marks in docs/method.md:\n{made}"


def test_the_readme_counts_what_the_rule_set_holds() -> None:
    text = (ROOT / "README.md").read_text()
    counts = {
        "questions with described levels": len(RULESET.construct_of),
        "constructs": len(RULESET.constructs),
        "rules for how answers work together": len(RULESET.rules),
        "recommendations": len(RULESET.recommendations),
    }
    for what, count in counts.items():
        assert f"{count} {what}" in text, f"README: there are {count} {what}"


# The worked revision of docs/rules-authors.md, carried out on a copy of the rule set.
REVISION = section(AUTHORS, "A revision, step by step")
WRITTEN = re.compile(r"^[^\n]*`([^`\n]+\.yaml)`:\n\n```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NEW_RULE = "short_training_left_alone"


class Revision:
    """The files that the revision writes, in the order of its steps, and the rule set that comes of them."""

    def __init__(self, folder: Path) -> None:
        paths, texts = zip(*WRITTEN.findall(REVISION), strict=True)
        assert [path.removeprefix("rules/peer-support/") for path in paths] == [
            "evidence/example2026.yaml",
            "short-training.yaml",
            "scoring/executing.yaml",
            "scoring/executing.yaml",
            "cases/pair-short-training-and-strain.yaml",
            "ruleset.yaml",
        ]
        self.findings, self.answers, self.draft, self.rule, self.pair, self.changes = texts
        self.folder = folder / "peer-support"
        self.answers_file = folder / "short-training.yaml"
        copytree(RULES, self.folder)
        self.answers_file.write_text(self.answers)
        (self.folder / "evidence" / "example2026.yaml").write_text(self.findings)

    @property
    def mended_draft(self) -> str:
        mended = self.draft.replace("shrot", "short")
        return mended.replace("example2026_talks_instead_of_training", "example2026_short_training_and_strain")

    def with_rule(self, text: str) -> Path:
        (self.folder / "scoring" / "executing.yaml").write_text(
            (RULES / "scoring" / "executing.yaml").read_text() + text
        )
        return self.folder

    def done(self) -> Path:
        (self.folder / "cases" / "pair-short-training-and-strain.yaml").write_text(self.pair)
        return self.with_rule(self.rule)

    def run(self, *words: object) -> str:
        """What a command prints, problems included."""
        return CliRunner().invoke(main, [str(word) for word in words]).output


@pytest.fixture
def revision(tmp_path: Path) -> Revision:
    return Revision(tmp_path)


def shown(start: str) -> list[str]:
    """The lines of the revision that begin so."""
    return [line for line in REVISION.splitlines() if line.startswith(start)]


def test_nothing_of_the_exercise_is_in_our_rule_set() -> None:
    assert NEW_RULE not in RULESET.rules
    assert "example2026" not in RULESET.sources


def test_the_revision_starts_from_findings_we_have() -> None:
    named = {code for code in re.findall(r"\b[a-z]+20\d\d[ab]?_[a-z_]+\b", REVISION) if not code.startswith("example")}
    assert named
    assert named <= set(RULESET.findings)


def test_the_slips_of_the_revision_are_reported_in_these_lines(revision: Revision) -> None:
    printed = revision.run("rules", "check", revision.with_rule(revision.draft)).splitlines()
    assert printed[:-1] == shown("scoring/executing.yaml:"), "put these lines into docs/rules-authors.md, step 6"
    assert printed[-1].startswith("2 problems found")


def test_the_mended_rule_has_the_effect_that_is_told(revision: Revision) -> None:
    before, after = shown("No critical barrier was found."), shown("Critical barriers first:")
    assert len(before) == len(after) == 1
    folder = revision.with_rule(revision.mended_draft)
    assert before[0] in revision.run("assess", revision.answers_file)
    assert after[0] in revision.run("assess", revision.answers_file, "--rules", folder).splitlines()
    revised = load_ruleset(folder)
    assert set(revised.rules) - set(RULESET.rules) == {NEW_RULE}
    printed = revision.run("rules", "check", folder).splitlines()
    assert printed[:-1] == shown("pressure_and_strain_then:"), "put this line into docs/rules-authors.md, step 7"
    assert printed[-1].startswith("Error: 1 expectation")


def test_the_rule_as_it_stays_and_its_pair_come_out(revision: Revision) -> None:
    folder = revision.done()
    revised = load_ruleset(folder)
    assert shortfalls(revised) == ()
    assert shown("Critical barriers first:")[0] in revision.run("assess", revision.answers_file, "--rules", folder)
    printed = revision.run("evidence", "example2026_short_training_and_strain", "--rules", folder).rstrip().splitlines()
    start = printed.index("Resting on it:")
    assert "\n".join(printed[start:]) in REVISION
    assert [each.code for each in thin(revised)] == [each.code for each in thin(RULESET)]


def test_no_site_meets_the_rule_of_the_revision(revision: Revision) -> None:
    revised = load_ruleset(revision.done())
    for case in revised.examples:
        now, then = (score(each, case.answered(each.instrument)) for each in (revised, RULESET))
        truths = {each.rule: each.truth for construct in now.constructs for each in construct.rated.rules}
        assert truths[NEW_RULE] is not True, case.code
        assert [each.band for each in now.domains] == [each.band for each in then.domains]
    hamburg = revised.cases["hamburg_18_months"].answers
    assert [hamburg[item].answer for item in ("peer_initial_training", "peer_wellbeing")] == ["short", "informal"]
    condition = revised.rules[NEW_RULE].condition
    answers = revised.cases["short_training_and_strain_first"].answered(revised.instrument)
    unknown = {
        **{item: answers[item] for item in revised.rules[NEW_RULE].subjects},
        "peer_wellbeing": Missing.DONT_KNOW,
    }
    assert evaluate(condition, unknown.__getitem__) is None


def test_a_better_answer_only_ends_the_rule_of_the_revision(revision: Revision) -> None:
    revised = load_ruleset(revision.done())
    rule = revised.rules[NEW_RULE]
    assert rule.shift < 0
    items = sorted(rule.subjects)
    ratings = {item: revised.item_scoring[item].ratings for item in items}
    for mixture in product(*(revised.instrument.items[item].order for item in items)):
        answers = dict(zip(items, mixture, strict=True))
        if evaluate(rule.condition, answers.__getitem__):
            continue
        for item in items:
            for better in (level for level in ratings[item] if ratings[item][level] > ratings[item][answers[item]]):
                assert not evaluate(rule.condition, {**answers, item: better}.__getitem__)


def test_the_revision_is_published_under_the_number_that_is_told(revision: Revision) -> None:
    folder = revision.done()
    file = folder / "ruleset.yaml"
    before = load_ruleset(folder).identity.digest
    text = file.read_text().replace("\nchangelog:\n", "\nchangelog:\n" + revision.changes)
    file.write_text(re.sub(r"^status: .*$", "status: draft", text, flags=re.MULTILINE))
    assert load_ruleset(folder).identity.digest == before  # status and changelog do not enter the SHA-256
    (version,) = re.findall(r'version: "(.+)"', revision.changes)
    file.write_text(re.sub(r'^version: ".*"$', f'version: "{version}"', file.read_text(), flags=re.MULTILINE))
    printed = revision.run("rules", "check", folder)
    assert printed.startswith(f"peer-support {version} is sound, and its cases come out")
    assert "\nSHA-256 " in printed
    assert before not in printed


def test_the_changelog_records_the_published_version_with_its_digest() -> None:
    text = " ".join((ROOT / "CHANGELOG.md").read_text().split())
    digest = RULESET.identity.digest
    recorded = re.search(rf"`{RULESET.identity.id}` {RULESET.identity.version}: [^#]*?SHA-256 `(\w+)`", text)
    assert recorded
    assert recorded.group(1) == digest, f"CHANGELOG.md: the SHA-256 of {RULESET.identity.version} is {digest}"


def test_the_method_counts_who_stands_behind_rules_and_recommendations() -> None:
    def counts(parts: Iterable[Rule] | Iterable[Recommendation]) -> list[int]:
        found = [part.status for part in parts]
        return [len(found), *(found.count(status) for status in Status)]

    text = " ".join(METHOD.split())
    rules, stated, inferred, ours = counts(RULESET.rules.values())
    assert (
        f"Of {rules} rules, {stated} are stated by the papers, {inferred} are inferred by their authors, and {ours} we"
        in text
    )
    advice, stated, inferred, ours = counts(RULESET.recommendations)
    assert f"of {advice} recommendations {stated}, {inferred} and {ours}" in text
