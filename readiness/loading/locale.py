"""locale/<language>/*.yaml > what is translated into each language, each text held against the original it is of.

draft: machine                # only while no person has stood in for the wording
texts:
  item/dedicated_budget/short:
    of: "5f0c2a91"            # the original, as the first eight signs of its SHA-256
    text: ...
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

from readiness.engine.localised import texts
from readiness.engine.ruleset import Locale, RuleSet
from readiness.errors import nearest
from readiness.loading.document import SHOWN, Node, Text
from readiness.loading.problems import Problem
from readiness.loading.reader import Reader

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
FEWEST_CHARACTERS = 60  # even the shortest text may be said in as many
MOST_TIMES = 2
_MARKUP = re.compile(r"<[A-Za-z/!?]|&[#A-Za-z0-9]+;")
_PLACEHOLDER = re.compile(r"%\([a-z_]+\)s|\{[a-z_]*\}")


class Draft(StrEnum):
    """Who drafted a translation that nobody has stood in for."""

    MACHINE = "machine"


def fingerprint(original: str) -> str:
    """What a translation remembers of its original: eight signs that change when the original does."""
    return hashlib.sha256(original.encode()).hexdigest()[:8]


def unfit(original: str, text: str) -> str:
    """Why a text cannot stand for an original, for its translator; empty when it can."""
    most = max(FEWEST_CHARACTERS, MOST_TIMES * len(original))
    if len(text) > most:
        return f"the translation has {len(text):,} characters; at most {most:,} fit here"
    if found := _MARKUP.search(text):
        return f"the translation holds {found[0]!r}; texts are plain, so write it without markup"
    if sorted(_PLACEHOLDER.findall(original)) != sorted(_PLACEHOLDER.findall(text)):
        return "the translation has other placeholders than the original; keep them letter by letter"
    return ""


def is_language(name: str) -> bool:
    """Whether a name can be that of a language, as BCP 47 has it: de, pt-BR."""
    return LANGUAGE.fullmatch(name) is not None


def read_locales(documents: Mapping[str, Node | None], ruleset: RuleSet, problems: list[Problem]) -> dict[str, Locale]:
    """The translations of a rule set by language; what does not fit its texts is added to the problems."""
    originals = texts(ruleset)
    by_language: dict[str, list[str]] = {}
    for path in documents:
        if path.startswith("locale/"):
            by_language.setdefault(path.split("/")[1], []).append(path)
    found = {}
    for language, paths in by_language.items():
        reader = Reader(paths[0], problems)
        if not is_language(language):
            reader.complain(1, f"{language[:SHOWN]!r} is no language; name the folder by its code, such as de or pt-BR")
        elif language == ruleset.language:
            reader.complain(1, f"the rule set itself is in {language}; remove this folder")
        else:
            readers = [(Reader(path, problems), documents[path]) for path in paths]
            found[language] = _read_locale(readers, originals)
    return found


def _read_locale(files: Iterable[tuple[Reader, Node | None]], originals: Mapping[str, str]) -> Locale:
    fresh: dict[str, str] = {}
    stale: dict[str, str] = {}
    seen: dict[str, str] = {}
    is_draft = False
    for reader, root in files:
        top = reader.mapping(root, "a file of translations", ["texts"], ["draft"])
        if (draft := top.get("draft")) is not None:
            is_draft = reader.choice(draft, "draft", Draft) is Draft.MACHINE
        for name, node in reader.pairs(top.get("texts"), "texts"):
            if name.value in seen:
                sentence = f"{name.value} is already translated in {seen[name.value]}; remove one of the two"
                reader.complain(name.line, sentence)
            elif name.value not in originals:
                sentence = f"the rule set has no text {name.value[: 2 * SHOWN]!r}{_near(name.value, originals)}"
                reader.complain(name.line, sentence)
            elif text := _read_text(reader, name, node, originals[name.value]):
                seen[name.value] = reader.file
                of_now = text[0] == fingerprint(originals[name.value])
                (fresh if of_now else stale)[name.value] = text[1]
    return Locale(fresh, stale, is_draft)


def _read_text(reader: Reader, name: Text, node: Node, original: str) -> tuple[str, str] | None:
    """What a translation is of, and the translation."""
    before = len(reader.problems)
    entry = reader.mapping(node, f"the translation of {name.value}", ["of", "text"])
    of, text = reader.text(entry.get("of"), "of", most=8), reader.text(entry.get("text"), "text")
    if len(reader.problems) == before and of == fingerprint(original) and (why := unfit(original, text)):
        reader.complain(name.line, why)
    return (of, text) if len(reader.problems) == before else None


def _near(path: str, originals: Mapping[str, str]) -> str:
    """What an unknown path may have meant, looked for among its nearest kin; else what to do about it."""
    for depth in (path.rfind("/"), path.find("/")):
        kin = [known for known in originals if depth > 0 and known.startswith(path[: depth + 1])]
        if kin and (hint := nearest(path, kin)).startswith("; did"):
            return hint
    return "; remove its translation"
