"""Texts of charts laid out line by line, where WeasyPrint goes sign by sign: a quarter of a report's time and size."""

import re

from weasyprint.svg import Node

RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


class Line(str):
    """A text that is one single sign to whoever goes through it, as WeasyPrint does."""

    __slots__ = ()

    def __iter__(self):  # type: ignore[no-untyped-def]  # as in str
        yield str(self)


def draw_lines_whole() -> None:
    """From now on, texts of charts are drawn whole. Right-to-left ones stay as they are: charts hand them over in the
    order in which their signs are seen, and a line would be turned around once more."""
    own = Node.text.fget
    Node.text = property(lambda node: _whole(own(node)) if node.tag == "text" else own(node))


def _whole(text: str | None) -> str | None:
    return Line(text) if text and not RIGHT_TO_LEFT.search(text) else text
