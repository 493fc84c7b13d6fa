"""Every page in every language: nothing hard-coded, nothing left in English, and the choice of the language itself."""

import os
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import flask_babel
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import RULES
from flask import Flask
from pages import Element, PageClient, parse
from people import app_with_accounts
from playwright.sync_api import Page as Window
from playwright.sync_api import Route, sync_playwright
from pseudo import ACCENTED, HEBREW, hebrew, pseudo_languages
from walk import NO_PAGE, TYPED, Stop, draft_by_machine, speak_pseudo, walk, walk_accounts, walk_drafts
from walk_changes import walk_changes
from walk_levers import walk_levers
from walk_plan import walk_plan
from walk_shares import walk_shares
from walk_teams import walk_teams

from readiness.engine.evidence import Kind
from readiness.engine.ruleset import RuleSet
from readiness.errors import ReadinessError
from readiness.language import ENGLISH, UNTRANSLATED, gettext, language
from readiness.report import words
from readiness.web.headers import POLICY
from readiness.web.rules import database

SAID_ALOUD = ("title", "aria-label", "alt", "placeholder", "aria-description")
# What a person typed, mail addresses and codes of respondents, words of an address and codes near them, days in the
# first pseudo-language, version and digest.
ALLOWED = re.compile(
    rf"{TYPED}|x{{100,}}|[a-z]+@example\.org|[0-9A-Z]{{4}}(-[0-9A-Z]{{4}}){{3}}|“?(unknown|cultur|culture)”?"
    r"|\d+ [A-Z][a-z]+ \d{4}|peer-support [\d.]+|[0-9a-f]{12}|[a-z]+/\w+\.yaml"
)
WORD = re.compile(r"[A-Za-z]{2,}")


@pytest.fixture(scope="module")
def locale(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the catalogues of both pseudo-languages."""
    folder = tmp_path_factory.mktemp("locale")
    pseudo_languages(folder)
    return folder


def speaking_app(folder: Path, locale: Path, *codes: str, accounts: bool = False) -> Flask:
    """An application that offers languages, in this order."""
    app = app_with_accounts(folder, ACCOUNTS=accounts, LANGUAGES=list(codes), LOCALE=locale, RULES=RULES)
    speak_pseudo(app)
    return app


@pytest.fixture(scope="module", params=[ACCENTED, HEBREW])
def stops(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, locale: Path, shipped: RuleSet
) -> Iterator[tuple[Flask, list[Stop]]]:
    """The whole walk in one pseudo-language, made once for all tests."""
    app = speaking_app(tmp_path_factory.mktemp(request.param), locale, request.param)
    with_accounts = speaking_app(tmp_path_factory.mktemp(request.param), locale, request.param, "en", accounts=True)
    of_teams = speaking_app(tmp_path_factory.mktemp(request.param), locale, request.param, accounts=True)
    planning = speaking_app(tmp_path_factory.mktemp(request.param), locale, request.param)
    of_changes = speaking_app(tmp_path_factory.mktemp(request.param), locale, request.param)
    alone = [*walk(app, shipped), *walk_drafts(app, shipped), *walk_shares(app), *walk_levers(app, shipped)]
    following = [*walk_plan(planning), *walk_changes(of_changes)]
    yield app, [*alone, *following, *walk_accounts(with_accounts), *walk_teams(of_teams)]
    for each in (app, with_accounts, of_teams, planning, of_changes):
        with each.app_context():
            database().dispose()


def spoken(element: Element, *, own: bool = False) -> Iterator[str]:
    """Every text of a page that is said in its language: not code, not what is marked as another language's."""
    if not isinstance(element.tag, str) or element.tag in ("script", "code", "svg:style"):
        return
    if own and ("lang" in element.attrib or element.tag == "bdi"):
        return
    yield element.text or ""
    yield from (element.get(name) or "" for name in SAID_ALOUD)
    for child in element:
        yield from spoken(child, own=True)
        yield child.tail or ""


def left_over(root: Element, names: Iterable[str] = ()) -> list[str]:
    """The texts of a page that hold a plain Latin word: pseudo-translated ones hold none."""
    known = re.compile("|".join([ALLOWED.pattern, *map(re.escape, names)]))
    return [text.strip() for text in spoken(root) if WORD.search(known.sub("", text))]


@pytest.fixture(scope="module")
def names(shipped: RuleSet) -> list[str]:
    """How papers are cited, and the codes of kinds of statement: the same in every language."""
    return [*(source.cite for source in shipped.sources.values()), *(kind.value for kind in Kind)]


def test_the_walk_sees_every_page_that_there_is(stops: tuple[Flask, list[Stop]]) -> None:
    app, seen = stops
    there = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert set(NO_PAGE) <= there
    assert there - set(NO_PAGE) == {stop.endpoint for stop in seen} - {"error"}


def test_no_page_is_an_error_that_nobody_foresaw(stops: tuple[Flask, list[Stop]]) -> None:
    assert [(stop.endpoint, stop.what) for stop in stops[1] if stop.page.status == 500] == []


def test_nothing_on_any_page_is_left_in_english(stops: tuple[Flask, list[Stop]], names: list[str]) -> None:
    _, seen = stops
    found = {(stop.endpoint, text): stop.what for stop in seen for text in left_over(stop.page.root, names)}
    assert [f"{endpoint} ({what}): {text[:150]}" for (endpoint, text), what in found.items()] == []


def test_what_is_left_in_english_would_be_found(client: PageClient, names: list[str]) -> None:
    found = left_over(client.get("/").root, names)
    assert "Start an assessment" in found
    assert "Pages of this site" in found


def test_every_page_says_its_language_and_direction(stops: tuple[Flask, list[Stop]]) -> None:
    app, seen = stops
    (code,) = app.config["LANGUAGES"]
    said = {(stop.page.root.get("lang"), stop.page.root.get("dir")) for stop in seen}
    assert said == {(code, "rtl" if code == HEBREW else "ltr")}


def test_nothing_is_marked_as_untranslated(stops: tuple[Flask, list[Stop]]) -> None:
    _, seen = stops
    assert [(stop.endpoint, stop.what) for stop in seen if UNTRANSLATED in stop.page.text] == []


def signed(element: Element) -> Iterator[str]:
    """Numbers with a sign that stand where the direction is not set to left-to-right."""
    if not isinstance(element.tag, str) or element.get("dir") == "ltr":
        return
    texts = [element.text or "", *(child.tail or "" for child in element)]
    yield from (text.strip() for text in texts if re.search(r"(?<!U)[−+]\d", text))
    for child in element:
        yield from signed(child)


def test_a_sign_stays_in_front_of_its_number(stops: tuple[Flask, list[Stop]]) -> None:
    _, seen = stops
    found = {(stop.endpoint, text) for stop in seen for body in stop.page.root.iter("body") for text in signed(body)}
    assert found == set()


def test_a_translation_drafted_by_a_machine_says_so_on_every_page_with_its_words(both: Flask) -> None:
    browser = PageClient(both)
    browser.send(browser.get("/method"), {"language": HEBREW}, "/language")
    tasks = browser.start(TYPED)
    result = browser.send(browser.get(f"{tasks}submit"), {}, "/submit").path
    section = next(path for path in browser.get(tasks).links().values() if path.startswith(tasks) and path != tasks)
    paths = ["/", tasks, section, result, "/method", "/method/recommendations", "/evidence/", "/evidence/subjects/"]
    note = hebrew(words.DRAFT.message)
    assert [path for path in paths if note in browser.get(path).text] == []
    draft_by_machine(both)
    assert [path for path in paths if note not in browser.get(path).text] == []


@pytest.fixture
def both(tmp_path: Path, locale: Path) -> Iterator[Flask]:
    """An application that offers English and the right-to-left language."""
    app = speaking_app(tmp_path, locale, "en", HEBREW)
    yield app
    with app.app_context():
        database().dispose()


def language_of(app: Flask, asked: str) -> str | None:
    """The language of the first page for a browser that asks for some."""
    response = app.test_client().get("/", headers={"Accept-Language": asked})
    return parse(response.get_data(as_text=True)).get("lang")


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [("", "en"), ("he-XB", HEBREW), ("he-XB;q=0.5, en;q=0.2", HEBREW), ("de, fr;q=0.5", "en"), ("x" * 5000, "en")],
)
def test_a_browser_gets_the_language_that_it_asks_for(both: Flask, asked: str, spoken: str) -> None:
    assert language_of(both, asked) == spoken


def test_a_chosen_language_stays_and_leads_back_to_where_it_was_chosen(both: Flask) -> None:
    client = PageClient(both)
    page = client.send(client.get("/method"), {"language": HEBREW}, "/language")
    assert (page.path, page.root.get("lang"), page.root.get("dir")) == ("/method", HEBREW, "rtl")
    assert client.get("/evidence/").root.get("lang") == HEBREW


def test_a_language_that_is_not_offered_changes_nothing(both: Flask) -> None:
    client = PageClient(both)
    for wrong in (ACCENTED, "zz", "", "../../etc"):
        assert client.send(client.get("/method"), {"language": wrong}, "/language").root.get("lang") == "en"


@pytest.mark.parametrize(
    "back",
    ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example/", "/\t/elsewhere.example", "x", ""],
)
def test_choosing_a_language_never_leads_to_another_site(both: Flask, back: str) -> None:
    client = PageClient(both)
    path, fields = client.get("/").form("/language")
    fields["back"] = back
    assert client.raw.post(path, data=fields).headers["Location"] == "/"


def test_choosing_a_language_needs_the_token_of_the_page(both: Flask) -> None:
    client = PageClient(both)
    assert client.post("/language", {"language": HEBREW, "back": "/"}).status == 400
    assert client.get("/").root.get("lang") == "en"


def test_where_one_language_is_offered_there_is_no_choice(client: PageClient) -> None:
    assert 'action="/language"' not in client.get("/").html


def test_one_request_leaves_no_language_behind_for_the_next(both: Flask) -> None:
    assert language_of(both, HEBREW) == HEBREW
    assert language() == ENGLISH


def test_flask_babel_speaks_the_same_language(both: Flask) -> None:
    here = {"REMOTE_ADDR": "127.0.0.1", "SERVER_PROTOCOL": "HTTP/1.1"}
    with both.test_request_context("/", headers={"Accept-Language": HEBREW}, environ_overrides=here):
        both.preprocess_request()
        assert str(flask_babel.get_locale()) == "he"
        assert flask_babel.gettext("Method") == gettext("Method") == hebrew("Method")
        both.do_teardown_request()


def test_a_language_without_a_catalogue_is_refused_at_the_start(tmp_path: Path, locale: Path) -> None:
    with pytest.raises(ReadinessError) as error:
        speaking_app(tmp_path, locale, "en", "fr")
    expected = "READINESS_LANGUAGES names fr, which has no translation here; expected one of: en, en-XA, he-XB"
    assert str(error.value) == expected


# What a person would see as cut off: text wider than its box, or outside the window. Text fields scroll by themselves.
CUT_OFF = """() => {
  const found = [], width = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth > width) { found.push("the page scrolls sideways"); }
  for (const element of document.body.querySelectorAll("*")) {
    const scrolls = element.closest(".aside, .skip, .scroll, .stack thead, svg, select, input");
    if (scrolls || !element.offsetParent) { continue; }
    const box = element.getBoundingClientRect();
    const outside = box.left < -1 || box.right > width + 1;
    const clipped = element.clientWidth && element.scrollWidth > element.clientWidth + 1;
    if (outside || clipped) { found.push(element.outerHTML.slice(0, 120)); }
  }
  return found;
}"""


def kinds(seen: list[Stop]) -> list[Stop]:
    """One page of each kind: of each endpoint with each status."""
    return list({(stop.endpoint, stop.page.status): stop for stop in seen}.values())


@pytest.fixture(scope="module")
def window(stops: tuple[Flask, list[Stop]]) -> Iterator[Window]:
    """A window of Debian's Chromium that shows pages as the walk was given them, with the real stylesheet."""
    static = Path(str(stops[0].static_folder))
    path = os.environ.get("READINESS_CHROMIUM") or shutil.which("chromium")

    def serve(route: Route) -> None:
        route.fulfill(status=200, path=static / urlsplit(route.request.url).path.partition("/static/")[2])

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        window = chromium.new_page()
        window.route("**/static/**", serve)
        yield window
        chromium.close()


def show(window: Window, stop: Stop) -> None:
    """Open a page of the walk."""
    answer = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": POLICY}
    window.route("**/shown", lambda route: route.fulfill(status=200, body=stop.page.html, headers=answer))
    window.goto("http://localhost/shown")
    window.unroute("**/shown")


def test_what_is_cut_off_would_be_found(window: Window) -> None:
    window.set_viewport_size({"width": 320, "height": 800})
    window.set_content('<body dir="rtl"><p style="width: 50px; overflow: hidden">' + "x" * 100)
    assert len(window.evaluate(CUT_OFF)) == 1
    window.set_content('<body dir="rtl"><p>' + "x" * 100)
    assert "the page scrolls sideways" in window.evaluate(CUT_OFF)


@pytest.mark.parametrize("width", [320, 1200])
def test_no_page_is_cut_off_or_scrolls_sideways(stops: tuple[Flask, list[Stop]], window: Window, width: int) -> None:
    window.set_viewport_size({"width": width, "height": 800})
    found = []
    for stop in kinds(stops[1]):
        show(window, stop)
        found += [(stop.endpoint, stop.what, cut_off) for cut_off in window.evaluate(CUT_OFF)]
    assert found == []


def test_every_kind_of_page_passes_axe(stops: tuple[Flask, list[Stop]], window: Window) -> None:
    window.set_viewport_size({"width": 1200, "height": 800})
    found = []
    for stop in kinds(stops[1]):
        show(window, stop)
        found += [(stop.endpoint, each["id"]) for each in Axe().run(window).response["violations"]]
    assert found == []
