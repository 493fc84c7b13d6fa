"""Takes the pictures of the documentation: `.venv/bin/python docs/pictures.py http://127.0.0.1:8000/`."""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parent


def main(address: str) -> None:
    """Take every picture anew."""
    path = os.environ.get("READINESS_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1000, "height": 1280})
        page.goto(f"{address}examples/butabika_18_months/")
        page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = false })")
        page.screenshot(path=FOLDER / "result.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
