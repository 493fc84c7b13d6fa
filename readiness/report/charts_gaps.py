"""What people see differently > a dot plot on the steps of each question: one shape for each who speaks, no colour."""

from collections.abc import Sequence

from readiness.report import words_team
from readiness.report.charts_canvas import (
    BOLD_ADVANCE,
    GREY,
    INK,
    LEGEND_ROW,
    LINE,
    SIZE,
    SMALL,
    WIDTH,
    Canvas,
    Draw,
    fitting,
    legend_rows,
)
from readiness.report.parts import GapView

LABEL, TRACK = 226, 300
ROW, HEAD, FOOT = 32, 20, 12
APART = 13.0  # between the marks of those who say the same


def gaps_chart(title: str, gaps: Sequence[GapView], speakers: Sequence[str], *, rtl: bool = False) -> str:
    """One row for each gap: the steps of the question from lowest to highest, and on them the mark of each speaker."""
    canvas = Canvas(rtl)
    rows = legend_rows([(_drawn_in_legend(place), name) for place, name in enumerate(speakers)])
    ends = ((LABEL, "start", words_team.LOWEST), (LABEL + TRACK, "end", words_team.HIGHEST))
    for x, anchor, phrase in ends:
        size = fitting(str(phrase), SMALL, TRACK / 2 - 4)
        canvas.write(x, 12, str(phrase), anchor, f' font-size="{size:g}" fill="{GREY}"')
    for index, gap in enumerate(gaps):
        _draw_gap(canvas, gap, HEAD + ROW * index + ROW / 2)
    canvas.draw_legend(rows, HEAD + ROW * len(gaps) + 19)
    return canvas.svg(title, [gap.alt for gap in gaps], HEAD + ROW * len(gaps) + FOOT + LEGEND_ROW * len(rows))


def _draw_gap(canvas: Canvas, gap: GapView, middle: float) -> None:
    canvas.label(LABEL - 24, middle, gap.item)
    places = [LABEL + TRACK * step / max(gap.levels - 1, 1) for step in range(gap.levels)]
    canvas.lines([(LABEL, middle, LABEL + TRACK, middle)], LINE, 0.8, "")
    canvas.lines([(x, middle - 5, x, middle + 5) for x in places], LINE, 0.8, "")
    told = [voice.step for voice in gap.voices]
    canvas.lines([(places[min(told)], middle, places[max(told)], middle)], INK, 1.6, "")
    for voice in gap.voices:
        start = places[voice.step] - APART * (len(voice.speakers) - 1) / 2
        start = min(max(start, LABEL - 10), LABEL + TRACK + 10 - APART * (len(voice.speakers) - 1))
        for place, speaker in enumerate(voice.speakers):
            draw_speaker(canvas, speaker, start + APART * place, middle)
    size = fitting(gap.steps_words, SIZE, WIDTH - LABEL - TRACK - 24, BOLD_ADVANCE)
    canvas.write(LABEL + TRACK + 22, middle + 4, gap.steps_words, "start", f' font-size="{size:g}" font-weight="bold"')


def draw_speaker(canvas: Canvas, speaker: int, x: float, y: float) -> None:
    """The shape of one who speaks: the manager comes first, with a filled square."""
    shapes = (_square, _circle, _triangle, _diamond, _bar)
    shapes[min(speaker, len(shapes) - 1)](canvas, x, y)


def _square(canvas: Canvas, x: float, y: float) -> None:
    canvas.shape([(x - 5, y - 5), (x + 5, y - 5), (x + 5, y + 5), (x - 5, y + 5)], INK, 1)


def _circle(canvas: Canvas, x: float, y: float) -> None:
    canvas.disc(x, y, 5.5, "#ffffff", 1.5)


def _triangle(canvas: Canvas, x: float, y: float) -> None:
    canvas.shape([(x, y - 6.5), (x + 6.2, y + 5), (x - 6.2, y + 5)], GREY)


def _diamond(canvas: Canvas, x: float, y: float) -> None:
    canvas.shape([(x, y - 6.5), (x + 6.5, y), (x, y + 6.5), (x - 6.5, y)], "#ffffff")


def _bar(canvas: Canvas, x: float, y: float) -> None:
    canvas.shape([(x - 3, y - 7), (x + 3, y - 7), (x + 3, y + 7), (x - 3, y + 7)], GREY)


def _drawn_in_legend(speaker: int) -> Draw:
    return lambda canvas, x, y: draw_speaker(canvas, speaker, x + 14, y)
