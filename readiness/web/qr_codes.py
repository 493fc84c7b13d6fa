"""Text > a QR code as one SVG path, for pages without inline styles and without pictures from elsewhere."""

from dataclasses import dataclass
from itertools import groupby

from qrcode.constants import ERROR_CORRECT_M  # type: ignore[import-untyped]
from qrcode.main import QRCode  # type: ignore[import-untyped]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A QR code: the length of its side in modules, its quiet border included, and the path of its dark ones."""

    side: int
    path: str


def draw(text: str) -> Drawn:
    """Draw a text; about 2,000 characters fit."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=4)
    code.add_data(text)
    rows = code.get_matrix()
    return Drawn(len(rows), "".join(_run(y, run) for y, row in enumerate(rows) for run in _dark_runs(row)))


def _dark_runs(row: list[bool]) -> list[tuple[int, int]]:
    """Where dark modules begin in a row, and how many stand together."""
    runs: list[tuple[int, int]] = []
    for is_dark, places in groupby(range(len(row)), key=row.__getitem__):
        together = list(places)
        runs += [(together[0], len(together))] if is_dark else []
    return runs


def _run(y: int, run: tuple[int, int]) -> str:
    x, length = run
    return f"M{x} {y}h{length}v1h-{length}z"
