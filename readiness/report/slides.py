"""Charts of a result, each as an SVG file that stands alone and as a PNG picture for slides.

The PNG is drawn by resvg with the shipped fonts alone, in a process of its own. What is drawn may hold shapes and text
only: resvg would read pictures from the disk.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from readiness.errors import Unavailable
from readiness.language import gettext
from readiness.report.chart_list import Chart
from readiness.report.glyphs import Glyphs
from readiness.report.process import LIMITS, Limits, run

FONTS = Path(__file__).resolve().parent / "fonts"
FAMILY, HEBREW_FAMILY = "Noto Sans", "Noto Sans Hebrew"
SCALE = 2  # pixels for each of the chart's own, so that a picture stays sharp on a slide
SVG = "{http://www.w3.org/2000/svg}"
DRAWN = {
    f"{SVG}{name}"
    for name in ("svg", "title", "desc", "defs", "pattern", "clipPath", "g", "rect", "line", "path", "circle",
                 "polygon", "polyline", "text", "tspan")
}  # fmt: skip
ELSEWHERE = re.compile(r"url\((?!#)|//|data:|file:", re.IGNORECASE)
HEBREW = re.compile("([\u0590-\u05ff\ufb1d-\ufb4f]+(?:[ \u0590-\u05ff\ufb1d-\ufb4f]*[\u0590-\u05ff\ufb1d-\ufb4f])?)")
AS_PLACED, PLACED_END = "\u202d", "\u202c"  # signs stand from left to right, whatever their letters would do
HEAD_LENGTH = 33  # of a PNG: its mark, and the chunk that says its size


def alternative(chart: Chart) -> str:
    """All that a chart shows, in words."""
    return ElementTree.fromstring(chart.svg).findtext(f"{SVG}title", "")


def as_svg(chart: Chart, *, rtl: bool) -> bytes:
    """A chart as a file of its own, for any program that reads SVG.

    A right-to-left chart holds its signs in the order in which they stand, which no program may turn round again.
    """
    root = _read(chart.svg)
    if rtl:
        for text in root.iter(f"{SVG}text"):
            text.set("unicode-bidi", "bidi-override")
            text.set("direction", "ltr")
    return _written(root)


def as_png(chart: Chart, *, rtl: bool, limits: Limits = LIMITS) -> bytes:
    """A chart as a picture on white, twice its size, with its words inside. Raises Unavailable when drawing fails."""
    try:
        return run(draw, (chart, rtl), limits)
    except Unavailable as error:
        raise Unavailable(
            gettext("The picture could not be drawn. Please try again, or download the chart as SVG.")
        ) from error


def draw(chart: Chart, rtl: bool) -> bytes:
    """The same, within the process that may be given up. Raises ValueError on what is no chart of ours."""
    from resvg_py import svg_to_bytes  # only the process that draws loads it

    root = _read(chart.svg)
    glyphs = Glyphs(tuple(sorted(FONTS.glob("*.ttf"))))
    for text in list(root.iter(f"{SVG}text")):
        _set_by_script(text, glyphs, rtl)
    picture = svg_to_bytes(
        svg_string=_written(root).decode(),
        background="white",
        zoom=SCALE,
        skip_system_fonts=True,
        font_files=[str(font) for font in sorted(FONTS.glob("*.ttf"))],
        font_family=FAMILY,
        sans_serif_family=FAMILY,
    )
    return _with_words(picture, {"Title": chart.title, "Description": alternative(chart)})


def _read(svg: str) -> ElementTree.Element:
    """The chart as a tree, once it is sure that it holds shapes and text only."""
    if "<!" in svg:
        raise ValueError("a chart declares nothing and has no comments")
    root = ElementTree.fromstring(svg)
    for element in root.iter():
        if element.tag not in DRAWN:
            raise ValueError(f"a chart holds no {element.tag!r:.80}")
        for name, value in element.attrib.items():
            if "href" in name.lower() or name.lower().startswith("on") or ELSEWHERE.search(value):
                raise ValueError(f"a chart leads nowhere, but {name!r:.80} would")
    return root


def _set_by_script(text: ElementTree.Element, glyphs: Glyphs, rtl: bool) -> None:
    """Name the font of each stretch of text: resvg's own search for one that has the letters loses their weight."""
    shown = glyphs.shown(text.text or "")
    shown = f"{AS_PLACED}{shown}{PLACED_END}" if rtl else shown
    text.text = None
    for place, part in enumerate(HEBREW.split(shown)):
        if part:
            span = ElementTree.SubElement(text, f"{SVG}tspan", {"font-family": (FAMILY, HEBREW_FAMILY)[place % 2]})
            span.text = part


def _written(root: ElementTree.Element) -> bytes:
    ElementTree.register_namespace("", SVG.strip("{}"))
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _with_words(picture: bytes, words: dict[str, str]) -> bytes:
    """A PNG that says in words what it shows, for programs that read them."""
    return picture[:HEAD_LENGTH] + b"".join(_chunks(words)) + picture[HEAD_LENGTH:]


def _chunks(words: dict[str, str]) -> Iterator[bytes]:
    for keyword, text in words.items():
        content = b"iTXt" + keyword.encode("latin-1") + b"\0\0\0\0\0" + text.encode()
        yield struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content))
