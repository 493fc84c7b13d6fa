"""Files of many assessments > columns of codes, part by part: Parquet and CSV, however large; and columns > Parquet.

The header names `phase` (before or after), perhaps `service`, and items by their codes; an item without a column was
not answered. A value is a level, a missing reason, or empty. Whatever does not fit ends the reading with a sentence.
"""

import csv
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from readiness.engine.answers import MISSING, Missing, Phase
from readiness.engine.instrument import Instrument, Item
from readiness.errors import ReadinessError, nearest
from readiness.loading.problems import MOST_PROBLEMS, InvalidFiles, Problem
from readiness.workbench.columns import NOT_APPLICABLE, UNKNOWN, Codes, Columns, codes_of

PHASE, SERVICE = "phase", "service"

# Assessments read together; columns of a file; bytes of its header, of a row, and of one column in one part of a file.
ROWS_TOGETHER = 65_536
MOST_COLUMNS = 2_000
LONGEST_HEADER = 1_000_000
MOST_IN_A_COLUMN = 200_000_000
MOST_IN_A_GROUP = 500_000_000  # bytes of all columns of one row group
LONGEST_SERVICE = 300  # letters, as on the pages
SHOWN = 40

# Signs that nobody sees and that a terminal or a table program may obey; the joiners of some scripts are none of them.
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
JOINERS = "\u200c\u200d"

# A code that no answer has: what is no answer of the item, or is none in this phase.
NO_ANSWER = 253

Services = tuple[str, ...] | None
Part = tuple[Columns, Services]


def read_population(path: Path, instrument: Instrument) -> Iterator[Part]:
    """The assessments of a .parquet or .csv file, one phase in each part, with their services (None: it names none).

    Raises InvalidFiles with file, row and column of what does not fit, ReadinessError where pyarrow is missing.
    """
    readers = {".parquet": _parquet_batches, ".csv": _csv_batches}
    if path.suffix.lower() not in readers:
        raise ReadinessError(f"{path.name} is neither a .parquet nor a .csv file; give one of these")
    if not path.is_file():
        raise ReadinessError(f"there is no file {path}; check its name")
    arrow, rows = _arrow(), 0
    try:
        for batch in readers[path.suffix.lower()](path, instrument):
            yield from _parts(path.name, instrument, batch, rows)
            rows += batch.num_rows
    except (arrow.ArrowException, OSError, UnicodeDecodeError) as error:
        _refuse(path.name, 1, f"the file is damaged or cut short, write it again ({_first_line(error)})")
    if not rows:
        _refuse(path.name, 1, "the file has no rows; add one for each assessment")


def write_population(path: Path, instrument: Instrument, parts: Iterable[Part]) -> None:
    """Write assessments as a Parquet file that `read_population` reads; services are named in every part or in none."""
    arrow = _arrow()
    from pyarrow import parquet  # type: ignore[import-untyped]

    writer = None
    for columns, services in parts:
        table = arrow.table(
            {
                PHASE: _words(arrow, [columns.phase.value], np.zeros(columns.length, np.int16)),
                **({} if services is None else {SERVICE: arrow.array(services, arrow.string())}),
                **{code: _item_words(arrow, item, columns) for code, item in instrument.items.items()},
            }
        )
        writer = writer or parquet.ParquetWriter(path, table.schema)
        writer.write_table(table)
    if writer:
        writer.close()


def _arrow() -> Any:
    try:
        import pyarrow
    except ImportError:
        raise ReadinessError(
            "reading files of assessments needs the package pyarrow, which is not installed; "
            "install it with: python -m pip install pyarrow"
        ) from None
    return pyarrow


def _refuse(file: str, line: int, sentence: str) -> NoReturn:
    raise InvalidFiles([Problem(file, line, sentence)])


def _first_line(error: Exception) -> str:
    return _visible(str(error).partition("\n")[0][:120])


def _visible(text: str) -> str:
    """A text of which every sign is seen: a name inside a file may hold what a terminal obeys."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def _parquet_batches(path: Path, instrument: Instrument) -> Iterator[Any]:
    arrow = _arrow()
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            names, schema = list(file.schema_arrow.names), file.schema_arrow
    except (arrow.ArrowException, OSError) as error:
        _refuse(path.name, 1, f"this is not a whole Parquet file; write it again ({_first_line(error)})")
    _check_header(path.name, names, instrument)
    for name in names:
        kind = schema.field(name).type
        kind = kind.value_type if arrow.types.is_dictionary(kind) else kind
        if not (arrow.types.is_string(kind) or arrow.types.is_large_string(kind) or arrow.types.is_null(kind)):
            _refuse(path.name, 1, f"the column {name} holds {_visible(str(kind)[:120])}, not words; write it as text")
    with parquet.ParquetFile(path, read_dictionary=names) as file:
        _check_sizes(path.name, file.metadata)
        yield from file.iter_batches(ROWS_TOGETHER, columns=names, use_threads=False)


def _check_sizes(file: str, metadata: Any) -> None:
    """Refuse a column whose words are longer than any answer, before they fill the memory."""
    for group in range(metadata.num_row_groups):
        size = sum(metadata.row_group(group).column(at).total_uncompressed_size for at in range(metadata.num_columns))
        if size > MOST_IN_A_GROUP:
            _refuse(
                file,
                1,
                f"one row group holds {size:,} bytes, more than {MOST_IN_A_GROUP:,}; write smaller row groups",
            )
        for at in range(metadata.num_columns):
            column = metadata.row_group(group).column(at)
            if column.total_uncompressed_size > MOST_IN_A_COLUMN:
                _refuse(
                    file,
                    1,
                    f"one row group holds {column.total_uncompressed_size:,} bytes of {column.path_in_schema}, more "
                    f"than {MOST_IN_A_COLUMN:,}; its words are too long, or its row groups should be smaller",
                )


def _csv_batches(path: Path, instrument: Instrument) -> Iterator[Any]:
    arrow = _arrow()
    from pyarrow import csv as arrow_csv

    names = _csv_header(path)
    _check_header(path.name, names, instrument)
    types = {
        name: arrow.string() if name == SERVICE else arrow.dictionary(arrow.int32(), arrow.string()) for name in names
    }

    def wrong(row: Any) -> NoReturn:
        _refuse(path.name, row.number, f"{row.actual_columns} values for {row.expected_columns} columns; mend the row")

    misfits: list[Any] = []
    try:
        reader = arrow_csv.open_csv(
            path,
            read_options=arrow_csv.ReadOptions(use_threads=False),
            parse_options=arrow_csv.ParseOptions(
                invalid_row_handler=lambda row: misfits.append(row) or "error"  # type: ignore[func-returns-value]
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=types, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=True
            ),
        )
        yield from reader
    except arrow.ArrowException as error:
        if misfits:
            wrong(misfits[0])
        _refuse(path.name, 1, f"this cannot be read as CSV in UTF-8; write it again ({_first_line(error)})")


def _csv_header(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = file.readline(LONGEST_HEADER)
    except UnicodeDecodeError:
        _refuse(path.name, 1, "this is not text in UTF-8; save it as CSV in UTF-8")
    if len(header) >= LONGEST_HEADER or "\0" in header:
        _refuse(path.name, 1, "the first line is no header; it should name the columns, divided by commas")
    names = next(csv.reader([header]), [])
    if len(names) == 1 and ";" in header:
        _refuse(path.name, 1, "the columns are divided by semicolons; divide them by commas")
    return names


def _check_header(file: str, names: Sequence[str], instrument: Instrument) -> None:
    if len(names) > MOST_COLUMNS:
        _refuse(file, 1, f"there are {len(names):,} columns, more than {MOST_COLUMNS:,}; leave only {PHASE} and items")
    allowed = [PHASE, SERVICE, *instrument.items]
    found = [f"there is no item {name[:SHOWN]!r}{nearest(name, allowed)}" for name in names if name not in allowed]
    found += [f"the column {name} is there twice; leave one" for name in allowed if names.count(name) > 1]
    if PHASE not in names:
        found.append(f"there is no column {PHASE}; add it, with before or after in each row")
    if not set(names) - {PHASE, SERVICE}:
        found.append("there is no column for any item; name columns by the codes of items")
    if found:
        raise InvalidFiles(Problem(file, 1, sentence) for sentence in found[:MOST_PROBLEMS])


def _parts(file: str, instrument: Instrument, batch: Any, first: int) -> Iterator[Part]:
    """The assessments of one batch, by phase; `first` is how many rows came before it."""
    words = {name: _indexed(batch.column(name)) for name in batch.schema.names if name != SERVICE}
    phases = {phase.value: place for place, phase in enumerate(Phase)}
    phase_of = _coded(file, PHASE, words.pop(PHASE), phases, first, NO_ANSWER)
    services = _service_names(file, batch.column(SERVICE), first) if SERVICE in batch.schema.names else None
    for place, phase in enumerate(Phase):
        rows = np.flatnonzero(phase_of == place)
        if not len(rows):
            continue
        columns = {}
        for name, (indices, dictionary) in words.items():
            codes = _word_codes(instrument.items[name], phase)
            part = indices if len(rows) == len(phase_of) else indices[rows]
            columns[name] = _coded(file, name, (part, dictionary), codes, first, UNKNOWN, rows)
        named = None if services is None else tuple(services[row] for row in rows)
        yield Columns(phase, columns, len(rows)), named


def _indexed(column: Any) -> tuple[NDArray[np.integer[Any]], list[str]]:
    """A column as places in a list of words; the place behind the last stands for *empty*."""
    if not hasattr(column, "dictionary"):
        column = column.cast("string").dictionary_encode()
    words = [word if word is not None else "" for word in column.dictionary.to_pylist()]
    return column.indices.fill_null(len(words)).to_numpy(zero_copy_only=False), words


def _service_names(file: str, column: Any, first: int) -> list[str]:
    """The service of each row; the first that is too long or holds a hidden sign is refused, with its row."""
    indices, words = _indexed(column)
    words = [*words, ""]
    unfit = {place: sentence for place, word in enumerate(words) if (sentence := _service_problem(word))}
    found = np.flatnonzero(np.isin(indices, list(unfit)))
    if len(found):
        row = first + 1 + int(found[0])
        line = row + 1 if file.lower().endswith(".csv") else row
        _refuse(file, line, f"row {row}, column {SERVICE}: {unfit[int(indices[found[0]])]}")
    return [words[place] for place in indices]


def _service_problem(word: str) -> str:
    """What is wrong with the name of a service; empty where nothing is."""
    if len(word) > LONGEST_SERVICE:
        return f"the name has {len(word):,} letters, more than {LONGEST_SERVICE}; shorten it"
    for sign in "" if word.isprintable() else word:
        if unicodedata.category(sign) in HIDDEN and sign not in JOINERS:
            return f"the name {_visible(word[:SHOWN])} holds the hidden sign U+{ord(sign):04X}; remove it"
    return ""


def _word_codes(item: Item, phase: Phase) -> Mapping[str, int]:
    """The code of every word that may stand for an answer to an item in a phase; one not asked has no answer."""
    codes = codes_of(item) if phase in item.ask else {Missing.NOT_ANSWERED: UNKNOWN, Missing.DONT_KNOW: UNKNOWN}
    return {str(answer): code for answer, code in codes.items()}


def _coded(
    file: str,
    name: str,
    column: tuple[NDArray[np.integer[Any]], list[str]],
    codes: Mapping[str, int],
    first: int,
    empty: int,
    rows: NDArray[np.intp] | None = None,
) -> Codes:
    """The codes of a column's words; the first word that is none is refused, with its row."""
    indices, words = column
    table = np.array([*(codes.get(word, NO_ANSWER) if word else empty for word in words), empty], np.uint8)
    found: Codes = table[indices]
    if NO_ANSWER in table:
        wrong = np.flatnonzero(found == NO_ANSWER)
        if len(wrong):
            at = int(wrong[0])
            place = int(indices[at])
            row = first + 1 + (at if rows is None else int(rows[at]))
            _refuse_word(file, name, words[place] if place < len(words) else "", codes, row)
    return found


def _refuse_word(file: str, name: str, word: str, codes: Mapping[str, int], row: int) -> NoReturn:
    """Say which word is wrong; on the second line of a CSV file stands row 1."""
    line = row + 1 if file.lower().endswith(".csv") else row
    where = f"row {row}, column {name}: "
    if not word:
        _refuse(file, line, f"{where}it is empty; say before or after")
    if name != PHASE and set(codes) <= set(MISSING):
        _refuse(file, line, f"{where}{word[:SHOWN]!r}, but the item is not asked in this phase; leave it empty")
    _refuse(file, line, f"{where}{word[:SHOWN]!r} is no answer here{nearest(word, codes)}")


def _words(arrow: Any, words: Sequence[str], indices: NDArray[np.int16]) -> Any:
    return arrow.DictionaryArray.from_arrays(arrow.array(indices), arrow.array(words, arrow.string()))


def _item_words(arrow: Any, item: Item, columns: Columns) -> Any:
    """The answers to an item as words; those that are unknown are left empty."""
    codes = columns.column(item.code)
    indices = codes.astype(np.int16)
    indices[codes == NOT_APPLICABLE] = len(item.order)
    words = [*item.order, Missing.NOT_APPLICABLE.value]
    shown = arrow.array(indices, mask=codes == UNKNOWN)
    return arrow.DictionaryArray.from_arrays(shown, arrow.array(words, arrow.string()))
