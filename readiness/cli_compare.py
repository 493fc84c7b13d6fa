"""The commands for what a revision changes: `readiness rules diff`, `impact` and `sensitivity`."""

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import click
import numpy as np

from readiness.cli_populations import Part, on_option, population
from readiness.config import RULES
from readiness.engine.answers import Answers
from readiness.engine.ruleset import RuleSet
from readiness.errors import ReadinessError
from readiness.loading.cases import read_answers_file
from readiness.loading.named import named_ruleset
from readiness.loading.published import published_beside
from readiness.loading.ruleset import case_subjects, load_ruleset
from readiness.report import told_impact, told_sensitivity
from readiness.report.plain import as_plain
from readiness.report.spreadsheet import as_csv
from readiness.report.told_comparison import comparison_lines
from readiness.workbench.columns import Columns, answers_at, encode
from readiness.workbench.comparison import compare
from readiness.workbench.flips import flips
from readiness.workbench.impact import impact as impact_of
from readiness.workbench.sensitivity import draw, held

PUBLISHED = published_beside(RULES)

# So many assessments of a population are solved exactly; all of them are drawn.
MOST_SOLVED = 100


@click.command()
@click.argument("first", metavar="A")
@click.argument("then", metavar="B")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def diff(first: str, then: str, as_json: bool) -> None:
    """What differs between rule sets A and B: as text, and in what comes out of them.

    A and B are each a folder, a zip archive or a published version such as 1.0.0.
    """
    a, b = _named(first), _named(then)
    found = compare(a, b)
    if as_json:
        _print_json({"equivalent": found.equivalent, "comparison": as_plain(found)})
    else:
        click.echo("\n".join(comparison_lines(a, b, found)))


@click.command()
@click.argument("first", metavar="A")
@click.argument("then", metavar="B")
@on_option("stored")
@click.option("--seed", type=int, default=1, show_default=True, help="Where chance begins for simulated ones.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option("--html", "page", type=click.Path(dir_okay=False, path_type=Path), help="Write one page to this file.")
@click.option("--csv", "sheet", type=click.Path(dir_okay=False, path_type=Path), help="Write a table to this file.")
def impact(first: str, then: str, on: str, seed: int, as_json: bool, page: Path | None, sheet: Path | None) -> None:
    """Which assessments come out differently in rule set B than in A, through which edits.

    A and B are each a folder, a zip archive or a published version such as 1.0.0. The assessments are read as those of
    A; what B asks anew is unknown to them.
    """
    a, b = _named(first), _named(then)
    found = impact_of(a, b, population(on, a, seed).watched())
    if page is not None:
        _write(page, told_impact.impact_page(a, b, found))
    if sheet is not None:
        _write(sheet, as_csv(told_impact.impact_rows(a, b, found)))
    if as_json:
        _print_json(as_plain(found))
    else:
        click.echo("\n".join(told_impact.impact_lines(a, b, found)))


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=RULES)
@click.option(
    "--answers", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="One assessment: an answers file."
)
@on_option("cases")
@click.option("--draws", type=click.IntRange(1, 100_000), default=1_000, show_default=True, help="Draws for each.")
@click.option("--seed", type=int, default=1, show_default=True, help="Where chance begins.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def sensitivity(folder: Path, answers: Path | None, on: str, draws: int, seed: int, as_json: bool) -> None:
    """How far bands depend on the weights, limits and ratings of the rule set in FOLDER.

    Everything is moved within its leeway: drawn by chance, to see which bands hold; and one by one, to find the
    smallest movement that flips a band.
    """
    ruleset = load_ruleset(folder)
    parts = _one(ruleset, answers) if answers else population(on, ruleset, seed).watched()
    solved: list[Answers] = []
    shares = held(ruleset, _noting(ruleset, parts, solved), draw(ruleset, draws, np.random.default_rng(seed)))
    turned = [flips(ruleset, each) for each in solved]
    if as_json:
        _print_json({"held": as_plain(shares), "flips": as_plain(turned)})
        return
    click.echo(f"The bands, and in what share of {draws:,} draws they hold when these are moved within their leeway:")
    click.echo("\n".join(told_sensitivity.held_lines(ruleset, shares)))
    told = (
        told_sensitivity.flip_lines(ruleset, turned[0])
        if answers
        else told_sensitivity.first_flip_lines(ruleset, turned)
    )
    click.echo("\n".join(told))


def _noting(ruleset: RuleSet, parts: Iterator[Part], solved: list[Answers]) -> Iterator[Columns]:
    """The columns of a stream; the answers of its first assessments are kept."""
    for columns, _ in parts:
        wanted = islice(range(columns.length), MOST_SOLVED - len(solved))
        solved += [answers_at(ruleset.instrument, columns, row) for row in wanted]
        yield columns


def _one(ruleset: RuleSet, path: Path) -> Iterator[Part]:
    subjects = case_subjects(ruleset.instrument, ruleset.domains)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ReadinessError(f"{path} cannot be read: {error.strerror}.") from None
    read = read_answers_file(str(path), content, ruleset.instrument, subjects)
    yield encode(ruleset.instrument, read.answers.phase, [read.answers]), None


def _named(name: str) -> RuleSet:
    return named_ruleset(name, PUBLISHED)


def _print_json(content: object) -> None:
    click.echo(json.dumps(content, ensure_ascii=False, indent=2))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ReadinessError(f"{path} cannot be written: {error.strerror}. Choose another place.") from None
    click.echo(f"Wrote {path} ({len(text.encode()) / 1024:.0f} KiB).", err=True)
