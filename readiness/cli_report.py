"""`readiness report`: render the reports of all submitted assessments ahead, or delete those that are kept."""

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from readiness.config import read_settings
from readiness.errors import ReadinessError, nearest
from readiness.language import ENGLISH, Language, available
from readiness.report.editions import Edition, Sheet

MOST_WORKERS = 64
PROBLEMS_SHOWN = 3


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@click.command("report")
@click.option("--all", "is_all", is_flag=True, help="Render the reports of submitted assessments that are missing.")
@click.option("--clear", "is_clear", is_flag=True, help="Delete the reports that are kept.")
@click.option(
    "--edition",
    "editions",
    type=click.Choice([edition.value for edition in Edition]),
    multiple=True,
    help="Only this edition; can be given again (default: those that are rendered ahead).",
)
@click.option(
    "--sheet",
    type=click.Choice([sheet.value for sheet in Sheet]),
    default=Sheet.A4.value,
    show_default=True,
    help="The paper.",
)
@click.option("--language", "code", default=ENGLISH.code, show_default=True, help="The language, by its code.")
@click.option(
    "--workers",
    type=click.IntRange(1, MOST_WORKERS),
    default=lambda: min(MOST_WORKERS, cores()),
    help="How many are rendered at once (default: one a core).",
)
def report(is_all: bool, is_clear: bool, editions: tuple[str, ...], sheet: str, code: str, workers: int) -> None:
    """Render the reports of all submitted assessments ahead (--all), or delete those that are kept (--clear)."""
    from readiness.store.database import opened_database  # only where it is asked for: it is slow to load
    from readiness.store.documents import clear_documents

    if is_all == is_clear:
        raise click.UsageError("Choose one: --all or --clear.")
    settings = read_settings()
    with opened_database(str(settings["DATABASE_URL"])) as engine:
        if is_clear:
            many = clear_documents(engine)
            click.echo(f"{many} reports were deleted. Each is rendered anew when somebody asks for it.")
        else:
            _render_all(engine, settings, _language(settings, code), editions, Sheet(sheet), workers)


def _render_all(
    engine: Any, settings: Mapping[str, object], language: Language, editions: Sequence[str], sheet: Sheet, workers: int
) -> None:
    """Render what is missing, with a progress bar. Raises ReadinessError when something is left."""
    from readiness.rendering import Shelf
    from readiness.rendering_all import Reader, find_missing, render_all
    from readiness.store.rulesets import keep_versions

    keep_versions(engine, Path(str(settings["RULES"])))
    shelf = Shelf(engine, tuple(available(Path(str(settings["LOCALE"]))).values()))
    reader = Reader(engine, language, sheet, int(str(settings["MINIMUM_GROUP"])))
    missing = find_missing(reader, [Edition(each) for each in editions])
    problems, done, many = list(missing.problems), 0, len(missing.reports)
    try:
        with (
            closing(render_all(shelf, reader, missing.reports, workers)) as said,
            click.progressbar(said, many, "Reports", show_pos=True, file=sys.stderr) as bar,
        ):
            for problem in bar:
                done += not problem
                problems += [problem] if problem else []
    except KeyboardInterrupt:
        left = f"{done} of {many} reports were rendered and stay. Start it again for the others."
        raise ReadinessError(f"Stopped. {left}") from None
    click.echo(f"{done} reports were rendered; {missing.kept} were there already.")
    if problems:
        for problem in problems[:PROBLEMS_SHOWN]:
            click.echo(problem, err=True)
        raise ReadinessError(f"{len(problems)} could not be rendered. Start it again once that is mended.")


def _language(settings: Mapping[str, object], code: str) -> Language:
    spoken = available(Path(str(settings["LOCALE"])))
    if code not in spoken:
        raise ReadinessError(f"There is no translation into {code[:40]!r}{nearest(code, list(spoken))}")
    return spoken[code]
