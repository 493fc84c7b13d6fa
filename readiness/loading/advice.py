"""advice/*.yaml > recommendations."""

from readiness.engine.instrument import Item
from readiness.engine.ruleset import Effort, Recommendation, Status, When
from readiness.errors import nearest
from readiness.loading.conditions import Subjects, read_condition, read_unless
from readiness.loading.document import SHOWN, Mapping, Node
from readiness.loading.reader import Reader

KEYS = (
    "recommend", "title", "when", "steps", "who", "phase", "effort", "eric", "improves", "because", "evidence",
    "status",
)  # fmt: skip
CITABLE = "findings that may be advised on (a hypothesis may not)"


def read_theme(
    reader: Reader, root: Node | None, items: dict[str, Item], citable: set[str], subjects: Subjects
) -> tuple[Recommendation, ...]:
    """The recommendations of one theme."""
    top = reader.mapping(root, "an advice file", ["theme", "title", "recommendations"])
    reader.code(top.get("theme"), "a theme")
    theme = reader.text(top.get("title"), "title")
    nodes = reader.sequence(top.get("recommendations"), "recommendations")
    return tuple(_read_recommendation(reader, node, theme, items, citable, subjects) for node in nodes)


def _read_recommendation(
    reader: Reader, node: Node, theme: str, items: dict[str, Item], citable: set[str], subjects: Subjects
) -> Recommendation:
    fields = reader.mapping(node, "a recommendation", KEYS, ["unless", "caution", "low_resource", "never_with"])
    return Recommendation(
        code=reader.code(fields.get("recommend"), "a recommendation"),
        title=reader.text(fields.get("title"), "title", most=90),
        theme=theme,
        when=read_condition(reader, fields.get("when"), "when", subjects),
        unless=read_unless(reader, fields.get("unless"), subjects),
        steps=reader.texts(fields.get("steps"), "steps"),
        who=reader.text(fields.get("who"), "who"),
        phase=reader.choice(fields.get("phase"), "phase", When),
        effort=reader.choice(fields.get("effort"), "effort", Effort),
        eric=reader.texts(fields.get("eric"), "eric", empty=True),
        improves=_read_improves(reader, fields.get("improves"), items),
        because=reader.text(fields.get("because"), "because"),
        evidence=reader.known(fields.get("evidence"), "evidence", citable, CITABLE),
        status=reader.choice(fields.get("status"), "status", Status),
        caution=reader.text(fields.get("caution"), "caution"),
        low_resource=reader.text(fields.get("low_resource"), "low_resource"),
        never_with=reader.texts(fields.get("never_with"), "never_with"),
    )


def _read_improves(reader: Reader, node: Node | None, items: dict[str, Item]) -> dict[str, str]:
    if isinstance(node, Mapping) and not node.pairs:
        return {}
    improves = {}
    for name, value in reader.pairs(node, "improves"):
        item = items.get(name.value)
        if item is None:
            reader.complain(name.line, f"there is no scored item {name.value[:SHOWN]!r}{nearest(name.value, items)}")
        else:
            improves[name.value] = reader.word(value, f"the level of {name.value}", item.order)
    return improves
