"""Files of many assessments come in as they are, part by part; whatever is wrong with one is said in a sentence."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from engine_builders import item, part, ruleset
from pyarrow import parquet

from readiness.engine.answers import Phase
from readiness.engine.instrument import Instrument
from readiness.errors import ReadinessError
from readiness.loading.populations import ROWS_TOGETHER, Part, read_population, write_population
from readiness.workbench.columns import NOT_APPLICABLE, UNKNOWN, simulate


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    later = item("later", phases=[Phase.AFTER])
    return ruleset(part("culture", ["hierarchy", "openness", "later"]), others=[later]).instrument


def csv_file(folder: Path, text: str | bytes) -> Path:
    path = folder / "answers.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def parquet_file(folder: Path, **columns: object) -> Path:
    path = folder / "answers.parquet"
    parquet.write_table(pa.table(columns), path)
    return path


def read(path: Path, instrument: Instrument) -> list[Part]:
    return list(read_population(path, instrument))


def test_a_csv_file_is_read_by_phase_with_its_services(tmp_path: Path, instrument: Instrument) -> None:
    rows = "phase,service,openness\nafter,Nairobi,full\nbefore,Lima,none\nafter,,dont_know\nafter,Ulm,not_applicable\n"
    (before, first), (after, second) = read(csv_file(tmp_path, rows), instrument)
    assert (before.phase, before.items["openness"].tolist(), first) == (Phase.BEFORE, [0], ("Lima",))
    assert (after.phase, after.items["openness"].tolist()) == (Phase.AFTER, [2, UNKNOWN, NOT_APPLICABLE])
    assert second == ("Nairobi", "", "Ulm")


def test_empty_values_and_missing_columns_are_unknown(tmp_path: Path, instrument: Instrument) -> None:
    ((columns, services),) = read(csv_file(tmp_path, 'phase,openness\nafter,\nafter,""\n'), instrument)
    assert columns.items["openness"].tolist() == [UNKNOWN, UNKNOWN]
    assert columns.column("hierarchy").tolist() == [UNKNOWN, UNKNOWN]
    assert services is None


def test_a_parquet_file_of_plain_words_is_read(tmp_path: Path, instrument: Instrument) -> None:
    path = parquet_file(tmp_path, phase=["after", "before"], openness=["some", None])
    (before, _), (after, _) = read(path, instrument)
    assert (before.items["openness"].tolist(), after.items["openness"].tolist()) == ([UNKNOWN], [1])


@pytest.mark.parametrize("services", [True, False])
def test_what_is_written_comes_back_part_by_part(tmp_path: Path, instrument: Instrument, services: bool) -> None:
    path, rng, length = tmp_path / "answers.parquet", np.random.default_rng(2), ROWS_TOGETHER + 10
    columns = simulate(instrument, Phase.AFTER, length, rng, 0.2)
    names = tuple(f"s{number}" for number in range(length)) if services else None
    write_population(path, instrument, [(columns, names)])
    parts = read(path, instrument)
    assert [part.length for part, _ in parts] == [ROWS_TOGETHER, 10]
    for code, column in columns.items.items():
        np.testing.assert_array_equal(np.concatenate([part.items[code] for part, _ in parts]), column)
    assert [named and named[0] for _, named in parts] == ([names[0], names[ROWS_TOGETHER]] if names else [None, None])


NO_COLUMN = "there is no column phase; add it, with before or after in each row"
SENTENCES = {
    "phase,opennes\nafter,full\n": "answers.csv:1: there is no item 'opennes'; did you mean openness?",
    "openness\nfull\n": f"answers.csv:1: {NO_COLUMN}",
    "phase,openness\nafter,full\nafter,ful\n": (
        "answers.csv:3: row 2, column openness: 'ful' is no answer here; did you mean full?"
    ),
    "phase,openness\nduring,full\n": (
        "answers.csv:2: row 1, column phase: 'during' is no answer here; expected one of: before, after"
    ),
    "phase,openness\n,full\n": "answers.csv:2: row 1, column phase: it is empty; say before or after",
    "phase,later\nafter,full\nbefore,full\n": (
        "answers.csv:3: row 2, column later: 'full', but the item is not asked in this phase; leave it empty"
    ),
    "phase,openness,openness\nafter,full,full\n": "answers.csv:1: the column openness is there twice; leave one",
    "phase,service\nafter,Lima\n": (
        "answers.csv:1: there is no column for any item; name columns by the codes of items"
    ),
    "phase,openness\n": "answers.csv:1: the file has no rows; add one for each assessment",
    "phase;openness\nafter;full\n": "answers.csv:1: the columns are divided by semicolons; divide them by commas",
    "phase,openness\nafter,full\nafter\n": "answers.csv:3: 1 values for 2 columns; mend the row",
    "x" * 1_000_001: "answers.csv:1: the first line is no header; it should name the columns, divided by commas",
    "phase,openness\nafter," + "x" * 5_000 + "\n": (
        f"answers.csv:2: row 1, column openness: '{'x' * 40}' is no answer here; "
        "expected one of: none, some, full, not_applicable, not_answered, dont_know"
    ),
    "phase," + ",".join(f"c{number}" for number in range(10_000)) + "\n": (
        "answers.csv:1: there are 10,001 columns, more than 2,000; leave only phase and items"
    ),
}


@pytest.mark.parametrize("text", SENTENCES, ids=range(len(SENTENCES)))
def test_what_is_wrong_with_a_csv_file_is_said(tmp_path: Path, instrument: Instrument, text: str) -> None:
    with pytest.raises(ReadinessError) as caught:
        read(csv_file(tmp_path, text), instrument)
    assert str(caught.value) in (SENTENCES[text], f"{SENTENCES[text]}\nanswers.csv:1: {NO_COLUMN}")


@pytest.mark.parametrize(
    "text", [b"", b"phase,openness\nafter,\xff\xfe\n", b"phase,\xff\n", b"\0" * 99, b"phase,openness\n\0\n"]
)
def test_a_csv_file_that_is_no_text_is_refused(tmp_path: Path, instrument: Instrument, text: bytes) -> None:
    with pytest.raises(ReadinessError, match=r"^answers\.csv:\d+: "):
        read(csv_file(tmp_path, text), instrument)


def test_a_row_longer_than_any_answers_is_refused(tmp_path: Path, instrument: Instrument) -> None:
    path = csv_file(tmp_path, "phase,openness\nafter," + "x" * 20_000_000 + "\n")
    with pytest.raises(ReadinessError, match=r"^answers\.csv:\d+: "):
        read(path, instrument)


def test_what_is_no_parquet_file_is_refused(tmp_path: Path, instrument: Instrument) -> None:
    path = tmp_path / "answers.parquet"
    path.write_text("phase,openness\n")
    with pytest.raises(ReadinessError, match=r"answers\.parquet:1: this is not a whole Parquet file; write it again"):
        read(path, instrument)


@pytest.mark.parametrize("left", [0.0, 0.5, 0.99])
def test_a_parquet_file_cut_short_is_refused(tmp_path: Path, instrument: Instrument, left: float) -> None:
    path = parquet_file(tmp_path, phase=["after"] * 1000, openness=["full"] * 1000)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * left)])
    with pytest.raises(ReadinessError, match=r"answers\.parquet:1: this is not a whole Parquet file; write it again"):
        read(path, instrument)


def test_a_parquet_file_damaged_inside_is_refused(tmp_path: Path, instrument: Instrument) -> None:
    path = parquet_file(tmp_path, phase=["after"] * 1000, openness=["full", "none"] * 500)
    path.write_bytes(path.read_bytes()[:4] + b"\xff" * 60 + path.read_bytes()[64:])
    with pytest.raises(ReadinessError, match=r"answers\.parquet:1: the file is damaged or cut short, write it again"):
        read(path, instrument)


@pytest.mark.parametrize("sign", ["\x1b", "\r", "\0", "\x9b", "\u202e", "\u200b", "\u2028"])
def test_a_service_with_a_hidden_sign_is_refused_with_its_row(
    tmp_path: Path, instrument: Instrument, sign: str
) -> None:
    path = parquet_file(tmp_path, phase=["before", "after"], service=["Ulm", f"Li{sign}ma"], openness=["full", "full"])
    with pytest.raises(ReadinessError) as caught:
        read(path, instrument)
    assert str(caught.value) == (
        f"answers.parquet:2: row 2, column service: the name Li{ascii(sign)[1:-1]}ma holds the hidden sign "
        f"U+{ord(sign):04X}; remove it"
    )


def test_a_hidden_sign_in_a_csv_file_is_refused_with_its_line(tmp_path: Path, instrument: Instrument) -> None:
    path = csv_file(tmp_path, "phase,service,openness\nafter,U\u202elm,full\n")
    with pytest.raises(ReadinessError, match=r"^answers\.csv:2: row 1, column service: the name U\\u202elm holds the"):
        read(path, instrument)


def test_names_of_every_script_are_read(tmp_path: Path, instrument: Instrument) -> None:
    names = ("\u0928\u093f\u0930\u094d\u200d\u092e", "S\u00e3o\u00a0Paulo", "x" * 300, "")
    path = parquet_file(tmp_path, phase=["after"] * 4, service=[*names[:3], None], openness=["full"] * 4)
    ((_, services),) = read(path, instrument)
    assert services == names


def test_a_small_file_with_endless_names_is_refused_before_it_fills_the_memory(
    tmp_path: Path, instrument: Instrument
) -> None:
    path = tmp_path / "answers.parquet"
    service = pa.DictionaryArray.from_arrays(pa.array([0] * 60, pa.int32()), ["x" * 50_000_000])
    table = pa.table({"phase": ["after"] * 60, "service": service, "openness": ["full"] * 60})
    parquet.write_table(table, path, compression="zstd", store_schema=False, write_statistics=False)
    assert path.stat().st_size < 20_000
    with pytest.raises(ReadinessError) as caught:
        read(path, instrument)
    assert str(caught.value) == (
        "answers.parquet:1: row 1, column service: the name has 50,000,000 letters, more than 300; shorten it"
    )
    assert pa.default_memory_pool().max_memory() < 2_000_000_000  # as words in each row they would be 3 GB


def test_a_row_group_that_would_not_fit_is_refused_unread(tmp_path: Path, instrument: Instrument) -> None:
    words = [letter * 180_000_000 for letter in "abc"]
    path = parquet_file(tmp_path, phase=words[:1], openness=words[1:2], hierarchy=words[2:])
    with pytest.raises(
        ReadinessError, match=r"one row group holds 540,\d{3},\d{3} bytes, more than 500,000,000; write"
    ):
        read(path, instrument)


def test_numbers_are_no_answers(tmp_path: Path, instrument: Instrument) -> None:
    path = parquet_file(tmp_path, phase=["after"], openness=[2])
    with pytest.raises(ReadinessError, match=r"answers\.parquet:1: the column openness holds int64, not words"):
        read(path, instrument)


def test_the_row_of_a_wrong_word_is_right_behind_the_first_part(tmp_path: Path, instrument: Instrument) -> None:
    words = ["full"] * (ROWS_TOGETHER + 3) + ["fulll"]
    phases = ["before"] + ["after"] * (len(words) - 1)
    path = parquet_file(tmp_path, phase=phases, openness=words)
    with pytest.raises(ReadinessError, match=f"row {ROWS_TOGETHER + 4}, column openness: 'fulll' is no answer here"):
        read(path, instrument)


def test_another_kind_of_file_is_refused(tmp_path: Path, instrument: Instrument) -> None:
    with pytest.raises(
        ReadinessError, match=r"answers\.xlsx is neither a \.parquet nor a \.csv file; give one of these"
    ):
        read(tmp_path / "answers.xlsx", instrument)


def test_a_file_that_is_not_there_is_named(tmp_path: Path, instrument: Instrument) -> None:
    with pytest.raises(ReadinessError, match=r"there is no file .*answers\.csv; check its name"):
        read(tmp_path / "answers.csv", instrument)


def test_without_pyarrow_a_sentence_says_how_to_get_it(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "phase,openness\n")
    program = f"""
import sys; sys.modules["pyarrow"] = None
from pathlib import Path
from readiness.engine.instrument import Instrument
from readiness.loading.populations import read_population
list(read_population(Path({str(path)!r}), Instrument(())))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "which is not installed; install it with: python -m pip install pyarrow" in done.stderr
