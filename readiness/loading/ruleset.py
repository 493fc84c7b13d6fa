"""A folder of YAML > RuleSet, or every problem in it at once."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TypeVar

from readiness.engine.cases import Case, Pair
from readiness.engine.evidence import Finding, Kind, Source
from readiness.engine.framework import BAND_ORDER, Band, Construct, Domain
from readiness.engine.gaps import gap_levels, gap_of
from readiness.engine.instrument import Instrument, Item
from readiness.engine.ruleset import ConstructScoring, Identity, Publication, Recommendation, RuleSet
from readiness.errors import nearest
from readiness.loading.advice import read_theme
from readiness.loading.cases import Known, read_case, read_pair
from readiness.loading.conditions import Subjects
from readiness.loading.digest import identified
from readiness.loading.document import SHOWN, Node, Text, places, read_counted
from readiness.loading.document import Mapping as MappingNode
from readiness.loading.evidence import read_source
from readiness.loading.framework import read_bands, read_domains, read_leeway
from readiness.loading.instrument import combine, read_section
from readiness.loading.locale import read_locales
from readiness.loading.problems import MOST_PROBLEMS, InvalidFiles, Problem
from readiness.loading.reader import Reader
from readiness.loading.scoring import read_scoring

FOLDERS = ("instrument", "scoring", "advice", "evidence", "cases", "locale")
SINGLE = ("ruleset.yaml", "framework.yaml")
MOST_FILES = 500
MOST_BYTES_IN_ALL = 10_000_000
# So many values take seconds to read, and problems with so many are for nobody to read.
MOST_VALUES_IN_ALL = 250_000
MOST_PROBLEMS_IN_ALL = 5 * MOST_PROBLEMS
ENOUGH = (
    f"reading ends here: the files hold more than {MOST_VALUES_IN_ALL:,} values or {MOST_PROBLEMS_IN_ALL:,} problems "
    "in all; split the rule set, or mend what is listed"
)
SMALLEST_GROUP = 5
T = TypeVar("T")


def read_folder(folder: Path) -> dict[str, bytes]:
    """The YAML files of a rule-set folder by relative path. Raises InvalidFiles when there are none or far too many."""
    named = (path for path in folder.rglob("*.y*ml") if path.suffix in (".yaml", ".yml"))
    paths = sorted(islice(named, MOST_FILES + 1))
    if not paths:
        raise InvalidFiles([Problem(str(folder), 1, "there is no rule set here: no .yaml file in this folder")])
    if len(paths) > MOST_FILES:
        raise InvalidFiles(
            [Problem(str(folder), 1, f"there are more than {MOST_FILES} .yaml files; this is no rule set")]
        )
    relative = {path.relative_to(folder).as_posix(): path for path in paths}
    problems = [Problem(name, 1, sentence) for name, path in relative.items() if (sentence := _unfit(folder, path))]
    if problems:
        raise InvalidFiles(problems)
    if sum(path.stat().st_size for path in paths) > MOST_BYTES_IN_ALL:
        sentence = f"the files have more than {MOST_BYTES_IN_ALL:,} bytes in all; split the rule set"
        raise InvalidFiles([Problem(str(folder), 1, sentence)])
    return {name: path.read_bytes() for name, path in relative.items()}


def _unfit(folder: Path, path: Path) -> str:
    """Why a path cannot be read as a file of the rule set; an empty text when it can."""
    if not path.is_file():
        return "this is no file; rename or remove it"
    if not path.resolve().is_relative_to(folder.resolve()):
        return "the file lies outside the rule set; copy it in"
    if not os.access(path, os.R_OK):
        return "the file may not be read by this account; change its permissions"
    return ""


def load_ruleset(folder: Path) -> RuleSet:
    """Load a rule-set folder. Raises InvalidFiles with every problem found."""
    return read_ruleset(read_folder(folder))


def read_ruleset(files: Mapping[str, bytes]) -> RuleSet:
    """Read a rule set from its files by relative path. Raises InvalidFiles with every problem found.

    When a file is missing or could not be read whole, that is reported first: what refers to it cannot be judged yet.
    """
    documents: dict[str, Node | None] = {}
    problems: list[Problem] = []
    values = 0
    for path in sorted(files):
        root, found, count = read_counted(path, files[path])
        documents[path] = root
        problems += found
        values += count
        if values > MOST_VALUES_IN_ALL or len(problems) > MOST_PROBLEMS_IN_ALL:
            raise InvalidFiles([*problems[:MOST_PROBLEMS_IN_ALL], Problem(path, 1, ENOUGH)])
        if root is None and not found:
            problems.append(Problem(path, 1, "the file is empty; fill it or remove it"))
    misplaced = _misplaced(documents)
    problems += misplaced
    if misplaced or None in documents.values():
        raise InvalidFiles(problems)
    ruleset = _Assembly(documents, problems).assemble()
    if not problems:
        ruleset = replace(ruleset, locales=read_locales(documents, ruleset, problems))
    if problems:
        raise InvalidFiles(problems)
    return identified(ruleset)


def _misplaced(documents: Mapping[str, Node | None]) -> list[Problem]:
    problems = [Problem(name, 1, "the rule set lacks this file") for name in SINGLE if name not in documents]
    problems += [
        Problem(folder, 1, f"the rule set has no file in {folder}/; add at least one .yaml file")
        for folder in ("instrument", "scoring", "advice", "evidence")
        if not any(path.startswith(folder + "/") for path in documents)
    ]
    for path in documents:
        parts = path.split("/")
        if parts[0] == "locale":
            if len(parts) != 3:
                remedy = (
                    "a translation lies in the folder of its language, such as locale/de/advice.yaml; move this file"
                )
                problems.append(Problem(path, 1, remedy))
        elif path not in SINGLE and (len(parts) != 2 or parts[0] not in FOLDERS):
            problems.append(
                Problem(
                    path,
                    1,
                    f"a rule set has {', '.join(SINGLE)} and the folders {', '.join(FOLDERS)}; move this file",
                )
            )
    return problems


def scored_subjects(instrument: Instrument) -> Subjects:
    """What interaction rules may claim something of: every item, by its levels, and the gap on one that has any."""
    items = instrument.items
    gaps = {gap_of(code): gap_levels(item.order) for code, item in items.items() if len(item.asked) > 1}
    return {**{code: item.order for code, item in items.items()}, **gaps}


def all_subjects(instrument: Instrument, domains: Iterable[Domain]) -> Subjects:
    """What recommendations may claim something of: items by levels, constructs by bands."""
    bands = {construct.code: BAND_ORDER for domain in domains for construct in domain.constructs}
    return {**scored_subjects(instrument), **bands}


def case_subjects(instrument: Instrument, domains: Iterable[Domain]) -> Subjects:
    """What cases may expect something of: items by levels, constructs and domains by bands."""
    domains = tuple(domains)
    return {**all_subjects(instrument, domains), **{domain.code: BAND_ORDER for domain in domains}}


class _Assembly:
    """Reads the parts in the order in which they refer to each other."""

    def __init__(self, documents: Mapping[str, Node | None], problems: list[Problem]) -> None:
        self.documents = documents
        self.problems = problems
        self.places: dict[str, dict[tuple[str, str], int]] = {}

    def line_of(self, path: str, key: str, value: str) -> int:
        """The line on which a file says `key: value`; 0 where it does not."""
        if path not in self.places:
            self.places[path] = places(self.documents[path])
        return self.places[path].get((key, value), 0)

    def reader(self, path: str) -> Reader:
        return Reader(path, self.problems)

    def folder(self, name: str, read: Callable[[Reader, Node | None], T]) -> list[tuple[str, T]]:
        """Every file of a folder, read, with its path."""
        paths = [path for path in self.documents if path.startswith(name + "/")]
        return [(path, read(self.reader(path), self.documents[path])) for path in paths]

    def unique(
        self, found: Iterable[tuple[str, str, T]], key: str, remedy: str = "choose another code"
    ) -> dict[str, T]:
        """Things by code, which their files give as `key`; a code that is used twice is a problem."""
        known: dict[str, T] = {}
        first: dict[str, str] = {}
        for path, code, thing in found:
            if code and code in known:
                line = self.line_of(path, key, code) or 1
                self.reader(path).complain(line, f"{key} {code!r} is already given in {first[code]}; {remedy}")
            known.setdefault(code, thing)
            first.setdefault(code, path)
        return known

    def assemble(self) -> RuleSet:
        """The whole rule set, without its digest."""
        domains = read_domains(self.reader("framework.yaml"), self.documents["framework.yaml"])
        constructs = {construct.code: construct for domain in domains for construct in domain.constructs}
        sources, findings = self.evidence(set(constructs))
        taken = {**dict.fromkeys(constructs, "a construct"), **{domain.code: "a domain" for domain in domains}}
        instrument = self.instrument(set(findings), taken)
        citable = {code for code, finding in findings.items() if finding.kind is not Kind.HYPOTHESIS}
        scored = {item.code: item for section in instrument.sections if section.scored for item in section.items}
        scoring = self.scoring(constructs, scored, citable, scored_subjects(instrument))
        recommendations = self.advice(scored, citable, all_subjects(instrument, domains))
        known = Known(
            instrument,
            case_subjects(instrument, domains),
            frozenset(findings),
            frozenset(rule.code for part in scoring.values() for rule in part.rules),
            frozenset(recommendation.code for recommendation in recommendations),
            checked=True,
        )
        cases, pairs = self.cases(known)
        self._check_silent(constructs, sources)
        return self.top(domains, instrument, scoring, recommendations, sources, findings, cases, pairs)

    def evidence(self, constructs: set[str]) -> tuple[dict[str, Source], dict[str, Finding]]:
        read = self.folder("evidence", lambda reader, root: read_source(reader, root, constructs))
        sources = self.unique(((path, source.id, source) for path, (source, _) in read), "id")
        every = ((path, finding.code, finding) for path, (_, findings) in read for finding in findings)
        return sources, self.unique(every, "finding")

    def _check_silent(self, constructs: dict[str, Construct], sources: Mapping[str, Source]) -> None:
        """A construct explains the silence of sources that exist."""
        reader = self.reader("framework.yaml")
        for code, construct in constructs.items():
            for source in construct.silent:
                if source not in sources:
                    line = self.line_of("framework.yaml", "construct", code)
                    sentence = f"{code} is silent on {source[:SHOWN]!r}, which is no source"
                    reader.complain(line, sentence + nearest(source, sources))

    def instrument(self, findings: set[str], taken: Mapping[str, str]) -> Instrument:
        sections = []
        for path, section in self.folder("instrument", lambda reader, root: read_section(reader, root, findings)):
            sections.append((self.reader(path), self.documents[path], section))
        return combine(sections, taken)

    def scoring(
        self, constructs: dict[str, Construct], scored: dict[str, Item], citable: set[str], subjects: Subjects
    ) -> dict[str, ConstructScoring]:
        read = self.folder(
            "scoring", lambda reader, root: read_scoring(reader, root, constructs, scored, citable, subjects)
        )
        parts = [(path, part) for path, part in read if part is not None]
        found = self.unique(((path, part.construct.code, part) for path, part in parts), "construct", "merge the two")
        self.unique(((path, rule.code, rule) for path, part in parts for rule in part.rules), "rule")
        self._check_scored(constructs, scored)
        return {code: found[code] for code in constructs if code in found}

    def _check_scored(self, constructs: dict[str, Construct], scored: dict[str, Item]) -> None:
        """Every construct and scored item is scored, and every item once.

        While scoring/ names what exists nowhere, something missing there may be that, misspelt, and is no complaint.
        """
        named: dict[str, str] = {}
        files: set[str] = set()
        for path, root in self.documents.items():
            if path.startswith("scoring/") and isinstance(root, MappingNode):
                construct, items = root.get("construct"), root.get("items")
                files.add(construct.value.strip() if isinstance(construct, Text) else "")
                for name, _ in items.pairs if isinstance(items, MappingNode) else ():
                    if name.value in named:
                        sentence = f"{name.value!r} is already scored in {named[name.value]}; remove one of the two"
                        self.reader(path).complain(name.line, sentence)
                    named.setdefault(name.value, path)
        if files <= set(constructs):
            for code in constructs:
                if code and code not in files:
                    self._miss(code, "construct", "framework.yaml", "has no file in scoring/; add one")
        if set(named) <= set(scored):
            for code in scored:
                if code and code not in named:
                    self._miss(code, "item", "instrument/", "is scored nowhere; add it to a file in scoring/")

    def _miss(self, code: str, key: str, start: str, what: str) -> None:
        """Complain that something has no counterpart, on the line that defines it."""
        path = next(path for path in self.documents if path.startswith(start) and self.line_of(path, key, code))
        line = self.line_of(path, key, code)
        self.reader(path).complain(line, f"the {key} {code!r} {what}")

    def advice(self, scored: dict[str, Item], citable: set[str], subjects: Subjects) -> tuple[Recommendation, ...]:
        read = self.folder("advice", lambda reader, root: read_theme(reader, root, scored, citable, subjects))
        every = [(path, recommendation.code, recommendation) for path, theme in read for recommendation in theme]
        known = self.unique(every, "recommend")
        for path, code, recommendation in every:
            for other in recommendation.never_with:
                if other not in known or other == code:
                    line = self.line_of(path, "recommend", code)
                    sentence = f"{code} is never_with {other[:SHOWN]!r}, no other recommendation"
                    self.reader(path).complain(line, sentence + nearest(other, set(known) - {code}))
        return tuple(known.values())

    def cases(self, known: Known) -> tuple[dict[str, Case], dict[str, Pair]]:
        """Cases by code, halves of pairs included, and the pairs."""
        found: list[tuple[str, str, Case]] = []
        pairs: list[tuple[str, str, Pair]] = []
        seen: set[str] = set()
        for path in [path for path in self.documents if path.startswith("cases/")]:
            root, reader = self.documents[path], self.reader(path)
            if isinstance(root, MappingNode) and root.get("pair") is not None:
                pair, first, then = read_pair(reader, root, known)
                pairs.append((path, pair.code, pair))
                found += [(path, case.code, case) for case in (first, then) if pair.code not in seen]
                seen.add(pair.code)
                continue
            case = read_case(reader, root, known)
            found.append((path, case.code, case))
            if isinstance(root, MappingNode) and root.get("case") is None:
                reader.complain(root.line, "the case lacks its code; add case: and a code")
        cases = self.unique(found, "case")
        for path, code, case in found:
            for comparison in case.compare if "" not in cases else ():  # what lacks its code may be the one meant
                if comparison.than not in cases or comparison.than == code:
                    sentence = f"compare names {comparison.than[:SHOWN]!r}, no other case"
                    line = self.line_of(path, "case", code)
                    self.reader(path).complain(line, sentence + nearest(comparison.than, set(cases) - {code}))
        return cases, self.unique(pairs, "pair")

    def top(
        self,
        domains: tuple[Domain, ...],
        instrument: Instrument,
        scoring: dict[str, ConstructScoring],
        recommendations: tuple[Recommendation, ...],
        sources: dict[str, Source],
        findings: dict[str, Finding],
        cases: dict[str, Case],
        pairs: dict[str, Pair],
    ) -> RuleSet:
        reader = self.reader("ruleset.yaml")
        keys = (
            "id", "title", "version", "status", "authors", "licence", "language", "about", "minimum_group",
            "determinable_share", "critical_bound", "critical_because", "bands", "changelog",
        )  # fmt: skip
        root = reader.mapping(self.documents["ruleset.yaml"], "ruleset.yaml", keys, ["leeway"])
        return RuleSet(
            identity=Identity(
                reader.text(root.get("id"), "id"),
                reader.text(root.get("version"), "version"),
                "",
                reader.text(root.get("title"), "title"),
                draft=reader.choice(root.get("status"), "status", Publication) is Publication.DRAFT,
            ),
            about=reader.text(root.get("about"), "about"),
            authors=reader.texts(root.get("authors"), "authors"),
            licence=reader.text(root.get("licence"), "licence"),
            language=reader.text(root.get("language"), "language"),
            minimum_group=int(reader.number(root.get("minimum_group"), "minimum_group", SMALLEST_GROUP, 100, step=1)),
            determinable_share=reader.number(root.get("determinable_share"), "determinable_share", 0.05, 1, step=0.05),
            critical_bound=reader.choice(root.get("critical_bound"), "critical_bound", Band),
            critical_because=reader.text(root.get("critical_because"), "critical_because"),
            bands=read_bands(reader, root.get("bands")),
            domains=domains,
            instrument=instrument,
            scoring=scoring,
            recommendations=recommendations,
            sources=sources,
            findings=findings,
            cases=cases,
            pairs=pairs,
            changelog=self._changelog(reader, root.get("changelog")),
            leeway=read_leeway(reader, root.get("leeway")),
        )

    def _changelog(self, reader: Reader, node: Node | None) -> dict[str, str]:
        """What changed, by version; a version is told of once."""
        changes: dict[str, str] = {}
        for part in reader.sequence(node, "changelog"):
            entry = reader.mapping(part, "a changelog entry", ["version", "changes"])
            version = reader.text(entry.get("version"), "version")
            if version and version in changes:
                reader.complain(part.line, f"the changelog tells of {version[:SHOWN]!r} twice; merge the two entries")
            changes[version] = reader.text(entry.get("changes"), "changes")
        return changes
