"""Numbers findings 1, 2, 3 in the order in which a document cites them, so that its list holds just these."""

from collections.abc import Sequence

from markupsafe import Markup

from readiness.report.parts import Citation, SourceView

Places = list[tuple[str, list[int]]]


class Numbering:
    """The numbers of one document; the first citation of a finding gives it the next number."""

    def __init__(self) -> None:
        self._cited: dict[str, tuple[int, Citation]] = {}

    def cites(self, citations: Sequence[Citation], most: int | None = None) -> Markup:
        """The numbers of some findings (of the first `most`) as links into the list; nothing when there are none."""
        if not citations[:most]:
            return Markup()
        numbers = sorted(self._number(one) for one in citations[:most])
        links = Markup(", ").join(Markup('<a href="#finding-{0}">{0}</a>').format(number) for number in numbers)
        return Markup(' <span class="cites">[{}]</span>').format(links)

    def _number(self, one: Citation) -> int:
        return self._cited.setdefault(one.code, (len(self._cited) + 1, one))[0]

    def places(self, sources: Sequence[SourceView]) -> list[tuple[SourceView, Places]]:
        """For each paper the places cited so far, with the numbers of the findings that stand there."""
        found: dict[str, dict[str, list[int]]] = {}
        for number, one in self._cited.values():
            found.setdefault(one.source_id, {}).setdefault(one.locator, []).append(number)
        return [(source, list(found[source.id].items())) for source in sources if source.id in found]
