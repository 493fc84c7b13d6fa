"""Takes the pictures and the report of the walk-through anew: see bin/walkthrough. They go beside the static files."""

import json
import logging
import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from flask import Flask
from PIL import Image
from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import make_server

from readiness.app import create_app
from readiness.example_service import ExampleService, make_example
from readiness.language import format_date
from readiness.permissions import LOCAL
from readiness.store.assessments import find_assessment
from readiness.web.results import read_result
from readiness.web.rules import current_ruleset, database
from readiness.web.walkthrough import SCREENS, Screen

FOLDER = Path(__file__).resolve().parents[1] / "readiness" / "web" / "static" / "walkthrough"
SIZE = {"width": 960, "height": 1080}
REPORT_PAGES = (1, 2)
QUALITY = 80


def main() -> None:
    """Make the example, take every picture, and note what the pages said."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, example_site(Path(folder)) as (app, example):
        report = app.test_client().get(path_of(example, SCREENS["report"])).data
        (FOLDER / "report.pdf").write_bytes(report)
        _save("report", _report_picture(report))
        with _served(app) as address, sync_playwright() as playwright:
            path = os.environ.get("READINESS_CHROMIUM") or shutil.which("chromium")
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            page = browser.new_page(viewport=SIZE)
            for name, screen in SCREENS.items():
                if name != "report":
                    _save(name, _picture(page, address + path_of(example, screen)))
            browser.close()
        (FOLDER / "said.json").write_text(json.dumps(said(app, example), indent=2) + "\n")


@contextmanager
def example_site(folder: Path) -> Iterator[tuple[Flask, ExampleService]]:
    """A site of one person with the example in it."""
    settings = {
        "INSTANCE": folder,
        "DATABASE_URL": f"sqlite:///{folder / 'readiness.db'}",
        "SECRET_KEY": "only for the walk-through, of some length",
        "RENDER_AHEAD": False,
    }
    app = create_app(settings)
    with app.app_context():
        yield app, make_example(database(), current_ruleset())
        database().dispose()


def path_of(example: ExampleService, screen: Screen) -> str:
    """The path of the page that a picture shows."""
    return f"/a/{getattr(example, screen.wave)}/{screen.page}"


def said(app: Flask, example: ExampleService) -> dict[str, str]:
    """What each page says, as a digest of its words: when one changes, its picture is out of date."""
    client = app.test_client()
    words = {
        name: _words(client.get(path_of(example, screen)).text) for name, screen in SCREENS.items() if name != "report"
    }
    with app.test_request_context():
        second = find_assessment(database(), example.second, LOCAL)
        words["report"] = repr(read_result(second).report)
    return {name: sha256(text.encode()).hexdigest()[:16] for name, text in words.items()}


def _words(html: str) -> str:
    """The words of a page from its main part, without the day on which it is looked at."""
    main = html[html.index("<main") : html.index("</main>")]
    text = " ".join(re.sub("<[^>]+>", " ", main).split())
    return text.replace(format_date(date.today()), "today")


@contextmanager
def _served(app: Flask) -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


def _picture(page: Page, address: str) -> Image.Image:
    page.goto(address)
    return Image.open(BytesIO(page.screenshot()))


def _report_picture(report: bytes) -> Image.Image:
    """Two pages of the report beside each other."""
    both = Image.new("RGB", (SIZE["width"], SIZE["height"]), "#d8dddd")  # the grey behind the pages
    for place, number in enumerate(REPORT_PAGES):
        command = ["pdftoppm", "-r", "100", "-f", str(number), "-l", str(number), "-png", "-"]
        shown = subprocess.run(command, input=report, capture_output=True, check=True).stdout
        page = Image.open(BytesIO(shown))
        page.thumbnail((SIZE["width"] // 2 - 20, SIZE["height"] - 20), Image.Resampling.LANCZOS)
        both.paste(page, (place * SIZE["width"] // 2 + 10, (SIZE["height"] - page.height) // 2))
    return both


def _save(name: str, picture: Image.Image) -> None:
    picture.convert("RGB").save(FOLDER / f"{name}.webp", quality=QUALITY, method=6)


if __name__ == "__main__":
    main()
