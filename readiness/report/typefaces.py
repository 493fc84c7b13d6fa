"""The fonts that come with Readiness: whether they are there. Without one, another would be taken without a word."""

from pathlib import Path

from readiness.errors import Unavailable
from readiness.language import gettext

FONTS = Path(__file__).resolve().parent / "fonts"
FACES = ("NotoSans-Regular", "NotoSans-Bold", "NotoSans-Italic", "NotoSansHebrew-Regular", "NotoSansHebrew-Bold")
TRUETYPE = b"\x00\x01\x00\x00"


def require_faces(folder: Path = FONTS) -> None:
    """Raises Unavailable where the file of a font is missing or is none."""
    broken = [name for name in FACES if not _is_font(folder / f"{name}.ttf")]
    if broken:
        raise Unavailable(
            gettext(
                "The PDF cannot be made: the font %(name)s is missing or damaged in this installation. Please tell "
                "whoever runs this service to install Readiness again.",
                name=broken[0],
            )
        )


def _is_font(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(TRUETYPE)) == TRUETYPE
    except OSError:
        return False
