"""Answers that show what is wrong > a case or a pair in YAML, ready to be pasted into cases/."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from readiness.engine.answers import UNKNOWN, Answer, Answers
from readiness.engine.cases import Relation
from readiness.engine.gaps import item_of, steps_of

LONGEST_CODE = 70
# Words that are codes to us and truth values or nothing to other readers of YAML.
QUOTED = frozenset({"y", "yes", "n", "no", "on", "off", "true", "false", "null"})


@dataclass(frozen=True, slots=True)
class Counterexample:
    """Answers, and what must come out of them and does not; what is not named in them is not known.

    `expect` are claims by construct or domain. With a `change` (item and level) it is a pair: the answers, then the
    same with that one changed; `moves` says how the risk after the change must stand to the risk before.
    """

    code: str
    answers: Answers
    expect: Mapping[str, str] = field(default_factory=dict)
    not_determinable: tuple[str, ...] = ()
    recommends: tuple[str, ...] = ()
    leaves_out: tuple[str, ...] = ()
    change: tuple[str, str] | None = None
    moves: Mapping[str, Relation] = field(default_factory=dict)

    @property
    def given(self) -> Mapping[str, Answer]:
        """The known answers, by item."""
        return {item: answer for item, answer in self.answers.given.items() if answer not in UNKNOWN}

    @property
    def gaps(self) -> Mapping[str, str]:
        """The steps of the known gaps, by item."""
        return {item_of(subject): str(steps_of(level)) for subject, level in self.answers.gaps.items()}

    @property
    def changed(self) -> Answers:
        """The answers after the change; the same without one."""
        return self.answers.replace(dict([self.change])) if self.change else self.answers


def code_of(*words: str) -> str:
    """A code for a counterexample out of the codes it is about."""
    return "_".join(word.replace(" ", "_") for word in words if word)[:LONGEST_CODE].rstrip("_")


def as_yaml(example: Counterexample, title: str) -> str:
    """A counterexample as a file for cases/; `title` says in a sentence what should come out of it."""
    return "\n".join(_pair(example, title) if example.change else _case(example, title)) + "\n"


def _case(example: Counterexample, title: str) -> Iterator[str]:
    yield f"case: {example.code}"
    yield "service: An invented service"
    yield f"about: {_text(title)}"
    yield "invented: true"
    yield f"phase: {example.answers.phase.value}"
    yield "otherwise: dont_know"
    yield from _block("answers", example.given) or ["answers: {}"]
    yield from _block("gaps", example.gaps)
    yield from _block("expect", example.expect)
    yield from _listed("not_determinable", example.not_determinable)
    yield from _listed("recommends", example.recommends)
    yield from _listed("leaves_out", example.leaves_out)


def _pair(example: Counterexample, title: str) -> Iterator[str]:
    yield f"pair: {example.code}"
    yield f"title: {_text(title)}"
    yield f"about: {_text('Invented answers.')}"
    yield f"phase: {example.answers.phase.value}"
    yield from _block("answers", example.given) or ["answers: {}"]
    yield from _block("gaps", example.gaps)
    yield from _block("change", dict([example.change] if example.change else []))
    yield from _block("moves", {subject: relation.value for subject, relation in example.moves.items()})


def _block(name: str, values: Mapping[str, str]) -> list[str]:
    return [f"{name}:", *(f"  {_word(key)}: {_word(value)}" for key, value in values.items())] if values else []


def _listed(name: str, codes: tuple[str, ...]) -> list[str]:
    return [f"{name}: [{', '.join(map(_word, codes))}]"] if codes else []


def _word(code: str) -> str:
    return f'"{code}"' if code in QUOTED else str(code)


def _text(sentence: str) -> str:
    """Words of ours as one line of text; they hold neither quotes nor backslashes."""
    return f'"{sentence}"'
