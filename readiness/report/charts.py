"""Bars > inline SVG as text, for page and PDF alike: pure, readable in black and white, all of it said in `<title>`.

Only presentation attributes and classes are used, since the web page forbids inline style. What a colour says is said
again by words and by shape: a filled mark is a settled band, a hollow one provisional, hatching means not determinable.
"""

from collections.abc import Callable, Sequence
from html import escape
from textwrap import wrap

from readiness.report import words
from readiness.report.parts import BandView, Bar
from readiness.report.spoken import Phrase
from readiness.report.text import in_visual_order, without_hidden

INK, GREY, PALE, LINE = "#1c2526", "#5b6668", "#eef1f1", "#b5bfc0"
BAND_COLOUR = {"high": "#9b2d1f", "moderate": "#b7791f", "low": "#2f6f4f", None: GREY}

WIDTH, LABEL, TRACK = 640, 212, 282
ROW, HEAD, FOOT = 25, 22, 12
THICK = 9
SIZE, SMALL, SMALLEST = 11.0, 9.0, 6.0
# How wide a letter is on average, in parts of its size: a little more than in the shipped fonts, so that all fits.
ADVANCE, BOLD_ADVANCE = 0.56, 0.61
MOST_LINES = 2
FONT = "Noto Sans, Noto Sans Hebrew, sans-serif"


def bar_chart(
    title: str, bars: Sequence[Bar], bands: Sequence[BandView], *, rtl: bool = False, legend: bool = True
) -> str:
    """A chart with one row per bar: band limits, risk, range whisker and a mark for certainty; `rtl` mirrors it."""
    rows = _legend_rows() if legend else []
    height = HEAD + ROW * len(bars) + (FOOT + LEGEND_ROW * len(rows) if legend else 2)
    canvas = _Canvas(rtl)
    canvas.draw_scale(bands, ROW * len(bars))
    for index, bar in enumerate(bars):
        canvas.draw_bar(bar, HEAD + ROW * index + ROW / 2)
    for number, row in enumerate(rows):
        canvas.draw_legend(row, HEAD + ROW * len(bars) + 19 + LEGEND_ROW * number)
    said = _text(" ".join((f"{title}.", *(bar.alt for bar in bars))))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" direction="ltr" '
        f'font-family="{FONT}" font-size="11" fill="{INK}">'
        f"<title>{said}</title>{''.join(canvas.parts)}</svg>"
    )


def _text(text: str) -> str:
    return escape(without_hidden(text))


def _fitting(text: str, size: float, room: float, advance: float = ADVANCE) -> float:
    """The size, at most as given, at which a text fits into so much room."""
    return max(SMALLEST, min(size, room / (advance * max(len(text), 1))))


def _lines(label: str, room: float) -> tuple[list[str], float]:
    """A label in at most two lines, broken between words, and the size at which they fit; an endless rest is cut."""
    size = SIZE
    while len(lines := wrap(label, max(int(room / (ADVANCE * size)), 1))) > MOST_LINES and size > SMALLEST:
        size -= 0.5
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], lines[MOST_LINES - 1][:-1] + "…"]
    return lines, size


class _Canvas:
    """Collects marks; everything is placed as if left to right and mirrored on the way out."""

    def __init__(self, rtl: bool) -> None:
        self.rtl = rtl
        self.parts: list[str] = []

    def x(self, position: float) -> float:
        return WIDTH - position if self.rtl else position

    def at(self, risk: float) -> float:
        return LABEL + TRACK * risk / 100

    def rect(self, left: float, top: float, width: float, height: float, fill: str, name: str) -> None:
        start = self.x(left + width) if self.rtl else left
        self.parts.append(
            f'<rect class="{name}" x="{start:g}" y="{top:g}" width="{width:g}" height="{height:g}" fill="{fill}"/>'
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, colour: str, width: float, dashes: str = "") -> None:
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        self.parts.append(
            f'<line x1="{self.x(x1):g}" y1="{y1:g}" x2="{self.x(x2):g}" y2="{y2:g}" '
            f'stroke="{colour}" stroke-width="{width:g}"{dashed}/>'
        )

    def write(self, x: float, y: float, text: str, anchor: str = "start", extra: str = "") -> None:
        mirrored = {"start": "end", "end": "start"}.get(anchor, anchor) if self.rtl else anchor
        shown = in_visual_order(text) if self.rtl else text  # WeasyPrint sets the letters of an SVG one by one
        self.parts.append(f'<text x="{self.x(x):g}" y="{y:g}" text-anchor="{mirrored}"{extra}>{_text(shown)}</text>')

    def mark(self, x: float, y: float, certainty: str, colour: str) -> None:
        """A filled disc for settled, a hollow diamond for provisional."""
        if certainty == "settled":
            self.parts.append(
                f'<circle cx="{self.x(x):g}" cy="{y:g}" r="5" fill="{colour}" stroke="{INK}" stroke-width="1"/>'
            )
            return
        corners = " ".join(f"{self.x(x + dx):g},{y + dy:g}" for dx, dy in ((0, -6.5), (6.5, 0), (0, 6.5), (-6.5, 0)))
        self.parts.append(f'<polygon points="{corners}" fill="#ffffff" stroke="{INK}" stroke-width="1.5"/>')

    def hatch(self, left: float, top: float, width: float, height: float) -> None:
        for offset in range(0, int(width), 8):
            self.line(left + offset, top + height, left + min(offset + height, width), top, GREY, 0.8)

    def draw_scale(self, bands: Sequence[BandView], height: float) -> None:
        """The band limits behind all rows, and their names above."""
        ends = [*(band.floor for band in bands[1:]), 100.0]
        for band, end in zip(bands, ends, strict=True):
            middle = (self.at(band.floor) + self.at(end)) / 2
            size = _fitting(band.words, SMALL, self.at(end) - self.at(band.floor) - 4)
            self.write(middle, 13, band.words, "middle", f' font-size="{size:g}" fill="{GREY}"')
        for limit in sorted({0.0, 100.0, *ends}):
            self.line(
                self.at(limit), HEAD - 4, self.at(limit), HEAD + height, LINE, 0.8, "2 2" if 0 < limit < 100 else ""
            )

    def draw_bar(self, bar: Bar, middle: float) -> None:
        """One row: label, track, bar, whisker, mark and the band in words."""
        lines, size = _lines(bar.title, LABEL - 14)
        for index, line in enumerate(lines):
            y = middle + 4 + 12 * index - 6 * (len(lines) - 1)
            self.write(LABEL - 10, y, line, "end", f' font-size="{size:g}"')
        top = middle - THICK / 2
        self.rect(LABEL, top, TRACK, THICK, PALE, "chart-track")
        if bar.risk is None:
            best, worst = (bar.best, bar.worst) if bar.best is not None and bar.worst is not None else (0, 100)
            self.hatch(self.at(best), top, TRACK * (worst - best) / 100, THICK)
        else:
            self.rect(LABEL, top, max(TRACK * bar.risk / 100, 1), THICK, BAND_COLOUR[bar.band], f"chart-{bar.band}")
        if bar.risk is not None and bar.best is not None and bar.worst is not None and bar.best != bar.worst:
            self.whisker(bar.best, bar.worst, middle)
        if bar.risk is not None:
            self.mark(self.at(bar.risk), middle, bar.certainty, BAND_COLOUR[bar.band])
        said = bar.band_words if bar.risk is None else f"{bar.band_words}, {bar.risk}"
        size = _fitting(said, SIZE, WIDTH - LABEL - TRACK - 16, BOLD_ADVANCE)
        self.write(LABEL + TRACK + 14, middle + 4, said, "start", f' font-size="{size:g}" font-weight="bold"')

    def whisker(self, best: float, worst: float, middle: float) -> None:
        self.line(self.at(best), middle, self.at(worst), middle, INK, 1.4)
        for end in (best, worst):
            self.line(self.at(end), middle - 6, self.at(end), middle + 6, INK, 1.4)

    def draw_legend(self, row: "_LegendRow", y: float) -> None:
        """One row of what the marks mean."""
        for x, draw, text in row:
            draw(self, x, y - 3)
            size = _fitting(text, SMALL, WIDTH - x - MARK)
            self.write(x + MARK, y, text, "start", f' font-size="{size:g}" fill="{GREY}"')

    def draw_span(self, x: float, y: float) -> None:
        """A whisker as the legend has it."""
        self.line(x, y, x + 20, y, INK, 1.4)
        for end in (x, x + 20):
            self.line(end, y - 5, end, y + 5, INK, 1.4)

    def draw_hatched(self, x: float, y: float) -> None:
        """A stretch of track of which nothing is known."""
        self.rect(x, y - 5, 20, THICK, PALE, "chart-track")
        self.hatch(x, y - 5, 20, THICK)


_LegendRow = list[tuple[float, Callable[[_Canvas, float, float], None], str]]
MARK, LEGEND_ROW = 27, 14
LEGEND: tuple[tuple[Callable[[_Canvas, float, float], None], Phrase], ...] = (
    (lambda canvas, x, y: canvas.mark(x + 14, y, "settled", GREY), words.CHART_SETTLED),
    (lambda canvas, x, y: canvas.mark(x + 14, y, "provisional", GREY), words.CHART_PROVISIONAL),
    (_Canvas.draw_span, words.CHART_RANGE),
    (_Canvas.draw_hatched, words.CHART_NONE),
)


def _legend_rows() -> list[_LegendRow]:
    """What the marks mean, each with its place, in as many rows as the words of the language need."""
    rows: list[_LegendRow] = [[]]
    x = 0.0
    for draw, phrase in LEGEND:
        text = str(phrase)
        width = MARK + ADVANCE * SMALL * len(text) + 12
        if rows[-1] and x + width > WIDTH:
            rows.append([])
            x = 0.0
        rows[-1].append((x, draw, text))
        x += width
    return rows
