"""Real browsers: what every browser test starts, and what a person does on a page."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, sync_playwright

WIDE = {"width": 1200, "height": 900}
PHONE = {"width": 320, "height": 640}


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
