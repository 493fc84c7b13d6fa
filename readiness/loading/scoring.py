"""scoring/*.yaml > what each option is worth to one construct, and the interaction rules."""

from readiness.engine.framework import Band, Construct
from readiness.engine.instrument import Item
from readiness.engine.ruleset import Alike, ConstructScoring, ItemScoring, Rule, Status, Worth
from readiness.errors import nearest
from readiness.loading.conditions import Subjects, read_condition, read_unless
from readiness.loading.document import SHOWN, Mapping, Node, Text
from readiness.loading.reader import Reader

RULE_KEYS = ("rule", "title", "when", "because", "evidence", "status")
MOST_RULES = 50
CITABLE = "findings that may be scored (a hypothesis may not)"


def read_scoring(
    reader: Reader,
    root: Node | None,
    constructs: dict[str, Construct],
    items: dict[str, Item],
    citable: set[str],
    subjects: Subjects,
) -> ConstructScoring | None:
    """One construct's scoring; None when its construct does not exist."""
    top = reader.mapping(root, "a scoring file", ["construct", "items"], ["rules", "waivers", "out_of_reach"])
    node = top.get("construct")
    code = reader.word(node, "construct", constructs, among="constructs")
    scored = tuple(
        scoring
        for name, part in reader.pairs(top.get("items"), "items")
        if (scoring := _read_item(reader, name, part, items, citable))
    )
    rules_node = top.get("rules")
    rules = reader.each(rules_node, "rules", lambda part: _read_rule(reader, part, code, citable, subjects))
    if rules_node is not None and len(rules) > MOST_RULES:
        reader.complain(
            rules_node.line, f"{code} has {len(rules)} rules; at most {MOST_RULES} can be proven. Merge some"
        )
    if code not in constructs:
        return None
    return ConstructScoring(
        constructs[code],
        scored,
        rules,
        _read_waivers(reader, top.get("waivers"), items),
        _read_out_of_reach(reader, top),
    )


def _read_waivers(reader: Reader, node: Node | None, items: dict[str, Item]) -> dict[str, str]:
    """By item, why a better answer to it may raise the risk of this construct."""
    waivers: dict[str, str] = {}
    for part in reader.sequence(node, "waivers"):
        fields = reader.mapping(part, "a waiver", ["item", "because"])
        item = reader.word(fields.get("item"), "item", items, among="scored items")
        if item in waivers:
            reader.complain(part.line, f"{item} is waived twice; remove one of the two")
        waivers.setdefault(item, reader.text(fields.get("because"), "because"))
    return waivers


def _read_out_of_reach(reader: Reader, top: Mapping) -> dict[Band, str]:
    """By band, why no answers lead this construct there."""
    bands: dict[Band, str] = {}
    for part in reader.sequence(top.get("out_of_reach"), "out_of_reach"):
        fields = reader.mapping(part, "a band out of reach", ["band", "because"])
        band = reader.choice(fields.get("band"), "band", Band)
        if band in bands:
            reader.complain(part.line, f"{band} is out of reach twice; remove one of the two")
        bands.setdefault(band, reader.text(fields.get("because"), "because"))
    return bands


def _read_item(reader: Reader, name: Text, node: Node, items: dict[str, Item], citable: set[str]) -> ItemScoring | None:
    item = items.get(name.value)
    if item is None:
        reader.complain(name.line, f"there is no scored item {name.value[:SHOWN]!r}{nearest(name.value, items)}")
        return None
    fields = reader.mapping(node, f"the scoring of {name.value}", ["because", "evidence", "worth"], ["peaked", "alike"])
    because = reader.text(fields.get("because"), "because")
    evidence = reader.known(fields.get("evidence"), "evidence", citable, CITABLE)
    worth_node = fields.get("worth")
    worth: dict[str, Worth] = {}
    misnamed = False
    for option, part in reader.pairs(worth_node, "worth"):
        if option.value not in item.texts:
            reader.complain(
                option.line, f"{name.value} has no option {option.value[:SHOWN]!r}{nearest(option.value, item.order)}"
            )
            misnamed = True
        else:
            worth[option.value] = _read_worth(reader, part, because, evidence, citable)
    for code in item.order:
        if isinstance(worth_node, Mapping) and worth_node.pairs and code not in worth and not misnamed:
            reader.complain(worth_node.line, f"the option {code!r} of {name.value} has no worth; give it -2 to 2")
    return ItemScoring(
        item.code,
        {code: worth.get(code, Worth(0.0, because, evidence)) for code in item.order},
        reader.text(fields.get("peaked"), "peaked"),
        reader.each(fields.get("alike"), "alike", lambda part: _read_alike(reader, part, item)),
    )


def _read_alike(reader: Reader, node: Node, item: Item) -> Alike:
    fields = reader.mapping(node, "levels that are alike", ["levels", "because"])
    levels = reader.known(fields.get("levels"), "levels", item.order, f"options of {item.code}")
    if len(levels) == 1:
        reader.complain(node.line, f"levels names only {levels[0]!r}; name all the levels that are alike")
    return Alike(levels, reader.text(fields.get("because"), "because"))


def _read_worth(reader: Reader, node: Node, because: str, evidence: tuple[str, ...], citable: set[str]) -> Worth:
    if not isinstance(node, Mapping):
        return Worth(reader.number(node, "worth", -2, 2), because, evidence)
    fields = reader.mapping(node, "worth", ["worth"], ["because", "evidence"])
    own = fields.get("evidence")
    return Worth(
        reader.number(fields.get("worth"), "worth", -2, 2),
        reader.text(fields.get("because"), "because") or because,
        reader.known(own, "evidence", citable, CITABLE) if own is not None else evidence,
    )


def _read_rule(reader: Reader, node: Node, construct: str, citable: set[str], subjects: Subjects) -> Rule:
    fields = reader.mapping(node, "a rule", RULE_KEYS, ["unless", "shift", "at_least"])
    shift, at_least = fields.get("shift"), fields.get("at_least")
    if (shift is None) == (at_least is None):
        have = "neither shift nor at_least" if shift is None else "both shift and at_least"
        reader.complain(node.line, f"the rule has {have}; give exactly one of the two")
    amount = reader.number(shift, "shift", -2, 2) if shift is not None else 0.0
    if shift is not None and not amount:
        reader.complain(shift.line, "shift is 0, so the rule does nothing; give it a step or remove the rule")
    if isinstance(at_least, Text) and at_least.value.strip() == Band.LOW:
        reader.complain(at_least.line, "at_least is low, the lowest band, so the rule does nothing; name a higher one")
    return Rule(
        code=reader.code(fields.get("rule"), "a rule"),
        title=reader.text(fields.get("title"), "title"),
        construct=construct,
        when=read_condition(reader, fields.get("when"), "when", subjects),
        unless=read_unless(reader, fields.get("unless"), subjects),
        shift=amount,
        at_least=reader.choice(at_least, "at_least", Band) if at_least is not None else None,
        because=reader.text(fields.get("because"), "because"),
        evidence=reader.known(fields.get("evidence"), "evidence", citable, CITABLE),
        status=reader.choice(fields.get("status"), "status", Status),
    )
