"""What of a rule set is still to be translated > a file for translators (gettext .po), and back into locale/.

The context of an entry is the path of its text. An entry whose original has changed since is marked fuzzy and keeps
its old translation; a translator takes the mark away when it is right again.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO, StringIO

import yaml
from babel.core import UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, PoFileParser, write_po

from readiness.engine.localised import texts
from readiness.engine.ruleset import Locale, RuleSet
from readiness.errors import ReadinessError, nearest
from readiness.loading.document import SHOWN, Text, read_document, unprintable
from readiness.loading.document import Mapping as MappingNode
from readiness.loading.locale import Draft, fingerprint, is_language, unfit
from readiness.loading.problems import MOST_PROBLEMS, TOO_MANY, InvalidFiles, Problem

MOST_BYTES = 5_000_000
WIDTH, LINE = 100, 110
STALE = "The original has changed since this was translated."
# A line of a .po file: nothing, a comment, or text in quotes. Babel reads on over anything else and guesses.
MOST_PLURALS = 6
ROW = re.compile(r'(#.*|(msgctxt|msgid|msgid_plural|msgstr)?(\[[0-9]\])? *"([^"\\]|\\.)*")?')
NO_ROW = "this line is no part of a gettext file; export it anew from your tool, as .po in UTF-8"
# The first matching part of a path says where a text is seen.
WHERE = (
    ("/short", "The short name of a question, in tables and charts. Keep it short."),
    ("/ask/before", "A question, asked before peer support workers have started."),
    ("/ask/after", "A question, asked after peer support workers have started."),
    ("/option/", "An answer to choose: a described state."),
    ("/not_applicable", "When a question does not apply."),
    ("/worth/", "Why an answer is worth what it is, on result page and report."),
    ("/help", "Help below a question."),
    ("/why", "Why a question is asked or a part weighs as it does."),
    ("/step/", "A step of a recommendation: what to do."),
    ("/who", "Who acts on a recommendation."),
    ("rule/", "An interaction rule: its name, or why it holds."),
    ("recommendation/", "A recommendation."),
    ("finding/", "A published finding, in our own words: says, and what it means for a service."),
    ("view/", "Whose view a finding reports."),
    ("case/", "A worked example."),
    ("pair/", "Two worked examples that differ in one answer."),
)
# Which file of locale/<language>/ an entry goes to.
FILES = {
    "section": "instrument", "page": "instrument", "item": "instrument", "rule": "scoring", "recommendation": "advice",
    "finding": "evidence", "source": "evidence", "view": "evidence", "case": "cases", "pair": "cases",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of a rule set is translated into a language."""

    texts: int
    fresh: int
    stale: int

    def __str__(self) -> str:
        return f"{self.fresh:,} of {self.texts:,} texts are translated, {self.stale:,} of the others are stale"


def progress(ruleset: RuleSet, language: str) -> Progress:
    """How far a translation is. Raises ReadinessError when the language cannot be one to translate into."""
    if not is_language(language):
        raise ReadinessError(f"{language[:SHOWN]!r} is no language; give its code, such as de or pt-BR.")
    if language == ruleset.language:
        raise ReadinessError(f"The rule set itself is in {language}; choose another language.")
    locale = _locale(ruleset, language)
    return Progress(len(texts(ruleset)), len(locale.texts), len(locale.stale))


def _locale(ruleset: RuleSet, language: str) -> Locale:
    return ruleset.locales.get(language, Locale({}, {}, False))


def as_po(ruleset: RuleSet, language: str) -> bytes:
    """The texts that are not translated or stale, in reading order, for a translator's tool."""
    locale, identity = _locale(ruleset, language), ruleset.identity
    catalogue = Catalog(
        locale=language.replace("-", "_"),
        project=identity.id,
        version=identity.version,
        header_comment=f"# {identity.title}: what is to be translated into {language}.",
        fuzzy=False,
    )
    for path, original in texts(ruleset).items():
        if path not in locale.texts:
            old = locale.stale.get(path, "")
            comments = [_where(path), STALE] if old else [_where(path)]
            catalogue.add(original, old, context=path, auto_comments=comments, flags=["fuzzy"] if old else [])
    target = BytesIO()
    write_po(target, catalogue, width=WIDTH)
    return target.getvalue()


def _where(path: str) -> str:
    return next((where for part, where in WHERE if part in f"{path}/"), "A heading or an explanation.")


def read_translated(name: str, content: bytes, ruleset: RuleSet) -> dict[str, str]:
    """The finished entries of a translator's file, by path; empty and fuzzy ones are left for later.

    Raises InvalidFiles with every entry that does not fit the rule set.
    """
    originals, found = texts(ruleset), {}
    problems: list[Problem] = []
    for message in _messages(name, content):
        path, text = message.context or "", " ".join(str(message.string or "").split())
        sentence = _misfit(message, originals)
        if sentence or (text and not message.fuzzy and (sentence := unfit(originals[path], text))):
            problems.append(Problem(name, message.lineno or 1, sentence))
        elif text and not message.fuzzy:
            found[path] = text
        if len(problems) >= MOST_PROBLEMS:
            raise InvalidFiles([*problems, Problem(name, message.lineno or 1, TOO_MANY)])
    if problems:
        raise InvalidFiles(problems)
    return found


def _misfit(message: Message, originals: Mapping[str, str]) -> str:
    """Why an entry is none of the rule set; empty when it is."""
    path = message.context or ""
    if not isinstance(message.id, str):
        return "the entry has a plural (msgid_plural); texts of a rule set have none. Remove it"
    if not path:
        return "the entry has no context (msgctxt); texts are known by theirs. Make the file anew"
    if path not in originals:
        kin = [known for known in originals if known.rpartition("/")[0] == path.rpartition("/")[0]]
        hint = nearest(path, kin)
        return f"the rule set has no text {path[: 2 * SHOWN]!r}{hint if 'did you' in hint else '; remove the entry'}"
    if message.id != originals[path]:
        return f"the original of {path} reads otherwise now; make the file anew and translate that"
    return ""


class _Bounded(Catalog):
    """Texts of a rule set have no plurals: whatever a file declares, no entry gets more forms than languages have."""

    @property
    def num_plurals(self) -> int:
        """As many as any language has."""
        return MOST_PLURALS


def _messages(name: str, content: bytes) -> Iterator[Message]:
    """The entries of a .po file. Raises InvalidFiles when it is none, or holds what nobody can see."""
    try:
        text = _printable(name, content)
        catalogue = _Bounded(charset="utf-8")
        PoFileParser(catalogue, ignore_obsolete=True, abort_invalid=True).parse(StringIO(text))
        return iter([message for message in catalogue if message.id])
    except (PoFileError, ValueError, LookupError, TypeError, AttributeError, UnknownLocaleError):
        sentence = "this is no gettext file; export it anew from your tool, as .po in UTF-8"
        raise InvalidFiles([Problem(name, 1, sentence)]) from None


def _printable(name: str, content: bytes) -> str:
    if len(content) > MOST_BYTES:
        sentence = f"the file has {len(content):,} bytes; at most {MOST_BYTES:,} are read. Split it"
        raise InvalidFiles([Problem(name, 1, sentence)])
    text = content.decode("utf-8-sig")
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if sentence := unprintable(line)[1] or ("" if ROW.fullmatch(line.strip()) else NO_ROW):
            raise InvalidFiles([Problem(name, number, sentence)])
    return text


def as_files(
    ruleset: RuleSet, language: str, files: Mapping[str, bytes], added: Mapping[str, str], *, machine: bool
) -> dict[str, bytes]:
    """The files of locale/<language>/ that change when translations are added; what is there is kept.

    An entry stays in the file that holds it. `machine` marks the files as drafted by a machine.
    """
    originals = texts(ruleset)
    held = {path: _held(path, files[path]) for path in files if path.startswith(f"locale/{language}/")}
    owner = {entry: path for path, (_, entries) in held.items() for entry in entries}
    changed = dict.fromkeys(owner.get(entry) or _file_of(language, entry) for entry in added)
    for path in changed:
        draft, entries = held.setdefault(path, (False, {}))
        new = {entry: text for entry, text in added.items() if path == (owner.get(entry) or _file_of(language, entry))}
        entries.update({entry: (fingerprint(originals[entry]), text) for entry, text in new.items()})
        held[path] = (draft or machine, entries)
    order = {entry: place for place, entry in enumerate(originals)}
    return {path: _as_yaml(*held[path], order) for path in changed}


def _file_of(language: str, entry: str) -> str:
    name = "scoring" if "/worth/" in entry else FILES.get(entry.partition("/")[0], "framework")
    return f"locale/{language}/{name}.yaml"


def _held(path: str, content: bytes) -> tuple[bool, dict[str, tuple[str, str]]]:
    """Whether a file of sound translations is a draft, and what it holds."""
    root, _ = read_document(path, content)
    assert isinstance(root, MappingNode)
    listed = root.get("texts")
    assert isinstance(listed, MappingNode)
    entries = {name.value: (_value(node, "of"), _value(node, "text")) for name, node in listed.pairs}
    return root.get("draft") is not None, entries


def _value(node: object, key: str) -> str:
    value = node.get(key) if isinstance(node, MappingNode) else None
    return value.value.strip() if isinstance(value, Text) else ""


class _Prose(str):
    """A text that is written over several lines where it is long."""


class _Dumper(yaml.SafeDumper):
    """Writes what our strict reader reads: every value in quotes or as a folded block."""


_Dumper.add_representer(
    _Prose,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style=">" if len(text) > 80 else '"'),
)


def _as_yaml(is_draft: bool, entries: Mapping[str, tuple[str, str]], order: Mapping[str, int]) -> bytes:
    content: dict[str, object] = {"draft": Draft.MACHINE.value} if is_draft else {}
    content["texts"] = {
        path: {"of": _Prose(of), "text": _Prose(text)}
        for path, (of, text) in sorted(entries.items(), key=lambda entry: order[entry[0]])
    }
    return yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=LINE).encode()
