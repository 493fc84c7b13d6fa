"""Bars > inline SVG as text, for page and PDF alike: pure, readable in black and white, all of it said in `<title>`.

What a colour says is said again by words and by shape: a filled mark is a settled band, a hollow one provisional,
hatching means not determinable.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from readiness.report import words_charts
from readiness.report.charts_canvas import (
    BOLD,
    BOLD_ADVANCE,
    GREY,
    LEGEND_ROW,
    LINE,
    PALE,
    SIZE,
    SMALL,
    WIDTH,
    Canvas,
    Draw,
    LegendRow,
    fitting,
    legend_rows,
)
from readiness.report.parts import BandView, Bar, DomainView

BAND_COLOUR = {"high": "#9b2d1f", "moderate": "#b7791f", "low": "#2f6f4f", None: GREY}
LABEL, TRACK = 212, 282
ROW, HEAD, FOOT = 25, 22, 12
THICK = 9
PROFILE_ROW, PROFILE_LABEL, PROFILE_TRACK = 18, 270, 322


def bar_chart(
    title: str, bars: Sequence[Bar], bands: Sequence[BandView], *, rtl: bool = False, legend: bool = True
) -> str:
    """A chart with one row per bar: band limits, risk, range whisker and a mark for certainty; `rtl` mirrors it."""
    rows = _legend() if legend else []
    height = HEAD + ROW * len(bars) + (FOOT + LEGEND_ROW * len(rows) if legend else 2)
    canvas = Canvas(rtl)
    draw_scale(canvas, bands, BARS, ROW * len(bars))
    for index, bar in enumerate(bars):
        _draw_bar(canvas, bar, HEAD + ROW * index + ROW / 2)
    canvas.draw_legend(rows, HEAD + ROW * len(bars) + 19)
    return canvas.svg(title, [bar.alt for bar in bars], height)


def profile_chart(title: str, domains: Sequence[DomainView], bands: Sequence[BandView], *, rtl: bool = False) -> str:
    """All constructs by domain, each as a mark on the scale with its range; critical barriers stand in bold."""
    rows = _legend()
    count = sum(1 + len(domain.constructs) for domain in domains)
    canvas = Canvas(rtl)
    draw_scale(canvas, bands, PROFILE, PROFILE_ROW * count)
    place = 0
    for domain in domains:
        canvas.rect(0, HEAD + PROFILE_ROW * place + 1, WIDTH, PROFILE_ROW - 3, PALE)
        size = fitting(domain.title, SIZE, WIDTH - 12, BOLD_ADVANCE)
        y = HEAD + PROFILE_ROW * (place + 0.5) + 3.5
        canvas.write(6, y, domain.title, "start", f' font-size="{size:g}"{BOLD}')
        for index, construct in enumerate(domain.constructs, start=1):
            middle = HEAD + PROFILE_ROW * (place + index + 0.5)
            _draw_mark(canvas, construct.bar, middle, BOLD if construct.is_barrier else "")
        place += 1 + len(domain.constructs)
    canvas.draw_legend(rows, HEAD + PROFILE_ROW * count + 19)
    said = [construct.bar.alt for domain in domains for construct in domain.constructs]
    return canvas.svg(title, said, HEAD + PROFILE_ROW * count + FOOT + LEGEND_ROW * len(rows))


@dataclass(frozen=True, slots=True)
class Scale:
    """Where risks lie: after the labels, as long as the track."""

    start: float
    length: float

    def at(self, risk: float) -> float:
        """Where a risk lies."""
        return self.start + self.length * risk / 100


BARS, PROFILE = Scale(LABEL, TRACK), Scale(PROFILE_LABEL, PROFILE_TRACK)


def draw_scale(canvas: Canvas, bands: Sequence[BandView], scale: Scale, height: float) -> None:
    """The band limits behind all rows, and their names above."""
    ends = [*(band.floor for band in bands[1:]), 100.0]
    for band, end in zip(bands, ends, strict=True):
        middle = (scale.at(band.floor) + scale.at(end)) / 2
        size = fitting(band.words, SMALL, scale.at(end) - scale.at(band.floor) - 4)
        canvas.write(middle, 13, band.words, "middle", f' font-size="{size:g}" fill="{GREY}"')
    for limits, dash in (([0.0, 100.0], ""), (ends[:-1], "2 2")):
        places = [scale.at(limit) for limit in limits]
        canvas.lines([(x, HEAD - 4, x, HEAD + height) for x in places], LINE, 0.8, dash)


def _draw_bar(canvas: Canvas, bar: Bar, middle: float) -> None:
    """One row: label, track, bar, whisker, mark and the band in words."""
    canvas.label(LABEL - 14, middle, bar.title)
    top = middle - THICK / 2
    canvas.rect(LABEL, top, TRACK, THICK, PALE, "chart-track")
    if bar.risk is not None:
        canvas.rect(LABEL, top, max(TRACK * bar.risk / 100, 1), THICK, BAND_COLOUR[bar.band], f"chart-{bar.band}")
    _draw_risk(canvas, bar, middle, BARS)
    said = bar.band_words if bar.risk is None else f"{bar.band_words}, {bar.risk}"
    size = fitting(said, SIZE, WIDTH - LABEL - TRACK - 16, BOLD_ADVANCE)
    canvas.write(LABEL + TRACK + 14, middle + 4, said, "start", f' font-size="{size:g}"{BOLD}')


def _draw_mark(canvas: Canvas, bar: Bar, middle: float, weight: str) -> None:
    """One row of the profile: label, a thin track, whisker, mark and the risk as a number."""
    room = PROFILE_LABEL - 14
    size = fitting(bar.title, SMALL + 1, room, BOLD_ADVANCE)
    canvas.write(room + 4, middle + 3.5, bar.title, "end", f' font-size="{size:g}"{weight}')
    canvas.lines([(PROFILE.at(0), middle, PROFILE.at(100), middle)], LINE, 0.6, "")
    _draw_risk(canvas, bar, middle, PROFILE)
    said = "?" if bar.risk is None else str(bar.risk)
    canvas.write(WIDTH - 6, middle + 4, said, "end", f' font-size="{SIZE:g}"{BOLD}')


def _draw_risk(canvas: Canvas, bar: Bar, middle: float, scale: Scale) -> None:
    """The range as a whisker and the risk as a mark; hatching where nothing can be said."""
    if bar.risk is None:
        best, worst = (bar.best, bar.worst) if bar.best is not None and bar.worst is not None else (0, 100)
        canvas.hatch(scale.at(best), middle - THICK / 2, scale.length * (worst - best) / 100, THICK)
        return
    if bar.best is not None and bar.worst is not None and bar.best != bar.worst:
        canvas.whisker(scale.at(bar.best), scale.at(bar.worst), middle)
    canvas.mark(scale.at(bar.risk), middle, bar.certainty, BAND_COLOUR[bar.band])


def _draw_hatched(canvas: Canvas, x: float, y: float) -> None:
    """A stretch of track of which nothing is known, as the legend has it."""
    canvas.rect(x, y - 5, 20, THICK, PALE, "chart-track")
    canvas.hatch(x, y - 5, 20, THICK)


def _legend() -> list[LegendRow]:
    entries: list[tuple[Draw, str]] = [
        (lambda canvas, x, y: canvas.mark(x + 14, y, "settled", GREY), str(words_charts.SETTLED)),
        (lambda canvas, x, y: canvas.mark(x + 14, y, "provisional", GREY), str(words_charts.PROVISIONAL)),
        (lambda canvas, x, y: canvas.whisker(x, x + 20, y, 5), str(words_charts.RANGE)),
        (_draw_hatched, str(words_charts.NONE)),
    ]
    return legend_rows(entries)
