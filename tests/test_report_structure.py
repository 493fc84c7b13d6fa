"""Whoever reads a PDF through its structure reads all of it in order: the checker finds nothing, and every harm."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from pdf_checker import check, out_of_order
from pikepdf import Array, Dictionary, Name, String
from team_values import PEERS, STAFF, highest, lowest, reading
from test_paper import SECTIONS, TOGETHER, sheet_of
from test_report_pdf import failures, report

from readiness.engine.answers import Phase
from readiness.engine.ruleset import RuleSet
from readiness.engine.scoring import score
from readiness.language import ENGLISH, Language, speaking
from readiness.report.editions import Edition, Sheet, editions_of
from readiness.report.paper import Paper
from readiness.report.parts import ReportView
from readiness.report.pdf import lay_out_questionnaire, lay_out_report, render_pdf, write
from readiness.report.view import view

HEBREW = Language("he", "עברית", "rtl")
DAY = date(2026, 3, 1)


def of_a_team(ruleset: RuleSet) -> ReportView:
    answers, team = reading(
        ruleset.instrument, {(STAFF,): (12, highest), (PEERS,): (7, lowest)}, lowest, ("As it is.",)
    )
    return view(ruleset, score(ruleset, answers), "North Clinic", DAY, team=team)


# --- what is made is sound


@pytest.mark.parametrize("sheet", Sheet)
@pytest.mark.parametrize("edition", Edition)
def test_every_edition_on_every_sheet_is_read_whole_and_in_order(
    shipped: RuleSet, edition: Edition, sheet: Sheet
) -> None:
    shown = of_a_team(shipped)
    assert edition in editions_of(shown)
    html, document = lay_out_report(shown, edition, sheet)
    pdf = write(html, document)
    assert check(pdf) == []
    assert out_of_order(pdf, html) == []
    assert failures(pdf) == []


@pytest.mark.parametrize("edition", Edition)
def test_every_edition_is_sound_from_right_to_left(shipped: RuleSet, edition: Edition) -> None:
    with speaking(HEBREW):
        pdf = render_pdf(of_a_team(shipped), edition)
    assert check(pdf) == failures(pdf) == []


@pytest.mark.parametrize("kind", ["best", "dont_know", "empty"])
def test_a_report_on_whatever_was_answered_is_sound(shipped: RuleSet, kind: str) -> None:
    html, document = lay_out_report(report(shipped, kind))
    pdf = write(html, document)
    assert check(pdf) == []
    assert out_of_order(pdf, html) == []


@pytest.mark.parametrize("which", ["whole", "role", "together"])
def test_every_paper_form_is_read_whole_and_in_order(shipped: RuleSet, which: str) -> None:
    papers = {
        "whole": Paper(shipped, Phase.BEFORE),
        "role": sheet_of(shipped),
        "together": Paper(shipped, Phase.AFTER, TOGETHER, SECTIONS, together=True),
    }
    html, document = lay_out_questionnaire(papers[which], ENGLISH)
    pdf = write(html, document)
    assert check(pdf) == []
    assert out_of_order(pdf, html) == []
    assert failures(pdf) == []


# --- the checker finds what is damaged


@dataclass(frozen=True)
class Made:
    """A sound report and the document that it was made of."""

    pdf: bytes
    html: str


@pytest.fixture(scope="module")
def made(shipped: RuleSet) -> Made:
    html, document = lay_out_report(report(shipped, "worst"))
    return Made(write(html, document), html)


def elements(document: pikepdf.Pdf, kind: str) -> list[Any]:
    found, waiting = [], [document.Root.StructTreeRoot.K]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, pikepdf.Array):
            waiting = [*node, *waiting]
        elif isinstance(node, Dictionary) and "/S" in node:
            found += [node] if f"/{kind}" == node.S else []
            waiting = [node.get("/K", Array()), *waiting]
    return found


def ticks(document: pikepdf.Pdf) -> list[pikepdf.Object]:
    return [each for each in widgets(document) if each.FT == "/Btn"]


def widgets(document: pikepdf.Pdf) -> list[Any]:
    return list(document.Root.AcroForm.Fields)


def annotations(document: pikepdf.Pdf, kind: str) -> list[Any]:
    return [each for one in document.pages for each in one.get("/Annots", []) if each.Subtype == kind]


def rewrite(document: pikepdf.Pdf, number: int, change: Callable[[bytes], bytes]) -> None:
    one = document.pages[number]
    before = one.Contents.read_bytes()
    after = change(before)
    assert after != before
    one.Contents = document.make_stream(after)


def drop(holder: Any, key: str) -> None:
    del holder[key]


def swap(holder: Any) -> None:
    holder.K = Array([*list(holder.K)[1:], holder.K[0]])


def without_kid(document: pikepdf.Pdf, kind: str) -> None:
    """Take an element out of the one that holds it."""
    node = elements(document, kind)[0]
    node.P.K = Array([kid for kid in node.P.K if isinstance(kid, int) or kid.objgen != node.objgen])


def retitle(document: pikepdf.Pdf, title: str) -> None:
    with document.open_outline() as outline:
        outline.root[1].title = title


def drop_bookmark(document: pikepdf.Pdf) -> None:
    with document.open_outline() as outline:
        del outline.root[1]


def change_metadata(document: pikepdf.Pdf, pattern: bytes) -> None:
    text = document.Root.Metadata.read_bytes()
    changed = re.sub(pattern, b"", text, flags=re.DOTALL)
    assert changed != text
    document.Root.Metadata = document.make_stream(changed, Type=Name.Metadata, Subtype=Name.XML)


DAMAGES: dict[str, tuple[Callable[[pikepdf.Pdf], object], str]] = {
    "language": (lambda d: drop(d.Root, "/Lang"), "names no language"),
    "tagged": (lambda d: drop(d.Root, "/MarkInfo"), "does not say that it is tagged"),
    "title shown": (lambda d: drop(d.Root, "/ViewerPreferences"), "not asked to show the title"),
    "title": (lambda d: change_metadata(d, rb"<dc:title>.*?</dc:title>"), "metadata hold no title"),
    "claim": (lambda d: change_metadata(d, rb"pdfuaid:part=.1."), "do not claim PDF/UA-1"),
    "tree": (lambda d: drop(d.Root, "/StructTreeRoot"), "no structure tree"),
    "element left out": (lambda d: without_kid(d, "P"), "outside of the tree"),
    "parent": (lambda d: setattr(elements(d, "P")[3], "P", elements(d, "H1")[0]), "names another parent"),
    "mark twice in the tree": (lambda d: elements(d, "P")[3].K.append(elements(d, "P")[3].K[0]), "more than once"),
    "mark nowhere": (lambda d: elements(d, "P")[3].K.append(9999), "that is nowhere"),
    "way back": (
        lambda d: setattr(d.Root.StructTreeRoot.ParentTree, "Nums", d.Root.StructTreeRoot.ParentTree.Nums[:2]),
        "no way leads back",
    ),
    "mark twice on a page": (
        lambda d: rewrite(d, 0, lambda c: c.replace(b"<</MCID 1>>", b"<</MCID 0>>").replace(b"/MCID 1 ", b"/MCID 0 ")),
        "twice",
    ),
    "text outside": (
        lambda d: rewrite(d, 1, lambda c: c + b"\nBT ET q 0 0 9 9 re f Q"),
        "outside of structure and artifacts",
    ),
    "artifact": (
        lambda d: rewrite(d, 2, lambda c: c.replace(b"/Artifact", b"/Other")),
        "outside of structure and artifacts",
    ),
    "pages": (lambda d: swap(elements(d, "Document")[0]), "is read after something of page"),
    "heading": (lambda d: setattr(elements(d, "H2")[0], "S", Name.H4), "skips a level"),
    "first heading": (lambda d: setattr(elements(d, "H1")[0], "S", Name.P), "do not begin with"),
    "empty heading": (lambda d: setattr(elements(d, "H3")[0], "K", Array()), "is empty"),
    "bookmarks": (lambda d: drop(d.Root, "/Outlines"), "there are no bookmarks"),
    "bookmark": (lambda d: retitle(d, "Something else"), "is no heading of page"),
    "bookmark missing": (drop_bookmark, "has no bookmark"),
    "scope": (lambda d: drop(elements(d, "TH")[0].A, "/Scope"), "has no scope"),
    "header cells": (
        lambda d: [setattr(each, "S", Name.TD) for each in elements(d, "TH")],
        "has no header cells",
    ),
    "row": (lambda d: setattr(elements(d, "TD")[0], "S", Name.P), "that is no cell"),
    "figure": (lambda d: drop(elements(d, "Figure")[0], "/Alt"), "no alternative text"),
    "link outside": (lambda d: setattr(elements(d, "Link")[0], "S", Name.Span), "a link on page"),
    "link without words": (lambda d: drop(annotations(d, "/Link")[0], "/Contents"), "does not say where it leads"),
    "link to nowhere": (lambda d: setattr(annotations(d, "/Link")[0], "Dest", String("nowhere")), "leads nowhere"),
    "left to the viewer": (lambda d: setattr(d.Root.AcroForm, "NeedAppearances", True), "left to the viewer"),
    "field name": (lambda d: setattr(widgets(d)[0], "T", widgets(d)[1].T), "share the name"),
    "field listed": (lambda d: setattr(d.Root.AcroForm, "Fields", Array(widgets(d)[1:])), "not listed in the form"),
    "field outside": (lambda d: without_kid(d, "Form"), "stands outside of the structure"),
    "field without words": (lambda d: drop(widgets(d)[0], "/TU"), "does not say what it is"),
    "field without appearance": (lambda d: drop(ticks(d)[0], "/AP"), "has no appearance"),
    "field without font": (lambda d: drop(d.Root.AcroForm.DR.Font.Entry.FontDescriptor, "/FontFile2"), "to type with"),
    "tab key": (lambda d: [drop(one, "/Tabs") for one in d.pages], "the tab key does not follow"),
    "action": (
        lambda d: setattr(d.Root, "OpenAction", Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))),
        "the file holds /JavaScript",
    ),
    "attachment": (lambda d: setattr(d.Root.Names, "EmbeddedFiles", Dictionary(Names=Array())), "holds /EmbeddedFiles"),
}


@pytest.mark.filterwarnings("ignore:This document has 1 form widget")  # one of the damages
@pytest.mark.parametrize("damage", DAMAGES)
def test_the_checker_names_what_is_damaged(made: Made, damage: str) -> None:
    harm, complaint = DAMAGES[damage]
    target = BytesIO()
    with pikepdf.open(BytesIO(made.pdf)) as document:
        harm(document)
        document.save(target)
    found = check(target.getvalue())
    assert [each for each in found if complaint in each], found[:5]


def test_what_is_read_in_another_order_is_found(made: Made) -> None:
    assert out_of_order(made.pdf, made.html) == []
    target = BytesIO()
    with pikepdf.open(BytesIO(made.pdf)) as document:
        swap(elements(document, "Sect")[1])
        document.save(target)
    assert out_of_order(target.getvalue(), made.html)
