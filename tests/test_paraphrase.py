"""No sentence of a paper stands in the project: no eight words in a row are those of a paper."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from conftest import ROOT

from readiness.engine.ruleset import RuleSet
from readiness.loading.digest import canonical

PAPERS = ROOT.parent / "shared" / "evidence"
RUN = 8

# The papers are not part of the project; whoever has their texts lays them there and the check runs.
needs_papers = pytest.mark.skipif(not PAPERS.is_dir(), reason="the texts of the four papers are not on this machine")


def runs(text: str) -> Iterator[tuple[str, ...]]:
    """Every run of eight words, without case and punctuation."""
    words = re.findall(r"[^\W_]+", text.lower())
    return (tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1))


def strings(value: object) -> Iterator[str]:
    """Every text in plain data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)


def own_texts(shipped: RuleSet) -> Iterator[str]:
    """What we wrote: the rule set, without the titles and headings it must quote to be checkable, and its pages."""
    findings = {code: replace(finding, locator="") for code, finding in shipped.findings.items()}
    sources = {code: replace(source, title="") for code, source in shipped.sources.items()}
    yield from strings(canonical(replace(shipped, findings=findings, sources=sources)))
    for page in (ROOT / "README.md", ROOT / "docs" / "method.md", ROOT / "docs" / "rules-authors.md"):
        yield page.read_text()


@needs_papers
def test_no_eight_words_in_a_row_are_those_of_a_paper(shipped: RuleSet) -> None:
    printed = {run for paper in PAPERS.glob("*-20*.txt") for run in runs(paper.read_text())}
    assert len(printed) > 20_000
    taken = {" ".join(run) for text in own_texts(shipped) for run in runs(text) if run in printed}
    assert taken == set()


def test_the_check_finds_a_sentence_that_was_taken() -> None:
    sentence = "Peer workers are role models who give hope to others in the same place."
    assert set(runs(sentence)) & set(runs("It is said that peer workers are role models who give hope to others."))
