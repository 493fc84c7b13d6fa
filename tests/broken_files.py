"""What a file in tests/broken/ replaces and what is said of it, and files too odd to be kept as text."""

from pathlib import Path

from readiness.loading.problems import InvalidFiles, Problem
from readiness.loading.ruleset import read_folder, read_ruleset

HERE = Path(__file__).resolve().parent
SMALL = read_folder(HERE / "small")
BROKEN = {path.stem: path.read_text(encoding="utf-8") for path in sorted((HERE / "broken").glob("*.yaml"))}

TEAM = "instrument/1-team.yaml"
TOO_MANY = "there are more than 200 problems; mend those listed, then check again"


def headed(text: str) -> dict[str, str]:
    """The `# name: value` lines at the top of a broken file."""
    names = (line.removeprefix("# ").partition(": ") for line in text.split("\n")[:3])
    return {name: value for name, _, value in names}


def problems_with(files: dict[str, bytes]) -> list[Problem]:
    """Everything said of the small rule set with some of its files replaced or added."""
    try:
        read_ruleset({**SMALL, **files})
    except InvalidFiles as error:
        return list(error.problems)
    return []


def edited(path: str, old: str, new: str) -> bytes:
    """A file of the small rule set with one place changed."""
    text = SMALL[path].decode()
    assert text.count(old) == 1, f"{path} has {old!r} {text.count(old)} times"
    return text.replace(old, new).encode()


def padded(rows: str) -> bytes:
    """As much of some rows as may be read of one file."""
    return rows.encode()[:999_000]


def bomb() -> bytes:
    """Nine generations of merge keys, each with nine copies of the one before: 9**9 values when followed."""
    rows = ["a0: &a0 {x: lol}"]
    for age in range(1, 10):
        rows.append(f"a{age}: &a{age} {{<<: [{', '.join([f'*a{age - 1}'] * 9)}]}}")
    return "\n".join(rows).encode()


# What costs most to whoever trusts it: answers files by name > content, and the line and sentence of one problem.
HOSTILE: dict[str, tuple[bytes, int, str]] = {
    "merge-key bomb": (bomb(), 10, "<< is a merge key; merging is not read. Write out what it would bring in"),
    "a million bytes and more": (
        b"# " + b"x" * 1_048_576,
        1,
        "the file has 1,048,578 bytes; at most 1,000,000 are read. Split it",
    ),
    "nested lists": (b"[" * 900_000, 1, "lists and mappings are nested more than 20 deep; flatten them"),
    "nested dashes": (b"- " * 450_000, 1, "lists and mappings are nested more than 20 deep; flatten them"),
    "nested mappings": (b"{a: " * 220_000, 1, "lists and mappings are nested more than 20 deep; flatten them"),
    "many values": (b"- a\n" * 240_000, 40_000, "the file holds more than 40,000 values; split it"),
    "many directives": (
        padded("".join(f"%TAG !{n}! x\n" for n in range(60_000))),
        1,
        "a line begins with %, which is a directive; directives are not read. Indent or remove it",
    ),
    "many duplicate keys": (padded("a: b\n" * 19_500), 202, TOO_MANY),
    "many anchors": (padded("".join(f"k{n}: &a{n} x\n" for n in range(19_500))), 201, TOO_MANY),
    "many unknown words": (padded("".join(f"contact_{n}: x\n" for n in range(19_500))), 201, TOO_MANY),
    "many unknown items": (
        padded("service: S\nphase: after\nanswers:\n" + "".join(f"  contakt_{n}: weekly\n" for n in range(19_500))),
        204,
        TOO_MANY,
    ),
    "a row of underscores": (
        b"service: 1" + b"_" * 900_000 + b"x",
        1,
        "service has 900,002 characters; at most 300 fit",
    ),
    "a row of digits": (
        b"service: " + b"9" * 900_000,
        1,
        "service is written 9999999999999999999999999999999999999999, which other YAML readers take for a number; "
        "put it in quotes",
    ),
    "a long text": (b"service: " + b"word " * 190_000, 1, "service has 949,999 characters; at most 300 fit"),
    "a long name": (
        b"? " + b"k" * 900_000 + b"\n: v\n",
        1,
        f"'{'k' * 40}' does not belong in an answers file",
    ),
    "an open quote": (
        b'service: "' + b"x\n " * 300_000,
        1,
        "this is not YAML: the quote that opens here is never closed; close it",
    ),
    "a comment": (b"# x\n" * 240_000, 1, "the file is empty; it holds service, phase and answers"),
}
