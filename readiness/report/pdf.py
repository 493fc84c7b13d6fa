"""ReportView > PDF bytes, tagged as PDF/UA-1. The only module that knows WeasyPrint, which sees packaged assets alone.

The same view gives the same bytes on every machine: fonts come from the folder beside this module, and the document
identifier from the content. It belongs in a process of its own: see `process.py`.
"""

import hashlib
import os
from dataclasses import dataclass, replace
from functools import cache
from io import BytesIO
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from readiness.engine.framework import Band
from readiness.language import ENGLISH, Language, catalogue, speaking
from readiness.report import words
from readiness.report.charts import bar_chart
from readiness.report.finish import finish
from readiness.report.glyphs import Glyphs
from readiness.report.numbering import Numbering
from readiness.report.paper import DONT_KNOW, NOT_APPLICABLE, Paper
from readiness.report.parts import BandView, Bar, PhaseView, RecommendationView, ReportView, TeamView, UntoldView
from readiness.report.said import translation_note
from readiness.report.text import direction_of, without_hidden

HERE = Path(__file__).resolve().parent
TEMPLATES = HERE.parents[1] / "templates" / "report"
FONTS = HERE / "fonts"

# Fontconfig reads this when WeasyPrint is imported and whenever a font configuration is made: no font of the machine.
os.environ["FONTCONFIG_FILE"] = str(FONTS / "fonts.conf")

from weasyprint import CSS, HTML, Document  # noqa: E402  (after the fonts are chosen)
from weasyprint.text.fonts import FontConfiguration  # noqa: E402
from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: E402

ASSETS = {"asset:print.css": ("print.css", "text/css"), "asset:rtl.css": ("rtl.css", "text/css")}
# In English; other languages may need more for the same text. A page holds some 9,500 characters of the document.
MOST_PAGES, MOST_PAGES_TRANSLATED = 14, 20
CHARACTERS_OF_A_PAGE = 9_500


@dataclass(frozen=True, slots=True)
class Room:
    """How much of the recommendations and rules is set out: in full, in short with or without steps, or by title.

    `most_cited` findings stand at an answer whose reason is not printed; None for all. Of a team stand
    `team_gaps` gaps, `team_notes` rows of each other list and `comment_characters` of comments.
    """

    most_in_full: int
    characters_in_full: int
    characters_of_steps: int
    lines_in_short: int
    rules_explained: int
    most_cited: int | None
    team_gaps: int
    team_notes: int
    comment_characters: int
    plan_rows: int = 8


# From generous to tight. A report takes the first in which it fits, or the last. Laying out is what costs, so a report
# whose text is surely too long for a room does not try it.
ROOMS = (
    Room(
        12, 4_000, 3_000, 20, rules_explained=3, most_cited=None, team_gaps=24, team_notes=16, comment_characters=4_000
    ),
    Room(10, 3_700, 1_200, 16, rules_explained=2, most_cited=2, team_gaps=16, team_notes=10, comment_characters=2_000),
    Room(8, 3_400, 0, 12, rules_explained=1, most_cited=2, team_gaps=10, team_notes=6, comment_characters=1_000),
    Room(4, 2_000, 0, 16, rules_explained=0, most_cited=1, team_gaps=6, team_notes=4, comment_characters=500),
    Room(3, 1_000, 0, 0, rules_explained=0, most_cited=0, team_gaps=2, team_notes=0, comment_characters=0, plan_rows=5),
)
FEWEST_IN_FULL = 3
SHORT_DIGEST = 12
EMPTY_PLAN_ROWS = 4
LONG_NAME = 80
VARIANT = "pdf/ua-1"


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


def render_pdf(view: ReportView) -> bytes:
    """The report as a PDF, in the language that its view is worded in; the same view gives the same bytes."""
    return _write(*lay_out_report(view))


def lay_out_report(view: ReportView) -> tuple[str, Document]:
    """The report in the first room in which it fits, else in the last: its HTML and its pages."""
    rtl = view.language.direction == "rtl"
    most = MOST_PAGES if view.language.code == ENGLISH.code else MOST_PAGES_TRANSLATED
    with speaking(view.language):
        for room in ROOMS:
            html = _report(view, room)
            if len(html) > CHARACTERS_OF_A_PAGE * most and room is not ROOMS[-1]:
                continue
            laid_out = _lay_out(html, rtl)
            if len(laid_out.pages) <= most:
                break
    return html, laid_out


def _report(view: ReportView, room: Room) -> str:
    rtl = view.language.direction == "rtl"

    def chart(title: str, bars: list[Bar], bands: list[BandView], legend: bool) -> Markup:
        return Markup(bar_chart(Markup(title).unescape(), bars, bands, rtl=rtl, legend=legend))

    full, brief = _by_length(view, room)
    team = None if view.team is None else _team_within(view.team, room)
    numbering = Numbering()
    return (
        _environment()
        .get_template("report.html")
        .render(
            view=view,
            team=team,
            is_team_cut=team != view.team,
            chapters=_chapters(view),
            language=view.language,
            chart=chart,
            explained=_explained(view),
            room=room,
            cites=numbering.cites,
            charted=_charted(view),
            places_by_source=numbering.places,
            full=full,
            brief=brief,
            stepped=_stepped(brief, room),
            listed=frozenset(one.code for one in brief[room.lines_in_short :]),
            plan=view.recommendations[: room.plan_rows],
            empty_rows=max(EMPTY_PLAN_ROWS, room.plan_rows + EMPTY_PLAN_ROWS - len(view.recommendations)),
            long_name=len(view.service) > LONG_NAME,
            name_direction=direction_of(view.service, view.language.direction),
        )
    )


def render_questionnaire(paper: Paper, language: Language = ENGLISH) -> bytes:
    """A blank form on paper: every item with boxes to tick."""
    return _write(*lay_out_questionnaire(paper, language))


def lay_out_questionnaire(paper: Paper, language: Language) -> tuple[str, Document]:
    """The paper form: its HTML and its pages."""
    identity = paper.ruleset.identity
    stamp = f"{identity.id} {identity.version} · {identity.digest[:SHORT_DIGEST]}"
    with speaking(language):
        html = (
            _environment()
            .get_template("questionnaire.html")
            .render(
                paper=paper,
                phase_words=words.PHASE[paper.phase],
                phase_about=words.PHASE_LONG[paper.phase],
                role=words.ROLE[paper.roles[0]] if paper.told else "",
                stamp=f"{stamp} · {paper.mark}" if paper.is_typed else stamp,
                translation=translation_note(paper.ruleset),
                key={"unknown": DONT_KNOW, "none": NOT_APPLICABLE},
                language=language,
                name_direction=direction_of(paper.service, language.direction),
            )
        )
    return html, _lay_out(html, language.direction == "rtl")


def _chapters(view: ReportView) -> tuple[str, ...]:
    """The chapters in order, without one on a team where nobody but the manager counts, or on what could not be
    assessed where everything could."""
    absent = set() if view.team and view.team.has_groups else {"team"}
    absent |= set() if view.unknown or view.undetermined else {"unknown"}
    return tuple(name for name in words.CHAPTER if name not in absent)


def _team_within(team: TeamView, room: Room) -> TeamView:
    """A team with as many rows of each list as there is room for; comments are never cut in the middle."""
    rows, used = room.team_notes, 0
    comments = []
    for comment in team.comments:
        used += len(comment)
        if used > room.comment_characters:
            break
        comments.append(comment)
    return replace(
        team,
        gaps=team.gaps[: room.team_gaps],
        apart=team.apart[:rows],
        left_open=team.left_open[:rows],
        untold=tuple(UntoldView(each.why, each.items[:rows]) for each in team.untold if rows),
        comments=tuple(comments),
    )


def _by_length(view: ReportView, room: Room) -> tuple[list[PhaseView], list[RecommendationView]]:
    """The phases with the recommendations set out in full, and the rest in the order to act in."""
    chosen: set[str] = set()
    used = 0
    for one in view.recommendations[: room.most_in_full]:
        used += sum(map(len, (*one.steps, one.why_here, one.because, one.gain_words, one.caution, one.low_resource)))
        if len(chosen) >= FEWEST_IN_FULL and used > room.characters_in_full:
            break
        chosen.add(one.code)
    full = []
    for phase in view.phases:
        own = tuple(one for one in phase.recommendations if one.code in chosen)
        if own:
            full.append(PhaseView(phase.code, phase.title, phase.about, own))
    return full, [one for one in view.recommendations if one.code not in chosen]


def _stepped(brief: list[RecommendationView], room: Room) -> frozenset[str]:
    """Those of the shorter ones whose steps are printed: the first in the order to act in, as far as the room goes."""
    stepped, used = set(), 0
    for one in brief[: room.lines_in_short]:
        used += sum(map(len, one.steps))
        if used > room.characters_of_steps:
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


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printable,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # comes with the extension
        lambda message: str(catalogue().gettext(message)),
        lambda one, many, number: str(catalogue().ngettext(one, many, number)),
        newstyle=True,
    )
    environment.globals["heading"] = words.CHAPTER
    return environment


def _printable(value: object) -> object:
    """Texts without hidden characters, and with a replacement mark for what the shipped fonts cannot draw."""
    if not isinstance(value, str):
        return value
    shown = _glyphs().shown(without_hidden(value))
    return Markup(shown) if isinstance(value, Markup) else shown


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


def _lay_out(html: str, rtl: bool) -> Document:
    document = HTML(string=html, base_url="asset:", url_fetcher=PackagedAssets())
    return document.render(stylesheets=_stylesheets(rtl), font_config=_fonts(), pdf_variant=VARIANT)


def _write(html: str, document: Document) -> bytes:
    identifier = hashlib.sha256(html.encode()).hexdigest()[:32].encode()
    target = BytesIO()
    document.write_pdf(target, pdf_identifier=identifier, pdf_variant=VARIANT)
    return finish(target.getvalue())
