"""Taking a tidy file into a ledger: good rows go in, bad rows go to quarantine with the reason, none vanishes.

A tidy file is CSV (UTF-8, with a header) or Parquet whose columns are those of one table of
:mod:`vado.ledger.schema`. Columns may be missing where the table has a sensible default: a dimension without a split
is ``ALL``, the unit is the measure's, the publication day is period end plus the measure's lag, and the series is the
name of the file, so that new figures never mix with a default series unless they say so.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vado.errors import BadFileError, VadoError
from vado.ledger.codes import check, check_nationality
from vado.ledger.dates import day
from vado.ledger.ledger import Ledger
from vado.ledger.schema import (
    DIMENSIONS,
    MEASURE_KINDS,
    PARAMETER_STATUS,
    SOURCE_KINDS,
    TABLES,
    Column,
    Table,
)
from vado.ledger.store import DuckDBStore

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]

HOUSEHOLDS = ("single_adult", "family_unit_individual", "unaccompanied_minor", "accompanied_minor", "ALL")
AUTHORITIES = ("title_8", "title_42", "ALL")
COMPONENTS = ("USBP", "OFO", "ALL")


@dataclass(frozen=True)
class Load:
    """What became of a file: rows taken, and rows set aside with (line, reason)."""

    table: str
    taken: int
    set_aside: tuple[tuple[int, str], ...]


_TWICE = "is in the ledger already, or twice in the file; give it a vintage of its own if it is a revision"


class _FaultError(Exception):
    """Why a row cannot be taken, and how to mend it."""


def load(file: str | Path, ledger: str | Path, table: str = "observations") -> Load:
    """Load a tidy file into a ledger of the user, made from the embedded one if it does not exist.

    Parameters
    ----------
    file
        CSV or Parquet with the columns of ``table``.
    ledger
        A DuckDB file.
    table
        Name of a table of the ledger.

    Returns
    -------
    Load
        Counts of both, and the reason for each row set aside.

    Raises
    ------
    BadFileError
        If the file cannot be read, or lacks a column that has no default. The ledger is then unchanged.
    """
    file = Path(file)
    check("table", table, [name for name in TABLES if name != "quarantine"])
    schema = TABLES[table]
    rows = list(_read(file, schema))
    with Ledger(DuckDBStore(Path(ledger), create=True)) as target:
        judge = _Judge(target, schema, file.stem)
        accepted: list[tuple[int, Row, Row]] = []
        bad: list[Row] = []
        for line, raw, fault in rows:
            try:
                if fault:
                    raise _FaultError(fault)
                accepted.append((line, raw, judge.accept(raw)))
            except _FaultError as reason:
                bad.append(_set_aside(file, line, raw, str(reason)))
        there = judge.already_there([row for _, _, row in accepted])
        bad += [_set_aside(file, line, raw, _TWICE) for line, raw, row in accepted if judge.key(row) in there]
        good = [row for _, _, row in accepted if judge.key(row) not in there]
        bad.sort(key=lambda row: int(row["line"]))
        incoming = {schema.name: _frame(schema, good), "quarantine": _frame(TABLES["quarantine"], bad)}
        target.store.append({name: frame for name, frame in incoming.items() if len(frame)})
    return Load(table, len(good), tuple((row["line"], row["reason"]) for row in bad))


def _set_aside(file: Path, line: int, raw: Row, reason: str) -> Row:
    content = json.dumps(raw, ensure_ascii=False, default=str)
    return {"file": file.name, "line": line, "reason": reason, "content": content}


def _frame(table: Table, rows: list[Row]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows, columns=table.names, dtype=object)


def _read(file: Path, table: Table) -> Iterator[tuple[int, Row, str | None]]:
    """Yield (line, row, fault found while reading) of a CSV or Parquet file."""
    if not file.is_file():
        raise BadFileError(f"no file {file}; give a CSV or Parquet file")
    if file.suffix in {".parquet", ".pq"}:
        yield from _read_parquet(file, table)
    elif file.suffix == ".csv":
        yield from _read_csv(file, table)
    else:
        raise BadFileError(f"{file} is neither .csv nor .parquet; save it as one of them")


def _read_csv(file: Path, table: Table) -> Iterator[tuple[int, Row, str | None]]:
    # surrogateescape lets a wrongly encoded row reach quarantine instead of stopping the load.
    with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
        reader = csv.reader(text)
        header = next(reader, None)
        if header is None:
            raise BadFileError(f"{file} is empty; it must begin with a header of columns of {table.name}")
        header = [name.strip() for name in header]
        _check_header(file, header, table)
        for cells in reader:
            if not cells:
                continue
            row: Row = dict(zip(header, cells, strict=False))
            fault = None
            if len(cells) != len(header):
                row["(all cells)"] = cells
                fault = f"has {len(cells)} cells where the header has {len(header)}; check commas and quotes"
            if any("\udc80" <= letter <= "\udcff" for cell in cells for letter in cell):
                row = {k: str(v).encode("utf-8", "surrogateescape").decode("latin-1") for k, v in row.items()}
                fault = "is not UTF-8; save the file as UTF-8"
            yield reader.line_num, row, fault


def _read_parquet(file: Path, table: Table) -> Iterator[tuple[int, Row, str | None]]:
    import pyarrow.parquet as parquet

    try:
        content = parquet.read_table(file)
    except (OSError, ValueError) as error:
        raise BadFileError(f"{file} cannot be read as Parquet: {str(error).splitlines()[0]}") from None
    _check_header(file, content.column_names, table)
    for number, row in enumerate(content.to_pylist(), start=2):
        yield number, {k: "" if v is None else v for k, v in row.items()}, None


def _check_header(file: Path, header: list[str], table: Table) -> None:
    for name in header:
        try:
            check(f"column of {table.name} in {file.name}", name, table.names)
        except VadoError as error:
            raise BadFileError(str(error)) from None
    needed = [c.name for c in table.columns if not c.optional and c.name not in _DEFAULTED]
    if missing := [name for name in needed if name not in header]:
        raise BadFileError(f"{file.name} lacks the column {missing[0]!r} of table {table.name}; add it to the header")
    if len(set(header)) < len(header):
        twice = next(name for name in header if header.count(name) > 1)
        raise BadFileError(f"{file.name} has the column {twice!r} twice; keep one")


#: Columns that a file may leave out although the table requires them; :meth:`_Judge._complete` fills them in.
_DEFAULTED = {
    *DIMENSIONS,
    "unit",
    "series",
    "vintage",
    "published",
    "published_is_assumed",
    "tracking",
    "approximate",
}


class _Judge:
    """Accepts or refuses the rows of one file, one by one."""

    def __init__(self, ledger: Ledger, table: Table, file_name: str) -> None:
        self._ledger = ledger
        self._table = table
        self._file_name = file_name
        self._sources = set(ledger.sources()["source_id"])
        self._places = {*ledger.read("places")["place"], "ALL"}
        self._seen: set[tuple[str, ...]] = set()

    def accept(self, raw: Mapping[str, Any]) -> Row:
        """Return the row with typed cells and defaults filled in, or raise the reason against it."""
        row: Row = {column.name: _cell(column, raw.get(column.name, "")) for column in self._table.columns}
        special: dict[str, Callable[[Row], None]] = {
            "observations": self._observation,
            "sources": lambda r: _among(r, "kind", SOURCE_KINDS),
            "measures": lambda r: _among(r, "kind", MEASURE_KINDS),
            "parameters": self._parameter,
        }
        if self._table.name in special:
            special[self._table.name](row)
        for flag in ("published_is_assumed", "tracking", "approximate"):
            if flag in row and row[flag] is None:
                row[flag] = False
        for column in self._table.columns:
            if not column.optional and row[column.name] is None:
                raise _FaultError(f"{column.name} is empty; fill it in: {column.description}")
        if self._table.name != "sources" and row.get("source_id") not in {None, *self._sources}:
            raise _FaultError(
                f"source {row['source_id']!r} is not in the ledger; load its row first with --table sources"
            )
        key = self.key(row)
        if key in self._seen:
            raise _FaultError(_TWICE)
        self._seen.add(key)
        return row

    def _observation(self, row: Row) -> None:
        try:
            about = self._ledger.measure(row["measure"] or "")
            check_nationality(row["nationality"] or "ALL", also=("OOO", "XXX", "STL", "XKX"))
        except VadoError as error:
            raise _FaultError(str(error)) from None
        self._complete(row, about)
        if row["place"] not in self._places:
            raise _FaultError(f"place {row['place']!r} is not in the ledger; load its row first with --table places")
        _among(row, "household", HOUSEHOLDS)
        _among(row, "legal_authority", AUTHORITIES)
        _among(row, "component", COMPONENTS)
        if row["unit"] != about["unit"]:
            raise _FaultError(
                f"unit {row['unit']!r} is not {about['unit']!r}, the unit of {row['measure']}; convert the values"
            )
        if row["period_end"] < row["period_start"]:
            raise _FaultError(f"ends on {row['period_end']} before it starts on {row['period_start']}; swap the dates")
        if row["value"] is None and row["low"] is None and row["high"] is None:
            raise _FaultError("has neither a value nor an interval; leave the row out if the figure is not known")
        if about["kind"] in {"stock", "persons", "events"} and any(
            row[name] is not None and row[name] < 0 for name in ("value", "low", "high")
        ):
            raise _FaultError(f"is negative, but {row['measure']} is a count; check the sign")
        _ordered(row)

    def _parameter(self, row: Row) -> None:
        _among(row, "status", PARAMETER_STATUS)
        row["published_is_assumed"] = bool(row["published_is_assumed"])
        _ordered(row)

    def _complete(self, row: Row, about: Mapping[str, Any]) -> None:
        for dimension in DIMENSIONS:
            row[dimension] = row[dimension] or ("{}" if dimension == "attributes" else "ALL")
        try:
            pairs = json.loads(row["attributes"])
            if not isinstance(pairs, dict):
                raise ValueError
        except ValueError:
            raise _FaultError('attributes is not a JSON object such as {"sex":"female"}; mend it') from None
        row["attributes"] = json.dumps(pairs, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        row["unit"] = row["unit"] or about["unit"]
        row["series"] = row["series"] or self._file_name
        row["vintage"] = row["vintage"] or "final"
        if row["period_end"] is None or row["period_start"] is None:
            raise _FaultError("period_start or period_end is empty; both days belong to the period")
        if row["published"] is None:
            row["published"] = row["period_end"] + dt.timedelta(days=int(about["lag_days"]))
            row["published_is_assumed"] = True
        row["published_is_assumed"] = bool(row["published_is_assumed"])

    def key(self, row: Mapping[str, Any]) -> tuple[str, ...]:
        """Return what identifies a row, as text."""
        return tuple(_text(row[name]) for name in self._table.key)

    def already_there(self, rows: list[Row]) -> set[tuple[str, ...]]:
        """Return the keys of those rows that the ledger has already."""
        if not rows:
            return set()
        # The first column of a key (measure, source, name, …) narrows the ledger to what the file is about.
        first = self._table.key[0]
        values = sorted({row[first] for row in rows}, key=str)
        marks = ", ".join("?" * len(values))
        names = ", ".join(self._table.key)
        sql = f"SELECT {names} FROM {self._table.name} WHERE {first} IN ({marks})"
        for name in {"series", "vintage"} & set(self._table.key):
            chosen = sorted({row[name] for row in rows})
            sql += f" AND {name} IN ({', '.join('?' * len(chosen))})"
            values += chosen
        frame = self._ledger.store.query(sql, values)
        return {tuple(_text(cell) for cell in cells) for cells in frame.itertuples(index=False, name=None)}


def _text(cell: object) -> str:
    """Return a cell as text that is the same whether it comes from a file or from the store."""
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return repr(float(cell)) if isinstance(cell, (int, float)) and not isinstance(cell, bool) else str(cell)


def _among(row: Row, column: str, valid: tuple[str, ...]) -> None:
    try:
        check(column, row[column] or "", valid)
    except VadoError as error:
        raise _FaultError(str(error)) from None


def _ordered(row: Row) -> None:
    ends = [row[name] for name in ("low", "value", "high") if row[name] is not None]
    if ends != sorted(ends):
        raise _FaultError("low, value and high are not in order; swap them")


def _cell(column: Column, raw: Any) -> Any:
    """Return a cell in the type of its column; empty is None."""
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    try:
        if column.type == "DATE":
            return day(raw if isinstance(raw, dt.date) else str(raw), column.name)
        if column.type == "BIGINT":
            return int(str(raw))
        if column.type == "DOUBLE PRECISION":
            number = float(str(raw))
            if number != number or number in (float("inf"), float("-inf")):
                raise ValueError
            return number
    except VadoError as error:
        raise _FaultError(str(error)) from None
    except ValueError:
        raise _FaultError(
            f"{column.name} {str(raw)!r} is not a number; write digits with a point, no separators"
        ) from None
    if column.type == "BOOLEAN":
        flags = {"true": True, "1": True, "false": False, "0": False}
        if str(raw).strip().lower() not in flags:
            raise _FaultError(f"{column.name} {str(raw)!r} is neither true nor false")
        return flags[str(raw).strip().lower()]
    return str(raw).strip()
