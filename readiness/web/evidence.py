"""The evidence and the method, open to everybody: what stands on which finding, and how a result comes about."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from readiness.engine.coverage import coverage
from readiness.engine.evidence import Kind
from readiness.engine.grounds import resting_on, thin
from readiness.report import words
from readiness.report.citing import Register, reference
from readiness.report.evidence import (
    NO_SITE,
    Chosen,
    advice_method,
    construct_method,
    finding,
    findings,
    statement_view,
    taught_by,
)
from readiness.report.teaching import pair_view
from readiness.report.view import band_views
from readiness.web.reading import shown_ruleset

blueprint = Blueprint("evidence", __name__)


@blueprint.get("/evidence/")
def overview() -> ResponseReturnValue:
    """Constructs x sections x sources, with the reason for every empty cell; and what rests on little."""
    ruleset = shown_ruleset()
    return render_template(
        "evidence.html",
        ruleset=ruleset,
        rows=coverage(ruleset),
        sections=[section for section in ruleset.instrument.sections if section.scored],
        thin=[statement_view(ruleset, statement) for statement in thin(ruleset)],
        unused=sum(not resting for resting in resting_on(ruleset).values()),
        **_choices(),
        chosen=Chosen(),
    )


def _choices() -> dict[str, object]:
    """What findings can be chosen by: sites, papers that have findings, and kinds of statement."""
    ruleset = shown_ruleset()
    spoken = {each.source for each in ruleset.findings.values()}
    sources = {code: source for code, source in ruleset.sources.items() if code in spoken}
    return {"sites": words.SITES, "sources": sources, "kinds": {kind.value: words.KIND[kind] for kind in Kind}}


@blueprint.get("/evidence/findings/")
def finding_list() -> ResponseReturnValue:
    """The findings of one construct, site, source or kind, or of any mixture of them."""
    ruleset = shown_ruleset()
    given = {name: request.args.get(name, "")[:80].strip().lower() for name in ("construct", "source", "kind")}
    site = request.args.get("site", "")[:80].strip()
    chosen = Chosen(**given, site=site if site == NO_SITE else site.upper(), unused="unused" in request.args)
    shown = findings(ruleset, chosen)
    narrowed = chosen.in_words(ruleset)
    return render_template(
        "findings.html", ruleset=ruleset, shown=shown, chosen=chosen, narrowed=narrowed, **_choices()
    )


@blueprint.get("/evidence/findings/<code>")
def one_finding(code: str) -> ResponseReturnValue:
    """One finding with its place in the paper and everything that rests on it."""
    ruleset = shown_ruleset()
    return render_template("finding.html", ruleset=ruleset, finding=finding(ruleset, code))


@blueprint.get("/evidence/subjects/")
def subjects() -> ResponseReturnValue:
    """What each section asks about, and what it leaves out and why."""
    ruleset = shown_ruleset()
    register = Register(ruleset)
    cited = {
        (section.code, subject.title): register.cite(subject.evidence)
        for section in ruleset.instrument.sections
        for subject in section.subjects
    }
    return render_template("subjects.html", ruleset=ruleset, cited=cited)


@blueprint.get("/method", strict_slashes=False)
def method() -> ResponseReturnValue:
    """How answers become risks, and what that does not mean."""
    ruleset = shown_ruleset()
    return render_template(
        "method.html",
        ruleset=ruleset,
        reference=reference,
        tiers=sorted({each.tier for each in ruleset.constructs.values()}, key=lambda tier: -tier.weight),
        statuses=words.STATUS,
        bands=band_views(ruleset),
        spoken={each.source for each in ruleset.findings.values()},
        more=[ruleset.pairs[code] for code, rules in taught_by(ruleset).items() if not rules],
        hypotheses=findings(ruleset, Chosen(kind=Kind.HYPOTHESIS.value)),
    )


@blueprint.get("/method/constructs/<code>")
def construct(code: str) -> ResponseReturnValue:
    """How one construct is asked, rated and moved."""
    ruleset = shown_ruleset()
    shown = construct_method(ruleset, code, Register(ruleset))
    pairs = {each: pair_view(ruleset, each) for rule in shown.rules for each in rule.pairs}
    return render_template(
        "construct.html", ruleset=ruleset, construct=ruleset.constructs[code], shown=shown, pairs=pairs
    )


@blueprint.get("/method/recommendations", strict_slashes=False)
def advice() -> ResponseReturnValue:
    """Every recommendation, and when it applies."""
    ruleset = shown_ruleset()
    return render_template("advice.html", ruleset=ruleset, themes=advice_method(ruleset, Register(ruleset)))
