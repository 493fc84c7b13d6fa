"""Empty boxes that WeasyPrint made into widgets > form fields that any viewer can fill in. Deterministic.

WeasyPrint finds the rectangle of each `<input>` and puts its widget into the structure tree. The rest is of little use:
text inputs embed whole fonts in an encoding that nobody can type in, and appearances are left to the viewer. So
templates write every field as a checkbox, and this module makes of it what its name says.
"""

from functools import cache
from pathlib import Path

import pikepdf
from fontTools.agl import LEGACY_AGL2UV  # type: ignore[import-untyped]  # ships no types
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from pikepdf import Array, Dictionary, Name

FONT = Path(__file__).resolve().parent / "entry" / "NotoSansEntry.ttf"
TICKED = "done"  # the first part of the name of a field that is ticked; all others are written in
SIZE = 8
COLOUR = "0.11 0.145 0.149"
MULTILINE = 1 << 12
ALIGNED_RIGHT = 2
NONSYMBOLIC = 1 << 5
FIRST, LAST = 32, 255
HEBREW = ("he", "yi")


def finish_fields(document: pikepdf.Pdf) -> None:
    """Make every widget of a document a field to write in or to tick, with a font for typing."""
    if "/AcroForm" not in document.Root:
        return
    language = str(document.Root.get("/Lang", "")).partition("-")[0]
    font = document.make_indirect(_font(document, "cp1255" if language in HEBREW else "cp1252"))
    form = document.Root.AcroForm
    for field in form.Fields:
        if str(field.T).partition("/")[0] == TICKED:
            _tick(document, field)
        else:
            _write(field, language in HEBREW)
    document.Root.AcroForm = document.make_indirect(
        Dictionary(Fields=form.Fields, DR=Dictionary(Font=Dictionary(Entry=font)), DA=_look())
    )


def _look() -> pikepdf.String:
    return pikepdf.String(f"/Entry {SIZE} Tf {COLOUR} rg")


def _write(field: pikepdf.Object, rtl: bool) -> None:
    """A field for text of several lines."""
    for key in ("/AS", "/MK", "/Border"):
        if key in field:
            del field[key]
    field.FT, field.Ff, field.V, field.DA = Name.Tx, MULTILINE, pikepdf.String(""), _look()
    if rtl:
        field.Q = ALIGNED_RIGHT
    if "/AP" in field:
        del field["/AP"]  # an empty field shows nothing, and one for all would be filled in for all


def _tick(document: pikepdf.Pdf, field: pikepdf.Object) -> None:
    """A field to tick; the tick is drawn, not set in a font of signs."""
    _, _, width, height = _box(field)
    places = [(0.18, 0.5), (0.42, 0.22), (0.84, 0.82)]
    (x1, y1), (x2, y2), (x3, y3) = ((width * x, height * y) for x, y in places)
    tick = f"q {COLOUR} RG 1.4 w {x1:.2f} {y1:.2f} m {x2:.2f} {y2:.2f} l {x3:.2f} {y3:.2f} l S Q"
    for key in ("/MK", "/Border"):
        if key in field:
            del field[key]
    field.FT, field.V, field.AS = Name.Btn, Name.Off, Name.Off
    states = Dictionary(on=_appearance(document, field, tick.encode()), Off=_appearance(document, field, b""))
    field.AP = Dictionary(N=states)


def _box(field: pikepdf.Object) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = (float(side) for side in field.Rect.as_list())
    return 0, 0, abs(x2 - x1), abs(y2 - y1)


def _appearance(document: pikepdf.Pdf, field: pikepdf.Object, drawing: bytes) -> pikepdf.Stream:
    box = Array([round(side, 3) for side in _box(field)])
    return pikepdf.Stream(document, drawing, Type=Name.XObject, Subtype=Name.Form, BBox=box, Resources=Dictionary())


def _font(document: pikepdf.Pdf, code_page: str) -> Dictionary:
    """The font for typing, as a simple one: viewers find the sign of a key only in an encoding of single bytes."""
    data, widths, ascent, descent, box = _measured(code_page)
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=Name.NotoSansEntry,
        Flags=NONSYMBOLIC,
        FontBBox=Array(box),
        ItalicAngle=0,
        Ascent=ascent,
        Descent=descent,
        CapHeight=714,
        StemV=80,
        FontFile2=document.make_indirect(pikepdf.Stream(document, data, Length1=len(data))),
    )
    return Dictionary(
        Type=Name.Font,
        Subtype=Name.TrueType,
        BaseFont=Name.NotoSansEntry,
        FirstChar=FIRST,
        LastChar=LAST,
        Widths=Array(widths),
        Encoding=_encoding(code_page),
        FontDescriptor=document.make_indirect(descriptor),
    )


def _encoding(code_page: str) -> pikepdf.Object:
    """The code page as what differs from the encoding of Latin, in the names that viewers know."""
    if code_page == "cp1252":
        return Name.WinAnsiEncoding
    names = {signs[0]: name for name, signs in sorted(LEGACY_AGL2UV.items(), reverse=True) if len(signs) == 1}
    differences: list[object] = []
    for code in range(FIRST, LAST + 1):
        letter = _letter(code, code_page)
        if letter != _letter(code, "cp1252") and ord(letter or "\0") in names:
            differences += [code, Name("/" + names[ord(letter)])]
    return Dictionary(Type=Name.Encoding, BaseEncoding=Name.WinAnsiEncoding, Differences=Array(differences))


def _letter(code: int, code_page: str) -> str:
    return bytes([code]).decode(code_page, "ignore")


@cache
def _measured(code_page: str) -> tuple[bytes, list[int], int, int, list[int]]:
    """The font file, the width of each code from the first to the last, ascent, descent and the box of all letters."""
    with TTFont(FONT, lazy=True) as font:
        signs, advances, head = font.getBestCmap(), font["hmtx"], font["head"]
        letters = (_letter(code, code_page) for code in range(FIRST, LAST + 1))
        widths = [advances[signs.get(ord(letter or "\0"), ".notdef")][0] for letter in letters]
        lines = font["hhea"]
        box = [head.xMin, head.yMin, head.xMax, head.yMax]
        return FONT.read_bytes(), widths, lines.ascent, lines.descent, box
