"""ReportView > PDF bytes, tagged as PDF/UA-1. The only module that knows WeasyPrint, which sees packaged assets alone.

The same view gives the same bytes on every machine: fonts come from the folder beside this module, and the document
identifier from the content. It belongs in a process of its own: see `process.py`.
"""

import hashlib
import os
import re
from functools import cache
from io import BytesIO
from xml.etree import ElementTree

from readiness.language import ENGLISH, Language, speaking
from readiness.report.document import HERE, load_templates, questionnaire_html, report_html
from readiness.report.editions import Edition, Sheet
from readiness.report.finish import finish
from readiness.report.groups import draw_in_place
from readiness.report.paper import Paper
from readiness.report.parts import ReportView
from readiness.report.rooms import ROUGHLY, expected_pages, rooms_of
from readiness.report.typefaces import FONTS

# Fontconfig reads this when WeasyPrint is imported and whenever a font configuration is made: no font of the machine.
os.environ["FONTCONFIG_FILE"] = str(FONTS / "fonts.conf")

from cssselect2 import ElementWrapper  # type: ignore[import-untyped]  # ships no types
from weasyprint import CSS, HTML, Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from readiness.report.svg_text import draw_lines_whole
from readiness.report.tags import tidy

STYLES = ("print.css", "rtl.css", "letter.css")
ASSETS = {f"asset:{name}": (name, "text/css") for name in STYLES}
VARIANT = "pdf/ua-1"
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

draw_lines_whole()


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


class WellFormed(HTML):
    """A document as WeasyPrint takes it, read as XML: our templates are well-formed, and that takes a thirtieth of the
    time. What people wrote may hold characters that XML does not know; they cannot be seen anyway."""

    def __init__(self, text: str) -> None:
        root = ElementTree.fromstring(NOT_IN_XML.sub("", text))
        self.base_url = "asset:"
        self.url_fetcher = PackagedAssets()
        self.media_type = "print"
        self.wrapper_element = ElementWrapper.from_html_root(root, content_language=None)
        self.etree_element = self.wrapper_element.etree_element


def render_pdf(view: ReportView, edition: Edition = Edition.FULL, sheet: Sheet = Sheet.A4) -> bytes:
    """One edition of a report as a PDF, in the language that its view is worded in; the same view gives the same bytes.

    The edition has to be one of `editions_of(view)`.
    """
    return write(*lay_out_report(view, edition, sheet))


def lay_out_report(view: ReportView, edition: Edition = Edition.FULL, sheet: Sheet = Sheet.A4) -> tuple[str, Document]:
    """A report in the first room in which it fits, else in the last: its HTML and its pages."""
    rtl = view.language.direction == "rtl"
    rooms, most = rooms_of(view, edition)
    with speaking(view.language):
        for room in rooms:
            html = report_html(view, edition, room)
            is_long = edition is Edition.FULL and expected_pages(html, sheet) > most - ROUGHLY
            if is_long and room is not rooms[-1]:
                continue
            laid_out = _lay_out(html, rtl, sheet)
            if len(laid_out.pages) <= most:
                break
    return html, laid_out


def render_questionnaire(paper: Paper, language: Language = ENGLISH) -> bytes:
    """A blank form on paper: every item with boxes to tick."""
    return write(*lay_out_questionnaire(paper, language))


def lay_out_questionnaire(paper: Paper, language: Language) -> tuple[str, Document]:
    """The paper form: its HTML and its pages."""
    with speaking(language):
        html = questionnaire_html(paper, language)
    return html, _lay_out(html, language.direction == "rtl", Sheet.A4)


@cache
def _stylesheets(rtl: bool, sheet: Sheet) -> tuple[CSS, ...]:
    names = ["print.css", *(["rtl.css"] if rtl else []), *(["letter.css"] if sheet is Sheet.LETTER else [])]
    return tuple(CSS(url=f"asset:{name}", url_fetcher=PackagedAssets()) for name in names)


@cache
def _fonts() -> FontConfiguration:
    return FontConfiguration()


def warm() -> None:
    """Read templates and stylesheets ahead; lays nothing out, since Pango's font threads do not outlive a fork."""
    load_templates()
    for sheet in Sheet:
        for rtl in (False, True):
            _stylesheets(rtl, sheet)


def _lay_out(html: str, rtl: bool, sheet: Sheet) -> Document:
    document = WellFormed(html)
    return document.render(stylesheets=_stylesheets(rtl, sheet), font_config=_fonts(), pdf_variant=VARIANT)


def _mend(_: Document, pdf: object) -> None:
    """What is done to a document of WeasyPrint's before it is written."""
    tidy(pdf)
    draw_in_place(pdf)


def write(html: str, document: Document) -> bytes:
    """The PDF of what was laid out; its identifier comes from the HTML."""
    identifier = hashlib.sha256(html.encode()).hexdigest()[:32].encode()
    target = BytesIO()
    # What `finish` packs in the end need not be packed before.
    document.write_pdf(target, finisher=_mend, pdf_identifier=identifier, pdf_variant=VARIANT, uncompressed_pdf=True)
    return finish(target.getvalue())
