"""What a PDF of a report costs: ours beside bare WeasyPrint, Chromium and Typst, and what the site feels of it.

    PYTHONPATH=. .venv/bin/python benchmarks/report.py                every engine that is there
    PYTHONPATH=. .venv/bin/python benchmarks/report.py --rounds 5 --seconds 20

One report in full is made by each engine, in turns: from a cold process, and again in a warm one. Bare WeasyPrint and
Chromium get the HTML and style that ours is made of; Typst gets the same texts, tables, lists and charts as markup of
its own. What is missing is said and left out. Then pages are asked for by the clock, alone and while reports are made.
"""

import argparse
import asyncio
import functools
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from itertools import repeat
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]
REPORT = ROOT / "readiness" / "report"
CASE = "ulm_18_months"
PAGES_PER_SECOND = 10


def the_view() -> Any:
    """The report that every engine makes: a shipped case with everything in it that a full report has."""
    from readiness.engine.scoring import score
    from readiness.loading.ruleset import load_ruleset
    from readiness.report.view import view

    ruleset = load_ruleset(ROOT / "rules" / "peer-support")
    case = next(each for each in ruleset.examples if each.code == CASE)
    return view(ruleset, score(ruleset, case.answered(ruleset.instrument)), case.service, date(2026, 3, 1))


# --- the engines: each hands back what makes the PDF once more


def ours(folder: Path) -> Callable[[], bytes]:
    """As the site makes it, from a view."""
    from readiness.report.pdf import render_pdf, warm

    shown = the_view()
    warm()
    return lambda: render_pdf(shown)


def weasyprint(folder: Path) -> Callable[[], bytes]:
    """WeasyPrint on our HTML and style, without tags, fields or anything else of ours."""
    os.environ["FONTCONFIG_FILE"] = str(REPORT / "fonts" / "fonts.conf")
    from weasyprint import CSS, HTML

    html, style = (folder / "report.html").read_text(), (folder / "print.css").read_text()
    return lambda: HTML(string=html).write_pdf(stylesheets=[CSS(string=style)])


def chromium(folder: Path) -> Callable[[], bytes]:
    """Chromium's print to PDF of the same, each time by a new page of one browser; a tagged PDF, too."""
    from playwright.sync_api import sync_playwright

    browser = sync_playwright().start().chromium.launch(executable_path=path_of_chromium(), args=["--no-sandbox"])
    address = (folder / "styled.html").as_uri()

    def make() -> bytes:
        page = browser.new_page()
        page.goto(address)
        pdf: bytes = page.pdf(prefer_css_page_size=True, print_background=True, tagged=True, outline=True)
        page.close()
        return pdf

    return make


def typst(folder: Path) -> Callable[[], bytes]:
    """Typst on the same texts, tables and charts in markup of its own; a tagged PDF, too."""
    import typst as engine

    compiler = functools.partial(engine.compile, str(folder / "report.typ"), font_paths=[str(REPORT / "fonts")])
    return lambda: compiler(format="pdf")


ENGINES = {"ours": ours, "bare WeasyPrint": weasyprint, "Chromium": chromium, "Typst": typst}


def path_of_chromium() -> str | None:
    """Where Chromium is, if it is anywhere."""
    return os.environ.get("READINESS_CHROMIUM") or shutil.which("chromium")


def missing(engine: str) -> str:
    """Why an engine cannot be measured here; empty if it can."""
    if engine == "Typst" and importlib.util.find_spec("typst") is None:
        return "the package typst is not installed: install requirements/bench.txt"
    if engine == "Chromium" and path_of_chromium() is None:
        return "there is no Chromium: install it, or say where it is in READINESS_CHROMIUM"
    if engine == "Chromium" and importlib.util.find_spec("playwright") is None:
        return "the package playwright is not installed: install requirements/test.txt"
    return ""


# --- the same report for the others


def write_documents(folder: Path) -> None:
    """The HTML of our report, its style, both in one file for Chromium, and markup for Typst."""
    from readiness.report.pdf import lay_out_report

    html, _ = lay_out_report(the_view())
    style = (REPORT / "print.css").read_text()
    (folder / "report.html").write_text(html)
    (folder / "print.css").write_text(style)
    faces = "".join(
        f'@font-face {{ font-family: "Noto Sans"; font-weight: {weight}; font-style: {slope}; '
        f"src: url({(REPORT / 'fonts' / f'NotoSans-{name}.ttf').as_uri()}) }}\n"
        for name, weight, slope in (("Regular", 400, "normal"), ("Bold", 700, "normal"), ("Italic", 400, "italic"))
    )
    (folder / "styled.html").write_text(html.replace("</head>", f"<style>{faces}{style}</style></head>"))
    (folder / "report.typ").write_text(as_typst(html, folder))


SETUP = """#set document(title: "Readiness for peer support work")
#set page(paper: "a4", margin: 16mm, numbering: "1 / 1")
#set text(font: ("Noto Sans", "Noto Sans Hebrew"), size: 8.8pt, lang: "en")
#set table(stroke: (bottom: 0.4pt + rgb("#ccd4d4")), inset: 3pt)
#show heading.where(level: 2): it => { pagebreak(weak: true); it }
"""


def as_typst(html: str, folder: Path) -> str:
    """The document as Typst markup: headings, paragraphs, lists, tables and charts; no other style than sizes."""
    from xml.etree import ElementTree

    charts: list[str] = []

    def text(words: str | None) -> str:
        shown = re.sub(r"\s+", " ", words or "")
        return f"#{json.dumps(shown, ensure_ascii=False)}" if shown.strip() else " " if shown else ""

    def inside(node: Any) -> str:
        return text(node.text) + "".join(block(child) + text(child.tail) for child in node)

    def table(node: Any) -> str:
        rows = [[cell for cell in row if cell.tag in ("th", "td")] for row in node.iter("tr")]
        columns = max(map(len, rows), default=1)
        cells = []
        for number, row in enumerate(rows):
            written = [f"[{inside(cell)}]" for cell in row] + ["[]"] * (columns - len(row))
            is_head = number == 0 and node.find("thead") is not None
            cells.append(f"table.header({', '.join(written)})" if is_head else ", ".join(written))
        return f"\n#table(columns: ({'1fr, ' * columns}), {', '.join(cells)})\n"

    def block(node: Any) -> str:
        name = str(node.tag).rpartition("}")[2]
        if name == "svg":
            charts.append(name)
            path = folder / f"chart-{len(charts)}.svg"
            path.write_bytes(ElementTree.tostring(node))
            return f'\n#image("{path.name}", width: 100%, alt: "a chart")\n'
        if re.fullmatch("h[1-6]", name):
            return f"\n#heading(level: {name[1]})[{inside(node)}]\n"
        if name in ("ul", "ol"):
            return f"\n#{'list' if name == 'ul' else 'enum'}({', '.join(f'[{inside(item)}]' for item in node)})\n"
        if name in ("p", "div", "section"):
            return f"\n\n{inside(node)}\n\n"
        return table(node) if name == "table" else f"#strong[{inside(node)}]" if name == "b" else inside(node)

    body = ElementTree.fromstring(re.sub(r"<!DOCTYPE[^>]*>", "", html)).find("body")
    return SETUP + block(body)


# --- measuring


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one engine in one round: seconds and processor seconds of a cold process and of one more PDF; MB; bytes."""

    cold: float
    cold_cpu: float
    warm: float
    warm_cpu: float
    cold_peak: float
    peak: float
    size: int
    pages: int


def measure(engine: str, folder: Path, again: int) -> Cost:
    """One process that makes the PDF, which is cold, and then makes it again as often as asked."""
    command = [sys.executable, __file__, "--engine", engine, "--folder", str(folder), "--again", str(again)]
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        peaks, ended = [0.0], threading.Event()
        watching = threading.Thread(target=watch, args=(process.pid, peaks, ended))
        watching.start()
        first = process.stdout.readline()
        cold, cold_cpu, cold_peak = time.perf_counter() - start, processor_time_below(process.pid), peaks[-1]
        rest = process.stdout.readline()
        warm_cpu = (processor_time_below(process.pid) - cold_cpu) / again
        process.kill()
        ended.set()
        watching.join()
    if not rest:
        raise SystemExit(f"{engine} failed: see above")
    told, warm = json.loads(first), min(json.loads(rest))
    return Cost(cold, cold_cpu, warm, warm_cpu, cold_peak, peaks[-1], told["size"], told["pages"])


def watch(process: int, peaks: list[float], ended: threading.Event) -> None:
    """Note the most memory so far, until told that it is over."""
    while not ended.wait(0.05):
        peaks.append(max(peaks[-1], memory_below(process)))


def below(process: int) -> set[int]:
    """A process and all that it and those below it started; nothing where the system has no /proc."""
    parents, found = {}, {process}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found if parents else set()


def memory_below(process: int) -> float:
    """MB that a process and all below it hold, what they share counted once."""
    total = 0
    for each in below(process):
        with suppress(OSError):
            found = re.search(r"^Pss: +(\d+) kB", Path(f"/proc/{each}/smaps_rollup").read_text(), re.MULTILINE)
            total += int(found[1]) if found else 0
    return total / 1024


def processor_time_below(process: int) -> float:
    """Seconds of processor time of a process and all below it, with those that have ended."""
    ticks = 0
    for each in below(process):
        with suppress(OSError):
            ticks += sum(map(int, Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def serve_engine(engine: str, folder: Path, again: int) -> None:
    """What this script does in a process of its own: make the PDF, say so, and make it again as often as asked."""
    make = ENGINES[engine](folder)
    pdf = make()
    print(json.dumps({"size": len(pdf), "pages": pages_of(pdf)}), flush=True)
    seconds = []
    for _ in range(again):
        start = time.perf_counter()
        make()
        seconds.append(time.perf_counter() - start)
    print(json.dumps(seconds), flush=True)
    time.sleep(60)  # whoever measures ends this process, once it has seen what was used


def pages_of(pdf: bytes) -> int:
    """How many pages a PDF has."""
    from io import BytesIO

    import pikepdf

    with pikepdf.open(BytesIO(pdf)) as document:
        return len(document.pages)


def best(costs: list[Cost]) -> Cost:
    """The least of every number over all rounds: what other work on the machine adds is no cost of an engine."""
    return Cost(*(min(getattr(cost, name) for cost in costs) for name in Cost.__slots__))  # type: ignore[arg-type]


def print_engines(found: dict[str, Cost]) -> None:
    """The table of README.md, section report."""
    first = found["ours"]
    print("| engine | pages | cold s | cold CPU s | warm s | warm CPU s | a page ms CPU | x CPU | peak MB | KiB |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name, cost in found.items():
        each, ratio = cost.warm_cpu / cost.pages * 1000, cost.warm_cpu / first.warm_cpu
        print(
            f"| {name} | {cost.pages} | {cost.cold:.2f} | {cost.cold_cpu:.2f} | {cost.warm:.2f} | {cost.warm_cpu:.2f} "
            f"| {each:.0f} | {ratio:.2f} | {cost.peak:.0f} | {cost.size / 1024:.0f} |",
            flush=True,
        )


def measure_engines(rounds: int, again: int) -> None:
    """Every engine that is there, in turns; what is left out is said."""
    left_out = {engine: missing(engine) for engine in ENGINES}
    for engine, why in left_out.items():
        if why:
            print(f"Left out: {engine}, because {why}.")
    costs: dict[str, list[Cost]] = {engine: [] for engine, why in left_out.items() if not why}
    with tempfile.TemporaryDirectory() as place:
        write_documents(Path(place))
        for _ in range(rounds):
            for engine, found in costs.items():
                found.append(measure(engine, Path(place), again))
                print(f"measured: {engine}", file=sys.stderr, flush=True)
    print_engines({engine: best(found) for engine, found in costs.items()})


# --- the site while reports are made


@contextmanager
def reports_being_made(many: int) -> Iterator[None]:
    """As many processes as said make reports one after the other, each in a fork of a fork server."""
    command = [sys.executable, __file__, "--make-reports"]
    running = [subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE) for _ in range(many)]
    try:
        for each in running:
            assert each.stdout is not None
            each.stdout.readline()  # the first report is made
        yield
    finally:
        for each in running:
            os.killpg(each.pid, signal.SIGTERM)
            each.wait()


def make_reports() -> None:
    """What this script does in a process of its own: make reports as the site does until it is stopped."""
    from readiness.report.process import render_in_process

    shown = the_view()
    while True:
        render_in_process(shown)
        print("made", flush=True)


def latencies(browser: Any, load: Any, seconds: float) -> list[tuple[float, bool]]:
    """Of each request in milliseconds since it should have started, and whether it was answered as it should be."""
    from load import run_load

    told: list[tuple[float, bool]] = []
    asyncio.run(run_load(browser, load, seconds, lambda latency, done: told.append((latency, done))))
    return told


def measure_site(seconds: float) -> None:
    """Pages by the clock, alone and while one process and as many as there are cores make reports."""
    from load import Browser, Load, Request, started

    print("\n| reports being made | pages a second | p50 ms | p95 ms | p99 ms | wrong |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as instance:
        command = ["-m", "readiness.cli", "serve", "--port", "8103", "--workers", str(os.cpu_count() or 1)]
        with started(command, READINESS_INSTANCE=instance) as site:
            browser = Browser(site.address)
            latencies(
                browser, Load("first pages", 5, repeat(Request("/", status=200))), 3
            )  # workers read what they keep
            for many in dict.fromkeys((0, 1, os.cpu_count() or 1)):
                pages = Load("pages", PAGES_PER_SECOND, repeat(Request("/", status=200)))
                with reports_being_made(many):
                    told = latencies(browser, pages, seconds)
                times = sorted(latency for latency, _ in told)
                p50, p95, p99 = (times[min(len(times) - 1, int(len(times) * share))] for share in (0.5, 0.95, 0.99))
                wrong = sum(not done for _, done in told)
                print(f"| {many} | {PAGES_PER_SECOND} | {p50:.1f} | {p95:.1f} | {p99:.1f} | {wrong} |", flush=True)


def main() -> None:
    """Print the tables of README.md, section report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--only", choices=["engines", "site"])
    parser.add_argument("--engine", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--again", type=int, default=3, help="PDFs in a warm process")
    parser.add_argument("--make-reports", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.engine:
        return serve_engine(chosen.engine, chosen.folder, chosen.again)
    if chosen.make_reports:
        return make_reports()
    print(f"{os.cpu_count()} cores; the machine's load before: {os.getloadavg()[0]:.1f}")
    if chosen.only != "site":
        measure_engines(chosen.rounds, chosen.again)
    if chosen.only != "engines":
        measure_site(chosen.seconds)
    return None


if __name__ == "__main__":
    main()
