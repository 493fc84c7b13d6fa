"""Reports from the store: found by the digest of what they are made from, else rendered once, kept and handed over.

Nothing here scores or lays out anything to find a report. What is rendered is rendered in a process of its own.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from queue import Queue

from sqlalchemy import Engine

from readiness.errors import ReadinessError
from readiness.language import Language
from readiness.report.editions import Edition, Sheet
from readiness.report.material import Material
from readiness.report.process import LIMITS, Limits, render_in_process
from readiness.store.documents import find_document, keep_document
from readiness.store.turns import turn

logger = logging.getLogger(__name__)
# Where nobody waits for a report, those who wait for a page come first.
UNHURRIED = replace(LIMITS, wall=5 * LIMITS.wall, yields=10)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The reports that a database keeps. `languages` are those in which there may be reports of an assessment."""

    engine: Engine
    languages: tuple[Language, ...]

    def find(self, material: Material) -> bytes | None:
        """A report as it is kept; None where it is not."""
        return find_document(self.engine, material.assessment, material.digest)

    def document(self, material: Material, limits: Limits = LIMITS) -> bytes:
        """A report as it is kept, else rendered and kept: of several who want the same one, one renders it.

        Raises Unavailable as the renderer does, and when others take too long to render it; NotFound for an edition
        that cannot be made.
        """
        kept = self.find(material)
        if kept is not None:
            return kept
        with turn(self.engine, material.digest):
            kept = self.find(material)
            return self.make(material, limits) if kept is None else kept

    def make(self, material: Material, limits: Limits = LIMITS) -> bytes:
        """Render a report and keep it whole; those of its assessment that are made from something else go."""
        content = render_in_process(material.view(), material.edition, material.sheet, limits=limits)
        current = {each.digest for each in self._versions(material)}
        keep_document(self.engine, material.assessment, material.digest, content, date.today(), current)
        return content

    def _versions(self, material: Material) -> Iterator[Material]:
        """All reports that there can be of the same result."""
        for language, edition, sheet in product(self.languages, Edition, Sheet):
            yield replace(material, language=language, edition=edition, sheet=sheet)


def wanted_first(material: Material) -> tuple[Material, ...]:
    """What is rendered ahead of a result: the full edition, the summary, and that for a team where there is one."""
    editions = [Edition.FULL, Edition.SUMMARY, *([Edition.TEAM] if material.wave.team.sheets else [])]
    return tuple(replace(material, edition=edition) for edition in editions)


class Ahead:
    """Renders reports one after the other, without anybody waiting: each in its own process, watched by one thread.

    What fails is told in the log and rendered when somebody asks for it. The thread begins with the first work, which
    is after a web server has forked its workers, and ends with the process.
    """

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.waiting: Queue[Callable[[], Iterable[Material]]] = Queue()
        self.thread: threading.Thread | None = None

    def add(self, work: Callable[[], Iterable[Material]]) -> None:
        """Have the reports rendered that `work` names when its turn comes."""
        self.waiting.put(work)
        if self.thread is None:
            self.thread = threading.Thread(target=self._serve, name="reports ahead", daemon=True)
            self.thread.start()

    def _serve(self) -> None:
        while True:
            work = self.waiting.get()
            try:
                for material in work():
                    self.shelf.document(material, UNHURRIED)
            except ReadinessError as error:
                logger.warning("A report was not rendered ahead: %s", error)
            except Exception:  # one fault must not end what others wait for
                logger.exception("A report was not rendered ahead.")
            finally:
                self.waiting.task_done()
