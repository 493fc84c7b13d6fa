"""The command for translators of a rule set: `readiness rules translate`. Exit 0, or 2 with a sentence."""

from pathlib import Path

import click

from readiness.config import RULES
from readiness.errors import ReadinessError
from readiness.loading.ruleset import read_folder, read_ruleset
from readiness.loading.translation import Progress, as_files, as_po, progress, read_translated


@click.command()
@click.argument("language", metavar="LANG")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=RULES)
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="The file to write (default: LANG.po).")
@click.option("--read", "po", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Take in this file.")
@click.option("--machine", is_flag=True, help="With --read: a machine drafted it, and nobody has checked it yet.")
def translate(language: str, folder: Path, to: Path | None, po: Path | None, machine: bool) -> None:
    """Write what is still to be translated into LANG as a gettext file, or take a finished one into FOLDER/locale/LANG.

    LANG is a code such as de or pt-BR.
    """
    files = read_folder(folder)
    ruleset = read_ruleset(files)
    done = progress(ruleset, language)
    if po is not None:
        added = read_translated(str(po), _read(po), ruleset)
        changed = as_files(ruleset, language, files, added, machine=machine)
        done = progress(read_ruleset({**files, **changed}), language)
        for path, content in changed.items():
            _write(folder / path, content)
        click.echo(f"{language}: took in {len(added):,} texts; {done}.")
    else:
        _write_open(done, language, to or Path(f"{language}.po"), as_po(ruleset, language))


def _write_open(done: Progress, language: str, path: Path, content: bytes) -> None:
    if done.texts > done.fresh:
        _write(path, content)
    click.echo(f"{language}: {done}.")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ReadinessError(f"{path} cannot be read: {error.strerror}.") from None


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    whole = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        whole.write_bytes(content)
        whole.replace(path)
    except OSError as error:
        raise ReadinessError(f"{path} cannot be written: {error.strerror}. Choose another place.") from None
    click.echo(f"Wrote {path} ({len(content) / 1024:.0f} KiB).", err=True)
