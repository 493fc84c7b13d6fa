"""Findings > numbered citations and a reference list, numbered in the order in which the report first uses them."""

from collections.abc import Iterable

from readiness.engine.evidence import Source
from readiness.engine.ruleset import RuleSet
from readiness.report.parts import Citation, SourceView

MOST_AUTHORS = 6


class Register:
    """Gives each finding its number the first time it is cited."""

    def __init__(self, ruleset: RuleSet) -> None:
        self._ruleset = ruleset
        self._cited: dict[str, Citation] = {}

    def cite(self, codes: Iterable[str]) -> tuple[Citation, ...]:
        """The citations of some findings, in ascending order of number."""
        return tuple(sorted((self._one(code) for code in dict.fromkeys(codes)), key=lambda one: one.number))

    def _one(self, code: str) -> Citation:
        if code not in self._cited:
            finding = self._ruleset.findings[code]
            source = self._ruleset.sources[finding.source]
            number = len(self._cited) + 1
            self._cited[code] = Citation(number, source.id, source.cite, finding.locator, finding.says, code)
        return self._cited[code]

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All findings cited so far, by number."""
        return tuple(self._cited.values())

    @property
    def sources(self) -> tuple[SourceView, ...]:
        """The papers cited so far, by their short citation."""
        used = {citation.source_id for citation in self._cited.values()}
        sources = sorted((self._ruleset.sources[code] for code in used), key=lambda source: (source.cite, source.id))
        return tuple(
            SourceView(source.id, source.cite, reference(source), source.doi, source.about, source.licence)
            for source in sources
        )


def reference(source: Source) -> str:
    """A source as a Vancouver reference with its DOI, as plain text: the first six authors, as the ICMJE has it."""
    named = source.authors if len(source.authors) <= MOST_AUTHORS else (*source.authors[:MOST_AUTHORS], "et al.")
    authors, title = _ended(", ".join(named)), _ended(source.title)
    issue = f"{source.year};{source.volume}:{source.pages}" if source.volume else f"{source.year}:{source.pages}"
    return f"{authors} {title} {_ended(source.journal)} {issue}. doi:{source.doi}"


def _ended(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else text + "."
