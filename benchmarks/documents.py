"""Reports from the store: how fast one is served, what rendering costs who reads pages, and `readiness report --all`.

    python benchmarks/documents.py                     20 reports, 15 seconds for each load
    python benchmarks/documents.py --reports 8 --seconds 5

Pages are asked for by the clock, as in load.py: a latency counts from when its request should have started. The client,
the workers and the renderers share the cores of this machine.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import count
from pathlib import Path
from threading import Event, Thread
from time import perf_counter, process_time, sleep
from urllib.request import urlopen

from load import ROOT, Browser, Load, Request, run_load, shown_pages, started
from sqlalchemy import Engine, insert

from readiness.app import create_app
from readiness.cli_report import cores
from readiness.engine.ruleset import RuleSet
from readiness.store.assessments import find_assessment, start_assessment
from readiness.store.database import ready_database, transaction
from readiness.store.documents import clear_documents
from readiness.store.models import AnswerRow
from readiness.store.releases import close_wave
from readiness.store.rulesets import keep_versions

TODAY = date(2026, 11, 30)
PAGES = 40  # per second: a busy site
SERVED = 400
BETWEEN_SUBMISSIONS = 4  # seconds: two reports of each fill most of a core
RULES = ROOT / "rules" / "peer-support"


def answered(engine: Engine, ruleset: RuleSet, number: int) -> str:
    """The link of an assessment with the answers of an example site."""
    case = ruleset.examples[number % len(ruleset.examples)]
    answers = case.answered(ruleset.instrument)
    key = start_assessment(engine, f"Service {number}", answers.phase, ruleset.identity.digest, TODAY)
    response = find_assessment(engine, key).response
    rows = [{"response_id": response, "item": item, "value": str(value)} for item, value in answers.given.items()]
    with transaction(engine, writing=True) as connection:
        connection.execute(insert(AnswerRow), rows)
    return key


def submitted(engine: Engine, ruleset: RuleSet, number: int) -> str:
    """The same, submitted."""
    key = answered(engine, ruleset, number)
    close_wave(engine, find_assessment(engine, key), ruleset.instrument, 5, TODAY)
    return key


def quantiles(latencies: list[float]) -> str:
    """Median and 95th percentile in milliseconds, as cells of a table."""
    last = sorted(latencies)
    return f"{statistics.median(last) * 1000:.1f} | {last[min(len(last) - 1, int(len(last) * 0.95))] * 1000:.1f}"


def measure_serving(folder: Path, key: str) -> None:
    """Time one report through the whole application, in this process: rights, digest, store, headers."""
    settings = {"INSTANCE": folder, "DATABASE_URL": f"sqlite:///{folder}/readiness.db", "SECRET_KEY": "k" * 32}
    client = create_app({**settings, "RENDER_AHEAD": False}).test_client()
    path = f"/a/{key}/report.pdf"
    began = perf_counter()
    tag = client.get(path).headers["ETag"]
    print(f"| a report that is missing: rendered, kept, served | 1 | {(perf_counter() - began) * 1000:.0f} | | |")
    for name, headers in (("a report that is kept", {}), ("the same, not modified (304)", {"If-None-Match": tag})):
        latencies, used = [], process_time()
        for _ in range(SERVED):
            began = perf_counter()
            client.get(path, headers=headers)
            latencies.append(perf_counter() - began)
        used = (process_time() - used) / SERVED * 1000
        print(f"| {name} | {SERVED} | {quantiles(latencies)} | {used:.1f} |", flush=True)


def measure_pages(name: str, browser: Browser, requests: Iterator[Request], seconds: float) -> None:
    """Ask for pages by the clock, and print how long they took."""
    told: list[tuple[float, bool]] = []
    load = Load(name, PAGES, requests)
    asyncio.run(run_load(browser, load, seconds, lambda latency, done: told.append((latency / 1000, done))))
    errors = sum(not done for _, done in told)
    print(f"| {name} | {len(told)} | {errors} | {quantiles([each for each, _ in told])} |", flush=True)


def command(workers: int) -> list[str]:
    """Render everything that is missing in the full edition."""
    words = ["report", "--all", "--edition", "full", "--workers", str(workers)]
    return [sys.executable, "-m", "readiness.cli", *words]


@contextmanager
def meanwhile(work: Callable[[], None]) -> Iterator[None]:
    """Do something over and over, in a thread of its own, as long as the block."""
    over = Event()

    def repeat() -> None:
        while not over.is_set():
            work()

    thread = Thread(target=repeat)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def measure_site(address: str, environment: dict[str, str], engine: Engine, ruleset: RuleSet, seconds: float) -> None:
    """Pages alone, and beside each way in which reports are rendered."""
    browser, pages = Browser(address, "/"), shown_pages(engine, ruleset)
    numbers = count(1000)

    def render() -> None:
        clear_documents(engine)
        subprocess.run(command(cores()), env=environment, check=True, capture_output=True)

    def submit() -> None:
        key = answered(engine, ruleset, next(numbers))
        assert asyncio.run(browser.send(Request(f"/a/{key}/submit", {})))
        sleep(BETWEEN_SUBMISSIONS)

    def ask() -> None:
        key = submitted(engine, ruleset, next(numbers))
        urlopen(f"{address.rstrip('/')}/a/{key}/report.pdf").close()

    measure_pages("alone", browser, pages, seconds)
    with meanwhile(submit):
        measure_pages(f"while one assessment in {BETWEEN_SUBMISSIONS} s is submitted", browser, pages, seconds)
    with meanwhile(render):
        measure_pages("while `report --all` renders on all cores", browser, pages, seconds)
    with meanwhile(ask):
        measure_pages("while one person after the other waits for a missing report", browser, pages, seconds)


def measure_all(environment: dict[str, str], engine: Engine, many: int) -> None:
    """Render all reports with one renderer and with one a core."""
    for workers in sorted({1, cores()}):
        clear_documents(engine)
        began = perf_counter()
        subprocess.run(command(workers), env=environment, check=True, capture_output=True)
        took = perf_counter() - began
        print(f"| {workers} | {many} | {took:.1f} | {many / took:.2f} |", flush=True)


def main() -> None:
    """Print the tables of README.md, section documents."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=15)
    chosen = parser.parse_args()
    print(f"{cores()} cores; the machine's load before: {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {**os.environ, "READINESS_INSTANCE": name, "PYTHONPATH": str(ROOT)}
        engine = ready_database(f"sqlite:///{folder}/readiness.db")
        ruleset = keep_versions(engine, RULES)
        keys = [submitted(engine, ruleset, number) for number in range(chosen.reports)]
        print("\n| served | times | median ms | p95 ms | CPU ms each |\n|---|---|---|---|---|")
        measure_serving(folder, keys[0])
        print("\n| renderers | reports | seconds | reports per second |\n|---|---|---|---|")
        measure_all(environment, engine, chosen.reports)
        serve = ["-m", "readiness.cli", "serve", "--port", "8101", "--workers", str(cores())]
        print("\n| pages of the questionnaire | asked | errors | median ms | p95 ms |\n|---|---|---|---|---|")
        with started(serve, READINESS_INSTANCE=name) as site:
            measure_site(site.address, environment, engine, ruleset, chosen.seconds)
        engine.dispose()


if __name__ == "__main__":
    main()
