"""`charts_of(view) -> (Chart, ...)`: every chart that a result has, for page, PDF and slides. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from readiness.report import words_charts
from readiness.report.charts import bar_chart, profile_chart
from readiness.report.charts_change import change_chart
from readiness.report.charts_gaps import gaps_chart
from readiness.report.parts import DomainView, ReportView
from readiness.report.parts_change import ChangeView

MOST_GAPS = 6
MOST_MOVED = 7


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart: a name for addresses and files, its title in words, and the picture, which says its content itself."""

    name: str
    title: str
    svg: str


def charts_of(view: ReportView) -> tuple[Chart, ...]:
    """The domains, all constructs, the constructs of each domain of which something is known, what people see
    differently, and what changed since the wave before, in the language that the view is worded in."""
    rtl = view.language.direction == "rtl"
    bars = [domain.bar for domain in view.domains]
    title = str(words_charts.DOMAINS)
    charts = [Chart("domains", title, bar_chart(title, bars, view.bands, rtl=rtl))]
    if any(construct.bar.risk is not None for domain in view.domains for construct in domain.constructs):
        title = str(words_charts.PROFILE)
        charts.append(Chart("profile", title, profile_chart(title, view.domains, view.bands, rtl=rtl)))
    charts += [
        _of_domain(view, domain, rtl) for domain in view.domains if any(one.reasons for one in domain.constructs)
    ]
    if view.team and view.team.gaps:
        title = str(words_charts.GAPS)
        shown = gaps_chart(title, view.team.gaps[:MOST_GAPS], view.team.speakers, rtl=rtl)
        charts.append(Chart("gaps", title, shown))
    if view.change:
        charts += _of_change(view.change, rtl)
    return tuple(charts)


def _of_change(change: ChangeView, rtl: bool) -> Iterator[Chart]:
    """The domains in both waves, and the constructs that changed most; a report with little room holds the first."""
    title, domains = str(words_charts.CHANGE), [each.domain for each in change.domains]
    yield Chart("change", title, change_chart(title, domains, change.bands, rtl=rtl))
    if change.most_moved:
        title, moved = str(words_charts.CHANGE_MOST), change.most_moved[:MOST_MOVED]
        yield Chart("change-most", title, change_chart(title, moved, change.bands, rtl=rtl))


def _of_domain(view: ReportView, domain: DomainView, rtl: bool) -> Chart:
    title = words_charts.WITHIN.format(domain=domain.title)
    bars = [construct.bar for construct in domain.constructs]
    return Chart(f"domain-{domain.code.replace('_', '-')}", title, bar_chart(title, bars, view.bands, rtl=rtl))
