"""Rendering in a process of its own, with limits: a slow, hungry or dying renderer never takes a worker with it.

A fork server that has WeasyPrint loaded forks one process per report. It works the same from a web worker and from the
command line, on Linux and macOS.
"""

import contextlib
import multiprocessing
import os
import resource
import signal
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from typing import Any

from readiness.errors import Unavailable
from readiness.language import Language, gettext, language
from readiness.report.editions import Edition, Sheet, require_edition
from readiness.report.paper import Paper
from readiness.report.parts import ReportView
from readiness.report.typefaces import require_faces

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one rendering may use: seconds of processor, seconds on the wall, bytes of address space.

    `yields` is how far it steps back behind other processes (as `nice` counts, 0 to 19): nobody waits for it.
    """

    cpu: int = 60
    wall: float = 60.0  # less than the web server waits for its worker, so that the sentence below arrives
    memory: int = 2048 * MIB
    yields: int = 0


LIMITS = Limits()


def render_in_process(
    view: ReportView, edition: Edition = Edition.FULL, sheet: Sheet = Sheet.A4, *, limits: Limits = LIMITS
) -> bytes:
    """`pdf.render_pdf` in a process of its own.

    Raises Unavailable when it fails, lacks a font or exceeds its limits; NotFound for an edition that cannot be made.
    """
    require_edition(view, edition)
    require_faces()
    return run(_report, (view, edition, sheet), limits)


def render_questionnaire_in_process(paper: Paper, *, limits: Limits = LIMITS) -> bytes:
    """`pdf.render_questionnaire` in a process of its own, in the language being spoken. Raises Unavailable as above."""
    require_faces()
    return run(_questionnaire, (paper, language()), limits)


def run(work: Callable[..., bytes], arguments: tuple[Any, ...], limits: Limits = LIMITS) -> bytes:
    """Run a module-level function in a forked process within limits and hand back its bytes."""
    context = _context()
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_serve, args=(sender, work, arguments, limits), daemon=True)
    try:
        process.start()
        sender.close()
        if not receiver.poll(limits.wall):
            raise Unavailable(
                gettext(
                    "The PDF took more than %(seconds)s seconds and was given up. Please try again in a few minutes.",
                    seconds=f"{limits.wall:g}",
                )
            )
        answer = receiver.recv()
    except (EOFError, OSError) as error:
        raise Unavailable(_died()) from error
    finally:
        receiver.close()
        if process.pid is not None:
            process.kill()
            process.join()
    if isinstance(answer, bytes):
        return answer
    if answer == "memory":
        raise Unavailable(
            gettext("The PDF needed more memory than it may have. Please tell whoever runs this service.")
        )
    raise Unavailable(_died())


def _died() -> str:
    return gettext(
        "The PDF could not be made: its process ended early. Please try again; if it fails again, tell whoever runs "
        "this."
    )


def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["readiness.report.preload"])
    return context


def _serve(sender: Connection, work: Callable[..., bytes], arguments: tuple[Any, ...], limits: Limits) -> None:
    """The child: limits first, then the work; what goes wrong with memory is said, anything else ends the process.

    Ctrl-C reaches every process of a terminal; this one is ended by the one that waits for it.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit(limits)
    try:
        answer: bytes | str = work(*arguments)
    except MemoryError:
        answer = "memory"
    sender.send(answer)
    sender.close()


def _limit(limits: Limits) -> None:
    os.nice(limits.yields)
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu, limits.cpu + 1))
    with contextlib.suppress(ValueError, OSError):  # macOS refuses a limit of the address space
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))


def _report(view: ReportView, edition: Edition, sheet: Sheet) -> bytes:
    from readiness.report.pdf import render_pdf  # only the renderer's process loads WeasyPrint

    return render_pdf(view, edition, sheet)


def _questionnaire(paper: Paper, spoken: Language) -> bytes:
    from readiness.report.pdf import render_questionnaire  # only the renderer's process loads WeasyPrint

    return render_questionnaire(paper, spoken)
