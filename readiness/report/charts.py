"""Bars > inline SVG as text, for page and PDF alike: pure, readable in black and white, all of it said in `<title>`.

Only presentation attributes and classes are used, since the web page forbids inline style. What a colour says is said
again by words and by shape: a filled mark is a settled band, a hollow one provisional, hatching means not determinable.
"""

from collections.abc import Iterator, Sequence
from html import escape

from readiness.report import words
from readiness.report.parts import BandView, Bar
from readiness.report.text import without_hidden

INK, GREY, PALE, LINE = "#1c2526", "#5b6668", "#eef1f1", "#b5bfc0"
BAND_COLOUR = {"high": "#9b2d1f", "moderate": "#b7791f", "low": "#2f6f4f", None: GREY}

WIDTH, LABEL, TRACK = 640, 212, 282
ROW, HEAD, FOOT = 25, 22, 26
THICK = 9
LONGEST_LINE = 34
FONT = "Noto Sans, Noto Sans Hebrew, sans-serif"


def bar_chart(
    title: str, bars: Sequence[Bar], bands: Sequence[BandView], *, rtl: bool = False, legend: bool = True
) -> str:
    """A chart with one row per bar: band limits, risk, range whisker and a mark for certainty; `rtl` mirrors it."""
    height = HEAD + ROW * len(bars) + (FOOT if legend else 2)
    canvas = _Canvas(rtl)
    canvas.draw_scale(bands, ROW * len(bars))
    for index, bar in enumerate(bars):
        canvas.draw_bar(bar, HEAD + ROW * index + ROW / 2)
    if legend:
        canvas.draw_legend(HEAD + ROW * len(bars) + 19)
    said = _text(" ".join((f"{title}.", *(bar.alt for bar in bars))))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" direction="ltr" font-family="{FONT}" font-size="11" fill="{INK}">'
        f"<title>{said}</title>{''.join(canvas.parts)}</svg>"
    )


def _text(text: str) -> str:
    return escape(without_hidden(text))


def _lines(label: str) -> Iterator[str]:
    """A label in at most two lines, broken between words; a longer rest is cut."""
    if len(label) <= LONGEST_LINE:
        yield label
        return
    cut = label.rfind(" ", 0, LONGEST_LINE + 1)
    cut = cut if cut > 0 else LONGEST_LINE
    rest = label[cut:].strip()
    yield label[:cut]
    yield rest if len(rest) <= LONGEST_LINE else rest[: LONGEST_LINE - 1] + "…"


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
        self.parts.append(f'<text x="{self.x(x):g}" y="{y:g}" text-anchor="{mirrored}"{extra}>{_text(text)}</text>')

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
            self.write(middle, 13, band.words, "middle", f' font-size="9" fill="{GREY}"')
        for limit in sorted({0.0, 100.0, *ends}):
            self.line(
                self.at(limit), HEAD - 4, self.at(limit), HEAD + height, LINE, 0.8, "2 2" if 0 < limit < 100 else ""
            )

    def draw_bar(self, bar: Bar, middle: float) -> None:
        """One row: label, track, bar, whisker, mark and the band in words."""
        lines = list(_lines(bar.title))
        for index, line in enumerate(lines):
            self.write(LABEL - 10, middle + 4 + 12 * index - 6 * (len(lines) - 1), line, "end")
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
        self.write(LABEL + TRACK + 14, middle + 4, said, "start", ' font-weight="bold"')

    def whisker(self, best: float, worst: float, middle: float) -> None:
        self.line(self.at(best), middle, self.at(worst), middle, INK, 1.4)
        for end in (best, worst):
            self.line(self.at(end), middle - 6, self.at(end), middle + 6, INK, 1.4)

    def draw_legend(self, y: float) -> None:
        """What the marks mean."""
        small = f' font-size="9" fill="{GREY}"'
        self.mark(16, y - 3, "settled", GREY)
        self.write(26, y, words.CHART_SETTLED, "start", small)
        self.mark(136, y - 3, "provisional", GREY)
        self.write(147, y, words.CHART_PROVISIONAL, "start", small)
        self.line(278, y - 3, 300, y - 3, INK, 1.4)
        for end in (278, 300):
            self.line(end, y - 8, end, y + 2, INK, 1.4)
        self.write(307, y, words.CHART_RANGE, "start", small)
        self.rect(492, y - 8, 22, THICK, PALE, "chart-track")
        self.hatch(492, y - 8, 22, THICK)
        self.write(521, y, words.CHART_NONE, "start", small)
