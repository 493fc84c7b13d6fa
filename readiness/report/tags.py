"""A structure tree as WeasyPrint makes it > the same without idle elements, and with running lines as artifacts."""

from collections.abc import Iterator
from typing import Any

WITHOUT_MEANING = ("/Span", "/NonStruct")
HOLDS_TEXT = ("/P", "/H1", "/H2", "/H3", "/H4", "/H5", "/H6", "/TD", "/TH", "/LBody", "/Lbl", "/Link", "/Caption")
PLAIN_KEYS = {"Type", "S", "K", "Pg", "P"}


def tidy(pdf: Any) -> None:
    """Mend the structure of a document of WeasyPrint's, whose `pdf` is about to be written.

    WeasyPrint makes an element for each line of text, four in five of all, which say nothing: what they hold stays
    in place without them. It marks the lines in the margins as content, but puts them nowhere: they become artifacts.
    """
    root = _object(pdf, pdf.catalog["StructTreeRoot"])
    holder: dict[bytes, bytes] = {}
    waiting = [_object(pdf, each) for each in root["K"]]
    for element in waiting:
        element["K"][:] = _kids(pdf, element, element, holder)
        for kid in element["K"]:
            if isinstance(kid, bytes) and "S" in (below := _object(pdf, kid)):
                below["P"] = element.reference
                waiting.append(below)
    read = {element.reference for element in waiting}
    numbers = _object(pdf, root["ParentTree"])["Nums"]
    for place in range(1, len(numbers), 2):
        if isinstance(numbers[place], bytes):
            numbers[place] = holder.get(numbers[place], numbers[place])
        else:
            held = [holder.get(each, each) for each in numbers[place]]
            numbers[place][:] = [each if each in read else b"null" for each in held]
            unread = {mark for mark, each in enumerate(held) if each not in read}
            page = _object(pdf, pdf.page_references[numbers[place - 1]])
            _make_artifacts(_object(pdf, page["Contents"]).stream, unread)


def _make_artifacts(drawing: list[Any], unread: set[int]) -> None:
    """Turn what is marked as content and never read into artifacts of the page: its running lines and page number."""
    for place, word in enumerate(drawing):
        if word == b"BDC" and drawing[place - 1].get("MCID") in unread:
            drawing[place - 2] = b"/Artifact"
            drawing[place - 1] = b"<</Type /Pagination>>"


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
