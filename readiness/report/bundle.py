"""Files > one zip archive with a README that says what each of them is; the same files give the same bytes. Pure."""

import io
import stat
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from readiness.errors import ReadinessError
from readiness.language import gettext

README = "README.txt"
MOST_BYTES = 64 * 1024 * 1024
FIRST_YEAR, LAST_YEAR = 1980, 2107  # what the format can say


@dataclass(frozen=True, slots=True)
class File:
    """One file to keep: its name in ASCII letters, what it is in a sentence, and its content."""

    name: str
    about: str
    content: bytes


def bundle(files: Sequence[File], head: Sequence[str], day: date, most: int = MOST_BYTES) -> bytes:
    """The files and their README, with `head` before the list, all of them dated on a day. Raises ReadinessError when
    they are too large."""
    readme = "\n\n".join((*head, "\n".join(f"{file.name}: {file.about}" for file in files))) + "\n"
    whole = [File(README, "", readme.encode()), *files]
    if sum(len(file.content) for file in whole) > most:
        raise ReadinessError(
            gettext(
                "All files together are larger than %(most)s MB. Download the ones you need one by one.",
                most=most // (1024 * 1024),
            )
        )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for file in whole:
            archive.writestr(_entry(file.name, day), file.content, compresslevel=9)
    return target.getvalue()


def _entry(name: str, day: date) -> zipfile.ZipInfo:
    year = min(max(day.year, FIRST_YEAR), LAST_YEAR)
    entry = zipfile.ZipInfo(name, (year, day.month, day.day, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3  # the same on every system: Unix, a file that all may read
    entry.external_attr = (stat.S_IFREG | 0o644) << 16
    return entry
