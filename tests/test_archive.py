"""Zip archives: the same files give the same bytes, and nothing that no rule set needs comes in."""

import io
import resource
import stat
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from broken_files import SMALL

from readiness.loading.archive import LONGEST_NAME, pack, unpack
from readiness.loading.problems import InvalidFiles
from readiness.loading.ruleset import MOST_BYTES_IN_ALL, MOST_FILES, read_ruleset

Entry = tuple[str | zipfile.ZipInfo, bytes]


def zipped(*entries: Entry, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these entries, as they are."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for entry, content in entries:
            archive.writestr(entry, content)
    return target.getvalue()


def named(name: str, mode: int = stat.S_IFREG | 0o644) -> zipfile.ZipInfo:
    """An entry with a name and a Unix mode that nothing has tidied."""
    entry = zipfile.ZipInfo("x" * len(name))
    entry.filename = name
    entry.create_system = 3
    entry.external_attr = mode << 16
    return entry


def refusals(content: bytes) -> list[str]:
    """What is said of an archive that is refused."""
    with pytest.raises(InvalidFiles) as refused:
        unpack(content)
    return [f"{each.file}: {each.sentence}" for each in refused.value.problems]


def test_packed_files_come_out_as_they_went_in() -> None:
    assert unpack(pack(SMALL)) == dict(sorted(SMALL.items()))
    assert read_ruleset(unpack(pack(SMALL))) == read_ruleset(SMALL)


def test_the_same_files_give_the_same_bytes_in_whatever_order_and_whenever() -> None:
    first = pack(SMALL)
    time.sleep(2.1)  # a zip counts time in steps of two seconds
    assert pack(dict(reversed(SMALL.items()))) == first


def test_one_folder_that_holds_the_whole_rule_set_is_left_out() -> None:
    assert unpack(pack({f"my-set/{path}": content for path, content in SMALL.items()})) == dict(sorted(SMALL.items()))


def test_a_folder_that_is_no_rule_set_stays() -> None:
    assert unpack(pack({"advice/a.yaml": b"a"})) == {"advice/a.yaml": b"a"}


def test_folders_and_what_systems_add_are_ignored() -> None:
    content = zipped(
        (named("set/", stat.S_IFDIR | 0o755), b""),
        ("set/ruleset.yaml", b"id: x"),
        ("set/.DS_Store", b"x"),
        ("set/advice/._a.yaml", b"x"),
        ("__MACOSX/set/._ruleset.yaml", b"x"),
        ("set/Thumbs.db", b"x"),
    )
    assert unpack(content) == {"ruleset.yaml": b"id: x"}


def test_an_archive_made_without_compression_is_read() -> None:
    assert unpack(zipped(("ruleset.yaml", b"id: x"), method=zipfile.ZIP_STORED)) == {"ruleset.yaml": b"id: x"}


OUTSIDE = "leads out of the archive or nowhere; pack the folder of the rule set itself"
ABSOLUTE = "has an absolute name; pack the folder of the rule set itself"
LINK = "is a link or a device; put the file itself into the archive"
NAME = f"has a name that is longer than {LONGEST_NAME} characters or cannot be shown; rename the file"


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ("../evil.yaml", f"../evil.yaml: {OUTSIDE}"),
        ("advice/../../evil.yaml", f"advice/../../evil.yaml: {OUTSIDE}"),
        ("./a.yaml", f"./a.yaml: {OUTSIDE}"),
        ("advice//a.yaml", f"advice//a.yaml: {OUTSIDE}"),
        ("../", f"../: {OUTSIDE}"),
        ("../.DS_Store", f"../.DS_Store: {OUTSIDE}"),
        ("/etc/evil.yaml", f"/etc/evil.yaml: {ABSOLUTE}"),
        ("C:/evil.yaml", f"C:/evil.yaml: {ABSOLUTE}"),
        ("..\\evil.yaml", "..\\evil.yaml: has a backslash in its name; pack with / between folder and file"),
        ("a\x00.yaml", f"a\\x00.yaml: {NAME}"),
        ("a\x1b[2J.yaml", f"a\\x1b[2J.yaml: {NAME}"),
        ("a\u202elmay.exe", f"a\\u202elmay.exe: {NAME}"),
        ("a" * 300, f"{'a' * 40}...: {NAME}"),
        ("more.ZIP", "more.ZIP: is an archive within the archive; unpack it first"),
    ],
)
def test_a_name_that_leads_elsewhere_or_hides_something_is_refused(entry: str, sentence: str) -> None:
    assert refusals(zipped(("ruleset.yaml", b"id: x"), (named(entry), b"x"))) == [sentence]


@pytest.mark.parametrize("mode", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFSOCK, stat.S_IFBLK])
def test_links_and_devices_are_refused(mode: int) -> None:
    assert refusals(zipped((named("ruleset.yaml", mode | 0o777), b"/etc/passwd"))) == [f"ruleset.yaml: {LINK}"]


def test_an_encrypted_entry_is_refused() -> None:
    content = bytearray(zipped(("ruleset.yaml", b"id: x")))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    assert refusals(bytes(content)) == ["ruleset.yaml: is encrypted; pack the folder without a password"]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_unusual_compression_is_refused_unread(method: int) -> None:
    assert refusals(zipped(("ruleset.yaml", b"id: x"), method=method)) == [
        "ruleset.yaml: is packed in an unusual way; pack the folder again as a plain .zip"
    ]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_is_there_twice_is_refused() -> None:
    assert refusals(zipped(("a.yaml", b"1"), ("a.yaml", b"2"))) == ["a.yaml: is there twice; keep one of the two"]


@pytest.mark.parametrize("other", ["A.YAML", "a.yamL"])
def test_names_that_differ_only_in_case_are_refused(other: str) -> None:
    assert refusals(zipped(("a.yaml", b"1"), (other, b"2"))) == [
        f"{other}: differs from a.yaml only in how it is spelt; keep one of the two"
    ]


def test_names_that_differ_only_in_how_an_accent_is_written_are_refused() -> None:
    assert refusals(zipped(("\u00e9.yaml", b"1"), ("e\u0301.yaml", b"2"))) == [
        "e\u0301.yaml: differs from \u00e9.yaml only in how it is spelt; keep one of the two"
    ]


@pytest.mark.parametrize(
    ("names", "both"),
    [(("cases", "cases/a.yaml"), "cases"), (("a/b/c.yaml", "A/B"), "A/B"), (("e\u0301/a.yaml", "\u00e9"), "\u00e9")],
)
def test_a_name_that_is_a_file_and_a_folder_is_refused(names: tuple[str, str], both: str) -> None:
    assert refusals(zipped(*((name, b"x") for name in names))) == [
        f"{both}: is a file and a folder; rename one of the two"
    ]


@pytest.mark.parametrize("many", [MOST_FILES + 1, 10_000])
def test_too_many_files_are_refused(many: int) -> None:
    assert refusals(zipped(*((f"advice/{number}.yaml", b"") for number in range(many)))) == [
        f"the zip archive: has {many:,} files; a rule set has at most 500 files"
    ]


def test_as_many_files_as_may_be_are_read() -> None:
    assert len(unpack(zipped(*((f"advice/{number}.yaml", b"x") for number in range(MOST_FILES))))) == MOST_FILES


BOMB = f"the zip archive: unpacks to more than {MOST_BYTES_IN_ALL:,} bytes; that is no rule set"


def test_a_bomb_is_refused_before_it_takes_memory_or_time() -> None:
    content = zipped(*((f"{number}.yaml", bytes(200_000_000)) for number in range(3)))
    assert len(content) < 1_000_000
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    assert refusals(content) == [BOMB]
    assert time.process_time() - start < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64_000


def test_files_that_are_small_alone_and_large_together_are_refused() -> None:
    assert refusals(zipped(*((f"{number}.yaml", bytes(600_000)) for number in range(20)))) == [BOMB]


def test_a_size_that_the_archive_claims_is_not_believed() -> None:
    content = bytearray(zipped(("ruleset.yaml", bytes(1_000_000))))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", content, content.index(mark) + offset, 10)
    (sentence,) = refusals(bytes(content))
    assert sentence == "the zip archive: cannot be read (BadZipFile); pack the folder again as a plain .zip"


def test_entries_that_share_their_bytes_are_refused_or_count_each() -> None:
    content = zipped(("a.yaml", bytes(6_000_000)), ("b.yaml", bytes(6_000_000)))
    second = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 4)
    shared = bytearray(content)
    struct.pack_into("<I", shared, second + 42, 0)  # the second entry points at the bytes of the first
    assert len(refusals(bytes(shared))) == 1


def test_an_archive_within_the_archive_is_refused_whatever_its_name() -> None:
    assert refusals(zipped(("ruleset.yaml", b"id: x"), ("cases/a.yaml", zipped(("x", b"y"))))) == [
        "cases/a.yaml: is an archive within the archive; unpack it first"
    ]


def _cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _damaged(content: bytes) -> bytes:
    start = content.index(b"ruleset.yaml") + len("ruleset.yaml")
    return content[:start] + b"\xff" * 20 + content[start + 20 :]


@pytest.mark.parametrize(
    "make",
    [
        lambda _: b"",
        lambda _: b"no zip at all",
        lambda _: b"PK\x03\x04",
        lambda _: b"PK\x05\x06" + b"\xff" * 18,
        _cut,
        _damaged,
        lambda content: content.replace(b"PK\x01\x02", b"PK\x01\x03"),
    ],
)
def test_what_is_no_archive_or_is_damaged_gets_a_sentence(make: Callable[[bytes], bytes]) -> None:
    (sentence,) = refusals(make(pack({"ruleset.yaml": bytes(range(256)) * 40})))
    assert sentence.startswith("the zip archive: cannot be read (")
    assert sentence.endswith("); pack the folder again as a plain .zip")


def test_an_archive_of_nothing_gets_a_sentence() -> None:
    assert refusals(zipped()) == ["the zip archive: holds no file; pack the folder of the rule set"]


def test_an_archive_that_is_large_itself_is_refused_unread() -> None:
    assert refusals(bytes(MOST_BYTES_IN_ALL + 1)) == [
        "the zip archive: has more than 10,000,000 bytes; leave out what does not belong to the rule set"
    ]


def test_every_refused_name_is_told_at_once() -> None:
    assert len(refusals(zipped((named("../a"), b""), (named("/b"), b""), (named("c\\d"), b"")))) == 3


def test_nothing_is_written_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    monkeypatch.chdir(inside)
    unpack(pack(SMALL))
    with pytest.raises(InvalidFiles):
        unpack(zipped((named("../evil.yaml"), b"x")))
    assert list(tmp_path.rglob("*")) == [inside]
