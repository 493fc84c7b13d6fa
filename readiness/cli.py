"""The command line: the same jobs as the pages, without a browser. Exit 0, or 2 with a sentence."""

import json
import os
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from readiness.cli_groups import Later
from readiness.config import RULES, read_setting, read_settings
from readiness.engine.answers import Phase, Role
from readiness.engine.localised import localised
from readiness.engine.result import Result
from readiness.engine.ruleset import RuleSet
from readiness.engine.scoring import score
from readiness.errors import ReadinessError, nearest
from readiness.language import ENGLISH, Language, available, speaking
from readiness.loading.cases import read_answers_file
from readiness.loading.problems import InvalidFiles
from readiness.loading.ruleset import case_subjects, load_ruleset
from readiness.report import told, words
from readiness.report.data import result_as_data
from readiness.report.editions import Edition, Sheet
from readiness.report.evidence import NO_SITE, Chosen, finding, findings
from readiness.report.paper import TEAM, Paper, Told
from readiness.report.said import whole
from readiness.report.view import ReportView, view


class Commands(Later):
    """Turns every error of ours into its sentence and exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a problem that somebody can mend is printed, not traced."""
        try:
            return super().invoke(ctx)
        except InvalidFiles as error:
            for problem in error.problems:
                click.echo(problem, err=True)
            count = len(error.problems)
            click.echo(f"{count} problem{'s' if count != 1 else ''} found; nothing was done.", err=True)
        except ReadinessError as error:
            click.echo(f"Error: {error}", err=True)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        ctx.exit(2)


PLACES = {
    "rules": "readiness.cli_rules:rules",
    "user": "readiness.cli_users:user",
    "mail": "readiness.cli_mail:mail",
    "report": "readiness.cli_report:report",
}


@click.group(cls=Commands, places=PLACES)
@click.version_option(package_name="readiness")
def main() -> None:
    """Where peer support work is at risk in a mental-health service, and what to do about it."""


def rules_option(command: Callable[..., None]) -> Callable[..., None]:
    """The option that names a rule-set folder."""
    kind = click.Path(exists=True, file_okay=False, path_type=Path)
    return click.option(
        "--rules",
        "folder",
        type=kind,
        default=RULES,
        help="Rule-set folder (default: the one that comes with Readiness).",
    )(command)


def language_option(command: Callable[..., None]) -> Callable[..., None]:
    """The option that names the language of a PDF."""
    return click.option(
        "--language", "code", default=ENGLISH.code, show_default=True, help="The language of the PDF, by its code."
    )(command)


def _language(code: str) -> Language:
    spoken = available(Path(str(read_setting("LOCALE"))))
    if code not in spoken:
        raise ReadinessError(f"There is no translation into {code[:40]!r}{nearest(code, list(spoken))}")
    return spoken[code]


@main.command()
@click.argument("answers_file", metavar="ANSWERS.yaml", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the whole result as JSON.")
@click.option("--pdf", type=click.Path(dir_okay=False, path_type=Path), help="Write the report to this file.")
@click.option(
    "--edition",
    type=click.Choice([edition.value for edition in Edition]),
    default=Edition.FULL.value,
    show_default=True,
    help="The whole report, its two pages for a board, or what staff who answered are given back.",
)
@click.option(
    "--sheet",
    type=click.Choice([sheet.value for sheet in Sheet], case_sensitive=False),
    default=Sheet.A4.value,
    show_default=True,
    help="The paper that the report is for.",
)
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The date the report bears (default: today).")
@language_option
@rules_option
def assess(
    answers_file: Path,
    as_json: bool,
    pdf: Path | None,
    edition: str,
    sheet: str,
    day: datetime | None,
    code: str,
    folder: Path,
) -> None:
    """Score the answers in ANSWERS.yaml and print the result."""
    language, ruleset = _language(code), load_ruleset(folder)
    subjects = case_subjects(ruleset.instrument, ruleset.domains)
    read = read_answers_file(str(answers_file), _read_file(answers_file), ruleset.instrument, subjects)
    result = score(ruleset, read.answers)
    if pdf is not None:
        on = day.date() if day else date.today()
        with speaking(language):
            shown = localised(ruleset, language.code)
            report = view(shown, score(shown, read.answers), read.service, on, _example(read.example))
            _write_report(report, Edition(edition), Sheet(sheet), pdf)
    if as_json:
        content = {"service": read.service, **result_as_data(ruleset, result)}
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
    else:
        click.echo(_summary(ruleset, result, read.service))


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ReadinessError(f"{path} cannot be read: {error.strerror}.") from None


def _write_file(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise ReadinessError(f"{path} cannot be written: {error.strerror}. Choose another place.") from None
    click.echo(f"Wrote {path} ({len(content) / 1024:.0f} KiB).", err=True)


def _example(about: str) -> str:
    return words.EXAMPLE_ABOUT.format(about=about) if about else ""


def _write_report(report: ReportView, edition: Edition, sheet: Sheet, path: Path) -> None:
    from readiness.report.process import render_in_process  # WeasyPrint's neighbourhood: only when a PDF is wanted

    _write_file(path, render_in_process(report, edition, sheet))


def _summary(ruleset: RuleSet, result: Result, service: str) -> str:
    """The result in a few lines: domains, critical barriers, first recommendations."""
    lines = [f"{service} ({result.phase.value} the start)", ""]
    for domain in result.domains:
        risk = "  ?" if domain.rated.risk is None else f"{whole(domain.rated.risk):3}"
        span = "" if domain.range is None else f"{whole(domain.range.best)} to {whole(domain.range.worst)}"
        band = domain.band.value if domain.band else "-"
        lines.append(f"  {domain.domain.title:32} {risk}  {band:9} {domain.certainty.value:17} {span}")
    report = view(ruleset, result, service, date.min)
    lines += ["", report.summary.headline, f"{report.summary.known_words}."]
    first = [f"  {each.number}. {each.title}" for each in report.recommendations[:5]]
    lines += ["", "First recommendations:", *first] if first else ["", report.no_advice]
    identity = result.ruleset
    lines += ["", f"Rule set {identity.id} {identity.version}, {identity.digest[:12]}. There is no overall score."]
    return "\n".join(lines)


@main.command()
@click.option(
    "--pdf", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Write the form to this file."
)
@click.option("--phase", type=click.Choice([phase.value for phase in Phase]), default="before", show_default=True)
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role if role is not Role.MANAGER]),
    help="Only what this role is asked, with what its people are told.",
)
@click.option("--consensus", is_flag=True, help="The sheet that a team fills in together.")
@click.option("--sections", default="", help="Only these sections, as codes with commas between them.")
@language_option
@rules_option
def questionnaire(
    pdf: Path, phase: str, role: str | None, consensus: bool, sections: str, code: str, folder: Path
) -> None:
    """Write the blank questionnaire as a paper form."""
    from readiness.report.process import render_questionnaire_in_process

    if role and consensus:
        raise click.UsageError("Choose one: the sheet of a --role, or the one of a team by --consensus.")
    with speaking(_language(code)):
        ruleset = localised(load_ruleset(folder), code)
        chosen = _sections(ruleset, sections)
        if role:
            told = Told(
                max(ruleset.minimum_group, int(str(read_setting("MINIMUM_GROUP")))),
                int(str(read_setting("KEEP_MONTHS"))),
            )
            paper = Paper(ruleset, Phase(phase), (Role(role),), chosen, told=told)
        else:
            paper = Paper(ruleset, Phase(phase), TEAM if consensus else tuple(Role), chosen, together=consensus)
        if not paper.numbers:
            raise ReadinessError("Nothing is asked there: choose another role or other sections.")
        _write_file(pdf, render_questionnaire_in_process(paper))


def _sections(ruleset: RuleSet, text: str) -> frozenset[str] | None:
    """The sections that were named; None for all. Raises ReadinessError."""
    known = [section.code for section in ruleset.instrument.sections]
    named = [code.strip() for code in text.split(",") if code.strip()]
    for code in named:
        if code not in known:
            raise ReadinessError(f"There is no section {code[:40]!r}{nearest(code, known)}")
    return frozenset(named) or None


@main.command()
@click.argument("finding_code", metavar="[FINDING]", required=False)
@click.option("--construct", default="", help="Only findings on this construct.")
@click.option("--site", default="", help="Only findings of this site, such as ULM; none for those of no single site.")
@click.option("--source", default="", help="Only findings of this paper.")
@click.option("--kind", default="", help="Only this kind of statement, such as hypothesis.")
@click.option("--unused", is_flag=True, help="Only findings that nothing rests on yet.")
@click.option("--thin", "as_thin", is_flag=True, help="What rests on fewer than two independent findings.")
@click.option("--coverage", "as_coverage", is_flag=True, help="Constructs by sections and papers, and every hole.")
@rules_option
def evidence(
    finding_code: str | None,
    construct: str,
    site: str,
    source: str,
    kind: str,
    unused: bool,
    as_thin: bool,
    as_coverage: bool,
    folder: Path,
) -> None:
    """Browse the findings, or show one FINDING with everything that rests on it."""
    chosen = Chosen(construct, site.upper() if site != NO_SITE else site, source, kind, unused)
    asked = [finding_code is not None, as_thin, as_coverage, chosen != Chosen()]
    if sum(asked) > 1:
        raise click.UsageError("Choose one: a FINDING, --thin, --coverage, or findings by what you choose.")
    ruleset = load_ruleset(folder)
    if as_thin:
        lines = told.thin_lines(ruleset)
    elif as_coverage:
        lines = told.coverage_lines(ruleset)
    elif finding_code is not None:
        lines = told.finding_lines(finding(ruleset, finding_code))
    else:
        lines = told.list_lines(findings(ruleset, chosen))
    click.echo("\n".join(lines))


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on (default: 8000, or the next free one).")
@click.option(
    "--workers", type=click.IntRange(1, 64), default=os.cpu_count() or 1, help="Processes (default: one a core)."
)
def serve(host: str, port: int | None, workers: int) -> None:
    """Start the web pages and print the address to open."""
    from readiness.server import run

    run(read_settings(), host, port, workers)


@main.command()
def purge() -> None:
    """Delete single answers of rounds that were closed long ago (READINESS_KEEP_MONTHS), and links that have ended."""
    from readiness.store.database import ready_database
    from readiness.store.retention import delete_old_responses, months_before
    from readiness.store.shares import delete_ended_shares

    settings = read_settings()
    months, engine = int(str(settings["KEEP_MONTHS"])), ready_database(str(settings["DATABASE_URL"]))
    deleted = delete_old_responses(engine, months_before(date.today(), months))
    delete_ended_shares(engine, date.today())
    click.echo(f"{deleted} responses of rounds closed more than {months} months ago were deleted.")


@main.command()
def doctor() -> None:
    """Say what is missing on this machine and the command that mends it."""
    from readiness.doctor import examine

    examined = examine()
    for each in examined:
        click.echo(f"{'ok     ' if each.ok else 'missing'}  {each.what}")
        if not each.ok:
            click.echo(f"         {each.remedy}")
    if not all(each.ok for each in examined):
        raise ReadinessError("Something is missing; the line below each says how to mend it.")


if __name__ == "__main__":
    main()
