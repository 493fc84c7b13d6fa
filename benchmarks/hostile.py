"""What each hostile file costs: seconds and peak memory of reading it, each in a process of its own.

    python benchmarks/hostile.py

The files are those of tests/broken_files.py, read as answers to the shipped rule set, whose own loading is not timed.
"""

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from readiness.loading.cases import read_answers_file  # noqa: E402  (found by the path above)
from readiness.loading.problems import InvalidFiles  # noqa: E402
from readiness.loading.ruleset import all_subjects, load_ruleset, read_folder, read_ruleset  # noqa: E402

FINDING = """  - finding: smith2020_again
    locator: Discussion
    sites: []
    phase: after
    view: authors
    kind: reported
    construct: resources
    direction: context
    says: The same once more.
    means: Nothing new.
"""


def measure(path: Path, as_rules: bool) -> dict[str, float]:
    """Read one file here; seconds, megabytes at the peak of this process, and the number of problems."""
    content = path.read_bytes()
    small = read_folder(ROOT / "tests" / "small")
    ruleset = load_ruleset(ROOT / "rules" / "peer-support")
    subjects = all_subjects(ruleset.instrument, ruleset.domains)
    problems = 0
    start = time.perf_counter()
    try:
        if as_rules:
            read_ruleset({**small, "evidence/smith2020.yaml": content})
        else:
            read_answers_file(path.name, content, ruleset.instrument, subjects)
    except InvalidFiles as error:
        problems = len(error.problems)
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "peak": peak_of_this_process(), "problems": problems}


def peak_of_this_process() -> float:
    """The most memory in use so far, in MB (getrusage would begin with that of the parent)."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024


def main() -> None:
    """Measure every hostile file and print a table."""
    from broken_files import HOSTILE, SMALL

    answers = {name: (content, "answers") for name, (content, _, _) in HOSTILE.items()}
    findings = SMALL["evidence/smith2020.yaml"] + (FINDING * 1_800).encode()
    files = {**answers, "the same finding 1,800 times": (findings, "rules")}
    print(f"{'file':32}{'bytes':>10}{'problems':>10}{'seconds':>9}{'peak MB':>9}")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "hostile.yaml"
        for name, (content, kind) in {"an empty file": (b"", "answers"), **files}.items():
            path.write_bytes(content)
            command = [sys.executable, __file__, str(path), kind]
            cost = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            print(f"{name:32}{len(content):>10,}{cost['problems']:>10}{cost['seconds']:>9.2f}{cost['peak']:>9.0f}")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(measure(Path(sys.argv[1]), sys.argv[2] == "rules")))
    else:
        main()
