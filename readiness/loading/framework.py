"""framework.yaml and the bands of ruleset.yaml > domains, constructs, tiers and bands."""

from readiness.engine.framework import Band, Bands, Construct, Domain, Leeway, LeftOut, Tier
from readiness.loading.document import Node
from readiness.loading.reader import Reader


def read_domains(reader: Reader, root: Node | None) -> tuple[Domain, ...]:
    """Domains with their constructs, in reading order; codes are unique."""
    top = reader.mapping(root, "the framework", ["tiers", "domains"])
    tiers = {name.value: _read_tier(reader, name.value, node) for name, node in reader.pairs(top.get("tiers"), "tiers")}
    seen: dict[str, str] = {}
    return reader.each(top.get("domains"), "domains", lambda node: _read_domain(reader, node, tiers, seen))


def _read_tier(reader: Reader, code: str, node: Node) -> Tier:
    tier = reader.mapping(node, f"the tier {code}", ["weight", "why"], ["from", "to"])
    weight = int(reader.number(tier.get("weight"), "weight", 1, 5, step=1))
    bounds = None
    if tier.get("from") is not None or tier.get("to") is not None:
        lightest, heaviest = (reader.number(tier.get(key), key, 0, 10) for key in ("from", "to"))
        bounds = lightest, heaviest
        if not lightest <= weight <= heaviest:
            reader.complain(node.line, f"the tier {code} should have from: and to: with its weight {weight} between")
    return Tier(code, weight, reader.text(tier.get("why"), "why"), bounds)


def _read_domain(reader: Reader, node: Node, tiers: dict[str, Tier], seen: dict[str, str]) -> Domain:
    domain = reader.mapping(node, "a domain", ["domain", "title", "cfir2022", "about", "constructs"], ["left_out"])
    return Domain(
        code=_unique(reader, domain.get("domain"), "a domain", seen),
        title=reader.text(domain.get("title"), "title"),
        cfir2022=reader.text(domain.get("cfir2022"), "cfir2022"),
        about=reader.text(domain.get("about"), "about"),
        constructs=reader.each(
            domain.get("constructs"), "constructs", lambda part: _read_construct(reader, part, tiers, seen)
        ),
        left_out=reader.each(domain.get("left_out"), "left_out", lambda part: _read_left_out(reader, part)),
    )


def _read_left_out(reader: Reader, node: Node) -> LeftOut:
    left_out = reader.mapping(node, "a construct that is left out", ["cfir2009", "because"])
    return LeftOut(reader.text(left_out.get("cfir2009"), "cfir2009"), reader.text(left_out.get("because"), "because"))


def _unique(reader: Reader, node: Node | None, what: str, seen: dict[str, str]) -> str:
    code = reader.code(node, what)
    if node is not None and code and code in seen:
        reader.complain(node.line, f"{what} {code!r} is already the code of {seen[code]}; choose another")
    seen[code] = what
    return code


def _read_construct(reader: Reader, node: Node, tiers: dict[str, Tier], seen: dict[str, str]) -> Construct:
    construct = reader.mapping(
        node,
        "a construct",
        ["construct", "title", "cfir2009", "cfir2022", "tier", "why"],
        ["critical", "placement", "silent"],
    )
    silent = construct.get("silent")
    tier_node = construct.get("tier")
    tier_code = reader.word(tier_node, "tier", tiers)
    return Construct(
        code=_unique(reader, construct.get("construct"), "a construct", seen),
        title=reader.text(construct.get("title"), "title"),
        cfir2009=reader.text(construct.get("cfir2009"), "cfir2009"),
        cfir2022=reader.text(construct.get("cfir2022"), "cfir2022"),
        tier=tiers.get(tier_code, Tier(tier_code, 1, "")),
        why=reader.text(construct.get("why"), "why"),
        critical=reader.truth(construct.get("critical"), "critical"),
        placement=reader.text(construct.get("placement"), "placement"),
        silent={
            name.value: reader.text(why, f"the silence of {name.value}")
            for name, why in (reader.pairs(silent, "silent") if silent is not None else ())
        },
    )


def read_bands(reader: Reader, node: Node | None) -> Bands:
    """The lowest risk of each band; they rise from 0."""
    before = len(reader.problems)
    bands = reader.mapping(node, "bands", ["because", *(band.value for band in Band)])
    floors = {band: reader.number(bands.get(band.value), band.value, 0, 100) for band in Band}
    rising = list(floors.values())
    readable = node is not None and len(reader.problems) == before
    if node is not None and readable and (rising[0] or rising != sorted(set(rising))):
        reader.complain(node.line, "bands should begin with low: 0 and rise to moderate and on to high")
    return Bands(floors, reader.text(bands.get("because"), "because"))


def read_leeway(reader: Reader, node: Node | None) -> Leeway:
    """How far limits and worths could as well have lain; the usual leeway where a rule set does not say."""
    if node is None:
        return Leeway()
    leeway = reader.mapping(node, "leeway", ["limits", "ratings", "because"])
    return Leeway(
        reader.number(leeway.get("limits"), "limits", 0, 20),
        reader.number(leeway.get("ratings"), "ratings", 0, 2, step=0.25),
        reader.text(leeway.get("because"), "because"),
    )
