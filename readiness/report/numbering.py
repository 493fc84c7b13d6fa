"""Numbers findings 1, 2, 3 in the order in which a document cites them, so that its list holds just these."""

from collections.abc import Sequence

from markupsafe import Markup

from readiness.report.parts import Citation, SourceView

Places = list[tuple[str, list[int]]]


class Numbering:
    """The numbers of one document; the first citation of a finding gives it the next number."""

    def __init__(self) -> None:
        self._cited: dict[str, tuple[int, Citation]] = {}
        self._first_at: dict[tuple[str, str], int] = {}

    def cites(self, citations: Sequence[Citation], most: int | None = None) -> Markup:
        """The numbers of some findings (of the first `most`), as one link to the first of them in the list; nothing
        when there are none."""
        if not citations[:most]:
            return Markup()
        numbered = sorted((self._number(one), one) for one in citations[:most])
        first = numbered[0][1]
        place = self._first_at[first.source_id, first.locator]
        return Markup(' <a class="cites" dir="ltr" href="#finding-{}">[{}]</a>').format(
            place, in_runs([number for number, _ in numbered])
        )

    def _number(self, one: Citation) -> int:
        number = self._cited.setdefault(one.code, (len(self._cited) + 1, one))[0]
        self._first_at.setdefault((one.source_id, one.locator), number)
        return number

    def places(self, sources: Sequence[SourceView]) -> list[tuple[SourceView, Places]]:
        """For each paper the places cited so far, with the numbers of the findings that stand there."""
        found: dict[str, dict[str, list[int]]] = {}
        for number, one in self._cited.values():
            found.setdefault(one.source_id, {}).setdefault(one.locator, []).append(number)
        return [(source, list(found[source.id].items())) for source in sources if source.id in found]


def in_runs(numbers: Sequence[int]) -> str:
    """Ascending numbers, three or more neighbours as a run: 1, 4–7, 9."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)
