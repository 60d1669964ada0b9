"""An answer's tables as CSV, Parquet and one Excel workbook.

Text that a spreadsheet would run as a formula (it begins with ``=``, ``+``, ``-``, ``@``, a tab or a line break)
gets an apostrophe before it in CSV, and is stored as text in the workbook; Parquet keeps it as it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from vado.answer import Answer
from vado.errors import BadFileError
from vado.report.names import answer_slugs, table_stems
from vado.report.sources import merged_sources
from vado.report.values import column_kind, is_missing, plain, text

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\n")
#: What a sheet of Excel holds at most: rows below the heading, letters in a cell, letters in a sheet's name.
_MOST_ROWS, _LONGEST_CELL, _LONGEST_SHEET = 1_048_575, 32_767, 31


def write_tables(answers: Sequence[Answer], folder: Path) -> list[Path]:
    """Write every table of every answer as CSV (UTF-8) and as Parquet; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, answer in zip(answer_slugs(answers), answers, strict=True):
        stems = table_stems(name, answer)
        for table_name, table in answer.tables.items():
            for ending, write in ((".csv", write_csv), (".parquet", write_parquet)):
                path = folder / f"{stems[table_name]}{ending}"
                write(table, path)
                written.append(path)
    return written


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write one table as CSV or Parquet, by the ending of the file's name.

    Raises
    ------
    BadFileError
        For another ending, or a folder that is not there.
    """
    writers = {".csv": write_csv, ".parquet": write_parquet}
    if path.suffix not in writers:
        raise BadFileError(f"{path} ends in neither .csv nor .parquet; name the file so that one of them fits")
    if not path.parent.is_dir():
        raise BadFileError(f"there is no folder {path.parent}; make it or name another")
    writers[path.suffix](table, path)


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV that no spreadsheet takes for formulas; dates are ISO, missing is empty."""
    safe = pd.DataFrame({name: _csv_column(table[name]) for name in table.columns}, index=table.index)
    safe.columns = pd.Index([_harmless(str(name)) for name in table.columns])
    safe.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


def _csv_column(column: pd.Series[Any]) -> pd.Series[Any]:
    if pd.api.types.is_numeric_dtype(column):
        return column
    if column_kind(column) == "date":
        return column.map(text)
    return column.map(lambda value: None if is_missing(value) else _harmless(value))


def _harmless(value: Any) -> Any:
    r"""Return a cell with an apostrophe before text that a spreadsheet would run, and line breaks as ``\n``.

    A lone carriage return would end a row, as the CSV writer does not quote it.

    >>> _harmless("=1+1"), _harmless("Darién"), _harmless(-3)
    ("'=1+1", 'Darién', -3)
    """
    if not isinstance(value, str):
        return value
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{value}" if value.startswith(_FORMULA_SIGNS) else value


def write_parquet(table: pd.DataFrame, path: Path) -> None:
    """Write a table as Parquet; a column that mixes sorts of values is written as text."""
    stored = table.reset_index(drop=True)
    stored.attrs = {}
    for name in stored.columns:
        if stored[name].dtype == object and stored[name].dropna().map(type).nunique() > 1:
            stored[name] = stored[name].map(lambda value: None if is_missing(value) else text(value))
    stored.columns = pd.Index([str(name) for name in stored.columns])
    stored.to_parquet(path, index=False)


def write_workbook(answers: Sequence[Answer], path: Path) -> Path:
    """Write one Excel workbook: contents, a sheet a table, assumed parameters, caveats and sources.

    Raises
    ------
    BadFileError
        If the library that writes workbooks is not installed.
    """
    try:
        import xlsxwriter
    except ImportError:
        raise BadFileError(f"cannot write {path.name}: install Excel support with pip install 'vado[excel]'") from None
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(path, {**options, "nan_inf_to_errors": False}) as book:
        # A fixed day, so that the same answers give the same file.
        latest = max((answer.as_of for answer in answers), default=dt.date(2000, 1, 1))
        book.set_properties({"created": dt.datetime.combine(latest, dt.time())})
        styles = {
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
            "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"}),
            "count": book.add_format({"num_format": "#,##0"}),
            "fraction": book.add_format({"num_format": "#,##0.00####"}),
            "plain": book.add_format({}),
        }
        names = _sheet_names(answers)
        contents = [
            (number, answer.question, table_name, len(table), names[number, table_name], _cut_note(table))
            for number, answer in enumerate(answers, 1)
            for table_name, table in answer.tables.items()
        ]
        heading = ["answer", "question", "table", "rows", "sheet", "note"]
        _sheet(book, "contents", pd.DataFrame(contents, columns=heading), styles)
        for number, answer in enumerate(answers, 1):
            for table_name, table in answer.tables.items():
                _sheet(book, names[number, table_name], table, styles)
        _sheet(book, "sources", pd.DataFrame([vars(source) for source in merged_sources(answers)]), styles)
        assumed = [{"answer": n, **item} for n, answer in enumerate(answers, 1) for item in answer.assumed]
        _sheet(book, "assumed", pd.DataFrame(assumed), styles)
        caveats = [{"answer": n, "caveat": c} for n, answer in enumerate(answers, 1) for c in answer.caveats]
        _sheet(book, "caveats", pd.DataFrame(caveats), styles)
    return path


def _cut_note(table: pd.DataFrame) -> str:
    return f"first {_MOST_ROWS:,} rows; all are in the CSV file" if len(table) > _MOST_ROWS else ""


def _sheet_names(answers: Sequence[Answer]) -> dict[tuple[int, str], str]:
    """Return (answer, table) → a name that Excel takes: short, without its special signs, distinct in any case."""
    used = {"contents", "sources", "assumed", "caveats"}
    names: dict[tuple[int, str], str] = {}
    for number, answer in enumerate(answers, 1):
        for table in answer.tables:
            base = "".join("_" if sign in "[]:*?/\\'" else sign for sign in f"{number} {table}")
            name = base[:_LONGEST_SHEET]
            count = 1
            while name.lower() in used:
                count += 1
                name = f"{base[: _LONGEST_SHEET - len(str(count)) - 1]} {count}"
            used.add(name.lower())
            names[number, table] = name
    return names


def _sheet(book: Any, name: str, table: pd.DataFrame, styles: Mapping[str, Any]) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for position, column_name in enumerate(table.columns):
        sheet.write_string(0, position, str(column_name), styles["head"])
        column = table[column_name].iloc[:_MOST_ROWS]
        kind = column_kind(column.rename(str(column_name)))
        style = styles["plain"]
        if kind == "number":
            values = pd.to_numeric(column, errors="coerce").dropna()
            style = styles["count"] if (values % 1 == 0).all() else styles["fraction"]
        cells = _as_dates(column) if kind == "date" else column
        for row, value in enumerate(cells, 1):
            _cell(sheet, row, position, value, style, styles)
        longest = column.iloc[:500].map(lambda value: len(text(value))).max() if len(column) else 0
        sheet.set_column(position, position, min(60, max(9, len(str(column_name)) + 2, int(longest) * 1.1 + 1)))
    if len(table):
        sheet.autofilter(0, 0, min(len(table), _MOST_ROWS), len(table.columns) - 1)


def _as_dates(column: pd.Series[Any]) -> Iterable[Any]:
    """Return cells as Python's dates and times, whatever form the column has; Excel knows no time zones."""
    dates = pd.to_datetime(column)
    if getattr(dates.dt, "tz", None) is not None:
        return column.map(str)
    return [None if pd.isna(value) else value.to_pydatetime() for value in dates]


def _cell(sheet: Any, row: int, column: int, value: Any, style: Any, styles: Mapping[str, Any]) -> None:
    if is_missing(value):
        return
    if isinstance(value, dt.datetime):
        sheet.write_datetime(row, column, value, styles["date" if value.time() == dt.time() else "moment"])
        return
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, style)
    else:
        sheet.write_string(row, column, str(plain(value))[:_LONGEST_CELL])
