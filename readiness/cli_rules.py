"""The commands for researchers: `readiness rules ...`. Exit 0, or 2 with a sentence."""

import json
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import click

from readiness.cli_groups import Later
from readiness.config import RULES
from readiness.engine.expectations import Shortfall, shortfalls
from readiness.errors import ReadinessError, nearest
from readiness.loading.published import check_unchanged, published_beside, published_versions
from readiness.loading.ruleset import load_ruleset
from readiness.report import told, told_cases
from readiness.workbench.exercise import exercised


@click.group(
    cls=Later,
    places={
        "diff": "readiness.cli_compare:diff",
        "impact": "readiness.cli_compare:impact",
        "sensitivity": "readiness.cli_compare:sensitivity",
        "publish": "readiness.cli_versions:publish",
        "versions": "readiness.cli_versions:versions",
        "translate": "readiness.cli_translate:translate",
    },
)
def rules() -> None:
    """Work on a rule set."""


@rules.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=RULES)
def check(folder: Path) -> None:
    """Read the rule set in FOLDER, try its cases, and report every problem, or what it holds."""
    ruleset = load_ruleset(folder)
    check_unchanged(published_versions(published_beside(folder)), ruleset)
    identity = ruleset.identity
    held = sum(len(scoring.rules) for scoring in ruleset.scoring.values())
    invented = sum(case.invented for case in ruleset.cases.values())
    counts = (
        f"{len(ruleset.construct_of)} scored items, {len(ruleset.constructs)} constructs, {held} interaction rules, "
        f"{len(ruleset.recommendations)} recommendations, {len(ruleset.findings)} findings, "
        f"{len(ruleset.examples)} examples, {invented} invented cases, {len(ruleset.pairs)} pairs"
    )
    unmet = shortfalls(ruleset)
    for each in unmet:
        click.echo(f"{each.case}: expected {each.expected}; got {each.got}", err=True)
    _refuse(unmet)
    click.echo(f"{identity.id} {identity.version} is sound, and its cases come out: {counts}.")
    click.echo(f"SHA-256 {identity.digest}")


@rules.command("test")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=RULES)
@click.option("--case", "code", help="Only this case or pair, by its code.")
def try_cases(folder: Path, code: str | None) -> None:
    """Run every case of the rule set in FOLDER, and show what differs from what it expects, and why."""
    ruleset = load_ruleset(folder)
    tried = [each.code for each in ruleset.cases.values() if code is None or code in (each.code, each.pair)]
    if not tried and code is not None:
        hint = nearest(code, [*ruleset.cases, *ruleset.pairs]) or "; the codes stand in its folder cases."
        raise ReadinessError(f"The rule set has no case {code[:80]!r}{hint}")
    unmet = shortfalls(ruleset, tried)
    click.echo("\n".join(told_cases.tried_lines(ruleset, tried, unmet)))
    _refuse(unmet)


@rules.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=RULES)
@click.option("--strict", is_flag=True, help="Exit with 2 when anything is not exercised.")
def coverage(folder: Path, strict: bool) -> None:
    """Show which options, rules and recommendations of the rule set in FOLDER no case exercises."""
    exercise = exercised(load_ruleset(folder))
    click.echo("\n".join(told_cases.coverage_lines(exercise)))
    if strict and exercise.gaps:
        raise ReadinessError("Not everything is exercised; add cases for what is named above.")


def _refuse(unmet: Sequence[Shortfall]) -> None:
    """Raises ReadinessError when something does not come out."""
    if unmet:
        many = "expectations of the cases do" if len(unmet) > 1 else "expectation of the cases does"
        raise ReadinessError(f"{len(unmet)} {many} not come out; mend the rules or the cases.")


@rules.command("prove")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=RULES)
@click.option("--construct", "code", help="Only this construct, by its code.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole proof as JSON.")
def prove_rules(folder: Path, code: str | None, as_json: bool) -> None:
    """Prove of the rule set in FOLDER, over all answers there can be, that its rules do what rules must."""
    from readiness.report import told_proof  # NumPy: only when something is to be proven
    from readiness.workbench.proof import checked, study
    from readiness.workbench.theorems import Proof, Theorem

    ruleset = load_ruleset(folder)
    if code is not None and code not in ruleset.scoring:
        hint = nearest(code, ruleset.scoring) or "; the codes stand in framework.yaml."
        raise ReadinessError(f"The rule set has no construct {code[:80]!r}{hint}")
    studied = study(ruleset, None if code is None else (code,))
    checks, seconds = [], {}
    for theorem in Theorem:
        start = perf_counter()
        checks.append(checked(studied, theorem))
        seconds[theorem] = perf_counter() - start
    proof = Proof(tuple(checks), studied.too_large)
    lines = told_proof.proof_lines(proof, seconds)
    click.echo(json.dumps(told_proof.proof_data(proof), indent=2) if as_json else "\n".join(lines))
    if proof.refutations:
        many = f"{len(proof.refutations)} things do" if len(proof.refutations) > 1 else "1 thing does"
        raise ReadinessError(f"{many} not hold; mend the rules, or declare with a reason what is meant so.")


@rules.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=RULES)
@click.option("--draws", type=click.IntRange(1, 100_000), default=10_000, show_default=True, help="Weightings to try.")
@click.option("--seed", type=int, default=1, show_default=True, help="Where the draws begin.")
def robustness(folder: Path, draws: int, seed: int) -> None:
    """How far the examples of the rule set in FOLDER depend on weights, cut-offs and single ratings."""
    click.echo("\n".join(told.robustness_lines(load_ruleset(folder), draws, seed)))
