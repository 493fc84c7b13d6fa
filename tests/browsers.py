"""Real servers and real browsers: what every browser test starts, and what a person does on a page."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, sync_playwright

WIDE = {"width": 1200, "height": 900}
PHONE = {"width": 320, "height": 640}


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[str]:
    """A real server with two workers, as `readiness serve` starts it, on an instance folder; gives its address."""
    command = [sys.executable, "-m", "readiness.cli", "serve", "--workers", "2"]
    environment = {**os.environ, "READINESS_INSTANCE": str(folder), "PYTHONUNBUFFERED": "1", **settings}
    server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert server.stdout is not None
    try:
        line = server.stdout.readline()
        assert line.startswith("Readiness is running. Open http://127.0.0.1:"), line
        yield line.split()[4].rstrip("/")
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)
        server.stdout.close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, driven by Playwright."""
    path = os.environ.get("READINESS_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


def follow(target: Locator) -> None:
    """Click and wait until the next page is there."""
    with target.page.expect_navigation():
        target.click()
