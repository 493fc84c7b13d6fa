"""Changes > inline SVG as text: one row for each construct or domain, from where it stood to where it stands.

Readable in black and white: a ring is the wave before, a filled disc this one; a solid line between them is a change
that open answers cannot undo, a dashed one may be undone. All of it is said in `<title>`.
"""

from collections.abc import Sequence

from readiness.report import words_change
from readiness.report.charts import BAND_COLOUR, BARS, FOOT, HEAD, LABEL, ROW, THICK, TRACK, draw_scale
from readiness.report.charts_canvas import (
    BOLD,
    BOLD_ADVANCE,
    GREY,
    INK,
    LEGEND_ROW,
    PALE,
    SIZE,
    WIDTH,
    Canvas,
    Draw,
    LegendRow,
    fitting,
    legend_rows,
)
from readiness.report.parts import BandView, Bar
from readiness.report.parts_change import MovedView

APART = 8  # how far a range lies from the middle of its row
LEAST_LINE = 16  # nearer marks touch: no line is drawn between them
RING, DISC = 6.5, 4.2  # a ring is wider, so that it shows around a disc on the same place


def change_chart(title: str, rows: Sequence[MovedView], bands: Sequence[BandView], *, rtl: bool = False) -> str:
    """A chart with one row for each construct or domain, from the wave before to this one; `rtl` mirrors it."""
    legend = _legend()
    canvas = Canvas(rtl)
    draw_scale(canvas, bands, BARS, ROW * len(rows))
    for index, row in enumerate(rows):
        _draw_moved(canvas, row, HEAD + ROW * index + ROW / 2)
    canvas.draw_legend(legend, HEAD + ROW * len(rows) + 19)
    return canvas.svg(title, [row.alt for row in rows], HEAD + ROW * len(rows) + FOOT + LEGEND_ROW * len(legend))


def _draw_moved(canvas: Canvas, row: MovedView, middle: float) -> None:
    """One row: label, track, the ranges of both waves, ring, line, disc, and both risks in words."""
    canvas.label(LABEL - 14, middle, row.title)
    canvas.rect(LABEL, middle - THICK / 2, TRACK, THICK, PALE, "chart-track")
    _span(canvas, row.before, middle - APART, GREY)
    _span(canvas, row.after, middle + APART, INK)
    _connect(canvas, row, middle)
    if row.before.risk is not None:
        canvas.disc(BARS.at(row.before.risk), middle, RING, "#ffffff", 1.5)
    if row.after.risk is not None:
        canvas.disc(BARS.at(row.after.risk), middle, DISC, BAND_COLOUR[row.after.band])
    then, now = (str(words_change.NOT_KNOWN) if bar.risk is None else bar.risk for bar in (row.before, row.after))
    said = words_change.FROM_TO.format(before=then, after=now)
    size = fitting(said, SIZE, WIDTH - LABEL - TRACK - 16, BOLD_ADVANCE)
    canvas.write(LABEL + TRACK + 14, middle + 4, said, "start", f' font-size="{size:g}"{BOLD}')


def _connect(canvas: Canvas, row: MovedView, middle: float) -> None:
    """The line between two marks that do not touch, solid where open answers cannot undo the change."""
    if row.before.risk is None or row.after.risk is None:
        return
    start, end = BARS.at(row.before.risk), BARS.at(row.after.risk)
    if abs(end - start) >= LEAST_LINE:
        canvas.lines([(start, middle, end, middle)], INK, 2, "" if row.is_settled else "3 3")


def _span(canvas: Canvas, bar: Bar, y: float, colour: str) -> None:
    """The range of one wave; a wave without open answers has none."""
    if bar.best is not None and bar.worst is not None and bar.best != bar.worst:
        start, end = BARS.at(bar.best), BARS.at(bar.worst)
        canvas.lines([(start, y, end, y), *((x, y - 2, x, y + 2) for x in (start, end))], colour, 1.2, "")


def _legend() -> list[LegendRow]:
    entries: list[tuple[Draw, str]] = [
        (lambda canvas, x, y: canvas.disc(x + 14, y, RING, "#ffffff", 1.5), str(words_change.CHART_BEFORE)),
        (lambda canvas, x, y: canvas.disc(x + 14, y, DISC, GREY), str(words_change.CHART_NOW)),
        (lambda canvas, x, y: canvas.lines([(x, y, x + 20, y)], INK, 2, ""), str(words_change.CHART_SURE)),
        (lambda canvas, x, y: canvas.lines([(x, y, x + 20, y)], INK, 2, "3 3"), str(words_change.CHART_UNSURE)),
    ]
    return legend_rows(entries)
