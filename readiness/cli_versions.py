"""The commands on versions: `readiness rules publish` and `readiness rules versions`. Exit 0, or 2 with a sentence."""

from pathlib import Path

import click

from readiness.config import RULES, read_settings
from readiness.engine.versions import publishing_problems
from readiness.errors import ReadinessError
from readiness.loading.published import Version, published_beside, published_versions, write_archive
from readiness.loading.ruleset import read_folder, read_ruleset
from readiness.report.told_cases import table
from readiness.workbench.publishing import GATES

HEAD = ("rule set", "version", "content", "logic", "comes from")
WIDEST = (40, 14, 64, 64, 24)
SHORT = 12
COMES_FROM = {"folder": "the folder", "shipped": "an archive", "installation": "published here"}


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=RULES)
@click.option(
    "--to",
    "target",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the archives (default: published, beside FOLDER).",
)
def publish(folder: Path, target: Path | None) -> None:
    """Freeze the rule set in FOLDER as an archive under its id and version, for good."""
    files = read_folder(folder)
    version = Version(read_ruleset(files), files)
    archives = target or published_beside(folder)
    published = [each.ruleset for each in published_versions(archives)]
    problems = publishing_problems(published, version.ruleset, GATES)
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise ReadinessError(f"{len(problems)} problem{'s' if len(problems) > 1 else ''} found; nothing was published.")
    identity = version.ruleset.identity
    if identity.digest in [each.identity.digest for each in published]:
        click.echo(f"{identity.id} {identity.version} is published already, with this content; nothing was done.")
        return
    path = write_archive(archives, version)
    click.echo(f"Published {identity.id} {identity.version} as {path}.")
    click.echo(f"SHA-256 {identity.digest}")
    click.echo(f"Logic   {identity.logic}")


@click.command()
@click.option("--full", is_flag=True, help="Show the digests whole.")
def versions(full: bool) -> None:
    """List the versions that this installation keeps, with what they hold and where they come from."""
    from readiness.store.database import opened_database  # a database only where one is asked for: it is slow to load
    from readiness.store.rulesets import keep_versions, kept_versions, published_twice

    settings = read_settings()
    length = None if full else SHORT
    with opened_database(str(settings["DATABASE_URL"])) as engine:
        keep_versions(engine, Path(str(settings["RULES"])))
        rows = [
            (each.id, each.version, each.digest[:length], each.logic[:length] or "not known", COMES_FROM[each.origin])
            for each in kept_versions(engine)
        ]
        twice = published_twice(engine)
    click.echo("\n".join(table(HEAD, rows, WIDEST)))
    for sentence in twice:
        click.echo(sentence, err=True)
