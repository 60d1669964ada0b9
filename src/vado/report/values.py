"""What is in a column: numbers, dates, years or words, and how one cell reads as text.

Charts, HTML tables and spreadsheets ask these questions alike, so that a date is a date everywhere.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Mapping
from numbers import Number
from typing import Any, Literal

import pandas as pd

ColumnKind = Literal["number", "year", "date", "text"]

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def column_kind(column: pd.Series[Any]) -> ColumnKind:
    """Return what a column holds; whole numbers from 1800 to 2200 under a name with "year" are years.

    Examples
    --------
    >>> column_kind(pd.Series([2019, 2020], name="fiscal_year"))
    'year'
    >>> column_kind(pd.Series(["2021-09-30", None], name="period_end"))
    'date'
    """
    if pd.api.types.is_datetime64_any_dtype(column):
        return "date"
    filled = column.dropna()
    if pd.api.types.is_bool_dtype(column) or filled.empty:
        return "number" if pd.api.types.is_numeric_dtype(column) and not column.empty else "text"
    if pd.api.types.is_numeric_dtype(column) or all(isinstance(v, Number) and not isinstance(v, bool) for v in filled):
        return "year" if "year" in str(column.name).lower() and _all_years(filled) else "number"
    if all(isinstance(v, dt.date) or (isinstance(v, str) and _ISO_DATE.fullmatch(v)) for v in filled):
        return "date"
    return "text"


def _all_years(filled: pd.Series[Any]) -> bool:
    return all(1800 <= float(v) <= 2200 and float(v).is_integer() for v in filled)


def is_missing(value: Any) -> bool:
    """Return whether a cell says nothing: None, not a time, not a number, or not finite."""
    if value is None or value is pd.NaT or value is pd.NA:
        return True
    return isinstance(value, Number) and not isinstance(value, complex) and not math.isfinite(float(value))  # type: ignore[arg-type]


def plain(value: Any) -> Any:
    """Return a cell as JSON knows it: missing is None, dates are ISO text, fractions have seven digits.

    Whole numbers are kept to the last digit; the seventh digit of a fraction is finer than any screen.

    Examples
    --------
    >>> plain(0.123456789), plain(pd.Timestamp("2021-09-30")), plain(float("nan"))
    (0.1234568, '2021-09-30', None)
    """
    if is_missing(value):
        return None
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, Number):
        number = float(value)  # type: ignore[arg-type]
        return int(number) if number.is_integer() and abs(number) < 2**53 else float(f"{number:.7g}")
    return str(value)


def text(value: Any) -> str:
    """Return a cell as words; missing is empty."""
    found = plain(value)
    return "" if found is None else str(found)


def ordered_text(column: pd.Series[Any]) -> list[str]:
    """Return the distinct cells of a column as text, in the table's order, without the missing."""
    return [name for name in dict.fromkeys(column.map(text)) if name]


def words(name: object) -> str:
    """Return a column's name as a reader says it.

    >>> words("period_end")
    'period end'
    """
    return str(name).replace("_", " ").strip()


def slug(phrase: str, longest: int = 48) -> str:
    """Return a phrase as part of a file's name: small ASCII letters, digits and hyphens.

    >>> slug("How many live here? (2021/22)")
    'how-many-live-here-2021-22'
    """
    ascii_only = unicodedata.normalize("NFKD", phrase).encode("ascii", "ignore").decode()
    joined = re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")
    if len(joined) > longest:
        joined = joined[: longest + 1].rpartition("-")[0] or joined[:longest]
    return joined or "untitled"


def rows_where(table: pd.DataFrame, where: Mapping[str, str]) -> pd.DataFrame:
    """Return the rows whose cells read as ``where`` says; columns that the table lacks are passed over."""
    for column, wanted in where.items():
        if column in table.columns:
            table = table[table[column].map(text) == str(wanted)]
    return table
