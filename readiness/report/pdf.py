"""ReportView > PDF bytes, tagged as PDF/UA-1. The only module that knows WeasyPrint, which sees packaged assets alone.

The same view gives the same bytes on every machine: fonts come from the folder beside this module, and the document
identifier from the content. It belongs in a process of its own: see `process.py`.
"""

import hashlib
import os
from functools import cache
from io import BytesIO
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from readiness.engine.answers import Phase
from readiness.engine.framework import Band
from readiness.engine.instrument import Item, Section
from readiness.engine.ruleset import RuleSet
from readiness.report import words
from readiness.report.charts import bar_chart
from readiness.report.finish import finish
from readiness.report.glyphs import Glyphs
from readiness.report.parts import BandView, Bar, PhaseView, RecommendationView, ReportView, SourceView
from readiness.report.text import without_hidden

HERE = Path(__file__).resolve().parent
TEMPLATES = HERE.parents[1] / "templates" / "report"
FONTS = HERE / "fonts"

# Fontconfig reads this when WeasyPrint is imported and whenever a font configuration is made: no font of the machine.
os.environ["FONTCONFIG_FILE"] = str(FONTS / "fonts.conf")

from weasyprint import CSS, HTML  # noqa: E402  (after the fonts are chosen)
from weasyprint.text.fonts import FontConfiguration  # noqa: E402
from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: E402

ASSETS = {"asset:print.css": ("print.css", "text/css"), "asset:rtl.css": ("rtl.css", "text/css")}
# What 14 pages can hold, in characters: recommendations in full, and the steps of the shorter ones. Each shorter one
# takes room for its own title, so that the more there are, the fewer have their steps beside it.
FEWEST_IN_FULL, MOST_IN_FULL, CHARACTERS_IN_FULL = 4, 12, 4_000
CHARACTERS_IN_BRIEF, CHARACTERS_OF_TITLE, FEWEST_CHARACTERS_OF_STEPS = 7_000, 220, 1_000
CHAPTERS = ("summary", "domains", "recommendations", "plan", "unknown", "method", "references", "answers")
PLAN_ROWS, EMPTY_PLAN_ROWS = 8, 4
LONG_NAME = 80


class PackagedAssets(URLFetcher):
    """Serves the closed table of packaged assets and refuses every other address: no network, no file system."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        """The asset of that exact name. Raises ValueError for anything else."""
        if url not in ASSETS:
            raise ValueError(f"a report loads nothing but its own assets, not {url[:80]!r}")
        name, mime = ASSETS[url]
        return URLFetcherResponse(url, (HERE / name).read_bytes(), {"Content-Type": mime})


def render_pdf(view: ReportView, *, direction: str = "ltr", language: str = "en") -> bytes:
    """The report as a PDF; the same arguments give the same bytes. `direction` is ltr or rtl, `language` BCP 47."""
    rtl = direction == "rtl"

    def chart(title: str, bars: list[Bar], bands: list[BandView], legend: bool) -> Markup:
        return Markup(bar_chart(title, bars, bands, rtl=rtl, legend=legend))

    full, brief = _by_length(view)
    html = (
        _environment()
        .get_template("report.html")
        .render(
            view=view,
            chapters=_chapters(view),
            direction=direction,
            language=language,
            chart=chart,
            explained=_explained(view),
            charted=_charted(view),
            places_by_source=_places_by_source(view),
            full=full,
            brief=brief,
            stepped=_stepped(brief),
            plan=view.recommendations[:PLAN_ROWS],
            empty_rows=max(EMPTY_PLAN_ROWS, PLAN_ROWS + EMPTY_PLAN_ROWS - len(view.recommendations)),
            long_name=len(view.service) > LONG_NAME,
        )
    )
    return _write(html, rtl)


def render_questionnaire(ruleset: RuleSet, phase: Phase, *, direction: str = "ltr") -> bytes:
    """The blank paper form of one phase: every item with boxes to tick and room for notes."""
    html = (
        _environment()
        .get_template("questionnaire.html")
        .render(
            ruleset=ruleset,
            phase=phase,
            phase_words=words.PHASE[phase],
            phase_about=words.PHASE_LONG[phase],
            stamp=f"{ruleset.identity.id} {ruleset.identity.version} · {ruleset.identity.digest[:12]}",
            sections=[(section, pages) for section in ruleset.instrument.sections if (pages := _pages(section, phase))],
            number={item.code: place for place, item in enumerate(ruleset.instrument.asked(phase), 1)},
            roles=words.ROLE,
            direction=direction,
            language=ruleset.language,
        )
    )
    return _write(html, direction == "rtl")


def _pages(section: Section, phase: Phase) -> list[tuple[str, list[Item]]]:
    pages = [(page.title, [item for item in page.items if phase in item.ask]) for page in section.pages]
    return [(title, items) for title, items in pages if items]


def _chapters(view: ReportView) -> tuple[str, ...]:
    """The chapters in order; what could not be assessed is left out when everything could."""
    return tuple(name for name in CHAPTERS if name != "unknown" or view.unknown or view.undetermined)


def _by_length(view: ReportView) -> tuple[list[PhaseView], list[RecommendationView]]:
    """The phases with the recommendations set out in full, and the rest in order of priority."""
    chosen: set[str] = set()
    used = 0
    for one in view.recommendations[:MOST_IN_FULL]:
        used += sum(map(len, (*one.steps, one.why_here, one.because, one.gain_words, one.caution, one.low_resource)))
        if len(chosen) >= FEWEST_IN_FULL and used > CHARACTERS_IN_FULL:
            break
        chosen.add(one.code)
    full = []
    for phase in view.phases:
        own = tuple(one for one in phase.recommendations if one.code in chosen)
        if own:
            full.append(PhaseView(phase.code, phase.title, phase.about, own))
    return full, [one for one in view.recommendations if one.code not in chosen]


def _stepped(brief: list[RecommendationView]) -> frozenset[str]:
    """Those of the shorter ones whose steps are printed: the first by priority, as far as the room goes."""
    room = max(FEWEST_CHARACTERS_OF_STEPS, CHARACTERS_IN_BRIEF - CHARACTERS_OF_TITLE * len(brief))
    stepped, used = set(), 0
    for one in brief:
        used += sum(map(len, one.steps))
        if used > room:
            break
        stepped.add(one.code)
    return frozenset(stepped)


def _explained(view: ReportView) -> frozenset[str]:
    """The items whose reason is printed in full: the worst answer of each construct that is not at low risk."""
    constructs = (construct for domain in view.domains for construct in domain.constructs)
    return frozenset(one.reasons[0].code for one in constructs if one.reasons and one.bar.band != Band.LOW)


def _charted(view: ReportView) -> frozenset[str]:
    """The domains of which something is known: a chart of nothing but hatching tells nothing."""
    return frozenset(domain.code for domain in view.domains if any(one.reasons for one in domain.constructs))


def _places_by_source(view: ReportView) -> list[tuple[SourceView, list[tuple[str, list[int]]]]]:
    """For each paper the places cited, with the numbers of the findings that stand there."""
    places: dict[str, dict[str, list[int]]] = {}
    for one in view.citations:
        places.setdefault(one.source_id, {}).setdefault(one.locator, []).append(one.number)
    return [(source, list(places[source.id].items())) for source in view.sources]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printable,
    )
    environment.globals["t"] = words.LABELS
    return environment


def _printable(value: object) -> object:
    """Texts without hidden characters, and with a replacement mark for what the shipped fonts cannot draw."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return _glyphs().shown(without_hidden(value))


@cache
def _glyphs() -> Glyphs:
    return Glyphs(tuple(sorted(FONTS.glob("*.ttf"))))


@cache
def _stylesheets(rtl: bool) -> tuple[CSS, ...]:
    names = ("asset:print.css", "asset:rtl.css") if rtl else ("asset:print.css",)
    return tuple(CSS(url=name, url_fetcher=PackagedAssets()) for name in names)


@cache
def _fonts() -> FontConfiguration:
    return FontConfiguration()


def warm() -> None:
    """Read templates and stylesheets ahead; lays nothing out, since Pango's font threads do not outlive a fork."""
    for name in _environment().list_templates():
        _environment().get_template(name)
    _stylesheets(False)
    _stylesheets(True)
    _glyphs().load()


def _write(html: str, rtl: bool) -> bytes:
    identifier = hashlib.sha256(html.encode()).hexdigest()[:32].encode()
    target = BytesIO()
    document = HTML(string=html, base_url="asset:", url_fetcher=PackagedAssets())
    document.write_pdf(
        target,
        stylesheets=_stylesheets(rtl),
        font_config=_fonts(),
        pdf_identifier=identifier,
        pdf_variant="pdf/ua-1",
    )
    return finish(target.getvalue())
