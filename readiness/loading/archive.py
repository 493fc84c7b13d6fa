"""Files <-> one zip archive, in memory: nothing is unpacked to disk, and no size that it claims is believed."""

import io
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from readiness.loading.document import SHOWN
from readiness.loading.problems import InvalidFiles, Problem
from readiness.loading.ruleset import MOST_BYTES_IN_ALL, MOST_FILES

LONGEST_NAME = 200
ARCHIVE = "the zip archive"
FIXED_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that the format knows
READABLE = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
# What systems put beside people's files.
IGNORED = {"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"}
TOO_MANY = f"has {{:,}} files; a rule set has at most {MOST_FILES} files"
WITHIN = "is an archive within the archive; unpack it first"
ENCRYPTED = 0x41  # the flags of both ways to encrypt
NESTED = b"PK\x03\x04"
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError, struct.error,
)  # fmt: skip


def pack(files: Mapping[str, bytes]) -> bytes:
    """Files by relative path as one zip archive; the same files give the same bytes, whenever they are packed."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, FIXED_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # the same on every system: Unix, a file that all may read
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, files[name], compresslevel=9)
    return target.getvalue()


def unpack(content: bytes) -> dict[str, bytes]:
    """The files of a zip archive by relative path, without one folder that holds them all.

    Raises InvalidFiles for everything that no rule set needs: names that lead elsewhere or clash, links, encryption,
    archives within, more than MOST_FILES files or MOST_BYTES_IN_ALL bytes.
    """
    if len(content) > MOST_BYTES_IN_ALL:
        raise _refused(f"has more than {MOST_BYTES_IN_ALL:,} bytes; leave out what does not belong to the rule set")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = _read(archive, _entries(archive))
    except UNREADABLE as error:
        raise _refused(f"cannot be read ({type(error).__name__}); pack the folder again as a plain .zip") from None
    return _without_top(files)


def _refused(sentence: str) -> InvalidFiles:
    return InvalidFiles([Problem(ARCHIVE, 1, sentence)])


def _entries(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files among the entries; every entry is looked at before any is read."""
    every = archive.infolist()
    if len(every) > 2 * MOST_FILES:  # folders and what systems add may come on top
        raise _refused(TOO_MANY.format(len(every)))
    problems = [Problem(_shown(entry.orig_filename), 1, why) for entry in every if (why := _unfit(entry))]
    kept = [entry for entry in every if not entry.is_dir() and not _is_ignored(entry.filename)]
    problems += _clashes(entry.filename for entry in kept)
    if len(kept) > MOST_FILES:
        problems.append(Problem(ARCHIVE, 1, TOO_MANY.format(len(kept))))
    if not kept and not problems:
        problems.append(Problem(ARCHIVE, 1, "holds no file; pack the folder of the rule set"))
    if problems:
        raise InvalidFiles(problems)
    return kept


def _unfit(entry: zipfile.ZipInfo) -> str:
    """Why an entry is refused; an empty text when it is not."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a link or a device; put the file itself into the archive"
    if entry.flag_bits & ENCRYPTED:
        return "is encrypted; pack the folder without a password"
    # The name as it is written, and as it is read: cut at a null, or replaced by an extra field.
    why = unfit_name(entry.orig_filename) or unfit_name(entry.filename)
    if not why and entry.compress_type not in READABLE:
        why = "is packed in an unusual way; pack the folder again as a plain .zip"
    return why


def unfit_name(name: str) -> str:
    """Why no file of a rule set can have a name; empty when one can."""
    if "\\" in name:
        return "has a backslash in its name; pack with / between folder and file"
    if name.startswith("/") or name[1:2] == ":":
        return "has an absolute name; pack the folder of the rule set itself"
    if any(part in ("", ".", "..") for part in name.removesuffix("/").split("/")):
        return "leads out of the archive or nowhere; pack the folder of the rule set itself"
    if not name.isprintable() or len(name) > LONGEST_NAME:
        return f"has a name that is longer than {LONGEST_NAME} characters or cannot be shown; rename the file"
    return WITHIN if name.lower().endswith(".zip") else ""


def _is_ignored(name: str) -> bool:
    return any(part in IGNORED or part.startswith("._") for part in name.split("/"))


def _clashes(names: Iterable[str]) -> list[Problem]:
    """Names that cannot lie side by side on a disk, also on one that does not tell upper from lower case: what is there
    twice, and what is both a file and a folder."""
    problems: list[Problem] = []
    first: dict[str, str] = {}
    folders: set[str] = set()
    for name in names:
        alike = unicodedata.normalize("NFC", name).casefold()
        folders.update(folder.as_posix() for folder in PurePosixPath(alike).parents)
        if alike in first:
            known = first[alike]
            twice = "is there twice" if known == name else f"differs from {_shown(known)} only in how it is spelt"
            problems.append(Problem(_shown(name), 1, f"{twice}; keep one of the two"))
        first.setdefault(alike, name)
    both = (name for alike, name in first.items() if alike in folders)
    return [*problems, *(Problem(_shown(name), 1, "is a file and a folder; rename one of the two") for name in both)]


def _shown(name: str) -> str:
    """A name as it may stand in a sentence."""
    short = name if len(name) <= SHOWN else name[:SHOWN] + "..."
    return short if short.isprintable() else ascii(short)[1:-1]


def _read(archive: zipfile.ZipFile, entries: Iterable[zipfile.ZipInfo]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    left = MOST_BYTES_IN_ALL
    for entry in entries:
        with archive.open(entry) as packed:
            content = packed.read(left + 1)  # as many as there are, whatever the entry says of its size
        left -= len(content)
        if left < 0:
            raise _refused(f"unpacks to more than {MOST_BYTES_IN_ALL:,} bytes; that is no rule set")
        if content.startswith(NESTED):
            raise InvalidFiles([Problem(_shown(entry.filename), 1, WITHIN)])
        files[entry.filename] = content
    return files


def _without_top(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files without the one folder that holds the whole rule set, if there is one."""
    tops = {name.partition("/")[0] for name in files}
    top = next(iter(tops)) + "/"
    whole = len(tops) == 1 and top + "ruleset.yaml" in files
    return {name.removeprefix(top) if whole else name: content for name, content in sorted(files.items())}
