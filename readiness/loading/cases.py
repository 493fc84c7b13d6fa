"""cases/*.yaml and answers files > answers. Both have one shape: a case can be assessed, an answers file kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from readiness.engine.answers import MISSING, Answer, Answers, Missing, Phase
from readiness.engine.cases import Case, CaseAnswer, Comparison, Outcome, Pair, Relation
from readiness.engine.conditions import Condition, claims
from readiness.engine.gaps import gap_of
from readiness.engine.instrument import Instrument, Item
from readiness.errors import nearest
from readiness.loading.conditions import Subjects, read_condition
from readiness.loading.document import SHOWN, Node, Text, read_document
from readiness.loading.document import Mapping as MappingNode
from readiness.loading.problems import InvalidFiles
from readiness.loading.reader import Reader

MUST = ("expect", "risk", "not_determinable", "rules", "recommends", "leaves_out")
OPTIONAL = ("case", "invented", "about", "otherwise", "gaps", "happened", "compare", *MUST)
FIRST, THEN = "first", "then"
# What is not determinable is tried in every band its range touches, and all such together: 3 to the power of this.
MOST_RISKS = 6


@dataclass(frozen=True, slots=True)
class AnswersFile:
    """What an answers file holds: the service's name, the answers, and what it says of itself when it is a case."""

    service: str
    answers: Answers
    example: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What a case may refer to: items, what claims may be made of, and the codes that exist elsewhere.

    Outside a rule set (`checked` is false) the codes of findings, rules and recommendations are taken as they are.
    """

    instrument: Instrument
    subjects: Subjects
    findings: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()
    recommendations: frozenset[str] = frozenset()
    checked: bool = False

    @property
    def risky(self) -> list[str]:
        """The constructs and domains."""
        return [subject for subject in self.subjects if subject not in self.instrument.subjects]

    def codes(self, reader: Reader, node: Node | None, what: str, known: Iterable[str], among: str) -> tuple[str, ...]:
        """A list of codes; nothing when it is missing."""
        if node is None:
            return ()
        return reader.known(node, what, known, among) if self.checked else reader.texts(node, what)


@dataclass(frozen=True, slots=True)
class _Must:
    """What must come out of one case."""

    expect: tuple[Condition, ...] = ()
    rules: Mapping[str, Outcome] = field(default_factory=dict)
    recommends: tuple[str, ...] = ()
    leaves_out: tuple[str, ...] = ()
    not_determinable: tuple[str, ...] = ()
    risk: Mapping[str, float] = field(default_factory=dict)


def read_answers_file(name: str, content: bytes, instrument: Instrument, subjects: Subjects) -> AnswersFile:
    """Read an answers file. Raises InvalidFiles with every problem."""
    root, problems = read_document(name, content)
    reader = Reader(name, problems)
    if root is None and not problems:
        reader.complain(1, "the file is empty; it holds service, phase and answers")
    case = read_case(reader, root, Known(instrument, subjects))
    if problems:
        raise InvalidFiles(problems)
    return AnswersFile(case.service, case.answered(instrument), case.about if case.code else "")


def read_case(reader: Reader, root: Node | None, known: Known) -> Case:
    """One case."""
    top = reader.mapping(root, "an answers file", ["service", "phase", "answers"], OPTIONAL)
    phase, given, gaps = _read_answers(reader, top, known)
    code = top.get("case")
    must = _read_must(reader, top, known)
    return Case(
        code=reader.code(code, "case") if code is not None else "",
        service=reader.text(top.get("service"), "service", most=300),
        about=reader.text(top.get("about"), "about"),
        phase=phase,
        answers=given,
        otherwise=_read_otherwise(reader, top.get("otherwise"), Missing.NOT_ANSWERED),
        gaps=gaps,
        happened=reader.text(top.get("happened"), "happened"),
        expect=must.expect,
        compare=_read_compare(reader, top.get("compare"), known),
        rules=must.rules,
        recommends=must.recommends,
        leaves_out=must.leaves_out,
        not_determinable=must.not_determinable,
        risk=must.risk,
        invented=reader.truth(top.get("invented"), "invented"),
    )


def read_pair(reader: Reader, root: Node | None, known: Known) -> tuple[Pair, Case, Case]:
    """Two cases that differ in one answer; what is not answered is not known, unless the file says otherwise."""
    top = reader.mapping(
        root,
        "a pair",
        ["pair", "title", "about", "phase", "answers", "change"],
        ["otherwise", "gaps", FIRST, THEN, "moves"],
    )
    code, title = reader.code(top.get("pair"), "pair"), reader.text(top.get("title"), "title", most=160)
    about = reader.text(top.get("about"), "about")
    phase, given, gaps = _read_answers(reader, top, known)
    otherwise = _read_otherwise(reader, top.get("otherwise"), Missing.DONT_KNOW)
    item, changed = _read_change(reader, top.get("change"), given, phase, otherwise, known)
    halves = {}
    for half, answers in ((FIRST, given), (THEN, changed)):
        part = reader.mapping(top.get(half), half, optional=MUST)
        must = _read_must(reader, part, known)
        halves[half] = Case(
            code=f"{code}_{half}",
            service=title,
            about=about,
            phase=phase,
            answers=answers,
            otherwise=otherwise,
            gaps=gaps,
            happened="",
            expect=must.expect,
            rules=must.rules,
            recommends=must.recommends,
            leaves_out=must.leaves_out,
            not_determinable=must.not_determinable,
            risk=must.risk,
            pair=code,
        )
    moves = _read_relations(reader, top.get("moves"), "moves", halves[FIRST].code, known)
    if top.pairs and not any(top.get(key) for key in (FIRST, THEN, "moves")):
        reader.complain(top.line, "the pair expects nothing; add first, then or moves")
    pair = Pair(code, title, about, item, halves[FIRST].code, halves[THEN].code)
    return pair, halves[FIRST], replace(halves[THEN], compare=moves)


def _read_answers(
    reader: Reader, top: MappingNode, known: Known
) -> tuple[Phase, dict[str, CaseAnswer], dict[str, int]]:
    """The phase, the answers, and the gaps between the sheets of a team."""
    before = len(reader.problems)
    phase = reader.choice(top.get("phase"), "phase", Phase)
    phase_known = top.get("phase") is not None and len(reader.problems) == before
    answers: dict[str, CaseAnswer] = {}
    for name, node in reader.mapping(top.get("answers"), "answers").pairs:
        item = _read_item(reader, name, phase if phase_known else None, known)
        if item is not None:
            answers[item.code] = _read_answer(reader, item, node, known)
    return phase, answers, _read_gaps(reader, top.get("gaps"), phase if phase_known else None, known)


def _read_item(reader: Reader, name: Text, phase: Phase | None, known: Known) -> Item | None:
    """The item of that code, if it exists and is asked in the phase (when that is known)."""
    item = known.instrument.items.get(name.value)
    if item is None:
        hint = nearest(name.value, known.instrument.items)
        reader.complain(name.line, f"there is no item {name.value[:SHOWN]!r}{hint}")
    elif phase is not None and phase not in item.ask:
        reader.complain(name.line, f"{item.code} is not asked {phase.value} the start; remove it or change phase")
        return None
    return item


def _read_gaps(reader: Reader, node: Node | None, phase: Phase | None, known: Known) -> dict[str, int]:
    """The option steps between the sheets of a team, by item; none without a team."""
    gaps = {}
    for name, value in reader.pairs(node, "gaps") if node is not None else ():
        item = _read_item(reader, name, phase, known)
        if item is not None and gap_of(item.code) not in known.subjects:
            sentence = f"only one role is asked {item.code}, so that no sheets can differ on it; remove the gap"
            reader.complain(name.line, sentence)
        elif item is not None:
            most = len(item.order) - 1
            gaps[item.code] = int(reader.number(value, f"the gap on {item.code}", 0, most, step=1))
    return gaps


def _read_change(
    reader: Reader, node: Node | None, given: Mapping[str, CaseAnswer], phase: Phase, otherwise: Answer, known: Known
) -> tuple[str, dict[str, CaseAnswer]]:
    """The item that a pair differs in, and the answers after the change."""
    pairs = list(reader.pairs(node, "change"))
    if len(pairs) > 1 and node is not None:
        reader.complain(node.line, "the two cases of a pair differ in one answer; change only one item")
    for name, value in pairs[:1]:
        item = _read_item(reader, name, phase, known)
        if item is not None:
            changed = _read_answer(reader, item, value, known)
            before = given[item.code].answer if item.code in given else otherwise
            if changed.answer == before:
                reader.complain(name.line, f"{item.code} is the same before the change; name another level")
            return item.code, {**given, item.code: changed}
    return "", dict(given)


def _read_otherwise(reader: Reader, node: Node | None, usual: Missing) -> Missing:
    return usual if node is None else reader.choice(node, "otherwise", Missing)


def _read_must(reader: Reader, top: MappingNode, known: Known) -> _Must:
    recommends, leaves_out = (
        known.codes(reader, top.get(key), key, known.recommendations, "recommendations")
        for key in ("recommends", "leaves_out")
    )
    for code in recommends:
        if code in leaves_out:
            reader.complain(top.line, f"{code[:SHOWN]!r} is both recommended and left out; remove one of the two")
    return _Must(
        _read_expectations(reader, top.get("expect"), known),
        _read_rules(reader, top.get("rules"), known),
        recommends,
        leaves_out,
        _read_undetermined(reader, top.get("not_determinable"), known),
        _read_risks(reader, top.get("risk"), known),
    )


def _read_undetermined(reader: Reader, node: Node | None, known: Known) -> tuple[str, ...]:
    """Constructs and domains that must come out without a band."""
    return () if node is None else reader.known(node, "not_determinable", known.risky, "constructs and domains")


def _read_risks(reader: Reader, node: Node | None, known: Known) -> dict[str, float]:
    """Risks of constructs and domains, 0 to 100."""
    risks = {}
    for name, value in reader.pairs(node, "risk") if node is not None else ():
        _check_risky(reader, name, known)
        risks[name.value] = reader.number(value, f"the risk of {name.value[:SHOWN]}", 0, 100, step=0.01)
    return risks


def _check_risky(reader: Reader, name: Text, known: Known) -> None:
    if name.value not in known.risky:
        hint = nearest(name.value, known.risky)
        reader.complain(name.line, f"there is no construct or domain {name.value[:SHOWN]!r}{hint}")


def _read_expectations(reader: Reader, node: Node | None, known: Known) -> tuple[Condition, ...]:
    conditions = []
    for pair in reader.pairs(node, "expect") if node is not None else ():
        line = pair[0].line
        condition = read_condition(reader, MappingNode((pair,), line), "expect", known.subjects)
        risky = {claim.subject for claim in claims(condition)} & set(known.risky)
        if len(risky) > MOST_RISKS:
            sentence = f"expect joins {len(risky)} constructs and domains; at most {MOST_RISKS} can be tried. Split it"
            reader.complain(line, sentence)
        for claim in claims(condition):
            if claim.subject in risky and claim.accepted == set(known.subjects[claim.subject]):
                reader.complain(line, f"the claim about {claim.subject} is true of every band; say which is expected")
        conditions.append(condition)
    return tuple(conditions)


def _read_rules(reader: Reader, node: Node | None, known: Known) -> dict[str, Outcome]:
    outcomes = {}
    for name, value in reader.pairs(node, "rules") if node is not None else ():
        if known.checked and name.value not in known.rules:
            hint = nearest(name.value, known.rules)
            reader.complain(name.line, f"there is no rule {name.value[:SHOWN]!r}{hint}")
        outcomes[name.value] = reader.choice(value, f"the outcome of {name.value[:SHOWN]}", Outcome)
    return outcomes


def _read_compare(reader: Reader, node: Node | None, known: Known) -> tuple[Comparison, ...]:
    if node is None:
        return ()
    return tuple(
        comparison
        for name, part in reader.pairs(node, "compare")
        for comparison in _read_relations(reader, part, f"the comparison with {name.value[:SHOWN]}", name.value, known)
    )


def _read_relations(reader: Reader, node: Node | None, what: str, than: str, known: Known) -> tuple[Comparison, ...]:
    """Relations of the risk of constructs and domains to the risk in another case."""
    if node is None:
        return ()
    comparisons = []
    for name, value in reader.pairs(node, what):
        _check_risky(reader, name, known)
        comparisons.append(Comparison(than, name.value, reader.choice(value, f"the relation of {what}", Relation)))
    return tuple(comparisons)


def _read_answer(reader: Reader, item: Item, node: Node, known: Known) -> CaseAnswer:
    if not isinstance(node, MappingNode):
        return CaseAnswer(_read_level(reader, item, node), "", ())
    fields = reader.mapping(node, f"the answer to {item.code}", ["is"], ["note", "evidence"])
    cited = known.codes(reader, fields.get("evidence"), "evidence", known.findings, "findings")
    return CaseAnswer(_read_level(reader, item, fields.get("is")), reader.text(fields.get("note"), "note"), cited)


def _read_level(reader: Reader, item: Item, node: Node | None) -> Answer:
    if node is not None and not isinstance(node, Text):
        reader.complain(node.line, f"{item.code} takes one value; choose one of: {', '.join(item.order)}")
        return Missing.NOT_ANSWERED
    missing = [reason.value for reason in Missing if reason is not Missing.NOT_APPLICABLE or item.not_applicable]
    if node is not None and node.value.strip() == Missing.NOT_APPLICABLE and Missing.NOT_APPLICABLE not in missing:
        reader.complain(node.line, f"{item.code} always applies; choose one of: {', '.join(item.order)}, dont_know")
        return Missing.NOT_ANSWERED
    level = reader.word(node, f"the answer to {item.code}", [*item.order, *missing])
    return level if level in item.texts else MISSING.get(level, Missing.NOT_ANSWERED)
