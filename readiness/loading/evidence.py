"""evidence/*.yaml > sources and findings; one file per source."""

from readiness.engine.evidence import Direction, Finding, Kind, Source
from readiness.loading.document import Node
from readiness.loading.reader import Reader

SITES = ("ULM", "UKE", "BU", "DS", "BGU", "PU", "DE")
PHASES = ("before", "after", "both", "not stated")
SOURCE_KEYS = (
    "id", "cite", "type", "authors", "title", "journal", "year", "volume", "pages", "doi", "licence", "about",
)  # fmt: skip
FINDING_KEYS = (
    "finding", "locator", "sites", "phase", "view", "kind", "construct", "direction", "says", "means",
)  # fmt: skip


def read_source(reader: Reader, root: Node | None, constructs: set[str]) -> tuple[Source, tuple[Finding, ...]]:
    """One source and the findings paraphrased from it (none for a source that is only referred to)."""
    top = reader.mapping(root, "an evidence file", ["source"], ["findings"])
    fields = reader.mapping(top.get("source"), "the source", SOURCE_KEYS)
    words = {key: reader.text(fields.get(key), key) for key in SOURCE_KEYS if key not in ("authors", "year")}
    source = Source(
        id=reader.code(fields.get("id"), "the source's id"),
        cite=words["cite"],
        authors=reader.texts(fields.get("authors"), "authors"),
        title=words["title"],
        journal=words["journal"],
        year=int(reader.number(fields.get("year"), "year", 1900, 2100, step=1)),
        volume=words["volume"],
        pages=words["pages"],
        doi=words["doi"],
        licence=words["licence"],
        about=words["about"],
    )
    nodes = reader.sequence(top.get("findings"), "findings")
    return source, tuple(_read_finding(reader, node, source.id, constructs) for node in nodes)


def _read_finding(reader: Reader, node: Node, source: str, constructs: set[str]) -> Finding:
    fields = reader.mapping(node, "a finding", FINDING_KEYS)
    code = reader.code(fields.get("finding"), "a finding")
    if code and source and not code.startswith(source + "_"):
        reader.complain(node.line, f"the finding {code!r} should begin with the id of its source: {source}_")
    sites = tuple(
        reader.word(part, "a site", SITES) for part in reader.sequence(fields.get("sites"), "sites", empty=True)
    )
    return Finding(
        code=code,
        source=source,
        locator=reader.text(fields.get("locator"), "locator"),
        sites=sites,
        phase=reader.word(fields.get("phase"), "phase", PHASES),
        view=reader.text(fields.get("view"), "view"),
        kind=reader.choice(fields.get("kind"), "kind", Kind),
        construct=reader.word(fields.get("construct"), "construct", constructs, among="constructs"),
        direction=reader.choice(fields.get("direction"), "direction", Direction),
        says=reader.text(fields.get("says"), "says"),
        means=reader.text(fields.get("means"), "means"),
    )
