"""What this machine lacks to run Readiness, and the command that mends it."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from readiness.config import read_settings
from readiness.errors import ReadinessError
from readiness.loading.ruleset import load_ruleset

MEND_SYSTEM = (
    "Run bin/run, which installs it; or: apt-get install libpangoft2-1.0-0 libharfbuzz-subset0 (Debian, Ubuntu), "
    "brew install pango (macOS)"
)


@dataclass(frozen=True, slots=True)
class Examined:
    """One thing that was looked at; `remedy` is a command or a sentence."""

    what: str
    ok: bool
    remedy: str


def examine() -> list[Examined]:
    """Look at everything, whatever is found missing first."""
    return [
        _python(),
        _look("settings", read_settings),
        _look("a folder that can be written", _instance),
        _look("the database, up to date", _database),
        _look("the rule set", lambda: load_ruleset(Path(str(read_settings()["RULES"])))),
        _pdf(),
    ]


def _python() -> Examined:
    major, minor = sys.version_info[:2]
    return Examined(f"Python {major}.{minor}", (major, minor) >= (3, 11), "Install Python 3.11 or later")


def _look(what: str, attempt: Callable[[], object]) -> Examined:
    try:
        attempt()
    except ReadinessError as error:
        return Examined(what, False, str(error))
    return Examined(what, True, "")


def _instance() -> None:
    folder = Path(str(read_settings()["INSTANCE"]))
    try:
        probe = folder / ".probe"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        raise ReadinessError(
            f"chown it or set READINESS_INSTANCE to a folder of yours: {folder}: {error.strerror}"
        ) from None


def _database() -> None:
    from readiness.store.database import ready_database

    ready_database(str(read_settings()["DATABASE_URL"])).dispose()


def _pdf() -> Examined:
    """WeasyPrint loads its system libraries on import and dies without them: look from another process."""
    found = subprocess.run([sys.executable, "-c", "import readiness.report.pdf"], capture_output=True, check=False)
    return Examined("what PDFs need (Pango)", found.returncode == 0, MEND_SYSTEM)
