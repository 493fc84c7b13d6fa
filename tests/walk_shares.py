"""The part of the walk on what is handed on of a result: links to read it, and charts for slides."""

from collections.abc import Iterator

from flask import Flask
from pages import PageClient
from walk import TYPED, Stop


def walk_shares(app: Flask) -> Iterator[Stop]:
    """Every page of links to read a result, in every state that changes its wording."""
    manager, reader = PageClient(app), PageClient(app)
    tasks = manager.start(TYPED)
    yield Stop("shares.overview", "open, none", manager.get(f"{tasks}shares"))
    manager.answer_everything(tasks, 1)
    manager.send(manager.get(f"{tasks}submit"), {}, "/submit")
    page = manager.get(f"{tasks}shares")
    yield Stop("shares.overview", "none", page)
    for what, sent in (
        ("nothing", {"reader": "", "until": ""}),
        ("too much", {"reader": "x" * 301, "until": "9999-12-31"}),
        ("hidden", {"reader": "a\u202eb"}),
    ):
        yield Stop("shares.make", what, manager.send(page, sent, "/shares"))
    made = manager.send(page, {"reader": TYPED}, "/shares")
    yield Stop("shares.make", "made", made)
    page = manager.get(f"{tasks}shares")
    yield Stop("shares.overview", "one", page)
    path = _path_of(made.html)
    yield Stop("shares.read", "a result", reader.get(path))
    yield Stop("downloads.charts", "a result", manager.get(f"{tasks}charts"))
    yield Stop("error", "no such chart", manager.get(f"{tasks}charts/x.svg"))
    yield Stop("error", "no such link", reader.get(f"{path[:-2]}/"))
    yield Stop("error", "no such report", reader.get(f"{path}report.pdf?edition=x"))
    manager.send(manager.get(f"{tasks}result"), {}, "/reopen")
    yield Stop("shares.read", "revised", reader.get(path))
    yield Stop("error", "revised", reader.get(f"{path}report.pdf"))
    yield Stop("shares.overview", "open, one", manager.get(f"{tasks}shares"))
    yield Stop("shares.make", "open", manager.send(page, {"reader": TYPED}, "/shares"))


def _path_of(html: str) -> str:
    """The path of the link that a page shows to hand over."""
    return "/r/" + html.partition("/r/")[2].partition('"')[0]
