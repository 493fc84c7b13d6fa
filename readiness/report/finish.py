"""A tagged PDF as WeasyPrint leaves it > the same with scopes of header cells and with fields. Deterministic."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf

from readiness.report.fields import finish_fields

WITHOUT_MEANING = ("/Span", "/NonStruct")
HOLDS_TEXT = ("/P", "/H1", "/H2", "/H3", "/H4", "/H5", "/H6", "/TD", "/TH", "/LBody", "/Lbl", "/Link", "/Caption")
PLAIN_KEYS = {"Type", "S", "K", "Pg", "P"}

pikepdf.settings.set_flate_compression_level(9)


def lighten(pdf: Any) -> None:
    """Take elements without a meaning of their own out of the structure of a `pydyf.PDF`; what they hold stays.

    WeasyPrint makes one for each line of text, which is four elements in five.
    """
    root = _object(pdf, pdf.catalog["StructTreeRoot"])
    holder: dict[bytes, bytes] = {}
    waiting = [_object(pdf, each) for each in root["K"]]
    while waiting:
        element = waiting.pop()
        element["K"][:] = _kids(pdf, element, element, holder)
        for kid in element["K"]:
            if isinstance(kid, bytes) and "S" in (below := _object(pdf, kid)):
                below["P"] = element.reference
                waiting.append(below)
    numbers = _object(pdf, root["ParentTree"])["Nums"]
    for place in range(1, len(numbers), 2):
        if isinstance(numbers[place], bytes):
            numbers[place] = holder.get(numbers[place], numbers[place])
        else:
            numbers[place][:] = [holder.get(each, each) for each in numbers[place]]


def _kids(pdf: Any, holding: Any, element: Any, holder: dict[bytes, bytes]) -> Iterator[Any]:
    """What an element holds, with what stands in elements without meaning on the same page in their place."""
    for kid in element["K"]:
        below = _object(pdf, kid) if isinstance(kid, bytes) else {}
        spare = below.get("S") in WITHOUT_MEANING and holding["S"] in HOLDS_TEXT and set(below) <= PLAIN_KEYS
        if spare and below["Pg"] == holding["Pg"]:
            holder[kid] = holding.reference
            yield from _kids(pdf, holding, below, holder)
        else:
            yield kid


def _object(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]


def finish(pdf: bytes) -> bytes:
    """Give every header cell its scope, Column in a table's head, Row elsewhere, and every box to fill in its field."""
    with pikepdf.open(BytesIO(pdf)) as document:
        _scope(document.Root.StructTreeRoot.K)
        finish_fields(document)
        target = BytesIO()
        document.save(
            target,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
        )
    return target.getvalue()


def _scope(root: pikepdf.Object) -> None:
    waiting: list[tuple[pikepdf.Object, bool]] = [(root, False)]
    while waiting:
        node, in_head = waiting.pop()
        if isinstance(node, pikepdf.Array):
            waiting += [(child, in_head) for child in node]
        elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
            kind = str(node.S)
            if kind == "/TH":
                node.A = pikepdf.Dictionary(
                    {
                        **dict(node.get("/A", {})),
                        "/O": pikepdf.Name.Table,
                        "/Scope": pikepdf.Name("/Column" if in_head else "/Row"),
                    }
                )
            if "/K" in node:
                waiting.append((node.K, in_head or kind == "/THead"))
