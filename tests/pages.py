"""A client that behaves like a browser without JavaScript and checks every page it is given."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise
from xml.etree import ElementTree

import html5lib
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

LABELLED = {"text", "radio", "checkbox", "file", "number", "email", "password"}
Element = ElementTree.Element


def parse(html: str) -> Element:
    """The page as a tree; a parse error fails the test."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(html)


def text_of(element: Element) -> str:
    """All text of an element, with single spaces."""
    return " ".join("".join(element.itertext()).split())


def check_page(html: str) -> Element:
    """Every page: parses, one h1, a language, unique ids, labelled inputs, radios in fieldsets, nothing inline."""
    root = parse(html)
    assert root.get("lang"), "the page has no language"
    assert root.get("dir") in ("ltr", "rtl"), "the page has no direction"
    assert len(list(root.iter("h1"))) == 1, "a page has exactly one h1"
    ids = Counter(element.get("id") for element in root.iter() if element.get("id"))
    assert [name for name, count in ids.items() if count > 1] == [], "ids are unique"
    _check_headings(root)
    _check_inputs(root, set(ids))
    _check_stacked(root)
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        assert element.tag != "style", "no inline style sheet"
        assert not (element.tag == "script" and not element.get("src")), "no inline script"
        inline = [name for name in element.attrib if name == "style" or name.startswith("on")]
        assert not inline, f"no inline {inline} on <{element.tag}>"
        target = element.get("href") or ""
        if target.startswith("#"):
            assert target[1:] in ids, f"{target} leads nowhere"
    return root


def _check_stacked(root: Element) -> None:
    """Where a table stands as one cell below the other, on a narrow screen, each cell says the head of its column."""
    for table in (table for table in root.iter("table") if "stack" in (table.get("class") or "").split()):
        heads = {text_of(head) for head in table.iter("th") if head.get("scope") == "col"}
        for cell in table.iter("td"):
            assert cell.get("data-label") in heads, f"the cell {text_of(cell)!r} does not say its column"


def _check_headings(root: Element) -> None:
    levels = [int(element.tag[1]) for element in root.iter() if re.fullmatch(r"h[1-6]", str(element.tag))]
    for before, after in pairwise(levels):
        assert after <= before + 1, f"heading h{after} follows h{before}"


def _check_inputs(root: Element, ids: set[str | None]) -> None:
    labels = {label.get("for") for label in root.iter("label")}
    assert labels <= ids | {None}, "a label names an input that is not there"
    for field in root.iter("input"):
        if field.get("type") in LABELLED:
            assert field.get("id") in labels, f"the input {field.get('name')} has no label"
    grouped = {id(field) for fieldset in root.iter("fieldset") for field in fieldset.iter("input")}
    for field in root.iter("input"):
        if field.get("type") == "radio":
            assert id(field) in grouped, "radios stand in a fieldset"
    for fieldset in root.iter("fieldset"):
        legend = fieldset.find("legend")
        assert legend is not None, "a fieldset has a legend"
        assert text_of(legend), "a legend says something"


class Page:
    """A page that was fetched, with the form a person would see in it."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.html = response.get_data(as_text=True)
        self.root = check_page(self.html)
        self.text = text_of(self.root)
        self.path = response.request.path

    def links(self) -> dict[str, str]:
        """Addresses by the text of their links."""
        return {text_of(link): link.get("href") or "" for link in self.root.iter("a")}

    def form(self, action: str = "") -> tuple[str, MultiDict[str, str]]:
        """Action and filled fields of the (last) form whose action contains a text."""
        form = [form for form in self.root.iter("form") if action in (form.get("action") or "")][-1]
        fields: MultiDict[str, str] = MultiDict()
        for field in form.iter("input"):
            if field.get("type") != "radio" or "checked" in field.attrib:
                fields.add(field.get("name") or "", field.get("value") or "")
        return form.get("action") or self.path, fields

    def choices(self) -> dict[str, list[str]]:
        """The values offered by each radio group."""
        groups: dict[str, list[str]] = {}
        for field in self.root.iter("input"):
            if field.get("type") == "radio":
                groups.setdefault(field.get("name") or "", []).append(field.get("value") or "")
        return groups


class PageClient:
    """Fetches pages and sends their forms, following redirects as a browser does."""

    def __init__(self, app: Flask) -> None:
        self.raw = app.test_client()

    def get(self, path: str) -> Page:
        """Fetch a page."""
        return Page(self.raw.get(path, follow_redirects=True))

    def post(self, path: str, fields: Mapping[str, object] | Iterable[tuple[str, str]]) -> Page:
        """Send fields as they are."""
        return Page(self.raw.post(path, data=MultiDict(fields), follow_redirects=True))

    def send(self, page: Page, changes: Mapping[str, str], action: str = "") -> Page:
        """Fill a page's form and send it."""
        path, fields = page.form(action)
        for name, value in changes.items():
            fields[name] = value
        return self.post(path, fields)

    def start(self, service: str = "Clinic North", phase: str = "after") -> str:
        """Start an assessment and give back the path of its task list."""
        page = self.send(self.get("/"), {"service": service, "phase": phase}, "/assessments")
        assert page.status == 200
        return page.path

    def answer_everything(self, tasks: str, pick: int = 0) -> None:
        """Answer every question with the option at a place (counted round), page by page from the task list."""
        while True:
            links = self.get(tasks).links()
            page = next((self.get(href) for href in links.values() if _is_open_page(href, tasks)), None)
            if page is None:
                return
            self.send(page, {name: values[pick % len(values)] for name, values in page.choices().items()})


def _is_open_page(href: str, tasks: str) -> bool:
    """Whether a link of the task list leads to a page of questions: a section that is complete leads to its check."""
    parts = href.removeprefix(tasks).split("/")
    return href.startswith(tasks) and len(parts) == 2 and all(parts)
