"""The commands for researchers: `readiness rules ...`. Exit 0, or 2 with a sentence."""

from pathlib import Path

import click

from readiness.config import ROOT
from readiness.engine.expectations import shortfalls
from readiness.errors import ReadinessError
from readiness.loading.ruleset import load_ruleset
from readiness.report import told

RULES = ROOT / "rules" / "peer-support"


@click.group()
def rules() -> None:
    """Work on a rule set."""


@rules.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=RULES)
def check(folder: Path) -> None:
    """Read the rule set in FOLDER, try its cases, and report every problem, or what it holds."""
    ruleset = load_ruleset(folder)
    identity = ruleset.identity
    held = sum(len(scoring.rules) for scoring in ruleset.scoring.values())
    counts = (
        f"{len(ruleset.construct_of)} scored items, {len(ruleset.constructs)} constructs, {held} interaction rules, "
        f"{len(ruleset.recommendations)} recommendations, {len(ruleset.findings)} findings, "
        f"{len(ruleset.examples)} examples, {len(ruleset.pairs)} pairs"
    )
    unmet = shortfalls(ruleset)
    for each in unmet:
        click.echo(f"{each.case}: expected {each.expected}; got {each.got}", err=True)
    if unmet:
        many = "expectations of the cases do" if len(unmet) > 1 else "expectation of the cases does"
        raise ReadinessError(f"{len(unmet)} {many} not come out; mend the rules or the cases.")
    click.echo(f"{identity.id} {identity.version} is sound, and its cases come out: {counts}.")
    click.echo(f"SHA-256 {identity.digest}")


@rules.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=RULES)
@click.option("--draws", type=click.IntRange(1, 100_000), default=10_000, show_default=True, help="Weightings to try.")
@click.option("--seed", type=int, default=1, show_default=True, help="Where the draws begin.")
def robustness(folder: Path, draws: int, seed: int) -> None:
    """How far the examples of the rule set in FOLDER depend on weights, cut-offs and single ratings."""
    click.echo("\n".join(told.robustness_lines(load_ruleset(folder), draws, seed)))
