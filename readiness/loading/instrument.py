"""instrument/*.yaml > sections, pages, items and options, in reading order."""

from collections.abc import Mapping

from readiness.engine.answers import Missing, Phase, Role
from readiness.engine.conditions import OPERATORS
from readiness.engine.instrument import Instrument, Item, Option, Page, Section, Subject
from readiness.errors import nearest
from readiness.loading.document import SHOWN, Node, places
from readiness.loading.reader import Reader

RESERVED = {
    *(missing.value for missing in Missing),
    *(operator for operator in OPERATORS if " " not in operator),
}
# What the forms and pages call parts of their own: an item of that name would take their place.
OF_PAGES = {
    "action", "answers", "csrf_token", "data", "errors", "form_errors", "hidden_tag", "is_submitted", "items",
    "main", "meta", "owner", "populate_obj", "post_process", "problems", "process", "revision", "validate",
    "validate_on_submit",
}  # fmt: skip
FEWEST_OPTIONS, MOST_OPTIONS = 2, 9
MOST_ITEMS_ON_A_PAGE = 6


def read_section(reader: Reader, root: Node | None, findings: set[str]) -> Section:
    """One section."""
    top = reader.mapping(root, "a section", ["section", "title", "about", "minutes", "pages"], ["scored", "subjects"])
    scored = top.get("scored")
    return Section(
        code=reader.code(top.get("section"), "a section"),
        title=reader.text(top.get("title"), "title"),
        about=reader.text(top.get("about"), "about"),
        minutes=int(reader.number(top.get("minutes"), "minutes", 1, 60, step=1)),
        scored=True if scored is None else reader.truth(scored, "scored"),
        pages=reader.each(top.get("pages"), "pages", lambda node: _read_page(reader, node, findings)),
        subjects=reader.each(top.get("subjects"), "subjects", lambda node: _read_subject(reader, node, findings)),
    )


def _read_subject(reader: Reader, node: Node, findings: set[str]) -> Subject:
    """Which items ask about a subject, or why none does; the items may stand in another section."""
    subject = reader.mapping(node, "a subject", ["subject"], ["asked", "left_out", "evidence"])
    asked, left_out, evidence = (subject.get(key) for key in ("asked", "left_out", "evidence"))
    if subject.get("subject") is not None and asked is None and left_out is None:
        reader.complain(node.line, "a subject is asked (asked: items) or left out (left_out: the reason); add one")
    return Subject(
        title=reader.text(subject.get("subject"), "subject", most=160),
        asked=reader.texts(asked, "asked"),
        left_out=reader.text(left_out, "left_out"),
        evidence=reader.known(evidence, "evidence", findings, "findings") if evidence is not None else (),
    )


def _read_page(reader: Reader, node: Node, findings: set[str]) -> Page:
    page = reader.mapping(node, "a page", ["page", "title", "items"])
    items = reader.each(page.get("items"), "items", lambda part: _read_item(reader, part, findings))
    if len(items) > MOST_ITEMS_ON_A_PAGE:
        reader.complain(
            node.line,
            f"a page has {len(items)} items; at most {MOST_ITEMS_ON_A_PAGE} stay readable. Split it",
        )
    return Page(reader.code(page.get("page"), "a page"), reader.text(page.get("title"), "title"), items)


def _read_item(reader: Reader, node: Node, findings: set[str]) -> Item:
    item = reader.mapping(
        node,
        "an item",
        ["item", "short", "ask", "help", "why", "asked", "options"],
        ["not_applicable", "evidence", "past"],
    )
    evidence = item.get("evidence")
    code = reader.code(item.get("item"), "an item")
    if code in OF_PAGES:
        reader.complain(node.line, f"{code!r} has a meaning of its own and cannot be an item; choose another code")
    return Item(
        code=code,
        short=reader.text(item.get("short"), "short", most=40),
        ask=_read_ask(reader, item.get("ask")),
        help=reader.text(item.get("help"), "help"),
        why=reader.text(item.get("why"), "why"),
        evidence=reader.known(evidence, "evidence", findings, "findings") if evidence is not None else (),
        asked=reader.each(item.get("asked"), "asked", lambda part: reader.choice(part, "a role", Role)),
        options=_read_options(reader, item.get("options")),
        not_applicable=reader.text(item.get("not_applicable"), "not_applicable") or None,
        past=reader.truth(item.get("past"), "past"),
    )


def _read_ask(reader: Reader, node: Node | None) -> dict[Phase, str]:
    ask = reader.mapping(node, "ask", optional=[phase.value for phase in Phase])
    if node is not None and not ask.pairs:
        reader.complain(node.line, "ask is empty; word the question for before, for after, or for both")
    return {phase: reader.text(part, "ask") for phase in Phase if (part := ask.get(phase.value)) is not None}


def _read_options(reader: Reader, node: Node | None) -> tuple[Option, ...]:
    options = []
    for name, text in reader.pairs(node, "options"):
        code = reader.code(name, "an option")
        if code in RESERVED:
            reader.complain(
                name.line, f"{code!r} has a meaning of its own and cannot be an option; choose another code"
            )
        options.append(Option(code, reader.text(text, f"the option {code}", most=300)))
    if node is not None and options and not FEWEST_OPTIONS <= len(options) <= MOST_OPTIONS:
        reader.complain(node.line, f"an item has {FEWEST_OPTIONS} to {MOST_OPTIONS} options, not {len(options)}")
    return tuple(options)


def combine(sections: list[tuple[Reader, Node | None, Section]], taken: Mapping[str, str]) -> Instrument:
    """All sections as one instrument; codes of sections, pages and items are unique, also against `taken` ones."""
    seen = dict(taken)
    sections_seen: set[str] = set()
    pages_seen: set[str] = set()
    for reader, root, section in sections:
        line = places(root)
        if section.code and section.code in sections_seen:
            reader.complain(
                line["section", section.code], f"the section {section.code!r} exists already; choose another code"
            )
        sections_seen.add(section.code)
        for page in section.pages:
            if page.code and page.code in pages_seen:
                reader.complain(line["page", page.code], f"the page {page.code!r} exists already; choose another code")
            pages_seen.add(page.code)
        for item in section.items:
            if item.code and item.code in seen:
                owner = seen[item.code]
                reader.complain(
                    line["item", item.code],
                    f"the item {item.code!r} is already the code of {owner}; choose another",
                )
            seen[item.code] = "an item"
    instrument = Instrument(tuple(section for _, _, section in sections))
    _check_subjects(sections, instrument)
    return instrument


def _check_subjects(sections: list[tuple[Reader, Node | None, Section]], instrument: Instrument) -> None:
    """Subjects name items that exist; once there are subjects, every scored item belongs to one."""
    named = {item for section in instrument.sections for subject in section.subjects for item in subject.asked}
    for reader, root, section in sections:
        line = places(root)
        for subject in section.subjects:
            for code in subject.asked:
                if code and code not in instrument.items:
                    sentence = f"{subject.title!r} is asked by {code[:SHOWN]!r}, and there is no such item"
                    reader.complain(line.get(("subject", subject.title), 1), sentence + nearest(code, instrument.items))
        if named and section.scored and named <= set(instrument.items):
            for item in section.items:
                if item.code and item.code not in named:
                    reader.complain(
                        line.get(("item", item.code), 1), f"no subject names the item {item.code!r}; add it to one"
                    )
