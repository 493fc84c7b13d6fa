"""The walk-through shows the pages as they are: pictures, the report, and a page with all of them."""

import json
from importlib.util import module_from_spec, spec_from_file_location
from io import BytesIO
from pathlib import Path
from types import ModuleType

import pypdf
import pytest
from pages import PageClient
from PIL import Image

from readiness.web.walkthrough import SCREENS

ROOT = Path(__file__).resolve().parents[1]
STATIC = ROOT / "readiness" / "web" / "static" / "walkthrough"
TAKE_ANEW = "run bin/walkthrough, look at the pictures, and commit them"


@pytest.fixture(scope="module")
def walkthrough() -> ModuleType:
    spec = spec_from_file_location("walkthrough", ROOT / "docs" / "walkthrough.py")
    assert spec
    assert spec.loader
    made = module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_every_page_still_says_what_its_picture_shows(walkthrough: ModuleType, tmp_path: Path) -> None:
    noted = json.loads((STATIC / "said.json").read_text())
    with walkthrough.example_site(tmp_path) as (app, example):
        said = walkthrough.said(app, example)
    assert [name for name in said if said[name] != noted.get(name)] == [], TAKE_ANEW


@pytest.mark.parametrize("name", SCREENS)
def test_each_screen_has_a_picture_of_its_size_that_is_light(name: str, walkthrough: ModuleType) -> None:
    picture = (STATIC / f"{name}.webp").read_bytes()
    assert Image.open(BytesIO(picture)).size == tuple(walkthrough.SIZE.values())
    assert len(picture) < 120 * 1024


def test_the_page_shows_every_picture_and_hands_out_the_report(client: PageClient) -> None:
    page = client.get("/walk-through")
    pictures = [element.get("src") or "" for element in page.root.iter("img")]
    assert len(pictures) == len(SCREENS)
    assert {client.raw.get(source).mimetype for source in pictures} == {"image/webp"}
    link = next(a.get("href") or "" for a in page.root.iter("a") if "report.pdf" in (a.get("href") or ""))
    answer = client.raw.get(link)
    assert answer.mimetype == "application/pdf"
    assert "invented" in pypdf.PdfReader(BytesIO(answer.data)).pages[0].extract_text()


def test_the_readme_shows_pictures_that_exist() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = [part.partition(")")[0] for part in readme.split("](readiness/web/static/")[1:]]
    assert len(shown) >= 3
    assert [name for name in shown if not (STATIC.parent / name).exists()] == []
