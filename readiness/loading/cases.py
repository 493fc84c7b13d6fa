"""cases/*.yaml and answers files > answers. Both have one shape: a case can be assessed, an answers file kept."""

from dataclasses import dataclass

from readiness.engine.answers import MISSING, Answer, Answers, Missing, Phase
from readiness.engine.conditions import Condition
from readiness.engine.instrument import Instrument, Item
from readiness.engine.ruleset import Case, CaseAnswer
from readiness.loading.conditions import Subjects, read_condition
from readiness.loading.document import SHOWN, Mapping, Node, Text, read_document
from readiness.loading.problems import InvalidFiles, nearest
from readiness.loading.reader import Reader

OPTIONAL = ("case", "about", "otherwise", "happened", "expect")


@dataclass(frozen=True, slots=True)
class AnswersFile:
    """What an answers file holds: the service's name and the answers."""

    service: str
    answers: Answers


def answers_of(case: Case, instrument: Instrument) -> Answers:
    """A case's answers with every other item of its phase filled as the case says."""
    given = {item.code: case.otherwise for item in instrument.asked(case.phase)}
    given.update({code: answer.answer for code, answer in case.answers.items()})
    return Answers(case.phase, given)


def read_answers_file(name: str, content: bytes, instrument: Instrument, subjects: Subjects) -> AnswersFile:
    """Read an answers file. Raises InvalidFiles with every problem."""
    root, problems = read_document(name, content)
    reader = Reader(name, problems)
    if root is None and not problems:
        reader.complain(1, "the file is empty; it holds service, phase and answers")
    case = read_case(reader, root, instrument, set(), subjects)
    if problems:
        raise InvalidFiles(problems)
    return AnswersFile(case.service, answers_of(case, instrument))


def read_case(
    reader: Reader, root: Node | None, instrument: Instrument, findings: set[str], subjects: Subjects
) -> Case:
    """One case. Evidence is checked when `findings` are given."""
    top = reader.mapping(root, "an answers file", ["service", "phase", "answers"], OPTIONAL)
    before = len(reader.problems)
    phase = reader.choice(top.get("phase"), "phase", Phase)
    phase_known = top.get("phase") is not None and len(reader.problems) == before
    otherwise = top.get("otherwise")
    code = top.get("case")
    answers: dict[str, CaseAnswer] = {}
    for name, node in reader.mapping(top.get("answers"), "answers").pairs:
        item = instrument.items.get(name.value)
        if item is None:
            reader.complain(
                name.line, f"there is no item {name.value[:SHOWN]!r}{nearest(name.value, instrument.items)}"
            )
        elif phase_known and phase not in item.ask:
            reader.complain(name.line, f"{item.code} is not asked {phase.value} the start; remove it or change phase")
        else:
            answers[item.code] = _read_answer(reader, item, node, findings)
    return Case(
        code=reader.code(code, "case") if code is not None else "",
        service=reader.text(top.get("service"), "service", most=300),
        about=reader.text(top.get("about"), "about"),
        phase=phase,
        answers=answers,
        otherwise=reader.choice(otherwise, "otherwise", Missing) if otherwise is not None else Missing.NOT_ANSWERED,
        happened=reader.text(top.get("happened"), "happened"),
        expect=_read_expectations(reader, top.get("expect"), subjects),
    )


def _read_expectations(reader: Reader, node: Node | None, subjects: Subjects) -> tuple[Condition, ...]:
    if node is None:
        return ()
    return tuple(
        read_condition(reader, Mapping((pair,), pair[0].line), "expect", subjects)
        for pair in reader.pairs(node, "expect")
    )


def _read_answer(reader: Reader, item: Item, node: Node, findings: set[str]) -> CaseAnswer:
    if not isinstance(node, Mapping):
        return CaseAnswer(_read_level(reader, item, node), "", ())
    fields = reader.mapping(node, f"the answer to {item.code}", ["is"], ["note", "evidence"])
    evidence = fields.get("evidence")
    cited: tuple[str, ...] = ()
    if evidence is not None:
        cited = (
            reader.known(evidence, "evidence", findings, "findings") if findings else reader.texts(evidence, "evidence")
        )
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
