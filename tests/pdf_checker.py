"""A PDF > what is wrong with it for those who read it through its structure. Independent of what made the file.

It holds a file to more than the gate of PDF/UA does (`page-validation`, which the tests ask as well): bookmarks are
those of the headings, what stands later is read later, every field can be used, and nothing is called.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import pairwise
from typing import Any

import html5lib
import pikepdf

HEADINGS = ("H1", "H2", "H3", "H4", "H5", "H6")
PAINTS = frozenset(["Tj", "TJ", "'", '"', "f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "Do", "EI", "BI"])
SHOWS_TEXT = frozenset(["Tj", "TJ", "'", '"'])
CALLS = (
    "/OpenAction",
    "/AA",
    "/JS",
    "/JavaScript",
    "/Launch",
    "/GoToR",
    "/SubmitForm",
    "/ImportData",
    "/EmbeddedFiles",
)


@dataclass
class Element:
    """An element of the structure; `kids` are elements, marks (page, number) and annotations, in order."""

    kind: str
    node: Any
    parent: "Element | None"
    kids: list[Any] = field(default_factory=list)

    def below(self) -> Iterator["Element"]:
        """The elements under it, in reading order."""
        for kid in self.kids:
            if isinstance(kid, Element):
                yield kid
                yield from kid.below()

    def marks(self) -> Iterator[tuple[int, int]]:
        """What is marked as its content, in reading order."""
        for kid in self.kids:
            if isinstance(kid, Element):
                yield from kid.marks()
            elif isinstance(kid, tuple):
                yield kid


class Checked:
    """A PDF with its structure, and the text that stands at each mark."""

    def __init__(self, pdf: bytes) -> None:
        self.document = pikepdf.open(BytesIO(pdf))
        self.pages = {one.objgen: number for number, one in enumerate(self.document.pages)}
        self.texts: dict[tuple[int, int], str] = {}
        self.loose: list[str] = []
        self.doubled: list[str] = []
        for number, one in enumerate(self.document.pages):
            self._read(number, one)
        self.root = Element("Root", None, None)
        tree = self.document.Root.get("/StructTreeRoot")
        if tree is not None and "/K" in tree:
            self._grow(self.root, tree.K, None)

    def _read(self, number: int, one: pikepdf.Page) -> None:
        """Note the text at each mark of a page, and what is painted outside of marks and artifacts."""
        decoders = {name: _decoder(font) for name, font in dict(one.Resources.get("/Font", {})).items()}
        marks: list[int | str] = []
        decode = decoders.get("")
        for operands, operator in pikepdf.parse_content_stream(one):
            name = str(operator)
            if name in ("BMC", "BDC"):
                marks.append(_mark(operands))
                if isinstance(marks[-1], int):
                    if (number, marks[-1]) in self.texts:
                        self.doubled.append(f"page {number + 1} uses the mark {marks[-1]} twice")
                    self.texts[number, marks[-1]] = ""
            elif name == "EMC":
                marks.pop()
            elif name == "Tf":
                decode = decoders.get(str(operands[0]))
            elif name in PAINTS:
                inside = next((mark for mark in marks if isinstance(mark, int) or mark == "/Artifact"), None)
                if inside is None:
                    self.loose.append(f"page {number + 1} paints ({name}) outside of structure and artifacts")
                elif isinstance(inside, int) and name in SHOWS_TEXT and decode:
                    self.texts[number, inside] += "".join(decode(each) for each in _strings(operands))

    def _grow(self, parent: Element, node: Any, page: int | None) -> None:
        if isinstance(node, pikepdf.Array):
            for each in node:
                self._grow(parent, each, page)
        elif isinstance(node, int):
            parent.kids.append((page, node))
        elif node.get("/Type") == "/MCR":
            parent.kids.append((self.pages[node.Pg.objgen], int(node.MCID)))
        elif node.get("/Type") == "/OBJR":
            parent.kids.append(node.Obj)
        else:
            element = Element(str(node.S)[1:], node, parent)
            parent.kids.append(element)
            own = self.pages.get(node.Pg.objgen, page) if "/Pg" in node else page
            self._grow(element, node.get("/K", pikepdf.Array()), own)

    def text(self, element: Element) -> str:
        """What an element says, with single spaces."""
        return " ".join("".join(self.texts.get(mark, "") for mark in element.marks()).split())

    def of(self, *kinds: str) -> list[Element]:
        """The elements of these kinds in reading order."""
        return [element for element in self.root.below() if element.kind in kinds]


def _mark(operands: Any) -> int | str:
    if len(operands) > 1 and isinstance(operands[1], pikepdf.Dictionary) and "/MCID" in operands[1]:
        return int(operands[1].MCID)
    return str(operands[0])


def _strings(operands: Any) -> Iterator[bytes]:
    for each in operands:
        if isinstance(each, pikepdf.Array):
            yield from (bytes(part) for part in each if isinstance(part, pikepdf.String))
        elif isinstance(each, pikepdf.String):
            yield bytes(each)


def _decoder(font: Any) -> Any:
    """How the codes of a font are read, by its own map to Unicode; codes have two bytes, as in all fonts of ours."""
    if "/ToUnicode" not in font:
        return lambda codes: ""
    pairs = re.findall(rb"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>\s*\n", font.ToUnicode.read_bytes() + b"\n")
    letters = {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs}

    def decode(codes: bytes) -> str:
        numbers = (int.from_bytes(codes[place : place + 2]) for place in range(0, len(codes), 2))
        return "".join(letters.get(number, "\N{REPLACEMENT CHARACTER}") for number in numbers)

    return decode


def check(pdf: bytes) -> list[str]:
    """Everything that is wrong with a PDF, each in a sentence; nothing if it is sound."""
    checked = Checked(pdf)
    return [complaint for look in CHECKS for complaint in look(checked)]


def reading(pdf: bytes) -> str:
    """The whole text in the order in which its structure is read, without spaces."""
    checked = Checked(pdf)
    return "".join("".join(checked.texts.get(mark, "") for mark in checked.root.marks()).split())


def out_of_order(pdf: bytes, html: str) -> list[str]:
    """The texts of a document that the structure of its PDF does not read, or not after what stands before them."""
    said, place, missing = reading(pdf), 0, []
    for text in _blocks(html5lib.parse(html, namespaceHTMLElements=False).find("body")):
        found = said.find(text, place)
        if found < 0:
            missing.append(text)
        else:
            place = found + len(text)
    return missing


def _blocks(node: Any) -> Iterator[str]:
    """The stretches of text between the tags of a document that are seen, without spaces."""
    if not isinstance(node.tag, str) or node.tag.endswith(("svg", "style", "script", "title")):
        return
    if text := "".join((node.text or "").split()):
        yield text
    for child in node:
        yield from _blocks(child)
        if tail := "".join((child.tail or "").split()):
            yield tail


def about_itself(checked: Checked) -> Iterator[str]:
    """Language, title and the claim to be accessible."""
    root = checked.document.Root
    if not str(root.get("/Lang", "")):
        yield "the document names no language"
    if not bool(root.get("/MarkInfo", {}).get("/Marked", False)):
        yield "the document does not say that it is tagged"
    if not bool(root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False)):
        yield "viewers are not asked to show the title"
    metadata = root.Metadata.read_bytes().decode() if "/Metadata" in root else ""
    if not re.search(r"<dc:title>.*?[^<>\s].*?</dc:title>", re.sub(r"</?rdf:[^>]*>", "", metadata), re.DOTALL):
        yield "the metadata hold no title"
    if not re.search(r"pdfuaid:part(>|=\")1", metadata):
        yield "the metadata do not claim PDF/UA-1"


def whole_structure(checked: Checked) -> Iterator[str]:
    """Every mark stands once in the tree and every element knows its parent; the way back from a mark fits."""
    if not checked.root.kids:
        yield "there is no structure tree"
        return
    marks = Counter(checked.root.marks())
    yield from checked.doubled
    yield from (
        f"page {page + 1} has the mark {mark} outside of the tree" for page, mark in checked.texts.keys() - marks
    )
    yield from (f"the tree names the mark {mark} that is nowhere" for mark in marks.keys() - checked.texts.keys())
    yield from (f"the tree names the mark {mark} more than once" for mark, times in marks.items() if times > 1)
    for element in checked.root.below():
        parent = element.parent.node if element.parent else None
        if parent is not None and element.node.P.objgen != parent.objgen:
            yield f"an element {element.kind} names another parent than it has"
    yield from _ways_back(checked)


def _ways_back(checked: Checked) -> Iterator[str]:
    numbers = checked.document.Root.StructTreeRoot.ParentTree.Nums
    back = {int(numbers[place]): numbers[place + 1] for place in range(0, len(numbers), 2)}
    for element in checked.root.below():
        for kid in element.kids:
            if isinstance(kid, tuple):
                held = back.get(int(checked.document.pages[kid[0]].get("/StructParents", -1)), [])
                found = held[kid[1]] if kid[1] < len(held) else None
            elif isinstance(kid, Element):
                continue
            else:
                found = back.get(int(kid.get("/StructParent", -1)))
            if found is None or found.objgen != element.node.objgen:
                yield f"from what an element {element.kind} holds, no way leads back to it"


def nothing_loose(checked: Checked) -> Iterator[str]:
    """Whatever is painted belongs to the structure or is an artifact."""
    yield from sorted(set(checked.loose))


def pages_in_order(checked: Checked) -> Iterator[str]:
    """Pages are read one after the other. Within a page, compare `reading` with what should be read."""
    for (before, _), (after, _) in pairwise(checked.root.marks()):
        if after < before:
            yield f"something of page {after + 1} is read after something of page {before + 1}"


def headings(checked: Checked) -> Iterator[str]:
    """One first heading, none skipped, none empty."""
    found = checked.of(*HEADINGS)
    levels = [int(element.kind[1]) for element in found]
    if not levels or levels[0] != 1 or levels.count(1) != 1:
        yield "the headings do not begin with the only one of the first level"
    for before, after in pairwise(found):
        if int(after.kind[1]) > int(before.kind[1]) + 1:
            yield f"the heading {checked.text(after)!r} skips a level"
    yield from (f"a heading {element.kind} is empty" for element in found if not checked.text(element))


def bookmarks(checked: Checked) -> Iterator[str]:
    """Bookmarks are headings in their order, on their pages, as deep as these; no chapter after the first lacks one."""
    with checked.document.open_outline() as outline:
        marked = list(_flat(checked, outline.root, 1))
    found = [
        (int(element.kind[1]), checked.text(element), next(element.marks())[0])
        for element in checked.of(*HEADINGS)
        if checked.text(element)
    ]
    if not marked:
        yield "there are no bookmarks"
        return
    place, matched = 0, []
    for depth, title, page in marked:
        fitting = [n for n in range(place, len(found)) if _same(found[n][1], title) and found[n][2] == page]
        if not fitting:
            yield f"the bookmark {title!r} is no heading of page {page + 1}, or not in order"
            continue
        matched.append((depth, fitting[0]))
        place = fitting[0] + 1
    shift = {found[n][0] - depth for depth, n in matched}
    if len(shift) > 1:
        yield "bookmarks are not as deep as their headings"
    if matched:
        top, missing = found[matched[0][1]][0], set(range(matched[0][1], len(found))) - {n for _, n in matched}
        yield from (f"the heading {found[n][1]!r} has no bookmark" for n in sorted(missing) if found[n][0] == top)


def _flat(checked: Checked, items: Any, depth: int) -> Iterator[tuple[int, str, int]]:
    for item in items:
        destination = item.destination
        page = checked.pages.get(destination[0].objgen, -1) if isinstance(destination, pikepdf.Array) else -1
        yield depth, " ".join(str(item.title).split()), page
        yield from _flat(checked, item.children, depth + 1)


def _same(one: str, other: str) -> bool:
    """Whether texts are the same but for spaces and, in right-to-left lines, for the order in which signs are drawn."""
    return sorted(one.replace(" ", "")) == sorted(other.replace(" ", ""))


def tables(checked: Checked) -> Iterator[str]:
    """Every table has header cells, each of them with a scope, and rows of cells alone."""
    for table in checked.of("Table"):
        heads = [element for element in table.below() if element.kind == "TH"]
        if not heads:
            yield f"a table has no header cells: {checked.text(table)[:40]!r}"
        for head in heads:
            attributes = head.node.get("/A", {})
            if not isinstance(attributes, pikepdf.Dictionary) or attributes.get("/Scope") not in ("/Column", "/Row"):
                yield f"a header cell has no scope: {checked.text(head)[:40]!r}"
        for row in (element for element in table.below() if element.kind == "TR"):
            if any(not isinstance(kid, Element) or kid.kind not in ("TH", "TD") for kid in row.kids):
                yield "a row of a table holds something that is no cell"


def figures(checked: Checked) -> Iterator[str]:
    """Every figure says what it shows."""
    for element in checked.of("Figure"):
        if not str(element.node.get("/Alt", "")).strip():
            yield "a figure has no alternative text"


def _annotations(checked: Checked, kind: str) -> Iterator[tuple[int, Any, Element | None]]:
    """The annotations of a kind, with their pages and the elements that hold them."""
    holders = {
        kid.objgen: element
        for element in checked.root.below()
        for kid in element.kids
        if not isinstance(kid, Element | tuple)
    }
    for number, one in enumerate(checked.document.pages, start=1):
        for each in one.get("/Annots", []):
            if each.Subtype == kind:
                yield number, each, holders.get(each.objgen)


def links(checked: Checked) -> Iterator[str]:
    """Every link stands in the structure, says where it leads, and leads somewhere."""
    names = checked.document.Root.get("/Names", {}).get("/Dests", {}).get("/Names", [])
    known = {str(names[place]) for place in range(0, len(names), 2)}
    for number, each, holder in _annotations(checked, "/Link"):
        if holder is None or holder.kind != "Link":
            yield f"a link on page {number} stands outside of the structure"
        if not str(each.get("/Contents", "")).strip():
            yield f"a link on page {number} does not say where it leads"
        if "/Dest" in each and isinstance(each.Dest, pikepdf.String) and str(each.Dest) not in known:
            yield f"a link on page {number} leads nowhere: {str(each.Dest)!r}"


def fields(checked: Checked) -> Iterator[str]:
    """Every field has a name of its own, words, a place in the structure, a look unless empty, a font to type with."""
    widgets = list(_annotations(checked, "/Widget"))
    form = checked.document.Root.get("/AcroForm")
    listed = {each.objgen for each in form.Fields} if form is not None else set()
    if form is not None and bool(form.get("/NeedAppearances", False)):
        yield "how fields look is left to the viewer"
    names = Counter(str(each.get("/T", "")) for _, each, _ in widgets)
    yield from (f"{times} fields share the name {name!r}" for name, times in names.items() if times > 1)
    for number, each, holder in widgets:
        name = str(each.get("/T", ""))
        if each.objgen not in listed:
            yield f"the field {name!r} is not listed in the form"
        if holder is None or holder.kind != "Form":
            yield f"the field {name!r} stands outside of the structure"
        if not str(each.get("/TU", "")).strip():
            yield f"the field {name!r} does not say what it is"
        if (each.get("/FT") == "/Btn" or str(each.get("/V", ""))) and "/N" not in each.get("/AP", {}):
            yield f"the field {name!r} has no appearance"
        if each.get("/FT") == "/Tx" and not _can_be_typed_in(form, each):
            yield f"the field {name!r} has no embedded font to type with"
        if checked.document.pages[number - 1].get("/Tabs") != "/S":
            yield f"the tab key does not follow the structure on page {number}"


def _can_be_typed_in(form: Any, each: Any) -> bool:
    named = re.search(r"/(\S+) [\d.]+ Tf", str(each.get("/DA", "")))
    font = form.get("/DR", {}).get("/Font", {}).get("/" + named[1]) if named else None
    return font is not None and "/FontFile2" in font.get("/FontDescriptor", {})


def nothing_called(checked: Checked) -> Iterator[str]:
    """The file starts nothing, carries no other file, and sends nothing anywhere."""
    for item in checked.document.objects:
        if isinstance(item, pikepdf.Dictionary | pikepdf.Array):
            written = item.unparse(resolved=True)
            yield from (f"the file holds {call}" for call in CALLS if re.search(rb"%s\b" % call.encode(), written))


CHECKS = (
    about_itself, whole_structure, nothing_loose, pages_in_order, headings, bookmarks, tables, figures, links, fields,
    nothing_called,
)  # fmt: skip
