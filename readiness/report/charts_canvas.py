"""What every chart draws with: a canvas that mirrors itself for right-to-left, marks for certainty, texts that fit.

Only presentation attributes and classes are used, since the web page forbids inline style.
"""

from collections.abc import Callable, Sequence
from html import escape
from textwrap import wrap

from readiness.report.text import in_visual_order, without_hidden

INK, GREY, PALE, LINE = "#1c2526", "#5b6668", "#eef1f1", "#b5bfc0"

WIDTH = 640
SIZE, SMALL, SMALLEST = 11.0, 9.0, 6.0
# How wide a letter is on average, in parts of its size: a little more than in the shipped fonts, so that all fits.
ADVANCE, BOLD_ADVANCE = 0.56, 0.61
MOST_LINES = 2
FONT = "Noto Sans, Noto Sans Hebrew, sans-serif"
BOLD = ' font-weight="bold"'
MARK, LEGEND_ROW = 27, 14

Point = tuple[float, float]


def written(text: str) -> str:
    """A text as it stands in a chart: without hidden characters, escaped."""
    return escape(without_hidden(text))


def fitting(text: str, size: float, room: float, advance: float = ADVANCE) -> float:
    """The size, at most as given, at which a text fits into so much room."""
    return max(SMALLEST, min(size, room / (advance * max(len(text), 1))))


def lines_of(label: str, room: float, most: int = MOST_LINES) -> tuple[list[str], float]:
    """A label in at most so many lines, broken between words, and the size at which they fit; a long rest is cut."""
    size = SIZE
    while len(lines := wrap(label, max(int(room / (ADVANCE * size)), 1))) > most and size > SMALLEST:
        size -= 0.5
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1][:-1] + "…"]
    return lines, size


class Canvas:
    """Collects marks; everything is placed as if left to right and mirrored on the way out."""

    def __init__(self, rtl: bool) -> None:
        self.rtl = rtl
        self.parts: list[str] = []

    def svg(self, title: str, said: Sequence[str], height: float) -> str:
        """All that was drawn as one picture; its title says all of it in words."""
        alt = written(" ".join((f"{title}.", *said)))
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" viewBox="0 0 {WIDTH} {height:g}" '
            f'width="{WIDTH}" height="{height:g}" direction="ltr" '
            f'font-family="{FONT}" font-size="11" fill="{INK}">'
            f"<title>{alt}</title>{''.join(self.parts)}</svg>"
        )

    def x(self, position: float) -> float:
        """Where a place from the start of the line lies."""
        return WIDTH - position if self.rtl else position

    def rect(self, left: float, top: float, width: float, height: float, fill: str, name: str = "") -> None:
        """A filled area; `name` is its class."""
        start = self.x(left + width) if self.rtl else left
        named = f' class="{name}"' if name else ""
        self.parts.append(
            f'<rect{named} x="{start:g}" y="{top:g}" width="{width:g}" height="{height:g}" fill="{fill}"/>'
        )

    def lines(self, lines: Sequence[tuple[float, float, float, float]], colour: str, width: float, dash: str) -> None:
        """Straight lines that look alike, as one path: drawing costs by the number of parts."""
        if not lines:
            return
        path = "".join(f"M{self.x(x1):g} {y1:g}L{self.x(x2):g} {y2:g}" for x1, y1, x2, y2 in lines)
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width:g}"{dashed}/>')

    def write(self, x: float, y: float, text: str, anchor: str = "start", extra: str = "") -> None:
        """A text on one line; `extra` holds more attributes."""
        mirrored = {"start": "end", "end": "start"}.get(anchor, anchor) if self.rtl else anchor
        shown = in_visual_order(text) if self.rtl else text  # WeasyPrint sets the letters of an SVG one by one
        self.parts.append(f'<text x="{self.x(x):g}" y="{y:g}" text-anchor="{mirrored}"{extra}>{written(shown)}</text>')

    def label(self, room: float, middle: float, text: str, extra: str = "") -> None:
        """The name of a row, before its track."""
        lines, size = lines_of(text, room)
        for index, line in enumerate(lines):
            y = middle + 4 + 12 * index - 6 * (len(lines) - 1)
            self.write(room + 4, y, line, "end", f' font-size="{size:g}"{extra}')

    def shape(self, corners: Sequence[Point], fill: str, width: float = 1.5) -> None:
        """A closed figure with an outline."""
        points = " ".join(f"{self.x(x):g},{y:g}" for x, y in corners)
        self.parts.append(f'<polygon points="{points}" fill="{fill}" stroke="{INK}" stroke-width="{width:g}"/>')

    def disc(self, x: float, y: float, radius: float, fill: str, width: float = 1) -> None:
        """A round mark with an outline."""
        self.parts.append(
            f'<circle cx="{self.x(x):g}" cy="{y:g}" r="{radius:g}" fill="{fill}" stroke="{INK}" '
            f'stroke-width="{width:g}"/>'
        )

    def mark(self, x: float, y: float, certainty: str, colour: str) -> None:
        """A filled disc for settled, a hollow diamond for provisional."""
        if certainty == "settled":
            self.disc(x, y, 5, colour)
        else:
            self.shape([(x, y - 6.5), (x + 6.5, y), (x, y + 6.5), (x - 6.5, y)], "#ffffff")

    def hatch(self, left: float, top: float, width: float, height: float) -> None:
        """A stretch of which nothing is known."""
        strokes = [
            (left + offset, top + height, left + min(offset + height, width), top) for offset in range(0, int(width), 8)
        ]
        self.lines(strokes, GREY, 0.8, "")

    def whisker(self, start: float, end: float, middle: float, half: float = 6) -> None:
        """A range between two places."""
        ends = [(place, middle - half, place, middle + half) for place in (start, end)]
        self.lines([(start, middle, end, middle), *ends], INK, 1.4, "")

    def draw_legend(self, rows: "Sequence[LegendRow]", top: float) -> None:
        """What the marks mean, row by row."""
        for number, row in enumerate(rows):
            y = top + LEGEND_ROW * number
            for x, draw, text in row:
                draw(self, x, y - 3)
                size = fitting(text, SMALL, WIDTH - x - MARK)
                self.write(x + MARK, y, text, "start", f' font-size="{size:g}" fill="{GREY}"')


Draw = Callable[[Canvas, float, float], None]
LegendRow = list[tuple[float, Draw, str]]


def legend_rows(entries: Sequence[tuple[Draw, str]]) -> list[LegendRow]:
    """What the marks mean, each with its place, in as many rows as the words of the language need."""
    rows: list[LegendRow] = [[]]
    x = 0.0
    for draw, text in entries:
        width = MARK + ADVANCE * SMALL * len(text) + 12
        if rows[-1] and x + width > WIDTH:
            rows.append([])
            x = 0.0
        rows[-1].append((x, draw, text))
        x += width
    return rows
