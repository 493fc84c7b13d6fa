"""ReportView > the report as one HTML text, by edition; a paper questionnaire likewise. Knows templates, and no PDF."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from readiness.language import Language, catalogue
from readiness.report import words
from readiness.report.chart_list import charts_of
from readiness.report.editions import Edition
from readiness.report.glyphs import Glyphs
from readiness.report.numbering import Numbering
from readiness.report.paper import DONT_KNOW, NOT_APPLICABLE, Paper
from readiness.report.parts import ReportView
from readiness.report.parts_change import shortened
from readiness.report.rooms import Room, SummaryRoom, by_length, explained, settling, stepped, team_within
from readiness.report.said import translation_note
from readiness.report.text import direction_of, without_hidden
from readiness.report.typefaces import FONTS

HERE = Path(__file__).resolve().parent
TEMPLATES = HERE.parents[1] / "templates" / "report"
TEMPLATE = {Edition.FULL: "report.html", Edition.SUMMARY: "summary.html", Edition.TEAM: "staff.html"}
SHORT_DIGEST = 12
EMPTY_PLAN_ROWS = 3
LONG_NAME = 80
MOST_BY_TITLE = 60  # more than the rule set that comes with Readiness has


def report_html(view: ReportView, edition: Edition, room: Room | SummaryRoom) -> str:
    """One edition of a report with as much in it as there is room for, in the language being spoken."""
    numbering = Numbering()
    return (
        _environment()
        .get_template(TEMPLATE[edition])
        .render(
            view=view,
            language=view.language,
            charts={chart.name: Markup(chart.svg) for chart in charts_of(view)},
            room=room,
            cites=numbering.cites,
            places_by_source=numbering.places,
            long_name=len(view.service) > LONG_NAME,
            name_direction=direction_of(view.service, view.language.direction),
            prints_comments=edition is Edition.FULL,
            **(_in_summary(view, room) if isinstance(room, SummaryRoom) else _within(view, room)),
        )
    )


def _in_summary(view: ReportView, room: SummaryRoom) -> dict[str, Any]:
    """What of a result stands in its summary."""
    return {"settling": settling(view), "limits": view.limits[: room.limits]}


def _within(view: ReportView, room: Room) -> dict[str, Any]:
    """What of a result stands in a room."""
    full, brief = by_length(view, room)
    team = None if view.team is None else team_within(view.team, room)
    return {
        "chapters": _chapters(view),
        "team": team,
        "is_team_cut": team != view.team,
        "change": view.change and shortened(view.change, room.team_notes),
        "explained": explained(view) if room.explains else frozenset(),
        "full": full,
        "brief": brief,
        "in_short": brief[: room.lines_in_short],
        "by_title": brief[room.lines_in_short :][:MOST_BY_TITLE],
        "left_out": max(0, len(brief) - room.lines_in_short - MOST_BY_TITLE),
        "stepped": stepped(brief, room),
        "plan": view.recommendations[: room.plan_rows],
        "empty_rows": max(EMPTY_PLAN_ROWS, room.plan_rows + EMPTY_PLAN_ROWS - len(view.recommendations)),
    }


def _chapters(view: ReportView) -> tuple[str, ...]:
    """The chapters in order, without one on a team where nobody but the manager counts, on change without an earlier
    wave, or on what could not be assessed where everything could."""
    absent = set() if view.team and view.team.has_groups else {"team"}
    absent |= set() if view.change else {"change"}
    absent |= set() if view.unknown or view.undetermined else {"unknown"}
    return tuple(name for name in words.CHAPTER if name not in absent)


def questionnaire_html(paper: Paper, language: Language) -> str:
    """A paper form, in the language being spoken."""
    identity = paper.ruleset.identity
    stamp = f"{identity.id} {identity.version} · {identity.digest[:SHORT_DIGEST]}"
    return (
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


def load_templates() -> None:
    """Read every template and the characters of the fonts ahead."""
    for name in _environment().list_templates():
        _environment().get_template(name)
    _glyphs().load()


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
