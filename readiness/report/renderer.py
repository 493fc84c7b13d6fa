"""What draws a report, as digests: our code, templates, styles, fonts and libraries; and the wording of a language."""

import hashlib
import sys
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from readiness.language import Language

ROOT = Path(__file__).resolve().parent.parent.parent
# Whatever may change a report without a change of its rule set: how that is read, scored, worded and drawn.
PLACES = ("readiness/engine", "readiness/loading", "readiness/report", "templates/report")
FILES = ("readiness/language.py",)
LIBRARIES = (
    "weasyprint",
    "pydyf",
    "tinyhtml5",
    "tinycss2",
    "cssselect2",
    "pyphen",
    "fonttools",
    "pikepdf",
    "jinja2",
    "babel",
)
COMPILED = "__pycache__"


@cache
def renderer_digest() -> str:
    """SHA-256 of what makes a report of its material: our files, the versions of the libraries, that of Python.

    Taken once a process, when it starts: it is that of the code which the process runs.
    """
    versions = [f"{name} {_version(name)}" for name in LIBRARIES]
    python = f"python {sys.version_info.major}.{sys.version_info.minor}"
    return hashlib.sha256("\n".join([files_digest(ROOT), *versions, python]).encode()).hexdigest()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # a later WeasyPrint may do without it
        return ""


def files_digest(root: Path) -> str:
    """SHA-256 of the files below a folder that enter a report, by their paths."""
    found = [path for place in PLACES for path in (root / place).rglob("*") if path.is_file()]
    paths = sorted(path for path in [*found, *(root / name for name in FILES)] if COMPILED not in path.parts)
    lines = [f"{path.relative_to(root)} {hashlib.sha256(path.read_bytes()).hexdigest()}\n" for path in paths]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


@cache
def catalogue_digest(language: Language) -> str:
    """SHA-256 of the wording of a language, taken once a process as the wording is; empty without a catalogue."""
    with suppress(OSError):  # one that was removed since is nobody's language any more
        return "" if language.catalogue is None else hashlib.sha256(language.catalogue.read_bytes()).hexdigest()
    return ""
