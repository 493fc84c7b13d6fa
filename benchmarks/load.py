"""What a small server bears: people who save pages and send answers, at a fixed rate, beside a page that does nothing.

    python benchmarks/load.py                          SQLite and PostgreSQL, 15 seconds for each load
    python benchmarks/load.py --database sqlite --seconds 5 --workers 4

Requests start by the clock, whether earlier ones are answered or not, and a latency counts from when its request
should have started: a server that falls behind cannot hide it. Everything runs on this machine and on loopback: the
client, the workers and PostgreSQL share its cores. Both databases wait until the disk has what they commit.
"""

import argparse
import asyncio
import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from time import monotonic, perf_counter
from urllib.parse import urlencode

from flask import Flask, redirect
from sqlalchemy import Engine, insert, text

from readiness.engine.answers import Phase, Role
from readiness.engine.ruleset import RuleSet
from readiness.loading.ruleset import load_ruleset
from readiness.server import Server, options
from readiness.store.assessments import add_response, find_assessment, start_assessment
from readiness.store.codes import hashed_code, new_code, shown_code
from readiness.store.database import open_database, transaction
from readiness.store.models import AnswerRow
from readiness.store.teams import choose_team

ROOT = Path(__file__).resolve().parent.parent
PAGES, SUBMISSIONS = 200, 50  # per second: what is to be borne
TEAM, PATIENCE = 20, 30.0
ROLE = Role.MENTAL_HEALTH_WORKER


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent, and the status that says it was done."""

    path: str
    fields: dict[str, str] | None = None
    status: int = 303


@dataclass(frozen=True, slots=True)
class Load:
    """Requests at a rate per second."""

    name: str
    rate: float
    requests: Iterator[Request]


class BareServer(Server):
    """One page that does nothing, served as ours are."""

    def load(self) -> Flask:
        """A Flask application with one route."""
        app = Flask("bare")
        app.post("/")(lambda: redirect("/next", 303))
        return app


class Browser:
    """One session for everybody: its cookie and its token go with every request."""

    def __init__(self, address: str, page: str = "") -> None:
        self.port = int(address.rsplit(":", 1)[1].strip("/"))
        self.cookie = self.token = ""
        if page:
            with urllib.request.urlopen(address.rstrip("/") + page) as answer:
                self.cookie = answer.headers["Set-Cookie"].partition(";")[0]
                found = re.search(r'name="csrf_token" value="([^"]+)"', answer.read().decode())
            assert found is not None
            self.token = found[1]

    async def send(self, request: Request) -> bool:
        """Whether a request was answered as it should be."""
        head = (
            f"{'GET' if request.fields is None else 'POST'} {request.path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
        )
        head += f"Connection: close\r\nAccept-Encoding: gzip\r\nCookie: {self.cookie}\r\n"
        body = urlencode({"csrf_token": self.token, **(request.fields or {})})
        if request.fields is not None:
            head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(f"{head}\r\n{body if request.fields is not None else ''}".encode())
            answer = await reader.read()
            return answer.startswith(f"HTTP/1.1 {request.status} ".encode())
        finally:
            writer.close()


async def run_load(browser: Browser, load: Load, seconds: float, report: Callable[[float, bool], None]) -> None:
    """Start requests by the clock; `report` is told milliseconds since each should have started, and if it was done."""
    start = monotonic()

    async def one(request: Request, due: float) -> None:
        try:
            done = await asyncio.wait_for(browser.send(request), PATIENCE)
        except (OSError, TimeoutError):
            done = False
        report((monotonic() - due) * 1000, done)

    running = []
    for number, request in enumerate(islice(load.requests, round(load.rate * seconds))):
        due = start + number / load.rate
        await asyncio.sleep(due - monotonic())
        running.append(asyncio.create_task(one(request, due)))
    await asyncio.gather(*running)


@dataclass(frozen=True, slots=True)
class Site:
    """The address of a server, and the group of its processes."""

    address: str
    group: int

    def processor_time(self) -> float:
        """Seconds of processor time that its processes have used; 0 where the system has no /proc."""
        ticks = 0
        for path in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                fields = path.read_text().rpartition(")")[2].split()
                ticks += int(fields[11]) + int(fields[12]) if int(fields[2]) == self.group else 0
        return ticks / os.sysconf("SC_CLK_TCK")


def measure(where: str, site: Site, browser: Browser, loads: list[Load], seconds: float) -> None:
    """Run loads at the same time and print a line for each; processor time is that of the workers for all of them."""
    told: dict[str, list[tuple[float, bool]]] = {load.name: [] for load in loads}

    def reporter(name: str) -> Callable[[float, bool], None]:
        return lambda latency, done: told[name].append((latency, done))

    async def together() -> None:
        await asyncio.gather(*(run_load(browser, load, seconds, reporter(load.name)) for load in loads))

    began, used = perf_counter(), site.processor_time()
    asyncio.run(together())
    took, used = perf_counter() - began, site.processor_time() - used
    each = used * 1000 / sum(len(lines) for lines in told.values())
    for load in loads:
        latencies = sorted(latency for latency, _ in told[load.name])
        done = sum(done for _, done in told[load.name])
        p50, p95, p99 = (latencies[min(len(latencies) - 1, int(len(latencies) * share))] for share in (0.5, 0.95, 0.99))
        rest = f"{len(latencies) - done} | {p50:.1f} | {p95:.1f} | {p99:.1f} | {each:.1f} |"
        print(f"| {where} | {load.name} | {load.rate:.0f} | {done / took:.0f} | {rest}", flush=True)


@contextmanager
def started(command: list[str], **environment: str) -> Iterator[Site]:
    """A server that runs as long as the block."""
    everything = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    server = subprocess.Popen(
        [sys.executable, *command], env=everything, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert server.stdout is not None
        words = server.stdout.readline().split()
        yield Site(next(word for word in words if word.startswith("http")), server.pid)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def serve_bare(workers: int) -> None:
    """What this script does in a process of its own: serve the page that does nothing."""
    settings = options("127.0.0.1", 8100, workers, lambda _: print("http://127.0.0.1:8100/", flush=True))
    BareServer({"SMTP": ""}, settings).run()


def saved_pages(engine: Engine, ruleset: RuleSet, many: int) -> Iterator[Request]:
    """Managers who save every page of the whole questionnaire, one page of each after the other."""
    pages = [(section.code, page) for section in ruleset.instrument.sections for page in section.pages]
    keys = [
        start_assessment(engine, "North", Phase.AFTER, ruleset.identity.digest, date(2026, 11, 22))
        for _ in range(many // len(pages) + 1)
    ]
    for section, page in pages:
        levels = {item.code: item.options[0].code for item in page.items if Phase.AFTER in item.ask}
        yield from (Request(f"/a/{key}/{section}/{page.code}", {"revision": "0", **levels}) for key in keys)


def sent_answers(engine: Engine, ruleset: RuleSet, many: int) -> Iterator[Request]:
    """Respondents in teams who have answered all questions that their role is asked, and send them with a comment."""
    sections = [section.code for section in ruleset.instrument.sections]
    asked = ruleset.instrument.narrowed([ROLE], sections)
    levels = {item.code: item.options[0].code for section in asked.sections for item in section.items}
    for _ in range(many // TEAM + 1):
        key = start_assessment(engine, "North", Phase.AFTER, ruleset.identity.digest, date(2026, 11, 22))
        wave = find_assessment(engine, key)
        choose_team(engine, wave, {ROLE: sections})
        codes = [new_code() for _ in range(TEAM)]
        with transaction(engine, writing=True) as connection:
            for code in codes:
                response = add_response(connection, wave.id, ROLE.value, hashed_code(code))
                rows = [{"response_id": response, "item": item, "value": level} for item, level in levels.items()]
                connection.execute(insert(AnswerRow), rows)
        yield from (Request(f"/a/{shown_code(code)}/submit", {"comment": "As it is."}) for code in codes)


def shown_pages(engine: Engine, ruleset: RuleSet) -> Iterator[Request]:
    """One manager who looks at every page of the questionnaire again and again."""
    key = start_assessment(engine, "North", Phase.AFTER, ruleset.identity.digest, date(2026, 11, 22))
    paths = [
        f"/a/{key}/{section.code}/{page.code}" for section in ruleset.instrument.sections for page in section.pages
    ]
    while True:
        yield from (Request(path, status=200) for path in paths)


def measure_readiness(name: str, url: str, workers: int, seconds: float) -> None:
    """Everything on one database: the floor of its disk, then pages, submissions and both."""
    with tempfile.TemporaryDirectory() as instance:
        settings = {
            "READINESS_INSTANCE": instance,
            "READINESS_DATABASE_URL": url or f"sqlite:///{instance}/readiness.db",
        }
        command = ["-m", "readiness.cli", "serve", "--port", "8101", "--workers", str(workers)]
        with started(command, **settings) as site:
            engine = open_database(settings["READINESS_DATABASE_URL"])
            print(
                f"| {name} | *commits of one row, one after the other* | | {commits(engine):.0f} | | | | | |",
                flush=True,
            )
            ruleset = load_ruleset(ROOT / "rules" / "peer-support")
            saved = Load("page posts", PAGES, iter(list(saved_pages(engine, ruleset, 2 * round(PAGES * seconds)))))
            sent = Load(
                "submissions", SUBMISSIONS, iter(list(sent_answers(engine, ruleset, 2 * round(SUBMISSIONS * seconds))))
            )
            shown = Load("pages shown", PAGES, shown_pages(engine, ruleset))
            browser = Browser(site.address, "/")
            for loads in ([shown], [saved], [sent], [saved, sent]):
                measure(name if len(loads) == 1 else f"{name}, together", site, browser, loads, seconds)
            engine.dispose()


def commits(engine: Engine, seconds: float = 2) -> float:
    """Commits per second of one connection that changes one row in each, prepared as Readiness prepares it."""
    with transaction(engine, writing=True) as connection:
        connection.execute(text("CREATE TABLE floor (number INTEGER)"))
        connection.execute(text("INSERT INTO floor VALUES (0)"))
    with engine.connect().execution_options(writing=True) as connection:
        number, until = 0, monotonic() + seconds
        while monotonic() < until:
            with connection.begin():
                connection.execute(text("UPDATE floor SET number = number + 1"))
            number += 1
    return number / seconds


def synced_writes(seconds: float = 2) -> float:
    """How often per second the disk says that it has 4 KiB."""
    with tempfile.NamedTemporaryFile() as file:
        number, until = 0, monotonic() + seconds
        while monotonic() < until:
            os.pwrite(file.fileno(), bytes(4096), 0)
            os.fdatasync(file.fileno())
            number += 1
    return number / seconds


def measure_postgresql(workers: int, seconds: float) -> None:
    """The same on a server that is started for it, as durable as it comes."""
    sys.path.insert(0, str(ROOT / "tests"))
    import postgresql_server

    postgresql_server.SETTINGS = {"max_connections": "50"}
    with postgresql_server.running_server() as server:
        measure_readiness("PostgreSQL", server.url("postgres", "postgresql"), workers, seconds)


def main() -> None:
    """Print the table of README.md, section load."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--serve-bare", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve_bare:
        return serve_bare(chosen.workers)
    print(f"{os.cpu_count()} cores, {chosen.workers} workers, SQLite {sqlite3.sqlite_version}")
    print(
        f"the machine's load before: {os.getloadavg()[0]:.1f}; synced writes of 4 KiB: {synced_writes():.0f} per second"
    )
    print("| on | what | asked per s | done per s | errors | p50 ms | p95 ms | p99 ms | CPU ms each |")
    print("|---|---|---|---|---|---|---|---|---|")
    with started([__file__, "--serve-bare", "--workers", str(chosen.workers)]) as site:
        nothing = Load("POST answered with a redirect", PAGES + SUBMISSIONS, iter(partial(Request, "/", {}), None))
        measure("bare Flask", site, Browser(site.address), [nothing], chosen.seconds)
    if chosen.database != "postgresql":
        measure_readiness("SQLite", "", chosen.workers, chosen.seconds)
    if chosen.database != "sqlite":
        measure_postgresql(chosen.workers, chosen.seconds)
    return None


if __name__ == "__main__":
    main()
