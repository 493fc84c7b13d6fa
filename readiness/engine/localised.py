"""A rule set > the same one in other words: every text that people see, under a path of stable codes.

Names are not texts: constructs of CFIR, ERIC strategies, papers and their places keep theirs in every language.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from readiness.engine.cases import Case, Pair
from readiness.engine.evidence import Finding
from readiness.engine.framework import Construct, Domain, Tier
from readiness.engine.instrument import Instrument, Item, Page, Section, Subject
from readiness.engine.ruleset import ConstructScoring, ItemScoring, Recommendation, Rule, RuleSet

Say = Callable[[str, str], str]
T = TypeVar("T")


def localised(ruleset: RuleSet, language: str) -> RuleSet:
    """The rule set as its authors wrote it, in another language (BCP 47): same identity, same results, other texts.

    A language with a region falls back on the one without. What is not translated, or whose original has changed since,
    stays in the authors' language and bears a mark, such as `[en]`.
    """
    main = language.partition("-")[0]
    locale = ruleset.locales.get(language) or ruleset.locales.get(main)
    if language == ruleset.language or (locale is None and main == ruleset.language.partition("-")[0]):
        return ruleset
    known = locale.texts if locale else {}

    def say(path: str, text: str) -> str:
        return known.get(path) or f"{text} [{ruleset.language}]"

    return replace(reworded(ruleset, say), language=language)


def texts(ruleset: RuleSet) -> dict[str, str]:
    """Every text that people see, by its path, in reading order."""
    found: dict[str, str] = {}

    def note(path: str, text: str) -> str:
        found[path] = text
        return text

    reworded(ruleset, note)
    return found


def reworded(ruleset: RuleSet, say: Say) -> RuleSet:
    """The rule set with each text replaced by what `say(path, text)` makes of it; an empty text stays empty."""
    domains = tuple(_domain(domain, say) for domain in ruleset.domains)
    constructs = {construct.code: construct for domain in domains for construct in domain.constructs}
    pairs: dict[str, Pair] = {}
    says: dict[str, Say] = {}
    for code, pair in ruleset.pairs.items():
        says[code] = _once(say)
        pairs[code] = _said(pair, f"pair/{code}", says[code], "title", "about")
    theme = _once(say)
    return replace(
        _said(ruleset, "ruleset", say, "about", "critical_because"),
        identity=_said(ruleset.identity, "ruleset", say, "title"),
        bands=_said(ruleset.bands, "ruleset/bands", say, "because"),
        domains=domains,
        instrument=Instrument(tuple(_section(section, say) for section in ruleset.instrument.sections)),
        scoring={code: _scoring(part, constructs[code], say) for code, part in ruleset.scoring.items()},
        recommendations=tuple(_recommendation(each, say, theme) for each in ruleset.recommendations),
        sources={code: _said(source, f"source/{code}", say, "about") for code, source in ruleset.sources.items()},
        findings={code: _finding(finding, say) for code, finding in ruleset.findings.items()},
        cases={code: _case(case, says.get(case.pair, say)) for code, case in ruleset.cases.items()},
        pairs=pairs,
    )


def _said(value: T, path: str, say: Say, *names: str) -> T:
    """A value with some of its texts said anew."""
    spoken: dict[str, Any] = {name: say(f"{path}/{name}", text) for name in names if (text := getattr(value, name))}
    return replace(value, **spoken)  # type: ignore[type-var]  # every T here is a dataclass


def _once(say: Say) -> Say:
    """Asks for each text of a group once, under the path where it stands first."""
    heard: dict[str, str] = {}

    def said(path: str, text: str) -> str:
        if text not in heard:
            heard[text] = say(path, text)
        return heard[text]

    return said


def _coded(name: str) -> str:
    return "".join(char if char.isalnum() else "_" for char in name.lower())


def _domain(domain: Domain, say: Say) -> Domain:
    path = f"domain/{domain.code}"
    return replace(
        _said(domain, path, say, "title", "about"),
        constructs=tuple(_construct(construct, say) for construct in domain.constructs),
        left_out=tuple(
            replace(each, because=say(f"{path}/left_out/{_coded(each.cfir2009)}", each.because))
            for each in domain.left_out
        ),
    )


def _construct(construct: Construct, say: Say) -> Construct:
    path = f"construct/{construct.code}"
    return replace(
        _said(construct, path, say, "title", "why", "placement"),
        tier=_tier(construct.tier, say),
        silent={source: say(f"{path}/silent/{source}", why) for source, why in construct.silent.items()},
    )


def _tier(tier: Tier, say: Say) -> Tier:
    path = f"tier/{tier.code}"
    name = say(f"{path}/name", tier.title)
    return replace(_said(tier, path, say, "why"), name=name if name != tier.code else "")


def _section(section: Section, say: Say) -> Section:
    path = f"section/{section.code}"
    return replace(
        _said(section, path, say, "title", "about"),
        pages=tuple(_page(page, say) for page in section.pages),
        subjects=tuple(
            _subject(subject, f"{path}/subject/{number}", say) for number, subject in enumerate(section.subjects, 1)
        ),
    )


def _subject(subject: Subject, path: str, say: Say) -> Subject:
    return _said(subject, path, say, "title", "left_out")


def _page(page: Page, say: Say) -> Page:
    return replace(_said(page, f"page/{page.code}", say, "title"), items=tuple(_item(item, say) for item in page.items))


def _item(item: Item, say: Say) -> Item:
    path = f"item/{item.code}"
    return replace(
        _said(item, path, say, "short", "help", "why", "not_applicable"),
        ask={phase: say(f"{path}/ask/{phase.value}", question) for phase, question in item.ask.items()},
        options=tuple(
            replace(option, text=say(f"{path}/option/{option.code}", option.text)) for option in item.options
        ),
    )


def _scoring(scoring: ConstructScoring, construct: Construct, say: Say) -> ConstructScoring:
    return replace(
        scoring,
        construct=construct,
        items=tuple(_worth(item, _once(say)) for item in scoring.items),
        rules=tuple(_rule(rule, say) for rule in scoring.rules),
    )


def _worth(scoring: ItemScoring, say: Say) -> ItemScoring:
    worth = {
        code: replace(worth, because=say(f"item/{scoring.item}/worth/{code}", worth.because))
        for code, worth in scoring.worth.items()
    }
    return replace(scoring, worth=worth)


def _rule(rule: Rule, say: Say) -> Rule:
    return _said(rule, f"rule/{rule.code}", say, "title", "because")


def _recommendation(own: Recommendation, say: Say, theme: Say) -> Recommendation:
    path = f"recommendation/{own.code}"
    return replace(
        _said(own, path, say, "title", "who", "because", "caution", "low_resource"),
        theme=theme(f"{path}/theme", own.theme),
        steps=tuple(say(f"{path}/step/{number}", step) for number, step in enumerate(own.steps, 1)),
    )


def _finding(finding: Finding, say: Say) -> Finding:
    return replace(
        _said(finding, f"finding/{finding.code}", say, "says", "means"),
        view=say(f"view/{_coded(finding.view)}", finding.view),
    )


def _case(case: Case, say: Say) -> Case:
    path = f"case/{case.code}"
    return replace(
        _said(case, path, say, "service", "about", "happened"),
        answers={
            item: replace(answer, note=say(f"{path}/note/{item}", answer.note)) if answer.note else answer
            for item, answer in case.answers.items()
        },
    )
