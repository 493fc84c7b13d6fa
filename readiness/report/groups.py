"""Texts of charts that WeasyPrint draws as a group each > the same drawn on the page: a sixth of a report's size."""

from collections.abc import Iterator, Mapping
from typing import Any


def draw_in_place(pdf: Any) -> None:
    """Draw groups where they are used. `pdf` is one of WeasyPrint's, about to be written.

    A text that is to end at a place, or to have its middle there, is drawn into a group, since WeasyPrint knows only
    afterwards how wide it is. Nothing shows through such a group, so that it looks the same drawn on the page itself,
    and there its letters are packed with all others.
    """
    pages = [_object(pdf, reference) for reference in pdf.page_references]
    resources = _object(pdf, pages[0]["Resources"])  # those of every page
    found = {name: _object(pdf, reference) for name, reference in resources["XObject"].items()}
    groups = {name: each for name, each in found.items() if "Group" in getattr(each, "extra", ())}
    calls = {f"/{name} Do".encode(): group.stream for name, group in groups.items()}
    for page in pages:
        content = _object(pdf, page["Contents"]).stream
        content[:] = list(_in_place(content, calls))
    for name, group in groups.items():
        resources["ExtGState"].update(_object(pdf, group.extra["Resources"])["ExtGState"])
        del resources["XObject"][name]


def _in_place(content: list[Any], calls: Mapping[bytes, list[Any]]) -> Iterator[Any]:
    for word in content:
        if isinstance(word, bytes) and word in calls:
            yield from _in_place(calls[word], calls)
        else:
            yield word


def _object(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]
